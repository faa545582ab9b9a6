"""The closed list of what a convention can change, each with the texts that say it and what they mean.

A convention is data: `clip = "two:1e-7"` in a library's file, or `--as losscli+clip=two:1e-7`. What it does
to a label, a prediction or a loss is in `rows.py`, and what the losses then come to in `reduced.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from itertools import repeat
from typing import Any, NamedTuple

from losscli.common.errors import UsageError
from losscli.common.text import listed, nearest, parse_number, plain_number, visible


class Clip(NamedTuple):
    """What stands under a logarithm: `two`, `below`, `add` with an eps, `floor` with a log, or `none`."""

    kind: str
    amount: float = 0.0


class Denominator(NamedTuple):
    """What a residual is divided by: `eps`, `add` or `clamp` with an amount, or `none`."""

    kind: str
    amount: float = 0.0


class Reduction(NamedTuple):
    """What losses come to: `batch` and `drop_last` have a number of rows."""

    kind: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a convention changes; None where it is as in losscli. The fields are the closed list."""

    reduction: Reduction | None = None
    weights: str | None = None
    precision: str | None = None
    link: str | None = None
    squash: str | None = None
    negatives: float | None = None
    add_label: float | None = None
    add_prediction: float | None = None
    normalize: bool | None = None
    smoothing: float | None = None
    clip: Clip | None = None
    variance_floor: float | None = None
    dead_zone: float | None = None
    denominator: Denominator | None = None
    reversed: bool | None = None
    ties: str | None = None
    true_class_zero: bool | None = None
    terms: str | None = None
    constant: str | None = None
    scale_by_half: str | None = None
    factor: float | None = None
    base: float | None = None
    offset: float | None = None
    sign: str | None = None

    def given(self) -> dict[str, Any]:
        """Return what is changed, by name, in the order of the list."""
        found = zip(NAMES, map(getattr, repeat(self), NAMES), strict=True)
        return {name: value for name, value in found if value is not None}

    def over(self, other: Overrides) -> Overrides:
        """Return both, this one first where both say something."""
        return Overrides(**{**other.given(), **self.given()})

    def written(self) -> tuple[str, ...]:
        """Return each change as it is typed: `clip=two:1e-7`."""
        return tuple(f"{name}={_written(value)}" for name, value in self.given().items())


NAMES = tuple(one.name for one in fields(Overrides))


class Override(NamedTuple):
    """One of the list."""

    read: Callable[[str], Any]
    """Returns the value of a text; None where it is none."""
    needed: str
    meaning: str


def _word(*words: str) -> tuple[Callable[[str], Any], str]:
    return lambda text: text if text in words else None, listed(words)


def _number(text: str) -> float | None:
    value = parse_number(text)
    return value if value is not None and math.isfinite(value) else None


def _positive(text: str) -> float | None:
    value = _number(text)
    return value if value is not None and value > 0.0 else None


def _base(text: str) -> float | None:
    value = _positive(text)
    return value if value is not None and value != 1.0 else None


def _share(text: str) -> float | None:
    value = _number(text)
    return value if value is not None and 0.0 <= value < 1.0 else None


