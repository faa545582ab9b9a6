"""Gamma deviance: a penalty on the ratio of prediction to label, whatever their unit."""

from losscli.loss import POSITIVE, Array, Convention, Example, Loss, called
from losscli.loss.formulas.deviance import JORGENSEN, NELDER_AND_WEDDERBURN, half_gamma


def value(label: Array, prediction: Array) -> Array:
    return 2.0 * half_gamma(label, prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return 2.0 * ((prediction - label) / prediction / prediction)


LOSS = Loss(
    name="gamma_deviance",
    family="regression",
    value=value,
    gradient=gradient,
    convex=False,
    label=POSITIVE,
    prediction=POSITIVE,
    summary="how far the ratio of label to prediction is from 1; too low costs more than too high",
    formula="2 (log(ŷ/y) + y/ŷ − 1)",
    gradient_formula="2 (ŷ − y) / ŷ²",
    use="positive amounts whose standard deviation grows in proportion to the mean: claim costs, durations, "
    "power spectra; the prediction that minimises it is the mean",
    avoid="where labels may be 0, or are known only to a fixed precision (see poisson_deviance, mse)",
    pitfalls=(
        "predicting half the label costs 0.61, twice the label 0.39: it is not symmetric in the ratio",
        "it is not convex in the prediction, though in its log: far above the label it flattens",
    ),
    conventions=(
        Convention(
            "XGBoost reg:gamma, gamma-nloglik",
            "y/ŷ + log ŷ: half of it, up to terms of y alone",
            "",
            ("XGBoost reg:gamma", "XGBoost gamma-nloglik"),
        ),
        Convention("Itakura-Saito distance of spectra", "half of it", "1/2"),
        Convention("deviance of a GLM, as of R's glm", "the sum over the samples, not the mean"),
    ),
    elsewhere=called("sklearn.metrics.mean_gamma_deviance", "XGBoost gamma-deviance"),
    examples=(
        Example(label=1.0, prediction=2.0, loss=0.3862943611198906, note="2 log 2 − 1"),
        Example(label=2.0, prediction=1.0, loss=0.6137056388801094, note="2 − 2 log 2"),
        Example(label=3.0, prediction=3.0, loss=0.0),
    ),
    references=(NELDER_AND_WEDDERBURN, JORGENSEN),
)
