"""What documents say of values, declared once for both directions: written, and read back.

A value is a record of fields, by the names of its attributes, in the order of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from losscli.common.json import Document, Object, number_object
from losscli.common.text import encodable


@dataclass(frozen=True, slots=True)
class Field:
    """How one attribute of a value stands in a document.

    Attributes:
        write: returns what it is there, under its name, and what stands beside it.
        read: returns it from there; raises LosscliError where it is of another kind, or missing.
    """

    write: Callable[[str, Any], Object]
    read: Callable[[Document, str], Any]


Record: TypeAlias = Mapping[str, Field]


def written(value: object, record: Record) -> Object:
    """Return what a document says of `value`."""
    found: Object = {}
    for name, field in record.items():
        found |= field.write(name, getattr(value, name))
    return found


def read(part: Document, record: Record) -> dict[str, Any]:
    """Return the attributes of what was `written`. Raises LosscliError for the first that is none."""
    return {name: field.read(part, name) for name, field in record.items()}


TEXT = Field(lambda key, text: {key: encodable(text)}, Document.text)
TEXTS = Field(lambda key, texts: {key: [encodable(text) for text in texts]}, Document.texts)
TEXTS_BY_NAME = Field(
    lambda key, texts: {key: {encodable(name): encodable(text) for name, text in texts.items()}},
    Document.texts_by_name,
)
TEXT_OR_TEXTS = Field(
    lambda key, texts: TEXT.write(key, *texts) if len(texts) == 1 else TEXTS.write(key, texts),
    lambda part, key: (part.text(key),) if isinstance(part.data.get(key), str) else part.texts(key),
)
"""Of one text it alone, else a list."""
COUNT = Field(lambda key, count: {key: int(count)}, Document.count)
FLAG = Field(lambda key, flag: {key: bool(flag)}, Document.flag)
NUMBER = Field(number_object, Document.number)
NUMBER_OR_NONE = Field(number_object, Document.number_or_none)


def one_of(choices: Sequence[str]) -> Field:
    """Return the field of one of a few texts."""
    return Field(TEXT.write, lambda part, key: part.one_of(key, choices))


def nested(make: Callable[..., Any], record: Record) -> Field:
    """Return the field of a value that is an object of its own; `make` takes its attributes."""
    return Field(
        lambda key, value: {key: written(value, record)},
        lambda part, key: make(**read(part.object(key), record)),
    )


def renamed(key: str, field: Field) -> Field:
    """Return a field that stands in documents under another name than its attribute has."""
    return Field(lambda _, value: field.write(key, value), lambda part, _: field.read(part, key))


def optional(field: Field, default: Any = None) -> Field:
    """Return a field that is left out where it is None or the default, which is what is then read."""
    return Field(
        lambda key, value: {} if value is None or value == default else field.write(key, value),
        lambda part, key: field.read(part, key) if key in part.data else default,
    )
