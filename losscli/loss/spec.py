"""Specs: `huber:delta=1.5` read into a loss with its parameters, and printed back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import nearest, parse_number, plain_number, pointed, visible
from losscli.loss.declaration import Claim, DomainOf, Layout, Loss, Parameter, Value
from losscli.loss.domain import Choice, Domain, Fields
from losscli.loss.names import alias_of

_ROUNDING = 2.0**-40


@dataclass(frozen=True)
class BoundLoss:
    """A loss with a value for each of its parameters: what a run computes.

    Arrays have the shapes that `losscli.loss` describes. Callers silence NumPy's warnings
    (`np.errstate(all="ignore")`): a loss that overflows is infinite.
    """

    loss: Loss
    parameters: Mapping[str, Value]
    left_open: frozenset[str] = frozenset()
    """The parameters that the name of a column decides, since nobody gave them."""
    typed: frozenset[str] = field(default=frozenset(), compare=False)
    """The parameters that somebody gave, their defaults too."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __hash__(self) -> int:
        return hash((self.loss, *self.parameters.values()))

    @property
    def spec(self) -> str:
        """The canonical spec: parameters in declared order, those that differ from their defaults.

        It is what was asked for: without what a column decides, and with a default where that rules it out.
        """
        changed = [
            f"{name}={show_value(self.parameters[name])}"
            for name, parameter in self.loss.parameters.items()
            if name not in self.left_open
            and (parameter.by_column or self.parameters[name] != parameter.default)
        ]
        return ":".join([self.loss.name, *([",".join(changed)] if changed else [])])

    @property
    def label_domain(self) -> Domain:
        """What a label has to be, with these parameters."""
        return self._domain(self.loss.label)

    @property
    def prediction_domain(self) -> Domain:
        """What a prediction has to be, with these parameters."""
        return self._domain(self.loss.prediction)

    @property
    def non_negative(self) -> bool | None:
        """Whether no sample costs less than 0; None where nothing is claimed."""
        return self._claim(self.loss.non_negative)

    @property
    def zero_at_perfect(self) -> bool | None:
        """Whether a perfect prediction costs exactly 0; None where nothing is claimed."""
        return self._claim(self.loss.zero_at_perfect)

    @property
    def convex(self) -> bool | None:
        """Whether it is convex in the prediction, wherever nothing is clipped; None: not claimed."""
        return self._claim(self.loss.convex)

    @property
    def steep(self) -> bool:
        """Whether the gradient is infinite somewhere at an edge of the domain."""
        return bool(self._claim(self.loss.steep))

    def bounds(self, columns: int) -> tuple[float, float] | None:
        """Return between which numbers every loss of so many prediction columns is; None without a range.

        Where losses are rounded they may be a little beyond what is declared, and so is this.
        """
        bounds = self.loss.bounds
        found = bounds(self.parameters, columns) if callable(bounds) else bounds
        if found is None or self.loss.indicator:
            return found
        low, high = found
        return low - abs(low) * _ROUNDING, high + abs(high) * _ROUNDING

    @property
    def layout(self) -> Layout:
        """Which columns it reads, with these parameters."""
        layout = self.loss.layout
        return layout if isinstance(layout, Layout) else layout(self.parameters)

    @property
    def class_predictions(self) -> bool:
        """Whether it reads classes, and a column of predicted class names will do."""
        return self.loss.class_predictions and self.layout is Layout.CLASSES

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the prediction columns, with these parameters; none where they have no names."""
        domain = self.prediction_domain
        return domain.names if isinstance(domain, Fields) else self.loss.columns

    def decided(self, values: Mapping[str, Value]) -> BoundLoss:
        """Return the loss with those of the values that were left open; its spec stays what was asked for."""
        found = {name: value for name, value in values.items() if name in self.left_open}
        return replace(self, parameters={**self.parameters, **found}) if found else self

    def remedy(self, role: str) -> str:
        """Return what to do about a label, a prediction or columns that it does not read; or nothing."""
        remedies = self.loss.remedies
        return (remedies(self.parameters) if callable(remedies) else remedies).get(role, "")

    def value(self, label: Array, prediction: Array) -> Array:
        """Return the loss of each sample, float64 `(rows,)`."""
        result: Array = self.loss.value(label, prediction, **self.parameters)
        return result

    def gradient(self, label: Array, prediction: Array) -> Array:
        """Return d loss / d prediction, in the shape of the prediction; the loss has to have one."""
        assert self.loss.gradient is not None
        result: Array = self.loss.gradient(label, prediction, **self.parameters)
        return result

    def error(self, label: Array, prediction: Array) -> Array:
        """Return how far each prediction is from its label, before any loss, `(rows,)`."""
        result: Array = self.loss.error(label, prediction, **self.parameters)
        return result

    def perfect(self, label: Array, prediction: Array) -> Array:
        """Return the best prediction for each label, in the shape of `prediction`."""
        result: Array = self.loss.perfect(label, prediction, **self.parameters)
        return result

    def clipped(self, label: Array, prediction: Array) -> Array | None:
        """Return the mask of rows whose loss was changed by clipping; None where nothing is clipped."""
        return self._mask(self.loss.clipped, label, prediction)

    def counts(self, label: Array, prediction: Array) -> Array | None:
        """Return the mask of rows that count; None where all do."""
        return self._mask(self.loss.counts, label, prediction)

    def outside(self, label: Array, prediction: Array) -> Array | None:
        """Return the mask of rows that break the loss's constraint; None where none does."""
        constraint = self.loss.constraint
        mask = self._mask(constraint.outside if constraint else None, label, prediction)
        return mask if mask is not None and mask.any() else None

    @property
    def convention(self) -> str:
        """What it is as: a library, as `--as` says it; empty for ours."""
        return ""

    def finish(self, mean: float) -> float:
        """Return the cost that the mean loss amounts to."""
        return mean if self.loss.finish is None else self.loss.finish(mean)

    def finish_derivative(self, mean: float) -> float:
        """Return d cost / d mean."""
        return 1.0 if self.loss.finish_derivative is None else self.loss.finish_derivative(mean)

    def _domain(self, domain: DomainOf) -> Domain:
        return domain if isinstance(domain, Domain) else domain(self.parameters)

    def _claim(self, claim: Claim) -> bool | None:
        return claim if claim is None or isinstance(claim, bool) else claim(self.parameters)

    def _mask(self, function: Callable[..., Array] | None, label: Array, prediction: Array) -> Array | None:
        return None if function is None else function(label, prediction, **self.parameters)


