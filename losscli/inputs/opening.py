"""Which source reads what: data in memory, or a file in the format that it is of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, TypeVar

from losscli.common.addresses import is_address, is_web
from losscli.common.errors import LosscliError
from losscli.inputs.format import NAMES, BinaryFormat, Format, FormatOfText, format_of
from losscli.inputs.header import TextFormat
from losscli.inputs.source import Source
from losscli.inputs.streams.compression import COMPRESSIONS
from losscli.inputs.streams.failures import NoRowsError
from losscli.inputs.streams.opened import OpenedFile, is_folder
from losscli.inputs.streams.stream import HEAD_BYTES, ByteStream
from losscli.inputs.stretch import Stretch

Kind = TypeVar("Kind", BinaryFormat, FormatOfText)


def open_source(data: Any, role: str, text_format: TextFormat, *, hashed: bool = False) -> Source:
    """Open a path (`-` for standard input), a data frame, or an array.

    Args:
        data: the input.
        role: what messages call an input that has no path: `predictions` or `labels`.
        text_format: what the caller knows about the text of a file.
        hashed: whether the `fingerprint` of a file will be asked for.

    Raises:
        LosscliError: if it cannot be opened, or holds no table.
    """
    if isinstance(data, Stretch):
        return data.open(text_format)
    if isinstance(data, (str, os.PathLike)):
        text_format.verify()
        path = os.fspath(data)
        several = _open_several(path, text_format, hashed=hashed)
        return several or _open_file(OpenedFile(path, hashed=hashed), text_format)
    from losscli.inputs.memory.objects import source_of

    return source_of(data, role)


def _open_several(path: str, text_format: TextFormat, *, hashed: bool) -> Source | None:
    """Open a folder or a glob; return None for a path that is neither."""
    if is_web(path) or not (any(mark in path for mark in "*?[") or is_address(path) or is_folder(path)):
        return None
    from losscli.inputs.shards.empty import EmptySource
    from losscli.inputs.shards.find import shards_of
    from losscli.inputs.shards.source import ShardedSource

    def open_one(path: str) -> Source:
        try:
            return _open_file(OpenedFile(path, hashed=hashed), text_format)
        except NoRowsError as nothing:
            return EmptySource(OpenedFile(path, hashed=hashed), nothing)

    files = shards_of(path, hive=bool(text_format.hive))
    return None if files is None else ShardedSource(path, files, open_one)


def _open_file(file: OpenedFile, text_format: TextFormat) -> Source:
    """Open a file in its format: the one that is named, else as its bytes say, else as its name does."""
    try:
        named = None if text_format.input_format is None else format_of(text_format.input_format)
        if named is None:
            binary = _beginning(BinaryFormat, file.peek(HEAD_BYTES), file.called)
            named = binary or _by_name(BinaryFormat, file.called)
            if binary is None and named is not None:
                raise _other_than_its_name(file, named)
        if file.member is not None and named is not format_of("npz"):
            raise LosscliError(
                file.name, "arrays are named in a NumPy archive alone", "a file", "Name the file."
            )
        if isinstance(named, BinaryFormat):
            return named.open(file)
        stream = ByteStream(file, text_format.encoding)
        found = named or _text_format(stream.head, file.called)
        return (found or _csv()).open(stream, text_format)
    except BaseException:
        file.close()
        raise


def _csv() -> FormatOfText:
    csv = format_of("csv")
    assert isinstance(csv, FormatOfText)
    return csv


def _text_format(head: bytes, called: str) -> FormatOfText | None:
    return _beginning(FormatOfText, head, called) or _by_name(FormatOfText, called)


def _beginning(kind: type[Kind], head: bytes, path: str) -> Kind | None:
    return next((one for one in _formats(kind) if one.begins(head, path)), None)


def _by_name(kind: type[Kind], path: str) -> Kind | None:
    name = path.lower()
    if kind is FormatOfText:
        for compression in COMPRESSIONS:
            name = name.removesuffix(compression)
    return next((one for one in _formats(kind) if name.endswith(one.suffixes)), None)


def _formats(kind: type[Kind]) -> Iterator[Kind]:
    return (one for one in map(format_of, NAMES) if isinstance(one, kind))


def _other_than_its_name(file: OpenedFile, promised: Format) -> LosscliError:
    return LosscliError(
        file.name,
        f"the name is that of {promised.what}, and the bytes are not",
        promised.what,
        "If it is text with separators: --input-format csv",
    )
