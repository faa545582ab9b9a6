"""The contract that every loss keeps, as checks of samples drawn from its declared domains.

The tests hold every built-in loss against it, and `losscli verify` a custom one (`contract.verify`). A
check passes or fails what the loss's declaration claims, and states a fact where it claims nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.loss import difference
from losscli.loss.contract.samples import Samples, allowed, by_open_end, huge, show_value
from losscli.loss.declaration import Layout
from losscli.loss.domain import Columns, Domain, Simplex
from losscli.loss.spec import BoundLoss

TAME = 100.0
"""Where labels and predictions are no larger, and no nearer to an open end than 1/100, a loss is finite."""
_SLACK = 1e-9
_OVERFLOWING = 1e150


@dataclass(frozen=True, slots=True)
class Check:
    """One clause of the contract: `verdict` is pass, fail, fact or skipped, `detail` says why."""

    name: str
    verdict: str
    detail: str = ""
    example: bool = False
    """Whether the detail of a fact is a sample that speaks against what the clause is named for."""


Clause = Callable[[BoundLoss, Samples], Check]


def check_shape(bound: BoundLoss, samples: Samples) -> Check:
    """One float64 for each row, whether there are many rows or one; a gradient like the predictions."""
    for part in (samples, samples.take(slice(1))):
        for name, result in everything(bound, part).items():
            masks = name in ("clipped", "counts")
            shape = part.prediction.shape if name == "gradient" else (len(part),)
            dtype = np.bool_ if masks else np.float64
            if not isinstance(result, np.ndarray):
                return Check("shape", "fail", f"{name} is a {type(result).__name__}, not an array")
            if result.shape != shape or result.dtype != dtype:
                found = f"{name} is {result.dtype} of shape {result.shape}"
                return Check("shape", "fail", f"{found}, not {np.dtype(dtype)} of shape {shape}")
    return Check("shape", "pass", f"float64, one for each of {len(samples)} rows")


def check_finite(bound: BoundLoss, samples: Samples) -> Check:
    """Finite for tame numbers, and in its range; for huge ones it may overflow, but never be undefined."""
    tame = (samples.size() <= TAME) & ~by_open_end(bound, samples, 1.0 / TAME)
    for name, result in everything(bound, samples).items():
        rows = np.abs(result).max(axis=1) if result.ndim > 1 else result
        wrong = np.isnan(rows)
        if name != "gradient":
            wrong |= tame & ~np.isfinite(rows)
        elif not bound.steep:
            wrong |= tame & ~_tiny(samples.prediction) & ~np.isfinite(rows)
        if wrong.any():
            row = int(wrong.argmax())
            return Check("finite", "fail", f"{name} is {show_value(result[row])} at {samples.show(row)}")
    extreme = huge(bound, samples)
    result = _value(bound, extreme)
    if np.isnan(result).any():
        return Check("finite", "fail", f"the loss is nan at {extreme.show(int(np.isnan(result).argmax()))}")
    for part, losses in ((samples, _value(bound, samples)), (extreme, result)):
        if (beyond := _beyond(bound, part, losses)) is not None:
            return Check("finite", "fail", beyond)
    overflows = np.isinf(result).any() or np.isinf(_value(bound, samples)).any()
    return Check("finite", "pass", "overflows to infinity for huge numbers" if overflows else "")


def _beyond(bound: BoundLoss, samples: Samples, losses: Array) -> str | None:
    """Return which loss is not 0 or 1, or outside of the range, where that is declared; None for none."""
    if bound.loss.indicator:
        wrong, declared = ~np.isin(losses, (0.0, 1.0)), "0 or 1"
    else:
        ends = bound.bounds(samples.prediction.shape[1] if samples.prediction.ndim == 2 else 1)
        if ends is None:
            return None
        wrong, declared = (losses < ends[0]) | (losses > ends[1]), f"from {ends[0]:g} to {ends[1]:g}"
    if not wrong.any():
        return None
    row = int(wrong.argmax())
    return f"the loss is {show_value(losses[row])} at {samples.show(row)}, and it declares {declared}"


def _tiny(values: Array) -> NDArray[np.bool_]:
    """Return the mask of rows so near to 0 that what is divided by their numbers overflows."""
    size = np.abs(values).reshape(len(values), -1).max(axis=1)
    return np.asarray((size > 0.0) & (size < 1.0 / _OVERFLOWING))


def check_pure(bound: BoundLoss, samples: Samples) -> Check:
    """Arguments are left as they were."""
    before = samples.label.tobytes(), samples.prediction.tobytes()
    everything(bound, Samples(samples.label, samples.prediction), copy=False)
    if (samples.label.tobytes(), samples.prediction.tobytes()) != before:
        return Check("pure", "fail", "an argument was changed")
    return Check("pure", "pass")


def check_deterministic(bound: BoundLoss, samples: Samples) -> Check:
    """The same samples give the same bits again."""
    first, second = everything(bound, samples), everything(bound, samples)
    for name, result in first.items():
        if result.tobytes() != second[name].tobytes():
            return Check("deterministic", "fail", f"{name} differs from one call to the next")
    return Check("deterministic", "pass")


def check_rowwise(bound: BoundLoss, samples: Samples) -> Check:
    """A row's figures depend on no other row, on the size of the block, or on how it lies in memory."""
    whole = everything(bound, samples)
    backwards = samples.take(slice(None, None, -1))
    by_column = Samples(np.asfortranarray(samples.label), np.asfortranarray(samples.prediction))
    ways = {
        "in another order": [(backwards, slice(None, None, -1))],
        "stored by columns": [(by_column, slice(None))],
        "row by row": [
            (samples.take(slice(i, i + 1)), slice(i, i + 1)) for i in range(min(len(samples), 40))
        ],
        "in blocks of 7": [
            (by_column.take(slice(i, i + 7)), slice(i, i + 7)) for i in range(0, len(samples), 7)
        ],
    }
    for way, parts in ways.items():
        for part, rows in parts:
            for name, result in everything(bound, part).items():
                if result.tobytes() != whole[name][rows].tobytes():
                    return Check("rowwise", "fail", f"{name} differs where rows are given {way}")
    return Check("rowwise", "pass")


