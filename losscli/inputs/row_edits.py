"""Rows that a caller leaves out, or pairs with others: skipped, excluded by their ids, and shifted labels."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import given
from losscli.inputs.chunk import Chunk
from losscli.inputs.columns.needs import Roles
from losscli.inputs.edits import OF_ROWS, Edits, range_text
from losscli.inputs.excluded import Excluded
from losscli.inputs.ids import ID, concatenated
from losscli.inputs.pairing.align import Spared
from losscli.inputs.pairing.lookup import Table, table_of
from losscli.inputs.pairing.shifted import Together, shifted
from losscli.inputs.provenance import Input
from losscli.inputs.request import Request
from losscli.inputs.source import Source

_ROLES = ("predictions", "labels")
LABEL = "label"
SHIFT, SKIP, EXCLUDE = OF_ROWS


class RowEdits:
    """What is left out of the rows of one reading before anything looks at their cells, and counted.

    Rows that pair by id lose those that are skipped or excluded before they are paired, rows that pair by
    position after that: row 5 of one file is that of row 5 of the other as long as both are counted.

    Attributes:
        left_out: by option how many rows of the predictions and of the labels were left out, known once all
            rows were taken.
    """

    def __init__(self, request: Request, left: Source, right: Source, roles: Roles) -> None:
        """Take what is asked of the rows of two inputs, or of one that is both.

        Raises:
            UsageError: where that means nothing for rows that are paired so.
        """
        self._edits, self._id = request.edits.effective, request.id
        self._left, self._right = left, right
        self._by_id = roles.by_id
        self._skips = np.array(self._edits.skip_rows, dtype=np.int64).reshape(-1, 2)
        self._refuse(has_ids=any(want.role == ID for want in roles.predictions))
        self.left_out = {name: dict.fromkeys(_ROLES, 0) for name in self._edits.options_of_rows}
        self._skipped_ids: list[Array] = []
        self._kept = False

    def __bool__(self) -> bool:
        return bool(self.left_out)

    @cached_property
    def excluded(self) -> Excluded | None:
        """The ids to leave out; read when they are first asked for."""
        path = self._edits.exclude_ids
        return None if path is None else Excluded(path, self._id)

    def _refuse(self, *, has_ids: bool) -> None:
        shift, skips = self._edits.shift_labels, self._edits.skip_rows
        if shift and self._by_id:
            found = "rows are paired by id, whatever row they are in"
            remedy = "If the rows of both files are in one order: --align position"
            raise UsageError("--shift-labels", found, "rows that are paired by position", remedy)
        several = next((source for source in (self._left, self._right) if source.files), None)
        if several is not None and (shift or skips):
            option = "--shift-labels" if shift else "--skip-rows"
            found = f"{several.name} is a folder or a glob, and rows are numbered in each file of it"
            remedy = "Join the files." if shift else "Leave samples out by id: --exclude-ids FILE"
            raise UsageError(option, found, "one file", remedy)
        if self._edits.exclude_ids is not None and not has_ids:
            found, needed = f"{self._left.name} has no ids", "an id for every prediction"
            raise UsageError("--exclude-ids", found, needed, "Name the column: --id COLUMN")

    def predictions(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield the predictions that stay, before they are paired by id."""
        for chunk in chunks:
            skip, exclude = self._masks(chunk)
            if SKIP in self.left_out and skip.any():
                self._skipped_ids.append(chunk.columns[ID][skip])
            self._count(skip, exclude, "predictions")
            (kept,) = _without((chunk,), skip | exclude)
            if len(kept):
                self._kept = True
                yield kept
        self._refuse_at_end()

    def labels(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield the labels that stay, before they are paired by id."""
        return self.others(chunks, self.left_out.get(EXCLUDE, {}), "labels")

    def others(self, chunks: Iterator[Chunk], counts: dict[str, int], name: str) -> Iterator[Chunk]:
        """Yield rows of any input whose ids are not excluded; the others are counted under a name."""
        for chunk in chunks:
            exclude = self._excludes(chunk)
            counts[name] = counts.get(name, 0) + int(np.count_nonzero(exclude))
            (kept,) = _without((chunk,), exclude)
            if len(kept):
                yield kept

    def again(self, chunks: Iterator[Chunk]) -> Generator[Array, None, None]:
        """Yield the ids of the predictions that stay once more."""
        for chunk in chunks:
            skip, exclude = self._masks(chunk)
            yield chunk.columns[ID][~(skip | exclude)]

    @property
    def spared(self) -> Spared | None:
        """Which labels lack a prediction because it was skipped; None where none was to be."""
        return self._spared if SKIP in self.left_out else None

    def _spared(self, ids: Array) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.zeros(len(ids), dtype=np.bool_)
        if self._skipped_ids and len(ids):
            table: Table = table_of(concatenated(self._skipped_ids))
            found = table.find(ids) >= 0
        self.left_out[SKIP]["labels"] += int(np.count_nonzero(found))
        return found

    @property
    def parts_labels(self) -> bool:
        """Whether the labels of an input that has both are of other rows."""
        return SHIFT in self.left_out

    def one_input(self, chunks: Iterator[Chunk], roles: Collection[str] = (LABEL,)) -> Iterator[Together]:
        """Yield the rows that stay of an input that has both, and their labels behind them if `parts_labels`.

        Args:
            chunks: the rows.
            roles: those of labels.
        """
        apart = self.parts_labels
        rows: Iterator[Together] = (_apart(chunk, roles) if apart else (chunk,) for chunk in chunks)
        return self.together(rows) if self else rows

    def together(self, rows: Iterator[Together], labels: int = 1) -> Iterator[Together]:
        """Yield the rows that stay of inputs that are paired by position, the predictions first.

        Args:
            rows: those of all inputs.
            labels: the place of the labels among them.

        Raises:
            LosscliError: at the end, where no row is left, or rows were to be skipped that are not there.
        """
        shift = self._edits.shift_labels
        for together in shifted(rows, shift, labels) if shift else rows:
            skip, exclude = self._masks(together[0])
            for role in _ROLES:
                self._count(skip, exclude, role)
            kept = _without(together, skip | exclude)
            if len(kept[0]):
                self._kept = True
                yield kept
        if shift:
            without = min(abs(shift), self._left.rows)
            self.left_out[SHIFT] = dict.fromkeys(_ROLES, without)
        self._refuse_at_end()

    def _masks(self, chunk: Chunk) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which rows are skipped, and which of the others are excluded."""
        skip: NDArray[np.bool_] = np.zeros(len(chunk), dtype=np.bool_)
        if len(self._skips):
            place = np.searchsorted(self._skips[:, 0], chunk.row, side="right") - 1
            skip = (place >= 0) & (chunk.row <= self._skips[np.maximum(place, 0), 1])
        return skip, self._excludes(chunk) & ~skip

    def _excludes(self, chunk: Chunk) -> NDArray[np.bool_]:
        if self.excluded is None:
            return np.zeros(len(chunk), dtype=np.bool_)
        return self.excluded.among(chunk.columns[ID])

    def _count(self, skip: NDArray[np.bool_], exclude: NDArray[np.bool_], role: str) -> None:
        for name, gone in ((SKIP, skip), (EXCLUDE, exclude)):
            if name in self.left_out:
                self.left_out[name][role] += int(np.count_nonzero(gone))

    def _refuse_at_end(self) -> None:
        rows, name = self._left.rows, self._left.name
        beyond = next((one for one in self._edits.skip_rows if one[1] > rows), None)
        if beyond is not None and rows:
            raise LosscliError(
                name,
                f"it has {rows} rows, and no row {beyond[1]} to leave out (--skip-rows)",
                f"rows from 1 to {rows}",
                "Count data rows from 1, without the header.",
            )
        if rows and not self._kept:
            options = " ".join(f"--{option}" for option in self.left_out)
            raise LosscliError(name, f"no row is left of {rows} ({options})", "at least one sample")

    def notes(self) -> Iterator[str]:
        """Yield what was left out, and ids to exclude that nothing has; known once all rows were taken."""
        for option, counts in self.left_out.items():
            if option == SHIFT and self._edits.shift_labels:
                yield _shift_told(self._edits.shift_labels, counts["predictions"])
            elif option == SKIP:
                ranges = " ".join(given(SKIP, range_text(one)) for one in self._edits.skip_rows)
                yield f"left out: {counted(counts)} ({ranges})"
            elif self.excluded is not None:
                yield f"left out: {counted(counts)} ({given(EXCLUDE, self.excluded.read.path)})"
                if self.excluded.unmet:
                    yield self.excluded.unmet

    @property
    def ids(self) -> Input | None:
        """The file of the ids to leave out, with its bytes; None where there is none."""
        return None if self.excluded is None else self.excluded.read

    def read(self) -> Edits:
        """Return what was asked for, with the SHA-256 of the ids in place of their file."""
        if self.ids is None or self.ids.fingerprint is None:
            return self._edits
        return replace(self._edits, exclude_ids=self.ids.fingerprint.sha256)


def _apart(chunk: Chunk, roles: Collection[str]) -> Together:
    """Return rows without their labels, and their labels."""
    columns = chunk.columns.items()
    labels = {role: cells for role, cells in columns if role in roles}
    rest = {role: cells for role, cells in columns if role not in roles}
    return replace(chunk, columns=rest), replace(chunk, columns=labels)


def _without(together: Together, gone: NDArray[np.bool_]) -> Together:
    if not gone.any():
        return together
    stay = np.flatnonzero(~gone)
    # An input that has both is one object.
    chunks = {id(chunk): chunk.take(stay) for chunk in together}
    return tuple(chunks[id(chunk)] for chunk in together)


def counted(counts: Mapping[str, int]) -> str:
    """Return in words how many rows of each input were left out."""
    predictions, labels = (f"{counts[role]} row{'' if counts[role] == 1 else 's'}" for role in _ROLES)
    return (
        predictions if predictions == labels else f"{predictions} of the predictions, {labels} of the labels"
    )


def _shift_told(by: int, rows: int) -> str:
    many = "row" if rows == 1 else f"{rows} rows"
    ends = ("last", "first") if by > 0 else ("first", "last")
    sign = "+" if by > 0 else "\u2212"
    return (
        f"row N of the predictions is paired with row N {sign} {abs(by)} of the labels; left out: "
        f"the {ends[0]} {many} of the predictions, the {ends[1]} {many} of the labels "
        f"({given(SHIFT, str(by))})"
    )
