"""What losses of adversarial networks share: the raw score that a discriminator gives to a sample.

Label 1 is a real sample, 0 a generated one; each paper is named once for both of its losses.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import BINARY_REMEDY, Layout, Loss, Reference, Value
from losscli.loss.domain import BINARY, REAL, Mask


def generated(label: Array, prediction: Array, **_: Value) -> Mask:
    """Return the mask of the samples that count for a generator."""
    del prediction
    return np.asarray(label == 0.0)


def side(label: Array) -> Array:
    """Return what turns scores so that less is better: −1 for real samples, 1 for generated ones."""
    return 1.0 - 2.0 * label


def minus_score(label: Array, prediction: Array) -> Array:
    """Return −s, which has no lower end."""
    del label
    return 0.0 - prediction


def minus_score_gradient(label: Array, prediction: Array) -> Array:
    """Return −1, and 0 for real samples, which do not count."""
    del prediction
    return np.where(label == 0.0, -1.0, 0.0)


def short_of_1(label: Array, prediction: Array) -> Array:
    """Return the error: what a generated sample's score lacks to pass for real."""
    del label
    return np.asarray(1.0 - prediction)


GanLoss = partial(
    Loss,
    family="gan",
    label=BINARY,
    prediction=REAL,
    layout=Layout.SCALAR,
    remedies={"label": BINARY_REMEDY},
)
"""A loss of a score and of what the sample is; a generator's has `counts=generated`."""

GOODFELLOW = Reference("Goodfellow et al., Generative Adversarial Nets, 2014", doi="10.48550/arXiv.1406.2661")
ARJOVSKY = Reference("Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017", doi="10.48550/arXiv.1701.07875")
MAO = Reference(
    "Mao et al., Least Squares Generative Adversarial Networks, 2017", doi="10.1109/ICCV.2017.304"
)
LIM_AND_YE = Reference("Lim and Ye, Geometric GAN, 2017", doi="10.48550/arXiv.1705.02894")
MIYATO = Reference(
    "Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018",
    doi="10.48550/arXiv.1802.05957",
)
