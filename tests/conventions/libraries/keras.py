"""Keras 3: keras.losses and keras.metrics, in float32."""

from __future__ import annotations

import os
from importlib.util import find_spec

os.environ.setdefault("KERAS_BACKEND", "jax" if find_spec("jax") else "numpy")

import keras
import numpy as np
from keras import losses, metrics

from conventions.call import FLOAT32, Call, Run

VERSION = keras.__version__
NAMES = ("keras", "keras.metrics")


def ready(label: np.ndarray, prediction: np.ndarray, *, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return what Keras takes: a column more where there is one output, and classes as columns of 0 and 1."""
    if label.ndim < prediction.ndim:
        return (np.eye(prediction.shape[1])[label] if classes else label), prediction
    return (label[:, None], prediction[:, None]) if label.ndim == 1 else (label, prediction)


def of(measure: object, *, weighted: bool = False, sparse: bool = False) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        label, prediction = ready(label, prediction, classes=not sparse)
        if hasattr(measure, "reset_state"):
            measure.reset_state()
        return float(measure(label, prediction, sample_weight=weight if weighted else None))  # type: ignore[operator]

    return run


def call(text: str, loss: str, data: str, profile: str = "keras", weighted: bool = False) -> Call:
    measure = eval(text, {"losses": losses, "metrics": metrics})  # the text is in this file
    sparse = "Sparse" in text or "Generalized" in text
    return Call(
        f"keras.{text}" + ("(sample_weight=)" if weighted else ""),
        loss,
        data,
        of(measure, weighted=weighted, sparse=sparse),
        profile + ("+reduction=sum" if "reduction='sum'" in text else ""),
        weighted,
        2 * FLOAT32,  # means are float32 too
    )


BOTH = (
    ("MeanSquaredError()", "mse", "numbers numbers_x3"),
    ("MeanAbsoluteError()", "mae", "numbers numbers_x3"),
    ("MeanAbsolutePercentageError()", "mape", "numbers positive positive_x3"),
    ("MeanSquaredLogarithmicError()", "msle", "positive positive_x3 counts"),
    ("Hinge()", "hinge", "signs"),
    ("SquaredHinge()", "squared_hinge", "signs"),
    ("CategoricalHinge()", "multiclass_hinge", "class_logits_3 class_logits_5"),
    ("KLDivergence()", "kl_divergence", "soft_3 soft_5"),
    ("Poisson()", "poisson_nll", "counts counts_x3 positive"),
    ("BinaryCrossentropy()", "binary_cross_entropy", "binary binary_inside binary_x3"),
    (
        "BinaryCrossentropy(from_logits=True)",
        "binary_cross_entropy:from_logits=true",
        "logits logits_inside logits_x3",
    ),
    (
        "BinaryCrossentropy(label_smoothing=0.1)",
        "binary_cross_entropy:label_smoothing=0.1",
        "binary binary_inside",
    ),
    ("CategoricalCrossentropy()", "cross_entropy", "classes_2 classes_3 classes_5 classes_inside_3 soft_3"),
    (
        "CategoricalCrossentropy(from_logits=True)",
        "cross_entropy:from_logits=true",
        "class_logits_3 class_logits_5",
    ),
    (
        "CategoricalCrossentropy(label_smoothing=0.1)",
        "cross_entropy:label_smoothing=0.1",
        "classes_3 classes_5",
    ),
    ("SparseCategoricalCrossentropy()", "cross_entropy", "classes_3 classes_5"),
    ("SparseCategoricalCrossentropy(from_logits=True)", "cross_entropy:from_logits=true", "class_logits_3"),
)

LOSSES = (
    ("Huber()", "huber", "numbers numbers_x3"),
    ("Huber(delta=2.5)", "huber:delta=2.5", "numbers"),
    ("LogCosh()", "log_cosh", "numbers numbers_x3"),
    ("CosineSimilarity()", "cosine", "numbers_x3"),
    ("BinaryFocalCrossentropy()", "binary_focal", "binary binary_inside"),
    ("BinaryFocalCrossentropy(from_logits=True)", "binary_focal:from_logits=true", "logits_inside"),
    (
        "BinaryFocalCrossentropy(apply_class_balancing=True)",
        "binary_focal:alpha=0.25",
        "binary binary_inside",
    ),
    ("CategoricalFocalCrossentropy()", "focal", "classes_3 classes_5"),
    ("CategoricalFocalCrossentropy(from_logits=True)", "focal:from_logits=true", "class_logits_3"),
    ("CategoricalGeneralizedCrossEntropy()", "generalized_cross_entropy", "classes_3 classes_5"),
    ("MeanSquaredError(reduction='sum')", "mse", "numbers numbers_x3"),
    ("BinaryCrossentropy(reduction='sum')", "binary_cross_entropy", "binary"),
    ("CategoricalCrossentropy(reduction='sum')", "cross_entropy", "classes_3"),
)

METRICS = (
    ("LogCoshError()", "log_cosh", "numbers numbers_x3"),
    ("CosineSimilarity()", "cosine", "numbers_x3"),
)

WEIGHTED = ("MeanSquaredError()", "BinaryCrossentropy()", "CategoricalCrossentropy()", "Hinge()", "Poisson()")

_ALL = (
    call("metrics.CategoricalAccuracy()", "zero_one", "class_logits_3 class_logits_5", "keras.accuracy"),
    call("metrics.BinaryAccuracy()", "zero_one:threshold=0.5", "binary", "keras.accuracy"),
    *(call(f"losses.{text}", *rest) for text, *rest in (*BOTH, *LOSSES)),
    *(call(f"losses.{text}", *rest, weighted=True) for text, *rest in BOTH if text in WEIGHTED),
    call(
        "losses.MeanSquaredError(reduction='mean_with_sample_weight')",
        "mse",
        "numbers",
        "keras+weights=sum",
        weighted=True,
    ),
    *(call(f"metrics.{text}", *rest, "keras.metrics") for text, *rest in (*BOTH, *METRICS)),
    *(
        call(f"metrics.{text}", *rest, "keras.metrics", weighted=True)
        for text, *rest in BOTH
        if text in WEIGHTED
    ),
    *(
        call("metrics.RootMeanSquaredError()", "rmse", "numbers numbers_x3", weighted=weighted)
        for weighted in (False, True)
    ),
)
CALLS = tuple(
    one
    for one in _ALL
    # The NumPy backend clips what a sigmoid makes of logits; the others do not.
    if keras.backend.backend() != "numpy" or "BinaryCrossentropy(from_logits" not in one.text
)
