"""HTML: the tables as one file for a browser, which loads nothing and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View

_LONGEST = 200
_STYLE = """:root{color-scheme:light dark}
body{max-width:72em;margin:2em auto;padding:0 1em;background:#fff;color:#1f2328;font:1em/1.5 sans-serif}
@media(prefers-color-scheme:dark){body{background:#14171c;color:#e6edf3}}
main{overflow-x:auto}h1{font-size:1.3em;overflow-wrap:anywhere}
th,td{padding:.15em .8em .15em 0;vertical-align:top}thead th{border-bottom:1px solid}"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def draw(view: View, looks: Looks) -> str:
    """Return the page of a pull request as a document."""
    from html import escape

    from losscli.common.text import shorten, visible
    from losscli.outputs.drawing.html import lines

    brief = view.brief()
    title = escape(visible(f"losscli: {shorten(brief, _LONGEST)}" if brief else "losscli report"))
    page = _PAGE.format(title=title, style=_STYLE, body="\n".join(lines(view.summary())))
    # References to characters mean the same in whatever encoding a stream has.
    return page.encode("ascii", "xmlcharrefreplace").decode() if looks.ascii_only else page


FORMAT = Format(
    "html", "the tables as a page for a browser", draw, for_people=True, place=5, suffixes=(".html",)
)
