"""What pages are put together of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from losscli.analyses.report import Head
from losscli.common.text import shorten
from losscli.outputs.drawing.elements import Command, Element, Text, Words
from losscli.outputs.views.results import signed

LONGEST = 1000
"""Letters of a note, which may have names from outside in it."""


def part(title: Text, elements: Iterable[Element | None]) -> Iterator[Element]:
    """Yield a part of a page with its title; nothing if nothing is in it."""
    found = [one for one in elements if one is not None]
    if found:
        yield Words(title, "part")
        yield from found


def noted(notes: Iterable[str]) -> Iterator[Element]:
    """Yield notes, sentences of ours, a paragraph each."""
    return (Words(shorten(note, LONGEST), "note") for note in notes)


def repeated(command: str) -> Iterator[Element]:
    """Yield the line that computes the same once more; nothing where there is none."""
    if command:
        yield Words("To repeat it:")
        yield Words(Command(command))


def cited(report: Head) -> Iterator[Element]:
    """Yield what to give when the figures are cited."""
    yield Words("To cite it, give the version and the signature, which says how the figures are defined:")
    yield signed(report.version, report.signature)
