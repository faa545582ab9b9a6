"""Ids held as integers and ids held as bytes are the same ids: same pairs, same messages, same order."""

import random
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from helpers.calls import losscli
from hypothesis import example, given
from hypothesis import strategies as st

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs import ids as of_ids
from losscli.inputs.chunk import Chunk, concatenate
from losscli.inputs.ids import as_text, canonical, concatenated, differing, integers, same_kind, texts
from losscli.inputs.pairing import align, distinct, hash_table, lookup
from losscli.inputs.pairing.align import Names, Unmatched, by_id
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.pairing.lookup import Hashes, Held, Places, table_of

CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,17}")
NINES = "9" * 18
ODD = [
    *("0", "-0", "00", "+1", "1", " 7", "7", "007", "-7", "-07", "--7", "-", "7-", "7.0", "1e3", "a", "ä"),
    *("/", ":", NINES, f"-{NINES}", f"{NINES}9", f"-{NINES}9", f"1{'0' * 17}", f"1{'0' * 18}", "12345678"),
    *("123456789", "-1234567", "-12345678", "0" * 17, "1234567\x7f", "x" * 25, f"{NINES}       x"),
]


def as_bytes(ids, width=8):
    widest = max([width, *(len(one.encode()) for one in ids)])
    return np.array([one.encode() for one in ids], dtype=f"S{-(-widest // 8) * 8}")


def in_kind(ids, integer):
    """Return texts as a reader hands them out: integers where all are, if so wanted."""
    text = as_bytes(ids)
    found = canonical(text) if integer else None
    return text if found is None else found


@pytest.fixture(params=["compiled", "numpy"])
def hashing(request, monkeypatch):
    """Run a test with each hash table; where none was compiled, with the one in NumPy twice."""
    if request.param == "numpy":
        monkeypatch.setattr(lookup, "_hash", None)


def test_an_integer_is_canonical_as_python_writes_it():
    for width in (8, 16, 24, 32):
        some = [one for one in ODD if len(one.encode()) <= width]
        values, found = integers(as_bytes(some, width))
        assert found.tolist() == [bool(CANONICAL.fullmatch(one)) for one in some]
        assert values[found].tolist() == [int(one) for one in some if CANONICAL.fullmatch(one)]


@given(st.lists(st.integers(-(10**18) + 1, 10**18 - 1), max_size=30))
def test_integers_are_their_texts(numbers):
    ids = np.array(numbers, dtype=np.int64)
    text = as_text(ids)
    assert text.tolist() == [str(one).encode() for one in numbers]
    assert text.dtype.itemsize % 8 == 0
    assert texts(ids) == texts(text) == list(map(str, numbers))
    assert canonical(text).tolist() == canonical(ids).tolist() == numbers


@given(
    st.lists(st.one_of(st.sampled_from(ODD), st.text("0123456789-+ a", min_size=1, max_size=20)), min_size=1)
)
def test_what_is_no_canonical_integer_stays_text(ids):
    text = as_bytes(ids)
    every = all(CANONICAL.fullmatch(one) for one in ids)
    found = canonical(text)
    assert (found is not None) == every
    if every:
        assert as_text(found).tolist() == text.tolist()


def test_long_columns_are_looked_through_to_their_end(monkeypatch):
    monkeypatch.setattr(of_ids, "_AT_A_TIME", 7)
    numbers = list(map(str, range(-20, 50)))
    assert canonical(as_bytes(numbers)).tolist() == list(range(-20, 50))
    for place in (0, 6, 7, 13, 69):
        assert canonical(as_bytes([*numbers[:place], "x", *numbers[place + 1 :]])) is None


def test_kinds_are_brought_together_as_text():
    number, text = np.array([1, -20]), as_bytes(["1", "x"])
    assert concatenated([number, number]).dtype == np.int64
    assert concatenated([number, text]).tolist() == [b"1", b"-20", b"1", b"x"]
    assert [side.tolist() for side in same_kind(text, number)] == [text.tolist(), [b"1", b"-20"]]
    assert differing(number, text).tolist() == differing(text, number).tolist() == [False, True]
    wide = text.astype("S16")
    assert not differing(wide, text).any()
    assert differing(wide, as_bytes(["1", "x" * 9])).tolist() == [False, True]
    both = concatenate(
        [Chunk("p", np.array([place]), {"id": ids[:1]}) for place, ids in enumerate((number, text, wide))]
    )
    assert both.columns["id"].tolist() == [b"1", b"1", b"1"]


few = st.sampled_from(
    ["0", "1", "2", "3", "10", "11", "-1", "-2", "007", "7", "x", "12345678", "123456789", NINES]
)


