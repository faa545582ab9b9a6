"""JSON: one strict document, floats in full precision, laid out for `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, looks: Looks) -> str:
    """Return the document; each sample, gate and set of quantiles on a line of its own."""
    if view.ours:
        import json

        # Letters that the encoding of a stream may lack are written as JSON escapes them.
        return json.dumps(view.document(), indent=2, ensure_ascii=looks.ascii_only, allow_nan=False) + "\n"
    from losscli.common.json import laid_out

    return laid_out(view.document()) + "\n"


FORMAT = Format("json", "one document with every figure, for programs", draw, place=1, suffixes=(".json",))
