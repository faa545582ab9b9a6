"""D1: columns in another order, and the probability of the other class."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli
from helpers.doctored import examined, levels, mended, of_classes, of_two, said, same_in_all_blocks, write

from losscli.analyses.doctor.check import beyond_chance
from losscli.analyses.doctor.checks.classes_permuted import is_sure, remapped
from losscli.analyses.doctor.statistics.class_sums import ClassSums
from losscli.common.array import Array

NAME = "classes_permuted"


def columns(probability: Array) -> pd.DataFrame:
    return pd.DataFrame({f"prob_{chr(97 + k)}": probability[:, k] for k in range(probability.shape[1])})


def named(label: Array) -> pd.DataFrame:
    return pd.DataFrame({"label": [chr(97 + k) for k in label.tolist()]})


@pytest.mark.parametrize("order", [one for one in permutations(range(4)) if one != (0, 1, 2, 3)])
def test_every_order_is_found_and_undone(order: tuple[int, ...]) -> None:
    probability, label = of_classes(sum(order[:2]), 4)
    found = said(columns(probability[:, list(order)]), named(label))[NAME]
    assert found.level == "likely"
    moved = sum(place != column for place, column in enumerate(order))
    assert found.rows == sum(int((label == k).sum()) for k in range(4) if order[k] != k)
    assert ("exchanged" in found.message) == (moved == 2)
    honest = said(columns(probability), named(label))
    assert NAME not in honest
    rows = np.arange(len(label))
    assert found.cost_repaired == pytest.approx(-np.log(probability[rows, label]).mean(), rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("loss", [None, "cross_entropy:from_logits=true", "multiclass_brier", "focal"])
def test_logits_and_other_losses(seed: int, loss: str | None) -> None:
    probability, label = of_classes(seed, 5)
    values = np.log(probability) if loss is None or "logits" in loss else probability
    order = np.roll(np.arange(5), 2)
    assert levels(columns(values[:, order]), named(label), loss) == {NAME: "likely"}
    assert levels(columns(values), named(label), loss) == {}


@pytest.mark.parametrize("seed", range(5))
def test_the_other_class_is_found(seed: int) -> None:
    probability, label = of_two(seed)
    logit = np.log(probability / (1.0 - probability))
    for prediction, loss in ((1 - probability, None), (1 - probability, "mse"), (-logit, None)):
        found = said(prediction, label, loss)
        assert found[NAME].level == "likely", loss
        assert found[NAME].cost_repaired < 0.5 * found[NAME].cost
    assert levels(probability, label) == levels(logit, label) == {}
    assert levels(-logit, label, "binary_cross_entropy:from_logits=true") == {NAME: "likely"}


def test_neighbours_are_silent() -> None:
    random = np.random.default_rng(3)
    probability, label = of_classes(1, 4)
    constant = np.tile(probability.mean(axis=0), (len(label), 1))
    for prediction in (
        constant,
        probability[random.permutation(len(label))],
        np.roll(probability, 1, axis=0),
    ):
        assert NAME not in said(columns(prediction), named(label))
    one, two = of_two(1)
    assert NAME not in said(one[random.permutation(len(one))], two)
    # Of a few rows nothing is said.
    assert NAME not in said(columns(probability[:29, ::-1]), named(label[:29]))


def test_repair_gives_the_promised_cost(tmp_path: Path) -> None:
    probability, label = of_classes(2, 4)
    names = ('a,"b"', "c=d", "é x", "0")
    files = write(tmp_path, probability[:, [1, 2, 0, 3]], [names[k] for k in label], names)
    status, found = examined(files, "--loss", "cross_entropy")
    assert status == 1
    mended(found[NAME])
    same_in_all_blocks(files, "--loss", "cross_entropy")


def test_exchanged_labels_give_the_promised_cost(tmp_path: Path) -> None:
    probability, label = of_two(4)
    files = write(tmp_path, 1.0 - probability, label)
    status, found = examined(files)
    assert status == 1
    assert "--map-labels" in found[NAME]["command"]
    mended(found[NAME])
    same_in_all_blocks(files)
    # Labels that are mapped already are mapped to the other one.
    files = write(tmp_path, 1.0 - probability, np.where(label == 1, "yes", "no"))
    found = examined(files, "--map-labels", "yes=1,no=0", "--loss", "bce")[1]
    assert "yes=0" in " ".join(found[NAME]["command"])
    mended(found[NAME])


@pytest.mark.slow
def test_engines_say_the_same(tmp_path: Path) -> None:
    probability, label = of_classes(5, 3, 30_000)
    files = write(tmp_path, probability[:, [1, 2, 0]], label)
    here = losscli("doctor", *files, "--json").stdout
    assert losscli("doctor", *files, "--json", "--engine", "processes", "--workers", "2").stdout == here


def test_soft_labels_count_as_the_most_probable_class() -> None:
    probability, label = of_classes(6, 3)
    soft = 0.8 * np.eye(3)[label] + 0.2 / 3
    names = [f"prob_{k}" for k in range(3)]
    for order, expected in (([1, 0, 2], "likely"), ([0, 1, 2], None)):
        prediction = pd.DataFrame(probability[:, order], columns=names)
        found = levels(prediction, pd.DataFrame(soft, columns=names), "cross_entropy", label=names)
        assert found.get(NAME) == expected


def test_a_thousand_classes_are_looked_at_and_more_are_not() -> None:
    random = np.random.default_rng(0)
    for classes, applies in ((1000, True), (1001, False)):
        label = random.integers(0, classes, 1200)
        probability = np.full((1200, classes), 0.1 / classes)
        probability[np.arange(1200), np.roll(np.arange(classes), 1)[label]] += 0.9
        found = said(probability, label, "cross_entropy")
        assert (NAME in found) == applies


def test_sums_merge_and_know_the_brier_score() -> None:
    probability, label = of_two(7, 50)
    both = np.stack([1.0 - probability, probability], axis=1)
    whole = ClassSums.of(label, both)
    for cut in range(1, 50):
        assert ClassSums.of(label[:cut], both[:cut]).merge(ClassSums.of(label[cut:], both[cut:])) == whole
    assert ClassSums.of_two(label, probability) == whole
    assert whole.brier == pytest.approx(float(((probability - label) ** 2).mean()), abs=1e-6)


def of_exchanged(n: int, p: float) -> ClassSums:
    """Two classes, n rows each, whose labels have the probability 1 − p."""
    label = np.repeat([0, 1], n)
    one = np.where(label == 1, 1.0 - p, p)
    # A little noise, so that there is a standard error.
    one[::2] += 2.0**-10
    return ClassSums.of(label, np.stack([1.0 - one, one], axis=1))


def test_thresholds_at_their_edge() -> None:
    assert beyond_chance(np.log(2.0)) == pytest.approx(np.sqrt(2 * (np.log(2.0) + 13.8)), rel=1e-3)
    for n, p, speaks in ((10, 0.9, True), (9, 0.9, False), (200, 0.605, True), (200, 0.595, False)):
        moved = of_exchanged(n, p).moved()
        assert moved is not None
        assert is_sure(moved) is speaks, (n, p)
    assert of_exchanged(50, 0.2).moved() is None


def test_labels_are_mapped_after_what_they_are_mapped_to() -> None:
    assert remapped({}, {"0": "1", "1": "0"}) == {"0": "1", "1": "0"}
    assert remapped({"yes": "1", "x": "y"}, {"1": "0"}) == {"1": "0", "yes": "0", "x": "y"}
