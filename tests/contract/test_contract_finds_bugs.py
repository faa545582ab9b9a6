"""A loss that breaks a clause of the contract fails that clause, and says where."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from losscli.loss import Constraint, Layout, Loss, distance
from losscli.loss.contract.clauses import CLAUSES
from losscli.loss.contract.verify import checks
from losscli.loss.domain import PROBABILITY, REAL, SIGN, Columns, Fields, Interval
from losscli.loss.spec import bind


def declare(value, gradient=None, **changes) -> Loss:
    words = dict.fromkeys(("summary", "formula", "use", "avoid"), "-")
    fields = {"name": "planted", "family": "test", "label": REAL, "prediction": REAL, **words}
    fields |= {"value": value, "gradient": gradient}
    return Loss(**(fields | changes))


def verdicts(loss: Loss, seed: int = 0) -> dict[str, str]:
    return {check.name: check.verdict for check in checks(bind(loss, {}), np.random.default_rng(seed))}


def squared(label, prediction):
    return (prediction - label) ** 2


def squared_gradient(label, prediction):
    return 2 * (prediction - label)


def changing(label, prediction):
    prediction -= label
    return prediction**2


COUNTER = itertools.count(1)

BROKEN = {
    "shape": declare(lambda label, prediction: np.float64(np.mean((prediction - label) ** 2))),
    "shape of one column": declare(lambda label, prediction: ((prediction - label) ** 2)[:, None]),
    "shape by type": declare(lambda label, prediction: ((prediction - label) ** 2).astype(np.float32)),
    "shape of the gradient": declare(squared, lambda label, prediction: np.ones(1)),
    "finite": declare(lambda label, prediction: np.log(prediction - label) ** 2),
    "finite at 0": declare(lambda label, prediction: np.abs(prediction - label) / (prediction - label)),
    "finite when huge": declare(lambda y, p: squared(y, p) - squared(p, y)),
    "finite in every column": declare(
        lambda label, prediction: squared(label, prediction).sum(axis=1),
        lambda label, prediction: 2 * squared(label, prediction) / (prediction - label),
        label=Columns(REAL), prediction=Columns(REAL), layout=Layout.VECTOR, error=distance,
    ),
    "finite slope, unless steep": declare(
        lambda label, prediction: np.abs(prediction - label),
        lambda label, prediction: np.where(prediction == label, np.inf, np.sign(prediction - label)),
    ),
    "pure": declare(changing),
    "deterministic": declare(lambda label, prediction: squared(label, prediction) + next(COUNTER)),
    "rowwise": declare(lambda label, prediction: squared(label, prediction - prediction.mean())),
    "rowwise by position": declare(lambda y, p: squared(y, p) + np.arange(len(y))),
    "gradient": declare(squared, lambda label, prediction: prediction - label),
    "gradient by sign": declare(squared, lambda label, prediction: 2 * (label - prediction)),
    "gradient at a kink": declare(
        lambda label, prediction: np.abs(prediction - label),
        lambda label, prediction: np.where(prediction == label, 1.5, np.sign(prediction - label)),
    ),
    "non_negative": declare(lambda label, prediction: squared(label, prediction) - 1),
    "non_negative zero": declare(lambda label, prediction: -0.0 * np.abs(prediction - label)),
    "zero_at_perfect": declare(lambda label, prediction: squared(label, prediction) + 1e-300),
    "convex": declare(lambda label, prediction: np.sqrt(np.abs(prediction - label))),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_the_broken_clause_fails(name):
    clause = name.split()[0]
    found = next(
        check for check in checks(bind(BROKEN[name], {}), np.random.default_rng(0)) if check.name == clause
    )
    assert found.verdict == "fail"
    assert found.detail


def test_a_sound_loss_passes_every_clause_in_the_order_of_the_contract():
    found = verdicts(declare(squared, squared_gradient))
    assert list(found) == [
        "shape", "finite", "pure", "deterministic", "rowwise", "gradient", "non_negative", "zero_at_perfect",
        "convex",
    ]  # fmt: skip
    assert list(found) == list(CLAUSES)
    assert set(found.values()) == {"pass"}


def test_what_is_not_claimed_is_a_fact():
    loss = declare(
        lambda label, prediction: np.sin(prediction - label) + 1.0,
        non_negative=False, zero_at_perfect=False, convex=False,
    )  # fmt: skip
    found = verdicts(loss)
    assert [found[name] for name in ("non_negative", "zero_at_perfect", "convex")] == ["fact"] * 3
    assert found["gradient"] == "skipped"


def test_a_wrong_shape_leaves_the_rest_untried():
    found = verdicts(BROKEN["shape"])
    assert found.pop("shape") == "fail"
    assert set(found.values()) == {"skipped"}


def test_every_subgradient_of_a_kink_passes():
    for at_kink in (-1.0, -0.3, 0.0, 1.0):
        loss = declare(
            lambda label, prediction: np.abs(prediction - label),
            lambda label, prediction, at=at_kink: np.where(
                prediction == label, at, np.sign(prediction - label)
            ),
        )
        assert verdicts(loss)["gradient"] == "pass"


def test_rows_that_break_the_constraint_or_do_not_count_are_not_tried():
    def undefined_outside(label, prediction):
        return np.where((prediction > 0) | (label == 0), np.where(label > 0.5, np.nan, 1.0), np.nan)

    loss = declare(
        undefined_outside, label=PROBABILITY, prediction=PROBABILITY,
        zero_at_perfect=False, layout=Layout.SCALAR,
        constraint=Constraint("a prediction of 0 only where the label is 0", lambda y, p: (p == 0) & (y > 0)),
        counts=lambda label, prediction: label <= 0.5,
    )  # fmt: skip
    assert "fail" not in verdicts(loss).values()


def test_losses_on_named_columns_are_tried_inside_of_their_order():
    box = Fields((("lower", REAL), ("upper", REAL)), ordered=(("lower", "upper"),))

    def width(label, prediction):
        return np.sqrt(prediction[:, 1] - prediction[:, 0])

    def gradient(label, prediction):
        half = 0.5 / np.maximum(width(label, prediction), 1e-300)
        return np.stack([-half, half], axis=1)

    loss = declare(
        width, gradient, prediction=box, layout=Layout.NAMED, zero_at_perfect=False, convex=False,
        error=lambda label, prediction: label - prediction[:, 0],
        perfect=lambda label, prediction: np.stack([label, label + 1.0], axis=1),
    )  # fmt: skip
    assert loss.columns == ("lower", "upper")
    found = verdicts(loss)
    assert found["gradient"] == "pass"
    assert "fail" not in found.values()


def test_losses_on_vectors_are_tried_with_as_many_columns_on_both_sides():
    def cosine(label, prediction):
        lengths = np.sqrt((label * label).sum(axis=1)) * np.sqrt((prediction * prediction).sum(axis=1))
        return np.maximum(1.0 - (label * prediction).sum(axis=1) / lengths, 0.0)

    directions = Columns(Interval(-10.0, 10.0), nonzero=True)
    loss = declare(
        cosine, label=directions, prediction=directions, layout=Layout.VECTOR, convex=False,
        zero_at_perfect=False, error=lambda label, prediction: (label - prediction)[:, 0],
    )  # fmt: skip
    found = verdicts(loss)
    assert found.pop("rowwise") in ("pass", "fail")  # sums by column are not the same bits in every layout
    assert "fail" not in found.values()


def test_margin_losses_are_perfect_where_they_say_so():
    loss = declare(
        lambda label, prediction: np.maximum(2.0 - label * prediction, 0.0), label=SIGN,
        perfect=lambda label, prediction: 2.0 * label,
    )  # fmt: skip
    assert verdicts(loss)["zero_at_perfect"] == "pass"


def test_a_slope_may_be_infinite_where_that_is_claimed():
    loss = declare(
        lambda label, prediction: 1.0 - np.sqrt(prediction),
        lambda label, prediction: -0.5 / np.sqrt(prediction),
        prediction=PROBABILITY, zero_at_perfect=False,
    )  # fmt: skip
    assert verdicts(loss)["finite"] == "fail"
    assert verdicts(dataclasses.replace(loss, steep=True))["finite"] == "pass"
