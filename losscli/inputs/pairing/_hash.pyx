# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# distutils: language = c++
"""The hash table of `hash_table`, compiled: the same answers, without the interpreter lock.

A slot holds the upper half of a hash and a row and one, 0 where it is free. The hash chooses the slot by
its upper bits, and a search goes on to the next slot; about half of them are free.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t

import numpy as np

cdef extern from *:
    """
    #ifndef LOSSCLI_SOURCES
    #define LOSSCLI_SOURCES 0u
    #endif
    """
    const unsigned int LOSSCLI_SOURCES

SOURCES = LOSSCLI_SOURCES
"""The checksum of what this was built of; see `losscli.common.compiled`."""


cdef extern from *:
    """
    #include <cstddef>
    #include <cstdint>

    #if defined(__GNUC__)
    #define LOSSCLI_PREFETCH(place) __builtin_prefetch(place)
    #else
    #define LOSSCLI_PREFETCH(place) ((void)(place))
    #endif

    static inline std::uint64_t losscli_hash(const std::uint64_t *words, std::ptrdiff_t count, std::uint64_t seed) {
        std::uint64_t mixed = seed;
        for (std::ptrdiff_t place = 0; place < count; ++place) {
            mixed ^= words[place];
            mixed ^= mixed >> 32;
            mixed *= UINT64_C(0xD6E8FEB86659FD93);
            mixed ^= mixed >> 32;
            mixed *= UINT64_C(0xD6E8FEB86659FD93);
        }
        return mixed ^ (mixed >> 32);
    }

    /* The place of a hash in a table of `size` slots, below 2^32. */
    static inline std::uint64_t losscli_slot(std::uint64_t hash, std::uint64_t size) {
        return ((hash >> 32) * size) >> 32;
    }

    static inline bool losscli_equal(const std::uint64_t *one, const std::uint64_t *other, std::ptrdiff_t count) {
        for (std::ptrdiff_t place = 0; place < count; ++place)
            if (one[place] != other[place]) return false;
        return true;
    }
    """
    uint64_t losscli_hash(const uint64_t *words, Py_ssize_t count, uint64_t seed) noexcept nogil
    uint64_t losscli_slot(uint64_t hash, uint64_t size) noexcept nogil
    bint losscli_equal(const uint64_t *one, const uint64_t *other, Py_ssize_t count) noexcept nogil
    void LOSSCLI_PREFETCH(const void *place) noexcept nogil

cdef enum:
    AHEAD = 32

cdef uint64_t ROW = 0xFFFFFFFFu


cdef uint64_t _like(const uint64_t *slots, uint64_t size, uint64_t hash, uint64_t place) noexcept nogil:
    """Return the first slot from a place on that holds such a hash, or is free."""
    # The lower half of a hash has no part in its place.
    while slots[place] != 0 and (slots[place] >> 32) != (hash & ROW):
        place += 1
        if place == size:
            place = 0
    return place


cdef Py_ssize_t _row_of(
    const uint64_t *slots, uint64_t size, const uint64_t *held, const uint64_t *words, Py_ssize_t count,
    uint64_t hash, uint64_t *slot
) noexcept nogil:
    """Return the row of words, −1 for none, searched from a slot on that `_like` found; note where it ends."""
    cdef uint64_t place = slot[0]
    cdef Py_ssize_t row = -1
    while slots[place] != 0:
        row = <Py_ssize_t>(slots[place] & ROW) - 1
        if losscli_equal(held + row * count, words, count):
            break
        row = -1
        place = _like(slots, size, hash, place + 1 if place + 1 < size else 0)
    slot[0] = place
    return row


def build(const uint64_t[:, ::1] held, uint64_t seed):
    """Return the table of the rows `(n, words)`, and those rows (int64) that an earlier one is equal to."""
    cdef Py_ssize_t rows = held.shape[0], count = held.shape[1], row, ahead, repeated = 0
    if rows >= 1 << 31:
        raise OverflowError("2^31 rows are too many for one table")
    cdef uint64_t size = <uint64_t>(rows + rows // 2 + 16), slot = 0
    made = np.zeros(size, dtype=np.uint64)
    again = np.zeros(0, dtype=np.int64)
    cdef uint64_t[::1] slots = made
    cdef uint64_t hashes[AHEAD]
    cdef const uint64_t *words = &held[0, 0] if rows else NULL
    cdef uint64_t *table = &slots[0]
    cdef Py_ssize_t place, taken
    twice = []
    cdef Py_ssize_t start
    with nogil:
        start = 0
        while start < rows:
            ahead = min(AHEAD, rows - start)
            for place in range(ahead):
                hashes[place] = losscli_hash(words + (start + place) * count, count, seed)
                LOSSCLI_PREFETCH(table + losscli_slot(hashes[place], size))
            for place in range(ahead):
                row = start + place
                slot = _like(table, size, hashes[place], losscli_slot(hashes[place], size))
                taken = _row_of(table, size, words, words + row * count, count, hashes[place], &slot)
                if taken < 0:
                    table[slot] = (hashes[place] << 32) | <uint64_t>(row + 1)
                else:
                    with gil:
                        twice.append(row)
            start += ahead
    return made, np.array(twice, dtype=np.int64)


def find(const uint64_t[::1] slots, const uint64_t[:, ::1] held, const uint64_t[:, ::1] asked, uint64_t seed):
    """Return the row (int64) of each of the words `(m, words)`, −1 where there is none."""
    cdef Py_ssize_t rows = asked.shape[0], count = asked.shape[1], place, ahead, start = 0
    found = np.empty(rows, dtype=np.int64)
    if not rows or not held.shape[0]:
        found.fill(-1)
        return found
    cdef int64_t[::1] out = found
    cdef uint64_t size = <uint64_t>slots.shape[0]
    cdef uint64_t hashes[AHEAD]
    cdef uint64_t places[AHEAD]
    cdef const uint64_t *table = &slots[0]
    cdef const uint64_t *words = &held[0, 0]
    cdef const uint64_t *wanted = &asked[0, 0]
    with nogil:
        while start < rows:
            ahead = min(AHEAD, rows - start)
            for place in range(ahead):
                hashes[place] = losscli_hash(wanted + (start + place) * count, count, seed)
                LOSSCLI_PREFETCH(table + losscli_slot(hashes[place], size))
            for place in range(ahead):
                places[place] = _like(table, size, hashes[place], losscli_slot(hashes[place], size))
                if table[places[place]] != 0:
                    LOSSCLI_PREFETCH(words + <Py_ssize_t>((table[places[place]] & ROW) - 1) * count)
            for place in range(ahead):
                out[start + place] = _row_of(
                    table, size, words, wanted + (start + place) * count, count, hashes[place], &places[place]
                )
            start += ahead
    return found
