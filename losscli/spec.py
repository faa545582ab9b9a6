"""Specs: `huber:delta=1.5` read into a loss with its parameters, and printed back."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from losscli.domain import Domain
from losscli.errors import UsageError
from losscli.loss import Array, Loss, Parameter, Value
from losscli.text import plain_number, visible


@dataclass(frozen=True)
class BoundLoss:
    """A loss with a value for each of its parameters: what a run computes."""

    loss: Loss
    parameters: Mapping[str, Value]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def spec(self) -> str:
        """The canonical spec: parameters in declared order, those that differ from their defaults."""
        changed = [
            f"{name}={show_value(self.parameters[name])}"
            for name, parameter in self.loss.parameters.items()
            if self.parameters[name] != parameter.default
        ]
        return ":".join([self.loss.name, *([",".join(changed)] if changed else [])])

    @property
    def prediction_domain(self) -> Domain:
        domain = self.loss.prediction
        return domain(self.parameters) if callable(domain) else domain

    def value(self, label: Array, prediction: Array) -> Array:
        """Return the loss of each sample, float64 `(rows,)`."""
        result: Array = self.loss.value(label, prediction, **self.parameters)
        return result

    def gradient(self, label: Array, prediction: Array) -> Array:
        """Return d loss / d prediction, in the shape of the prediction."""
        assert self.loss.gradient is not None
        result: Array = self.loss.gradient(label, prediction, **self.parameters)
        return result

    def error(self, label: Array, prediction: Array) -> Array:
        """Return how far each prediction is from its label, before any loss, `(rows,)`."""
        result: Array = self.loss.error(label, prediction, **self.parameters)
        return result

    def finish(self, mean: float) -> float:
        """Return the cost that the mean loss amounts to."""
        return mean if self.loss.finish is None else self.loss.finish(mean)


def show_value(value: Value) -> str:
    """Return a parameter's value as a spec writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_number(value)


def split_spec(text: str) -> tuple[str, str]:
    """Return the name of a loss (`mse`, `file.py:NAME`) and the text of its parameters.

    A custom loss has a colon inside its name, and a path may hold more of them; its name ends
    with the identifier behind `.py:`.
    """
    at = text.find(".py:")
    start = 0 if at < 0 else at + len(".py:")
    name, _, parameters = text[start:].partition(":")
    return text[:start] + name, parameters


def parse_spec(text: str, find: Callable[[str], Loss]) -> BoundLoss:
    """Read a spec. `find` turns the name into a declaration (`losscli.registry.find`).

    Raises:
        UsageError: for a name that `find` does not know, a parameter that the loss does not
            have or has twice, and a value outside its domain; with a caret under the place.
    """
    name, rest = split_spec(text)
    if not name.strip():
        raise UsageError("--loss", f"{text!r} names no loss", "a spec is NAME or NAME:param=value", "")
    loss = find(name)
    given: dict[str, Value] = {}
    place = len(name) + 1
    if text[place - 1 : place] == ":" and not rest.strip():
        raise _spec_error(text, place, "nothing follows the colon", _known_parameters(loss))
    for part in rest.split(",") if rest else []:
        key, equals, value = part.partition("=")
        key = key.strip()
        if key not in loss.parameters:
            near = difflib.get_close_matches(key, loss.parameters, 1)
            hint = f"Did you mean {near[0]}?" if near else ""
            raise _spec_error(
                text, place, f"{loss.name} has no parameter {key!r}", _known_parameters(loss), hint
            )
        if key in given:
            raise _spec_error(text, place, f"{key} is given twice", "each parameter at most once")
        if not equals:
            raise _spec_error(text, place, f"{key} has no value", f"write {key}=VALUE")
        given[key] = _parse_value(
            text, place + len(part) - len(value), key, value.strip(), loss.parameters[key]
        )
        place += len(part) + 1
    return bind(loss, given)


def bind(loss: Loss, given: Mapping[str, Value]) -> BoundLoss:
    """Return the loss with the parameters `given`, the others at their defaults."""
    defaults = {name: parameter.default for name, parameter in loss.parameters.items()}
    return BoundLoss(loss, {**defaults, **given})


def _known_parameters(loss: Loss) -> str:
    return f"its parameters are {', '.join(loss.parameters)}" if loss.parameters else "it has none"


def _parse_value(spec: str, place: int, key: str, text: str, parameter: Parameter) -> Value:
    needed = f"{key} is {parameter.description}"
    lowered = text.lower()
    value: Value
    if parameter.optional and lowered == "none":
        return None
    if parameter.is_switch:
        if lowered not in ("true", "false"):
            raise _spec_error(spec, place, f"{key}={text}", needed)
        return lowered == "true"
    try:
        value = float(text)
    except ValueError:
        raise _spec_error(spec, place, f"{key}={text}: not a number", needed) from None
    if "_" in text or not parameter.accepts(value):
        raise _spec_error(spec, place, f"{key}={text}", needed)
    return value


def _spec_error(spec: str, place: int, found: str, needed: str, hint: str = "") -> UsageError:
    shown = visible(spec)
    at = len(visible(spec[:place]))
    return UsageError("--loss", f"{found}; {needed}", "", f"{hint}\n  {shown}\n  {' ' * at}^".strip(" "))
