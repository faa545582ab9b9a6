"""LightGBM: its metrics of predictions given as initial scores; labels are float32, predictions double."""

from __future__ import annotations

import lightgbm
import numpy as np

from conventions.call import Call, Run

VERSION = lightgbm.__version__
NAMES = ("lightgbm",)


def of(
    metric: str,
    objective: str = "regression",
    *,
    logarithm: bool = False,
    weighted: bool = False,
    **options: object,
) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        with np.errstate(divide="ignore"):
            score = np.log(prediction) if logarithm else prediction
        chosen = {"objective": objective, "metric": metric, "verbosity": -1, "num_threads": 1, **options}
        chosen["boost_from_average"] = False
        count = prediction.shape[1] if prediction.ndim == 2 else 1
        if count > 1:
            chosen["num_class"] = count
        silent = {"verbosity": -1}
        labels = (
            np.arange(2 * count) % count
            if count > 1
            else np.array([1.0, 1.0] if objective != "binary" else [0.0, 1.0])
        )
        training = lightgbm.Dataset(
            np.zeros((len(labels), 1)), label=labels, params=silent, free_raw_data=False
        )
        given = lightgbm.Dataset(
            np.zeros((len(label), 1)),
            label=label,
            weight=weight if weighted else None,
            init_score=score.ravel(order="F"),
            reference=training,
            params=silent,
            free_raw_data=False,
        )
        booster = lightgbm.Booster(chosen, training)
        booster.add_valid(given, "given")
        return float(booster.eval_valid()[0][2])

    return run


def call(metric: str, loss: str, data: str, objective: str = "regression", **options: object) -> Call:
    weighted = bool(options.get("weighted"))
    shown = ", ".join(
        f"{key}={value}" for key, value in options.items() if key not in ("logarithm", "weighted")
    )
    text = f"LightGBM {metric}" + (f" ({shown})" if shown else "") + (" with weights" if weighted else "")
    made = of(metric, objective, **options)  # type: ignore[arg-type]
    profile = f"lightgbm.{metric}" if metric in ("gamma", "cross_entropy") else "lightgbm"
    return Call(
        text, loss, data, made, profile, weighted, 1e-6 if weighted else 1e-8 if metric == "gamma" else 1e-12
    )


PLAIN = (
    ("l1", "mae", "numbers"),
    ("l2", "mse", "numbers"),
    ("rmse", "rmse", "numbers"),
    ("quantile", "quantile", "numbers"),
    ("huber", "huber", "numbers"),
    ("fair", "fair", "numbers"),
    ("mape", "mape", "numbers positive"),
    ("poisson", "poisson_nll", "counts positive"),
    ("gamma", "gamma_deviance", "positive"),
    ("gamma_deviance", "gamma_deviance", "positive"),
    ("tweedie", "tweedie_deviance", "positive counts"),
    ("binary_logloss", "binary_cross_entropy", "binary binary_inside"),
    ("cross_entropy", "binary_cross_entropy", "binary binary_inside"),
    ("binary_error", "zero_one:threshold=0.5", "binary"),
)
CALLS = (
    *(call(*each) for each in PLAIN),
    *(call(metric, loss, data.split()[0], weighted=True) for metric, loss, data in PLAIN),
    call("quantile", "quantile:q=0.3", "numbers", alpha=0.3),
    call("huber", "huber:delta=2.5", "numbers", alpha=2.5),
    call("fair", "fair:c=2.5", "numbers", fair_c=2.5),
    call("tweedie", "tweedie_deviance:power=1.2", "positive counts", tweedie_variance_power=1.2),
    call("binary_logloss", "binary_cross_entropy:from_logits=true", "logits logits_inside", "binary"),
    call("poisson", "poisson_nll:log_input=true", "log_counts", "poisson"),
    call("multi_logloss", "cross_entropy:from_logits=true", "class_logits_3 class_logits_5", "multiclass"),
    call(
        "multi_logloss",
        "cross_entropy",
        "classes_2 classes_inside_3 classes_inside_5",
        "multiclass",
        logarithm=True,
    ),
    call("multi_logloss", "cross_entropy", "classes_inside_3", "multiclass", logarithm=True, weighted=True),
    call("multi_error", "zero_one", "class_logits_3 class_logits_5", "multiclass"),
)
