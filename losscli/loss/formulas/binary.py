"""What losses of two outcomes share: a label 0 or 1, and a probability or a logit of 1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import BINARY_REMEDY, CLIP, FROM_LOGITS, Loss, Value
from losscli.loss.domain import BINARY, PROBABILITY, REAL, Domain
from losscli.loss.formulas.classwise import certainty_is_free
from losscli.loss.numeric import sigmoid

UNDER_LOGARITHM = {"from_logits": FROM_LOGITS, "eps": CLIP}


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    """Return the domain of logits, or of probabilities."""
    return REAL if parameters["from_logits"] else PROBABILITY


def missing_probability(label: Array, prediction: Array, *, from_logits: bool, **_: Value) -> Array:
    """Return the error: 1 − p of the label, which a probability near the label must not lose digits to.

    Of a logit it is the probability of the other outcome: 1 − p would have lost its digits.
    """
    return sigmoid(prediction * (1.0 - 2.0 * label)) if from_logits else np.abs(prediction - label)


def remedies(name: str) -> dict[str, str]:
    """Return what to do about labels and predictions outside the domain."""
    return {"label": BINARY_REMEDY, "prediction": f"If these are logits: --loss {name}:from_logits=true"}


OutcomeLoss = partial(
    Loss,
    family="binary",
    label=BINARY,
    prediction=prediction_domain,
    error=missing_probability,
    zero_at_perfect=certainty_is_free,
)
"""A loss of the probability of what happened, or of its logit, with a parameter `from_logits`."""
