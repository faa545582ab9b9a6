"""Elementary functions that stay exact where the textbook expression does not.

All take and return float64 arrays, elementwise unless an axis is named.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

EPS = 2.220446049250313e-16


def softplus(x: Array) -> Array:
    """Return log(1 + eˣ), exact to rounding for every x: 800 gives 800, −40 gives e⁻⁴⁰."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e⁻ˣ) without overflow, exact in both tails."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, small) / (1.0 + small)


def log_sum_exp(x: Array) -> Array:
    """Return log Σ eˣ over the last axis; finite for every finite row."""
    top = x.max(axis=-1)
    return top + np.log(np.exp(x - top[..., None]).sum(axis=-1))


def log_softmax(x: Array) -> Array:
    """Return x − log Σ eˣ, rows `(rows, classes)`.

    The largest term is taken out of the sum, so that a near-certain class keeps its last digits:
    logits (40, 0) give −e⁻⁴⁰ for the first class and not 0.
    """
    shifted = x - x.max(axis=-1, keepdims=True)
    grown = np.exp(shifted)
    top = shifted.argmax(axis=-1)
    grown[np.arange(len(x)), top] = 0.0
    return shifted - np.log1p(grown.sum(axis=-1, keepdims=True))


def softmax(x: Array) -> Array:
    """Return eˣ / Σ eˣ over the classes of each row."""
    grown = np.exp(x - x.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def true_column(columns: Array, label: Array) -> Array:
    """Return, for each row of `columns` (rows, classes), the entry of its class `label` (rows,)."""
    return columns[np.arange(len(label)), label]


def one_hot(label: Array, classes: int) -> Array:
    """Return the float64 rows `(rows, classes)` that hold 1 in the column of the label."""
    rows = np.zeros((len(label), classes))
    rows[np.arange(len(label)), label] = 1.0
    return rows
