"""JSON both ways: written in order and strictly, read back without a guess.

What is read comes from outside: every doubt is an error that names the place in the document.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

from losscli.common.errors import LosscliError
from losscli.common.text import decoded, encoding_of, exact_number, shorten

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Object: TypeAlias = dict[str, Json]

_ENCODER = json.JSONEncoder(allow_nan=False)
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def encode(value: Json) -> str:
    r"""Return `value` on one line of strict JSON, in ASCII.

    In ASCII no encoding of a terminal or a pipe can spoil it, and nothing in it can steer one; DEL
    and ``##`` (the start of a command to a CI runner) are escaped too. Parsers see the exact text.
    """
    return _ENCODER.encode(value).replace("\x7f", "\\u007f").replace("##", "#\\u0023")


def laid_out(value: Json, indent: str = "") -> str:
    """Return `value` as strict JSON for `diff`: what nests nothing but lists stands on one line."""
    if _fits_a_line(value):
        return encode(value)
    inner = indent + " "
    if isinstance(value, dict):
        lines = [f"{encode(key)}: {laid_out(part, inner)}" for key, part in value.items()]
        opening, closing = "{", "}"
    else:
        assert isinstance(value, list)
        lines = [laid_out(part, inner) for part in value]
        opening, closing = "[", "]"
    return opening + "\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}{closing}"


def _fits_a_line(value: Json) -> bool:
    """Tell whether nothing is nested in `value` but lists of plain values."""
    if isinstance(value, dict):
        return not any(isinstance(part, dict) or not _fits_a_line(part) for part in value.values())
    return not isinstance(value, list) or not any(isinstance(part, dict | list) for part in value)


def finite(value: float | None) -> float | None:
    """Return a number that JSON knows, and None for any other."""
    return float(value) if value is not None and math.isfinite(value) else None


def number_object(key: str, value: float | None) -> Object:
    """Return a figure under its key, and beside one that JSON does not know its text."""
    # JSON has no infinity: null says that there is no number, the text beside it which one it is.
    if value is None or math.isfinite(value):
        return {key: None if value is None else float(value)}
    return {key: None, f"{key}_text": exact_number(value)}


def read_json(path: str | os.PathLike[str], where: str, *, most_bytes: int, remedy: str) -> Any:
    """Return what a file of JSON in UTF-8 holds, or in UTF-16 with its mark.

    Refused is also what Python's parser takes: NaN and Infinity, and an object with a key twice.

    Args:
        path: the file, or a pipe.
        where: how messages call it.
        most_bytes: how long it may be.
        remedy: what to do about a file that is no such JSON.

    Raises:
        LosscliError: if the file cannot be read, is too long, or is no strict JSON.
    """
    text = _read(path, where, most_bytes, remedy)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        found = f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except _NotStrictError as error:
        found = f"not strict JSON: {error}"
    except RecursionError:
        found = "the JSON is nested too deeply"
    except ValueError:
        # Python refuses integers of thousands of digits.
        found = "the JSON has a number that is too long"
    raise LosscliError(where, found, "", remedy)


def _read(path: str | os.PathLike[str], where: str, most_bytes: int, remedy: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # it may be no path at all, which is told below
            data = file.read(most_bytes + 1)
    except IsADirectoryError:
        raise LosscliError(where, "this is a folder", "a file") from None
    except FileNotFoundError:
        raise LosscliError(where, "there is no such file", "", remedy) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LosscliError(where, f"cannot be read: {reason}") from None
    if len(data) > most_bytes:
        raise LosscliError(where, f"it is longer than {most_bytes >> 20} MiB", "a smaller file", remedy)
    if not data.strip():
        raise LosscliError(where, "the file is empty", "", remedy)
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        found = f"the bytes are not {encoding_of(error)}"
        raise LosscliError(where, found, "JSON that is not compressed", remedy) from None


class _NotStrictError(ValueError):
    """Says what is no strict JSON, though the parser would take it."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = f"an object has the key {shorten(_again(name for name, _ in pairs) or '', 30)!r} twice"
        raise _NotStrictError(msg)
    return found


def _no_constant(name: str) -> NoReturn:
    msg = f"it contains {name}"
    raise _NotStrictError(msg)


