"""Runs code of the user's: what it raises, prints and returns cannot surprise the rest of the program.

An error is told with the line of the user's file. What the code prints goes to stderr, since stdout
holds results. It gets arrays that it cannot change, and what it returns is checked and copied.
"""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from types import ModuleType, TracebackType
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.loss.declaration import Value
from losscli.loss.domain import Domain, Mask

Function = Callable[..., Any]
_ONE_AT_A_TIME = RLock()


class CodeError(LosscliError):
    """Code of the user's raised, or returned what a loss cannot return.

    `breaks` is the clause of the contract that it breaks by this: `shape`, `pure` or `finite`.
    """

    def __init__(
        self, where: str, found: str, needed: str = "", remedy: str = "", *, breaks: str = "finite"
    ) -> None:
        super().__init__(where, found, needed, remedy)
        self.breaks = breaks


@dataclass(frozen=True, slots=True)
class UserCode:
    """A file of the user's, by the path with which its code was compiled.

    With a `folder`, what lies there can be imported while the code runs. It comes behind everything
    else, so that it replaces nothing, and belongs to this code alone: the files of two folders may
    each have a `helper` beside them.
    """

    path: str
    folder: str | None = None
    _beside: dict[str, ModuleType] = field(default_factory=dict, compare=False)

    @property
    def beside(self) -> tuple[str, ...]:
        """The files in the folder that were imported so far."""
        origins = (getattr(module.__spec__, "origin", None) for module in self._beside.values())
        return tuple(sorted({origin for origin in origins if origin}))

    @contextlib.contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Tell what is raised inside as an error of `name`, with the user's line.

        Raises:
            CodeError: for every exception of the code, and for its attempt to end the program.
        """
        try:
            # What is imported, and where stdout leads, is one thing for all threads.
            with _ONE_AT_A_TIME, contextlib.redirect_stdout(sys.stderr), self._importing():
                yield
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) or type(error).__module__.startswith("losscli."):
                # Somebody, or something, ends the program.
                raise
            raise self._told(error, name) from error

    def rows(self, function: Function, name: str) -> Function:
        """Return `function` guarded, which answers float64 `(rows,)`."""
        return self._array(function, name, lambda prediction: prediction.shape[:1])

    def columns(self, function: Function, name: str) -> Function:
        """Return `function` guarded, which answers float64 in the shape of the prediction."""
        return self._array(function, name, lambda prediction: prediction.shape)

    def mask(self, function: Function, name: str) -> Function:
        """Return `function` guarded, which answers a mask `(rows,)`."""
        return self._array(function, name, lambda prediction: prediction.shape[:1], np.bool_)

    def plain(self, function: Function, name: str) -> Function:
        """Return `function` guarded, whatever it answers."""

        def call(*arguments: Any, **parameters: Any) -> Any:
            with self.running(name):
                return function(*map(_unchangeable, arguments), **parameters)

        return call

    @contextlib.contextmanager
    def _importing(self) -> Iterator[None]:
        """Let the code import what lies in its folder, and leave no compiled copies there."""
        if self.folder is None:
            yield
            return
        writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        sys.path.append(self.folder)
        others = set(sys.modules)
        sys.modules.update(self._beside)
        try:
            yield
        finally:
            sys.dont_write_bytecode = writes_bytecode
            with contextlib.suppress(ValueError):
                sys.path.remove(self.folder)
            imported = {name: sys.modules[name] for name in set(sys.modules) - others}
            for name, module in imported.items():
                if self._lies_beside(imported.get(name.partition(".")[0], module)):
                    self._beside[name] = sys.modules.pop(name)

    def _lies_beside(self, module: ModuleType) -> bool:
        spec = getattr(module, "__spec__", None)
        places = [] if spec is None else spec.submodule_search_locations or [spec.origin]
        return any(place and str(Path(place).parent) == self.folder for place in places)

    def _array(
        self,
        function: Function,
        name: str,
        shape_of: Callable[[Array], tuple[int, ...]],
        dtype: type[np.generic] = np.float64,
    ) -> Function:
        def call(label: Array, prediction: Array, **parameters: Value) -> Array:
            shape = shape_of(prediction)
            if not len(prediction):
                # Much that is right for every number of rows fails for none, such as a maximum.
                return np.empty(shape, dtype)
            with self.running(name):
                result = function(_unchangeable(label), _unchangeable(prediction), **parameters)
            return self._checked(result, shape, dtype, name)

        return call

    def _checked(self, result: Any, shape: tuple[int, ...], dtype: type[np.generic], name: str) -> Array:
        """Return what the code answered as an array of our own."""
        needed = "one true or false per row" if dtype is np.bool_ else "one number per row"
        needed = f"an array of shape {shape}" + (f": {needed}" if len(shape) == 1 else "")
        try:
            found = result if isinstance(result, np.ndarray) else np.asarray(result)
        except Exception as error:
            what = f"{name} returned {_described(result)}, which NumPy cannot turn into an array"
            raise CodeError(self.path, what, needed, breaks="shape") from error
        # Neither texts nor complex numbers turn into numbers without a loss; masks would be dropped.
        kinds = "b" if dtype is np.bool_ else "biufO"
        if found.dtype.kind not in kinds or isinstance(found, np.ma.MaskedArray) or result is None:
            raise CodeError(self.path, f"{name} returned {_described(result)}", needed, breaks="shape")
        if found.shape != shape:
            what = f"shape {found.shape}" if isinstance(result, np.ndarray) else _described(result)
            rows = "1 row" if shape[0] == 1 else f"{shape[0]} rows"
            raise CodeError(self.path, f"{name} returned {what} for {rows}", needed, breaks="shape")
        try:
            return np.array(found, dtype, order="C")
        except (TypeError, ValueError, OverflowError):
            raise CodeError(
                self.path, f"{name} returned objects that are not numbers", needed, breaks="shape"
            ) from None

    def _told(self, error: BaseException, name: str) -> CodeError:
        if isinstance(error, SyntaxError):
            where = error.filename or self.path
            line = f" line {error.lineno}" if error.lineno else ""
            text = f"\n  {error.text.strip()}" if error.text else ""
            return CodeError(f"{where}{line}", str(error.msg), "Python code", text)
        number, text = self._line(error.__traceback__)
        where = f"{self.path} line {number}" if number else self.path
        shown = f"\n  {text}" if text else ""
        try:
            said = shorten(" ".join(str(error).split()), 300)
        except BaseException:
            said = ""
        what = f"{type(error).__name__}: {said}" if said else type(error).__name__
        if isinstance(error, ValueError) and "read-only" in said:
            remedy = f"Work on a copy: prediction = prediction.copy(){shown}"
            return CodeError(where, f"{name} changes its arguments ({what})", "", remedy, breaks="pure")
        return CodeError(where, f"{name} raised {what}", "", shown)

    def _line(self, trace: TracebackType | None) -> tuple[int | None, str]:
        """Return the last line of the user's file that was running."""
        theirs = [frame for frame in traceback.extract_tb(trace) if frame.filename == self.path]
        return (theirs[-1].lineno, theirs[-1].line or "") if theirs else (None, "")


class GuardedDomain(Domain):
    """A domain that the user wrote."""

    __slots__ = ("_code", "_domain", "_name")

    def __init__(self, domain: Domain, code: UserCode, name: str) -> None:
        self._domain, self._code, self._name = domain, code, f"{name}: {type(domain).__name__}"

    def _describe(self) -> str:
        with self._code.running(self._name):
            return str(self._domain.description)

    def _outside(self, values: Array) -> Mask | None:
        with self._code.running(self._name):
            return self._domain.outside(_unchangeable(values))

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        with self._code.running(self._name):
            return np.array(self._domain.sample(random, rows, classes))


def _unchangeable(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    # The bits of a sum depend on the layout, which is none of the user's business.
    view = (np.ascontiguousarray(value) if value.ndim > 1 else value).view()
    view.flags.writeable = False
    return view


def _described(result: Any) -> str:
    if result is None:
        return "nothing"
    if isinstance(result, np.ma.MaskedArray):
        return "a masked array"
    if isinstance(result, np.ndarray):
        return f"an array of {result.dtype}"
    kind = type(result).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
