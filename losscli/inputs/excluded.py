"""The ids of samples that are left out, read from a file of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from losscli.common.addresses import shown
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.columns.search import Search, Table
from losscli.inputs.header import Header, TextFormat
from losscli.inputs.ids import ID, concatenated, empty, texts
from losscli.inputs.opening import open_source
from losscli.inputs.pairing.lookup import table_of
from losscli.inputs.provenance import Fingerprint, Input
from losscli.inputs.request import BLOCK_ROWS
from losscli.inputs.source import Source
from losscli.inputs.usual_names import ID_NAMES, PANDAS_INDEXES

_FEW = 5


class Excluded:
    """Ids to leave out: those of a column called as an id, or of the only column; held, and found by hash.

    Attributes:
        read: the file, with its bytes; its rows are the ids.
    """

    def __init__(self, path: str, column: str | None) -> None:
        """Read the ids in a file; `column` is what the caller calls the ids of the predictions.

        Raises:
            LosscliError: for a file that cannot be read, and columns of which none is the id.
        """
        # A list has no header: whether its first line is one is told by what it says.
        listed_ = TextFormat(header=False)
        with closing(open_source(path, "ids to exclude", listed_, hashed=True)) as source:
            parts = [*_ids_of(source, column)]
            found = source.fingerprint()
            self._name = source.name
        ids = concatenated(parts) if parts else np.zeros(0, dtype="S8")
        missing = empty(ids)
        ids = ids if missing is None else ids[~missing]
        _, places = np.unique(ids, return_index=True)
        ids = ids[np.sort(places)]
        self.read = Input(shown(path), len(ids), None if found is None else Fingerprint(*found))
        self._table = table_of(ids)
        self._met = np.zeros(len(ids), dtype=np.bool_)

    def among(self, ids: Array) -> NDArray[np.bool_]:
        """Return the mask of ids that are to be left out, and take note of them."""
        rows = self._table.find(ids)
        found: NDArray[np.bool_] = rows >= 0
        self._met[rows[found]] = True
        return found

    @property
    def unmet(self) -> str:
        """A note of the ids that nothing has; empty where there are none."""
        left = self._table.ids(~self._met)
        if not len(left):
            return ""
        few = listed([repr(shorten(one)) for one in texts(left, _FEW)])
        more = f" and {len(left) - _FEW} more" if len(left) > _FEW else ""
        ids = f"{len(left)} of the {len(self._met)} ids" if len(self._met) > 1 else "the id"
        return f"{ids} in {self._name} {'is' if len(left) == 1 else 'are'} in no input: {few}{more}"


def _ids_of(source: Source, column: str | None) -> Iterator[Array]:
    """Yield the ids of an input, which begins with its header if it is a text that has one."""
    names = source.header.names
    if not source.separated:
        place, _ = _place_of(source.name, source.header, column)
        for chunk in source.chunks((_want(place),), BLOCK_ROWS):
            yield chunk.columns[ID]
        return
    place = -1
    for chunk in source.chunks(tuple(map(_want_at, range(len(names)))), BLOCK_ROWS):
        start = 0
        if place < 0 and len(chunk):
            first = tuple(texts(chunk.columns[f"{ID} {at}"][:1])[0] for at in range(len(names)))
            place, start = _place_of(source.name, replace(source.header, names=first, present=True), column)
        yield chunk.columns[f"{ID} {place}"][start:]


def _want(place: int) -> Want:
    return Want(ID, (place,), text=True, integers=True)


def _want_at(place: int) -> Want:
    return replace(_want(place), role=f"{ID} {place}")


def _place_of(name: str, header: Header, column: str | None) -> tuple[int, int]:
    """Return which column has the ids, and how many of the lines that say so are none."""
    search = Search(Table(name, header))
    if column is not None and search.has(column):
        return search.place(column, "--id"), 1
    for names in (ID_NAMES, PANDAS_INDEXES):
        found = search.called(names)
        if len(found) == 1:
            return found[0], 1
    if len(header.names) > 1:
        called = "id" if column is None else column
        raise LosscliError(
            name,
            f"which column has the ids to exclude is not certain: {listed(header.names, 12)}",
            "one column, or one that is called id",
            f"Call the column {shorten(called)}; or write one id on each line, in double quotes if it has "
            "blanks or commas.",
        )
    return 0, 0
