"""What several runs found, as it is shown: those of a config, or of the reports of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from losscli.analyses.evaluate.document import SCHEMA, documents, errors, lines
from losscli.analyses.evaluate.report import Checked, GateOutcome, Report, worst_verdict
from losscli.common.json import Json, Object
from losscli.common.text import encodable, exact_number, visible
from losscli.common.version import __version__
from losscli.outputs.drawing.elements import (
    Column,
    Command,
    Data,
    Element,
    Item,
    Items,
    Kind,
    Section,
    Strong,
    Text,
    Words,
)
from losscli.outputs.view import View, named
from losscli.outputs.views.evaluation import SURE, EvaluationView
from losscli.outputs.views.failures import behind, describe, failure, messages, not_passed, result_of
from losscli.outputs.views.tables import gate_columns, worst

MOST_SAMPLES = 3
MOST_TABLES = 4
"""A log has to fit on a screen: so many tables of worst samples are shown, of so many samples each."""


class ChecksView(View):
    """Evaluations, each with its name, and with what was wrong where nothing was found."""

    report: Sequence[Checked]
    columns: Mapping[str, str] = named("check", "verdict", *EvaluationView.columns, "error")

    def __init__(self, report: Sequence[Checked]) -> None:
        super().__init__(report)
        found = [check.evaluation for check in report if check.evaluation is not None]
        if any(one.level is not None for one in found):
            self.columns = {**ChecksView.columns, **SURE}
        elif any(check.by == "compare" for check in report):
            from losscli.outputs.views.comparison import ComparisonView

            self.columns = named("check", "verdict", *ComparisonView.columns, "error")

    def page(self) -> Iterator[Element]:
        """Yield a table of all evaluations, then each of them."""
        checks = self.report
        if len(checks) > 1 or checks[0].name:
            passed = sum(check.verdict == "pass" for check in checks)
            of = f"{passed} of {len(checks)} {'check' if len(checks) == 1 else 'checks'} passed"
            yield Words((Strong(worst_verdict(checks)), f": {of}"))
            yield _verdicts(checks)
        for check in checks:
            if check.name:
                yield Words(Data(check.name), "part")
            if check.error is not None or check.evaluation is None:
                yield Words((Strong("error"), ": there are no figures that can be trusted."))
                yield from failures(check)
            else:
                yield from EvaluationView(check.evaluation).summary()

    def heading(self) -> Text:
        """Return how many checks there are, or which one; nothing for a call of a command."""
        names = [one.name for one in self.report]
        return f"{len(names)} checks" if len(names) > 1 else ("Check ", Data(names[0])) if names[0] else ""

    def sheet(self) -> Iterator[Element]:
        """Yield the page for a browser: a table of all checks, then each of them."""
        if len(self.report) == 1:
            (one,) = self.report
            found = None if one.error is not None else one.evaluation
            return (
                ChecksView.page(self) if found is None else EvaluationView(found, command=one.command).sheet()
            )
        from losscli.outputs.views.sheets.checks import sheet

        return sheet(self.report, summary(self.report), _overview(self.report), failures)

    def document(self) -> Object:
        """Return the documents of all, within one."""
        return documents(self.report)

    def lines(self) -> Iterator[Object]:
        """Yield the lines of all, each with name and verdict; of one without a report, a line of errors."""
        for check in self.report:
            who: Object = {"check": encodable(check.name), "verdict": check.verdict}
            if check.evaluation is None or check.error is not None:
                yield {"schema": SCHEMA, "losscli": __version__, **who, **errors(check)}
            else:
                yield from lines(check.evaluation, who)

    def rows(self) -> Iterator[Mapping[str, Json]]:
        """Yield the rows of all; of one without a report, what was wrong."""
        for check in self.report:
            who = {"check": check.name, "verdict": check.verdict}
            if check.evaluation is None or check.error is not None:
                yield {**who, "error": " ".join(" ".join(messages(check)).split())}
            else:
                yield from ({**who, **row} for row in EvaluationView(check.evaluation).rows())


class ConfigView(ChecksView):
    """The checks of a config."""

    def __init__(self, config: str, checks: Sequence[Checked]) -> None:
        super().__init__(checks)
        self.config = config

    def heading(self) -> Text:
        """Return which checks they are."""
        return ("Checks of ", Data(self.config))

    def page(self) -> Iterator[Element]:
        """Yield what is told of the checks, in as much as fits on a screen."""
        checks = self.report
        yield Words(("config ", Data(self.config)), "note", 0)
        yield _overview(checks)
        failed = [(one, gate) for one in checks if one.report for gate in one.report.gates if not gate.passed]
        if failed:
            names = Column("check", Kind.DATA, [one.name for one, _ in failed])
            outcomes = gate_columns([gate for _, gate in failed], baseline=False)
            yield Section("Gates that did not pass", (names, *outcomes))
            yield from _worst(failed)
        errors_ = [f"{visible(one.name)}: {one.error}" for one in checks if one.error is not None]
        yield from _titled("Errors", errors_)
        yield from _titled(
            "To repeat them", [one.command for one in checks if one.verdict != "pass"], Command
        )
        yield Words(summary(checks), worst_verdict(checks), apart=True)


def view_of_checks(checks: Sequence[Checked]) -> View:
    """Return the view of evaluations; of a plain call of a command that of its report."""
    if len(checks) == 1 and not checks[0].name and checks[0].error is None:
        report, command = checks[0].report, checks[0].command
        if isinstance(report, Report):
            return EvaluationView(report, command=command)
        from losscli.analyses.compare.report import CompareReport
        from losscli.outputs.views.comparison import ComparisonView

        if isinstance(report, CompareReport):
            return ComparisonView(report, command=command)
    return ChecksView(checks)


def failures(check: Checked) -> Iterator[Element]:
    """Yield what is wrong with a check as a list, the worst samples below each gate, and the command."""
    items = [Item(Data(" ".join(said.split()))) for said in messages(check)]
    for gate in not_passed(check):
        samples = tuple(Data(describe(sample)) for sample in behind(check.evaluation, gate))
        items.append(Item(Data(failure(gate)), samples))
    yield Items(tuple(items))
    if check.command and check.verdict != "pass":
        yield Words(("To repeat it: ", Command(check.command)))


def _verdicts(checks: Sequence[Checked]) -> Section:
    columns = (
        Column("verdict", Kind.WORD, [check.verdict for check in checks]),
        Column("check", Kind.DATA, [check.name for check in checks]),
        Column("cost", Kind.DATA, [_costs(check) for check in checks]),
        Column("gates passed", Kind.WORD, [_passed(check) for check in checks]),
    )
    return Section("Checks", columns)


def _costs(check: Checked) -> str:
    results = () if check.evaluation is None else check.evaluation.results
    return ", ".join(f"{result.loss} {exact_number(result.cost)}" for result in results)


def _passed(check: Checked) -> str:
    gates = () if check.report is None else check.report.gates
    return f"{sum(gate.passed for gate in gates)} of {len(gates)}"


def summary(checks: Sequence[Checked]) -> str:
    """Return in words how many checks ended how, such as `fail: 1 of 3 checks failed`."""
    word, total = worst_verdict(checks), len(checks)
    if word == "pass":
        return "pass: the check passed" if total == 1 else f"pass: all {total} checks passed"
    found = [one.verdict for one in checks]
    told = {"fail": "failed", "undecided": "could not be decided", "error": "could not be completed"}
    if total == 1:
        return f"{word}: the check {told[word]}"
    first, *rest = ((found.count(kind), how) for kind, how in told.items() if kind in found)
    behind = "".join(f", {count} {how}" for count, how in rest)
    return f"{word}: {first[0]} of {total} checks {first[1]}{behind}"


def _overview(checks: Sequence[Checked]) -> Section:
    rows = [row for one in checks for row in _rows(one)]
    names, verdicts, losses, costs, counts, gates = zip(*rows, strict=True)
    columns = (
        Column("check", Kind.DATA, names),
        Column("verdict", Kind.WORD, verdicts),
        Column("gates passed", Kind.WORD, gates),
        Column("loss", Kind.DATA, losses),
        Column("cost", Kind.NUMBER, costs),
        Column("n", Kind.NUMBER, counts),
    )
    return Section("Checks", columns, strong=(4,))


def _rows(checked: Checked) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield a row for each loss of a check; the first one says what holds of all."""
    report, word = checked.evaluation, checked.verdict
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
            (_passed(checked) if report.gates else "none") if first else "",
        )


