"""CSV: a row per result, under a header that stays the same.

Quoting is that of RFC 4180; lines end with a line feed alone, as everywhere else in losscli.
Numbers are in full precision, `inf`, `-inf` and `nan` written so; what there is none of is empty. Text
is made visible, and harmless to spreadsheets: an apostrophe stands before what they would compute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from losscli.common.text import exact_number, spreadsheet_text, unlike_command
from losscli.outputs.formats import Format

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Looks
    from losscli.outputs.view import View


def draw(view: View, _: Looks) -> str:
    """Return the rows, below the names of their columns."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(view.columns)
    for row in view.rows():
        first, *others = (_cell(row.get(column)) for column in view.columns)
        writer.writerow([unlike_command(first), *others])
    return text.getvalue()


def _cell(value: Any) -> str:
    """Return a value as a cell: texts of a list behind each other, an object as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return exact_number(value)
        case list():
            return spreadsheet_text(" ".join(map(str, value)))
        case dict():
            from losscli.common.json import encode

            return encode(value)
    return spreadsheet_text(value) if isinstance(value, str) else str(value)


FORMAT = Format("csv", "a row per loss and group, for spreadsheets", draw, place=3, suffixes=(".csv",))
