"""Losses in files as other processes get them: by value, with their digests.

A process that is sent one opens no file of that name: it runs what it was sent, and nothing that nobody
named. What such code imports from its folder is imported where it runs, and its digest is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import shorten
from losscli.loss import registry
from losscli.loss.custom import imported_beside, is_custom, load_source, path_in, read_file
from losscli.loss.declaration import Loss
from losscli.loss.spec import BoundLoss, parse_spec

Beside = tuple[tuple[str, str], ...]
"""Files, and the SHA-256 of each."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a Python file holds.

    Attributes:
        path: as it was named.
        resolved: its real path, where it was named.
        source: its bytes.
        sha256: their digest.
    """

    path: str
    resolved: str
    source: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Losses as another process gets them: their specs, and the code of those that are in files."""

    specs: tuple[str, ...]
    code: tuple[Code, ...] = ()

    def bound(self) -> tuple[BoundLoss, ...]:
        """Return the losses.

        Raises:
            LosscliError: for code that is not what its digest says, or raises.
        """
        find = _finder(self.code)
        return tuple(parse_spec(spec, find) for spec in self.specs)

    def beside(self) -> Beside:
        """Return what the code has imported from its folders so far, as it is here."""
        found = (path for one in self.code for path in imported_beside(one.path, one.source, one.resolved))
        return tuple((path, sha256(Path(path).read_bytes()).hexdigest()) for path in found)


def sent(losses: Sequence[BoundLoss]) -> Sent | None:
    """Return losses for another process; None where one is a function of this program, or has changed.

    One that is as a library has it stays here too.
    """
    code: dict[str, Code] = {}
    for bound in losses:
        name, origin = bound.loss.name, bound.loss.origin
        if bound.convention:
            return None
        try:
            if is_custom(name):
                path = path_in(name)
                code[path] = Code(path, str(Path(path).resolve()), *read_file(path))
                if origin is None or code[path].sha256 != origin.version:
                    return None
            found = parse_spec(bound.spec, _finder([*code.values()]))
        except LosscliError:
            return None
        if found.spec != bound.spec or found.loss.origin != origin:
            return None
    return Sent(tuple(bound.spec for bound in losses), tuple(code.values()))


def are_here(files: Iterable[tuple[str, str]]) -> bool:
    """Whether files of another process are here too, byte for byte."""
    try:
        return all(sha256(Path(path).read_bytes()).hexdigest() == digest for path, digest in {*files})
    except OSError:
        return False


def _finder(code: Sequence[Code]) -> Callable[[str], Loss]:
    known = {one.path: one for one in code}

    def find(name: str) -> Loss:
        if not is_custom(name):
            return registry.find(name)
        one = known.get(path_in(name))
        if one is None:
            raise UsageError("--loss", f"{shorten(name)} is code that nobody sent", "a loss that was named")
        if sha256(one.source).hexdigest() != one.sha256:
            raise UsageError("--loss", f"{shorten(one.path)} is not what was sent", "the same bytes")
        return load_source(name, one.source, one.sha256, one.resolved)

    return find
