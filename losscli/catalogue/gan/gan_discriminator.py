"""Discriminator of the original GAN: cross-entropy of real against generated, from raw scores."""

from losscli.loss import Array, Convention, Example
from losscli.loss.formulas.gan import GOODFELLOW, GanLoss, side
from losscli.loss.numeric import sigmoid, softplus


def value(label: Array, prediction: Array) -> Array:
    return softplus(side(label) * prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return side(label) * sigmoid(side(label) * prediction)


def error(label: Array, prediction: Array) -> Array:
    return sigmoid(side(label) * prediction)


LOSS = GanLoss(
    name="gan_discriminator",
    value=value,
    gradient=gradient,
    error=error,
    zero_at_perfect=False,
    summary="minus the log of the probability that the discriminator gives to the right answer",
    formula="log(1 + e⁻ˢ) if real else log(1 + eˢ),  s = score",
    gradient_formula="−1/(1 + eˢ) if real else 1/(1 + e⁻ˢ)",
    use="how well a discriminator tells real samples from generated ones",
    avoid="as a measure of the generator: a low figure may mean poor samples or a strong discriminator",
    pitfalls=(
        "the cost is the mean over all rows: for a balanced file, half of a paper's sum of two expectations",
        "a discriminator that knows nothing scores 0 and costs log 2 = 0.693, not 0.5",
        "predictions are raw scores (logits), not probabilities",
    ),
    conventions=(
        Convention("binary_cross_entropy:from_logits=true", "the same", "1"),
        Convention("torch.nn.BCEWithLogitsLoss, real and generated in one batch", "the same", "1"),
        Convention(
            "the paper, most training code", "the sum of the two means: twice this for a balanced file", "2"
        ),
        Convention("TF-GAN modified_discriminator_loss", "the same sum, real labels smoothed by 0.25"),
    ),
    examples=(
        Example(label=1.0, prediction=0.0, loss=0.6931471805599453, note="log 2"),
        Example(label=0.0, prediction=0.0, loss=0.6931471805599453, note="log 2"),
        Example(label=0.0, prediction=1000.0, loss=1000.0),
    ),
    references=(GOODFELLOW,),
)
