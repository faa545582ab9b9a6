"""All gates of a call together: pass, fail or undecided, and why.

A gate passes where a bound of its number is within the threshold; all have to pass, so that passing needs no
correction. It fails where the other bound is beyond it, at a level that Holm's steps allow for the number of
gates (S. Holm, Scand. J. Statist. 6 (1979) 65–70). So each of "all pass" and "one failed" is wrong with a
probability of at most α.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from losscli.analyses.evaluate.figures import Figure
from losscli.analyses.evaluate.report import GateOutcome, Sound, Verdict
from losscli.compute.statistics.intervals.bounds import Bounds
from losscli.verdicts.gates.grammar import Gate
from losscli.verdicts.sound.confidence import Confidence
from losscli.verdicts.sound.held import Held


@dataclass(frozen=True)
class Question:
    """A gate, and what it is judged from.

    Attributes:
        gate: the gate.
        figure: what was found.
        threshold: what it is compared with; not finite where `reason` says why.
        baseline: the figure of the baseline, if the threshold comes from one.
        held: the number that decides; None where there is none, and `reason` says why.
        limit: what its bounds are compared with as they are shown.
        shown: turns bounds into those of the figure.
        reason: why there is nothing to judge, or what has to be known besides.
        without: returns the number without so many of the rows that speak the most for the verdict, given
            whether these are the rows of the largest numbers; None where it is not known.
    """

    gate: Gate
    figure: Figure
    threshold: float
    baseline: float | None = None
    held: Held | None = None
    limit: float = 0.0
    shown: Callable[[Bounds], Bounds] = lambda bounds: bounds
    reason: str = ""
    without: Callable[[int, bool], Held | None] = lambda _rows, _largest: None
    n: int = 0

    @property
    def upper(self) -> bool:
        """Whether the figure has to be below the threshold."""
        return self.gate.operator[0] == "<"

    @property
    def strict(self) -> bool:
        """Whether the threshold itself is beyond."""
        return self.gate.operator in ("<", ">")

    def bounds(self, held: Held, tail: float) -> Bounds | None:
        """Return both one-sided bounds as they are shown."""
        found = held.bounds_at(tail)
        return None if found is None else self.shown(found)

    def within(self, bounds: Bounds) -> bool:
        """Whether the bounds say that the figure keeps to the threshold."""
        distance = (bounds.high, self.limit) if self.upper else (self.limit, bounds.low)
        return distance[0] < distance[1] if self.strict else distance[0] <= distance[1]

    def beyond(self, bounds: Bounds) -> bool:
        """Whether the bounds say that the figure does not."""
        distance = (self.limit, bounds.low) if self.upper else (bounds.high, self.limit)
        return distance[0] <= distance[1] if self.strict else distance[0] < distance[1]

    def p_of_failing(self, held: Held, alpha: float) -> float | None:
        """Return the one-sided p of failing: below α exactly where the bound is beyond."""
        p_of = held.p_above if self.upper else held.p_below
        bounds = self.bounds(held, alpha)
        if p_of is None or bounds is None:
            return None
        p = p_of(self.strict)
        return min(p, math.nextafter(alpha, 0.0)) if self.beyond(bounds) else max(p, alpha)

    def fails_at(self, held: Held, tail: float, alpha: float) -> bool:
        """Whether it fails where a wrong fail may have a probability of `tail`; α is that of one gate."""
        p = self.p_of_failing(held, alpha)
        if p is not None:
            return p < tail
        bounds = None if held.constant else self.bounds(held, tail)
        return bounds is not None and self.beyond(bounds)

    def alone(self, held: Held, alpha: float) -> Verdict:
        """Return the verdict on a number, as if there were no other gate."""
        bounds = self.bounds(held, alpha)
        if bounds is None or held.doubt:
            return "undecided"
        if self.within(bounds):
            return "pass"
        return "fail" if self.fails_at(held, alpha, alpha) else "undecided"


def judge(questions: Sequence[Question], confidence: Confidence) -> tuple[GateOutcome, ...]:
    """Return what became of all gates of a call that have a confidence."""
    failing = _failing(questions, confidence.alpha)
    return tuple(_outcome(one, confidence, fails=place in failing) for place, one in enumerate(questions))


def _failing(questions: Sequence[Question], alpha: float) -> set[int]:
    """Return the places of the gates whose bounds are beyond by Holm's steps, whatever their doubts."""
    family = {
        place: (one, one.held)
        for place, one in enumerate(questions)
        if one.held is not None and not one.held.constant and one.held.bounds_at(alpha) is not None
    }
    found: set[int] = set()
    while left := len(family) - len(found):
        tail = alpha / left
        new = {
            place
            for place, (one, held) in family.items()
            if place not in found and one.fails_at(held, tail, alpha)
        }
        if not new:
            break
        found |= new
    return found


