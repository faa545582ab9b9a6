"""What doctor found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from losscli.analyses.doctor.check import Finding, Kind
from losscli.analyses.report import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination(Head):
    """The findings, those first that are surest; and what was looked at.

    Attributes:
        kind: what labels and predictions are.
        n: the samples that count.
        loss: what they are measured with.
        cost: its cost; None where a row, or the inputs, are refused.
        findings: what is wrong, or may be.
        checked: the names of the checks that looked.
        not_applicable: those that did not, each with the reason.
    """

    kind: Kind
    n: int
    loss: str
    cost: float | None
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    not_applicable: tuple[tuple[str, str], ...]

    @property
    def alarms(self) -> int:
        """How many findings change the exit status."""
        return sum(finding.is_alarm for finding in self.findings)


def as_notes(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what a report of an evaluation says of findings."""
    for one in findings:
        yield f"doctor ({one.level}, {one.check}): {one.message} {one.remedy}".rstrip()
