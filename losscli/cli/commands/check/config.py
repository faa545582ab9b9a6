"""Configs of `losscli check`: found, read, and turned into settings, check by check.

`[[check]]` in `losscli.toml`, or `[[tool.losscli.check]]` in `pyproject.toml`. Everything that is
wrong with a file is told together, with the check and the key.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from losscli.cli.commands.check.keys import KEYS, NAME, REFUSED, TABLE, Setting, value_of
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.options import given
from losscli.common.text import decoded, encoding_of, listed, nearest, pointed, shorten

NAMES = ("losscli.toml", "pyproject.toml")
_LARGEST = 1 << 20
_MOST_PARTS = 32
"""Of a dotted key: to read one takes time and memory of the square of its parts."""
_TEXTS = (r'"{3}(?:\\.|[^\\])*?"{3}', r"'{3}.*?'{3}", r'"(?:\\.|[^"\\\n])*"', r"'[^'\n]*'", r"#[^\n]*")
_NO_KEY = re.compile("|".join(_TEXTS), re.DOTALL)
_BETWEEN_KEYS = re.compile(r"[^\w\-. \t]")
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a config.

    Attributes:
        name: its own.
        settings: what it sets, by key.
        where: what messages call it.
        whole: whether all that it says could be read.
    """

    name: str
    settings: Mapping[str, Setting]
    where: str
    whole: bool = True

    def origin(self, key: str) -> str:
        """Return what to name where a key is wrong: it, or the option or the variable that won over it."""
        setting = self.settings[key]
        return f"{self.where}: {key}" if setting.source == "config" else setting.origin


@dataclass(frozen=True, slots=True)
class Config:
    """A config as read.

    Attributes:
        shown: its path as messages show it.
        file: its path without links; paths in it are relative to the folder that it lies in.
        found: whether it was found, and not named: then no code of its runs.
        tables: its checks as written, in order.
    """

    shown: str
    file: Path
    found: bool
    tables: tuple[Mapping[str, Any], ...]
    errors: tuple[LosscliError, ...] = ()
    """What is wrong beside the checks, to be told with what is wrong with them."""

    def checks(self) -> tuple[tuple[Check, ...], list[LosscliError]]:
        """Return the checks, each with a name of its own, and what is wrong with the file.

        The errors are about unknown and refused keys, wrong types and repeated names.
        """
        checks: list[Check] = []
        errors: list[LosscliError] = [*self.errors]
        taken: dict[str, int] = {}
        for number, table in enumerate(self.tables, 1):
            name = table.get(NAME, f"check {number}")
            named = isinstance(name, str) and name.strip()
            name = name if named else f"check {number}"
            where = f"{self.shown}, check '{shorten(name)}'"
            if not named:
                errors.append(UsageError(f"{where}: {NAME}", "not text", "a name in quotes"))
            if taken.setdefault(name, number) != number:
                found = f"check {taken[name]} of this file is also called '{shorten(name)}'"
                errors.append(UsageError(f"{where}: {NAME}", found, "a unique name"))
            settings: dict[str, Setting] = {}
            for key, value in table.items():
                if key == NAME:
                    continue
                try:
                    settings[key] = Setting(_value(key, value), "config", self.shown)
                except UsageError as error:
                    place = f"{where}: {shorten(key)}"
                    errors.append(UsageError(place, error.found, error.needed, error.remedy))
            whole = len(settings) == len(table) - (NAME in table)
            checks.append(Check(name, settings, where, whole))
        return tuple(checks), errors

    def files(self) -> set[str]:
        """Return the config and whatever its checks may name as a file, without links."""
        texts = [
            text
            for table in self.tables
            for key, value in table.items()
            if key != NAME
            for text in (value if isinstance(value, list) else [value])
            if isinstance(text, str) and "\0" not in text
        ]
        paths = [text.partition(".py:")[0] + ".py" if ".py:" in text else text for text in texts]
        return {str(self.file), *(os.path.realpath(self.file.parent / path) for path in paths)}


def files_of(path: str) -> set[str]:
    """Return a config, which may be broken, and whatever it may name as a file, without links."""
    try:
        return read(path).files()
    except LosscliError:
        try:
            texts = re.split("[\"'\n]", _text(path))
        except LosscliError:
            texts = []
    return Config(path, Path(path).resolve(), False, ({"": texts},)).files()


def _value(key: str, value: Any) -> Any:
    if key in REFUSED:
        raise UsageError("", "it cannot be set in a config", remedy=REFUSED[key])
    if key not in KEYS:
        names = [NAME, *(name for name in KEYS if name not in REFUSED)]
        # `no_header` and `--no-header` mean a key that is there.
        like = key.strip("-").replace("_", "-").removeprefix("no-")
        needed = "a long option of `losscli evaluate`"
        raise UsageError("", "there is no such key", needed, nearest(like, names))
    return value_of(KEYS[key], value)


def find(folder: Path) -> Config:
    """Return the config of the nearest folder that has one, from `folder` upwards.

    Raises:
        UsageError: if there is none, or it cannot be read.
    """
    for path in candidates(folder):
        if path.name != "pyproject.toml" or _is_ours(path):
            return read(os.path.relpath(path), found=True)
    raise UsageError(
        "CONFIG",
        f"there is no losscli.toml, and no pyproject.toml with [[tool.losscli.check]], in "
        f"{shorten(str(folder), 200)} or above",
        "a config file",
        "Name one: losscli check FILE",
    )


