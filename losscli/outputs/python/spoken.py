"""What functions of Python say: the messages of the command line, with arguments in place of options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from losscli.analyses.report import Head
from losscli.common.errors import LosscliError, reword
from losscli.common.options import error_in_python, note_in_python

P = ParamSpec("P")
R = TypeVar("R")


def spoken(function: Callable[P, R]) -> Callable[P, R]:
    """Let what a function raises, and the notes of its report, name arguments in place of options."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            found: Any = function(*args, **kwargs)
        except LosscliError as error:
            reword(error, error_in_python)
            raise
        if isinstance(found, Head):
            found = replace(found, notes=tuple(map(note_in_python, found.notes)))
        return cast("R", found)

    return call
