"""Options that leave rows out, or pair labels with other rows, in every command that reads inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from losscli.cli.command import options
from losscli.cli.sections import ROWS
from losscli.common.errors import UsageError, raise_together

if TYPE_CHECKING:
    from losscli.inputs.edits import Ranges


def _shift(_context: click.Context, parameter: click.Parameter, rows: int | None) -> int | None:
    from losscli.inputs.edits import SHIFT, is_shift

    if rows is not None and not is_shift(rows):
        raise UsageError(parameter.opts[0], str(rows), SHIFT, "Leave it out." if rows == 0 else "")
    return rows


def _ranges(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> Ranges:
    from losscli.inputs.edits import ROWS as NEEDED
    from losscli.inputs.edits import range_of

    found = {text: range_of(text) for text in texts}
    raise_together(
        UsageError(parameter.opts[0], repr(text), NEEDED) for text, one in found.items() if one is None
    )
    return tuple(one for one in found.values() if one is not None)


row_edit_options = options(
    ROWS.rare.option(
        "--shift-labels",
        type=int,
        metavar="N",
        callback=_shift,
        help="Pair row i with label i + N, where rows go by position; rows without a partner are left out.",
    ),
    ROWS.rare.option(
        "--skip-rows",
        multiple=True,
        metavar="FIRST-LAST",
        callback=_ranges,
        help="Leave out these rows of the predictions, from 1 (repeatable); they are counted.",
    ),
    ROWS.rare.option(
        "--exclude-ids",
        type=click.Path(),
        metavar="FILE",
        help="Leave out the samples whose ids a file lists, one on each line; they are counted.",
    ),
)
"""Which rows are left out, and which label belongs to which prediction."""
