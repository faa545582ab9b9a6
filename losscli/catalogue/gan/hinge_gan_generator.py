"""Generator of the hinge GAN: its samples should score high."""

import numpy as np

from losscli.loss import Array, Convention, Example
from losscli.loss.formulas.gan import LIM_AND_YE, MIYATO, GanLoss, generated


def value(label: Array, prediction: Array) -> Array:
    return 0.0 - prediction


def gradient(label: Array, prediction: Array) -> Array:
    return np.where(label == 0.0, -1.0, 0.0)


def error(label: Array, prediction: Array) -> Array:
    return 1.0 - prediction


LOSS = GanLoss(
    name="hinge_gan_generator",
    value=value,
    gradient=gradient,
    error=error,
    counts=generated,
    non_negative=False,
    zero_at_perfect=False,
    summary="minus the discriminator's score of a generated sample",
    formula="−s of generated samples,  s = score",
    gradient_formula="−1",
    use="the generator's side of a hinge GAN, beside hinge_gan_discriminator",
    avoid="to compare generators that met different discriminators",
    pitfalls=(
        "rows of real samples do not count: they are in no figure, and their gradient is 0",
        "it has no hinge: only the discriminator's loss has one",
        "the error is 1 − s, what the sample lacks to pass for real, though its label is 0",
    ),
    conventions=(
        Convention("the papers, TF-GAN wasserstein_hinge_generator_loss", "the same", "1"),
        Convention("wgan_generator", "the same figure, beside another discriminator", "1"),
    ),
    examples=(
        Example(label=0.0, prediction=2.5, loss=-2.5),
        Example(label=0.0, prediction=-1.0, loss=1.0),
    ),
    references=(LIM_AND_YE, MIYATO),
)
