"""A p of the difference by draws, beside the one that decides: `--check`.

The bootstrap draws each sample Poisson(1) times and asks how often the mean of what is drawn is as far from
the mean of all as that is from 0. The signs ask how often a sum is as large where chance gives each
difference its sign (R. A. Fisher, The Design of Experiments, 1935, §21). Sums are exact, so that ties are
known, and count; p is (k + 1)/(B + 1) (B. Phipson, G. K. Smyth, doi:10.2202/1544-6115.1585).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction

from losscli.analyses.compare.report import Check
from losscli.analyses.compare.request import Asked
from losscli.compute.comparison import Compared
from losscli.compute.statistics.replicates import DRAWS, FEW


def check_of(asked: Asked, found: Compared, place: int) -> Check | None:
    """Return what draws say of the pair at a place; None for less than two samples, or infinite losses."""
    method, drawn, beside = asked.check, found.replicates, found.pairs[place].beside
    first, second = (found.models[one].evidence.powers[0] for one in asked.pairs[place])
    total, rows = first.first.read() - second.first.read(), first.none.read()
    if method is None or drawn is None or rows < 2 or beside.lower + beside.higher + beside.equal != rows:
        return None
    if method == "signflip":
        few = _few(found, place, asked.pairs[place])
        if few is not None:
            return Check(method, None, 2 ** len(few), float(share_of_signs(few)), drawn.by)
    sums = drawn.sums.sums(place)
    if method == "signflip":
        extreme = sum(abs(one) >= abs(total) for one in sums)
    else:
        pairs = zip(sums, drawn.sums.sums(-1), strict=True)
        extreme = sum(abs(one * rows - total * size) >= abs(total) * size for one, size in pairs)
    draws = DRAWS[method]
    return Check(method, asked.seed, draws, (extreme + 1) / (draws + 1), drawn.by)


def _few(found: Compared, place: int, pair: tuple[int, int]) -> list[Fraction] | None:
    """Return the differences, or their sums by cluster, where they are few."""
    if found.clusters is not None:
        if len(found.clusters) > FEW:
            return None
        candidate, baseline = (found.clusters.sums(one) for one in pair)
        return [one - other for one, other in zip(candidate, baseline, strict=True)]
    if found.replicates is None or found.replicates.few is None:
        return None
    few = found.replicates.few
    return [Fraction(high) + Fraction(low) for high, low in few[:, place].T.tolist()]


def share_of_signs(numbers: Sequence[Fraction]) -> Fraction:
    """Return which share of all 2ⁿ vectors of signs makes |Σ ±d| ≥ |Σ d|: of two halves, each sum once."""
    middle = len(numbers) // 2
    left, right = _sums(numbers[:middle]), sorted(_sums(numbers[middle:]))
    size = abs(sum(numbers, Fraction(0)))
    if not size:
        return Fraction(1)
    count = sum(
        len(right) - bisect_left(right, size - one) + bisect_right(right, -size - one) for one in left
    )
    return Fraction(count, 2 ** len(numbers))


def _sums(numbers: Sequence[Fraction]) -> list[Fraction]:
    found = [Fraction(0)]
    for number in numbers:
        found = [one + sign * number for one in found for sign in (1, -1)]
    return found
