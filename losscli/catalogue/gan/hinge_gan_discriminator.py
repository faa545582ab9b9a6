"""Discriminator of the hinge GAN: real samples should score 1 or more, generated ones −1 or less."""

import numpy as np

from losscli.loss import Array, Convention, Example
from losscli.loss.formulas.gan import LIM_AND_YE, MIYATO, GanLoss, side


def value(label: Array, prediction: Array) -> Array:
    return np.maximum(1.0 + side(label) * prediction, 0.0)


def gradient(label: Array, prediction: Array) -> Array:
    sides = side(label)
    return np.where(sides * prediction > -1.0, sides, 0.0)


def error(label: Array, prediction: Array) -> Array:
    return 1.0 + side(label) * prediction


def perfect(label: Array, prediction: Array) -> Array:
    return 2.0 * label - 1.0


LOSS = GanLoss(
    name="hinge_gan_discriminator",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    summary="how far a score is from 1 or more for real samples, from −1 or less for generated ones",
    formula="max(0, 1 − s) if real else max(0, 1 + s),  s = score",
    gradient_formula="−1 if real and s < 1; 1 if generated and s > −1; else 0",
    kink="at s = 1 for real samples, at s = −1 for generated ones; the subgradient 0 is returned",
    use="how well a discriminator separates real from generated samples, as in SAGAN and BigGAN",
    avoid="as a measure of the samples: a strong discriminator has a cost of 0, whatever they look like",
    pitfalls=(
        "the cost is the mean over all rows: for a balanced file, half of a paper's sum of two expectations",
        "labels are 1 and 0, the margins ±1: a score of 0 costs 1 for either",
    ),
    conventions=(
        Convention(
            "the papers, TF-GAN wasserstein_hinge_discriminator_loss",
            "the sum of the two means: twice this for a balanced file",
            "2",
            ("tfgan.losses.wasserstein_hinge_discriminator_loss",),
        ),
        Convention("hinge, after --map-labels 0=-1", "the same", "1"),
    ),
    examples=(
        Example(label=1.0, prediction=0.25, loss=0.75),
        Example(label=0.0, prediction=0.25, loss=1.25),
        Example(label=0.0, prediction=-2.0, loss=0.0),
        Example(label=1.0, prediction=1.0, loss=0.0),
    ),
    references=(LIM_AND_YE, MIYATO),
)
