"""Markdown: the tables for a pull request, a job summary or a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, _: Looks) -> str:
    """Return the page of a pull request."""
    from losscli.outputs.drawing.markdown import lines

    return "\n".join(lines(view.summary())).rstrip("\n") + "\n"


FORMAT = Format(
    "markdown", "tables for a pull request or a page", draw, for_people=True, place=4, suffixes=(".md",)
)
