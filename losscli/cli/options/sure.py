"""`--level` and what goes with it: how sure a cost is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from losscli.cli.command import Function, options
from losscli.cli.sections import COLUMNS, COMPUTE
from losscli.common.errors import LosscliError
from losscli.common.options import CHOICES


def level_option(help_: str, **attributes: Any) -> Callable[[Function], Function]:
    """Add `--level`."""
    return COMPUTE.option("--level", type=click.FLOAT, metavar="X", help=help_, **attributes)


dependence_options = options(
    COLUMNS.rare.option(
        "--cluster",
        metavar="COLUMN",
        help="A column that says which rows belong together, for intervals.",
    ),
    COLUMNS.rare.option(
        "--weights-are",
        type=click.Choice(CHOICES["weights-are"]),
        metavar="WORD",
        help="importance: a weight says how much a row matters; counts: how often it was seen.  "
        "[default: importance]",
    ),
)
"""What says which rows depend on each other, and what weights mean."""
sure_options = options(
    level_option("Give an interval of each cost; 0.95 for one that covers the true cost 95 % of the time."),
    dependence_options,
)


def sure_conflicts(given: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield an error for each of these options that has no use beside the others."""
    if any(given[name] is not None for name in ("level", "cluster", "weights_are")):
        from losscli.analyses.asked import useless

        names = ("level", "cluster", "weights_are", "weight", "reduction")
        yield from useless(**{name: given[name] for name in names}, confidence=given.get("confidence"))
