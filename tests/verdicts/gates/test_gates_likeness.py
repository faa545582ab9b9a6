"""What a baseline may differ in: errors where a comparison would mean nothing, notes elsewhere."""

import dataclasses

import pytest
from helpers.gate_samples import LOSSES, find, report, result

from losscli.common.errors import LosscliError, single
from losscli.inputs.request import Request
from losscli.loss.spec import parse_spec
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.comparable import comparisons, differences
from losscli.verdicts.gates.grammar import Gate, Relative, parse_gate
from losscli.verdicts.judged import Standard

SIGNATURE = "mse|n:10|mean|align:id|bad:error|v:0"
WEIGHTED = SIGNATURE.replace("|v:", "|weight:w|v:")


def baseline(*results, signature=SIGNATURE, **more):
    return Baseline("main.json", dataclasses.replace(report(*results), signature=signature, **more))


def refused(gates, there, losses=("mse",), *, reduction="mean", weight=None):
    bound = tuple(parse_spec(spec, LOSSES.__getitem__) for spec in losses)
    request = Request("nowhere.csv", loss=bound, reduction=reduction, weight=weight)
    try:
        Standard(tuple(parse_gate(gate, find) for gate in gates), there).refuse(request)
    except LosscliError as error:
        return [str(one) for one in single(error)]
    return []


def test_a_baseline_of_the_same_is_not_refused():
    there = baseline(result(groups=(result(group="f"),)), result(loss="huber", parameters={"delta": 1.0}))
    gates = ["mse < baseline", "mse.p95[f] <= baseline + 2%", "huber.n > baseline"]
    assert refused(gates, there, ["mse", "huber"]) == []


def test_a_loss_that_is_not_there_is_told_with_what_is():
    there = baseline(result(), result(loss="huber", parameters={"delta": 1.0}))
    assert refused(["two < baseline"], there, ["two"]) == [
        "main.json: it has no two; the gate two < baseline needs it. It has mse, huber."
    ]
    (near,) = refused(["mse < baseline"], baseline(result(loss="mae"), result(loss="rmse")))
    assert near.endswith("It has rmse, mae.")


def test_a_loss_with_other_parameters_names_them_and_the_nearest():
    def two(spec, a, b):
        return result(loss=spec, parameters={"a": a, "b": b})

    there = baseline(two("two:a=9,b=9", 9.0, 9.0), two("two", 1.0, 2.0), result())
    (error,) = refused(["two:a=3 < baseline"], there, ["two:a=3"])
    assert error == (
        "main.json: it has no two:a=3; the gate two:a=3 < baseline needs it. "
        "It has two, with different parameters: a is 1 there, 3 here."
    )


def test_another_default_than_the_baselines_is_another_parameter():
    there = baseline(result(loss="huber", parameters={"delta": 2.0, "old": True}))
    (error,) = refused(["huber < baseline"], there, ["huber"])
    assert (
        "its huber has different parameters: delta is 2 there, 1 here, old is true there, no parameter here"
        in error
    )


def test_a_group_that_is_not_there_is_told_with_those_that_are():
    there = baseline(result(groups=(result(group="m"), result(group="n"))))
    (error,) = refused(["mse[f] < baseline"], there)
    assert "mse has no group f; it has the groups m, n" in error
    (error,) = refused(["mse[f] < baseline"], baseline(result()))
    assert "mse has no group f; it has no groups" in error
    assert "--group COLUMN" in error


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (result(std=None), "std is undefined for 10 rows"),
        (result(std=float("inf")), "std is inf"),
        (result(n=0), "no row counts"),
    ],
)
def test_a_figure_that_is_none_is_told(there, reason):
    (error,) = refused(["mse.std < baseline"], baseline(there))
    assert f"its mse.std cannot be compared with: {reason}" in error


FIGURES = ("cost", "stderr", "mean", "sum", "std", "min", "max", "n", "dropped", "p50", "p90", "p95", "p99")


@pytest.mark.parametrize("figure", FIGURES)
def test_another_reduction_is_an_error_for_the_cost_alone(figure):
    there = baseline(result(), reduction="sum")
    errors = refused([f"mse.{figure} < baseline"], there)
    assert len(errors) == (figure in ("cost", "stderr"))
    if errors:
        assert "its cost is a sum (--reduction sum), here it is a mean" in errors[0]


@pytest.mark.parametrize("figure", FIGURES)
def test_weights_on_one_side_are_an_error_for_what_they_enter(figure):
    weighted = baseline(result(), signature=WEIGHTED)
    entered = figure in ("cost", "stderr", "mean", "sum", "std")
    (*one,) = refused([f"mse.{figure} < baseline"], weighted)
    (*other,) = refused([f"mse.{figure} < baseline"], baseline(result()), weight="w")
    assert len(one) == len(other) == entered
    if entered:
        assert "weighted by w, and this call has no weights" in one[0]
        assert "it has no weights, and this call has weights" in other[0]
    # Another column may hold the same weights: that is noted.
    for column in ("w", "v"):
        assert refused([f"mse.{figure} < baseline"], weighted, weight=column) == []


