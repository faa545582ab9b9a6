"""First lines that are data or a header: what the files alone cannot tell is refused."""

from __future__ import annotations

from losscli.common.errors import LosscliError
from losscli.common.text import listed
from losscli.inputs.formats.csv.dialect import Header


def refuse_numbered(name: str, header: Header, other: Header | None) -> None:
    """Refuse first lines 0, 1, … of the one input, or of both: pandas writes such headers.

    Where only one of two inputs begins so, the rows are counted, and tell.
    """
    if header.numbered and (other is None or other.numbered):
        raise LosscliError(
            f"{name}, first line" if other is None else "first lines of both files",
            f"{listed(header.names)}: a header as pandas writes it, or the first row of data",
            "files that say which",
            "Say it: --header or --no-header.",
        )
