"""What a report says, once: a page for people, a document, lines, and the figure alone.

A format is made of these, and so serves every report; a report that offers them has every format.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from losscli.common.json import Json, Object
    from losscli.outputs.drawing.elements import Element, Figure, Text

COUNTS = ("n", "dropped", "ignored", "clipped")
INPUTS = {
    "alignment": "alignment",
    "predictions": "predictions/path",
    "prediction_rows": "predictions/rows",
    "labels": "labels/path",
    "label_rows": "labels/rows",
    "signature": "signature",
    "losscli": "losscli",
}
"""The columns that say of what the figures of a row are."""


def named(*names: str, within: str = "") -> dict[str, str]:
    """Return columns that are called as the keys of a line, or of an object in it."""
    return {name: f"{within}/{name}" if within else name for name in names}


class View(ABC):
    """What a report says. Text from outside stands in it as it is; who writes it makes it harmless."""

    of: ClassVar[type | None] = None
    """The reports that this is the view of; None where only those who make them show them."""
    documented: ClassVar[ModuleType]
    """The module of an analysis that makes a `document` and `lines` of its report."""
    columns: Mapping[str, str]
    """The columns of its rows, and where in a line each is found: at `a/b`, the key b of the object a."""
    ours: ClassVar[bool] = False
    """Whether its document holds our own words alone: formulas, which people read too."""

    report: Any

    def __init__(self, report: Any) -> None:
        self.report = report

    @property
    def notes(self) -> Iterable[str]:
        """What has to be said beside it."""
        found: Iterable[str] = getattr(self.report, "notes", ())
        return found

    @abstractmethod
    def page(self) -> Iterable[Element]:
        """Return what a person sees, from top to bottom."""

    def summary(self) -> Iterable[Element]:
        """Return the page of a pull request or a job: by default that of a screen."""
        return self.page()

    def sheet(self) -> Iterable[Element]:
        """Return the page for a browser, which can draw: by default that of a pull request."""
        return self.summary()

    def heading(self) -> Text:
        """Return what stands above that page; nothing for its brief."""
        return ""

    def pictures(self) -> Iterable[Figure]:
        """Return the charts that a picture of it shows, from top to bottom; by default it has none."""
        return ()

    def cell(self) -> Iterable[Element]:
        """Return the page for a notebook, which can draw: by default that of a screen, and the pictures."""
        yield from self.page()
        yield from self.pictures()

    def width(self, room: int | None) -> int | None:
        """Return how wide its page is on a screen of so many columns; None for as wide as it needs."""
        return room

    def document(self) -> Json:
        """Return the whole for programs."""
        found: Json = self.documented.document(self.report)
        return found

    def lines(self) -> Iterable[Object]:
        """Return its parts for logs, each of which stands by itself."""
        found: Iterable[Object] = self.documented.lines(self.report)
        return found

    def rows(self) -> Iterable[Mapping[str, Json]]:
        """Return its parts as rows, each by its columns; what a row has not is left out."""
        return ({name: at(line, place) for name, place in self.columns.items()} for line in self.lines())

    def brief(self) -> str:
        """Return what tells it from others in a line, in text from outside too."""
        return ""

    def quiet(self) -> Iterable[str]:
        """Return what `--quiet` prints, a line each."""
        return ()


def at(line: Json, place: str) -> Json:
    """Return what stands at a place in a line: of a number that JSON does not know, that number.

    In a list a place is a number, from 0 on.
    """
    texts: Json = None
    for key in place.split("/"):
        if isinstance(line, list) and key.isdigit():
            texts, line = None, line[int(key)]
            continue
        if not isinstance(line, dict):
            return None
        beside = texts.get(key) if isinstance(texts, dict) else None
        texts = line.get(f"{key}_text", beside)
        line = line.get(key)
    return float(texts) if line is None and isinstance(texts, str) else line
