"""What a caller knows about the text of an input (`TextFormat`), and what its first lines say (`Header`)."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from losscli.common.errors import UsageError


@dataclass(frozen=True, slots=True)
class TextFormat:
    """What the caller knows about a text; None where losscli is to find out.

    `input_format` is the format of the file, one of `format.NAMES`; `hive` says that
    folders called `key=value` are columns; the rest is about text with separators.
    """

    delimiter: str | None = None
    decimal: str = "."
    encoding: str | None = None
    header: bool | None = None
    comment: str = "#"
    input_format: str | None = None
    hive: bool | None = None

    def verify(self) -> None:
        """Raise UsageError for what no text can have."""
        delimiter, comment = self.delimiter, self.comment
        if delimiter is not None and (
            len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\n\r\0'
        ):
            raise UsageError("delimiter", repr(delimiter), "one ASCII character")
        if len(comment) != 1 or not comment.isascii() or comment.isalnum() or comment in '"\n\r\0 .+-':
            raise UsageError("comment", repr(comment), "one ASCII character, such as %")
        if self.decimal not in (".", ","):
            raise UsageError("decimal", repr(self.decimal), "a point or a comma")
        if self.encoding is not None and not is_text_encoding(self.encoding):
            needed = "an encoding that Python knows, such as latin-1"
            raise UsageError("encoding", repr(self.encoding), needed)


UNKNOWN = TextFormat()
"""A text of which nobody said anything."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the first lines of a text say about the rest.

    Attributes:
        separator: one ASCII character.
        names: the column names; `0`, `1`, … without a header.
        present: whether the first line holds them.
        skip: the bytes of the header line, with its line feed.
        unnamed: whether the first column of a header has no name (an index, so an id).
        guessed: whether it was found out that there is no header, and nobody said so.
        numbered: whether the first line of such a text is 0, 1, …, the header that pandas gives to
            columns without names: it may be one.
        comments: the lines above the header that are skipped.
        squeezed: whether a run of blanks is one separator.
        trailing: whether every row ends with a separator more than it has fields.
        line: the header as it stands, without quotes; empty where it could be a row.
        unsure: whether nothing in the text says that the first line is a header, and no row like the
            others, but that it is no row of numbers.
        told: of a column what a report tells where it was read.
        types: of a column the type of its cells, in a format that has types.
        no_keys: the columns whose cells were part of a list, or are of a type without text; they do not show
            whose rows they are.
    """

    separator: str
    names: tuple[str, ...]
    present: bool
    skip: int
    unnamed: bool = False
    guessed: bool = False
    numbered: bool = False
    comments: int = 0
    squeezed: bool = False
    trailing: bool = False
    line: bytes = b""
    unsure: bool = False
    told: Mapping[int, str] = field(default_factory=dict, compare=False)
    types: Mapping[int, str] = field(default_factory=dict, compare=False)
    no_keys: frozenset[int] = frozenset()


def is_text_encoding(name: str) -> bool:
    """Tell whether Python knows an encoding of this name, and it is one of text."""
    try:
        "a".encode(name)
        return codecs.lookup(name).name not in ("idna", "punycode", "undefined")
    except (LookupError, UnicodeError, ValueError):
        return False


def bare(cell: str) -> str:
    """Return a header cell without blanks around it, stray byte order marks, and the mark of a comment."""
    return cell.strip(" \t\ufeff").removeprefix("#").strip(" \t\ufeff")
