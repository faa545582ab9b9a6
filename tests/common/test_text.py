"""Text from outside is shown and never obeyed; numbers read back."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.common.text import (
    encodable,
    exact_number,
    listed,
    parse_number,
    plain_number,
    readable_number,
    shorten,
    spreadsheet_text,
    unlike_command,
    visible,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\r\n\tb\0", "a\\x0d\\x0a\\x09b\\x00"),
        ("\x7f\x85\x9b", "\\x7f\\x85\\x9b"),
        ("\u202eevil\u2069\u2028", "\\u202eevil\\u2069\\u2028"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff", "\\udcff"),
        ("##vso[task] ##[error] ##teamcity[x", "#\\x23vso[task] #\\x23[error] #\\x23teamcity[x"),
        ("###[", "##\\x23["),
        ("## title, #[1], ## [x]", "## title, #[1], ## [x]"),
        ("é 漢字 👩\u200d👧 [bold] \\", "é 漢字 👩\u200d👧 [bold] \\"),
    ],
)
def test_what_steers_is_escaped_and_all_else_left_alone(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_visible_is_a_control_character(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [("::error::x", "\\x3a:error::x"), (" \t::x", " \t\\x3a:x"), ("a::b", "a::b"), (":x", ":x"), ("", "")],
)
def test_no_text_begins_a_line_like_a_command(text: str, shown: str) -> None:
    assert unlike_command(text) == shown


@given(st.text())
def test_encodable_changes_lone_surrogates_only(text: str) -> None:
    assert encodable(text) == text.encode("utf-8", "backslashreplace").decode()


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@SUM", "\t=1", "\0=1", "\r=", "＝1", "-1-1", "+1.5.2"])
def test_formulas_are_defused(text: str) -> None:
    assert spreadsheet_text(text) == "'" + visible(text)


@pytest.mark.parametrize("text", ["-5", "+1.5", "-1e-7", "a=1", "x-y", "'", ""])
def test_numbers_and_other_texts_are_no_formulas(text: str) -> None:
    assert spreadsheet_text(text) == text


@given(st.floats(allow_nan=False))
def test_exact_and_plain_numbers_read_back(value: float) -> None:
    assert float(exact_number(value)) == value
    assert float(plain_number(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_readable_numbers_keep_six_digits(value: float) -> None:
    assert float(readable_number(value)) == pytest.approx(value, rel=5.1e-6, abs=5e-324)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3046.9012, "3046.9"),
        (99999.96, "100000"),
        (1234567.8, "1234568"),
        (123456.78, "123457"),
        (1e15, "1e+15"),
        (-0.0, "0"),
        (1.23456789e-7, "1.23457e-07"),
        (442, "442"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_readable_numbers_are_calm(value: float, shown: str) -> None:
    assert readable_number(value) == shown


@pytest.mark.parametrize("text", ["1_000", "nan", "inf", "١", "", "0x1", "1e999", "1,5"])
def test_what_is_no_finite_number_in_ascii_is_not_parsed(text: str) -> None:
    assert parse_number(text) is None


def test_long_text_is_cut_and_lists_are_counted() -> None:
    assert shorten("x" * 61) == "x" * 59 + "…"
    assert shorten("x" * 60) == "x" * 60
    assert listed(["a", "\x1b", "c"], 2) == "a, \\x1b and 1 more"
    assert listed(["a", "b"]) == "a, b"
