"""D19: predictions that know their labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers.lies import alone, found, numbers

CHECK = "leak"


@pytest.mark.parametrize(
    ("share", "level"), [(0.05, None), (0.5, "hint"), (0.89, "hint"), (0.9, "likely"), (1.0, "likely")]
)
def test_levels_go_by_the_share_of_equal_rows(share: float, level: str | None) -> None:
    prediction, label = numbers("line", 1)
    prediction[: round(share * len(label))] = label[: round(share * len(label))]
    told = found(prediction, label)
    assert (told[CHECK].level if told else None) == level
    if told:
        assert (told[CHECK].rows, told[CHECK].command) == (round(share * len(label)), None)


def test_labels_that_repeat_may_be_predicted() -> None:
    label = np.rint(numbers("line", 2)[1])
    assert not found(label, label)


def test_labels_but_for_rounding_are_a_hint() -> None:
    _, label = numbers("line", 3)
    noise = np.random.default_rng(3).normal(0.0, 1.0, len(label))
    assert found(label * (1.0 + 1e-6 * noise), label)[CHECK].level == "hint"
    assert not found(label * (1.0 + 1e-3 * noise), label)


def test_classes_are_no_numbers() -> None:
    label = (np.random.default_rng(4).random(200) < 0.5).astype(np.float64)
    assert CHECK not in found(label, label, "bce")


def test_constant_labels_are_none() -> None:
    assert CHECK not in found(np.full(50, 3.0), np.full(50, 3.0))


def test_the_output_that_leaks_is_named() -> None:
    (one, label), (_, second) = numbers("line", 5), numbers("line", 6)
    labels = pd.DataFrame({"label_x": label, "label_y": second})
    told = alone(found(pd.DataFrame({"prediction_x": one, "prediction_y": second}), labels), CHECK)
    assert "output `" in told.message
