"""The header of an array as NumPy saves it: type, shape and order, read without running anything."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from losscli.common.errors import LosscliError
from losscli.common.text import shorten

MAGIC = b"\x93NUMPY"
_LENGTHS = {b"\1\0": 2, b"\2\0": 4, b"\3\0": 4}
"""The versions of the header, and how many bytes of each say how long it is."""
_MOST_BYTES = 1 << 16
_KEYS = {"descr", "fortran_order", "shape"}
_LONG = re.compile(r"(?<=\d)L(?=\s*[,)])")
"""An integer as Python 2 wrote it."""

Read = Callable[[int], bytes]
"""Returns so many of the next bytes, fewer only at the end."""


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """What an array is.

    Attributes:
        dtype: the type of its cells, in the byte order of the file.
        shape: rows, or rows and columns; any other number of dimensions.
        fortran: whether cells lie column by column.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool

    @property
    def bytes(self) -> int:
        """How many bytes the cells have."""
        return prod(self.shape) * self.dtype.itemsize


def read_header(read: Read, name: str) -> ArrayHeader:
    """Return the header of an array; the cells are what `read` gives next.

    Raises:
        LosscliError: for what is no header, or one of a version that is not known.
    """
    begin = read(len(MAGIC) + 2)
    if begin[: len(MAGIC)] != MAGIC:
        raise LosscliError(name, "these are not the bytes of a NumPy array", "an array saved by numpy.save")
    version = begin[len(MAGIC) :]
    if len(version) == 2 and version not in _LENGTHS:
        shown = f"{version[0]}.{version[1]}"
        needed = "version 1.0, 2.0 or 3.0"
        raise LosscliError(name, f"the version of the array format is {shown}", needed, "Save it once more.")
    size = _LENGTHS.get(version, 2)
    length = read(size)
    count = int.from_bytes(length, "little")
    if len(length) == size and count > _MOST_BYTES:
        raise LosscliError(name, f"the header of the array has {count} bytes", f"at most {_MOST_BYTES}")
    text = read(count)
    if len(version) < 2 or len(length) < size or len(text) < count:
        raise LosscliError(
            name,
            "this is a NumPy array file that ends within its header",
            "a complete file",
            "Copy it again.",
        )
    header = _parsed(text, "utf-8" if version == b"\3\0" else "latin-1")
    if header is None:
        found = f"the header of the array cannot be read: {shorten(text.decode('latin-1').strip())}"
        raise LosscliError(name, found, "a header that numpy.save writes")
    return header


def _parsed(text: bytes, encoding: str) -> ArrayHeader | None:
    try:
        found = _evaluated(text.decode(encoding))
        if not isinstance(found, dict) or set(found) != _KEYS:
            return None
        shape, fortran = found["shape"], found["fortran_order"]
        if not isinstance(shape, tuple) or not isinstance(fortran, bool):
            return None
        if any(type(length) is not int or length < 0 for length in shape):
            return None
        return ArrayHeader(np.lib.format.descr_to_dtype(found["descr"]), shape, fortran)
    except (ValueError, TypeError, SyntaxError, KeyError, IndexError, RecursionError, MemoryError):
        return None


def _evaluated(text: str) -> Any:
    try:
        return literal_eval(text.strip())
    except SyntaxError:
        return literal_eval(_LONG.sub("", text).strip())
