"""Data frames and arrays as inputs: the same chunks as from a file, the same refusals."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from losscli.common.array import Array, side_by_side
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import shorten
from losscli.inputs.chunk import MOST_BAD_CELLS, Chunk, Want, shortened
from losscli.inputs.formats.csv.numbers import WORDS
from losscli.inputs.header import Header
from losscli.inputs.memory.tables import Counted, array_of, is_dask, is_narrow, is_pandas, is_tensor
from losscli.inputs.places import Place, Shard, on_no_line
from losscli.inputs.source import ShardRead
from losscli.inputs.typed import numpy_cells
from losscli.inputs.typed.column import TypedColumn
from losscli.inputs.usual_names import ID_NAMES, LABEL_NAMES, PREDICTION_NAMES, plain

FEW_CELLS = 1 << 14
_NUMERIC = "biuf"
_NARROW = "it is of a type that holds 4 digits at most"
_TIMES = {"M": "dates", "m": "time spans"}


class MemorySource:
    """A data frame, a series, a mapping of names to columns, or anything NumPy makes an array of.

    Columns go by their names; those of several levels have them joined by `_`. An index that has a
    name is a column of a frame, and an id of a series if that is its name; other indices say
    nothing here (see `with_indexes`). A one-dimensional array is one column, a two-dimensional one has
    its columns numbered from 0, as a file without a header does.

    Attributes:
        name: the input as messages call it.
        header: the column names.
        rows: the rows handed out so far.
    """

    repeatable: bool = True
    files: tuple[Shard, ...] = ()
    separated = False
    format = "memory"
    stamp = ()

    def __init__(self, data: Any, name: str) -> None:
        """Take `data`. Raises LosscliError for what is no table of rows."""
        self.name = self.path = name
        self.rows = 0
        self.size: int | None = None
        self.consumed = 0
        self._columns, names, header = _columns(data, name)
        if not self._columns:
            raise LosscliError(name, "a table without columns", "at least one")
        if len({len(column) for column in self._columns}) > 1:
            raise LosscliError(name, "columns of different lengths", "columns of the same length")
        told = dict.fromkeys(range(len(names)), _NARROW) if is_tensor(data) and is_narrow(data) else {}
        self.header = Header(",", tuple(names), header, 0, told=told)
        self._typed = is_tensor(data)

    @property
    def at_hand(self) -> bool:
        """Whether the rows are made before a thread would have begun."""
        return len(self._columns) * len(self._columns[0]) <= FEW_CELLS

    def again(self, path: str | None = None) -> MemorySource:
        """Return the same data from the first row on."""
        del path
        source = copy.copy(self)
        source.rows = 0
        return source

    def fingerprint(self) -> None:
        """Return None: what is in memory has no bytes of its own."""

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return that all rows are of one file."""
        return np.zeros(len(rows), dtype=np.int64), rows

    def shards(self) -> Iterator[ShardRead]:
        """Yield nothing: it is one input."""
        return iter(())

    def close(self) -> None:
        """Do nothing: the data belong to the caller."""

    def place(self, row: int) -> Place:
        """Return the place of a row: there are no lines."""
        return on_no_line(row)

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, `block_rows` at a time, with the columns that are wanted."""
        length = len(self._columns[0])
        for start in range(0, length, block_rows):
            stop = min(start + block_rows, length)
            row = np.arange(start + 1, stop + 1, dtype=np.int64)
            columns: dict[str, Array] = {}
            bad: dict[tuple[str, int], str] = {}
            for want in wants:
                cells = [self._columns[column][start:stop] for column in want.columns]
                if self._typed:
                    columns[want.role] = self._strictly(cells, want, start + 1, bad)
                    continue
                if want.text:
                    columns[want.role] = _text(cells[0], abridged=want.abridged)
                    continue
                numbers = [self._numbers(column, want) for column in cells]
                for found, values in zip(cells, numbers, strict=True):
                    for place in np.flatnonzero(~np.isfinite(values))[:MOST_BAD_CELLS].tolist():
                        bad.setdefault((want.role, start + 1 + place), str(found[place]))
                columns[want.role] = numbers[0] if len(numbers) == 1 else side_by_side(numbers)
            self.rows = stop
            yield Chunk(self.name, row, columns, bad)

    def _strictly(
        self, cells: Sequence[Array], want: Want, first_row: int, bad: dict[tuple[str, int], str]
    ) -> Array:
        """Return cells of a tensor, read as those of a file of arrays are."""
        typed = [TypedColumn(self.name, self.header.names[place], want) for place in want.columns]
        if want.text:
            return numpy_cells.texts(cells[0], typed[0], first_row)
        found = []
        for column, read in zip(cells, typed, strict=True):
            values, wrong = numpy_cells.numbers(column, read, first_row)
            found.append(values)
            for place, text in wrong.items():
                bad.setdefault((want.role, first_row + place), text)
        return found[0] if len(found) == 1 else side_by_side(found)

    def _numbers(self, cells: Array, want: Want) -> Array:
        if cells.dtype.kind == "c":
            raise LosscliError(self.name, f"the {want.role} is complex", "real numbers")
        if cells.dtype.kind in _TIMES:
            raise LosscliError(self.name, f"the {want.role} holds {_TIMES[cells.dtype.kind]}", "real numbers")
        if cells.dtype.kind in _NUMERIC:
            return cells.astype(np.float64)
        listed: list[Any] = cells.tolist()
        if want.switches:
            listed = [WORDS.get(cell.strip(), cell) if isinstance(cell, str) else cell for cell in listed]
        return np.fromiter(map(_number, listed), dtype=np.float64, count=len(cells))


def aligned(predictions: Any, labels: Any, *, drop: bool = False) -> tuple[Any, Any]:
    """Return both, the labels in the order of the predictions where both have an index of pandas.

    Equal indexes, numbers of rows and columns of ids go by what they are. With `drop`, which leaves out what
    has no partner, indexes are ids. Raises LosscliError where two differ otherwise than in their order.
    """
    pandas = [data for data in (predictions, labels) if is_pandas(data)]
    if len(pandas) < 2 or all(map(_has_id, pandas)):
        return predictions, labels
    left, right = predictions.index, labels.index
    if all(_counts_rows(index) for index in (left, right)):
        return predictions, labels
    keys = left.nlevels == right.nlevels == 1 and left.dtype == right.dtype and not any(map(_has_id, pandas))
    if drop and keys:
        return predictions.rename_axis("index"), labels.rename_axis("index")
    if left.equals(right):
        return predictions, labels
    where, remedy = "predictions and labels", 'If row N is the same sample in both: align="position"'
    for name, index in (("predictions", left), ("labels", right)):
        if not index.is_unique:
            twice = shorten(str(index[index.duplicated()][0]))
            found = f"their indexes differ, and that of the {name} has {twice} more than once"
            raise LosscliError(where, found, "indexes that hold the same keys, each once", remedy)
    order = right.get_indexer(left)
    if len(left) == len(right) and (order >= 0).all():
        return predictions, labels.iloc[order]
    index, name, other = (left, "predictions", right) if (order < 0).any() else (right, "labels", left)
    alone = shorten(str(index[~index.isin(other)][0]))
    found = f"their indexes differ: only the {name} have {alone}"
    if keys:
        remedy = f'To leave out and count rows without a partner: unmatched="drop". {remedy}'
    raise LosscliError(where, found, "indexes that hold the same keys", remedy)


def with_indexes(
    predictions: Any, labels: Any, align: str, id_: str | None, label_id: str | None, *, drop: bool = False
) -> tuple[Any, Any, str | None]:
    """Return predictions and labels as their indexes of pandas pair them, and the name of the id.

    An index of one level is an id where `id_` (of the labels `label_id`) is its name, or, where nobody
    names an id, where all that there is has one of that name, which holds each key once. With `drop`,
    keys without a partner are left to whoever pairs ids. Raises LosscliError where two indexes differ
    otherwise than in their order.
    """
    if align == "position":
        return predictions, labels, id_
    if any(map(is_dask, (predictions, labels))):
        return *_beside_dask(predictions, labels, id_, label_id), id_
    if id_ is not None or label_id is not None:
        return _as_column(predictions, id_), _as_column(labels, label_id or id_), id_
    name = _shared_name([predictions] if labels is None else [predictions, labels])
    if name is None:
        both = aligned(predictions, labels, drop=drop) if align == "auto" else (predictions, labels)
        return *both, None
    if labels is not None:
        if not drop:
            # The same keys are the same text then, whatever the types of the two indexes.
            labels = aligned(predictions, labels)[1].set_axis(predictions.index)
        labels = _as_column(labels, name)
    return _as_column(predictions, name), labels, name


def _beside_dask(predictions: Any, labels: Any, id_: str | None, label_id: str | None) -> tuple[Any, Any]:
    """Return inputs of which one is of Dask; without ids their indexes have to count the rows.

    Raises:
        LosscliError: for an index of pandas that does not.
    """
    found = []
    for name, data, key in (("predictions", predictions, id_), ("labels", labels, label_id or id_)):
        if labels is None or not (is_pandas(data) or is_dask(data)) or hasattr(data, "numblocks"):
            found.append(data)
        elif is_pandas(data):
            if key is None and not _has_id(data) and not _counts_rows(data.index):
                remedy = 'If row N is the same sample in both: align="position"'
                raise LosscliError(
                    name, "its index does not count the rows, as that of Dask has to", "an id", remedy
                )
            found.append(_as_column(data, key))
        else:
            named = [data.index.name, *getattr(data, "columns", ())]
            ids = [str(one).lower() for one in named if one is not None]
            known = any(one in ids for one in (ID_NAMES if key is None else [key.lower()]))
            found.append(data if known else Counted(data))
    return found[0], found[1]


def _shared_name(inputs: Sequence[Any]) -> str | None:
    """Return the name that all indexes have, if it is one of an id, and they hold each key once."""
    names = {None if (name := _index_name(data)) is None else str(name) for data in inputs}
    name = names.pop()
    if names or name is None or plain(name) in (*PREDICTION_NAMES, *LABEL_NAMES):
        return None
    unique = all(data.index.is_unique for data in inputs)
    return name if unique and not any(map(_has_id, inputs)) else None


def _index_name(data: Any) -> Any:
    """Return the name of an index of one level, None for one without, and for what has none."""
    return data.index.name if is_pandas(data) and data.index.nlevels == 1 else None


def _as_column(data: Any, name: str | None) -> Any:
    """Return a series as a frame where its index is called so: that has it as a column."""
    index = _index_name(data)
    if name is None or index is None or str(index).lower() != name.lower() or not hasattr(data, "to_frame"):
        return data
    return data.to_frame(name="0" if data.name is None else data.name)


def _counts_rows(index: Any) -> bool:
    """Whether an index is the one that pandas makes where nobody gives one."""
    return getattr(index, "start", None) == 0 and getattr(index, "step", None) == 1 and index.name is None


def _has_id(data: Any) -> bool:
    """Whether a frame or a series has ids beside its index, or in it."""
    names = [*data.index.names, *getattr(data, "columns", ())]
    return any(str(name).lower() in ID_NAMES for name in names if name is not None)


def _columns(data: Any, name: str) -> tuple[list[Array], list[str], bool]:
    """Return the columns as arrays, their names, and whether the data named them."""
    if hasattr(data, "to_frame") and hasattr(data, "index"):
        keep = len(data.index.names) == 1 and str(data.index.name).lower() in ID_NAMES
        data = (data if keep else data.reset_index(drop=True)).to_frame(
            name=data.name if data.name is not None else "0"
        )
    if hasattr(data, "columns") and hasattr(data, "reset_index"):
        data = _with_index(data, name)
        names = ["_".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in data.columns]
        return [_cells(data.iloc[:, place]) for place in range(len(names))], names, True
    if isinstance(data, Mapping):
        return [_array(column, name, (1,)) for column in data.values()], list(map(str, data)), True
    if hasattr(data, "columns") and hasattr(data, "get_columns"):
        return [_array(column, name, (1,)) for column in data.get_columns()], list(data.columns), True
    array = _array(data, name, (1, 2))
    columns = [array] if array.ndim == 1 else [array[:, place] for place in range(array.shape[1])]
    return columns, [str(place) for place in range(len(columns))], False


def _with_index(frame: Any, name: str) -> Any:
    """Return a frame in which the named levels of the index are columns, and rows are numbered."""
    for level in frame.index.names:
        if level is not None and level in frame.columns:
            raise LosscliError(
                name, f"both the index and a column are called {level!r}", "one", "Reset the index first."
            )
    named = [place for place, level in enumerate(frame.index.names) if level is not None]
    frame = frame.reset_index(level=named) if named else frame
    return frame.reset_index(drop=True)


def _cells(column: Any) -> Array:
    """Return a column of a frame as an array; numbers that may be missing are NaN where they are."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in _NUMERIC and not isinstance(column.dtype, np.dtype) and column.isna().any():
        # Integers beside missing values stay what they are: text of 7 is 7, and 2**53 + 1 is exact.
        return np.asarray(column.astype(object).to_numpy())
    return np.asarray(column.to_numpy())


