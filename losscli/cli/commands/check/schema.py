"""The JSON Schema of a config: what editors complete and check while somebody writes one."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from typing import Any

from losscli.cli.commands.check.config import NAME, TABLE
from losscli.cli.options.settings import Key

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VALUES: dict[str, Any] = {
    "text": {"type": "string"},
    "value": {"type": ["string", "number"]},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "switch": {"type": "boolean"},
    "mapping": {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
        ]
    },
}
_NO_STREAM = {"not": {"const": "-"}}


def schema(keys: Iterable[Key], refused: Container[str]) -> dict[str, Any]:
    """Return the schema of a `losscli.toml` whose checks have these keys, but those refused."""
    name = {
        "type": "string",
        "pattern": r"\S",
        "description": "What the check is called: in tables, in reports, and behind --only.",
    }
    properties = {NAME: name} | {key.name: _property(key) for key in keys if key.name not in refused}
    return {
        "$schema": DIALECT,
        "title": "losscli.toml",
        "description": "Checks that `losscli check` runs.",
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
                "properties": properties,
            }
        },
    }


def _property(key: Key) -> dict[str, Any]:
    value = dict(_VALUES[key.kind])
    if key.choices:
        value["enum"] = list(key.choices)
    if key.least is not None:
        value["minimum"] = key.least
    if key.argument or key.name == "per-sample":
        value |= _NO_STREAM
    if key.many:
        value = {"anyOf": [value, {"type": "array", "items": value}]}
    found = {"description": key.help, **value}
    if key.default is not None:
        found["default"] = key.default
    return found


def as_text(document: dict[str, Any]) -> str:
    """Return a schema as it ships with the package."""
    return json.dumps(document, indent=2) + "\n"
