"""Quoted fields (RFC 4180) rewritten without quotes, so that separators separate again.

Everything behind this module sees text in which each separator byte ends a field and each line
feed ends a row. Separators and line feeds that belong to a field are replaced by bytes that the
text does not use, and put back when a field is read as text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import shorten

QUOTE, LINE_FEED = 34, 10
_BLANKS = (32, 9)
_SPARE = (*range(0x1C, 0x20), *range(1, 9), *range(0x0E, 0x1C))


@dataclass(frozen=True, slots=True)
class Quotes:
    """Where a text has quotes: masks over its bytes."""

    opening: NDArray[np.bool_]
    closing: NDArray[np.bool_]
    inside: NDArray[np.bool_]

    def up_to(self, end: int) -> Quotes:
        """Return the quotes of the first `end` bytes."""
        return Quotes(self.opening[:end], self.closing[:end], self.inside[:end])


def find_quotes(data: NDArray[np.uint8]) -> Quotes:
    """Pair the quotes of a text that begins outside of them; a doubled quote closes and opens."""
    quote = data == QUOTE
    inside = np.bitwise_xor.accumulate(quote)
    return Quotes(quote & inside, quote & ~inside, inside)


def misplaced(data: NDArray[np.uint8], quotes: Quotes, separator: int) -> int | None:
    """Return the place of the first quote that neither begins nor ends a field, or None.

    A field that opens with a quote has to end with one; a quote amid an unquoted field has no
    reading that all programs agree on. Blanks may stand between a quote and a separator. A quote
    that opens right behind one that closed is a doubled quote, and belongs to the field.
    """
    opening = np.flatnonzero(quotes.opening)
    before = _skip_blanks(data, opening - 1, -1, separator)
    inner = np.zeros(len(opening), dtype=np.bool_)
    inner[1:] = quotes.closing[opening[1:] - 1]
    opens_well = inner | _is_edge(data, before, separator)
    closing = np.flatnonzero(quotes.closing)
    after = _skip_blanks(data, closing + 1, 1, separator)
    inner = np.zeros(len(closing), dtype=np.bool_)
    follows = closing + 1 < len(data)
    inner[follows] = quotes.opening[closing[follows] + 1]
    closes_well = inner | _is_edge(data, after, separator)
    wrong = np.concatenate([opening[~opens_well], closing[~closes_well]])
    return int(wrong.min()) if len(wrong) else None


def refusal(name: str, row: int, data: NDArray[np.uint8], quotes: Quotes, place: int) -> LosscliError:
    """Return the error for a misplaced quote; `row` is the row in which `data` begins, 0 the header."""
    ends = np.flatnonzero((data[:place] == LINE_FEED) & ~quotes.inside[:place])
    start = int(ends[-1]) + 1 if len(ends) else 0
    text = data[start : place + 20].tobytes().decode("utf-8", "replace").split("\n")[0]
    return LosscliError(
        f"{name} row {row + len(ends)}" if row else f"{name}, first line",
        f"a quote inside a field: {shorten(text)}",
        'fields quoted entirely, with the quotes in them doubled ("")',
    )


def _skip_blanks(data: NDArray[np.uint8], places: Array, step: int, separator: int) -> Array:
    """Move places past blanks, unless the blank is what separates."""
    blank = np.zeros(256, dtype=np.bool_)
    blank[[byte for byte in _BLANKS if byte != separator]] = True
    while True:
        inside = (places >= 0) & (places < len(data))
        on_blank = inside.copy()
        on_blank[inside] = blank[data[places[inside]]]
        if not on_blank.any():
            return places
        places = places + step * on_blank


def _is_edge(data: NDArray[np.uint8], places: Array, separator: int) -> NDArray[np.bool_]:
    """Whether there is a separator, a line feed, or the end of the text at each place."""
    edge = (places < 0) | (places >= len(data))
    inside = ~edge
    found = data[places[inside]]
    edge[inside] = (found == separator) | (found == LINE_FEED)
    return edge


def last_row_end(data: NDArray[np.uint8], quotes: Quotes) -> int:
    """Return how many bytes the whole rows of `data` take: up to its last unquoted line feed."""
    ends = np.flatnonzero((data == LINE_FEED) & ~quotes.inside)
    return int(ends[-1]) + 1 if len(ends) else 0


def unquote(
    data: NDArray[np.uint8], quotes: Quotes, separator: int
) -> tuple[NDArray[np.uint8], dict[int, int]]:
    """Return the text without its quotes, and which stand-in byte means which byte in a field.

    Raises:
        ValueError: if the text uses every control byte that could stand in (then it is no text).
    """
    doubled = np.zeros_like(quotes.closing)
    doubled[:-1] = quotes.closing[:-1] & quotes.opening[1:]
    keep = (data != QUOTE) | doubled
    hidden = quotes.inside & ((data == separator) | (data == LINE_FEED))
    if not hidden.any():
        return data[keep], {}
    used = np.bincount(data, minlength=256)
    spare = [byte for byte in _SPARE if not used[byte] and byte != separator]
    if len(spare) < 2:
        msg = "every control character is in use"
        raise ValueError(msg)
    stand_in = {spare[0]: separator, spare[1]: LINE_FEED}
    text = data.copy()
    for byte, original in stand_in.items():
        text[hidden & (data == original)] = byte
    return text[keep], stand_in
