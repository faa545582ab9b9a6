"""Every reader gives the same columns, bit for bit, and the same messages."""

import random
from dataclasses import replace

import numpy as np
import pytest
from helpers.readers import BUILT, use
from helpers.tables import make

from losscli.common.errors import LosscliError, message
from losscli.inputs.chunk import Want, concatenate
from losscli.inputs.formats.csv import pieces
from losscli.inputs.formats.csv import source as csv
from losscli.inputs.formats.csv.source import CsvSource

pytestmark = pytest.mark.skipif(BUILT is None, reason="the scanner was not built")

NUMBERS = [
    "1",
    "0.1",
    "-3e-2",
    "17",
    "123456789012345678",
    "1234567890123456789",
    "-0",
    "007",
    "2.2250738585072011e-308",
]
WORDS = ["a", "a-rather-long-name-of-a-class", "x" * 300, "y" * 5000, "", "é", "12", " 7 ", "True", "NA"]


def read(data, path, text_format, wants, block_rows=262_144):
    """Return the columns, what is noted of bad cells, and the message, if there is one."""
    path.write_bytes(data)
    chunks, told = [], ""
    try:
        source = CsvSource(str(path), text_format)
        try:
            chunks.extend(source.chunks(wants, block_rows))
        finally:
            source.close()
    except LosscliError as error:
        told = message(error)
    if not chunks:
        return {}, {}, told
    if {chunk.columns["id"].dtype.kind for chunk in chunks if "id" in chunk.columns} == {"i", "S"}:
        chunks = [
            replace(one, columns={**one.columns, "id": one.columns["id"].astype("S")}) for one in chunks
        ]
    whole = concatenate(chunks)
    assert whole.row.tolist() == list(range(1, len(whole) + 1))
    return dict(whole.columns), dict(whole.bad), told


def same(left, right, data):
    (ours, bad, told), (theirs, their_bad, their_told) = left, right
    assert told == their_told, data
    assert bad == their_bad, data
    assert ours.keys() == theirs.keys()
    for role, column in ours.items():
        if role not in ("prediction", "label"):
            texts = [str(cell).encode() if isinstance(cell, int) else cell for cell in column.tolist()]
            assert texts == theirs[role].tolist(), data
        else:
            # What is not a finite number is noted, and means nothing.
            ours_, theirs_ = (np.where(np.isfinite(side), side, np.nan) for side in (column, theirs[role]))
            assert ours_.view(np.int64).tolist() == theirs_.view(np.int64).tolist(), data


