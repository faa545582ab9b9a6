"""Losses of the user's own: a function or a `Loss` in a Python file, or in an installed package.

Such a loss is code, and runs only where somebody named it. A function `NAME(label, prediction, *,
alpha=2.0)` gets float64 arrays, `(rows,)` or, of several columns, `(rows, columns)`, and returns one
number per row. Names such as `y_true` and `pred` say which is which, in either order; else the label is
first. `NAME_gradient` beside it, with the same arguments, is its gradient.
"""

from __future__ import annotations

import inspect
import math
import numbers
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import UsageError
from losscli.common.text import listed, shorten, visible
from losscli.loss.declaration import Layout, Loss, Origin, Parameter, Value, distance, residual
from losscli.loss.domain import BOOLEAN, REAL, Domain, Interval
from losscli.loss.user_code import Function, GuardedDomain, UserCode

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_MARK = ".py"
_WANTED = "a function of (label, prediction), or a Loss"


_LABEL = frozenset(("label", "y_true", "target", "y", "actual", "true", "labels", "targets"))
_PREDICTION = frozenset(
    ("prediction", "pred", "y_pred", "input", "output", "yhat", "y_hat", "preds", "predictions")
)


def is_custom(name: str) -> bool:
    """Whether the name of a loss is a file, and perhaps a name in it."""
    return f"{_MARK}:" in name or name.endswith(_MARK)


def load_file(name: str, sha256: str | None = None) -> Loss:
    """Return the loss that `path/to/file.py:NAME` names. The file runs once while it stays as it is.

    Args:
        name: the path, and the name in the file.
        sha256: the file runs only if this is its digest; None for any.

    Raises:
        LosscliError: if the file cannot be read or raises, or NAME is not a loss.
    """
    path = path_in(name)
    source, digest = read_file(path)
    if sha256 is not None and digest != sha256:
        what = f"the SHA-256 of {shorten(path)} is {digest}"
        raise UsageError("--loss", what, f"it has to be {sha256}; the file was not run")
    return load_source(name, source, digest, str(Path(path).resolve()))


def path_in(name: str) -> str:
    """Return the path in the name of a loss that is in a file."""
    return _apart(name)[0]


def read_file(path: str) -> tuple[bytes, str]:
    """Return the bytes of a Python file, and their SHA-256. Raises UsageError if it cannot be read."""
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError("--loss", f"{shorten(path)} cannot be read: {reason}", "a Python file") from None
    except ValueError as error:
        raise UsageError("--loss", f"{shorten(path)} cannot be read: {error}", "a Python file") from None
    import hashlib

    return source, hashlib.sha256(source).hexdigest()


def load_source(name: str, source: bytes, digest: str, resolved: str) -> Loss:
    """Return the loss that `path/to/file.py:NAME` names, from what the file holds; it is not opened.

    Args:
        name: the path, and the name in the file.
        source: the bytes of the file.
        digest: their SHA-256.
        resolved: its real path; what lies beside that can be imported.

    Raises:
        LosscliError: if the file raises, or NAME is not a loss.
    """
    path, member = _apart(name)
    module, code = _run(path, resolved, source)
    found = vars(module).get(member)
    if found is None:
        losses = [key for key, value in vars(module).items() if _looks_like_a_loss(key, value, module)]
        remedy = f"It has: {listed(losses)}." if losses else ""
        what = f"has no {shorten(member)}" if member else "is a file; the name of a loss in it is missing"
        raise UsageError("--loss", f"{shorten(path)} {what}", f"{shorten(path)}:NAME", remedy)
    return _declared(module, code, member, name, Origin(digest, file=path))


def imported_beside(path: str, source: bytes, resolved: str) -> tuple[str, ...]:
    """Return the files that such a file has imported from its folder so far, which it ran from `source`."""
    return _run(path, resolved, source)[1].beside


def _apart(name: str) -> tuple[str, str]:
    path, _, member = name.rpartition(":") if f"{_MARK}:" in name else (name, "", "")
    return path, member


