"""What slices do not go with."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.common.errors import UsageError
from losscli.inputs.columns.sliced import AUTO


def refused(
    slices: tuple[str, ...],
    *,
    reduction: str,
    cluster: str | None,
    beside: bool,
) -> Iterator[UsageError]:
    """Yield what is wrong with asking for slices.

    Args:
        slices: the columns, or `auto`.
        reduction: what a cost is.
        cluster: the column of what belongs together.
        beside: whether another model is evaluated on the same rows.
    """
    if not slices:
        return
    if AUTO in slices and len(slices) > 1:
        yield UsageError("--slices", "auto stands beside columns", "auto alone, or columns")
    if reduction == "sum":
        yield UsageError("--slices", "the cost is a sum", "a cost that is a mean", "Leave out one of them.")
    if cluster is not None:
        found = "rows of a cluster depend on each other, and slices are tested as if they did not"
        yield UsageError("--slices", found, "rows without clusters", "Leave out one of them.")
    if beside:
        found = "predictions of another model are read beside these"
        yield UsageError("--slices", found, "one model", "Ask for slices in a call of its own.")
