"""How output may look on a stream: colour, width, and which characters; decided here and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

Color = Literal["auto", "always", "never"]
_NEEDED = "│─█▏⣿…≤"
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Looks:
    """What a stream can show.

    Attributes:
        color: whether escape sequences for colour and weight may be written.
        width: columns to keep to; None off a terminal, where lines are as long as they need to be.
        ascii_only: whether lines, blocks and dots have to be drawn with ASCII characters.
        interactive: whether a person watches, so that progress may be drawn over itself.
    """

    color: bool = False
    width: int | None = None
    ascii_only: bool = False
    interactive: bool = False


FILE = Looks()
"""What a file can show."""


def looks(stream: TextIO, color: Color = "auto", environ: Mapping[str, str] = os.environ) -> Looks:
    """Decide how to write to `stream`.

    Colour: `--color` decides, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE (`0` does not
    force), then whether `stream` is a terminal that is not dumb. Width: COLUMNS, if it is set, else
    that of the terminal.
    """
    terminal = stream.isatty()
    dumb = environ.get("TERM", "").lower() in ("dumb", "unknown")
    return Looks(
        color=_wants_color(color, terminal and not dumb, environ),
        width=_width(stream, environ),
        ascii_only=not _encodes(stream.encoding, _NEEDED),
        interactive=terminal and not dumb,
    )


def _wants_color(color: Color, capable: bool, environ: Mapping[str, str]) -> bool:
    if color != "auto":
        return color == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"].lower() not in ("0", "false")
    if environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return capable and environ.get("CLICOLOR") != "0"


def _width(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    columns = environ.get("COLUMNS", "")
    # More digits than a screen has columns are as good as these.
    if columns.isdecimal() and (wanted := int(columns[:9])) > 0:
        return max(_NARROWEST, wanted)
    if not stream.isatty():
        return None
    try:
        # Of this stream: the other may go elsewhere. A terminal that tells no size says 0.
        told = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        told = 0
    return max(_NARROWEST, told or 80)


def _encodes(encoding: str | None, text: str) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
