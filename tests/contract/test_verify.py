"""The trial of a loss: raising is charged to one clause, counter-examples are small, facts are facts."""

from __future__ import annotations

import dataclasses
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from losscli.common.errors import LosscliError
from losscli.loss import registry
from losscli.loss.contract.clauses import CLAUSES
from losscli.loss.contract.tails import character
from losscli.loss.contract.verify import checks
from losscli.loss.custom import declare
from losscli.loss.domain import BINARY, PROBABILITY, SIGN, Domain, Interval
from losscli.loss.spec import bind, parse_spec
from losscli.loss.user_code import UserCode

CODE = UserCode(__file__)
CALLS = count()


def trial(function, gradient=None, *, seed=0, rows=256, **changes):
    loss = dataclasses.replace(declare(function, "planted", CODE, gradient), **changes)
    found = checks(bind(loss, {}), np.random.default_rng(seed), rows)
    assert [check.name for check in found] == list(CLAUSES)
    return {check.name: check for check in found}


def failed(found):
    return [name for name, check in found.items() if check.verdict == "fail"]


def squared(label, prediction):
    return (prediction - label) ** 2


def far_off(label, prediction):
    if (prediction > 7.3).any():
        raise ValueError("too far")
    return squared(label, prediction)


def never(label, prediction):
    raise OSError("gone")


def changing_some(label, prediction):
    if (prediction < 0).any():
        prediction[prediction < 0] = 0
    return squared(label, prediction)


def both(label, prediction):
    changing_some(label, prediction)
    return far_off(label, prediction)


def one_row_alone(label, prediction):
    if len(label) == 1:
        raise ValueError("alone")
    return squared(label, prediction)


def several_rows(label, prediction):
    return np.full(1, 1.0 if label > prediction else 0.0)


class TestRaising:
    def test_for_some_values_it_is_a_failure_of_finite_and_the_rest_is_held_on_the_others(self):
        found = trial(far_off)
        assert failed(found) == ["finite"]
        detail = found["finite"].detail
        assert "far_off raised ValueError: too far, at label 0, prediction 9" in detail
        assert f"{Path(__file__).name} line {far_off.__code__.co_firstlineno + 2}:" in detail
        assert found["non_negative"].detail == "never negative in the samples tried; least: 0"

    def test_for_every_value_nothing_else_is_tried(self):
        found = trial(never)
        assert failed(found) == ["finite"]
        assert found["finite"].detail.endswith("never raised OSError: gone, at label 0, prediction 0")
        assert {check.verdict for name, check in found.items() if name != "finite"} == {"skipped"}

    def test_for_huge_values_only(self):
        def overflowing(label, prediction):
            if (abs(prediction) > 1e200).any():
                raise OverflowError
            return abs(prediction - label)

        found = trial(overflowing)
        assert failed(found) == ["finite"]
        assert "overflowing raised OverflowError, at label 0, prediction" in found["finite"].detail

    def test_changing_an_argument_is_a_failure_of_pure_alone(self):
        found = trial(changing_some)
        assert failed(found) == ["pure"]
        assert "changing_some changes its arguments" in found["pure"].detail
        assert found["pure"].detail.endswith("at label 0, prediction -1")
        assert found["deterministic"].verdict == "pass"

    def test_several_kinds_are_each_told(self):
        assert failed(trial(both)) == ["finite", "pure"]

    def test_for_one_row_alone_or_for_several_together(self):
        found = trial(one_row_alone)
        assert "finite" in failed(found)
        found = trial(several_rows)
        assert failed(found) == ["finite"] or failed(found) == ["shape"]

    def test_a_wrong_result_is_a_failure_of_shape(self):
        found = trial(lambda label, prediction: squared(label, prediction).mean())
        assert failed(found) == ["shape"]
        assert "returned a float64 for 1 row; needed: an array of shape (1,)" in found["shape"].detail

    def test_of_the_gradient_alone(self):
        found = trial(squared, lambda label, prediction: prediction * never(label, prediction))
        assert failed(found) == ["finite"]

    def test_an_unguarded_loss_is_told_too(self):
        found = trial(squared, value=lambda label, prediction: 1 / 0)
        assert failed(found) == ["finite"]
        assert (
            found["finite"].detail == "raised ZeroDivisionError: division by zero, at label 0, prediction 0"
        )

    def test_outside_of_the_domain_it_may_raise(self):
        def strict(label, prediction):
            if ((prediction < 0) | (prediction > 1)).any():
                raise ValueError
            return squared(label, prediction)

        def slope(label, prediction):
            return 2 * (prediction - label)

        found = trial(strict, slope, label=PROBABILITY, prediction=PROBABILITY)
        assert failed(found) == []
        assert found["gradient"].verdict == "pass"