@cache
def load_installed(point: EntryPoint) -> Loss:
    """Return the loss that an installed package adds; its name is that of the entry point.

    Raises:
        LosscliError: if it cannot be imported, or is not a loss.
    """
    package = point.dist.name if point.dist else point.module
    with UserCode(point.module).running(f"the package {package}"):
        found = point.load()
    module = sys.modules.get(point.module)
    code = UserCode(str(getattr(module, "__file__", None) or point.module))
    try:
        loss = declare(found, point.name, code, getattr(module, f"{point.attr}_gradient", None))
    except UsageError as error:
        where = f"'{point.name}' of the package {package} is not a loss: {error.found}"
        raise UsageError("--loss", where, error.needed) from None
    version = point.dist.version if point.dist else ""
    return replace(loss, origin=Origin(version, package=package))


def declare(found: Any, name: str, code: UserCode, gradient: Function | None = None) -> Loss:
    """Return the declaration of a function of the user's, or of a `Loss`, called `name`, guarded.

    Raises:
        UsageError: if it is neither, or its arguments are not those of a loss.
    """
    if isinstance(found, Loss):
        return _guarded(found, name, code)
    if not callable(found) or isinstance(found, type):
        raise UsageError("--loss", f"{visible(name)} is a {type(found).__name__}", _WANTED)
    parameters = _parameters(found, name)
    summary, use = _told(inspect.getdoc(found) or "", parameters)
    return Loss(
        name=name,
        family="custom",
        value=code.rows(_bound(found, name), _called(found, name)),
        gradient=None
        if gradient is None
        else code.columns(_bound(gradient, f"{name}_gradient"), _called(gradient, f"{name}_gradient")),
        label=REAL,
        prediction=REAL,
        layout=Layout.TOGETHER,
        parameters=parameters,
        error=_error,
        non_negative=None,
        zero_at_perfect=None,
        convex=None,
        summary=summary or "a function without a docstring",
        formula=f"{_called(found, name)}({_how_called(found, name)})",
        use=use or "as its author intends",
        avoid="before `losscli verify` has checked it: a function makes no claims of its own",
    )


def _told(text: str, parameters: Mapping[str, Parameter]) -> tuple[str, str]:
    """Return the first paragraph of a docstring, and what follows without the lines on parameters."""
    first, _, rest = text.strip().partition("\n\n")
    about = ("Args:", *(f"{name}:" for name in parameters))
    lines = [line for line in rest.split("\n") if not line.strip().startswith(about)]
    summary, use = (" ".join(words.split()).rstrip(".") for words in (first, " ".join(lines)))
    return summary, use


def _error(label: Array, prediction: Array, **_: Value) -> Array:
    return (residual if prediction.ndim == 1 else distance)(label, prediction)


@cache
def _run(path: str, resolved: str, source: bytes) -> tuple[ModuleType, UserCode]:
    """Run a Python file as a module of its own; no compiled copy is left beside it."""
    name = f"losscli_custom.{re.sub(r'[^0-9a-zA-Z]', '_', resolved)}"
    module = ModuleType(name)
    module.__file__ = path
    code = UserCode(path, str(Path(resolved).parent))
    with code.running(Path(path).name):
        compiled = compile(source, path, "exec", dont_inherit=True)
        # Dataclasses and the like look for the module that they are made in.
        sys.modules[name] = module
        exec(compiled, vars(module))
    return module, code


@cache
def _declared(module: ModuleType, code: UserCode, member: str, name: str, origin: Origin) -> Loss:
    loss = declare(getattr(module, member), name, code, vars(module).get(f"{member}_gradient"))
    return replace(loss, origin=origin)


def _looks_like_a_loss(key: str, value: Any, module: ModuleType) -> bool:
    if isinstance(value, Loss):
        return True
    mine = inspect.isfunction(value) and value.__module__ == module.__name__
    return mine and not key.startswith("_") and not key.endswith("_gradient")


def _called(function: Function, name: str) -> str:
    """Return what messages call a function: its own name, without the path that they show anyway."""
    return str(getattr(function, "__name__", name.rpartition(":")[2]))


def _swapped(function: Function, name: str) -> bool | None:
    """Whether a function takes the prediction first, by the names of its first two parameters.

    None where they do not say; then the label comes first. Raises UsageError if both are of one kind.
    """
    kinds = [
        "label" if one.lower() in _LABEL else "prediction" if one.lower() in _PREDICTION else ""
        for one in _first_two(function)
    ]
    if not any(kinds):
        return None
    if kinds[0] == kinds[1]:
        first, second = _first_two(function)
        found = f"{_called(function, name)} takes {first} and {second}, both of which mean a {kinds[0]}"
        raise UsageError("--loss", found, "a label and a prediction", "Name them label and prediction.")
    return kinds[0] == "prediction" or kinds[1] == "label"


