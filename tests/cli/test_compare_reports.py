"""`losscli compare --report`: what a comparison leaves behind, whatever ends it."""

import csv
import json

import pytest
from helpers.calls import SAMPLES, losscli
from helpers.render_samples import assert_harmless
from junitparser import JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

MODELS = (f"forest={SAMPLES / 'diabetes_forest.csv'}", f"linear={SAMPLES / 'diabetes_linear.csv'}")
CALL = ("compare", *MODELS, str(SAMPLES / "diabetes_labels.csv"))
PRINTED = ("json", "jsonl", "csv", "markdown", "html")
FILES = (*PRINTED, "junit", "openmetrics")
HOSTILE = "::error::<b>&\x1b[31m\u202e,=1"


def all_reports(folder):
    return [word for format_ in FILES for word in ("--report", f"{format_}={folder / format_}")]


def suite(path):
    (found,) = JUnitXml.fromfile(str(path))
    return found


def metrics(path):
    """Return the samples of a file of metrics: pairs of labels and value, by name."""
    found = {}
    for family in text_string_to_metric_families(path.read_text(encoding="utf-8")):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """All reports of one comparison with groups, a margin and gates; its document; how it ended."""
    folder = tmp_path_factory.mktemp("reports")
    gates = ("--gate", "linear:mse < baseline", "--gate", "mse <= 2900", "--exit-zero")
    call = (*CALL, "-l", "mse", "-l", "mae", "--group", "sex", "--margin", "5%", *gates)
    done = losscli(*call, "--quiet", *all_reports(folder))
    assert (done.returncode, done.stdout) == (0, "better\nbetter\n")
    return folder, json.loads((folder / "json").read_text()), call


@pytest.mark.parametrize("format_", PRINTED)
def test_a_report_is_what_its_format_prints(run, format_):
    folder, _, call = run
    assert (folder / format_).read_text() == losscli(*call, "--format", format_).stdout


def test_junit_has_a_case_of_each_comparison_and_of_each_gate(run):
    folder, document, _ = run
    found = suite(folder / "junit")
    assert (found.name, found.tests, found.failures, found.errors) == ("losscli compare", 4, 1, 0)
    cases = [(case.classname, case.name, [one.type for one in case.result]) for case in found]
    assert cases == [
        ("losscli.mse", "linear − forest", []),
        ("losscli.mae", "linear − forest", []),
        ("losscli.mse", "linear:mse < baseline", []),
        ("losscli.mse", "linear:mse <= 2900", ["fail"]),
    ]
    comparison = document["results"][0]["comparisons"][0]
    said = next(iter(found)).system_out
    assert said.startswith("linear is better than forest: mse lower by 1153.5")
    assert f"difference: {comparison['difference']!r}\n" in said
    assert f"p: {comparison['p']!r}\n" in said
    (wrong,) = list(found)[-1].result
    assert "value: 2978.4128969905414\nthreshold: 2900.0\n" in wrong.text
    assert "repeat: losscli compare forest=" in wrong.text
    facts = {one.name: one.value for one in found.properties()}
    assert facts["signature"] == document["signature"]
    assert facts["predictions of forest"].endswith("diabetes_forest.csv")
    assert facts["cost of mae, linear"] == repr(document["results"][1]["models"][1]["cost"])


def test_a_gate_that_is_undecided_is_a_failure_of_that_type(tmp_path):
    gate = ("--gate", "mse <= 3000", "--confidence", "0.95", "--report", f"junit={tmp_path / 'j'}")
    done = losscli(*CALL, "-l", "mse", *gate)
    assert done.returncode == 3
    (wrong,) = list(suite(tmp_path / "j"))[-1].result
    assert wrong.type == "undecided"
    assert "confidence: 0.95 (wide-t)" in wrong.text


