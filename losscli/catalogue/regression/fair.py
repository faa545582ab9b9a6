"""Fair's loss: a parabola near zero, nearly a line far from it, smooth up to the third derivative."""

import numpy as np

from losscli.loss import POSITIVE, REAL, Array, Example, Loss, Parameter, Reference, called
from losscli.loss.numeric import log1p_bend

FAR = 1e300
"""Where log(1 + x) is nothing beside x, and x² is not needed any more."""


def value(label: Array, prediction: Array, *, c: float) -> Array:
    size = prediction - label
    np.abs(size, out=size)
    ratio = size / c
    np.minimum(ratio, FAR, out=ratio)
    # c²(x − log1p(x)) = |r| · min(|r|, c) · bend(x) · max(x, 1): near 0 r²/2, far off c|r|.
    loss = log1p_bend(ratio)
    loss *= np.maximum(ratio, 1.0, out=ratio)
    loss *= np.minimum(size, c, out=ratio)
    loss *= size
    return loss


def gradient(label: Array, prediction: Array, *, c: float) -> Array:
    residual = prediction - label
    size = np.abs(residual)
    # r/(1 + |r|/c), with the smaller of |r| and c divided by the larger: no ratio overflows.
    ratio = np.minimum(size, c) / np.maximum(size, c)
    return np.asarray(np.clip(residual, -c, c) / (1.0 + ratio))


LOSS = Loss(
    name="fair",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"c": Parameter(1.0, POSITIVE, "the residual whose gradient is half of its limit")},
    summary="half the square of the residual near zero, approaching a line of slope c far from it",
    formula="c²(|r|/c − log(1 + |r|/c)),  r = ŷ − y",
    gradient_formula="r/(1 + |r|/c)",
    kink="none; the third derivative jumps at r = 0",
    use="like huber, where the optimiser uses second derivatives: they are positive everywhere and fade "
    "slowly; with c = 1.3998 σ it keeps 95 % of the efficiency of least squares under normal noise",
    avoid="when the scale of the noise is unknown: c is in units of the label",
    pitfalls=(
        "it bends early: at |r| = c it is 0.31 c², where huber is 0.5 c²",
        "the formula as written gives 0 or noise for |r| below 1e-8 c; here it does not",
    ),
    elsewhere=called("LightGBM fair", renamed={"fair_c": "c"}),
    examples=(
        Example(label=0.0, prediction=1.0, loss=0.3068528194400547, note="1 − log 2"),
        Example(
            label=3.0, prediction=-3.0, loss=8.112489401987013, parameters={"c": 3.0}, note="9(2 − log 3)"
        ),
        Example(label=0.0, prediction=1e-12, loss=4.999999999996667e-25, note="r²/2 − r³/3"),
        Example(label=0.0, prediction=1e300, loss=1e300),
    ),
    references=(
        Reference(
            "Fair, On the Robust Estimation of Econometric Models, Annals of Economic and Social Measurement "
            "3(4), 1974"
        ),
        Reference(
            "Zhang, Parameter estimation techniques: a tutorial with application to conic fitting, 1997",
            doi="10.1016/S0262-8856(96)01112-2",
        ),
    ),
)
