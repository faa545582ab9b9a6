"""Smooth L1 loss: the absolute error, rounded off within `beta`."""

import numpy as np

from losscli.loss import NON_NEGATIVE, REAL, Array, Convention, Example, Loss, Parameter, Reference, called


def value(label: Array, prediction: Array, *, beta: float) -> Array:
    size = np.abs(prediction - label)
    if beta == 0.0:
        return size
    near = np.minimum(size, beta)
    return np.asarray((size - 0.5 * near) * (near / beta))


def gradient(label: Array, prediction: Array, *, beta: float) -> Array:
    if beta == 0.0:
        return np.sign(prediction - label)
    return np.clip((prediction - label) / beta, -1.0, 1.0)


LOSS = Loss(
    name="smooth_l1",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"beta": Parameter(1.0, NON_NEGATIVE, "the residual within which |r| is rounded off")},
    summary="the absolute residual, rounded off to a parabola within beta",
    formula="r²/(2β) if |r| < β else |r| − β/2,  r = ŷ − y",
    gradient_formula="r/β if |r| < β else sign(r)",
    kink="only with β = 0, at r = 0, where 0 is returned; the second derivative jumps at |r| = β",
    use="like mae, where the optimiser needs a gradient that fades near zero, such as for box coordinates",
    avoid="when the scale of the noise is unknown: β is in units of the label",
    pitfalls=(
        "it is huber divided by β, not huber: the two agree only for β = δ = 1, which most examples use",
        "a large β makes it flat: r²/(2β) goes to 0, where huber goes to mse/2",
    ),
    conventions=(
        Convention("torch.nn.HuberLoss, keras.losses.Huber, optax.huber_loss", "δ = β", "β"),
        Convention("Fast R-CNN (Girshick 2015)", "β = 1", "1"),
    ),
    elsewhere=called("torch.nn.SmoothL1Loss"),
    examples=(
        Example(label=0.0, prediction=0.5, loss=0.125),
        Example(label=0.0, prediction=3.0, loss=2.5),
        Example(label=0.0, prediction=1.0, loss=0.25, parameters={"beta": 2.0}),
        Example(label=1.0, prediction=-2.0, loss=3.0, parameters={"beta": 0.0}),
    ),
    references=(
        Reference("Girshick, Fast R-CNN, 2015", doi="10.1109/ICCV.2015.169"),
        Reference("Huber, Robust Estimation of a Location Parameter, 1964", doi="10.1214/aoms/1177703732"),
    ),
)
