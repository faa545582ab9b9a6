"""Inputs that may have been used instead: the lies of doctor, the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from losscli.analyses.doctor.repair import Repair
from losscli.loss import Layout
from losscli.loss.domain import BINARY
from losscli.loss.spec import BoundLoss

MOST_CLASSES = 4
"""Classes up to which every order of their columns is tried; of more, two are exchanged at a time."""
MOST_EXCHANGED = 12


@dataclass(frozen=True)
class Lie:
    """What may have been wrong with the inputs, and the edits that make it so."""

    words: str
    repair: Repair


def lies_of(bound: BoundLoss, classes: tuple[str, ...], *, by_id: bool) -> Iterator[Lie]:
    """Yield what may have been wrong where no convention gives the number, likelier lies first.

    Args:
        bound: the loss.
        classes: the names of the classes, where there is a column for each.
        by_id: whether rows are paired by id.
    """
    if classes:
        for order in _orders(classes):
            yield Lie(
                f"class columns in another order: {', '.join(f'{old} as {new}' for old, new in order)}",
                Repair(edits={"rename_class": order}),
            )
    elif bound.label_domain is BINARY:
        yield Lie("the probability of the other class", Repair(options={"map_labels": {"0": "1", "1": "0"}}))
    if not by_id:
        for rows in (1, -1, 2, -2, 3, -3):
            yield Lie(f"labels shifted by {rows}", Repair(edits={"shift_labels": rows}))
    if bound.layout in (Layout.OUTPUTS, Layout.SCALAR, Layout.TOGETHER) and bound.label_domain is not BINARY:
        for factor in (100.0, 0.01, 1000.0, 0.001):
            yield Lie(f"predictions times {factor:g}", Repair(edits={"scale_prediction": factor}))
        yield Lie("predictions with the other sign", Repair(edits={"transform_prediction": "negate"}))
        for name in ("log", "log1p", "exp", "expm1"):
            yield Lie(f"{name} of the predictions", Repair(edits={"transform_prediction": name}))
            yield Lie(f"{name} of the labels", Repair(edits={"transform_label": name}))
        for name in ("log", "log1p", "exp", "expm1"):
            both = {"transform_prediction": name, "transform_label": name}
            yield Lie(f"{name} of labels and predictions", Repair(edits=both))


def _orders(classes: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], ...]]:
    if len(classes) <= MOST_CLASSES:
        for order in permutations(classes):
            if order != classes:
                yield tuple((old, new) for old, new in zip(classes, order, strict=True) if old != new)
        return
    for place, one in enumerate(classes[:MOST_EXCHANGED]):
        for other in classes[place + 1 : MOST_EXCHANGED]:
            yield ((one, other), (other, one))