def _array(data: Any, name: str, dimensions: tuple[int, ...]) -> Array:
    if isinstance(data, np.ma.MaskedArray):
        mask, data = np.ma.getmaskarray(data), np.asarray(data.data)
        if mask.any():
            data = data.astype(object)
            data[mask] = None
    if is_tensor(data):
        data = array_of(data, name)
    try:
        array = np.asarray(data)
    except (TypeError, ValueError, RuntimeError) as error:
        raise LosscliError(name, f"it cannot be made into an array: {error}", "rows of numbers") from None
    if array.ndim not in dimensions:
        raise LosscliError(
            name,
            f"an array of {array.ndim} dimension{'s' if array.ndim != 1 else ''}",
            "one or two: rows, or rows and columns" if len(dimensions) > 1 else "one: a cell per row",
        )
    return array


def _number(cell: Any) -> float:
    """Return the number in a cell of an object column, NaN for what is none."""
    if cell is None or isinstance(cell, (str, bytes, np.ndarray, np.datetime64, np.timedelta64)):
        return np.nan
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def _text(cells: Array, *, abridged: bool) -> Array:
    """Return cells as UTF-8 bytes, long ones abridged if wanted; missing ones as empty."""
    kind = cells.dtype.kind
    if kind in "iub":
        return _encoded([str(cell) for cell in cells.tolist()], abridged=False)
    if kind == "f":
        return _encoded([_float_text(cell) for cell in cells.tolist()], abridged=False)
    # As lists, times are bare counts of nanoseconds.
    texts = [_cell_text(cell) for cell in (cells if kind in _TIMES else cells.tolist())]
    return _encoded(texts, abridged=abridged)


def _float_text(cell: float) -> str:
    if cell != cell:
        return ""
    # A column of integers that met a missing value became floats: 7.0 was 7.
    return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "surrogateescape")
    if isinstance(cell, float):
        return _float_text(cell)
    text = str(cell)
    return "" if cell is None or (not isinstance(cell, str) and text in ("<NA>", "NaT")) else text


def _encoded(texts: list[str], *, abridged: bool) -> Array:
    encoded = [text.strip(" \t").encode("utf-8", "surrogatepass") for text in texts]
    if abridged:
        encoded = [shortened(text) for text in encoded]
    if any(b"\0" in text for text in encoded):
        # Arrays of bytes end at one: `a` and `a` with a NUL behind it would be the same id.
        raise UsageError("ids, classes and groups", "a text contains a NUL character", "text without them")
    width = max(map(len, encoded), default=1)
    return np.array(encoded, dtype=f"S{max(8, -(-width // 8) * 8)}")