def test_what_is_wrong_is_told_once_and_all_of_it_together():
    there = baseline(result(), reduction="sum")
    gates = ["mse < baseline", "mse <= baseline + 1", "two < baseline", "two.p95[f] > baseline", "mse < 3"]
    assert [error.split(";")[0] for error in refused(gates, there, ["mse", "two"])] == [
        "main.json: its cost is a sum (--reduction sum), here it is a mean",
        "main.json: it has no two",
        "main.json: it has no two",
    ]


def summed(gate, there, here, **more):
    (one,) = comparisons([parse_gate(gate, find)], baseline(there)) or [None]
    return (
        [error.found for error in one.other_samples(dataclasses.replace(report(here), **more))] if one else []
    )


def test_a_sum_over_another_number_of_samples_is_an_error():
    there, here = (
        result(n=10, groups=(result(group="f", n=4),)),
        result(n=12, groups=(result(group="f", n=4),)),
    )
    assert summed("mse.sum < baseline", there, here) == ["mse.sum is a sum over 10 samples there and 12 here"]
    assert len(summed("mse < baseline", there, here, reduction="sum")) == 1
    assert summed("mse < baseline", there, here) == []
    assert summed("mse.sum[f] < baseline", there, here) == []
    assert summed("mse.sum < 3", there, here) == []
    assert summed("mse.n < baseline", there, here, reduction="sum") == []


def noted(gates, there, here):
    return differences(comparisons([parse_gate(gate, find) for gate in gates], there), here)


def here(*results, signature=SIGNATURE, **more):
    return dataclasses.replace(report(*results), signature=signature, **more)


def test_nothing_is_noted_where_nothing_differs_or_nothing_is_compared():
    assert noted(["mse < baseline"], baseline(result()), here(result(cost=9.0))) == ()
    assert noted(["mse < 3"], baseline(result(n=1)), here(result())) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": 12}, "mse: n is 10 there, 12 here"),
        ({"dropped": 0}, "mse: dropped is 2 there, 0 here"),
        ({"ignored": 5, "clipped": 1}, "mse: ignored is 0 there, 5 here; clipped is 0 there, 1 here"),
        ({"weight_sum": 10.5}, "mse: the sum of weights is 10 there, 10.5 here"),
    ],
)
def test_other_counts_are_noted(change, words):
    assert noted(["mse < baseline"], baseline(result()), here(result(**change))) == (f"main.json: {words}",)


def test_counts_are_those_of_what_is_compared():
    there = baseline(result(n=9, groups=(result(group="f", n=3), result(group="m", n=6))))
    now = here(result(n=9, groups=(result(group="f", n=4), result(group="m", n=5))))
    assert noted(["mse[f] < baseline", "mse.p95[f] < baseline"], there, now) == (
        "main.json: mse[f]: n is 3 there, 4 here",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "9"}, "losscli is 0 there, 9 here"),
        ({"alignment": "position"}, "the pairing of rows is id there, position here"),
        ({"reduction": "sum"}, "--reduction is mean there, sum here"),
        ({"signature": SIGNATURE.replace("error", "drop")}, "--bad-rows is error there, drop here"),
        ({"signature": WEIGHTED}, "--weight is nothing there, w here"),
        (
            {"signature": SIGNATURE.replace("|v:", "|ignore:a|ignore:b|v:")},
            "--ignore-label is nothing there, a, b here",
        ),
        ({"signature": SIGNATURE.replace("|v:", "|map:0=-1|v:")}, "--map-labels is nothing there, 0=-1 here"),
    ],
)
def test_another_way_of_computing_is_noted(change, words):
    assert noted(["mse.p95 < baseline"], baseline(result()), here(result(), **change)) == (
        f"main.json: {words}",
    )


def test_a_percentile_from_a_histogram_is_noted():
    there = baseline(result(quantiles_exact=False))
    assert noted(["mse.p95 < baseline", "mse < baseline"], there, here(result())) == (
        "main.json: mse.p95 comes from a histogram there and is not exact",
    )


CODE = "mse+own.py:odd@{}|n:10|mean|align:id|bad:error|v:0"


@pytest.mark.parametrize(
    ("now", "gates", "told"),
    [
        (CODE.format("00ff"), ["own.py:odd < baseline"], "the code of own.py:odd is 12ab there, 00ff here"),
        (CODE.format("pack/1.0"), ["own.py:odd < baseline"], "is 12ab there, pack, 1.0 here"),
        (CODE.format("12ab"), ["own.py:odd < baseline"], None),
        (CODE.format("00ff"), ["mse < baseline"], None),
        (SIGNATURE, ["own.py:odd < baseline"], None),
    ],
)
def test_other_code_of_a_loss_is_noted(now, gates, told):
    results = result(), result(loss="own.py:odd")
    there = baseline(*results, signature=CODE.format("12ab"))
    read = [Gate(gate.split()[0], "cost", None, "<", Relative()) for gate in gates]
    found = differences(comparisons(read, there), here(*results, signature=now))
    assert (len(found) == 1 and told in found[0]) if told else found == ()
