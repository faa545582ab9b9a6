"""JSON Lines: a line per result, each of which stands by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, _: Looks) -> str:
    """Return the lines."""
    from losscli.common.json import encode

    return "".join(f"{encode(line)}\n" for line in view.lines())


FORMAT = Format("jsonl", "a JSON line per loss and group, for logs", draw, place=2, suffixes=(".jsonl",))
