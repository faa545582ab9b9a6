"""Settings of a call: what each is called, what it may be, and where it comes from.

An option, an environment variable and a key of a config say the same thing in three languages; here
all of them become texts, as a command line has them, so that whoever reads command lines checks all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import exact_number, nearest, shorten

Kind = Literal["text", "value", "integer", "number", "switch", "mapping"]
From = Literal["option", "environment", "config", "default"]
Shown: TypeAlias = "bool | int | float | str | list[Shown]"

PREFIX = "LOSSCLI_"
_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False}
_SWITCH |= {"off": False}
_NEEDED = {
    "text": "text in quotes",
    "value": "text in quotes, or a number",
    "integer": "an integer",
    "number": "a number",
    "switch": "true or false",
    "mapping": 'text such as "0=-1,1=1", or a table of old and new labels',
}


@dataclass(frozen=True, slots=True)
class Key:
    """A setting: a long option without its dashes, or an argument.

    Attributes:
        name: `bad-rows`; the option is `--bad-rows`, the environment variable `LOSSCLI_BAD_ROWS`.
        kind: what its value is; `value` is the name of a column or a label, which may be a number.
        many: whether it may be given more than once.
        choices: the values there are; empty where there are more than can be listed.
        least: the least integer that is accepted; None where there is none.
        off: the option that says no, such as `--no-header`; empty for switches that have none.
        argument: whether it is an argument, and no option.
        path: whether it names a file.
        help: one sentence about it.
        default: what holds where nobody says anything; None where nothing does.
    """

    name: str
    kind: Kind = "text"
    many: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    off: str = ""
    argument: bool = False
    path: bool = False
    help: str = ""
    default: Shown | None = None

    @property
    def option(self) -> str:
        """The option, or the name of the argument as usage lines show it."""
        return self.name.upper() if self.argument else f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that stands for the option."""
        return PREFIX + self.name.upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class Setting:
    """A key with its values as texts (`true` or `false` of a switch), and where they come from.

    `origin` is what a person looks for to change it: `--gate`, `LOSSCLI_GATE`, `losscli.toml line 7`.
    """

    key: Key
    values: tuple[str, ...]
    source: From
    origin: str

    @property
    def shown(self) -> Shown:
        """The value as a config would write it."""
        if self.key.kind == "switch":
            return self.values[0] == "true"
        if self.key.many:
            return list(self.values)
        text = self.values[0]
        try:
            if self.key.kind == "integer":
                return int(text)
            return float(text) if self.key.kind == "number" else text
        except ValueError:
            return text


def from_environment(
    keys: Iterable[Key], environ: Mapping[str, str]
) -> tuple[dict[str, Setting], list[LosscliError]]:
    """Return what environment variables set, by the name of the key. Empty ones count as not set.

    With it come the errors of switches that are neither on nor off; other values are checked as
    those of options are.
    """
    found: dict[str, Setting] = {}
    errors: list[LosscliError] = []
    for key in keys:
        text = environ.get(key.variable, "")
        if not text or key.argument:
            continue
        values: tuple[str, ...] = (text,)
        if key.many:
            values = tuple(line.strip() for line in text.splitlines() if line.strip())
        elif key.kind == "switch":
            on = _SWITCH.get(text.strip().lower())
            if on is None:
                errors.append(UsageError(key.variable, f"'{shorten(text)}'", "true or false"))
                continue
            values = ("true" if on else "false",)
        if values:
            found[key.name] = Setting(key, values, "environment", key.variable)
    return found, errors


def from_config(key: Key, value: Any, origin: str) -> Setting:
    """Return what a TOML value sets.

    Raises:
        UsageError: for a value of another type, and one that is not among the choices; without a
            place, which the caller knows.
    """
    several = isinstance(value, list)
    if several and not key.many:
        raise UsageError("", "an array", f"one value: {_needed(key)}")
    texts = tuple(text for one in (value if several else [value]) for text in _texts(key, one))
    for text in texts:
        if "\0" in text:
            raise UsageError("", f"a NUL character in '{shorten(text)}'", "text without one")
        if key.choices and text not in key.choices:
            raise UsageError("", f"'{shorten(text)}'", _needed(key), nearest(text, key.choices))
    return Setting(key, texts, "config", origin)


def _texts(key: Key, value: Any) -> Iterator[str]:
    match key.kind, value:
        case "switch", bool():
            yield "true" if value else "false"
        case (("integer" | "number" | "value" | "mapping"), bool()):
            raise _wrong(key, value)
        case (("integer" | "number" | "value"), int()):
            yield str(value)
        case (("number" | "value"), float()):
            yield exact_number(value)
        case (("text" | "value" | "mapping"), str()):
            yield value
        case "mapping", dict():
            yield from _pairs(key, value)
        case _:
            raise _wrong(key, value)


def _pairs(key: Key, table: Mapping[str, Any]) -> Iterator[str]:
    for old, new in table.items():
        if isinstance(new, bool) or not isinstance(new, str | int | float):
            raise _wrong(key, new)
        text = new if isinstance(new, str) else (str(new) if isinstance(new, int) else exact_number(new))
        if set("=,") & set(old + text):
            raise UsageError("", f"'{shorten(old)}' = '{shorten(text)}'", "labels without = and commas")
        yield f"{old}={text}"


def _needed(key: Key) -> str:
    return f"one of {', '.join(key.choices)}" if key.choices else _NEEDED[key.kind]


def _wrong(key: Key, value: Any) -> UsageError:
    match value:
        case bool():
            found = "true" if value else "false"
        case str():
            found = f"the text {shorten(repr(value))}"
        case int() | float():
            found = f"the number {shorten(str(value))}"
        case dict():
            found = "a table"
        case list():
            found = "an array within an array"
        case _:
            found = f"a {type(value).__name__}"
    return UsageError("", found, _needed(key))


def arguments(settings: Iterable[Setting]) -> list[str]:
    """Return the command line that says the same: options, then arguments behind `--`."""
    options: list[str] = []
    positional: dict[str, str] = {}
    for setting in settings:
        key = setting.key
        if key.argument:
            positional[key.name] = setting.values[0]
        elif key.kind == "switch":
            on = setting.values[0] == "true"
            options += [key.option] if on else [key.off] if key.off else []
        else:
            options += [f"{key.option}={value}" for value in setting.values]
    behind = [positional[name] for name in ("predictions", "labels") if name in positional]
    return [*options, "--", *behind] if behind else options