def _outcome(one: Question, confidence: Confidence, *, fails: bool) -> GateOutcome:
    held, alpha = one.held, confidence.alpha
    outcome = GateOutcome(
        str(one.gate),
        one.figure.value,
        one.threshold,
        "fail",
        one.figure.reason or one.reason,
        loss=one.gate.spec,
        figure=one.gate.figure,
        group=one.gate.group,
        operator=one.gate.operator,
        baseline=one.baseline,
    )
    if held is None:
        return replace(outcome, sound=Sound(None, None, confidence.level, "", None, confidence.planned_rows))
    bounds = one.bounds(held, alpha)
    alone = one.alone(held, alpha)
    verdict: Verdict = "undecided" if alone == "fail" and not fails else alone
    rows = held.rows(alpha, one.upper) if verdict == "undecided" else None
    middle = one.shown(Bounds(held.value, held.value)).low
    sound = Sound(
        middle,
        bounds and (bounds.low, bounds.high),
        confidence.level,
        held.method,
        rows,
        confidence.planned_rows,
    )
    if verdict == "undecided":
        said = _undecided(held, bounds, rows, alone, confidence, one.upper)
    else:
        said = _turning(one, verdict, alpha)
    reason = "; ".join(part for part in (said, one.reason) if part)
    return replace(outcome, verdict=verdict, reason=reason, sound=sound)


def _undecided(
    held: Held,
    bounds: Bounds | None,
    rows: int | None,
    alone: Verdict,
    confidence: Confidence,
    upper: bool,
) -> str:
    """Return why a gate is not decided, and what would help."""
    if held.constant or bounds is None:
        return held.doubt
    parts = []
    if held.doubt:
        parts.append(held.doubt)
    elif alone == "fail":
        parts.append("it would fail alone, but not as one of so many gates")
    elif hopeless := held.hopeless(confidence.alpha, upper):
        parts.append(hopeless)
    if rows is not None:
        called = "clusters" if held.in_clusters else "rows"
        parts.append(f"about {rows} {called} would decide it")
    if confidence.planned_rows is None and not confidence.guarantee and held.method != "order-statistics":
        parts.append("to look again after adding rows: --anytime")
    return "; ".join(parts)


def _turning(one: Question, verdict: Verdict, alpha: float) -> str:
    """Return in words that few rows decide, where it is fewer than one in a hundred of them."""
    largest = one.upper == (verdict == "fail")
    most = (one.n - 1) // 100

    def turns(rows: int) -> bool | None:
        held = one.without(rows, largest)
        return None if held is None else one.alone(held, alpha) != verdict

    few = next((rows for rows in range(1, min(most, _ONE_BY_ONE) + 1) if turns(rows)), None)
    if few is None and most > _ONE_BY_ONE and turns(most):
        low, few = _ONE_BY_ONE, most
        while few - low > 1:
            middle = (low + few) // 2
            low, few = (low, middle) if turns(middle) else (middle, few)
    return "" if few is None else f"decided by {few} row{'s' if few != 1 else ''}"


_ONE_BY_ONE = 64
"""So many rows are left out one after the other; of more the number is found by halving."""
