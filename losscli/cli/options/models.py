"""The positional arguments of `compare`: predictions of several models, perhaps with names, and labels."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from losscli.common.addresses import is_address
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.text import shorten


@dataclass(frozen=True, slots=True)
class Model:
    """One model of a call.

    Attributes:
        name: unique among those of the call.
        predictions: the path of its file.
        prediction: its columns of predictions, where the call names some.
    """

    name: str
    predictions: str
    prediction: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a call, the baseline first, and the path of the labels; None if predictions have them."""

    models: tuple[Model, ...]
    labels: str | None


def models_of(options: Mapping[str, Any]) -> Models:
    """Return the models that a call names.

    Args:
        options: `files`, `labels`, `prediction` and `baseline_model`.

    Raises:
        LosscliError: all that is wrong with them: fewer than two models, a name that is given twice, or
            no model of the baseline's name.
    """
    from losscli.analyses.compare.models import put_first, repeated, unique_names

    files, labels = list(options["files"]), options["labels"]
    columns: tuple[str, ...] = options["prediction"]
    if labels is None and len(files) > 1:
        labels = files.pop()
    if len(files) == 1 and len(columns) > 1:
        named = [named_path(files[0])]
        models = [Model(column, named[0][1], (column,)) for column in columns]
        given: list[str | None] = [*columns]
        if named[0][0] is not None:
            found = f"{shorten(named[0][0])!r} names a file whose columns are compared"
            raise UsageError("PREDICTIONS", found, "a file alone: its columns name the models")
    else:
        named = [named_path(text) for text in files]
        given = [name for name, _ in named]
        names = unique_names(given, [path for _, path in named])
        models = [Model(name, path, columns) for name, (_, path) in zip(names, named, strict=True)]
    raise_together([*_too_few(models, labels), *repeated(given)])
    place = put_first([model.name for model in models], options["baseline_model"])
    return Models((models[place], *models[:place], *models[place + 1 :]), labels)


def named_path(text: str) -> tuple[str | None, str]:
    """Return the name and the path of `NAME=PATH`; no name where the text as it is leads to a file.

    What stands before the first `=` is a name if it could be one: not if there is a slash in it, as in
    `data/date=2024/p.csv`, or if it is the beginning of an address.
    """
    name, equals, path = text.partition("=")
    if not equals or not name or not path or _is_there(text) or {"/", "\\", ":"} & {*name}:
        return None, text
    return name, path


def _is_there(text: str) -> bool:
    """Whether a text is the path of a file or folder that is there, or a glob of some."""
    from losscli.inputs.streams.opened import split_member

    if is_address(text):
        return True
    try:
        return Path(split_member(text)[0]).exists() or (glob.has_magic(text) and bool(glob.glob(text)))  # noqa: PTH207 - any text
    except (OSError, ValueError):
        return False


def _too_few(models: Sequence[Model], labels: str | None) -> Iterator[LosscliError]:
    """Yield an error where there is nothing to compare with."""
    if len(models) > 1:
        return
    found = "no model is named" if not models else f"there is one model, {shorten(models[0].predictions)}"
    if models and labels is not None:
        found += f", and the labels are {shorten(labels)}"
    remedy = "Name the labels last, or with --labels FILE; or compare columns: --prediction A --prediction B"
    yield UsageError("PREDICTIONS", found, "at least two models", remedy)
