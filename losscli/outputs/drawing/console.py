"""How output may look on a stream: colour, width, and which characters; decided here and nowhere else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from rich.console import Console

Color = Literal["auto", "always", "never"]
_NEEDED = "│─█▏⣿…≤"
_NARROWEST = 20
_AS_WIDE_AS_NEEDED = 100_000


@dataclass(frozen=True, slots=True)
class Looks:
    """What a stream can show.

    Attributes:
        color: whether escape sequences for colour and weight may be written.
        width: columns to keep to; None off a terminal, where lines are as long as they need to be.
        ascii_only: whether lines, blocks and dots have to be drawn with ASCII characters.
        interactive: whether a person watches, so that progress may be drawn over itself.
    """

    color: bool
    width: int | None
    ascii_only: bool
    interactive: bool


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
        width=_width(terminal, environ),
        ascii_only=not _encodes(stream.encoding, _NEEDED),
        interactive=terminal and not dumb,
    )


def console(color: Color = "auto", stream: TextIO | None = None, *, wrap: bool = True) -> Console:
    """Return a rich console that writes to `stream` (stdout by default) as `looks` decides.

    Markup, emoji codes and highlighting are off: what is printed may be data. Without `wrap`, or
    off a terminal, tables get the width that they need.
    """
    from rich.console import Console

    stream = stream or sys.stdout
    shape = looks(stream, color)
    # FORCE_COLOR, COLUMNS and the like are decided above; rich must not read them differently.
    return Console(
        file=stream,
        force_terminal=shape.color,
        force_interactive=shape.interactive,
        no_color=not shape.color,
        color_system=_color_system(os.environ) if shape.color else None,
        width=shape.width if wrap and shape.width else _AS_WIDE_AS_NEEDED,
        height=25,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
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


def _width(terminal: bool, environ: Mapping[str, str]) -> int | None:
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(_NARROWEST, int(columns))
    return max(_NARROWEST, shutil.get_terminal_size().columns) if terminal else None


def _color_system(environ: Mapping[str, str]) -> Literal["standard", "256", "truecolor"]:
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256color" in environ.get("TERM", "") else "standard"


def _encodes(encoding: str | None, text: str) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
