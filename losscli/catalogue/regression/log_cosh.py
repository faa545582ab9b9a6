"""Log-cosh loss: a parabola near zero, |r| − log 2 far from it."""

import numpy as np

from losscli.loss import REAL, Array, Example, Loss, Reference, called

LINE = 350.0
"""From here on the loss is a line to the last bit, and the square of sinh is still a number."""


def value(label: Array, prediction: Array) -> Array:
    beyond = np.abs(prediction - label)
    loss = np.minimum(beyond, LINE)
    beyond -= loss
    # cosh² = 1 + sinh², and sinh keeps its digits near 0.
    np.sinh(loss, out=loss)
    loss *= loss
    np.log1p(loss, out=loss)
    loss *= 0.5
    loss += beyond
    return np.asarray(loss)


def gradient(label: Array, prediction: Array) -> Array:
    return np.tanh(prediction - label)


LOSS = Loss(
    name="log_cosh",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    summary="the log of the hyperbolic cosine of the residual: a parabola near zero, a line far from it",
    formula="log cosh r,  r = ŷ − y",
    gradient_formula="tanh r",
    use="like huber with δ = 1, where the optimiser uses second derivatives and no parameter is wanted",
    avoid="unless an error of 1 is where outliers begin: it has no scale of its own, so divide labels and "
    "predictions by the scale of the noise, or see pseudo_huber",
    pitfalls=(
        "the formula as written overflows at |r| = 711 and gives 0 below 1e-8; here it does neither",
        "multiply labels and predictions by 100 and a parabola becomes a line: units change the ranking",
    ),
    elsewhere=called("keras.losses.LogCosh", "optax.log_cosh", "torchmetrics.LogCoshError"),
    examples=(
        Example(label=0.0, prediction=0.6931471805599453, loss=0.22314355131420976, note="cosh log 2 = 5/4"),
        Example(label=2.0, prediction=1.0, loss=0.43378083048302707, note="log((e + 1/e)/2)"),
        Example(label=0.0, prediction=1e6, loss=999999.3068528195, note="1e6 − log 2"),
        Example(label=0.0, prediction=1e-12, loss=5e-25, note="r²/2"),
    ),
    references=(
        Reference(
            "Saleh and Saleh, Statistical properties of the log-cosh loss function used in machine "
            "learning, 2022",
            doi="10.48550/arXiv.2208.04564",
        ),
    ),
)
