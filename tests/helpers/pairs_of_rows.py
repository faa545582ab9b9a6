"""Predictions and labels to put faults in, and what doctor says of them."""

from __future__ import annotations

from typing import Any

import numpy as np

import losscli
from losscli.common.array import Array

NAMES = np.array(["a", "b", "c"])


def numbers(rows: int, seed: int, noise: float = 0.3) -> tuple[Array, Array]:
    """Return good predictions of numbers that are not serially correlated, and the numbers."""
    random = np.random.default_rng(seed)
    label = random.normal(size=rows)
    return label + noise * random.normal(size=rows), label


def two_classes(rows: int, seed: int) -> tuple[Array, Array]:
    """Return good probabilities of labels 0 and 1, and the labels."""
    random = np.random.default_rng(seed)
    label = (random.random(rows) < 0.4).astype(float)
    return np.clip(0.15 + 0.7 * label + 0.1 * random.normal(size=rows), 0.01, 0.99), label


def classes(rows: int, seed: int) -> tuple[Array, Array]:
    """Return good probabilities of three classes, `(rows, 3)`, and the places of the labels."""
    random = np.random.default_rng(seed)
    label = random.choice(3, rows, p=[0.5, 0.3, 0.2])
    weights = random.uniform(0.1, 0.4, (rows, 3))
    weights[np.arange(rows), label] += 1.0
    return weights / weights.sum(axis=1, keepdims=True), label


def inputs(
    prediction: Array, label: Array, ids: Array | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return predictions and labels as losscli reads them."""
    beside = {} if ids is None else {"id": ids}
    if prediction.ndim == 2:
        columns = {f"prob_{name}": prediction[:, k] for k, name in enumerate(NAMES)}
        return {**beside, **columns}, {**beside, "label": NAMES[label]}
    return {**beside, "prediction": prediction}, {**beside, "label": label}


def said(prediction: Array, label: Array, **options: Any) -> dict[str, str]:
    """Return the level of each check that speaks."""
    report = losscli.doctor(*inputs(prediction, label, options.pop("ids", None)), **options)
    return {one.check: one.level for one in report.findings}
