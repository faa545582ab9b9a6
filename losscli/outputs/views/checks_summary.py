"""The Markdown of one evaluation, and of several: what a job summary and `--format markdown` share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from losscli.analyses.report import Checked, GateOutcome, Report, worst_verdict
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import Column, Kind, Section
from losscli.outputs.drawing.markdown import code, section_lines
from losscli.outputs.views.evaluation import costs, distribution, gates, samples_and_groups, subtitle, verdict
from losscli.outputs.views.failures import behind, describe, failure, messages, not_passed, only


def report_lines(report: Report) -> Iterator[str]:
    """Yield the page of a report: costs, gates, distribution, groups and worst samples, signature."""
    return chain(_opening(report), *map(section_lines, _sections(report)), _closing(report))


def check_lines(checks: Sequence[Checked]) -> Iterator[str]:
    """Yield the page of several checks: a table of them all, then each; of one without a name, that one."""
    report = only(checks)
    if report is not None:
        yield from report_lines(report)
        return
    if len(checks) > 1 or checks[0].name:
        yield from (f"**{worst_verdict(checks)}**: {_count(checks)}", "")
        yield from section_lines(_overview(checks))
    for check in checks:
        if check.name:
            yield from (f"## {code(check.name)}", "")
        yield from _check(check)


def failure_lines(check: Checked) -> Iterator[str]:
    """Yield what is wrong with a check as a list, the worst samples below each gate, and the command."""
    yield from (f"- {said}" for said in map(_paragraph, messages(check)))
    for gate in not_passed(check):
        assert check.report is not None
        yield f"- {code(failure(gate), cell=False)}"
        yield from (f"  - {code(describe(sample), cell=False)}" for sample in behind(check.report, gate))
    if check.command and check.verdict != "pass":
        yield from ("", f"To repeat it: {code(check.command, cell=False)}")


def _check(check: Checked) -> Iterator[str]:
    if check.error is not None or check.report is None:
        yield from ("**error**: nothing was found that could be trusted.", "", *failure_lines(check), "")
    else:
        yield from (*report_lines(check.report), "")


def _paragraph(message: str) -> str:
    """Return a message on one line; what is drawn under a place in it does without the place."""
    return code(" ".join(message.split()), cell=False)


def _count(checks: Sequence[Checked]) -> str:
    passed = sum(check.verdict == "pass" for check in checks)
    return f"{passed} of {len(checks)} {'check' if len(checks) == 1 else 'checks'} passed"


def _overview(checks: Sequence[Checked]) -> Section:
    columns = (
        Column("verdict", Kind.WORD, [check.verdict for check in checks]),
        Column("check", Kind.DATA, [check.name for check in checks]),
        Column("cost", Kind.DATA, [_costs(check) for check in checks]),
        Column("gates passed", Kind.WORD, [_gates(check) for check in checks]),
    )
    return Section("Checks", columns)


def _costs(check: Checked) -> str:
    results = () if check.report is None else check.report.results
    return ", ".join(f"{result.loss} {exact_number(result.cost)}" for result in results)


def _gates(check: Checked) -> str:
    found: tuple[GateOutcome, ...] = () if check.report is None else check.report.gates
    return f"{sum(gate.passed for gate in found)} of {len(found)}"


def _opening(report: Report) -> Iterator[str]:
    predictions, labels = code(report.predictions.path), code(report.labels.path)
    against = "" if report.predictions.path == report.labels.path else f" against {labels}"
    if report.gates:
        word, _, rest = verdict(report).partition(":")
        yield from (f"**{word}**:{rest}", "")
    yield from (f"Predictions {predictions}{against}: {subtitle(report)}.", "")


def _sections(report: Report) -> Iterator[Section]:
    yield costs(report)
    gated = gates(report)
    if gated is not None:
        yield gated
    yield distribution(report)
    yield from samples_and_groups(report)


def _closing(report: Report) -> Iterator[str]:
    yield f"losscli {report.version}, signature {code(report.signature, cell=False)}"
