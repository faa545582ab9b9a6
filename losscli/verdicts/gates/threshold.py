"""Thresholds of gates: a number, or the figure of a baseline with an offset, a factor or a percentage.

    VALUE  = NUMBER | "baseline" [ ( "+" | "-" ) AMOUNT [ "%" ] | "*" AMOUNT ]
    AMOUNT = a finite number without a sign; a factor is greater than 0

Blanks are free.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from losscli.common.errors import UsageError
from losscli.common.text import nearest, parse_number, plain_number, pointed, shorten

Operation = Literal["", "+", "-", "*"]
WORD = "baseline"

_KINDS = "a finite number, or baseline with an offset such as baseline + 2%"
_FORMS = "what can is + 0.01, - 0.01, * 1.02, + 2% or - 2%"
_LETTERS = re.compile(r"[^\W\d]\w*")
_AMOUNT = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LOOKALIKE = {"−": "-", "–": "-", "×": "*", "·": "*", "x": "*", "∗": "*"}  # as people type them


@dataclass(frozen=True, slots=True)
class Constant:
    """A threshold that is a finite number."""

    value: float

    def __str__(self) -> str:
        return plain_number(self.value)


@dataclass(frozen=True, slots=True)
class Relative:
    """A threshold that follows from the baseline's figure of the same name.

    `amount` is finite and not negative. With `percent` it is a percentage of the figure's size
    (its absolute value), so that `+ 2%` is above a negative figure too.
    """

    operation: Operation = ""
    amount: float = 0.0
    percent: bool = False

    def __str__(self) -> str:
        if not self.operation:
            return WORD
        return f"{WORD} {self.operation} {plain_number(self.amount)}{'%' if self.percent else ''}"

    def at(self, figure: float) -> float:
        """Return the threshold for a baseline's figure, a finite number; infinite where it overflows.

        It is the exact result, rounded once to a float64.
        """
        if self.percent:
            exact, share = Fraction(figure), Fraction(self.amount) / 100
            offset = abs(exact) * share
            try:
                return float(exact + offset if self.operation == "+" else exact - offset)
            except OverflowError:
                return math.copysign(math.inf, 1.0 if self.operation == "+" else -1.0)
        match self.operation:
            case "+":
                return figure + self.amount
            case "-":
                return figure - self.amount
            case "*":
                return figure * self.amount
        return figure


Threshold = Constant | Relative
"""What a value is compared with."""


def parse_threshold(text: str, start: int, where: str) -> Threshold:
    """Read the VALUE of a gate: all of `text` from `start` on.

    Raises:
        UsageError: if it is none, with a caret under the place where it stops being one.
    """
    place = skip_blanks(text, start)
    written = text[place:].rstrip()
    if not written:
        raise caret_error(where, text, place, "nothing follows the operator", f"needed: {_KINDS}")
    value = parse_number(written)
    if value is not None:
        return Constant(value)
    letters = _LETTERS.match(text, place)
    if letters is not None and letters.group() == WORD:
        return _parse_offset(text, letters.end(), where)
    found = f"{shorten(written, 30)} is no threshold"
    raise caret_error(where, text, place, found, f"it has to be {_KINDS}", _hint(written))


def _hint(written: str) -> str:
    letters = _LETTERS.match(written)
    if letters is not None and nearest(letters.group(), [WORD]):
        return f"Did you mean {WORD}?"
    if WORD in written:
        return f"The word {WORD} comes first."
    amount = written.removesuffix("%").strip()
    if written.endswith("%") and _AMOUNT.fullmatch(amount):
        return f"For a percentage of the baseline: {WORD} + {amount}%."
    return ""


def _parse_offset(text: str, start: int, where: str) -> Relative:
    """Read what stands behind the word `baseline`."""
    place = skip_blanks(text, start)
    if place == len(text):
        return Relative()
    sign = text[place]
    operation: Operation
    match sign:
        case "+" | "-" | "*":
            operation = sign
        case "." | "[":
            raise caret_error(
                where, text, place, "the baseline's figure is always that of the gate itself", f"write {WORD}"
            )
        case _:
            shown = shorten(text[place:].split(maxsplit=1)[0], 20)
            hint = f"Write {_LOOKALIKE[sign]}." if sign in _LOOKALIKE else ""
            raise caret_error(where, text, place, f"{shown} cannot follow {WORD}", _FORMS, hint)
    amount, after = _parse_amount(text, place + 1, operation, where)
    after = skip_blanks(text, after)
    percent = text[after : after + 1] == "%"
    if percent and operation == "*":
        remedy = f"write {WORD} + {plain_number(amount)}%, or a factor without the sign"
        raise caret_error(where, text, after, "a percentage is added or taken off", remedy)
    after = skip_blanks(text, after + percent)
    if after < len(text):
        shown = shorten(text[after:].rstrip(), 20)
        raise caret_error(where, text, after, f"{shown} stands behind the end of the gate", "nothing may")
    return Relative(operation, amount, percent)


def _parse_amount(text: str, start: int, operation: Operation, where: str) -> tuple[float, int]:
    """Return the amount behind an operation, and the place behind it."""
    place = skip_blanks(text, start)
    rest = text[place:].rstrip()
    if not rest:
        raise caret_error(where, text, place, f"nothing follows {operation}", "a finite number has to")
    found = _AMOUNT.match(text, place)
    if found is None:
        signed = rest[0] in "+-" and _AMOUNT.match(rest, 1) is not None
        what = "an amount has no sign of its own" if signed else f"{shorten(rest, 30)} is no amount"
        raise caret_error(where, text, place, what, "it has to be a finite number without a sign")
    amount = parse_number(found.group())
    if amount is None:
        raise caret_error(
            where, text, place, f"{shorten(found.group(), 30)} is too large", "it has to be a finite number"
        )
    if operation == "*" and amount == 0.0:
        raise caret_error(where, text, place, "a factor of 0 leaves nothing", "it has to be greater than 0")
    return amount, found.end()


def skip_blanks(text: str, start: int) -> int:
    """Return the first place from `start` on that holds no blank."""
    return len(text) - len(text[start:].lstrip())


def caret_error(where: str, text: str, place: int, found: str, needed: str, hint: str = "") -> UsageError:
    """Return the error of a gate's text, with the text and a caret under the place below it."""
    return UsageError(where, f"{found}; {needed}", "", f"{hint}\n{pointed(text, place)}")
