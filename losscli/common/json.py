"""JSON from outside, read strictly: every doubt is an error that names the place in the document."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from losscli.common.errors import LosscliError
from losscli.common.text import decoded, encoding_of, shorten

_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


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
        found = f"this is no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except _NotStrictError as error:
        found = f"this is no strict JSON: {error}"
    except RecursionError:
        found = "this is JSON that is nested too deeply"
    except ValueError:
        # Python refuses integers of thousands of digits.
        found = "this is JSON with a number that is too long"
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
        raise LosscliError(where, f"it is longer than {most_bytes >> 20} MiB", "a shorter one", remedy)
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
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                msg = f"an object has the key {shorten(name, 30)!r} twice"
                raise _NotStrictError(msg)
            seen.add(name)
    return found


def _no_constant(name: str) -> NoReturn:
    msg = f"{name} stands in it"
    raise _NotStrictError(msg)


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a document, its values asked for by key and kind.

    Every method raises LosscliError where the value is of another kind, or missing.

    Attributes:
        data: the object.
        where: how messages call the document.
        place: where in the document it stands: `results[0].`; empty at the top.
        remedy: what to do about a document with another kind of value.
    """

    data: Mapping[str, Any]
    where: str
    place: str
    remedy: str

    def refuse(self, key: str, needed: str) -> NoReturn:
        """Raise the error of a value that is not what is needed."""
        if key in self.data:
            found = f"{self.place}{key} is {_shown(self.data[key])}"
        else:
            found = f"there is no {self.place}{key}"
        raise LosscliError(self.where, found, needed, self.remedy)

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.data.get(key)
        return value if isinstance(value, str) else self.refuse(key, "a text")

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else self.refuse(key, "true or false")

    def count(self, key: str) -> int:
        """Return an integer from 0 on."""
        value = self.data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
            self.refuse(key, "a count")
        return value

    def number(self, key: str, texts: Mapping[str, Any] | None = None) -> float:
        """Return a number; where it is null, the infinity or NaN that its text names.

        The text stands under the same key in `texts`, by default under `<key>_text` in the object.
        """
        value = self.data.get(key)
        if key in self.data and value is None:
            text = self.data.get(f"{key}_text") if texts is None else texts.get(key)
            if isinstance(text, str) and text in _NOT_FINITE:
                return _NOT_FINITE[text]
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            try:
                if math.isfinite(value):
                    return float(value)
            except OverflowError:
                pass
        return self.refuse(key, "a finite number, or null with its text beside it")

    def object(self, key: str, *, optional: bool = False) -> Object:
        """Return an object; an empty one where it is optional and missing."""
        value = self.data.get(key, {} if optional else None)
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            self.refuse(key, "an object")
        return Object(value, self.where, f"{self.place}{key}.", self.remedy)

    def objects(self, key: str, *, optional: bool = False) -> Iterator[Object]:
        """Yield the objects of a list; none where it is optional and missing."""
        value = self.data.get(key, [] if optional else None)
        if not isinstance(value, (list, tuple)):
            self.refuse(key, "a list of objects")
        for index, part in enumerate(value):
            if not isinstance(part, Mapping):
                self.refuse(key, "a list of objects")
            yield Object(part, self.where, f"{self.place}{key}[{index}].", self.remedy)


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
            return {None: "null", True: "true", False: "false"}[value]
        case float():
            return repr(value)
        case int() if abs(value) < 1 << 64:
            return repr(value)
    return f"a {type(value).__name__}" if not isinstance(value, int) else "a very large integer"
