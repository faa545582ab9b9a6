"""Columns that both files have are compared while rows are paired by their order."""

import re

import pandas as pd
import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.common.text import exact_value
from losscli.inputs.header import TextFormat
from losscli.inputs.pairing import agree


@pytest.fixture
def pair(tmp_path):
    def write(predictions, labels):
        paths = tmp_path / "p.csv", tmp_path / "l.csv"
        for path, text in zip(paths, (predictions, labels), strict=True):
            path.write_text(text)
        return paths

    return write


def columns(name, keys, values, key="customer_id"):
    return f"{key},{name}\n" + "".join(f"{one},{value}\n" for one, value in zip(keys, values, strict=True))


@pytest.mark.parametrize("key", ["customer_id", "Timestamp", "file name", "éa"])
def test_a_key_that_agrees_is_told_and_one_that_differs_is_refused(pair, key):
    same = pair(columns("pred", "abc", [1, 2, 3], key), columns("label", "abc", [1, 2, 4], key))
    report = evaluate(*same, loss="mae")
    assert report.results[0].sum == 1.0
    assert f"by position; {key} agrees in every row" in report.notes
    other = pair(columns("pred", "abc", [1, 2, 3], key), columns("label", "acb", [1, 2, 4], key))
    with pytest.raises(
        LosscliError, match=rf"{key} differs in row 2: 'b' and 'c'.*id=\"{key}\"\..*align=\"position\""
    ):
        evaluate(*other, loss="mae")
    assert evaluate(*other, loss="mae", id=key).alignment == "id"
    assert evaluate(*other, loss="mae", align="position").results[0].sum == 1.0


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("1", "1.0", True),
        ("007", "7", True),
        ("1e3", "1000", True),
        ("0.1", "0.10", True),
        ("9007199254740993", "9007199254740992", False),
        ("9007199254740993.0", "9007199254740993", True),
        ("", "", True),
        ("", "0", False),
        ("nan", "nan", True),
        ("a", "A", False),
        ("x" * 5000, "x" * 5000, True),
        ("x" * 5000 + "a", "x" * 5000 + "b", False),
        ("x" * 255, "x" * 256, False),
        ('"a,b"', '"a,b"', True),
        (f'"{"a,b" * 200}"', f'"{"a,b" * 200}"', True),
        (f'"{"a,b" * 200}"', f'"{"a,b" * 199}a,c"', False),
    ],
)
@pytest.mark.parametrize("place", [0, 3])
def test_cells_agree_as_numbers_where_both_are_and_else_as_text(pair, left, right, agree, place):
    ours, theirs = ["1", "b", "3", "d"], ["1", "b", "3.0", "d"]
    ours[place], theirs[place] = left, right
    paths = pair(columns("pred", ours, range(4)), columns("label", theirs, range(4)))
    for block_rows in (1, 3, 262_144):
        if agree:
            assert evaluate(*paths, loss="mae", block_rows=block_rows).results[0].n == 4
        else:
            with pytest.raises(LosscliError, match=f"customer_id differs in row {place + 1}"):
                evaluate(*paths, loss="mae", block_rows=block_rows)


def test_every_shared_column_is_compared_and_the_first_row_is_told(pair):
    left = "a,b,pred\n1,1,1\n2,2,1\n3,3,1\n"
    right = "b,a,label\n1,1,1\n2,2,1\n{},{},1\n"
    assert (
        "by position; a, b agree in every row" in evaluate(*pair(left, right.format(3, 3)), loss="mae").notes
    )
    for b, a, name in ((9, 3, "b"), (3, 9, "a")):
        with pytest.raises(LosscliError, match=f"{name} differs in row 3"):
            evaluate(*pair(left, right.format(b, a)), loss="mae")
    with pytest.raises(LosscliError, match=r"row 2 \(line 3\): prediction is x"):
        evaluate(*pair(left.replace("2,2,1", "2,2,x"), right.format(9, 9)), loss="mae")


def test_data_in_memory_is_compared_too():
    left = pd.DataFrame({"key": [1, 2, 3], "pred": [1.0, 2.0, 3.0]})
    right = pd.DataFrame({"key": [1.0, 2.0, 3.0], "label": [1.0, 2.0, 3.0]})
    assert evaluate(left, right, loss="mae").results[0].sum == 0.0
    right["key"] = ["x" * 400] * 3
    with pytest.raises(LosscliError, match="key differs in row 1"):
        evaluate(left, right, loss="mae")
    left["key"] = right["key"]
    assert evaluate(left, right, loss="mae").results[0].sum == 0.0


def test_a_weight_or_group_of_both_files_is_one_column_if_it_agrees(pair):
    left = "id,w,pred\n1,2,1\n2,3,5\n"
    for order in ("1,2,1\n2,3,1\n", "2,3.0,1\n1,2,1\n"):
        paths = pair(left, "id,w,label\n" + order)
        assert evaluate(*paths, loss="mae", weight="w").results[0].weight_sum == 5.0
        groups = pair(left.replace("w", "g"), "id,g,label\n" + order.replace("3.0", "3"))
        assert len(evaluate(*groups, loss="mae", group="g").results[0].groups) == 2
    for align in ("auto", "position"):
        paths = pair(left, "id,w,label\n1,2,1\n2,4,1\n")
        with pytest.raises(LosscliError, match=r"\(weight\), and w differs in row 2: '3' and '4'"):
            evaluate(*paths, loss="mae", weight="w", align=align)


@pytest.mark.parametrize("block_rows", [1, 100, 262_144])
def test_keys_with_a_decimal_comma_are_no_work_for_each_row(pair, block_rows, monkeypatch):
    ours = [f"{place},0" for place in range(1000)] + [f"{2**60},0"] * 1000
    theirs = [str(place) for place in range(1000)] + [str(2**60)] * 1000
    seen = []
    monkeypatch.setattr(agree, "exact_value", lambda text: seen.append(text) or exact_value(text))

    def work(theirs):
        paths = pair(
            *(
                f"k;{name}\n" + "".join(f"{key};1\n" for key in keys)
                for name, keys in (("prediction", ours), ("label", theirs))
            )
        )
        text = TextFormat(decimal=",", delimiter=";")
        return evaluate(*paths, loss="mae", format=text, block_rows=block_rows)

    assert "by position; k agrees in every row" in work(theirs).notes
    # Two texts are beyond what floats can tell: they are looked at once in each part that is compared.
    assert len(seen) <= 2 * max(8, 1000 / block_rows)
    for row, other in ((1, "x"), (3, ""), (700, "700"), (999, "999,5"), (2000, str(2**60 + 1))):
        with pytest.raises(LosscliError, match=rf"k differs in row {row}: .* and '{re.escape(other)}'"):
            work([*theirs[: row - 1], other, *theirs[row:]])


def test_columns_whose_names_differ_in_case_alone_are_compared_by_their_spelling(pair):
    """Found by the random search: seed 85175."""
    same = pair("pred,K,k\n1,a,b\n2,c,d\n", "label,K,k\n1,a,b\n2,c,d\n")
    assert evaluate(*same, loss="mae").results[0].sum == 0.0
    other = pair("pred,K,k\n1,a,b\n2,c,d\n", "label,K,k\n1,a,b\n2,c,x\n")
    with pytest.raises(LosscliError, match="k differs in row 2: 'd' and 'x'"):
        evaluate(*other, loss="mae")
    # One of them alone in the other file: which of the two it is nobody says.
    one = pair("pred,K,k\n1,a,b\n2,c,d\n", "label,K\n1,x\n2,y\n")
    assert evaluate(*one, loss="mae").results[0].sum == 0.0