def candidates(folder: Path) -> Iterator[Path]:
    """Yield what may be the config of `folder`, the nearest first."""
    for place in (folder, *folder.parents):
        yield from (place / name for name in NAMES if is_file(place / name))


def is_file(path: Path) -> bool:
    """Tell whether there is such a file; there is none by a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_ours(path: Path) -> bool:
    """Whether a pyproject.toml has a table of ours; one that is broken has it if it names us at all."""
    try:
        text = _text(str(path))
    except LosscliError:
        return False
    if "losscli" not in text:
        return False
    try:
        tool = _parse(text, str(path)).get("tool", {})
        return isinstance(tool, dict) and "losscli" in tool
    except (UsageError, ValueError, RecursionError):
        return True


def read(path: str, *, found: bool = False) -> Config:
    """Return the config in the file `path`.

    Raises:
        UsageError, SeveralErrors: if it cannot be read, is no TOML, or is no list of checks.
    """
    text = _text(path)
    whole = _parse(text, path)
    inside: tuple[str, ...] = ("tool", "losscli") if Path(path).name == "pyproject.toml" else ()
    for part in inside:
        whole = whole.get(part, {}) if isinstance(whole, dict) else {}
    header = ".".join((*inside, TABLE))
    errors = [*_not_ours(whole, header, path)]
    tables = whole.get(TABLE) if isinstance(whole, dict) else None
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        raise_together(errors or [UsageError(path, "it has no checks", f"at least one table [[{header}]]")])
    assert isinstance(tables, list)
    return Config(path, Path(path).resolve(), found, tuple(tables), tuple(errors))


def _not_ours(table: Any, header: str, path: str) -> Iterator[LosscliError]:
    """Yield an error for each thing beside the checks, and where the checks are no list of tables."""
    if not isinstance(table, dict):
        yield UsageError(path, f"{header.rpartition('.')[0]} is not a table", f"tables [[{header}]]")
        return
    for key, value in table.items():
        if key != TABLE:
            found = f"there is no table or key '{shorten(key)}' at the top level"
            yield UsageError(path, found, f"tables [[{header}]]", nearest(key.lower(), [TABLE]))
        elif isinstance(value, dict):
            yield UsageError(path, f"[{header}] is a single table", f"[[{header}]], in double brackets")
        elif not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            yield UsageError(path, f"{header} is not a list of tables", f"[[{header}]], in double brackets")


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        remedy = f"Name a file in it, such as {NAMES[0]}." if isinstance(error, IsADirectoryError) else ""
        raise UsageError(path, f"cannot be read: {reason}", "a config in TOML", remedy) from None
    if len(data) > _LARGEST:
        raise UsageError(path, "it is larger than 1 MiB", "a config in TOML")
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path} line {line}", f"the bytes are not {encoding_of(error)}", "TOML in UTF-8"
        ) from None


def _refuse_long_keys(text: str, path: str) -> None:
    """Raise for a key of very many parts before it is read; texts and comments hold none."""
    bare = _NO_KEY.sub(lambda match: re.sub(r"[^\n]", "s", match[0]), text)
    for number, line in enumerate(bare.split("\n"), 1):
        parts = 1 + max(key.count(".") for key in _BETWEEN_KEYS.split(line))
        if parts > _MOST_PARTS:
            raise UsageError(f"{path} line {number}", f"a key with {parts} parts", f"at most {_MOST_PARTS}")


def _parse(text: str, path: str) -> Any:
    _refuse_long_keys(text, path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        said = str(error)[: place.start()] if place else str(error)
        if place is None or place[1] is None:
            where = f"{path} at its end" if place else path
            raise UsageError(where, *_no_toml(said)) from None
        line, column = int(place[1]), int(place[2])
        shown = text.replace("\r\n", "\n").split("\n")[line - 1]
        picture = f"\n{pointed(shown, column - 1)}" if len(shown) <= 200 else ""
        where = f"{path} line {line}, column {column}"
        raise UsageError(where, *_no_toml(said), picture) from None
    except ValueError:
        # Python reads no integers of thousands of digits.
        raise UsageError(path, "a number is too long", "integers of at most 64 bits") from None
    except RecursionError:
        raise UsageError(path, "it is nested too deeply", "a list of checks") from None


def _no_toml(said: str) -> tuple[str, str]:
    """Return what was found and needed, of what the parser said."""
    said = said[:1].lower() + said[1:]
    needed = said.removeprefix("expected ")
    return ("not valid TOML", needed) if needed != said else (f"not valid TOML: {said}", "")


def _check_meant(name: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1)
    return f"Did you mean {given('only', near[0])}?" if near else ""


def selected(checks: Sequence[Check], only: Sequence[str]) -> tuple[tuple[Check, ...], list[LosscliError]]:
    """Return the checks named, or all, in the order of the config, and errors for names of no check."""
    names = [check.name for check in checks]
    errors: list[LosscliError] = [
        UsageError(
            "--only",
            f"there is no check '{shorten(name)}'",
            f"one of {listed([repr(one) for one in names], 20)}",
            _check_meant(name, names),
        )
        for name in dict.fromkeys(only)
        if name not in names
    ]
    return tuple(check for check in checks if not only or check.name in only), errors
