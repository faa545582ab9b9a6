"""Columns have a bound, as rows have, and what is found out about many takes no time of their square."""

import contextlib
import gzip
import sys

import numpy as np
import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.columns.class_columns import class_columns, class_names_of
from losscli.inputs.columns.named import named_columns
from losscli.inputs.columns.search import Search, Table
from losscli.inputs.formats.csv import dialect
from losscli.inputs.formats.csv.dialect import MOST_COLUMNS
from losscli.inputs.header import Header, TextFormat
from losscli.inputs.pairing.classes import Classes

pytestmark = pytest.mark.usefixtures("reader")

ERROR = rf"line 1: .*fields, separated by .*at most {MOST_COLUMNS} columns"


@pytest.mark.parametrize("separator", [",", "x"])
@pytest.mark.parametrize("row", ["header", "comment", "row"])
def test_more_columns_than_can_be_are_refused_before_they_are_taken_apart(tmp_path, separator, row):
    path = tmp_path / "p.csv.gz"
    wide = separator * 15_000_000 + "\n"
    texts = {
        "header": wide * 2,
        "comment": f"#{wide}prediction,label\n1,2\n",
        "row": "prediction,label\n" + wide,
    }
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write(texts[row])
    form = TextFormat(delimiter="," if row == "row" else "x" if separator == "x" else None)
    if row == "row":
        with pytest.raises(LosscliError, match=r"row 1 \(line 2\): \d+ field"):
            evaluate(str(path), loss="mse", format=form)
    else:
        with pytest.raises(LosscliError, match=ERROR):
            evaluate(str(path), loss="mse", format=form)


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", " "])
def test_the_bound_is_what_it_says(tmp_path, monkeypatch, separator):
    monkeypatch.setattr(dialect, "MOST_COLUMNS", 12)
    path = tmp_path / "p.csv"
    for columns, more in ((12, ""), (13, "line 2: 13 fields")):
        names = [f"pred_{place}" for place in range(columns - 1)] + ["label"]
        cells = ["1.5"] * columns
        path.write_text(f"# made\n{separator.join(names)}\n{separator.join(cells)}\n")
        work = {"loss": "mse", "prediction": "pred_0"}
        if more:
            with pytest.raises(LosscliError, match=more):
                evaluate(str(path), **work)
        else:
            assert evaluate(str(path), **work).results[0].cost == 0


def test_what_separates_nothing_is_not_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(dialect, "MOST_COLUMNS", 4)
    path = tmp_path / "p.csv"
    path.write_text('"pre,,,,,,diction",label\n"1","2"\n')
    assert evaluate(str(path), loss="mse", prediction="pre,,,,,,diction").results[0].cost == 1
    path.write_text("prediction      label\n1               2\n")
    assert evaluate(str(path), loss="mse").results[0].cost == 1
    path.write_text("prediction of it all;label;a b c d e f\n1;2;x\n")
    with pytest.raises(LosscliError, match="separated by space"):
        evaluate(str(path), loss="mse")
    named = evaluate(
        str(path), loss="mse", format=TextFormat(delimiter=";"), prediction="prediction of it all"
    )
    assert named.results[0].cost == 1


@pytest.mark.parametrize("rows_before", [0, 3, 200_000])
@pytest.mark.parametrize("group", [None, "label"])
def test_a_row_of_very_many_fields_is_told_and_not_parsed(tmp_path, rows_before, group):
    path = tmp_path / "p.csv"
    path.write_text("prediction,label\n" + "1,2\n" * rows_before + "1," * 3_000_000 + "1\n")
    with pytest.raises(
        LosscliError,
        match=rf"row {rows_before + 1} \(line {rows_before + 2}\): 3000001 fields .*needed: 2 as in the",
    ):
        evaluate(str(path), loss="mse", group=group, format=TextFormat(delimiter=","))


compared = 0
"""How often a `Name` or a `Place` was compared: a search through a list is a loop too."""


class Name(str):
    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        global compared
        compared += 1
        return str.__eq__(self, other)


class Place(int):
    __slots__ = ()
    __hash__ = int.__hash__

    def __eq__(self, other):
        global compared
        compared += 1
        return int.__eq__(self, other)


def steps(work, columns):
    """Return how many lines are run, and names compared, for a piece of work on so many columns."""
    global compared
    lines = compared = 0

    def count(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        with contextlib.suppress(LosscliError):
            work(columns)
    finally:
        sys.settrace(before)
    return lines + compared


def found_columns(names):
    search = Search(Table("p.csv", Header(",", tuple(names), True, 0)))
    search.left = lambda: [*map(Place, Search.left(search))]
    places, _ = class_columns(search, names=False, alone=True)
    return class_names_of(search, places, explicit=True)


def places_of(columns):
    names = [Name(f"x{place}") for place in range(columns)]
    search = Search(Table("p.csv", Header(",", tuple(names), True, 0)))
    for place, name in enumerate(names):
        assert search.place(Name(name), "--prediction") == search.place(Name(name.upper()), "") == place
        assert search.has(Name(name))


def fields_among(columns):
    names = [Name(f"x{place}") for place in range(columns)] + [Name("pred_xtl"), Name("pred_ytl")]
    search = Search(Table("p.csv", Header(",", (*names, Name("pred_xbr"), Name("pred_ybr")), True, 0)))
    found = named_columns(search, "prediction", ("x1", "y1", "x2", "y2"), plain=True)
    assert found == [*range(columns, columns + 4)]


WORKS = {
    "named": places_of,
    "fields": fields_among,
    "decisions": lambda n: found_columns([Name("predict")] * n),
    "named twice": lambda n: Classes([Name(place) for place in range(n)] + [Name(0)], "p.csv"),
    "classes": lambda n: found_columns([Name(f"prob_{place}") for place in range(n)]),
    "letters": lambda n: found_columns([Name(f"x{place}") for place in range(n)]),
    "in the same order": lambda n: labels_in_order(n, 1),
    "in another order": lambda n: labels_in_order(n, -1),
    "alike": lambda n: Classes([Name(f"\u00e9{place}") for place in range(n)], "p.csv"),
}


def labels_in_order(columns, step):
    names = [Name(f"c{place}") for place in range(columns)]
    classes = Classes(names, "p.csv")
    assert classes.order_of(names[::step]) == tuple(range(columns))[::step]
    assert (classes.find(np.array([name.encode() for name in names])) == np.arange(columns)).all()


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_eight_times_the_columns_take_about_eight_times_as_many_steps(work):
    few, many = steps(work, 500), steps(work, 4_000)
    assert few >= 500
    assert many < 10 * few


def test_each_column_is_looked_at_once_for_each_prefix_whatever_the_fields_and_their_writings():
    # Five writings of four fields behind fifteen prefixes: each of them once was 1,900 steps a column.
    assert steps(fields_among, 4_000) < 4_000 * 150
