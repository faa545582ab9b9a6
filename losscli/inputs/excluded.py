"""The ids of samples that are left out, read from a file of their own."""

from __future__ import annotations

from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from losscli.common.addresses import shown
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.columns.search import Search, Table
from losscli.inputs.header import TextFormat
from losscli.inputs.ids import ID, as_text, concatenated, empty, texts
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
        with closing(open_source(path, "ids to exclude", TextFormat(), hashed=True)) as source:
            place, first = _ids_of(source, column)
            want = Want(ID, (place,), text=True, integers=True)
            parts = [chunk.columns[ID] for chunk in source.chunks((want,), BLOCK_ROWS)]
            found = source.fingerprint()
            self._name = source.name
        ids = concatenated([*first, *parts]) if first or parts else np.zeros(0, dtype="S8")
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


def _ids_of(source: Source, column: str | None) -> tuple[int, list[Array]]:
    """Return which column has the ids, and those that stand in the first line."""
    search = Search(Table(source.name, source.header))
    if column is not None and search.has(column):
        return search.place(column, "--id"), []
    for names in (ID_NAMES, PANDAS_INDEXES):
        found = search.called(names)
        if len(found) == 1:
            return found[0], []
    if source.header.unnamed:
        return 0, []
    names = source.header.names
    if len(names) > 1:
        called = "id" if column is None else column
        raise LosscliError(
            source.name,
            f"which column has the ids to exclude is not certain: {listed(names, 12)}",
            "one column, or one that is called id",
            f"Write an id on each line; or call the column {shorten(called)}.",
        )
    if source.header.present and source.separated:
        # A list has no header: its first line is an id like the others.
        return 0, [as_text(np.array([names[0].encode()]))]
    return 0, []
