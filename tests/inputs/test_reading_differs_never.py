"""What losscli reads is what a second, slow and strict reader reads; or it is refused."""

import collections
import random

import numpy as np
import pytest
from helpers import strict_reader

from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv import numbers, pieces
from losscli.inputs.formats.csv import source as csv
from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.header import TextFormat
from losscli.inputs.streams import counter

pytestmark = pytest.mark.usefixtures("parser")

CELLS = [
    *("1", "2.5", "-3e-2", '"4"', '"5,5"', " 6", "7 ", '"a,b"', '"x\ny"', '"q""q"', '""', "", "abc", "NA"),
    *("nan", "True", "False", "1,5", "0", '"1"', ' "8" ', "é", "007", "1e400", '"', "'9'", '"1\n"', '",5"'),
    *('"5,"', "\ufeff1", "\x0b1", "1\x0c", "1_0", "0x1", "٣"),
]
PLAIN = ["1", "2.5", '"4"', '"a;b"', "0.25", "", "3", '"x\ny"']
POLLUTION = [
    *('"', ",", "\n", "\r", "\r\n", "\0", ";", "\t", " ", "\ufeff", "é", "\x1c", "\x1d", "\x0b", "\x1a"),
    *("\\", "#", '""', '"\n"', "1"),
]


def make(rnd):
    """Return bytes that are about a table, and what a caller would know about them."""
    separator = rnd.choice([",", ",", ";", "\t", "|", " "])
    decimal = "." if separator == "," else rnd.choice([".", ","])
    width = rnd.randint(1, 4)
    pool = rnd.choice([CELLS, PLAIN])
    end = rnd.choice(["\n", "\n", "\r\n", "\r"])
    table = [[f"c{place}" for place in range(width)]]
    table += [[rnd.choice(pool) for _ in range(width)] for _ in range(rnd.randint(0, 12))]
    text = end.join(map(separator.join, table)) + end * rnd.randint(0, 3)
    for _ in range(rnd.choice([0, 0, 1, 1, 2])):
        place, kind = rnd.randint(0, len(text)), rnd.random()
        text = text[:place] + (rnd.choice(POLLUTION) if kind < 0.7 else "") + text[place + (kind > 0.5) :]
    encoding = rnd.choice(["utf-8"] * 6 + ["latin-1", "utf-8-sig", "utf-16"])
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.encode()
    columns = tuple(sorted({rnd.randrange(width), width - 1}))
    text_column = rnd.choice([None, 0, width - 1])
    known = rnd.choice([None, separator])
    return (
        data,
        separator,
        TextFormat(known, decimal, None, rnd.choice([None, True, False])),
        columns,
        text_column,
    )


def read(path, text_format, columns, text_column, block_rows=262_144):
    """Return header, numbers (NaN where there is none) and texts, as losscli reads them."""
    source = CsvSource(str(path), text_format)
    try:
        wants = [
            Want("prediction", tuple(column for column in columns if column < len(source.names)) or (0,))
        ]
        if text_column is not None and text_column < len(source.names):
            wants.append(Want("id", (text_column,), text=True))
        chunks = list(source.chunks(wants, block_rows))
    finally:
        source.close()
    width = len(wants[0].columns)
    values = [chunk.columns["prediction"].reshape(len(chunk), width) for chunk in chunks]
    values = np.concatenate([np.zeros((0, width)), *values])
    rows = [int(row) for chunk in chunks for row in chunk.row]
    assert rows == list(range(1, source.rows + 1)) == list(range(1, len(values) + 1))
    texts = [text for chunk in chunks for text in chunk.columns.get("id", np.zeros(0, "S8")).tolist()]
    return source.header, np.where(np.isfinite(values), values, np.nan), texts, wants


def expected(data, header, decimal, wants):
    names, rows = strict_reader.read(data, header.separator, header=header.present)
    values = [[strict_reader.number(row[column], decimal) for column in wants[0].columns] for row in rows]
    texts = [row[want.columns[0]].strip(" \t").encode() for want in wants[1:] for row in rows]
    return names, np.array(values, dtype=float).reshape(len(rows), len(wants[0].columns)), texts


