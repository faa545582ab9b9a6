"""Drawings: ticks are round numbers that are told apart, and no text meets another."""

import math

import pytest
from helpers.pages import clashes, parsed
from hypothesis import given
from hypothesis import strategies as st

from losscli.outputs.drawing.svg.marks import (
    Axis,
    Bars,
    Cells,
    Chart,
    Diagonal,
    Intervals,
    Line,
    Points,
    Ribbon,
    Rule,
    Zone,
)
from losscli.outputs.drawing.svg.places import abridged, framed, room
from losscli.outputs.drawing.svg.ticks import ticks_of
from losscli.outputs.drawing.svg.write import svg

NUMBERS = st.floats(-1e300, 1e300, allow_nan=False)
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Mn", "Me"]), max_size=40
)


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    """Draw an axis whose ends a float can tell apart."""
    title = draw(st.sampled_from(["", "loss", "mean of prediction − label"]))
    if draw(st.booleans()):
        low = 10.0 ** draw(st.floats(-290.0, 280.0))
        return Axis(title, low, low * 10.0 ** draw(st.floats(0.05, 20.0)), log=True)
    low = draw(NUMBERS)
    step = max(abs(low) * 10.0 ** draw(st.floats(-9.0, 2.0)), 1e-290)
    return Axis(title, low, low + step)


@given(axes(), st.integers(2, 12))
def test_ticks_are_on_the_axis_in_order_and_told_apart(axis, most):
    found = ticks_of(axis, most)
    values = [value for value, _ in found]
    assert values == sorted(set(values))
    room = 1e-6 * (axis.high - axis.low)
    assert all(axis.low - room <= value <= axis.high + room for value in values)
    texts = [text for _, text in found]
    assert len(set(texts)) == len(texts)
    for value, text in found:
        assert math.isclose(float(text.replace("−", "-")), value, rel_tol=6e-3, abs_tol=room)


@given(axes(), axes())
def test_numbers_of_axes_do_not_meet(x, y):
    chart = Chart(x, y, (Line([x.low, x.high], [y.low, y.high]),), (("first", "found"), ("second", "wanted")))
    assert clashes(drawn(chart)) == []


@given(st.lists(LETTERS, min_size=1, max_size=40), st.booleans(), st.sampled_from([None, 60.0, 400.0]))
def test_names_do_not_meet_however_long_and_wide_they_are(names, square, height):
    ticks = tuple((float(place), name) for place, name in enumerate(names))
    across = Axis("predicted", -0.5, len(names) - 0.5, ticks=ticks, names=True)
    down = Axis("true", -0.5, len(names) - 0.5, ticks=ticks, names=True)
    assert clashes(drawn(Chart(across, down, (Diagonal(),), square=square, height=height))) == []


@given(st.lists(st.text("abc 0.é", min_size=1, max_size=45), max_size=4))
def test_entries_of_a_legend_do_not_meet(words):
    legend = tuple(zip(("first", "second", "third", "fourth"), words, strict=False))
    assert clashes(drawn(Chart(Axis("x", 0.0, 1.0), Axis("a long title of y", 0.0, 1.0), (), legend))) == []


def test_every_mark_is_drawn_where_its_numbers_are():
    marks = (
        Bars([0.0], [5.0], [10.0], titles=["five"]),
        Line([0.0, 10.0], [0.0, 10.0]),
        Points([10.0], [10.0]),
        Ribbon([0.0, 10.0], [0.0, 5.0], [1.0, 10.0]),
        Intervals([5.0], [2.0], [8.0]),
        Cells([0.0], [10.0], [0.0], [10.0], [1.0], texts=["12"]),
        Rule(5.0),
        Zone(0.0, 5.0),
        Diagonal(),
    )
    chart = Chart(Axis("x", 0.0, 10.0), Axis("y", 0.0, 10.0), marks)
    frame, page = framed(chart), drawn(chart)
    left, right, top, bottom = (
        *(frame.left, frame.left + frame.width),
        *(frame.top, frame.top + frame.height),
    )
    (bar,) = [one for one in page.all("rect") if one.all("title")]
    assert float(bar["x"]) + float(bar["width"]) == pytest.approx((left + right) / 2.0, abs=0.6)
    assert float(bar["y"]) == pytest.approx(top, abs=0.06)
    assert float(bar["height"]) == pytest.approx(frame.height, abs=0.06)
    (dot,) = page.all("circle")
    assert (float(dot["cx"]), float(dot["cy"])) == pytest.approx((right, top), abs=0.06)
    paths = [one["d"] for one in page.all("path")]
    assert f"M{_at(left)} {_at(bottom)}L{_at(right)} {_at(top)}" in paths
    assert any(path.startswith(f"M{_at((left + right) / 2.0)} {_at(top)}v") for path in paths)


