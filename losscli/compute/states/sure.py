"""How sure a mean is as the text of a state: exact sums, and those of each cluster.

Nothing that is read is trusted: sums that are not those of the same rows as the others are refused.
"""

from __future__ import annotations

import binascii
import math
from base64 import b64decode, b64encode
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from losscli.common import codec
from losscli.common.array import Array
from losscli.common.json import Document, Json, Object
from losscli.compute.evidence import Evidence
from losscli.compute.states.numbers import EXACT, exact_pair, read_exact
from losscli.compute.statistics.clusters import MOST, Clusters
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.powers import Powers

_WORD = 8
_ROUNDING = Fraction(1, 1 << 60)
_LONGEST = 1 << 16
_POWERS: codec.Record = dict.fromkeys(("none", "first", "second", "third"), EXACT)


def written(found: Evidence | None) -> Object:
    """Return what is known, under `evidence`; the same of the same rows, whatever their blocks and order."""
    if found is None:
        return {}
    whole: Object = {"rows": found.rows, "sums": [codec.written(one, _POWERS) for one in found.powers]}
    if found.clusters is not None:
        whole["clusters"] = _clusters(found.clusters)
    return {"evidence": whole}


def _clusters(found: Clusters) -> Object:
    sums: list[Json] = [[exact_pair(one) for one in column] for column in found.exact()]
    if found.are_buckets:
        return {"buckets": found.names.tolist(), "sums": sums}
    width = max(1, -(-int(np.char.str_len(found.names).max(initial=1)) // _WORD)) * _WORD
    names = b64encode(found.names.astype(f"S{width}").tobytes()).decode("ascii")
    return {"width": width, "names": names, "sums": sums}


def read(part: Document, moments: Moments, *, counts: bool, clustered: bool) -> Evidence:
    """Return what was `written` of losses of which the moments are known.

    Args:
        part: the state of the loss.
        moments: those of the losses.
        counts: whether weights are counts.
        clustered: whether there are clusters.

    Raises:
        LosscliError: for what is none, or contradicts the moments.
    """
    whole = part.object("evidence")
    powers = tuple(Powers(**codec.read(one, _POWERS)) for one in whole.objects("sums"))
    factors = 1 if moments.weighted is None or counts else 3
    if len(powers) != factors:
        whole.refuse("sums", f"{factors}, one for each power of the weights")
    clusters = _read_clusters(whole.object("clusters")) if clustered else None
    found = Evidence(whole.count("rows"), powers, clusters)
    _refuse(whole, found, moments, counts=counts)
    return found


def _refuse(whole: Document, found: Evidence, moments: Moments, *, counts: bool) -> None:
    """Raise LosscliError for sums that are not those of the same losses as the moments."""
    infinite = moments.above + moments.below
    plain, weighted = found.powers[0], moments.weighted
    same = (plain.first, plain.second) == (moments.first, moments.second)
    if not infinite:
        same = same and plain.none == moments.weights
    if weighted is not None and not counts:
        squared = found.powers[1]
        sums = squared.none, squared.first, squared.second
        same = same and sums == (weighted.weights, weighted.first, weighted.second)
    rows = moments.n - infinite if weighted is None else weighted.rows
    total = plain.none.read()
    if not same or found.rows != rows or total < 0 or (rows > 0) != (total > 0):
        whole.refuse("sums", "those of the losses of which the other sums are")
    if counts and total.denominator != 1:
        whole.refuse("sums", "sums of weights that are whole numbers")
    if not all(_possible(one, moments) for one in found.powers):
        whole.refuse("sums", "sums of cubes that are between those of the least and of the largest loss")
    if found.clusters is None:
        return
    first, weights = ([one.read() for one in column] for column in found.clusters.exact())
    if min(weights, default=1) <= 0 or [sum(first), sum(weights)] != [plain.first.read(), total]:
        whole.object("clusters").refuse("sums", "sums of clusters that make those of all rows")


def _possible(sums: Powers, moments: Moments) -> bool:
    """Tell whether losses between the least and the largest have such cubes."""
    second, third = sums.second.read(), sums.third.read()
    least, largest = (Fraction(end) if math.isfinite(end) else None for end in (moments.low, moments.high))
    rest = abs(third) * _ROUNDING
    return (least is None or least * second <= third + rest) and (
        largest is None or third - rest <= largest * second
    )


def _read_clusters(part: Document) -> Clusters:
    names = _read_buckets(part) if "buckets" in part.data else _read_names(part)
    needed = f"two lists of {len(names)} exact sums"
    columns = part.value("sums")
    if not isinstance(columns, list) or len(columns) != 2:
        part.refuse("sums", needed)
    found = []
    for column in columns:
        if not isinstance(column, list) or len(column) != len(names):
            part.refuse("sums", needed)
        found.append([read_exact(part, "sums", one) for one in column])
    try:
        return Clusters.of_exact(names, found)
    except ValueError:
        part.refuse("sums", "sums of numbers that are float64")


def _read_buckets(part: Document) -> Array:
    buckets = part.value("buckets")
    needed = f"numbers of buckets below {MOST}, in ascending order"
    if not isinstance(buckets, list) or not all(type(one) is int and 0 <= one < MOST for one in buckets):
        part.refuse("buckets", needed)
    if not _ascending(buckets):
        part.refuse("buckets", needed)
    return np.array(buckets, dtype=np.int64)


def _read_names(part: Document) -> Array:
    width = part.count("width")
    needed = f"names of {width} bytes each, in base64 and in ascending order, at most {MOST}"
    if width % _WORD or not 0 < width <= _LONGEST:
        part.refuse("width", f"a multiple of {_WORD}")
    try:
        data = b64decode(part.text("names"), validate=True)
    except (binascii.Error, ValueError):
        part.refuse("names", needed)
    if len(data) % width or len(data) > width * MOST:
        part.refuse("names", needed)
    names = np.frombuffer(data, dtype=f"S{width}")
    if not _ascending(names.tolist()):
        part.refuse("names", needed)
    return names


def _ascending(values: Sequence[bytes] | Sequence[int]) -> bool:
    return sorted(set(values)) == [*values]  # type: ignore[type-var]
