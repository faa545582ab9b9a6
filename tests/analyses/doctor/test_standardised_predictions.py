"""D14: a standardisation that was not undone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.lies import MODELS, alone, files, found, mended, numbers

from losscli.common.array import Array

CHECK = "standardised_predictions"


def standardised(prediction: Array, label: Array) -> Array:
    return np.asarray((prediction - label.mean()) / label.std())


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(4))
def test_standardised_predictions_are_found(model: str, seed: int) -> None:
    prediction, label = numbers(model, seed)
    one = alone(found(standardised(prediction, label), label), CHECK)
    assert one.repair is not None
    mean, std = one.repair.edits["rescale_prediction"]
    assert (mean, std) == pytest.approx((label.mean(), label.std()))


def test_small_labels_are_elsewhere_too() -> None:
    prediction, label = (values / 1e4 for values in numbers("line", 1))
    assert label.std() < 0.1
    assert CHECK in found(standardised(prediction, label), label)


def test_labels_that_are_standardised_themselves_are_fine() -> None:
    prediction, label = numbers("line", 2)
    assert not found(standardised(prediction, label), standardised(label, label))


def test_a_factor_alone_is_a_unit() -> None:
    random = np.random.default_rng(3)
    label = random.normal(0.0, 100.0, 300)
    near = label + random.normal(0.0, 10.0, 300)
    assert [*found(near / 100.0, label)] == ["other_unit"]


@pytest.mark.parametrize("shift", [0.45, 0.55])
def test_mean_has_to_be_near_0(shift: float) -> None:
    random = np.random.default_rng(4)
    label = random.normal(50.0, 7.0, 300)
    near = standardised(label + random.normal(0.0, 1.0, 300), label)
    near = near - near.mean() + shift
    assert (CHECK in found(near, label)) == (shift < 0.5)


def test_command_gives_the_promised_cost(tmp_path: Path) -> None:
    prediction, label = numbers("line", 5)
    one = mended(CHECK, *files(tmp_path, standardised(prediction, label), label), "--loss", "mse")
    assert "--rescale-prediction" in one["command"]


def test_outputs_of_different_scales_have_no_common_repair() -> None:
    (one, label), (other, second) = numbers("line", 6), numbers("line", 7)
    frame = pd.DataFrame(
        {"prediction_x": standardised(one, label), "prediction_y": standardised(other, second)}
    )
    told = found(frame, pd.DataFrame({"label_x": label, "label_y": second}))
    assert [*told] == [CHECK]
    assert told[CHECK].repair is None
