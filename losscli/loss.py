"""What a loss is: a frozen declaration that everything else reads.

Shapes. With `Layout.OUTPUTS` and `Layout.SCALAR` a loss's functions get `label` and `prediction`
as float64 `(rows,)`; several outputs are handed in one after the other and averaged outside.
With `Layout.CLASSES` the prediction is float64 `(rows, classes)` and the label is int64 `(rows,)`,
the index of the true class, or, for losses that accept `soft_labels`, also float64
`(rows, classes)`. With `Layout.NAMED` the prediction is `(rows, columns)`, in the declared order of
`columns`; `label_columns` does the same for the label. Functions never change their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from losscli.domain import BOOLEAN, Domain, Interval, OneOf

Array = NDArray[Any]
Value = float | bool | None
"""What a parameter can hold: a number, a switch, or None where the loss calls that "none"."""
LossFunction = Callable[..., Any]
"""`f(label, prediction, **parameters)`: arrays in, an array out, one entry or row per sample."""


class Layout(Enum):
    """Which columns a loss reads."""

    OUTPUTS = "one or several numeric columns"
    SCALAR = "one numeric column"
    CLASSES = "a column per class"
    NAMED = "columns with names of their own"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or switch of a loss: its default, the values it may take, and what it does."""

    default: Value
    domain: Interval | OneOf
    help: str
    infinite: bool = False
    """Whether `inf` and `-inf` are allowed besides the domain."""

    @property
    def optional(self) -> bool:
        return self.default is None

    @property
    def is_switch(self) -> bool:
        return self.domain is BOOLEAN

    @property
    def description(self) -> str:
        also = (", inf or -inf" if self.infinite else "") + (", or none" if self.optional else "")
        return self.domain.description + also

    def accepts(self, value: Value) -> bool:
        if value is None:
            return self.optional
        if self.is_switch:
            return isinstance(value, bool)
        if self.infinite and value in (float("inf"), float("-inf")):
            return True
        return value in self.domain


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a loss or a value comes from."""

    title: str
    doi: str = ""
    url: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, f"doi:{self.doi}" if self.doi else self.url) if part)


@dataclass(frozen=True, slots=True)
class Example:
    """A sample worked by hand; `label` and `prediction` are a number, or a row of numbers."""

    label: float | tuple[float, ...]
    prediction: float | tuple[float, ...]
    loss: float
    parameters: Mapping[str, Value] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a library's number of the same name differs: theirs = `factor` × ours, or in words."""

    library: str
    difference: str
    factor: str = ""


def residual(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the error of a numeric sample: prediction − label."""
    return np.asarray(prediction - label)


def missing_margin(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the error of a margin loss: 1 − label · prediction."""
    return np.asarray(1.0 - label * prediction)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The declaration of a loss: one module of `losscli/losses/` holds one, as `LOSS`."""

    name: str
    family: str
    value: LossFunction
    gradient: LossFunction | None = None
    """d loss / d prediction, each prediction column an independent variable, in its shape."""
    hessian: LossFunction | None = None
    """The diagonal of the second derivative, in the shape of the prediction."""
    label: Domain
    prediction: Domain | Callable[[Mapping[str, Value]], Domain]
    """The domain, or a function of the parameters that returns it (logits or probabilities)."""
    layout: Layout = Layout.OUTPUTS
    columns: tuple[str, ...] = ()
    label_columns: tuple[str, ...] = ()
    soft_labels: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    error: LossFunction = residual
    clipped: LossFunction | None = None
    """The mask of rows whose loss was changed by clipping under a logarithm."""
    counts: LossFunction | None = None
    """The mask of rows that belong to this loss; None where all do."""
    finish: Callable[[float], float] | None = None
    """What the cost makes of the mean loss; None for the mean itself."""
    finish_formula: str = ""
    non_negative: bool = True
    zero_at_perfect: bool = True
    """Whether a prediction equal to the label (certain, for probabilities) costs exactly 0."""
    convex: bool = True
    """Whether the loss is convex in the prediction."""
    summary: str
    formula: str
    gradient_formula: str = ""
    kink: str = ""
    """Where the loss has no derivative, and which subgradient is returned there."""
    use: str
    avoid: str
    pitfalls: tuple[str, ...] = ()
    conventions: tuple[Convention, ...] = ()
    examples: tuple[Example, ...] = ()
    references: tuple[Reference, ...] = ()
    aliases: tuple[str, ...] = ()
    remedies: Mapping[str, str] = field(default_factory=dict)
    """What to do about a value outside a domain: keys `label` and `prediction`."""

    def __post_init__(self) -> None:
        # A frozen declaration must not be changed through the dict it was built from.
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        object.__setattr__(self, "remedies", MappingProxyType(dict(self.remedies)))
