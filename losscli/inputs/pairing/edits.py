"""What options change of predictions and labels before a loss sees them: numbers, and names of classes.

In this order, whatever the order of the options: labels are ignored and replaced as they stand in the
file; a standardisation is undone, then a transformation, then the unit; at last a loss looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.text import listed, plain_number
from losscli.inputs.columns.needs import Needs, Roles
from losscli.inputs.edits import Edits
from losscli.loss import Layout
from losscli.loss.numeric import row_sum

Function = Callable[[Array], Array]
"""From numbers, float64 `(rows,)` or `(rows, columns)`, to as many; it may write on what it is given."""
ROUNDING = 1e-5
"""So far beyond 0 and 1 is what an inverse gives still taken for 0 and 1."""


def _pow10(x: Array) -> Array:
    return np.asarray(np.power(10.0, x, out=x))


def _unsigmoid(p: Array) -> Array:
    """Return the q of which p is the sigmoid: what a sigmoid gave, where another was taken of it."""
    return _snapped(np.asarray(np.log(p / (1.0 - p), out=p)))


def _unsoftmax(p: Array) -> Array:
    """Return the q that sum to 1 and of which each row of p is the softmax."""
    wrong = ~(p > 0.0)
    np.log(p, out=p)
    p += ((1.0 - row_sum(p)) / p.shape[1])[:, None]
    if wrong.any():
        # Of a row that has no inverse, the number that is wrong is the one told.
        rows = wrong.any(axis=1)
        p[rows] = np.where(wrong[rows], np.nan, 0.0)
    return _snapped(p)


def _snapped(q: Array) -> Array:
    q[(q < 0.0) & (q >= -ROUNDING)] = 0.0
    q[(q > 1.0) & (q <= 1.0 + ROUNDING)] = 1.0
    return q


FUNCTIONS: Mapping[str, Function] = {
    "exp": lambda x: np.exp(x, out=x),
    "expm1": lambda x: np.expm1(x, out=x),
    "log": lambda x: np.log(x, out=x),
    "log1p": lambda x: np.log1p(x, out=x),
    "log10": lambda x: np.log10(x, out=x),
    "pow10": _pow10,
    "square": lambda x: np.square(x, out=x),
    "sqrt": lambda x: np.sqrt(x, out=x),
    "negate": lambda x: np.negative(x, out=x),
    "unsoftmax": _unsoftmax,
    "unsigmoid": _unsigmoid,
}


@dataclass(frozen=True, slots=True)
class ValueEdits:
    """What is done to the numbers of one role.

    Attributes:
        steps: the options, as typed, and what they do, in order.
    """

    steps: tuple[tuple[str, Function], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)

    @property
    def needed(self) -> str:
        """What a number has to be, in the words of messages."""
        return f"a number that is finite after {self}"

    def __str__(self) -> str:
        return " ".join(option for option, _ in self.steps)

    def __call__(self, values: Array) -> Array:
        """Return numbers `(rows,)` or `(rows, columns)` changed, in an array of their own."""
        # Packed, as what NumPy computes may depend on how numbers lie.
        values = np.array(values, dtype=np.float64, order="K")
        with np.errstate(all="ignore"):
            for _, function in self.steps:
                values = function(values)
        return values

    def first_wrong(self, raw: Array, edited: Array) -> Array:
        """Return of each row the number of `raw` that comes out as no finite number, else any one."""
        if raw.ndim == 1:
            return raw
        place: NDArray[np.intp] = (~np.isfinite(edited)).argmax(axis=1)
        return np.asarray(np.take_along_axis(raw, place[:, None], axis=1)[:, 0])


def values_of(edits: Edits) -> dict[str, ValueEdits]:
    """Return what is done to the numbers of each role."""
    return {"prediction": of_predictions(edits), "label": of_labels(edits)}


def of_predictions(edits: Edits) -> ValueEdits:
    """Return what is done to predictions."""
    steps: list[tuple[str, Function]] = []
    if edits.rescale_prediction is not None:
        steps.append(
            (
                f"--rescale-prediction {_shown(*edits.rescale_prediction)}",
                _rescaled(*edits.rescale_prediction),
            )
        )
    if edits.transform_prediction is not None:
        name = edits.transform_prediction
        steps.append((f"--transform-prediction {name}", FUNCTIONS[name]))
    if edits.scale_prediction is not None:
        steps.append(
            (f"--scale-prediction {_shown(edits.scale_prediction)}", _scaled(edits.scale_prediction))
        )
    return ValueEdits(tuple(steps))


def of_labels(edits: Edits) -> ValueEdits:
    """Return what is done to labels."""
    name = edits.transform_label
    return ValueEdits(() if name is None else ((f"--transform-label {name}", FUNCTIONS[name]),))


def _rescaled(mean: float, std: float) -> Function:
    return lambda x: np.add(np.multiply(x, std, out=x), mean, out=x)


def _scaled(factor: float) -> Function:
    return lambda x: np.multiply(x, factor, out=x)


def _shown(*values: float) -> str:
    return ",".join(plain_number(value).replace("e+", "e") for value in values)


def refuse_edits(edits: Edits, needs: Needs, roles: Roles) -> None:
    """Raise UsageError, of all together, for what cannot be done to the columns that were found."""
    if edits:
        raise_together([*_wrong(edits, needs, roles)])


def _wrong(edits: Edits, needs: Needs, roles: Roles) -> Iterator[LosscliError]:
    remedy = "Change the numbers in the file itself."
    for option, _ in of_predictions(edits).steps:
        name = option.partition(" ")[0]
        if roles.class_names:
            found = "the predictions are one column of class names"
            yield UsageError(
                name, found, "numbers", "Name the columns of the classes: --prediction COLUMN for each"
            )
        elif needs.layout is Layout.NAMED:
            found = f"the losses read {listed(needs.columns)}, and it does not say which is meant"
            yield UsageError(name, found, "predictions of one kind", remedy)
        elif option.endswith(" unsoftmax") and len(roles.outputs) < 2:
            yield UsageError(
                name,
                "unsoftmax of one column",
                "a column for every class",
                "For one probability: --transform-prediction unsigmoid",
            )
    for option, _ in of_labels(edits).steps:
        name = option.partition(" ")[0]
        if needs.layout is Layout.CLASSES:
            yield UsageError(name, "the labels are classes", "labels that are numbers", "Leave it out.")
        elif needs.label_columns:
            yield UsageError(name, f"the losses read {listed(needs.label_columns)}", "one label", remedy)
