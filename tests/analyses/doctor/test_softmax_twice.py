"""D2: a softmax of a softmax, a sigmoid of a sigmoid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.doctored import (
    examined,
    levels,
    mended,
    of_classes,
    of_two,
    said,
    same_in_all_blocks,
    sigmoid,
    softmax,
    write,
)

NAME = "softmax_twice"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_softmax_of_a_softmax_is_found_and_undone(seed: int, classes: int) -> None:
    probability, label = of_classes(seed, classes, scale=4.0)
    found = said(softmax(probability), label, "cross_entropy")[NAME]
    assert found.level == "likely"
    assert found.cost_repaired == pytest.approx(-np.log(probability[np.arange(400), label]).mean(), rel=1e-6)
    for honest in (probability, np.log(probability)):
        assert NAME not in said(honest, label, "focal" if honest.min() >= 0 else None)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("loss", [None, "mse", "brier"])
def test_sigmoid_of_a_sigmoid_is_found(seed: int, loss: str | None) -> None:
    probability, label = of_two(seed)
    assert levels(sigmoid(probability), label, loss) == {NAME: "likely"}
    assert levels(probability, label, loss) == {}


def test_few_distinct_rows_have_to_be_at_the_end() -> None:
    random = np.random.default_rng(0)
    tree = random.choice([0.0, 0.4, 1.0], 300, p=[0.4, 0.2, 0.4])
    label = (random.random(300) < tree).astype(np.int64)
    assert levels(sigmoid(tree), label) == {NAME: "likely"}
    # Few numbers that come close to the end, and are not at it.
    close = np.where(tree == 1.0, 0.73, np.where(tree == 0.0, 0.5, 0.6))
    assert NAME not in said(close, label)


def test_neighbours_are_silent() -> None:
    random = np.random.default_rng(1)
    probability, label = of_two(1)
    twice = sigmoid(probability)
    for prediction, truth in (
        (np.append(twice, 0.49), np.append(label, 0)),
        (np.append(twice, 0.74), np.append(label, 1)),
        (twice, label[random.permutation(len(label))]),
        (1.0 - twice, label),
        (0.5 + 0.2 * probability, label),
        (0.2 * probability, label),
    ):
        assert NAME not in said(prediction, truth)
    # A weak model: of a softmax once, no row comes close to 1 : e.
    flat = softmax(random.normal(0.0, 0.1, (400, 3)))
    assert NAME not in said(flat, random.integers(0, 3, 400), "cross_entropy")


@pytest.mark.parametrize("classes", [0, 4])
def test_repair_gives_the_promised_cost(classes: int, tmp_path: Path) -> None:
    if classes:
        probability, label = of_classes(3, classes, scale=4.0)
        files = write(tmp_path, softmax(probability), label)
    else:
        probability, label = of_two(3)
        files = write(tmp_path, sigmoid(probability), label)
    status, found = examined(files)
    assert status == 1
    assert f"{'unsoftmax' if classes else 'unsigmoid'}" in found[NAME]["command"]
    mended(found[NAME])
    same_in_all_blocks(files)
