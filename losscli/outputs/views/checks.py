"""What the page of several checks holds, and their JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from losscli.analyses.report import VERDICTS, Checked, GateOutcome, Report, Result
from losscli.common.text import exact_number, readable_number, visible
from losscli.outputs import formats
from losscli.outputs.drawing.as_text import page_text
from losscli.outputs.drawing.elements import Column, Element, Kind, Section, Words
from losscli.outputs.views.evaluation import worst
from losscli.verdicts.gates.judge import explain

ERROR = "error"
MOST_SAMPLES = 3
MOST_TABLES = 4
"""A log has to fit on a screen: so many tables of worst samples are shown, of so many samples each."""


def verdict_of(checked: Checked) -> str:
    """Return `pass`, `undecided`, `fail` or `error`. Without gates there is nothing to fail."""
    return checked.verdict


def verdict(checks: Sequence[Checked]) -> str:
    """Return the worst of all verdicts."""
    return max(map(verdict_of, checks), key=[*VERDICTS, ERROR].index, default="pass")


def page(config: str, checks: Sequence[Checked]) -> Iterator[Element]:
    """Yield what is told of the checks of a config, from top to bottom."""
    yield Words("config ", "note", 0, config)
    yield _overview(checks)
    failed = [(one, gate) for one in checks if one.report for gate in one.report.gates if not gate.passed]
    if failed:
        yield _gates(failed)
        yield from _worst(failed)
    yield from _errors(checks)
    yield from _commands(checks)
    yield Words(summary(checks), verdict(checks), apart=True)


def summary(checks: Sequence[Checked]) -> str:
    """Return in words how many checks ended how, such as `fail: 1 of 3 checks failed`."""
    word, total = verdict(checks), len(checks)
    if word == "pass":
        return "pass: the check passed" if total == 1 else f"pass: all {total} checks passed"
    found = [verdict_of(one) for one in checks]
    told = {"fail": "failed", "undecided": "could not be decided", ERROR: "could not be run to the end"}
    if total == 1:
        return f"{word}: the check {told[word]}"
    parts = [f"{found.count(kind)} {how}" for kind, how in told.items() if kind in found]
    return f"{word}: of {total} checks {', '.join(parts)}"


def _overview(checks: Sequence[Checked]) -> Section:
    rows = [row for one in checks for row in _rows(one)]
    names, verdicts, losses, costs, counts, gates = zip(*rows, strict=True)
    columns = (
        Column("check", Kind.DATA, names),
        Column("verdict", Kind.WORD, verdicts),
        Column("loss", Kind.DATA, losses),
        Column("cost", Kind.NUMBER, costs),
        Column("n", Kind.NUMBER, counts),
        Column("gates", Kind.WORD, gates),
    )
    return Section("Checks", columns, strong=(3,))


def _rows(checked: Checked) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield a row for each loss of a check; the first one says what holds of all."""
    report, word = checked.report, verdict_of(checked)
    if report is None:
        yield checked.name, word, "", "-", "-", "-"
        return
    for place, result in enumerate(report.results):
        first = place == 0
        yield (
            checked.name if first else "",
            word if first else "",
            result.loss,
            exact_number(result.cost),
            str(result.n),
            _gate_count(report) if first else "",
        )


def _gate_count(report: Report) -> str:
    total = len(report.gates)
    passed = sum(gate.passed for gate in report.gates)
    return f"{passed} of {total} passed" if total else "none"


def _gates(failed: Sequence[tuple[Checked, GateOutcome]]) -> Section:
    outcomes = [gate for _, gate in failed]
    columns = [
        Column("check", Kind.DATA, [one.name for one, _ in failed]),
        Column("verdict", Kind.WORD, [gate.verdict for gate in outcomes]),
        Column("gate", Kind.DATA, [gate.gate for gate in outcomes]),
        Column("value", Kind.NUMBER, [_readable(gate.value) for gate in outcomes]),
        Column("threshold", Kind.NUMBER, [readable_number(gate.threshold) for gate in outcomes]),
        Column("margin", Kind.NUMBER, [_readable(gate.margin) for gate in outcomes]),
    ]
    if any(gate.reason for gate in outcomes):
        columns.append(Column("reason", Kind.DATA, [gate.reason for gate in outcomes]))
    return Section("Gates that did not pass", tuple(columns))


def _readable(value: float | None) -> str:
    return "-" if value is None else readable_number(value)


def _worst(failed: Sequence[tuple[Checked, GateOutcome]]) -> Iterator[Section]:
    """Yield the worst samples behind gates that did not pass: those of each loss and group once."""
    behind = dict.fromkeys((one.name, gate.loss, gate.group) for one, gate in failed)
    reports = {one.name: one.report for one, _ in failed}
    shown = 0
    for name, loss, group in behind:
        result = _result(reports[name], loss, group)
        section = worst(replace(result, worst=result.worst[:MOST_SAMPLES])) if result else None
        if section is not None and shown < MOST_TABLES:
            shown += 1
            of = f", group {group}" if group is not None else ""
            yield replace(section, subject=f"{name}: {loss}{of}")


def _result(report: Report | None, loss: str, group: str | None) -> Result | None:
    results = report.results if report else ()
    found = next((result for result in results if result.loss == loss), None)
    if found is None or group is None:
        return found
    return next((part for part in found.groups if part.group == group), None)


def _errors(checks: Sequence[Checked]) -> Iterator[Words]:
    """Yield what was wrong with checks, each in its four parts; a remedy may have lines of its own."""
    first = True
    for one in checks:
        if one.error is None:
            continue
        if first:
            yield Words("Errors", "heading", 0, apart=True)
            first = False
        start, *rest = str(one.error).split("\n")
        yield Words("", subject=f"{one.name}: {start}")
        yield from (Words("", subject=line) for line in rest)


def _commands(checks: Sequence[Checked]) -> Iterator[Words]:
    """Yield the commands that repeat the checks which did not pass."""
    first = True
    for one in checks:
        if verdict_of(one) == "pass" or not one.command:
            continue
        if first:
            yield Words("To repeat them", "heading", 0, apart=True)
            first = False
        yield Words("", subject=one.command)


def complaints(checks: Sequence[Checked]) -> Iterator[str]:
    """Yield a line for a log about each gate that did not pass and each error, made visible."""
    for one in checks:
        about = f"check {visible(one.name)}"
        for gate in one.report.gates if one.report else ():
            if not gate.passed:
                yield f"{about}: {visible(explain(gate))}"
        if one.error is not None:
            yield from (f"{about}: {visible(line)}" for line in str(one.error).split("\n"))


def as_text(config: str, checks: Sequence[Checked], format_: str) -> str:
    """Return the report over all checks, in one of the formats that reports may have, or as `table`."""
    if format_ in ("table", "markdown"):
        return page_text(page(config, checks), format_)
    render = formats.load(format_).render_all
    assert render is not None
    return render(checks)
