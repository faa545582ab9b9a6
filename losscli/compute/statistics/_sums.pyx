# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# distutils: language = c++
"""The sums in `sums.hpp` as Python sees them, without the interpreter lock: whole numbers of units of 2^−1075."""

from libc.stddef cimport ptrdiff_t
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #ifndef LOSSCLI_SOURCES
    #define LOSSCLI_SOURCES 0u
    #endif
    """
    const unsigned int LOSSCLI_SOURCES

SOURCES = LOSSCLI_SOURCES
"""The checksum of what this was built of; see `losscli.common.compiled`."""


cdef extern from "sums.hpp" namespace "losscli" nogil:
    cdef cppclass Sum:
        int64_t chunk[67]

    bint sum_powers "losscli::powers"(const double*, ptrdiff_t, Sum*)
    bint sum_products "losscli::products"(const double*, const double*, ptrdiff_t, Sum*)
    bint sum_pair "losscli::pair"(const double*, const double*, ptrdiff_t, Sum*, double*)


cdef object whole(Sum& found):
    """Return a sum as a whole number. All places but the last are below 2^32, so they stand side by side."""
    cdef bytearray low = bytearray(4 * 66)
    cdef int place
    cdef int64_t value
    for place in range(66):
        value = found.chunk[place]
        low[4 * place] = value & 255
        low[4 * place + 1] = value >> 8 & 255
        low[4 * place + 2] = value >> 16 & 255
        low[4 * place + 3] = value >> 24 & 255
    return int.from_bytes(low, "little") + (int(found.chunk[66]) << 32 * 66)


def powers(const double[::1] a):
    """Return Σ a, Σ a² and Σ a³; None where cubes are not within range."""
    cdef Sum sums[3]
    cdef bint tame
    cdef ptrdiff_t rows = a.shape[0]
    if not rows:
        return 0, 0, 0
    with nogil:
        tame = sum_powers(&a[0], rows, sums)
    return (whole(sums[0]), whole(sums[1]), whole(sums[2])) if tame else None


def products(const double[::1] a, const double[::1] b):
    """Return Σ a·b of as many; None where products are not within range."""
    cdef Sum found
    cdef bint tame
    cdef ptrdiff_t rows = a.shape[0]
    if not rows:
        return 0
    with nogil:
        tame = sum_products(&a[0], &b[0], rows, &found)
    return whole(found) if tame else None


def pair(const double[::1] a, const double[::1] b):
    """Return Σ a·b, Σ (a − b)³, Σ dᵢ·dᵢ₊₁, and the first and the last d = a − b, rounded; or None."""
    cdef Sum sums[3]
    cdef double ends[2]
    cdef bint tame
    cdef ptrdiff_t rows = a.shape[0]
    if not rows:
        return None
    ends[0] = ends[1] = 0.0
    with nogil:
        tame = sum_pair(&a[0], &b[0], rows, sums, ends)
    if not tame:
        return None
    return whole(sums[0]), whole(sums[1]), whole(sums[2]), ends[0], ends[1]
