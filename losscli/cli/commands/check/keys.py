"""Keys of a config: the long options of `evaluate`, what each may hold, and the JSON Schema that says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import click

from losscli.cli.commands import evaluate
from losscli.cli.options.environment import keys_of
from losscli.common.errors import UsageError
from losscli.common.options import quoted_label
from losscli.common.text import nearest, shorten

TABLE = "check"
NAME = "name"
KEYS = keys_of(evaluate.command)
REFUSED: Mapping[str, str] = {
    "quiet": "The table of checks shows the costs, and the output of a check has every figure.",
    "color": "Name it on the command line: losscli check --color",
}
"""Options of `evaluate` that no config has, and why: they are about the terminal."""

_BITS = 1024
"""Of the largest integer: it is one float64 too."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value has to be: one of these types of TOML, in words, and in those of JSON Schema."""

    types: tuple[type, ...]
    needed: str
    schema: Mapping[str, Any]


TEXT = Kind((str,), "text in quotes", {"type": "string"})
VALUE = Kind((str, int, float), "text in quotes, or a number", {"type": ["string", "number"]})
INTEGER = Kind((int,), "an integer", {"type": "integer"})
NUMBER = Kind((int, float), "a number", {"type": "number"})
SWITCH = Kind((bool,), "true or false", {"type": "boolean"})
MAPPING = Kind(
    (str, dict),
    'text such as "0=-1,1=1", or a table of old and new names',
    {"anyOf": [TEXT.schema, {"type": "object", "additionalProperties": VALUE.schema}]},
)
# The names of columns and labels may be numbers.
_METAVARS = {"COLUMN": VALUE, "VALUE": VALUE, "A=B,…": MAPPING, "A,B,…": VALUE, "FIRST-LAST": VALUE}


def kind_of(parameter: click.Parameter) -> Kind:
    """Return what the key of an option or argument has to be, each time it is given."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return SWITCH
    if isinstance(parameter.type, click.types.IntParamType):
        return INTEGER
    if isinstance(parameter.type, click.types.FloatParamType):
        return NUMBER
    return _METAVARS.get(parameter.metavar or "", TEXT)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a check sets: a value as click takes it, of keys that may repeat a list, and who says so.

    `origin` is what a person looks for to change it: `--gate`, `LOSSCLI_GATE`, `losscli.toml`.
    """

    value: Any
    source: Literal["option", "environment", "config", "default"]
    origin: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as a person writes them, but for quotes."""
        values = self.value if isinstance(self.value, list | tuple) else [self.value]
        return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)

    def shown(self, parameter: click.Parameter) -> Any:
        """The value as a config would write it."""
        if parameter.multiple:
            return list(self.texts)
        try:
            return parameter.type(self.value)
        except click.BadParameter:
            return self.value


def value_of(parameter: click.Parameter, value: Any) -> Any:
    """Return a TOML value as click takes it.

    Raises:
        UsageError: for a value of another type, and one that is not among the choices; without a
            place, which the caller knows.
    """
    if isinstance(value, list) and not parameter.multiple:
        raise UsageError("", "an array", f"one value: {_needed(parameter)}")
    found: list[Any] = []
    for one in value if isinstance(value, list) else [value]:
        if type(one) not in kind_of(parameter).types:
            raise _wrong(parameter, one)
        if isinstance(one, int) and one.bit_length() > _BITS:
            raise UsageError("", "the integer is too long", _needed(parameter))
        found += _pairs(parameter, one) if isinstance(one, dict) else [one]
    choices = _choices(parameter)
    for one in found:
        if isinstance(one, str) and "\0" in one:
            raise UsageError("", f"a NUL character in '{shorten(one)}'", "text without one")
        if choices and one not in choices:
            raise UsageError("", f"'{shorten(one)}'", _needed(parameter), nearest(one, choices))
    return found if parameter.multiple else found[0]


def _pairs(parameter: click.Parameter, table: Mapping[str, Any]) -> Iterator[str]:
    for old, new in table.items():
        if type(new) not in VALUE.types:
            raise _wrong(parameter, new)
        yield f"{quoted_label(old)}={quoted_label(str(new))}"


def _choices(parameter: click.Parameter) -> list[str]:
    return [*map(str, parameter.type.choices)] if isinstance(parameter.type, click.Choice) else []


def _needed(parameter: click.Parameter) -> str:
    choices = _choices(parameter)
    return f"one of {', '.join(choices)}" if choices else kind_of(parameter).needed


def _wrong(parameter: click.Parameter, value: Any) -> UsageError:
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
    return UsageError("", found, _needed(parameter))


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a `losscli.toml`."""
    name = {
        "type": "string",
        "pattern": r"\S",
        "description": "The name of the check, in tables, in reports and for --only.",
    }
    properties = {key: _property(key, KEYS[key]) for key in KEYS if key not in REFUSED}
    return {
        "$schema": DIALECT,
        "title": "losscli.toml",
        "description": "Checks for `losscli check` to run.",
        "type": "object",
        "required": [TABLE],
        "additionalProperties": False,
        "properties": {TABLE: {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/check"}}},
        "$defs": {
            "check": {
                "description": "One check: a call of `losscli evaluate`.",
                "type": "object",
                "required": ["predictions"],
                "additionalProperties": False,
                "dependentRequired": {"format": ["output"]},
                "properties": {NAME: name, **properties},
            }
        },
    }


def _property(key: str, parameter: click.Parameter) -> dict[str, Any]:
    value = dict(kind_of(parameter).schema)
    argument = isinstance(parameter, click.Argument)
    if isinstance(parameter.type, click.Choice):
        value["enum"] = _choices(parameter)
    if isinstance(parameter.type, click.IntRange):
        value["minimum"] = parameter.type.min
    if argument or key in ("output", "per-sample", "receipt", "state"):
        value["not"] = {"const": "-"}
    if parameter.multiple:
        value = {"anyOf": [value, {"type": "array", "items": value}]}
    help_ = f"The file of the {key}." if argument else (parameter.help or "").partition("  [")[0]
    default = default_of(parameter)
    return {"description": help_, **value} | ({} if default is None else {"default": default})


def default_of(parameter: click.Parameter) -> bool | int | float | str | None:
    """Return what holds where nobody says anything; None where nothing does."""
    return parameter.default if isinstance(parameter.default, bool | int | float | str) else None


def as_text(document: dict[str, Any]) -> str:
    """Return a schema as it ships with the package."""
    return json.dumps(document, indent=2) + "\n"
