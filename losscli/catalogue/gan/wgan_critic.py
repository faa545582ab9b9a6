"""Critic of the Wasserstein GAN: real samples should score high, generated ones low."""

from losscli.loss import Array, Convention, Example
from losscli.loss.formulas.gan import ARJOVSKY, GanLoss, side


def value(label: Array, prediction: Array) -> Array:
    # What is added to 0 cannot come out as −0.
    return 0.0 + side(label) * prediction


def gradient(label: Array, prediction: Array) -> Array:
    return side(label)


def error(label: Array, prediction: Array) -> Array:
    return 1.0 + side(label) * prediction


LOSS = GanLoss(
    name="wgan_critic",
    value=value,
    gradient=gradient,
    error=error,
    non_negative=False,
    zero_at_perfect=False,
    summary="minus the score of a real sample, plus the score of a generated one",
    formula="−s if real else s,  s = score",
    gradient_formula="−1 if real else 1",
    use="minus the estimated Wasserstein distance between real and generated samples, from a critic "
    "constrained to a Lipschitz constant of 1",
    avoid="for a critic without that constraint: its scale, and so the figure, is meaningless",
    pitfalls=(
        "the cost is the mean over all rows: for a balanced file, half of a paper's sum of two expectations",
        "that half is for balanced files only; in others, adding a constant to all scores changes it",
        "it is negative where the critic works; the gradient penalty is not in it",
    ),
    conventions=(
        Convention(
            "the paper's critic loss, TF-GAN wasserstein_discriminator_loss",
            "mean of generated − mean of real: twice this for a balanced file",
            "2",
            ("tfgan.losses.wasserstein_discriminator_loss",),
        ),
        Convention("the Wasserstein estimate of the paper's plots", "minus twice this if balanced", "−2"),
    ),
    examples=(
        Example(label=1.0, prediction=2.5, loss=-2.5),
        Example(label=0.0, prediction=2.5, loss=2.5),
        Example(label=0.0, prediction=-1.0, loss=-1.0),
    ),
    references=(ARJOVSKY,),
)
