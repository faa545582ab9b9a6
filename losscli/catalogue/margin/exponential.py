"""Exponential loss: e⁻ᵐ, where m is how far a score is on the right side of 0."""

import numpy as np

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas.margin import FRIEDMAN, MarginLoss


def value(label: Array, prediction: Array) -> Array:
    return np.exp(-label * prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return -label * np.exp(-label * prediction)


LOSS = MarginLoss(
    name="exponential",
    value=value,
    gradient=gradient,
    zero_at_perfect=False,
    summary="e to the power of minus the margin, which AdaBoost minimises",
    formula="e⁻ᵐ,  m = y·ŷ,  y = ±1",
    gradient_formula="−y e⁻ᵐ",
    use="scores of AdaBoost and similar methods, where the figure should be the loss used in training",
    avoid="with wrong labels or outliers: one confident miss can outweigh all other samples (see logistic)",
    pitfalls=(
        "a margin below −709 makes the loss infinite, and the mean with it",
        "the scores that minimise it are half the log-odds, not the log-odds",
    ),
    conventions=(
        Convention(
            "scikit-learn GradientBoostingClassifier(loss='exponential')", "the same, for labels 0 and 1", "1"
        ),
        Convention("AdaBoost", "the share of wrong training samples is at most the mean of this loss"),
    ),
    elsewhere=called("literature exponential_loss"),
    examples=(
        Example(label=1.0, prediction=0.0, loss=1.0),
        Example(label=1.0, prediction=0.6931471805599453, loss=0.5, note="at log 2"),
        Example(label=-1.0, prediction=1.0, loss=2.718281828459045),
    ),
    references=(
        Reference(
            "Freund and Schapire, A Decision-Theoretic Generalization of On-Line Learning and an "
            "Application to Boosting, 1997",
            doi="10.1006/jcss.1997.1504",
        ),
        FRIEDMAN,
    ),
)
