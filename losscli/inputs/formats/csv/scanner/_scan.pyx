# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# distutils: language = c++
"""The core in `scan.hpp` as Python sees it: one job after the other, without the interpreter lock."""

from libc.stddef cimport ptrdiff_t
from libc.stdint cimport int32_t, int64_t
from libcpp.vector cimport vector


cdef extern from *:
    """
    #ifndef LOSSCLI_SOURCES
    #define LOSSCLI_SOURCES 0u
    #endif
    """
    const unsigned int LOSSCLI_SOURCES

SOURCES = LOSSCLI_SOURCES
"""The checksum of what this was built of; see `losscli.common.compiled`."""


cdef extern from "scan.hpp" namespace "losscli" nogil:
    cdef enum class Kind(int32_t):
        number
        integer
        text
        abridged

    cdef enum class Stop(int32_t):
        pass

    cdef struct Wanted:
        int32_t column
        Kind kind
        char* base
        ptrdiff_t stride
        ptrdiff_t width

    cdef struct Odd:
        int64_t wanted, row, start, length

    cdef cppclass Job:
        const char* text
        ptrdiff_t size
        char separator
        int32_t columns
        const Wanted* wanted
        ptrdiff_t wanted_count
        int64_t most_rows
        Odd* odd
        int64_t most_odd
        ptrdiff_t place
        int64_t row
        int64_t odd_count
        Stop stop
        int64_t at
        int64_t needed

    void scan_rows "losscli::scan"(Job&)


cdef class Scanner:
    """Fills arrays with the rows of texts; see `scan.hpp` for what stops it.

    Attributes:
        place: the bytes of the last text that were taken.
        row: the rows that were filled.
        at: the wanted column at which it stopped, where a column stopped it.
        needed: the bytes that a text has, where that stopped it.
    """

    cdef Job job
    cdef vector[Wanted] wanted
    cdef vector[Odd] odds
    cdef list arrays

    def __cinit__(self, int separator, int columns, int most_odd):
        """Scan rows of `columns` fields; hand back up to `most_odd` odd cells at a time."""
        self.job.separator = <char>separator
        self.job.columns = columns
        self.odds.resize(most_odd)
        self.job.most_odd = most_odd
        self.arrays = []

    def bind(self, list wanted, int64_t most_rows, int64_t row):
        """Say where the columns go.

        Args:
            wanted: in ascending order of columns, each `(column, kind, array, stride, width)`: a writable
                array of bytes that begins with row 0, the bytes from one row to the next and those of a cell.
            most_rows: the rows that there is room for.
            row: those that are filled already.

        Raises:
            ValueError: for arrays that have no room for that.
        """
        cdef unsigned char[::1] data
        cdef int32_t column, kind
        cdef ptrdiff_t stride, width
        cdef Wanted one
        if self.odds.size() < <size_t>len(wanted) or most_rows < 1 or not 0 <= row <= most_rows:
            raise ValueError("no room for a row")
        self.wanted.clear()
        self.arrays.clear()
        last = 0
        for column, kind, array, stride, width in wanted:
            data = array
            needed = width if kind >= <int32_t>Kind.text else 8
            if not last <= column < self.job.columns or not 0 <= kind <= 3:
                raise ValueError("no such column")
            if stride < needed or width < 0:
                raise ValueError("no such place")
            if (most_rows - 1) * stride + needed > data.shape[0]:
                raise ValueError("an array is too small")
            last = column
            one.column = column
            one.kind = <Kind>kind
            one.base = <char*>&data[0]
            one.stride = stride
            one.width = width
            self.wanted.push_back(one)
            self.arrays.append(array)
        self.job.wanted = self.wanted.data()
        self.job.wanted_count = self.wanted.size()
        self.job.most_rows = most_rows
        self.job.row = row

    def scan(self, const unsigned char[::1] text not None, ptrdiff_t place):
        """Take rows of `text` from a place on, the beginning of a row. Returns why it stopped, as `Stop`.

        Raises:
            ValueError: for a text that does not end with a line feed.
        """
        cdef ptrdiff_t size = text.shape[0]
        if size == 0 or text[size - 1] != 10 or not 0 <= place <= size:
            raise ValueError("no whole rows")
        self.job.text = <const char*>&text[0]
        self.job.size = size
        self.job.place = place
        self.job.odd = self.odds.data()
        self.job.odd_count = 0
        with nogil:
            scan_rows(self.job)
        return <int32_t>self.job.stop

    @property
    def place(self):
        return self.job.place

    @property
    def row(self):
        return self.job.row

    @property
    def at(self):
        return self.job.at

    @property
    def needed(self):
        return self.job.needed

    def odd(self):
        """Return the odd cells of the last scan: `(wanted, row, start, length)` each."""
        cdef int64_t i
        cdef Odd one
        found = []
        for i in range(self.job.odd_count):
            one = self.odds[i]
            found.append((one.wanted, one.row, one.start, one.length))
        return found
