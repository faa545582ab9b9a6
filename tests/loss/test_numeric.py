"""Elementary functions against mpmath, and sums whose bits do not depend on the layout in memory."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from losscli.common.array import side_by_side
from losscli.loss import numeric
from losscli.loss.formulas import classwise

mp.mp.dps = 50

ELEMENTARY = 12 * 2.0**-53
"""NumPy's exp, log and log1p are within 1 to 4 ulp, depending on the processor's instructions."""
SMALLEST = 2.0**-1022
"""Beneath the normal numbers digits go one by one."""


def close(found: float, exact: mp.mpf) -> bool:
    return abs(mp.mpf(float(found)) - exact) <= ELEMENTARY * abs(exact) + SMALLEST


def at(function, value: float, *more) -> float:
    with np.errstate(all="ignore"):
        return function(np.array([value]), *more)[0]


@given(x=st.floats(-1e4, 1e4))
@example(x=800.0)
@example(x=-800.0)
@example(x=-40.0)
@example(x=1000.0)
def test_softplus_and_sigmoid(x):
    assert close(at(numeric.softplus, x), mp.log1p(mp.exp(mp.mpf(x))))
    assert close(at(numeric.sigmoid, x), 1 / (1 + mp.exp(-mp.mpf(x))))


def test_softplus_at_the_ends():
    assert at(numeric.softplus, 1e308) == 1e308
    assert at(numeric.softplus, -1e308) == 0.0
    assert at(numeric.sigmoid, 1e308) == 1.0
    assert at(numeric.sigmoid, -1e308) == 0.0


@given(p=st.floats(0.0, 1.0), eps=st.floats(1e-20, 0.49))
@example(p=0.0, eps=numeric.EPS)
@example(p=1.0, eps=numeric.EPS)
@example(p=1e-300, eps=1e-20)
def test_clipped_logarithms(p, eps):
    assert close(at(numeric.log_clipped, p, eps), mp.log(max(mp.mpf(p), mp.mpf(eps))))
    exact = mp.log1p(-mp.mpf(p)) if 1 - mp.mpf(p) > eps else mp.log(mp.mpf(eps))
    assert close(at(numeric.log_complement_clipped, p, eps), exact)


def test_eps_is_the_gap_above_1():
    assert np.finfo(np.float64).eps == numeric.EPS


def test_log_softmax_keeps_the_digits_of_a_certain_class():
    found = numeric.log_softmax(np.array([[40.0, 0.0]]))[0]
    assert close(found[0], -mp.log1p(mp.exp(-40)))
    assert close(found[1], -40 - mp.log1p(mp.exp(-40)))


@given(row=st.lists(st.floats(-700, 700), min_size=1, max_size=20))
def test_softmax_sums_to_1_and_is_the_exponential_of_its_log(row):
    x = np.array([row])
    p, log_p = numeric.softmax(x), numeric.log_softmax(x)
    assert p.sum() == pytest.approx(1.0, rel=1e-14)
    assert p == pytest.approx(np.exp(log_p), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("function", [
    numeric.row_sum, numeric.softmax, numeric.log_softmax,
    classwise.complement, lambda rows: classwise.log_share(rows, 1e-12),
])  # fmt: skip
@pytest.mark.parametrize("columns", [1, 2, 3, 7, 8, 9, 130])
def test_a_row_has_the_same_bits_whatever_lies_around_it(function, columns):
    rows = np.random.default_rng(columns).dirichlet(np.ones(columns), 33)
    whole = function(rows)
    by_column = np.asfortranarray(rows)
    assert function(by_column).tobytes() == whole.tobytes()
    assert function(np.repeat(rows, 2, axis=0)[::2]).tobytes() == whole.tobytes()
    for start in range(33):
        assert function(by_column[start : start + 1]).tobytes() == whole[start : start + 1].tobytes()


def test_entries_and_rows_of_classes():
    rows = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert numeric.true_column(rows, np.array([2, 0])).tolist() == [3.0, 4.0]
    assert numeric.true_column(rows[:0], np.zeros(0, dtype=np.int64)).tolist() == []
    assert numeric.one_hot(np.array([2, 0]), 3).tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]


LAYOUTS = {
    "by rows": np.ascontiguousarray,
    "by columns": np.asfortranarray,
    "apart": lambda rows: side_by_side(list(rows.T)),
    "backwards": lambda rows: np.ascontiguousarray(rows[::-1, ::-1])[::-1, ::-1],
    "every other": lambda rows: np.repeat(np.repeat(rows, 2, axis=0), 3, axis=1)[::2, ::3],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("columns", [1, 2, 7, 8, 9, 15, 16, 17, 31, 128, 129])
@pytest.mark.parametrize("rows", [1, 2, 300, 5000])
def test_sums_of_rows_have_the_bits_of_numpy(rows, columns, layout):
    random = np.random.default_rng(rows)
    numbers = random.normal(size=(rows, columns)) * 10.0 ** random.integers(-8, 8, (rows, columns))
    given = LAYOUTS[layout](numbers)
    before = given.copy()
    assert numeric.row_sum(given).tobytes() == numbers.sum(axis=1).tobytes()
    assert (given == before).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_entry_of_the_label_is_taken_in_every_layout(layout):
    numbers = np.random.default_rng(0).normal(size=(500, 7))
    label = np.random.default_rng(1).integers(0, 7, 500)
    columns = LAYOUTS[layout](numbers)
    assert (numeric.true_column(columns, label) == numbers[np.arange(500), label]).all()
    assert (numeric.true_column(columns, label - 7) == numbers[np.arange(500), label]).all()
    label[100] = 7
    with pytest.raises(IndexError):
        numeric.true_column(columns, label)


def test_soft_labels_average_and_a_class_that_cannot_be_costs_nothing():
    columns = np.array([[1.0, np.inf], [3.0, 5.0]])
    with np.errstate(invalid="ignore"):
        assert classwise.at_label(columns, np.array([[1.0, 0.0], [0.5, 0.5]])).tolist() == [1.0, 4.0]
    assert classwise.at_label(columns, np.array([0, 1])).tolist() == [1.0, 5.0]


def test_labels_are_smoothed_towards_all_classes():
    found = classwise.label_rows(np.array([1]), 4, 0.2)
    assert found == pytest.approx(np.array([[0.05, 0.85, 0.05, 0.05]]), rel=1e-15)
    soft = np.array([[0.25, 0.75]])
    assert classwise.label_rows(soft, 2) is soft


@given(top=st.floats(0, 50))
def test_what_a_nearly_certain_class_leaves_to_the_others_keeps_its_digits(top):
    p = numeric.softmax(np.array([[0.0, top, -3.0]]))
    missing = classwise.complement(p)[0]
    exact = [mp.mpf(1), mp.exp(mp.mpf(top)), mp.exp(-3)]
    total = mp.fsum(exact)
    for column in range(3):
        others = mp.fsum(part for k, part in enumerate(exact) if k != column) / total
        assert abs(mp.mpf(missing[column]) - others) <= 200 * 2.0**-53 * others


def test_gradients_are_carried_through_a_softmax_and_a_sum():
    random = np.random.default_rng(1)
    logits, slope = random.normal(size=(5, 4)), random.normal(size=(5, 4))
    step = 1e-6
    for column in range(4):
        moved = np.zeros(4)
        moved[column] = step
        rise = (slope * (numeric.softmax(logits + moved) - numeric.softmax(logits - moved))).sum(axis=1)
        found = classwise.through_softmax(numeric.softmax(logits), slope)[:, column]
        assert found == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-9)
        amounts = np.exp(logits)
        above, below = amounts + moved, amounts - moved
        rise = (slope * (above / above.sum(axis=1)[:, None] - below / below.sum(axis=1)[:, None])).sum(axis=1)
        p = amounts / amounts.sum(axis=1)[:, None]
        found = classwise.through_sum(amounts, p, slope)[:, column]
        assert found == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-9)


@given(x=st.one_of(st.floats(-0.2, 0.2), st.floats(-1.0, 1e300, exclude_min=True)))
@example(x=1e-12)
@example(x=-1e-300)
@example(x=0.125)
@example(x=-0.125)
@example(x=1e300)
def test_the_bend_of_log1p_keeps_its_digits_where_the_difference_has_none(x):
    z = mp.mpf(x)
    # Cancelled digits are those of 1/x²: more of them than mpmath's 50 where x is tiny.
    exact = (z - mp.log1p(z)) / z**2 if abs(x) > 1e-9 else mp.mpf(0.5) - z / 3 + z**2 / 4
    found = at(numeric.log1p_bend, x)
    assert abs(mp.mpf(float(found)) - exact) <= 40 * 2.0**-53 * exact
    # A block of which only some values are near 0 takes another way.
    with np.errstate(all="ignore"):
        assert numeric.log1p_bend(np.array([x, 3.0, 0.01]))[0] == found


@given(a=st.floats(-1.0, 1e308, exclude_min=True), b=st.floats(-1.0, 1e308, exclude_min=True))
@example(a=1e6, b=1e6 + 1e-6)
@example(a=1e-20, b=3e-20)
@example(a=-1.0 + 2.0**-53, b=1e308)
@example(a=1e20, b=0.0)
def test_the_distance_of_two_logarithms(a, b):
    exact = abs(mp.log1p(mp.mpf(b)) - mp.log1p(mp.mpf(a)))
    assert close(at(lambda x: numeric.log1p_distance(x, np.array([b])), a), exact)
    assert close(at(lambda x: numeric.log1p_distance(np.array([b]), x), a), exact)


@given(x=st.floats(-1e308, 1e308), power=st.floats(-300, 300))
@example(x=1e-12, power=0.0)
@example(x=1e300, power=-300.0)
@example(x=1e10, power=300.0)
def test_the_soft_absolute_value(x, power):
    delta = 10.0**power
    with mp.workdps(1300):
        exact = mp.mpf(delta) * (mp.hypot(mp.mpf(x), mp.mpf(delta)) - mp.mpf(delta))
        found = at(numeric.soft_absolute, x, delta)
        assert close(found, exact) if exact < np.finfo(np.float64).max else found == np.inf


@pytest.mark.parametrize("kind", [{"from_logits": True}, {"normalize": True}, {}])
def test_residuals_of_classes_keep_the_digits_of_a_certain_class(kind):
    prediction = np.array([[60.0, 0.0, 1.0]] if "from_logits" in kind else [[1.0, 1e-20, 3e-20]])
    others = np.exp(-60.0) * (1.0 + np.e) if "from_logits" in kind else 4e-20
    for label in (np.array([0]), np.array([[1.0, 0.0, 0.0]])):
        found = classwise.residuals(label, prediction, **kind)[0]
        assert found[0] == (pytest.approx(-others, rel=1e-14) if kind else 0.0)
        assert found[1] + found[2] == pytest.approx(others, rel=1e-14)


@pytest.mark.parametrize("kind", [{"from_logits": True, "normalize": False}, {"from_logits": False}])
@pytest.mark.parametrize("normalize", [False, True])
def test_the_gradient_of_a_loss_of_one_probability_is_that_of_its_slope(kind, normalize):
    kind = {**kind, "normalize": normalize and not kind["from_logits"]}
    random = np.random.default_rng(5)
    label, prediction = random.integers(0, 3, 20), random.uniform(0.1, 2.0, (20, 3))

    def half_square(rows):
        p = classwise.probabilities(rows, **kind)[np.arange(20), label]
        return 0.5 * p**2, p

    p = half_square(prediction)[1]
    slope = p**2 if kind["from_logits"] else p
    gradient = classwise.true_class_gradient(label, prediction, slope, **kind)
    step = 1e-6 * np.eye(3)
    for column in range(3):
        change = half_square(prediction + step[column])[0] - half_square(prediction - step[column])[0]
        assert gradient[:, column] == pytest.approx(change / 2e-6, rel=1e-7, abs=1e-9)


def test_an_infinite_slope_at_a_probability_of_0_leaves_the_other_classes_alone():
    prediction, slope = np.array([[0.0, 4.0]]), np.array([-np.inf])
    with np.errstate(invalid="ignore"):
        found = classwise.true_class_gradient(
            np.array([0]), prediction, slope, from_logits=False, normalize=True
        )
    assert found.tolist() == [[-np.inf, 0.0]]


def test_without_a_least_the_log_of_no_share_is_minus_infinite():
    with np.errstate(divide="ignore"):
        assert classwise.log_share(np.array([[0.0, 4.0]]), 0.0).tolist() == [[-np.inf, 0.0]]
