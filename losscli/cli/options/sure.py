"""`--level` and what goes with it: how sure a cost is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from losscli.cli.command import options
from losscli.cli.sections import COLUMNS, COMPUTE
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import CHOICES


def _level(_context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None:
        for error in wrong_level(parameter.opts[0], value):
            raise error
    return value


def wrong_level(where: str, level: float) -> Iterator[UsageError]:
    """Yield an error for a level that no interval can have."""
    if not 0.0 < 1.0 - level < 1.0:
        percent = f"For {level:g} %: {where} {level / 100.0:g}" if 1.0 < level < 100.0 else ""
        yield UsageError(where, f"{level:g}", "a number between 0 and 1, such as 0.95", percent)


sure_options = options(
    COMPUTE.option(
        "--level",
        type=click.FLOAT,
        metavar="X",
        callback=_level,
        help="Give an interval of each cost; 0.95 for one that covers the true cost 95 % of the time.",
    ),
    COLUMNS.option(
        "--cluster",
        metavar="COLUMN",
        help="Rows with the same value belong together; for intervals.",
    ),
    COLUMNS.rare.option(
        "--weights-are",
        type=click.Choice(CHOICES["weights-are"]),
        metavar="WORD",
        help="importance: a weight says how much a row matters; counts: how often it was seen.  "
        "[default: importance]",
    ),
)


def sure_conflicts(given: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield an error for each of these options that has no use beside the others."""
    if given["weights_are"] is not None and given["weight"] is None:
        yield UsageError("--weights-are", "there are no weights", "a column of them", "Add --weight COLUMN")
    if given["level"] is None:
        if given["cluster"] is not None:
            yield UsageError("--cluster", "no interval is asked for", "--level too", "Add --level 0.95")
    elif given["reduction"] == "sum":
        yield UsageError("--level", "the cost is a sum (--reduction sum)", "a mean", "Leave out one of them.")
