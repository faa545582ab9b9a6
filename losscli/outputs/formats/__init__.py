"""From a report to text: one format a file, found by its name, for every report there is.

A module of this folder is a format, and holds it as `FORMAT`. Commands read the declarations of all of
them, so that a format is offered wherever it serves; what is heavy is imported when something is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from losscli.common import found
from losscli.common.errors import UsageError
from losscli.common.text import nearest, shorten

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Checked
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


FORMAT, REPORT = ("--format",), ("--report",)
"""The options that offer formats."""


class Format(NamedTuple):
    """A format: what it is for, where it is offered, and how it is drawn.

    What it draws ends with a line end. Nothing in it is interpreted by who shows it, whatever the ids,
    class names and paths hold.

    Attributes:
        name: that of its file.
        summary: what it is for.
        draw: makes a text of the page, the document, the lines or the rows of a report, as a stream can
            show it; None for formats of evaluations alone.
        draw_checks: makes one text of several evaluations, with what was wrong where there is no report;
            None where it is drawn as any other report.
        options: the options that offer it.
        for_people: whether it shows a page, on which all is told that has to be told.
        place: where it stands in lists, from 0; those without one stand behind the others.
        suffixes: those of files that hold it.
        draw_bytes: makes what is no text of a report.
        check: raises UsageError where what it needs is not installed.
        charts: whether it shows charts, for which an evaluation counts.
        picture: whether it shows nothing else, so that not every report has it.
    """

    name: str
    summary: str
    draw: Callable[[View, Looks], str] | None = None
    draw_checks: Callable[[Sequence[Checked]], str] | None = None
    options: tuple[str, ...] = FORMAT + REPORT
    for_people: bool = False
    place: int = 99
    suffixes: tuple[str, ...] = ()
    draw_bytes: Callable[[View], bytes] | None = None
    check: Callable[[], None] = lambda: None
    charts: bool = False
    picture: bool = False

    def render(self, report: Any, looks: Looks | None = None) -> str:
        """Return a report, or the view of one, as text: as a stream can show it, or as a file holds it."""
        if self.draw is None:
            from losscli.analyses.evaluate.report import Checked

            return self.render_all([Checked("", report, by=report.by)])
        from losscli.outputs.drawing.console import FILE
        from losscli.outputs.views import view_of

        return self.draw(view_of(report), looks or FILE)

    def render_all(self, checks: Sequence[Checked]) -> str:
        """Return several evaluations as one text; one without a name as `render` does."""
        if self.draw_checks is not None:
            return self.draw_checks(checks)
        from losscli.outputs.views.checks import view_of_checks

        return self.render(view_of_checks(checks))


@cache
def names() -> tuple[str, ...]:
    """Return the names of all formats, in order; imports none of them."""
    return found.names(__name__)


@cache
def offered(option: str, *, pictures: bool = True) -> tuple[str, ...]:
    """Return the names of the formats that an option offers, in the order of lists; perhaps no pictures."""
    those = [one for one in map(load, names()) if option in one.options and (pictures or not one.picture)]
    return tuple(one.name for one in sorted(those, key=lambda one: (one.place, one.name)))


def load(name: str) -> Format:
    """Return the format called `name`.

    Raises:
        UsageError: if there is none; the nearest name is given.
    """
    if name not in names():
        hint = nearest(name, names())
        said = f"there is no format {shorten(name)!r}"
        raise UsageError("--format", said, f"the formats are {', '.join(names())}", hint)
    format_ = found.load(__name__, name, "FORMAT")
    assert isinstance(format_, Format)
    return format_
