"""Difference quotients: right where they are sure, doubtful where they are not, and aware of kinks."""

from __future__ import annotations

import numpy as np
import pytest

from losscli.loss.difference import slope

POINTS = np.array([-1e6, -37.0, -1.0, -1e-9, 1e-12, 0.3, 2.0, 5e4])

SMOOTH = {
    "x²": (lambda x: x**2, lambda x: 2 * x),
    "sin": (np.sin, np.cos),
    "log(1 + e^x)": (lambda x: np.logaddexp(0, x), lambda x: 1 / (1 + np.exp(-x))),
    "log|x|": (lambda x: np.log(np.abs(x)), lambda x: 1 / x),
    "constant": (lambda x: x * 0 + 3, lambda x: x * 0),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_admits_the_derivative_and_nothing_a_hundredth_off(name):
    function, derivative = SMOOTH[name]
    with np.errstate(all="ignore"):
        found, right = slope(function, POINTS), derivative(POINTS)
    assert found.admits(right).all()
    sure = found.decides(right) & (right != 0)
    assert name == "constant" or sure.sum() >= 5
    assert not found.admits(1.01 * right)[sure].any()


def test_at_a_kink_every_slope_between_the_sides_is_admitted_and_none_beyond():
    found = slope(np.abs, np.zeros(1))
    assert (found.low[0], found.high[0]) == (-1.0, 1.0)
    for inside in (-1.0, 0.0, 0.99):
        assert found.admits(np.array([inside]))[0]
    assert not found.admits(np.array([1.01]))[0]


def test_beside_a_kink_the_slope_is_that_of_its_own_side():
    near = np.array([1e-3, -1e-3, 1e-6])
    found = slope(lambda x: np.maximum(x, 0.0), near)
    assert found.admits(np.array([1.0, 0.0, 1.0])).all()
    assert not found.admits(np.array([0.5, 0.5, 0.5])).any()


def test_a_value_that_a_small_step_cannot_move_leaves_doubt_and_not_a_slope_of_0():
    found = slope(lambda x: np.log(1.0 + x), np.array([1e-246]))
    assert found.admits(np.ones(1))[0]


def test_where_nothing_can_be_evaluated_the_doubt_is_infinite():
    found = slope(lambda x: np.full(x.shape, np.nan), np.array([1.0, 2.0]))
    assert np.isinf(found.doubt).all()
    assert found.admits(np.array([5.0, -5.0])).all()
    assert not found.decides(np.array([5.0, 0.0])).any()


def test_a_slope_too_small_for_a_normal_number_admits_its_neighbours():
    at = np.array([3.87391638e307])
    found = slope(lambda x: 2.3e-11 * x**-1.0529374016127004, at)
    assert found.admits(np.array([0.0, 5e-324, 2e-323])).all()
    assert not found.decides(np.array([5e-324, 1e-323])).any()
    assert not found.admits(np.array([1e-300]))[0]


def test_a_doubt_beyond_all_numbers_is_no_noise():
    label, at = np.array([2.2250738585072014e-308]), np.zeros(1)
    found = slope(lambda x: 2 * np.abs(x - label) / (np.abs(x) + np.abs(label)), at, label)
    assert found.admits(np.zeros(1))[0]


def test_samples_do_not_disturb_each_other():
    alone = slope(np.exp, np.array([1.0]))
    among = slope(np.exp, np.array([1e300, 1.0, -1e300]))
    assert (alone.low[0], alone.doubt[0]) == (among.low[1], among.doubt[1])


def test_a_label_beside_the_point_gives_the_scale_on_which_the_function_bends():
    label, at = np.array([-1e-45]), np.array([-8e-230])

    def smape(points):
        return 2 * np.abs(points - label) / (np.abs(points) + np.abs(label))

    found = slope(smape, at, label)
    assert found.admits(np.array([4e45])).all()
    assert not found.admits(np.array([8e45])).any()


def test_what_no_step_can_see_is_left_open():
    label, at = np.array([-3e-279]), np.array([-1.7e-185])

    def smape(points):
        return 2 * np.abs(points - label) / (np.abs(points) + np.abs(label))

    found = slope(smape, at, label)
    assert found.admits(4 * np.abs(label) / at / at).all()
    assert not found.decides(np.array([0.5])).any()


def test_a_bend_too_sharp_for_any_step_is_no_slope():
    # A rise of 1 next to 2⁴⁴, where numbers lie almost as far apart as it takes: all steps pass it.
    def rise(x):
        return 1.0 - (1.0 / (1.0 + np.exp(x - (2.0**44 - 1.0)))) ** 0.7

    at = np.array([2.0**44])
    found = slope(rise, at, beside=at - 1.0)
    p = 1.0 / (1.0 + np.e)
    assert found.admits(np.array([0.7 * p**0.7 * (1.0 - p)])).all()
