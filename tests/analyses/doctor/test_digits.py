"""D5 to D7: predicted labels, rounded and saturated probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.doctored import (
    examined,
    levels,
    of_classes,
    of_two,
    said,
    same_in_all_blocks,
    sigmoid,
    write,
)

from losscli.analyses.doctor.statistics.digits import Digits, digits_of
from losscli.common.array import Array

LABELS, ROUNDED, SATURATED = "labels_as_probabilities", "rounded_probabilities", "saturated_probabilities"


def overconfident(seed: int = 0) -> tuple[Array, Array]:
    """Return probabilities that are nearly 0 or 1, and wrong in some rows."""
    probability, label = of_two(seed)
    wrong = np.arange(0, 400, 20)
    with np.errstate(divide="ignore"):
        sure = sigmoid(4.0 * np.log(probability / (1.0 - probability)))
    sure[wrong] = np.where(label[wrong] == 1, 1e-6, 1.0 - 1e-6)
    return sure, label


def test_predicted_labels() -> None:
    probability, label = of_classes(0, 3)
    decided = np.eye(3)[probability.argmax(axis=1)]
    found = said(decided, label, "cross_entropy")
    errors = int((probability.argmax(axis=1) != label).sum())
    assert found[LABELS].level == "note"
    assert f"{errors} of 400 are not the label" in found[LABELS].message
    assert f"{errors}/400 × 36.0437" in found[LABELS].message
    assert LABELS not in said(probability, label, "cross_entropy")
    one, two = of_two(0)
    assert "mse is 1 for each" in said(np.round(one), two, "mse")[LABELS].message
    almost = np.round(one)
    almost[-1] = 0.5
    assert LABELS not in said(almost, two, "bce")
    assert "each is the label" in said(two.astype(float), two, "bce")[LABELS].message


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("places", "level"), [(1, "hint"), (2, "hint"), (3, "likely"), (4, "likely")])
def test_rounded(seed: int, places: int, level: str) -> None:
    sure, label = overconfident(seed)
    rounded = np.round(sure, places)
    found = said(rounded, label, "binary_cross_entropy")
    assert found[ROUNDED].level == level
    lost = np.where(label == 1, rounded, 1.0 - rounded) == 0.0
    assert found[ROUNDED].rows == int(lost.sum())
    assert (found[ROUNDED].command, found[ROUNDED].cost_repaired) == (None, None)
    assert levels(sure, label, "binary_cross_entropy") == {}
    assert ROUNDED not in said(rounded, label, "brier")
    assert SATURATED not in found


def test_bounds_of_the_cost_hold_what_was_rounded() -> None:
    sure, label = overconfident(4)
    found = said(np.round(sure, 3), label, "binary_cross_entropy")[ROUNDED]
    words = found.message.rstrip(".").split()
    low, high = float(words[-3]), float(words[-1])
    honest = -np.log(np.where(label == 1, sure, 1.0 - sure)).mean()
    assert low < honest < high
    assert low < found.cost


def test_rounded_rows_that_do_not_sum_to_1(tmp_path: Path) -> None:
    probability, label = of_classes(0, 9, scale=4.0)
    label[:10] = probability[:10].argmin(axis=1)
    for places in (2, 3):
        files = write(tmp_path, np.round(probability, places), label)
        status, found = examined(files, "--loss", "cross_entropy")
        assert (status, found[ROUNDED]["cost"]) == (1, None)
        assert "sum_tolerance=" in " ".join(found[ROUNDED]["command"])
        assert found[ROUNDED]["cost_repaired"] > 0
        same_in_all_blocks(files, "--loss", "cross_entropy")


def test_votes_are_not_rounded() -> None:
    random = np.random.default_rng(0)
    for voters, speaks in ((8, False), (20, False), (40, False), (100, True), (125, False), (500, False)):
        probability = random.binomial(voters, 0.5, 400) / voters
        probability[:2] = 0.0, 1.0
        probability[2] = 1.0 / voters
        label = (random.random(400) < probability).astype(np.int64)
        label[0] = 1
        found = said(probability, label, "binary_cross_entropy")
        assert (ROUNDED in found) == speaks, voters
        assert not speaks or found[ROUNDED].level == "hint"
        assert SATURATED not in found


@pytest.mark.parametrize("seed", range(3))
def test_saturated(seed: int) -> None:
    sure, label = overconfident(seed)
    with np.errstate(over="ignore", divide="ignore"):
        logit = np.log(sure / (1.0 - sure))
        single = 1.0 / (1.0 + np.exp(-8.0 * logit.astype(np.float32)))
        double = sigmoid(8.0 * logit)
    assert single.dtype == np.float32
    written = np.array([float(str(one)) for one in single])
    for values in (single, single.astype(np.float64), written):
        found = said(values, label, "binary_cross_entropy")
        assert found[SATURATED].level == "likely"
        assert ROUNDED not in found
    assert SATURATED not in said(single, label, "brier")
    assert SATURATED not in said(double, label, "binary_cross_entropy")
    assert SATURATED not in said(np.clip(single, 1e-7, None), 1 - (single < 0.5), "binary_cross_entropy")


def test_naive_probabilities_in_float64_are_not_float32() -> None:
    random = np.random.default_rng(0)
    values = random.choice([0.0, 1.0, 1e-80, 3.5e-61], 300)
    assert not digits_of(values).single
    assert digits_of(values).ones == int((values == 1.0).sum())


def test_digits_of_numbers() -> None:
    single = np.random.default_rng(1).random(3000).astype(np.float32) ** 12
    shortest = np.array([float(str(one)) for one in single])
    assert digits_of(shortest) == digits_of(single.astype(np.float64))
    assert digits_of(shortest).single
    assert not digits_of(np.nextafter(shortest, 2.0)).single
    for values, expected in (
        ([0.0, 1.0], Digits(0, 10_000, True, True, 1)),
        ([0.125, 0.5], Digits(3, 1250, True, True, 0)),
        ([0.25, 0.1], Digits(2, 500, True, False, 0)),
        ([0.12345, 0.1], Digits(5, 0, True, False, 0)),
        ([1.0 / 3.0], Digits(5, 0, False, False, 0)),
        ([-0.5, 1.0], Digits(5, 0, False, False, 1)),
    ):
        assert digits_of(np.array(values)) == expected
    one, other = digits_of(np.array([0.125])), digits_of(np.array([0.1]))
    assert one.merge(other) == digits_of(np.array([0.125, 0.1]))
    assert one.merge(digits_of(np.array([1 / 3]))) == digits_of(np.array([0.125, 1 / 3]))


def test_block_sizes_change_nothing(tmp_path: Path) -> None:
    sure, label = overconfident(5)
    for values in (np.round(sure, 3), np.round(sure), np.where(sure > 0.9, 1.0, sure).astype(np.float32)):
        same_in_all_blocks(write(tmp_path, values.astype(np.float64), label), "--loss", "bce")


def test_weights_count_in_the_share() -> None:
    import pandas as pd

    sure, label = overconfident(6)
    rounded = np.round(sure, 3)
    lost = np.where(label == 1, rounded, 1.0 - rounded) == 0.0
    frame = pd.DataFrame({"prediction": rounded, "label": label, "weight": np.where(lost, 1e-6, 1.0)})
    assert said(frame, None, "binary_cross_entropy", weight="weight")[ROUNDED].level == "hint"
