"""Delimited text as a format of input: whatever is text, and of no other format."""

from losscli.inputs.format import FormatOfText
from losscli.inputs.formats.csv.cuts import cuts_of
from losscli.inputs.formats.csv.source import CsvSource

FORMAT = FormatOfText(
    what="text with separators",
    suffixes=(".csv", ".tsv", ".tab", ".txt", ".data"),
    begins=lambda _head, _path: False,
    open=CsvSource,
    cut=cuts_of,
)
