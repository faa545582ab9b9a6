"""Record batches of Arrow as chunks: the columns that a schema has, and the cells that are wanted of them.

Fields of structs are columns with a dotted name, `prediction.score`. Cells of lists of numbers, and of the
vectors that Spark writes, are columns with an index behind a point, `probs.0`: as many as the first has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from pyarrow import types

from losscli.common.array import Array, side_by_side
from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.chunk import TEXT_BYTES, Chunk, Want
from losscli.inputs.header import Header
from losscli.inputs.streams.opened import OpenedFile
from losscli.inputs.typed.arrow_cells import is_comparable, is_text, longest, plain, texts, values
from losscli.inputs.typed.arrow_lists import is_listed, lists, size_of
from losscli.inputs.typed.column import Nulls, RowError, TypedColumn
from losscli.inputs.usual_names import PANDAS_INDEXES

CELLS_AT_A_TIME = 1 << 18
"""So many stay near in the cache, and are little memory."""
MOST_CELLS = 1 << 16
"""A list of more cells is no row of columns."""

Path = tuple[str, ...]
First = Callable[[Path], Iterator[pa.Array]]
"""The cells of a field from the first row on, some at a time."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: a field, by the names on the way to it, or one cell of the lists in it.

    `size` is how many cells each list has; None where cells are no lists.
    """

    name: str
    path: Path
    kind: pa.DataType
    place: int = 0
    size: int | None = None


class ArrowColumns:
    """The columns of one input.

    Attributes:
        header: their names.
    """

    def __init__(self, name: str, schema: pa.Schema, first: First) -> None:
        """Take what messages call the input, its schema, and what its fields begin with.

        Raises:
            LosscliError: for names that stand twice, and where there are no columns.
        """
        self._name = name
        fields = [field for top in schema for field in _fields(top, ())]
        self._refuse_twice([field.name for field in fields])
        self._columns = [column for field in fields for column in _with_cells(field, first)]
        names = [column.name for column in self._columns]
        self._refuse_twice(names)
        if not names:
            raise LosscliError(name, "a table without columns", "at least one")
        told = {place: text for place, column in enumerate(self._columns) if (text := _told(column))}
        kinds = {place: _type(column.kind) for place, column in enumerate(self._columns)}
        beside = frozenset(
            place
            for place, column in enumerate(self._columns)
            if column.size is not None or not is_comparable(column.kind)
        )
        self.header = Header(",", tuple(names), present=True, skip=0, told=told, types=kinds, no_keys=beside)

    def _refuse_twice(self, names: Sequence[str]) -> None:
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            found = f"{names.count(twice[0])} columns are called {shorten(twice[0])!r}"
            raise LosscliError(self._name, found, "names that stand once", "Rename the others.")

    def paths(self, wants: Sequence[Want]) -> list[Path]:
        """Return the fields that hold what is wanted."""
        return [*dict.fromkeys(self._columns[place].path for want in wants for place in want.columns)]

    def rows_at_a_time(self, wants: Sequence[Want], most: int) -> int:
        """Return so many rows that what is wanted of them takes little memory."""
        # A list is decoded as a whole, whatever is wanted of it.
        chosen = [self._columns[place] for want in wants for place in want.columns]
        cells = sum({column.path: column.size or 1 for column in chosen}.values())
        return max(1, min(most, CELLS_AT_A_TIME // max(1, cells)))

    def chunks(
        self, batches: Iterator[pa.RecordBatch], wants: Sequence[Want], most: int, before: int = 0
    ) -> Iterator[Chunk]:
        """Yield the rows of batches, at most `most` at a time; `before` the first there are so many others.

        Raises:
            LosscliError: for columns and cells that cannot be read, behind the rows before them.
        """
        text = [self._columns[place].path for want in wants if want.text for place in want.columns]
        paths = self.paths(wants)
        for batch in batches:
            arrays = {path: field_of(batch, path) for path in paths}
            widest = max((longest(arrays[path]) for path in text), default=1)
            rows = min(most, max(1, TEXT_BYTES // max(1, widest)))
            for start in range(0, batch.num_rows, rows):
                part = {path: array.slice(start, rows) for path, array in arrays.items()}
                count = min(rows, batch.num_rows - start)
                yield from self._told_in_order(part, wants, before, count)
                before += count

    def _told_in_order(
        self, arrays: Mapping[Path, pa.Array], wants: Sequence[Want], before: int, rows: int
    ) -> Iterator[Chunk]:
        """Yield the chunk; of one with a row that cannot be read, the rows before it.

        Something else may be wrong with those, and the first bad row is the one to be told of.
        """
        try:
            yield self._chunk(arrays, wants, before, rows)
        except RowError as error:
            good = error.row - before - 1
            if 0 < good < rows:
                part = {path: array.slice(0, good) for path, array in arrays.items()}
                yield from self._told_in_order(part, wants, before, good)
            raise

    def _chunk(self, arrays: Mapping[Path, pa.Array], wants: Sequence[Want], before: int, rows: int) -> Chunk:
        columns: dict[str, Array] = {}
        bad: dict[tuple[str, int], str] = {}
        matrices: dict[Path, tuple[Array, Nulls]] = {}
        for want in wants:
            if want.text:
                columns[want.role] = self._text(arrays, want, before, matrices)
                continue
            numbers = []
            for place in want.columns:
                found, typed = self._cells(arrays, place, want, before, matrices), self._typed(place, want)
                cells, wrong = typed.numbers(*found, before + 1)
                numbers.append(cells)
                for index, said in wrong.items():
                    bad.setdefault((want.role, before + 1 + index), said)
            columns[want.role] = numbers[0] if len(numbers) == 1 else side_by_side(numbers)
        return Chunk(self._name, np.arange(before + 1, before + 1 + rows, dtype=np.int64), columns, bad)

    def _typed(self, place: int, want: Want) -> TypedColumn:
        return TypedColumn(self._name, self._columns[place].name, want)

    def _text(
        self,
        arrays: Mapping[Path, pa.Array],
        want: Want,
        before: int,
        matrices: dict[Path, tuple[Array, Nulls]],
    ) -> Array:
        (place,) = want.columns
        column, typed = self._columns[place], self._typed(place, want)
        if column.size is None:
            return texts(arrays[column.path], typed, before + 1)
        return typed.texts(*self._cells(arrays, place, want, before, matrices), before + 1)

    def _cells(
        self,
        arrays: Mapping[Path, pa.Array],
        place: int,
        want: Want,
        before: int,
        matrices: dict[Path, tuple[Array, Nulls]],
    ) -> tuple[Array, Nulls]:
        """Return the cells of a column of numbers, and which are missing."""
        column, typed = self._columns[place], self._typed(place, want)
        array = arrays[column.path]
        if column.size is None:
            return values(array, typed)
        if column.path not in matrices:
            whole = TypedColumn(self._name, ".".join(column.path), want)
            matrices[column.path] = lists(array, column.size, whole, before + 1)
        cells, nulls = matrices[column.path]
        return cells[:, column.place], None if nulls is None else nulls[:, column.place]


def field_of(batch: pa.RecordBatch, path: Path) -> pa.Array:
    """Return the cells of a field; they are missing where a struct around them is."""
    array = batch.column(batch.schema.get_field_index(path[0]))
    # That buffers are as long as they have to be; what they hold is looked at where it is read.
    array.validate()
    array = plain(array)
    for name in path[1:]:
        array = plain(array.flatten()[array.type.get_field_index(name)])
    return array


@contextmanager
def damaged(file: OpenedFile, what: str) -> Iterator[None]:
    """Raise as LosscliError what pyarrow finds wrong with a file; that it was changed, where it was."""
    try:
        yield
    except LosscliError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno and error.strerror:
            raise file.failed(error) from None
        file.verify_unchanged()
        said = " ".join(str(error).split())
        if "decrypt" in said.lower() or "encrypt" in said.lower():
            raise LosscliError(
                file.name, f"{what} that is encrypted", "plain data", "Write it without encryption."
            ) from None
        found = f"{what} that cannot be read: {shorten(said, 200)}"
        raise LosscliError(file.name, found, "a whole file", "Write or copy it once more.") from None


def _fields(field: pa.Field, above: Path) -> Iterator[_Column]:
    """Yield what a field holds: itself, or the fields of a struct."""
    path, kind = (*above, field.name), _storage(field.type)
    if types.is_struct(kind) and not is_listed(kind):
        for child in kind:
            yield from _fields(child, path)
    else:
        yield _Column(".".join(path), path, kind)


def _storage(kind: pa.DataType) -> pa.DataType:
    while isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    return kind


def _with_cells(field: _Column, first: First) -> Iterator[_Column]:
    """Yield the columns of a field: one for each cell of the first list, where it holds lists of numbers."""
    size = None
    if is_listed(field.kind):
        sizes = (size_of(array) for array in first(field.path))
        size = next((one for one in sizes if one), None)
    if size is None or size > MOST_CELLS:
        yield field
        return
    for place in range(size):
        yield replace(field, name=f"{field.name}.{place}", place=place, size=size)


def _type(kind: pa.DataType) -> str:
    """Return what cells are, whether they are kept in a dictionary or a list or not."""
    kind = _storage(kind)
    if hasattr(kind, "value_type"):
        return _type(kind.value_type)
    names = {"halffloat": "float16", "float": "float32", "double": "float64"}
    return "string" if is_text(kind) else names.get(str(kind), str(kind))


def _told(column: _Column) -> str:
    """Return what a report tells of a column that was read."""
    kind = _storage(column.kind)
    if column.name in PANDAS_INDEXES:
        return f"the column {column.name} is the index of a pandas frame"
    inner = kind.value_type if hasattr(kind, "value_type") else kind
    if types.is_float16(_storage(inner)):
        return f"{'.'.join(column.path)} is float16, which holds 3 to 4 digits"
    return ""
