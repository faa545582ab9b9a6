"""A name that another library gives a loss is that library's number: each is computed there and here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
import torch
from scipy.spatial import distance
from sklearn import metrics
from sklearn._loss import loss as half
from sklearn.metrics import pairwise
from torch.nn import functional

from losscli.common.errors import UsageError
from losscli.loss import registry
from losscli.loss.names import library
from losscli.loss.spec import parse_spec

TOLERANCE = 1e-12
"""Libraries add up in float64 in an order of their own: a few hundred roundings of a mean."""
RANDOM = np.random.default_rng(20261127)
ROWS, CLASSES = 300, 4
LABEL, PREDICTION = RANDOM.normal(0, 3, ROWS), RANDOM.normal(0, 3, ROWS)
POSITIVE, COUNT = RANDOM.gamma(2, 2, ROWS) + 0.01, RANDOM.poisson(3, ROWS).astype(np.float64)
MEAN = RANDOM.gamma(2, 2, ROWS) + 0.01
BINARY, PROBABILITY = RANDOM.integers(0, 2, ROWS).astype(np.float64), RANDOM.uniform(0.01, 0.99, ROWS)
SIGN = 2.0 * BINARY - 1.0
CLASS = RANDOM.integers(0, CLASSES, ROWS)
SHARE, SOFT = (RANDOM.dirichlet(np.ones(CLASSES), ROWS) * 0.96 + 0.01 for _ in range(2))
SCORE = RANDOM.normal(0, 3, (ROWS, CLASSES))
VECTOR = RANDOM.normal(0, 1, (ROWS, 3))
NORMAL = np.column_stack([PREDICTION, MEAN])

REAL, RATES, COUNTS = (LABEL, PREDICTION), (POSITIVE, MEAN), (COUNT, MEAN)
LOG_RATES, OUTCOMES, LOGITS, SIGNS = (
    (COUNT, PREDICTION),
    (BINARY, PROBABILITY),
    (BINARY, LABEL),
    (SIGN, LABEL),
)
CLASSED, DECIDED = (CLASS, SCORE), (CLASS, SCORE.argmax(axis=1))


def theirs(function: Callable[..., Any], **options: Any) -> Callable[[np.ndarray, np.ndarray], float]:
    """Return the figure of a function of PyTorch, which takes the prediction first."""

    def figure(label: np.ndarray, prediction: np.ndarray) -> float:
        given = {name: torch.tensor(value) for name, value in options.items() if name == "pos_weight"}
        return float(function(torch.tensor(prediction), torch.tensor(label), **{**options, **given}))

    return figure


def gaussian(label: np.ndarray, prediction: np.ndarray, **options: Any) -> float:
    mean, variance = torch.tensor(prediction).T
    return float(functional.gaussian_nll_loss(mean, torch.tensor(label), variance, **options))


def half_of(loss: Any) -> Callable[[np.ndarray, np.ndarray], float]:
    return lambda label, prediction: float(loss(label, prediction))


def each(function: Callable[[np.ndarray, np.ndarray], float]) -> Callable[[np.ndarray, np.ndarray], float]:
    """Return the mean of what a function gives for each row."""

    def figure(label: np.ndarray, prediction: np.ndarray) -> float:
        return float(np.mean([function(*row) for row in zip(label, prediction, strict=True)]))

    return figure


SAME: dict[str, tuple[tuple[np.ndarray, np.ndarray], Callable[[np.ndarray, np.ndarray], float]]] = {
    "sklearn.metrics.mean_squared_error": (REAL, metrics.mean_squared_error),
    "sklearn.metrics.mean_absolute_error": (REAL, metrics.mean_absolute_error),
    "sklearn.metrics.root_mean_squared_error": (REAL, metrics.root_mean_squared_error),
    "sklearn.metrics.mean_squared_log_error": (RATES, metrics.mean_squared_log_error),
    "sklearn.metrics.root_mean_squared_log_error": (RATES, metrics.root_mean_squared_log_error),
    "sklearn.metrics.mean_absolute_percentage_error": (REAL, metrics.mean_absolute_percentage_error),
    "sklearn.metrics.mean_pinball_loss": (REAL, metrics.mean_pinball_loss),
    "sklearn.metrics.mean_poisson_deviance": (COUNTS, metrics.mean_poisson_deviance),
    "sklearn.metrics.mean_gamma_deviance": (RATES, metrics.mean_gamma_deviance),
    "sklearn.metrics.mean_tweedie_deviance": (REAL, metrics.mean_tweedie_deviance),
    "sklearn.HalfPoissonLoss": (LOG_RATES, half_of(half.HalfPoissonLoss())),
    "sklearn.metrics.log_loss": (OUTCOMES, metrics.log_loss),
    "sklearn.metrics.brier_score_loss": (OUTCOMES, metrics.brier_score_loss),
    "sklearn.metrics.hinge_loss": (SIGNS, metrics.hinge_loss),
    "sklearn.metrics.zero_one_loss": (DECIDED, metrics.zero_one_loss),
    "sklearn.metrics.pairwise.cosine_distances": (
        (VECTOR, SCORE[:, :3]),
        lambda label, prediction: float(np.diag(pairwise.cosine_distances(label, prediction)).mean()),
    ),
    "torch.nn.MSELoss": (REAL, theirs(torch.nn.MSELoss())),
    "torch.nn.L1Loss": (REAL, theirs(torch.nn.L1Loss())),
    "torch.nn.HuberLoss": (REAL, theirs(torch.nn.HuberLoss())),
    "torch.nn.SmoothL1Loss": (REAL, theirs(torch.nn.SmoothL1Loss())),
    "torch.nn.PoissonNLLLoss": (LOG_RATES, theirs(torch.nn.PoissonNLLLoss())),
    "torch.nn.GaussianNLLLoss": ((LABEL, NORMAL), gaussian),
    "torch.nn.BCELoss": (OUTCOMES, theirs(torch.nn.BCELoss())),
    "torch.nn.BCEWithLogitsLoss": (LOGITS, theirs(torch.nn.BCEWithLogitsLoss())),
    "torch.nn.functional.binary_cross_entropy": (OUTCOMES, theirs(functional.binary_cross_entropy)),
    "torch.nn.functional.binary_cross_entropy_with_logits": (
        LOGITS,
        theirs(functional.binary_cross_entropy_with_logits),
    ),
    "torch.nn.SoftMarginLoss": (SIGNS, theirs(torch.nn.SoftMarginLoss())),
    "torch.nn.CrossEntropyLoss": (CLASSED, theirs(torch.nn.CrossEntropyLoss())),
    "torch.nn.functional.cross_entropy": (CLASSED, theirs(functional.cross_entropy)),
    "torch.nn.NLLLoss": ((CLASS, np.log(SHARE)), theirs(torch.nn.NLLLoss())),
    "torch.nn.MultiMarginLoss": (CLASSED, theirs(torch.nn.MultiMarginLoss())),
    "scipy.special.huber": (
        REAL,
        lambda label, prediction: scipy.special.huber(1, prediction - label).mean(),
    ),
    "scipy.special.pseudo_huber": (
        REAL,
        lambda label, prediction: scipy.special.pseudo_huber(1, prediction - label).mean(),
    ),
    "scipy.spatial.distance.cosine": ((VECTOR, SCORE[:, :3]), each(distance.cosine)),
}
"""By what is declared: samples, and the figure there."""

WITH_PARAMETERS = {
    "SmoothL1Loss:beta=2": (REAL, theirs(torch.nn.SmoothL1Loss(beta=2.0))),
    "huber_loss:delta=0.5": (REAL, theirs(torch.nn.HuberLoss(delta=0.5))),
    "mean_pinball_loss:alpha=0.9": (REAL, lambda y, p: metrics.mean_pinball_loss(y, p, alpha=0.9)),
    "mean_pinball_loss:q=0.9": (REAL, lambda y, p: metrics.mean_pinball_loss(y, p, alpha=0.9)),
    "mean_tweedie_deviance:power=1.5": (COUNTS, lambda y, p: metrics.mean_tweedie_deviance(y, p, power=1.5)),
    "BCEWithLogitsLoss:pos_weight=3": (
        LOGITS,
        theirs(functional.binary_cross_entropy_with_logits, pos_weight=3.0),
    ),
    "CrossEntropyLoss:label_smoothing=0.1": (CLASSED, theirs(torch.nn.CrossEntropyLoss(label_smoothing=0.1))),
    "MultiMarginLoss:p=2,margin=0.5": (CLASSED, theirs(torch.nn.MultiMarginLoss(p=2, margin=0.5))),
    "GaussianNLLLoss:full=true": ((LABEL, NORMAL), lambda y, p: gaussian(y, p, full=True)),
    "PoissonNLLLoss:log_input=false": (COUNTS, theirs(torch.nn.PoissonNLLLoss(log_input=False, eps=0.0))),
}

OTHER = {
    "torch.nn.KLDivLoss": (
        "kl_divergence",
        (SOFT, SHARE),
        lambda y, p: CLASSES * functional.kl_div(*logs(y, p)),
    ),
    "sklearn.HalfSquaredError": ("mse", REAL, lambda y, p: 2.0 * half.HalfSquaredError()(y, p)),
    "sklearn.metrics.pairwise.cosine_similarity": (
        "cosine",
        (VECTOR, SCORE[:, :3]),
        lambda y, p: 1.0 - np.diag(pairwise.cosine_similarity(y, p)).mean(),
    ),
    "scipy.spatial.distance.jensenshannon": (
        "js_divergence",
        (SOFT / SOFT.sum(axis=1)[:, None], SHARE / SHARE.sum(axis=1)[:, None]),
        each(lambda y, p: distance.jensenshannon(y, p) ** 2),
    ),
}
"""Names that are refused: the loss that they are told to be near to, and theirs turned into it."""


def logs(label: np.ndarray, prediction: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(np.log(prediction)), torch.tensor(label)


def ours(spec: str, label: np.ndarray, prediction: np.ndarray) -> float:
    bound = parse_spec(spec, registry.find)
    prediction = prediction if prediction.dtype.kind == "i" else prediction.astype(np.float64)
    with np.errstate(all="ignore"):
        values = bound.value(label, prediction)
    return bound.finish(math.fsum(values) / len(values))


@pytest.mark.parametrize("called", SAME)
def test_a_name_elsewhere_is_the_number_there(called: str) -> None:
    samples, figure = SAME[called]
    assert ours(called, *samples) == pytest.approx(float(figure(*samples)), rel=TOLERANCE)


@pytest.mark.parametrize("spec", WITH_PARAMETERS)
def test_parameters_mean_what_they_mean_there(spec: str) -> None:
    samples, figure = WITH_PARAMETERS[spec]
    assert ours(spec, *samples) == pytest.approx(float(figure(*samples)), rel=TOLERANCE)


def test_every_name_of_a_library_that_is_here_is_computed_there() -> None:
    here = ("sklearn", "torch", "scipy")
    declared = {
        alias.called
        for loss in registry.all_losses()
        for alias in loss.elsewhere
        if library(alias.called) in here
    }
    assert declared == set(SAME)


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("called", OTHER)
def test_a_name_whose_number_is_another_is_refused_and_its_factor_is_true(called: str) -> None:
    near, samples, turned = OTHER[called]
    assert ours(near, *samples) == pytest.approx(float(turned(*samples)), rel=1e-10)
    with pytest.raises(UsageError, match=rf"(?s)there is no loss '.*' here: .*{near}"):
        registry.find(called)
