"""The catalogue written down a second time, in PyTorch: autograd differentiates it, and judges ours.

`of(torch)` returns the losses by spec: how their samples are drawn, and a function of label and
prediction, float64 tensors, that returns one number per row. Where PyTorch has the loss it is PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

ROWS = 60
CLASSES = ("ant", "bee", "cat", "dog")
BOX = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True)
class Samples:
    """Frames as a user has them, and the arrays that a loss reads."""

    predictions: pd.DataFrame
    labels: pd.DataFrame
    prediction: np.ndarray
    label: np.ndarray


def _frames(label: np.ndarray, prediction: np.ndarray, names: tuple[str, ...] = ("prediction",)) -> Samples:
    columns = prediction.reshape(len(prediction), -1)
    frame = pd.DataFrame(dict(zip(names, columns.T, strict=True)))
    if label.ndim == 1:
        return Samples(frame, pd.DataFrame({"label": label}), prediction, label)
    wide = {f"label_{name.removeprefix('prob_')}": part for name, part in zip(names, label.T, strict=True)}
    return Samples(frame, pd.DataFrame(wide), prediction, label)


def real(random: np.random.Generator) -> Samples:
    return _frames(random.normal(0, 2, ROWS), random.normal(0, 2, ROWS))


def positive(random: np.random.Generator) -> Samples:
    return _frames(random.gamma(2, 2, ROWS), random.gamma(2, 2, ROWS) + 0.01)


def counts(random: np.random.Generator) -> Samples:
    return _frames(random.poisson(2, ROWS).astype(float), random.gamma(2, 2, ROWS) + 0.01)


def probability(random: np.random.Generator) -> Samples:
    return _frames(random.integers(0, 2, ROWS).astype(float), random.uniform(0.001, 0.999, ROWS))


def logit(random: np.random.Generator) -> Samples:
    return _frames(random.integers(0, 2, ROWS).astype(float), random.normal(0, 4, ROWS))


def sign(random: np.random.Generator) -> Samples:
    return _frames(random.choice([-1.0, 1.0], ROWS), random.normal(0, 2, ROWS))


def _classes(random: np.random.Generator, prediction: np.ndarray, prefix: str) -> Samples:
    label = random.integers(0, len(CLASSES), ROWS)
    named = pd.DataFrame({"label": np.array(CLASSES)[label]})
    frame = pd.DataFrame(prediction, columns=[f"{prefix}_{name}" for name in CLASSES])
    return Samples(frame, named, prediction, label)


def class_probability(random: np.random.Generator) -> Samples:
    return _classes(random, random.dirichlet(np.ones(len(CLASSES)), ROWS) * 0.96 + 0.01, "prob")


def class_amount(random: np.random.Generator) -> Samples:
    return _classes(random, random.gamma(1.0, 2.0, (ROWS, len(CLASSES))) + 0.01, "prob")


def class_logit(random: np.random.Generator) -> Samples:
    return _classes(random, random.normal(0, 3, (ROWS, len(CLASSES))), "logit")


def class_log_probability(random: np.random.Generator) -> Samples:
    found = class_probability(random)
    return _classes(random, np.log(found.prediction / found.prediction.sum(axis=1)[:, None]), "logit")


def soft(random: np.random.Generator) -> Samples:
    prediction, label = (random.dirichlet(np.ones(len(CLASSES)), ROWS) * 0.96 + 0.01 for _ in range(2))
    return _frames(label, prediction, tuple(f"prob_{name}" for name in CLASSES))


def outputs(random: np.random.Generator) -> Samples:
    label, prediction = random.normal(0, 2, (2, ROWS, 3))
    return _frames(label, prediction, ("a", "b", "c"))


def variance(random: np.random.Generator) -> Samples:
    prediction = np.stack([random.normal(0, 2, ROWS), random.gamma(2, 1, ROWS) + 0.05], axis=1)
    return _frames(random.normal(0, 2, ROWS), prediction, ("prediction", "variance"))


def spread(random: np.random.Generator) -> Samples:
    found = variance(random)
    return _frames(found.label, found.prediction, ("prediction", "std"))


def interval(random: np.random.Generator) -> Samples:
    bounds = np.sort(random.normal(0, 2, (ROWS, 2)), axis=1)
    return _frames(random.normal(0, 3, ROWS), bounds, ("lower", "upper"))


def boxes(random: np.random.Generator) -> Samples:
    corners = random.uniform(0, 10, (2, ROWS, 2))
    label, prediction = (
        np.concatenate([low, low + random.uniform(1, 8, (ROWS, 2))], axis=1) for low in corners
    )
    return _frames(label, prediction, BOX)


@dataclass(frozen=True)
class Twin:
    """A loss in PyTorch, and what its samples are."""

    draw: Callable[[np.random.Generator], Samples]
    value: Callable[[Any, Any], Any]
    finish: Callable[[Any], Any] = lambda mean: mean
    counts: Callable[[np.ndarray], np.ndarray] | None = None


def of(torch: Any) -> dict[str, Twin]:
    """Return the losses by spec."""
    return {
        **_regression(torch),
        **_scores(torch),
        **_multiclass(torch),
        **_boxes(torch),
        **_gan(torch),
    }


def _regression(torch: Any) -> dict[str, Twin]:
    functional = torch.nn.functional

    def square(y, p):
        return (p - y) ** 2

    def barron(alpha, scale):
        def value(y, p):
            size = abs(alpha - 2.0)
            return size / alpha * (((p - y) / scale) ** 2 / size + 1.0) ** (alpha / 2.0) - size / alpha

        return value

    def quantile(q):
        return lambda y, p: torch.maximum(q * (y - p), (q - 1.0) * (y - p))

    def log_square(y, p):
        return (torch.log1p(p) - torch.log1p(y)) ** 2

    def poisson(y, p):
        return 2.0 * (torch.xlogy(y, y) - torch.xlogy(y, p) - y + p)

    def tweedie(y, p):
        d = 1.5
        return 2.0 * (
            y ** (2 - d) / ((1 - d) * (2 - d)) - y * p ** (1 - d) / (1 - d) + p ** (2 - d) / (2 - d)
        )

    def crps(y, p):
        z = (y - p[:, 0]) / p[:, 1]
        normal = torch.distributions.Normal(torch.zeros((), dtype=z.dtype), torch.ones((), dtype=z.dtype))
        density = torch.exp(normal.log_prob(z))
        return p[:, 1] * (z * (2.0 * normal.cdf(z) - 1.0) + 2.0 * density - np.pi**-0.5)

    def interval_score(y, p):
        missed = torch.relu(p[:, 0] - y) + torch.relu(y - p[:, 1])
        return p[:, 1] - p[:, 0] + 2.0 / 0.2 * missed

    return {
        "mse": Twin(real, square),
        "rmse": Twin(real, square, torch.sqrt),
        "mae": Twin(real, lambda y, p: functional.l1_loss(p, y, reduction="none")),
        "huber:delta=1.5": Twin(real, lambda y, p: functional.huber_loss(p, y, delta=1.5, reduction="none")),
        "smooth_l1:beta=0.5": Twin(
            real, lambda y, p: functional.smooth_l1_loss(p, y, beta=0.5, reduction="none")
        ),
        "pseudo_huber:delta=2": Twin(real, lambda y, p: 4.0 * (torch.sqrt(1.0 + ((p - y) / 2.0) ** 2) - 1.0)),
        "log_cosh": Twin(real, lambda y, p: torch.log(torch.cosh(p - y))),
        "quantile:q=0.8": Twin(real, quantile(0.8)),
        "expectile:q=0.8": Twin(real, lambda y, p: torch.abs(0.8 - (y < p).to(p.dtype)) * (p - y) ** 2),
        "fair:c=2": Twin(
            real, lambda y, p: 4.0 * (torch.abs(p - y) / 2.0 - torch.log1p(torch.abs(p - y) / 2.0))
        ),
        "barron": Twin(real, barron(1.0, 1.0)),
        "barron:alpha=-2,scale=3": Twin(real, barron(-2.0, 3.0)),
        "lp": Twin(real, lambda y, p: torch.abs(p - y) ** 1.5),
        "msle": Twin(positive, log_square),
        "rmsle": Twin(positive, log_square, torch.sqrt),
        "mape": Twin(real, lambda y, p: torch.abs(p - y) / torch.abs(y)),
        "smape": Twin(real, lambda y, p: 2.0 * torch.abs(p - y) / (torch.abs(y) + torch.abs(p))),
        "poisson_nll": Twin(
            counts,
            lambda y, p: functional.poisson_nll_loss(p, y, log_input=False, eps=0.0, reduction="none"),
        ),
        "poisson_nll:log_input=true": Twin(
            counts, lambda y, p: functional.poisson_nll_loss(p, y, reduction="none")
        ),
        "poisson_deviance": Twin(counts, poisson),
        "gamma_deviance": Twin(positive, lambda y, p: 2.0 * (torch.log(p / y) + y / p - 1.0)),
        "tweedie_deviance": Twin(positive, tweedie),
        "gaussian_nll": Twin(
            variance,
            lambda y, p: functional.gaussian_nll_loss(p[:, 0], y, p[:, 1], eps=1e-30, reduction="none"),
        ),
        "gaussian_crps": Twin(spread, crps),
        "interval_score:alpha=0.2": Twin(interval, interval_score),
        "mse over outputs": Twin(outputs, lambda y, p: ((p - y) ** 2).mean(dim=1)),
        "rmse over outputs": Twin(outputs, lambda y, p: ((p - y) ** 2).mean(dim=1), torch.sqrt),
        "huber over outputs": Twin(
            outputs, lambda y, p: functional.huber_loss(p, y, reduction="none").mean(dim=1)
        ),
        "cosine": Twin(outputs, lambda y, p: 1.0 - functional.cosine_similarity(p, y, eps=0.0)),
    }


def _scores(torch: Any) -> dict[str, Twin]:
    functional = torch.nn.functional

    def cross_entropy(y, p):
        return functional.binary_cross_entropy(p, y, reduction="none")

    def focal(y, p):
        true = torch.where(y == 1.0, p, 1.0 - p)
        weight = torch.where(y == 1.0, 0.25, 0.75)
        return -weight * (1.0 - true) ** 2 * torch.log(true)

    def modified_huber(y, p):
        m = y * p
        return torch.where(m >= -1.0, torch.relu(1.0 - m) ** 2, -4.0 * m)

    return {
        "binary_cross_entropy": Twin(probability, cross_entropy),
        "binary_cross_entropy:label_smoothing=0.1": Twin(
            probability, lambda y, p: cross_entropy(y * 0.9 + 0.05, p)
        ),
        "binary_cross_entropy:from_logits=true,pos_weight=3": Twin(
            logit,
            lambda y, p: functional.binary_cross_entropy_with_logits(
                p, y, pos_weight=torch.tensor(3.0, dtype=p.dtype), reduction="none"
            ),
        ),
        "binary_focal:alpha=0.25": Twin(probability, focal),
        "binary_focal:alpha=0.25,from_logits=true": Twin(logit, lambda y, p: focal(y, torch.sigmoid(p))),
        "brier": Twin(probability, lambda y, p: (p - y) ** 2),
        "brier:from_logits=true": Twin(logit, lambda y, p: (torch.sigmoid(p) - y) ** 2),
        "hinge:margin=1.5": Twin(sign, lambda y, p: torch.relu(1.5 - y * p)),
        "squared_hinge": Twin(sign, lambda y, p: torch.relu(1.0 - y * p) ** 2),
        "logistic": Twin(sign, lambda y, p: functional.soft_margin_loss(p, y, reduction="none")),
        "exponential": Twin(sign, lambda y, p: torch.exp(-y * p)),
        "perceptron": Twin(sign, lambda y, p: torch.relu(-y * p)),
        "modified_huber": Twin(sign, modified_huber),
    }


def _multiclass(torch: Any) -> dict[str, Twin]:  # noqa: C901 - a list of formulas
    functional = torch.nn.functional

    def of_label(y, columns):
        return (columns * y).sum(dim=1) if y.ndim == 2 else columns[torch.arange(len(y)), y]

    def entropy(y, p):
        return -of_label(y, torch.log(p))

    def focal(y, p):
        return -0.5 * (1.0 - of_label(y, p)) ** 3 * of_label(y, torch.log(p))

    def poly(y, p):
        return entropy(y, p) + 2.0 * (1.0 - of_label(y, p))

    def powered(y, p):
        return (1.0 - of_label(y, p) ** 0.7) / 0.7

    def crammer(y, p):
        others = p.masked_fill(functional.one_hot(y, p.shape[1]).bool(), -torch.inf)
        return torch.relu(1.0 + others.max(dim=1).values - of_label(y, p))

    def one_hot(y, p):
        return y if y.ndim == 2 else functional.one_hot(y, p.shape[1]).to(p.dtype)

    def ranked(y, p):
        return ((torch.cumsum(p, dim=1) - torch.cumsum(one_hot(y, p), dim=1)) ** 2).sum(dim=1)

    def brier(y, p):
        return ((p - one_hot(y, p)) ** 2).sum(dim=1)

    def divergence(y, p):
        return torch.xlogy(y, y / p).sum(dim=1)

    def jensen(y, p):
        middle = 0.5 * (y + p)
        return 0.5 * divergence(y, middle) + 0.5 * divergence(p, middle)

    def softmax(value):
        return lambda y, p: value(y, torch.softmax(p, dim=1))

    def share(value):
        return lambda y, p: value(y, p / p.sum(dim=1, keepdim=True))

    free = ",sum_tolerance=0.1"
    return {
        f"cross_entropy:{free[1:]}": Twin(class_probability, entropy),
        f"cross_entropy:sum_tolerance=0.2": Twin(soft, entropy),  # noqa: F541
        "cross_entropy:from_logits=true,label_smoothing=0.1": Twin(
            class_logit,
            lambda y, p: functional.cross_entropy(p, y, label_smoothing=0.1, reduction="none"),
        ),
        "cross_entropy:normalize=true": Twin(class_amount, share(entropy)),
        f"perplexity:{free[1:]}": Twin(class_probability, entropy, torch.exp),
        "perplexity:from_logits=true": Twin(class_logit, softmax(entropy), torch.exp),
        "nll": Twin(class_log_probability, lambda y, p: functional.nll_loss(p, y, reduction="none")),
        f"focal:gamma=3,alpha=0.5{free}": Twin(class_probability, focal),
        "focal:gamma=3,alpha=0.5,from_logits=true": Twin(class_logit, softmax(focal)),
        f"poly:epsilon=2{free}": Twin(class_probability, poly),
        "poly:epsilon=2,from_logits=true": Twin(class_logit, softmax(poly)),
        f"generalized_cross_entropy:{free[1:]}": Twin(class_probability, powered),
        "generalized_cross_entropy:from_logits=true": Twin(class_logit, softmax(powered)),
        "multiclass_hinge": Twin(class_logit, crammer),
        "multi_margin": Twin(class_logit, lambda y, p: functional.multi_margin_loss(p, y, reduction="none")),
        "multi_margin:p=2,margin=0.5": Twin(
            class_logit,
            lambda y, p: functional.multi_margin_loss(p, y, p=2, margin=0.5, reduction="none"),
        ),
        f"multiclass_brier:{free[1:]}": Twin(class_probability, brier),
        "multiclass_brier:from_logits=true": Twin(class_logit, softmax(brier)),
        f"ranked_probability:{free[1:]}": Twin(class_probability, ranked),
        f"kl_divergence:{free[1:]}": Twin(soft, divergence),
        f"js_divergence:{free[1:]}": Twin(soft, jensen),
    }


def _boxes(torch: Any) -> dict[str, Twin]:
    def parts(y, p):
        low = torch.maximum(p[:, :2], y[:, :2])
        high = torch.minimum(p[:, 2:], y[:, 2:])
        shared = torch.relu(high - low).prod(dim=1)
        area = [(box[:, 2:] - box[:, :2]).prod(dim=1) for box in (p, y)]
        union = area[0] + area[1] - shared
        hull = torch.maximum(p[:, 2:], y[:, 2:]) - torch.minimum(p[:, :2], y[:, :2])
        return shared, union, hull

    def iou(y, p):
        shared, union, _ = parts(y, p)
        return 1.0 - shared / union

    def giou(y, p):
        _, union, hull = parts(y, p)
        return iou(y, p) + 1.0 - union / hull.prod(dim=1)

    def diou(y, p):
        _, _, hull = parts(y, p)
        apart = 0.5 * (p[:, :2] + p[:, 2:] - y[:, :2] - y[:, 2:])
        return iou(y, p) + (apart**2).sum(dim=1) / (hull**2).sum(dim=1)

    def angle(box):
        return torch.atan((box[:, 2] - box[:, 0]) / (box[:, 3] - box[:, 1]))

    def ciou(y, p):
        v = 4.0 / torch.pi**2 * (angle(y) - angle(p)) ** 2
        alpha = v / (1.0 - (1.0 - iou(y, p)) + v)
        return diou(y, p) + alpha * v

    return {name: Twin(boxes, value) for name, value in
            (("iou", iou), ("giou", giou), ("diou", diou), ("ciou", ciou))}  # fmt: skip


def _gan(torch: Any) -> dict[str, Twin]:
    softplus = torch.nn.functional.softplus

    def both(real_one, generated):
        return Twin(logit, lambda y, s: torch.where(y == 1.0, real_one(s), generated(s)))

    def generated_only(value):
        return Twin(logit, lambda _, s: value(s), counts=lambda label: label == 0.0)

    return {
        "gan_discriminator": both(
            lambda s: softplus(-s, threshold=1e3), lambda s: softplus(s, threshold=1e3)
        ),
        "gan_generator": generated_only(lambda s: softplus(-s, threshold=1e3)),
        "gan_generator_minimax": generated_only(lambda s: -softplus(s, threshold=1e3)),
        "lsgan_discriminator": both(lambda s: (s - 1.0) ** 2 / 2.0, lambda s: s**2 / 2.0),
        "lsgan_generator": generated_only(lambda s: (s - 1.0) ** 2 / 2.0),
        "wgan_critic": both(lambda s: -s, lambda s: s),
        "wgan_generator": generated_only(lambda s: -s),
        "hinge_gan_discriminator": both(lambda s: torch.relu(1.0 - s), lambda s: torch.relu(1.0 + s)),
        "hinge_gan_generator": generated_only(lambda s: -s),
    }
