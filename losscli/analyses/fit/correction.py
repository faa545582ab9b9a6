"""A loss and a model put together: whether they suit, and what a fitted correction makes of predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.fit import models
from losscli.analyses.fit.links import Identity, Link, Log, link_of
from losscli.analyses.fit.models import Setting
from losscli.analyses.fit.samples import moved
from losscli.common.array import Array
from losscli.common.errors import UsageError
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, slots=True)
class Correction:
    """Predictions in, corrected predictions out."""

    link: Link
    slope: float
    level: Array

    def __call__(self, prediction: Array) -> Array:
        """Return corrected predictions, in the shape of those given: `(rows,)` or `(rows, columns)`."""
        with np.errstate(all="ignore"):
            return self.link.inverse(moved(self.link.link(prediction), self.slope, self.level))


def link_for(bound: BoundLoss) -> Link:
    """Return the scale on which predictions of a loss are corrected; `unsuited` told that there is one."""
    link = link_of(bound.prediction_domain)
    assert link is not None
    return link


def setting_of(bound: BoundLoss, classes: int = 0) -> Setting:
    """Return what a model has to know of a loss; `classes` counts its class columns."""
    link = link_for(bound)
    logits = not isinstance(link, Identity | Log) or bound.parameters.get("from_logits") is True
    acts_on = "logits" if logits and isinstance(link, Identity) else link.acts_on
    return Setting(acts_on, logits, isinstance(link, Log), classes, bound.spec)


def unsuited(bound: BoundLoss, model: str) -> UsageError | None:
    """Return why a model cannot be fitted to a loss, None where it can."""
    loss = bound.loss
    if bound.layout is Layout.NAMED:
        return UsageError(
            "--loss",
            f"the columns of {bound.spec} ({', '.join(bound.columns)}) mean different things: one "
            "correction for all of them makes no sense",
            "a loss of predictions of one kind",
            "To fit a single column, use a loss for one column: --loss mse --prediction COLUMN",
        )
    if loss.class_predictions:
        return UsageError(
            "--loss",
            f"{bound.spec} counts wrong decisions: a small step changes none, so there is no slope to follow",
            "a loss with a gradient",
            f"Fit {'' if bound.class_predictions else 'binary_'}cross_entropy, and evaluate the "
            "file that --save-predictions writes.",
        )
    if link_of(bound.prediction_domain) is None:
        description = bound.prediction_domain.description
        return UsageError(
            "--loss", f"{bound.spec} reads {description}, which no model can correct", "another loss"
        )
    refused = models.load(model).refusal(setting_of(bound))
    return None if refused is None else UsageError(f"--model {model}", refused[0], "", refused[1])
