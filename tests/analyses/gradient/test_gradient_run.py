"""`losscli.gradient` from Python: the same bits on any blocks, and what it refuses."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest
from helpers import calls
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.gradient import run as module
from losscli.analyses.gradient.run import gradient
from losscli.common.errors import LosscliError
from losscli.inputs.request import Request
from losscli.outputs.samples.gradient import GradientSink

some = settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
REGRESSION = ["mse", "rmse", "mae", "huber:delta=0.5", "log_cosh", "fair"]


def frame(random, rows, columns=1):
    label, prediction = random.normal(0, 3, (2, rows, columns))
    found = {"id": [f"s{row}" for row in range(rows)]}
    for place in range(columns):
        found[f"p{place}"], found[f"y{place}"] = prediction[:, place], label[:, place]
    found["weight"] = random.choice([0.0, 0.5, 2.0, 1e-3], rows)
    found["weight"][0] = 1.0
    found["team"] = random.choice(["a", "b", "c"], rows)
    return pd.DataFrame(found)


def written(request, of, path, **options):
    """Return the report of a request whose samples are written to a file."""
    with GradientSink(str(path), weigh=of == "cost") as sink:
        return gradient(request, of, sink=sink, **options)


def options_of(columns):
    return {
        "prediction": [f"p{place}" for place in range(columns)],
        "label": [f"y{place}" for place in range(columns)],
    }


@some
@given(
    st.integers(0, 2**32),
    st.integers(1, 60),
    st.sampled_from([1, 3]),
    st.sampled_from(["loss", "cost"]),
    st.sampled_from(["mean", "sum"]),
    st.sampled_from([None, "weight"]),
    st.sampled_from([None, "team"]),
    st.integers(1, 70),
)
def test_no_block_size_changes_a_bit(seed, rows, columns, of, reduction, weight, group, block_rows):
    data = frame(np.random.default_rng(seed), rows, columns)
    options = {
        "loss": REGRESSION, "of": of, "reduction": reduction, "weight": weight, "group": group,
        **options_of(columns),
    }  # fmt: skip
    whole = losscli.gradient(data, **options)
    # As text: the cost of a group whose weights sum to 0 is NaN, which is not equal to itself.
    assert repr(losscli.gradient(data, **options, block_rows=block_rows)) == repr(whole)
    assert all(result.gradient.norm >= result.gradient.max_abs * 0.999 for result in whole.results)


@some
@given(st.integers(0, 2**32), st.integers(1, 40), st.sampled_from(["loss", "cost"]))
def test_figures_are_those_of_the_samples(seed, rows, of):
    data = frame(np.random.default_rng(seed), rows)
    report = losscli.gradient(data, loss=REGRESSION, of=of, weight="weight", top=None, **options_of(1))
    for result in report.results:
        entries = [sample.gradient for sample in result.worst]
        assert len(entries) == result.n == rows
        assert result.gradient.norm == pytest.approx(math.hypot(*entries), rel=1e-12)
        assert result.gradient.mean == pytest.approx(math.fsum(entries) / rows, rel=1e-9, abs=1e-300)
        assert result.gradient.max_abs == max(map(abs, entries))
        assert result.gradient.zeros == entries.count(0.0)
        sizes = np.abs(entries)
        assert result.quantiles[0.9] == pytest.approx(np.quantile(sizes, 0.9), rel=1e-12)
        if sizes.sum():
            top = np.sort(sizes)[-result.top_count :].sum()
            assert result.top_share == pytest.approx(top / sizes.sum(), rel=1e-12)
        assert sum(result.picture.counts) == rows
        least, *_, most = result.picture.edges
        assert least <= sizes.min() <= sizes.max() <= most <= 3.0 * sizes.max()


def test_the_order_of_rows_changes_no_figure():
    data = frame(np.random.default_rng(1), 500)
    shuffled = data.sample(frac=1.0, random_state=2)
    options = {"loss": REGRESSION, "of": "cost", "weight": "weight", "top": 0, **options_of(1)}
    assert losscli.gradient(shuffled, **options).results == losscli.gradient(data, **options).results


def test_the_costs_are_those_of_evaluate():
    data = frame(np.random.default_rng(5), 200)
    options = {"loss": REGRESSION, "weight": "weight", "group": "team", **options_of(1)}
    for mine, right in zip(
        losscli.gradient(data, **options).results, losscli.evaluate(data, **options).results, strict=True
    ):
        for name in ("loss", "n", "dropped", "ignored", "clipped", "weight_sum", "cost"):
            assert getattr(mine, name) == getattr(right, name)
        assert [group.cost for group in mine.groups] == [group.cost for group in right.groups]


def test_the_api_computes_what_the_command_line_computes(tmp_path):
    path = tmp_path / "data.csv"
    frame(np.random.default_rng(3), 100).to_csv(path, index=False)
    options = ["--loss", "rmse", "--of", "cost", "--weight", "weight", "--prediction", "p0", "--label", "y0"]
    said = json.loads(calls.losscli("gradient", path, *options, "--format", "json").stdout)
    report = losscli.gradient(str(path), loss="rmse", of="cost", weight="weight", **options_of(1))
    (result,) = report.results
    assert said["signature"] == report.signature
    assert said["results"][0]["gradient"]["norm"] == result.gradient.norm
    assert said["results"][0]["worst"][0]["gradient"] == result.worst[0].gradient


def test_the_report_is_frozen():
    report = losscli.gradient([1.0, 2.0], [0.0, 2.0], loss="mse")
    for part in (report, report.results[0], report.results[0].gradient, report.results[0].worst[0]):
        name = dataclasses.fields(part)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, 3)


def test_arrays_and_a_vector_of_one_column():
    (result,) = losscli.gradient(np.array([1.0, -2.0]), np.array([3.0, 1.0]), loss="cosine").results
    assert (result.gradient.columns, result.gradient.mean) == ((), 0.0)
    assert [sample.gradient for sample in result.worst] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"of": "both"}, "of: 'both'; needed: one of loss, cost"),
        ({"reduction": "max"}, "reduction: 'max'; needed: one of mean, sum"),
        ({"top": -1}, "top: -1; needed: at least 0"),
        ({"loss": "msee"}, "there is no loss 'msee'"),
        ({"weight": 3}, "weight: a int; needed: the name of a column"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    with pytest.raises(LosscliError, match=message):
        losscli.gradient([1.0], [2.0], **{"loss": "mse", **options})


def test_several_mistakes_are_said_together():
    with pytest.raises(LosscliError) as caught:
        losscli.gradient([1.0], [2.0], loss="mse", of="both", top=-1)
    assert "of: 'both'" in str(caught.value)
    assert "top: -1" in str(caught.value)


def bound(spec):
    return losscli.load_loss(spec)


@pytest.mark.parametrize("change", [True, False])
def test_a_file_that_changes_between_two_readings_is_refused(tmp_path, monkeypatch, change):
    path, samples = tmp_path / "data.csv", tmp_path / "samples.csv"
    path.write_text("prediction,label\n1,2\n3,5\n")

    def meanwhile(report, results):
        if change:
            path.write_text("prediction,label\n1,2\n3,50\n")

    monkeypatch.setattr(module, "refuse_nothing", meanwhile)
    request = Request(str(path), loss=(bound("mse"),))
    if not change:
        written(request, "cost", samples)
        assert samples.read_text().splitlines()[1:] == ["1,,2.0,1.0,1.0,-1.0", "2,,5.0,3.0,4.0,-2.0"]
        return
    with pytest.raises(LosscliError, match="changed while it was being read"):
        written(request, "cost", samples)
    assert not samples.exists()


def test_progress_is_told_in_both_readings(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("prediction,label\n" + "1,2\n" * 10)
    told = []
    request = Request(str(path), loss=(bound("mse"),), block_rows=4)
    written(request, "cost", tmp_path / "s.csv", observe=lambda *said: told.append(said[2]))
    assert told == [4, 8, 10, 4, 8, 10]


def test_many_slices_of_one_block_are_written_in_order(tmp_path):
    rows = 70_000
    samples = tmp_path / "s.csv"
    label = np.zeros(rows)
    request = Request(np.arange(rows) / 2.0, label, loss=(bound("mse"),), top=3)
    report = written(request, "loss", samples)
    entries = np.loadtxt(samples, delimiter=",", skiprows=1, usecols=(0, 5))
    assert np.array_equal(entries[:, 0], np.arange(1, rows + 1))
    assert np.array_equal(entries[:, 1], np.arange(rows, dtype=float))
    assert [sample.row for sample in report.results[0].worst] == [rows, rows - 1, rows - 2]


def test_beyond_a_million_samples_the_report_says_that_shares_are_near(monkeypatch):
    from losscli.compute.statistics import distribution as histogram
    from losscli.outputs.formats import load

    monkeypatch.setattr(histogram, "EXACT_UP_TO", 100)
    random = np.random.default_rng(6)
    report = losscli.gradient(random.normal(0, 2, 5000), np.zeros(5000), loss="mse")
    (result,) = report.results
    assert not result.quantiles_exact
    assert "come from a histogram; they are within 0.5 %" in load("table").render(report)
    assert json.loads(load("json").render(report))["results"][0]["quantiles_exact"] is False