class TestCounterExamples:
    @pytest.mark.parametrize(
        ("function", "clause", "ending"),
        [
            (lambda y, p: np.log(p + 1e-9), "finite", "at label 0, prediction -1"),
            (lambda y, p: np.where(p > 3.7, np.inf, 0.0), "finite", "at label 0, prediction 5"),
            (lambda y, p: np.where(y - p > 4.5, np.nan, 0.0), "finite", "at label 0, prediction -5"),
            (
                lambda y, p: squared(y, p) - p.mean(),
                "rowwise",
                "label 0, prediction 0; label 0, prediction 1",
            ),
            (
                lambda y, p: squared(y, p) + np.random.default_rng(next(CALLS)).random(len(p)),
                "deterministic",
                "label 0, prediction 0",
            ),
        ],
        ids=["negative", "threshold", "difference", "mean", "chance"],
    )
    def test_are_small(self, function, clause, ending):
        for seed in range(3):
            found = trial(function, seed=seed)[clause]
            assert found.verdict == "fail"
            assert found.detail.endswith(ending), found.detail

    def test_of_a_gradient_are_small(self):
        found = trial(squared, lambda label, prediction: 2.1 * (prediction - label))["gradient"]
        assert found.detail == "gradient is 2.1, the difference quotient 2 at label 0, prediction 1"

    @pytest.mark.parametrize(
        ("function", "clause", "detail"),
        [
            (lambda y, p: squared(y, p) - 1, "non_negative", "-1 at label 0, prediction 0"),
            (lambda y, p: squared(y, p) + 2, "zero_at_perfect", "costs 2 at label 0, prediction 0"),
            (lambda y, p: np.sqrt(abs(p - y)), "convex", "not convex at label 0, between 0 and 1"),
        ],
        ids=["negative", "costly", "bent"],
    )
    def test_make_facts_of_functions_and_failures_of_claims(self, function, clause, detail):
        as_function, as_claim = trial(function)[clause], trial(function, **{clause: True})[clause]
        assert (as_function.verdict, as_claim.verdict) == ("fact", "fail")
        assert as_function.detail.startswith(detail)
        assert as_claim.detail.startswith(detail)

    def test_stay_inside_of_the_domain(self):
        found = trial(lambda y, p: np.log(p - 2.5), prediction=Interval(2.0, 9.0), label=SIGN)["finite"]
        assert found.verdict == "fail"
        prediction = float(found.detail.rpartition(" ")[2])
        assert 2.0 <= prediction <= 2.5

    def test_of_rows_of_probabilities_stay_rows_of_probabilities(self):
        loss = registry.find("cross_entropy")
        broken = dataclasses.replace(loss, value=lambda y, p, **_: -np.log(p[:, 0]) - 1.0, non_negative=True)
        found = {one.name: one for one in checks(bind(broken, {}), np.random.default_rng(0))}
        assert found["non_negative"].detail == "-1 at label 0, prediction (1, 0, 0, 0)"

    def test_are_the_same_for_the_same_seed(self):
        first, second = (trial(far_off, seed=5) for _ in range(2))
        assert first == second


