"""Losses as a caller from Python asks for them: specs, bound losses, and functions in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import CodeType, ModuleType
from typing import Any, TypeAlias

from losscli.common.errors import LosscliError, UsageError
from losscli.loss import Loss, registry
from losscli.loss.custom import declare
from losscli.loss.declaration import Origin
from losscli.loss.spec import BoundLoss, parse_spec, split_spec
from losscli.loss.user_code import Function, UserCode

OneLoss: TypeAlias = str | BoundLoss | Callable[..., Any]
Losses: TypeAlias = OneLoss | Sequence[OneLoss]
"""A spec, what `load_loss` returns, or a function of (label, prediction) that gives one number per row."""
_CODE = (
    *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_code", "co_exceptiontable"),
    *("co_names", "co_varnames", "co_freevars", "co_cellvars", "co_consts"),
)
_WANTED = "a spec such as 'mse', a function of (label, prediction), or several"


def named_apart(losses: Losses | None) -> list[tuple[str, OneLoss]]:
    """Return losses, and the names of those that are functions: no two share one, `lambda`, `lambda_2`.

    A function is called neither as another loss of the call is, nor as that is asked for: `l1` is `mae`.

    Raises:
        UsageError: if there is none, or something is not a loss.
    """
    if losses is None:
        raise UsageError("loss", "no loss is named", _WANTED)
    listed = list(losses) if isinstance(losses, Sequence) and not isinstance(losses, str) else [losses]
    for one in listed:
        if not isinstance(one, (str, BoundLoss)) and (not callable(one) or isinstance(one, type)):
            raise UsageError("loss", f"a {type(one).__name__}", _WANTED)
    taken: dict[str, OneLoss] = {name: one for one in listed for name in _names(one)}
    return [("" if isinstance(one, (str, BoundLoss)) else _free(one, taken), one) for one in listed]


def _names(loss: OneLoss) -> Iterator[str]:
    """Yield what a loss that is no function in memory is called, and how a spec calls it."""
    if isinstance(loss, BoundLoss):
        yield loss.loss.name
    elif isinstance(loss, str):
        name = split_spec(loss)[0].strip()
        yield name
        with suppress(LosscliError):  # `bind_one` tells it
            yield registry.find(name).name


def _free(function: Function, taken: dict[str, OneLoss]) -> str:
    """Return a name that a function has, or that nothing else has, and take it."""
    name, count = function_name(function), 1
    while taken.setdefault(name, function) is not function:
        count += 1
        name = f"{function_name(function)}_{count}"
    return name


def bind_one(named: tuple[str, OneLoss]) -> BoundLoss:
    """Return one of those that were `named_apart`. Raises LosscliError for what is not a loss."""
    name, loss = named
    if isinstance(loss, BoundLoss):
        return loss
    return parse_spec(loss, registry.find) if isinstance(loss, str) else of_function(loss, name)


def finder(losses: Losses | None) -> Callable[[str], Loss]:
    """Return what finds a loss by its name: one of a call that is code in memory, else what there is."""
    own: dict[str, Loss] = {}
    for name, one in named_apart(losses):
        if not isinstance(one, str):
            with suppress(LosscliError):
                bound = bind_one((name, one))
                own[bound.loss.name] = bound.loss
    return lambda name: own[name] if name in own else registry.find(name)


def function_name(function: Function) -> str:
    """Return what a function is called: a lambda `lambda`, a partial one as its function."""
    inner = function.func if isinstance(function, partial) else function
    return str(getattr(inner, "__name__", type(inner).__name__)).strip("<>")


def of_function(function: Function, name: str = "") -> BoundLoss:
    """Return the loss that a function in memory is, with the defaults of its parameters.

    `name` is what it is called, by default its own name.

    Raises:
        UsageError: if its arguments are not those of a loss.
    """
    code = _code(function)
    name = name or function_name(function)
    body = _plain((function_name(function) if code is None else code, *_held(function)))
    loss = declare(function, name, UserCode(code.co_filename if code is not None else name))
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    loss = replace(loss, origin=Origin(digest, file="python"))
    return BoundLoss(loss, {key: parameter.default for key, parameter in loss.parameters.items()})


def _code(function: Any) -> Any:
    """Return the code of a function, of a partial one, or of an object that can be called; None without."""
    while isinstance(function, partial):
        function = function.func
    code = getattr(function, "__code__", None)
    return code if code is not None else getattr(type(function).__call__, "__code__", None)


def _held(function: Any) -> Iterator[Any]:
    """Yield what functions of the same code differ in.

    Defaults, values that they close over, the state of the object that they belong to, and constants
    that the code names: those of its module, and of the class of the object.
    """
    while isinstance(function, partial):
        yield from (*function.args, *sorted(function.keywords.items()))
        function = function.func
    yield getattr(function, "__defaults__", None)
    yield from sorted((getattr(function, "__kwdefaults__", None) or {}).items())
    for cell in getattr(function, "__closure__", None) or ():
        with suppress(ValueError):  # nothing is in it yet
            yield cell.cell_contents
    owner = getattr(function, "__self__", function)
    classes = (owner if isinstance(owner, type) else type(owner)).__mro__
    if not isinstance(owner, (type, ModuleType)):
        state = object.__getstate__(owner)  # of slots too, whatever the class says of copies
        for part in state if isinstance(state, tuple) else (state,):
            yield from sorted((part or {}).items(), key=lambda item: str(item[0]))
    called = function if hasattr(function, "__code__") else type(function).__call__
    named = sorted(_named(getattr(called, "__code__", None)))
    for place in (getattr(called, "__globals__", {}), *map(vars, classes)):
        yield from ((name, place[name]) for name in named if _is_constant(place.get(name)))


def _named(code: Any) -> set[str]:
    """Return the names that code, and code inside it, looks up outside."""
    if not isinstance(code, CodeType):
        return set()
    return set(code.co_names).union(*map(_named, code.co_consts))


def _is_constant(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex, str, bytes))


def _plain(value: Any) -> str:
    """Return what tells values apart, where that is the same in every process; else of which type it is.

    Code is what it does: neither its file nor its lines.
    """
    if isinstance(value, CodeType):
        return _plain(tuple(getattr(value, name) for name in _CODE))
    if isinstance(value, frozenset):  # in the order of hashes, which are other ones in each process
        return f"{{{','.join(sorted(map(_plain, value)))}}}"
    if isinstance(value, tuple):
        return f"({','.join(map(_plain, value))})"
    if type(value) is int:  # Python writes none of more than 4300 digits in decimals
        return hex(value)
    return repr(value) if value is None or value is ... or _is_constant(value) else str(type(value))
