"""What is wrong with what is asked of a comparison, before a file is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from losscli.analyses.compare.request import Margin
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import parse_number, shorten
from losscli.loss.spec import BoundLoss

_PERCENT = re.compile(r"(.*?)\s*%", re.DOTALL)
_SOME = 2
"""Columns of predictions, to find out whether a loss has a range at all."""


def margin_of(text: str) -> Margin:
    """Return the margin that a text such as `0.5` or `2%` writes. Raises UsageError for what is none."""
    percent = _PERCENT.fullmatch(text.strip())
    amount = parse_number(percent[1] if percent else text)
    if amount is None or amount < 0.0:
        what = "is below 0" if amount is not None else "is not a number"
        remedy = f"For either direction: --margin {text.strip().lstrip('-')}" if amount is not None else ""
        raise UsageError("--margin", f"{shorten(text)!r} {what}", "a number ≥ 0, or one with %", remedy)
    return Margin(amount, percent is not None)


def refused(
    *,
    lag: int | None,
    cluster: str | None,
    weight: str | None,
    anytime: bool,
    planned_rows: int | None,
    guarantee: bool,
    level: float | None,
    losses: Sequence[BoundLoss],
    check: str | None = None,
    seed: int | None = None,
) -> Iterator[LosscliError]:
    """Yield an error for each of these that does not go with the others."""
    yield from _of_check(check, seed, lag, weight)
    for kind, wanted in (("--lag", lag is not None), ("--guarantee", guarantee)):
        for option, column in (("--cluster", cluster), ("--weight", weight)):
            if wanted and column is not None:
                found = f"{option} {shorten(column)} is given too"
                yield UsageError(kind, found, "rows that all count the same", "Leave out one of them.")
    if anytime and level is not None and level <= 0.5:
        yield UsageError(
            "--anytime", f"--level {level:g} is given too", "a level above 0.5", "For example: --level 0.95"
        )
    if planned_rows is not None and not anytime:
        remedy = f"Add it: --anytime --planned-rows {planned_rows}"
        yield UsageError("--planned-rows", "--anytime is not given", "both of them", remedy)
    if anytime and planned_rows is None:
        remedy = "Add the number of rows at which it is the narrowest: --planned-rows 10000"
        yield UsageError("--anytime", "--planned-rows is not given", "both of them", remedy)
    kinds = {"--anytime": anytime, "--guarantee": guarantee, "--lag": lag is not None}
    given = [name for name, wanted in kinds.items() if wanted]
    if len(given) > 1:
        yield UsageError(given[0], f"{given[1]} is given too", "one kind of interval", "Keep one of them.")
    if guarantee:
        yield from _without_range(losses)


def _of_check(
    check: str | None, seed: int | None, lag: int | None, weight: str | None
) -> Iterator[LosscliError]:
    """Yield what is wrong with a cross-check."""
    if check is None:
        if seed is not None:
            remedy = f"Add it: --check bootstrap --seed {seed}"
            yield UsageError("--seed", "--check is not given", "both of them", remedy)
        return
    if weight is not None:
        found, needed = f"--weight {shorten(weight)} is given too", "rows that all count the same"
        yield UsageError("--check", found, needed, "Leave out one of them.")
    if lag is not None:
        found, needed = f"--lag {lag} is given too", "rows that do not depend on each other"
        yield UsageError("--check", found, needed, "Leave out one of them, or use --cluster COLUMN.")


def _without_range(losses: Sequence[BoundLoss]) -> Iterator[LosscliError]:
    for bound in losses:
        if bound.bounds(_SOME) is None:
            remedy = f"Leave out --guarantee, or --loss {bound.spec}"
            found = f"{bound.spec} has no largest value"
            yield UsageError("--guarantee", found, "losses between two known numbers", remedy)
        elif bound.loss.finish is not None:
            found = f"the cost {bound.spec} is not the mean of its losses"
            yield UsageError("--guarantee", found, "a cost that is a mean", "Leave out --guarantee.")
