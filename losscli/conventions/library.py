"""Libraries and their conventions: data, read from a file each, and refused where it is not as declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import exact_number, listed, nearest, shorten
from losscli.conventions.overrides import LIST, Overrides, read_override
from losscli.loss import Value, registry
from losscli.loss.spec import bind, show_value

FOLDER = Path(__file__).parent / "libraries"
VERSION = re.compile(r"\d+(\.\d+)*", re.ASCII)
_HEAD = {"library", "title", "aliases", "version", "repository", "note", "loss"}
_ENTRY = {"call", "source", "note", "since", "until", "parameters", "recorded", "variant"}
_RECORDED = {"data", "value", "version", "parameters", "weight", "exact"}


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A number that the library gave, to be reproduced.

    Attributes:
        data: the name of the data set: `KIND:ROWS:SEED` of `tests/conventions/data.py`, or two files of
            `sample_data/`.
        value: the number.
        version: the version of the library that gave it; empty for that of the file.
        parameters: those of the loss that were typed.
        weight: whether its column of weights counts.
        exact: how far off the number may be, relatively; None for what the precision says.
    """

    data: str
    value: float
    version: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    weight: bool = False
    exact: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """How one call of a library makes its number of what losscli calls `loss`.

    Attributes:
        loss: the name of the loss here.
        call: what is called there.
        overrides: what it does otherwise; those of the library included.
        parameters: those of the loss, where nobody typed another value.
        source: the path and commit it was read from, or `run`.
        since, until: the versions for which it holds, the second not included; empty for all.
        variant: what it is called behind the library, as in `keras.metrics`; empty for the call that is meant
            by the library alone.
        note: what else is to be known.
        recorded: numbers of the library.
    """

    loss: str
    call: str
    overrides: Overrides
    source: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    variant: str = ""
    note: str = ""
    recorded: tuple[Recorded, ...] = ()

    def holds(self, version: str) -> bool:
        """Whether it is that of a version; of the newest where none is given."""
        if not version:
            return not self.until
        number = version_key(version)
        return (not self.since or version_key(self.since) <= number) and (
            not self.until or number < version_key(self.until)
        )

    def said(self, library: str) -> str:
        """Return how `--as` names it: `keras`, `keras.metrics`, `sklearn@0`."""
        variant = f".{self.variant}" if self.variant else ""
        return f"{library}{variant}{f'@{self.since or 0}' if self.until else ''}"

    def differences(self) -> tuple[str, ...]:
        """Return what is not as in losscli, as it is typed: parameters and overrides."""
        given = tuple(f"{name}={show_value(value)}" for name, value in self.parameters.items())
        return (*given, *self.overrides.written())


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """A library: its name, what it was read from, and its calls by the losses here."""

    name: str
    title: str
    version: str
    repository: str
    aliases: tuple[str, ...] = ()
    note: str = ""
    entries: tuple[Entry, ...] = ()

    def of(self, loss: str, version: str = "") -> tuple[Entry, ...]:
        """Return the calls of a loss in a version, the one that the library alone means first."""
        found = [one for one in self.entries if one.loss == loss and one.holds(version)]
        return tuple(sorted(found, key=lambda one: one.variant))


def version_key(version: str) -> tuple[int, ...]:
    """Return a version as numbers that compare."""
    return tuple(map(int, version.split(".")))


