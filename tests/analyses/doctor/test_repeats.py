"""D10, D11 and D12: rows that come again."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pytest
from helpers.pairs_of_rows import classes, inputs, numbers, said, two_classes

import losscli
from losscli.analyses.doctor.check import Rows
from losscli.analyses.doctor.checks.file_within_file import Block as Found
from losscli.analyses.doctor.checks.file_within_file import block_of
from losscli.analyses.doctor.statistics import repeats
from losscli.analyses.doctor.statistics.keys import keys_of
from losscli.analyses.doctor.statistics.repeats import REPEATS, Repeats
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.block import Block

MAKERS = pytest.mark.parametrize("makes", [numbers, two_classes, classes])
AGAIN = {"tail_repeats_head", "file_within_file", "duplicate_rows"}


def again(makes: Any, seed: int, *stretches: tuple[int, int], rows: int = 300) -> tuple[Array, Array]:
    """Return stretches of rows, one behind the other."""
    prediction, label = makes(rows, seed)
    order = np.concatenate([np.arange(*stretch) for stretch in stretches])
    return prediction[order], label[order]


def state_of(prediction: Array, label: Array, size: int) -> Repeats:
    """Return what is seen of rows in blocks of a size."""
    row = np.arange(1, len(label) + 1)
    parts = (
        REPEATS.of(
            None,  # type: ignore[arg-type]
            Rows(
                Block(row[s : s + size], row[s : s + size], label[s : s + size], prediction[s : s + size]), ()
            ),
        )
        for s in range(0, len(row), size)
    )
    return reduce(Repeats.merge, parts, Repeats())


@MAKERS
@pytest.mark.parametrize("rows", [2, 5, 63, 64, 149])
def test_padding_is_found_and_mended(makes: Any, rows: int) -> None:
    prediction, label = again(makes, rows, (0, 300), (0, rows))
    report = losscli.doctor(*inputs(prediction, label))
    (one,) = (one for one in report.findings if one.check in AGAIN)
    assert (one.check, one.level, one.rows) == ("tail_repeats_head", "likely", rows)
    honest = losscli.evaluate(*inputs(*makes(300, rows)), one.loss)
    assert one.cost_repaired == honest.cost
    skipped = losscli.doctor(*inputs(prediction, label), skip_rows=f"301-{300 + rows}")
    assert not AGAIN & {found.check for found in skipped.findings}


def test_one_row_that_comes_again_is_no_padding() -> None:
    assert not AGAIN & said(*again(numbers, 1, (0, 300), (0, 1))).keys()


def test_rows_that_are_mostly_alike_are_no_padding() -> None:
    label = np.tile([0.0, 1.0, 2.0, 1.0], 50)
    assert not AGAIN & said(label + 0.5, label).keys()


def test_head_of_one_row_many_times_is_no_padding() -> None:
    prediction, label = numbers(300, 1)
    prediction[[0, 1, 2, -3, -2, -1]], label[[0, 1, 2, -3, -2, -1]] = 1.0, 1.0
    assert "tail_repeats_head" not in said(prediction, label)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("texts", [False, True])
def test_padded_ids_are_named(both: bool, texts: bool) -> None:
    prediction, label = numbers(300, 1)
    ids = np.array([f"row{i}" for i in range(300)]) if texts else np.arange(1000, 1300)
    order = np.append(np.arange(300), np.arange(5))
    left, _ = inputs(prediction[order], label[order], ids[order])
    _, right = inputs(prediction[order], label[order], ids[order]) if both else inputs(prediction, label, ids)
    report = losscli.doctor(left, right, "mse")
    (one,) = report.findings
    assert (one.check, one.level, one.cost) == ("tail_repeats_head", "likely", None)
    assert one.cost_repaired == losscli.evaluate(prediction, label, "mse").cost


def test_other_ids_that_come_twice_are_an_error() -> None:
    prediction, label = numbers(100, 1)
    ids = np.arange(100)
    ids[70] = 20
    with pytest.raises(LosscliError, match="more than once"):
        losscli.doctor(*inputs(prediction, label, ids), "mse")


@MAKERS
@pytest.mark.parametrize(
    ("stretches", "found"),
    [
        (((0, 300), (0, 300)), (301, 600, 1, 300)),
        (((0, 300), (0, 300), (0, 300)), (301, 900, 1, 300)),
        (((0, 200), (100, 200), (200, 300)), (201, 300, 101, 200)),
        (((0, 300), (50, 114)), (301, 364, 51, 114)),
        (((0, 250), (20, 100), (250, 300)), (251, 330, 21, 100)),
    ],
)
def test_rows_in_rows_are_found_and_mended(makes: Any, stretches: Any, found: tuple[int, ...]) -> None:
    prediction, label = again(makes, 7, *stretches)
    report = losscli.doctor(*inputs(prediction, label))
    (one,) = (one for one in report.findings if one.check in AGAIN)
    assert (one.check, one.level) == ("file_within_file", "likely")
    assert "rows {} to {} repeat rows {} to {}".format(*found) in one.message
    mended = losscli.evaluate(*inputs(prediction, label), one.loss, skip_rows=f"{found[0]}-{found[1]}")
    assert one.cost_repaired == mended.cost
    rest = losscli.doctor(*inputs(prediction, label), skip_rows=f"{found[0]}-{found[1]}")
    assert not AGAIN & {other.check for other in rest.findings}


def test_fewer_rows_than_a_run_are_none() -> None:
    assert "file_within_file" not in said(*again(numbers, 3, (0, 300), (50, 113)))


def test_runs_of_few_rows_are_none() -> None:
    random = np.random.default_rng(2)
    label, prediction = np.zeros(400), np.repeat(random.normal(size=40), 10)
    order = np.append(np.arange(400), np.arange(100, 250))
    assert "file_within_file" not in said(prediction[order], label[order])


@MAKERS
@pytest.mark.parametrize("seed", range(4))
def test_honest_rows_do_not_come_again(makes: Any, seed: int) -> None:
    assert not AGAIN & said(*makes(300, seed)).keys()


def test_copies_here_and_there_are_a_hint() -> None:
    prediction, label = numbers(300, 3)
    order = np.random.default_rng(1).permutation(np.append(np.arange(300), np.arange(0, 300, 4)))
    report = losscli.doctor(*inputs(prediction[order], label[order]))
    (one,) = (one for one in report.findings if one.check in AGAIN)
    assert (one.check, one.level, one.rows, one.repair) == ("duplicate_rows", "hint", 75, None)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_blocks_change_no_state(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEPT_RUNS", "KEPT_ROWS", "KEPT_VALUES"):
        monkeypatch.setattr(repeats, name, 100)
    prediction, label = again(numbers, 7, (0, 300), (100, 300), (0, 90))
    whole, parts = state_of(prediction, label, 10_000), state_of(prediction, label, size)
    for name in ("head", "tail", "head_rows", "tail_rows"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    for name in ("rows", "labels", "predictions", "runs"):
        for ours, theirs in zip(getattr(parts, name)._columns, getattr(whole, name)._columns, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("stretches", "found"),
    [
        (((0, 60_000), (0, 60_000)), Found(1, 60_000, 60_001, 120_000)),
        (((0, 60_000), (0, 7_000)), Found(1, 7_000, 60_001, 67_000)),
        (((0, 40_000), (30_000, 40_000), (40_000, 60_000)), Found(30_001, 40_000, 40_001, 50_000)),
    ],
)
def test_beyond_what_is_held_ends_are_those_of_the_file(stretches: Any, found: Found) -> None:
    prediction, label = again(numbers, 5, *stretches, rows=60_000)
    block = block_of(state_of(prediction, label, 9_999))
    assert block is not None
    assert block.copy - block.first == found.copy - found.first
    assert abs(block.end - found.end) <= 40
    if found.first == 1:
        assert block == found


def test_distinct_rows_are_known_to_within_one_per_cent() -> None:
    prediction, label = numbers(200_000, 1)
    order = np.random.default_rng(0).integers(0, 200_000, 200_000)
    seen = state_of(prediction[order], label[order], 30_000)
    assert seen.distinct == pytest.approx(len(np.unique(order)) / 200_000, rel=0.02)
    assert seen.runs.key.nbytes < 1 << 19


def test_minus_zero_is_zero_and_columns_count() -> None:
    assert keys_of(np.array([0.0]))[0] == keys_of(np.array([-0.0]))[0]
    assert keys_of(np.array([[1.0, 2.0]]))[0] != keys_of(np.array([[2.0, 1.0]]))[0]
    values = np.random.default_rng(1).normal(size=100_000)
    assert len(np.unique(keys_of(values))) == len(np.unique(values))
