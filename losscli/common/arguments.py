"""Arguments as callers from Python give them: one or several, numbers of any package, wrong types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from losscli.common.errors import UsageError


def wrong_types(
    given: Mapping[str, tuple[Any, Any]], text: str = "the name of a column"
) -> Iterator[UsageError]:
    """Yield an error for each argument that is given and is of another type; `text` is what a text is."""
    words = {
        str: text,
        bool: "True or False",
        Integral: "an integer",
        Real: "a number",
        Mapping: "a mapping of labels to labels",
    }
    for name, (value, kind) in given.items():
        is_flag = isinstance(value, bool)
        if value is not None and (not isinstance(value, kind) or (is_flag and kind is not bool)):
            yield UsageError(name, f"a {type(value).__name__}", words.get(kind, f"a {kind.__name__}"))


def no_texts(name: str, given: Iterable[Any], needed: str) -> Iterator[UsageError]:
    """Yield an error for each of several values that is no text."""
    for one in given:
        if not isinstance(one, str):
            yield UsageError(name, f"a {type(one).__name__}", needed)


def listed(values: Any) -> list[Any]:
    """Return one value, or several, as a list; none for None."""
    if isinstance(values, np.ndarray):
        return np.ravel(values).tolist() if values.ndim < 2 else list(values)
    several = isinstance(values, Iterable) and not isinstance(values, (str, bytes))
    return list(values) if several else [] if values is None else [values]


def once(values: list[Any]) -> tuple[Any, ...]:
    """Return values, each once; what cannot be compared by its hash is refused later on, as it is."""
    try:
        return tuple(dict.fromkeys(values))
    except TypeError:
        return tuple(values)


def own(value: Any) -> Any:
    """Return a number of NumPy, or of another package, as one of Python; what is none as it is."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def unknown(name: str, value: Any, known: tuple[str, ...]) -> Iterator[UsageError]:
    """Yield an error where an argument is none of the words that it may be."""
    if not isinstance(value, str) or value not in known:
        yield UsageError(name, f"{value!r}", f"one of {', '.join(known)}")


def too_small(name: str, value: int | None, least: int) -> Iterator[UsageError]:
    """Yield an error where an argument is less than it may be."""
    if value is not None and value < least:
        yield UsageError(name, str(value), f"at least {least}")