def check_gradient(bound: BoundLoss, samples: Samples) -> Check:
    """The gradient is the slope of the loss; at a kink, a slope between those to its sides."""
    name = "gradient"
    if bound.loss.gradient is None:
        return Check(name, "skipped", "the loss declares no gradient")
    if samples.prediction.dtype != np.float64:
        return Check(name, "skipped", "predictions are class names")
    samples = samples.take(~_clipped(bound, samples))
    gradient = everything(bound, samples)[name]
    decided, asked = 0, 0
    for column in range(1 if samples.prediction.ndim == 1 else samples.prediction.shape[1]):
        slope = difference.slope(
            _along(bound, samples, column), _column(samples.prediction, column), samples.beside(column)
        )
        mine = _column(gradient, column)
        wrong = np.isfinite(mine) & ~slope.admits(mine)
        if wrong.any():
            row = int(wrong.argmax())
            found = f"{name} is {show_value(mine[row])}, the difference quotient {show_value(slope.low[row])}"
            return Check(name, "fail", f"{found} at {samples.show(row)}")
        decided += int(np.count_nonzero(slope.decides(mine)))
        asked += len(samples)
    if decided < asked / 4:
        return Check(name, "skipped", f"only {decided} of {asked} difference quotients were sharp enough")
    return Check(name, "pass", f"equals {decided} of {asked} difference quotients; none contradicts it")


def check_non_negative(bound: BoundLoss, samples: Samples) -> Check:
    """No sample costs less than 0, nor −0."""
    losses = _value(bound, samples)
    negative = np.signbit(losses) if bound.non_negative else losses < 0.0
    row = int((negative if negative.any() else -losses).argmax())
    found = f"{show_value(losses[row])} at {samples.show(row)}"
    if negative.any():
        return Check("non_negative", "fail" if bound.non_negative else "fact", found, True)
    least = "least: 0" if losses[row] == 0.0 else f"least: {found}"
    if bound.non_negative:
        return Check("non_negative", "pass", least)
    return Check("non_negative", "fact", f"never negative in the samples tried; {least}")


def check_zero_at_perfect(bound: BoundLoss, samples: Samples) -> Check:
    """A perfect prediction of a certain label costs exactly 0."""
    name = "zero_at_perfect"
    if bound.layout is Layout.CLASSES and samples.label.ndim > 1:
        certain = samples.label.max(axis=1) == 1.0
        samples = samples.take(certain)
    with np.errstate(all="ignore"):
        perfect = bound.perfect(samples.label, samples.prediction)
    samples = allowed(bound, Samples(samples.label, perfect))
    if not len(samples):
        return Check(name, "skipped", "no perfect prediction is in the domain")
    losses = _value(bound, samples)
    row = int(np.abs(losses).argmax())
    found = f"costs {show_value(losses[row])} at {samples.show(row)}"
    if losses[row] != 0.0:
        return Check(name, "fail" if bound.zero_at_perfect else "fact", found, True)
    if bound.zero_at_perfect:
        return Check(name, "pass")
    return Check(name, "fact", "every perfect prediction tried costs 0")


