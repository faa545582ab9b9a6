"""Data sets that are the same on every machine: integers, and at most two rounded operations a number.

Each kind of data has its own ranges, exact zeros and ones where they matter, and labels that its predictions
know something about. Values have 40 random bits, so that float32 cannot hold them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
BITS = 40
ONE = 1 << BITS


@dataclass(frozen=True)
class DataSet:
    """Labels and predictions as a library takes them: classes are numbers from 0.

    Attributes:
        name: `kind:rows:seed`, or the two files of `sample_data/`, with `+` between them.
        label: `(rows,)`, or `(rows, outputs)`.
        prediction: the same; of classes `(rows, classes)`.
        weight: `(rows,)`, some of them 0.
        ids: the names of the class columns of a file.
    """

    name: str
    label: np.ndarray
    prediction: np.ndarray
    weight: np.ndarray
    ids: tuple[str, ...] = ()


def draw(seed: int, stream: int, shape: int | tuple[int, ...]) -> np.ndarray:
    """Return integers of 40 random bits (SplitMix64), as int64."""
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z += np.uint64((seed * 0xD1342543DE82EF95 + stream * 0xDA942042E4DD58B5) % (1 << 64))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(64 - BITS)).astype(np.int64).reshape(shape)


def around_zero(seed: int, stream: int, shape: int | tuple[int, ...], largest: float) -> np.ndarray:
    """Return numbers from −largest to largest, a power of 2, more of them near 0."""
    return (draw(seed, stream, shape) + draw(seed, stream + 100, shape) - ONE) / (ONE / largest)


def numbers(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return labels from −8 to 8, none of them 0, and predictions of which one in eight is far off."""
    label = around_zero(seed, 1, shape, 8.0) + 0.5 / ONE
    far = np.where(draw(seed, 2, shape) % 8 == 0, 8.0, 1.0)
    return label, label + around_zero(seed, 3, shape, 2.0) * far


