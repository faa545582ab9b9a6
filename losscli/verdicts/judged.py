"""Evaluations whose reports are held against gates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from losscli.analyses.evaluate import run
from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.run import Sink
from losscli.common.errors import LosscliError, raise_together
from losscli.inputs.reading import Observer
from losscli.inputs.request import Request

if TYPE_CHECKING:
    from losscli.verdicts.gates.baseline import Baseline
    from losscli.verdicts.gates.comparable import Comparison
    from losscli.verdicts.gates.grammar import Gate

Outcome = Report | LosscliError
Given = TypeVar("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Standard:
    """What the figures of a request have to keep to.

    Attributes:
        gates: the conditions.
        baseline: the earlier report that they compare with.
    """

    gates: tuple[Gate, ...] = ()
    baseline: Baseline | None = None

    @cached_property
    def _compared(self) -> tuple[Comparison, ...]:
        if not self.gates:
            return ()
        # Most requests have none, and start without what judges them.
        from losscli.verdicts.gates.comparable import comparisons

        return comparisons(self.gates, self.baseline)

    def refuse(self, request: Request) -> None:
        """Raise if the baseline is about something else than the request; before an input is opened."""
        errors = [error for one in self._compared for error in one.refusals(request)]
        # Several gates may find the same fault.
        raise_together({str(error): error for error in errors}.values())

    def judged(self, report: Report) -> Report:
        """Return the report with the verdicts of the gates, and notes on the baseline.

        Raises:
            LosscliError: where a gate is on a group that does not occur, or the gates compare sums over
                other numbers of samples.
        """
        if not self.gates:
            return report
        from losscli.verdicts.gates.comparable import differences
        from losscli.verdicts.gates.judge import judge, strangers

        raise_together(strangers(report, self.gates))
        raise_together(error for one in self._compared for error in one.other_samples(report))
        notes = report.notes + differences(self._compared, report)
        return replace(report, gates=judge(report, self.gates, self.baseline), notes=notes)


def evaluate(
    request: Request, standard: Standard, *, sink: Sink | None = None, observe: Observer | None = None
) -> Report:
    """Return the judged report of `losscli.analyses.evaluate.run.evaluate`, which says what is raised.

    Raises:
        LosscliError: besides, for a baseline that cannot be compared with.
    """
    standard.refuse(request)
    return standard.judged(run.evaluate(request, sink=sink, observe=observe))


def evaluate_many(
    requests: Sequence[Request],
    standards: Sequence[Standard],
    *,
    sinks: Sequence[Sink | None] | None = None,
    observe: Observer | None = None,
) -> list[Outcome]:
    """Return for each request what `evaluate` returns, or the error that it raises; see `together`."""
    # A single evaluation starts without it.
    from losscli.analyses.evaluate import together

    outcomes: list[Outcome | None] = [
        _tried(standard.refuse, request) for request, standard in zip(requests, standards, strict=True)
    ]
    going = [place for place, refused in enumerate(outcomes) if refused is None]
    found = together.evaluate_many(
        [requests[place] for place in going],
        sinks=None if sinks is None else [sinks[place] for place in going],
        observe=observe,
    )
    for place, outcome in zip(going, found, strict=True):
        judged = standards[place].judged
        outcomes[place] = outcome if isinstance(outcome, LosscliError) else _tried(judged, outcome)
    return [outcome for outcome in outcomes if outcome is not None]


def _tried(step: Callable[[Given], Found], given: Given) -> Found | LosscliError:
    try:
        return step(given)
    except LosscliError as error:
        return error
