"""The standard error of a cost: of a mean, through what a loss makes of it, and where there is none."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.calls import SAMPLES
from helpers.calls import losscli as run

import losscli
from losscli.analyses.evaluate.document import document
from losscli.common.errors import LosscliError
from losscli.loss.registry import find
from losscli.loss.spec import bind

PAIR = [str(SAMPLES / "diabetes_linear.csv"), str(SAMPLES / "diabetes_labels.csv")]
# Student's ten patients: the differences in hours of sleep, t = −4.0621 (R's ?sleep).
SLEEP = (
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]),
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
)


def of(loss, prediction, label, **more):
    (result,) = losscli.evaluate(prediction, label, loss=loss, **more).results
    return result


def test_it_is_the_denominator_of_a_t_test():
    # All differences are of one sign, so that their sizes are the differences.
    result = of("mae", *SLEEP)
    assert result.cost / result.standard_error == pytest.approx(4.0621, abs=5e-5)


def test_through_a_root_it_is_half_of_it_over_the_root():
    mse, rmse = of("mse", *PAIR), of("rmse", *PAIR)
    assert mse.standard_error == pytest.approx(mse.std / math.sqrt(442), rel=1e-15)
    assert rmse.standard_error == pytest.approx(mse.standard_error / (2.0 * rmse.cost), rel=1e-15)


def test_through_an_exponential_it_is_that_times_the_cost():
    generator = np.random.default_rng(5)
    table = pd.DataFrame(generator.dirichlet([1.0, 2.0, 3.0], 50), columns=["p_a", "p_b", "p_c"])
    table["label"] = generator.choice(["a", "b", "c"], 50)
    (entropy,) = losscli.evaluate(table, loss="cross_entropy").results
    (perplexity,) = losscli.evaluate(table, loss="perplexity").results
    assert perplexity.standard_error == pytest.approx(entropy.standard_error * perplexity.cost, rel=1e-14)


@pytest.mark.parametrize("loss", ["rmse", "rmsle"])
def test_costs_of_repeated_samples_spread_as_the_delta_method_says(loss):
    # Of 300 samples each; their costs spread as far as said within 3 %, give or take 2.5 % by chance.
    generator = np.random.default_rng(6)
    found = []
    for _ in range(800):
        label = generator.gamma(3.0, 2.0, 300)
        found.append(of(loss, label * generator.lognormal(0.0, 0.3, 300), label))
    said = np.sqrt(np.mean(np.square([one.standard_error for one in found])))
    assert said == pytest.approx(np.std([one.cost for one in found]), rel=0.08)


def test_a_group_has_its_own():
    grouped = of("mse", *PAIR, group="sex")
    for group in grouped.groups:
        assert group.standard_error == pytest.approx(group.std / math.sqrt(group.n), rel=1e-15)


@pytest.mark.parametrize(
    ("loss", "prediction", "label", "more"),
    [
        ("mse", [1.0, 2.0], [0.0, 0.0], {"reduction": "sum"}),
        ("mse", [1.0], [0.0], {}),
        ("mse", [1e200, 1.0], [0.0, 0.0], {}),
        ("rmse", [1.0, 2.0], [1.0, 2.0], {}),
        # A cost that is finished by something without a derivative.
        (bind(replace(find("mse"), name="odd", finish=abs), {}), [1.0, 2.0], [0.0, 0.0], {}),
    ],
)
def test_where_there_is_none_it_is_none(loss, prediction, label, more):
    assert of(loss, prediction, label, **more).standard_error is None


def test_losses_that_are_all_the_same_have_0():
    assert of("mse", [1.0, 2.0], [1.0, 2.0]).standard_error == 0.0
    assert of("rmse", [1.0, 2.0], [0.0, 1.0]).standard_error == 0.0


def test_every_format_that_lists_figures_has_it(tmp_path):
    reports = [f"{name}={tmp_path / name}" for name in ("csv", "jsonl", "openmetrics", "junit")]
    options = [word for report in reports for word in ("--report", report)]
    (result,) = json.loads(run("evaluate", *PAIR, "--loss", "mse", "--format", "json", *options).stdout)[
        "results"
    ]
    for name in ("csv", "jsonl", "openmetrics", "junit"):
        assert repr(result["standard_error"]) in (tmp_path / name).read_text()
    (pulled,) = json.loads(run("gradient", *PAIR, "--loss", "mse", "--format", "json").stdout)["results"]
    assert pulled["standard_error"] == result["standard_error"]


def test_a_gate_can_be_on_it():
    call = ["evaluate", *PAIR, "--loss", "mse", "--group", "sex", "--quiet"]
    assert not run(*call, "--gate", "mse.stderr < 200", "--gate", "mse.stderr[sex_1] < 400").returncode
    failed = run(*call, "--gate", "mse.stderr < 100")
    assert failed.returncode == 1
    assert "gate failed: mse.stderr < 100: the value is 186.2" in failed.stderr


def test_a_gate_on_that_of_a_sum_is_refused():
    failed = run("evaluate", *PAIR, "--loss", "mse", "--reduction", "sum", "--gate", "mse.stderr < 200")
    assert failed.returncode == 2
    assert "--gate mse.stderr < 200: a sum has no standard error; needed: a mean" in failed.stderr
    with pytest.raises(LosscliError, match='Leave out reduction="sum"'):
        losscli.evaluate(*PAIR, loss="mse", reduction="sum", gate="mse.stderr < 200")


def test_a_gate_on_one_that_is_none_fails():
    report = losscli.evaluate([1.0], [2.0], loss="mse", gate="mse.stderr < 200")
    assert (report.verdict, report.gates[0].reason) == ("fail", "the cost has no standard error")


def test_a_baseline_without_one_has_nothing_to_compare_with():
    one = losscli.evaluate(*PAIR, loss="mse")
    there = document(one)
    del there["results"][0]["standard_error"]
    assert losscli.evaluate(*PAIR, loss="mse", gate="mse <= baseline", baseline=there).verdict == "pass"
    with pytest.raises(LosscliError, match="the cost has no standard error"):
        losscli.evaluate(*PAIR, loss="mse", gate="mse.stderr <= baseline", baseline=there)
