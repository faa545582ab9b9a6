"""Corrected predictions, written as the input is: every byte but those of the predictions stays.

The input is read a second time, twice side by side: as numbers, and as the bytes that stand there.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import PurePath
from typing import IO, Any

import numpy as np

from losscli.analyses.fit.correction import Correction
from losscli.common.addresses import NO_OUTPUT, is_address
from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError
from losscli.common.files import atomic_write
from losscli.inputs.formats.csv.quoting import LINE_FEED, find_quotes
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.inputs.source import Source
from losscli.inputs.streams.stream import ByteStream
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

_RETURN = 13
_READ_BYTES = 1 << 20


_OTHER_FORMATS = (
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".arrow",
    ".feather",
    ".npy",
    ".npz",
    ".xlsx",
    ".html",
    ".md",
)
"""How names of files end that would not hold text with separators."""


def unwritable(path: str) -> LosscliError | None:
    """Return what is wrong with the name of a file of predictions, None if nothing."""
    name = path.lower()
    for compression in (".gz", ".bz2", ".xz"):
        name = name.removesuffix(compression)
    if name.endswith(_OTHER_FORMATS):
        needed = "a name such as corrected.csv, since predictions are written as text with separators"
        return UsageError("--save-predictions", f"the name ends with {PurePath(name).suffix}", needed)
    kind = {".zip": "a zip archive", ".zst": "a zstd file"}.get(PurePath(path).suffix.lower())
    if is_address(path):
        return UsageError("--save-predictions", *NO_OUTPUT)
    if path == "-" or kind is not None:
        what = kind or "standard output"
        return UsageError("--save-predictions", what, "a file; .gz, .bz2 and .xz are compressed")
    return None


def save(path: str, request: Request, reading: Reading, bound: BoundLoss, correction: Correction) -> int:
    """Write the predictions of a request, corrected, to `path`, whole or not at all.

    Rows in which a prediction is no finite number, or outside the domain of the loss, stay as they are.

    Returns:
        How many rows those are.

    Raises:
        LosscliError: where the input cannot be read again.
        OutputError: where the file cannot be written.
    """
    left = reading.left
    if not left.repeatable or not isinstance(request.predictions, str):
        raise not_again(left.name)
    kept = 0
    with ExitStack() as stack:
        source = stack.enter_context(closing(left.again()))
        rows = _Rows(stack.enter_context(closing(ByteStream(left.path, request.prediction_format.encoding))))
        file = _Text(
            stack.enter_context(atomic_write(path, "bytes")), path, request.prediction_format.encoding
        )
        stack.enter_context(closing(file))
        separator, width = ord(source.header.separator), len(source.header.names)
        if source.header.present:
            file.write(rows.take(1)[0])
        (want,) = (want for want in reading.roles.predictions if want.role == "prediction")
        for chunk in source.chunks((want,), request.block_rows):
            raw, ends = rows.take(len(chunk))
            prediction = reading.assembler.predictions(chunk.columns["prediction"])
            good = _good(bound, prediction)
            kept += len(chunk) - int(np.count_nonzero(good))
            corrected = prediction.copy()
            corrected[good] = correction(prediction[good])
            cells = _cells(raw, ends, separator, width, rows.end)
            decimal = request.prediction_format.decimal
            file.write(_replaced(raw, cells, want.columns, corrected, good, decimal, chr(separator)))
        file.write(rows.rest())
    return kept


def not_again(name: str) -> LosscliError:
    """Return the error for an input that gives what it holds only once."""
    return UsageError(
        "--save-predictions",
        f"{name} can be read only once",
        "predictions in a file: they are read again to be written",
        "Save them to a file first.",
    )


def refuse_other(source: Source, request: Request) -> None:
    """Raise UsageError for predictions that are not one text with separators: they are not written again."""
    if request.edits.rename_class:
        found = "with classes renamed, the columns would keep their names"
        raise UsageError(
            "--save-predictions", found, "columns of what their names say", "Rename them in the file."
        )
    if source.files:
        raise UsageError(
            "--save-predictions", f"{source.name} is {len(source.files)} files", "predictions in one file"
        )
    if not source.separated:
        raise UsageError(
            "--save-predictions",
            f"{source.name} is not text with separators",
            "predictions in CSV: they are written as they were read",
            "Leave it out: the parameters of the correction are in the report.",
        )


def _good(bound: BoundLoss, prediction: Array) -> Array:
    """Return the mask of rows with a prediction that can be corrected."""
    finite = np.isfinite(prediction) if prediction.ndim == 1 else np.isfinite(prediction).all(axis=1)
    shaped = prediction[:, None] if bound.layout is Layout.CLASSES and prediction.ndim == 1 else prediction
    outside = bound.prediction_domain.outside(np.where(np.isfinite(shaped), shaped, 0.0))
    return np.asarray(finite if outside is None else finite & ~outside)


class _Rows:
    """The rows of a text as the bytes that stand there, line ends and all."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream, self._buffer, self._ended = stream, b"", False
        self.end = LINE_FEED

    def take(self, rows: int) -> tuple[bytes, Array]:
        """Return the next rows, and where each ends: the place of its line end."""
        while True:
            ends = self._ends()
            if len(ends) >= rows or self._ended:
                break
            self._read(max(_READ_BYTES, len(self._buffer)))
        if len(ends) < rows:
            # The last line may have no line end.
            ends = np.append(ends, len(self._buffer))
        ends = ends[:rows]
        cut = int(ends[-1]) + 1 if len(ends) else 0
        taken, self._buffer = self._buffer[:cut], self._buffer[cut:]
        return taken, ends

    def rest(self) -> bytes:
        """Return what follows the last row."""
        parts = [self._buffer]
        while more := self._stream.read(_READ_BYTES):
            parts.append(more)
        return b"".join(parts)

    def _read(self, size: int) -> None:
        parts = [self._buffer]
        while size > 0 and not self._ended:
            more = self._stream.read(min(size, _READ_BYTES))
            self._ended = not more
            size -= len(more)
            parts.append(more)
        first = not self._buffer and self.end == LINE_FEED
        self._buffer = b"".join(parts)
        if first and b"\n" not in self._buffer and b"\r" in self._buffer:
            self.end = _RETURN

    def _ends(self) -> Array:
        data = np.frombuffer(self._buffer, dtype=np.uint8)
        ends = data == self.end
        if b'"' in self._buffer:
            ends &= ~find_quotes(data).inside
        return np.flatnonzero(ends)


