"""Poisson deviance: how much less likely a count is under the prediction than under itself."""

from losscli.loss import NON_NEGATIVE, POSITIVE, Array, Convention, Example, Loss, called
from losscli.loss.formulas.deviance import JORGENSEN, NELDER_AND_WEDDERBURN, half_poisson


def value(label: Array, prediction: Array) -> Array:
    return 2.0 * half_poisson(label, prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return 2.0 * ((prediction - label) / prediction)


LOSS = Loss(
    name="poisson_deviance",
    family="regression",
    value=value,
    gradient=gradient,
    label=NON_NEGATIVE,
    prediction=POSITIVE,
    summary="twice the log-likelihood lost by not predicting the count itself",
    formula="2 (y log(y/ŷ) − y + ŷ),  0 log 0 = 0",
    gradient_formula="2 (1 − y/ŷ)",
    use="counts and rates, whose variance grows in proportion to the mean: claims, visits, sales; the "
    "prediction that minimises it is the mean",
    avoid="where counts vary much more than a Poisson distribution allows (see gamma_deviance, "
    "tweedie_deviance)",
    pitfalls=(
        "a prediction of 0 is outside its domain, whatever the label; clip predictions yourself",
        "predictions are means, not their logs: poisson_nll:log_input=true takes logs",
        "it depends on the scale of the label: costs on two data sets cannot be compared",
    ),
    conventions=(
        Convention(
            "scikit-learn HalfPoissonLoss", "half of it, of the log of the mean, without the terms of y alone"
        ),
        Convention("deviance of a GLM, as of R's glm", "the sum over the samples, not the mean"),
    ),
    elsewhere=called("sklearn.metrics.mean_poisson_deviance"),
    examples=(
        Example(label=0.0, prediction=2.0, loss=4.0),
        Example(label=2.0, prediction=1.0, loss=0.7725887222397811, note="4 log 2 − 2"),
        Example(label=1.0, prediction=2.0, loss=0.6137056388801094, note="2 − 2 log 2"),
        Example(label=3.0, prediction=3.0, loss=0.0),
    ),
    references=(NELDER_AND_WEDDERBURN, JORGENSEN),
)
