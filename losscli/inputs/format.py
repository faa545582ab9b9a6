"""Formats of input files: each a file or a folder in `formats/`, found because it is there."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from losscli.common.errors import LosscliError

if TYPE_CHECKING:
    from losscli.inputs.header import TextFormat
    from losscli.inputs.source import Source
    from losscli.inputs.streams.opened import OpenedFile
    from losscli.inputs.streams.stream import ByteStream
    from losscli.inputs.stretch import Cuts

FOLDER = "losscli.inputs.formats"
NAMES = tuple(
    sorted(found.name for found in pkgutil.iter_modules([str(Path(__file__).with_name("formats"))]))
)
"""The formats, as `--input-format` calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """What is known of a format before one of its files is opened.

    Attributes:
        what: a file of this format, as messages call it, with its article.
        suffixes: how names of such files end, with the point, in small letters.
        begins: whether these are the first bytes of such a file; it is given the path as well.
        cut: returns where one of its sources can be cut; None where no file of the format can be.
    """

    what: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes, str], bool]
    cut: Callable[[Any], Cuts | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryFormat(_Format):
    """A format whose files are read as they lie on the disk, here and there."""

    open: Callable[[OpenedFile], Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatOfText(_Format):
    """A format of text: the first bytes are those behind a compression and a byte order mark."""

    open: Callable[[ByteStream, TextFormat], Source]


Format = BinaryFormat | FormatOfText


def without_package(name: str, what: str, package: str, extra: str) -> LosscliError:
    """Return the error for a file whose format another package reads, which is not installed."""
    found = f"{what} needs the package {package}, which is not installed"
    return LosscliError(name, found, "", f"Install it: pip install 'losscli[{extra}]'")


@cache
def format_of(name: str) -> Format:
    """Return a format by its name: what is called `FORMAT` in `formats/<name>`, a file or a folder."""
    module = import_module(f"{FOLDER}.{name}")
    if hasattr(module, "__path__"):
        # A folder says nothing by itself, so that parts of it can be imported alone.
        module = import_module(f"{FOLDER}.{name}.format")
    found: Format = module.FORMAT
    return found
