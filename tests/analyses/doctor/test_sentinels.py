"""D17: marks of missing values among numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.lies import MODELS, alone, files, found, mended, numbers

import losscli
from losscli.analyses.doctor.statistics.sentinels import SENTINELS
from losscli.common.array import Array

CHECK = "sentinels"
FAR = [one for one in SENTINELS if abs(one) > 500.0]


def with_marks(values: Array, mark: float, rows: int) -> Array:
    changed = values.copy()
    changed[:: len(values) // rows][:rows] = mark
    return changed


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("mark", FAR)
def test_marks_in_labels_are_found(model: str, mark: float) -> None:
    prediction, label = numbers(model, 1)
    one = alone(found(prediction, with_marks(label, mark, 4), "mae"), CHECK)
    assert one.rows == 4
    assert one.repair is not None
    (value,) = one.repair.options["ignore_label"]
    assert float(value) == mark


@pytest.mark.parametrize("mark", FAR)
def test_marks_in_predictions_have_no_repair(mark: float) -> None:
    prediction, label = numbers("line", 2)
    one = alone(found(with_marks(prediction, mark, 3), label, "mae"), CHECK)
    assert (one.repair, one.rows, one.command) == (None, 3, None)


def test_marks_on_both_sides_are_two_findings() -> None:
    prediction, label = numbers("line", 2)
    told = losscli.doctor(with_marks(prediction, -9999.0, 3), with_marks(label, -999.0, 3), "mae").findings
    assert [one.check for one in told] == [CHECK, CHECK]


@pytest.mark.parametrize("rows", [1, 2])
def test_two_rows_are_needed(rows: int) -> None:
    prediction, label = numbers("line", 4)
    assert (CHECK in found(prediction, with_marks(label, -999.0, rows))) == (rows > 1)


@pytest.mark.parametrize("rows", [3, 4])
def test_a_share_of_the_rows_is_needed(rows: int) -> None:
    prediction, label = numbers("line", 5, 2000)
    assert (CHECK in found(prediction, with_marks(label, -999.0, rows))) == (rows >= 4)


def test_other_far_values_are_no_marks() -> None:
    prediction, label = numbers("line", 6)
    label = with_marks(label, -999.0, 4)
    label[7] = 5000.0
    assert CHECK not in found(prediction, label)
    # Nor is a number that is no usual mark.
    assert CHECK not in found(prediction, with_marks(numbers("line", 6)[1], -998.0, 4))


def test_near_values_are_no_marks() -> None:
    prediction, label = numbers("line", 7)
    assert CHECK not in found(prediction, with_marks(label, -1.0, 10))
    random = np.random.default_rng(7)
    counts = random.poisson(1.0, 300).astype(np.float64) - 1.0
    assert CHECK not in found(counts + random.normal(0.0, 0.3, 300), counts)


def test_labels_of_mostly_one_value_are_not_judged() -> None:
    label = np.zeros(300)
    label[:20] = -999.0
    assert CHECK not in found(label + np.random.default_rng(8).normal(0.0, 1.0, 300), label)


@pytest.mark.parametrize("mark", [-999.0, 3.4028234663852886e38, -2147483648.0])
def test_command_gives_the_promised_cost(mark: float, tmp_path: Path) -> None:
    prediction, label = numbers("line", 9)
    one = mended(CHECK, *files(tmp_path, prediction, with_marks(label, mark, 4)), "--loss", "mae")
    assert "--ignore-label" in one["command"]


def test_classes_that_are_no_class_are_left_out(tmp_path: Path) -> None:
    random = np.random.default_rng(10)
    label = random.integers(0, 3, 90)
    shares = np.full((90, 3), 0.1)
    shares[np.arange(90), label] = 0.8
    label[::9] = -100
    frame = pd.DataFrame(shares, columns=["prob_0", "prob_1", "prob_2"])
    one = mended(CHECK, *files(tmp_path, frame, label), "--loss", "cross_entropy")
    assert one["command"][-2:] == ["--ignore-label", "-100"]


def test_several_outputs_have_no_repair() -> None:
    (one, label), (other, second) = numbers("line", 1), numbers("line", 2)
    labels = pd.DataFrame({"label_x": with_marks(label, -999.0, 4), "label_y": with_marks(second, -999.0, 4)})
    told = found(pd.DataFrame({"prediction_x": one, "prediction_y": other}), labels)
    assert [*told] == [CHECK]
    assert told[CHECK].repair is None
