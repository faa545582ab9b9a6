"""Comparisons of which little can be said, and what shares, weights and orders have to keep to."""

import json
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import losscli
from losscli.analyses.compare.document import document
from losscli.common.errors import LosscliError

INF = math.inf


def identity(label, prediction):
    return prediction - label


def compared(candidate, baseline, loss=identity, **more):
    models = {"b": np.asarray(baseline, float), "a": np.asarray(candidate, float)}
    (found,) = losscli.compare(models, np.zeros(len(candidate)), loss, **more)[0].comparisons
    return found


def test_equal_losses_are_identical():
    found = compared([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert (found.verdict, found.ci, found.p, found.difference) == ("identical", (0.0, 0.0), 1.0, 0.0)
    assert found.effect.equal == 3
    assert found.effect.win_rate == 0.5
    assert (found.effect.dz, found.correlation) == (None, pytest.approx(1.0))


def test_other_predictions_of_equal_losses_are_identical_too():
    found = compared([1.0, -2.0, 3.0], [-1.0, 2.0, -3.0], "mse")
    assert found.verdict == "identical"


@pytest.mark.parametrize(("n", "verdict"), [(4, "undecided"), (5, "undecided"), (6, "better")])
def test_of_a_constant_difference_only_the_signs_tell(n, verdict):
    found = compared(np.arange(n), np.arange(n) + 0.5)
    assert (found.ci, found.p, found.verdict) == (None, 2.0 ** (1 - n), verdict)
    assert found.approximation == "constant"
    assert found.standard_error == 0.0
    assert (found.t, found.df, found.skewness) == (None, None, None)


def test_one_sample_is_undecided():
    found = compared([1.0], [2.0])
    assert (found.ci, found.p, found.p_adjusted, found.verdict) == (None, None, None, "undecided")
    assert found.difference == -1.0
    assert (found.std, found.standard_error) == (None, None)


def test_one_sample_of_equal_losses_is_identical():
    assert compared([1.0], [1.0]).verdict == "identical"


def test_a_comparison_without_p_is_not_in_the_family():
    data = pd.DataFrame({"b": [0.0, 1, 2, 3], "a": [1.0, 1, 1, 5], "label": 0.0, "g": ["x", "y", "y", "y"]})
    result = losscli.compare(data, loss="mae", prediction=["b", "a"], label="label", group="g")[0]
    whole, (alone, others) = result.comparisons[0], (group.comparisons[0] for group in result.groups)
    assert alone.p is None
    assert alone.p_adjusted is None
    # Two are left: Holm doubles the smaller p.
    assert min(whole.p_adjusted, others.p_adjusted) == min(1.0, 2 * min(whole.p, others.p))


@pytest.mark.parametrize(
    ("candidate", "baseline", "difference"),
    [
        ([1e200, 1.0], [1.0, 0.5], INF),
        ([1.0, 0.5], [1e200, 0.5], -INF),
        ([1e200, 1.0], [1e200, 2.0], math.nan),
    ],
)
def test_infinite_costs_have_no_interval(candidate, baseline, difference):
    """Squares of numbers beyond 1e154 are infinite."""
    report = losscli.compare({"b": baseline, "a": candidate}, [0.0, 0.0], "mse")
    (found,) = report[0].comparisons
    assert found.difference == pytest.approx(difference, nan_ok=True)
    assert (found.ci, found.p, found.verdict, found.std) == (None, None, "undecided", None)
    assert (found.effect.dz, found.relative_ci) == (None, None)
    assert str(report)
    written = document(report)["results"][0]["comparisons"][0]
    assert written["difference"] is None
    assert written["difference_text"] == {INF: "inf", -INF: "-inf"}.get(difference, "nan")


def test_a_baseline_that_costs_nothing_has_no_relative_difference():
    found = compared([1.0, 2.0, 3.0], [0.0, 0.0, 0.0])
    assert (found.relative, found.relative_ci) == (None, None)
    assert found.difference == 2.0


def test_rmse_of_a_perfect_baseline_has_no_standard_error():
    found = compared([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], "rmse")
    assert found.difference == pytest.approx(math.sqrt(14 / 3))
    assert (found.standard_error, found.ci, found.verdict) == (None, None, "undecided")


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
ROWS = st.lists(
    st.tuples(NUMBERS, NUMBERS, NUMBERS, st.sampled_from("xyz"), st.integers(1, 4)), min_size=2, max_size=40
)
EXACT = settings(deadline=None, max_examples=examples(25), derandomize=True)


def tables(rows):
    a, b, label, group, weight = zip(*rows, strict=True)
    ids = [f"i{place}" for place in range(len(rows))]
    labels = pd.DataFrame({"id": ids, "label": label, "g": group, "w": weight})
    return {
        name: pd.DataFrame({"id": ids, "prediction": values}) for name, values in (("b", b), ("a", a))
    }, labels


def figures(report):
    """Return all that a report says, but for rows: those count the rows of a file."""
    told = document(report)
    for result in (one for whole in told["results"] for one in (whole, *whole["groups"])):
        for one in result["comparisons"]:
            one["moved"] = sorted(
                repr(({**sample, "row": None}, sample["difference"])) for sample in one["moved"]
            )
    return told["results"]


@given(rows=ROWS, seed=st.integers(0, 99), block=st.sampled_from([1, 2, 3, 7]))
@EXACT
def test_orders_of_rows_and_sizes_of_blocks_change_no_bit(rows, seed, block):
    models, labels = tables(rows)
    asked = {"loss": ["mse", "mae", "rmse"], "group": "g", "weight": "w", "margin": "5%", "top": None}
    wanted = figures(losscli.compare(models, labels, **asked))
    random = np.random.default_rng(seed)
    shuffled = {name: table.iloc[random.permutation(len(rows))] for name, table in models.items()}
    found = losscli.compare(shuffled, labels.iloc[random.permutation(len(rows))], block_rows=block, **asked)
    assert figures(found) == wanted


@given(rows=ROWS)
@EXACT
def test_shares_of_groups_make_the_difference(rows):
    models, labels = tables(rows)
    result = losscli.compare(models, labels, "mae", group="g")[0]
    (found,) = result.comparisons
    if found.shares is None:
        assert found.difference == 0.0
        return
    assert sum(map(Fraction, found.shares.values())) == pytest.approx(
        1.0, abs=1e-9 * sum(map(abs, found.shares.values()))
    )
    parts = {group.group: group.n * Fraction(group.comparisons[0].difference) for group in result.groups}
    for name, share in found.shares.items():
        part = float(parts[name] / (result.n * Fraction(found.difference)))
        assert share == pytest.approx(part, rel=1e-6, abs=1e-6)


@given(rows=ROWS)
@EXACT
def test_counts_are_repeated_rows(rows):
    a, b, label, _, counts = zip(*rows, strict=True)
    table = pd.DataFrame({"b": b, "a": a, "label": label, "w": counts})
    asked = {"loss": ["mse", "rmse"], "prediction": ["b", "a"], "label": "label"}
    counted = losscli.compare(table, weight="w", weights_are="counts", **asked)
    repeated = losscli.compare(
        table.loc[table.index.repeat(table["w"])].drop(columns="w"), align="position", **asked
    )
    for one, other in zip(counted.results, repeated.results, strict=True):
        mine, its = one.comparisons[0], other.comparisons[0]
        assert one.models == other.models
        for name in ("difference", "ci", "std", "standard_error", "t", "df", "skewness", "p", "relative"):
            assert getattr(mine, name) == getattr(its, name), name


EXTREME = st.sampled_from([0.0, 5e-324, 1e-200, 1e-160, 1.0, 3.0, -1.0, 1e100, 1e153, 1e155, -1e200, 1e300])


@given(
    rows=st.lists(st.tuples(EXTREME, EXTREME, EXTREME, st.sampled_from("xyz")), min_size=1, max_size=20),
    weights=st.none() | st.lists(st.sampled_from([0.0, 1.0, 1e-300, 1e300]), min_size=20, max_size=20),
    more=st.sampled_from(
        [{}, {"group": "g"}, {"cluster": "g"}, {"margin": "1e308%"}, {"anytime": True, "planned_rows": 9}]
    ),
)
@settings(EXACT, max_examples=examples(25))
def test_no_number_is_too_large_or_too_small(rows, weights, more):
    b, a, label, group = zip(*rows, strict=True)
    table = pd.DataFrame({"b": b, "a": a, "label": label, "g": group})
    if weights is not None:
        table["w"] = weights[: len(table)]
        more = {**more, "weight": "w"}
        table.loc[0, "w"] = 1.0
    report = losscli.compare(table, loss=["mse", "mae"], prediction=["b", "a"], label="label", **more)
    assert str(report)
    json.dumps(document(report), allow_nan=False)
    for one in (one for result in report.results for one in result.comparisons):
        assert one.ci is None or one.ci[0] <= one.ci[1]
        assert one.p is None or 0.0 <= one.p <= 1.0


def test_a_row_that_is_bad_for_one_model_is_bad_for_all():
    models = {"b": [1.0, math.nan, 3.0, 5.0], "a": [1.5, 2.0, math.nan, 4.0]}
    with pytest.raises(LosscliError):
        losscli.compare(models, [1.0, 2.0, 3.0, 4.0], "mae")
    result = losscli.compare(models, [1.0, 2.0, 3.0, 4.0], "mae", bad_rows="drop")[0]
    assert (result.n, result.dropped) == (2, 2)
    assert [one.cost for one in result.models] == [0.5, 0.25]


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_row_that_a_loss_refuses_for_one_model_is_left_out_for_all(names):
    values = [[0.2, 0.4, 0.9], [0.3, 1.2, 0.8]]
    models = {name: values["ab".index(name)] for name in names}
    result = losscli.compare(models, [0, 1, 1], "brier", bad_rows="drop")[0]
    assert (result.n, result.dropped) == (2, 1)
    assert {one.name: one.cost for one in result.models} == pytest.approx({"a": 0.025, "b": 0.065})


def test_the_same_models_in_another_order_differ_by_the_sign():
    random = np.random.default_rng(1)
    models = {name: random.normal(size=50) for name in "abc"}
    truth = random.normal(size=50)
    one = losscli.compare(models, truth, "mse", pairs="all")
    other = losscli.compare({"b": models["b"], "a": models["a"], "c": models["c"]}, truth, "mse", pairs="all")
    mine = next(pair for pair in one[0].comparisons if {pair.candidate, pair.baseline} == {"a", "b"})
    its = next(pair for pair in other[0].comparisons if {pair.candidate, pair.baseline} == {"a", "b"})
    assert mine.difference == -its.difference
    assert mine.p == pytest.approx(its.p, rel=1e-9)
    assert mine.ci == pytest.approx((-its.ci[1], -its.ci[0]), rel=1e-9)
    assert one[0].best != ()
    assert {*one[0].best} == {*other[0].best}


def test_a_worse_model_is_not_among_the_best():
    random = np.random.default_rng(1)
    truth = random.normal(size=500)
    models = {name: truth + random.normal(0, size, 500) for name, size in (("a", 1), ("b", 1.0), ("c", 3))}
    assert losscli.compare(models, truth, "mse")[0].best == ("a", "b")
    assert losscli.compare({"b": models["b"], "c": models["c"]}, truth, "mse")[0].best == ("b",)
    assert losscli.compare({"c": models["c"], "b": models["b"]}, truth, "mse")[0].best == ("b",)


def test_what_moved_the_difference_most():
    (found,) = losscli.compare({"b": [1.0, 5, 3, 0], "a": [1.0, 1, 4, 0.5]}, [0.0] * 4, "mae", top=1)[
        0
    ].comparisons
    assert [(one.row, one.difference) for one in (*found.gained, *found.lost)] == [(2, -4.0), (3, 1.0)]


def test_intervals_by_guarantee_and_anytime_are_wider():
    random = np.random.default_rng(2)
    label = random.integers(0, 2, 400)
    models = {name: np.clip(random.normal(0.5, 0.2, 400), 0, 1) for name in "ab"}
    plain, anytime, guarantee = (
        losscli.compare(models, label, "brier", **more)[0].comparisons[0]
        for more in ({}, {"anytime": True, "planned_rows": 400}, {"guarantee": True})
    )
    widths = [found.ci[1] - found.ci[0] for found in (plain, anytime, guarantee)]
    assert 1.4 < widths[1] / widths[0] < 1.7
    assert widths[2] > widths[0]
    assert [found.interval for found in (plain, anytime, guarantee)] == ["wide-t", "anytime", "guarantee"]
    assert anytime.p is None
    assert guarantee.p is None


def test_lag_needs_rows_in_order_and_no_weights():
    with pytest.raises(LosscliError, match="weight"):
        losscli.compare({"a": [1.0, 2], "b": [1.0, 3]}, [0.0, 0], "mse", lag=1, weight="w")


def test_signatures_tell_comparisons_apart():
    models, labels = {"a": [1.0, 2, 4], "b": [1.0, 3, 3]}, [0.0, 1, 2]
    asked = [
        {},
        {"level": 0.9},
        {"adjust": "bh"},
        {"pairs": "all"},
        {"margin": 0.5},
        {"margin": "5%"},
        {"lag": 1},
        {"anytime": True, "planned_rows": 100},
        {"anytime": True, "planned_rows": 200},
    ]
    from losscli.analyses.signature import parts

    signatures = [losscli.compare(models, labels, "mse", **more).signature for more in asked]
    assert len({*signatures}) == len(asked)
    assert [str(parts(one)) for one in signatures] == signatures
    assert parts(signatures[5]).compare == (("adjust", "holm"), ("margin", "5%"))
    assert replace(parts(signatures[6]), ci="wide-t").compare[1] == ("lag", "1")
    plain = losscli.evaluate([1.0, 2, 4], labels, "mse", level=0.95).signature
    assert plain != signatures[0]


def weighted(candidate, baseline, weight, **more):
    table = {"b": baseline, "a": candidate, "label": np.zeros(len(candidate)), "w": weight}
    columns = {"prediction": ["b", "a"], "label": "label", "weight": "w"}
    result = losscli.compare(pd.DataFrame(table), loss=identity, **columns, **more)[0]
    return result, result.comparisons[0]


def test_samples_without_weight_make_no_model_worse():
    _, found = weighted([2.0, *[1.0] * 11], [1.0] * 12, [0.0, *[1.0] * 11])
    assert (found.difference, found.ci, found.p, found.verdict) == (0.0, (0.0, 0.0), 1.0, "identical")
    # Of a constant difference only samples with weight tell.
    _, found = weighted([2.0] * 12, [1.0] * 12, [0.0] * 8 + [1.0] * 4)
    assert (found.p, found.verdict) == (2.0**-3, "undecided")


def test_clusters_that_cancel_out_say_nothing():
    more = {"prediction": ["b", "a"], "label": "label", "cluster": "c"}
    table = {"b": [1.0] * 12, "a": [2.0, 0.5] * 6, "label": [0.0] * 12, "c": np.arange(12) // 2}
    found = losscli.compare(pd.DataFrame(table), loss=identity, **more)[0].comparisons[0]
    assert (found.standard_error, found.p, found.ci, found.verdict) == (0.0, None, None, "undecided")
    # Of a constant difference each cluster is one sample.
    found = losscli.compare(pd.DataFrame(table | {"a": [2.0] * 12}), loss=identity, **more)[0].comparisons[0]
    assert found.p == 2.0**-5


def test_the_unit_of_weights_changes_nothing():
    chance = np.random.default_rng(1)
    a, b, weight = chance.normal(size=40), chance.normal(size=40), chance.integers(1, 5, 40) / 1024
    found = weighted(a, b, weight)[1]
    assert found.effect.dz is not None
    assert found == replace(weighted(a, b, weight * 64)[1], gained=found.gained, lost=found.lost)
    assert math.isclose(found.std, found.standard_error * math.sqrt(40), rel_tol=1e-14)


def test_counts_are_as_of_the_repeated_rows():
    result, found = weighted([1.0, 2.0, 4.0], [2.0, 2.0, 2.0], [3.0, 2.0, 1.0], weights_are="counts")
    effect = found.effect
    assert (effect.better, effect.equal, effect.worse, effect.win_rate) == (3, 2, 1, 4 / 6)
    assert result.n_effective == 6.0


def test_infinite_losses():
    labels = np.zeros(3)

    def huge(label, prediction):
        return np.where(prediction > 1.0, np.inf, prediction - label)

    models = {"b": np.array([2.0, 1.0, 0.5]), "a": np.array([2.0, 1.0, 0.5])}
    result = losscli.compare(models, labels, huge)[0]
    assert result.n_effective == 3.0
    assert (result.comparisons[0].difference, result.comparisons[0].verdict) == (0.0, "identical")


@pytest.mark.parametrize(("lag", "known"), [(3, True), (4, False), (5, False), (9, False)])
def test_more_lags_than_samples_say_nothing(lag, known):
    found = compared([1.0, 2.0, 4.0, 3.0, 5.0], [0.0, 3.0, 1.0, 2.0, 2.5], lag=lag)
    assert (found.standard_error is not None, found.p is not None) == (known, known)


def of_lags(d, lag):
    """(mean, standard error) after Diebold and Mariano, with the factor of Harvey, Leybourne and Newbold."""
    n, mean = len(d), d.mean()
    whole = sum((2 if h else 1) * ((d[h:] - mean) * (d[: n - h] - mean)).sum() / n for h in range(lag + 1))
    return math.sqrt(whole / n / ((n + 1 - 2 * (lag + 1) + (lag + 1) * lag / n) / n))


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_lags_of_means_and_of_roots(lag):
    chance = np.random.default_rng(5)
    a, b = np.cumsum(chance.normal(size=(2, 80)), axis=1) / 3 + chance.normal(size=(2, 80))
    for loss, slopes in (("mse", (1.0, 1.0)), ("rmse", [0.5 / math.sqrt((one**2).mean()) for one in (a, b)])):
        report = losscli.compare({"b": b, "a": a}, np.zeros(80), loss, lag=lag)[0]
        found = report.comparisons[0]
        error = of_lags(slopes[0] * a**2 - slopes[1] * b**2, lag)
        assert math.isclose(found.standard_error, error, rel_tol=1e-10)
        assert math.isclose(found.t, found.difference / error, rel_tol=1e-10)
        assert math.isclose(report.models[1].standard_error, slopes[0] * of_lags(a**2, lag), rel_tol=1e-10)
        assert (found.interval, found.skewness) == ("t", None)
        assert math.isclose(found.p, 2 * stats.t.sf(abs(found.t), 79), rel_tol=1e-10)


def test_models_of_a_few_samples_that_differ_by_a_constant_may_be_the_lowest():
    models = {name: np.arange(3) + by for name, by in (("b", 2.0), ("a", 1.0), ("c", 1.5))}
    assert losscli.compare(models, np.zeros(3), identity)[0].best == ("b", "a", "c")


def test_approximation_is_constant_only_of_what_does_not_vary():
    chance = np.random.default_rng(1).normal(size=40)
    # At a cost of 0 the root has no slope.
    found = compared(np.zeros(40), chance, "rmse")
    assert (found.standard_error, found.approximation) == (None, "ok")
    assert compared([1.0], [2.0]).approximation == "small"
    table = {"b": chance, "a": np.zeros(40), "label": np.zeros(40), "c": np.zeros(40)}
    more = {"prediction": ["b", "a"], "label": "label", "cluster": "c"}
    alone = losscli.compare(pd.DataFrame(table), loss=identity, **more)[0].comparisons[0]
    assert (alone.ci, alone.approximation, alone.verdict) == (None, "small", "undecided")


def test_gates_do_not_depend_on_the_unit_of_weights():
    chance = np.random.default_rng(3)
    label, weight = np.zeros(400), chance.uniform(0.5, 1.5, size=400)
    table = {"prediction": chance.normal(size=400), "label": label}
    found = []
    for unit in (1.0, 4.0 * weight.sum()):
        frame = pd.DataFrame(table | {"w": weight / unit})
        options = {"weight": "w", "gate": ["mse <= 1.4", "mse <= 1.01"], "confidence": 0.95}
        gates = losscli.evaluate(frame, loss="mse", **options).gates
        found.append([(one.verdict, one.rows_needed) for one in gates])
    assert found[0] == found[1]
    assert found[0][0] == ("pass", None)
    assert found[0][1][0] == "undecided"


def test_gate_on_a_model_that_is_not_there_names_those_that_are():
    with pytest.raises(LosscliError, match=r"A gate may begin with a model: old, new"):
        losscli.compare({"old": [1.0, 2.0], "new": [1.0, 3.0]}, [1.0, 2.0], "mse", gate="nwe:mse <= 1")


def test_baseline_beside_predictions_of_no_rows(tmp_path):
    for name, head in (("y", "id,label\n"), ("a", "id,prediction\n")):
        (tmp_path / f"{name}.csv").write_text(head)
    a, y = (str(tmp_path / f"{name}.csv") for name in "ay")
    with pytest.raises(LosscliError, match="no data rows"):
        losscli.evaluate(a, y, "mse", baseline_predictions=a, gate="mse <= baseline", confidence=0.9)


def test_with_lags_models_that_nobody_compared_may_be_the_lowest():
    chance = np.random.default_rng(2).normal(size=(3, 60))
    models = {"b": chance[0] + 9.0, "a": chance[1], "c": chance[2] + 3.0}
    assert losscli.compare(models, np.zeros(60), identity, lag=1)[0].best == ("a", "c")
    assert losscli.compare(models, np.zeros(60), identity, lag=1, pairs="all")[0].best == ("a",)
