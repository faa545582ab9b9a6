"""Baselines: documents of `evaluate` read back to the bit; whatever else there is, refused."""

import copy
import json
import math
import random
from functools import cache

import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.evaluate.report import Report
from losscli.common.errors import LosscliError
from losscli.outputs.formats import load
from losscli.verdicts.gates.baseline import baseline_of, load_baseline


def evaluated(**more):
    values = {"prediction": [1.0, 2.0, 4.0, 8.5], "label": [1.5, 2.0, 3.0, 4.0], "g": ["a", "b", "a", "a"]}
    import pandas as pd

    given = {"loss": ["mse", "huber:delta=2"], "group": "g", **more}
    return losscli.evaluate(pd.DataFrame(values), **given)


@cache
def plain():
    return load("json").render(evaluated())


def document(**more):
    return json.loads(load("json").render(evaluated(**more)) if more else plain())


def figures(result):
    names = (
        "loss",
        "group",
        "n",
        "dropped",
        "ignored",
        "clipped",
        "weight_sum",
        "cost",
        "sum",
        "mean",
        "std",
    )
    return [repr(getattr(result, name)) for name in (*names, "min", "max", "quantiles_exact")] + [
        repr({q: float(value) for q, value in result.quantiles.items()}),
        repr({name: float(value) for name, value in result.parameters.items()}),
    ]


def test_a_document_reads_back_with_every_figure_to_the_bit(tmp_path):
    report = evaluated()
    path = tmp_path / "main.json"
    path.write_text(load("json").render(report))
    baseline = load_baseline(path)
    assert baseline.where == f"baseline {path}"
    assert isinstance(baseline.report, Report)
    for there, here in zip(baseline.report.results, report.results, strict=True):
        assert figures(there) == figures(here)
        assert [figures(group) for group in there.groups] == [figures(group) for group in here.groups]
        assert [group.std for group in there.groups] == [group.std for group in here.groups]
    names = "version", "signature", "alignment", "reduction", "predictions", "labels", "columns", "found"
    for name in names:
        assert getattr(baseline.report, name) == getattr(report, name)


def test_a_group_of_one_has_no_standard_deviation_and_that_reads_back():
    found = baseline_of(document()).report.results[0]
    assert [group.std is None for group in found.groups] == [False, True]


def test_figures_that_are_not_finite_read_back():
    whole = document()
    whole["results"][0] |= {"cost": None, "cost_text": "inf", "std": None, "std_text": "nan"}
    whole["results"][0]["quantiles"]["0.99"] = None
    whole["results"][0]["quantiles_text"] = {"0.99": "-inf"}
    whole["results"][1]["parameters"] = {"delta": None, "delta_text": "inf", "other": True, "none": None}
    found = baseline_of(whole).report.results
    assert (found[0].cost, found[0].quantiles[0.99]) == (math.inf, -math.inf)
    assert math.isnan(found[0].std)
    assert found[1].parameters == {"delta": math.inf, "other": True, "none": None}


def test_the_reduction_is_that_of_the_signature():
    assert baseline_of(document(reduction="sum")).report.reduction == "sum"


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "mean",
        "mse|mean|weight:%ff%zz",
        "mse|n:4|mean|align:id|bad:error|later:x|v:9",
        "mse|gradient:loss|n:4|mean|align:id|bad:error|v:0.1.0",
        "mse|n:4|mean|align:id|bad:error|fit:bias|seed:0|batch:1|epochs:9|decay:halving|folds:5|v:0.1.0",
    ],
)
def test_a_signature_that_evaluate_did_not_write_is_refused(signature):
    assert "signature is" in refusal(document() | {"signature": signature})


def test_weight_and_label_edits_are_found_in_real_signatures():
    import pandas as pd

    frame = pd.DataFrame({"prediction": [1.0, 2.0, 3.0], "label": [1, 0, 5], "my|weight%": [1.0, 2.0, 1.0]})
    report = losscli.evaluate(
        frame, loss="mse", weight="my|weight%", ignore_label=5, map_labels={1: 2}, bad_rows="drop"
    )
    said = baseline_of(json.loads(load("json").render(report))).signature
    assert (said.reduction, said.weight, said.bad) == ("mean", "my|weight%", "drop")
    assert (said.ignored, said.mapped) == (("5",), (("1", "2"),))


