"""Lists of numbers in the cells of an Arrow column, and the vectors that Spark writes, as matrices."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyarrow import types

from losscli.common.array import Array
from losscli.inputs.typed.arrow_cells import is_number, nulls_of, plain, values
from losscli.inputs.typed.column import Nulls, TypedColumn

_SPARSE, _DENSE = 0, 1


def is_listed(kind: pa.DataType) -> bool:
    """Whether the cells of a column are lists of numbers, or vectors."""
    return _is_vector(kind) or (_is_list(kind) and is_number(kind.value_type))


def size_of(array: pa.Array) -> int | None:
    """Return how many numbers the first list has that has some; None where none has."""
    if types.is_fixed_size_list(array.type):
        return int(array.type.list_size)
    present = array.drop_null()
    if not _is_vector(array.type):
        lengths = _parts(present)[2]
        return int(lengths[lengths > 0][0]) if (lengths > 0).any() else None
    if not len(present):
        return None
    kind, size, _, inner = (present[:1].field(name) for name in ("type", "size", "indices", "values"))
    return size[0].as_py() if kind[0].as_py() == _SPARSE else len(inner[0])


def lists(array: pa.Array, size: int, column: TypedColumn, first_row: int) -> tuple[Array, Nulls]:
    """Return the numbers of lists `(rows, size)`, and the mask of those that are missing.

    Raises:
        LosscliError: for a list of another size, and a vector that is none.
    """
    if _is_vector(array.type):
        return _vectors(array, size, column, first_row)
    missing = nulls_of(array)
    flat, starts, lengths = _parts(array)
    cells, nulls = values(flat, column)
    other = lengths != size if missing is None else (lengths != size) & ~missing
    _refuse_other_size(other, lengths, size, column, first_row)
    return _gathered(cells, nulls, starts, size, missing)


def _gathered(cells: Array, nulls: Nulls, starts: Array, size: int, missing: Nulls) -> tuple[Array, Nulls]:
    """Return `size` cells from each start on; none where a list is missing."""
    rows = len(starts)
    if missing is None and rows and (starts == starts[0] + size * np.arange(rows)).all():
        part = slice(int(starts[0]), int(starts[0]) + rows * size)
        return cells[part].reshape(rows, size), None if nulls is None else nulls[part].reshape(rows, size)
    gone = np.zeros(rows, dtype=np.bool_) if missing is None else missing
    places = starts[~gone][:, None] + np.arange(size)
    found = np.zeros((rows, size), dtype=cells.dtype)
    found[~gone] = cells[places]
    lost = np.repeat(gone[:, None], size, axis=1)
    if nulls is not None:
        lost[~gone] = nulls[places]
    return found, lost


def _parts(array: pa.Array) -> tuple[pa.Array, Array, Array]:
    """Return the numbers of all lists one behind the other, where each list begins there, and its length."""
    kind = array.type
    if types.is_fixed_size_list(kind):
        starts = np.arange(array.offset, array.offset + len(array), dtype=np.int64) * kind.list_size
        return plain(array.values), starts, np.full(len(array), kind.list_size)
    if types.is_list_view(kind) or types.is_large_list_view(kind):
        return plain(array.values), _numpy(array.offsets), _numpy(array.sizes)
    offsets = _numpy(array.offsets)
    first, last = int(offsets[0]), int(offsets[-1])
    # A slice of a long array has the numbers of all of it.
    return plain(array.values.slice(first, last - first)), offsets[:-1] - first, np.diff(offsets)


def _vectors(array: pa.Array, size: int, column: TypedColumn, first_row: int) -> tuple[Array, Nulls]:
    missing = nulls_of(array)
    here = np.ones(len(array), dtype=np.bool_) if missing is None else ~missing
    fields = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
    kinds, sizes = (_numpy(fields[name].fill_null(-1)) for name in ("type", "size"))
    flat, starts, lengths = _parts(fields["values"])
    places, at, count = _parts(fields["indices"])
    cells, nulls = values(flat, column)
    dense, sparse = here & (kinds == _DENSE), here & (kinds == _SPARSE)
    wrong = here & ~dense & ~sparse
    if wrong.any():
        raise column.refuse_row(
            first_row + int(wrong.argmax()), "is neither a dense nor a sparse vector", "a vector of Spark"
        )
    length = np.where(sparse, sizes, lengths)
    _refuse_other_size(here & (length != size), length, size, column, first_row)
    indices = _numpy(places.fill_null(-1)).astype(np.int64)
    found, lost = _gathered(cells, nulls, np.where(dense, starts, 0), size, None if dense.all() else ~dense)
    if sparse.any():
        to = indices[_runs(at[sparse], count[sparse])]
        _refuse_places(np.flatnonzero(sparse), to, count[sparse], lengths[sparse], size, column, first_row)
        rows = np.repeat(np.flatnonzero(sparse), lengths[sparse])
        inner = _runs(starts[sparse], lengths[sparse])
        found[sparse] = 0
        found[rows, to] = cells[inner]
        assert lost is not None
        lost[sparse] = False
        if nulls is not None:
            lost[rows, to] = nulls[inner]
    return found, lost


def _refuse_places(
    rows: Array, to: Array, count: Array, lengths: Array, size: int, column: TypedColumn, first_row: int
) -> None:
    """Raise for the first sparse vector whose indices do not ascend within it, one for each value."""
    own = np.repeat(rows, count)
    wrong = (to < 0) | (to >= size)
    wrong[1:] |= (np.diff(to) <= 0) & (own[1:] == own[:-1])
    refused = [*rows[count != lengths][:1].tolist(), *own[wrong][:1].tolist()]
    if refused:
        needed = f"indices below {size} that ascend, one for each value"
        raise column.refuse_row(first_row + min(refused), "is a sparse vector with other indices", needed)


def _runs(starts: Array, lengths: Array) -> Array:
    """Return the places `start`, `start + 1`, … of all runs, one behind the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    found: Array = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return found


def _refuse_other_size(other: Array, lengths: Array, size: int, column: TypedColumn, first_row: int) -> None:
    if other.any():
        place = int(other.argmax())
        raise column.refuse_row(
            first_row + place,
            f"holds {lengths[place]} number{'s' if lengths[place] != 1 else ''}",
            f"{size} in every row",
        )


def _numpy(array: pa.Array) -> Array:
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        types.is_list(kind)
        or types.is_large_list(kind)
        or types.is_fixed_size_list(kind)
        or types.is_list_view(kind)
        or types.is_large_list_view(kind)
    )


def _is_vector(kind: pa.DataType) -> bool:
    """Whether a type is that of Spark's vectors: dense ones, and sparse ones with indices."""
    if not types.is_struct(kind) or {field.name for field in kind} != {"type", "size", "indices", "values"}:
        return False
    inner, indices = kind.field("values").type, kind.field("indices").type
    integers = types.is_integer(kind.field("type").type) and types.is_integer(kind.field("size").type)
    lists = _is_list(inner) and _is_list(indices)
    return bool(integers and lists and types.is_integer(indices.value_type) and is_number(inner.value_type))