def wants_of(rnd, names):
    """Return wants of every kind: a number, several, with True and False, text, and text that may be long."""
    places = range(len(names))
    prediction, label = sorted(rnd.sample(places, rnd.randint(1, len(names)))), rnd.choice(places)
    return [
        Want("prediction", tuple(prediction)),
        Want("label", (label,), switches=label not in prediction and rnd.random() < 0.5),
        *(
            [Want("id", (rnd.choice(places),), text=True, integers=rnd.random() < 0.7)]
            if rnd.random() < 0.6
            else []
        ),
        *([Want("shared column 0", (0,), text=True, abridged=True)] if rnd.random() < 0.3 else []),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_polluted_tables(tmp_path, monkeypatch, seed):
    rnd, refused = random.Random(seed), 0
    for _ in range(150):
        data, _, text_format, _, _ = make(rnd)
        names = csv_names(tmp_path / "table.csv", data, text_format)
        wants = wants_of(rnd, names) if names else []
        results = []
        for reader in ("compiled", "pandas", "cells"):
            with monkeypatch.context() as patch:
                use(reader, patch)
                results.append(read(data, tmp_path / "table.csv", text_format, wants))
        for other in results[1:]:
            same(results[0], other, data)
        refused += bool(results[0][2])
    assert 20 < refused < 130


def csv_names(path, data, text_format):
    path.write_bytes(data)
    try:
        source = CsvSource(str(path), text_format)
    except LosscliError:
        return ()
    source.close()
    return source.names


def table(rnd, rows):
    """Return a long table of numbers and words, now and then with one that is hard, or out of its row."""
    width, odd = rnd.randint(1, 5), rnd.choice([0, 0, 0.001, 0.1])
    kinds = [rnd.choice(["number", "integer", "word"]) for _ in range(width)]

    def cell(kind):
        if rnd.random() < odd:
            return rnd.choice(NUMBERS + WORDS)
        if kind == "number":
            return repr(rnd.gauss(0, 1))
        return str(rnd.randrange(10 ** rnd.randint(1, 18))) if kind == "integer" else rnd.choice(WORDS[:2])

    lines = [",".join(cell(kind) for kind in kinds) for _ in range(rows)]
    if rnd.random() < 0.3:
        place = rnd.randrange(rows)
        lines[place] = rnd.choice(
            ["", "1", lines[place] + ",1", lines[place] + "\u00e9", '"1"' + lines[place]]
        )
    header = ",".join(f"c{place}" for place in range(width))
    return "\n".join([header, *lines]).encode() + b"\n" * rnd.randint(0, 3)


@pytest.mark.parametrize("seed", range(100, 106))
def test_long_tables_wherever_pieces_and_chunks_end(tmp_path, monkeypatch, seed):
    rnd = random.Random(seed)
    for _ in range(15):
        data = table(rnd, rnd.randint(1, 400))
        names = csv_names(tmp_path / "table.csv", data, csv.UNKNOWN)
        wants = wants_of(rnd, names)
        results = []
        for reader in ("compiled", "pandas", "cells"):
            with monkeypatch.context() as patch:
                use(reader, patch)
                patch.setattr(pieces, "HEAD_BYTES", rnd.choice([1, 40, 1 << 16]))
                patch.setattr(csv, "PIECE_BYTES", rnd.choice([1, 30, 1000, 1 << 19]))
                block_rows = rnd.choice([1, 7, 64, 1 << 18])
                results.append(read(data, tmp_path / "table.csv", csv.UNKNOWN, wants, block_rows))
        for other in results[1:]:
            same(results[0], other, data)


def test_rows_of_which_nothing_is_wanted_are_counted(tmp_path, monkeypatch):
    for reader in ("compiled", "pandas", "cells"):
        for rows, text in ((3, "1,2\n3,4\n5,6\n"), (0, "1,2,3\n")):
            (tmp_path / "table.csv").write_text("a,b\n" + text)
            with monkeypatch.context() as patch:
                use(reader, patch)
                source = CsvSource(str(tmp_path / "table.csv"))
                try:
                    assert sum(map(len, source.chunks((), 1000))) == rows == 3
                except LosscliError:
                    assert rows == 0
                source.close()


def test_one_long_text_makes_no_others_wide(tmp_path, monkeypatch):
    lines = ["group,label", "a,1", "b" * 2000 + ",2", *(f"{'cd'[row % 2]},3" for row in range(20_000))]
    (tmp_path / "table.csv").write_text("\n".join(lines) + "\n")
    use("compiled", monkeypatch)
    source = CsvSource(str(tmp_path / "table.csv"))
    chunks = list(source.chunks([Want("group", (0,), text=True), Want("label", (1,))], 1 << 18))
    source.close()
    assert [cell.decode() for chunk in chunks for cell in chunk.columns["group"].tolist()] == [
        line.partition(",")[0] for line in lines[1:]
    ]
    wide = [len(chunk) for chunk in chunks if chunk.columns["group"].dtype.itemsize >= 2000]
    assert len(wide) == 1
    assert len(chunks[-1]) > wide[0]


@pytest.mark.parametrize("reader", ["compiled", "pandas", "cells"])
@pytest.mark.parametrize("bytes_", [4096, 4097])
def test_blanks_around_a_text_are_no_part_of_its_length(tmp_path, monkeypatch, reader, bytes_):
    use(reader, monkeypatch)
    data = b"group,label\na,1\n \t" + b"m" * bytes_ + b" ,2\n"
    wants = [Want("group", (0,), text=True), Want("label", (1,))]
    columns, _, told = read(data, tmp_path / "table.csv", csv.UNKNOWN, wants)
    if bytes_ == 4096:
        assert columns["group"].tolist() == [b"a", b"m" * 4096]
    else:
        assert "row 2 (line 3): the group is 4097 bytes long" in told


def columns_of(rows, odd, long):
    """Return a table of two columns: every `odd`-th number is none, and row `long` has a long text."""
    names = ["x" * 3000 if row == long else f"n{row % 7}" for row in range(rows)]
    cells = [f"no {row}" if row % odd == 0 else repr(row / 3) for row in range(rows)]
    return "a,b\n" + "".join(f"{cell},{name}\n" for cell, name in zip(cells, names, strict=True))


@pytest.mark.parametrize(("odd", "long"), [(1, -1), (2, 9000), (10**9, 9000), (10**9, 0)])
def test_more_odd_cells_than_are_taken_at_a_time_and_texts_that_end_a_chunk(tmp_path, monkeypatch, odd, long):
    data = columns_of(12_000, odd, long).encode()
    wants = [Want("prediction", (0,)), Want("group", (1,), text=True)]
    results = []
    for reader in ("compiled", "pandas", "cells"):
        with monkeypatch.context() as patch:
            use(reader, patch)
            results.append(read(data, tmp_path / "table.csv", csv.UNKNOWN, wants))
    (columns, bad, told), *others = results
    assert told == ""
    assert len(columns["prediction"]) == 12_000
    assert bad["prediction", 1] == "no 0"
    assert int(np.isnan(columns["prediction"]).sum()) == -(-12_000 // odd)
    for other in others:
        # How many bad cells are noted depends on where pieces end, and those that are say the same.
        common = bad.keys() & other[1].keys()
        assert {place: bad[place] for place in common} == {place: other[1][place] for place in common}
        same((columns, {}, told), (other[0], {}, other[2]), data[:100])
