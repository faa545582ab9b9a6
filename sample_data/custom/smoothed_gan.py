"""A GAN objective as a full declaration: it says what its labels are, and what holds of it."""

from losscli.loss import BINARY, BINARY_REMEDY, REAL, Example, Interval, Layout, Loss, Parameter, Reference
from losscli.loss.numeric import sigmoid, softplus


def value(label, prediction, *, smoothing):
    return softplus(prediction) - label * (1.0 - smoothing) * prediction


def gradient(label, prediction, *, smoothing):
    return sigmoid(prediction) - label * (1.0 - smoothing)


SMOOTHED = Loss(
    name="smoothed_gan_discriminator",
    family="gan",
    value=value,
    gradient=gradient,
    label=BINARY,
    prediction=REAL,
    layout=Layout.SCALAR,
    parameters={
        "smoothing": Parameter(0.1, Interval(0.0, 0.5), "how far below 1 the label of real samples is"),
    },
    zero_at_perfect=False,
    summary="cross-entropy of a discriminator that must not be sure of real samples",
    formula="log(1 + eˢ) − label · (1 − smoothing) · s,  s = score",
    gradient_formula="1/(1 + e⁻ˢ) − label · (1 − smoothing)",
    use="the discriminator of a GAN that runs away from its generator",
    avoid="to compare discriminators trained with different smoothing",
    examples=(Example(label=1.0, prediction=0.0, loss=0.6931471805599453, note="log 2"),),
    references=(
        Reference(
            "Salimans et al., Improved Techniques for Training GANs, 2016", doi="10.48550/arXiv.1606.03498"
        ),
    ),
    remedies={"label": BINARY_REMEDY},
)
