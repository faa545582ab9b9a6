"""How an object in Python shows itself: in a line, as a page, in a notebook, as a document and as a frame."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from losscli.common.text import shorten
from losscli.outputs.view import INPUTS, View

if TYPE_CHECKING:
    from losscli.outputs.drawing.elements import Element
    from losscli.outputs.python.frames import DataFrame

LARGEST = 100_000
"""How many bytes a notebook keeps of one report."""
MOST_ROWS = 20
"""How many rows of a table it keeps."""
_LONGEST_LINE = 200
_MORE = "There is more: print() shows all of it, and to_dict() returns it."


class Shown:
    """What shows itself: made of its view, as every format is."""

    __slots__ = ()

    def _view(self) -> View:
        from losscli.outputs.views import view_of

        return view_of(self)

    def __repr__(self) -> str:
        brief = self._view().brief()
        return f"<{type(self).__name__}{' ' if brief else ''}{shorten(brief, _LONGEST_LINE)}>"

    def __str__(self) -> str:
        from losscli.outputs.formats import load

        return load("table").render(self._view()).rstrip("\n")

    def _repr_html_(self) -> str:
        from losscli.outputs.drawing.html import lines

        view = self._view()
        of = getattr(view.report, "signature", "") or view.brief()
        key = f"l{hashlib.sha256(of.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
        drawn = ("".join(lines([one], f"{key}-{at}")) for at, one in enumerate(_small(view.cell())))
        parts = _within(drawn, lines)
        return f'<div class="losscli">{"".join(parts)}</div>'

    def _repr_markdown_(self) -> str:
        from losscli.outputs.drawing.markdown import lines

        def drawn(elements: Iterable[Element]) -> Iterator[str]:
            return (f"{line}\n" for line in lines(elements))

        parts = _within(("".join(drawn([one])) for one in _small(self._view().summary())), drawn)
        return "".join(parts).rstrip("\n") + "\n"

    def to_html(self) -> str:
        """Return the page for a browser that `--format html` prints, a whole document.

        Charts of an evaluation, and of the samples of a comparison, need `page=True`.
        """
        from losscli.outputs.formats import load

        return load("html").render(self._view())

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `--format json` prints, as `json.loads` returns it."""
        found = self._view().document()
        assert isinstance(found, dict)
        return found

    def to_frame(self) -> DataFrame:
        """Return the rows that `--format csv` prints as a pandas data frame, without those on the inputs."""
        from losscli.outputs.python.frames import frame

        view = self._view()
        return frame(view.rows(), [name for name in view.columns if name not in INPUTS])


def _small(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield a page whose tables have few rows, and say how many are missing."""
    from losscli.outputs.drawing.elements import Section

    for element in elements:
        columns = element.columns if isinstance(element, Section) else ()
        rows = max((len(one.cells) for one in columns), default=0)
        if isinstance(element, Section) and rows > MOST_ROWS:
            few = tuple(one._replace(cells=one.cells[:MOST_ROWS]) for one in columns)
            note = ("", f"And {rows - MOST_ROWS} more rows.")
            yield element._replace(columns=few, notes=(note, *element.notes))
        else:
            yield element


def _within(parts: Iterable[str], draw: Any) -> Iterator[str]:
    """Yield parts as long as all of them take no more than `LARGEST` bytes, and say so where they would."""
    from losscli.outputs.drawing.elements import Words

    room = LARGEST - 1000
    for part in parts:
        room -= len(part.encode())
        if room < 0:
            yield from draw([Words(_MORE)])
            return
        yield part
