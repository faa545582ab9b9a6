"""SVG as PNG, drawn by resvg with letters of our own: the same bytes on every machine.

Letters that ours lack, such as those of Chinese or Arabic, are looked for among the fonts of the machine.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from losscli.common.errors import UsageError

FONT = Path(__file__).parent / "letters.ttf"
"""Of DejaVu Sans Condensed; `letters.txt` has its licence."""
NAME = "losscli Sans"
ZOOM = 2
"""Dots for each unit of a drawing, along each side."""
OURS = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x2010, 0x2027), (0x2070, 0x209C)),
    *((0x2190, 0x2195), (0x2200, 0x226F)),
)
"""The letters that the font has, from and to."""


def required() -> None:
    """Raise UsageError where what draws is not installed."""
    if find_spec("resvg_py") is None:
        raise UsageError(
            "--format png",
            "the package resvg-py is not installed",
            "the extra png of losscli",
            "Install it: pip install 'losscli[png]'. Without it: --output plot.svg",
        )


def png(svg: str) -> bytes:
    """Return an SVG document as PNG."""
    import html

    import resvg_py

    letters = {ord(letter) for letter in html.unescape(svg)} - {0xA}
    known = all(any(low <= letter <= high for low, high in OURS) for letter in letters)
    found = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=ZOOM,
        skip_system_fonts=known,
        font_files=[str(FONT)],
        font_family=NAME,
        sans_serif_family=NAME,
    )
    return bytes(found)
