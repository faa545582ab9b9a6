"""Parts of one run on the workers of a Dask cluster, one task a part."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from losscli.common.errors import Ended, ExitStatus, LosscliError, UsageError
from losscli.common.processes import processors

Task = TypeVar("Task")
Result = TypeVar("Result")
SECONDS = 30
"""How long a scheduler is waited for, and its first worker."""


class Dask:
    """Does tasks through the futures of `distributed`; a worker that dies loses its tasks to the others.

    Attributes:
        workers: how many there are, or are to be in a cluster of its own.
    """

    def __init__(
        self,
        workers: int | None = None,
        scheduler: str | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Take how to get a cluster.

        Args:
            workers: of a cluster of its own on this machine; None for one on each processor.
            scheduler: the address of a cluster that is there; None for one of its own.
            tell: is told where the dashboard of that cluster is.

        Raises:
            LosscliError: where distributed is not installed.
        """
        try:
            import distributed  # noqa: F401
        except ImportError:
            raise UsageError(
                "--engine",
                "the package distributed is not installed",
                "the extra dask of losscli",
                "Install it: pip install 'losscli[dask]'",
            ) from None
        self.workers, self._scheduler, self._tell = workers or processors(), scheduler, tell

    def __call__(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Return what a function of a module returns for each task, in their order.

        Raises:
            LosscliError: for a scheduler that does not answer, or has no worker, and for workers that
                cannot run the function.
            Ended: where workers died twice over one task, with the status of a bug.
        """
        from distributed.scheduler import KilledWorker

        with self._client() as client:
            futures = client.map(function, tasks, pure=False, retries=1)
            try:
                found: list[Result] = client.gather(futures)
            except KilledWorker as error:
                found_out = f"a part of the inputs was not evaluated, twice: {error}"
                raise Ended(ExitStatus.BUG, found_out) from None
            except ImportError as error:
                raise LosscliError(
                    self._where, f"a worker cannot run losscli: {error}", "the same losscli on every worker"
                ) from None
            except BaseException:
                client.cancel(futures, force=True)
                raise
        return found

    @property
    def _where(self) -> str:
        return self._scheduler or "the cluster"

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """Connect to a cluster with a worker; one of its own ends with the block, and is not seen outside."""
        from distributed import Client, LocalCluster

        with ExitStack() as stack:
            if self._scheduler is None:
                cluster = LocalCluster(
                    n_workers=self.workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )
                address: Any = stack.enter_context(cluster)
            else:
                address = self._scheduler
            try:
                client = stack.enter_context(Client(address, timeout=SECONDS, set_as_default=False))
            except (OSError, TimeoutError, ValueError) as error:
                raise LosscliError(
                    self._where, f"the scheduler does not answer: {error}", "the address of a scheduler"
                ) from None
            try:
                client.wait_for_workers(1, timeout=SECONDS)
            except TimeoutError:
                raise LosscliError(
                    self._where, f"it has had no worker for {SECONDS} seconds", "at least one worker"
                ) from None
            if self._tell is not None and self._scheduler is not None:
                self._tell(client.dashboard_link)
            yield client
