"""What `verify` found, as it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.common.json import Json, Object
from losscli.loss.contract.clauses import Check
from losscli.outputs.drawing.elements import (
    Column,
    Data,
    Element,
    Entries,
    Entry,
    Kind,
    Section,
    Strong,
    Words,
)
from losscli.outputs.view import View, named

WIDEST, COLUMN = 100, 28


class VerificationView(View):
    """A loss held against the clauses of the contract."""

    report: Sequence[Check]
    columns = named("loss", "check", "verdict", "detail")

    def __init__(self, spec: str, checks: Sequence[Check], called: str = "") -> None:
        """Take the verdicts; `called` says how a function was called whose parameters do not tell."""
        super().__init__(checks)
        self.spec, self.called = spec, called

    @property
    def broken(self) -> list[str]:
        """The names of the clauses that do not hold."""
        return [check.name for check in self.report if check.verdict == "fail"]

    @property
    def verdict(self) -> str:
        """Whether all clauses hold."""
        return "fail" if self.broken else "pass"

    def page(self) -> Iterator[Element]:
        """Yield the clauses, and whether all of them hold."""
        roles = {"fail": "strong", "skipped": "note"}
        entries = tuple(
            Entry(
                f"{check.name:<17}{check.verdict}",
                ((check.detail, "note" if check.verdict == "skipped" else ""),),
                roles.get(check.verdict, ""),
            )
            for check in self.report
        )
        yield Words(Data(self.spec), "heading", 0)
        if self.called:
            yield Words(Data(f"called as {self.called}, by position"), "note", 0)
        yield Entries(entries, COLUMN, apart=True)
        yield self._ending()

    def summary(self) -> Iterator[Element]:
        """Yield the same as a table."""
        columns = (
            Column("check", Kind.WORD, [check.name for check in self.report]),
            Column("verdict", Kind.WORD, [check.verdict for check in self.report]),
            Column("detail", Kind.DATA, [check.detail for check in self.report]),
        )
        yield Section("Contract", columns, subject=self.spec)
        yield self._ending()

    def width(self, room: int | None) -> int | None:
        """Return a width that sentences are easily read in."""
        return min(room or WIDEST, WIDEST)

    def document(self) -> Object:
        """Return the whole."""
        checks: list[Json] = [
            {key: value for key, value in line.items() if key != "loss"} for line in self.lines()
        ]
        called: Object = {"called": self.called} if self.called else {}
        return {"loss": self.spec, **called, "checks": checks, "verdict": self.verdict}

    def lines(self) -> Iterator[Object]:
        """Yield a line per clause."""
        for check in self.report:
            yield {"loss": self.spec, "check": check.name, "verdict": check.verdict, "detail": check.detail}

    def _ending(self) -> Words:
        if self.broken:
            return Words(
                (Strong("The loss breaks the contract:"), f" {', '.join(self.broken)}."), indent=0, apart=True
            )
        return Words("The loss meets the contract.", indent=0, apart=True)
