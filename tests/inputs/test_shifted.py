"""Labels some rows further on, or before: the same pairs however both are cut, and few rows held."""

from collections import deque

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from losscli.inputs.chunk import Chunk
from losscli.inputs.pairing.shifted import shifted

cuts = st.lists(st.integers(0, 9), max_size=12)


def chunks(sizes):
    start = 0
    for size in sizes:
        rows = np.arange(start, start + size)
        start += size
        left, right = (Chunk(name, rows, {"cell": rows * 10}) for name in "lr")
        yield left, right, left


@given(cuts, st.integers(-20, 20).filter(bool))
def test_pairs_are_those_of_whole_arrays(sizes, by):
    rows = np.arange(sum(sizes))
    kept = rows[: max(0, len(rows) - by)] if by > 0 else rows[-by:]
    found = [*shifted(chunks(sizes), by, 1)]
    assert all(len(one) == len(other) for one, other, _ in found)
    for place, want in enumerate((kept, kept + by, kept)):
        got = [together[place] for together in found]
        assert np.concatenate([rows[:0], *(one.row for one in got)]).tolist() == want.tolist()
        assert all((one.columns["cell"] == one.row * 10).all() for one in got)


def test_no_more_rows_are_taken_than_are_needed():
    taken = deque(maxlen=1)

    def watched():
        for number, together in enumerate(chunks([5] * 100)):
            taken.append(number)
            yield together

    pairs = shifted(watched(), 7, 1)
    next(pairs)
    assert taken[0] == 1
