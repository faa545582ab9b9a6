"""Sums by cluster: exact at any size, the same for any cut, and bounded in memory."""

import random
from collections import defaultdict
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from helpers.exactly import cuts, exact, numbers

from losscli.compute.statistics import clusters as module
from losscli.compute.statistics.clusters import MOST, Clusters, hashes


def names_of(chance, rows, many=7):
    return np.array([f"c{chance.randrange(many)}".encode() for _ in range(rows)], dtype="S8")


def wanted(cluster, columns, weight):
    """Return by name the sums of w·v of each column, and of w."""
    w = [Fraction(1)] * len(cluster) if weight is None else exact(weight)
    found = defaultdict(lambda: [Fraction(0)] * (len(columns) + 1))
    for row, name in enumerate(cluster.tolist()):
        for place, column in enumerate(columns):
            found[name][place] += w[row] * Fraction(float(column[row]))
        found[name][-1] += w[row]
    return {name: sums for name, sums in found.items() if sums[-1]}


def read(found):
    columns = [found.sums(place) for place in range(len(found.limbs))]
    return {name: [*sums] for name, *sums in zip(found.names.tolist(), *columns, strict=True)}


def alike(one, other):
    return one.names.tolist() == other.names.tolist() and one.exact() == other.exact()


@pytest.mark.parametrize("extreme", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("rows", [1, 5, 400])
@pytest.mark.parametrize("seed", range(3))
def test_sums_are_exact_and_any_cut_gives_them(seed, rows, extreme):
    chance = random.Random(seed)
    cluster = names_of(chance, rows)
    columns = tuple(numbers(chance, rows, signs=True, extreme=extreme) for _ in range(2))
    for weight in (None, numbers(chance, rows, extreme=extreme)):
        whole = Clusters.of(cluster, columns, weight)
        assert read(whole) == wanted(cluster, columns, weight)
        some = cluster if weight is None else cluster[weight > 0.0]
        assert whole.names.tolist() == sorted(set(some.tolist()))
        order = np.array(chance.sample(range(rows), rows))
        parts = []
        for part in cuts(chance, rows):
            places = order[part]
            w = None if weight is None else weight[places]
            parts.append(Clusters.of(cluster[places], tuple(one[places] for one in columns), w))
        assert alike(reduce(Clusters.merge, parts), whole)
        assert alike(reduce(lambda one, other: other.merge(one), parts), whole)


@pytest.mark.parametrize("seed", range(4))
def test_residuals_are_those_of_fractions(seed):
    chance = random.Random(seed)
    cluster = names_of(chance, 60)
    a, b = (numbers(chance, 60, extreme=0.1) for _ in range(2))
    weight = numbers(chance, 60, extreme=0.1)
    factors, mean = (Fraction(3), Fraction(-2, 7)), Fraction(5, 11)
    squares, cubes = Clusters.of(cluster, (a, b), weight).residuals(factors, mean)
    u = [
        factors[0] * first + factors[1] * second - mean * w
        for first, second, w in wanted(cluster, (a, b), weight).values()
    ]
    assert (squares, cubes) == (sum(x * x for x in u), sum(x**3 for x in u))


def test_a_block_longer_than_what_is_exact_at_once(monkeypatch):
    rows = 1000
    chance = random.Random(1)
    cluster, a = names_of(chance, rows), numbers(chance, rows, signs=True)
    whole = Clusters.of(cluster, (a,))
    monkeypatch.setattr(module, "_ROWS", 64)
    assert alike(Clusters.of(cluster, (a,)), whole)
    # Of rows of the largest mantissas, sums of 32 bits have to stay below 2^53.
    assert (1 << 20) * ((1 << 32) - 1) < 1 << 53


def test_no_rows_are_nothing():
    nothing = Clusters.of(np.zeros(0, dtype="S8"), (np.zeros(0),))
    some = Clusters.of(np.array([b"a", b"b"], dtype="S8"), (np.array([1.0, 2.0]),))
    assert len(nothing) == 0
    assert alike(some.merge(nothing), some)
    assert alike(nothing.merge(some), some)
    assert alike(Clusters().merge(some), some)


def test_the_width_of_names_says_nothing():
    short = Clusters.of(np.array([b"a", b"b"], dtype="S8"), (np.array([1.0, 2.0]),))
    wide = Clusters.of(np.array([b"b", b"a" * 40], dtype="S40"), (np.array([4.0, 8.0]),))
    found = read(short.merge(wide))
    assert {name: sums[0] for name, sums in found.items()} == {b"a": 1, b"a" * 40: 8, b"b": 6}
    narrow = np.array([b"a", b"", b"abcdefgh"], dtype="S8")
    assert hashes(narrow).tolist() == hashes(narrow.astype("S64")).tolist()
    assert len({*hashes(np.array([f"u{k}".encode() for k in range(10_000)], dtype="S8")).tolist()}) == 10_000


@pytest.mark.parametrize("weighted", [False, True])
def test_beyond_so_many_they_are_put_together_by_name(monkeypatch, weighted):
    monkeypatch.setattr(module, "MOST", 64)
    chance = random.Random(5)
    rows = 500
    cluster = np.array([f"user {chance.randrange(200)}".encode() for _ in range(rows)], dtype="S16")
    a = numbers(chance, rows, signs=True)
    weight = numbers(chance, rows) if weighted else None
    whole = Clusters.of(cluster, (a,), weight)
    assert whole.are_buckets
    assert len(whole) <= 64
    by_bucket = defaultdict(lambda: [Fraction(0), Fraction(0)])
    distinct = np.array(sorted(set(cluster.tolist())), dtype="S16")
    bucket = dict(zip(distinct.tolist(), (hashes(distinct) % np.uint64(64)).tolist(), strict=True))
    for name, sums in wanted(cluster, (a,), weight).items():
        by_bucket[bucket[name]] = [x + y for x, y in zip(by_bucket[bucket[name]], sums, strict=True)]
    assert read(whole) == dict(by_bucket)
    order = np.array(chance.sample(range(rows), rows))
    for parts in (2, 7, 30):
        some = [
            Clusters.of(cluster[places], (a[places],), None if weight is None else weight[places])
            for places in (order[part] for part in cuts(chance, rows, parts))
        ]
        chance.shuffle(some)
        assert alike(reduce(Clusters.merge, some), whole)


def test_very_many_clusters_take_bounded_memory():
    names = np.array([f"{k:08}".encode() for k in range(MOST + 1)], dtype="S8")
    exactly = Clusters.of(names[:-1], (np.ones(MOST),))
    assert not exactly.are_buckets
    assert len(exactly) == MOST
    more = exactly.merge(Clusters.of(names[-1:], (np.ones(1),)))
    assert more.are_buckets
    assert alike(more, Clusters.of(names, (np.ones(MOST + 1),)))
    assert sum(more.sums(0)) == MOST + 1
    # Whoever was told the names before finds the buckets of them.
    assert alike(more.merge(exactly), exactly.merge(more))
    assert sum(more.merge(exactly).sums(-1)) == 2 * MOST + 1


@pytest.mark.parametrize("extreme", [0.0, 1.0])
def test_exact_sums_come_back(extreme):
    chance = random.Random(2)
    found = Clusters.of(
        names_of(chance, 99), (numbers(chance, 99, signs=True, extreme=extreme),), numbers(chance, 99)
    )
    again = Clusters.of_exact(found.names, found.exact())
    assert alike(again, found)
    assert again.residuals((Fraction(1),), Fraction(1, 3)) == found.residuals((Fraction(1),), Fraction(1, 3))
    assert alike(again.merge(found), found.merge(found))
