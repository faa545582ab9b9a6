"""With which loss inputs are examined, and what they are: the loss asked for says it, or the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from losscli.analyses.doctor.check import Kind, Setting
from losscli.analyses.doctor.statistics.facts import Facts
from losscli.analyses.recommend.kinds import choose
from losscli.analyses.suitable import Suitability, is_read_once, try_kinds
from losscli.common.errors import LosscliError
from losscli.inputs.columns.needs import Needs, common_needs
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss import Layout
from losscli.loss.domain import BINARY
from losscli.loss.registry import find
from losscli.loss.spec import BoundLoss, parse_spec

OF_NUMBERS = ("mse", "binary_cross_entropy", "binary_cross_entropy:from_logits=true")
OF_CLASSES = ("cross_entropy", "cross_entropy:from_logits=true")
OF_NAMES = "zero_one"
FAR = 1.0
"""Predictions of labels 0 and 1 that are further than this beyond them are logits: a line fitted to such
labels is beyond them too, but not as far."""


def losses_for(request: Request) -> tuple[tuple[BoundLoss, ...], Needs]:
    """Return the loss that is asked for, or those of which the data decide, and the columns that they read.

    Raises:
        LosscliError: where no loss is asked for, and the inputs can be read only once, or no loss suits them.
    """
    if request.loss:
        return request.loss[:1], common_needs(request.loss[:1])
    for data in (request.predictions, request.labels):
        if is_read_once(data):
            raise LosscliError(
                "standard input" if data == "-" else str(data),
                "it can be read only once, and no loss is named",
                "a loss, or a file of which the first rows can be read first",
                "Name the loss: --loss NAME",
            )
    chosen = _chosen(try_kinds(replace(request, bad_rows="drop")))
    layout = chosen.needs.layout
    if layout is Layout.OUTPUTS:
        return as_numbers()
    if layout is Layout.CLASSES and chosen.block is not None and chosen.block.prediction.ndim == 2:
        losses = _bound(OF_CLASSES)
    elif layout is Layout.CLASSES:
        losses = _bound((OF_NAMES,))
    else:
        losses = chosen.losses[:1]
    return losses, common_needs(losses[:1])


def _chosen(trials: list[Suitability]) -> Suitability:
    """Return the kind of columns that the inputs hold; shares among 0s and 1s are no names of classes."""
    chosen = choose(trials)
    if not chosen.needs.class_predictions or chosen.block is None or chosen.block.prediction.ndim == 2:
        return chosen
    for trial in trials:
        if trial.needs.layout is Layout.OUTPUTS and trial.block is not None:
            prediction = trial.block.prediction
            # What is no number is a name.
            prediction = prediction[np.isfinite(prediction)]
            if trial.block.prediction.ndim == 1 and (prediction != np.rint(prediction)).any():
                return trial
    return chosen


def as_numbers() -> tuple[tuple[BoundLoss, ...], Needs]:
    """Return the losses of which the data decide if both sides are numbers, and what they read."""
    losses = _bound(OF_NUMBERS)
    return losses, common_needs(losses[:1])


def _bound(specs: tuple[str, ...]) -> tuple[BoundLoss, ...]:
    return tuple(parse_spec(spec, find) for spec in specs)


def setting_of(reading: Reading, losses: tuple[BoundLoss, ...], train: Any = None) -> Setting:
    """Return what is known of opened inputs before their first row."""
    roles = reading.roles
    return Setting(
        request=replace(reading.request, show=()),
        losses=roles.decide(losses),
        outputs=roles.outputs,
        label_outputs=roles.label_outputs,
        by_id=roles.by_id,
        one_input=reading.right is reading.left,
        classes=bool(roles.classes),
        class_names=roles.class_names,
        train=train,
        others=tuple(
            (one.title, reading.right.header.names[one.want.columns[0]])
            for one in roles.shown
            if one.labels or reading.right is reading.left
        ),
        several=bool(reading.left.files or reading.right.files),
    )


def suited(setting: Setting, facts: Facts) -> int:
    """Return the place of the loss that suits the data, of those of a setting."""
    if len(setting.losses) == 1:
        return 0
    if setting.classes:
        return 0 if facts.low >= 0.0 else 1
    if facts.zero_or_one and facts.shares:
        return 1
    return 2 if facts.zero_or_one and (facts.low < -FAR or facts.high > 1.0 + FAR) else 0


def kind_of(setting: Setting, loss: BoundLoss, facts: Facts) -> Kind:
    """Return what labels and predictions are."""
    logits = bool(loss.parameters.get("from_logits"))
    if setting.class_names:
        return Kind.CLASS_NAMES
    if setting.classes:
        return Kind.CLASS_LOGITS if logits or loss.loss.family == "margin" else Kind.CLASSES
    if loss.layout not in (Layout.OUTPUTS, Layout.SCALAR, Layout.TOGETHER):
        return Kind.OTHER
    if loss.label_domain is BINARY:
        return Kind.LOGIT if logits else Kind.PROBABILITY
    if loss.loss.family == "margin":
        return Kind.SCORE
    # What a loss on numbers is asked of may be a probability all the same.
    return Kind.PROBABILITY if facts.two_classes and facts.shares else Kind.NUMBERS
