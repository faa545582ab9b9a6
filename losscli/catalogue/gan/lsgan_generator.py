"""Generator of the least squares GAN: its samples should score 1, as real ones do."""

import numpy as np

from losscli.loss import Array, Convention, Example, called
from losscli.loss.formulas.gan import MAO, GanLoss, generated


def value(label: Array, prediction: Array) -> Array:
    return 0.5 * np.square(prediction - 1.0)


def gradient(label: Array, prediction: Array) -> Array:
    return np.where(label == 0.0, prediction - 1.0, 0.0)


def error(label: Array, prediction: Array) -> Array:
    return prediction - 1.0


def perfect(label: Array, prediction: Array) -> Array:
    return np.ones(prediction.shape)


LOSS = GanLoss(
    name="lsgan_generator",
    value=value,
    gradient=gradient,
    error=error,
    counts=generated,
    perfect=perfect,
    summary="half the square of how far the score of a generated sample is from 1",
    formula="(s − 1)²/2 for generated samples,  s = score",
    gradient_formula="s − 1",
    use="how well generated samples reach the score that real ones are trained to have",
    avoid="where the discriminator's targets were not 1 and 0",
    pitfalls=(
        "rows of real samples do not count: no figure includes them, and their gradient is 0",
        "it is half the squared error: code without the ½ gives twice this",
        "the error is s − 1, how far the sample is from passing for real, although its label is 0",
    ),
    conventions=(
        Convention("the paper, TF-GAN least_squares_generator_loss", "the same", "1"),
        Convention("torch.nn.MSELoss(scores, ones), pix2pix and CycleGAN", "without the ½", "2"),
    ),
    elsewhere=called("tfgan.losses.least_squares_generator_loss"),
    examples=(
        Example(label=0.0, prediction=0.5, loss=0.125),
        Example(label=0.0, prediction=-2.0, loss=4.5),
        Example(label=0.0, prediction=1.0, loss=0.0),
    ),
    references=(MAO,),
)
