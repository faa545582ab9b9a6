"""torchmetrics: torchmetrics.functional, in float64."""

from __future__ import annotations

import numpy as np
import torch
import torchmetrics
from torchmetrics import functional

from conventions.call import FLOAT32, Call, Run

VERSION = torchmetrics.__version__
NAMES = ("torchmetrics",)


def tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


def of(name: str, *, swapped: bool = False, per_output: bool = False, **options: object) -> Run:
    function = getattr(functional.regression, name)

    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        both = (label, prediction) if swapped else (prediction, label)
        outputs = {"num_outputs": label.shape[1]} if per_output and label.ndim == 2 else {}
        return float(function(*(tensor(each) for each in both), **options, **outputs).mean())

    return run


def signed(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray, **options: object) -> float:
    return float(
        functional.hinge_loss(tensor(prediction), tensor(label > 0).long(), task="binary", **options)
    )


def classes(name: str, **options: object) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        task = {"task": "multiclass", "num_classes": prediction.shape[1]}
        return float(getattr(functional, name)(tensor(prediction), tensor(label), **task, **options))

    return run


def wrong(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return 1.0 - classes("accuracy", average="micro")(label, prediction, weight)


def perplexity(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(functional.text.perplexity(tensor(prediction[None]), tensor(label[None])))


def call(name: str, loss: str, data: str, run: Run | None = None, **options: object) -> Call:
    arguments = ", ".join(f"{key}={value!r}" for key, value in options.items())
    made = run or of(name, **options)
    return Call(f"torchmetrics.functional.{name}({arguments})", loss, data, made, "torchmetrics")


CALLS = (
    Call(
        "torchmetrics.functional.accuracy()",
        "zero_one",
        "class_logits_3",
        classes("accuracy", average="micro"),
        "torchmetrics.accuracy",
        tolerance=1e-6,
    ),
    call("mean_squared_error", "mse", "numbers numbers_x3"),
    call("mean_squared_error", "rmse", "numbers numbers_x3", squared=False),
    call("mean_absolute_error", "mae", "numbers numbers_x3"),
    call("mean_absolute_percentage_error", "mape", "numbers positive positive_x3"),
    call("symmetric_mean_absolute_percentage_error", "smape", "numbers positive positive_x3"),
    call("mean_squared_log_error", "msle", "positive positive_x3 counts"),
    call("log_cosh_error", "log_cosh", "numbers numbers_x3"),
    call("tweedie_deviance_score", "tweedie_deviance", "positive counts"),
    call("tweedie_deviance_score", "tweedie_deviance:power=1.5", "positive counts", power=1.5),
    call("tweedie_deviance_score", "poisson_deviance", "positive counts", power=1),
    call("tweedie_deviance_score", "gamma_deviance", "positive", power=2),
    call("kl_divergence", "kl_divergence", "soft_3 soft_5", of("kl_divergence", swapped=True)),
    call(
        "jensen_shannon_divergence",
        "js_divergence",
        "soft_3 soft_5",
        of("jensen_shannon_divergence", swapped=True),
    ),
    call("hinge_loss", "hinge", "signs", signed),
    call("hinge_loss", "squared_hinge", "signs", lambda *data: signed(*data, squared=True), squared=True),
    call("hinge_loss", "multiclass_hinge", "class_logits_3 class_logits_5", classes("hinge_loss")),
    Call(
        "torchmetrics.functional.hinge_loss() of scores in [0, 1]",
        "multiclass_hinge",
        "classes_inside_3 classes_5",
        classes("hinge_loss"),
        "torchmetrics.inside",
    ),
    Call(
        "torchmetrics.functional.hinge_loss() of scores in [0, 1]",
        "hinge",
        "signs_inside",
        signed,
        "torchmetrics.inside",
    ),
    Call(
        "torchmetrics.functional.hinge_loss(squared=True) of scores in [0, 1]",
        "squared_hinge",
        "signs_inside",
        lambda *data: signed(*data, squared=True),
        "torchmetrics.inside",
    ),
    Call(
        "1 - torchmetrics.functional.accuracy()",
        "zero_one",
        "class_logits_3",
        wrong,
        "torchmetrics",
        tolerance=1e-6,
    ),
    call("text.perplexity", "perplexity:from_logits=true", "class_logits_3 class_logits_5", perplexity),
    Call(
        "torchmetrics.functional.cosine_similarity()",
        "cosine",
        "numbers_x3",
        of("cosine_similarity"),
        "torchmetrics",
        tolerance=FLOAT32,
    ),
    Call(
        "torchmetrics.functional.cosine_similarity(reduction='mean')",
        "cosine",
        "numbers_x3",
        of("cosine_similarity", reduction="mean"),
        "torchmetrics.mean",
        tolerance=FLOAT32,
    ),
)
