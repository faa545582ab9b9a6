"""Charts of several curves: shared axes, labels that differ, marks that tell them apart, in every width."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from losscli.outputs.drawing.chart import MARKS, MOST_LINES, Curve, Scale, draw_chart, scale_of


def curve(name: str, *y: float) -> Curve:
    return Curve(name, np.arange(len(y), dtype=float), np.array(y, dtype=float))


def drawn(curves: list[Curve], width: int = 40, height: int = 5, **how: bool) -> list[str]:
    lines = draw_chart(curves, scale_of(curves), width=width, height=height, x="epoch", **how)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def labels(lines: list[str]) -> list[str]:
    return [found[0].strip() for line in lines if (found := re.match(r"[^│|]*\S(?= [│|])", line))]


def test_two_curves_share_their_axes() -> None:
    assert drawn([curve("sgd", 4, 3, 2, 1, 0), curve("adam", 4, 2, 0)], width=32, ascii_only=True) == [
        "o sgd   x adam",
        "4.0 |oxoo",
        "    |  xxoxoooo",
        "2.0 |      xx  ooooooo",
        "    |        xxxx     oooooo",
        "0.0 |            xx         oooo",
        "     0          epoch          4",
    ]


def test_marks_take_turns_where_curves_meet() -> None:
    lines = drawn([curve("a", 2, 1), curve("b", 2, 1), curve("c", 2, 1)], width=16)
    assert lines[0] == "● a   ○ b   ■ c"
    assert set("".join(lines[1:])) >= {"●", "○", "■"}


def test_one_curve_is_drawn_in_dots_and_needs_no_legend() -> None:
    lines = drawn([curve("a", 2, 1, 0)])
    assert not set("".join(lines)) & set(MARKS)
    assert any("⠀" < character <= "⣿" for character in "".join(lines))
    assert lines[0].startswith("2.0 │")
    assert drawn([curve("a", 2, 1, 0)], ascii_only=True)[0].startswith("2.0 |")


def test_ticks_of_costs_that_are_close_differ() -> None:
    assert labels(drawn([curve("a", 2978.41, 2978.4, 2978.39)])) == ["2978.410", "2978.400", "2978.390"]
    assert labels(drawn([curve("a", 1e9 + 4, 1e9)])) == ["1.0000000040e+09", "1.0000000020e+09", "1.0000000000e+09"]  # fmt: skip # noqa: E501
    assert len(set(labels(drawn([curve("a", 5, 5, 5)])))) == 3


def test_a_long_tail_is_drawn_on_a_log_scale() -> None:
    tail = curve("a", *(3.0 + 10.0**-step for step in range(6)), 3.0)
    scale = scale_of([tail])
    assert scale == Scale(-5, 0, 3.0)
    assert scale.label("cost") == "cost − 3, on a log scale"
    assert labels(drawn([tail], height=9)) == ["1e+00", "1e-01", "1e-02", "1e-03", "1e-04", "≤ 1e-05"]
    assert "<= 1e-05 |" in drawn([tail], ascii_only=True)[-2]
    assert scale_of([tail], least=1e-3).low == -3
    # A curve of one pace has none.
    assert scale_of([curve("a", 4, 3, 2, 1)]).lowest is None
    assert scale_of([curve("a", 4, 3, 2, 1)]).label("cost") == "cost"
    assert scale_of([curve("a", -1, *(-2 + 10.0**-step for step in range(1, 9)), -2.0)]).label("cost") == "cost + 2, on a log scale"  # fmt: skip # noqa: E501


def test_each_power_of_ten_stands_in_its_row() -> None:
    for decades in range(1, 10):
        scale = Scale(-decades, 0, 1.0)
        rows = scale.rows(9)
        assert 6 <= rows <= 11
        for row, text in scale.ticks(rows).items():
            power = int(text[-3:])
            assert scale.places(np.array([1.0 + 10.0**power]))[0] * (rows - 1) == pytest.approx(row, abs=1e-5)


def test_what_explodes_leaves_the_picture() -> None:
    assert scale_of([curve("a", 2, 1, 0, 30)]) == Scale(0, 20)
    far = scale_of([curve("a", 2, 1, 0.5, 0.4, 1e9), curve("b", 2, 1.5, 1.2, 0.9, 0.7)])
    assert far == Scale(-1, 3, 0.4)
    assert far.places(np.array([1e9]))[0] < 0.0
    # What never was lower than at the start is drawn whole.
    assert scale_of([curve("a", 2, 3, 50)]) == Scale(2, 50)


def test_a_level_line_has_room_around_it_and_no_negative_cost() -> None:
    assert scale_of([curve("a", 5, 5)]) == Scale(5 - 0.005, 5 + 0.005)
    assert scale_of([curve("a", 0, 0)]) == Scale(0, 0.001)


def test_gaps_stay_gaps() -> None:
    lines = drawn([curve("a", 2, np.nan, np.inf, 0), curve("b", 2, 2, 2, 2)], ascii_only=True)
    assert sum(line.count("o") for line in lines[1:-1]) == 2
    assert lines[-1].split() == ["0", "epoch", "3"]


finite = st.floats(-1e300, 1e300)
points = arrays.arrays(np.float64, st.integers(1, 40), elements=finite | st.sampled_from([np.nan, np.inf]))


def pieces(curves: list[Curve], **how: int) -> Iterator[tuple[str, str]]:
    for line in draw_chart(curves, scale_of(curves), height=9, x="epoch", **how):
        yield from line


@settings(deadline=None, max_examples=examples(60))
@given(
    st.lists(points.filter(lambda y: np.isfinite(y).any()), min_size=1, max_size=MOST_LINES),
    st.sampled_from([20, 56, 76, 100]),
    st.booleans(),
)
def test_every_chart_keeps_to_its_width_and_has_ticks_that_differ(
    values: list[np.ndarray], width: int, plain: bool
) -> None:
    curves = [Curve(f"run {at}", np.arange(len(y), dtype=float), y) for at, y in enumerate(values)]
    lines = drawn(curves, width=width, height=9, ascii_only=plain)
    ticks = labels(lines)
    assert len(set(ticks)) == len(ticks) >= 2
    assert max(map(len, lines)) <= max(width, 1 + max(map(len, ticks)) + 18)
    assert "".join(lines).isascii() or not plain
    if len(curves) > 1:
        legend = "".join(text for text, _ in pieces(curves, width=width, ascii_only=plain))
        assert all(f"run {at}" in legend for at in range(len(curves)))
        roles = {role for _, role in pieces(curves, width=width, ascii_only=plain)}
        assert {f"line {at}" for at in range(len(curves))} <= roles
