"""Autocovariances of numbers in their order: those of fractions, wherever the rows are cut."""

import random
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from helpers.exactly import cuts, exact, numbers

from losscli.compute.statistics.error_free import difference
from losscli.compute.statistics.lags import Lags


def covariances(d, most):
    mean = sum(d) / len(d)
    return [
        sum(((d[i] - mean) * (d[i + lag] - mean) for i in range(len(d) - lag)), Fraction(0)) / len(d)
        for lag in range(1, most + 1)
    ]


@pytest.mark.parametrize("most", [1, 2, 5, 40])
@pytest.mark.parametrize("rows", [1, 2, 3, 6, 60])
@pytest.mark.parametrize("extreme", [0.0, 0.5])
def test_of_one_block_and_of_any_cut(rows, most, extreme):
    chance = random.Random(rows * most)
    high = numbers(chance, rows, signs=True, extreme=extreme)
    d = exact(high)
    whole = Lags.of((high, np.zeros(0)), most)
    assert whole.covariances(sum(d)) == covariances(d, most)
    for parts in (2, 5, 20):
        some = [Lags.of((high[part], np.zeros(0)), most) for part in cuts(chance, rows, parts)]
        left = reduce(Lags.merge, some)
        right = reduce(lambda late, early: early.merge(late), reversed(some))
        for found in (left, right):
            assert (found.n, found.products) == (whole.n, whole.products)
            assert found.first.tolist() == whole.first.tolist()
            assert found.last.tolist() == whole.last.tolist()
            assert found.covariances(sum(d)) == covariances(d, most)


@pytest.mark.parametrize("most", [1, 3])
def test_of_pairs_nothing_is_rounded(most):
    chance = random.Random(7)
    a, b = (numbers(chance, 50, extreme=0.3) / 4 for _ in range(2))
    d = [x - y for x, y in zip(exact(a), exact(b), strict=True)]
    whole = Lags.of(difference(a, b), most)
    assert whole.covariances(sum(d)) == covariances(d, most)
    parts = [Lags.of(difference(a[part], b[part]), most) for part in cuts(chance, 50)]
    assert reduce(Lags.merge, parts).covariances(sum(d)) == covariances(d, most)


def test_order_matters():
    one, two = (Lags.of((np.array(values), np.zeros(0)), 1) for values in ([1.0, 2.0], [5.0, -7.0]))
    assert one.merge(two).covariances(Fraction(1)) != two.merge(one).covariances(Fraction(1))


def test_no_rows_are_nothing():
    nothing, some = Lags(2), Lags.of((np.array([1.0, 2.0, 4.0]), np.zeros(0)), 2)
    assert nothing.covariances(Fraction(0)) == [0, 0]
    for found in (nothing.merge(some), some.merge(nothing)):
        assert found.products == some.products
        assert found.covariances(Fraction(7)) == some.covariances(Fraction(7))
