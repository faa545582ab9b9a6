"""The engines by their names."""

from __future__ import annotations

from collections.abc import Callable

from losscli.compute.engines.dask import Dask
from losscli.compute.engines.processes import Processes


def crew_of(
    engine: str,
    workers: int | None = None,
    scheduler: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> Processes | Dask | None:
    """Return who does the parts of a run; None for `local`, which has none.

    Raises:
        LosscliError: for an engine whose package is not installed.
    """
    if engine == "processes":
        return Processes(workers)
    return Dask(workers, scheduler, tell) if engine == "dask" else None
