"""JSON: one strict document, floats in full precision, laid out for `diff`."""

from __future__ import annotations

from losscli.renderers import Format
from losscli.renderers._document import Json, document, encode
from losscli.report import Report


def render(report: Report) -> str:
    """Return the document; each sample, gate and set of quantiles on a line of its own."""
    return _laid_out(document(report)) + "\n"


def _laid_out(value: Json, indent: str = "") -> str:
    if _fits_a_line(value):
        return encode(value)
    inner = indent + " "
    if isinstance(value, dict):
        lines = [f"{encode(key)}: {_laid_out(part, inner)}" for key, part in value.items()]
        opening, closing = "{", "}"
    else:
        assert isinstance(value, list)
        lines = [_laid_out(part, inner) for part in value]
        opening, closing = "[", "]"
    return opening + "\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}{closing}"


def _fits_a_line(value: Json) -> bool:
    """Tell whether nothing is nested in `value` but lists of plain values."""
    if isinstance(value, dict):
        return not any(isinstance(part, dict) or not _fits_a_line(part) for part in value.values())
    return not isinstance(value, list) or not any(isinstance(part, dict | list) for part in value)


FORMAT = Format("json", "one document with every figure, for programs", render)
