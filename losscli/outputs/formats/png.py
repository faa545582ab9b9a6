"""PNG: the main chart of a report as a picture of dots, for where SVG is not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.view import View


def check() -> None:
    """Raise UsageError where the extra is not installed."""
    from losscli.outputs.drawing.png.write import required

    required()


def draw(view: View) -> bytes:
    """Return the picture of `svg.py` as dots.

    Raises:
        UsageError: if it has none.
    """
    from losscli.outputs.drawing.console import FILE
    from losscli.outputs.drawing.png.write import png
    from losscli.outputs.formats import svg

    return png(svg.draw(view, FILE))


FORMAT = Format(
    "png",
    "the main chart, as a picture of dots; needs losscli[png]",
    draw_bytes=draw,
    check=check,
    options=("--format",),
    place=7,
    suffixes=(".png",),
    charts=True,
    picture=True,
)
