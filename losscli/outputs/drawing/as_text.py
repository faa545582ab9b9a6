"""Pages as text, in the formats in which a page can be drawn."""

from __future__ import annotations

from collections.abc import Iterable

from losscli.outputs.drawing.elements import Element


def page_text(elements: Iterable[Element], format_: str) -> str:
    """Return a page as `table` or `markdown`."""
    if format_ == "markdown":
        from losscli.outputs.drawing.markdown import lines

        return "\n".join(lines(elements)).rstrip("\n") + "\n"
    from losscli.outputs.drawing.screen import as_text

    return as_text(elements)
