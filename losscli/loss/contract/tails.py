"""The character of a loss, found by trying: how it grows far off, and where it does not react.

A loss is looked at along the error where nothing else decides it, else along the prediction for
labels of 0, 1 or −1; of class columns the score of the true one is moved. Losses that several
numbers decide together are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.loss.declaration import Layout
from losscli.loss.domain import Columns, Interval
from losscli.loss.spec import BoundLoss

_REACH, _CELLS = 8, 16
"""How far flat places are looked for, and how many points a unit: narrower ones go unseen."""
_POWERS = np.arange(3, 101)
_OVERFLOWS = 20
"""What has overflowed at this power of 2 grows faster than any power that is in use."""
_LIKE_A_CONSTANT = 1.3
"""Between 2⁵⁰ and 2¹⁰⁰ a logarithm doubles."""
_SIDES = {-1.0: "left", 1.0: "right"}


@dataclass(frozen=True, slots=True)
class _View:
    """A loss as a function of one number: points `(n,)` to losses `(n,)`, NaN outside of the domain."""

    name: str
    axis: str
    curve: Callable[[Array], Array]
    middle: float
    domain: Interval


def character(bound: BoundLoss) -> list[str]:
    """Return what was found, as parts of a sentence: `tails: linear left, quadratic right`."""
    try:
        told = {view.name: [text for text in (_tails(view), _flat(view)) if text] for view in _views(bound)}
    except Exception:
        # What a loss raises is told by the clause that it breaks.
        return []
    if len({tuple(parts) for parts in told.values()}) == 1:
        return next(iter(told.values()))
    return [f"at {name}, {', '.join(parts)}" for name, parts in told.items() if parts]


def _views(bound: BoundLoss) -> Iterator[_View]:
    domain = bound.prediction_domain
    if bound.layout is Layout.CLASSES:
        if isinstance(domain, Columns):
            yield _View("", "the score of the true class", _of_true_class(bound), 0.0, domain.each)
        return
    if not isinstance(domain, Interval):
        return
    labels = [label for label in (0.0, 1.0, -1.0) if _accepts(bound, label)][:2]
    curves = {label: _of_label(bound, label) for label in labels}
    if len(labels) == 2 and domain == Interval():
        errors = np.linspace(-_REACH, _REACH, 2 * _REACH * _CELLS + 1)
        one, other = (curve(label + errors) for label, curve in curves.items())
        if np.allclose(one, other, rtol=1e-9, atol=1e-12):
            yield _View("", "the error", lambda error: curves[labels[0]](labels[0] + error), 0.0, domain)
            return
    for label, curve in curves.items():
        middle = label if label in domain else 0.5 * (max(domain.low, -1.0) + min(domain.high, 1.0))
        yield _View(f"label {label:g}", "the prediction", curve, middle, domain)


def _accepts(bound: BoundLoss, label: float) -> bool:
    """Whether the loss is about samples with this label."""
    labels, predictions = np.full(3, label), np.array([0.25, 0.5, 1.0])
    if bound.label_domain.outside(labels) is not None:
        return False
    counts = bound.counts(labels, predictions)
    return counts is None or bool(counts.any())


def _of_label(bound: BoundLoss, label: float) -> Callable[[Array], Array]:
    def curve(points: Array) -> Array:
        labels = np.full(len(points), label)
        with np.errstate(all="ignore"):
            found = bound.value(labels, points.copy())
            masks = (bound.prediction_domain.outside(points), bound.outside(labels, points))
        for mask in masks:
            found = found if mask is None else np.where(mask, np.nan, found)
        return found

    return curve


def _of_true_class(bound: BoundLoss) -> Callable[[Array], Array]:
    def curve(points: Array) -> Array:
        scores = np.zeros((len(points), 3))
        scores[:, 0] = points
        with np.errstate(all="ignore"):
            return bound.value(np.zeros(len(points), dtype=np.int64), scores)

    return curve


def _tails(view: _View) -> str:
    """Return how the loss grows to both sides, where its domain has no end."""
    ends = {-1.0: view.domain.low, 1.0: view.domain.high}
    kinds = {word: _growth(view, side) for side, word in _SIDES.items() if np.isinf(ends[side])}
    if len(kinds) == 2 and len(set(kinds.values())) == 1:
        return f"tails: {kinds['left']} on both sides"
    return f"tails: {', '.join(f'{kind} {word}' for word, kind in kinds.items())}" if kinds else ""


def _growth(view: _View, side: float) -> str:
    """Return the kind of growth to one side, from the loss at powers of 2."""
    with np.errstate(all="ignore"):
        reached = view.curve(view.middle + side * 2.0**_POWERS)
        grown = reached - reached[0]
    if np.isnan(grown).any():
        return "undefined"
    finite = int(np.isfinite(grown).argmin()) if np.isinf(grown).any() else len(grown)
    down = " downwards" if grown[-1] < 0.0 else ""
    if finite < len(grown) and _POWERS[finite] <= _OVERFLOWS:
        return f"exponential{down}"
    size = np.abs(grown[:finite])
    if size[finite // 2 :].max() <= _LIKE_A_CONSTANT * size[: finite // 2].max():
        return "bounded"
    power = float(np.log2(size[-1] / size[-2])) if size[-2] > 0.0 else 0.0
    if power < 0.95:
        return f"sublinear{down}"
    for whole, kind in ((1, "linear"), (2, "quadratic")):
        if abs(power - whole) < 0.05:
            return f"{kind}{down}"
    return f"of power {power:.3g}{down}"


def _flat(view: _View) -> str:
    """Return where the loss does not react to the number at all."""
    low, high = max(view.domain.low, view.middle - _REACH), min(view.domain.high, view.middle + _REACH)
    points = np.linspace(low, high, 2 * _REACH * _CELLS + 1)
    found = view.curve(points)
    flat = np.concatenate([[False], found[1:] == found[:-1], [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    runs = [(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True) if last - first > 1]
    ranges = [_range(view, points, found, first, last) for first, last in runs]
    more = f" and in {len(ranges) - 3} more places" if len(ranges) > 3 else ""
    return f"flat where {view.axis} is {', or '.join(ranges[:3])}{more}" if ranges else ""


def _range(view: _View, points: Array, found: Array, first: int, last: int) -> str:
    """Return the range of a run of equal losses, its ends found by bisection."""
    level = found[first]
    ends = {-1.0: first, 1.0: last}
    texts = {}
    for side, place in ends.items():
        beyond = place + int(side)
        if 0 <= beyond < len(points):
            texts[side] = readable_number(round(_edge(view, points[place], points[beyond], level), 9))
        elif np.isfinite(view.domain.low if side < 0 else view.domain.high):
            texts[side] = readable_number(points[place])
        elif (view.curve(view.middle + side * np.array([20.0, 1e3, 1e6])) == level).all():
            texts[side] = ""
        else:
            texts[side] = readable_number(points[place])
    low, high = texts[-1.0], texts[1.0]
    if low and high:
        return f"from {low} to {high}"
    return f"from {low} on" if low else f"up to {high}" if high else "any number"


def _edge(view: _View, inside: float, outside: float, level: float) -> float:
    """Return where the loss stops to be `level`, between a point where it is and one where it is not."""
    for _ in range(60):
        middle = 0.5 * (inside + outside)
        if view.curve(np.array([middle]))[0] == level:
            inside = middle
        else:
            outside = middle
    return float(inside)