def check_convex(bound: BoundLoss, samples: Samples) -> Check:
    """Halfway between two predictions the loss is no larger than the mean of theirs."""
    if samples.prediction.dtype != np.float64:
        return Check("convex", "skipped", "predictions are class names")
    other = Samples(samples.label, np.roll(samples.prediction, 1, axis=0))
    halfway = Samples(samples.label, 0.5 * samples.prediction + 0.5 * other.prediction)
    ends = _value(bound, samples), _value(bound, other)
    with np.errstate(all="ignore"):  # ∞ − ∞
        excess = _value(bound, halfway) - 0.5 * (ends[0] + ends[1])
        above = excess > _SLACK * np.maximum(np.abs(ends[0]), np.abs(ends[1]))
        # Where the middle has to be rounded on the scale of the distance, it is not the middle.
        apart = np.abs(samples.prediction - other.prediction).reshape(len(samples), -1).max(axis=1)
    size = np.maximum(samples.size(), other.size())
    above &= (size <= TAME) & (apart >= 1e-6 * size) & (apart > 1e-300)
    # Clipping makes any loss flat, which is not what is asked here.
    for end in (samples, other, halfway):
        above &= ~_clipped(bound, end)
    if not above.any():
        return Check("convex", "pass" if bound.convex else "fact", "convex in all samples tried")
    row = int(above.argmax())
    found = f"not convex at label {show_value(samples.label[row])}, between "
    found += f"{show_value(samples.prediction[row])} and {show_value(other.prediction[row])}"
    return Check("convex", "fail" if bound.convex else "fact", found, True)


CLAUSES: dict[str, Clause] = {
    "shape": check_shape,
    "finite": check_finite,
    "pure": check_pure,
    "deterministic": check_deterministic,
    "rowwise": check_rowwise,
    "gradient": check_gradient,
    "non_negative": check_non_negative,
    "zero_at_perfect": check_zero_at_perfect,
    "convex": check_convex,
}


def _value(bound: BoundLoss, samples: Samples) -> Array:
    with np.errstate(all="ignore"):
        return bound.value(samples.label.copy("K"), samples.prediction.copy("K"))


def everything(bound: BoundLoss, samples: Samples, *, copy: bool = True) -> dict[str, Array]:
    """Return whatever the loss computes of the samples: value, error, gradient, masks."""
    functions = {"loss": bound.value, "error": bound.error, "clipped": bound.clipped, "counts": bound.counts}
    if bound.loss.gradient is not None and samples.prediction.dtype == np.float64:
        functions["gradient"] = bound.gradient
    found = {}
    with np.errstate(all="ignore"):
        for name, function in functions.items():
            label, prediction = samples.label, samples.prediction
            result = function(label.copy("K"), prediction.copy("K")) if copy else function(label, prediction)
            if result is not None:
                found[name] = result
    return found


def _clipped(bound: BoundLoss, samples: Samples) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        mask = bound.clipped(samples.label, samples.prediction)
    return np.zeros(len(samples), dtype=np.bool_) if mask is None else mask


def _along(bound: BoundLoss, samples: Samples, column: int) -> difference.Function:
    """Return the loss as a function of one prediction column, the others held; NaN outside of the domain."""
    domain: Domain = bound.prediction_domain
    if isinstance(domain, Simplex):
        # Each column is a variable of its own, and leaves the others' sum as it is.
        domain = Columns(domain.part)

    def moved(points: Array) -> Array:
        prediction = samples.prediction.copy()
        prediction[(..., column) if prediction.ndim > 1 else ...] = points
        outside = domain.outside(prediction)
        if outside is not None:
            # A loss may refuse what its domain leaves out.
            prediction[outside] = samples.prediction[outside]
        result = _value(bound, Samples(samples.label, prediction))
        return result if outside is None else np.where(outside, np.nan, result)

    return moved


def _column(array: Array, column: int) -> Array:
    return array if array.ndim == 1 else array[:, column]
