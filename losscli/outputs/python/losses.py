"""Losses as Python gets them: functions of arrays that explain themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import UsageError
from losscli.common.json import Object
from losscli.loss import Layout, Loss, Value, registry
from losscli.loss.spec import BoundLoss, bind, parse_spec
from losscli.outputs.drawing.elements import Element
from losscli.outputs.python.shown import Shown
from losscli.outputs.view import View, named


class Explanation(Shown):
    """Everything about a loss: print it, or let a notebook show it."""

    __slots__ = ("_bound",)

    def __init__(self, bound: BoundLoss) -> None:
        self._bound = bound

    def _view(self) -> View:
        return _ExplanationView(self._bound)


class _ExplanationView(View):
    report: BoundLoss
    columns: Mapping[str, str] = named("name", "family", "summary", "formula")

    def page(self) -> Iterator[Element]:
        from losscli.outputs.views.explanation import page

        return page(self.report)

    def width(self, room: int | None) -> int:
        from losscli.outputs.views.explanation import width

        return width(room)

    def document(self) -> Object:
        from losscli.outputs.views.losses import describe

        return describe(self.report.loss)

    def lines(self) -> Iterator[Object]:
        yield self.document()

    def brief(self) -> str:
        return f"{self.report.spec}: {self.report.loss.summary}"


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
    """Return label and prediction as losses take them: numbers in float64, indexes of classes in int64."""
    shown, said = np.asarray(prediction), np.asarray(label)
    classes = bound.layout is Layout.CLASSES
    return (
        said.astype(np.int64 if classes and said.ndim < 2 else np.float64, copy=False),
        shown.astype(np.int64 if classes and shown.ndim < 2 else np.float64, copy=False),
    )
