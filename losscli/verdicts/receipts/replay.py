"""A receipt, run again: its files found and proved to be the same, its figures compared bit for bit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from losscli.analyses.evaluate.figures import PERCENTILES, Figure, find_result, quantile_bounds, read_figure
from losscli.analyses.evaluate.report import Report, Result, Sound
from losscli.analyses.signature import parts
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.inputs.provenance import Input
from losscli.inputs.reading import Observer
from losscli.inputs.request import Request
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.grammar import Constant, Gate, Relative, parse_gate
from losscli.verdicts.gates.judge import decide
from losscli.verdicts.judged import Standard, evaluate
from losscli.verdicts.receipts import comparison
from losscli.verdicts.receipts.outcome import Difference, FoundFile, Replayed, compared, same_bits
from losscli.verdicts.receipts.outcome import Figure as Recorded
from losscli.verdicts.receipts.receipt import EXCLUDE, REMEDY, Receipt, RecordedGate, opened, read
from losscli.verdicts.receipts.rerun import ANYWHERE, Losses, Sought, found_files, reasons_of

if TYPE_CHECKING:
    from losscli.verdicts.sound.confidence import Confidence

Signed = TypeVar("Signed", Report, Result)


def replay(path: str, sought: Sought = ANYWHERE, observe: Observer | None = None) -> Replayed:
    """Prove or refute the figures of a receipt.

    Nothing is run where a file of the receipt is another one now, code least of all.

    Args:
        path: that of the receipt.
        sought: where its files are.
        observe: is told how far the work is.

    Raises:
        LosscliError: if the receipt is none, a file of it is missing, or its call cannot be run.
    """
    whole = opened(path)
    if comparison.is_one(whole):
        return comparison.replay(whole, sought, observe)
    receipt = read(whole)
    raise_together(
        UsageError(f"--{role}", "the receipt has both in one file", "--predictions alone")
        for role in sought.given
        if role not in receipt.inputs
    )
    files = found_files(receipt, receipt.inputs.items(), sought)
    outcome = Replayed(
        receipt=path,
        signature=str(receipt.signature),
        files=files,
        costs=tuple((result.loss, result.cost) for result in receipt.results),
    )
    if outcome.changed:
        return outcome
    request, gates = _request(receipt, files)
    confidence = _confidence(receipt, request, gates)
    standard = Standard(tuple(map(_fixed, gates, receipt.gates)), confidence=confidence)
    report = evaluate(replace(request, grounds=confidence is not None), standard, observe=observe)
    _refuse_races(report, files)
    figures = [*_figures(receipt, report), *_verdicts(receipt, report, gates)]
    found = tuple(one for one in figures if not same_bits(one.recorded, one.replayed))
    reasons = tuple(reasons_of(receipt, found)) if found else ()
    return replace(outcome, compared=len(figures), differences=found, reasons=reasons)


def _request(receipt: Receipt, files: tuple[FoundFile, ...]) -> tuple[Request, tuple[Gate, ...]]:
    found = {file.role: file.found_at for file in files if file.role != "code"}
    losses = Losses(receipt, {file.path: file.found_at for file in files if file.role == "code"})
    edits = replace(receipt.options["edits"], exclude_ids=found.get(EXCLUDE))
    request = Request(
        predictions=found["predictions"],
        labels=found.get("labels"),
        loss=_as_then(receipt, tuple(map(losses.bind, receipt.losses))),
        top=0,
        fingerprints=True,
        **{**receipt.options, "edits": edits},
    )
    gates = _gates(receipt, losses)
    losses.refuse_unused()
    return request, gates


def _as_then(receipt: Receipt, losses: tuple[BoundLoss, ...]) -> tuple[BoundLoss, ...]:
    """Return losses as the library has them that the receipt names. Raises LosscliError if it has not."""
    if not receipt.options["as_"]:
        return losses
    from losscli.compute.reduced import as_asked

    as_, found, wrong = as_asked(receipt.options["as_"], losses)
    for error in wrong:
        raise LosscliError(f"receipt {receipt.path}", error.found, error.needed, error.remedy)
    if as_ != receipt.options["as_"]:
        found_ = f"its convention {receipt.options['as_']} is not in its canonical form"
        raise LosscliError(f"receipt {receipt.path}", found_, as_, REMEDY)
    return found


def _gates(receipt: Receipt, losses: Losses) -> tuple[Gate, ...]:
    """Return the gates of a receipt."""
    found = []
    for recorded in receipt.gates:
        gate = parse_gate(recorded.gate, losses.find, f"receipt {receipt.path}")
        if gate.spec not in receipt.losses:
            raise losses.refused(
                f"its gate {recorded.gate} is not on one of its losses", "a gate on one of its losses"
            )
        if (needed := _wrong(gate, recorded)) is not None:
            what = f"the threshold of its gate {recorded.gate} is {recorded.threshold!r}"
            raise losses.refused(what, needed)
        found.append(gate)
    return tuple(found)


def _wrong(gate: Gate, recorded: RecordedGate) -> str | None:
    """Return what a threshold has to be where it is another one."""
    if isinstance(gate.threshold, Constant):
        if recorded.baseline is not None:
            return "one without a baseline, since the gate names none"
        return None if gate.threshold.value == recorded.threshold else "the one in the gate's text"
    figure = recorded.baseline
    if figure is None or not math.isfinite(figure):
        return "one with the baseline's figure that it follows from"
    return None if gate.threshold.at(figure) == recorded.threshold else "the one from its baseline"


def _refuse_races(report: Report, files: tuple[FoundFile, ...]) -> None:
    """Raise where a file was changed between the proof that it is the same and the run."""
    recorded = {file.role: file.recorded for file in files if file.role != "code"}
    for role, source in _inputs(report).items():
        if role in recorded and source.fingerprint != recorded[role]:
            found = "the file changed during the replay"
            raise LosscliError(source.path, found, "a file that does not change")


def _inputs(report: Report) -> dict[str, Input]:
    """Return what was read, by its role."""
    found = {"predictions": report.predictions, "labels": report.labels}
    return found if report.excluded is None else found | {EXCLUDE: report.excluded}


def _figures(receipt: Receipt, report: Report) -> Iterator[Difference]:
    """Yield all that is compared but gates, whether it differs or not."""
    for recorded, result in zip(receipt.results, report.results, strict=True):
        # Another version may come to the same figures; that it is another one is told elsewhere.
        groups = tuple(_as_of(receipt.version, group) for group in result.groups)
        yield from compared(recorded, replace(_as_of(receipt.version, result), groups=groups))
    inputs = _inputs(report)
    for role, then in receipt.inputs.items():
        yield Difference("", None, f"rows of the {role}", then.rows, inputs[role].rows)
    for option, counts in receipt.rows_left_out.items():
        now = report.rows_left_out.get(option, {})
        for role, left in counts.items():
            yield Difference("", None, f"rows of the {role} left out by {option}", left, now.get(role))
    for role, left_out in (receipt.unmatched or {}).items():
        now_out = (report.unmatched or {}).get(role)
        yield Difference("", None, f"unmatched rows of the {role}", left_out, now_out)
    signature = _as_of(receipt.version, report).signature
    yield Difference("", None, "signature", str(receipt.signature), signature)


def _as_of(version: str, found: Signed) -> Signed:
    """Return what was found with the signature that another version gives it."""
    return replace(found, signature=str(replace(parts(found.signature), version=version)))


def _verdicts(receipt: Receipt, report: Report, gates: tuple[Gate, ...]) -> Iterator[Difference]:
    """Yield what is compared of gates, whether it differs or not."""
    # Two gates of a receipt may be one here, where the threshold of one of them came of a baseline.
    outcomes = {outcome.gate: outcome for outcome in report.gates}
    for recorded, gate in zip(receipt.gates, gates, strict=True):
        outcome = outcomes[str(_fixed(gate, recorded))]
        for name in ("value", "margin"):
            old, new = getattr(recorded, name), getattr(outcome, name)
            # A count is a float64 in a receipt.
            same = same_bits(old, None if new is None else float(new))
            yield Difference("", None, f"the {name} of {recorded.gate}", old, old if same else new)
        for name, old, new in () if recorded.sound is None else _sound(recorded.sound, outcome.sound):
            yield Difference("", None, f"the {name} of {recorded.gate}", old, new)
        open_ = recorded.verdict == "undecided" and _may_be_undecided(recorded, gate, report)
        for name in ("verdict", "reason"):
            old = getattr(recorded, name)
            new = old if open_ else getattr(outcome, name)
            if old or new:
                yield Difference("", None, f"the {name} of {recorded.gate}", old, new)


def _confidence(receipt: Receipt, request: Request, gates: tuple[Gate, ...]) -> Confidence | None:
    """Return how sure the gates had to be. Raises LosscliError for what no call asks for."""
    sounds = [one.sound for one in receipt.gates if one.sound is not None]
    if not sounds:
        return None
    found = {(one.confidence, one.planned_rows) for one in sounds}
    from losscli.verdicts.sound.confidence import Confidence, refusals, wrong_confidence

    where = f"receipt {receipt.path}"
    if (
        len(found) > 1
        or len(sounds) < len(gates)
        or any(isinstance(gate.threshold, Relative) for gate in gates)
    ):
        needed = "gates on numbers, with one confidence"
        raise LosscliError(where, "its gates are of no single call", needed, REMEDY)
    ((level, planned_rows),) = found
    raise_together(wrong_confidence(level))
    guarantee = any(one.method == "guarantee" for one in sounds)
    confidence = Confidence(level, planned_rows, guarantee)
    raise_together(
        refusals(
            gates,
            request.loss,
            confidence,
            where,
            paired=False,
            weighted=request.weight is not None,
            importance=request.weight is not None and not request.counts,
            clustered=request.cluster is not None,
            summed=request.reduction == "sum",
        )
    )
    return confidence


def _sound(recorded: Sound, found: Sound | None) -> Iterator[tuple[str, Recorded, Recorded]]:
    """Yield what was recorded and found of how sure a gate is, each with its name."""
    for name in ("estimate", "method", "rows_needed"):
        yield name, getattr(recorded, name), getattr(found, name, None)
    for place, name in enumerate(("lower bound", "upper bound")):
        old, new = (_bound(one, place) for one in (recorded, found))
        yield name, old, new


def _bound(sound: Sound | None, place: int) -> float | None:
    return None if sound is None or sound.bounds is None else sound.bounds[place]


def _fixed(gate: Gate, recorded: RecordedGate) -> Gate:
    """Return a gate with its threshold as a number: of a baseline the receipt has what came of it."""
    return replace(gate, threshold=Constant(recorded.threshold))


def _may_be_undecided(recorded: RecordedGate, gate: Gate, report: Report) -> bool:
    """Tell whether a baseline may have left a gate open: how exact its quantile was is in no receipt."""
    figure, rule = recorded.baseline, gate.threshold
    if figure is None or isinstance(rule, Constant) or gate.figure not in PERCENTILES.values():
        return False
    ends = [rule.at(end) for end in quantile_bounds(figure, -math.inf, math.inf)]
    threshold = Figure(recorded.threshold, min(ends), max(ends))
    value = read_figure(find_result(report, gate.spec, gate.group), gate.figure)
    return decide(gate, value, threshold) == "undecided"