def test_metrics_are_the_figures_of_the_document(run):
    folder, document, _ = run
    found = metrics(folder / "openmetrics")
    expected = [
        ({"loss": part["loss"], **group, "model": one["candidate"], "baseline": one["baseline"]}, one)
        for result in document["results"]
        for group, part in (({}, result), *(({"group": one["group"]}, one) for one in result["groups"]))
        for one in part["comparisons"]
    ]
    assert len(expected) == 6
    for name, key in (
        ("losscli_difference", "difference"),
        ("losscli_difference_standard_error", "standard_error"),
        ("losscli_difference_p", "p"),
        ("losscli_difference_p_adjusted", "p_adjusted"),
        ("losscli_relative_difference", "relative"),
    ):
        assert found[name] == [(labels, one[key]) for labels, one in expected], name
    for place, end in enumerate(("low", "high")):
        ends = [({**labels, "level": "0.95"}, one["ci"][place]) for labels, one in expected]
        assert found[f"losscli_difference_ci_{end}"] == ends
    margins = [(labels, one["equivalence"]["margin"]) for labels, one in expected]
    assert found["losscli_difference_margin"] == margins
    words = [
        {name: text for name, text in labels.items() if name != "losscli_difference_verdict"}
        for labels, value in found["losscli_difference_verdict"]
        if value and labels["losscli_difference_verdict"] == "better"
    ]
    assert words == [labels for labels, one in expected if one["verdict"] == "better"]
    costs = {(one["loss"], one.get("group"), one["model"]): value for one, value in found["losscli_cost"]}
    assert costs["mse", None, "linear"] == document["results"][0]["models"][1]["cost"]
    assert len(costs) == 12
    gates = {labels["gate"]: value for labels, value in found["losscli_gate_passed"]}
    assert gates == {"linear:mse < baseline": 1, "linear:mse <= 2900": 0}
    rows = [(one["input"], one.get("model")) for one, _ in found["losscli_rows_read"]]
    assert rows == [("predictions", "forest"), ("predictions", "linear"), ("labels", None)]


