"""The compiled scanner of JSON against the strict way: the same columns, bad cells and messages."""

import json
import random
import re

import numpy as np
import pytest
from helpers import json_rows

from losscli.common.errors import LosscliError
from losscli.inputs.formats.jsonl import pieces, rows, scanner
from losscli.inputs.ids import as_text

BUILT = scanner.scan
needs_scanner = pytest.mark.skipif(BUILT is None, reason="it was not built")


def both(path, seed, monkeypatch, **options):
    """Return what each way reads of a file; of one that cannot be opened, the words of the error."""
    found = []
    for scan in (BUILT, None):
        monkeypatch.setattr(scanner, "scan", scan)
        wants = lambda header: json_rows.wants_of(header, random.Random(seed))  # noqa: E731
        try:
            found.append(json_rows.read(path, wants, **options))
        except LosscliError as error:
            found.append(str(error))
    return found


def same(left, right):
    if isinstance(left, str) or isinstance(right, str):
        return left == right
    names, chunk, lines, error = left
    other_names, other, other_lines, other_error = right
    if (names, lines, error) != (other_names, other_lines, other_error) or (chunk is None) != (other is None):
        return False
    if chunk is None:
        return True
    assert chunk.columns.keys() == other.columns.keys()
    same_columns = all(_same_column(chunk.columns[role], other.columns[role]) for role in chunk.columns)
    return same_columns and chunk.bad == other.bad and chunk.row.tolist() == other.row.tolist()


def _same_column(left, right):
    if left.dtype.kind == "f":
        return left.shape == right.shape and left.tobytes() == right.tobytes()
    return as_text(left).tolist() == as_text(right).tolist()


@needs_scanner
@pytest.mark.parametrize("start", range(0, 1500, 500))
def test_both_ways_read_the_same(start, tmp_path, monkeypatch):
    read = failed = 0
    for seed in range(start, start + 500):
        data = json_rows.make(random.Random(seed))
        path = tmp_path / "rows.jsonl"
        path.write_bytes(data)
        fast, strict = both(path, seed, monkeypatch)
        assert same(fast, strict), (seed, data, fast, strict)
        read += not isinstance(fast, str) and fast[1] is not None
        failed += isinstance(fast, str) or bool(fast[3])
        assert isinstance(fast, str) or re.match(r"(RowError|LosscliError): |$", fast[3]), (seed, fast[3])
    assert read > 100
    assert failed > 50


@needs_scanner
@pytest.mark.parametrize("seed", range(57))
def test_where_pieces_and_blocks_end_changes_nothing(seed, tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(json_rows.make(random.Random(seed)))
    whole, _ = both(path, seed, monkeypatch)
    for size, block in ((1, 3), (40, 1), (64, 4)):
        monkeypatch.setattr(pieces, "HEAD_BYTES", size)
        monkeypatch.setattr("losscli.inputs.formats.jsonl.source.PIECE_BYTES", size)
        monkeypatch.setattr(rows, "MOST_ROWS", block)
        for other in both(path, seed, monkeypatch, block_rows=block):
            assert same(whole, other), (seed, size)
        monkeypatch.undo()


def taken_by_the_scanner(path, wants, monkeypatch):
    """Return how many rows the scanner took of a file."""
    taken = []
    whole = rows.Rows.take

    def take(self, text, place):
        before = self.total
        found = whole(self, text, place)
        taken.append(self.total - before)
        return found

    monkeypatch.setattr(rows.Rows, "take", take)
    json_rows.read(path, lambda _header: wants)
    return sum(taken)


@needs_scanner
@pytest.mark.parametrize(
    "row",
    [
        {"id": 17, "prediction": 0.25},
        {"id": "user_17", "prediction": -1},
        {"id": 17, "prediction": 0.25, "text": 'a "quoted" \n é \u0001', "more": [1, {"a": [None, True]}]},
        {"meta": {"id": 17, "x": {}}, "prediction": [0.25, 0.75]},
    ],
)
def test_rows_of_one_shape_are_for_the_scanner(row, tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    path.write_text((json.dumps(row) + "\n") * 1000)
    names = json_rows.read(path, lambda _header: [])[0]
    id_ = names.index("meta.id" if "meta" in row else "id")
    numbers = tuple(place for place, name in enumerate(names) if name.startswith("prediction"))
    wants = [json_rows.Want("id", (id_,), text=True, integers=True), json_rows.Want("prediction", numbers)]
    # The first row tells what the values are.
    assert taken_by_the_scanner(path, wants, monkeypatch) == 999


@needs_scanner
def test_missing_values_are_for_the_scanner_too(tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prediction": 1.5}\n' + '{"prediction": null}\n' * 99)
    want = json_rows.Want("prediction", (0,))
    assert taken_by_the_scanner(path, [want], monkeypatch) == 99
    chunk = json_rows.read(path, lambda _header: [want])[1]
    assert np.isnan(chunk.columns["prediction"][1:]).all()
    assert set(chunk.bad.values()) == {""}


@needs_scanner
def test_the_scanner_goes_nowhere_else():
    row = (4, 1, 1, 0, 0, 0)
    value = (1, 0, 0, 0, 3, 0)
    for nodes, keys, columns, most in [
        ([], b"", 1, 1),
        ([row], b'"a"', 1, 1),
        ([(4, 0, 1, 0, 0, 0)], b'"a"', 1, 1),
        ([row, (1, 0, 0, 0, 4, 0)], b'"a"', 1, 1),
        ([row, (1, 0, 0, 0, 3, 1)], b'"a"', 1, 1),
        ([row, (6, 0, 0, 0, 3, 0)], b'"a"', 1, 1),
        ([row, value], b'"a"', 1, 0),
    ]:
        with pytest.raises(ValueError, match=r"^no (such|row)"):
            BUILT.Scanner(nodes, keys, columns, most)
    found = BUILT.Scanner([row, value], b'"a"', 1, 4)
    array = np.zeros(4)
    with pytest.raises(ValueError, match="no whole rows"):
        found.scan(b"{}\n", 0)
    for wanted, most, filled in [
        ([(1, 0, array.view(np.uint8), 8, 8)], 4, 0),
        ([(0, 4, array.view(np.uint8), 8, 8)], 4, 0),
        ([(0, 0, array.view(np.uint8), 4, 8)], 4, 0),
        ([(0, 0, array.view(np.uint8), 8, 8)], 5, 0),
        ([(0, 0, array.view(np.uint8), 8, 8)], 4, 5),
    ]:
        with pytest.raises(ValueError, match=r"^no |too small"):
            found.bind(wanted, most, filled)
    found.bind([(0, 0, array.view(np.uint8), 8, 8)], 4, 0)
    for text, place in [(b"", 0), (b'{"a": 1}', 0), (b'{"a": 1}\n', 10), (b'{"a": 1}\n', -1)]:
        with pytest.raises(ValueError, match="no whole rows"):
            found.scan(text, place)
    assert found.scan(b'{"a": 1}\n{"a": 2.5}\n{"b": 1}\n', 0) == 3
    assert array.tolist() == [1.0, 2.5, 0.0, 0.0]
