"""First lines that are data or a header: what the files alone cannot tell is refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from losscli.common.errors import LosscliError
from losscli.common.text import listed, parse_number, shorten
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.header import Header
from losscli.inputs.usual_names import says_header, words

_OFTEN = 20
_SWITCHES = {"true", "false", "t", "f", "yes", "no", "y", "n"}
"""What labels say, of which `true` and `y` are also usual names of a label."""
_REMEDY = "Say which: --header or --no-header"


def saying(*, header: bool, labels: bool, other: Header | None) -> str:
    """Return the options which say that the first line of one of two inputs is a header, or a row.

    Args:
        header: which of the two.
        labels: whether it is that of the labels, which have options of their own.
        other: of the other input, which keeps what it has; None where there is none.
    """
    if labels:
        return "--label-header" if header else "--label-no-header"
    said = "--header" if header else "--no-header"
    if other is None or other.present == header:
        return said
    # What is said of the predictions holds for the labels too.
    return f"{said} --label-header" if other.present else f"{said} --label-no-header"


def refuse_numbered(name: str, header: Header, other: Header | None) -> None:
    """Refuse first lines 0, 1, … of the one input, or of both: pandas writes such headers.

    Where only one of two inputs begins so, the rows are counted, and tell.
    """
    if header.numbered and (other is None or other.numbered):
        raise LosscliError(
            f"{name}, first line" if other is None else "first lines of both files",
            f"{listed(header.names)}: a header as pandas writes it, or the first row of data",
            "an option that says which",
            _REMEDY,
        )


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The first line of an input that was taken for its header.

    Attributes:
        name: the input as messages call it.
        header: what it was taken for.
        cells: the names of the columns of labels and of predicted classes, which are text.
    """

    name: str
    header: Header
    cells: tuple[str, ...]

    def is_row(self, values: Collection[str]) -> str | None:
        """Return a cell that is one of the values below it."""
        return next((cell for cell in self.cells if self.header.unsure and cell in values), None)

    def says_so(self, taken: Collection[str], doubtful: Collection[str]) -> bool:
        """Whether the line has a word of headers that no class takes, and not only a doubtful one."""
        names = (name for name in self.header.names if name.lower() not in doubtful)
        return not set().union(*map(says_header, names)).issubset(taken)


class FirstLines:
    """Whether the first lines of the inputs of one reading are headers; known once all rows were read.

    Where rows are paired by their order, one header that is certain proves the other: with as many
    rows below it, it is none of them. Where none is certain, names that never recur among classes
    that all do, in rows that are in no order of classes, are names.
    """

    def __init__(
        self, lines: Sequence[FirstLine], said: Collection[str], columns: Collection[str], *, classes: bool
    ) -> None:
        """Take the lines.

        Args:
            lines: those of all inputs.
            said: the labels that options speak of.
            columns: the columns that options name; a number may name one without a header.
            classes: whether labels and predictions are both names of classes.
        """
        self._lines, self._said = lines, said
        told = any(parse_number(name) is None for name in columns)
        self._open = classes and not told and all(line.header.unsure for line in lines)
        self._counts = np.zeros(0, dtype=np.int64)
        self._changes, self._last = 0, -1

    @property
    def unsure(self) -> tuple[str, ...]:
        """The names of columns of class names that may be classes."""
        return tuple(cell for line in self._lines if line.header.unsure for cell in line.cells)

    def are_headers(self, classes: Collection[str]) -> bool:
        """Whether the first lines are headers by what they say, whatever rows of such classes follow."""
        return not self._open or self._says_so({*classes, *self._said})

    def see(self, block: Block) -> None:
        """Look at the labels of a block, indices of classes; rows that are left out have none."""
        if not self._open:
            return
        label = block.label if block.left_out is None else block.label[block.left_out == COUNTS]
        if not len(label):
            return
        counts = np.bincount(label, minlength=len(self._counts))
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        self._changes += int(np.count_nonzero(np.diff(label))) + int(label[0] != self._last)
        self._last = int(label[-1])

    def refuse(self, classes: Sequence[str]) -> None:
        """Raise where a first line may be the first row; `classes` are the names below."""
        values = {*classes, *self._said}
        for line in self._lines:
            cell = line.is_row(values)
            if cell is not None:
                raise LosscliError(
                    f"{line.name}, first line",
                    f"{shorten(cell)!r} is also the name of a class, so this may not be a header",
                    "an option that says what it is",
                    f"Say which: {self._saying(line, header=True)}, or {self._saying(line, header=False)}",
                )
        if not self._open or self._says_so(values) or self._is_closed(values):
            return
        cells = [repr(shorten(cell)) for line in self._lines for cell in line.cells]
        raise LosscliError(
            " and ".join(line.name for line in self._lines) + ", first line",
            f"{' and '.join(cells)} may be column names, or the first sample",
            "an option that says which",
            _REMEDY,
        )

    def _saying(self, line: FirstLine, *, header: bool) -> str:
        other = next((one.header for one in self._lines if one is not line), None)
        return saying(header=header, labels=line is not self._lines[0], other=other)

    def _says_so(self, values: Collection[str]) -> bool:
        """Whether a line has a word of headers; `true` is a label too, and `y` beside its like or another."""
        switched = any(value.lower() in _SWITCHES for value in values)
        agreed = all(cell.lower() == "y" for line in self._lines for cell in line.cells)
        doubtful = ("true", "y") if switched or agreed else ("true",)
        taken = set().union(*map(words, values))
        return any(line.says_so(taken, doubtful) for line in self._lines)

    def _is_closed(self, values: Collection[str]) -> bool:
        """Whether labels come often and mixed, and the names of the columns never."""
        small = {value.lower() for value in values}
        often = self._counts[self._counts > 0]
        mixed = self._changes > 2 * len(often)
        recur = any(cell.lower() in small for line in self._lines for cell in line.cells)
        return mixed and not recur and bool((often >= _OFTEN).all())


def may_be_row(header: Header) -> bool:
    """Whether a first line that was taken for the header may be a row, and has no word of headers."""
    return header.unsure and not any(map(says_header, header.names))
