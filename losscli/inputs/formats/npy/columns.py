"""The columns of an array: numbered ones, or those that the fields of its cells are called by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import listed
from losscli.inputs.formats.npy.header import ArrayHeader
from losscli.inputs.header import Header

_MOST_CELLS = 1 << 16
_AS_FLOAT32 = "Save it as float32: array.astype('float32')"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: of a matrix by its place, of an array of records by the field and the place in it."""

    name: str
    dtype: np.dtype[Any]
    place: int | None = None
    field: str = ""

    def of(self, cells: Array) -> Array:
        """Return the column of some rows `(rows,)`, `(rows, columns)`, or of records."""
        found = cells[self.field] if self.field else cells
        return found if self.place is None else found[:, self.place]


def columns_of(array: ArrayHeader, name: str) -> tuple[tuple[Column, ...], Header]:
    """Return the columns of an array, and their names as a header.

    Raises:
        LosscliError: for an array that is no table, or of cells that are no data.
    """
    dtype, dimensions = array.dtype, len(array.shape)
    _refuse_type(dtype, name)
    if dimensions not in (1, 2) or (dtype.names is not None and dimensions != 1):
        what = "records in " if dtype.names is not None else ""
        found = f"an array of {what}{dimensions} dimension{'s' if dimensions != 1 else ''}"
        needed = "one: a record per row" if what else "one or two: rows, or rows and columns"
        raise LosscliError(name, found, needed, "Change its shape: array.reshape(rows, columns)")
    present = dtype.names is not None
    if present:
        columns = tuple(_fields(dtype, name))
    elif dimensions == 1:
        columns = (Column("0", dtype),)
    else:
        if array.shape[1] > _MOST_CELLS:
            raise LosscliError(name, f"an array of {array.shape[1]} columns", f"at most {_MOST_CELLS}")
        columns = tuple(Column(str(place), dtype, place) for place in range(array.shape[1]))
    if not columns:
        raise LosscliError(name, "a table without columns", "at least one")
    told = {
        place: f"{one.field or 'the array'} is float16, which holds 3 to 4 digits"
        for place, one in enumerate(columns)
        if one.dtype == np.float16
    }
    beside = frozenset(place for place, one in enumerate(columns) if one.field and one.place is not None)
    names = tuple(one.name for one in columns)
    types = {place: _type(one.dtype) for place, one in enumerate(columns)}
    return columns, Header(",", names, present=present, skip=0, told=told, types=types, no_keys=beside)


def _type(dtype: np.dtype[Any]) -> str:
    """Return what cells are, in whichever order their bytes are, and however long a text may be."""
    return "string" if dtype.kind in "SU" else dtype.name


def _refuse_type(dtype: np.dtype[Any], name: str) -> None:
    if dtype.hasobject:
        raise LosscliError(
            name,
            "the array holds Python objects, which only running code can read",
            "numbers or text",
            "Save it with a type: array.astype(float), or array.astype(str) for text.",
        )
    if dtype.itemsize == 0:
        raise LosscliError(name, f"the cells of the array are of the type {dtype}, which is empty", "data")
    if dtype.kind == "V" and dtype.names is None:
        what = " (bfloat16 is saved so)" if dtype.itemsize == 2 else ""
        found = f"the cells of the array are bytes without a type, {dtype.str}{what}"
        raise LosscliError(name, found, "numbers or text", _AS_FLOAT32)


def _fields(dtype: np.dtype[Any], name: str) -> Iterator[Column]:
    """Yield the columns that the fields of records are; a field of several cells is one for each."""
    names = dtype.names or ()
    texts = [name for name in names if not name.strip()]
    if texts:
        raise LosscliError(name, "the records have a field without a name", "a name for every field")
    found: list[Column] = []
    for field in names:
        inner = dtype[field]
        base, shape = (inner.base, inner.shape)
        _refuse_type(base, name)
        if base.names is not None or len(shape) > 1:
            what = f"the field {field} holds {'records' if base.names else 'matrices'}"
            raise LosscliError(name, what, "fields of numbers or text", "Save the parts as fields.")
        if shape and shape[0] > _MOST_CELLS:
            raise LosscliError(name, f"the field {field} has {shape[0]} cells", f"at most {_MOST_CELLS}")
        if shape:
            found += (Column(f"{field}.{place}", base, place, field) for place in range(shape[0]))
        else:
            found.append(Column(field, base, None, field))
    called = [one.name for one in found]
    twice = sorted({one for one in called if called.count(one) > 1}) if len(set(called)) < len(called) else []
    if twice:
        raise LosscliError(name, f"several columns are called {listed(twice)}", "names that differ")
    return iter(found)
