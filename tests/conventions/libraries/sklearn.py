"""scikit-learn: sklearn.metrics, in float64."""

from __future__ import annotations

import numpy as np
import sklearn
from sklearn import metrics
from sklearn._loss import loss as private
from sklearn.metrics.pairwise import paired_cosine_distances

from conventions.call import Call, Run

VERSION = sklearn.__version__
NAMES = ("sklearn",)


def of(name: str, *, weighted: bool = False, **options: object) -> Run:
    function = getattr(metrics, name)

    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        return float(function(label, prediction, sample_weight=weight if weighted else None, **options))

    return run


def all_classes(name: str, *, weighted: bool = False, **options: object) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        named = {} if label.ndim == prediction.ndim else {"labels": np.arange(prediction.shape[1])}
        return of(name, weighted=weighted, **named, **options)(label, prediction, weight)

    return run


def decided(threshold: float | None = None, *, weighted: bool = False, **options: object) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        said = prediction.argmax(axis=1) if threshold is None else (prediction > threshold).astype(float)
        return of("zero_one_loss", weighted=weighted, **options)(label, said, weight)

    return run


def accuracy(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(metrics.accuracy_score(label, prediction.argmax(axis=1)))


def half(name: str) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        return float(getattr(private, name)()(y_true=label, raw_prediction=prediction))

    return run


def cosine(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(paired_cosine_distances(label, prediction).mean())


def call(
    name: str, loss: str, data: str, *, run: Run | None = None, weighted: bool = False, **options: object
) -> Call:
    arguments = [f"{key}={value!r}" for key, value in options.items()]
    text = f"sklearn.metrics.{name}({', '.join((*arguments, *(('sample_weight=',) if weighted else ())))})"
    profile = "sklearn+reduction=sum" if options.get("normalize") is False else "sklearn"
    made = run or of(name, weighted=weighted, **options)
    return Call(text, loss, data, made, profile, weighted)


REGRESSION = (
    ("mean_squared_error", "mse", "numbers numbers_x3"),
    ("root_mean_squared_error", "rmse", "numbers numbers_x3"),
    ("mean_absolute_error", "mae", "numbers numbers_x3"),
    ("mean_absolute_percentage_error", "mape", "numbers positive positive_x3"),
    ("mean_squared_log_error", "msle", "positive positive_x3 counts"),
    ("root_mean_squared_log_error", "rmsle", "positive positive_x3 counts"),
    ("mean_pinball_loss", "quantile", "numbers numbers_x3"),
    ("mean_poisson_deviance", "poisson_deviance", "counts positive"),
    ("mean_gamma_deviance", "gamma_deviance", "positive"),
    ("mean_tweedie_deviance", "tweedie_deviance", "positive counts"),
)

CALLS = (
    Call("sklearn.metrics.accuracy_score()", "zero_one", "class_logits_3", accuracy, "sklearn.accuracy"),
    *(call(*each) for each in REGRESSION),
    *(call(name, loss, data.split()[0], weighted=True) for name, loss, data in REGRESSION),
    call("mean_pinball_loss", "quantile:q=0.9", "numbers numbers_x3", alpha=0.9),
    call("mean_tweedie_deviance", "tweedie_deviance:power=1.5", "positive counts", power=1.5),
    call("root_mean_squared_error", "rmse", "numbers_x3", weighted=True),
    *(
        call("log_loss", loss, data, run=all_classes("log_loss"))
        for loss, data in (
            ("binary_cross_entropy", "binary binary_inside binary_x3"),
            ("cross_entropy", "classes_2 classes_3 classes_5 classes_inside_3"),
        )
    ),
    *(
        call("log_loss", loss, data, run=all_classes("log_loss", weighted=True), weighted=True)
        for loss, data in (("binary_cross_entropy", "binary binary_inside"), ("cross_entropy", "classes_3"))
    ),
    *(
        call("log_loss", loss, data, run=all_classes("log_loss", normalize=False), normalize=False)
        for loss, data in (("binary_cross_entropy", "binary"), ("cross_entropy", "classes_3"))
    ),
    call("brier_score_loss", "brier", "binary binary_inside"),
    call("brier_score_loss", "brier", "binary", weighted=True),
    call(
        "brier_score_loss",
        "multiclass_brier",
        "classes_inside_2 classes_inside_3 classes_inside_5",
        run=all_classes("brier_score_loss"),
    ),
    call("hinge_loss", "hinge", "signs"),
    call("hinge_loss", "hinge", "signs", weighted=True),
    call("hinge_loss", "multiclass_hinge", "class_logits_3 class_logits_5", run=all_classes("hinge_loss")),
    call("zero_one_loss", "zero_one", "class_logits_3 classes_5", run=decided()),
    call("zero_one_loss", "zero_one", "class_logits_3", run=decided(normalize=False), normalize=False),
    call("zero_one_loss", "zero_one:threshold=0.5", "binary", run=decided(0.5)),
    call("zero_one_loss", "zero_one:threshold=0.5", "binary", run=decided(0.5, weighted=True), weighted=True),
    Call("sklearn.metrics.pairwise.paired_cosine_distances()", "cosine", "numbers_x3", cosine, "sklearn"),
    Call("sklearn._loss.loss.HalfSquaredError()", "mse", "numbers", half("HalfSquaredError"), "sklearn.half"),
    Call(
        "sklearn._loss.loss.HalfPoissonLoss()",
        "poisson_nll:log_input=true",
        "log_counts",
        half("HalfPoissonLoss"),
        "sklearn",
    ),
)
