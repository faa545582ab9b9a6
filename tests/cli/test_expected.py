"""The costs of the sample data are scikit-learn's, as `sample_data/expected.csv` recorded them."""

from __future__ import annotations

import csv
import math

import pytest
from helpers.documents import ROOT

import losscli
from losscli.loss import registry
from losscli.loss.spec import split_spec

DATA = ROOT / "sample_data"
with (DATA / "expected.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
KNOWN = registry.modules()
COMPARED = [row for row in ROWS if split_spec(row["loss"])[0] in KNOWN]
AT_LEAST = 12
"""The rows of mse, rmse, mae, binary_cross_entropy, hinge and cross_entropy, which no change may lose."""


def name(row: dict[str, str]) -> str:
    return f"{row['predictions']}-{row['loss']}"


@pytest.mark.parametrize("row", COMPARED, ids=name)
def test_cost_is_that_of_scikit_learn(row: dict[str, str]) -> None:
    report = losscli.evaluate(str(DATA / row["predictions"]), str(DATA / row["labels"]), loss=row["loss"])
    assert math.isclose(report.results[0].cost, float(row["value"]), rel_tol=1e-12, abs_tol=0.0)


def test_rows_are_compared_whose_losses_exist() -> None:
    assert len(COMPARED) >= AT_LEAST
    first = {"mse", "rmse", "mae", "binary_cross_entropy", "hinge", "cross_entropy"}
    assert first <= {split_spec(row["loss"])[0] for row in COMPARED}


def test_rows_are_left_out_only_where_no_loss_goes_by_their_name() -> None:
    left_out = {split_spec(row["loss"])[0] for row in ROWS if row not in COMPARED}
    assert left_out.isdisjoint(KNOWN)
    assert left_out.isdisjoint(alias for loss in registry.all_losses() for alias in loss.aliases)