def outcome(*arguments, **options):
    try:
        return read(*arguments, **options)
    except LosscliError as error:
        return error


@pytest.fixture
def trickle(monkeypatch):
    """Let files hand out as few bytes at a time as asked for."""
    whole, most = counter.Counter.read, [None]

    def read_some(self, size=-1):
        return whole(self, size if most[0] is None else most[0] if size < 0 else min(size, most[0]))

    monkeypatch.setattr(counter.Counter, "read", read_some)
    return most


@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_is_what_a_strict_reader_reads(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(numbers, "SLOW_BYTES", 64)
    rnd, path, counts = random.Random(seed), tmp_path / "table.csv", collections.Counter()
    for _ in range(250):
        data, separator, text_format, columns, text_column = make(rnd)
        path.write_bytes(data)
        found = outcome(path, text_format, columns, text_column)
        if isinstance(found, LosscliError):
            counts["refused"] += 1
            if text_format.delimiter is not None:
                with pytest.raises(strict_reader.RefusedError):
                    strict_reader.read(data, separator, header=text_format.header is not False)
            continue
        header, values, texts, wants = found
        try:
            names, right, right_texts = expected(data, header, text_format.decimal, wants)
        except strict_reader.RefusedError:
            # Separators at the ends of rows, and runs of blanks: test_rows_layout.py is about them.
            counts["tidied"] += 1
            continue
        assert list(header.names) == names, data
        np.testing.assert_array_equal(values, right, err_msg=repr(data))
        # A separator that is blank belongs to a quoted field, and is kept at its ends.
        assert [text.strip(b" \t") for text in texts] == right_texts, data
        counts["read"] += 1
    assert min(counts["read"], counts["refused"]) > 50
    assert counts["tidied"] < 25


@pytest.mark.parametrize("seed", range(100, 104))
def test_neither_block_rows_nor_where_pieces_end_change_what_is_read(tmp_path, monkeypatch, trickle, seed):
    rnd, path = random.Random(seed), tmp_path / "table.csv"
    for _ in range(100):
        data, separator, text_format, columns, text_column = make(rnd)
        path.write_bytes(data)
        text_format = TextFormat(separator, text_format.decimal, None, text_format.header)
        whole = outcome(path, text_format, columns, text_column)
        for block_rows in (1, 7):
            with monkeypatch.context() as patch:
                size = rnd.choice([1, 2, 3, 8, 17, 40])
                for module in (csv, pieces):
                    patch.setattr(module, "HEAD_BYTES", size)
                patch.setattr(csv, "PIECE_BYTES", rnd.choice([1, 5, 20, 64]))
                trickle[0] = rnd.choice([None, 1, 3])
                parts = outcome(path, text_format, columns, text_column, block_rows=block_rows)
                trickle[0] = None
            assert isinstance(parts, LosscliError) == isinstance(whole, LosscliError), (data, parts, whole)
            if not isinstance(whole, LosscliError):
                assert parts[0] == whole[0], data
                np.testing.assert_array_equal(parts[1], whole[1], err_msg=repr(data))
                assert parts[2] == whole[2], data


PIECES_OF_NUMBERS = [
    *(
        "1",
        "0",
        "9",
        ".",
        "e",
        "E",
        "+",
        "-",
        " ",
        "\t",
        "x",
        "_",
        "inf",
        "nan",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x1f",
    ),
    *(
        "\xa0",
        "\x85",
        "\u0661",
        "True",
        "true",
        "FALSE",
        "NA",
        "p",
        "d",
        "L",
        "f",
        "%",
        "'",
        "$",
        "\u2212",
        "\ufeff",
        ",",
    ),
]


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_number_means_the_same_whatever_stands_around_it(decimal):
    rnd = random.Random(7)
    for _ in range(1500):
        cells = [
            "".join(rnd.choices(PIECES_OF_NUMBERS, k=rnd.randint(1, 4))) for _ in range(rnd.randint(1, 3))
        ]
        found = numbers.parse(("\n".join(cells) + "\n").encode(), ";", (0,), decimal)[0]
        right = np.array([strict_reader.number(cell, decimal) for cell in cells])
        np.testing.assert_array_equal(np.where(np.isfinite(found), found, np.nan), right, err_msg=repr(cells))
