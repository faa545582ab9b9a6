"""What is asked about how sure a cost is, and whether it makes sense."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.common.errors import UsageError


def _wrong_level(level: float) -> Iterator[UsageError]:
    """Yield an error for a level that no interval can have."""
    if not 0.0 < 1.0 - level < 1.0:
        hint = f"For {level:g} %: --level {level / 100.0:g}" if 1.0 < level < 100.0 else ""
        yield UsageError("--level", f"{level:g}", "a number between 0 and 1, such as 0.95", hint)


def useless(
    level: float | None,
    cluster: str | None,
    weights_are: str | None,
    weight: str | None,
    reduction: str,
    confidence: float | None = None,
) -> Iterator[UsageError]:
    """Yield an error for each of these that has no use beside the others, and for an impossible level.

    None is what nobody said.
    """
    if level is not None:
        yield from _wrong_level(level)
    if weights_are is not None and weight is None:
        yield UsageError("--weights-are", "there are no weights", "a column of them", "Add --weight COLUMN")
    if level is None and confidence is None and cluster is not None:
        yield UsageError("--cluster", "no interval is asked for", "a level too", "Add --level 0.95")
    if level is not None and reduction == "sum":
        found, remedy = "the cost is a sum", "Leave out one of them."
        yield UsageError("--level", found, "a cost that is a mean", remedy)
