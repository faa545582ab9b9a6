"""HTML: a page for a browser, in one file that loads nothing and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View

_LONGEST = 200


def draw(view: View, looks: Looks) -> str:
    """Return the page of a report as a document."""
    from losscli.common.text import shorten
    from losscli.outputs.drawing.page.write import page

    brief = view.brief()
    title = f"losscli: {shorten(brief, _LONGEST)}" if brief else "losscli report"
    text = page(title, view.sheet(), getattr(view.report, "signature", ""), view.heading())
    # References to characters mean the same in whatever encoding a stream has.
    return text.encode("ascii", "xmlcharrefreplace").decode() if looks.ascii_only else text


FORMAT = Format(
    "html",
    "a page with charts, for a browser",
    draw,
    for_people=True,
    place=5,
    suffixes=(".html",),
    charts=True,
)
