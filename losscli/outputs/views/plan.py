"""How many rows a gate needs, as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import ClassVar

from losscli.analyses.plan import document
from losscli.analyses.plan.report import Planned
from losscli.common.text import plain_number, readable_number
from losscli.outputs.drawing.elements import Data, Element, Entries, Entry, Text, Words
from losscli.outputs.view import View, named


class PlanView(View):
    """How many rows a gate needs."""

    of = Planned
    documented: ClassVar[ModuleType] = document
    report: Planned
    columns = named("gate", "confidence", "power", "n", "value", "threshold", "rows_needed", "unit") | named(
        "expected", "smallest", "reason", "signature", "losscli"
    )

    def page(self) -> Iterator[Element]:
        """Yield the number, and what it is for."""
        plan = self.report
        yield Words(self._sentence(), "strong" if plan.rows_needed is not None else "undecided", 0)
        value = "-" if plan.value is None else readable_number(plan.value)
        entries = [Entry("figure", ((f"{value}, of {plan.n} {plan.unit}", ""),))]
        if plan.smallest is not None:
            told = f"a threshold at least {readable_number(plan.smallest, 3)} away"
            entries.append(Entry(f"{plan.n} {plan.unit}", ((f"decide {told}", ""),)))
        sure = f"confidence {plain_number(plan.confidence)}, power {plain_number(plan.power)}"
        entries.append(Entry("how sure", ((sure, ""),)))
        if plan.reason and plan.rows_needed is not None:
            entries.append(Entry("note", ((plan.reason, ""),)))
        yield Entries(tuple(entries), apart=True)
        yield Words(("Signature ", Data(plan.signature)), "note", 0, apart=True)

    def _sentence(self) -> Text:
        plan = self.report
        gate = Data(plan.gate)
        if plan.rows_needed is None:
            return (gate, f": no number of {plan.unit} is enough: {plan.reason or 'nothing would decide it'}")
        least = "at least " if plan.reason else ""
        told = f"needs {least}{plan.rows_needed} {plan.unit} to {plan.expected}"
        return (gate, f" {told}, if the figure stays as it is")

    def brief(self) -> str:
        """Return the gate and the number."""
        return f"{self.report.gate}: {self.report.rows_needed}"

    def quiet(self) -> Iterator[str]:
        """Yield the number of rows."""
        yield "-" if self.report.rows_needed is None else str(self.report.rows_needed)