def _cells(raw: bytes, ends: Array, separator: int, width: int, end: int) -> tuple[Array, Array]:
    """Return where every cell begins and ends, `(rows, width)` each."""
    data = np.frombuffer(raw, dtype=np.uint8)
    between = data == separator
    if b'"' in raw:
        between &= ~find_quotes(data).inside
    stops = np.empty((len(ends), width), dtype=np.int64)
    stops[:, -1] = ends
    stops[:, :-1] = np.flatnonzero(between).reshape(len(ends), width - 1)
    starts = np.empty_like(stops)
    starts[:, 1:] = stops[:, :-1] + 1
    starts[0, 0], starts[1:, 0] = 0, ends[:-1] + 1
    if end == LINE_FEED:
        # The first half of a line end belongs to no cell.
        last = stops[:, -1]
        before = np.maximum(last - 1, 0)
        stops[:, -1] -= (data[before] == _RETURN) & (last > starts[:, -1])
    return starts, stops


def _replaced(
    raw: bytes,
    cells: tuple[Array, Array],
    columns: tuple[int, ...],
    corrected: Array,
    good: Array,
    decimal: str,
    separator: str,
) -> bytes:
    """Return rows in which the cells of some columns hold other numbers, in full precision."""
    order = np.argsort(columns)
    places = np.asarray(columns)[order]
    numbers = corrected[:, order] if corrected.ndim == 2 else corrected[:, None]
    starts, stops = (edge[good][:, places].ravel().tolist() for edge in cells)
    texts = [repr(number).replace(".", decimal) for number in numbers[good].ravel().tolist()]
    if decimal == separator:
        texts = [f'"{text}"' for text in texts]
    between = _between(raw, starts, stops)
    parts = [part for number, text in zip(between, texts, strict=False) for part in (number, text.encode())]
    parts.append(raw[stops[-1] if stops else 0 :])
    return b"".join(parts)


def _between(raw: bytes, starts: list[int], stops: list[int]) -> Iterator[bytes]:
    """Yield what stands before each cell, back to the one before it."""
    for start, before in zip(starts, [0, *stops[:-1]], strict=True):
        yield raw[before:start]


class _Text:
    """A file for UTF-8 text, written in the encoding and the compression that it is to have."""

    def __init__(self, file: IO[bytes], path: str, encoding: str | None) -> None:
        self._file: Any = _compressed(file, PurePath(path).suffix.lower())
        self._compressed = self._file is not file
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        known = None if encoding is None else codecs.lookup(encoding).name
        self._encode = (
            None if known in (None, "utf-8", "ascii") else codecs.getincrementalencoder(str(known))()
        )

    def write(self, text: bytes) -> None:
        """Write some UTF-8."""
        self._file.write(text if self._encode is None else self._encode.encode(self._decode.decode(text)))

    def close(self) -> None:
        """Finish the compression; the file itself is another's."""
        if self._compressed:
            self._file.close()


def _compressed(file: IO[bytes], suffix: str) -> Any:
    """Return a file that compresses what is written to it, or the file itself."""
    if suffix == ".gz":
        # Without a name and a time, equal texts are equal files.
        return gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
    if suffix == ".bz2":
        return bz2.open(file, "wb")
    return lzma.open(file, "wb") if suffix == ".xz" else file
