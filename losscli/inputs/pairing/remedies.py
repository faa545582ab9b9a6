"""What to do about a cell that is refused: what it looks like, and options with its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from losscli.common.options import given, quoted_label
from losscli.common.text import parse_number

DROP = "To leave such rows out and count them: --bad-rows drop"
_NUMBER = r"[+-]?\d[\d.,]*([eE][+-]?\d+)?"
_LOOKS = (
    (
        re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*|[+-]?\d{1,3}(,\d{3}){2,}"),
        "commas between thousands: remove them",
    ),
    (
        re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*"),
        "points between thousands and a decimal comma: remove the points, and add --decimal ,",
    ),
    (re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?"), "a decimal comma: --decimal ,"),
    (re.compile(rf"{_NUMBER}\s*%"), "a percentage: write numbers without the sign, all in one unit"),
    (
        re.compile(rf"[+-]?\s*[$€£¥]\s*{_NUMBER}|{_NUMBER}\s*[$€£¥]"),
        "an amount of money: remove the currency sign",
    ),
    (
        re.compile(rf"[\u2212\u2010-\u2015\ufe63\uff0d]\s*{_NUMBER}"),
        "a minus sign (U+2212) or a dash instead of a hyphen-minus: write -",
    ),
    (re.compile(rf"\({_NUMBER}\)"), "a negative number in parentheses: write it with -"),
    (re.compile(r"\d+:\d\d(:\d\d(\.\d+)?)?|\d{4}-\d\d-\d\d.*"), "a time: write a number"),
)
_YES = ("1", "yes", "y", "true", "t", "positive", "pos", "on", "pass", "good", "spam")
_NO = ("0", "no", "n", "false", "f", "negative", "neg", "off", "fail", "bad", "ham")


def looks_like(text: str) -> str:
    """Return what a cell that is no number was meant to be, and what to do; nothing if that does not show."""
    text = text.strip()
    what = next((what for form, what in _LOOKS if form.fullmatch(text)), "")
    # What is to be pasted ends where it ends.
    return f"This looks like {what}{'' if what.endswith(',') else '.'}" if what else _other_separator(text)


def _other_separator(text: str) -> str:
    """Return the option that takes a cell apart which holds several."""
    mark = next((mark for mark in "\t;|," if text.count(mark) > 1), "")
    name = "tab" if mark == "\t" else mark
    return f"This looks like several columns: {given('delimiter', name)}" if mark else ""


def label_remedy(text: str, words: Sequence[str]) -> str:
    """Return what to do about a label that is no number; `words` are the labels that it stands beside."""
    if _is_plain(text):
        return DROP
    if len(words) == 2:
        low = [word.lower() for word in words]
        for yes, no in ((0, 1), (1, 0)):
            if low[yes] in _YES and low[no] == _NO[_YES.index(low[yes])]:
                both = mapped((words[yes], "1"), (words[no], "0"))
                return f"If these are 1 and 0: {both}; or --bad-rows drop"
        both = mapped((words[1], "1"), (words[0], "0"))
        return f"If these are two classes: {both}, or the other way round."
    return classes_remedy(text, {text: words[0]} if len(words) == 1 and words[0] not in ("", text) else {})


def classes_remedy(text: str, meant: Mapping[str, str]) -> str:
    """Return what to do about a label that names no class; `meant` are the classes that words stand for."""
    if _is_plain(text):
        return DROP
    one = mapped(*meant.items()) if text in meant else "--map-labels A=B"
    named = (
        "names the label it stands for" if len(meant) < 2 or text not in meant else "names the labels meant"
    )
    return f"If this is a class: {one} {named}; or --bad-rows drop"


def several_remedy(text: str) -> str:
    """Return what to do about a label in one of several columns, which `--map-labels` does not read."""
    if _is_plain(text):
        return DROP
    return (
        "If these are two classes: write them as 1 and 0, or True and False, in the file; or --bad-rows drop"
    )


def _is_plain(text: str) -> bool:
    """Whether a label is missing or a number: no word for anything."""
    return parse_number(text) is not None or not text.strip()


def mapped(*pairs: tuple[str, str]) -> str:
    """Return the option that replaces one label of each pair by the other."""
    return given("map-labels", ",".join("=".join(map(quoted_label, pair)) for pair in pairs))