def _worst(failed: Sequence[tuple[Checked, GateOutcome]]) -> Iterator[Section]:
    """Yield the worst samples behind gates that did not pass: those of each loss and group once."""
    found = {(one.name, gate.loss, gate.group): result_of(one.evaluation, gate) for one, gate in failed}
    shown = 0
    for (name, loss, group), result in found.items():
        section = worst(replace(result, worst=result.worst[:MOST_SAMPLES])) if result else None
        if section is not None and shown < MOST_TABLES:
            shown += 1
            of = f", group {group}" if group is not None else ""
            yield section._replace(subject=f"{name}: {loss}{of}")


def _titled(title: str, texts: Sequence[str], kind: type[Data] = Data) -> Iterator[Words]:
    """Yield texts from outside, if there are some, below a title; they may have lines of their own."""
    lines_ = [line for text in texts if text for line in text.split("\n")]
    if lines_:
        yield Words(title, "heading", 0, apart=True)
    yield from (Words(kind(line)) for line in lines_)


def complaints(checks: Sequence[Checked]) -> Iterator[str]:
    """Yield a line for a log about each gate that did not pass and each error, made visible."""
    from losscli.verdicts.gates.judge import explain

    for one in checks:
        about = f"check {visible(one.name)}"
        for gate in one.report.gates if one.report else ():
            if not gate.passed:
                yield f"{about}: {visible(explain(gate))}"
        if one.error is not None:
            yield from (f"{about}: {visible(line)}" for line in str(one.error).split("\n"))
