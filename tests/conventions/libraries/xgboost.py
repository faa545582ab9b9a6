"""XGBoost: its eval_metric of predictions that are given as base margins, in float32."""

from __future__ import annotations

import numpy as np
import xgboost

from conventions.call import FLOAT32, Call, Run, squared

VERSION = xgboost.__version__
NAMES = ("xgboost",)


def of(
    metric: str,
    objective: str = "reg:squarederror",
    *,
    logarithm: bool = False,
    weighted: bool = False,
    **options: object,
) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        with np.errstate(divide="ignore"):
            margin = np.log(prediction) if logarithm else prediction
        data = xgboost.DMatrix(
            np.zeros((len(label), 1)), label=label, weight=weight if weighted else None, base_margin=margin
        )
        chosen = {"objective": objective, "eval_metric": metric, "verbosity": 0, "nthread": 1, **options}
        if objective.startswith("multi"):
            chosen["num_class"] = prediction.shape[1]
        else:
            chosen["base_score"] = 0.5
        booster = xgboost.train(chosen, data, num_boost_round=0)
        return float(booster.eval(data).rpartition(":")[2])

    return run


def call(metric: str, loss: str, data: str, objective: str = "reg:squarederror", **options: object) -> Call:
    weighted = bool(options.get("weighted"))
    shown = ", ".join(
        f"{key}={value}" for key, value in options.items() if key not in ("logarithm", "weighted")
    )
    text = f"XGBoost {metric}" + (f" ({shown})" if shown else "") + (" with weights" if weighted else "")
    made = of(metric, objective, **options)  # type: ignore[arg-type]
    profile = "xgboost.nloglik" if metric == "gamma-nloglik" else "xgboost"
    return Call(text, loss, data, made, profile, weighted, tolerance=FLOAT32)


PLAIN = (
    ("rmse", "rmse", "numbers numbers_x3"),
    ("mae", "mae", "numbers numbers_x3"),
    ("rmsle", "rmsle", "positive positive_x3 counts"),
    ("mape", "mape", "numbers positive positive_x3"),
    ("mphe", "pseudo_huber", "numbers numbers_x3"),
    ("poisson-nloglik", "poisson_nll:full=true", "counts positive"),
    ("gamma-nloglik", "gamma_deviance", "positive"),
    ("gamma-deviance", "gamma_deviance", "positive"),
    ("tweedie-nloglik@1.5", "tweedie_deviance:power=1.5", "positive counts"),
    ("logloss", "binary_cross_entropy", "binary binary_inside"),
    ("error", "zero_one:threshold=0.5", "binary"),
)
CALLS = (
    Call(
        "XGBoost rmsle ** 2",
        "msle",
        "positive counts",
        squared(of("rmsle")),
        "xgboost",
        tolerance=2 * FLOAT32,
    ),
    *(call(*each) for each in PLAIN),
    Call(
        "XGBoost rmse ** 2",
        "mse",
        "numbers numbers_x3",
        squared(of("rmse")),
        "xgboost",
        tolerance=2 * FLOAT32,
    ),
    *(call(metric, loss, data.split()[0], weighted=True) for metric, loss, data in PLAIN),
    call("mphe", "pseudo_huber:delta=2.5", "numbers", huber_slope=2.5),
    call("tweedie-nloglik@1.2", "tweedie_deviance:power=1.2", "positive counts"),
    call("quantile", "quantile:q=0.5", "numbers", quantile_alpha=0.5),
    call("quantile", "quantile:q=0.9", "numbers numbers_x3", quantile_alpha=0.9),
    call("logloss", "binary_cross_entropy:from_logits=true", "logits logits_inside", "binary:logistic"),
    call("logloss", "binary_cross_entropy", "binary_x3", "reg:squarederror"),
    call("mlogloss", "cross_entropy:from_logits=true", "class_logits_3 class_logits_5", "multi:softprob"),
    call(
        "mlogloss",
        "cross_entropy",
        "classes_2 classes_inside_3 classes_inside_5",
        "multi:softprob",
        logarithm=True,
    ),
    call("mlogloss", "cross_entropy", "classes_inside_3", "multi:softprob", logarithm=True, weighted=True),
    call("merror", "zero_one", "class_logits_3 class_logits_5", "multi:softprob"),
)