class TestFacts:
    def test_a_function_claims_nothing(self):
        found = trial(squared)
        assert [found[name].verdict for name in ("non_negative", "zero_at_perfect", "convex")] == ["fact"] * 3
        assert found["gradient"].verdict == "skipped"
        assert found["zero_at_perfect"].detail == "every perfect prediction tried costs 0"
        assert found["convex"].detail == "convex in all samples tried; tails: quadratic on both sides"

    @pytest.mark.parametrize(
        ("function", "tails"),
        [
            (np.abs, "linear on both sides"),
            (lambda e: np.where(e < 0, -e, e**2), "linear left, quadratic right"),
            (lambda e: np.exp(e) - e - 1, "linear left, exponential right"),
            (lambda e: np.log1p(e**2), "sublinear on both sides"),
            (lambda e: np.sqrt(np.abs(e)), "sublinear on both sides"),
            (lambda e: e**30 / (1 + e**30), "undefined on both sides"),
            (lambda e: e**2 / (1 + e**2), "bounded on both sides"),
            (lambda e: 1 - np.exp(-(e**2)), "bounded on both sides"),
            (lambda e: np.tanh(e) ** 2, "bounded on both sides"),
            (np.sin, "bounded on both sides"),
            (lambda e: np.abs(e) ** 1.5, "of power 1.5 on both sides"),
            (lambda e: e**4, "of power 4 on both sides"),
            (lambda e: e**30, "of power 30 on both sides"),
            (lambda e: -e, "linear left, linear downwards right"),
            (lambda e: -np.exp(e), "bounded left, exponential downwards right"),
            (lambda e: np.exp(0.01 * np.abs(e)), "exponential on both sides"),
        ],
    )
    def test_growth_in_the_tails(self, function, tails):
        loss = declare(lambda y, p: function(p - y), "planted", CODE)
        with np.errstate(all="ignore"):
            assert character(bind(loss, {}))[0] == f"tails: {tails}"

    @pytest.mark.parametrize(
        ("function", "flat"),
        [
            (lambda e: np.maximum(np.abs(e) - 0.7, 0), "from -0.7 to 0.7"),
            (lambda e: np.maximum(e - 1.25, 0), "up to 1.25"),
            (lambda e: np.minimum(np.abs(e), 3.0), "up to -3, or from 3 on"),
            (lambda e: e * 0 + 1, "any number"),
            (lambda e: np.clip(np.abs(e) - 1, 0, 20), "from -1 to 1"),
            (
                np.floor,
                "from -8 to -7, or from -7 to -6, or from -6 to -5 and in 13 more places",
            ),
        ],
    )
    def test_where_it_is_flat(self, function, flat):
        loss = declare(lambda y, p: function(p - y), "planted", CODE)
        assert f"flat where the error is {flat}" in character(bind(loss, {}))

    @pytest.mark.parametrize(
        ("spec", "facts"),
        [
            ("mse", ["tails: quadratic on both sides"]),
            (
                "hinge",
                [
                    "at label 1, tails: linear left, bounded right, flat where the prediction is from 1 on",
                    "at label -1, tails: bounded left, linear right, flat where the prediction is up to -1",
                ],
            ),
            ("gan_generator", ["tails: linear left, bounded right"]),
            ("cross_entropy:from_logits=true", ["tails: linear left, bounded right"]),
            ("poisson_nll", ["tails: linear right"]),
            ("cross_entropy", []),
            ("binary_cross_entropy", []),
            ("gaussian_nll", []),
        ],
    )
    def test_of_built_in_losses(self, spec, facts):
        assert character(parse_spec(spec, registry.find)) == facts

    def test_two_equal_points_beside_a_minimum_are_not_flat(self):
        loss = declare(lambda y, p: (p - y - 1 / 32) ** 2, "planted", CODE)
        assert character(bind(loss, {})) == ["tails: quadratic on both sides"]

    def test_a_label_that_does_not_count_is_not_looked_at(self):
        loss = declare(lambda y, p: np.where(y == 0, abs(p), p**2), "planted", CODE)
        loss = dataclasses.replace(loss, label=BINARY, counts=lambda y, p: y == 0)
        assert character(bind(loss, {})) == ["tails: linear on both sides"]

    def test_nothing_is_said_of_a_loss_that_raises_there(self):
        assert character(bind(declare(never, "planted", CODE), {})) == []


class Nothing(Domain):
    def _describe(self):
        return "nothing"

    def _outside(self, values):
        return np.ones(len(values), dtype=bool)

    def _sample(self, random, rows, classes):
        return np.zeros(rows)


def test_without_a_sample_in_the_domain_there_is_no_verdict():
    with pytest.raises(LosscliError, match="planted: no sample drawn from its domains is inside them"):
        trial(squared, label=Nothing())
