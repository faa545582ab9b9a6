"""Which line of a text a data row begins on: for messages, which name rows, since editors name lines."""

from __future__ import annotations

from losscli.inputs.places import Place


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

    def place(self, row: int) -> Place:
        """Return the place of a data row."""
        return Place(row, self.of(row))
