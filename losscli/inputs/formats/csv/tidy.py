"""Rows without what separates nothing: blanks in runs, and a separator at the end of every row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.formats.csv.pieces import Piece, Pieces
from losscli.inputs.header import Header

_RUNS = re.compile(rb" {2,}")


def squeezed(text: bytes) -> bytes:
    """Return lines with one blank for each run of them, and none at their ends."""
    text = _RUNS.sub(b" ", text)
    return text.replace(b"\n ", b"\n").replace(b" \n", b"\n").removeprefix(b" ")


def tidied(pieces: Iterator[Piece], header: Header, source: Pieces) -> Iterator[Piece]:
    """Yield the pieces as rows of the header's columns.

    Raises:
        LosscliError: for a row that does not end as the first ones do, behind the rows before it.
    """
    if header.squeezed:
        pieces = (Piece(squeezed(piece.text), piece.stand_in) for piece in pieces)
    return _without_last(pieces, header.separator, source) if header.trailing else pieces


def _without_last(pieces: Iterator[Piece], separator: str, source: Pieces) -> Iterator[Piece]:
    end = f"{separator}\n".encode()
    for piece in pieces:
        text = piece.text.replace(end, b"\n")
        if len(piece.text) - len(text) == piece.text.count(b"\n"):
            yield Piece(text, piece.stand_in)
            continue
        lines = piece.text.splitlines(keepends=True) if not piece.stand_in else piece.text.split(b"\n")
        lines = [line.removesuffix(b"\n") + b"\n" for line in lines if line]
        good = next(place for place, line in enumerate(lines) if not line.endswith(end))
        if good:
            yield Piece(b"".join(lines[:good]).replace(end, b"\n"), piece.stand_in)
        raise LosscliError(
            f"{source.name} row {source.rows + 1}",
            f"it does not end with {separator!r} ({shorten(lines[good].decode('utf-8', 'replace').strip())})",
            "rows that end the same way: the first ones all end with a separator",
        )
