"""What is read by other processes: under which paths, whether they can, and what they read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from losscli.analyses.evaluate.states.state import State
from losscli.common.addresses import is_address
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.inputs.formats.csv.span import Span
from losscli.inputs.provenance import Fingerprint, Input
from losscli.inputs.shards.find import together
from losscli.inputs.source import Source
from losscli.inputs.streams.failures import changed
from losscli.inputs.streams.opened import OpenedFile
from losscli.loss.sent import are_here
from losscli.loss.spec import BoundLoss

FileState = tuple[object, ...]


class Answer(Protocol):
    """What a worker says of itself: its losscli, and the files that it was to read and has not."""

    @property
    def version(self) -> str:
        """The version of its losscli."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The files that are not there for it."""


def from_anywhere(data: Any) -> Any:
    """Return an input as workers get it, wherever they run."""
    if isinstance(data, Span):
        return replace(data, path=os.path.abspath(data.path))  # noqa: PTH100  links stay as they are
    if isinstance(data, (str, os.PathLike)) and not is_address(os.fspath(data)):
        return os.path.abspath(data)  # noqa: PTH100
    return data


def state_of(source: Source) -> FileState:
    """Return the size of a file and when it was changed: on every machine the same, as devices are not."""
    return source.stamp[2:]


def refuse_workers(answers: Iterable[Answer]) -> None:
    """Raise LosscliError for a worker that has another losscli, or not the files that are here."""
    for answer in answers:
        if answer.version != __version__:
            raise LosscliError(
                "a worker", f"it has losscli {answer.version}", f"losscli {__version__} on every worker"
            )
        if answer.missing and all(Path(path).exists() for path in answer.missing):
            raise LosscliError(
                f"a worker, {answer.missing[0]}",
                "there is no such file for it",
                "files that every worker can open under the same path",
            )


def same_code(state: State, losses: Iterable[BoundLoss], beside: Iterable[tuple[str, str]]) -> bool:
    """Whether a state was made by the code of the losses that are here, and of what that imports."""
    code = {bound.loss.name: bound.loss.origin for bound in losses if bound.loss.origin is not None}
    return state.plan.code == code and are_here(beside)


def input_of(source: Source, read: Sequence[tuple[int, FileState]], *, hashed: bool) -> Input:
    """Return an input as one run would have read it, given the rows and the state of what each part read.

    Raises:
        LosscliError: for a file that is no longer what was read.
    """
    rows = sum(count for count, _ in read)
    if not source.files:
        return Input(source.path, rows, _bytes_of(source.path, read[0][1]) if hashed else None)
    shards = tuple(
        Input(shard.name, count, _bytes_of(shard.path, state) if hashed else None)
        for shard, (count, state) in zip(source.files, read, strict=True)
    )
    known = [(shard, one.fingerprint) for shard, one in zip(source.files, shards, strict=True)]
    told = [(shard, (one.size, one.sha256)) for shard, one in known if one is not None]
    return Input(source.path, rows, Fingerprint(*together(told)) if told else None, shards)


def _bytes_of(path: str, state: FileState) -> Fingerprint | None:
    with closing(OpenedFile(path, hashed=True)) as file:
        if file.stamp[2:] != state:
            raise changed(file.name)
        found = file.fingerprint()
    return None if found is None else Fingerprint(*found)
