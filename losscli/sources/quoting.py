"""Quoted fields (RFC 4180) rewritten without quotes, so that separators separate again.

Everything behind this module sees text in which each separator byte ends a field and each line
feed ends a row. Separators and line feeds that belong to a field are replaced by bytes that the
text does not use, and put back when a field is read as text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUOTE, LINE_FEED = 34, 10
_SPARE = (*range(0x1C, 0x20), *range(1, 9), *range(0x0E, 0x1C))


@dataclass(frozen=True, slots=True)
class Quotes:
    """Where a text has quotes: masks over its bytes."""

    opening: NDArray[np.bool_]
    closing: NDArray[np.bool_]
    inside: NDArray[np.bool_]


def find_quotes(data: NDArray[np.uint8]) -> Quotes:
    """Pair the quotes of a text that begins outside of them; a doubled quote closes and opens."""
    quote = data == QUOTE
    inside = np.bitwise_xor.accumulate(quote)
    return Quotes(quote & inside, quote & ~inside, inside)


def misplaced(data: NDArray[np.uint8], quotes: Quotes, separator: int) -> int | None:
    """Return the place of the first quote that neither begins nor ends a field, or None.

    A field that opens with a quote has to end with one; a quote amid an unquoted field has no
    reading that all programs agree on.
    """
    edge = (data == separator) | (data == LINE_FEED)
    before = np.empty_like(edge)
    before[0] = True
    np.logical_or(edge[:-1], quotes.closing[:-1], out=before[1:])
    after = np.empty_like(edge)
    after[-1] = True
    np.logical_or(edge[1:], quotes.opening[1:], out=after[:-1])
    wrong = (quotes.opening & ~before) | (quotes.closing & ~after)
    # A quote that opens right behind one that closed is a doubled quote; at the start of a
    # field (`""`) the first of the two opened it.
    return int(wrong.argmax()) if wrong.any() else None


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
