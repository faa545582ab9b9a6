"""Which losses accept the columns at hand: what a call without a loss is told."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from losscli import registry
from losscli.errors import LosscliError, UsageError
from losscli.measure import accepts
from losscli.reading import common_needs, open_blocks
from losscli.request import Request
from losscli.sources.columns import Needs
from losscli.spec import BoundLoss, bind

ROWS_LOOKED_AT = 10_000


def which_losses_fit(request: Request) -> UsageError:
    """Return the error for a request that names no loss: it lists those whose domains fit.

    The first rows decide; a pipe is not read, since what is read of it would be lost.
    """
    found = "no loss is named"
    remedy = "`losscli losses` lists all there are; `losscli recommend` is to choose by the data one day."
    if any(map(_is_read_once, (request.predictions, request.labels))):
        return UsageError("--loss", found, "at least one", remedy)
    candidates: dict[Needs, list[BoundLoss]] = {}
    for loss in registry.all_losses():
        bound = bind(loss, {})
        candidates.setdefault(common_needs((bound,)), []).append(bound)
    fitting = [bound.spec for bounds in candidates.values() for bound in _fitting(request, bounds)]
    if not fitting:
        return UsageError("--loss", found, "at least one", remedy)
    return UsageError("--loss", found, f"one that fits these columns: {', '.join(sorted(fitting))}", remedy)


def _is_read_once(data: Any) -> bool:
    """Whether data are standard input, or a path that gives what it holds only once."""
    return data == "-" or (
        Path(data).exists() and not Path(data).is_file() if isinstance(data, str) else False
    )


def _fitting(request: Request, candidates: list[BoundLoss]) -> list[BoundLoss]:
    """Return the candidates, which read the same columns, that accept the first rows."""
    try:
        trial = replace(request, losses=(candidates[0],), drop=True, block_rows=ROWS_LOOKED_AT)
        with closing(open_blocks(trial)) as blocks:
            first = next(islice(blocks, 1), None)
    except LosscliError:
        return []
    if first is None:
        return []
    return [bound for bound in candidates if accepts(bound, first)]
