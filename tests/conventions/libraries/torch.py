"""PyTorch: torch.nn, in float64."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from conventions.call import Call, Run

VERSION = torch.__version__
NAMES = ("torch",)


def tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


def of(module: nn.Module, *, logarithm: bool = False) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        given = tensor(prediction).log() if logarithm else tensor(prediction)
        return float(module(given, tensor(label)))

    return run


def weighted(function: object, **options: object) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        return float(function(tensor(prediction), tensor(label), weight=tensor(weight), **options))  # type: ignore[operator]

    return run


def gaussian(**options: object) -> Run:
    module = nn.GaussianNLLLoss(**options)

    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        return float(module(tensor(prediction[:, 0]), tensor(label), tensor(prediction[:, 1])))

    return run


def cosine(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    one = torch.ones(len(label), dtype=torch.float64)
    return float(nn.CosineEmbeddingLoss()(tensor(prediction), tensor(label), one))


def perplexity(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(nn.CrossEntropyLoss()(tensor(prediction), tensor(label)).exp())


VARIANTS = {"batchmean": "batchmean", "log_input=False": "mean", "BCEWithLogits": "with_logits"}


def call(text: str, loss: str, data: str, run: Run | None = None, **options: object) -> Call:
    made = run or of(eval(text, {"nn": nn, "torch": torch}))  # the text is in this file
    text = text.replace("nn.", "torch.nn.", 1)
    profile = next((f"torch.{name}" for word, name in VARIANTS.items() if word in text), "torch")
    profile += "+reduction=sum" if "reduction='sum'" in text else ""
    return Call(text, loss, data, made, profile, **options)  # type: ignore[arg-type]


CALLS = (
    call("nn.MSELoss()", "mse", "numbers numbers_x3"),
    call("nn.MSELoss(reduction='sum')", "mse", "numbers"),
    call("nn.L1Loss()", "mae", "numbers numbers_x3"),
    call("nn.L1Loss(reduction='sum')", "mae", "numbers"),
    call("nn.HuberLoss()", "huber", "numbers numbers_x3"),
    call("nn.HuberLoss(delta=2.5)", "huber:delta=2.5", "numbers"),
    call("nn.SmoothL1Loss()", "smooth_l1", "numbers numbers_x3"),
    call("nn.SmoothL1Loss(beta=2.5)", "smooth_l1:beta=2.5", "numbers"),
    call("nn.functional.mse_loss(weight=)", "mse", "numbers", weighted(functional.mse_loss), weighted=True),
    call("nn.functional.l1_loss(weight=)", "mae", "numbers", weighted(functional.l1_loss), weighted=True),
    call(
        "nn.functional.huber_loss(weight=)",
        "huber",
        "numbers",
        weighted(functional.huber_loss),
        weighted=True,
    ),
    call("nn.PoissonNLLLoss()", "poisson_nll:log_input=true", "log_counts log_counts_x3"),
    call("nn.PoissonNLLLoss(log_input=False)", "poisson_nll", "counts counts_x3"),
    call("nn.PoissonNLLLoss(full=True)", "poisson_nll:log_input=true,full=true", "log_counts"),
    call("nn.PoissonNLLLoss(log_input=False, full=True)", "poisson_nll:full=true", "counts"),
    call("nn.GaussianNLLLoss()", "gaussian_nll", "normal narrow", gaussian()),
    call("nn.GaussianNLLLoss(full=True)", "gaussian_nll:full=true", "normal narrow", gaussian(full=True)),
    call("nn.GaussianNLLLoss(reduction='sum')", "gaussian_nll", "normal", gaussian(reduction="sum")),
    call("nn.BCELoss()", "binary_cross_entropy", "binary binary_inside binary_x3"),
    call("nn.BCELoss(reduction='sum')", "binary_cross_entropy", "binary"),
    call(
        "nn.functional.binary_cross_entropy(weight=)",
        "binary_cross_entropy",
        "binary binary_inside",
        weighted(functional.binary_cross_entropy),
        weighted=True,
    ),
    call("nn.BCEWithLogitsLoss()", "binary_cross_entropy:from_logits=true", "logits logits_inside logits_x3"),
    call("nn.BCEWithLogitsLoss(reduction='sum')", "binary_cross_entropy:from_logits=true", "logits"),
    call(
        "nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))",
        "binary_cross_entropy:from_logits=true,pos_weight=2",
        "logits logits_inside",
    ),
    call(
        "nn.functional.binary_cross_entropy_with_logits(weight=)",
        "binary_cross_entropy:from_logits=true",
        "logits_inside",
        weighted(functional.binary_cross_entropy_with_logits),
        weighted=True,
    ),
    call("nn.MultiLabelSoftMarginLoss()", "binary_cross_entropy:from_logits=true", "logits_inside_x3"),
    call(
        "nn.CrossEntropyLoss()",
        "cross_entropy:from_logits=true",
        "class_logits_2 class_logits_3 class_logits_5",
    ),
    call("nn.CrossEntropyLoss(reduction='sum')", "cross_entropy:from_logits=true", "class_logits_3"),
    call(
        "nn.CrossEntropyLoss(label_smoothing=0.1)",
        "cross_entropy:from_logits=true,label_smoothing=0.1",
        "class_logits_3 class_logits_5",
    ),
    call("nn.CrossEntropyLoss()", "cross_entropy:from_logits=true", "soft_logits_3 soft_logits_5"),
    call("nn.NLLLoss()", "nll", "class_logs_3 class_logs_5"),
    call(
        "nn.CrossEntropyLoss().exp()",
        "perplexity:from_logits=true",
        "class_logits_3 class_logits_5",
        perplexity,
    ),
    call("nn.NLLLoss(reduction='sum')", "nll", "class_logs_3"),
    call("nn.KLDivLoss()", "kl_divergence", "soft_3 soft_5", of(nn.KLDivLoss(), logarithm=True)),
    call(
        "nn.KLDivLoss(reduction='batchmean')",
        "kl_divergence",
        "soft_3 soft_5",
        of(nn.KLDivLoss(reduction="batchmean"), logarithm=True),
    ),
    call(
        "nn.KLDivLoss(reduction='sum')",
        "kl_divergence",
        "soft_3",
        of(nn.KLDivLoss(reduction="sum"), logarithm=True),
    ),
    call("nn.SoftMarginLoss()", "logistic", "signs"),
    call("nn.MultiMarginLoss()", "multi_margin", "class_logits_3 class_logits_5"),
    call("nn.MultiMarginLoss(p=2)", "multi_margin:p=2", "class_logits_3 class_logits_5"),
    call("nn.MultiMarginLoss(margin=0.5)", "multi_margin:margin=0.5", "class_logits_5"),
    call("nn.CosineEmbeddingLoss()", "cosine", "numbers_x3", cosine),
)
