"""CatBoost: catboost.utils.eval_metric of raw scores; labels are float32, scores double."""

from __future__ import annotations

import catboost
import numpy as np
from catboost.utils import eval_metric

from conventions.call import Call, Run, squared

VERSION = catboost.__version__
NAMES = ("catboost",)


def of(metric: str, link: str = "", *, weighted: bool = False) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        score = prediction
        if link == "log":
            score = np.log(prediction)
        elif link == "logit":
            score = np.log(prediction / (1.0 - prediction))
        labels = label.argmax(axis=1) if metric == "MultiClassOneVsAll" else label
        return float(eval_metric(labels, score, metric, weight=weight if weighted else None)[0])

    return run


def call(
    metric: str, loss: str, data: str, link: str = "", *, weighted: bool = False, off: float = 1e-12
) -> Call:
    text = f"CatBoost {metric}" + (f" of the {link}" if link else "") + (" with weights" if weighted else "")
    profile = "catboost.prediction" if link else "catboost"
    off = max(off, 1e-7) if weighted else off  # weights are float32
    return Call(text, loss, data, of(metric, link, weighted=weighted), profile, weighted, off)


PLAIN = (
    ("RMSE", "rmse", "numbers"),
    ("MAE", "mae", "numbers"),
    ("MAPE", "mape", "numbers positive"),
    ("SMAPE", "smape", "numbers positive"),
    ("Quantile", "quantile", "numbers"),
    ("Quantile:alpha=0.9", "quantile:q=0.9", "numbers"),
    ("Expectile:alpha=0.25", "expectile:q=0.25", "numbers"),
    ("Lq:q=1.5", "lp:p=1.5", "numbers"),
    ("Huber:delta=1", "huber", "numbers"),
    ("Huber:delta=2.5", "huber:delta=2.5", "numbers"),
    ("FairLoss:smoothness=1", "fair", "numbers"),
    ("FairLoss:smoothness=2.5", "fair:c=2.5", "numbers"),
    ("Poisson", "poisson_nll:log_input=true", "log_counts"),
    ("Logloss", "binary_cross_entropy:from_logits=true", "logits_inside logits"),
    ("CrossEntropy", "binary_cross_entropy:from_logits=true", "logits_inside"),
    ("BrierScore", "brier:from_logits=true", "logits_inside"),
    ("HingeLoss", "hinge", "signs"),
    ("ZeroOneLoss", "zero_one:threshold=0", "logits_inside"),
    ("MultiClass", "cross_entropy:from_logits=true", "class_logits_3 class_logits_5"),
    ("MultiClassOneVsAll", "binary_cross_entropy:from_logits=true", "one_vs_all_3 one_vs_all_5"),
)
CALLS = (
    Call("CatBoost Accuracy", "zero_one", "class_logits_3", of("Accuracy"), "catboost.accuracy"),
    call("Focal:focal_alpha=0.25;focal_gamma=2", "binary_focal:alpha=0.25", "logits_inside"),
    call("HingeLoss", "multiclass_hinge", "class_logits_3 class_logits_5"),
    Call("CatBoost LogLinQuantile", "quantile", "log_counts", of("LogLinQuantile"), "catboost.log_lin"),
    call("MultiLogloss", "binary_cross_entropy:from_logits=true", "logits_inside_x3"),
    *(call(*each) for each in PLAIN),
    *(
        call(metric, loss, data.split()[0], weighted=True)
        for metric, loss, data in PLAIN
        if metric in ("RMSE", "MAE", "Quantile", "Logloss", "MultiClass", "MAPE", "Poisson")
    ),
    call("Expectile:alpha=0.9", "expectile:q=0.9", "numbers", off=1e-7),
    Call("CatBoost RMSE ** 2", "mse", "numbers", squared(of("RMSE")), "catboost"),
    Call("CatBoost MultiRMSE ** 2", "mse", "numbers_x3", squared(of("MultiRMSE")), "catboost"),
    call("MSLE", "msle", "positive counts", off=1.5e-7),
    call("LogCosh", "log_cosh", "numbers", off=1e-4),
    call("Poisson", "poisson_nll", "counts", "log"),
    call("Tweedie:variance_power=1.5", "tweedie_deviance:power=1.5", "positive counts", "log"),
    call("Tweedie:variance_power=1.5", "tweedie_deviance:power=1.5", "log_counts"),
    call("Logloss", "binary_cross_entropy", "binary_inside", "logit"),
    call("CrossEntropy", "binary_cross_entropy", "binary_inside", "logit"),
    call("BrierScore", "brier", "binary_inside", "logit"),
    call("MultiClass", "cross_entropy", "classes_inside_3 classes_inside_5", "log"),
    call("MultiRMSE", "rmse", "numbers_x3"),
    call("ZeroOneLoss", "zero_one", "class_logits_3"),
)
