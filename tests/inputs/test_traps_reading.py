"""The traps of reading, one after the other: how other tools give a wrong number, and what happens here."""

import bz2
import collections
import gzip
import lzma
import math
import os
import subprocess
import threading
import zipfile

import numpy as np
import pandas as pd
import pytest
from helpers.calls import PROGRAM, losscli

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.header import TextFormat

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def file(tmp_path):
    """Write a file, text or bytes, and return its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def mae(*arguments, **options):
    return evaluate(*arguments, loss="mae", **options).results[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pred,label\n1,2,3\n4,5,6\n", r"row 1 \(line 2\): 3 fields \(1,2,3\); needed: 2 as in the header"),
        ("pred,label\n1,2\n4,5,6\n", r"row 2 \(line 3\): 3 fields \(4,5,6\); needed: 2 as in the header"),
        ("pred,label\n1,2\n4\n", r"row 2 \(line 3\): 1 field \(4\); needed: 2 as in the header"),
        ("pred,label\n1\n4,5,6\n", r"row 1 \(line 2\): 1 field \(1\); needed: 2 as in the header"),
        ("pred,label\n1,2\n\n3,4\n", r"row 2 \(line 3\): a blank line; needed: 2 as in the header"),
        ("p,label\n0,5,1\n", r"row 1 \(line 2\): 3 fields \(0,5,1\); needed: 2"),
        (
            'pred,label\n"1,234",2\n',
            r"row 1 \(line 2\): prediction is 1,234; needed: a finite number\. .*\(decimal=\",\"",
        ),
        ('pred,label\n",5",2\n', r"row 1 \(line 2\): prediction is ,5; needed: a finite number"),
        ("pred,label\n1_000,2\n", r"row 1 \(line 2\): prediction is 1_000; needed: a finite number"),
        (
            "pred,label\nTrue,1\nFalse,0\n",
            r"row 1 \(line 2\): prediction is True \(the first of 2 bad predictions in 2 rows\); needed: a",
        ),
        ("pred,label\n1,\nTrue,1\n", r"row 1 \(line 2\): label is missing; needed: a finite number"),
        ("pred,label\n1e400,1\n", r"row 1 \(line 2\): prediction is 1e400; needed: a finite number"),
        ("pred,label\n1,inf\n", r"row 1 \(line 2\): label is inf; needed: a finite number"),
        ("pred,label\n1,NA\n", r"row 1 \(line 2\): label is NA; needed: a finite number"),
        ("pred,label\n1, \n", r"row 1 \(line 2\): label is missing; needed: a finite number"),
        ("pred,label\n٣,1\n", r"row 1 \(line 2\): prediction is ٣; needed: a finite number"),
        (
            "pred,label\n1,2\n\0\0\n",
            r"near row 1: a NUL byte; needed: text\. .*encoding=\"utf-16-le\"",
        ),
        (
            'pred,label\n1,"2\n3,4\n',
            r"row 1 \(line 2\): a quote is opened and never closed; needed: quotes in pairs\. .*cut short",
        ),
        (
            'pred,label,note\n1,2,6"\n',
            r"row 1 \(line 2\): a quote inside a field: 1,2,6.*; needed: fields quoted entirely",
        ),
        ("pred,label\r\n1,2\r3,4\r\n", r"near row 1: a carriage return inside a line"),
        ("", r"the file is empty; needed: at least one row"),
        ("\n\n", r"the file is empty; needed: at least one row"),
        ("pred,label\n", r"no data rows; needed: at least one sample"),
        (
            "a;b,c\nx;y,z\n",
            r"both comma and semicolon could separate the columns; needed: one.*\(delimiter=\"…\"",
        ),
        ("pred,label\n1,2\nx,2\n3,y\n", r"row 2 \(line 3\): prediction is x"),
        ("pred,label\n1,2\n3,x\ny,4\n", r"row 2 \(line 3\): label is x"),
    ],
)
def test_a_trap_is_an_error_that_says_where(file, text, message):
    with pytest.raises(LosscliError, match=message):
        mae(file("data.csv", text))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffpred,label\n1,2\n3,5\n",
        "pred,label\r\n1,2\r\n3,5\r\n",
        "pred,label\r1,2\r3,5\r",
        'pred,label\n"1","2"\n"3","5"',
        "pred\tlabel\n1\t2\n3\t5\n",
        "pred;label\n1;2\n3;5\n",
        "pred|label\n1|2\n3|5\n",
        "pred label\n1 2\n3 5\n",
        "pred , label\n 1 , 2 \n\t3,5\n",
        "pred,label\n1,2\n3,5\n\n\n",
        "# pred,label\n1,2\n3,5\n",
        "#pred #label\n1 2\n3 5\n",
        '"","pred","label"\n"1",1,2\n"2",3,5\n',
        ",pred,label\n0,1,2\n1,3,5\n",
        ",id,pred,label\n0,a,1,2\n1,b,3,5\n",
        "ID,PRED,Label\nNA,1,2\nNaN,3,5\n",
        'pred,label,note\n1,2,"a\nb"\n3,5,\'\n',
        "pred,label\n+1.0,2e0\n.3e1,5.\n",
        "pred,label\n1.0000000000000000000,002\n3,5\n",
    ],
)
def test_a_clear_file_is_read(file, text):
    assert mae(file("data.csv", text)).cost == 1.5


def test_a_single_column_of_decimal_commas_is_not_read_up_to_its_comma(file):
    predictions = file("p.csv", "pred\n1,5\n2,5\n")
    with pytest.raises(LosscliError, match=r"row 1 \(line 2\): 2 fields \(1,5\); needed: 1 as in the header"):
        mae(predictions, file("l.csv", "label\n1\n2\n"))


def test_words_are_not_cut_at_blanks_unless_somebody_says_so(file):
    text = "model output\npolar bear\nbrown bear\n"
    predictions, labels = file("p.txt", text), file("l.txt", "class label\nbrown bear\nblack bear\n")
    with pytest.raises(
        LosscliError,
        match=r"spaces could separate the columns, or be part .*\(delimiter=\" \"\), or .*\(delimiter=\",\"",
    ):
        evaluate(predictions, labels, loss="zero_one")
    assert evaluate(predictions, labels, loss="zero_one", format=TextFormat(",")).results[0].cost == 1.0
    assert evaluate(predictions, labels, loss="zero_one", format=TextFormat(" ")).results[0].cost == 0.0
    table = file("t.txt", "id prediction label\n1 cat cat\n2 cat dog\n")
    assert evaluate(table, loss="zero_one").results[0].cost == 0.5


def test_decimal_commas(file):
    european = file("data.csv", "pred;label\n0,5;1\n1,25;1,0\n")
    assert mae(european, format=TextFormat(decimal=",")).cost == 0.375
    with pytest.raises(
        LosscliError,
        match=r"prediction is 0,5 \(the first of 2 bad predictions in 2 rows\); .*\(decimal=\",\"",
    ):
        mae(european)
    headless = file("headless.csv", "0,5;1,0\n1,25;1,0\n")
    assert mae(headless, prediction="0", label="1", format=TextFormat(decimal=",")).cost == 0.375
    quoted = file("quoted.csv", 'pred,label\n"0,5",1\n"1,25","1,0"\n')
    assert mae(quoted, format=TextFormat(decimal=",")).cost == 0.375
    thousands = file("thousands.csv", "pred;label\n1.234,5;1\n")
    with pytest.raises(LosscliError, match=r"prediction is 1\.234,5"):
        mae(thousands, format=TextFormat(decimal=","))


def test_labels_of_decimal_commas_are_ignored_and_mapped_as_numbers(file):
    path = file("data.csv", "pred;label\n1;1,50\n2;2\n3;x\n")
    result = mae(path, format=TextFormat(decimal=","), ignore_label="1.5", map_labels={"x": "3.5"})
    assert (result.n, result.ignored, result.cost) == (2, 1, 0.25)


def test_a_file_without_header_is_said_to_have_none(file):
    path = file("data.csv", "1,2\n3,5\n")
    report = evaluate(path, loss="mae", prediction="0", label="1")
    assert report.results[0].cost == 1.5
    assert "no header" in report.notes[0]
    assert mae(path, format=TextFormat(header=True), prediction="1", label="2").n == 1
    years = file("years.csv", "2019,2020\n1,2\n")
    assert mae(years, format=TextFormat(header=True), prediction="2019", label="2020").n == 1
    with pytest.raises(LosscliError, match="label is label"):
        mae(file("h.csv", "pred,label\n1,2\n"), format=TextFormat(header=False), prediction="0", label="1")


def test_ids_and_class_names_are_text(file):
    predictions = file("p.csv", "id,pred\n007,1\nNA,2\n9007199254740993,3\n9007199254740992,4\n7,5\nnull,6\n")
    labels = file("l.csv", "id,label\nnull,6\n7,5\n9007199254740992,4\n9007199254740993,3\nNA,2\n007,1\n")
    report = evaluate(predictions, labels, loss="mae")
    assert report.alignment == "id"
    assert (report.results[0].cost, report.results[0].n) == (0.0, 6)


def test_true_beside_a_missing_value_is_no_one(file):
    path = file("data.csv", "pred,label\n1,\n1,True\n1,1\n")
    result = mae(path, bad_rows="drop")
    assert (result.n, result.dropped) == (1, 2)


def test_the_type_of_a_column_does_not_change_from_piece_to_piece(file):
    rows = ["1,2"] * 40_000 + ["x,2", "True,2", "2,2"] + ["1,2"] * 40_000
    path = file("data.csv", "pred,label\n" + "\n".join(rows) + "\n")
    for block_rows in (1000, 262_144):
        result = mae(path, bad_rows="drop", block_rows=block_rows)
        assert (result.n, result.dropped, result.sum) == (80_001, 2, 80_000.0)
        with pytest.raises(LosscliError, match=r"row 40001 \(line 40002\): prediction is x"):
            mae(path, block_rows=block_rows)


def test_a_mark_in_the_middle_of_a_file_is_bad_wherever_a_piece_begins(file, monkeypatch):
    from losscli.inputs.formats.csv import pieces
    from losscli.inputs.formats.csv import source as csv

    path = file("data.csv", "pred,label\n1,2\n\ufeff3,4\n")
    for size in (1, 16, 1 << 16):
        for module in (csv, pieces):
            monkeypatch.setattr(module, "HEAD_BYTES", size)
        monkeypatch.setattr(csv, "PIECE_BYTES", size)
        with pytest.raises(LosscliError, match=r"row 2 \(line 3\): prediction is \\ufeff3"):
            mae(path)


TEXT = "pred,label\n" + "".join(f"{place},{place + 1}\n" for place in range(3000))
PACKED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("suffix", PACKED)
def test_compressed_files_are_read_whole_or_refused(file, suffix):
    whole = PACKED[suffix](TEXT.encode())
    assert mae(file(f"data.csv{suffix}", whole)).n == 3000
    half = len(TEXT) // 2
    parts = [PACKED[suffix](TEXT[:half].encode()), PACKED[suffix](TEXT[half:].encode())]
    assert mae(file(f"two.csv{suffix}", b"".join(parts))).n == 3000
    for cut in (1, 9, len(whole) // 2, len(whole) - 1):
        with pytest.raises(LosscliError, match=r"damaged or cut short|file is empty"):
            mae(file(f"cut.csv{suffix}", whole[:cut]))
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    with pytest.raises(LosscliError, match="damaged"):
        mae(file(f"damaged.csv{suffix}", bytes(damaged)))
    behind = parts[0] + b"?" + parts[1][1:]
    with pytest.raises(LosscliError, match="damaged"):
        mae(file(f"second.csv{suffix}", behind))
    assert mae(file(f"text.csv{suffix}", TEXT)).n == 3000
    assert mae(file("data.csv", whole)).n == 3000


def test_zip_archives_hold_exactly_one_file(tmp_path, file):
    assert mae(zipped(tmp_path / "one.zip", **{"a.csv": TEXT})).n == 3000
    assert mae(zipped(tmp_path / "mac.zip", **{"a.csv": TEXT, "__MACOSX/._a.csv": "x"})).n == 3000
    with pytest.raises(
        LosscliError, match=r"the archive holds 2 files \(a.csv, b.csv\); needed: exactly one"
    ):
        mae(zipped(tmp_path / "two.zip", **{"a.csv": TEXT, "b.csv": TEXT}))
    with pytest.raises(LosscliError, match="holds 0 files"):
        mae(zipped(tmp_path / "none.zip"))
    whole = (tmp_path / "one.zip").read_bytes()
    for content in (whole[: len(whole) // 2], b"no archive"):
        with pytest.raises(LosscliError, match=r"zip archive cannot be read|damaged"):
            mae(file("bad.zip", content))
    damaged = bytearray(whole)
    damaged[200] ^= 0xFF
    with pytest.raises(LosscliError, match="damaged"):
        mae(file("crc.zip", bytes(damaged)))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PAR1\x15\x04\x15", "a Parquet file"),
        (b"\x93NUMPY\x01\x00", "a NumPy array file"),
        (b"PK\x03\x04\x14\x00\x00\x00", "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Excel workbook"),
    ],
)
def test_what_is_no_text_is_named(file, content, what):
    with pytest.raises(LosscliError, match=what):
        mae(file("data.csv", content))


def cut(path):
    os.truncate(path, len(TEXT) * 20)


def grow(path):
    with path.open("a") as more:
        more.write("7,7\n")


def touch(path):
    os.utime(path, ns=(1, 1))


def write_over(path):
    with path.open("r+b") as some:
        some.write(b"pred")
    os.utime(path, ns=(2, 2))


@pytest.mark.parametrize("change", [cut, grow, touch, write_over])
def test_a_file_that_changes_while_it_is_read_is_refused(file, change):
    path = file("data.csv", TEXT + TEXT.partition("\n")[2] * 39)
    source = CsvSource(str(path))
    change(path)
    with pytest.raises(LosscliError, match=r"changed while it was being read|bytes were read of") as caught:
        collections.deque(source.chunks([Want("prediction", (0, 1))], 1000))
    source.close()
    assert caught.value.remedy == "Run again when it is complete."


def test_paths_that_cannot_be_opened(tmp_path, file):
    file("predictions.csv", TEXT)
    with pytest.raises(LosscliError, match=r"there is no such file. Did you mean .*predictions\.csv\?"):
        mae(str(tmp_path / "prediction.csv"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(LosscliError, match="there is no file; needed: at least one file"):
        mae(str(tmp_path / "empty"))
    with pytest.raises(LosscliError, match=r"no such file. There is no folder"):
        mae(str(tmp_path / "nowhere" / "x.csv"))
    with pytest.raises(LosscliError, match="cannot be opened"):
        mae("a\0b")
    if os.geteuid() != 0:
        closed = file("closed.csv", TEXT)
        closed.chmod(0)
        with pytest.raises(LosscliError, match="cannot be opened: Permission denied"):
            mae(closed)


@pytest.mark.parametrize("step", [1, 7, 5000])
def test_a_pipe_is_read_whatever_portions_it_hands_out(tmp_path, step):
    path, data = tmp_path / "pipe", TEXT[:4000].rpartition("\n")[0].encode() + b"\n"
    os.mkfifo(path)

    def feed():
        with path.open("wb", buffering=0) as pipe:
            pipe.writelines(data[place : place + step] for place in range(0, len(data), step))

    writer = threading.Thread(target=feed)
    writer.start()
    result = mae(str(path))
    writer.join()
    assert (result.n, result.cost) == (data.count(b"\n") - 1, 1.0)


def test_standard_input_is_one_of_the_two(file):
    labels = file("l.csv", "id,label\nb,5\na,2\n")
    call = ("evaluate", "-", labels, "--loss", "mae", "--quiet")
    done = losscli(*call, stdin="id,pred\na,1\nb,3\n")
    assert (done.returncode, done.stdout) == (0, "1.5\n"), done.stderr
    # The same from a file whose beginning somebody else has read; ids out of order are read again.
    path = file("p.csv", "a first line\nid,pred\nb,3\na,1\n")
    with path.open("rb", buffering=0) as stdin:
        stdin.seek(13)
        done = subprocess.run([*PROGRAM, *call], stdin=stdin, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"1.5\n"), done.stderr


def test_a_cell_of_many_megabytes_in_a_column_of_text_is_refused_in_little_memory(file):
    rows = "".join(f"{place},1,2\n" for place in range(20_000))
    path = file("data.csv", "id,pred,label\n" + rows + "x" * 5_000_000 + ",1,2\n")
    with pytest.raises(
        LosscliError, match=r"row 20001 \(line 20002\): the id is 5000000 bytes long; needed: at most 4096"
    ):
        mae(path)
    named = file("named.csv", "id,pred,label\n" + rows + "x" * 4000 + ",1,2\n" + rows)
    assert mae(named).n == 40_001


def test_a_line_without_end_is_refused(file, monkeypatch):
    from losscli.inputs.formats.csv import pieces

    monkeypatch.setattr(pieces, "MOST_ROW_BYTES", 1 << 17)
    with pytest.raises(
        LosscliError, match=r"row is longer than .* MiB; needed: rows that end with a line feed"
    ):
        mae(file("data.csv", "pred,label\n" + "1" * (1 << 20)), block_rows=10)
    with pytest.raises(LosscliError, match=r"is longer than .* MiB; needed: rows that end with a line feed"):
        mae(file("head.csv", "1" * (1 << 20)))


def test_ten_thousand_columns(file):
    names = [*(f"c{place}" for place in range(10_000)), "pred", "label"]
    path = file("wide.csv", ",".join(names) + "\n" + (",".join(["1"] * 10_001 + ["3"]) + "\n") * 3)
    assert mae(path).cost == 2.0


def test_files_as_others_write_them(tmp_path):
    frame = pd.DataFrame({"prediction": [0.1, -2.5e-8, 1e22], "label": [0.3, 7.0, 1e22]})
    right = mae(frame).cost
    assert right == math.fsum(np.abs(frame["prediction"] - frame["label"])) / 3
    path = tmp_path / "data.csv"
    frame.to_csv(path)
    assert mae(path).cost == right
    frame.to_csv(path, index=False, quoting=1, lineterminator="\r\n", encoding="utf-8-sig")
    assert mae(path).cost == right
    frame.to_csv(path, index=False, sep=";", decimal=",")
    assert mae(path, format=TextFormat(decimal=",")).cost == right
    for suffix in (".gz", ".bz2", ".xz", ".zip"):
        frame.to_csv(f"{path}{suffix}", index=False)
        assert mae(f"{path}{suffix}").cost == right
    np.savetxt(path, frame.to_numpy(), header="prediction label")
    assert mae(path).cost == right
    np.savetxt(path, frame.to_numpy(), delimiter=",", header="prediction,label", comments="")
    assert mae(path).cost == right
    np.savetxt(path, frame.to_numpy())
    assert mae(path, prediction="0", label="1").cost == right


def test_blank_lines_amid_a_file_are_rows_however_many(file):
    blank = "\n" * 80_000
    with pytest.raises(LosscliError, match=r"row 2 \(line 3\): a blank line"):
        mae(file("wide.csv", "pred,label\n1,2\n" + blank + "1,2\n"))
    single = file("p.csv", "pred\n1\n" + blank + "2\n"), file("l.csv", "label\n1\n" + "5\n" * 80_000 + "2\n")
    for block_rows in (1000, 262_144):
        result = mae(*single, bad_rows="drop", block_rows=block_rows)
        assert (result.n, result.dropped, result.cost) == (2, 80_000, 0.0)
    assert mae(file("end.csv", "pred,label\n1,2\n" + blank)).n == 1