@st.composite
def chunked(draw):
    """Draw ids, often ascending or distinct, and how they are cut; then each part's kind."""
    ids = draw(st.lists(few, max_size=12, unique=draw(st.booleans())))
    if draw(st.booleans()):
        ids = sorted(ids, key=lambda one: (len(one), one))
    cuts = draw(st.lists(st.integers(0, 12), max_size=3))
    return ids, cuts, draw(st.lists(st.booleans(), min_size=20, max_size=20))


def parts_of(side, *, mixed):
    ids, cuts, kinds = side
    cuts = pairwise(sorted({0, len(ids), *(min(cut, len(ids)) for cut in cuts)}))
    return [in_kind(ids[slice(*rows)], mixed and kinds[place]) for place, rows in enumerate(cuts)]


@given(chunked(), st.booleans(), st.sampled_from([1, 40, 1 << 20]))
@example((["-1", "5", "-3", "x", "-1"], [2], [True, False] * 10), True, 1 << 20)
@example((["5", "x", "-2", "-1", "5"], [2], [False, True] * 10), True, 1 << 20)
@example((["-2", "3", "x", "-2"], [2], [True, False] * 10), False, 1 << 20)
def test_ids_that_came_twice_are_told_alike_in_any_kinds(side, repeatable, budget):
    def told(parts):
        seen = Distinct((lambda: (part for part in parts)) if repeatable else None, budget)
        for part in parts:
            seen.add(part)
        found = seen.repeated()
        seen.close()
        return found

    counts = Counter(side[0])
    twice = sorted(one.encode() for one in counts if counts[one] > 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "SHARE_BYTES", 48)
        assert (
            told(parts_of(side, mixed=True)) == told(parts_of(side, mixed=False)) == (len(twice), twice[:5])
        )


def joined(predictions, labels, *, repeatable, drop, mixed):
    """Return the pairs of rows and what was left out, or the refusal and the pairs before it."""

    def chunks(name, side):
        row = 1
        for part in parts_of(side, mixed=mixed):
            rows = np.arange(row, row + len(part))
            yield Chunk(name, rows, {"id": part, name: rows.astype(np.float64)})
            row += len(part)

    found, unmatched = [], Unmatched() if drop else None
    again = (lambda: (chunk.columns["id"] for chunk in chunks("p", predictions))) if repeatable else None
    try:
        for left, right in by_id(
            chunks("p", predictions), chunks("l", labels), Names("p", "l"), again, unmatched
        ):
            assert texts(left.columns["id"]) == texts(right.columns["id"])
            assert right.row.tolist() == right.columns["l"].tolist()
            assert left.row.tolist() == left.columns["p"].tolist()
            found += zip(texts(left.columns["id"]), left.row.tolist(), right.row.tolist(), strict=True)
    except LosscliError as error:
        return found, str(error)
    return found, None if unmatched is None else (unmatched.counts, unmatched.hint)