def _first_two(function: Function) -> list[str]:
    """Return the names of the first two parameters, as far as they are known and take a place."""
    if isinstance(function, np.ufunc):
        return []
    try:
        arguments = list(inspect.signature(function).parameters.values())[:2]
    except (TypeError, ValueError):
        return []
    placed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [argument.name for argument in arguments if argument.kind in placed]
    return names if len(names) == 2 else []


def _bound(function: Function, name: str) -> Function:
    """Return a function of (label, prediction), whichever the one of the user's takes first."""
    if not _swapped(function, name):
        return function

    def call(label: Array, prediction: Array, **parameters: Value) -> Any:
        return function(prediction, label, **parameters)

    return call


def _how_called(function: Function, name: str) -> str:
    """Return what a function gets: by the names of its parameters, or by their places."""
    swapped = _swapped(function, name)
    if swapped is not None:
        return "prediction, label" if swapped else "label, prediction"
    names = _first_two(function)
    if not names or names == ["_", "_"]:
        return "label, prediction"
    return f"{names[0]}=label, {names[1]}=prediction"


def _parameters(function: Function, name: str) -> dict[str, Parameter]:
    """Return the keyword arguments whose defaults are numbers, switches or None."""
    if isinstance(function, np.ufunc):
        # Its `out`, `where` and the like are nothing that a spec should say.
        return {}
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # compiled code that does not tell
        return {}
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        found = f"{_called(function, name)} cannot be called with (label, prediction) alone"
        raise UsageError("--loss", found, "defaults for all other arguments") from None
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    variadic = any(argument.kind is inspect.Parameter.VAR_POSITIONAL for argument in arguments[:2])
    rest = arguments if variadic else arguments[2:]
    text = inspect.getdoc(function) or ""
    made = {argument.name: _parameter(argument, text) for argument in rest if argument.kind in by_name}
    return {key: parameter for key, parameter in made.items() if parameter is not None}


def _parameter(argument: inspect.Parameter, text: str) -> Parameter | None:
    """Return an argument as a parameter; None if its default is no value that a spec can write."""
    told = re.search(rf"^\s*{argument.name}\b[^:\n]*:\s*(\S.*)$", text, re.MULTILINE)
    help_ = told[1].rstrip(" .") if told else "a keyword argument of the function"
    default = argument.default
    if type(default).__name__ in ("bool", "bool_"):
        return Parameter(bool(default), BOOLEAN, help_)
    if default is None:
        return Parameter(None, REAL, help_, infinite=True)
    with suppress(OverflowError):
        if isinstance(default, numbers.Real) and not math.isnan(default):
            return Parameter(float(default) + 0.0, REAL, help_, infinite=math.isinf(default))
    return None


def _guarded(loss: Loss, name: str, code: UserCode) -> Loss:
    """Return a declaration of the user's in which every function is guarded."""
    own = loss.name
    guards = {
        "value": code.rows,
        "gradient": code.columns,
        "error": code.rows,
        "clipped": code.mask,
        "counts": code.mask,
    }
    changes: dict[str, Any] = {"name": name, "aliases": (), "elsewhere": ()}
    for field, value in _functions(loss):
        guard = guards.get(field, code.plain)
        called = own if field == "value" else f"{own} {field}"
        changes[field] = guard(_bound(value, called) if field in guards else value, called)
    if loss.constraint is not None:
        outside = code.mask(_bound(loss.constraint.outside, f"{own} constraint"), f"{own} constraint")
        changes["constraint"] = replace(loss.constraint, outside=outside)
    for role in ("label", "prediction"):
        changes[role] = _domain(getattr(loss, role), code, f"{own} {role}")
    return replace(loss, **changes)


def _functions(loss: Loss) -> Iterator[tuple[str, Function]]:
    names = (field for field in loss.__dataclass_fields__ if field not in ("label", "prediction"))
    return ((name, getattr(loss, name)) for name in names if callable(getattr(loss, name)))


def _domain(domain: Any, code: UserCode, name: str) -> Any:
    """Return a domain, or the function that makes one, so that nothing in it surprises."""
    if isinstance(domain, Domain):
        ours = type(domain).__module__ == Interval.__module__
        return domain if ours else GuardedDomain(domain, code, name)
    made = code.plain(domain, f"{name} domain")
    return lambda parameters: _domain(made(parameters), code, name)
