"""What a loss is: a frozen declaration that everything else reads.

Shapes. With `Layout.OUTPUTS` and `Layout.SCALAR` a loss's functions get `label` and `prediction`
as float64 `(rows,)`; several outputs are handed in one after the other and averaged outside.
With `Layout.CLASSES` the prediction is float64 `(rows, classes)` and the label is int64 `(rows,)`,
the index of the true class, or, for losses that accept `soft_labels`, also float64
`(rows, classes)`; losses that accept `class_predictions` may get an int64 `(rows,)` prediction, the
index of the predicted class. With `Layout.VECTOR` both are float64 `(rows, columns)`, paired by
column. With `Layout.NAMED` the prediction is `(rows, columns)`, in the order of `columns`, and the
label `(rows,)`, or `(rows, label_columns)` where the loss names those. With `Layout.TOGETHER` both are
`(rows,)`, or of several columns `(rows, columns)`, which is what a user's function gets.

Functions never change their arguments, answer each row without a look at the others, and are
called under `np.errstate(all="ignore")`: a loss that overflows is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.loss.domain import BOOLEAN, NON_NEGATIVE, Choice, Domain, Fields, Interval, Numbers
from losscli.loss.numeric import EPS

Value = float | bool | str | None
"""What a parameter can hold: a number, a switch, a word, or None where the loss calls that "none"."""
LossFunction = Callable[..., Any]
"""`f(label, prediction, **parameters)`: arrays in, an array out, one entry or row per sample."""


class Layout(Enum):
    """Which columns a loss reads."""

    OUTPUTS = "one or several numeric columns, each with its own loss"
    SCALAR = "one numeric column"
    CLASSES = "a column per class"
    VECTOR = "numeric columns that form one vector"
    NAMED = "named columns"
    TOGETHER = "one numeric column, or several together"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number, switch or word of a loss: its default, the values it may take, and what it does."""

    default: Value
    domain: Numbers | Choice
    help: str
    infinite: bool = False
    """Whether `inf` and `-inf` are allowed besides the domain."""
    by_column: bool = False
    """Whether the name of a column decides where it is not given, and the default where that says nothing."""

    @property
    def optional(self) -> bool:
        """Whether `none` is a value."""
        return self.default is None

    @property
    def is_switch(self) -> bool:
        """Whether the value is true or false."""
        return self.domain is BOOLEAN

    @property
    def words(self) -> tuple[str, ...]:
        """What a spec can write where that is no number."""
        if isinstance(self.domain, Choice):
            return self.domain.words
        return (("true", "false") if self.is_switch else ()) + (("none",) if self.optional else ())

    @property
    def description(self) -> str:
        """What a value has to be, in words."""
        also = (", inf or -inf" if self.infinite else "") + (", or none" if self.optional else "")
        return self.domain.description + also

    def accepts(self, value: Value) -> bool:
        """Tell whether the parameter can take this value."""
        if value is None:
            return self.optional
        if isinstance(self.domain, Choice) or isinstance(value, str):
            return isinstance(self.domain, Choice) and value in self.domain
        if self.is_switch or isinstance(value, bool):
            return self.is_switch and isinstance(value, bool)
        if self.infinite and math.isinf(value):
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
class Constraint:
    """What a label and a prediction have to keep to together, beside the domain of each."""

    description: str
    """As it stands in an error message: "a prediction of 0 only where the label is 0"."""
    outside: LossFunction
    """The mask `(rows,)` of the rows that break it."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a library's number of the same name differs: theirs = `factor` × ours, or in words."""

    library: str
    difference: str
    factor: str = ""
    names: tuple[str, ...] = ()
    """What it is called there, as of an `Alias`; such a name is refused, and told the difference."""


@dataclass(frozen=True, slots=True)
class Alias:
    """What the same number is called elsewhere.

    Attributes:
        called: the library, or a module of it, and the name: `torch.nn.HuberLoss`, `XGBoost reg:gamma`;
            `literature crps` for a name that papers use.
        parameters: those of ours that make the two the same.
        renamed: what a parameter of theirs is called here.
    """

    called: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)


def called(*names: str, renamed: Mapping[str, str] | None = None, **parameters: Value) -> tuple[Alias, ...]:
    """Return an alias for each of the names, with the same parameters."""
    return tuple(Alias(name, parameters, renamed or {}) for name in names)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a loss comes from that does not come with losscli: a file, or an installed package.

    Attributes:
        version: the SHA-256 of the file in hexadecimal digits, or the version of the package.
        file: its path as given; empty for a package.
        package: the name of the distribution; empty for a file.
    """

    version: str
    file: str = ""
    package: str = ""


def residual(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the error of a numeric sample: prediction − label."""
    return np.asarray(prediction - label)


