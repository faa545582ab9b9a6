from itertools import pairwise

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics.worst import Floor, Worst

# Few distinct losses, so that ties are the rule.
samples = st.lists(st.sampled_from([0.0, -0.0, 1.0, 1.0, 2.5, -3.0, np.inf, -np.inf]), max_size=40)
counts = st.sampled_from([None, 0, 1, 2, 5, 100])
fixed = settings(max_examples=examples(100))


def of(k, losses, row, floor=None):
    return Worst.of(
        k,
        losses,
        row,
        floor=floor,
        id=np.array([b"x" * (r % 4) + str(r).encode() for r in row.tolist()] or [], dtype="S"),
        label=np.stack([losses, row.astype(float)], axis=1),
    )


def split(losses, cuts, k, order):
    """The samples, shuffled, as blocks: rows stay theirs."""
    row = np.arange(1, len(losses) + 1, dtype=np.int64)[order]
    losses = np.array(losses, dtype=np.float64)[order]
    bounds = sorted({0, len(row), *(cut % (len(row) + 1) for cut in cuts)})
    return [of(k, losses[a:b], row[a:b]) for a, b in pairwise(bounds)]


def shown(worst):
    rows = worst.read()
    columns = {name: column.tolist() for name, column in rows.columns.items()} if len(rows) else {}
    return rows.losses.tolist(), rows.row.tolist(), columns


def expected(losses, k):
    order = sorted(range(len(losses)), key=lambda place: (-losses[place], place))
    return [place + 1 for place in order][:k]


@fixed
@given(samples, st.lists(st.integers(0, 40), max_size=4), counts, st.randoms(use_true_random=False))
def test_the_worst_are_those_of_a_sort_whatever_the_blocks(losses, cuts, k, random):
    order = random.sample(range(len(losses)), len(losses))
    total = Worst.empty(k)
    for part in split(losses, cuts, k, order):
        total = total.merge(part)
    found_losses, rows, columns = shown(total)
    assert rows == expected(losses, k)
    assert found_losses == [losses[row - 1] for row in rows]
    if rows:
        assert columns["id"] == [b"x" * (row % 4) + str(row).encode() for row in rows]
        assert columns["label"] == [[losses[row - 1], row] for row in rows]


@fixed
@given(samples, counts, st.integers(0, 40), st.integers(0, 40))
def test_merge_is_associative_commutative_and_has_an_identity(losses, k, first, second):
    low, high = sorted((min(first, len(losses)), min(second, len(losses))))
    values, row = np.array(losses, dtype=np.float64), np.arange(len(losses), dtype=np.int64)
    x, y, z = (of(k, values[a:b], row[a:b]) for a, b in ((0, low), (low, high), (high, len(losses))))
    assert shown(x.merge(y.merge(z))) == shown(x.merge(y).merge(z))
    assert shown(x.merge(y)) == shown(y.merge(x))
    assert shown(x.merge(Worst.empty(k))) == shown(x) == shown(Worst.empty(k).merge(x))


@fixed
@given(samples, st.sampled_from([None, 0, 1, 3]), st.integers(1, 7), st.booleans())
def test_the_floor_skips_only_what_would_not_be_kept(losses, k, rows, backwards):
    values, row = np.array(losses, dtype=np.float64), np.arange(1, len(losses) + 1, dtype=np.int64)
    if backwards:
        values, row = values[::-1], row[::-1]
    total = Worst.empty(k)
    for start in range(0, len(row), rows):
        stop = start + rows
        total = total.merge(of(k, values[start:stop], row[start:stop], floor=total.floor))
    assert total.read().row.tolist() == expected(losses, k)


def test_ties_go_to_the_earlier_row_in_a_long_block():
    losses = np.ones(5000)
    losses[[17, 4000]] = 2.0
    row = np.random.default_rng(0).permutation(5000).astype(np.int64)
    found = Worst.of(6, losses, row).read()
    rest = sorted(set(range(5000)) - {row[17], row[4000]})[:4]
    assert found.row.tolist() == [*sorted((row[17], row[4000])), *rest]


def test_the_floor_is_the_last_of_k_and_is_none_until_there_are_k():
    losses, row = np.array([1.0, 3.0, 2.0]), np.array([4, 5, 6])
    assert Worst.of(2, losses, row).floor == Floor(2.0, 6)
    assert Worst.of(4, losses, row).floor is None
    assert Worst.of(None, losses, row).floor is None
    assert Worst.of(0, losses, row).floor is None


def test_text_of_different_widths_merges():
    short = Worst.of(3, np.array([1.0]), np.array([1]), id=np.array([b"ab"]))
    long = Worst.of(3, np.array([2.0]), np.array([2]), id=np.array([b"abcdefgh"]))
    assert short.merge(long).read().columns["id"].tolist() == [b"abcdefgh", b"ab"]


@pytest.mark.parametrize("k", [None, 2])
def test_the_block_may_be_used_again_by_its_owner(k):
    losses, row = np.array([1.0, 2.0]), np.array([1, 2])
    worst = Worst.of(k, losses, row, label=losses)
    losses[:] = 0.0
    row[:] = 9
    assert shown(worst) == ([2.0, 1.0], [2, 1], {"label": [2.0, 1.0]})


def test_all_samples_are_kept_in_few_parts():
    worst = Worst.empty(None)
    for row in range(1000):
        worst = worst.merge(Worst.of(None, np.array([float(row % 7)]), np.array([row])))
        assert len(worst.parts) <= 10
    assert len(worst.read()) == 1000


def test_what_does_not_fit_does_not_merge():
    losses, row = np.array([1.0]), np.array([1])
    with pytest.raises(ValueError, match="do not merge"):
        Worst.of(1, losses, row).merge(Worst.of(2, losses, row))
    with pytest.raises(ValueError, match="columns differ"):
        Worst.of(2, losses, row, id=losses).merge(Worst.of(2, losses, row))
    with pytest.raises(ValueError, match="k must be"):
        Worst.of(-1, losses, row)
