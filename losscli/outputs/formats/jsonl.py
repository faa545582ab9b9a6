"""JSON Lines: a line per result and per group, each of which stands by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.analyses.evaluate.document import SCHEMA, Object, encode, errors, head, result_object
from losscli.analyses.report import Checked, Report
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.outputs.formats import Format
from losscli.outputs.views.failures import only


def render(report: Report) -> str:
    """Return the lines: the keys of the JSON document's head, then those of one of its results."""
    return "".join(_lines(report, {}))


def render_all(checks: Sequence[Checked]) -> str:
    """Return the lines of all checks; of one without a report, a line with its `errors`."""
    report = only(checks)
    if report is not None:
        return render(report)
    return "".join(line for check in checks for line in _check(check))


def _check(check: Checked) -> Iterator[str]:
    who: Object = {"check": encodable(check.name), "verdict": check.verdict}
    if check.report is None or check.error is not None:
        yield encode({"schema": SCHEMA, "losscli": __version__, **who, **errors(check)}) + "\n"
    else:
        yield from _lines(check.report, who)


def _lines(report: Report, who: Object) -> Iterator[str]:
    common = head(report) | who
    for result in report.results:
        for part in (result, *result.groups):
            yield encode(common | result_object(part, nested=False)) + "\n"


FORMAT = Format("jsonl", "a JSON line per loss and group, for logs", render, render_all)
