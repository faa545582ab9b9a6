"""D13: units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.lies import MODELS, alone, files, found, mended, numbers

from losscli.analyses.doctor.checks.other_unit import OTHERS, TENS, unit_of
from losscli.analyses.doctor.statistics.sample import Sample

CHECK = "other_unit"


def sample(prediction: object, label: object) -> Sample:
    return Sample.of(np.asarray(label, dtype=np.float64), np.asarray(prediction, dtype=np.float64))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("unit", [100.0, 0.01, 1000.0, 0.001, 1e6])
def test_units_of_ten_are_found(model: str, seed: int, unit: float) -> None:
    prediction, label = numbers(model, seed)
    one = alone(found(prediction / unit, label), CHECK)
    assert one.repair is not None
    assert one.repair.edits == {"scale_prediction": unit}
    assert (one.cost_repaired or 0.0) < 0.1 * (one.cost or 0.0)


@pytest.mark.parametrize("unit", [*TENS, *OTHERS])
def test_every_unit_is_found(unit: float) -> None:
    _, label = numbers("line", 1)
    near = label + np.random.default_rng(1).normal(0.0, 0.1, len(label))
    assert unit_of(sample(near / unit, label)) == unit


def test_nearest_of_two_units_is_told() -> None:
    _, label = numbers("line", 1)
    assert unit_of(sample(label / 1020.0, label)) == 1024.0
    assert unit_of(sample(label / 1005.0, label)) == 1000.0


def test_threshold_is_a_tenth_and_a_hundredth() -> None:
    _, label = numbers("line", 2)
    assert unit_of(sample(label / 100.0 / np.exp(0.0999), label)) == 100.0
    assert unit_of(sample(label / 100.0 / np.exp(0.1001), label)) is None
    assert unit_of(sample(label / 60.0 / np.exp(0.0499), label)) == 60.0
    assert unit_of(sample(label / 60.0 / np.exp(0.0501), label)) is None
    assert unit_of(sample(label / 2.54 / np.exp(0.0099), label)) == 2.54
    assert unit_of(sample(label / 2.54 / np.exp(0.0101), label)) is None


def test_few_rows_and_bad_models_are_not_judged() -> None:
    prediction, label = numbers("line", 3)
    prediction, label = 20.0 + np.sin(prediction), 20.0 + np.sin(prediction) + 0.1 * np.cos(label)
    assert not found(prediction[:29] / 100.0, label[:29])
    assert CHECK in found(prediction[:30] / 100.0, label[:30])
    random = np.random.default_rng(3)
    assert CHECK not in found(random.permutation(prediction) / 100.0, label)


def test_neighbouring_lies_are_others() -> None:
    prediction, label = numbers("line", 4)
    assert CHECK not in found(np.log(prediction), label)
    assert CHECK not in found(-prediction, label)
    assert CHECK not in found((prediction - prediction.mean()) / prediction.std(), label)


def test_command_gives_the_promised_cost(tmp_path: Path) -> None:
    prediction, label = numbers("line", 5)
    one = mended(CHECK, *files(tmp_path, prediction / 100.0, label), "--loss", "mae")
    assert "--scale-prediction" in one["command"]
    assert "per cent" in one["message"]


def test_of_several_outputs_all_have_to_agree_for_a_repair() -> None:
    (one, label), (other, second) = numbers("line", 6), numbers("line", 7)
    labels = pd.DataFrame({"label_x": label, "label_y": second})
    both = pd.DataFrame({"prediction_x": one / 100.0, "prediction_y": other / 100.0})
    told = alone(found(both, labels), CHECK)
    assert told.repair is not None
    assert told.cost_repaired is not None
    single = pd.DataFrame({"prediction_x": one, "prediction_y": other / 100.0})
    told = alone(found(single, labels), CHECK)
    assert told.repair is None
    assert "output `prediction_y`" in told.message or "output `y`" in told.message


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_sizes_out_of_range_are_never_judged_wrongly(scale: float) -> None:
    prediction, label = numbers("line", 8)
    assert CHECK not in found(prediction * scale, label * scale)


def test_close_numbers_far_from_0_are_clean() -> None:
    _, label = numbers("line", 9)
    random = np.random.default_rng(9)
    assert not found(1.6e9 + label + random.normal(0.0, 1.0, len(label)), 1.6e9 + label)
