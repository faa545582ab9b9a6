"""Minimax generator of the original GAN: the discriminator should not see through its samples."""

import numpy as np

from losscli.loss import Array, Convention, Example
from losscli.loss.formulas.gan import GOODFELLOW, GanLoss, generated
from losscli.loss.numeric import sigmoid, softplus


def value(label: Array, prediction: Array) -> Array:
    return 0.0 - softplus(prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return np.where(label == 0.0, -sigmoid(prediction), 0.0)


def error(label: Array, prediction: Array) -> Array:
    return sigmoid(-prediction)


LOSS = GanLoss(
    name="gan_generator_minimax",
    value=value,
    gradient=gradient,
    error=error,
    counts=generated,
    non_negative=False,
    zero_at_perfect=False,
    convex=False,
    summary="the log of the probability that the discriminator gives to a generated sample being generated",
    formula="−log(1 + eˢ) for generated samples,  s = score",
    gradient_formula="−1/(1 + e⁻ˢ)",
    use="the game as the paper states it: what the discriminator gains on generated samples, the generator "
    "loses",
    avoid="for training: where the discriminator is confident, the gradient vanishes (see gan_generator)",
    pitfalls=(
        "rows of real samples do not count: no figure includes them, and their gradient is 0",
        "it is never positive, and lower is better: −log 2 where the discriminator knows nothing",
        "the error is how far the sample is from passing for real, 1/(1 + eˢ), although its label is 0",
    ),
    conventions=(
        Convention("−torch.nn.BCEWithLogitsLoss(scores, zeros)", "the same", "1"),
        Convention(
            "TF-GAN minimax_generator_loss",
            "adds the constant −log(1 + e⁻¹), as if all real scores were 1",
        ),
    ),
    examples=(
        Example(label=0.0, prediction=0.0, loss=-0.6931471805599453, note="−log 2"),
        Example(label=0.0, prediction=1000.0, loss=-1000.0),
        Example(
            label=0.0, prediction=-1.0986122886681098, loss=-0.28768207245178096, note="−log 4/3 at −log 3"
        ),
    ),
    references=(GOODFELLOW,),
)
