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


cdef extern from "scan.hpp" namespace "losscli_json" nogil:
    cdef enum class Kind(int32_t):
        text

    cdef enum class Stop(int32_t):
        pass

    cdef enum class Shape(int32_t):
        skipped
        object
        array

    cdef struct Node:
        Shape shape
        int32_t first_child, children, key, key_size, column

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
        const Node* nodes
        const char* keys
        const Wanted* wanted
        const int32_t* targets
        int64_t most_rows
        Odd* odd
        int64_t most_odd
        ptrdiff_t place
        int64_t row
        int64_t odd_count
        Stop stop
        int64_t at
        int64_t needed

    void scan_rows "losscli_json::scan"(Job&)


cdef class Scanner:
    """Fills arrays with the rows of texts; see `scan.hpp` for what stops it.

    Attributes:
        place: the bytes of the last text that were taken.
        row: the rows that were filled.
        at: the wanted column at which it stopped, where a column stopped it.
        needed: the bytes that a text has, where that stopped it.
    """

    cdef Job job
    cdef vector[Node] nodes
    cdef vector[Wanted] wanted
    cdef vector[int32_t] targets
    cdef vector[Odd] odds
    cdef list arrays
    cdef bytes keys
    cdef int32_t columns

    def __cinit__(self, list nodes, bytes keys, int columns, int most_odd):
        """Scan rows of one shape; hand back up to `most_odd` odd cells at a time.

        Args:
            nodes: the values of the row, itself the first: `(shape, first_child, children, key, key_size,
                column)` each, as in `scan.hpp`; children come behind their parent.
            keys: the keys, with their quotes.
            columns: how many columns are wanted.
            most_odd: of at least one.

        Raises:
            ValueError: for nodes that point elsewhere.
        """
        cdef Node one
        cdef int32_t shape
        for at, (shape, first, children, key, key_size, column) in enumerate(nodes):
            inner = shape >= <int32_t>Shape.object
            if not 0 <= shape <= 5 or (inner and not at < first <= first + children <= len(nodes)):
                raise ValueError("no such child")
            if not 0 <= key <= key + key_size <= len(keys):
                raise ValueError("no such key")
            if shape and not inner and not 0 <= column < columns:
                raise ValueError("no such column")
            one.shape = <Shape>shape
            one.first_child, one.children = first, children
            one.key, one.key_size, one.column = key, key_size, column
            self.nodes.push_back(one)
        if self.nodes.empty() or most_odd < 1:
            raise ValueError("no row")
        self.keys = keys
        self.columns = columns
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
        self.targets.assign(self.columns + 1, <int32_t>len(wanted))
        last = 0
        for at, (column, kind, array, stride, width) in enumerate(wanted):
            data = array
            needed = width if kind >= <int32_t>Kind.text else 8
            if not last <= column < self.columns or not 0 <= kind <= 3:
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
        at = len(wanted)
        for column in range(self.columns - 1, -1, -1):
            while at and self.wanted[at - 1].column >= column:
                at -= 1
            self.targets[column] = at
        self.job.wanted = self.wanted.data()
        self.job.targets = self.targets.data()
        self.job.most_rows = most_rows
        self.job.row = row

    def scan(self, const unsigned char[::1] text not None, ptrdiff_t place):
        """Take rows of `text` from a place on, the beginning of a row. Returns why it stopped, as `Stop`.

        Raises:
            ValueError: for a text that does not end with a line feed.
        """
        cdef ptrdiff_t size = text.shape[0]
        if size == 0 or text[size - 1] != 10 or not 0 <= place <= size or self.targets.empty():
            raise ValueError("no whole rows")
        self.job.text = <const char*>&text[0]
        self.job.size = size
        self.job.nodes = self.nodes.data()
        self.job.keys = <const char*>self.keys
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
