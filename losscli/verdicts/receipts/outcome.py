"""What a replay found: whether the figures of a receipt hold, and what differs where they do not."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from losscli.analyses.evaluate.figures import COUNTS, NUMBERS
from losscli.analyses.evaluate.report import Result
from losscli.inputs.provenance import Fingerprint

Figure = float | int | str | None


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file that a receipt is about.

    Attributes:
        role: `predictions`, `labels`, `exclude-ids` or `code`.
        path: as recorded.
        found_at: where it was found now.
        recorded, found: which bytes it had, and which it has.
    """

    role: str
    path: str
    found_at: str
    recorded: Fingerprint
    found: Fingerprint

    @property
    def changed(self) -> bool:
        """Whether it is another file now."""
        return self.recorded != self.found


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure as it was recorded, and as it came out; without `loss` and `group` where it is about none."""

    loss: str
    group: str | None
    figure: str
    recorded: Figure
    replayed: Figure

    @property
    def ulps(self) -> int | None:
        """How many float64 numbers the two are apart; None where they are no finite numbers."""
        if not (isinstance(self.recorded, float) and isinstance(self.replayed, float)):
            return None
        if not (math.isfinite(self.recorded) and math.isfinite(self.replayed)):
            return None
        return abs(_place(self.recorded) - _place(self.replayed))

    @property
    def relative(self) -> float | None:
        """How far the new one is from the recorded one, as a share of that; None where that is none."""
        if not isinstance(self.recorded, (int, float)) or not isinstance(self.replayed, (int, float)):
            return None
        if not self.recorded:
            return None
        share = abs((self.replayed - self.recorded) / self.recorded)
        return share if math.isfinite(share) else None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found.

    Attributes:
        receipt: the path of the receipt.
        signature: that of the receipt.
        files: those of the receipt, in its order.
        costs: pairs of a loss and its recorded cost.
        compared: how many figures were compared; 0 where nothing was run.
        differences: the figures that differ.
        reasons: what may have made them differ.
    """

    receipt: str
    signature: str
    files: tuple[FoundFile, ...]
    costs: tuple[tuple[str, float], ...]
    compared: int = 0
    differences: tuple[Difference, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[FoundFile, ...]:
        """The files that are others now; if there are any, nothing was run."""
        return tuple(file for file in self.files if file.changed)

    @property
    def proved(self) -> bool:
        """Whether every figure came out the same, to the last bit."""
        return not self.changed and not self.differences and self.compared > 0


Verdict = Literal["proved", "refuted"]


def verdict(outcome: Replayed) -> Verdict:
    """Return the verdict in one word."""
    return "proved" if outcome.proved else "refuted"


def sentence(outcome: Replayed) -> str:
    """Return what follows for the figures, in words."""
    if outcome.changed:
        roles = " and ".join(dict.fromkeys(file.role for file in outcome.changed))
        return f"the {roles} of the receipt changed; nothing was run"
    if outcome.differences:
        return f"{len(outcome.differences)} of {outcome.compared} figures differ"
    return f"all {outcome.compared} figures are the same, to the last bit"


def figures(result: Result) -> Iterator[tuple[str, Figure]]:
    """Yield every figure of a result with its name, but a standard error of which nothing is said (NaN)."""
    for name in COUNTS:
        yield name, int(getattr(result, name))
    for name in NUMBERS:
        value = getattr(result, name)
        if name != "standard_error" or value is None or not math.isnan(value):
            yield name, None if value is None else float(value)
    if result.sure is not None:
        sure = result.sure
        yield "ci", None if sure.ci is None else " to ".join(map(repr, sure.ci))
        yield from (("skewness", sure.skewness), ("clusters", sure.clusters))
        yield "n_effective", sure.n_effective
    for q, value in result.quantiles.items():
        yield f"quantiles.{q}", float(value)
    yield "quantiles_exact", str(result.quantiles_exact).lower()
    yield "signature", result.signature


def compared(recorded: Result, replayed: Result, group: str | None = None) -> Iterator[Difference]:
    """Yield every figure of a result and of its groups, whether it differs or not."""
    theirs = dict(figures(replayed))
    for name, value in figures(recorded):
        yield Difference(recorded.loss, group, name, value, theirs.get(name))
    ours, others = ({part.group: part for part in result.groups} for result in (recorded, replayed))
    for member in dict.fromkeys((*ours, *others)):
        if member in ours and member in others:
            yield from compared(ours[member], others[member], member)
        else:
            there = ("there", "missing") if member in ours else ("missing", "there")
            yield Difference(recorded.loss, member, "group", *there)


def same_bits(one: Figure, other: Figure) -> bool:
    """Tell whether two figures are the same: numbers to the last bit, so that 0 is not −0."""
    if isinstance(one, float) and isinstance(other, float):
        return one.hex() == other.hex()
    return type(one) is type(other) and one == other


def _place(value: float) -> int:
    """Return the number of a finite float64 in their order from the smallest on, 0 for 0."""
    bits: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)
