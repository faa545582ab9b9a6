"""What losses on boxes share: the lengths that two boxes have in common and apart, and gradients from them.

A box is a row x1, y1, x2, y2, two corners with x1 < x2 and y1 < y2. What is added up here are parts,
each measured as a difference of coordinates, so that nothing cancels: boxes that nearly agree keep
every digit of how little they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import Layout, Loss, Reference, distance
from losscli.loss.domain import REAL, Fields

BOX = Fields(
    tuple((corner, REAL) for corner in ("x1", "y1", "x2", "y2")),
    ordered=(("x1", "x2"), ("y1", "y2")),
    strict=True,
)
BOX_REMEDY = "If these are a corner, a width and a height, add the first to get x2 and y2"
BoxLoss = partial(
    Loss,
    family="vector",
    label=BOX,
    prediction=BOX,
    layout=Layout.NAMED,
    error=distance,
    convex=False,
    remedies={"label": BOX_REMEDY, "prediction": BOX_REMEDY},
)
"""A loss of the corners of two boxes."""
KINK = (
    "where edges coincide; the mean of the slopes on both sides is returned; boxes that only touch count as "
    "disjoint"
)
CORNERS = "corners are x1 y1 x2 y2 with x1 < x2 and y1 < y2: a corner, a width and a height give a wrong box"
ZHENG = Reference(
    "Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, 2020",
    doi="10.1609/aaai.v34i07.6999",
)
LARGE = 1e60


@dataclass(frozen=True, slots=True)
class Pair:
    """A predicted box beside its label, in lengths `(2, rows)` along x and y, and in areas `(rows,)`."""

    factor: Array
    """What the coordinates were multiplied by, powers of two, 1 unless they are very large or small."""
    size: Array
    label_size: Array
    beyond: Array
    """How far the prediction reaches out of the label."""
    short: Array
    """How far the label reaches out of the prediction."""
    meeting: Array
    """How long both are side by side; below 0, the distance between them."""
    span: Array
    """The sides of the smallest box around both."""
    centre: Array
    """From the label's centre to the prediction's."""
    inner_low: Array
    inner_high: Array
    """1 where the prediction's edge bounds the overlap, ½ where both do, 0 where it bounds the span."""

    @property
    def overlap(self) -> Array:
        """How long both are side by side, `(2, rows)`."""
        return np.maximum(self.meeting, 0.0)

    @property
    def intersection(self) -> Array:
        """The area that both cover."""
        return area(self.overlap)

    @property
    def difference(self) -> Array:
        """The area that one covers and the other does not."""
        overlap = self.overlap
        parts = (self.size, self.beyond), (self.label_size, self.short)
        outside = [np.minimum(beyond, size) for size, beyond in parts]
        first, second = (
            out[0] * size[1] + overlap[0] * out[1] for out, (size, _) in zip(outside, parts, strict=True)
        )
        return np.asarray(first + second)

    @property
    def enclosing(self) -> Array:
        """The area of the smallest box around both."""
        return area(self.span)

    @property
    def void(self) -> Array:
        """The area of that box which neither covers."""
        crossed = self.beyond[0] * self.short[1] + self.short[0] * self.beyond[1]
        return np.asarray(crossed + (self.intersection - area(self.meeting)))

    @property
    def relative(self) -> Array:
        """What brings lengths along x and y, `(2, rows)`, to one scale."""
        return np.asarray(self.factor.min(axis=0) / self.factor)

    def distance(self) -> tuple[Array, Array, Array]:
        """Return the centres' distance, squared, over the span's diagonal, squared; and its slopes.

        The slopes are by the centre and by the span, each `(2, rows)`.
        """
        relative = self.relative
        centre, span = self.centre * relative, self.span * relative
        diagonal = np.square(span[0]) + np.square(span[1])
        share = (np.square(centre[0]) + np.square(centre[1])) / diagonal
        twice = 2.0 * relative / diagonal
        return share, twice * centre, -share * twice * span

    def by_corner(
        self,
        *,
        size: Array | float = 0.0,
        overlap: Array | float = 0.0,
        span: Array | float = 0.0,
        centre: Array | float = 0.0,
    ) -> Array:
        """Return the gradient `(rows, 4)` of slopes `(2, rows)` by the lengths of a pair."""
        overlap = np.where(self.meeting.min(axis=0) > 0.0, overlap, 0.0)
        high = size + overlap * self.inner_high + span * (1.0 - self.inner_high) + 0.5 * centre
        low = 0.5 * centre - size - overlap * self.inner_low - span * (1.0 - self.inner_low)
        return np.concatenate([low * self.factor, high * self.factor]).T.copy()


def area(lengths: Array) -> Array:
    """Return the product of lengths along x and y."""
    return np.asarray(lengths[0] * lengths[1])


def compare(label: Array, prediction: Array) -> Pair:
    """Return the lengths of two boxes, rows `(rows, 4)` each."""
    y, p = label.T, prediction.T
    reach = np.maximum(np.abs(y), np.abs(p))
    reach = np.maximum(reach[:2], reach[2:])
    factor = np.ones(reach.shape)
    wild = ~((reach < LARGE) & (reach > 1.0 / LARGE))
    if wild.any():
        # Areas neither overflow nor vanish, and a power of two rounds nothing.
        _, exponent = np.frexp(reach[wild])
        factor[wild] = np.ldexp(1.0, -np.clip(exponent, -1000, 1000))
        both = np.concatenate([factor, factor])
        y, p = y * both, p * both
    y_low, y_high, p_low, p_high = y[:2], y[2:], p[:2], p[2:]
    lower, higher = p_low - y_low, p_high - y_high
    return Pair(
        factor=factor,
        size=p_high - p_low,
        label_size=y_high - y_low,
        beyond=np.maximum(higher, 0.0) + np.maximum(-lower, 0.0),
        short=np.maximum(-higher, 0.0) + np.maximum(lower, 0.0),
        meeting=np.minimum(p_high, y_high) - np.maximum(p_low, y_low),
        span=np.maximum(p_high, y_high) - np.minimum(p_low, y_low),
        centre=0.5 * (lower + higher),
        inner_low=np.heaviside(lower, 0.5),
        inner_high=np.heaviside(-higher, 0.5),
    )


def overlap_loss(pair: Pair) -> tuple[Array, Array, Array]:
    """Return 1 − IoU `(rows,)`, and its slopes by the size and by the overlap, `(2, rows)` each."""
    intersection, difference = pair.intersection, pair.difference
    union = intersection + difference
    share = intersection / union
    by_size = pair.size[::-1] / union * share
    by_overlap = -pair.overlap[::-1] / union * (1.0 + share)
    return difference / union, by_size, by_overlap
