"""Mean squared error: the square of the residual."""

import numpy as np

from losscli.loss import REAL, Array, Convention, Example, Loss, Reference, called


def value(label: Array, prediction: Array) -> Array:
    return np.square(prediction - label)


def gradient(label: Array, prediction: Array) -> Array:
    return 2.0 * (prediction - label)


LOSS = Loss(
    name="mse",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    summary="the square of the residual",
    formula="r²,  r = ŷ − y",
    gradient_formula="2r",
    use="regression where large errors are much worse than small ones and the noise has light tails; the "
    "prediction that minimises it is the mean",
    avoid="with outliers or heavy tails: one wrong label can outweigh all others (see huber, mae)",
    pitfalls=(
        "it is in squared units of the label: quote rmse too",
        "it depends on the scale of the label: costs on two data sets cannot be compared",
    ),
    conventions=(
        Convention(
            "Caffe EuclideanLoss, Vowpal Wabbit's gradient, some textbooks",
            "r²/2",
            "1/2",
            ("Caffe EuclideanLoss", "literature half_squared_error", "sklearn.HalfSquaredError"),
        ),
        Convention(
            "optax.l2_loss, tf.nn.l2_loss",
            "r²/2; TensorFlow returns the sum, not the mean",
            "1/2",
            ("optax.l2_loss", "tf.nn.l2_loss", "gluon L2Loss"),
        ),
    ),
    elsewhere=called(
        "torch.nn.MSELoss",
        "sklearn.metrics.mean_squared_error",
        "keras.losses.MeanSquaredError",
        "optax.squared_error",
        "XGBoost reg:squarederror",
        "LightGBM l2",
        "LightGBM regression_l2",
    ),
    examples=(
        Example(label=2.0, prediction=5.0, loss=9.0),
        Example(label=0.5, prediction=-1.0, loss=2.25),
    ),
    references=(
        Reference("Gauss, Theoria combinationis observationum erroribus minimis obnoxiae, 1823"),
        Reference("Gneiting, Making and Evaluating Point Forecasts, 2011", doi="10.1198/jasa.2011.r10138"),
    ),
)
