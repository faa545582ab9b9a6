"""Columns next to the label that may be the truth, read only where labels may be made of predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from losscli.analyses.suitable import is_read_once
from losscli.common.array import Array
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.columns.needs import Needs
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

MOST, LOOKED_AT = 20, 4096
"""So many columns are read besides, and into so many rows is looked first."""


def with_others(request: Request, losses: tuple[BoundLoss, ...], needs: Needs) -> Request:
    """Return a request that carries other columns along, where a first look says that they are needed."""
    if request.label or not losses or any(map(is_read_once, (request.predictions, request.labels))):
        return request
    if needs.layout not in (Layout.OUTPUTS, Layout.SCALAR, Layout.CLASSES):
        return request
    first = replace(request, loss=losses[:1], block_rows=LOOKED_AT)
    with Reading(first, needs, ahead=False) as reading:
        header = reading.right.header
        used = {
            place
            for source, wants in reading.wants
            if source is reading.right
            for want in wants
            for place in want.columns
        }
        names = header.names if header.present else ()
        others = [name for place, name in enumerate(names) if place not in used and name]
        if not others or reading.roles.class_names or len(reading.roles.label_outputs) > 1:
            return request
        block = next(reading.blocks(None), None)
    if block is None or not any(decided(_counting(block))):
        return request
    unique = [name for name in others if names.count(name) == 1 and name not in request.show]
    return replace(request, show=(*request.show, *unique[:MOST]))


def _counting(block: Block) -> Block:
    return block if block.left_out is None else block.take(block.left_out == COUNTS)


def decided(block: Block) -> tuple[bool, bool]:
    """Return whether every label is what the prediction decides: with ½ as the limit, and with 0.

    Of a column a class it is the largest number that decides, with either.
    """
    label, prediction = block.label, block.prediction
    if label.ndim != 1:
        return False, False
    if prediction.ndim == 2:
        same = bool((prediction.argmax(axis=1) == label).all())
        return same, same
    if not ((label == 0) | (label == 1)).all():
        return False, False
    return _is_split(label, prediction, 0.5), _is_split(label, prediction, 0.0)


def _is_split(label: Array, prediction: Array, limit: float) -> bool:
    """Whether labels are 1 above the limit and 0 below it, and at it all the same."""
    one = label == 1
    apart = prediction != limit
    same = bool((one == (prediction > limit))[apart].all())
    return same and (bool(apart.all()) or len(np.unique(one[~apart])) == 1)
