"""`losscli.compare`: models as mappings, lists, frames and columns, in one order whatever their indexes."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from helpers.calls import SAMPLES, losscli

import losscli as library
from losscli.common.errors import LosscliError, UsageError

FILES = [str(SAMPLES / f"diabetes_{name}.csv") for name in ("forest", "linear")]
LABELS = str(SAMPLES / "diabetes_labels.csv")


def costs(report):
    return {model.name: model.cost for model in report[0].models}


def test_it_is_what_the_command_says():
    report = library.compare(FILES, LABELS, ["mse", "mae"], group="sex", margin="5%", level=0.9, pairs="all")
    words = ("-l", "mse", "-l", "mae", "--group", "sex", "--margin", "5%", "--level", "0.9", "--pairs", "all")
    assert report.to_dict() == json.loads(losscli("compare", *FILES, LABELS, *words, "--json").stdout)


def test_a_report_finds_its_losses_and_shows_itself():
    report = library.compare(FILES, LABELS, ["mse", "huber:delta=2"], group="sex")
    assert report["huber"] is report.results[1]
    assert "mse" in report
    assert [*report] == ["mse", "huber:delta=2"]
    with pytest.raises(KeyError, match="there is no loss 'msse'"):
        report["msse"]
    assert (
        repr(report) == "<CompareReport mse: diabetes_linear better, huber:delta=2: diabetes_linear better>"
    )
    assert "diabetes_linear is better than diabetes_forest" in str(report)
    assert "<table" in report._repr_html_()
    assert report._repr_markdown_().startswith("`diabetes_linear` is better")
    assert pickle.loads(pickle.dumps(report)) == report
    frame = report.to_frame()
    assert frame["verdict"].tolist() == ["better", "better"]
    assert report.to_frame(groups=True)["group"].tolist() == ["sex_1", "sex_2"] * 2


def test_names():
    values = [1.0, 2.0, 3.0], [1.0, 2.0, 4.0]
    assert [one.name for one in library.compare(values, [1.0, 2, 3], "mse").models] == ["model 1", "model 2"]
    named = library.compare(dict(zip("xy", values, strict=True)), [1.0, 2, 3], "mse", baseline_model="y")
    assert [(one.name, one.role) for one in named.models] == [("y", "baseline"), ("x", "candidate")]
    assert [one.name for one in library.compare(FILES, LABELS, "mse").models] == [
        *("diabetes_forest", "diabetes_linear")
    ]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame])
def test_columns_of_one_table(kind):
    table = kind({"a": [1.0, 2.0, 4.0], "b": [1.0, 3.0, 3.0], "label": [1.0, 2.0, 3.0]})
    report = library.compare(table, loss="mae", prediction=["a", "b"], label="label")
    assert costs(report) == pytest.approx({"a": 1 / 3, "b": 1 / 3})
    labels = np.array([1.0, 2.0, 3.0])
    beside = library.compare(pd.DataFrame(table)[["a", "b"]], labels, "mae", prediction=["a", "b"])
    assert costs(beside) == costs(report)


@pytest.mark.parametrize("name", [None, "id", "key"])
def test_indexes_of_pandas_pair_rows_whatever_their_order(name):
    random = np.random.default_rng(0)
    keys = pd.Index([f"k{place}" for place in range(20)], name=name)
    labels = pd.Series(random.normal(size=20), keys, name="label")
    models = {one: pd.Series(random.normal(size=20), keys, name="prediction") for one in "abc"}
    wanted = library.compare(models, labels, "mse", pairs="all")
    shuffled = {
        one: values.sample(frac=1.0, random_state=place) for place, (one, values) in enumerate(models.items())
    }
    found = library.compare(shuffled, labels.sample(frac=1.0, random_state=9), "mse", pairs="all")
    assert costs(found) == costs(wanted)
    assert [one.p for one in found[0].comparisons] == [one.p for one in wanted[0].comparisons]
    for one, values in shuffled.items():
        assert costs(found)[one] == library.evaluate(values, labels, "mse").cost


def test_indexes_that_hold_other_keys_are_refused():
    labels = pd.Series([1.0, 2.0], ["x", "y"])
    models = {"a": pd.Series([1.0, 2.0], ["y", "x"]), "b": pd.Series([1.0, 2.0], ["x", "z"])}
    with pytest.raises(LosscliError, match="their indexes differ: only the predictions have z"):
        library.compare(models, labels, "mse")


def test_indexes_with_and_without_a_name_are_refused():
    labels = pd.Series([1.0, 2.0], pd.Index(["x", "y"], name="key"))
    models = {"a": labels[::-1], "b": pd.Series([1.0, 2.0], ["x", "y"])}
    with pytest.raises(LosscliError, match="the indexes of some models have a name"):
        library.compare(models, labels, "mse")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"margin": -1}, "margin: '-1' is below 0"),
        ({"level": 1.5}, "level: 1.5; needed: a number between 0 and 1"),
        ({"lag": 1, "weight": "w"}, "lag: weight w is given too"),
        ({"lag": -1}, "lag: -1; needed: at least 0"),
        ({"lag": 0.5}, "lag: a float; needed: an integer"),
        ({"planned_rows": 9}, "planned_rows: anytime is not given"),
        ({"adjust": "bonferroni"}, "adjust: 'bonferroni'; needed: one of holm, bh, none"),
        ({"pairs": "some"}, "pairs: 'some'; needed: one of baseline, all"),
        ({"guarantee": True}, "guarantee: mse has no largest value"),
        (
            {"baseline_model": "aa"},
            "baseline_model: there is no model 'aa'; needed: one of a, b. Did you mean a?",
        ),
    ],
)
def test_what_is_wrong_is_told_by_the_arguments(more, told):
    with pytest.raises(UsageError) as raised:
        library.compare({"a": [1.0, 2.0], "b": [1.0, 3.0]}, [1.0, 2.0], "mse", **more)
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize("models", [[1.0, 2.0], {"a": [1.0, 2.0]}, [[1.0, 2.0]], {}, FILES[0]])
def test_one_model_is_not_compared(models):
    with pytest.raises(UsageError, match="at least two models"):
        library.compare(models, [1.0, 2.0], "mse")