def _switch(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _clip(text: str) -> Clip | None:
    kind, colon, amount = text.partition(":")
    if not colon:
        return Clip(kind) if kind == "none" else None
    value = _number(amount)
    if value is None or (kind == "floor") != (value < 0.0):
        return None
    if kind == "floor":
        return Clip(kind, value)
    return Clip(kind, value) if kind in ("two", "below", "add") and 0.0 < value < 0.5 else None


def _denominator(text: str) -> Denominator | None:
    kind, colon, amount = text.partition(":")
    if not colon:
        return Denominator(kind) if kind == "none" else None
    value = _positive(amount)
    return Denominator(kind, value) if kind in ("eps", "add", "clamp") and value is not None else None


def _reduction(text: str) -> Reduction | None:
    kind, colon, rows = text.partition(":")
    if not colon:
        return Reduction(kind) if kind in REDUCTIONS else None
    if kind not in ("batch", "drop_last") or not rows.isascii() or not rows.isdigit() or len(rows) > 9:
        return None
    return Reduction(kind, int(rows)) if int(rows) > 0 else None


REDUCTIONS = ("mean", "sum", "sum_outputs", "mean_elements", "mean_of_roots")
LIST: Mapping[str, Override] = {
    "reduction": Override(
        _reduction,
        f"{', '.join(REDUCTIONS)}, batch:N or drop_last:N",
        "what the losses come to: their mean or sum; of several outputs the mean of the sums; the mean over "
        "all elements, where a loss sums over the classes; of several outputs the mean of the roots; the "
        "mean of the means of batches of N rows, the last batch as one like the others, or left out",
    ),
    "weights": Override(
        *_word("sum", "n", "nonzero", "none"),
        "what a sum with weights is divided by: the sum of weights, the number of rows, or of those with a "
        "weight that is not 0; none where there are no weights",
    ),
    "precision": Override(
        *_word("float64", "float32", "labels32"),
        "float32: numbers, steps and each loss are rounded to float32; labels32: labels alone are",
    ),
    "link": Override(
        *_word("identity", "log", "logit"), "the scale of the predictions: log, or logit of what is meant"
    ),
    "squash": Override(
        *_word("none", "sigmoid", "softmax", "sigmoid_outside", "logits"),
        "what is made of scores first; sigmoid_outside: a sigmoid, or of classes a softmax, if any is "
        "outside [0, 1]; logits: the same of logits, so that their probabilities are clipped",
    ),
    "negatives": Override(_number, "a number", "labels and predictions below this are this"),
    "add_label": Override(_number, "a number", "is added to labels"),
    "add_prediction": Override(_number, "a number", "is added to predictions"),
    "normalize": Override(_switch, "true or false", "whether rows are divided by their sum"),
    "smoothing": Override(
        _share, "a number in [0, 1)", "the share of a label that is spread over all classes"
    ),
    "clip": Override(
        _clip,
        "two:EPS, below:EPS, add:EPS, floor:LOG or none",
        "what stands under a logarithm: clipped to [EPS, 1 − EPS], to EPS at least, or EPS added to it; or "
        "the logarithm is LOG at least",
    ),
    "variance_floor": Override(_positive, "a number > 0", "variances below this are this"),
    "dead_zone": Override(_positive, "a number > 0", "is taken off residuals, as far as they go"),
    "denominator": Override(
        _denominator,
        "eps:EPS, add:EPS, clamp:EPS or none",
        "what residuals are divided by: max(|y|, EPS), |y| + EPS or max(y, EPS)",
    ),
    "reversed": Override(_switch, "true or false", "whether q is the weight of the other side: 1 − q"),
    "ties": Override(
        *_word("first", "wrong"), "where several are most probable: the first wins, or the true one loses"
    ),
    "true_class_zero": Override(
        _switch, "true or false", "whether the true class stands with 0 among the others"
    ),
    "terms": Override(
        *_word("all", "positive"),
        "positive: of several outputs the terms of label 1 alone, as if they were classes",
    ),
    "constant": Override(
        *_word("none", "lgamma", "stirling", "half_log_2pi", "entropy", "left_out"),
        "is added: log Γ(y + 1), Stirling's approximation of it for y > 1, or log(2π)/2; entropy: that of "
        "the label is taken off; left_out: what depends on the label alone is",
    ),
    "scale_by_half": Override(
        *_word("true", "false", "auto"), "whether the loss is halved; auto: of less than three classes"
    ),
    "factor": Override(_number, "a number", "the losses are multiplied by it"),
    "base": Override(_base, "a number > 0 other than 1", "the base of logarithms"),
    "offset": Override(_number, "a number", "is added to each loss"),
    "sign": Override(*_word("positive", "negative"), "negative: the number has the other sign, as a score"),
}  # fmt: skip
"""All there are, in the order in which they act."""


def read_override(name: str, text: str, where: str) -> Any:
    """Return the value of an override. Raises UsageError for one that there is not, or another value."""
    one = LIST.get(name)
    if one is None:
        found = f"there is no override '{visible(name)}'"
        raise UsageError(where, found, f"one of {', '.join(LIST)}", nearest(name, LIST))
    value = one.read(text)
    if value is None:
        raise UsageError(where, f"{name}={visible(text)}", f"{name} is {one.needed}")
    return value


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain_number(value).replace("e-0", "e-")
    if isinstance(value, tuple):
        kind, amount = value
        return f"{kind}:{_written(float(amount))}" if amount else str(kind)
    return str(value)
