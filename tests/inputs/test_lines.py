"""Rows are named with the lines on which they begin, where these are certain and other numbers."""

import io

import numpy as np
import pytest
from helpers.calls import losscli
from hypothesis import given
from hypothesis import strategies as st

import losscli as package
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.lines import Lines
from losscli.inputs.places import told

LABELS = "label\n" + "1\n" * 9


@pytest.fixture
def file(tmp_path):
    def write(text, name="p.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def error(*inputs, **more):
    with pytest.raises(LosscliError) as caught:
        package.evaluate(*inputs, loss="mse", **more)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prediction,label\n1,1\nx,1\n", "row 2 (line 3): prediction is x"),
        # Without a header they are one number.
        ("1,1\nx,1\n", "row 2: prediction is x"),
        ("# made by hand\n# twice\nprediction,label\n1,1\nx,1\n", "row 2 (line 5): prediction is x"),
        ("# prediction,label\n1,1\nx,1\n", "row 2 (line 3): prediction is x"),
        ("prediction,label\r\n1,1\r\nx,1\r\n", "row 2 (line 3): prediction is x"),
        ("prediction,label\r1,1\rx,1\r", "row 2 (line 3): prediction is x"),
        ("\ufeffprediction,label\n1,1\nx,1\n", "row 2 (line 3): prediction is x"),
        # A header of two lines, and a row behind one of two lines.
        ('prediction,label,"a\nb"\n1,1,c\nx,1,d\n', "row 2 (line 4): prediction is x"),
        ('prediction,label,note\n1,1,"a\nb"\nx,1,c\n', "row 2: prediction is x"),
        # The first row of two lines begins where it begins.
        ('prediction,label,note\nx,1,"a\nb"\n1,1,c\n', "row 1 (line 2): prediction is x"),
        # Quotes and separators in them are no line feeds.
        ('prediction,label,note\n1,1,"a,b"\nx,1,c\n', "row 2 (line 3): prediction is x"),
        ("prediction,label\n1,1\n2,1,3\n", "row 2 (line 3): 3 fields"),
        ("prediction,label\n1,1\n\n2,1\n", "row 2 (line 3): a blank line"),
        ('prediction,label\n1,1\n2,"1\n', "row 2 (line 3): a quote is opened and never closed"),
        ('prediction,label\n1,1\n2,a"1\n', "row 2 (line 3): a quote inside a field"),
        ('prediction,label,note\n1,1,"a\nb"\n2,a"1,c\n', "row 2: a quote inside a field"),
        ("prediction label\n1  1\nx  1\n", "row 2 (line 3): prediction is x"),
        ("prediction,label,\n1,1,\nx,1,\n", "row 2 (line 3): prediction is x"),
        ("prediction,label,\n" + "1,1,\n" * 150 + "1,1,3\n", "row 151 (line 152): it does not end with"),
    ],
)
def test_messages_name_the_line_too(file, text, said):
    path = file(text)
    options = {} if "prediction" in text else {"prediction": "0", "label": "1"}
    assert f"{path} {said}" in error(path, **options)


def test_blank_lines_of_a_single_column_are_rows(file):
    path = file("prediction\n1\n\n\nx\n1\n")
    assert f"{path} row 2 (line 3): prediction is missing" in error(
        path, file("label\n" + "1\n" * 5, "l.csv")
    )
    bad = package.evaluate(path, file("label\n" + "1\n" * 5, "l.csv"), loss="mse", bad_rows="drop")
    assert [(one.row, one.line) for one in bad.results[0].worst] == [(1, 2), (5, 6)]


def test_a_row_outside_of_a_domain_is_named_so_in_either_file(file):
    predictions = file("prediction\n0.5\n1.5\n")
    with pytest.raises(LosscliError, match=r"p\.csv row 2 \(line 3\): prediction is 1.5"):
        package.evaluate(predictions, file("label\n1\n0\n", "l.csv"), loss="brier")
    labels = file("# of today\nlabel\n1\n7\n", "l.csv")
    with pytest.raises(LosscliError, match=r"l\.csv row 2 \(line 4\): label is 7"):
        package.evaluate(file("prediction\n0.5\n0.5\n"), labels, loss="brier")


def test_an_empty_id_is_named_so(file):
    labels = file("id,label\na,1\nb,1\n", "l.csv")
    assert "p.csv row 2 (line 3): the id is empty" in error(file("id,prediction\na,1\n,1\n"), labels)


