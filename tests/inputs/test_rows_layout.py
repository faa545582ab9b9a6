"""Lines above the header, separators at the ends of rows, blanks in runs, and headers in the middle."""

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.header import TextFormat

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "p.csv"
        path.write_text(text)
        return path

    return write


def mae(path, **options):
    return evaluate(path, loss="mae", **options)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", ["prediction{0}label", "prediction{0}label{0}"])
@pytest.mark.parametrize("blank", ["", " "])
def test_rows_that_all_end_with_a_separator_have_no_field_behind_it(file, separator, header, blank):
    rows = "".join(f"{place}{separator}0{separator}{blank}\n" for place in range(500))
    text = f"{header.format(separator)}\n{rows}"
    if blank and len(header) > 18:
        # An empty column is no matter either.
        assert mae(file(text)).results[0].n == 500
    for block_rows in (1, 7, 262_144) if not blank else ():
        result = mae(file(text), block_rows=block_rows).results[0]
        assert (result.n, result.sum) == (500, 500 * 499 / 2)
    for late in ("7\n", f"7{separator}8\n", f"7{separator}8{separator}9\n") if not blank else ():
        with pytest.raises(LosscliError, match=r"row 501 \(line 502\)"):
            mae(file(text + late))


def test_a_last_column_that_has_a_name_or_a_value_stays(file):
    assert mae(file("prediction,label,note\n1,2,\n3,4,\n")).results[0].sum == 2.0
    with pytest.raises(LosscliError, match=r"row 2 \(line 3\): 3 fields"):
        mae(file("prediction,label\n1,2\n3,4,\n"))
    with pytest.raises(LosscliError, match=r"row 1 \(line 2\): 3 fields"):
        mae(file("prediction,label\n1,2,3\n3,4,\n"))
    text = '"a,b",1,2,\n"c\nd",3,4,\n'
    assert mae(file("name,prediction,label\n" + text), group="name").results[0].sum == 2.0


@pytest.mark.parametrize(
    "text",
    [
        "prediction label\n1   2\n 3 4\n",
        "  prediction    label\n   1.0000e+00   2.0000e+00\n   3.0000e+00   4.0000e+00\n",
        "prediction label  \n1 2   \n3 4 \n",
        '"prediction"  "label"\n1  2\n3    4\n',
    ],
)
def test_runs_of_blanks_are_one_separator(file, text):
    for block_rows in (1, 262_144):
        result = mae(file(text), block_rows=block_rows).results[0]
        assert (result.n, result.sum) == (2, 2.0)


def test_runs_of_blanks_without_header(file):
    path = file("   1.0   2.0\n   3.0  14.0\n")
    assert mae(path, prediction="0", label="1").results[0].sum == 12.0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# made by model 7, run 3\nprediction,label\n1,2\n3,4\n", 1),
        ("# a\n#\n# b, c, d\n\nprediction,label\n1,2\n3,4\n", 3),
        ("# prediction,label\n1,2\n3,4\n", 0),
        ("# made by\n# prediction,label\n1,2\n3,4\n", 1),
        ("#prediction;label\n1;2\n3;4\n", 0),
        ("# two words\nprediction label\n1 2\n3 4\n", 1),
    ],
)
def test_comments_above_the_header_are_skipped_and_the_last_may_be_it(file, text, count):
    report = mae(file(text))
    assert (report.results[0].n, report.results[0].sum) == (2, 2.0)
    found = [note for note in report.notes if "comment" in note]
    assert bool(found) == bool(count)
    assert all(f" {count} comment line" in note for note in found)


def test_no_row_is_taken_for_a_comment_or_a_header_in_silence(file):
    accuracy = {"loss": "zero_one"}
    assert evaluate(file("# prediction,label\ncat,dog\ndog,dog\n"), **accuracy).results[0].n == 2
    assert evaluate(file("# cats, dogs\nprediction,label\ncat,dog\ndog,dog\n"), **accuracy).results[0].n == 2
    with pytest.raises(LosscliError, match="could both be the header"):
        evaluate(file("# a,b\ncat,dog\ndog,dog\n"), prediction="a", label="b", **accuracy)
    with pytest.raises(LosscliError, match=r"all of the first lines begin with #.*\(comment=\"%\""):
        mae(file("#1,0.5,1\n#2,0.5,1\n"))
    with pytest.raises(LosscliError, match=r"row 2 \(line 3\): 1 field"):
        mae(file("prediction,label\n1,2\n# a\n"))
    named = mae(file("id,prediction,label\n#1,0.5,1\n#2,0.5,1\n"))
    assert named.results[0].worst[0].id == "#1"


def test_comments_of_other_kinds(file):
    text = "% a\n% b\nprediction,label\n1,2\n3,4\n"
    assert mae(file(text), format=TextFormat(comment="%")).results[0].n == 2
    for wrong in ("ab", "", " ", "a", "1", '"', "-"):
        with pytest.raises(LosscliError, match="one ASCII character"):
            mae(file(text), format=TextFormat(comment=wrong))


@pytest.mark.parametrize("loss", ["mae", "zero_one"])
@pytest.mark.parametrize(
    "header", ["prediction,label", '"prediction","label"', "prediction,label,", "id,prediction,label"]
)
def test_a_header_amid_the_rows_is_refused(file, loss, header):
    row = {"id,prediction,label": "a,1,2\n", "prediction,label,": "1,2,\n"}.get(header, "1,2\n")
    rows = row * 3 if "id" not in header else "a,1,2\nb,1,2\nc,1,2\n"
    path = file(f"{header}\n{rows}{header}\n{rows}")
    for bad_rows in ("error", "drop"):
        with pytest.raises(LosscliError, match=r"row 4 \(line 5\): the header again \("):
            evaluate(path, loss=loss, bad_rows=bad_rows)


def test_numbers_as_names_may_come_again_as_a_row(file):
    path = file("0,1\n5,6\n0,1\n")
    options = {"format": TextFormat(header=True), "prediction": "0", "label": "1"}
    assert mae(path, **options).results[0].n == 2


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", " "])
@pytest.mark.parametrize("comment", ["made", "made by hand", "made, and kept; so", "a|b"])
def test_a_comment_has_any_words_above_any_separator(tmp_path, separator, comment):
    path = tmp_path / "p.csv"
    path.write_text(f"# {comment}\n" + "prediction,label\n1,2\n3,4\n".replace(",", separator))
    assert evaluate(str(path), loss="mse").results[0].cost == 1
    path.write_text("# prediction,label\n1,2\n3,4\n".replace(",", separator))
    assert evaluate(str(path), loss="mse").results[0].n == 2
