"""Pieces of JSON to chunks, each row parsed by itself: the way that decides what a row is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from losscli.common.array import Array, side_by_side
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.formats.jsonl.cells import CellError, Cells
from losscli.inputs.formats.jsonl.parse import Fault, Parser, with_texts
from losscli.inputs.formats.jsonl.pieces import Piece
from losscli.inputs.formats.jsonl.shape import Misfit, Path, called, shown, tree
from losscli.inputs.places import told


class RowError(LosscliError):
    """A row that cannot be read: the `index`-th of its piece, from 0."""

    index = 0


class Strict:
    """Takes the columns that are wanted out of rows.

    Attributes:
        tree: the first row, as far as it is wanted.
        places: of each wanted column its place in the file, ascending.
        cells: how the columns of each role are read.
    """

    def __init__(self, name: str, first: Any, ways: Sequence[Path], wants: Sequence[Want]) -> None:
        """Begin.

        Args:
            name: the input as messages call it.
            first: the first row.
            ways: the ways to its columns.
            wants: what is wanted of these.
        """
        self._name, self._wants = name, wants
        self.tree, self.places = tree(first, ways, wants)
        self.cells = {
            want.role: [Cells(want, called(ways[column])) for column in want.columns] for want in wants
        }

    def chunk(self, piece: Piece, row: int) -> Chunk:
        """Return the rows of a piece, the first of which has a number.

        Raises:
            RowError: for the first row that is not strict JSON, or no object, or has a value that is not of
                the kind of those before it.
        """
        text, error = decoded(self._name, piece, row)
        parser, starts, start = Parser(text), list[int](), 0
        found: list[list[Any]] = [[] for _ in self.places]
        while start < len(text):
            end, index = text.index("\n", start), len(starts)
            try:
                self.tree.take(parsed(self._name, piece, row, index, parser, text[start:end]), found)
            except RowError as wrong:
                error = wrong
                break
            except Misfit as misfit:
                error = _refused(self._name, piece, row, CellError(index, misfit))
                break
            starts.append(start)
            start = end + 1
        # Something else may be wrong with the rows before, and the first bad row is the one told.
        cells = [column[: len(starts)] for column in found]
        try:
            chunk = self._chunk(cells, row, len(starts), partial(self._written, text, starts))
        except CellError as wrong:
            raise _refused(self._name, piece, row, wrong) from None
        if error is not None:
            raise error
        return chunk

    def _chunk(self, cells: list[list[Any]], row: int, rows: int, written: Any) -> Chunk:
        columns: dict[str, Array] = {}
        bad: dict[tuple[str, int], str] = {}
        first: CellError | None = None
        for want in self._wants:
            found = []
            for column, how in zip(want.columns, self.cells[want.role], strict=True):
                place = self.places.index(column)
                try:
                    if want.text:
                        found.append(how.texts(cells[place]))
                        continue
                    values, wrong = how.numbers(cells[place], partial(written, place))
                except CellError as error:
                    first = error if first is None or error.index < first.index else first
                    continue
                found.append(values)
                for index, what in wrong.items():
                    bad.setdefault((want.role, row + index), what)
            if first is None:
                columns[want.role] = found[0] if len(found) == 1 else side_by_side(found)
        if first is not None:
            raise first
        return Chunk(self._name, np.arange(row, row + rows, dtype=np.int64), columns, bad)

    def _written(self, text: str, starts: list[int], place: int, index: int) -> str:
        """Return a number as it stands in a row."""
        cells: list[list[Any]] = [[] for _ in self.places]
        self.tree.take(with_texts(text[starts[index] : text.index("\n", starts[index])]), cells)
        return str(cells[place][0])


def parsed(name: str, piece: Piece, row: int, index: int, parser: Parser, text: str) -> Any:
    """Return the object of a row of a piece, the first of which is `row`.

    Args:
        name: the input as messages call it.
        piece: the piece.
        row: the number of its first row.
        index: which of its rows.
        parser: that of its text.
        text: the row.

    Raises:
        RowError: where it is none, or not strict JSON.
    """
    try:
        value = parser.row(text)
    except Fault as fault:
        at = "" if fault.place is None else _at(piece, index, fault.place)
        raise _error(name, piece, row, index, f"not valid JSON{at}: {fault.what}", "", fault.remedy) from None
    if isinstance(value, dict):
        return value
    raise _error(name, piece, row, index, f"the row is {shown(value)}", "an object with keys")


def decoded(name: str, piece: Piece, row: int) -> tuple[str, RowError | None]:
    """Return the text of the rows before the first one that is not UTF-8, and the error that this one is."""
    try:
        return piece.text.decode("utf-8"), None
    except UnicodeDecodeError as error:
        index = piece.text.count(b"\n", 0, error.start)
        begin = piece.text.rfind(b"\n", 0, error.start) + 1
        bytes_ = repr(piece.text[error.start : error.start + 4].split(b"\n")[0])
        found = f"byte {error.start - begin + 1} is not UTF-8 ({bytes_})"
        remedy = "Write the file again in UTF-8: iconv -f LATIN1 -t UTF-8"
        wrong = _error(name, piece, row, index, found, "JSON in UTF-8", remedy)
        return piece.text[:begin].decode("utf-8"), wrong


def _refused(name: str, piece: Piece, row: int, error: CellError) -> RowError:
    misfit = error.misfit
    return _error(name, piece, row, error.index, misfit.found, misfit.needed, misfit.remedy)


def _error(
    name: str, piece: Piece, row: int, index: int, found: str, needed: str, remedy: str = ""
) -> RowError:
    line = int(piece.lines()[index])
    error = RowError(f"{name} {told(row + index, line)}", found, needed, remedy)
    error.index = index
    return error


def _at(piece: Piece, index: int, place: int) -> str:
    """Return where a character of a row stands."""
    start = len(piece.first(index).text.decode("utf-8", "replace"))
    text, raw = (data.decode("utf-8", "replace")[start:] for data in (piece.text, piece.raw))
    begin = len(text) - len(text.lstrip(" \t\r"))
    line_begin = raw.rfind("\n", begin, place) + 1
    if line_begin <= begin:
        return f" at character {place - begin + 1}"
    line = int(piece.lines()[index]) + raw.count("\n", begin, place)
    return f" at line {line}, column {place - line_begin + 1}"
