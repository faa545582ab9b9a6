"""A hash table of words in NumPy: where there is no compiled one, the same answers.

Words `(n, words)` are found by all of their columns. Slots hold a row and one; 0 is none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array

Words = NDArray[np.uint64]
_ROWS_AT_A_TIME = 1 << 17


def build(held: Words, seed: int) -> tuple[Array, Array]:
    """Return the table of the rows `(n, words)`, and those rows (int64) that an earlier one is equal to.

    `seed` keeps whoever writes ids from choosing such that collide.
    """
    kind = np.int32 if len(held) < np.iinfo(np.int32).max else np.int64
    slots = np.zeros(1 << max(4, (2 * len(held)).bit_length()), dtype=kind)
    again = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(held), _ROWS_AT_A_TIME):
        words = held[start : start + _ROWS_AT_A_TIME]
        row = np.arange(start, start + len(words))
        slot, step = _probes(words, seed, len(slots))
        while len(row):
            free = np.flatnonzero(slots[slot] == 0)[::-1]
            # Of several rows that want a slot the first one, written last, gets it.
            slots[slot[free]] = row[free] + 1
            taken = slots[slot].astype(np.int64) - 1
            lost = np.flatnonzero(taken != row)
            row, slot, step, taken = row[lost], slot[lost], step[lost], taken[lost]
            same = _equal(held, taken, words := words[lost])
            again.append(row[same])
            rest = np.flatnonzero(~same)
            row, step, words = row[rest], step[rest], words[rest]
            slot = (slot[rest] + step) & (len(slots) - 1)
    return slots, np.concatenate(again)


def find(slots: Array, held: Words, asked: Words, seed: int) -> Array:
    """Return the row (int64) of each of the words `(m, words)`, −1 where there is none."""
    rows = np.full(len(asked), -1, dtype=np.int64)
    if not len(held):
        return rows
    slot, step = _probes(asked, seed, len(slots))
    place = np.arange(len(asked))
    while len(place):
        taken = slots[slot].astype(np.int64) - 1
        same = _equal(held, taken, asked)
        same &= taken >= 0
        rows[place[same]] = taken[same]
        on = np.flatnonzero(~same & (taken >= 0))
        place, step, asked = place[on], step[on], asked[on]
        slot = (slot[on] + step) & (len(slots) - 1)
    return rows


def _equal(held: Words, rows: Array, words: Words) -> NDArray[np.bool_]:
    """Return where rows of the table are the words beside them; what row −1 is means nothing."""
    same = held.take(rows, axis=0, mode="wrap") == words
    return np.asarray(same[:, 0] if same.shape[1] == 1 else same.all(axis=1))


def _probes(words: Words, seed: int, size: int) -> tuple[Array, Array]:
    """Return the slot where each search begins, and how far it goes on from one to the next."""
    mixed = words[:, 0] ^ np.uint64(seed)
    for column in range(words.shape[1]):
        if column:
            mixed ^= words[:, column]
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(0xD6E8FEB86659FD93)
    slot = (mixed >> np.uint64(64 - size.bit_length() + 1)).view(np.int64)
    return slot, (mixed & np.uint64(size - 1) | np.uint64(1)).view(np.int64)
