"""Sums of probabilities are compared with their tolerance as the decimals that were written."""

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

from losscli.loss.domain import ClassIndex, Simplex

ULP = Fraction(1, 1 << 52)


@pytest.mark.parametrize(
    "row", [[0.7, 0.2, 0.099], [0.7, 0.2, 0.101], [0.333, 0.333, 0.333], [0.1] * 9 + [0.099]]
)
def test_sum_at_the_tolerance_is_inside_in_every_order(row):
    for order in itertools.islice(itertools.permutations(row), 50):
        assert Simplex(1e-3).outside(np.array([order, row])) is None
        assert ClassIndex(1e-3).outside(np.array([order, row])) is None


@pytest.mark.parametrize("digits", [2, 3, 6, 12, 16])
@pytest.mark.parametrize("tolerance", ["0", "0.001", "0.01", "1e-6"])
def test_decimals_decide_and_their_order_does_not(digits, tolerance):
    rnd = random.Random(f"{digits} {tolerance}")
    limit, unit = Fraction(tolerance), Fraction(1, 10**digits)
    for _ in range(300):
        count = rnd.randint(2, 12)
        parts = [Fraction(rnd.randint(0, 10**digits // count), 10**digits) for _ in range(count - 1)]
        total = 1 + rnd.choice([-1, 1]) * limit + rnd.choice([0, 0, 1, -1, 3]) * unit
        parts.append((total - sum(parts)) // unit * unit)
        if parts[-1] > 1:
            continue
        miss = abs(sum(parts) - 1) - limit
        row = [float(part) for part in parts]
        rows = [rnd.sample(row, count) for _ in range(5)]
        wrong = Simplex(float(tolerance)).outside(np.array(rows))
        assert wrong is None or wrong.all()
        if miss <= 0:
            assert wrong is None
        if miss > 2 * count * ULP:
            assert wrong is not None


def test_every_order_is_judged_alike_where_rounding_could_decide():
    rnd = random.Random(1)
    for _ in range(2000):
        count = rnd.randint(2, 40)
        row = np.array([rnd.random() / count for _ in range(count)])
        row[0] += 1.0 + rnd.choice([-1, 1]) * (1e-3 + rnd.uniform(0, 2) * count * 2.0**-52) - row.sum()
        if not 0 <= row[0] <= 1:
            continue
        rows = np.array([rnd.sample(row.tolist(), count) for _ in range(4)])
        wrong = Simplex(1e-3).outside(rows)
        assert wrong is None or wrong.all()


@pytest.mark.parametrize("columns", [1, 2, 3, 10, 100])
@pytest.mark.parametrize("tolerance", [0.0, 1e-15, 1e-3, 0.5, 5.0])
@pytest.mark.parametrize("any_sum", [False, True])
def test_the_quick_look_finds_what_the_long_one_finds(columns, tolerance, any_sum, monkeypatch):
    domain, random = Simplex(tolerance, any_sum), np.random.default_rng(columns)
    edges = [0.0, -0.0, 1.0, 5e-324, 1e308, np.nan, np.inf, -np.inf, -5e-324, 1.0 + 2.0**-52, tolerance]
    for turn in range(200):
        rows = random.dirichlet(np.ones(columns), 3)
        rows *= (
            1.0 + random.choice([0.0, tolerance, -tolerance]) + random.integers(-9, 9) * columns * 2.0**-53
        )
        if turn % 2:
            rows[1, random.integers(columns)] = random.choice(edges)
        for layout in (rows, np.asfortranarray(rows)):
            found = domain.outside(layout)
            with monkeypatch.context() as patch:
                patch.setattr(Simplex, "_surely_inside", lambda *_: False)
                plain = domain.outside(layout)
            assert (found is None) == (plain is None)
            assert found is None or (found == plain).all()