def distance(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the error of several numbers together, `(rows,)`: the Euclidean length of the difference."""
    # hypot neither overflows nor vanishes where the square of a number would.
    return np.asarray(np.hypot.reduce(prediction - label, axis=1))


def missing_margin(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the error of a margin loss: 1 − label · prediction."""
    return np.asarray(1.0 - label * prediction)


def equal_to_label(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the perfect prediction where labels and predictions are of one kind: the label."""
    return np.asarray(np.broadcast_to(label, prediction.shape), dtype=np.float64)


Claim = bool | Callable[[Mapping[str, Value]], bool] | None
"""What a loss says of itself: always, or as a function of its parameters; None claims nothing."""
DomainOf = Domain | Callable[[Mapping[str, Value]], Domain]
"""A domain, or a function of the parameters that returns it (logits or probabilities)."""
BoundsOf = tuple[float, float] | Callable[[Mapping[str, Value], int], tuple[float, float] | None] | None
"""A range of losses, or a function of the parameters and the number of prediction columns that returns it."""
LayoutOf = Layout | Callable[[Mapping[str, Value]], Layout]
RemediesOf = Mapping[str, str] | Callable[[Mapping[str, Value]], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Loss:
    """The declaration of a loss: one module of `losscli/catalogue/` holds one, as `LOSS`."""

    name: str
    family: str
    value: LossFunction
    gradient: LossFunction | None = None
    """d loss / d prediction, each prediction column an independent variable, in its shape."""
    label: DomainOf
    prediction: DomainOf
    constraint: Constraint | None = None
    layout: LayoutOf = Layout.OUTPUTS
    columns: tuple[str, ...] = ()
    """The names of the prediction columns; those of its `Fields` where left out."""
    label_columns: tuple[str, ...] = ()
    soft_labels: bool = False
    class_predictions: bool = False
    """Whether, as classes, a column of predicted class names will do in place of a column per class."""
    ordered_classes: bool = False
    """Whether the order of the classes matters: by value where all are numbers, else that of the columns."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    error: LossFunction = residual
    clipped: LossFunction | None = None
    """The mask of rows whose loss was changed by clipping under a logarithm."""
    counts: LossFunction | None = None
    """The mask of rows that belong to this loss; None where all do."""
    finish: Callable[[float], float] | None = None
    """What the cost makes of the mean loss; None for the mean itself."""
    finish_derivative: Callable[[float], float] | None = None
    """d cost / d mean, a function of the mean."""
    finish_formula: str = ""
    non_negative: Claim = True
    indicator: bool = False
    """Whether every loss is 0 or 1, so that the cost is a share."""
    bounds: BoundsOf = None
    """Between which numbers every loss is; None where there is no such range."""
    zero_at_perfect: Claim = True
    """Whether the `perfect` prediction costs exactly 0."""
    perfect: LossFunction = equal_to_label
    """The prediction that no other can beat, in the shape of the prediction it is given."""
    convex: Claim = True
    """Whether the loss is convex in the prediction, wherever nothing is clipped."""
    steep: Claim = False
    """Whether its slope is infinite somewhere at an edge of its domain, where the gradient is so too."""
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
    """Short names of our own, which a loss of an installed package cannot take."""
    elsewhere: tuple[Alias, ...] = ()
    """Names that other libraries and papers give to the same number."""
    remedies: RemediesOf = field(default_factory=dict)
    """What to do about a value outside a domain, keys `label` and `prediction` (also predicted names that are
    none); key `columns`: where losses asked for together read other columns."""
    origin: Origin | None = None
    """Where it comes from; None for what comes with losscli, and for what Python code made itself."""

    def __repr__(self) -> str:
        return f"<Loss {self.name}>"

    def __post_init__(self) -> None:
        # A frozen declaration must not be changed through the dict it was built from.
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        if not callable(self.remedies):
            object.__setattr__(self, "remedies", MappingProxyType(dict(self.remedies)))
        if isinstance(self.prediction, Fields) and not self.columns:
            object.__setattr__(self, "columns", self.prediction.names)
        if isinstance(self.label, Fields) and not self.label_columns:
            object.__setattr__(self, "label_columns", self.label.names)


def number(parameters: Mapping[str, Value], name: str, default: float = 0.0) -> float:
    """Return a parameter that is a number; `default` where it is none, or there is no such parameter."""
    value = parameters.get(name)
    return default if value is None else float(value)


FROM_LOGITS = Parameter(False, BOOLEAN, "predictions are logits, not probabilities")
CLIP = Parameter(
    EPS,
    Interval(0.0, 0.5, low_open=True, high_open=True),
    "probabilities below this are clipped to it before taking a logarithm",
)
LABEL_SMOOTHING = Parameter(
    0.0, Interval(0.0, 1.0, high_open=True), "the share of each label that is spread over all classes"
)
SPREAD = Parameter(
    "variance",
    Choice(("variance", "std")),
    "what the second column contains; if not given, its name decides",
    by_column=True,
)
MARGIN = Parameter(1.0, NON_NEGATIVE, "how far on the right side of 0 a score has to be to cost nothing")
SIGN_REMEDY = "If these are 0 and 1: --map-labels 0=-1,1=1"
BINARY_REMEDY = "If these are -1 and 1: --map-labels -1=0,1=1"
