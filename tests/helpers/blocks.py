"""Blocks of every kind that losses read, with what they accept and what they do not, from Hypothesis."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from helpers.domain_strategies import bound_losses, settings_of
from losscli.compute.plan import Plan
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block
from losscli.loss import Layout, Loss, registry
from losscli.loss.domain import Simplex
from losscli.loss.spec import BoundLoss

HOSTILE = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, 0.1, 3.0, -7.25, 1e16),
    *(5e-324, -5e-324, 2.3e-308, 1e-300, 1e-160, 1e160, 1e300, -1e300, 1.7e308, -1.7e308),
)
"""Finite numbers whose squares, sums and signs are where rounding shows."""
WEIGHTS = (0.0, 0.5, 1.0, 3.0, 1e-300, 1e300)

numbers = st.sampled_from(HOSTILE) | st.floats(allow_nan=False, allow_infinity=False)

Kind = tuple[Layout, tuple[str, ...], tuple[str, ...], bool]
KINDS: dict[Kind, list[Loss]] = {}
"""The losses that read the same columns, some of them with some of their parameters alone."""


def kind_of(bound: BoundLoss) -> Kind:
    return bound.layout, bound.columns, bound.loss.label_columns, bound.class_predictions


for _loss in registry.all_losses():
    for _kind in dict.fromkeys(map(kind_of, settings_of(_loss))):
        KINDS.setdefault(_kind, []).append(_loss)


def show_kind(kind: Kind) -> str:
    return KINDS[kind][0].name


@st.composite
def plans(draw: Any, kind: Kind, *, slopes: bool = False, drop: bool = False, most: int = 3) -> Plan:
    """A plan of some losses of one kind; with `slopes`, of those that have a gradient."""
    if slopes and not any(loss.gradient for loss in KINDS[kind]):
        kind = (Layout.OUTPUTS, (), (), False)
    losses = [loss for loss in KINDS[kind] if loss.gradient is not None or not slopes]
    # Those with masks of their own come up as often as all others.
    own = [loss for loss in losses if loss.constraint or loss.clipped or loss.counts] or losses
    one = st.sampled_from(own) | st.sampled_from(losses)
    chosen = draw(st.lists(one, min_size=1, max_size=most, unique_by=lambda one: one.name))
    return Plan(
        tuple(draw(bound_losses(loss).filter(lambda bound: kind_of(bound) == kind)) for loss in chosen),
        "p.csv",
        "l.csv",
        drop=drop,
        top=draw(st.sampled_from((None, 0, 2))),
        reduction=draw(st.sampled_from(("mean", "sum"))),
    )


@st.composite
def blocks_of(draw: Any, losses: tuple[BoundLoss, ...], max_rows: int = 8) -> Block:
    """A block whose rows come from the domains of the losses, some cells hostile, some rows left out."""
    rows, width = draw(st.integers(1, max_rows)), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 2**20)))
    layout = losses[0].layout
    hard = losses[0].class_predictions and draw(st.booleans())
    soft = layout is Layout.CLASSES and not hard and draw(st.booleans())
    drawn = [_sampled(random, bound, rows, width + (layout is Layout.CLASSES), soft) for bound in losses]
    whose = random.integers(0, len(losses), rows)
    label, prediction = (
        np.stack([drawn[one][side][row] for row, one in enumerate(whose)]) for side in (0, 1)
    )
    if hard:
        prediction = random.integers(0, prediction.shape[1], rows)
    if draw(st.booleans()):  # ties
        again = random.integers(0, rows, rows)
        label, prediction = label[again], prediction[again]
    for side in (label, prediction):
        if side.dtype == np.float64:
            for place, number in draw(st.lists(st.tuples(st.integers(0, 99), numbers), max_size=3)):
                side.reshape(-1)[place % side.size] = number
    left_out = draw(st.none() | _several(st.sampled_from((COUNTS, COUNTS, DROPPED, IGNORED)), rows))
    if left_out is not None and prediction.dtype == np.float64:
        prediction[np.array(left_out) != COUNTS] = np.nan
    weight = draw(st.none() | _several(st.sampled_from(WEIGHTS), rows))
    group = draw(st.none() | _several(st.sampled_from((b"a", b"b", b"")), rows))
    row = np.arange(rows) + draw(st.integers(1, 5))
    return Block(
        row,
        draw(st.sampled_from((row, row[::-1]))),
        label,
        prediction,
        weight=None if weight is None else np.array(weight),
        id=draw(st.sampled_from((None, np.array([f"s{one}" for one in row], dtype="S16")))),
        group=None if group is None else np.array(group, dtype="S8"),
        left_out=None if left_out is None else np.array(left_out, dtype=np.uint8),
        classes=tuple("abcd") if layout is Layout.CLASSES else (),
    )


def _several(elements: st.SearchStrategy[Any], rows: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(elements, min_size=rows, max_size=rows)


def _sampled(
    random: np.random.Generator, bound: BoundLoss, rows: int, width: int, soft: bool
) -> tuple[Any, Any]:
    """Return labels and predictions of a loss; numbers in one column are `(rows,)`."""
    label, prediction = bound.label_domain, bound.prediction_domain
    if bound.layout is Layout.CLASSES:
        labels = Simplex().sample(random, rows, width) if soft else label.sample(random, rows, width)
        return labels, prediction.sample(random, rows, width)
    if bound.layout is Layout.OUTPUTS:
        found = [side.sample(random, rows * width).reshape(rows, width) for side in (label, prediction)]
    else:
        found = [side.sample(random, rows, width) for side in (label, prediction)]
    one = bound.layout is not Layout.NAMED and width == 1
    labels, predictions = (side[:, 0] if one and side.ndim == 2 else side for side in found)
    return labels, predictions
