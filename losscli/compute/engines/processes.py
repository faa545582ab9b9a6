"""Parts of one run in several processes of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from losscli.common.errors import Ended, ExitStatus
from losscli.common.processes import Crash, Gather, processors, side_by_side

Task = TypeVar("Task")
Result = TypeVar("Result")
_GUARD = 'In a script, call it below: if __name__ == "__main__":'


class Processes:
    """Does tasks in processes of its own; one that dies is done once more.

    Attributes:
        workers: how many run at a time.
    """

    def __init__(self, workers: int | None = None) -> None:
        """Take how many workers there are to be; None for one on each processor."""
        self.workers = workers or processors()

    def __call__(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Return what a function of a module returns for each task, in their order.

        Raises:
            Ended: where the process of a task died twice, with the status of a bug.
        """
        return self.gathered(function, tasks, None)

    def gathered(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], gather: Gather | None
    ) -> list[Result]:
        """Do the same; workers keep their results to the end, after each task in the hands of `gather`.

        It gets the list of them, and may put others in their places: what many of them say is said once.
        """
        found = side_by_side(function, tasks, self.workers, gather, copies=True)
        again = [place for place, one in enumerate(found) if isinstance(one, Crash)]
        if again:
            once_more = side_by_side(
                function, [tasks[place] for place in again], self.workers, gather, copies=True
            )
            for place, one in zip(again, once_more, strict=True):
                found[place] = one
        results = []
        for one in found:
            if isinstance(one, Crash):
                # Processes begin by importing the script that started them.
                remedy = _GUARD if one.code == 1 else ""
                raise Ended(ExitStatus.BUG, f"a part of the inputs was not evaluated, twice: {one}", remedy)
            results.append(one)
        return results
