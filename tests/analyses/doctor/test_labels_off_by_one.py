"""D22: labels counted from 1, and columns from 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.doctored import examined, levels, mended, of_classes, of_two, said, same_in_all_blocks, write

import losscli as api
from losscli.common.errors import LosscliError

NAME = "labels_off_by_one"


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("classes", [2, 3, 6])
@pytest.mark.parametrize("loss", ["", "cross_entropy"])
def test_labels_that_are_refused(first: int, classes: int, loss: str, tmp_path: Path) -> None:
    if (first, classes, loss) == (1, 2, ""):
        pytest.skip("prob_1 is read as the probability of the label 1")
    probability, label = of_classes(classes, classes)
    names = tuple(str(first + k) for k in range(classes))
    files = write(tmp_path, probability, label + 1 - first, names)
    options = ("--loss", loss) if loss else ()
    status, found = examined(files, *options)
    assert (status, found[NAME]["level"], found[NAME]["cost"]) == (1, "likely", None)
    mended(found[NAME])
    same_in_all_blocks(files, *options)


def test_two_numbers(tmp_path: Path) -> None:
    probability, label = of_two(0)
    status, found = examined(write(tmp_path, probability, label + 1), "--loss", "bce")
    assert (status, found[NAME]["level"]) == (1, "likely")
    mended(found[NAME])
    # A label 0 among them: these are three classes, or a typing error.
    some = np.where(np.arange(len(label)) == 7, 2, label)
    assert examined(write(tmp_path, probability, some), "--loss", "bce")[0] == 2


def test_labels_that_name_all_classes_and_one_more(tmp_path: Path) -> None:
    probability, label = of_classes(1, 4)
    label[3] = 4
    assert examined(write(tmp_path, probability, label), "--loss", "cross_entropy")[0] == 2
    words = [f"class {k}" for k in label]
    assert examined(write(tmp_path, probability, words), "--loss", "cross_entropy")[0] == 2


def test_labels_that_are_all_classes(tmp_path: Path) -> None:
    probability, label = of_classes(2, 5)
    rows = label < 4
    files = write(tmp_path, probability[rows], label[rows] + 1)
    status, found = examined(files)
    assert status == 1
    assert found[NAME]["level"] == found["classes_permuted"]["level"] == "likely"
    assert found[NAME]["cost_repaired"] == found["classes_permuted"]["cost_repaired"]
    assert "k − 1" in found[NAME]["message"]
    mended(found[NAME])
    same_in_all_blocks(files)


def test_turned_labels_are_a_hint() -> None:
    probability, label = of_classes(3, 5)
    frame = pd.DataFrame({"label": label})
    for step, word in ((1, "k − 1"), (4, "k + 1")):
        found = said(probability, (label + step) % 5, "cross_entropy")
        assert found[NAME].level == "hint"
        assert word in found[NAME].message
    assert levels(probability, frame, "cross_entropy") == {}
    other = said(probability[:, [1, 0, 2, 3, 4]], frame, "cross_entropy")
    assert NAME not in other
    names = [f"prob_{name}" for name in "abcde"]
    letters = pd.DataFrame({"label": np.array(list("abcde"))[(label + 1) % 5]})
    assert NAME not in said(pd.DataFrame(probability, columns=names), letters)


def test_labels_that_are_mapped_already() -> None:
    probability, label = of_classes(4, 3)
    words = pd.DataFrame({"label": np.array(["one", "2", "3"])[label]})
    found = said(probability, words, "cross_entropy", map_labels={"one": "1"})[NAME]
    assert found.repair.options["map_labels"]["one"] == "0"
    assert found.cost_repaired == api.evaluate(probability, label, "cross_entropy").cost
    with pytest.raises(LosscliError):
        api.doctor(probability, pd.DataFrame({"label": label + 2}), "cross_entropy")


def test_two_numbers_without_a_loss(tmp_path: Path) -> None:
    probability, label = of_two(1)
    files = write(tmp_path, probability, label + 1)
    status, found = examined(files)
    assert (status, found[NAME]["level"], found[NAME]["loss"]) == (1, "likely", "mse")
    mended(found[NAME])
    random = np.random.default_rng(0)
    for values, truth in (
        (probability, label),
        (probability + 1.0, label + 1),
        (probability, random.permutation(label) + 1),
        (probability, label + 1.0 - 0.01 * (np.arange(400) == 3)),
        (probability, np.where(np.arange(400) == 3, 1.5, label + 1.0)),
        (probability, label + 2),
    ):
        assert NAME not in said(values, truth, "mse")