@pytest.mark.usefixtures("hashing")
class TestJoin:
    @pytest.mark.parametrize("dense", [True, False])
    @given(chunked(), chunked(), st.booleans(), st.booleans())
    @example(([*"123x"], [3], [True] * 20), (["1", "2", "x", "3", "1"], [2], [True] * 20), True, True)
    @example(([*"1231"], [2], [True] * 20), ([*"321"], [], [True] * 20), False, False)
    @example(([*"112"], [1], [True] * 20), ([*"21"], [], [True] * 20), True, False)
    @example((["1", "2", "007", "1"], [2], [True] * 20), (["1", "7", "2"], [2], [True] * 20), True, False)
    @example(([*"0123"], [1], [True] * 20), ([*"032"], [1], [True] * 20), False, True)
    def test_any_kinds_give_the_same_pairs_and_messages(self, dense, predictions, labels, repeatable, drop):
        with pytest.MonkeyPatch.context() as patch:
            if not dense:
                patch.setattr(lookup, "SPREAD", 0)
            how = {"repeatable": repeatable, "drop": drop}
            mixed = joined(predictions, labels, mixed=True, **how)
            assert mixed == joined(predictions, labels, mixed=False, **how)
        ours, theirs = predictions[0], labels[0]
        known = {one: row for row, one in reversed([*enumerate(theirs, 1)])}
        pairs = [(one, row, known[one]) for row, one in enumerate(ours, 1) if one in known]
        if (
            len(set(ours)) == len(ours)
            and len(set(theirs)) == len(theirs)
            and (drop or len(pairs) == len(ours))
        ):
            assert mixed[0] == pairs
        for side, name in ((theirs, "l"), (ours, "p")):
            counts = Counter(side)
            twice = sorted(one for one in counts if counts[one] > 1)
            if twice and ours and theirs:
                assert "more than once" in mixed[1]
                if mixed[1].startswith(f"{name}: "):
                    shown = ", ".join(map(repr, twice[:5]))
                    assert f"{len(twice)} id{'s' * (len(twice) > 1)} ({shown}" in mixed[1]

    @pytest.mark.parametrize(
        "make", [str, lambda one: str(one * 1_000_003 - 10**9), "id{:07}".format, "{:09}".format]
    )
    def test_many_ids_in_another_order_against_brute_force(self, make):
        rows, chance = 100_000, random.Random(4)
        ours = [make(one) for one in chance.sample(range(rows), rows)]
        theirs = [make(one) for one in chance.sample(range(rows + rows // 50), rows)]
        known = {one: row for row, one in enumerate(theirs, 1)}
        wanted = [(one, row, known[one]) for row, one in enumerate(ours, 1) if one in known]
        kinds, cuts = [True, False] * 20, range(0, rows, 9_999)
        counts = {side: rows - len(wanted) for side in ("predictions", "labels")}
        for mixed in (False, True):
            how = {"repeatable": False, "drop": True, "mixed": mixed}
            found, left_out = joined((ours, cuts, kinds), (theirs, cuts, kinds), **how)
            assert (found, left_out[0]) == (wanted, counts)
            # One that comes twice among all of them.
            again = [*ours[:-1], wanted[7][0]]
            how["drop"] = False
            told = joined((again, cuts, kinds), (theirs, cuts, kinds), **how)[1]
            assert told.startswith(f"p: 1 id ({wanted[7][0]!r}) appears more than once")
            told = joined((ours, cuts, kinds), ([*theirs[:-1], theirs[3]], cuts, kinds), **how)[1]
            assert told.startswith(f"l: 1 id ({theirs[3]!r}) appears more than once")

    def test_a_hash_table_finds_what_a_dictionary_finds(self):
        chance = random.Random(7)
        for width, rows in ((8, 0), (8, 1), (8, 3000), (24, 3000), (16, 300_000 // 3)):
            ids = [f"{chance.randrange(rows)}{'x' * (width - 8)}" for _ in range(rows)]
            first = {}
            for row, one in enumerate(ids):
                first.setdefault(one, row)
            table = Hashes(as_bytes(ids, width))
            asked = [*ids[:999], "", "none", "x" * 30, *ids[-5:]]
            assert table.find(as_bytes(asked)).tolist() == [first.get(one, -1) for one in asked]
            counts = Counter(ids)
            assert table.again.tolist() == sorted(one.encode() for one in counts if counts[one] > 1)


def test_a_slot_that_all_want_is_shared(monkeypatch):
    """However badly ids are spread over the table, each is found: the search goes on from slot to slot."""
    probes = hash_table._probes

    def bad(words, seed, size):
        slot, step = probes(words, seed, size)
        return slot % 2, step

    monkeypatch.setattr(lookup, "_hash", None)
    monkeypatch.setattr(hash_table, "_probes", bad)
    monkeypatch.setattr(hash_table, "_ROWS_AT_A_TIME", 50)
    ids = np.array([*range(0, 600, 2), 8, 8, 4])
    table = Hashes(ids)
    assert table.again.tolist() == [4, 8]
    assert table.find(np.arange(-1, 601)).tolist() == [
        one // 2 if one in range(0, 600, 2) else -1 for one in range(-1, 601)
    ]


def test_integers_close_together_have_places_and_others_are_hashed():
    for ids, kind in (
        ([5, 4, 6], Places),
        ([-5, 0, 5], Places),
        ([0, 11], Hashes),
        ([-(10**18) + 1, 10**18 - 1], Hashes),
        ([], Hashes),
    ):
        table = table_of(np.array(ids, dtype=np.int64))
        assert type(table) is kind
        # Texts of integers are integers, whoever hands them out.
        assert not ids or type(table_of(as_bytes(list(map(str, ids))))) is kind
        asked = [*ids, 10**18 - 1, -(10**18) + 1, -6, 7, 12]
        wanted = [ids.index(one) if one in ids else -1 for one in asked]
        assert table.find(np.array(asked)).tolist() == wanted
        assert table.find(as_bytes([*map(str, asked), "05", "x"])).tolist() == [*wanted, -1, -1]
        assert table.ids(np.ones(len(ids), dtype=np.bool_)).tolist() == ids
    assert type(table_of(as_bytes(["1", "02"]))) is Hashes


def test_held_columns_are_put_together_from_parts_of_any_width(monkeypatch):
    monkeypatch.setattr(lookup, "_ROOM", 24)
    names = ["a", "7", "long" * 5, "12", "b"]
    rows = [np.array([place + 3]) for place in range(5)]
    ids = [as_bytes([one]) if place % 2 == 0 else np.array([int(one)]) for place, one in enumerate(names)]
    chunks = [
        Chunk("l", row, {"id": one, "label": np.array([[row[0], -1.0]]), "group": as_bytes([name * 2])})
        for row, one, name in zip(rows, ids, names, strict=True)
    ]
    held = Held([chunks[0].take(slice(0, 0)), *chunks])
    found = held.find(as_bytes(names[::-1]), distinct=True)
    assert found.tolist() == [4, 3, 2, 1, 0]
    chunk = held.take(found[:2], as_bytes(names[:2:-1]))
    assert chunk.row.tolist() == [7, 6]
    assert chunk.columns["label"].tolist() == [[7, -1], [6, -1]]
    assert chunk.columns["group"].tolist() == [b"bb", b"1212"]
    assert len(held.left_over()) == 0


@pytest.mark.parametrize("in_place", [True, False])
def test_held_columns_grow_over_pages(monkeypatch, in_place):
    monkeypatch.setattr(lookup, "_ROOM", 100)
    if not in_place:

        class Fixed(lookup.mmap.mmap):
            def resize(self, size):
                raise SystemError("mmap: resizing not available--no mremap()")

        monkeypatch.setattr(lookup.mmap, "mmap", Fixed)
    rows = 60_000
    column = lookup._Growing(np.zeros((1, 2)))
    for start in range(0, rows, 700):
        column.add(np.arange(2 * start, 2 * min(rows, start + 700), dtype=np.float64).reshape(-1, 2))
    np.testing.assert_array_equal(column.whole().ravel(), np.arange(2 * rows))


def test_an_order_that_breaks_reads_nothing_again_where_every_label_is_asked_for_once(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(Distinct, "_hold", lambda self, ids: kept.append(len(ids)))
    ours = [*range(900), 950, *range(900, 950), *range(951, 1000)]
    for name, ids in (("prediction", ours), ("label", [*range(1, 1000), 0])):
        text = f"id,{name}\n" + "".join(f"{one},{one}\n" for one in ids)
        (tmp_path / f"{name}.csv").write_text(text)
    for block_rows in (10, 262_144):
        report = evaluate(
            tmp_path / "prediction.csv", tmp_path / "label.csv", loss="mae", block_rows=block_rows
        )
        assert (report.results[0].n, report.results[0].cost, kept) == (1000, 0.0, [])


def test_samples_are_shown_with_the_same_ids(tmp_path, monkeypatch):
    """Chunks of integers and of text in one run: worst samples and the file of all have the same words."""
    ids = ["-5", "3", "0", "x", "007", "12", "1234567890123"]
    for name in ("prediction", "label"):
        rows = "".join(f"{one},{place * (name == 'label')}\n" for place, one in enumerate(ids))
        (tmp_path / f"{name}.csv").write_text(f"id,{name}\n{rows}")
    kinds, with_ids, integer = set(), align._with_ids, False

    def converted(chunks):
        for chunk in with_ids(chunks):
            for place in range(len(chunk)):
                one = chunk.take(slice(place, place + 1))
                found = in_kind(texts(one.columns["id"]), integer)
                kinds.add(found.dtype.kind)
                yield Chunk(one.name, one.row, {**one.columns, "id": found}, one.bad)

    monkeypatch.setattr(align, "_with_ids", converted)
    told = []
    both = {"S", "i"}
    for integer, suffix, wanted in ((False, "csv", {"S"}), (True, "csv", both), (True, "jsonl", both)):
        kinds.clear()
        out = f"{integer}.{suffix}"
        words = ("--loss", "mae", "--format", "json", "--per-sample", out)
        done = losscli("evaluate", "prediction.csv", "label.csv", *words, cwd=tmp_path)
        assert (done.returncode, kinds) == (0, wanted), done.stderr
        told.append((done.stdout, (tmp_path / out).read_text()))
    assert told[0] == told[1]
    assert '"id": "-5"' in told[2][0]
    assert '"id":"-5"' in told[2][1].replace(" ", "")


def test_ids_are_kept_behind_those_that_were_read_back():
    seen = Distinct(budget=1)
    for one in ("3", "5", "4"):
        seen.keep(as_bytes([one]))
    assert [part.tolist() for part in seen.first(1)] == [[b"3"]]
    seen.keep(as_bytes(["3"]))
    assert seen.repeated() == (1, [b"3"])
    seen.close()
