"""A row of JSON, parsed strictly: what is doubtful is a fault, with its place in the row."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, NoReturn

from losscli.common.text import shorten

_SPACE = " \t\r\n"
_STRING = r'"(?:[^"\\]|\\.)*"'
_CONSTANT = re.compile(rf"{_STRING}|(-?Infinity|NaN)", re.DOTALL)
_MAY_BE_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F])|\\.", re.DOTALL
)
_MINUS_ZERO = re.compile(r"-0(?![.eE0-9])")
_REMEDIES = (
    (
        re.compile(r"-?(NaN|Infinity|nan|inf)"),
        "Write null for what is missing, and rows with it are left out by --bad-rows drop.",
    ),
    (re.compile(r"None|True|False|'"), "This is how Python shows data: write it with json.dumps."),
    (re.compile(r"//|/\*|#"), "JSON has no comments: take them out."),
    (re.compile("\ufeff"), "It is a byte order mark: files that begin with one were joined. Take it out."),
    (re.compile(r"[\[{]"), "Write each object on a line of its own."),
    (re.compile(r"[}\]]"), "Take out the comma before it."),
)


class Fault(Exception):  # noqa: N818  # what is wrong with a row; who reads the rows makes an error of it
    """What is wrong with a row.

    Attributes:
        what: in words.
        place: at which character of the row, from 0; None where nobody knows.
        remedy: what to do about it, if that is known.
    """

    def __init__(self, what: str, place: int | None = None, remedy: str = "") -> None:
        super().__init__(what)
        self.what, self.place, self.remedy = what, place, remedy


class Parser:
    """Parses the rows of one text."""

    def __init__(self, text: str) -> None:
        """Take the text, rows on a line each."""
        self._halves = _MAY_BE_HALF.search(text) is not None
        self._decoder = _SIGNED if _MINUS_ZERO.search(text) else _PLAIN

    def row(self, text: str) -> Any:
        """Return what a row is, a value whole.

        Raises:
            Fault: for what is not strict JSON.
        """
        start = 0 if text.startswith("{") else len(text) - len(text.lstrip(_SPACE))
        if start == len(text):
            raise Fault("an empty row", None, "Take it out, or write the object that is missing.")
        try:
            value, end = self._decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise _fault(error.msg, text, error.pos) from None
        except _ConstantError as error:
            place = next((found.start(1) for found in _CONSTANT.finditer(text) if found[1]), start)
            raise Fault(f"{error} is not JSON", place, _REMEDIES[0][1]) from None
        except _TwiceError as error:
            raise Fault(f"an object has the key {shorten(str(error), 30)!r} twice") from None
        except RecursionError:
            raise Fault("it is nested too deeply") from None
        except ValueError:
            # Python refuses integers of thousands of digits.
            raise Fault("it holds a number that is too long") from None
        if end < len(text) and text[end:].strip(_SPACE):
            end = len(text) - len(text[end:].lstrip(_SPACE))
            raise _fault("something stands behind the object", text, end)
        if self._halves:
            _refuse_halves(text)
        return value


def _fault(message: str, text: str, place: int) -> Fault:
    # Line ends of the file are returns in this text.
    rest = text[place:].rstrip(_SPACE).replace("\r", " ")
    remedy = next((remedy for mark, remedy in _REMEDIES if mark.match(rest)), "")
    if not rest:
        remedy = "Is the file cut short?"
    before = f", before {shorten(rest, 20)}" if rest else ", at the end"
    return Fault(f"{message[:1].lower()}{message[1:]}{before}", place, remedy)


def _refuse_halves(text: str) -> None:
    for found in _ESCAPES.finditer(text):
        if found[1]:
            half = text[found.start() : found.start() + 6]
            raise Fault(f"{half} is half of a character", found.start(), "Write the other half beside it.")


class _ConstantError(ValueError):
    """NaN or an infinity, which Python's parser takes."""


class _TwiceError(ValueError):
    """A key that an object has twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = iter(sorted(name for name, _ in pairs))
        raise _TwiceError(next(name for name, other in pairwise(names) if name == other))
    return found


def _constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _signed(text: str) -> int | float:
    return -0.0 if text == "-0" else int(text)


_PLAIN = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant)
_SIGNED = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant, parse_int=_signed)
_TEXTS = json.JSONDecoder(parse_float=str)


def with_texts(text: str) -> Any:
    """Return a row that is valid with its numbers with a point as they stand there."""
    return _TEXTS.decode(text)
