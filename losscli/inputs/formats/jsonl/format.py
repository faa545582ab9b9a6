"""JSON as a format of input: an object a row, each on a line, or all of them in one array."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from losscli.inputs.format import FormatOfText

if TYPE_CHECKING:
    from losscli.inputs.formats.jsonl.source import JsonSource
    from losscli.inputs.header import TextFormat
    from losscli.inputs.streams.stream import ByteStream

_BEGINS = re.compile(rb"\s*(\{\s*[\"}]|\[\s*([\[{\"]|\]\s*$))")


def _open(stream: ByteStream, text_format: TextFormat) -> JsonSource:
    # Not imported by who reads other formats.
    from losscli.inputs.formats.jsonl.source import JsonSource

    return JsonSource(stream, text_format.encoding)


FORMAT = FormatOfText(
    what="JSON Lines, or a JSON array of objects",
    suffixes=(".jsonl", ".ndjson", ".jsonlines", ".json"),
    begins=lambda head, _path: _BEGINS.match(head) is not None,
    open=_open,
)
