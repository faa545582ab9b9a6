"""How a text is laid out: its separator, whether it has a header, and its column names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

import numpy as np

from losscli.common.errors import LosscliError
from losscli.common.text import parse_number
from losscli.inputs.formats.csv import quoting
from losscli.inputs.formats.csv.numbers import parse_cell
from losscli.inputs.formats.csv.preamble import preamble
from losscli.inputs.header import Header, bare
from losscli.inputs.streams.failures import without_rows

SEPARATORS = (",", "\t", ";", "|", " ")
NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", " ": "space"}
_MOST_LINES = 100
_ROWS_LIKE = 20
MOST_COLUMNS = 1 << 18
"""The columns of a text: names and places of all of them are held, and a few bytes make many."""
_RUNS = re.compile(" {2,}")
_NUMBER_LIKE = re.compile(r"[+-]?(nan|inf|infinity)|n/?a|null|none|<na>|#n/a|", re.IGNORECASE)
_AGAIN = "Create the file again: the program that wrote it may have failed."


def sniff(
    name: str, head: bytes, *, delimiter: str | None, decimal: str, header: bool | None, comment: str = "#"
) -> Header:
    """Find the header of a text from its `head`: whole rows, line feeds only.

    Args:
        name: the input as messages call it.
        head: the first rows.
        delimiter: the separator, or None to find it.
        decimal: the decimal mark of numbers, for telling a header from numbers.
        header: whether there is a header, or None to find out.
        comment: the character that lines above the header begin with, to be skipped.

    Raises:
        LosscliError: if nothing is there, two readings are possible, or there are too many columns.
    """
    if not head.strip(b"\n"):
        raise without_rows(name, "csv", "the file is empty", _AGAIN)

    _refuse_too_many(name, head, SEPARATORS if delimiter is None else (delimiter,))

    def separator_of(lines: list[str]) -> str:
        return delimiter or _find_separator(name, lines, decimal)

    above = preamble(name, head, comment, header=header, separator=separator_of)
    head = head[above.size :]
    lines = head.decode("utf-8", "replace").split("\n")[: _MOST_LINES + 1]
    # A header may be marked as a comment, as NumPy marks it; the mark is no part of a name.
    if above.marked:
        lines[0] = bare(lines[0].removeprefix(comment))
    separator = separator_of(lines)
    squeezed = separator == " " and _squeezes(_complete(lines))
    mark = comment if above.marked else ""
    first, size, line = _first_row(name, head, separator, mark, squeezed=squeezed)
    guessed = header is None and not above.marked and _all_numbers(_without_empty(first), decimal)
    has_header = not guessed and header is not False
    trailing = separator != " " and _trailing(first, _complete(lines), separator, header=has_header)
    if trailing and not (has_header and first[-1].strip()):
        first = first[:-1]
    if not has_header:
        numbers = tuple(str(place) for place in range(len(first)))
        numbered = guessed and tuple(map(bare, first)) == numbers
        return Header(
            separator,
            numbers,
            False,
            above.size,
            guessed=guessed,
            numbered=numbered,
            comments=above.comments,
            squeezed=squeezed,
            trailing=trailing,
        )
    names = tuple(map(bare, first))
    # Where somebody says that there is a header of one name, a row may be called like it: a class.
    if all(parse_number(cell) is not None for cell in names) or (header and len(names) == 1):
        line = b""
    if trailing:
        line = line.removesuffix(separator.encode())
    unnamed = not names[0] and len(names) > 1
    return Header(
        separator,
        names,
        True,
        above.size + size,
        unnamed=unnamed,
        comments=above.comments,
        squeezed=squeezed,
        trailing=trailing,
        line=line,
        unsure=not (header or above.marked or unnamed or _over_numbers(lines, separator, decimal)),
    )


def _refuse_too_many(name: str, head: bytes, separators: Iterable[str]) -> None:
    """Raise for a row of more fields than columns can be, before they are taken apart."""
    if len(head) < MOST_COLUMNS:
        return
    data = np.frombuffer(head, dtype=np.uint8)
    outside = ~quoting.find_quotes(data).inside
    starts = np.concatenate([[0], np.flatnonzero((data == quoting.LINE_FEED) & outside) + 1])
    for separator in separators:
        cut = (data == ord(separator)) & outside
        if separator == " ":
            cut[1:] &= ~cut[:-1]
        counts = np.diff(np.searchsorted(np.flatnonzero(cut), [*starts, len(data)]))
        line = int(counts.argmax())
        if counts[line] >= MOST_COLUMNS:
            raise LosscliError(
                f"{name}, line {line + 1}",
                f"{counts[line] + 1} fields, separated by {NAMES.get(separator, repr(separator))}",
                f"at most {MOST_COLUMNS} columns",
                "Are line ends missing? If another character separates the columns: --delimiter",
            )


def _trailing(first: list[str], lines: list[str], separator: str, *, header: bool) -> bool:
    """Whether every row ends with a separator more than there are columns: nothing is behind it."""
    width = len(first) + (1 if header and first[-1].strip() else 0)
    rows = list(csv.reader(lines, delimiter=separator))[header:]
    return width > 1 and bool(rows) and all(len(row) == width and not row[-1] for row in rows)


def _over_numbers(lines: list[str], separator: str, decimal: str) -> bool:
    """Whether a cell of the first line that is no number stands above numbers, so that it is a name.

    A column alone may be one of classes, of which some are numbers: there it takes many rows to tell.
    """
    first, *rows = _reader(_complete(lines)[:_ROWS_LIKE], separator)
    rows = [row for row in rows if len(row) == len(first)]
    enough = len(first) > 1 or len(rows) >= _ROWS_LIKE - 1
    return enough and any(
        bool(cells)
        and not (_NUMBER_LIKE.fullmatch(name.strip()) or _is_number(name, decimal))
        and all(_is_number(cell, decimal) for cell in cells)
        for name, *cells in zip(first, *rows, strict=True)
    )


def _is_number(cell: str, decimal: str) -> bool:
    return parse_cell(cell, decimal) is not None


def _without_empty(cells: list[str]) -> list[str]:
    """Return cells without an empty one at the end, which may be none."""
    return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def _first_row(
    name: str, head: bytes, separator: str, comment: str, *, squeezed: bool
) -> tuple[list[str], int, bytes]:
    """Return the cells of the first row, how many bytes it takes, and its text without quotes.

    The text is empty where a cell holds a separator or a line feed. `comment` marks the row.

    Raises:
        LosscliError: for misplaced or unclosed quotes, and bytes that are not UTF-8.
    """
    mark = len(head) - len(head.removeprefix(comment.encode()).lstrip(b" \t")) if comment else 0
    data = np.frombuffer(head, dtype=np.uint8)[mark:]
    quotes = quoting.find_quotes(data)
    ends = np.flatnonzero((data == quoting.LINE_FEED) & ~quotes.inside)
    size = int(ends[0]) + 1 if len(ends) else len(data)
    row, quotes = data[:size], quotes.up_to(size)
    place = quoting.misplaced(row, quotes, ord(separator))
    if place is not None:
        raise quoting.refusal(name, 0, row, quotes, place)
    if size and quotes.inside[-1]:
        raise LosscliError(
            f"{name}, first line",
            "a quote is opened and never closed",
            "quotes in pairs",
            "Is the file cut short?",
        )
    unquoted, stand_in = quoting.unquote(row, quotes, ord(separator))
    try:
        text = unquoted.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise LosscliError(
            f"{name}, first line",
            f"the bytes are not UTF-8 ({error.object[error.start : error.start + 4]!r})",
            "text in UTF-8",
            "Name the encoding, for example: --encoding latin-1",
        ) from None
    cells = text.removesuffix("\n").split(separator)
    if squeezed:
        cells = [cell for cell in cells if cell]
        text = " ".join(cells)
    line = b"" if stand_in else head[:mark] + text.removesuffix("\n").encode()
    return [cell.translate(stand_in) for cell in cells], mark + size, line


def _squeezed(line: str) -> str:
    return _RUNS.sub(" ", line).strip(" ")


def _squeezes(lines: list[str]) -> bool:
    """Whether a run of blanks is one separator: rows are equally wide so, and else not, or begin empty."""
    lines = [line for line in lines if line.strip()]
    strict = list(csv.reader(lines, delimiter=" "))
    widths = {len(row) for row in csv.reader(map(_squeezed, lines), delimiter=" ")}
    return len(widths) == 1 and ("" in strict[0] or len(set(map(len, strict))) > 1)


def _reader(lines: list[str], separator: str) -> Iterator[list[str]]:
    if separator == " " and _squeezes(lines):
        lines = [_squeezed(line) for line in lines]
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != " ")


def _widths(lines: list[str], separator: str) -> list[int]:
    """Return the fields of each whole line; of a quoted line break, only the lines before it."""
    return [len(row) for row in _reader(_complete(lines), separator)]


def _complete(lines: list[str]) -> list[str]:
    """Return the lines that are whole, without blank ones at the end."""
    complete = lines[:-1] if len(lines) > 1 else lines
    while len(complete) > 1 and not complete[-1].strip():
        complete = complete[:-1]
    return complete


def _has_number(cells: list[str]) -> bool:
    return any(parse_number(cell.strip().replace(",", ".")) is not None for cell in cells)


def _find_separator(name: str, lines: list[str], decimal: str) -> str:
    """Return the separator that cuts all the first lines into equally many fields, two or more.

    Raises:
        LosscliError: if two do so equally well.
    """
    csv.field_size_limit(1 << 30)
    widths = {separator: _widths(lines, separator) for separator in SEPARATORS}
    fitting = [
        separator for separator in SEPARATORS if widths[separator][0] > 1 and len(set(widths[separator])) == 1
    ]
    if len(fitting) > 1 and " " in fitting:
        # Blanks stand beside separators and inside names; where another separator fits, it is that.
        fitting.remove(" ")
    if len(fitting) > 1 and decimal in fitting:
        fitting.remove(decimal)
    if len(fitting) > 1:
        numeric = {separator: _numeric_cells(lines, separator) for separator in fitting}
        best = max(numeric.values())
        fitting = [separator for separator in fitting if numeric[separator] == best]
    if len(fitting) > 1:
        found = " and ".join(NAMES[separator] for separator in fitting)
        raise LosscliError(
            name, f"both {found} could separate the columns", "one separator", "Name it: --delimiter"
        )
    if fitting == [" "] and not all(map(_has_number, list(_reader(_complete(lines), " "))[1:])):
        raise LosscliError(
            name,
            "spaces could separate the columns, or be part of a text",
            "one separator",
            "Name it: --delimiter ' ', or --delimiter , for a single column",
        )
    if fitting:
        return fitting[0]
    # Rows of unequal width: the header says what the separator is, and reading says which row.
    # A blank is no evidence here: it stands in any sentence.
    widest = max((",", "\t", ";", "|"), key=lambda separator: widths[separator][0])
    return widest if widths[widest][0] > 1 else ","


def _numeric_cells(lines: list[str], separator: str) -> float:
    """Return the share of cells that are numbers, a measure of how well a separator reads.

    A number may have a decimal comma, whoever asks for it: else commas would always seem to separate.
    """
    rows = list(_reader(lines[:-1] or lines, separator))
    cells = [cell for row in rows for cell in row]
    return sum(parse_number(cell.strip().replace(",", ".")) is not None for cell in cells) / max(
        1, len(cells)
    )


def _all_numbers(cells: list[str], decimal: str) -> bool:
    """Whether a first row is data: numbers, or marks of missing ones among numbers.

    An empty first cell before 0, 1, 2 … is the header of an index and numbered columns.
    """
    cells = [cell.strip(" \t\ufeff") for cell in cells]
    if len(cells) > 1 and not cells[0] and cells[1:] == [str(place) for place in range(len(cells) - 1)]:
        return False
    numbers = [parse_cell(cell, decimal) is not None for cell in cells]
    if all(numbers):
        return True
    like = all(number or _NUMBER_LIKE.fullmatch(cell) for number, cell in zip(numbers, cells, strict=True))
    return like and (any(numbers) or any(_NUMBER_LIKE.fullmatch(cell) and cell for cell in cells))