def show_value(value: Value) -> str:
    """Return a parameter's value as a spec writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else plain_number(value)


_XGBOOST = re.compile(
    r"\s*(?:xgboost\.)?(?:reg|binary|multi|count|rank|survival):[a-z]+(?=\s*(?::|$))", re.IGNORECASE
)
"""Names of XGBoost, which have a colon inside; what follows ours there has an equals sign."""
_CALL = re.compile(r"\s*([\w.-]+)\s*[:=([{?@,;\s]\s*(.*?)[\s)\]}]*", re.DOTALL)
_PAIR = re.compile(r"[\"']?([^\W\d]\w*)[\"']?\s*(?:[:=]|=>|\s)\s*[\"']?([^\s,;\"')\]}]+)")
_BETWEEN = re.compile(r"\s*[,;+&|]\s*|\s+and\s+|\s+")


def split_spec(text: str) -> tuple[str, str | None]:
    """Return the name of a loss (`mse`, `file.py:NAME`, `reg:squarederror`) and the text of its parameters.

    The text is None where no colon follows the name. A custom loss has a colon inside its name,
    and a path may hold more of them: its name ends with the identifier behind the last `.py:`.
    """
    at = text.rfind(".py:")
    theirs = _XGBOOST.match(text) if at < 0 else None
    start = theirs.end() if theirs else 0 if at < 0 else at + len(".py:")
    name, colon, parameters = text[start:].partition(":")
    return text[:start] + name, parameters if colon else None


def parse_spec(text: str, find: Callable[[str], Loss]) -> BoundLoss:
    """Read a spec. `find` turns the name into a declaration (`losscli.loss.registry.find`).

    A name that another library gives the loss brings the parameters that make it that library's, where
    none are given, and those given may have their names there.

    Raises:
        UsageError: for a name that `find` does not know, a parameter that the loss does not
            have or has twice, and a value outside its domain; with a caret under the place.
    """
    try:
        return _read(text, find)
    except UsageError as error:
        meant = _meant(text, find)
        if not meant:
            raise
        picture = error.remedy.partition("\n")[2]
        raise UsageError(
            error.where, error.found, error.needed, f"{meant}\n{picture}" if picture else meant
        ) from None


def _read(text: str, find: Callable[[str], Loss]) -> BoundLoss:
    name, rest = split_spec(text)
    if not name.strip():
        raise UsageError(
            "--loss", f"'{visible(text)}' does not name a loss", "a spec is NAME or NAME:param=value"
        )
    loss = find(name.strip())
    alias = alias_of(loss, name.strip())
    given: dict[str, Value] = {}
    place = len(name) + 1
    for part in [] if rest is None else rest.split(","):
        typed, equals, value = part.partition("=")
        at = place + len(typed) - len(typed.lstrip())
        value_at = place + len(part) - len(value.lstrip()) if equals else place + len(part)
        typed, value = typed.strip(), value.strip()
        key = alias.renamed.get(typed, typed)
        if not part.strip():
            before = "nothing follows the " + ("comma" if given else "colon")
            raise _spec_error(text, at, before, _parameters_of(loss))
        if key not in loss.parameters:
            raise _spec_error(text, at, *_unknown(loss, key))
        if key in given:
            raise _spec_error(text, at, f"{key} is given twice", "each parameter at most once")
        if not value:
            raise _spec_error(text, value_at, f"{key} has no value", _needed(key, loss.parameters[key]))
        try:
            given[key] = _read_value(key, value, loss.parameters[key])
        except UsageError as error:
            hint = _value_meant(loss, key, value)
            raise _spec_error(text, value_at, error.found, error.needed, hint) from None
        place += len(part) + 1
    return bind(loss, {**alias.parameters, **given})


def _meant(text: str, find: Callable[[str], Loss]) -> str:
    """Return what to write in place of a text that is no spec: several losses, or one called like a function.

    Nothing where no spec comes of it. No code of a user's runs for that.
    """
    if ".py" in text or len(text) > 200:
        return ""
    with suppress(LosscliError):
        several = [_read(part, find).spec for part in _several(text)]
        if len(several) > 1:
            return f"For several losses: {' '.join(f'--loss {spec}' for spec in several)}"
    with suppress(LosscliError):
        spec = next((_read(written, find).spec for written in _rewritten(text, find)), "")
        return f"Did you mean {spec}?" if spec else ""
    return ""


def _several(text: str) -> list[str]:
    """Return what may be specs in one text; a parameter belongs to the loss before it."""
    found: list[str] = []
    for part in _BETWEEN.split(text.strip()):
        if found and "=" in part and ":" not in part:
            found[-1] += f",{part}"
        else:
            found.append(part)
    return found


def _rewritten(text: str, find: Callable[[str], Loss]) -> Iterator[str]:
    """Yield the spec that a text such as `huber(delta=2)`, `huber 2` or `huber{"delta": 2}` means."""
    call = _CALL.fullmatch(text)
    if call is None:
        return
    name, rest = call[1], call[2]
    pairs = [f"{key}={value}" for key, value in _PAIR.findall(rest)]
    if not pairs and rest:
        parameters = find(name).parameters
        pairs = [f"{key}={rest}" for key in parameters] if len(parameters) == 1 else []
        if not pairs:
            return
    yield ":".join([name, *([",".join(pairs)] if pairs else [])])


def bind(loss: Loss, given: Mapping[str, Value]) -> BoundLoss:
    """Return the loss with the parameters `given`, the others at their defaults.

    Raises:
        UsageError: for a parameter that the loss does not have, and a value outside its domain.
    """
    values = {name: parameter.default for name, parameter in loss.parameters.items()}
    for name, value in given.items():
        parameter = loss.parameters.get(name)
        if parameter is None:
            raise UsageError(loss.name, *_unknown(loss, name))
        if not parameter.accepts(value):
            raise UsageError(loss.name, f"{name}={show_value(value)}", _needed(name, parameter))
        # Adding 0 makes a float of an integer and 0 of −0.
        values[name] = value if value is None or isinstance(value, bool | str) else value + 0.0
    by_column = (name for name, parameter in loss.parameters.items() if parameter.by_column)
    return BoundLoss(loss, values, frozenset(by_column) - given.keys(), frozenset(given))


def _needed(key: str, parameter: Parameter) -> str:
    return f"{key} is {parameter.description}"


def _parameters_of(loss: Loss) -> str:
    names = ", ".join(loss.parameters)
    if not names:
        return f"{loss.name} has no parameters"
    return f"{loss.name} has the parameter{'s' if len(loss.parameters) > 1 else ''} {names}"


def _unknown(loss: Loss, key: str) -> tuple[str, str, str]:
    """Say that the loss has no parameter `key`: what was found, what there is, what to do."""
    renamed = next((alias.renamed[key] for alias in loss.elsewhere if key in alias.renamed), "")
    hint = f"Did you mean {renamed}?" if renamed else nearest(key, loss.parameters)
    return f"there is no parameter '{visible(key)}'", _parameters_of(loss), hint


def _read_value(key: str, text: str, parameter: Parameter) -> Value:
    lowered = text.lower()
    value: Value = None
    if isinstance(parameter.domain, Choice):
        value = lowered if lowered in parameter.domain else None
    elif parameter.is_switch:
        value = {"true": True, "false": False}.get(lowered)
    elif parameter.infinite and lowered in ("inf", "+inf", "-inf"):
        value = float(lowered)
    else:
        value = parse_number(text)
    # None is what could not be read; where it is also a value, it is written "none".
    known = value is not None or (parameter.optional and lowered == "none")
    if not known or not parameter.accepts(value):
        raise UsageError("", f"{key}={visible(text)}", _needed(key, parameter))
    return value


def _value_meant(loss: Loss, key: str, text: str) -> str:
    """Return the spec with a value that is accepted: the share that a percentage is, or the default."""
    value, parameter = parse_number(text.removesuffix("%")), loss.parameters[key]
    share = None if value is None else value / 100.0
    if share is not None and value is not None and value > 1.0 and parameter.accepts(share):
        return f"Did you mean {loss.name}:{key}={plain_number(share)}?"
    usual = parameter.default
    return "" if usual is None else f"The default is {loss.name}:{key}={show_value(usual)}"


def _spec_error(spec: str, place: int, found: str, needed: str, hint: str = "") -> UsageError:
    """Return the error with the spec beneath it, and a caret under the place that is wrong."""
    return UsageError("--loss", found, needed, f"{hint}\n{pointed(spec, place)}")
