"""`plan`: published values, every kind of figure, documents in place of rows, and what is refused."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from helpers.calls import ROOT, losscli

import losscli as library
from losscli.common.errors import LosscliError

BOTH = tuple(str(ROOT / "sample_data" / f"diabetes_{name}.csv") for name in ("linear", "labels"))


def rows(gate, *data, **more):
    return library.plan(*(data or BOTH), gate=gate, **more).rows_needed


@pytest.fixture(scope="module")
def report():
    return library.evaluate(*BOTH, "mse", level=0.9)


@pytest.mark.parametrize(
    ("gate", "needed"), [("mse <= 3300", 917), ("mse <= 3100", 6409), ("mse > 3300", 917)]
)
def test_rows_of_a_mean(gate, needed, report):
    assert rows(gate) == needed
    assert rows(gate, report) == needed
    assert rows(gate, report.to_dict()) == needed


def test_no_less_than_the_rule_asks_for(report):
    assert rows("mse <= 30000") == math.ceil(25 * report["mse"].skewness ** 2) == 139


def test_a_root_is_as_its_square():
    assert rows(f"rmse <= {math.sqrt(3300)!r}") == 917


@pytest.mark.parametrize(("limit", "needed"), [(0.01, 299), (0.001, 2995)])
def test_losses_of_0_and_1_without_an_error(limit, needed):
    zeros = np.zeros(40, dtype=int)
    assert rows(f"zero_one <= {limit}", zeros, zeros) == needed


def test_losses_of_0_and_1_with_errors():
    labels = np.zeros(200, dtype=int)
    found = library.plan((np.arange(200) < 20).astype(int), labels, gate="zero_one <= 0.15")
    variance = 0.1 * 0.9 * 200 / 199
    assert found.rows_needed == math.ceil((1.6448536269514722 + 0.8416212335729143) ** 2 * variance / 0.05**2)
    assert found.expected == "pass"


@pytest.mark.parametrize(
    ("gate", "needed", "expected"),
    [
        ("mse.p95 <= 1e9", 59, "pass"),
        ("mse.p99 <= 1e9", 299, "pass"),
        ("mse.p95 >= 1e9", 59, "fail"),
    ],
)
def test_percentiles_have_a_bound_from_so_many_rows_on(gate, needed, expected):
    found = library.plan(*BOTH, gate=gate)
    assert (found.rows_needed, found.expected) == (needed, expected)
    assert "is not known" in found.reason


def test_clusters_are_counted_in_place_of_rows():
    rng = np.random.default_rng(1)
    sites = np.repeat(np.arange(40), 5)
    table = pd.DataFrame(
        {"label": np.zeros(200), "prediction": np.repeat(rng.random(40), 5), "site": sites.astype(str)}
    )
    plain, found = (library.plan(table, gate="mae <= 0.6", **more) for more in ({}, {"cluster": "site"}))
    assert (plain.unit, plain.n, found.unit, found.n) == ("rows", 200, "clusters", 40)
    by_site = library.plan(table.iloc[::5].reset_index(drop=True), gate="mae <= 0.6")
    assert found.rows_needed == by_site.rows_needed


def test_weights_widen_the_spread():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"label": np.zeros(300), "prediction": rng.random(300), "w": rng.random(300) ** 3})
    report = library.evaluate(table, loss="mae", level=0.95, weight="w")
    result = report["mae"]
    spread = result.standard_error * math.sqrt(300)
    distance = abs(result.cost - 0.6)
    needed = math.ceil(((1.6448536269514722 + 0.8416212335729143) * spread / distance) ** 2)
    floor = math.ceil(max(30, math.ceil(25 * result.skewness**2)) * 300 / result.n_effective)
    assert rows("mae <= 0.6", table, weight="w") == max(needed, floor)


def test_a_threshold_so_far_away_is_decided_by_the_rows_at_hand():
    found = library.plan(*BOTH, gate="mse <= 3300")
    assert rows(f"mse <= {found.value + found.smallest!r}") in (442, 443)
    rooted = library.plan(*BOTH, gate="rmse <= 56")
    assert rows(f"rmse <= {rooted.value + rooted.smallest!r}") in (442, 443)


def test_groups():
    found = library.plan(*BOTH, gate="mse[sex_1] <= 3300", group="sex")
    assert found.n == 235
    with pytest.raises(LosscliError, match="no group"):
        library.plan(*BOTH, gate="mse[sex_1] <= 3300")


def test_no_number_is_enough_where_figure_and_threshold_are_the_same():
    found = library.plan([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], gate="mae <= 2")
    assert (found.rows_needed, found.reason) == (None, "the figure is at the threshold")
    found = library.plan([2.0, 2.0, 2.0], [0.0, 0.0, 0.0], gate="mae <= 3")
    assert (found.rows_needed, found.reason[:14]) == (None, "nothing varies")


@pytest.mark.parametrize(
    ("gate", "more", "told"),
    [
        ("mse <= baseline", {}, "a gate on a number"),
        ("mse.max <= 3", {}, "nobody knows how sure max is"),
        ("mse <= 3", {"confidence": 0.4}, "confidence"),
        ("mse <= 3", {"power": 80}, "For 80 %"),
        ("mae <= 3", {}, "a report of that loss; this is one of mse"),
    ],
)
def test_what_is_refused(gate, more, told, report):
    with pytest.raises(LosscliError) as raised:
        library.plan(report, gate=gate, **more)
    assert told in str(raised.value)


def test_a_report_without_intervals_is_refused():
    with pytest.raises(LosscliError) as raised:
        library.plan(library.evaluate(*BOTH, "mse"), gate="mse <= 3")
    assert "--level 0.95" in str(raised.value)


def test_the_command(tmp_path):
    done = losscli("plan", *BOTH, "--gate", "mse <= 3300", "--json")
    found = json.loads(done.stdout)
    assert (found["document"], found["rows_needed"], found["n"], found["power"]) == ("plan", 917, 442, 0.8)
    path = tmp_path / "report.json"
    losscli("evaluate", *BOTH, "--loss", "mse", "--level", "0.95", "--format", "json", "--output", str(path))
    by_report = losscli("plan", str(path), "--gate", "mse <= 3300", "--json")
    assert json.loads(by_report.stdout) == found
    quiet = losscli("plan", str(path), "--gate", "mse <= 3100", "--quiet")
    assert (quiet.returncode, quiet.stdout) == (0, "6409\n")
    for format_ in ("table", "csv", "markdown", "jsonl"):
        shown = losscli("plan", str(path), "--gate", "mse <= 3100", "--format", format_)
        assert shown.returncode == 0
        assert "6409" in shown.stdout
    refused = losscli("plan", str(path), "--gate", "mae <= 3")
    assert refused.returncode == 2
    assert f"losscli: report {path}: there is no mae" in refused.stderr


def test_one_row_says_that_it_is_too_few():
    plan = library.plan([1.0], [2.0], gate="mse <= 3")
    assert (plan.rows_needed, plan.reason[:17]) == (None, "less than two row")