def test_files_of_any_kind_have_lines(file):
    import gzip

    path = file(gzip.compress(b"prediction,label\n1,1\nx,1\n"), "p.csv.gz")
    assert "row 2 (line 3)" in error(path)
    assert "row 2 (line 3)" in error(file("prediction;label\n1;1\nx;1\n".encode("utf-16"), "q.csv"))
    done = losscli("evaluate", "-", "--loss", "mse", stdin="prediction,label\n1,1\nx,1\n")
    assert "row 2 (line 3)" in done.stderr


def test_frames_have_none():
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.StringIO("prediction,label\n1,1\n,1\n"))
    assert " row 2: prediction is" in error(frame)
    assert [one.line for one in package.evaluate([1.0], [2.0], loss="mse").results[0].worst] == [None]


CELLS = st.sampled_from(["1", '"2"', '"a\nb"', '"a,b"', '"a""b"', "long" * 50])
ROWS = st.lists(CELLS, min_size=1, max_size=60)


@given(ROWS, st.sampled_from([0, 1, 3]), st.sampled_from([1, 7, 1000]), st.sampled_from([64, 1 << 18]))
def test_the_line_of_every_row_is_right_or_unknown(tmp_path_factory, cells, comments, block_rows, piece):
    rows = "".join(f"{cell},{place}\n" for place, cell in enumerate(cells))
    text = "# c\n" * comments + "note,number\n" + rows
    path = tmp_path_factory.mktemp("lines") / "p.csv"
    path.write_text(text)
    lines, begun = text.split("\n"), 0
    source = CsvSource(str(path))
    known = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("losscli.inputs.formats.csv.source.PIECE_BYTES", piece)
        patch.setattr("losscli.inputs.formats.csv.source.HEAD_BYTES", piece)
        for chunk in source.chunks((Want("number", (1,)),), block_rows):
            for row in chunk.row.tolist():
                assert chunk.place(row) == source.place(row)
                known.append(source.place(row).line)
    for row, line in enumerate(known, 1):
        if line is not None:
            assert lines[line - 1].startswith(cells[row - 1].split("\n")[0])
            begun = row
    # What is unknown stands behind a row of two lines, and nothing else does.
    several = [place for place, cell in enumerate(cells, 1) if "\n" in cell]
    assert begun == (several[0] if several else len(cells))
    assert known[:begun] == [comments + 1 + row for row in range(1, begun + 1)]
    source.close()


def test_what_is_not_known_is_not_said():
    lines = Lines()
    assert lines.of(3) is None
    lines.begin(1)
    assert (lines.of(3), told(3, lines.of(3))) == (4, "row 3 (line 4)")
    lines.several(5)
    lines.several(9)
    assert [lines.of(row) for row in (4, 5, 6)] == [5, 6, None]
    assert (told(3, 3), told(3, None)) == ("row 3", "row 3")


def test_block_sizes_change_no_line(file):
    path = file("prediction,label\n" + "1,1\n" * 50 + "x,1\n")
    assert len({error(path, block_rows=rows) for rows in (1, 7, 1000)}) == 1


def test_tables_and_logs_of_gates_name_it(file):
    path = file("prediction,label\n1,1\n3,1\n")
    done = losscli("evaluate", path, "--loss", "mse", "--fail-above", "1", "--quiet")
    assert "worst: row 2 (line 3): label 1, prediction 3, loss 4" in done.stderr
    page = losscli("evaluate", path, "--loss", "mse").stdout.splitlines()
    (head,) = (place for place, line in enumerate(page) if "row (line)" in line)
    assert page[head + 2].split()[:2] == ["2", "(3)"]
    plain = losscli(
        "evaluate", file("1,1\n3,1\n"), "--loss", "mse", "--prediction", "0", "--label", "1"
    ).stdout
    assert "line" not in plain


def test_labels_of_shared_files_have_the_lines_of_those_who_read_them(tmp_path, file):
    file("id,label\n1,1\n2,x\n", "l.csv")
    for name in "ab":
        file("id,prediction\n1,1\n2,1\n", f"{name}.csv")
    (tmp_path / "losscli.toml").write_text(
        "".join(
            f'[[check]]\nname = "{name}"\npredictions = "{name}.csv"\nlabels = "l.csv"\nloss = "mse"\n'
            for name in "ab"
        )
    )
    done = losscli("check", tmp_path / "losscli.toml", merged=True)
    assert done.stdout.count("row 2 (line 3): label is x") == 2


def test_numbers_of_rows_are_what_they_were(file):
    report = package.evaluate(file("prediction,label\n1,1\n3,1\n"), loss="mse")
    assert [(one.row, one.line) for one in report.results[0].worst] == [(2, 3), (1, 2)]
    assert np.array_equal([one.loss for one in report.results[0].worst], [4.0, 0.0])
