"""The log of a job that failed: which gate, by how much, why, and the command to repeat it at home."""

import os
import re
import shlex
import subprocess

import click
import pytest
from helpers.calls import losscli, shell
from hypothesis import given
from hypothesis import strategies as st

from losscli.cli.commands.evaluate import command
from losscli.cli.options.repeat import ELSEWHERE, command_line, quoted
from losscli.common.text import visible


def run(line):
    """Run a line without a sign of the shell's in it."""
    program, *words = shlex.split(line)
    assert program == "losscli"
    return losscli(*words)


def told(stderr):
    return [line.removeprefix("losscli: ") for line in stderr.splitlines()]


def test_a_failing_gate_is_followed_by_the_samples_behind_it_and_the_command():
    call = "losscli evaluate diabetes_linear.csv diabetes_labels.csv --loss mse --group sex"
    gates = "--gate 'mse <= 2900' --gate 'mse.p95[sex_2] <= 9000' --gate 'mse.p90 <= 1'"
    done = run(f"{call} {gates} --format json --output /dev/null")
    assert done.returncode == 1
    lines = told(done.stderr)
    assert [line.partition(": ")[0] for line in lines] == [
        *("gate failed", "  worst", "  worst", "  worst", "gate failed", "  worst", "  worst", "  worst"),
        *("gate failed", "to repeat it"),
    ]
    assert lines[0] == "gate failed: mse <= 2900: the value is 2978.4128969905414, 2.7 % beyond the threshold"
    assert lines[1] == "  worst: row 57 (line 58), id 57: label 52, prediction 214.74, loss 26484.1"
    assert lines[5] == "  worst: row 360 (line 361), id 360: label 311, prediction 178.357, loss 17594.2"
    # The third gate has the same samples behind it as the first: they are not said again.
    assert lines[-2].startswith("gate failed: mse.p90 <= 1")
    assert lines[-1] == f"to repeat it: {call} {gates}"
    again = shell(lines[-1].removeprefix("to repeat it: "))
    assert again.returncode == 1
    assert "fail: all 3 gates failed" in again.stdout or "fail: 3 of 3 gates failed" in again.stdout


def test_where_the_page_shows_it_only_the_command_is_said():
    call = "losscli evaluate diabetes.csv --loss mse --fail-above 1"
    assert told(run(call).stderr) == [f"to repeat it: {call}"]
    assert told(run(f"{call} --format markdown").stderr) == [f"to repeat it: {call}"]
    # A page that goes to a different file is not in the log.
    assert told(shell(f"{call} > /dev/null").stderr) == [f"to repeat it: {call}"]


def test_a_page_in_a_file_is_not_in_the_log(tmp_path):
    call = "losscli evaluate diabetes.csv --loss mse --fail-above 1"
    assert len(told(shell(f"{call} > {tmp_path}/page").stderr)) == 5
    log = tmp_path / "log"
    shell(f"{call} > {log} 2>&1")
    assert log.read_text().count("losscli: ") == 1


def test_what_passes_says_nothing_and_exit_zero_still_tells():
    call = "losscli evaluate diabetes.csv --loss mse --quiet"
    assert run(f"{call} --fail-above 1e9").stderr == ""
    done = run(f"{call} --fail-above 1 --exit-zero")
    assert (done.returncode, len(told(done.stderr))) == (0, 5)


def test_a_failing_log_fits_on_a_screen():
    gates = " ".join(f"--gate 'mse <= {number}'" for number in range(300))
    lines = told(run(f"losscli evaluate diabetes.csv --loss mse --quiet {gates}").stderr)
    assert len(lines) == 25
    assert lines[-2] == "280 more gates did not pass"


def test_without_samples_in_the_report_none_are_said():
    lines = told(run("losscli evaluate diabetes.csv --loss mse --quiet --fail-above 1 --top 0").stderr)
    assert [line.partition(":")[0] for line in lines] == ["gate failed", "to repeat it"]


def read(line):
    """Return the words that bash reads in a line."""
    done = subprocess.run(
        ["bash", "-c", f"losscli() {{ printf '%s\\0' \"$@\"; }}; {line}"], capture_output=True, check=True
    )
    return [os.fsdecode(word) for word in done.stdout.split(b"\0")[:-1]]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=5
    )
)
def test_bash_reads_back_what_was_quoted_and_a_terminal_shows_it(words):
    line = " ".join(map(quoted, words))
    assert visible(line) == line
    assert "\n" not in line
    assert read(f"losscli {line}") == words


@pytest.mark.parametrize(
    "word", [os.fsdecode(b"a\xff'\\b"), "##vso[x]", "a##[b", "$HOME `x` !", "'", "\\", "-", ""]
)
def test_words_that_are_hard_to_quote(word):
    assert read(f"losscli {quoted(word)}") == [word]
    assert not re.search(r"##\w*\[", quoted(word))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("p.csv l.csv --loss mse --report junit=x --report=json=y --output z", "p.csv l.csv --loss mse"),
        ("--quiet p.csv --loss=mse --format json --format=csv --color never --traceback", "p.csv --loss=mse"),
        (
            "p.csv --per-sample - --loss mse --exit-zero --no-header",
            "p.csv --loss mse --exit-zero --no-header",
        ),
        ("p.csv --gate --report --top 3", "p.csv --gate --report --top 3"),
        ("--loss mse -- --output --report", "--loss mse -- --output --report"),
        ("p.csv --label-id --quiet", "p.csv --label-id --quiet"),
        ("p.csv -qlmse -fjson -o out -f csv --json -n 3", "p.csv -lmse -n 3"),
        ("p.csv -l mse -qo -n -g 'mse < 3' -qf csv -q", "p.csv -l mse -g 'mse < 3'"),
        ("p.csv -n -5 -lmse -zx", "p.csv -n -5 -lmse -zx"),
        ("- l.csv --loss mse --gate 'mse < 3'", "- l.csv --loss mse --gate 'mse < 3'"),
    ],
)
def test_what_says_where_results_go_is_left_away(given, kept):
    assert command_line(shlex.split(given), command) == f"losscli evaluate {kept}"


def test_every_option_that_is_left_away_is_one():
    known = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
    assert {*ELSEWHERE} - known <= {"--receipt", "--save-predictions"}