def test_github_gets_annotations_a_summary_and_outputs(tmp_path):
    files = {name: tmp_path / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    done = losscli(*CALL, "-l", "mse", "--gate", "mse <= 2900", "--report", "github", **files)
    assert done.returncode == 1
    (annotation,) = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert annotation.startswith("::error title=losscli%3A linear%3Amse <= 2900::gate failed: linear:mse")
    summary = files["GITHUB_STEP_SUMMARY"].read_text()
    assert summary.startswith("## losscli: fail\n")
    assert "`linear` is better than `forest`: `mse` lower by 1153.5" in summary
    assert "losscli compare forest=" in summary
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    outputs = {name.partition("<<")[0]: value for name, value in zip(lines[::3], lines[1::3], strict=True)}
    counts = [outputs[name] for name in ("verdict", "gates", "gates-failed", "n")]
    assert counts == ["fail", "1", "1", "442"]
    assert json.loads(outputs["costs"])["linear"] == {"mse": 2978.4128969905414}
    (one,) = json.loads(outputs["comparisons"])
    assert (one["candidate"], one["baseline"], one["verdict"]) == ("linear", "forest", "better")
    assert one["difference"] == pytest.approx(-1153.5011301587797, rel=1e-15)


@pytest.mark.parametrize(
    ("words", "status", "kind", "said"),
    [
        (["nowhere.csv", "-l", "mse"], 2, "data", "nowhere.csv"),
        (["-l", "msee"], 2, "usage", "msee"),
        (["-l", "mse", "--gate", "mse < "], 2, "usage", "nothing follows the operator"),
        (["-l", "mse", "--nonsense"], 2, "usage", "--nonsense"),
        (["-l", "mse", "--baseline-model", "x"], 2, "usage", "--baseline-model"),
        ([], 2, "usage", "--loss"),
        (["-l", "mse", "--per-sample", "no/where.csv"], 74, "output", "no/where.csv"),
    ],
)
def test_what_ended_a_run_is_what_its_reports_say(tmp_path, words, status, kind, said):
    folder = tmp_path / "reports"
    folder.mkdir()
    for format_ in FILES:
        (folder / format_).write_text("of an earlier run\n")
    done = losscli(*CALL, *words, *all_reports(folder), cwd=tmp_path)
    assert done.returncode == status
    assert said in done.stderr
    texts = {format_: (folder / format_).read_text() for format_ in FILES}
    assert not [format_ for format_, text in texts.items() if "of an earlier run" in text]
    found = suite(folder / "junit")
    (case,) = found
    assert (found.name, case.name, case.result[0].type) == ("losscli compare", "comparison", kind)
    document = json.loads(texts["json"])
    assert document["verdict"] == "error"
    assert any(said in one["message"] for one in document["errors"])
    assert metrics(folder / "openmetrics")["losscli_error"] == [({}, 1)]
    assert texts["markdown"].startswith("**error**")
    (row,) = csv.DictReader(texts["csv"].splitlines())
    assert row["verdict"] == "error"
    assert said in row["error"]
    assert {"candidate", "difference", "p_adjusted"} <= {*row}


def test_no_report_takes_the_place_of_an_input_or_another_output(tmp_path):
    for name in ("forest", "linear", "labels"):
        (tmp_path / f"{name}.csv").write_bytes((SAMPLES / f"diabetes_{name}.csv").read_bytes())
    before = (tmp_path / "linear.csv").read_bytes()
    call = ("compare", "forest.csv", "linear.csv", "labels.csv", "-l", "mse")
    for words in (
        ("--report", "json=linear.csv"),
        ("--report", "json=labels.csv"),
        ("--report", "json=r", "--report", "csv=r"),
        ("--report", "json=r", "--output", "r"),
    ):
        done = losscli(*call, *words, cwd=tmp_path)
        assert done.returncode == 2
        assert "is also read or written by this command" in done.stderr
    assert (tmp_path / "linear.csv").read_bytes() == before


def test_a_report_that_cannot_be_written_is_74_and_the_others_are(tmp_path):
    words = ("--report", "json=no/where", "--report", "csv=c.csv")
    done = losscli(*CALL, "-l", "mse", *words, cwd=tmp_path)
    assert done.returncode == 74
    assert "no/where" in done.stderr
    assert (tmp_path / "c.csv").exists()


def test_hostile_names_steer_nothing(tmp_path):
    rows = "id,prediction,g\n" + "".join(f'{n},{n % 3},"{HOSTILE}"\n' for n in range(40))
    labels = "id,label\n" + "".join(f"{n},{n % 4}\n" for n in range(40))
    (tmp_path / "p.csv").write_text(rows)
    (tmp_path / "q.csv").write_text(rows.replace(",2,", ",1,"))
    (tmp_path / "labels.csv").write_text(labels)
    names = {name: f"{HOSTILE[:-3].replace(':', '')}{name}" for name in "pq"}
    models = [f"{name}={path}.csv" for path, name in names.items()]
    call = ("compare", *models, "labels.csv", "-l", "mse", "--group", "g", "--gate", "mse <= 0.1")
    summary = tmp_path / "summary"
    done = losscli(
        *call, "--report", "github", *all_reports(tmp_path), cwd=tmp_path, GITHUB_STEP_SUMMARY=summary
    )
    assert done.returncode == 1
    for format_ in (*FILES[1:], "summary"):
        assert_harmless((tmp_path / format_).read_text())
    commands = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert len(commands) == 1
    assert "\x1b" not in done.stderr
    assert suite(tmp_path / "junit").tests == 2
    assert len(metrics(tmp_path / "openmetrics")["losscli_difference"]) == 2
    document = json.loads((tmp_path / "json").read_text())
    assert [model["name"] for model in document["models"]] == [*names.values()]


def test_names_that_look_alike_are_series_of_their_own(tmp_path):
    rows = "".join(f"{n},{n % 3},{n % 5}\n" for n in range(40))
    (tmp_path / "p.csv").write_text(f"label,a\x1b,a\\x1b\n{rows}")
    call = ("compare", "p.csv", "--prediction", "a\x1b", "--prediction", "a\\x1b", "-l", "mse")
    done = losscli(*call, "--report", "openmetrics=m", cwd=tmp_path)
    assert done.returncode == 0
    assert len({labels["model"] for labels, _ in metrics(tmp_path / "m")["losscli_cost"]}) == 2
