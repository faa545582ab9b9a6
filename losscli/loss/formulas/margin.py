"""What margin losses share: labels −1 and +1, and a raw score whose sign should be the label's."""

from __future__ import annotations

from functools import partial

from losscli.common.array import Array
from losscli.loss.declaration import SIGN_REMEDY, Layout, Loss, Reference, missing_margin
from losscli.loss.domain import REAL, SIGN

MarginLoss = partial(
    Loss,
    family="margin",
    label=SIGN,
    prediction=REAL,
    layout=Layout.SCALAR,
    error=missing_margin,
    remedies={"label": SIGN_REMEDY},
)
"""A loss of the margin `label · prediction`."""
FRIEDMAN = Reference(
    "Friedman, Hastie and Tibshirani, Additive logistic regression, 2000", doi="10.1214/aos/1016218223"
)


def at_margin(label: Array, prediction: Array, *, margin: float) -> Array:
    """Return the least score that costs nothing."""
    del prediction
    return label * margin