def positive(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers from 1/8 to 8, and predictions of half to six times as much."""
    label = (draw(seed, 1, shape) + ONE // 64) / (ONE / 8)
    far = np.where(draw(seed, 2, shape) % 8 == 0, 4.0, 1.0)
    return label, label * ((0.5 + draw(seed, 3, shape) / ONE) * far)


def counts(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return counts from 0 to 7, and positive predictions."""
    label = (draw(seed, 1, shape) % 8).astype(float)
    return label, (label + 0.5) * (0.5 + draw(seed, 2, shape) / ONE)


def log_counts(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return counts from 0 to 7, and scores from −2 to 2."""
    return counts(seed, shape)[0], around_zero(seed, 3, shape, 2.0)


def binary(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return 0 and 1, and probabilities of 1; one in sixteen is a wrong 0 or 1, as many a right one."""
    label, inside = binary_inside(seed, shape)
    kind = draw(seed, 9, shape) % 16
    return label, np.where(kind == 0, label, np.where(kind == 1, 1.0 - label, inside))


def binary_inside(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return 0 and 1, and probabilities of 1 from 1/64 to 63/64."""
    probability = ((ONE >> 6) + draw(seed, 1, shape) * 62 // 64) / ONE
    label = (draw(seed, 2, shape) < probability * ONE).astype(float)
    return label, probability


def logits(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return 0 and 1, and scores from −8 to 8; one in 32 is up to 64."""
    score = around_zero(seed, 1, shape, 8.0)
    label = (around_zero(seed, 2, shape, 8.0) < score).astype(float)
    return label, score * np.where(draw(seed, 3, shape) % 32 == 0, 8.0, 1.0)


def logits_inside(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return 0 and 1, and scores from −4 to 4."""
    score = around_zero(seed, 1, shape, 4.0)
    return (around_zero(seed, 2, shape, 4.0) < score).astype(float), score


def signs(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return −1 and 1, and scores from −4 to 4."""
    label, score = logits_inside(seed, shape)
    return 2.0 * label - 1.0, score


def signs_inside(seed: int, shape: int | tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return −1 and 1, and scores from 1/64 to 63/64."""
    label, score = binary_inside(seed, shape)
    return 2.0 * label - 1.0, score


def classes(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes, and probabilities of four decimals: some are 0, and rows sum to 1 within 0.0003."""
    label = draw(seed, 1, rows) % count
    weight = draw(seed, 2, (rows, count))
    weight[np.arange(rows), label] += ONE
    kind = draw(seed, 3, rows) % 32
    weight[kind % 8 == 0, 0] = 0
    weight[np.flatnonzero(kind == 1), label[kind == 1]] = 0
    total = weight.sum(axis=1, keepdims=True)
    return label, (weight * 10_000 + total // 2) // total / 10_000


def classes_inside(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes, and probabilities of which none is 0, in rows that sum to 1 exactly."""
    label = draw(seed, 1, rows) % count
    return label, _simplex(seed, 2, rows, count, 1, np.eye(count, dtype=np.int64)[label] * ONE)


def class_logits(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes, and scores from −4 to 4, higher for the true one."""
    label = draw(seed, 1, rows) % count
    return label, around_zero(seed, 2, (rows, count), 4.0) + np.eye(count)[label]


def one_vs_all(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a column of 0 and 1 for each class, and scores."""
    label, score = class_logits(seed, rows, count)
    return np.eye(count)[label], score


def class_logs(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes, and numbers from −4 to 0 as log-probabilities."""
    label = draw(seed, 1, rows) % count
    return label, -draw(seed, 2, (rows, count)) / (ONE / 4)


def soft(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return shares of classes, some of them 0, and probabilities, none of them 0; rows sum to 1 exactly."""
    label = _simplex(seed, 1, rows, count, 0, (draw(seed, 4, (rows, count)) % 4 == 0) * -ONE)
    return label, _simplex(seed, 2, rows, count, 1, np.zeros((rows, count), dtype=np.int64))


def soft_logits(seed: int, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return shares of classes and scores."""
    return soft(seed, rows, count)[0], around_zero(seed, 3, (rows, count), 4.0)


def _simplex(
    seed: int, stream: int, rows: int, count: int, least: int, more: np.ndarray, parts: int = 1 << 20
) -> np.ndarray:
    """Return rows of at least `least` parts each, which sum to 1 exactly."""
    weight = np.maximum(draw(seed, stream, (rows, count)) + more, 0) >> 8
    weight[:, -1] += weight.sum(axis=1) == 0
    share = weight * (parts - least * count) // weight.sum(axis=1, keepdims=True) + least
    share[np.arange(rows), share.argmax(axis=1)] += parts - share.sum(axis=1)
    return share / parts


def normal(seed: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, and columns of the mean and the variance, from 1/4 to 4.25."""
    label, mean = numbers(seed, rows)
    return label, np.column_stack([mean, (draw(seed, 5, rows) + (ONE >> 4)) / (ONE / 4)])


def narrow(seed: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the same, with a variance of 2⁻²⁴ in one row of 16."""
    label, prediction = normal(seed, rows)
    prediction[draw(seed, 6, rows) % 16 == 0, 1] = 2.0**-24
    return label, prediction


KINDS: dict[str, Callable[[int, int], tuple[np.ndarray, np.ndarray]]] = {
    **{made.__name__: made for made in (numbers, positive, counts, log_counts, normal, narrow)},
    **{made.__name__: made for made in (binary, binary_inside, logits, logits_inside, signs, signs_inside)},
    **{
        f"{made.__name__}_x3": (lambda seed, rows, made=made: made(seed, (rows, 3)))
        for made in (numbers, positive, counts, log_counts, binary, binary_inside, logits, logits_inside)
    },
    **{
        f"{made.__name__}_{count}": (lambda seed, rows, made=made, count=count: made(seed, rows, count))
        for made in (classes, classes_inside, class_logits, class_logs, one_vs_all, soft, soft_logits)
        for count in (2, 3, 5)
    },
}

FILES = {
    "diabetes_linear.csv+diabetes_labels.csv": ("numbers", "positive", "counts"),
    "diabetes_forest.csv+diabetes_labels.csv": ("numbers", "positive", "counts"),
    "cancer_logistic.csv+cancer_labels.csv": ("binary", "binary_inside"),
    "cancer_tree.csv+cancer_labels.csv": ("binary",),
    "cancer_logits.csv+cancer_labels.csv": ("logits", "logits_inside"),
    "cancer_scores.csv+cancer_signs.csv": ("signs",),
    "cancer_logits.csv+cancer_signs.csv": ("signs",),
    "wine_logistic.csv+wine_labels.csv": ("classes_3", "classes_inside_3"),
    "wine_bayes.csv+wine_labels.csv": ("classes_3", "classes_inside_3"),
    "wine_logits.csv+wine_labels.csv": ("class_logits_3",),
}
"""The files of `sample_data/`, and the kinds of data that they are."""


def of_kind(kind: str, rows: tuple[int, ...], seeds: tuple[int, ...]) -> list[str]:
    """Return the names of the data sets of a kind, those of files first."""
    files = [name for name, kinds in FILES.items() if kind in kinds]
    return files + [f"{kind}:{count}:{seed}" for count in rows for seed in seeds]


@cache
def build(name: str) -> DataSet:
    """Return the data set of a name: `counts:64:1`, or `diabetes_linear.csv+diabetes_labels.csv`."""
    if "+" in name:
        return _of_files(name)
    kind, rows, seed = name.split(":")
    label, prediction = KINDS[kind](int(seed), int(rows))
    return DataSet(name, label, prediction, weights(int(seed), int(rows)))


def weights(seed: int, rows: int) -> np.ndarray:
    """Return weights from 0 to 1.4 in steps of 0.2."""
    return (draw(seed, 50, rows) % 8) / 5.0


def _of_files(name: str) -> DataSet:
    predictions, labels = (_columns(SAMPLES / file) for file in name.split("+"))
    place = {identity: row for row, identity in enumerate(predictions["id"])}
    order = [place[identity] for identity in labels["id"]]
    columns = [column for column in predictions if column != "id"]
    if len(columns) == 1:
        prediction = np.array(predictions[columns[0]], dtype=float)[order]
        label = np.array(labels["label"], dtype=float)
        return DataSet(name, label, prediction, weights(1, len(label)))
    columns.sort()
    names = tuple(column.partition("_")[2] for column in columns)
    prediction = np.column_stack([np.array(predictions[column], dtype=float)[order] for column in columns])
    label = np.array([names.index(value) for value in labels["label"]])
    return DataSet(name, label, prediction, weights(1, len(label)), names)


def _columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    return {column: [row[place] for row in rows[1:]] for place, column in enumerate(rows[0])}
