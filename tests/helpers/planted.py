"""Documents with one value that is wrong, and what a document says of a value, to the last bit."""

import copy
from dataclasses import asdict, is_dataclass
from typing import Any

from losscli.common.text import encodable

WRONG: list[Any] = [[]]
"""What no field of a document may be."""


def places(value, path=()):
    """Yield the path to every value in a document, but not to the document."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield (*path, key)
        yield from places(part, (*path, key))


def place_of(path):
    """Return how a refusal names a place: that of a list where an entry of it is wrong."""
    keys = path[:-1] if isinstance(path[-1], int) else path
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)[1:]


def planted(whole, path, value=WRONG):
    """Return a copy of a document with another value there."""
    changed = copy.deepcopy(whole)
    inner(changed, path)[path[-1]] = value
    return changed


def without(whole, path):
    """Return a copy of a document without that key."""
    changed = copy.deepcopy(whole)
    del inner(changed, path)[path[-1]]
    return changed


def inner(whole, path):
    for key in path[:-1]:
        whole = whole[key]
    return whole


def told(value):
    """Return a value as a document can tell it, so that it compares to the last bit."""
    if isinstance(value, tuple | list):
        return [told(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return told(asdict(value))
    if isinstance(value, dict):
        return {told(name): told(part) for name, part in value.items()}
    return encodable(value) if isinstance(value, str) else repr(value)