@dataclass(frozen=True, slots=True)
class Document:
    """An object of a document from outside, its values asked for by key and kind.

    Every method raises LosscliError where the value is of another kind, or missing.

    Attributes:
        data: the object.
        where: how messages call the document.
        place: where in the document it stands: `results[0].`; empty at the top.
        remedy: what to do about a document with another kind of value.
        asked: places and keys that were asked for, in all objects of the document.
    """

    data: Mapping[str, Any]
    where: str
    place: str
    remedy: str
    asked: set[tuple[str, str]] = field(default_factory=set)

    def value(self, key: str, default: Any = None) -> Any:
        """Return a value of any kind, or the default where there is none."""
        self.asked.add((self.place, key))
        return self.data.get(key, default)

    def refuse(self, key: str, needed: str) -> NoReturn:
        """Raise the error of a value that is not what is needed."""
        if key in self.data:
            found = f"{self.place}{key} is {_shown(self.data[key])}"
        else:
            found = f"there is no {self.place}{key}"
        raise LosscliError(self.where, found, needed, self.remedy)

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.value(key)
        return value if isinstance(value, str) else self.refuse(key, "a string")

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.value(key)
        return value if isinstance(value, bool) else self.refuse(key, "true or false")

    def count(self, key: str) -> int:
        """Return an integer from 0 on."""
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
            self.refuse(key, "a whole number ≥ 0")
        return value

    def number(self, key: str, texts: Document | None = None) -> float:
        """Return a number; where it is null, the infinity or NaN that its text names.

        The text stands under the same key in `texts`, by default under `<key>_text` in the object.
        """
        value = self.value(key)
        if key in self.data and value is None:
            text = (self if texts is None else texts).value(f"{key}_text" if texts is None else key)
            if isinstance(text, str) and text in _NOT_FINITE:
                return _NOT_FINITE[text]
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            try:
                if math.isfinite(value):
                    return float(value)
            except OverflowError:
                pass
        return self.refuse(key, "a finite number, or null with the number as text")

    def number_or_none(self, key: str) -> float | None:
        """Return a number, or None where it is undefined: null without a text beside it."""
        undefined = self.value(key, "") is None and f"{key}_text" not in self.data
        return None if undefined else self.number(key)

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        """Return one of a few texts."""
        text = self.text(key)
        return text if text in choices else self.refuse(key, f"one of {', '.join(choices)}")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.value(key)
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            self.refuse(key, "a list of strings")
        return tuple(value)

    def texts_by_name(self, key: str) -> dict[str, str]:
        """Return an object of texts."""
        found = self.object(key)
        return {name: found.text(name) for name in found.data}

    def object(self, key: str, *, optional: bool = False) -> Document:
        """Return an object; an empty one where it is optional and missing."""
        value = self.value(key, {} if optional else None)
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            self.refuse(key, "an object")
        return self._part(value, key)

    def objects(self, key: str, *, optional: bool = False) -> Iterator[Document]:
        """Yield the objects of a list; none where it is optional and missing."""
        value = self.value(key, [] if optional else None)
        if not isinstance(value, (list, tuple)):
            self.refuse(key, "a list of objects")
        for index, part in enumerate(value):
            if not isinstance(part, Mapping):
                self.refuse(key, "a list of objects")
            yield self._part(part, f"{key}[{index}]")

    def _part(self, value: Mapping[str, Any], name: str) -> Document:
        return Document(value, self.where, f"{self.place}{name}.", self.remedy, self.asked)

    def refuse_unread(self) -> None:
        """Raise LosscliError for the first value that nobody asked for, here or in a part."""
        for key, value in self.data.items():
            if (self.place, key) not in self.asked:
                self.refuse(key, "a key that this version knows")
            several = isinstance(value, list)
            parts = {f"{key}[{index}]": one for index, one in enumerate(value)} if several else {key: value}
            for name, part in parts.items():
                if isinstance(part, Mapping):
                    self._part(part, name).refuse_unread()

    def refuse_twice(self, what: str, names: Iterable[str]) -> None:
        """Raise LosscliError if something stands in the document twice."""
        again = _again(names)
        if again is not None:
            found = f"the {what} {shorten(again)!r} is in it more than once"
            raise LosscliError(self.where, found, "once", self.remedy)


def _again(names: Iterable[str]) -> str | None:
    """Return the first name that stands there a second time."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _shown(value: Any) -> str:
    """Return a value as JSON on one line, cut to a length that a message can hold."""
    match value:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case str():
            return repr(shorten(value, 40))
        case None | bool():
            return encode(value)
        case int() if abs(value) >= 1 << 64:
            return "a very large integer"
        case int() | float():
            return repr(value)
    return f"a {type(value).__name__}"
