"""Tables and curves for a person, as wide as a terminal or as they need to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, looks: Looks) -> str:
    """Return the page, in the colours and characters that a stream can show."""
    from losscli.outputs.drawing.screen import drawn

    return drawn(view.page(), replace(looks, width=view.width(looks.width)))


FORMAT = Format(
    "table", "tables for people", draw, options=("--format",), for_people=True, place=0, suffixes=(".txt",)
)
