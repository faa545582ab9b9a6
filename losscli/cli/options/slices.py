"""`--slices`, and what it does not go with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from losscli.cli.sections import COMPUTE
from losscli.common.errors import LosscliError
from losscli.common.options import class_names


def _columns(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that stand between commas; one with commas in it stands in double quotes."""
    del context
    names = tuple(name for value in values for name in class_names(value))
    if "" in names:
        raise click.BadParameter("a name is empty", param=parameter)
    return names


slices_option = COMPUTE.rare.option(
    "--slices",
    multiple=True,
    metavar="auto|COLUMN,…",
    callback=_columns,
    help="Look for weak slices among the values of these columns, and of every two of them; auto: of all "
    "columns that play no role. They are found in one half of the rows and tested in the other.",
)


def slices_conflicts(options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield an error for each option that slices do not go with."""
    if options["slices"]:
        from losscli.analyses.slices.refused import refused

        yield from refused(
            options["slices"],
            reduction=options["reduction"],
            cluster=options["cluster"],
            beside=options["baseline_predictions"] is not None,
        )
