"""A column as a few values: texts that are frequent, or ranges of numbers with as many samples each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from losscli.common.array import Array
from losscli.common.text import EMPTY
from losscli.inputs.texts import numbered

MOST_VALUES = 50
"""Texts that stay apart; rarer ones are one value together."""
BINS = 8
OTHER = "(other)"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A column as values that slices are made of.

    Attributes:
        name: the column.
        values: what each value is called.
        code: int64 `(rows,)`, the place of each sample's value among them.
    """

    name: str
    values: tuple[str, ...]
    code: Array


def candidates_of(cells: Mapping[str, Array], first: Array, decimal: Mapping[str, str]) -> list[Candidate]:
    """Return the columns that have at least two values.

    Args:
        cells: of each column, UTF-8 bytes (dtype `S`), `(rows,)`.
        first: the mask of the half in which slices are found; it says where ranges begin.
        decimal: the decimal mark of each column.
    """
    found = []
    for name, column in cells.items():
        texts, code = numbered(column)
        numbers = _numbers(texts, decimal[name])
        one = _of_texts(name, texts, code) if numbers is None else _of_numbers(name, numbers, code, first)
        if len(one.values) > 1:
            found.append(one)
    return found


def _numbers(texts: Array, decimal: str) -> Array | None:
    """Return distinct texts as float64, NaN where one is empty; None where another is no number."""
    there = texts[texts != b""]
    cells = there.view(np.uint8)
    if not len(there) or bool(((cells == ord("_")) | (cells > 127)).any()):
        return None
    if decimal != ".":
        if bool((cells == ord(".")).any()):
            return None
        there = np.where(cells == ord(decimal), np.uint8(ord(".")), cells).view(there.dtype)
    try:
        values = there.astype(np.float64)
    except ValueError:
        return None
    found = np.full(len(texts), np.nan)
    found[texts != b""] = values
    return found


def _of_texts(name: str, texts: Array, code: Array) -> Candidate:
    """Return a column with its most frequent texts as values, in the order of their bytes."""
    counts = np.bincount(code, minlength=len(texts))
    # Of texts that are as frequent, those that come first as bytes.
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_VALUES])
    place = np.full(len(texts), len(kept))
    place[kept] = np.arange(len(kept))
    names = [text.decode("utf-8", "replace") for text in texts[kept].tolist()]
    if len(kept) < len(texts):
        names.append(_unlike(OTHER, names))
    if names[0] == "":
        names[0] = _unlike(EMPTY, names)
    return Candidate(name, tuple(names), place[code])


def _unlike(name: str, names: list[str]) -> str:
    """Return a name of ours that is no text of the column."""
    while name in names:
        name += "'"
    return name


def _of_numbers(name: str, numbers: Array, code: Array, first: Array) -> Candidate:
    """Return a column with ranges of numbers as values: of few numbers each by itself."""
    number = numbers[code]
    there = ~np.isnan(number)
    distinct = np.unique(number[there])
    if len(distinct) <= BINS:
        edges, names = distinct, [_text(edge) for edge in distinct.tolist()]
    else:
        edges = _edges(np.sort(number[there & first]), distinct)
        names = _ranges(edges, float(distinct[-1]))
    place = np.searchsorted(edges, number, side="right") - 1
    if not there.all():
        place[~there] = len(names)
        names.append(EMPTY)
    used, place = np.unique(place, return_inverse=True)
    return Candidate(name, tuple(names[one] for one in used.tolist()), place)


def _edges(ordered: Array, distinct: Array) -> Array:
    """Return where ranges begin that have as many numbers each, so far as equal numbers allow it."""
    places = (len(ordered) * np.arange(1, BINS)) // BINS
    inner = ordered[places] if len(ordered) else ordered
    return np.unique(np.concatenate([distinct[:1], inner]))


def _ranges(edges: Array, last: float) -> list[str]:
    texts = [_text(edge) for edge in edges.tolist()]
    found = [f"[{low}, {high})" for low, high in pairwise(texts)]
    return [*found, f"[{texts[-1]}, {_text(last)}]"]


def _text(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 2.0**53 else repr(number)
