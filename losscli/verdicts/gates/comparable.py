"""Is a baseline about the same thing? What differs is an error where it makes a comparison meaningless.

Where it does not, it is a note. Nothing is compared in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from losscli.analyses.evaluate.figures import COUNTS, PERCENTILES, Figure, find_result, read_figure
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.signature import Signature, parts
from losscli.common.errors import LosscliError
from losscli.common.text import listed, plain_number, shorten
from losscli.inputs.edits import NAMES as EDITS
from losscli.inputs.request import Request
from losscli.loss import Value
from losscli.loss.spec import BoundLoss, show_value
from losscli.verdicts.gates.baseline import REMEDY, Baseline
from losscli.verdicts.gates.grammar import Gate, Relative

WEIGHTED = ("cost", "stderr", "mean", "sum", "std")
"""The figures that weights enter. Percentiles and counts are those of the samples."""


@dataclass(frozen=True)
class Comparison:
    """A gate that compares with a baseline: why it cannot, and what has to be known about it."""

    gate: Gate
    baseline: Baseline
    asked: bool = True
    """Whether there is such a gate; else it stands for showing the costs of both."""

    @cached_property
    def _there(self) -> Result | str:
        return find_result(self.baseline.report, self.gate.spec, self.gate.group)

    @property
    def figure(self) -> Figure:
        """The figure of the baseline, as far as it has one."""
        return read_figure(self._there, self.gate.figure)

    def refusals(self, request: Request) -> list[LosscliError]:
        """Return why it means nothing, as far as that is known before a run."""
        bound = next((one for one in request.loss if one.spec == self.gate.spec), None)
        missing = [] if bound is None else list(self._missing(bound))
        return missing or list(self._otherwise(request))

    def _missing(self, bound: BoundLoss) -> Iterator[LosscliError]:
        """Yield an error if the baseline has no figure of the gate's loss, parameters and group."""
        gate, where, there = self.gate, self.baseline.where, self._there
        needs = f"the gate {shorten(str(gate), 100)} needs it" if self.asked else "a loss in both"
        whole = find_result(self.baseline.report, gate.spec, None)
        if isinstance(whole, str):
            yield LosscliError(where, f"it has no {gate.spec}", needs, _nearest(self.baseline.report, bound))
        elif other := _differing(_given(whole.parameters, bound), _given(bound.parameters, bound)):
            found = f"its {gate.spec} has different parameters: {other}"
            yield LosscliError(where, found, "the same parameters", "Make a new baseline with this version.")
        elif isinstance(there, str):
            names = [group.group or "" for group in whole.groups]
            has = f"it has the groups {listed(names)}" if names else "it has no groups"
            found = f"{gate.spec} has no group {shorten(gate.group or '')}; {has}"
            yield LosscliError(where, found, needs, "" if names else "Make the baseline with --group COLUMN.")
        elif reason := read_figure(there, gate.figure).reason:
            yield LosscliError(where, f"its {gate.metric} cannot be compared with: {reason}", needs)

    def _otherwise(self, request: Request) -> Iterator[LosscliError]:
        """Yield an error for each way in which the baseline's figure was computed otherwise."""
        where, reduction = self.baseline.where, self.baseline.report.reduction
        if self.gate.figure in ("cost", "stderr") and reduction != request.reduction:
            found = f"its cost is a {reduction} (--reduction {reduction}), here it is a {request.reduction}"
            remedy = "Compare what is the same in both, such as LOSS.mean."
            yield LosscliError(where, found, "the same reduction", remedy)
        there = self.baseline.signature.as_
        if there != request.as_:
            here = request.as_ or "losscli"
            found = f"its figures are as {there or 'losscli'} has them, here they are as {here} has them"
            yield LosscliError(where, found, "the same convention in both", REMEDY)
        weight = self.baseline.signature.weight
        if self.gate.figure in WEIGHTED and (weight is None) != (request.weight is None):
            found = (
                "it has no weights, and this call has weights"
                if weight is None
                else f"it is weighted by {shorten(weight)}, and this call has no weights"
            )
            yield LosscliError(where, found, "weights in both or in neither", REMEDY)

    def other_samples(self, report: Report) -> Iterator[LosscliError]:
        """Yield an error where it compares a sum over another number of samples than the report's.

        A mean over another number of samples may be compared, a sum may not.
        """
        gate, there, here = self.gate, self._there, self._here(report)
        summed = gate.figure == "sum" or (gate.figure == "cost" and report.reduction == "sum")
        if summed and isinstance(there, Result) and isinstance(here, Result) and there.n != here.n:
            found = f"{gate.metric} is a sum over {there.n} samples there and {here.n} here"
            remedy = f"Compare {gate.spec}.mean, or make a new baseline."
            yield LosscliError(self.baseline.where, found, "sums over the same number of samples", remedy)

    def notes(self, report: Report, signature: Signature) -> tuple[str, str, str]:
        """Return what differs of the code of the loss, of its counts, and that a figure is not exact.

        Each is empty where there is nothing to say. `signature` is that of the report.
        """
        gate, there, here = self.gate, self._there, self._here(report)
        exact = isinstance(there, Result) and there.quantiles_exact
        rough = gate.figure in PERCENTILES.values() and not exact
        return (
            self._code(report, signature),
            self._counts(there, here) if isinstance(there, Result) and isinstance(here, Result) else "",
            f"{gate.metric} comes from a histogram there and is not exact" if rough else "",
        )

    def _here(self, report: Report) -> Result | str:
        return find_result(report, self.gate.spec, self.gate.group)

    def _code(self, report: Report, signature: Signature) -> str:
        """Tell what differs of a loss that does not come with losscli: the same name may be other code."""
        old = _origin(self.gate.spec, self.baseline.report, self.baseline.signature)
        new = _origin(self.gate.spec, report, signature)
        if old is None or new is None or old == new:
            return ""
        return _versus(f"the code of {shorten(self.gate.spec)}", _words(old), _words(new))

    def _counts(self, there: Result, here: Result) -> str:
        counts = [
            _versus(name, getattr(there, name), getattr(here, name))
            for name in COUNTS
            if getattr(there, name) != getattr(here, name)
        ]
        if there.n == here.n and there.weight_sum != here.weight_sum:
            sums = plain_number(there.weight_sum), plain_number(here.weight_sum)
            counts.append(_versus("the sum of weights", *sums))
        group = "" if self.gate.group is None else f"[{shorten(self.gate.group)}]"
        return f"{self.gate.spec}{group}: {'; '.join(counts)}" if counts else ""


