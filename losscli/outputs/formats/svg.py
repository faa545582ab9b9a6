"""SVG: the main chart of a report as a picture that stays sharp at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, _: Looks) -> str:
    """Return the charts of a report as a document.

    Raises:
        UsageError: if it has none.
    """
    import hashlib

    from losscli.common.errors import UsageError
    from losscli.outputs.drawing.picture import alone

    figures = [*view.pictures()]
    if not figures:
        raise UsageError(
            "--output",
            "this report has nothing to draw",
            "a chart",
            "To write all that it says as a page: --output report.html",
        )
    of = getattr(view.report, "signature", "")
    text = alone(figures, f"l{hashlib.sha256(of.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}")
    return f"{text.encode('ascii', 'xmlcharrefreplace').decode()}\n"


FORMAT = Format(
    "svg",
    "the main chart, as a picture",
    draw,
    options=("--format",),
    place=6,
    suffixes=(".svg",),
    charts=True,
    picture=True,
)
