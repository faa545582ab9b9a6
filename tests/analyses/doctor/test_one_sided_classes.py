"""D24: classes that only labels have, or only predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from helpers.doctored import of_classes, of_two, same_in_all_blocks, write

import losscli as api

NAME = "one_sided_classes"


def notes(prediction: Any, label: Any, loss: str | None = None) -> list[str]:
    found = [one for one in api.doctor(prediction, label, loss).findings if one.check == NAME]
    assert all(one.level == "note" and not one.is_alarm for one in found)
    return [one.message for one in found]


def test_labels_of_one_class() -> None:
    probability, label = of_classes(0, 3)
    rows = label == 1
    assert notes(probability[rows], label[rows], "cross_entropy") == [
        f"all {rows.sum()} labels are '1': the cost says nothing of other classes."
    ]
    one, two = of_two(0)
    assert "all" in notes(one[two == 0], two[two == 0], "binary_cross_entropy")[0]
    assert notes(probability, label, "cross_entropy") == notes(one, two) == []


def test_a_class_that_is_never_the_label() -> None:
    probability, label = of_classes(1, 4)
    rows = label != 2
    assert notes(probability[rows], label[rows], "cross_entropy") == ["1 of 4 classes is never the label: 2."]
    assert notes(np.log(probability[rows]), label[rows], "cross_entropy:from_logits=true") == [
        "1 of 4 classes is never the label: 2."
    ]


def test_a_class_that_is_never_predicted() -> None:
    probability, label = of_classes(2, 3)
    low = probability * [1.0, 1e-3, 1.0]
    low /= low.sum(axis=1, keepdims=True)
    low[low.argmax(axis=1) == 1] = 0.5, 0.0, 0.5
    (message,) = notes(low, label, "cross_entropy")
    assert message == (
        f"1 of 3 classes is the most probable one in no row: 1 (the label of {(label == 1).sum()})."
    )
    one, two = of_two(2)
    assert "the most probable one in no row: 1 (" in notes(0.4 * one, two, "bce")[0]
    score = np.where(two == 1, 1, -1)
    assert "in no row: -1 (" in notes(np.abs(one) + 0.1, score, "hinge")[0]


def test_class_names() -> None:
    names = np.array(list("abc"))
    random = np.random.default_rng(0)
    label = names[random.integers(0, 3, 90)]
    predicted = np.where(label == "c", "d", label)
    found = notes(pd.DataFrame({"prediction": predicted}), pd.DataFrame({"label": label}), "zero_one")
    assert len(found) == 2
    assert "never the label: d" in found[0]
    assert "in no row: c (" in found[1]


def test_hostile_names_are_shown_and_blocks_change_nothing(tmp_path: Path) -> None:
    probability, label = of_classes(3, 3)
    rows = label > 0
    names = ("\x1b[31m<b>", "one", "two")
    files = write(tmp_path, probability[rows], [names[k] for k in label[rows]], names)
    same_in_all_blocks(files)
