"""Ids as arrays: integers (int64) where all of them are canonical, else UTF-8 bytes (dtype `S`).

An integer is canonical as text if it is written as Python writes it, in at most 18 digits: no plus, no
leading zero, a minus before other digits than 0 alone. Equal integers are equal texts then, and the two
kinds are two ways to hold the same ids. Bytes are as wide as some whole words of 8.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array

ID = "id"
"""The role of a column of ids."""
MOST_DIGITS = 18
WORD = 8
_AT_A_TIME = 1 << 14
_MOST_WORDS = -(-(MOST_DIGITS + 1) // WORD)
_TENS = 10 ** np.arange(WORD + 1, dtype=np.uint64)
_ZEROS, _NIBBLES, _SIXES = (np.uint64(byte * (2**64 // 255)) for byte in (0x30, 0xF0, 0x06))
_SHIFTS = np.array([0, *range(56, -1, -8)], dtype=np.uint64)
_BEFORE = np.array([int(_ZEROS) >> 8 * size for size in range(WORD)] + [0], dtype=np.uint64)
_MINUS, _ZERO = np.uint64(ord("-")), np.uint64(ord("0"))


def are_integers(ids: Array) -> bool:
    """Whether ids are int64."""
    return ids.dtype.kind == "i"


def as_text(ids: Array) -> Array:
    """Return ids as bytes."""
    if not are_integers(ids) or not len(ids):
        return ids if ids.dtype.kind == "S" else ids.astype(f"S{WORD}")
    widest = max(len(str(ids.min())), len(str(ids.max())))
    cells = np.zeros((len(ids), -(-widest // WORD) * WORD), dtype=np.uint8)
    negative = ids < 0
    rest = np.abs(ids)
    length = negative + 1
    digits = np.empty((widest, len(ids)), dtype=np.uint8)
    for place in range(widest - 1, -1, -1):
        tens = rest // 10
        digits[place] = rest - 10 * tens
        length += tens > 0
        rest = tens
    digits += ord("0")
    for size in np.flatnonzero(np.bincount(length)).tolist():
        rows = np.flatnonzero(length == size)
        cells[rows, :size] = digits[widest - size :, rows].T
    cells[negative, 0] = ord("-")
    text: Array = cells.view(f"S{cells.shape[1]}")[:, 0]
    return text


def texts(ids: Array, most: int | None = None) -> list[str]:
    """Return the first ids, or all of them, as they are shown."""
    if are_integers(ids):
        return list(map(str, ids[:most].tolist()))
    return [id_.decode("utf-8", "replace") for id_ in ids[:most].tolist()]


def same_kind(left: Array, right: Array) -> tuple[Array, Array]:
    """Return two arrays of ids as integers if both are, else as bytes."""
    return (left, right) if are_integers(left) == are_integers(right) else (as_text(left), as_text(right))


def differing(left: Array, right: Array) -> NDArray[np.bool_]:
    """Return where two arrays of as many ids differ."""
    left, right = same_kind(left, right)
    if left.dtype.itemsize != right.dtype.itemsize or left.dtype.itemsize % WORD:
        return np.asarray(left != right)
    ours, theirs = words_of(left), words_of(right)
    differ = ours[:, 0] != theirs[:, 0]
    for place in range(1, ours.shape[1]):
        differ |= ours[:, place] != theirs[:, place]
    return np.asarray(differ)


def concatenated(parts: Sequence[Array]) -> Array:
    """Return all ids as one array: integers if all parts are, else bytes as wide as the widest."""
    if {part.dtype.kind for part in parts} == {"i", "S"}:
        parts = [as_text(part) for part in parts]
    return np.concatenate(parts)


def empty(ids: Array) -> NDArray[np.bool_] | None:
    """Return the mask of ids that are no text at all; None where none can be."""
    return None if are_integers(ids) else np.asarray(ids.view(np.uint8)[:: ids.dtype.itemsize] == 0)


def canonical(ids: Array) -> Array | None:
    """Return ids as integers, None where one of them is no canonical integer."""
    if are_integers(ids):
        return ids
    found = np.empty(len(ids), dtype=np.int64)
    for start in range(0, len(ids), _AT_A_TIME):
        # Names are told by the first of them.
        if not integers(ids[start : start + 1])[1].all():
            return None
        found[start : start + _AT_A_TIME], plain = integers(ids[start : start + _AT_A_TIME])
        if not plain.all():
            return None
    return found


def integers(ids: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the integers that ids are, and the mask of those that are canonical; others mean nothing."""
    if are_integers(ids):
        return ids, np.ones(len(ids), dtype=np.bool_)
    words = words_of(ids)
    fits: NDArray[np.bool_] = np.ones(len(ids), dtype=np.bool_)
    if words.shape[1] > _MOST_WORDS:
        fits, words = (words[:, _MOST_WORDS:] == 0).all(axis=1), words[:, :_MOST_WORDS]
    first = words[:, 0]
    initial = first & np.uint64(0xFF)
    negative = initial == _MINUS
    # A minus stands where a digit of nothing may stand.
    first = first + negative * (_ZERO - _MINUS)
    second = (first >> np.uint64(8)) & np.uint64(0xFF)
    values, length = np.zeros(len(ids), dtype=np.uint64), np.zeros(len(ids), dtype=np.int64)
    for place in range(words.shape[1]):
        word = first if place == 0 else np.ascontiguousarray(words[:, place])
        size = lengths(word)
        value, digits = _eight_digits(word, size)
        fits &= digits
        values = values * _TENS[size] + value if place else value
        length += size
    fits &= (length > 0) & (length - negative <= MOST_DIGITS)
    # Leading zeros: of several digits none, behind a minus not even one.
    fits &= ((initial != _ZERO) | (length == 1)) & ~(negative & ((second == _ZERO) | (length == 1)))
    signed = values.view(np.int64)
    return np.where(negative, -signed, signed), fits


def words_of(ids: Array) -> NDArray[np.uint64]:
    """Return ids `(n,)` as words `(n, words)`, little-endian: texts are equal where all words are."""
    if not are_integers(ids) and ids.dtype.itemsize % WORD:
        ids = ids.astype(f"S{-(-ids.dtype.itemsize // WORD) * WORD}")
    return np.ascontiguousarray(ids).view("<u8").reshape(len(ids), ids.dtype.itemsize // WORD)


def lengths(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many bytes of each word are text: up to its last that is not zero."""
    length: NDArray[np.int64] = np.strings.str_len(words.view(f"S{WORD}"))
    return length


def _eight_digits(word: NDArray[np.uint64], size: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the number that each word of `size` bytes is, and whether it is of digits alone."""
    # Zeros go before the digits.
    digits = (word << _SHIFTS[size]) | _BEFORE[size]
    plain = (digits & _NIBBLES) == _ZEROS
    plain &= ((digits + _SIXES) & _NIBBLES) == _ZEROS
    # Neighbours are joined to pairs, pairs to fours, fours to eights.
    digits = ((digits & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(2561)) >> np.uint64(8)
    digits = ((digits & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    digits = ((digits & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
    return digits, plain
