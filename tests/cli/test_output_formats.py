"""Which format a report has, and what `-` is: for every option that writes a file."""

import json

import pytest
from helpers.calls import losscli
from helpers.documents import sandbox

from losscli.outputs.formats import load, offered

CALL = ("evaluate", "diabetes.csv", "--loss", "mse")
COMMANDS = {
    "evaluate": CALL,
    "gradient": ("gradient", "diabetes.csv", "--loss", "mse"),
    "recommend": ("recommend", "diabetes.csv"),
    "fit": ("fit", "diabetes.csv", "--loss", "mse", "--folds", "0", "--epochs", "2"),
    "check": ("check", "--only", "cancer"),
    "print-config": ("check", "--print-config"),
}
SUFFIXES = {suffix: name for name in offered("--format") for suffix in load(name).suffixes}


@pytest.fixture
def folder(tmp_path):
    return sandbox(tmp_path)


def test_every_format_has_a_suffix_of_its_own():
    assert {*SUFFIXES.values()} == {*offered("--format")}
    assert {".json", ".jsonl", ".csv", ".md", ".html", ".txt"} <= {*SUFFIXES}
    assert sum(len(load(name).suffixes) for name in offered("--format")) == len(SUFFIXES)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_suffix_decides(suffix, folder):
    if suffix == ".png":
        pytest.importorskip("resvg_py")
    done = losscli(*CALL, "-o", f"report{suffix.upper()}", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    named = losscli(*CALL, "--format", SUFFIXES[suffix], "--output", "named.x", cwd=folder)
    assert named.returncode == 0
    assert (folder / f"report{suffix.upper()}").read_bytes() == (folder / "named.x").read_bytes()


@pytest.mark.parametrize("name", COMMANDS)
def test_it_does_for_every_command(name, folder):
    done = losscli(*COMMANDS[name], "-o", "report.json", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((folder / "report.json").read_text())["schema"] == 1


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("path", ["report.pdf", "report"])
def test_another_suffix_is_refused_with_those_there_are(name, path, folder):
    done = losscli(*COMMANDS[name], "--output", path, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"losscli: --output: '{path}' has ")
    assert all(suffix in done.stderr for suffix in SUFFIXES)
    assert not (folder / path).exists()


def test_an_explicit_format_wins(folder):
    assert losscli(*CALL, "-f", "csv", "-o", "report.json", cwd=folder).returncode == 0
    assert (folder / "report.json").read_text().startswith("loss,group,")
    assert losscli(*CALL, "--json", "-o", "report.txt", cwd=folder).returncode == 0
    assert json.loads((folder / "report.txt").read_text())["schema"] == 1
    assert losscli(*CALL, "-q", "-o", "report", cwd=folder).returncode == 0
    assert (folder / "report").read_text() == "2978.4128969905414\n"
    done = losscli(*CALL, "-o", "report.json", cwd=folder, LOSSCLI_FORMAT="markdown")
    assert done.returncode == 0
    assert (folder / "report.json").read_text().startswith("Predictions ")


def test_what_is_no_file_needs_no_suffix(folder):
    done = losscli(*CALL, "-o", "/dev/stderr", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert "2978.4128969905414" in done.stderr
    assert "{" not in done.stderr


def test_json_is_short_for_its_format():
    assert losscli(*CALL, "--json").stdout == losscli(*CALL, "--format", "json").stdout
    assert losscli(*CALL, "--json", "--format", "json").returncode == 0
    assert json.loads(losscli(*CALL, "--json", LOSSCLI_FORMAT="csv").stdout)["schema"] == 1


@pytest.mark.parametrize("words", [("--json", "--format", "csv"), ("-f", "csv", "--json")])
def test_json_and_another_format_are_refused(words):
    done = losscli(*CALL, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "losscli: --json: --format csv is given too; needed: one of the two\n"
    assert losscli(*CALL, "--json", "--quiet").returncode == 2


def test_all_samples_and_some_are_two_things():
    for command in ("evaluate", "gradient"):
        done = losscli(command, *CALL[1:], "--all", "--top", "3")
        assert (done.returncode, done.stderr) == (
            2,
            "losscli: --all: --top is given too; needed: one of the two\n",
        )
    assert losscli(*CALL, "--all", "--quiet", LOSSCLI_TOP="3").returncode == 0


def test_a_check_chooses_by_suffix_too(folder):
    text = '[[check]]\npredictions = "diabetes.csv"\nloss = "mse"\noutput = "{}"\n'
    (folder / "own.toml").write_text(text.format("report.md"))
    assert losscli("check", "own.toml", cwd=folder).returncode == 0
    assert (folder / "report.md").read_text().startswith("Predictions ")
    (folder / "own.toml").write_text(text.format("report.xml"))
    done = losscli("check", "own.toml", cwd=folder)
    assert done.returncode == 2
    assert "output: 'report.xml' has an unknown suffix, which sets the format" in done.stderr


def test_a_dash_is_standard_output_everywhere(folder):
    plain = losscli(*CALL, "--json", cwd=folder).stdout
    assert losscli(*CALL, "--json", "--output", "-", cwd=folder).stdout == plain
    assert losscli(*CALL, "--output", "a.txt", "--report", "json=-", cwd=folder).stdout == plain
    samples = losscli(*CALL, "--output", "b.txt", "--per-sample", "-", cwd=folder).stdout
    assert samples.count("\n") == 443
    receipt = losscli(*CALL, "--output", "c.txt", "--receipt", "-", cwd=folder).stdout
    assert losscli(*CALL, "--output", "c.txt", "--receipt", "kept.json", cwd=folder).returncode == 0
    assert receipt == (folder / "kept.json").read_text()
    fit = (*COMMANDS["fit"], "--output", "d.txt", "--save-predictions")
    saved = losscli(*fit, "-", cwd=folder).stdout
    assert losscli(*fit, "saved.csv", cwd=folder).returncode == 0
    assert saved == (folder / "saved.csv").read_text()
    checks = losscli("check", "--only", "cancer", "-o", "e.txt", "--report", "junit=-", cwd=folder)
    assert "<testsuites" in checks.stdout
    assert not (folder / "-").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--per-sample -", "--per-sample -: the report goes to standard output too"),
        ("--receipt - -o -", "--receipt -: the report goes to standard output too"),
        ("--report json=-", "--report json -: the report goes to standard output too"),
        ("-o a.txt --receipt - --per-sample -", "--receipt -: --per-sample goes to standard output too"),
    ],
)
def test_two_things_on_standard_output_are_refused(words, told, folder):
    done = losscli(*CALL, *words.split(), cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"losscli: {told}; needed: one output there")
    assert ("--output FILE" in done.stderr) is ("-o a.txt" not in words)


def test_two_reports_of_a_check_are_refused_too(folder):
    done = losscli("check", "--report", "junit=-", cwd=folder)
    assert done.returncode == 2
    assert "--report junit -: the report goes to standard output too" in done.stderr


@pytest.mark.parametrize("key", ["output", "per-sample", "receipt", "report"])
def test_a_check_has_no_standard_output(key, folder):
    value = "json=-" if key == "report" else "-"
    (folder / "own.toml").write_text(
        f'[[check]]\nname = "a"\npredictions = "diabetes.csv"\nloss = "mse"\n{key} = "{value}"\n'
    )
    done = losscli("check", "own.toml", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"check 'a': {key}: a check cannot use standard input or output" in done.stderr


def test_a_file_called_like_it_is_left_alone(folder):
    (folder / "-").write_text("mine")
    assert losscli(*CALL, "-o", "a.txt", "--report", "json=-", cwd=folder).returncode == 0
    assert (folder / "-").read_text() == "mine"


@pytest.mark.parametrize("name", ["evaluate", "gradient", "recommend", "fit"])
def test_quiet_and_full_are_one_of_the_two(folder, name):
    done = losscli(*COMMANDS[name], "-q", "--full", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "losscli: --quiet: --full is given too; needed: one of the two\n"
    # What a shell says of all calls gives way.
    done = losscli(*COMMANDS[name], "-q", cwd=folder, LOSSCLI_FULL="1")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
