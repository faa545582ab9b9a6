"""`--report`: what the real program leaves behind, whatever ends it."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from helpers.calls import PROGRAM, SAMPLES, environment, losscli, shell
from helpers.documents import sandbox
from junitparser import JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

PAIR = (str(SAMPLES / "diabetes_linear.csv"), str(SAMPLES / "diabetes_labels.csv"))
FILES = ("json", "jsonl", "csv", "markdown", "junit", "openmetrics")
STALE = "of an earlier run\n"


def all_reports(folder):
    return [word for format_ in FILES for word in ("--report", f"{format_}={folder / format_}")]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def case(path):
    (suite,) = JUnitXml.fromfile(str(path))
    (found,) = suite
    return found


def error(path):
    (result,) = case(path).result
    return result


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("id,prediction,label\na,1,2\nb,::error::x,2\n")
    return path


def test_each_report_is_what_its_format_says(tmp_path):
    call = ("evaluate", *PAIR, "--loss", "mse", "--gate", "mse <= 2900")
    done = losscli(*call, "--quiet", *all_reports(tmp_path))
    assert (done.returncode, done.stdout) == (1, "2978.4128969905414\n")
    printed = {format_: losscli(*call, "--format", format_).stdout for format_ in FILES[:4]}
    assert {format_: (tmp_path / format_).read_text() for format_ in FILES[:4]} == printed
    found = case(tmp_path / "junit")
    assert (found.classname, found.name, found.result[0].type) == ("losscli.mse", "mse <= 2900", "fail")
    assert (
        f"repeat: losscli evaluate {' '.join(PAIR)} --loss mse --gate 'mse <= 2900'" in found.result[0].text
    )
    families = {
        one.name: one
        for one in text_string_to_metric_families((tmp_path / "openmetrics").read_text(encoding="utf-8"))
    }
    assert families["losscli_cost"].samples[0].value == 2978.4128969905414
    assert families["losscli_gate_passed"].samples[0].value == 0


def test_reports_do_not_change_what_is_printed(tmp_path):
    call = ("evaluate", *PAIR, "--loss", "mse", "--gate", "mse <= 3000")
    plain, reported = losscli(*call), losscli(*call, *all_reports(tmp_path))
    assert (plain.returncode, plain.stdout, plain.stderr) == (
        *(reported.returncode, reported.stdout, reported.stderr),
    )
    assert names(tmp_path) == sorted(FILES)


@pytest.mark.parametrize(
    ("arguments", "status", "kind", "said"),
    [
        (["{bad}", "--loss", "mse"], 2, "data", "bad.csv row 2 (line 3): prediction is ::error::x"),
        (["nowhere.csv", "--loss", "mse"], 2, "data", "nowhere.csv"),
        (["{bad}", "--loss", "msee"], 2, "usage", "msee"),
        (["{bad}", "--loss", "mse", "--gate", "mse < "], 2, "usage", "nothing follows the operator"),
        (["{bad}", "--loss", "mse", "--nonsense"], 2, "usage", "--nonsense"),
        (["{bad}", "--loss", "mse", "--gate"], 2, "usage", "--gate"),
        (["--loss", "mse"], 2, "usage", "PREDICTIONS"),
        (["{bad}", "--loss", "mse", "--report", "xml=x"], 2, "usage", "there is no report format 'xml'"),
        (["{bad}", "--loss", "mse", "--quiet", "--format", "json"], 2, "usage", "--quiet"),
        (["{bad}"], 2, "usage", "--loss"),
        (
            ["{bad}", "--loss", "mse", "--bad-rows", "drop", "--per-sample", "no/where.csv"],
            74,
            "output",
            "no/where.csv",
        ),
    ],
)
def test_what_ended_a_run_is_what_its_reports_say(bad, tmp_path, arguments, status, kind, said):
    folder = tmp_path / "reports"
    folder.mkdir()
    for format_ in FILES:
        (folder / format_).write_text(STALE)
    done = losscli(
        "evaluate", *all_reports(folder), *(one.format(bad=bad) for one in arguments), cwd=tmp_path
    )
    assert done.returncode == status
    assert said in done.stderr
    texts = {format_: (folder / format_).read_text() for format_ in FILES}
    assert not [format_ for format_, text in texts.items() if STALE in text]
    assert error(folder / "junit").type == kind
    assert said in error(folder / "junit").message
    document = json.loads(texts["json"])
    assert document["verdict"] == "error"
    assert any(said in one["message"] for one in document["errors"])
    assert "results" not in document
    families = {one.name: one for one in text_string_to_metric_families(texts["openmetrics"])}
    assert families["losscli_error"].samples[0].value == 1
    assert "losscli_cost" not in families
    assert texts["markdown"].startswith("**error**")
    assert json.loads(texts["jsonl"])["verdict"] == "error"
    assert ",error," in texts["csv"].splitlines()[1]


def test_errors_that_were_found_together_are_reported_together(bad, tmp_path):
    losscli("evaluate", bad, "--loss", "msee", "--gate", "x", "--report", f"json={tmp_path / 'r'}")
    assert [one["kind"] for one in json.loads((tmp_path / "r").read_text())["errors"]] == ["usage", "usage"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jnuit=x", "Did you mean junit?"),
        ("JSON=x", "Did you mean json?"),
        ("table=x", "there is no report format 'table'"),
        ("quiet=x", "there is no report format 'quiet'"),
        ("=x", "there is no report"),
        ("", "there is no report"),
        ("junit", "junit names no file; needed: --report junit=FILE"),
        ("junit=", "junit names no file"),
        ("github=x", "github takes no path"),
        ("github=", "github takes no path"),
        ("json=-", "--report json -: the report goes to standard output too"),
        ("\x1b[31m=x", r"there is no report format '\x1b[31m'"),
    ],
)
def test_an_option_that_names_no_report_is_told_before_a_file_is_opened(text, said, tmp_path):
    done = losscli("evaluate", "nowhere.csv", "--loss", "mse", "--report", text, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "nowhere" not in done.stderr
    assert names(tmp_path) == []


def test_no_report_takes_the_place_of_an_input_or_another_output(bad, tmp_path):
    before = bad.read_bytes()
    twice = [
        (["--report", f"csv={bad}"], "--report csv"),
        (["--report", f"csv={tmp_path}/./bad.csv", "--gate", "nonsense"], "nonsense"),
        ([f"--report=csv={bad}", "--nonsense"], "--nonsense"),
        (["--report", f"csv={tmp_path / 'a'}", "--report", f"json={tmp_path / 'a'}"], "--report json"),
        (["--report", f"csv={tmp_path / 'a'}", "--output", tmp_path / "a"], "--report csv"),
        (["--report", f"csv={tmp_path / 'a.csv'}", "--per-sample", tmp_path / "a.csv"], "--report csv"),
        (["--report", "github", "--report", "github"], "twice"),
    ]
    for arguments, said in twice:
        done = losscli("evaluate", bad, "--loss", "mse", *arguments)
        assert done.returncode == 2, arguments
        assert said in done.stderr
        assert bad.read_bytes() == before
    assert names(tmp_path) == ["bad.csv"]
    done = losscli("evaluate", bad, "--loss", "mse", "--report", "github", GITHUB_OUTPUT=bad)
    assert (done.returncode, bad.read_bytes()) == (2, before)


def test_a_custom_loss_is_not_replaced_either(bad, tmp_path):
    loss = tmp_path / "mine.py"
    loss.write_text("def mine(label, prediction):\n    return label\n")
    for extra in ([], ["--nonsense"]):
        done = losscli("evaluate", bad, "--loss", f"{loss}:mine", "--report", f"json={loss}", *extra)
        assert done.returncode == 2
        assert loss.read_text().startswith("def mine")


@pytest.mark.parametrize("data", ["good", "bad"])
def test_a_report_that_cannot_be_written_is_74_and_the_others_are(bad, tmp_path, data):
    inputs = PAIR if data == "good" else (bad,)
    (tmp_path / "a-folder").mkdir()
    lost = [tmp_path / "nowhere" / "x", tmp_path / "a-folder", Path("/dev/full")]
    wanted = [word for path in lost for word in ("--report", f"junit={path}")]
    done = losscli(
        "evaluate", *inputs, "--loss", "mse", *wanted, "--report", f"json={tmp_path / 'json'}", "--quiet"
    )
    assert done.returncode == 74
    assert all(f"{path}: cannot be written" in done.stderr for path in lost)
    assert json.loads((tmp_path / "json").read_text()).get("verdict") == (None if data == "good" else "error")
    assert done.stdout == ("2978.4128969905414\n" if data == "good" else "")


def test_a_failed_gate_is_lost_to_a_report_that_was(tmp_path):
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--fail-above", "1", "--report", f"csv={tmp_path}")
    assert done.returncode == 74
    assert "fail: mse <= 1: " in done.stdout


def test_reports_hold_where_the_output_is_lost(tmp_path):
    path = tmp_path / "r"
    done = shell(f"losscli evaluate {' '.join(PAIR)} --loss mse --report csv={path} >/dev/full")
    assert done.returncode == 74
    assert "2978.41" in path.read_text()


def test_a_fifo_gets_its_report(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text()))
    reader.start()
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--report", f"json={fifo}", "--quiet")
    reader.join(timeout=30)
    assert done.returncode == 0
    assert json.loads(read[0])["results"][0]["loss"] == "mse"


def test_a_link_leads_where_it_led(tmp_path):
    (tmp_path / "real").write_text(STALE)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    losscli("evaluate", *PAIR, "--loss", "mse", "--report", f"json={tmp_path / 'link'}")
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "real").read_text())["schema"] == 1


@pytest.mark.parametrize(
    ("number", "status", "said"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_interrupted_run_leaves_reports_that_say_so(tmp_path, number, status, said):
    os.mkfifo(tmp_path / "never")
    os.mkfifo(tmp_path / "nobody-reads")
    report = tmp_path / "junit"
    report.write_text(STALE)
    call = ["evaluate", tmp_path / "never", "--loss", "mse", "--report", f"junit={report}"]
    call += ["--report", f"json={tmp_path / 'nobody-reads'}"]
    child = subprocess.Popen(
        [*PROGRAM, *map(str, call)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    for _ in range(600):
        if not report.exists():
            break
        time.sleep(0.05)
    # The report of the earlier run is gone before anything is read: a kill leaves nothing to mistake.
    assert not report.exists()
    time.sleep(0.5)
    child.send_signal(number)
    _, stderr = child.communicate(timeout=60)
    assert child.returncode == status
    assert stderr == f"losscli: {said}\n"
    result = error(report)
    assert (result.type, result.message) == ("interrupted", said)
    assert names(tmp_path) == ["junit", "never", "nobody-reads"]


def test_a_bug_is_an_error_in_the_reports(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("::error::\x1b")

    monkeypatch.setattr("losscli.analyses.evaluate.run.evaluate", broken)
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--report", f"junit={tmp_path / 'r'}")
    assert done.returncode == 70
    result = error(tmp_path / "r")
    assert result.type == "bug"
    assert r"ZeroDivisionError: ::error::\x1b" in result.message


def test_a_wrong_command_leaves_its_reports_too(tmp_path):
    (tmp_path / "r").write_text(STALE)
    assert losscli("evalute", *PAIR, "--report", f"junit={tmp_path / 'r'}").returncode == 2
    assert "evalute" in error(tmp_path / "r").message


def test_a_command_without_reports_leaves_none(tmp_path):
    assert losscli("losses", "--report", f"json={tmp_path / 'r'}").returncode == 2
    assert names(tmp_path) == []


@pytest.mark.parametrize("option", [["--report", "json={}"], ["--output", "{}"]])
def test_a_name_that_is_too_long_is_74(option, tmp_path):
    call = [one.format(tmp_path / f"{'x' * 300}.txt") for one in option]
    done = losscli("evaluate", *PAIR, "--loss", "mse", *call)
    assert done.returncode == 74
    assert done.stderr.endswith("cannot be written: file name too long. Choose a shorter name.\n")


def test_help_and_what_stands_behind_two_dashes_ask_for_no_report(tmp_path):
    path = tmp_path / "r"
    assert losscli("evaluate", "--report", f"json={path}", "--help").returncode == 0
    assert losscli("evaluate", "--nonsense", "--", "--report", f"json={path}").returncode == 2
    assert not path.exists()


# --- GitHub


def commands(stderr):
    return [line for line in stderr.splitlines() if line.startswith("::")]


def test_github_gets_annotations_a_summary_and_outputs(tmp_path):
    summary, output = tmp_path / "summary", tmp_path / "output"
    summary.write_text("before, without a line end")
    output.write_text("a=1\n")
    call = ("evaluate", *PAIR, "--loss", "mse", "--gate", "mse <= 2900", "--quiet", "--report", "github")
    done = losscli(*call, GITHUB_STEP_SUMMARY=summary, GITHUB_OUTPUT=output)
    assert done.returncode == 1
    assert done.stdout == "2978.4128969905414\n"
    (annotation,) = commands(done.stderr)
    assert annotation.startswith("::error title=losscli%3A mse <= 2900::gate failed: mse <= 2900: the")
    assert "note" not in done.stderr
    text = summary.read_text()
    assert text.startswith("before, without a line end\n## losscli: fail\n")
    lines = output.read_text().splitlines()
    assert lines[0] == "a=1"
    assert lines[1].startswith("verdict<<")
    assert lines[2] == "fail"
    losscli(*call, GITHUB_STEP_SUMMARY=summary, GITHUB_OUTPUT=output)
    assert summary.read_text().count("## losscli: fail\n") == 2


def test_without_the_files_of_a_job_there_are_annotations_and_a_note(bad):
    done = losscli("evaluate", bad, "--loss", "mse", "--report", "github")
    assert done.returncode == 2
    (annotation,) = commands(done.stderr)
    assert annotation.startswith("::error title=losscli%3A error::")
    assert annotation.partition("error::")[2].startswith(str(bad))
    said = (
        "losscli: note: --report github: GITHUB_STEP_SUMMARY and GITHUB_OUTPUT are not set: annotations only"
    )
    assert said in done.stderr.splitlines()
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--report", "github", GITHUB_OUTPUT="/dev/null")
    assert "GITHUB_STEP_SUMMARY is not set: nothing is appended there" in done.stderr


@pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
def test_a_file_of_the_job_that_cannot_be_written_is_74(name, tmp_path):
    files = {"GITHUB_STEP_SUMMARY": tmp_path / "s", "GITHUB_OUTPUT": tmp_path / "o", name: "/dev/full"}
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--report", "github", **files)
    assert done.returncode == 74
    assert "/dev/full: cannot be written" in done.stderr
    assert names(tmp_path) == ["o" if name == "GITHUB_STEP_SUMMARY" else "s"]


def test_hostile_data_starts_no_command(tmp_path):
    nasty = "::error::x\x1b##vso[task.complete]%0A|<b>`"
    (tmp_path / "p.csv").write_text(f'id,prediction,label,g\n"{nasty}",1,2,"{nasty}"\n')
    gate = f"mse[{json.dumps(nasty)}] <= 0"
    call = ("p.csv", "--loss", "mse", "--group", "g", "--gate", gate, "--quiet", "--report", "github")
    files = {"GITHUB_STEP_SUMMARY": tmp_path / "s", "GITHUB_OUTPUT": tmp_path / "o"}
    done = losscli("evaluate", *call, *all_reports(tmp_path), cwd=tmp_path, **files)
    assert done.returncode == 1
    (command,) = commands(done.stderr)
    assert command.startswith("::error title=losscli%3A mse[")
    for text in (done.stderr, *(path.read_text() for path in tmp_path.iterdir() if path.name != "p.csv")):
        assert "\x1b" not in text
        assert "##vso[" not in text
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::") and line != command]


BESIDE = {
    "doctor": "doctor cancer_logits.csv cancer_labels.csv --loss bce",
    "reconcile": "reconcile diabetes.csv --loss mse --observed 2978.413",
    "fit": "fit diabetes.csv --loss mse --epochs 2 --folds 0",
}


@pytest.mark.parametrize("name", BESIDE)
def test_commands_without_gates_write_reports_beside_what_they_show(name, tmp_path):
    folder = sandbox(tmp_path)
    (folder / "page.html").write_text("of an earlier run")
    words = BESIDE[name].split()
    plain = losscli(*words, cwd=folder)
    done = losscli(*words, "--report", "html=page.html", "--report", "json=report.json", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert (folder / "page.html").read_text() == losscli(*words, "--format", "html", cwd=folder).stdout
    assert (folder / "report.json").read_text() == losscli(*words, "--json", cwd=folder).stdout


@pytest.mark.parametrize("name", BESIDE)
def test_their_reports_say_what_was_wrong(name, tmp_path):
    (tmp_path / "bad.csv").write_text("label,prediction\n1,2\n3,\n")
    first, _, *rest = (word for word in BESIDE[name].split() if word != "cancer_labels.csv")
    done = losscli(first, "bad.csv", *rest, "--report", "json=report.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.csv" in json.loads((tmp_path / "report.json").read_text())["errors"][0]["where"]


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize(
    ("text", "wrong"), [("junit=x.xml", "tells of gates"), ("html=diabetes.csv", "is also read or written")]
)
def test_their_reports_are_none_of_gates_and_replace_no_input(name, text, wrong, tmp_path):
    folder = sandbox(tmp_path)
    words = BESIDE[name].replace("cancer_logits.csv cancer_labels.csv --loss bce", "diabetes.csv --loss mse")
    done = losscli(*words.split(), "--report", text, cwd=folder)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert not (folder / "x.xml").exists()


def test_the_list_of_checks_has_no_report_beside_it(tmp_path):
    done = losscli("doctor", "--list", "--report", "json=x.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "--list: --report is given too" in done.stderr
