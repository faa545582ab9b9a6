"""Texts told apart by a multiplication are the texts that sorting and comparing tell apart."""

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.inputs import texts
from losscli.inputs.pairing.classes import Classes
from losscli.inputs.texts import Table, first_places, numbered

WIDTHS = (1, 7, 8, 16, 24, 64, 72)


def columns(words, longest=20):
    names = st.binary(max_size=longest).map(lambda name: name.rstrip(b"\0"))
    return st.lists(names, min_size=1, max_size=words, unique=True).flatmap(
        lambda some: st.tuples(
            st.lists(st.sampled_from(some), max_size=60), st.sampled_from(WIDTHS), st.just(some)
        )
    )


def assert_numbered(column):
    names, places = numbered(column)
    right, where, first = np.unique(column, return_index=True, return_inverse=True)
    assert (names == right).all()
    assert names.dtype == right.dtype
    assert (places == first).all()
    assert (first_places(places, len(names)) == where).all()


@given(columns(40))
@settings(max_examples=examples(100))
def test_columns_are_numbered_as_sorting_does(drawn):
    cells, width, _ = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "SAMPLE", 3)
        patch.setattr(texts, "SLICE", 7)
        assert_numbered(np.array(cells, dtype=f"S{width}"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("distinct", [1, 2, 100, 128, 129, 6000])
def test_long_columns_are_numbered_as_sorting_does(distinct, width):
    random = np.random.default_rng(distinct)
    names = np.array([f"{number:x}" * (1 + number % 9) for number in range(distinct)], dtype=f"S{width}")
    column = names[random.integers(0, distinct, 20_000)]
    assert_numbered(column)
    assert_numbered(column[::3])
    # The last rows hold what no row before them does.
    assert_numbered(np.concatenate([np.repeat(names[:1], 10_000), names]))


@given(columns(40), st.lists(st.binary(max_size=20), max_size=20))
@settings(max_examples=examples(100))
def test_a_table_finds_a_text_or_says_that_there_is_none(drawn, others):
    cells, width, names = drawn
    known = np.unique(np.array(names, dtype=f"S{width}"))
    table = Table.of(known)
    column = np.array([*cells, *others], dtype=f"S{width}")
    found = None if table is None else table.find(column)
    assert (found is None) == bool(width % 8 or width > texts.LONGEST)
    if found is not None:
        places = {name: place for place, name in enumerate(known.tolist())}
        assert found.tolist() == [places.get(text, -1) for text in column.tolist()]
        assert table.find(column.astype("S80")) is None


def test_names_that_differ_in_any_one_byte_are_found():
    for byte in range(16):
        names = np.array([b"a" * byte + bytes([value]) + b"a" * (15 - byte) for value in range(1, 120)])
        table = Table.of(names)
        assert table.find(names[::-1].copy()).tolist() == list(range(119))[::-1]


@pytest.mark.parametrize("width", [2, 8, 16, 32])
@pytest.mark.parametrize(
    "names", [["a", "b"], ["1", "2.0", "3"], ["a", "a long name of nineteen", "b"], ["x"] * 0 + ["é", "e"]]
)
def test_classes_are_found_with_a_table_as_without(names, width, monkeypatch):
    words = [*(name.encode() for name in names), b"1.0", b"2", b"", b"nobody", b"a long n"]
    labels = np.array(words, dtype=f"S{width}")[np.random.default_rng(0).integers(0, len(words), 500)]
    quick = Classes(names, "p.csv").find(labels)
    monkeypatch.setattr(Classes, "_find_words", lambda *_: None)
    plain = Classes(names, "p.csv").find(labels)
    assert quick.dtype == plain.dtype == np.int64
    assert quick.tolist() == plain.tolist()
