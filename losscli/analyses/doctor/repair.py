"""A repair: what mends the inputs, as options of a call; the request with it, and the command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from losscli.common.options import quoted_label
from losscli.common.text import plain_number
from losscli.inputs.request import Request
from losscli.loss.registry import find
from losscli.loss.spec import BoundLoss, parse_spec

_NOT_SAID = frozenset(
    (
        "predictions",
        "labels",
        "loss",
        "top",
        "block_rows",
        "fingerprints",
        "grounds",
        "mergeable",
        "doctor",
        "page",
    )
)
"""Fields of a request that are no options of a command that mends, or stand in it otherwise."""
_AS_USUAL = {"decimal": ".", "comment": "#"}
"""What is the same as nothing said."""


@dataclass(frozen=True)
class Repair:
    """What is asked for besides, or instead.

    Attributes:
        edits: fields of `Edits` and their values: what happens to labels, predictions and rows.
        options: other fields of a request and their values; mappings and tuples join those of the request.
        loss: the spec of the loss to compute instead; empty for the one that was asked for.
        swapped: whether predictions and labels change places.
        columns: the columns of predictions and those of labels to read instead; none for those that are read.
        said: whether it is short enough for a command line.
    """

    edits: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = ""
    swapped: bool = False
    columns: tuple[tuple[str, ...], ...] = ()
    said: bool = True

    def request(self, request: Request, loss: BoundLoss) -> Request | None:
        """Return the mended request for a loss; None where it asks for another edit of the same kind."""
        if any(getattr(request.edits, name) != _unedited(name) for name in self.edits):
            return None
        changed: dict[str, Any] = {"loss": (parse_spec(self.loss, find) if self.loss else loss,)}
        if self.edits:
            changed["edits"] = replace(request.edits, **self.edits)
        changed |= {name: _joined(getattr(request, name), value) for name, value in self.options.items()}
        if self.columns:
            changed |= dict(zip(("prediction", "label"), self.columns, strict=True))
        mended = replace(request, **changed)
        return swapped(mended) if self.swapped else mended


def swapped(request: Request) -> Request:
    """Return a request whose two files change places, and what is said of one of them alone."""
    if request.labels is None:
        return request
    of_labels = [one.name for one in fields(Request) if one.name.startswith("label_")]
    pairs = [(name, name.removeprefix("label_")) for name in of_labels if getattr(request, name) is not None]
    exchanged = {name: getattr(request, both) for name, both in pairs}
    exchanged |= {both: getattr(request, name) for name, both in pairs}
    return replace(request, predictions=request.labels, labels=request.predictions, **exchanged)


def _unedited(name: str) -> Any:
    from losscli.inputs.edits import Edits

    return getattr(Edits(), name)


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, Mapping):
        return {**one, **other}
    return (*one, *other) if isinstance(one, tuple) else other


def command_of(request: Request) -> tuple[str, ...] | None:
    """Return the words of the call that evaluates a request; None where its data are no files."""
    data = [one for one in (request.predictions, request.labels) if one is not None]
    if not all(isinstance(one, (str, os.PathLike)) for one in data):
        return None
    losses = (word for bound in request.loss for word in ("--loss", bound.spec))
    return ("losscli", "evaluate", *map(_path, data), *losses, *_options(request))


def _path(data: Any) -> str:
    path = os.fspath(data)
    # What begins with a dash would be an option; a dash alone is standard input.
    return f"./{path}" if path.startswith("-") and path != "-" else str(path)


def _options(request: Request) -> Iterator[str]:
    usual = Request(None)
    for one in fields(Request):
        if one.name in _NOT_SAID:
            continue
        value, default = getattr(request, one.name), getattr(usual, one.name)
        if one.name == "edits":
            yield from _edits(value, default)
        elif value not in (default, _AS_USUAL.get(one.name, default)):
            yield from _words(one.name, value)


def _edits(edits: Any, usual: Any) -> Iterator[str]:
    for one in fields(edits):
        value = getattr(edits, one.name)
        if value != getattr(usual, one.name):
            yield from _words(one.name, value)


def _words(name: str, value: Any) -> Iterator[str]:
    option = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        # Of a switch the other side is called after what it turns off.
        stem = "label-" if name.startswith("label_") else ""
        yield option if value else "--" + stem + "no-" + name.removeprefix("label_")
        return
    if isinstance(value, Mapping):
        value = _pairs(value.items())
    elif name == "rename_class":
        value = _pairs(value)
    elif name == "classes":
        value = ",".join(map(quoted_label, value))
    elif value == "\t":
        value = "tab"
    elif name == "rescale_prediction":
        value = ",".join(map(plain_number, value))
    elif name == "skip_rows":
        value = tuple(f"{first}-{last}" for first, last in value)
    for one in value if isinstance(value, tuple) else (value,):
        yield option
        yield (
            plain_number(one)
            if isinstance(one, float)
            else os.fspath(one)
            if isinstance(one, os.PathLike)
            else str(one)
        )


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return ",".join(f"{quoted_label(old)}={quoted_label(new)}" for old, new in pairs)
