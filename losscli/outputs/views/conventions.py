"""Conventions of other libraries, as they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.analyses.evaluate.document import SCHEMA
from losscli.common.json import Json, Object
from losscli.common.text import unlike_command
from losscli.conventions.library import Entry as Call
from losscli.conventions.library import Library
from losscli.outputs.drawing.elements import Element, Entries, Entry, Words
from losscli.outputs.view import View, named

Conventions = Sequence[tuple[Library, Call]]


class ConventionsView(View):
    """Calls of libraries, in the order of libraries, each with what differs from losscli."""

    report: Conventions
    columns = named(
        *("library", "loss", "call", "as", "since", "until", "version", "source", "note"),
    ) | {"differences": "differences_text"}
    ours = True

    def page(self) -> Iterator[Element]:
        """Yield the calls of each library."""
        libraries = dict.fromkeys(library for library, _ in self.report)
        for place, one in enumerate(libraries):
            yield Words(f"{one.title} {one.version}", "heading", 0, apart=place > 0)
            entries = tuple(_entry(library, call) for library, call in self.report if library is one)
            yield Entries(entries, 26)
            if one.note:
                yield Words(unlike_command(one.note), "note", 2)
        yield Words("Their numbers: losscli evaluate … --as LIBRARY", "note", 0, apart=True)

    def document(self) -> Object:
        """Return all of them."""
        found: list[Json] = [*map(object_of, self.report)]
        return {"schema": SCHEMA, "document": "conventions", "conventions": found}

    def lines(self) -> Iterator[Object]:
        """Yield a line per call."""
        for one in self.report:
            yield object_of(one) | {"differences_text": ", ".join(one[1].differences())}


def _entry(library: Library, call: Call) -> Entry:
    versions = _versions(call)
    said = [f"--as {call.said(library.name)}", *([f"versions {versions}"] if versions else [])]
    paragraphs = [
        (f"{call.call}: {', '.join(call.differences()) or 'as losscli'}", ""),
        (f"{', '.join(said)}{f'. {call.note}' if call.note else ''}", "note"),
    ]
    return Entry(call.loss, tuple(paragraphs))


def _versions(call: Call) -> str:
    if call.since and call.until:
        return f"{call.since} to before {call.until}"
    return f"from {call.since}" if call.since else f"before {call.until}" if call.until else ""


def object_of(one: tuple[Library, Call]) -> Object:
    """Return what is known of a call."""
    library, call = one
    return {
        "library": library.name,
        "loss": call.loss,
        "call": call.call,
        "as": call.said(library.name),
        "since": call.since or None,
        "until": call.until or None,
        "differences": [*call.differences()],
        "version": library.version,
        "source": call.source,
        "note": call.note or None,
    }