def _at(value: float) -> str:
    return f"{round(value * 20.0) / 20.0:.2f}".rstrip("0").rstrip(".")


def test_what_lies_beyond_the_ends_of_an_axis_stays_out_of_the_margins():
    chart = Chart(Axis("x", 0.0, 1.0), Axis("y", 0.0, 1.0), (Points([1e300], [-1e300]), Zone(-5.0, 9.0)))
    page = drawn(chart)
    frame = framed(chart)
    (group,) = [one for one in page.all("g") if one.get("clip-path")]
    assert group["clip-path"].startswith("url(#")
    (zone,) = group.all("rect")
    assert float(zone["width"]) == pytest.approx(frame.width, abs=0.06)


def test_words_from_outside_are_no_markup():
    evil = "</text><script>alert(1)</script>\x1b[31m\u202e"
    axis = Axis(evil[:20], 0.0, 1.0, ticks=((0.5, evil),), names=True)
    page = drawn(Chart(axis, axis, (Bars([0.0], [1.0], [1.0], titles=[evil]),), (("first", evil),)), evil)
    assert all("\x1b" not in one.text and "\u202e" not in one.text for one in page.walk())
    assert page.all("title")[0].text.startswith("</text><script>")


def drawn(chart, title="title"):
    (found,) = parsed(svg(chart, title, "what is to be seen", "key")).all("svg")
    assert found["role"] == "img"
    named = {one["id"]: one.tag for one in found.all("title", "desc") if one.get("id")}
    assert [named[key] for key in found["aria-labelledby"].split()] == ["title", "desc"]
    return found


def test_long_names_of_rows_keep_their_ends_and_short_ones_are_whole():
    names = ["region=north, device=tablet", "a" * 40 + "1", "a" * 40 + "2", "\u4e16" * 40]
    ticks = tuple((float(place), name) for place, name in enumerate(names))
    chart = Chart(Axis("cost", 0.0, 1.0), Axis("", -0.5, 3.5, ticks=ticks, names=True), ())
    shown = [text for _, text in framed(chart).y_ticks]
    assert shown[0] == names[0]
    assert len({*shown}) == len(names)
    assert [text[-1] for text in shown[1:3]] == ["1", "2"]
    assert all("\u2026" in text for text in shown[1:])


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.004, 2000.0, "0.01 0.1 1 10 100 1000"),
        (0.5, 6.0, "0.5 1 2 5"),
        (1e-5, 1.0, "1e\N{MINUS SIGN}5 0.0001 0.001 0.01 0.1 1"),
        (1.1, 1.4, "1.1 1.4"),
    ],
)
def test_ratios_have_each_their_own_digits(low, high, words):
    assert " ".join(text for _, text in ticks_of(Axis("loss", low, high, log=True), 7)) == words


@given(name=st.text(max_size=60), most=st.floats(20.0, 400.0))
def test_what_is_abridged_has_room(name, most):
    assert room(abridged(name, most)) <= max(most, 14.0)


@pytest.mark.parametrize(
    ("count", "shown", "size"), [("99", 12, None), ("250", 12, "11."), ("99999", 0, None)]
)
def test_numbers_in_cells_are_smaller_where_all_have_room_then(count, shown, size):
    at = [float(place) for place in range(12)]
    ends = [place + 1.0 for place in at]
    cells = Cells(at, ends, at, ends, [0.5] * 12, texts=[count] * 12)
    names = tuple((place + 0.5, f"class number {place:.0f} of them") for place in at)
    axis = Axis("class", 0.0, 12.0, ticks=names, names=True)
    page = parsed(svg(Chart(axis, axis, (cells,), square=True), "t", "f", "k"))
    found = [one for one in page.all("text") if one.text == count]
    assert len(found) == shown
    sizes = {one.attributes.get("font-size") for one in found}
    assert all(one is None if size is None else one is not None and one.startswith(size) for one in sizes)
