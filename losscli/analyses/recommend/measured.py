"""The figures of the evidence, computed of what was seen."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from losscli.analyses.recommend.error_law import Law, excess_kurtosis, law_of, robust_scale, skewness
from losscli.analyses.recommend.evidence import Case, Evidence, Side
from losscli.analyses.recommend.kinds import kind_of_labels, kind_of_predictions
from losscli.analyses.recommend.survey import Kept, Look
from losscli.common.array import Array
from losscli.loss import Layout
from losscli.loss.numeric import sigmoid

FAR = 3.5
"""Errors beyond so many robust standard deviations are outliers (Iglewicz and Hoaglin, How to Detect and
Handle Outliers, 1993); of a normal distribution one in 2149 is."""
BINS = 10
WHOLE = re.compile(r"[+-]?[0-9]{1,300}")
RIPPLE = 0.05
SURE = 0.8
"""Rows that are surer of one class say nothing about where the others lie..."""
STEEP = 0.2
"""... nor do flat rows: of the rest, steps against the peak are no larger than this share of the range."""
ONE_PEAK = 0.95
FEWEST = 5
AMOUNTS = ("gamma", "log_normal", "poisson", "negative_binomial", "zero_inflated_poisson", "semicontinuous")
"""The distributions whose variance grows with the mean."""


@np.errstate(all="ignore")
def case_of(
    look: Look,
    layout: Layout,
    columns: tuple[str, ...],
    outputs: tuple[str, ...],
    label_outputs: tuple[str, ...],
    classes: tuple[str, ...],
) -> Case:
    """Return the case that the look at all samples makes."""
    assert look.kept is not None
    kept = look.kept.in_order()
    label_kind = kind_of_labels(look, layout, _dispersion(look, kept))
    if layout is Layout.NAMED and label_kind in ("binary", "sign", "count"):
        label_kind = "continuous"
    slope = _slope(kept, label_kind) if layout is not Layout.NAMED else None
    kind = kind_of_predictions(look, layout, label_kind, outputs, slope)
    found: dict[str, Any] = {"sample": len(kept.row)}
    if label_kind in ("binary", "sign"):
        found |= _two_classes(look) | ({"slope": slope} if kind != "probability" else {})
    elif layout is Layout.CLASSES:
        found |= _classes(look, kept, kind, classes)
    elif layout is Layout.NAMED:
        found |= _named(kept, columns)
    else:
        found |= _numbers(look, kept, label_kind)
    return Case(
        Side.of(label_kind, look.n, label_outputs, look.label),
        Side.of(kind, look.n, outputs, look.prediction),
        layout,
        columns,
        classes,
        Evidence(**found),
    )


def _dispersion(look: Look, kept: Kept) -> float | None:
    """Return Pearson's statistic over the samples, 1 for Poisson counts; None unless predictions are > 0."""
    if not look.label.n or kept.label.ndim > 1 or kept.prediction.ndim > 1 or look.prediction.low <= 0.0:
        return None
    with np.errstate(all="ignore"):
        return float((np.square(kept.label - kept.prediction) / kept.prediction).mean())


def _slope(kept: Kept, label_kind: str) -> float | None:
    """Return the slope of the logistic regression of two classes on one column of scores."""
    if label_kind not in ("binary", "sign") or kept.prediction.ndim > 1:
        return None
    positive = kept.label > 0.0
    if positive.all() or not positive.any():
        return None
    score, slope, shift = kept.prediction, 1.0, 0.0
    top = float(np.abs(score).max()) or 1.0
    score = score / top
    slope = top
    with np.errstate(all="ignore"):
        for _ in range(30):
            p = sigmoid(slope * score + shift)
            gap: Array = positive - p
            weight: Array = np.maximum(p * (1.0 - p), 1e-9)
            a, b, c = (weight * score * score).sum(), (weight * score).sum(), weight.sum()
            g, h = float((gap * score).sum()), float(gap.sum())
            determinant = a * c - b * b
            if not determinant > 0.0:
                return None
            # A step is no longer than the slope itself, so that classes that lie apart end in a large one.
            slope += float(np.clip((c * g - b * h) / determinant, -abs(slope) - 1.0, abs(slope) + 1.0))
            shift += float(np.clip((a * h - b * g) / determinant, -abs(shift) - 1.0, abs(shift) + 1.0))
    return slope / top if math.isfinite(slope) else None


