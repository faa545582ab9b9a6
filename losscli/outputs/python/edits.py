"""The arguments of a Python function that change what a loss sees, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Any

from losscli.common.arguments import listed, own, unknown
from losscli.common.errors import UsageError
from losscli.common.options import CHOICES
from losscli.inputs.arguments import Inputs
from losscli.inputs.edits import FACTOR, STANDARD, Edits, are_mean_and_std, is_factor


def edits_of(asked: Inputs) -> Edits:
    """Return what is changed, of arguments of which `wrong_edits` yields nothing."""
    rescale = asked["rescale_prediction"]
    mean_and_std = None if rescale is None else tuple(map(float, listed(rescale)))
    return Edits(
        rename_class=tuple(
            (str(own(old)), str(own(new))) for old, new in (asked["rename_class"] or {}).items()
        ),
        rescale_prediction=None if mean_and_std is None else (mean_and_std[0], mean_and_std[1]),
        transform_prediction=asked["transform_prediction"],
        scale_prediction=None if asked["scale_prediction"] is None else float(asked["scale_prediction"]),
        transform_label=asked["transform_label"],
    )


def wrong_edits(asked: Inputs) -> Iterator[UsageError]:
    """Yield what is wrong with the arguments that change something."""
    renames: Any = asked["rename_class"]
    if renames is not None and not isinstance(renames, Mapping):
        yield UsageError("rename_class", f"a {type(renames).__name__}", "a mapping of classes to classes")
    elif renames is not None:
        for one in (name for pair in renames.items() for name in pair):
            if isinstance(one, bool) or not isinstance(one, (str, Real)) or one == "":
                found = "an empty name" if one == "" else f"a {type(one).__name__}"
                yield UsageError("rename_class", found, "a string or a number")
    for name in ("transform_prediction", "transform_label"):
        value = {**asked}[name]
        if value is not None:
            yield from unknown(name, value, CHOICES[name.replace("_", "-")])
    factor: Any = asked["scale_prediction"]
    if factor is not None and not (_are_numbers([factor]) and is_factor(float(factor))):
        yield UsageError("scale_prediction", _told(factor), FACTOR)
    rescale: Any = asked["rescale_prediction"]
    if rescale is not None:
        values = listed(rescale)
        if not (_are_numbers(values) and are_mean_and_std(tuple(map(float, values)))):
            yield UsageError("rescale_prediction", _told(rescale), f"(mean, std): {STANDARD}")


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(one, Real) and not isinstance(one, bool) for one in values)


def _told(value: Any) -> str:
    return repr(own(value)) if isinstance(value, (Real, tuple, list, str)) else f"a {type(value).__name__}"