def comparisons(gates: Iterable[Gate], baseline: Baseline | None) -> tuple[Comparison, ...]:
    """Return the comparisons with a baseline that gates make, each once."""
    if baseline is None:
        return ()
    relative = [gate for gate in dict.fromkeys(gates) if isinstance(gate.threshold, Relative)]
    return tuple(Comparison(gate, baseline) for gate in relative)


def differences(compared: tuple[Comparison, ...], report: Report) -> tuple[str, ...]:
    """Return a note for each way in which a baseline differs that leaves a comparison its meaning."""
    if not compared:
        return ()
    baseline, signature = compared[0].baseline, parts(report.signature)
    # First of all gates what differs of the code, then of the counts, then what is not exact.
    kinds = zip(*(one.notes(report, signature) for one in compared), strict=True)
    run = "; ".join(_run_differs(baseline, report, signature))
    said = [run, *(note for kind in kinds for note in kind)]
    return tuple(f"{baseline.where}: {what}" for what in dict.fromkeys(said) if what)


def _nearest(report: Report, bound: BoundLoss) -> str:
    """Return what the baseline has in place of a loss."""
    name, specs = bound.loss.name, [result.loss for result in report.results]
    same = [result for result in report.results if result.loss == name or result.loss.startswith(f"{name}:")]
    if same:
        nearest = min(same, key=lambda result: _differing(result.parameters, bound.parameters).count(","))
        other = _differing(nearest.parameters, bound.parameters)
        return f"It has {shorten(nearest.loss)}{', with different parameters: ' if other else ''}{other}."
    # Imported by whoever made a mistake, and by nobody else.
    from difflib import get_close_matches

    near = get_close_matches(name, specs, 1)
    return f"It has {listed([*near, *(spec for spec in specs if spec not in near)])}."


def _given(parameters: Mapping[str, Value], bound: BoundLoss) -> Mapping[str, Value]:
    """Return parameters without those that columns decide: they change nothing of what the loss means."""
    return {name: value for name, value in parameters.items() if name not in bound.left_open}


def _differing(there: Mapping[str, Value], here: Mapping[str, Value]) -> str:
    """Return in words which parameters differ; nothing where none does."""
    return ", ".join(
        f"{shorten(name, 30)} is {_shown(there, name)} there, {_shown(here, name)} here"
        for name in dict.fromkeys([*here, *there])
        if _shown(there, name) != _shown(here, name)
    )


def _shown(parameters: Mapping[str, Value], name: str) -> str:
    return show_value(parameters[name]) if name in parameters else "no parameter"


def _run_differs(baseline: Baseline, report: Report, here: Signature) -> Iterator[str]:
    there = baseline.signature
    pairs = (
        ("losscli", baseline.report.version, report.version),
        ("the pairing of rows", baseline.report.alignment, report.alignment),
        ("--reduction", baseline.report.reduction, report.reduction),
        ("--unmatched", there.unmatched, here.unmatched),
        ("--bad-rows", there.bad, here.bad),
        ("--weight", there.weight, here.weight),
        ("--weights-are", there.weights_are, here.weights_are),
        ("--cluster", there.cluster, here.cluster),
        ("--ignore-label", there.ignored, here.ignored),
        ("--map-labels", _replaced(there), _replaced(here)),
        *((option, _edited(there, kind), _edited(here, kind)) for kind, option in EDITS.items()),
    )
    for name, old, new in pairs:
        if old != new:
            yield _versus(name, _words(old), _words(new))


def _replaced(signature: Signature) -> tuple[str, ...]:
    return tuple(map("=".join, signature.mapped))


def _edited(signature: Signature, kind: str) -> tuple[str, ...]:
    """Return the values of one kind of edit."""
    between = "=" if kind == "rename" else ","
    return tuple(between.join(values) for one, *values in signature.edited if one == kind)


def _origin(spec: str, report: Report, signature: Signature) -> tuple[str, ...] | None:
    """Return where a loss of a report comes from, as the signature says it; None where it is not there."""
    losses = zip(report.results, signature.losses, strict=False)
    return next((one.origin for result, one in losses if result.loss == spec), None)


def _words(value: str | tuple[str, ...] | None) -> str:
    parts = [value] if isinstance(value, str) else [*(value or ())]
    return listed(parts) if parts else "nothing"


def _versus(name: str, there: object, here: object) -> str:
    return f"{name} is {there} there, {here} here"
