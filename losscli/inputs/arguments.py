"""The arguments that every function of the Python API takes besides: how inputs are read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Real
from typing import Any, Literal, TypedDict, TypeVar

import numpy as np

from losscli.common.arguments import listed
from losscli.common.errors import UsageError
from losscli.inputs.header import TextFormat
from losscli.inputs.request import BLOCK_ROWS

Names = str | Sequence[str] | None
Values = str | float | Sequence[str | float] | None
Function = TypeVar("Function", bound=Callable[..., Any])


class Inputs(TypedDict, total=False):
    """What every function takes besides: how inputs are read."""

    prediction: Names
    label: Names
    id: str | None
    label_id: str | None
    weight: str | None
    align: Literal["auto", "id", "position"]
    unmatched: Literal["error", "drop"]
    bad_rows: Literal["error", "drop"]
    ignore_label: Values
    map_labels: Mapping[str | float, str | float] | None
    block_rows: int
    format: TextFormat | None
    label_format: TextFormat | None


DEFAULTS: Inputs = {
    "prediction": None,
    "label": None,
    "id": None,
    "label_id": None,
    "weight": None,
    "align": "auto",
    "unmatched": "error",
    "bad_rows": "error",
    "ignore_label": None,
    "map_labels": None,
    "block_rows": BLOCK_ROWS,
    "format": None,
    "label_format": None,
}
_DOCUMENTED = """\
        prediction: the prediction columns; by default found by name.
        label: the label columns; by default found by name.
        id: the id column of both inputs.
        label_id: the id column of the labels only.
        weight: the column of weights, in either input.
        align: pair rows by id, by position, or by id if both inputs have one.
        unmatched: raise for an id that only one input has, or leave its rows out and count them.
        bad_rows: raise for a missing or impossible value, or leave its row out and count it.
        ignore_label: labels whose rows are left out and counted.
        map_labels: labels to replace before anything else looks at them.
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


def no_labels(asked: Inputs) -> Iterator[UsageError]:
    """Yield an error for each label of an argument that is neither a text nor a number."""
    pairs = asked["map_labels"]
    mapped = [one for pair in pairs.items() for one in pair] if isinstance(pairs, Mapping) else []
    for name, labels in (("ignore_label", listed(asked["ignore_label"])), ("map_labels", mapped)):
        for one in labels:
            if not isinstance(one, (str, Real, np.bool_)):
                yield UsageError(name, f"a {type(one).__name__}", "a text or a number")
