"""Curves of text: every point where it belongs, within the width, with labelled axes."""

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from losscli.outputs.drawing.curve import draw_curve

X = np.linspace(-3.0, 3.0, 61)


def test_a_parabola_in_ascii():
    assert draw_curve(X, X**2, width=28, height=6, ascii_only=True) == [
        "9 |:.                     .:",
        "  | '.                   .'",
        "  |  '.                 .'",
        "  |    :.             .:",
        "  |      :.         .:",
        "0 |--------''.....''--------",
        "   -3          0           3",
    ]


def test_a_line_in_braille():
    assert draw_curve(X, X, width=24, height=5) == [
        " 3 │                ⣀⡤⠖⠋",
        "   │            ⣀⠤⠒⠉",
        " 0 │────────⣀⠤⠖⠉────────",
        "   │    ⣀⠤⠒⠉",
        "-3 │⣠⠴⠚⠉",
        "    -3        0        3",
    ]


@pytest.mark.parametrize("plain", [False, True])
def test_a_constant_is_a_level_line(plain):
    lines = draw_curve(X, np.full(61, 2.0), width=30, height=5, ascii_only=plain)
    drawn = [line.partition("|" if plain else "│")[2] for line in lines[:-1]]
    assert [bool(line.strip()) for line in drawn] == [False, False, True, False, False]
    assert len(set(drawn[2])) == 1


def test_a_step_is_a_vertical_line():
    assert draw_curve(X, np.sign(X), width=30, height=6, ascii_only=True)[:-1] == [
        " 1 |             :''''''''''''",
        "   |             :",
        " 0 |-------------:------------",
        "   |            :",
        "   |            :",
        "-1 |............:",
    ]


def test_gaps_stay_gaps():
    y = np.where(np.abs(X) < 1.0, np.nan, 1.0)
    lines = draw_curve(X, y, width=33, height=3, ascii_only=True)
    assert lines[1] == "  |'''''''''''        '''''''''''"


def test_nothing_finite_is_an_empty_picture():
    lines = draw_curve(X, np.full(61, np.inf), width=30, height=4, ascii_only=True)
    assert not any(set(line) & set("'.:") for line in lines[:-1])


def test_a_pole_leaves_the_picture_and_does_not_flatten_the_rest():
    x = np.linspace(0.001, 1.0, 1000)
    lines = draw_curve(x, 1.0 / x, width=40, height=9, ends=(0.0, 1.0))
    assert float(lines[0].split()[0]) < 50.0
    assert lines[-1].split() == ["0", "1"]


def test_a_range_that_all_but_reaches_zero_reaches_it():
    up = draw_curve(X, 0.001 + X**2, width=30, height=5)
    down = draw_curve(X, -0.001 - X**2, width=30, height=5)
    assert up[-2].split()[0] == "0"
    assert down[0].split()[0] == "0"


@settings(max_examples=examples(100))
@given(
    arrays.arrays(
        np.float64, 20, elements=st.floats(-1e300, 1e300) | st.sampled_from([np.nan, np.inf, -np.inf])
    ),
    st.integers(1, 120),
    st.integers(1, 30),
    st.booleans(),
)
def test_any_curve_fits_its_frame(y, width, height, plain):
    lines = draw_curve(np.linspace(0.0, 1.0, 20), y, width=width, height=height, ascii_only=plain)
    assert len(lines) == max(height, 3) + 1
    assert max(map(len, lines)) <= max(width, 16)
    assert not plain or all(line.isascii() for line in lines)


@settings(max_examples=examples(50))
@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0))
def test_a_rising_line_rises_and_a_mirrored_one_falls(slope, shift):
    lines = draw_curve(X, slope * X + shift, width=40, height=8, ascii_only=True)
    mirrored = draw_curve(X, -slope * X + shift, width=40, height=8, ascii_only=True)
    pictures = [[line.partition("|")[2].ljust(40) for line in both[:-1]] for both in (lines, mirrored)]
    first = [[row for row, line in enumerate(picture) if line[0] in "'.:"] for picture in pictures]
    assert all(first)
    if slope > 0.1:
        assert min(first[0]) > max(first[1])
