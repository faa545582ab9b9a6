"""An option that takes one value and is given several times is an error, whatever the command."""

import pytest
from helpers.calls import losscli

ONE_VALUE = [
    ("evaluate", "--fail-above", "0.1", "100"),
    ("evaluate", "--top", "3", "3"),
    ("evaluate", "--format", "json", "table"),
    ("gradient", "--of", "loss", "cost"),
    ("fit", "--seed", "1", "2"),
    ("recommend", "--bad-rows", "drop", "error"),
    ("verify", "--seed", "1", "2"),
]


@pytest.mark.parametrize(("command", "option", "first", "second"), ONE_VALUE)
def test_second_value_is_refused(command, option, first, second):
    named = [] if command == "recommend" else (["mse"] if command == "verify" else ["--loss", "mse"])
    files = [] if command == "verify" else ["diabetes_linear.csv", "diabetes_labels.csv"]
    done = losscli(command, *files, *named, option, first, f"{option}={second}")
    assert done.returncode == 2
    assert f"{option}: given more than once; needed: one value" in done.stderr
    assert done.stdout == ""


def test_header_and_no_header_contradict_each_other():
    done = losscli("evaluate", "diabetes_linear.csv", "--loss", "mse", "--header", "--no-header")
    assert done.returncode == 2
    assert "--header: given more than once" in done.stderr


def test_it_is_told_with_everything_else():
    done = losscli("evaluate", "p.csv", "--loss", "no", "--top", "1", "--top", "2", "--bogus")
    assert done.returncode == 2
    for told in ("--top: given more than once", "--bogus", "no loss"):
        assert told in done.stderr


@pytest.mark.parametrize(
    "again", [["--quiet", "--quiet"], ["--loss", "mse"], ["--gate", "mse > 0", "--gate", "mse > 1"]]
)
def test_switches_and_what_may_repeat_are_no_error(again):
    done = losscli("evaluate", "diabetes_linear.csv", "diabetes_labels.csv", "--loss", "mse", *again)
    assert done.returncode == 0, done.stderr
