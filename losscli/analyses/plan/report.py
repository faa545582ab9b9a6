"""How many rows a gate needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planned:
    """How many rows a gate needs to be decided, if the figure is what it was in some rows.

    Attributes:
        gate: the gate, as it is written.
        confidence: how sure its verdict is to be.
        power: the probability that so many rows decide it; of percentiles, and of losses of 0 and 1 without
            an error, it has no part.
        n: the rows, or clusters, that the figure is of.
        value: the figure; None where it is not finite.
        threshold: what it is compared with.
        rows_needed: how many rows, or clusters, there have to be; None where no number is enough.
        unit: `rows` or `clusters`.
        expected: the verdict that they would give: `pass` or `fail`.
        smallest: how far from the figure a threshold has to be, so that n are enough; None where it is not
            known.
        reason: why no number of rows is enough, or what the number does not say; else empty.
        signature: what the figure was computed from.
        version: of losscli.
    """

    gate: str
    confidence: float
    power: float
    n: int
    value: float | None
    threshold: float
    rows_needed: int | None
    unit: str
    expected: str
    smallest: float | None
    reason: str
    signature: str
    version: str
