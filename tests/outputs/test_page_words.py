"""What a page says in words, against what is so: ties, weights, rows left out, rare events, and all sizes."""

import re

import numpy as np
import pytest
from helpers.pages import Node, parsed

import losscli


def page(table: dict, loss: str | list[str] = "mse", **options) -> Node:
    return parsed(losscli.evaluate(table, loss=loss, page=True, **options).to_html())


def told(found: Node, title: str) -> str:
    """Return what stands above the first figure with a title; nothing where there is none."""
    for one in found.all("figure"):
        if one.all("svg")[0].all("title")[0].text == title:
            return " ".join(part.text for part in one.all("p"))
    return ""


SPREAD, WORST = "How the losses are spread", "How much the worst samples matter"
PARTS, BIAS = "What the cost is made of", "Where predictions are too high or too low"


def test_half_of_the_losses_are_below_a_median_that_few_share():
    label = np.zeros(200)
    prediction = np.r_[np.zeros(140), 1.0 + np.arange(60)]
    assert told(page({"label": label, "prediction": prediction}, "mae"), SPREAD).startswith(
        "Half of the losses are at most 0;"
    )
    prediction = 1.0 + np.arange(200)
    assert told(page({"label": label, "prediction": prediction}, "mae"), SPREAD).startswith(
        "Half of the losses are below 100.5;"
    )


@pytest.mark.parametrize("n", [11, 19, 101, 442])
def test_the_worst_of_losses_that_are_nearly_alike_carry_their_share(n):
    prediction = 1.0 + 1e-6 * np.arange(n)
    said = told(page({"label": np.zeros(n), "prediction": prediction}, "mae"), WORST)
    assert "the worst 10 % carry 10 %." in said
    assert "comes from 50 % of the samples" in said


def test_a_sample_that_a_share_cuts_in_two_counts_in_part():
    prediction = np.r_[np.ones(13), 2.0, 5.0]
    said = told(page({"label": np.zeros(15), "prediction": prediction}, "mae"), WORST)
    # 1.5 of 15 samples: 5 + 0.5 · 2 of 20.
    assert "the worst 10 % carry 30 %." in said


def test_weights_that_sum_to_the_number_of_samples_are_weights():
    n, random = 400, np.random.default_rng(5)
    weight = np.tile([0.5, 1.5], n // 2)
    probability = random.random(n)
    label = (random.random(n) < probability).astype(float)
    table = {"label": label, "prediction": probability, "weight": weight}
    for loss in ("brier", "mse"):
        found = page(table, loss, weight="weight")
        assert not told(found, PARTS)
        assert "of the cost without weights" in told(found, SPREAD)
        assert told(found, WORST).startswith("Half of the cost without weights comes from")
        del table["weight"]
        found = page(table, loss)
        assert told(found, PARTS)
        assert "without weights" not in told(found, SPREAD)
        table["weight"] = weight


def test_an_mse_of_other_rows_than_those_of_the_first_loss_is_not_taken_apart():
    label, prediction = np.random.default_rng(5).random((2, 98))
    table = {"label": np.r_[label, -3.0, -4.0], "prediction": np.r_[prediction, 2.0, 90.0]}
    assert not told(page(table, ["msle", "mse"], bad_rows="drop"), PARTS)
    assert told(page(table, ["mse", "msle"], bad_rows="drop"), PARTS)


def test_a_constant_tells_nothing_apart():
    for seed in range(20):
        label = np.random.default_rng(seed).normal(size=60)
        said = told(page({"label": label, "prediction": np.full(60, 0.5)}), PARTS)
        assert float(said.split(" − ")[1].split(" + ")[0]) == 0.0, said


def test_parts_of_a_small_cost_have_digits():
    probability = np.full(5000, 0.0009)
    label = (np.arange(5000) % 1000 == 0).astype(float)
    said = told(page({"label": label, "prediction": probability}, "brier"), PARTS)
    cost, uncertainty, gained, lost = map(float, re.split(" [=−+] ", said.partition(":")[0]))
    assert (cost, uncertainty) == pytest.approx((0.000999, 0.000999), rel=1e-3)
    assert cost == pytest.approx(uncertainty - gained + lost)


@pytest.mark.parametrize("size", [2.0**-600, 2.0**-1000, 2.0**500])
def test_what_is_said_of_numbers_does_not_depend_on_their_size(size):
    label, error = np.random.default_rng(5).normal(size=(2, 120))
    said = []
    for factor in (1.0, size):
        found = page({"label": factor * label, "prediction": factor * (label + error)}, "mae")
        words = told(found, "Labels and predictions") + told(found, BIAS).split(":")[0]
        said.append(words)
    assert said[0] == said[1]
    assert "correlation is 0." in said[0]


def test_one_huge_error_changes_the_interval_of_its_own_bin_alone():
    label, error = np.random.default_rng(5).normal(size=(2, 240))
    prediction = label + 0.1 * error
    few = told(page({"label": label, "prediction": prediction}, "mae"), BIAS)
    prediction[np.argmax(prediction)] = 1e250
    found = told(page({"label": label, "prediction": prediction}, "mae"), BIAS)
    count, other = (
        int((re.match("[0-9]+ of 12 bins", said) or ["0"])[0].split()[0]) for said in (few, found)
    )
    assert abs(count - other) <= 1


def test_one_loss_is_infinite_and_two_are():
    for count, words in ((1, "; 1 is infinite."), (2, "; 2 are infinite.")):
        prediction = 1.0 + np.arange(60)
        prediction[:count] = 1e200
        said = told(page({"label": np.zeros(60), "prediction": prediction}), SPREAD)
        assert said.endswith(words)


def test_how_many_gave_their_true_class_little_is_counted_exactly():
    true = np.r_[np.full(3, 1 / 128), np.full(5, 0.0078), np.full(92, 0.9)]
    table = {"label": ["a"] * 100, "prob_a": true, "prob_b": 1.0 - true}
    said = told(page(table, "cross_entropy"), "How probable was the true class?")
    assert "8 % of the samples (8) gave their true class less than 0.5" in said
    assert "and 5 % (5) less than 1 in 128." in said


def test_what_is_not_all_does_not_read_as_100_percent():
    label = (np.arange(20_000) % 5000 == 0).astype(float)
    found = page({"label": label, "prediction": np.full(20_000, 0.0002)}, "brier")
    assert told(found, "How far are the labels told apart?").startswith("99.98 % of the samples")
    assert "99.98 % of the samples are right (19996 of 20000)" in told(
        found, "Which label is taken for which"
    )


def test_models_that_cost_the_same_are_told_as_such():
    label, prediction = np.random.default_rng(5).normal(size=(2, 60))
    labels = {"label": label, "place": ["a", "b"] * 30}
    models = {name: {"prediction": prediction} for name in ("one", "two")}
    report = losscli.compare(models, labels, loss="mae", group="place", page=True)
    found = parsed(report.to_html())
    assert told(found, "Differences") == "Both cost the same, on every sample."
    assert not told(found, "Difference by group")


def test_one_bin_of_probabilities_is_told_as_one():
    table = {"label": np.arange(40) % 2, "prediction": np.full(40, 0.5)}
    said = told(page(table, "brier"), "Do probabilities come true?")
    assert said.startswith("There is one bin, in which the share is not further from the probability than")
    assert "explains: the probability is about 0.5, and it came true in 50 % (20 of 40)." in said