def _two_classes(look: Look) -> dict[str, Any]:
    # Each output of a row has a label of its own.
    label = look.label
    rarest, commonest = sorted((label.ones, label.n - label.ones))
    return {
        "zero_share": label.zeros / label.n,
        "negative_share": label.negative / label.n,
        "rarest_share": rarest / label.n,
        "imbalance": commonest / rarest if rarest else None,
    }


def _classes(look: Look, kept: Kept, kind: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """Return what is known of classes: how common each is, how good the predictions, their order."""
    found: dict[str, Any] = {}
    if look.classes and not look.soft:
        counts = list(look.classes.values())
        found |= {"rarest_share": min(counts) / look.n, "imbalance": max(counts) / min(counts)}
    if kind == "classes":
        return found | {"accuracy": look.right / look.n}
    if kind == "class_probabilities":
        found["row_sum_error"] = max(abs(look.sums.low - 1.0), abs(look.sums.high - 1.0))
    elif math.isfinite(look.exp_sums.high):
        found["log_sum_error"] = max(abs(look.exp_sums.low - 1.0), abs(look.exp_sums.high - 1.0))
    label = kept.label if kept.label.ndim == 1 else kept.label.argmax(axis=1)
    found["accuracy"] = float((kept.prediction.argmax(axis=1) == label).mean())
    if kind == "class_probabilities" and not look.soft and _ascending(classes):
        found["order"] = _order(label, kept.prediction)
        found["unimodal"] = _unimodal(kept.prediction)
        found["peak_chance"] = _peak_chance(kept.prediction)
    return found


def _ascending(classes: tuple[str, ...]) -> bool:
    """Whether the names of the classes are whole numbers, in the order of the columns."""
    if len(classes) < 3 or not all(map(WHOLE.fullmatch, classes)):
        return False
    numbers = [int(name) for name in classes]
    return numbers == sorted(set(numbers))


def _order(label: Array, prediction: Array) -> float | None:
    """Return how near wrong probability is to the label's class: 1 next to it, 0 as far as by chance."""
    classes = prediction.shape[1]
    distance = np.abs(np.arange(classes)[None, :] - label[:, None])
    wrong = np.where(distance > 0, prediction, 0.0)
    total = float(wrong.sum())
    favoured = np.bincount(prediction.argmax(axis=1)).max()
    # Rows that all favour one class show how common classes are, which is an order of another kind.
    if total <= 0.0 or favoured > ONE_PEAK * len(label):
        return None
    # By chance: as far as the other classes lie from the labels that there are.
    chance = float((wrong.sum(axis=1) * distance.sum(axis=1)).sum() / (classes - 1.0) / total)
    nearest = 1.0
    found = float((wrong * distance).sum()) / total
    return (chance - found) / (chance - nearest) if chance > nearest else None


def _unimodal(prediction: Array) -> float:
    """Return the share of rows that rise to their largest number and fall behind it, but for little steps."""
    return float((_against(prediction) <= RIPPLE).mean())


def _peak_chance(prediction: Array) -> float:
    """Return how likely classes without an order would have one peak in each row, as these have; else 1.

    Around class j of K, counted from 0, (K−1 over j) of (K−1)! orders of the others fall on both sides.
    Each class that is largest in some rows counts, if almost all of those rows do: rows of the commonest
    class may all be alike, and if there is no other they say nothing.
    """
    classes = prediction.shape[1]
    total, height = prediction.sum(axis=1), np.ptp(prediction, axis=1)
    rows = prediction[(prediction.max(axis=1) <= SURE * total) & (height * classes >= total)]
    place = rows.argmax(axis=1)
    single = _against(rows) <= STEEP * np.ptp(rows, axis=1)
    count = np.bincount(place, minlength=classes)
    peaks = np.flatnonzero(count >= max(FEWEST, 0.01 * len(rows)))
    share = np.bincount(place, weights=single, minlength=classes)[peaks] / count[peaks]
    if len(peaks) < 2 or bool((share < ONE_PEAK).any()):
        return 1.0
    return math.exp(-sum(math.lgamma(j + 1.0) + math.lgamma(classes - j) for j in peaks.tolist()))


def _against(prediction: Array) -> Array:
    """Return the sum of each row's steps that fall before its largest number, or rise behind it."""
    step = np.diff(prediction, axis=1)
    before = np.arange(step.shape[1])[None, :] < prediction.argmax(axis=1)[:, None]
    return np.asarray(np.where(before, np.maximum(-step, 0.0), np.maximum(step, 0.0)).sum(axis=1))


def _named(kept: Kept, columns: tuple[str, ...]) -> dict[str, Any]:
    label, prediction = kept.label, kept.prediction
    if columns == ("lower", "upper"):
        inside = (prediction[:, 0] <= label) & (label <= prediction[:, 1])
        return {"coverage": float(inside.mean())}
    if label.ndim == 2:
        meets = np.minimum(label[:, 2:], prediction[:, 2:]) > np.maximum(label[:, :2], prediction[:, :2])
        return {"apart_share": float(1.0 - meets.all(axis=1).mean())}
    spread = np.sqrt(prediction[:, 1]) if columns[1] == "variance" else prediction[:, 1]
    error = (label - prediction[:, 0]) / spread
    return {"kurtosis": excess_kurtosis(error), "outlier_share": float((np.abs(error) > FAR).mean())}


def _numbers(look: Look, kept: Kept, label_kind: str) -> dict[str, Any]:
    """Return what is known of numbers and of their errors; several outputs are put into one line."""
    label, prediction = kept.label, kept.prediction
    found: dict[str, Any] = {
        "zero_share": look.label.zeros / look.label.n,
        "negative_share": look.label.negative / look.label.n,
    }
    if label.ndim == 2:
        lengths = np.concatenate([np.hypot.reduce(side, axis=1) for side in (label, prediction)])
        found["unit_length"] = bool((np.abs(lengths - 1.0) <= 1e-2).all())
        label, prediction = label.ravel(), prediction.ravel()
    error = label - prediction
    scale = robust_scale(error)
    found |= {"skewness": skewness(label), "kurtosis": excess_kurtosis(error), "scale": scale}
    above = look.prediction.low > 0.0
    law = Law("semicontinuous", {}, 0.0)
    if not (label_kind == "continuous" and above and look.label.low == 0.0 and found["zero_share"] >= 0.01):
        law = law_of(
            label, prediction, counts=label_kind == "count" and above, ratios=look.label.low > 0.0 and above
        )
        found["law_gain"] = law.gain
    found["law"] = law.name
    if scale > 0.0:
        middle = float(np.median(error))
        found["bias"] = middle / scale
        found["outlier_share"] = float((np.abs(error - middle) > FAR * scale).mean())
        found["heteroscedasticity"] = _rank_correlation(np.abs(error - middle), prediction)
    if label_kind == "count":
        found["dispersion"] = _dispersion(look, kept)
    if law.name in AMOUNTS:
        found["power"] = _power(error, prediction)
    return found


def _rank_correlation(one: Array, other: Array) -> float | None:
    """Return Spearman's correlation; None where one side is constant."""
    ranks = [_ranks(values) for values in (one, other)]
    centred = [rank - rank.mean() for rank in ranks]
    size = float(np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float((centred[0] * centred[1]).sum()) / size if size > 0.0 else None


def _ranks(values: Array) -> Array:
    """Return the rank of each value, equal ones sharing the middle of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return np.asarray((ends - 0.5 * (count - 1.0))[place])


def _power(error: Array, prediction: Array) -> float:
    """Return the power of the mean with which the variance grows, between 1.1 and 1.9.

    The slope of log variance by log mean over ten bins of predictions (Taylor's law); 1.5 where the
    predictions are too much alike to tell.
    """
    order = np.argsort(prediction, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    mean = np.log([float(prediction[part].mean()) for part in parts])
    with np.errstate(all="ignore"):
        variance = np.log([float(np.square(error[part]).mean()) for part in parts])
    if len(parts) < BINS or not np.isfinite(variance).all() or np.ptp(mean) < 0.5:
        return 1.5
    mean = mean - mean.mean()
    slope = float((mean * variance).sum() / (mean * mean).sum())
    return round(min(1.9, max(1.1, slope)), 1)
