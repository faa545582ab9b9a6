"""Quiet: the figure alone, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, _: Looks) -> str:
    """Return the figures in full precision, in the order in which they were asked for."""
    return "".join(f"{line}\n" for line in view.quiet())


FORMAT = Format("quiet", "the cost alone, a line per loss, for scripts", draw, options=("--quiet",))
