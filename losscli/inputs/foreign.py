"""What a file is that is no text with separators, and of no format that is read."""

from __future__ import annotations

import re

from losscli.common.errors import LosscliError
from losscli.inputs.streams.converted import converted

_FOREIGN = (
    (rb"PAR1", "a Parquet file"),
    (rb"\x93NUMPY", "a NumPy array file"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (rb"ARROW1|FEA1", "a Feather or Arrow file"),
    (rb"SQLite f", "a SQLite database"),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (rb"\x80[\x02-\x05](\x95|\}|\]|c|q|K|X)", "a Python pickle"),
    (rb"\x28\xb5\x2f\xfd", "zstd data"),
    (rb"\x04\x22\x4d\x18", "lz4 data"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Obj\x01", "an Avro file"),
    (rb"%PDF-", "a PDF"),
    (rb"(?i)\s*<(!doctype html|html)\b", "an HTML page"),
    (rb"version https://git-lfs", "a Git LFS pointer, not the file itself"),
    (rb"\s*(\[\s*[\[{\"]|\{\s*\")", "JSON"),
)
_AS_IT_IS = "It is read as it is: decompressed, and without --input-format."
_REMEDIES = {
    "a Git LFS pointer, not the file itself": "Fetch the file: git lfs pull",
    "a Parquet file": _AS_IT_IS,
    "a Feather or Arrow file": _AS_IT_IS,
    "zstd data": "Decompress it: zstd -dc FILE | losscli … -",
    "lz4 data": "Decompress it: lz4 -dc FILE | losscli … -",
    "a 7z archive": "Extract the file first.",
    "an HTML page": "It may be an error page or a login page. Download the file itself.",
    "JSON": "Leave out --input-format csv.",
    "a Python pickle": "Load it in Python and save it as CSV, or pass the data frame to losscli.evaluate.",
}


def refuse_foreign(head: bytes, name: str) -> None:
    """Raise LosscliError where the first bytes of an input say that it is no text with separators."""
    for magic, what in _FOREIGN:
        if re.match(magic, head):
            remedy = _REMEDIES.get(what) or converted(name, what)
            raise LosscliError(name, f"this is {what}", "text with separators", remedy)