@cache
def names() -> tuple[str, ...]:
    """Return the names of the libraries."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def library(name: str) -> Library:
    """Return the library of one of `names`."""
    return read((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def libraries() -> tuple[Library, ...]:
    """Return all libraries."""
    return tuple(map(library, names()))


def calls_of(loss: str) -> tuple[tuple[Library, Entry], ...]:
    """Return the calls of a loss, by its name here, in the order of the libraries."""
    return tuple((one, call) for one in libraries() for call in one.entries if call.loss == loss)


def told_calls(loss: str) -> tuple[str, ...]:
    """Return a line on each call of a loss: what differs, and what `--as` says for it."""
    return tuple(
        f"{call.call}: {', '.join(call.differences()) or 'the same'}"
        f"{f'; {call.note}' if call.note else ''} (--as {call.said(one.name)})"
        for one, call in calls_of(loss)
    )


def find(name: str) -> Library:
    """Return a library by its name or an alias. Raises UsageError for one that there is not."""
    wanted = _key(name)
    if wanted in names():
        return library(wanted)
    for one in libraries():
        if wanted in map(_key, (one.name, *one.aliases)):
            return one
    known = {other: one.name for one in libraries() for other in (one.name, *one.aliases)}
    found = f"there is no library '{shorten(name)}'"
    hint = nearest(name.lower(), known) or "To list their conventions: losscli conventions"
    raise UsageError("--as", found, f"one of {', '.join((OURS, *names()))}", hint)


OURS = "losscli"
"""What a convention is called that is ours, but for what it is told."""


def _key(name: str) -> str:
    return re.sub(r"[-_ .]", "", name.lower())


def read(text: str, where: str) -> Library:
    """Return the library that the text of a file declares.

    Raises:
        LosscliError: for a key, a loss, a parameter or a value that there is not, and what is missing.
    """
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LosscliError(where, f"not valid TOML: {error}", "TOML") from None
    common = _overrides({key: value for key, value in data.items() if key not in _HEAD}, where)
    head = {
        key: _text(data, key, where, optional=key == "note")
        for key in ("library", "title", "version", "repository", "note")
    }
    entries = [
        _entry(name, one, common, f"{where} loss.{name}")
        for name, several in _table(data.get("loss", {}), where).items()
        for one in _tables(several, f"{where} loss.{name}")
    ]
    _refuse_twice(entries, where)
    return Library(
        head["library"],
        head["title"],
        head["version"],
        head["repository"],
        _texts(data.get("aliases", []), f"{where} aliases"),
        head["note"],
        tuple(entries),
    )


def _entry(name: str, data: Mapping[str, Any], common: Overrides, where: str) -> Entry:
    try:
        loss = registry.find(name)
    except LosscliError as error:
        raise LosscliError(where, error.found, error.needed, error.remedy) from None
    if loss.name != name:
        raise LosscliError(where, f"the loss is called {loss.name}", "its name")
    for key in data.keys() - _ENTRY - LIST.keys():
        known = sorted(_ENTRY | LIST.keys())
        raise LosscliError(
            where, f"there is no key '{shorten(key)}'", f"one of {', '.join(known)}", nearest(key, known)
        )
    own = _overrides({key: value for key, value in data.items() if key not in _ENTRY}, where)
    for key in ("since", "until"):
        if key in data and not VERSION.fullmatch(_text(data, key, where)):
            raise LosscliError(where, f"{key} is '{shorten(data[key])}'", "numbers with points between them")
    return Entry(
        name,
        _text(data, "call", where),
        own.over(common),
        _text(data, "source", where),
        _parameters(name, data.get("parameters", {}), where),
        data.get("since", ""),
        data.get("until", ""),
        _text(data, "variant", where, optional=True),
        _text(data, "note", where, optional=True),
        tuple(_recorded(name, one, where) for one in _tables(data.get("recorded", []), where)),
    )


def _recorded(loss: str, data: Mapping[str, Any], where: str) -> Recorded:
    for key in data.keys() - _RECORDED:
        raise LosscliError(where, f"a recorded number has no '{shorten(key)}'", listed(sorted(_RECORDED)))
    value, exact = data.get("value"), data.get("exact")
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise LosscliError(where, "a recorded number has no value", "a number")
    if exact is not None and not isinstance(exact, float):
        raise LosscliError(where, f"exact is {exact!r}", "a number")
    return Recorded(
        _text(data, "data", where),
        float(value),
        _text(data, "version", where, optional=True),
        _parameters(loss, data.get("parameters", {}), where),
        _flag(data, "weight", where),
        exact,
    )


def _overrides(data: Mapping[str, Any], where: str) -> Overrides:
    found = {}
    for name, value in data.items():
        text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else None
        if isinstance(value, float | int) and not isinstance(value, bool):
            text = exact_number(float(value))
        if text is None:
            raise LosscliError(where, f"{name} is {shorten(str(value))}", "a text, a number, true or false")
        found[name] = read_override(name, text, where)
    return Overrides(**found)


def _parameters(loss: str, data: Any, where: str) -> dict[str, Value]:
    given = _table(data, where)
    values = {
        key: None if value == "none" else float(value) if type(value) is int else value
        for key, value in given.items()
    }
    try:
        bound = bind(registry.find(loss), values)
    except LosscliError as error:
        raise LosscliError(where, error.found, error.needed, error.remedy) from None
    return {key: bound.parameters[key] for key in values}


def _refuse_twice(entries: Iterable[Entry], where: str) -> None:
    """Raise LosscliError where it is not certain which call is meant."""
    seen: list[Entry] = []
    for one in entries:
        for other in seen:
            if one.loss != other.loss or not _overlap(one, other):
                continue
            if one.variant == other.variant:
                found = f"both {other.call} and {one.call} may be meant"
                raise LosscliError(f"{where} loss.{one.loss}", found, "a variant of its own for all but one")
        seen.append(one)


def _overlap(one: Entry, other: Entry) -> bool:
    ends = [
        (version_key(each.since or "0"), version_key(each.until) if each.until else (10**9,))
        for each in (one, other)
    ]
    return max(ends[0][0], ends[1][0]) < min(ends[0][1], ends[1][1])


def _text(data: Mapping[str, Any], key: str, where: str, *, optional: bool = False) -> str:
    value = data.get(key, "" if optional else None)
    if not isinstance(value, str) or not (value or optional):
        raise LosscliError(
            where, f"{key} is {'missing' if value is None else shorten(str(value)) or 'empty'}", "a text"
        )
    return value


def _flag(data: Mapping[str, Any], key: str, where: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise LosscliError(where, f"{key} is {shorten(str(value))}", "true or false")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise LosscliError(where, shorten(str(value)), "a list of texts")
    return tuple(value)


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise LosscliError(where, shorten(str(value)), "a table")
    return value


def _tables(value: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise LosscliError(where, shorten(str(value)), "a list of tables")
    return value
