"""The data that a model was trained on, as keys of their rows: 8 bytes each are held."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from losscli.analyses.doctor.statistics.keys import joined, mixed
from losscli.analyses.suitable import is_read_once
from losscli.common.array import Array
from losscli.inputs.block import Block
from losscli.inputs.chunk import Want
from losscli.inputs.columns.needs import Needs
from losscli.inputs.columns.search import Search, Table
from losscli.inputs.header import TextFormat
from losscli.inputs.ids import ID, integers
from losscli.inputs.opening import open_source
from losscli.inputs.pairing.distinct import hashed
from losscli.inputs.reading import Reading
from losscli.inputs.request import BLOCK_ROWS, Request
from losscli.inputs.source import Source
from losscli.inputs.usual_names import ID_NAMES

_NUMBER = np.uint64(0xA0761D6478BD642F)
_FEWEST = 2
"""Columns, other than ids, of which rows are told by."""


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What is known of the training data.

    Attributes:
        name: the file, as messages call it.
        path: where it is; None for data in memory.
        columns: what tells rows by the names of the test data; none where ids do.
        rows: how many there are.
        keys: uint64, ascending, those of the rows that differ.
        counted: whether ids are the numbers of the rows, from 0 or 1 on.
        why_not: why rows cannot be told; empty where they can.
    """

    name: str
    path: str | None = None
    columns: tuple[str, ...] = ()
    rows: int = 0
    keys: Array = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    counted: bool = False
    why_not: str = ""

    @property
    def distinct(self) -> float:
        """The share of rows that differ from those before."""
        return len(self.keys) / max(1, self.rows)

    def has(self, block: Block) -> NDArray[np.bool_]:
        """Return which samples are among the training data."""
        if self.columns:
            keys = keys_of_texts([block.shown[_title(column, block)] for column in self.columns])
        else:
            assert block.id is not None
            keys = keys_of_texts([block.id])
        places = np.searchsorted(self.keys, keys)
        found: NDArray[np.bool_] = self.keys.take(places, mode="clip") == keys
        return found & (len(self.keys) > 0)


def _title(column: str, block: Block) -> str:
    """Return what a column that is shown is called: its input is behind a name that is taken."""
    titles = (column, f"{column} (labels)", f"{column} (predictions)")
    return next(title for title in titles if title in block.shown)


def keys_of_texts(columns: list[Array]) -> Array:
    """Return the key of each row of columns of texts, or ids: integers are what they are as text."""
    keys = np.full(len(columns[0]), len(columns), dtype=np.uint64)
    for column in columns:
        values, whole = integers(column)
        number = mixed(values.astype(np.int64).view(np.uint64) ^ _NUMBER)
        keys = joined(keys, number if whole.all() else np.where(whole, number, hashed(column)))
    return keys


def training_of(data: Any, request: Request, needs: Needs) -> Training:
    """Return what is known of training data beside the inputs of a request.

    Raises:
        LosscliError: for data that cannot be read, of either.
    """
    with closing(open_source(data, "training data", TextFormat())) as source:
        ids = _ids_of(source, request.id)
        if is_read_once(request.predictions) or is_read_once(request.labels):
            return Training(source.name, why_not="the inputs can be read only once")
        with Reading(request, needs, ahead=False) as reading:
            by_id = bool(reading.id_wants) and ids is not None
            places = {source.header.names[ids]: ids} if by_id and ids is not None else {}
            if not by_id:
                places = _shared(source, reading)
        if not by_id and len(places) < _FEWEST:
            return Training(source.name, why_not=_NONE)
        path = os.fspath(data) if isinstance(data, (str, os.PathLike)) else None
        wants = tuple(Want(f"{ID} {place}", (place,), text=True, integers=by_id) for place in places.values())
        return replace(_read(source, wants, () if by_id else tuple(places)), path=path)


_NONE = "it and the inputs have neither ids nor two other columns in common"


def _read(source: Source, wants: tuple[Want, ...], columns: tuple[str, ...]) -> Training:
    parts, rows, low, high = [], 0, np.inf, -np.inf
    whole = not columns
    for chunk in source.chunks(wants, BLOCK_ROWS):
        if not len(chunk):
            continue
        texts = [chunk.columns[want.role] for want in wants]
        parts.append(keys_of_texts(texts))
        rows += len(chunk)
        values, are = integers(texts[0])
        whole &= bool(are.all())
        low, high = min(low, float(values.min())), max(high, float(values.max()))
    keys = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.uint64)
    counted = whole and is_counted(low, high, rows) and len(keys) == rows
    return Training(source.name, None, columns, rows, keys, counted)


def is_counted(low: float, high: float, rows: int) -> bool:
    """Whether ids of this range may be the numbers of so many rows."""
    return low in (0.0, 1.0) and high - low + 1 == rows


def _ids_of(source: Source, column: str | None) -> int | None:
    search = Search(Table(source.name, source.header))
    if column is not None and search.has(column):
        return search.place(column, "--id")
    found = search.called(ID_NAMES)
    return found[0] if len(found) == 1 else None


def _shared(source: Source, reading: Reading) -> dict[str, int]:
    """Return the columns by which rows can be told, and where they are in the training data.

    Columns of predictions are not among them; there has to be one besides those of labels.
    """
    if not source.header.present:
        return {}
    named = [(reading.left.header.names, reading.roles.predictions)]
    if reading.right is not reading.left:
        named.append((reading.right.header.names, reading.roles.labels))
    used = {
        names[column]
        for names, wants in named
        for want in wants
        if want.role != "label"
        for column in want.columns
    }
    theirs = list(source.header.names)
    shared = dict.fromkeys(
        name
        for names, _ in named
        for name in names
        if name and name not in used and theirs.count(name) == 1 and list(names).count(name) == 1
    )
    return {name: theirs.index(name) for name in shared}


def shown(request: Request, training: Training) -> Request:
    """Return a request whose blocks have the columns that training data are told by."""
    more = tuple(name for name in training.columns if name not in request.show)
    return replace(request, show=(*request.show, *more))
