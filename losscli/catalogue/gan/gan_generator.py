"""Non-saturating generator of the original GAN: its samples should pass for real."""

import numpy as np

from losscli.loss import Array, Convention, Example, called
from losscli.loss.formulas.gan import GOODFELLOW, GanLoss, generated
from losscli.loss.numeric import sigmoid, softplus


def value(label: Array, prediction: Array) -> Array:
    return softplus(-prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return np.where(label == 0.0, -sigmoid(-prediction), 0.0)


def error(label: Array, prediction: Array) -> Array:
    return sigmoid(-prediction)


LOSS = GanLoss(
    name="gan_generator",
    value=value,
    gradient=gradient,
    error=error,
    counts=generated,
    zero_at_perfect=False,
    summary="minus the log of the probability that a generated sample is judged real",
    formula="log(1 + e⁻ˢ) for generated samples,  s = score",
    gradient_formula="−1/(1 + eˢ)",
    use="how well generated samples pass for real; its gradient is strong where they do not",
    avoid="to compare generators trained against different discriminators",
    pitfalls=(
        "rows of real samples do not count: no figure includes them, and their gradient is 0",
        "the error is how far the sample is from passing for real, 1/(1 + eˢ), although its label is 0",
        "predictions are raw scores (logits), not probabilities",
    ),
    conventions=(
        Convention("torch.nn.BCEWithLogitsLoss(scores, ones)", "the same", "1"),
        Convention("TF-GAN modified_generator_loss", "the same", "1"),
    ),
    elsewhere=called("tfgan.losses.modified_generator_loss"),
    examples=(
        Example(label=0.0, prediction=0.0, loss=0.6931471805599453, note="log 2"),
        Example(label=0.0, prediction=-1000.0, loss=1000.0),
        Example(label=0.0, prediction=1.0986122886681098, loss=0.28768207245178096, note="log 4/3 at log 3"),
    ),
    references=(GOODFELLOW,),
)
