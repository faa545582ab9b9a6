"""JUnit XML: a test suite per run, a test case per gate and comparison, for tools that show test results.

There is no one JUnit format; this keeps to what Jenkins, GitLab, Azure and GitHub's actions read
alike. There is no timestamp: the same run twice differs in nothing but the time that it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from losscli.common.errors import kind, single
from losscli.common.text import exact_number, visible
from losscli.outputs.formats import REPORT, Format
from losscli.outputs.views.failures import behind, describe, failure, messages

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from losscli.analyses.compare.report import CompareReport, ComparisonFigures, LossComparison
    from losscli.analyses.evaluate.report import Checked, GateOutcome


def draw(checks: Sequence[Checked]) -> str:
    """Return the document of all checks."""
    from xml.etree.ElementTree import indent, tostring

    root = _element("testsuites", name="losscli")
    suites = [_suite(check) for check in checks]
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.set("time", _time(sum(check.seconds for check in checks)))
    root.extend(suites)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(check: Checked) -> Element:
    cases = _cases(check)
    suite = _element("testsuite", name=visible(check.name or f"losscli {check.by}"), tests=str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("skipped", "0")
    suite.set("time", _time(check.seconds))
    if facts := _facts(check):
        properties = _below(suite, "properties")
        for name, value in facts:
            _below(properties, "property", name=visible(name), value=visible(value))
    suite.extend(cases)
    if facts:
        _below(suite, "system-out").text = "\n".join(visible(f"{name}: {value}") for name, value in facts)
    return suite


def _facts(check: Checked) -> list[tuple[str, str]]:
    """Return what was computed, of what, and what came out: a name and a value each."""
    from losscli.analyses.compare.report import CompareReport

    found: list[tuple[str, str]] = []
    if isinstance(check.report, CompareReport):
        found = [*_facts_of_models(check.report)]
    report = check.evaluation
    if report is not None:
        found = [("losscli", report.version), ("signature", report.signature)]
        found += [("predictions", report.predictions.path), ("labels", report.labels.path)]
        for result in report.results:
            found.append((f"cost of {result.loss}", exact_number(result.cost)))
            if result.standard_error is not None:
                error = exact_number(result.standard_error)
                found.append((f"standard error of the cost of {result.loss}", error))
            if result.ci is not None:
                from losscli.outputs.views.results import percent_of

                interval = " to ".join(map(exact_number, result.ci))
                found.append((f"{percent_of(report.level)} interval of the cost of {result.loss}", interval))
    return [*found, *([("command", check.command)] if check.command else [])]


def _facts_of_models(report: CompareReport) -> Iterator[tuple[str, str]]:
    yield from (("losscli", report.version), ("signature", report.signature))
    yield from ((f"predictions of {one.name}", one.predictions.path) for one in report.models)
    yield "labels", report.labels.path
    for result in report.results:
        for model in result.models:
            yield f"cost of {result.loss}, {model.name}", exact_number(model.cost)


def _cases(check: Checked) -> list[Element]:
    from losscli.analyses.compare.report import CompareReport

    report = check.report
    if report is None or check.error is not None:
        return [_errored(check)]
    if isinstance(report, CompareReport):
        found = [_comparison(check, result, one) for result in report.results for one in result.comparisons]
        return [*found, *(_gate(check, gate) for gate in report.gates)]
    if not report.gates:
        return [_case(check, "losscli", "evaluation", check.seconds)]
    return [_gate(check, gate) for gate in report.gates]


def _comparison(check: Checked, result: LossComparison, one: ComparisonFigures) -> Element:
    """Return the case of a comparison, which passes: a model may be the worse one."""
    from losscli.outputs.drawing.elements import parts_of
    from losscli.outputs.views.compared import sentence

    def ends(ci: tuple[float, float] | None) -> str:
        return "-" if ci is None else " ".join(map(exact_number, ci))

    def number(value: float | None) -> str:
        return "-" if value is None else exact_number(value)

    case = _case(check, f"losscli.{result.loss}", f"{one.candidate} \N{MINUS SIGN} {one.baseline}")
    lines = (
        "".join(parts_of(sentence(result, one))).replace("\N{NO-BREAK SPACE}", " "),
        f"verdict: {one.verdict}",
        f"difference: {exact_number(one.difference)}",
        f"interval: {ends(one.ci)}",
        f"p: {number(one.p)}",
        f"p adjusted: {number(one.p_adjusted)}",
    )
    _below(case, "system-out").text = "\n".join(map(visible, lines))
    return case


def _case(check: Checked, class_: str, name: str, seconds: float = 0.0) -> Element:
    classname = check.name or class_
    return _element("testcase", classname=visible(classname), name=visible(name), time=_time(seconds))


def _errored(check: Checked) -> Element:
    what = {"evaluate": "evaluation", "compare": "comparison"}[check.by]
    case = _case(check, "losscli", what, check.seconds)
    said = messages(check) or ("there are no figures",)
    kinds = {kind(one) for one in single(check.error)} if check.error is not None else {"data"}
    summary = " ".join(" ".join(said).split())
    error = _below(case, "error", type=kinds.pop() if len(kinds) == 1 else "usage", message=visible(summary))
    error.text = "\n".join([*(_lines(f"losscli: {one}") for one in said), *_repeat(check)])
    return case


def _gate(check: Checked, gate: GateOutcome) -> Element:
    case = _case(check, f"losscli.{gate.loss}" if gate.loss else "losscli", gate.gate)
    if not gate.passed:
        wrong = _below(case, "failure", type=gate.verdict, message=visible(failure(gate)))
        lines = [
            failure(gate),
            f"value: {'-' if gate.value is None else exact_number(gate.value)}",
            f"threshold: {exact_number(gate.threshold)}",
            f"margin: {'-' if gate.margin is None else exact_number(gate.margin)}",
            *_sound(gate),
            *(f"worst: {describe(sample)}" for sample in behind(check.evaluation, gate)),
        ]
        wrong.text = "\n".join([*map(visible, lines), *_repeat(check)])
    return case


def _sound(gate: GateOutcome) -> Iterator[str]:
    """Yield what a gate with a confidence was judged by."""
    if gate.sound is None:
        return
    sound = gate.sound
    yield f"confidence: {exact_number(sound.confidence)} ({sound.method})"
    if sound.bounds is not None:
        yield f"bounds: {' '.join(map(exact_number, sound.bounds))}"
    if sound.rows_needed is not None:
        yield f"rows needed: {sound.rows_needed}"


def _element(tag: str, **attributes: str) -> Element:
    from xml.etree.ElementTree import Element

    return Element(tag, attributes)


def _below(parent: Element, tag: str, **attributes: str) -> Element:
    found = _element(tag, **attributes)
    parent.append(found)
    return found


def _repeat(check: Checked) -> list[str]:
    return [visible(f"repeat: {check.command}")] if check.command else []


def _lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


FORMAT = Format(
    "junit",
    "a test case per gate and comparison, for tools that show test results",
    None,
    draw,
    REPORT,
    place=5,
)
