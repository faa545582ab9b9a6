"""optax: optax.losses, in float64, with the mean taken outside."""

from __future__ import annotations

import jax
import numpy as np
import optax
from optax import losses

from conventions.call import Call, Run

jax.config.update("jax_enable_x64", True)

VERSION = optax.__version__
NAMES = ("optax",)


def of(name: str, *, columns: bool = False, logarithm: bool = False, **options: object) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        target = np.eye(prediction.shape[1])[label] if columns and label.ndim == 1 else label
        given = np.log(prediction) if logarithm else prediction
        return float(getattr(losses, name)(given, target, **options).mean())

    return run


def call(name: str, loss: str, data: str, run: Run | None = None, **options: object) -> Call:
    arguments = ", ".join(f"{key}={value!r}" for key, value in options.items())
    made = run or of(name, **options)
    return Call(f"optax.losses.{name}({arguments}).mean()", loss, data, made, "optax")


CALLS = (
    call("squared_error", "mse", "numbers numbers_x3"),
    Call("optax.losses.l2_loss().mean()", "mse", "numbers numbers_x3", of("l2_loss"), "optax.l2_loss"),
    call("huber_loss", "huber", "numbers numbers_x3"),
    call("huber_loss", "huber:delta=2.5", "numbers", delta=2.5),
    call("log_cosh", "log_cosh", "numbers numbers_x3"),
    call("cosine_distance", "cosine", "numbers_x3"),
    Call(
        "optax.losses.cosine_similarity().mean()",
        "cosine",
        "numbers_x3",
        of("cosine_similarity"),
        "optax.similarity",
    ),
    call(
        "sigmoid_binary_cross_entropy",
        "binary_cross_entropy:from_logits=true",
        "logits logits_inside logits_x3",
    ),
    call("sigmoid_focal_loss", "binary_focal:from_logits=true", "logits logits_inside"),
    call("sigmoid_focal_loss", "binary_focal:from_logits=true,alpha=0.25", "logits_inside", alpha=0.25),
    call("hinge_loss", "hinge", "signs"),
    call("perceptron_loss", "perceptron", "signs"),
    call(
        "softmax_cross_entropy",
        "cross_entropy:from_logits=true",
        "class_logits_3 class_logits_5 soft_logits_3",
        of("softmax_cross_entropy", columns=True),
    ),
    call(
        "softmax_cross_entropy_with_integer_labels",
        "cross_entropy:from_logits=true",
        "class_logits_2 class_logits_3 class_logits_5",
    ),
    call("multiclass_hinge_loss", "multiclass_hinge", "class_logits_3 class_logits_5"),
    call(
        "poly_loss_cross_entropy",
        "poly:from_logits=true",
        "class_logits_3 class_logits_5",
        of("poly_loss_cross_entropy", columns=True),
    ),
    Call(
        "optax.losses.poly_loss_cross_entropy(epsilon=1.0).mean()",
        "poly:from_logits=true,epsilon=1",
        "class_logits_3",
        of("poly_loss_cross_entropy", columns=True, epsilon=1.0),
        "optax",
    ),
    call("kl_divergence", "kl_divergence", "soft_3 soft_5", of("kl_divergence", logarithm=True)),
)
