"""Comparisons whose models are held against gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from losscli.analyses.compare.report import CompareReport
from losscli.analyses.compare.reports import report_of
from losscli.analyses.compare.request import Asked
from losscli.analyses.compare.run import SampleSink, compared
from losscli.analyses.evaluate.report import GateOutcome, Report
from losscli.common.errors import raise_together
from losscli.compute.comparison import ComparedStates, Comparing
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.judge import judge, strangers
from losscli.verdicts.gates.of_models import ModelGate
from losscli.verdicts.sound.beside import Beside
from losscli.verdicts.sound.confidence import Confidence
from losscli.verdicts.sound.judge import judge as judge_soundly
from losscli.verdicts.sound.verdicts import questions

if TYPE_CHECKING:
    from losscli.analyses.parts import Crew


@dataclass(frozen=True)
class Standard:
    """What the models of a comparison have to keep to.

    Attributes:
        gates: the conditions.
        confidence: how sure they have to be; None where figures are compared as they are.
    """

    gates: tuple[ModelGate, ...] = ()
    confidence: Confidence | None = None


def compare(
    asked: Asked,
    standard: Standard,
    *,
    sink: SampleSink | None = None,
    observe: Observer | None = None,
    crew: Crew | None = None,
) -> CompareReport:
    """Return the judged report of `losscli.analyses.compare.run.compare`, which says what is raised.

    A `crew` computes it in parts, without a sink.

    Raises:
        LosscliError: besides, for a gate on a group that does not occur.
    """
    if standard.gates:
        sound = standard.confidence is not None
        requests = tuple(replace(one, grounds=sound) for one in asked.requests)
        asked = replace(asked, requests=requests, spread=True, mixed=asked.mixed or sound)
    if crew is None:
        report, comparing, state, provenance = compared(asked, sink=sink, observe=observe)
    else:
        from losscli.analyses.compare import in_parts

        report, comparing, state, provenance = in_parts.compare(asked, crew, observe)
    if not standard.gates:
        return report
    return replace(report, gates=_judged(asked, standard, comparing, state, provenance))


def _judged(
    asked: Asked,
    standard: Standard,
    comparing: Comparing,
    state: ComparedStates,
    provenance: Sequence[Provenance],
) -> tuple[GateOutcome, ...]:
    places = sorted({asked.names.index(one.model) for one in standard.gates} | {0})
    reports = {place: report_of(comparing, state, place, provenance) for place in places}
    baseline = Baseline(f"baseline {asked.names[0]}", reports[0])
    found: list[GateOutcome] = []
    asking = []
    for place in places:
        gates = [one.gate for one in standard.gates if one.model == asked.names[place]]
        report = reports[place]
        raise_together(strangers(report, gates))
        if standard.confidence is None:
            found += (_named(one, asked.names[place]) for one in judge(report, gates, baseline))
            continue
        both = _both(asked, comparing, state, place, report, reports[0])
        put = questions(report, gates, standard.confidence, baseline=baseline, both=both)
        asking += [(asked.names[place], one) for one in put]
    if standard.confidence is not None:
        outcomes = judge_soundly([one for _, one in asking], standard.confidence)
        found = [_named(one, name) for one, (name, _) in zip(outcomes, asking, strict=True)]
    order = {str(one): number for number, one in enumerate(standard.gates)}
    return tuple(sorted(found, key=lambda one: order[one.gate]))


def _both(
    asked: Asked,
    comparing: Comparing,
    state: ComparedStates,
    place: int,
    report: Report,
    baseline: Report,
) -> Beside | None:
    """Return what is known of a candidate beside the baseline; None of the baseline itself."""
    pair = (place, 0)
    if pair not in asked.pairs:
        return None
    return Beside(comparing, state, asked.pairs.index(pair), report, baseline)


def _named(outcome: GateOutcome, model: str) -> GateOutcome:
    return replace(outcome, gate=f"{model}:{outcome.gate}")
