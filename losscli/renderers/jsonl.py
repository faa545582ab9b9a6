"""JSON Lines: a line per result and per group, each of which stands by itself."""

from __future__ import annotations

from losscli.renderers import Format
from losscli.renderers._document import encode, head, result_object
from losscli.report import Report


def render(report: Report) -> str:
    """Return the lines: the keys of the JSON document's head, then those of one of its results."""
    common = head(report)
    lines = [
        encode(common | result_object(part, nested=False)) + "\n"
        for result in report.results
        for part in (result, *result.groups)
    ]
    return "".join(lines)


FORMAT = Format("jsonl", "a JSON line per loss and group, for logs", render)
