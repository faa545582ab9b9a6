"""Arrays of Arrow as NumPy arrays: by their buffers, never cell by cell in Python where it can be helped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from pyarrow import types

from losscli.common.array import Array
from losscli.inputs.chunk import ABRIDGED_BYTES, MOST_TEXT_BYTES
from losscli.inputs.ids import WORD, as_text
from losscli.inputs.typed.column import Nulls, RowError, TypedColumn

_EXACT = 1 << 53
_EXACT_TENS = 22
"""The powers of ten up to here are all float64: one division of two of them is rounded once."""
_DAY = 86_400_000
_BLANKS = (ord(" "), ord("\t"))


def plain(array: pa.Array) -> pa.Array:
    """Return an array as its storage, with text and bytes in the layouts that `texts` reads."""
    while isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type
    if types.is_run_end_encoded(kind):
        import pyarrow.compute as pc

        return plain(pc.run_end_decode(array))
    if types.is_string_view(kind):
        return array.cast(pa.large_string())
    if types.is_binary_view(kind):
        return array.cast(pa.large_binary())
    return array.cast(pa.binary()) if types.is_fixed_size_binary(kind) else array


def is_number(kind: pa.DataType) -> bool:
    """Whether the values of a type are read as numbers."""
    return bool(
        types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
    )


def nulls_of(array: pa.Array) -> Nulls:
    """Return the mask of missing cells; None where none is."""
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False)) if array.null_count else None


def values(array: pa.Array, column: TypedColumn) -> tuple[Array, Nulls]:
    """Return the cells of a column of numbers `(rows,)`, and which are missing; decimals are float64.

    Raises:
        LosscliError: for a column that holds something else.
    """
    kind = array.type
    if types.is_dictionary(kind):
        return values(_decoded(array), column)
    nulls = nulls_of(array)
    if types.is_null(kind):
        return np.zeros(len(array)), nulls
    if types.is_decimal(kind):
        return _decimals(array, nulls), nulls
    if types.is_boolean(kind):
        filled = array if nulls is None else array.fill_null(False)
        return np.asarray(filled.to_numpy(zero_copy_only=False)), nulls
    if is_number(kind):
        return _cells(array, np.dtype(kind.to_pandas_dtype())), nulls
    if is_text(kind):
        raise column.refuse("holds text", "a column of numbers", "Write it with a type of numbers.")
    what = "holds dates or times" if types.is_temporal(kind) else f"is of the type {kind}"
    raise column.refuse(what, "a column of numbers", "Name another column.")


def texts(array: pa.Array, column: TypedColumn, first_row: int) -> Array:
    """Return the cells of a column as UTF-8 bytes (dtype `S`), empty where missing; ids may be int64.

    Raises:
        LosscliError: for a column that has no text, and for cells whose text cannot be held.
    """
    kind, nulls = array.type, nulls_of(array)
    if types.is_dictionary(kind):
        return _of_dictionary(array, nulls, column, first_row)
    if is_text(kind):
        return _strings(array, nulls, column, first_row)
    if types.is_decimal(kind):
        return _decimal_texts(array, nulls, column, first_row)
    if (types.is_float32(kind) or types.is_float64(kind)) and column.want.abridged:
        # Who compares rows holds texts that differ against each other as numbers, so that 1.0 is 1.
        return _strings(array.cast(pa.string()), nulls, column, first_row)
    if is_number(kind):
        return column.texts(*values(array, column), first_row)
    if types.is_null(kind):
        return np.zeros(len(array), dtype=f"S{WORD}")
    if types.is_temporal(kind) and not types.is_interval(kind):
        return _times(array, nulls, column, first_row)
    raise column.refuse(f"is of the type {kind}", "text, numbers, dates or times", "Name another column.")


def is_comparable(kind: pa.DataType) -> bool:
    """Whether the values of a type have a text that shows whose rows they are; bytes may be anything."""
    text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    times = types.is_temporal(kind) and not types.is_interval(kind)
    other = types.is_dictionary(kind) and is_comparable(kind.value_type)
    return bool(text or times or other or is_number(kind))


def longest(array: pa.Array) -> int:
    """Return the bytes of the longest text in a column."""
    if types.is_dictionary(array.type):
        return longest(plain(array.dictionary))
    if not is_text(array.type):
        return 4 * WORD
    return int(np.diff(_offsets(array)).max(initial=WORD))


def is_text(kind: pa.DataType) -> bool:
    """Whether values are text, however long, or bytes."""
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    )


def _cells(array: pa.Array, kind: np.dtype[np.generic], words: int = 1) -> Array:
    """Return the buffer of values of as many rows as there are, each of some words."""
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array) * words, dtype=kind)
    return np.frombuffer(buffer, dtype=kind, count=(array.offset + len(array)) * words)[
        array.offset * words :
    ]


def _integers(array: pa.Array) -> tuple[Array, Array]:
    """Return the unscaled integers of decimals as int64, and the mask of those that are such."""
    size = array.type.bit_width // 8
    if size <= WORD:
        found = _cells(array, np.dtype(f"<i{size}")).astype(np.int64)
        return found, np.ones(len(array), dtype=np.bool_)
    words = _cells(array, np.dtype("<i8"), size // WORD).reshape(len(array), size // WORD)
    return words[:, 0], (words[:, 1:] == (words[:, :1] >> 63)).all(axis=1)


def _decimals(array: pa.Array, nulls: Nulls) -> Array:
    """Return decimals as float64: the exact number rounded once."""
    scale = array.type.scale
    integers, short = _integers(array)
    short &= (integers <= _EXACT) & (integers >= -_EXACT) & (0 <= scale <= _EXACT_TENS)
    found = integers / 10.0 ** (scale if 0 <= scale <= _EXACT_TENS else 0)
    rest = ~short if nulls is None else ~short & ~nulls
    size = array.type.bit_width // 8
    raw = _cells(array, np.dtype(np.uint8), size).tobytes() if rest.any() else b""
    for place in np.flatnonzero(rest).tolist():
        exact = int.from_bytes(raw[place * size : (place + 1) * size], "little", signed=True)
        try:
            # Python divides integers exactly, and rounds once.
            found[place] = exact / 10**scale if scale >= 0 else float(exact * 10**-scale)
        except OverflowError:
            found[place] = np.inf if exact > 0 else -np.inf
    return found


def _decimal_texts(array: pa.Array, nulls: Nulls, column: TypedColumn, first_row: int) -> Array:
    if array.type.scale == 0:
        integers, short = _integers(array)
        if (short if nulls is None else short | nulls).all():
            return column.texts(integers, nulls, first_row)
    return _strings(array.cast(pa.string()), nulls, column, first_row)


def _times(array: pa.Array, nulls: Nulls, column: TypedColumn, first_row: int) -> Array:
    """Return days as `2026-11-27`, and what else is counted with its unit and zone."""
    kind = array.type
    if column.want.option in ("label", "prediction"):
        raise column.refuse("holds dates or times", "numbers, or names of classes", "Name another column.")
    size = kind.bit_width // 8
    integers = _cells(array, np.dtype(f"<i{size}")).astype(np.int64)
    if types.is_date(kind):
        if types.is_date64(kind):
            parts = integers % _DAY if nulls is None else np.where(nulls, 0, integers % _DAY)
            if parts.any():
                where = first_row + int(np.flatnonzero(parts)[0])
                raise column.refuse_row(where, "is a date with a part of a day", "whole days")
            integers //= _DAY
        found = integers.astype("datetime64[D]").astype("S")
    else:
        zone = getattr(kind, "tz", None)
        unit = f"[{kind.unit}, {zone}]" if zone else f"[{kind.unit}]"
        found = np.strings.add(as_text(integers), unit.encode())
    found = found.astype(f"S{-(-found.dtype.itemsize // WORD) * WORD}")
    if nulls is not None:
        found[nulls] = b""
    return found


def _of_dictionary(array: pa.Array, nulls: Nulls, column: TypedColumn, first_row: int) -> Array:
    """Return the text of the value that each cell stands for."""
    array.validate(full=True)
    if len(array.dictionary) > len(array):
        return texts(_decoded(array), column, first_row)
    try:
        found = texts(plain(array.dictionary), column, 1)
    except RowError:
        # Where nothing is wrong but what no row has, or to name the row.
        return texts(_decoded(array), column, first_row)
    indices = array.indices
    places = indices if nulls is None else indices.fill_null(0)
    if not len(found):
        return np.zeros(len(array), dtype=f"S{WORD}")
    chosen: Array = found[np.asarray(places.to_numpy(zero_copy_only=False))]
    missing = nulls_of(indices)
    if missing is not None:
        chosen = as_text(chosen)
        chosen[missing] = b""
    return chosen


def _offsets(array: pa.Array) -> Array:
    """Return where each text begins, and the last one ends."""
    large = types.is_large_string(array.type) or types.is_large_binary(array.type)
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(1, dtype=np.int64)
    every = np.frombuffer(buffer, dtype=np.int64 if large else np.int32, count=array.offset + len(array) + 1)
    return every[array.offset :]


def _strings(array: pa.Array, nulls: Nulls, column: TypedColumn, first_row: int) -> Array:
    """Return texts as bytes with zeros behind them: all of them at once where they are plain."""
    if nulls is not None:
        array = array.fill_null(
            "" if types.is_string(array.type) or types.is_large_string(array.type) else b""
        )
    offsets = _offsets(array)
    start, stop = int(offsets[0]), int(offsets[-1])
    buffer = array.buffers()[2]
    data = np.frombuffer(buffer, dtype=np.uint8)[start:stop] if stop > start else np.zeros(0, dtype=np.uint8)
    offsets = offsets - start
    _refuse_other_text(array, data, offsets, column, first_row)
    lengths = np.diff(offsets)
    width = max(WORD, -(-int(lengths.max(initial=0)) // WORD) * WORD)
    most = ABRIDGED_BYTES - 1 if column.want.abridged else MOST_TEXT_BYTES
    if lengths.max(initial=0) > most or not data.all() or _has_blanks_around(data, offsets, lengths):
        raw, places = data.tobytes(), offsets.tolist()
        listed = [raw[one:other] for one, other in pairwise(places)]
        return column.encoded(listed, first_row)
    cells = np.zeros((len(lengths), width), dtype=np.uint8)
    if len(lengths) and (lengths == lengths[0]).all():
        cells[:, : lengths[0]] = data.reshape(len(lengths), int(lengths[0]))
    else:
        # Row by row these are the bytes of the texts, one behind the other.
        cells[np.arange(width) < lengths[:, None]] = data
    found: Array = cells.view(f"S{width}")[:, 0]
    return found


def _has_blanks_around(data: Array, offsets: Array, lengths: Array) -> bool:
    some = lengths > 0
    ends = (data[offsets[:-1][some]], data[offsets[1:][some] - 1])
    return any(bool((cells == blank).any()) for cells in ends for blank in _BLANKS)


def _refuse_other_text(
    array: pa.Array, data: Array, offsets: Array, column: TypedColumn, first_row: int
) -> None:
    """Raise for the first row that is no UTF-8."""
    if data.size == 0 or int(data.max()) < 128:
        return
    try:
        array.cast(pa.large_string()).validate(full=True)
    except pa.ArrowInvalid:
        raw, places = data.tobytes(), offsets.tolist()
        for place, (one, other) in enumerate(pairwise(places)):
            try:
                raw[one:other].decode()
            except UnicodeDecodeError as error:
                shown = raw[one + error.start : one + error.start + 4]
                raise column.refuse_row(
                    first_row + place,
                    f"holds bytes that are no UTF-8 ({shown!r})",
                    "text",
                    "Write it as text.",
                ) from None
        raise


def _decoded(array: pa.Array) -> pa.Array:
    """Return the values of an array with a dictionary; pyarrow itself cannot decode those of views."""
    return plain(array.dictionary).take(array.indices)
