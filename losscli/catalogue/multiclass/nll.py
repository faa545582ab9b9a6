"""Negative log-likelihood: cross-entropy of predictions that are already log-probabilities."""

import numpy as np

from losscli.loss import Array, Columns, Convention, Example, Interval, Layout, Loss, Reference, called
from losscli.loss.formulas import classwise
from losscli.loss.numeric import one_hot, true_column
from losscli.loss.references import GOOD

IMPOSSIBLE = -1000.0
"""A log-probability so low that e to its power is 0."""


def value(label: Array, prediction: Array) -> Array:
    return 0.0 - true_column(prediction, label)


def gradient(label: Array, prediction: Array) -> Array:
    return 0.0 - one_hot(label, prediction.shape[1])


def error(label: Array, prediction: Array) -> Array:
    return 0.0 - np.expm1(true_column(prediction, label))


def perfect(label: Array, prediction: Array) -> Array:
    return np.where(one_hot(label, prediction.shape[1]) == 1.0, 0.0, IMPOSSIBLE)


LOSS = Loss(
    name="nll",
    family="multiclass",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    label=classwise.label_domain,
    prediction=Columns(Interval(high=0.0, noun="a log-probability")),
    layout=Layout.CLASSES,
    summary="minus the log-probability given to the true class",
    formula="−ŷₜ,  ŷ = log p,  t the true class",
    gradient_formula="−1 for the true class, 0 for the others",
    use="models that end in log-softmax, or that output log-likelihoods",
    avoid="with probabilities or logits: cross_entropy takes both, the latter with from_logits=true",
    pitfalls=(
        "logits that happen to be negative pass for log-probabilities: only numbers above 0 give them away",
        "nothing is clipped: one sample with a log-probability of −1e6 dominates the mean",
        "the log of a probability of 0 is not finite, and a row that contains it is refused",
    ),
    conventions=(
        Convention("torch.nn.NLLLoss", "the same; it takes any numbers, logits and probabilities too", "1"),
        Convention(
            "torch.nn.CrossEntropyLoss", "takes logits: nll of their log-softmax is the same figure", "1"
        ),
        Convention("bits, as in information theory", "base 2", "1/log 2"),
    ),
    elsewhere=called("torch.nn.NLLLoss"),
    examples=(
        Example(
            label=0.0,
            prediction=(-0.5, -1.5, -2.0),
            loss=0.5,
            note="rows need not be normalised, as in torch",
        ),
        Example(
            label=2.0,
            prediction=(-0.6931471805599453, -1.3862943611198906, -1.3862943611198906),
            loss=1.3862943611198906,
            note="−log ¼",
        ),
        Example(label=1.0, prediction=(-1000.0, 0.0), loss=0.0),
    ),
    references=(
        GOOD,
        Reference(
            "Edwards, Likelihood, 1972: log-likelihood as support for a hypothesis",
            url="https://search.worldcat.org/title/392866",
        ),
    ),
    remedies={
        "label": classwise.ONE_CLASS,
        "prediction": "If these are probabilities: --loss cross_entropy; "
        "if logits: --loss cross_entropy:from_logits=true",
    },
)
