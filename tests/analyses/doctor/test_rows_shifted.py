"""D8, D9 and D25: predictions beside the labels of other rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.pairs_of_rows import classes, inputs, numbers, said, two_classes

import losscli
from losscli.analyses.doctor.check import Rows
from losscli.analyses.doctor.statistics import class_shifts, neighbours
from losscli.analyses.doctor.statistics.class_shifts import CLASS_SHIFTS
from losscli.common.array import Array
from losscli.inputs.block import Block

MAKERS = pytest.mark.parametrize("makes", [numbers, two_classes, classes])
STEPS = pytest.mark.parametrize("step", [-3, -2, -1, 1, 2, 3])


def moved(prediction: Array, label: Array, step: int) -> tuple[Array, Array]:
    """Return predictions whose labels are so many rows further on."""
    n = len(label)
    return prediction[max(0, step) : n + min(0, step)], label[max(0, -step) : n + min(0, -step)]


@MAKERS
@STEPS
@pytest.mark.parametrize("seed", range(3))
def test_shift_is_found_in_its_direction(makes: Any, step: int, seed: int) -> None:
    prediction, label = moved(*makes(300, seed), step)
    report = losscli.doctor(*inputs(prediction, label))
    one = next(one for one in report.findings if one.check == "rows_shifted")
    assert one.level == "likely"
    assert ("further on" in one.message) == (step > 0)
    assert ("one row" if abs(step) == 1 else f"{abs(step)} rows") in one.message
    mended = losscli.evaluate(*inputs(prediction, label), one.loss, shift_labels=step)
    assert one.cost_repaired == mended.cost < one.cost


@MAKERS
def test_repair_silences_doctor(makes: Any) -> None:
    prediction, label = moved(*makes(300, 5), 2)
    found = losscli.doctor(*inputs(prediction, label), shift_labels=2).findings
    assert not {"rows_shifted", "rows_shuffled"} & {one.check for one in found}


@MAKERS
@pytest.mark.parametrize("seed", range(5))
def test_honest_rows_are_not_shifted(makes: Any, seed: int) -> None:
    assert not {"rows_shifted", "rows_shuffled"} & said(*makes(300, seed)).keys()


def test_command_mends(tmp_path: Path) -> None:
    prediction, label = moved(*numbers(200, 1), -1)
    paths = str(tmp_path / "p.csv"), str(tmp_path / "l.csv")
    for path, columns in zip(paths, inputs(prediction, label), strict=True):
        pd.DataFrame(columns).to_csv(path, index=False)
    (one,) = (one for one in losscli.doctor(*paths).findings if one.check == "rows_shifted")
    assert one.command == ("losscli", "evaluate", *paths, "--loss", "mse", "--shift-labels", "-1")


def test_rows_that_pair_by_id_have_no_order() -> None:
    prediction, label = moved(*numbers(300, 2), 1)
    report = losscli.doctor(*inputs(prediction, label, np.arange(len(label)) + 7))
    reasons = dict(report.not_applicable)
    assert reasons["rows_shifted"] == reasons["rows_shuffled"] == "rows are paired by id"


def test_serial_labels_make_a_hint() -> None:
    random = np.random.default_rng(3)
    label = np.cumsum(random.normal(size=300))
    assert said(label[:-1] + 0.01 * random.normal(size=299), label[1:])["rows_shifted"] == "hint"


def test_forecast_that_repeats_the_last_value_is_a_hint() -> None:
    _, label = numbers(300, 4)
    assert said(label[:-1], label[1:])["rows_shifted"] == "hint"
    # A prediction that is a later label is no forecast.
    assert said(label[1:], label[:-1])["rows_shifted"] == "likely"


def test_fewer_than_forty_rows_are_not_looked_at() -> None:
    random = np.random.default_rng(6)
    label = random.choice([-1.0, 1.0], 41) + 0.01 * random.normal(size=41)
    prediction = label + 0.01 * random.normal(size=41)
    assert said(prediction[1:], label[:-1])["rows_shifted"] == "likely"
    assert "rows_shifted" not in said(prediction[2:], label[:-2])


@MAKERS
@pytest.mark.parametrize("seed", range(4))
def test_other_order_is_a_hint_and_no_shift(makes: Any, seed: int) -> None:
    prediction, label = makes(400, seed)
    found = said(prediction, np.random.default_rng(seed + 99).permutation(label))
    assert found.pop("correlated_losses", "note") == "note"
    # By chance, one label in twenty is related to predictions in another order.
    assert found in ({"rows_shuffled": "hint"}, {})


def test_other_order_is_mostly_named() -> None:
    named = 0
    for seed in range(40):
        prediction, label = numbers(150, seed)
        named += "rows_shuffled" in said(prediction, np.random.default_rng(seed + 99).permutation(label))
    assert named >= 34


def test_sorted_predictions_are_said_to_be_sorted() -> None:
    prediction, label = numbers(300, 1)
    report = losscli.doctor(*inputs(np.sort(prediction), label))
    one = next(one for one in report.findings if one.check == "rows_shuffled")
    assert one.level == "hint"
    assert "predictions are sorted, and labels are not" in one.message


@pytest.mark.parametrize("spread", [0.05, 0.3])
def test_predictions_that_differ_little_are_not_shuffled(spread: float) -> None:
    random = np.random.default_rng(8)
    assert "rows_shuffled" not in said(spread * random.normal(size=300), random.normal(size=300))


@pytest.mark.parametrize("step", [0, 1])
@MAKERS
def test_blocks_change_nothing(makes: Any, step: int) -> None:
    prediction, label = moved(*makes(150, 6), step)
    whole = losscli.doctor(*inputs(prediction, label))
    for rows in (1, 2, 7, 64):
        assert losscli.doctor(*inputs(prediction, label), block_rows=rows).findings == whole.findings


def test_many_rows_are_looked_at_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ALL", 64)
    monkeypatch.setattr(neighbours, "RUN", 4)
    prediction, label = moved(*numbers(2000, 6), 1)
    whole = losscli.doctor(*inputs(prediction, label))
    one = next(one for one in whole.findings if one.check == "rows_shifted")
    assert 64 < one.rows < 300
    for rows in (1, 7, 100):
        assert losscli.doctor(*inputs(prediction, label), block_rows=rows).findings == whole.findings


def test_rows_that_are_left_out_are_no_neighbours() -> None:
    prediction, label = moved(*numbers(400, 3), 1)
    label = label.copy()
    label[::5] = -999.0
    report = losscli.doctor(*inputs(prediction, label), ignore_label="-999")
    one = next(one for one in report.findings if one.check == "rows_shifted")
    assert one.rows == 239


def test_errors_too_large_to_be_squared_are_told() -> None:
    prediction, label = numbers(200, 1)
    prediction[7] = 1e200
    reasons = dict(losscli.doctor(*inputs(prediction, label), "mae").not_applicable)
    assert reasons["rows_shifted"] == reasons["rows_shuffled"] == "errors are too large to be squared"


@pytest.mark.parametrize(("rows", "speaks"), [(40, True), (10, False)])
def test_neighbours_with_losses_that_are_alike_are_noted(rows: int, speaks: bool) -> None:
    random = np.random.default_rng(1)
    label = random.normal(size=20 * rows)
    noise = np.repeat(random.normal(size=rows), 20) if speaks else random.normal(size=20 * rows)
    found = said(label + noise, label)
    assert found.get("correlated_losses") == ("note" if speaks else None)


def of_rows(prediction: Array, label: Array) -> class_shifts.ClassShifts:
    """Return what is seen of rows of classes."""
    row = np.arange(1, len(label) + 1)
    return CLASS_SHIFTS.of(None, Rows(Block(row, row, label, prediction), ()))  # type: ignore[arg-type]


@pytest.mark.parametrize("weights", [[3.0, 1.0, 0.5], [0.2, 0.1, 5.0, 1.0]])
def test_labels_in_other_orders_are_one_standard_error_from_chance(weights: list[float]) -> None:
    random = np.random.default_rng(1)
    prediction = random.dirichlet(weights, 500)
    label = random.choice(len(weights), 500, p=np.divide(weights, sum(weights)))
    found = [of_rows(prediction, random.permutation(label)).related for _ in range(200)]
    assert np.std(found) == pytest.approx(1.0, abs=0.2)
    assert np.mean(found) == pytest.approx(0.0, abs=0.25)


def test_many_classes_are_less_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    prediction, label = classes(300, 1)
    sure = of_rows(prediction, label)
    monkeypatch.setattr(class_shifts, "MOST", 2)
    unsure = of_rows(prediction, label)
    assert len(unsure.products) == 0
    assert 0.0 < unsure.related <= sure.related


def test_logits_are_taken_less_what_their_rows_have_in_common() -> None:
    prediction, label = moved(*classes(300, 2), 1)
    logits = np.log(prediction) + np.random.default_rng(1).normal(0.0, 50.0, (len(label), 1))
    report = losscli.doctor(*inputs(logits, label), "cross_entropy:from_logits=true")
    assert "rows_shifted" in {one.check for one in report.findings}
