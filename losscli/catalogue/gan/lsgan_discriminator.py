"""Discriminator of the least squares GAN: real samples should score 1, generated ones 0."""

import numpy as np

from losscli.loss import Array, Convention, Example
from losscli.loss.formulas.gan import MAO, GanLoss


def value(label: Array, prediction: Array) -> Array:
    return 0.5 * np.square(prediction - label)


def gradient(label: Array, prediction: Array) -> Array:
    return prediction - label


LOSS = GanLoss(
    name="lsgan_discriminator",
    value=value,
    gradient=gradient,
    summary="half the square of how far a score is from 1 for real samples, from 0 for generated ones",
    formula="(s − 1)²/2 if real else s²/2,  s = score",
    gradient_formula="s − 1 if real else s",
    use="how well a discriminator trained with targets 1 and 0 tells real samples from generated ones",
    avoid="where other targets were used, such as 1 and −1",
    pitfalls=(
        "the cost is the mean over all rows: for a balanced file, half of a paper's sum of two expectations",
        "it is half the squared error: code without the ½ gives twice this",
        "scores beyond the targets cost too: a real sample with score 3 costs as much as one with −1",
    ),
    conventions=(
        Convention(
            "the paper, TF-GAN least_squares_discriminator_loss",
            "the sum of the two means, with the ½: twice this for a balanced file",
            "2",
            ("tfgan.losses.least_squares_discriminator_loss",),
        ),
        Convention("torch.nn.MSELoss, real and generated in one batch", "without the ½", "2"),
        Convention("pix2pix and CycleGAN", "the mean of two torch.nn.MSELoss: twice this if balanced", "2"),
    ),
    examples=(
        Example(label=1.0, prediction=0.5, loss=0.125),
        Example(label=0.0, prediction=0.5, loss=0.125),
        Example(label=0.0, prediction=3.0, loss=4.5),
        Example(label=1.0, prediction=1.0, loss=0.0),
    ),
    references=(MAO,),
)
