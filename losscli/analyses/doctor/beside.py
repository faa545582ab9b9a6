"""Doctor beside an evaluation, in the same pass: what it finds is in the report, and among its notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from losscli.analyses.doctor.check import Finding
from losscli.analyses.doctor.checks import every
from losscli.analyses.doctor.fold import Examined, Examining, Measured
from losscli.analyses.doctor.kinds import setting_of
from losscli.analyses.doctor.report import as_notes
from losscli.analyses.doctor.run import examination
from losscli.analyses.evaluate.report import Report
from losscli.compute.fold import LossStates
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses
from losscli.inputs.block import Block
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Reading


class Looking:
    """An onlooker of an evaluation; of its losses it looks at the first."""

    def begin(self, reading: Reading, plan: Plan) -> None:
        """Get ready for the first row."""
        setting = setting_of(reading, plan.losses[:1])
        self._fold = Examining.of_plan(setting, every(), plan)
        self._state = self._fold.empty()
        self._recent: list[Examined] = []

    def __call__(self, _plan: Plan, block: Block, rows: tuple[RowLosses, ...]) -> None:
        """See the next rows."""
        self._recent.append(self._fold.of(block, Measured(rows[:1], (None,))))
        if len(self._recent) == RECENT:
            self._gather()

    def _gather(self) -> None:
        # Small states meet first: the large one is copied once for several of them.
        self._state = reduce(Examined.merge, self._recent, self._state)
        self._recent = []

    def told(self, report: Report, provenance: Provenance, _state: LossStates, /) -> Report:
        """Return the report with what is found."""
        self._gather()
        return with_findings(report, examination(self._fold, self._state, provenance).findings)


RECENT = 8


def with_findings(report: Report, findings: Sequence[Finding]) -> Report:
    """Return a report with findings, and a note for each; what was tried to mend them is left behind."""
    told = tuple(replace(one, repair=None) for one in findings)
    return replace(report, findings=told, notes=(*report.notes, *as_notes(told)))
