"""Which line of a text a data row begins on: for messages, which name rows, since editors name lines."""

from __future__ import annotations

from collections.abc import Callable

LineOf = Callable[[int], int | None]
"""The line on which a data row begins; both are counted from 1. None where nobody knows."""


def no_line(_row: int) -> None:
    """Return that nobody knows on which line a row begins."""


class Lines:
    """Lines of a text whose rows take one each, up to the first row that takes several."""

    def __init__(self) -> None:
        self._above: int | None = None
        self._several: int | None = None

    def begin(self, above: int) -> None:
        """Take note of how many lines stand above the first data row."""
        self._above = above

    def several(self, row: int) -> None:
        """Take note of a row that takes several lines; of the rows behind it nobody knows."""
        self._several = row if self._several is None else min(row, self._several)

    def of(self, row: int) -> int | None:
        """Return the line on which a data row begins, None where that is not certain."""
        if self._above is None or (self._several is not None and row > self._several):
            return None
        return self._above + row


def told(row: int, line: int | None) -> str:
    """Return what a message calls a data row: `row 57 (line 58)`, and `row 57` where that is all there is."""
    return f"row {row}" if line in (None, row) else f"row {row} (line {line})"
