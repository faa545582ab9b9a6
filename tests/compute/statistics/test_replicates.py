"""Sums under draws: exact, the same for any order and blocks, and distributed as they should be."""

from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from losscli.compute.statistics import replicates
from losscli.compute.statistics.error_free import difference
from losscli.compute.statistics.replicates import DRAWS, Replicates, keys_of

WILD = np.array([1e300, -1e300, 1e-300, 3.0, 5e-324, 0.1, -0.0, 1.0 / 3.0, 2.0**60, -(2.0**-60)])


def same(one, other):
    columns = range(-1, len(one.sums.limbs) - 1)
    return all(one.sums.sums(column) == other.sums.sums(column) for column in columns)


def pairs(rows, seed=0):
    rng = np.random.default_rng(seed)
    return difference(rng.standard_exponential(rows) ** 3, rng.standard_exponential(rows))


def drawn_one_by_one(method, key, seed):
    """The weights of a row, as SplitMix64 is written down, in Python's integers."""
    mask = (1 << 64) - 1

    def mixed(z):
        z = (z + 0x9E3779B97F4A7C15) & mask
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
        return z ^ (z >> 31)

    start = mixed(key ^ mixed(seed))
    width = 16 if method == "bootstrap" else 1
    found = []
    for draw in range(DRAWS[method]):
        number = mixed((start + 0x9E3779B97F4A7C15 * (draw * width // 64)) & mask)
        bits = number >> draw * width % 64 & ((1 << width) - 1)
        found.append(int(replicates._POISSON[bits]) if method == "bootstrap" else 1 - 2 * bits)
    return found


@pytest.mark.parametrize("method", ["bootstrap", "signflip"])
def test_sums_are_those_of_fractions(method):
    keys = keys_of(np.arange(len(WILD)))
    low = np.array([0.0, 1e280, 0.0, 1e-20, 0.0, 1e-18, 0.0, 0.0, 1.0, 0.0])
    found = Replicates.of(method, keys, [(WILD, low)], seed=7)
    weights = [drawn_one_by_one(method, int(key), 7) for key in keys.tolist()]
    numbers = [
        Fraction(high) + Fraction(rest) for high, rest in zip(WILD.tolist(), low.tolist(), strict=True)
    ]
    expected = [
        sum(w[draw] * d for w, d in zip(weights, numbers, strict=True)) for draw in range(DRAWS[method])
    ]
    assert found.sums.sums(0) == expected
    assert found.sums.sums(-1) == [sum(w[draw] for w in weights) for draw in range(DRAWS[method])]


@pytest.mark.parametrize("method", ["bootstrap", "signflip"])
@pytest.mark.parametrize("size", [1, 33, 700])
def test_same_bits_for_any_blocks_and_order(method, size, monkeypatch):
    rows = 1500 if size > 1 else 40
    high, low = pairs(rows)
    keys = keys_of(np.arange(rows))
    whole = Replicates.of(method, keys, [(high, low), (low, high)])
    order = np.random.default_rng(1).permutation(rows)
    monkeypatch.setattr(replicates, "_ROWS", 129)
    parts = [
        Replicates.of(method, keys[some], [(high[some], low[some]), (low[some], high[some])])
        for some in (order[start : start + size] for start in range(0, rows, size))
    ]
    assert same(whole, reduce(Replicates.merge, parts))


def test_few_rows_are_kept_until_they_are_many():
    high, low = pairs(21)
    keys = keys_of(np.arange(21))
    one, two, last = (
        Replicates.of("signflip", keys[some], [(high[some], low[some])])
        for some in (slice(0, 12), slice(12, 20), slice(20, 21))
    )
    assert one.merge(two).few.tolist() == [[high[:20].tolist()], [low[:20].tolist()]]
    assert one.merge(two).merge(last).few is None
    assert last.merge(one.merge(two)).few is None


def test_weights_are_poisson():
    counts = np.bincount(replicates._POISSON.astype(int)) / 65536
    expected, factorial = [], 1.0
    for k in range(9):
        factorial *= max(1, k)
        expected.append(np.exp(-1.0) / factorial)
    assert np.abs(counts - expected).max() < 2.0**-15
    assert replicates._POISSON.mean() == 1.0
    assert (replicates._POISSON**2).mean() == 2.0


@pytest.mark.parametrize("method", ["bootstrap", "signflip"])
def test_draws_do_not_depend_on_each_other(method):
    rows = 400
    unit = np.eye(rows)
    columns = [(unit[place], np.zeros(rows)) for place in range(rows)]
    found = Replicates.of(method, keys_of(np.arange(rows)), columns)
    drawn = np.array([[float(one) for one in found.sums.sums(place)] for place in range(0, rows, 8)])
    draws = drawn.shape[1]
    mean, expected = drawn.mean(), 1.0 if method == "bootstrap" else 0.0
    assert abs(mean - expected) < 4.0 / np.sqrt(drawn.size)
    correlation = np.corrcoef(drawn)[np.triu_indices(len(drawn), 1)] * np.sqrt(draws)
    assert abs(correlation.std() - 1.0) < 0.1
    assert np.abs(correlation).max() < 5.0


def test_whole_numbers_as_ids_are_their_digits():
    assert keys_of(np.array([7, -12])).tolist() == keys_of(np.array([b"7", b"-12"])).tolist()
    assert keys_of(np.array([7, 123456789012])).tolist()[0] == keys_of(np.array([7])).tolist()[0]


def test_seeds_give_other_draws():
    high, low = pairs(30)
    keys = keys_of(np.arange(30))
    zero, one, negative = (Replicates.of("bootstrap", keys, [(high, low)], seed) for seed in (0, 1, -1))
    assert not same(zero, one)
    assert not same(zero, negative)
