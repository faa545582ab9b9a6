"""Evaluations whose reports are held against gates."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from losscli.analyses.evaluate import run
from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.run import Keep, Onlooker, OnlookerOfParts, Sink
from losscli.common.errors import LosscliError, raise_together
from losscli.inputs.reading import Observer
from losscli.inputs.request import Request

if TYPE_CHECKING:
    from losscli.analyses.evaluate.states.state import State
    from losscli.analyses.parts import Crew, Samples
    from losscli.verdicts.gates.baseline import Baseline
    from losscli.verdicts.gates.comparable import Comparison
    from losscli.verdicts.gates.grammar import Gate
    from losscli.verdicts.sound.beside import BothOf
    from losscli.verdicts.sound.confidence import Confidence

Outcome = Report | LosscliError
Given = TypeVar("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Standard:
    """What the figures of a request have to keep to.

    Attributes:
        gates: the conditions.
        baseline: the earlier report that they compare with.
        predictions: in its place, the predictions of another model for the same labels, or what would be
            asked of these.
        confidence: how sure the gates have to be; None where figures are compared as they are.
    """

    gates: tuple[Gate, ...] = ()
    baseline: Baseline | None = None
    predictions: Any = None
    confidence: Confidence | None = None

    @property
    def _judges_nothing(self) -> bool:
        """Whether there is neither a gate nor a baseline: most requests start without what judges them."""
        return not self.gates and self.baseline is None

    @cached_property
    def _compared(self) -> tuple[Comparison, ...]:
        if not self.gates:
            return ()
        from losscli.verdicts.gates.comparable import comparisons

        return comparisons(self.gates, self.baseline)

    def _costs(self, request: Request) -> tuple[Comparison, ...]:
        """Return the comparisons of the costs with those of the baseline, as if there were a gate on each."""
        from losscli.verdicts.gates.comparable import comparisons
        from losscli.verdicts.gates.grammar import Gate, Relative

        gates = (Gate(bound.spec, "cost", None, "<=", Relative()) for bound in request.loss)
        return tuple(replace(one, asked=False) for one in comparisons(gates, self.baseline))

    def refuse(self, request: Request) -> None:
        """Raise if the baseline is about something else than the request; before an input is opened."""
        if self._judges_nothing:
            return
        errors = [error for one in self._compared for error in one.refusals(request)]
        if not self._compared:
            # A baseline that no gate compares with is shown beside the costs: it has to be about one of them.
            refused = [[*one.refusals(request)] for one in self._costs(request)]
            errors += [error for those in refused for error in those] if all(refused) else []
        # Several gates may find the same fault.
        raise_together({str(error): error for error in errors}.values())

    def judged(self, request: Request, report: Report, both: BothOf | None = None) -> Report:
        """Return the report with the verdicts of the gates, the costs of the baseline, and notes on it.

        `both` is what is known of its rows beside those of the baseline, where that has rows.

        Raises:
            LosscliError: where a gate is on a group that does not occur, or the gates compare sums over
                other numbers of samples.
        """
        if self._judges_nothing:
            return report
        from losscli.verdicts.gates.comparable import differences
        from losscli.verdicts.gates.judge import judge, strangers

        raise_together(strangers(report, self.gates))
        raise_together(error for one in self._compared for error in one.other_samples(report))
        costs = [
            one
            for one in self._costs(request)
            if not one.refusals(request) and not any(one.other_samples(report))
        ]
        there = {one.gate.spec: one.figure.value for one in costs}
        results = tuple(replace(one, baseline=there.get(one.loss)) for one in report.results)
        notes = report.notes + differences(self._compared or tuple(costs), report)
        if self.confidence is None:
            gates = judge(report, self.gates, self.baseline)
            return replace(report, results=results, gates=gates, notes=notes)
        from losscli.verdicts.sound.verdicts import judged, without_grounds

        gates = judged(report, self.gates, self.confidence, baseline=self.baseline, both=both)
        return without_grounds(replace(report, results=results, gates=gates, notes=notes))


def evaluate(
    request: Request,
    standard: Standard,
    *,
    sink: Sink | None = None,
    observe: Observer | None = None,
    keep: Keep | None = None,
    crew: Crew | None = None,
    samples: Samples | None = None,
) -> Report:
    """Return the judged report of `losscli.analyses.evaluate.run.evaluate`, which says what is raised.

    A `crew` computes it in parts, with neither a sink nor a state; `samples` gets those of each part.

    Raises:
        LosscliError: besides, for a baseline that cannot be compared with.
    """
    standard.refuse(request)
    if standard.predictions is not None:
        from losscli.verdicts import beside

        found = beside.evaluate(
            request, standard.predictions, sink=sink, observe=observe, onlookers=_of_parts(request)
        )
        here = replace(standard, baseline=found.baseline)
        return here.judged(request, _examined(request, found.report, None), found.both)
    if crew is not None:
        from losscli.analyses.evaluate import in_parts

        report = in_parts.evaluate(request, crew, observe, samples, _of_parts(request))
        return standard.judged(request, _examined(request, report, crew))
    report = run.evaluate(request, sink=sink, observe=observe, keep=keep, onlookers=_onlookers(request))
    return standard.judged(request, report)


def _onlookers(request: Request) -> list[Onlooker]:
    """Return who see the rows besides: for what doctor finds, for slices, and for a page, as is asked for."""
    found: list[Onlooker] = []
    if request.doctor:
        from losscli.analyses.doctor.beside import Looking

        found.append(Looking())
    return [*found, *_of_parts(request)]


def _of_parts(request: Request) -> list[OnlookerOfParts]:
    """Return those of them who can see the rows in parts: for slices, and for a page."""
    found: list[OnlookerOfParts] = []
    if request.slices:
        from losscli.analyses.evaluate.sliced import Slicer

        found.append(Slicer())
    if request.page:
        from losscli.analyses.evaluate.portrayed import Portrayer

        found.append(Portrayer())
    return found


def _examined(request: Request, report: Report, crew: Crew | None) -> Report:
    """Return a report that was computed otherwise with what doctor finds, in a pass of its own."""
    if not request.doctor:
        return report
    from losscli.analyses.doctor.beside import with_findings
    from losscli.analyses.doctor.in_parts import doctor

    return with_findings(report, doctor(request, crew).findings)


def evaluate_many(
    requests: Sequence[Request],
    standards: Sequence[Standard],
    *,
    sinks: Sequence[Sink | None] | None = None,
    observe: Observer | None = None,
    keeps: Sequence[Keep | None] | None = None,
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
        keeps=None if keeps is None else [keeps[place] for place in going],
        onlookers=[_onlookers(requests[place]) for place in going],
    )
    for place, outcome in zip(going, found, strict=True):
        judged = partial(standards[place].judged, requests[place])
        outcomes[place] = outcome if isinstance(outcome, LosscliError) else _tried(judged, outcome)
    return [outcome for outcome in outcomes if outcome is not None]


def _tried(step: Callable[[Given], Found], given: Given) -> Found | LosscliError:
    try:
        return step(given)
    except LosscliError as error:
        return error


def merge(
    paths: Sequence[str | os.PathLike[str]], standard: Callable[[Request], Standard], *, page: bool = False
) -> tuple[State, Report]:
    """Return what the states in some files are together, and its judged report.

    `standard` returns what the figures have to keep to, given what was asked for. For a `page` the report has
    what it shows of the losses.

    Raises:
        LosscliError: for states that are none, or do not merge; for a baseline that cannot be compared with.
    """
    from losscli.analyses.evaluate.states import merged

    state = merged.merged(paths)
    request = merged.request_of(state)
    judging = standard(request)
    judging.refuse(request)
    report = merged.report_of(state)
    if page:
        from losscli.analyses.evaluate.portrayed import of_states

        known = [one.state for one in state.overall()]
        report = of_states(report, known, weighted=state.plan.weight is not None)
    return state, judging.judged(request, report)
