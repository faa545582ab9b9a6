"""Findings of several outputs: what mends all of them alike is one finding, with its repair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.analyses.doctor.check import Case, Finding, Level, State
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.outputs import Outputs
from losscli.common.text import shorten


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a check says of one output: as of a finding.

    Attributes:
        repair: what mends it. An edit concerns all outputs: it is told where it is that of all of them.
        place: the place of the output.
        rows: how many rows show it; None for all.
    """

    message: str
    remedy: str
    statistic: float
    threshold: float
    level: Level = "likely"
    repair: Repair | None = None
    place: int = 0
    rows: int | None = None

    def of(self, case: Case, check: str, name: str = "", *, repaired: bool = True) -> Finding:
        """Return the finding."""
        return Finding(
            check=check,
            level=self.level,
            message=f"output `{shorten(name)}`: {self.message}" if name else self.message,
            remedy=self.remedy,
            statistic=self.statistic,
            threshold=self.threshold,
            rows=case.n if self.rows is None else self.rows,
            repair=self.repair if repaired else None,
        )


def tell(
    case: Case, check: str, seen: Outputs[State], judge: Callable[[State], Told | None]
) -> Iterator[Finding]:
    """Yield what a check says of the outputs, given what it says of each by itself."""
    names = case.setting.outputs
    # What is out of range is neither above nor below a threshold.
    with np.errstate(all="ignore"):
        told = [(name, one) for name, state in zip(names, seen.of, strict=True) if (one := judge(state))]
    alike = len(told) == len(names) and all(one.repair == told[0][1].repair for _, one in told)
    if len(names) == 1 or (alike and told and told[0][1].repair is not None):
        for _, one in told[:1]:
            finding = one.of(case, check)
            yield finding
        return
    for name, one in told:
        yield one.of(case, check, name, repaired=False)


def not_numbers(setting: Any) -> str:
    """Return why a check of numbers does not apply."""
    return "" if setting.numbers else "it is about a prediction for each label, both of them numbers"
