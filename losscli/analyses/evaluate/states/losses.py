"""The losses of a state: those that come with losscli as they are, others by what the state says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from losscli.analyses.evaluate.states.state import Planned
from losscli.common.errors import LosscliError, UsageError
from losscli.loss import Origin, Value, registry
from losscli.loss.declaration import Parameter
from losscli.loss.domain import REAL
from losscli.loss.spec import BoundLoss, parse_spec, split_spec

_AGAIN = "Make the state again."
_NO_CODE = ("and a state runs none", _AGAIN)


def bounds_of(plan: Planned, where: str) -> tuple[BoundLoss, ...]:
    """Return the losses of a plan. No code of a user's runs: what is asked of theirs is their names alone.

    Raises:
        LosscliError: for a loss that there is not, or that has other parameters here.
    """
    names = [split_spec(spec)[0] for spec in plan.loss]
    if stray := [name for name in plan.code if name not in names]:
        found, needed = f"its code {stray[0]} is of no loss of it", "code of its losses alone"
        raise LosscliError(where, found, needed, _AGAIN)
    bounds = []
    for spec, name, parameters in zip(plan.loss, names, plan.parameters, strict=True):
        code = plan.code.get(name)
        bound = _built_in(spec, parameters, where) if code is None else _named(spec, name, parameters, code)
        same = bound.parameters.keys() == parameters.keys() and all(
            type(bound.parameters[key]) is type(value) and bound.parameters[key] == value
            for key, value in parameters.items()
        )
        if bound.spec != spec or not same:
            found = f"its loss {spec} has other parameters here"
            raise LosscliError(where, found, "a loss of this version, in its one form", _AGAIN)
        bounds.append(bound)
    return tuple(bounds)


def _built_in(spec: str, parameters: Mapping[str, Value], where: str) -> BoundLoss:
    try:
        with registry.no_code(frozenset(), *_NO_CODE):
            return parse_spec(spec, registry.find).decided(parameters)
    except UsageError as error:
        raise LosscliError(where, f"its loss: {error.found}", error.needed, error.remedy) from None


def _named(spec: str, name: str, parameters: Mapping[str, Value], code: Origin) -> BoundLoss:
    """Return a loss of somebody's own by its name and parameters, which nothing can be computed with.

    Its cost is the mean: no state is made of one that makes something else of it.
    """
    said = {pair.partition("=")[0] for pair in (split_spec(spec)[1] or "").split(",")}

    def declared(key: str, value: Value) -> Parameter:
        # What a spec does not say is at its default, and what it says is not.
        another = 0.0 if value is None else None
        return Parameter(another if key in said else value, REAL, "")

    loss = replace(
        registry.find("mae"),
        name=name,
        parameters={key: declared(key, value) for key, value in parameters.items()},
        origin=code,
        remedies={},
        aliases=(),
        elsewhere=(),
        counts=lambda *_, **__: None,
    )
    return BoundLoss(loss, parameters)
