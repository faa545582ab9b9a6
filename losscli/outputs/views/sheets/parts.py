"""What pages are put together of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from losscli.outputs.drawing.elements import Command, Element, Text, Words


def part(title: Text, elements: Iterable[Element | None]) -> Iterator[Element]:
    """Yield a part of a page with its title; nothing if nothing is in it."""
    found = [one for one in elements if one is not None]
    if found:
        yield Words(title, "part")
        yield from found


def repeated(command: str) -> Iterator[Element]:
    """Yield the line that computes the same once more; nothing where there is none."""
    if command:
        yield Words("To repeat it:")
        yield Words(Command(command))
