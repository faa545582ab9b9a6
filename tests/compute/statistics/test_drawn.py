"""Rows drawn by their keys: the smallest, whatever the order, the blocks and how they are merged."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.compute.statistics.drawn import Drawn, keys_of, mixed


def drawn(most, row, ids, values, blocks):
    parts = [
        Drawn(most).with_rows(row[part], None if ids is None else ids[part], {"value": values[part]})
        for part in np.array_split(np.arange(len(row)), blocks)
    ]
    return reduce(Drawn.merge, parts).in_order()


@given(st.integers(1, 60), st.integers(0, 300), st.integers(1, 7), st.integers(0, 2**32))
def test_it_has_the_smallest_keys_of_all_rows(most, rows, blocks, seed):
    random = np.random.default_rng(seed)
    ids = random.choice(10_000, rows, replace=False) - 5000
    key = mixed(ids)
    wanted = np.argsort(key)[:most]
    found = drawn(most, np.arange(rows), ids, ids * 2.0, blocks)
    assert found.n == rows
    assert found.key.tolist() == key[wanted].tolist()
    if rows:
        assert found.columns["value"].tolist() == (ids[wanted] * 2.0).tolist()
    order = random.permutation(rows)
    again = drawn(most, np.arange(rows), ids[order], ids[order] * 2.0, 8 - blocks)
    assert again.key.tolist() == found.key.tolist()


@pytest.mark.parametrize("kind", ["row", "number", "text"])
def test_rows_of_long_blocks_are_drawn_one_block_after_the_other(kind):
    rows = 30_000
    row = np.arange(1, rows + 1)
    ids = {"row": None, "number": row * 7, "text": np.char.add("a", row.astype(str)).astype("S")}[kind]
    values = row.astype(float)
    one = Drawn(100)
    for start in range(0, rows, 9000):
        part = slice(start, start + 9000)
        one = one.with_rows(row[part], None if ids is None else ids[part], {"value": values[part]})
    wanted = np.argsort(keys_of(row, ids))[:100]
    assert one.in_order().columns["value"].tolist() == values[wanted].tolist()
    assert one.n == rows


def test_keys_of_texts_do_not_depend_on_the_longest_one():
    short, wide = np.array([b"a", b"bc"]), np.array([b"a", b"bc", b"a long text of an id"])
    rows = np.arange(2)
    assert keys_of(rows, short).tolist() == keys_of(np.arange(3), wide).tolist()[:2]


def test_mixing_is_that_of_splitmix64():
    # The finaliser at the multiples of its increment, as in the reference in C by Vigna.
    assert [hex(int(key)) for key in mixed(np.array([1, 2]))] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4"]


def test_an_integer_has_one_key_as_a_number_and_as_text():
    numbers = np.array([0, 7, -12, 10**17, 123456789])
    beside = np.array([b"a7", *(str(one).encode() for one in numbers.tolist()), b"7a", b"user-7"])
    rows = np.arange(len(beside))
    keys = keys_of(rows, beside)
    assert keys[1:6].tolist() == mixed(numbers).tolist()
    # What no integer is written like is text.
    others = np.array([b"007", b"-0", b"-", b"7.0", b"+7", b"7 ", b"1" + b"0" * 18, b"9" * 25])
    found = keys_of(rows[: len(others)], others)
    assert len({*found.tolist(), *keys.tolist()}) == len(others) + len(beside)


@given(st.integers(1, 40), st.lists(st.integers(0, 12), min_size=1, max_size=120), st.integers(0, 2**32))
def test_of_ids_that_are_there_twice_all_rows_are_drawn_or_none(most, names, seed):
    ids = np.array(names)
    values = np.random.default_rng(seed).random(len(ids))
    one = drawn(most, np.arange(len(ids)), ids, values, 1)
    for number in {*one.key.tolist()}:
        inside = mixed(ids) == np.uint64(number)
        assert sorted(one.columns["value"][one.key == number].tolist()) == sorted(values[inside].tolist())
    order = np.random.default_rng(seed).permutation(len(ids))
    other = drawn(most, np.arange(len(ids)), ids[order], values[order], min(5, len(ids)))
    assert (one.key.tolist(), one.columns["value"].tolist()) == (
        other.key.tolist(),
        other.columns["value"].tolist(),
    )
    assert len(one.key) == len(ids) if len(ids) <= most else len(one.key) <= most
