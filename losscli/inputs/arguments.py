"""The arguments that every function of the Python API takes besides: how inputs are read."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from numbers import Real
from typing import Any, Literal, TypedDict, TypeVar

from losscli.common.arguments import unknown
from losscli.common.errors import LosscliError, UsageError
from losscli.inputs.columns.class_columns import verified_classes
from losscli.inputs.format import NAMES
from losscli.inputs.header import TextFormat
from losscli.inputs.request import BLOCK_ROWS

Names = str | Sequence[str] | None
Values = str | float | Sequence[str | float] | None
Function = TypeVar("Function", bound=Callable[..., Any])


class Inputs(TypedDict, total=False):
    """What every function takes besides: how inputs are read."""

    prediction: Names
    label: Names
    classes: Sequence[str | float] | None
    input_format: str | None
    label_input_format: str | None
    hive: bool | None
    label_hive: bool | None
    id: str | None
    label_id: str | None
    weight: str | None
    align: Literal["auto", "id", "position"]
    unmatched: Literal["error", "drop"]
    bad_rows: Literal["error", "drop"]
    ignore_label: Values
    map_labels: Mapping[str | float, str | float] | None
    rename_class: Mapping[str | float, str | float] | None
    rescale_prediction: Sequence[float] | None
    transform_prediction: str | None
    scale_prediction: float | None
    transform_label: str | None
    shift_labels: int | None
    skip_rows: str | int | tuple[int, int] | Sequence[str | int | tuple[int, int]] | None
    exclude_ids: str | os.PathLike[str] | None
    block_rows: int
    format: TextFormat | None
    label_format: TextFormat | None


DEFAULTS: Inputs = {
    "prediction": None,
    "label": None,
    "classes": None,
    "input_format": None,
    "label_input_format": None,
    "hive": None,
    "label_hive": None,
    "id": None,
    "label_id": None,
    "weight": None,
    "align": "auto",
    "unmatched": "error",
    "bad_rows": "error",
    "ignore_label": None,
    "map_labels": None,
    "rename_class": None,
    "rescale_prediction": None,
    "transform_prediction": None,
    "scale_prediction": None,
    "transform_label": None,
    "shift_labels": None,
    "skip_rows": None,
    "exclude_ids": None,
    "block_rows": BLOCK_ROWS,
    "format": None,
    "label_format": None,
}
TEXTS: tuple[Literal["id", "label_id", "weight", "input_format", "label_input_format"], ...] = (
    "id",
    "label_id",
    "weight",
    "input_format",
    "label_input_format",
)
"""The arguments that are one text."""
_DOCUMENTED = """\
        prediction: the prediction columns; by default found by name.
        label: the label columns; by default found by name.
        classes: the names of the classes, in the order of their columns, where these have no names.
        input_format: the format of files, such as `"npy"`; by default found out by their bytes.
        label_input_format: the same for the label file, where it differs.
        hive: whether folders called `key=value` are columns.
        label_hive: the same of the labels only.
        id: the id column of both inputs.
        label_id: the id column of the labels only.
        weight: the column of weights, in either input.
        align: pair rows by id, by position, or by id if both inputs have one.
        unmatched: raise for an id that only one input has, or leave its rows out and count them.
        bad_rows: raise for a missing or impossible value, or leave its row out and count it.
        ignore_label: labels whose rows are left out and counted.
        map_labels: labels to replace before anything else looks at them.
        rename_class: classes whose columns are those of other classes: `{"a": "b", "b": "a"}`.
        rescale_prediction: mean and standard deviation, to undo a standardisation of the predictions.
        transform_prediction: a function of predictions, such as `"exp"` or `"unsoftmax"`.
        scale_prediction: what predictions are multiplied by, after all else.
        transform_label: a function of labels, such as `"log1p"`.
        shift_labels: by how many rows the label of a prediction is further on, if rows go by position.
        skip_rows: rows of the predictions that are left out and counted, from 1: `"60-64"`, 60, or several.
        exclude_ids: a file of ids, one on each line, whose samples are left out and counted.
        block_rows: how many rows are in memory at a time; does not change any figure.
        format: separator, decimal mark, encoding and header of files.
        label_format: the same for the label file, where it differs.
"""


def with_inputs(function: Function) -> Function:
    """Spell out the arguments of `Inputs` in what `help` says of a function."""
    signature = inspect.signature(function)
    named = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
    shared = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Inputs.__annotations__[name]
        )
        for name, default in DEFAULTS.items()
    ]
    function.__dict__["__signature__"] = signature.replace(parameters=[*named, *shared])
    function.__doc__ = (function.__doc__ or "").replace("        **inputs: see `Inputs`.\n", _DOCUMENTED)
    return function


def wrong_formats(asked: Inputs) -> Iterator[LosscliError]:
    """Yield an error for each format of a file that there is not."""
    for name, value in _formats(asked).items():
        yield from unknown(name, value, NAMES)


def wrong_classes(names: Any) -> Iterator[LosscliError]:
    """Yield what is wrong with the names of classes."""
    if isinstance(names, str) or not (names is None or isinstance(names, Sequence)):
        yield UsageError("classes", f"a {type(names).__name__}", 'a list of names, such as ["cat", "dog"]')
        return
    for name in names or ():
        if isinstance(name, bool) or not isinstance(name, (str, Real)):
            yield UsageError("classes", f"a {type(name).__name__}", "a string or a number")
            return
    try:
        verified_classes([*map(str, names or ())], "classes")
    except UsageError as error:
        yield error


def text_formats(asked: Inputs) -> dict[str, Any]:
    """Return what is known about the text of the files, by the fields of a request."""
    found = asdict(asked["format"] or TextFormat())
    if asked["label_format"] is not None:
        found |= {f"label_{name}": value for name, value in asdict(asked["label_format"]).items()}
    # What is an argument goes before what a text format says.
    hive = {"hive": asked["hive"], "label_hive": asked["label_hive"]}
    return found | _formats(asked) | {name: value for name, value in hive.items() if value is not None}


def _formats(asked: Inputs) -> dict[str, str]:
    given = {name: asked[name] for name in ("input_format", "label_input_format")}
    return {name: value for name, value in given.items() if value is not None}
