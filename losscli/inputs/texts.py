"""Columns of few distinct texts: told apart by a multiplication, many times as fast as by sorting.

Texts are UTF-8 bytes (dtype `S`), as chunks have them: whole words of eight bytes, zeros behind the text.
"""

from __future__ import annotations

import sys

import numpy as np

from losscli.common.array import Array

LITTLE = sys.byteorder == "little"
WORD = 8
LONGEST = 8 * WORD
MOST_BITS = 15  # of a place in a table: so many slots stay near in the cache
SAMPLE = 1 << 12
SLICE = 1 << 14
_TRIES = 32
_MULTIPLIERS = [pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, _TRIES + 1)]


class Table:
    """Finds the places of distinct texts, which fall into slots of their own."""

    def __init__(self, words: Array, multipliers: Array, shift: int, slots: Array) -> None:
        self._words, self._multipliers, self._shift, self._slots = words, multipliers, shift, slots

    @staticmethod
    def of(texts: Array) -> Table | None:
        """Return the table of distinct texts; None where they are too many, or fall on each other."""
        words = _words(texts)
        bits = 2 * max(1, (len(texts) - 1).bit_length()) + 1
        if words is None or not len(texts) or bits > MOST_BITS:
            return None
        shift = 64 - bits
        for first in range(_TRIES):
            chosen = (_MULTIPLIERS[first:] + _MULTIPLIERS)[: len(words)]
            multipliers = np.array(chosen, dtype=np.uint64)
            slot = _slot(words, multipliers, shift)
            if len(np.unique(slot)) == len(slot):
                slots = np.zeros(1 << bits, dtype=np.int64)
                slots[slot] = np.arange(len(slot))
                return Table(words, multipliers, shift, slots)
        return None

    def find(self, texts: Array) -> Array | None:
        """Return the int64 place of each text `(rows,)`, −1 where it is none; None for another width."""
        words = _words(texts)
        if words is None or len(words) != len(self._words):
            return None
        places = np.empty(len(texts), dtype=np.int64)
        for start in range(0, len(texts), SLICE):
            self._find(words[:, start : start + SLICE], places[start : start + SLICE])
        return places

    def _find(self, words: Array, places: Array) -> None:
        # Out of range there is none; to say so spares a copy.
        self._slots.take(_slot(words, self._multipliers, self._shift), out=places, mode="clip")
        same = self._words[0].take(places) == words[0]
        for own, other in zip(self._words[1:], words[1:], strict=True):
            same &= own.take(places) == other
        if not same.all():
            places[~same] = -1


def numbered(texts: Array) -> tuple[Array, Array]:
    """Return the distinct texts, ascending, and the int64 place among them of each text `(rows,)`."""
    if len(texts) > SAMPLE:
        names = np.unique(texts[:SAMPLE])
        for _ in range(2):
            table = Table.of(names)
            places = None if table is None else table.find(texts)
            if places is None:
                break
            others = places < 0
            if not others.any():
                return names, places
            names = np.unique(np.concatenate([names, texts[others]]))
    words = _words(texts)
    if words is None or len(words) > 1:
        return np.unique(texts, return_inverse=True)
    # The order of the bytes, as integers: several times as fast to sort.
    values, places = np.unique(words[0].byteswap() if LITTLE else words[0], return_inverse=True)
    return (values.byteswap() if LITTLE else values).view(texts.dtype), places


def first_places(number: Array, distinct: int) -> Array:
    """Return where each of the numbers 0 … `distinct` − 1 comes up first; all of them do."""
    first = np.empty(distinct, dtype=np.int64)
    # Of several that are written to one place, the last one stays.
    first[number[::-1]] = np.arange(len(number))[::-1]
    return first


def _words(texts: Array) -> Array | None:
    """Return the words of texts `(words, rows)`; None where they are not made of whole ones."""
    size = texts.dtype.itemsize
    if texts.dtype.kind != "S" or size % WORD or not 0 < size <= LONGEST or not texts.flags.c_contiguous:
        return None
    return np.asarray(texts.view(np.uint64).reshape(len(texts), size // WORD).T)


def _slot(words: Array, multipliers: Array, shift: int) -> Array:
    mixed = words[0] * multipliers[0]
    for word, multiplier in zip(words[1:], multipliers[1:], strict=True):
        mixed += word * multiplier
    mixed >>= np.uint64(shift)
    return np.asarray(mixed.view(np.int64))
