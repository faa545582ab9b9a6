"""The checks of doctor, as they are shown: all in a list, or one in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.analyses.doctor.check import ALARMS, Check
from losscli.common.json import Json, Object
from losscli.outputs.drawing.elements import Element, Entries, Entry, Words
from losscli.outputs.view import View, named


class DoctorChecksView(View):
    """Checks in the order of their numbers; of one alone, all that it declares."""

    report: Sequence[Check]
    columns = named(
        *("code", "check", "lie", "levels", "kinds", "fewest", "looks_at", "rule", "remedy", "evidence")
    )
    ours = True

    def __init__(self, report: Sequence[Check], *, full: bool = False) -> None:
        """Show a line of each check, or in `full` all that it declares."""
        super().__init__(report)
        self._full = full

    def page(self) -> Iterator[Element]:
        """Yield the checks."""
        return self._page(full=self._full)

    def summary(self) -> Iterator[Element]:
        """Yield the checks with all that they declare."""
        return self._page(full=True)

    def _page(self, *, full: bool) -> Iterator[Element]:
        if full:
            for place, check in enumerate(self.report):
                yield Words(f"{check.name} ({check.code}): {check.lie}", "heading", 0, apart=place > 0)
                yield Entries(tuple(_told(check)))
            return
        entries = tuple(Entry(one.name, ((f"{one.levels[0]}: {one.lie}", ""),)) for one in self.report)
        yield Entries(entries, cut=True)
        yield Words(
            f"{len(self.report)} checks, each with the surest level that it uses; "
            f"{' and '.join(ALARMS)} change the exit status. "
            "`losscli explain-check NAME` describes one in full.",
            "note",
            0,
            apart=True,
        )

    def document(self) -> Json:
        """Return all of them."""
        return [*self.lines()]

    def lines(self) -> Iterator[Object]:
        """Yield a line per check."""
        return map(described, self.report)


def described(check: Check) -> Object:
    """Return what a check declares."""
    return {
        "check": check.name,
        "code": check.code,
        "lie": check.lie,
        "levels": [*check.levels],
        "kinds": [kind.name.lower() for kind in check.kinds],
        "fewest": check.fewest,
        "looks_at": check.looks_at,
        "rule": check.rule,
        "remedy": check.remedy,
        "evidence": [*check.evidence],
    }


def _told(check: Check) -> Iterator[Entry]:
    plain = {
        "levels": ", ".join(check.levels),
        "about": "; ".join(kind.value for kind in check.kinds),
        "rows": f"{check.fewest} or more",
        "looks at": check.looks_at,
        "speaks where": check.rule,
        "remedy": check.remedy,
        "seen in": "; ".join(check.evidence),
    }
    for name, text in plain.items():
        if text:
            yield Entry(name, ((text, ""),))
