"""First lines 0, 1, …, K−1 may be the header that pandas writes, and are not read as rows unasked."""

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.header import TextFormat

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def write(tmp_path):
    def write(*texts):
        paths = [tmp_path / f"{place}.csv" for place in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        return paths

    return write


def test_one_file_that_begins_so_is_refused(write):
    paths = write("0,1\n0.5,1\n0.25,0\n")
    with pytest.raises(
        LosscliError,
        match=r"first line: 0, 1: a header.*\(header=True\) or .*\(header=False",
    ):
        evaluate(*paths, loss="mse", prediction="0", label="1")
    assert (
        evaluate(*paths, loss="mse", prediction="0", label="1", format=TextFormat(header=True)).results[0].n
        == 2
    )
    assert (
        evaluate(*paths, loss="mse", prediction="0", label="1", format=TextFormat(header=False)).results[0].n
        == 3
    )


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_two_files_that_both_begin_so_are_refused(write, columns):
    first = ",".join(map(str, range(columns)))
    rows = ",".join(["0.5"] * columns)
    paths = write(f"{first}\n{rows}\n", "0\n1\n")
    with pytest.raises(LosscliError, match="first lines of both files"):
        evaluate(*paths, loss="mse", prediction="0")
    assert evaluate(*paths, loss="mse", prediction="0", format=TextFormat(header=True)).results[0].n == 1
    assert evaluate(*paths, loss="mse", prediction="0", format=TextFormat(header=False)).results[0].n == 2
    assert (
        evaluate(
            *paths,
            loss="mse",
            prediction="0",
            format=TextFormat(header=False),
            label_format=TextFormat(header=False),
        )
        .results[0]
        .n
        == 2
    )


def test_where_one_of_two_files_begins_so_the_rows_are_counted(write):
    paths = write("prediction\n0.5\n0.75\n", "0\n1\n")
    assert evaluate(*paths, loss="mse").results[0].n == 2
    for texts in (("0\n0.5\n0.75\n", "label\n0\n1\n"), ("prediction\n0.5\n", "0\n1\n")):
        with pytest.raises(
            LosscliError, match=r"[01].csv may be a header: (label_)?format=TextFormat\(header=True"
        ):
            evaluate(*write(*texts), loss="mse")
    with pytest.raises(LosscliError, match=r"4 and 2 rows; .*Add an id column to both files"):
        evaluate(*write("0\n0.5\n0.75\n1\n", "label\n0\n1\n"), loss="mse")


@pytest.mark.parametrize("first", ["0.0,1", "1,0", "1,2", "0,2", "00,1", "0,1.0"])
def test_other_numbers_are_rows(write, first):
    assert evaluate(*write(f"{first}\n0.5,1\n"), loss="mse", prediction="0", label="1").results[0].n == 2


@pytest.mark.parametrize("labels", ["label\n1\n2\n", "1\n2\n"])
def test_a_first_line_that_no_loss_accepts_is_told_as_what_it_may_be(write, labels):
    paths = write("0,1,2\n0.2,0.3,0.5\n0.1,0.1,0.8\n", labels)
    with pytest.raises(LosscliError, match=r"0\.csv may be a header: format=TextFormat\(header=True\)"):
        evaluate(*paths, loss="cross_entropy")
    # In a long file the numbers of rows are not known yet, and the row is refused for what it holds.
    long = write("0,1,2\n" + "0.2,0.3,0.5\n" * 200_000, labels + "1\n" * 199_998)
    with pytest.raises(LosscliError) as refused:
        evaluate(*long, loss="cross_entropy", block_rows=1000)
    assert refused.value.where.endswith("0.csv row 1")
    beside = "" if labels.startswith("label") else " label_format=TextFormat(header=False)"
    assert refused.value.remedy.startswith(
        f"If this line is a header: format=TextFormat(header=True){beside}. "
    )
    paths = write("0,1,2\n0.2,0.3,0.5\n0.1,0.1,0.8\n", labels)
    first, second = TextFormat(header=True), TextFormat(header=labels.startswith("label"))
    found = evaluate(*paths, loss="cross_entropy", format=first, label_format=second)
    assert found.results[0].n == 2


def test_a_later_row_is_not_told_so(write):
    paths = write("0,1\n0.2,0.8\n3,4\n", "label\n1\n0\n1\n")
    with pytest.raises(LosscliError, match=r"0\.csv row 3: ") as refused:
        evaluate(*paths, loss="cross_entropy")
    assert "header" not in refused.value.remedy
