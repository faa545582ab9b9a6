"""Losses of the user's own: a function or a declaration in a Python file, or in an installed package.

Such a loss is code. It runs only where somebody named it; what it returns is checked on every
block, and what it raises is told with the line of the user's file and none of ours.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np

from losscli.domain import BOOLEAN, REAL
from losscli.errors import LosscliError, UsageError
from losscli.loss import Array, Layout, Loss, Parameter, Value
from losscli.text import listed, shorten

GROUP = "losscli.losses"
MARK = ".py:"
Function = Callable[..., Any]


def is_custom(name: str) -> bool:
    """Whether a name of a loss is a file and a name in it."""
    return MARK in name


def load_file(name: str) -> Loss:
    """Return the loss that `path/to/file.py:NAME` names.

    NAME is a `Loss`, or a function `NAME(label, prediction, *, alpha=2.0)` of two float64 arrays
    that returns one number per row. A function `NAME_gradient` beside it is its gradient.

    Raises:
        LosscliError: if the file cannot be read or raises, or NAME is no loss.
    """
    path, _, member = name.rpartition(":")
    module = _run_file(path)
    found = getattr(module, member, None)
    if found is None:
        losses = [key for key, value in vars(module).items() if _could_be_a_loss(key, value, module)]
        remedy = f"It has: {listed(losses)}." if losses else "It defines no function of (label, prediction)."
        raise UsageError("--loss", f"{shorten(path)} has no {shorten(member)!r}", "", remedy)
    return declare(found, name, path, getattr(module, f"{member}_gradient", None))


def installed() -> Iterator[tuple[str, Callable[[], Loss]]]:
    """Yield the name of each loss of an installed package, and what loads it."""
    for point in importlib.metadata.entry_points(group=GROUP):
        yield point.name, lambda point=point: _load_installed(point)  # type: ignore[misc]


def declare(found: Any, name: str, path: str, gradient: Function | None = None) -> Loss:
    """Return the declaration of a function or a `Loss` of the user's, its code guarded.

    Raises:
        LosscliError: if it is neither, or its signature is not that of a loss.
    """
    if isinstance(found, Loss):
        return replace(
            found,
            name=name,
            value=_guarded(found.value, name, path),
            gradient=found.gradient and _guarded(found.gradient, f"{name} gradient", path, gradient=True),
            hessian=found.hessian and _guarded(found.hessian, f"{name} hessian", path, gradient=True),
        )
    if not callable(found):
        raise UsageError("--loss", f"{name} is a {type(found).__name__}", "a function or a Loss")
    documented = inspect.getdoc(found) or ""
    return Loss(
        name=name,
        family="custom",
        value=_guarded(found, name, path),
        gradient=None if gradient is None else _guarded(gradient, f"{name}_gradient", path, gradient=True),
        label=REAL,
        prediction=REAL,
        layout=Layout.VECTOR,
        parameters=_parameters(found, name),
        non_negative=False,
        zero_at_perfect=False,
        convex=False,
        summary=documented.split("\n")[0] or f"a function of {path}",
        formula=f"{name}(label, prediction)",
        use=documented or "as its author says",
        avoid="where a loss of the catalogue does the same",
    )


def _load_installed(point: importlib.metadata.EntryPoint) -> Loss:
    path = point.value.partition(":")[0]
    with _told(path, point.name):
        found = point.load()
    return declare(found, point.name, str(getattr(sys.modules.get(path), "__file__", path)))


def _run_file(path: str) -> ModuleType:
    """Run a Python file as a module, leaving no compiled copy beside it."""
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError("--loss", f"{shorten(path)} cannot be read: {reason}", "a Python file") from None
    module = ModuleType(f"losscli_custom_{abs(hash(str(Path(path).resolve())))}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    folder = str(Path(path).resolve().parent)
    if folder not in sys.path:
        # Behind everything else: what lies beside the file can be imported, and replaces nothing.
        sys.path.append(folder)
    with _told(path, Path(path).name):
        exec(compile(source, path, "exec"), vars(module))
    return module


def _could_be_a_loss(key: str, value: Any, module: ModuleType) -> bool:
    if isinstance(value, Loss):
        return True
    mine = inspect.isfunction(value) and value.__module__ == module.__name__
    return mine and not key.startswith("_") and not key.endswith("_gradient")


def _parameters(function: Function, name: str) -> dict[str, Parameter]:
    """Return the keyword arguments with numbers as defaults."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return {}
    positional = [argument for argument in signature.parameters.values() if argument.kind in _POSITIONAL]
    if (
        len([argument for argument in positional if argument.default is argument.empty]) > 2
        or len(positional) < 2
    ):
        raise UsageError("--loss", f"{name}{signature} is no loss", "arguments (label, prediction, *, …)")
    found: dict[str, Parameter] = {}
    for argument in (*positional[2:], *signature.parameters.values()):
        if argument in positional[:2] or argument.kind in _CATCH_ALL or argument.name in found:
            continue
        default = argument.default
        if isinstance(default, bool):
            found[argument.name] = Parameter(default, BOOLEAN, "as the function's author says")
        elif default is None or isinstance(default, (int, float)):
            number = None if default is None else float(default)
            found[argument.name] = Parameter(number, REAL, "as the function's author says")
        elif argument.kind is not inspect.Parameter.POSITIONAL_ONLY and argument not in positional[:2]:
            raise UsageError(
                "--loss", f"{name}: {argument.name} has no number as its default", "a number, true or false"
            )
    return found


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_CATCH_ALL = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _guarded(function: Function, name: str, path: str, *, gradient: bool = False) -> Function:
    """Wrap user code: arguments it cannot change, errors told in its terms, results checked."""

    def call(label: Array, prediction: Array, **parameters: Value) -> Array:
        with _told(path, name), contextlib.redirect_stdout(sys.stderr):
            result = function(_read_only(label), _read_only(prediction), **parameters)
        return _checked(result, prediction.shape if gradient else prediction.shape[:1], name)

    return call


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _checked(result: Any, shape: tuple[int, ...], name: str) -> Array:
    try:
        values = np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError):
        raise LosscliError(
            name, f"it returned {_kind(result)}", "an array of float64, one number per row"
        ) from None
    if values.shape != shape:
        found = f"it returned an array of shape {values.shape} for {shape[0]} rows"
        raise LosscliError(name, found, f"the shape {shape}: one number per row")
    return values


def _kind(result: Any) -> str:
    return "nothing" if result is None else f"a {type(result).__name__}"


@contextlib.contextmanager
def _told(path: str, name: str) -> Iterator[None]:
    """Turn what user code raises into an error that shows the user's line."""
    try:
        yield
    except LosscliError:
        raise
    except SyntaxError as error:
        line = f"\n    {error.text.strip()}" if error.text else ""
        raise LosscliError(f"{path} line {error.lineno}", f"{error.msg}{line}", "Python code") from None
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        number, text = _line(error.__traceback__, path)
        where = f"{path} line {number}" if number else path
        shown = f"\n    {text}" if text else ""
        raise LosscliError(where, f"{name} raised {what}{shown}") from error


def _line(trace: TracebackType | None, path: str) -> tuple[int | None, str]:
    """Return the last line of the user's file that was being run."""
    ours = [frame for frame in traceback.extract_tb(trace) if frame.filename == path]
    return (ours[-1].lineno, ours[-1].line or "") if ours else (None, "")
