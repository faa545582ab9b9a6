"""Zero-one loss: 1 for a wrong class, 0 for the right one; its mean is the error rate."""

from collections.abc import Mapping

import numpy as np

from losscli.loss import (
    BINARY_REMEDY,
    Array,
    Convention,
    Example,
    Layout,
    Loss,
    Parameter,
    Reference,
    Value,
    called,
)
from losscli.loss.domain import BINARY, REAL, Columns, Domain
from losscli.loss.formulas import classwise
from losscli.loss.numeric import one_hot, true_column


def value(label: Array, prediction: Array, *, threshold: float | None) -> Array:
    if threshold is not None:
        return ((prediction > threshold) != (label == 1.0)).astype(np.float64)
    said = prediction if prediction.ndim == 1 else prediction.argmax(axis=1)
    return (said != label).astype(np.float64)


def error(label: Array, prediction: Array, *, threshold: float | None) -> Array:
    if threshold is not None:
        # How far it is on the wrong side, below 0 on the right one.
        return np.where(label == 1.0, threshold - prediction, prediction - threshold)
    if prediction.ndim == 1:
        return value(label, prediction, threshold=None)
    return 1.0 - true_column(prediction, label)


def perfect(label: Array, prediction: Array, *, threshold: float | None) -> Array:
    if threshold is not None:
        return np.where(label == 1.0, np.nextafter(threshold, np.inf), threshold)
    return label if prediction.ndim == 1 else one_hot(label, prediction.shape[1])


def label_domain(parameters: Mapping[str, Value]) -> Domain:
    return classwise.label_domain(parameters) if parameters["threshold"] is None else BINARY


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    return Columns(REAL) if parameters["threshold"] is None else REAL


def layout(parameters: Mapping[str, Value]) -> Layout:
    return Layout.CLASSES if parameters["threshold"] is None else Layout.OUTPUTS


def remedies(parameters: Mapping[str, Value]) -> Mapping[str, str]:
    if parameters["threshold"] is not None:
        return {"label": BINARY_REMEDY}
    return {
        "label": "Soft labels need cross_entropy; here a label is one class",
        "prediction": "If these are probabilities or scores: --loss zero_one:threshold=0.5 (0 for scores and "
        "logits), with labels 0 and 1",
        "columns": "zero_one:threshold=0.5 reads one numeric column",
    }


LOSS = Loss(
    name="zero_one",
    family="multiclass",
    value=value,
    error=error,
    perfect=perfect,
    label=label_domain,
    prediction=prediction_domain,
    layout=layout,
    class_predictions=True,
    parameters={
        "threshold": Parameter(
            None,
            REAL,
            "reads one numeric column and labels 0 and 1, and takes what is above this as class 1: 0.5 for "
            "probabilities, 0 for logits and scores",
        )
    },
    convex=False,
    indicator=True,
    bounds=(0.0, 1.0),
    summary="1 if the predicted class is not the label, else 0; the cost is 1 − accuracy",
    formula="1 if argmaxₖ ŷₖ ≠ t else 0,  t the true class;  the first of equal columns;  with a threshold τ "
    "1 if [ŷ > τ] ≠ y else 0",
    use="decisions: what share of them is wrong, whatever the probabilities were",
    avoid="with classes of unequal frequency (always predicting the most frequent looks good), and for "
    "training: it is flat, and has no gradient",
    pitfalls=(
        "among classes with equal scores the first column is the prediction: rounded probabilities often tie",
        "it is an error rate: accuracy is 1 minus the cost",
        "in a small data set a few samples decide it: look at n before comparing two models",
    ),
    conventions=(
        Convention("scikit-learn accuracy_score", "accuracy is 1 − the cost"),
        Convention("keras.metrics.BinaryAccuracy", "accuracy is 1 − the cost of threshold=0.5"),
        Convention(
            "numpy.argmax, torch.argmax", "the first of equals; on a GPU torch does not promise which"
        ),
    ),
    elsewhere=(
        *called(
            "sklearn.metrics.zero_one_loss", "literature error_rate", "literature misclassification_rate"
        ),
        *called("XGBoost merror", "LightGBM multi_error"),
        *called("LightGBM binary_error", threshold=0.5),
    ),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.0),
        Example(label=1.0, prediction=(0.5, 0.25, 0.25), loss=1.0),
        Example(label=1.0, prediction=(0.5, 0.5), loss=1.0, note="of equals the first"),
        Example(label=1.0, prediction=(-3.0, -1.0, -2.0), loss=0.0, note="scores of any kind"),
        Example(label=1.0, prediction=0.75, loss=0.0, parameters={"threshold": 0.5}),
        Example(
            label=1.0, prediction=0.5, loss=1.0, parameters={"threshold": 0.5}, note="not above: class 0"
        ),
    ),
    references=(
        Reference(
            "Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, section 2.4",
            doi="10.1007/978-0-387-84858-7",
        ),
    ),
    remedies=remedies,
)
