"""Columns side by side: the same numbers, each column in one piece."""

import numpy as np
import pytest

from losscli.common.array import side_by_side, taken

COLUMNS = [np.arange(5.0) + 10 * place for place in range(3)]


def test_columns_stand_side_by_side_in_one_piece_each():
    table = side_by_side(COLUMNS)
    assert table.shape == (5, 3)
    assert (table == np.column_stack(COLUMNS)).all()
    assert all(column.flags.c_contiguous for column in table.T)
    assert side_by_side([np.zeros(0), np.zeros(0)]).shape == (0, 2)


@pytest.mark.parametrize("rows", [
    slice(1, 3), slice(None, None, -1), np.array([3, 0, 0, -1]), np.zeros(0, dtype=np.int64),
    np.array([True, False, True, True, False]), np.zeros(5, dtype=np.bool_),
])  # fmt: skip
@pytest.mark.parametrize("table", [side_by_side(COLUMNS), np.column_stack(COLUMNS), COLUMNS[0]])
def test_rows_are_taken_as_by_an_index(table, rows):
    found = taken(table, rows)
    assert found.shape == table[rows].shape
    assert (found == table[rows]).all()
    if table.ndim == 2 and table.strides[0] < table.strides[1]:
        assert found.strides[0] < found.strides[1] or found.size == 0 or isinstance(rows, slice)
