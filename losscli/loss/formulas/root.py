"""What a squared error shares with the root of its mean: the root, and squared differences of logs."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import Loss, Reference
from losscli.loss.domain import Interval
from losscli.loss.numeric import log1p_distance

ABOVE_MINUS_1 = Interval(low=-1.0, low_open=True)
TOFALLIS = Reference(
    "Tofallis, A better measure of relative prediction accuracy for model selection and model estimation, "
    "2015",
    doi="10.1057/jors.2014.103",
)


def slope_of_root(mean: float) -> float:
    """Return d √mean / d mean; 0 where every prediction is right, a subgradient of the cost."""
    return 0.5 / math.sqrt(mean) if mean > 0.0 else 0.0


RootLoss = partial(
    Loss,
    family="regression",
    finish=math.sqrt,
    finish_derivative=slope_of_root,
    finish_formula="√(mean)",
)
"""A loss whose cost is the root of its mean."""


def squared_log_error(label: Array, prediction: Array) -> Array:
    """Return (log(1 + ŷ) − log(1 + y))²."""
    return np.square(log1p_distance(label, prediction))


def squared_log_error_gradient(label: Array, prediction: Array) -> Array:
    """Return 2(log(1 + ŷ) − log(1 + y))/(1 + ŷ)."""
    distance = np.sign(prediction - label) * log1p_distance(label, prediction)
    return np.asarray(2.0 * distance / (1.0 + prediction))


def remedies(see: str) -> dict[str, str]:
    """Return what to do about numbers of −1 and less; `see` is another loss."""
    see = f"or see {see}, huber"
    return {
        "label": f"Labels of −1 and less have no log(1 + y): leave them out, {see}",
        "prediction": f"Predictions of −1 and less have no log(1 + ŷ): clip them yourself, {see}",
    }
