"""The engines by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
        from losscli.compute.engines.processes import Processes

        return Processes(workers)
    if engine == "dask":
        from losscli.compute.engines.dask import Dask

        return Dask(workers, scheduler, tell)
    return None
