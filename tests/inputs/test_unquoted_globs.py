"""Two parts of one input that a shell named for a glob without quotes: nothing is refused, but it is told."""

import pytest
from helpers.calls import losscli

import losscli as library
from losscli.common.errors import LosscliError

ADVICE = "f they are parts of one input, name it by a glob in quotes: "


def write(folder, *names, rows=("1,2", "3,4"), other=("1,2", "5,4"), head="prediction,label"):
    for name, lines in zip(names, (rows, other), strict=True):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("\n".join((head, *lines)) + "\n")


@pytest.mark.parametrize(
    ("names", "glob"),
    [
        (("part-0.csv", "part-1.csv"), "'part-*.csv'"),
        (("part-0-of-2.csv", "part-1-of-2.csv"), "'part-*-of-2.csv'"),
        (("a b/9.csv", "a b/10.csv"), "'a b/*.csv'"),
    ],
)
def test_two_parts_are_told_to_be_parts(tmp_path, names, glob):
    write(tmp_path, *names)
    done = losscli("evaluate", *names, "-l", "mse", "-q", cwd=tmp_path)
    assert done.stdout == "1.0\n"
    assert done.stderr.endswith(f"predictions are those of {names[0]} alone; i{ADVICE}{glob}\n")
    pattern = glob.strip("'")
    assert losscli("evaluate", pattern, "-l", "mse", "-q", cwd=tmp_path).stdout == "1.0\n"


@pytest.mark.parametrize(
    ("head", "rows", "other", "message"),
    [
        ("prediction,label", ("1,2", "3,4"), ("1,2", "3,5"), "label differs in row 2"),
        ("prediction,label", ("1,2", "3,4"), ("1,2",), "2 and 1 rows"),
        ("prediction,label,id", ("1,2,a", "3,4,b"), ("1,2,c", "3,4,d"), "no id in common"),
    ],
)
def test_rows_that_cannot_be_paired_may_be_parts(tmp_path, head, rows, other, message):
    names = str(tmp_path / "part-0.csv"), str(tmp_path / "part-1.csv")
    write(tmp_path, *names, head=head, rows=rows, other=other)
    with pytest.raises(LosscliError, match=message) as raised:
        library.evaluate(*names, loss="mse")
    assert f"I{ADVICE}'{tmp_path}/part-*.csv'. " in str(raised.value)
    assert library.evaluate(f"{tmp_path}/part-*.csv", loss="mse").results[0].n == len(rows) + len(other)


@pytest.mark.parametrize(
    ("names", "heads"),
    [
        (("preds_1.csv", "labels_1.csv"), ("prediction,label",) * 2),
        (("1.csv", "2.csv"), ("prediction,x", "y,label")),
        (("1/a.csv", "2/a.csv"), ("prediction,label",) * 2),
        (("a.csv", "b.csv"), ("prediction,label",) * 2),
    ],
)
def test_others_are_not_bothered(tmp_path, names, heads):
    write(tmp_path, *names)
    for name, head in zip(names, heads, strict=True):
        text = (tmp_path / name).read_text()
        (tmp_path / name).write_text(text.replace("prediction,label", head))
    done = losscli("evaluate", *names, "-l", "mse", "-q", cwd=tmp_path)
    assert done.stdout == "1.0\n"
    assert "parts of one input" not in done.stderr
    (tmp_path / names[1]).write_text(f"{heads[1]}\n1,2\n")
    done = losscli("evaluate", *names, "-l", "mse", "-q", cwd=tmp_path)
    assert done.returncode == 2
    assert "parts of one input" not in done.stderr