def refusal(whole):
    with pytest.raises(LosscliError) as raised:
        baseline_of(whole)
    assert raised.value.status == 2
    return str(raised.value)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["schema"], 2, "its schema is 2; needed: schema 1, which this version reads"),
        (["schema"], True, "schema is true"),
        (["schema"], "1", "schema is '1'"),
        (["losscli"], 1, "losscli is 1; needed: a string"),
        (["signature"], "mse|n:4", "signature is 'mse|n:4'"),
        (["alignment"], None, "alignment is null"),
        (["columns"], [], "columns is a list; needed: an object"),
        (["columns", "label"], 4, "columns.label is 4; needed: a string"),
        (["columns", "label"], [None], "columns.label is a list; needed: a list of strings"),
        (["found"], "x", "found is 'x'; needed: an object"),
        (["found"], {"label": 1}, "found.label is 1; needed: a string"),
        (["predictions"], [], "predictions is a list"),
        (["predictions", "rows"], -4, "predictions.rows is -4; needed: a whole number ≥ 0"),
        (["results"], {}, "results is an object"),
        (["results"], [], "it has no results"),
        (["results"], [4], "results is a list; needed: a list of objects"),
        (["results", 0, "loss"], None, "results[0].loss is null"),
        (["results", 1, "loss"], "mse", "results[1].groups[0].loss is 'huber:delta=2'; needed: mse"),
        (["results", 1], document()["results"][0], "the loss 'mse' is in it more than once"),
        (["results", 0, "n"], 4.0, "results[0].n is 4.0"),
        (["results", 0, "dropped"], False, "results[0].dropped is false"),
        (["results", 0, "cost"], "3", "results[0].cost is '3'"),
        (["results", 0, "cost"], None, "results[0].cost is null"),
        (["results", 0, "cost"], math.nan, "results[0].cost is nan"),
        (["results", 0, "cost"], True, "results[0].cost is true"),
        (["results", 0, "std"], "", "results[0].std is ''"),
        (["results", 0, "quantiles"], [], "results[0].quantiles is a list"),
        (["results", 0, "quantiles", "0.95"], [], "results[0].quantiles.0.95 is a list"),
        (["results", 0, "quantiles_exact"], 1, "results[0].quantiles_exact is 1"),
        (["results", 1, "parameters", "delta"], "2", "results[1].parameters.delta is '2'"),
        (["results", 0, "groups"], "a", "results[0].groups is 'a'"),
        (["results", 0, "groups", 1, "group"], "a", "the group of mse 'a' is in it more than once"),
        (["results", 0, "groups", 1, "group"], None, "results[0].groups[1].group is null"),
        (["results", 0, "groups", 1, "mean"], [1], "results[0].groups[1].mean is a list"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_place(path, value, words):
    whole = document()
    at = whole
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert words in refusal(whole)


def test_every_key_that_is_read_has_to_be_there():
    whole = document()
    optional = {"standard_error", "worst", "groups", "gates", "verdict", "columns", "found"}
    for target in (
        whole,
        whole["results"][0],
        whole["results"][0]["groups"][0],
        whole["results"][0]["quantiles"],
    ):
        # Only that of the whole is read.
        own = {"signature"} if target is not whole else set()
        for key in set(target) - optional - own:
            value = target.pop(key)
            assert refusal(whole).startswith("baseline: ")
            target[key] = value
    baseline_of(whole)


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ([], "not a document of losscli evaluate"),
        (None, "not a document of losscli evaluate"),
        ({}, "not a document of losscli evaluate"),
        ({"schema": 1, "checks": []}, "not a document of losscli evaluate"),
        ({"schema": 1, "loss": "mse", "n": 4}, "a line of --format jsonl"),
    ],
)
def test_another_document_is_told_as_such(whole, words):
    with pytest.raises(LosscliError, match=words) as told:
        baseline_of(whole)
    assert told.value.needed
    assert "--format json --output FILE" in told.value.remedy


def test_a_document_with_more_keys_than_are_known_is_read():
    whole = document()
    whole["later"] = whole["results"][0]["later"] = {"x": [1]}
    whole["results"][0]["quantiles"]["0.999"] = 3.0
    assert baseline_of(whole) == baseline_of(document())


def nested(value):
    """Yield every place of a document: its container and its key there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield value, key
        yield from nested(part)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
WHOLE = document()


def read_or_refused(whole):
    try:
        return baseline_of(whole).report
    except LosscliError as error:
        return error


@settings(max_examples=examples(300))
@given(st.randoms(use_true_random=False), ANYTHING)
def test_a_document_with_anything_anywhere_is_read_or_refused(chance: random.Random, value):
    whole = copy.deepcopy(WHOLE)
    container, key = chance.choice(list(nested(whole)))
    container[key] = value
    found = read_or_refused(whole)
    if isinstance(found, LosscliError):
        assert (found.status, found.where.split(" ")[0]) == (2, "baseline")
        return
    for read, said in zip(found.results, whole["results"], strict=True):
        for name in ("loss", "n", "dropped", "ignored", "clipped"):
            assert (type(getattr(read, name)), getattr(read, name)) == (type(said[name]), said[name])
        for name in ("weight_sum", "cost", "sum", "mean", "min", "max"):
            assert repr(getattr(read, name)) == repr(float(said[name]))
        assert [group.group for group in read.groups] == [group["group"] for group in said.get("groups", ())]


@settings(max_examples=examples(100))
@given(ANYTHING)
def test_anything_at_all_is_no_baseline(value):
    with pytest.raises(LosscliError):
        baseline_of(value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_document_that_was_cut_short_is_refused(tmp_path, share):
    text = json.dumps(WHOLE)
    path = tmp_path / "main.json"
    path.write_text(text[: int(len(text) * share)])
    with pytest.raises(LosscliError, match="not valid JSON"):
        load_baseline(path)
