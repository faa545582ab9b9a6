"""What slices are found among losses: as often as promised where there is none, and always where there is."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from losscli.analyses.evaluate.sliced import _halves
from losscli.analyses.slices.candidates import BINS, Candidate, candidates_of
from losscli.analyses.slices.confirm import confirmed
from losscli.analyses.slices.found import Slice
from losscli.analyses.slices.score import ALPHA, CLEARLY, LEAST, LEAST_OF_HALF, MOST, scored
from losscli.analyses.slices.sums import Samples, difference
from losscli.common.array import Array
from losscli.compute.statistics.special import t_sf
from losscli.loss.registry import find
from losscli.loss.spec import parse_spec

Columns = dict[str, Array]
LOSSES: dict[str, Any] = {
    "squares": lambda random, rows: random.normal(size=rows) ** 2,
    "long tail": lambda random, rows: np.exp(2.0 * random.normal(size=rows)),
    "no variance": lambda random, rows: random.pareto(1.5, rows),
    "rarely 1": lambda random, rows: (random.random(rows) < 0.05).astype(np.float64),
    "mostly 1": lambda random, rows: (random.random(rows) < 0.95).astype(np.float64),
    "0 or 1": lambda random, rows: (random.random(rows) < 0.5).astype(np.float64),
    "of both signs": lambda random, rows: random.normal(0.1, 1.0, rows),
}


def columns_of(random: np.random.Generator, rows: int, common: float) -> Columns:
    """Return columns of texts and of numbers, which have a share in common."""
    shared, found = random.normal(size=rows), {}
    for name, levels in (("two", 2), ("three", 3), ("twenty", 20), ("number", 0), ("other", 0)):
        value = common * shared + (1.0 - common) * random.normal(size=rows)
        if levels:
            rank = value.argsort().argsort() * levels // rows
            found[name] = np.char.add("v", rank.astype(str)).astype("S8")
        else:
            found[name] = np.round(value, 3).astype("S24")
    return found


def slices_of(
    loss: Array, columns: Columns, first: Array, weight: Array | None = None, *, counts: bool = False
) -> tuple[Slice, ...]:
    found = candidates_of(columns, first, dict.fromkeys(columns, "."))
    both = _halves(loss, weight, first, counts=counts)
    assert both is not None
    bound = parse_spec("mae", find)
    return confirmed(bound, scored(found, *both), found, both[1], loss[~first], 0.95)


@pytest.mark.parametrize("rows", [200, 1_000, 20_000])
@pytest.mark.parametrize("common", [0.0, 0.7])
def test_at_most_one_run_in_twenty_names_a_slice_where_there_is_none(rows: int, common: float) -> None:
    random, named, runs = np.random.default_rng(rows), 0, 6 if rows > 5_000 else 30
    for draw in LOSSES.values():
        for _ in range(runs):
            loss, columns = draw(random, rows), columns_of(random, rows, common)
            named += any(one.weak for one in slices_of(loss, columns, random.random(rows) < 0.5))
    assert named <= 0.05 * runs * len(LOSSES)


def planted(random: np.random.Generator, rows: int, kind: str) -> tuple[Array, Columns, set[str]]:
    """Return losses that are 30 % higher in a tenth of the samples, and which columns tell these."""
    columns = columns_of(random, rows, 0.0)
    if kind == "text":
        worse = random.random(rows) < 0.1
        columns["where"] = np.where(worse, b"north", np.where(random.random(rows) < 0.5, b"south", b"west"))
    elif kind == "number":
        worse = random.permutation(rows) < rows // 10
        columns["where"] = np.where(worse, random.uniform(2, 3, rows), random.uniform(0, 2, rows)).astype(
            "S24"
        )
    elif kind == "two texts":
        one, two = random.random(rows) < 0.33, random.random(rows) < 0.3
        worse = one & two
        columns |= {"where": np.where(one, b"a", b"b"), "when": np.where(two, b"c", b"d")}
    else:
        age, two = random.uniform(0, 8, rows), random.random(rows) < 0.4
        worse = (age < 2) & two
        columns |= {"where": age.astype("S24"), "when": np.where(two, b"c", b"d")}
    loss = random.uniform(0.5, 1.5, rows) * np.where(worse, 1.3, 1.0)
    return loss, columns, {"where", "when"} & columns.keys()


@pytest.mark.parametrize("kind", ["text", "number", "two texts", "text and number"])
@pytest.mark.parametrize("rows", [2_000, 20_000])
def test_slice_that_is_worse_is_named(kind: str, rows: int) -> None:
    random, stray = np.random.default_rng(5), 0
    for _ in range(4):
        loss, columns, names = planted(random, rows, kind)
        found = slices_of(loss, columns, random.random(rows) < 0.5)
        weak = [one for one in found if one.weak]
        assert any(set(one.slice) == names and one.effect > 0.15 for one in weak), found
        stray += any(not one.slice.keys() & names for one in weak)
    assert stray <= 1


def reference(loss: Array, columns: list[Candidate], first: Array) -> list[tuple[dict[str, str], Any]]:
    """Return the slices that are tested, row by row, as slowly as it gets, each with its p before Holm."""

    def side(rows: list[int], half: list[int]) -> tuple[float, float]:
        own = [float(loss[row]) for row in rows]
        mean = sum(own) / len(own)
        everything = [float(loss[row]) for row in half]
        middle = sum(everything) / len(everything)
        least = sum((one - middle) ** 2 for one in everything) / (len(everything) - 1)
        spread = sum((one - mean) ** 2 for one in own) / (len(own) - 1)
        return mean, max(spread, least) / len(own)

    def gap(rows: list[int], others: list[int], half: list[int]) -> tuple[float, float]:
        (one, own), (two, other) = side(rows, half), side(others, half)
        degrees = (own + other) ** 2 / (own**2 / (len(rows) - 1) + other**2 / (len(others) - 1))
        return (one - two) / (own + other) ** 0.5, degrees

    halves = [[row for row in range(len(loss)) if bool(first[row]) is which] for which in (True, False)]
    least = max(LEAST, -(-len(loss) // 100))
    mean = sum(float(loss[row]) for row in halves[0]) / len(halves[0])
    found = []
    for places in (*combinations(range(len(columns)), 1), *combinations(range(len(columns)), 2)):
        for values in np.ndindex(*(len(columns[place].values) for place in places)):
            parts = [*zip(places, values, strict=True)]

            def within(row: int, parts: list[tuple[int, int]] = parts) -> bool:
                return all(columns[place].code[row] == value for place, value in parts)

            inside = [[row for row in half if within(row)] for half in halves]
            outside = [[row for row in half if not within(row)] for half in halves]
            if min(sum(map(len, inside)), sum(map(len, outside))) < least:
                continue
            if min(map(len, (*inside, *outside))) < LEAST_OF_HALF:
                continue
            rests = [outside[0]]
            if len(parts) == 2:
                rests += [
                    [row for row in outside[0] if columns[place].code[row] == value] for place, value in parts
                ]
            if any(len(rest) < 2 or not gap(inside[0], rest, halves[0])[0] > CLEARLY for rest in rests):
                continue
            own = sum(float(loss[row]) for row in inside[0]) / len(inside[0])
            score = ALPHA * (own / mean - 1.0) - (1.0 - ALPHA) * (len(halves[0]) / len(inside[0]) - 1.0)
            t, degrees = gap(inside[1], outside[1], halves[1])
            named = {columns[place].name: columns[place].values[value] for place, value in parts}
            found.append((score, named, 2.0 * t_sf(abs(t), degrees)))
    found.sort(key=lambda one: -one[0])
    return [(named, p) for _, named, p in found[:MOST]]


@pytest.mark.parametrize("seed", range(4))
def test_slices_are_those_of_a_slow_search(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = 900
    loss, columns, _ = planted(random, rows, "two texts" if seed % 2 else "text")
    loss = loss * np.exp(0.05 * seed * random.normal(size=rows))
    first = random.random(rows) < 0.5
    found = slices_of(loss, columns, first)
    expected = reference(loss, candidates_of(columns, first, dict.fromkeys(columns, ".")), first)
    assert [one.slice for one in found] == [named for named, _ in expected]
    assert expected
    ps = sorted(p for _, p in expected)
    adjusted = {p: max((len(ps) - rank) * ps[rank] for rank in range(ps.index(p) + 1)) for p in ps}
    for one, (_, p) in zip(found, expected, strict=True):
        assert one.p_adjusted == pytest.approx(min(1.0, adjusted[p]), rel=1e-9)


def test_weights_that_are_counts_are_samples_that_are_there_so_often() -> None:
    random = np.random.default_rng(3)
    loss, times = random.normal(size=300), random.integers(0, 4, 300)
    code = random.integers(0, 3, 300)
    of_counts = Samples(np.arange(300), loss, times.astype(np.float64), counts=True)
    rows = np.repeat(np.arange(300), times)
    of_rows = Samples(np.arange(len(rows)), loss[rows])
    for one, other in zip(
        difference(of_counts.by(code, 3), of_counts.total() - of_counts.by(code, 3), np.zeros(1)),
        difference(of_rows.by(code[rows], 3), of_rows.total() - of_rows.by(code[rows], 3), np.zeros(1)),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_weights_that_are_all_the_same_change_nothing() -> None:
    random = np.random.default_rng(4)
    loss, columns, _ = planted(random, 2_000, "text")
    first = random.random(2_000) < 0.5
    plain, weighted = (slices_of(loss, columns, first, one) for one in (None, np.full(2_000, 0.25)))
    assert [one.slice for one in plain] == [one.slice for one in weighted]
    np.testing.assert_allclose(
        [one.p_adjusted for one in plain], [one.p_adjusted for one in weighted], rtol=1e-9
    )
    assert [one.cost for one in plain] == [one.cost for one in weighted]


def test_numbers_fall_into_ranges_of_as_many_samples() -> None:
    random = np.random.default_rng(1)
    number = random.lognormal(0.0, 2.0, 4_000)
    (one,) = candidates_of({"a": number.astype("S24")}, np.ones(4_000, dtype=np.bool_), {"a": "."})
    assert len(one.values) == BINS
    assert set(np.bincount(one.code)) == {500}
    assert (one.values[0][0], one.values[0][-1], one.values[-1][-1]) == ("[", ")", "]")


@pytest.mark.parametrize(
    ("cells", "decimal", "values"),
    [
        (["1", "2", "3", "1"], ".", ("1", "2", "3")),
        (["1.50", "1.5", "2"], ".", ("1.5", "2")),
        (["1,5", "2", ""], ",", ("1.5", "2", "(empty)")),
        (["a", "", "b"], ".", ("(empty)", "a", "b")),
        (["(empty)", "", "b"], ".", ("(empty)'", "(empty)", "b")),
        (["1_0", "2"], ".", ("1_0", "2")),
        (["1.5", "2"], ",", ("1.5", "2")),
        (["x" * 64 + "1", "y"], ".", ("x" * 64 + "1", "y")),
        (["١", "٢"], ".", ("١", "٢")),
    ],
)
def test_values_of_a_column(cells: list[str], decimal: str, values: tuple[str, ...]) -> None:
    column = np.array([cell.encode() for cell in cells])
    (one,) = candidates_of({"a": column}, np.ones(len(cells), dtype=np.bool_), {"a": decimal})
    assert one.values == values
    assert one.code.max() < len(values)


def test_rare_texts_are_one_value() -> None:
    names = [f"v{place:03}" for place in range(60) for _ in range(60 - place)]
    (one,) = candidates_of(
        {"a": np.array(names, dtype="S8")}, np.ones(len(names), dtype=np.bool_), {"a": "."}
    )
    assert len(one.values) == 51
    assert one.values[-1] == "(other)"
    assert np.count_nonzero(one.code == 50) == sum(60 - place for place in range(50, 60))


def test_column_of_one_value_is_no_candidate() -> None:
    assert not candidates_of({"a": np.array([b"x"] * 9)}, np.ones(9, dtype=np.bool_), {"a": "."})
