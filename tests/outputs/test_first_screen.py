"""What `evaluate` shows first: that it fits on a screen, in which order, and how figures are named."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from helpers.calls import losscli
from helpers.render_samples import EVERYTHING, MSE, PLAIN, RMSE
from rich.cells import cell_len

from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.sketch import Sketch
from losscli.outputs.drawing.console import Looks
from losscli.outputs.formats import load
from losscli.outputs.views.evaluation import EvaluationView
from losscli.outputs.views.first_screen import drawn

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")
PROBLEMS = {
    "mse": (*PAIR, "--loss", "mse"),
    "binary_cross_entropy": ("cancer_logistic.csv", "cancer_labels.csv", "--loss", "binary_cross_entropy"),
    "cross_entropy": ("wine_bayes.csv", "wine_labels.csv", "--loss", "cross_entropy"),
    "hinge": ("cancer_scores.csv", "cancer_signs.csv", "--loss", "hinge"),
    "rmse": (*PAIR, "--loss", "rmse"),
}


def page(*arguments, width=80, **more):
    return losscli("evaluate", *arguments, COLUMNS=width, merged=True, **more).stdout.splitlines()


def of(*results, **more):
    return replace(PLAIN, results=results, **more)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    path = tmp_path_factory.mktemp("baseline") / "main.json"
    losscli("evaluate", *PAIR, "--loss", "mse", "--format", "json", "--output", path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_one_loss_fits_on_a_screen_below_the_command(problem, encoding):
    lines = page(*PROBLEMS[problem], PYTHONIOENCODING=encoding)
    assert len(lines) <= 23
    assert all(cell_len(line) <= 80 for line in lines)


@pytest.mark.parametrize("level", [(), ("--level", "0.9999")])
def test_a_gate_and_a_baseline_fit_on_it_too(baseline, level):
    lines = page(*PAIR, "--loss", "mse", *level, "--baseline", baseline, "--gate", "mse <= baseline + 2%")
    assert len(lines) <= 24
    assert ("99.99 %: " in "".join(lines)) is bool(level)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_an_interval_takes_no_line(problem):
    lines = page(*PROBLEMS[problem], "--level", "0.95")
    assert len(lines) <= len(page(*PROBLEMS[problem])) + 1
    assert len(lines) <= 24
    assert all(cell_len(line) <= 80 for line in lines)


def test_each_further_loss_takes_a_line_or_two():
    sizes = [
        len(page(*PAIR, *(word for loss in losses for word in ("--loss", loss))))
        for losses in (["mse"], ["mse", "mae"], ["mse", "mae", "huber:delta=2"])
    ]
    assert all(0 < after - before <= 2 for before, after in pairwise(sizes))


def test_the_order_is_that_of_what_matters(baseline):
    text = "\n".join(
        page(*PAIR, "--loss", "mse", "--group", "sex", "--baseline", baseline, "--fail-above", "1")
    )
    marks = (
        "predictions  diabetes", "labels  ", "fail: mse <= 1: the value is 2978.4128969905414",
        "mse  cost  2978.4128969905414  ± 186  n 442", "baseline 2978.4128969905414, +0 %", "losses",
        "Groups", "The 5 worst samples: mse", "More: --full, --top N, --format json.", "Signature",
    )  # fmt: skip
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen_but_for_a_number(width):
    found = load("table").render(PLAIN, Looks(width=width)).splitlines()
    assert all(len(line) <= max(width, 20) for line in found)


def test_full_shows_everything_and_top_more_samples():
    short, full = (
        page(*PAIR, "--loss", "mse", "--loss", "mae"),
        page(*PAIR, "--loss", "mse", "--loss", "mae", "--full"),
    )
    assert len(full) > 2 * len(short)
    assert "The 10 worst samples: mae" in full
    assert "The 10 worst samples: mae" in page(*PAIR, "--loss", "mae", "-v")
    assert "The 10 worst samples: mse" in page(*PAIR, "--loss", "mse", "--top", "10")
    assert "The 5 worst samples: mse" in short
    assert not any("worst" in line for line in page(*PAIR, "--loss", "mse", "--top", "0"))
    assert "All 442 samples: mse" in page(*PAIR, "--loss", "mse", "--all")


def test_other_formats_have_all_they_had():
    whole = losscli("evaluate", *PAIR, "--loss", "mse", "--format", "markdown").stdout
    assert "### The 10 worst samples: `mse`" in whole
    assert "| standard error |" in whole.replace("| loss | cost ", "")


def test_figures_of_losses_before_they_are_finished_are_labelled():
    odd = replace(RMSE, loss="odd", finish="log(mean)")
    for full in (False, True):
        text = load("table").render(EvaluationView(of(MSE, RMSE, odd), full=full))
        assert "rmse: of the losses (before the root)" in text
        assert "odd: of the losses (before log(mean))" in text
        assert "mse: of the losses" not in text.replace("rmse: ", "")
    grouped = replace(RMSE, groups=(replace(RMSE, group="a"),))
    assert load("table").render(EvaluationView(of(grouped), full=True)).count("(before the root)") == 2
    assert "of the losses (before the root)" in load("markdown").render(of(RMSE))


def test_groups_of_all_losses_are_one_table():
    text = page(*PAIR, "--loss", "mse", "--loss", "rmse", "--group", "sex", width=100)
    start = text.index("Groups")
    assert text[start + 1].split() == ["group", "n", "mse", "rmse"]
    assert text[start + 3].split()[:2] == ["sex_1", "235"]
    alone = page(*PAIR, "--loss", "mse", "--group", "sex", width=100)
    assert "± " in alone[alone.index("Groups") + 3]


def test_what_was_left_out_and_what_the_cost_is_stands_behind_it():
    left = replace(MSE, dropped=3, ignored=2, clipped=1)
    assert "n 442, 3 dropped, 2 ignored, 1 clipped" in load("table").render(of(left))
    assert "n 442, weighted mean" in load("table").render(of(replace(MSE, weight_sum=443.0)))
    assert "n 442, sum" in load("table").render(of(MSE, reduction="sum"))


def test_a_cost_without_a_standard_error_has_none():
    assert "±" not in load("table").render(of(replace(MSE, standard_error=None)))


@pytest.mark.parametrize(
    ("cost", "there", "said"),
    [
        (3.0, 2.0, "baseline 2.0, +50 %"),
        (-3.0, -2.0, "baseline -2.0, -50 %"),
        (3.0, 0.0, "baseline 0.0\n"),
        (float("inf"), 2.0, "baseline 2.0\n"),
        (2.0, 2.0, "baseline 2.0, +0 %"),
    ],
)
def test_the_change_from_a_baseline_is_in_per_cent_of_it(cost, there, said):
    text = load("table").render(of(replace(MSE, cost=cost, baseline=there)))
    assert said in text


def test_of_many_gates_those_that_did_not_pass_are_shown():
    text = load("table").render(EVERYTHING)
    assert re.search(r"and \d+ more", text)
    assert text.index("  fail") < text.index("  pass")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0] * 3 + [1.0] * 2, Sketch("values", (3, 2), (0.0, 1.0))),
        ([5.0], Sketch("values", (1,), (5.0,))),
        ([np.inf, 1.0, 1.0], Sketch("values", (2, 1), (1.0, np.inf))),
    ],
)
def test_few_values_are_counted_one_by_one(values, expected):
    assert Distribution.of(np.array(values)).ordered().sketch(12) == expected


def test_losses_that_span_decades_have_logarithmic_bins_and_zeros_of_their_own():
    values = np.concatenate([np.zeros(100), np.random.default_rng(7).lognormal(0.0, 4.0, 5000)])
    found = Distribution.of(values).ordered().sketch(12)
    assert found is not None
    assert (found.scale, found.counts[0], sum(found.counts), len(found.counts)) == ("log", 100, 5100, 13)
    # On that axis they are a bell.
    assert max(found.counts[1:]) == max(found.counts[6:8])
    assert drawn(found).endswith(" (log)")


def test_other_losses_have_bins_of_one_width():
    for values in (np.random.default_rng(8).normal(0.0, 1.0, 500) ** 2, np.arange(-5.0, 5.0)):
        found = Distribution.of(values).ordered().sketch(12)
        assert found is not None
        assert (found.scale, sum(found.counts)) == ("linear", len(values))
        assert found.counts == Distribution.of(values).picture(12)[1]


def test_a_sketch_does_not_depend_on_blocks():
    values = np.random.default_rng(9).lognormal(0.0, 4.0, 1000)
    parts = Distribution.empty()
    for part in np.array_split(values[::-1], 7):
        parts = parts.merge(Distribution.of(part))
    assert parts.ordered().sketch(12) == Distribution.of(values).ordered().sketch(12)
    assert Distribution.empty().ordered().sketch(12) is None


def test_of_a_histogram_only_two_values_are_sure():
    two, three = (np.resize(values, 1_000_001) for values in ([0.0, 1.0], [0.0, 1.0, 2.0]))
    assert Distribution.of(two).ordered().sketch(12) == Sketch("values", (500_001, 500_000), (0.0, 1.0))
    assert Distribution.of(three).ordered().sketch(12).scale != "values"


def test_the_fullest_bin_is_full_and_one_loss_is_never_invisible():
    assert drawn(Sketch("linear", (100, 1, 0, 50))) == "█▁ ▄"
    assert drawn(Sketch("values", (3, 2), (0.0, 0.25))) == "3\u00a0× 0, 2\u00a0× 0.25"
