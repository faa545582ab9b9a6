"""Losses as Python gets them: functions of arrays that explain themselves."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import UsageError
from losscli.loss import Layout, Loss, Value, registry
from losscli.loss.spec import BoundLoss, bind, parse_spec
from losscli.outputs.python.shown import Shown
from losscli.outputs.view import View


class Explanation(Shown):
    """Everything about a loss: print it, or let a notebook show it."""

    __slots__ = ("_bound",)

    def __init__(self, bound: BoundLoss) -> None:
        self._bound = bound

    def _view(self) -> View:
        from losscli.outputs.views.explanation import ExplanationView

        return ExplanationView(self._bound)


class NamedLoss(Loss):
    """The declaration of a loss; its functions take anything that NumPy can turn into an array."""

    @property
    def bound(self) -> BoundLoss:
        """The loss with its default parameters, as `evaluate` computes it."""
        return _default(self.name)

    @property
    def spec(self) -> str:
        """The spec of the loss."""
        return self.bound.spec

    def explain(self) -> Explanation:
        """Return everything about the loss."""
        return Explanation(self.bound)

    def __reduce__(self) -> tuple[Any, ...]:
        return named_loss, (self.name,)

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()

    def _repr_markdown_(self) -> str:
        return self.explain()._repr_markdown_()


@cache
def named_loss(name: str) -> NamedLoss:
    """Return the built-in loss of this name."""
    loss = registry.find(name)

    def value(label: Any, prediction: Any, **parameters: Value) -> Array:
        """Return the loss of each sample; parameters that are not given have their defaults."""
        return _value(bind(loss, parameters), label, prediction)

    def gradient(label: Any, prediction: Any, **parameters: Value) -> Array:
        """Return d loss / d prediction; parameters that are not given have their defaults."""
        return _gradient(bind(loss, parameters), label, prediction)

    functions = {"value": value, "gradient": None if loss.gradient is None else gradient}
    return NamedLoss(**{one.name: getattr(loss, one.name) for one in fields(loss)} | functions)


@cache
def _default(name: str) -> BoundLoss:
    return bind(registry.find(name), {})


class LoadedLoss(BoundLoss):
    """A loss with a value for each parameter; its functions take what NumPy can turn into an array."""

    @property
    def bound(self) -> BoundLoss:
        """The same loss, as `evaluate` computes it."""
        return BoundLoss(self.loss, self.parameters, self.left_open)

    def value(self, label: Any, prediction: Any) -> Array:
        """Return the loss of each sample, float64 `(rows,)`."""
        return _value(self.bound, label, prediction)

    def gradient(self, label: Any, prediction: Any) -> Array:
        """Return d loss / d prediction, in the shape of the prediction.

        Raises:
            UsageError: for a loss that declares no gradient.
        """
        if self.loss.gradient is None:
            raise UsageError("", f"{self.spec} declares no gradient", "a loss with a gradient")
        return _gradient(self.bound, label, prediction)

    def explain(self) -> Explanation:
        """Return everything about the loss, with these parameters."""
        return Explanation(self.bound)

    def __repr__(self) -> str:
        return f"<Loss {self.spec}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return loaded, (self.spec,)

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()

    def _repr_markdown_(self) -> str:
        return self.explain()._repr_markdown_()


def loaded(spec: str) -> LoadedLoss:
    """Return the loss that a spec names. Raises UsageError for what is none."""
    bound = parse_spec(spec, registry.find)
    return LoadedLoss(bound.loss, bound.parameters, bound.left_open)


def as_computed(losses: Any) -> Any:
    """Return losses that were asked for, those that show themselves as runs compute them."""
    if isinstance(losses, (NamedLoss, LoadedLoss)):
        return losses.bound
    return [*map(as_computed, losses)] if isinstance(losses, (list, tuple)) else losses


def _value(bound: BoundLoss, label: Any, prediction: Any) -> Array:
    with np.errstate(all="ignore"):
        return bound.value(*_arrays(bound, label, prediction))


def _gradient(bound: BoundLoss, label: Any, prediction: Any) -> Array:
    with np.errstate(all="ignore"):
        return bound.gradient(*_arrays(bound, label, prediction))


def _arrays(bound: BoundLoss, label: Any, prediction: Any) -> tuple[Array, Array]:
    """Return label and prediction as losses take them: numbers in float64, indexes of classes in int64.

    Raises:
        UsageError: for what is no numbers, and for indexes that no class has.
    """
    classes = bound.layout is Layout.CLASSES
    shown, said = _numbers("prediction", prediction, bound), _numbers("label", label, bound)
    if classes and said.ndim < 2:
        said = _indexes("label", said, shown.shape[1] if shown.ndim > 1 else None)
    return said, _indexes("prediction", shown, None) if classes and shown.ndim < 2 else shown


def _numbers(name: str, given: Any, bound: BoundLoss) -> Array:
    try:
        return np.asarray(given).astype(np.float64)
    except (TypeError, ValueError):
        indexes = bound.layout is Layout.CLASSES
        raise UsageError(
            name,
            f"the {name}s are not numbers",
            "the indexes of classes, from 0, or numbers" if indexes else "numbers, or an array of them",
            f"Names of classes are read by losscli.evaluate(…, loss='{bound.spec}')" if indexes else "",
        ) from None


def _indexes(name: str, found: Array, classes: int | None) -> Array:
    """Return the indexes of classes as int64, of which there are so many; None where nobody knows."""
    most = np.inf if classes is None else classes
    wrong = ~((found >= 0) & (found < most) & (np.trunc(found) == found))
    if wrong.any():
        needed = (
            "a number for each class, or integers from 0"
            if classes is None
            else f"integers from 0 to {classes - 1}"
        )
        raise UsageError(name, f"{found[wrong].ravel()[0]} is the index of no class", needed)
    return found.astype(np.int64)
