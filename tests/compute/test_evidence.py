"""What losses say about how sure their mean is: the same for any cut, infinite losses left out."""

import math
import random
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from helpers.exactly import cuts, exact, numbers

from losscli.compute.evidence import Beside, Evidence, estimate_of_two
from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.powers import DIFFERENCE, Form, Mixed, factors_of

HOW = [
    (False, False, False),
    (True, False, False),
    (True, True, False),
    (False, False, True),
    (True, False, True),
]


def drawn(seed, rows=120, extreme=0.2):
    chance = random.Random(seed)
    a = numbers(chance, rows, signs=True, extreme=extreme)
    weight = np.array([float(chance.randint(0, 3)) for _ in range(rows)])
    names = np.array([f"{chance.randrange(9)}".encode() for _ in range(rows)], dtype="S8")
    return chance, a, weight, names


def same(one, other):
    return (one.rows, one.powers, one.estimate()) == (other.rows, other.powers, other.estimate())


@pytest.mark.parametrize(("weighted", "counts", "clustered"), HOW)
@pytest.mark.parametrize("seed", range(4))
def test_any_cut_and_order_give_the_same(seed, weighted, counts, clustered):
    chance, a, weight, names = drawn(seed)
    a[5], a[6], a[7] = np.inf, -np.inf, np.inf

    def of(rows):
        w, cluster = weight[rows] if weighted else None, names[rows] if clustered else None
        return Evidence.of(a[rows], w, cluster, counts=counts)

    whole = of(slice(None))
    order = np.array(chance.sample(range(len(a)), len(a)))
    parts = [of(order[part]) for part in cuts(chance, len(a), 6)]
    assert same(reduce(Evidence.merge, parts), whole)
    assert same(reduce(lambda one, other: other.merge(one), parts), whole)
    finite = np.isfinite(a)
    assert whole.rows == (np.count_nonzero(weight[finite]) if weighted else len(a) - 3)


def test_what_is_infinite_adds_nothing():
    _, a, weight, names = drawn(1, 30)
    worse = np.concatenate([a, [np.inf, -np.inf]])
    more, other = np.concatenate([weight, [2.0, 3.0]]), np.concatenate([names, names[:2]])
    assert same(Evidence.of(worse, more, other, counts=False), Evidence.of(a, weight, names, counts=False))
    only = Evidence.of(np.array([np.inf]), None, None, counts=False)
    assert (only.rows, only.estimate().n) == (0, 0.0)
    # Whose sum overflows without one of them being infinite.
    large = Evidence.of(np.array([1.7e308, 1.7e308, 0.0]), None, None, counts=False)
    assert (large.rows, large.estimate().mean) == (3, Fraction(1.7e308) * 2 / 3)


@pytest.mark.parametrize("form", [DIFFERENCE, Form(Fraction(1), Fraction(-3, 4), Fraction(1, 8))])
@pytest.mark.parametrize(("weighted", "counts", "clustered"), HOW)
def test_a_form_of_two_models_is_that_of_every_row(form, weighted, counts, clustered):
    _, a, weight, names = drawn(2, extreme=0.0)
    _, b, _, _ = drawn(3, extreme=0.0)
    w = weight if weighted else None
    mixed = tuple(Mixed.of(a, b, one, all_=True) for one in factors_of(w, counts=counts))
    one, two = (Evidence.of(values, w, None, counts=counts) for values in (a, b))
    clusters = Clusters.of(names, (b, a), w) if clustered else None
    found = estimate_of_two(form, one, two, Beside(0, 0, 0, mixed), clusters, (1, 0))
    d = [form.first * x + form.second * y + form.constant for x, y in zip(exact(a), exact(b), strict=True)]
    u = [Fraction(1)] * len(d) if w is None else exact(w)
    total = sum(u)
    mean = sum(k * v for k, v in zip(u, d, strict=True)) / total
    assert found.mean == mean
    if clustered:
        sums = {}
        for name, k, v in zip(names.tolist(), u, d, strict=True):
            sums[name] = sums.get(name, 0) + k * (v - mean)
        n, square = len(sums), sum(x * x for x in sums.values()) / total**2
    elif weighted and not counts:
        n = sum(k > 0 for k in u)
        square = sum((k * (v - mean)) ** 2 for k, v in zip(u, d, strict=True)) / total**2
    else:
        n = total
        square = sum(k * (v - mean) ** 2 for k, v in zip(u, d, strict=True)) / total**2
    assert math.isclose(found.standard_error, math.sqrt(float(square * n / (n - 1))), rel_tol=1e-14)
    assert found.clusters == (n if clustered else None)
