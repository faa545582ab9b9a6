"""Engines as callers from Python name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from losscli.analyses.gradient.report import GradientReport, Of
from losscli.analyses.gradient.run import gradient
from losscli.common.arguments import too_small, unknown
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import CHOICES
from losscli.inputs.request import Request

if TYPE_CHECKING:
    from losscli.analyses.parts import Crew


def no_engine(engine: Any, workers: Any, scheduler: Any, state: Any, top: Any) -> Iterator[LosscliError]:
    """Yield what is wrong with an engine, and with the arguments that it has no use for."""
    yield from unknown("engine", engine, CHOICES["engine"])
    if workers is not None:
        if isinstance(workers, bool) or not isinstance(workers, int):
            yield UsageError("workers", f"a {type(workers).__name__}", "a whole number")
        else:
            yield from too_small("workers", workers, 1)
        if engine == "local":
            yield UsageError("workers", "the engine is local, which has none", 'engine="processes" or "dask"')
    if scheduler is not None and engine != "dask":
        yield UsageError("scheduler", f"the engine is {engine}", 'engine="dask"')
    if engine != "local":
        if state is not None:
            yield UsageError("state", f"the engine is {engine}", 'engine="local"')
        if top is None:
            yield UsageError("top", f"the engine is {engine}, and its workers keep few samples", "a number")


def gradients(request: Request, of: Of, crew: Crew | None) -> GradientReport:
    """Return the report of gradients, computed in parts by a crew; here where there is none."""
    if crew is None:
        return gradient(request, of)
    from losscli.analyses.gradient import in_parts

    return in_parts.gradient(request, of, crew)
