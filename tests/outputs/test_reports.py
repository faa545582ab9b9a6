"""Reports read by other people's parsers: JUnit, OpenMetrics, Markdown, JSON, CSV, and GitHub's runner."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shlex
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
from helpers.examples import examples
from helpers.render_samples import EVERYTHING, MSE, NASTY, PLAIN, assert_harmless, checks
from hypothesis import Phase, given, settings
from junitparser import Error, Failure, JUnitXml
from markdown_it import MarkdownIt
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from losscli.analyses.evaluate.report import Checked, GateOutcome, Report, worst_verdict
from losscli.cli.options.reports import REPORTS
from losscli.common.errors import (
    KINDS,
    LosscliError,
    OutputError,
    SeveralErrors,
    UsageError,
    kind,
    message,
    single,
)
from losscli.common.text import encodable, spreadsheet_text, visible
from losscli.outputs.formats import github, load, names
from losscli.outputs.views.checks import ChecksView
from losscli.outputs.views.evaluation import SURE, EvaluationView

# Reports are large, and shrinking one takes minutes; what fails is printed as it was drawn.
some = settings(
    max_examples=examples(25),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

FAILED = GateOutcome(
    "mse[f].p95 <= 3000", 3100.0, 3000.0, "fail", loss="mse", figure="p95", group="f", operator="<="
)
PASSED = GateOutcome("mse <= 3100", 3046.9, 3100.0, "pass", loss="mse")
UNSURE = GateOutcome("mse.p99 <= 18000", 18000.9, 18000.0, "undecided", "too near", loss="mse", figure="p99")
FEMALE = replace(MSE, group="f", worst=MSE.worst[1:])
GATED = replace(PLAIN, results=(replace(MSE, groups=(FEMALE,)),), gates=(PASSED, UNSURE, FAILED))
BAD = LosscliError("p.csv row 7", "prediction is 'x'", "a number", "Try --bad-rows drop.")
WRONG = SeveralErrors([UsageError("--gate", "no operator", "", "Did you mean <=?\n  mse\n     ^"), BAD])


def junit(found: list[Checked]) -> JUnitXml:
    return JUnitXml.fromstring(load("junit").render_all(found).encode())


def metrics(found: list[Checked]) -> dict[str, Any]:
    text = load("openmetrics").render_all(found)
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(family: Any) -> list[float]:
    return [sample.value for sample in family.samples]


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def test_reports_have_every_format_that_says_so() -> None:
    assert set(REPORTS) == {name for name in names() if "--report" in load(name).options}
    assert {"json", "jsonl", "csv", "markdown", "html", "junit", "openmetrics", "github"} == set(REPORTS)


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "markdown"])
@pytest.mark.parametrize("report", [PLAIN, EVERYTHING, GATED])
def test_one_evaluation_is_reported_as_it_is_printed(format_: str, report: Report) -> None:
    assert load(format_).render_all([Checked("", report, None, "losscli", 1.5)]) == load(format_).render(
        report
    )


# --- all of them, whatever they hold


@some
@given(checks())
def test_every_report_is_harmless_and_encodable(found: list[Checked]) -> None:
    for name in REPORTS:
        text = load(name).render_all(found)
        assert text.endswith("\n")
        text.encode("utf-8")
        assert_harmless(text)


# --- JUnit


def test_a_test_case_per_gate_says_value_threshold_margin_and_the_worst_samples() -> None:
    (suite,) = junit([Checked("", GATED, None, "losscli evaluate p.csv", 1.25)])
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped, suite.time) == (
        *("losscli evaluate", 3, 2, 0, 0, 1.25),
    )
    assert [(case.classname, case.name) for case in suite] == [
        ("losscli.mse", gate.gate) for gate in GATED.gates
    ]
    fine, unsure, failed = suite
    assert fine.result == []
    (result,) = unsure.result
    assert isinstance(result, Failure)
    assert (result.type, "too near" in result.message) == ("undecided", True)
    (result,) = failed.result
    assert (type(result), result.type) == (Failure, "fail")
    assert result.message == (
        "gate failed: mse[f].p95 <= 3000: the value is 3100, 3.33 % beyond the threshold"
    )
    lines = result.text.splitlines()
    assert lines[1:4] == ["value: 3100.0", "threshold: 3000.0", "margin: -100.0"]
    # Of the group, not of all samples.
    assert lines[4] == "worst: row 204, id patient-204: label 72, prediction 226, loss 23716"
    assert lines[-1] == "repeat: losscli evaluate p.csv"
    properties = {one.name: one.value for one in suite.properties()}
    assert properties["signature"] == PLAIN.signature
    assert properties["cost of mse"] == repr(MSE.cost)
    said = ET.fromstring(load("junit").render(GATED)).findtext("testsuite/system-out")
    assert said is not None
    assert f"cost of mse: {MSE.cost!r}" in said.splitlines()


@pytest.mark.parametrize(
    "gate",
    [
        GateOutcome("mse >= 1e9", 3.0, 1e9, "fail", loss="mse", operator=">="),
        GateOutcome("mse.n < 3", 442, 3.0, "fail", loss="mse", figure="n", operator="<"),
        GateOutcome("mae < 3", None, 3.0, "fail", "mae was not computed", loss="mae", operator="<"),
        GateOutcome("mse[m] < 3", None, 3.0, "fail", "no group", loss="mse", group="m", operator="<"),
    ],
)
def test_samples_that_did_not_fail_a_gate_are_not_shown_behind_it(gate: GateOutcome) -> None:
    (suite,) = junit([Checked("", replace(GATED, gates=(gate,)))])
    ((result,),) = (case.result for case in suite)
    assert "worst" not in result.text


def test_an_evaluation_without_gates_is_a_test_that_passed() -> None:
    (suite,) = junit([Checked("", PLAIN)])
    assert [(case.classname, case.name, case.result) for case in suite] == [("losscli", "evaluation", [])]


def test_bad_data_is_an_error_that_says_what_was_wrong() -> None:
    root = junit([Checked("good", PLAIN), Checked("bad", None, BAD, "losscli x"), Checked("", None, WRONG)])
    assert (root.tests, root.failures, root.errors) == (3, 0, 2)
    _, bad, wrong = root
    ((result,),) = (case.result for case in bad)
    assert isinstance(result, Error)
    assert (result.type, result.message) == ("data", str(BAD))
    assert result.text.splitlines() == [f"losscli: {BAD}", "repeat: losscli x"]
    ((result,),) = (case.result for case in wrong)
    assert result.type == "usage"
    assert "  mse\n     ^" in result.text


@some
@given(checks())
def test_junit_reads_back(found: list[Checked]) -> None:
    root = junit(found)
    suites = list(root)
    assert len(suites) == len(found)
    for suite, check in zip(suites, found, strict=True):
        cases = list(suite)
        gates = () if check.report is None else check.report.gates
        assert len(cases) == max(1, len(gates))
        assert suite.tests == len(cases)
        assert suite.failures == sum(not gate.passed for gate in gates)
        assert suite.errors == (check.verdict == "error")
    # Another parser, and strictly XML 1.0: expat refuses characters that are none, these are more.
    text = load("junit").render_all(found)
    assert not re.search("[\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff]", text)
    ET.fromstring(text)


# --- OpenMetrics


def test_metrics_have_the_figures_of_every_loss_and_group() -> None:
    found = metrics([Checked("", GATED, None, "", 1.2345)])
    assert found["losscli_cost"].type == "gauge"
    assert [(one.labels, one.value) for one in found["losscli_cost"].samples] == [
        ({"loss": "mse"}, MSE.cost),
        ({"loss": "mse", "group": "f"}, MSE.cost),
    ]
    quantiles = {
        one.labels["quantile"]: one.value
        for one in found["losscli_loss_quantile"].samples
        if "group" not in one.labels
    }
    assert quantiles == {"0.5": 1500.25, "0.9": 8100.0, "0.95": 9000.125, "0.99": 18000.9}
    assert values(found["losscli_samples"]) == [442, 442]
    (info,) = found["losscli"].samples
    assert (found["losscli"].type, info.name, info.value) == ("info", "losscli_info", 1)
    assert info.labels == {"version": "0.1.0", "signature": PLAIN.signature, "alignment": "id"}
    assert (found["losscli_duration_seconds"].unit, values(found["losscli_duration_seconds"])) == (
        *("seconds", [1.234]),
    )
    assert values(found["losscli_error"]) == [0]
    assert {one.labels["losscli_verdict"]: one.value for one in found["losscli_verdict"].samples} == {
        **dict.fromkeys(("pass", "undecided", "error"), 0),
        "fail": 1,
    }


def test_metrics_of_gates() -> None:
    found = metrics([Checked("", GATED)])
    gates = [one.labels["gate"] for one in found["losscli_gate_passed"].samples]
    assert gates == [gate.gate for gate in GATED.gates]
    assert values(found["losscli_gate_passed"]) == [1, 0, 0]
    assert values(found["losscli_gate_undecided"]) == [0, 1, 0]
    assert values(found["losscli_gate_value"]) == [3046.9, 18000.9, 3100]
    assert values(found["losscli_gate_threshold"]) == [3100, 18000, 3000]
    assert found["losscli_gate_margin"].samples[2].labels == {
        "loss": "mse",
        "figure": "p95",
        "group": "f",
        "gate": "mse[f].p95 <= 3000",
    }


def test_metrics_of_bad_data_say_so() -> None:
    found = metrics([Checked("a", PLAIN), Checked("b", None, WRONG)])
    assert [(one.labels, one.value) for one in found["losscli_error"].samples] == [
        ({"check": "a"}, 0),
        ({"check": "b"}, 1),
    ]
    assert [one.labels["kind"] for one in found["losscli_failure"].samples] == ["usage", "data"]
    assert found["losscli_failure"].samples[1].labels["message"] == str(BAD)


def test_the_empty_group_is_not_taken_for_all_samples() -> None:
    report = replace(PLAIN, results=(replace(MSE, groups=(replace(FEMALE, group=""),)),))
    labels = [one.labels for one in metrics([Checked("", report)])["losscli_cost"].samples]
    assert labels == [{"loss": "mse"}, {"loss": "mse", "group": "(empty)"}]


@some
@given(checks())
def test_metrics_read_back_and_no_series_is_there_twice(found: list[Checked]) -> None:
    text = load("openmetrics").render_all(found)
    families = list(text_string_to_metric_families(text))
    series = [(one.name, tuple(sorted(one.labels.items()))) for family in families for one in family.samples]
    # An empty label is none to Prometheus.
    shown = [(name, tuple(pair for pair in labels if pair[1])) for name, labels in series]
    assert len(set(shown)) == len(shown)
    costs = [one.value for family in families if family.name == "losscli_cost" for one in family.samples]
    parts = [
        part.cost
        for check in found
        if check.report is not None
        for result in check.report.results
        for part in (result, *result.groups)
    ]
    assert all(map(same, costs, parts))
    assert len(costs) == len(parts)


def test_gitlab_finds_a_name_and_a_value_on_every_line() -> None:
    """GitLab splits each line as a shell would, and takes the first word for the name."""
    for line in load("openmetrics").render_all([Checked("", GATED)]).splitlines():
        words = shlex.split(re.sub("#.*$", "", line))
        assert not words or (
            len(words) == 2 and words[0].startswith("losscli") and float(words[1]) is not None
        )


# --- several checks in the formats that evaluate prints


def test_json_of_several_checks() -> None:
    found = json.loads(load("json").render_all([Checked("a", GATED), Checked("b", None, WRONG)]))
    assert list(found) == ["schema", "losscli", "checks", "verdict"]
    assert found["verdict"] == "error"
    one, other = found["checks"]
    whole = json.loads(load("json").render(GATED))
    assert one == {"check": "a", **{key: whole[key] for key in whole if key not in ("schema", "losscli")}}
    assert list(other) == ["check", "verdict", "errors"]
    assert [error["kind"] for error in other["errors"]] == ["usage", "data"]
    assert other["errors"][1] == {
        "kind": "data",
        "where": "p.csv row 7",
        "found": "prediction is 'x'",
        "needed": "a number",
        "remedy": "Try --bad-rows drop.",
        "message": str(BAD),
    }


def test_json_of_a_call_that_came_to_nothing_has_no_results() -> None:
    found = json.loads(load("json").render_all([Checked("", None, BAD)]))
    assert list(found) == ["schema", "losscli", "errors", "verdict"]
    assert found["verdict"] == "error"


@some
@given(checks())
def test_json_and_lines_of_checks_read_back(found: list[Checked]) -> None:
    whole = json.loads(load("json").render_all(found))
    lines = [json.loads(line) for line in load("jsonl").render_all(found).splitlines()]
    parts = whole.get("checks", [whole])
    for check, part in zip(found, parts, strict=True):
        assert part.get("check", "") == encodable(check.name)
        if check.error is not None:
            assert part["verdict"] == "error"
            assert [one["found"] for one in part["errors"]] == [
                encodable(one.found) for one in single(check.error)
            ]
            assert all(one["kind"] in KINDS for one in part["errors"])
    expected = sum(
        1 if check.report is None else sum(1 + len(result.groups) for result in check.report.results)
        for check in found
    )
    assert len(lines) == expected
    if len(parts) > 1:
        assert {line["check"] for line in lines} == {encodable(check.name) for check in found}
        assert whole["verdict"] == worst_verdict(found)


@some
@given(checks())
def test_csv_of_checks_reads_back(found: list[Checked]) -> None:
    text = load("csv").render_all(found)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in rows)
    levels = [one.report.level for one in found if one.report is not None]
    sure = SURE if any(level is not None for level in levels) else ()
    if len(found) == 1 and not found[0].name and found[0].error is None:
        assert list(rows[0]) == [*EvaluationView.columns, *sure]
        return
    assert all(list(row) == [*ChecksView.columns, *sure] for row in rows)
    for row in rows:
        assert (row["verdict"] == "error") == (row["cost"] == "")
    at = 0
    for check in found:
        here = rows[at : at + 1]
        assert here[0]["verdict"] == check.verdict
        shown = spreadsheet_text(check.name)
        assert here[0]["check"] in (shown, shown.replace(":", "\\x3a", 1))
        at += 1 if check.report is None else sum(1 + len(one.groups) for one in check.report.results)


def test_markdown_of_several_checks_has_a_table_and_a_section_of_each() -> None:
    text = load("markdown").render_all([Checked("a|b", GATED), Checked("c", None, BAD, "losscli evaluate x")])
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    headings = [
        tokens[at + 1].content for at, one in enumerate(tokens) if one.tag == "h2" and one.nesting == 1
    ]
    assert headings == ["<code>a&#124;b</code>", "`c`"]
    first = next(at for at, one in enumerate(tokens) if one.type == "tbody_open")
    cells = [one.content for one in tokens[first:] if one.type == "inline"][:8]
    assert cells[0] == "fail"
    assert cells[3] == "1 of 3"
    assert cells[4] == "error"
    assert text.startswith("**error**: 0 of 2 checks passed\n")
    assert "prediction is" in text
    assert "To repeat it: `losscli evaluate x`" in text


@some
@given(checks())
def test_markdown_of_checks_holds_no_markup_of_the_data(found: list[Checked]) -> None:
    for name in ("markdown", "github"):
        text = load(name).render_all(found)
        tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
        for token in tokens:
            assert token.type not in ("html_block", "code_block", "fence", "hr", "blockquote_open"), token
            for part in token.children or ():
                assert part.type in (
                    *("text", "text_special", "code_inline", "html_inline", "softbreak"),
                    *("strong_open", "strong_close"),
                ), part
                if part.type == "html_inline":
                    assert part.content in ("<code>", "</code>")


# --- GitHub


def test_annotations_are_few_and_the_worst_come_first() -> None:
    report = replace(GATED, gates=(UNSURE, *[FAILED] * 11))
    lines = github.commands([Checked("", report), Checked("b", None, BAD)])
    assert len(lines) == github.MOST_ANNOTATIONS
    assert lines[0].startswith("::error title=losscli%3A b%3A error::p.csv row 7: prediction is 'x'")
    assert lines[1].startswith("::error title=losscli%3A mse[f].p95 <= 3000::gate failed: ")
    assert "3.33 %25 beyond the threshold%0Aworst: row 204, id patient-204" in lines[1]
    assert lines[-1] == (
        "::error title=losscli::4 more gates or checks did not pass; the job summary lists all of them."
    )
    (unsure,) = github.commands([Checked("", replace(GATED, gates=(PASSED, UNSURE)))])
    assert unsure.startswith("::warning title=losscli%3A mse.p99 <= 18000::gate undecided: ")
    assert github.commands([Checked("", PLAIN)]) == []


def runner(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as GitHub's runner does."""
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, properties = line[2:end].partition(" ")

    def unescaped(text: str) -> str:
        for code, character in (("%2C", ","), ("%3A", ":"), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(code, character)
        return text

    pairs = (pair.partition("=") for pair in properties.split(",") if pair)
    return name, {key: unescaped(value) for key, _, value in pairs}, unescaped(line[end + 2 :])


@some
@given(checks())
def test_nothing_in_the_data_is_a_command_to_the_runner(found: list[Checked]) -> None:
    for line in github.commands(found):
        assert "\n" not in line
        assert_harmless(line.removeprefix("::"))
        name, properties, said = runner(line)
        assert name in ("error", "warning")
        assert list(properties) == ["title"]
        assert properties["title"].startswith("losscli")
        assert said


def test_titles_and_messages_read_back_exactly() -> None:
    said = "a%0Ab,c:d%25\nsecond"
    assert runner(github.command("error", "t%2C: x,y", said)) == ("error", {"title": "t%2C: x,y"}, said)
    _, properties, shown = runner(github.command("notice", NASTY, NASTY))
    assert properties["title"] == visible(NASTY)
    assert shown == "\n".join(map(visible, NASTY.split("\n")))


def outputs(text: str) -> dict[str, str]:
    """Read the outputs of a step as GitHub's runner does."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        assert mark
        value = []
        for inner in lines:
            if inner == end:
                break
            value.append(inner)
        else:
            raise AssertionError(f"{name} has no end")
        found[name] = "\n".join(value)
    return found


def test_outputs_of_one_evaluation() -> None:
    assert outputs(github.output_lines(github.outputs([Checked("", GATED)]))) == {
        "verdict": "fail",
        "gates": "3",
        "gates-failed": "2",
        "costs": json.dumps({"mse": MSE.cost}),
        "cost": repr(MSE.cost),
        "n": "442",
        "signature": PLAIN.signature,
    }


def test_outputs_of_what_came_to_nothing_and_of_several_checks() -> None:
    assert github.outputs([Checked("", None, BAD)]) == {
        "verdict": "error",
        "gates": "0",
        "gates-failed": "0",
        "costs": "{}",
        "error": str(BAD),
    }
    found = github.outputs([Checked("a", PLAIN), Checked("b", None, BAD)])
    assert json.loads(found["costs"]) == {"a": {"mse": MSE.cost, "rmse": PLAIN.results[1].cost}, "b": {}}
    assert "cost" not in found


@some
@given(checks())
def test_no_value_ends_its_output(found: list[Checked]) -> None:
    wanted = github.outputs(found)
    assert outputs(github.output_lines(wanted)) == wanted
    assert all("\n" not in value for value in wanted.values())
    json.loads(wanted["costs"])


def test_every_output_has_another_end() -> None:
    ends = re.findall("<<(.*)", github.output_lines({"a": "1", "b": "2"}) + github.output_lines({"a": "1"}))
    assert len(set(ends)) == 3


def test_the_summary_says_first_what_failed() -> None:
    text = load("github").render_all([Checked("", GATED, None, "losscli evaluate p.csv")])
    head, _, tables = text.partition("### Cost")
    assert head.startswith("## losscli: fail\n")
    assert "row 204, id patient-204" in head
    assert "To repeat it: `losscli evaluate p.csv`" in head
    assert "### Gates" in tables


def test_the_summary_keeps_below_what_github_takes() -> None:
    huge = replace(MSE.worst[0], id="é" * 70_000)
    report = replace(PLAIN, results=(replace(MSE, worst=(huge,) * 500),))
    text = load("github").render_all([Checked("", report)])
    assert len(text.encode()) <= 1 << 20
    assert text.splitlines()[-1].startswith("The rest is left out")


def test_kinds_of_errors() -> None:
    assert [kind(one) for one in (BAD, UsageError("", ""), OutputError("", ""))] == [
        "data",
        "usage",
        "output",
    ]
    assert message(LosscliError("a\nb", "::error::", "", "x\ny")) == "a\\x0ab: ::error::. x\ny"
