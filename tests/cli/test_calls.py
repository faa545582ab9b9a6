"""A call of the program in the tests' own process is what a process of its own is, for every command."""

import gc
import os
import signal
import sys
from pathlib import Path

import click
import pytest
from helpers.calls import losscli, process

from losscli.cli.main import program

BOTH = ("diabetes.csv", "--loss", "mse")
CALLS = {
    "check": ("--format", "markdown"),
    "completion": ("fish",),
    "conventions": ("huber",),
    "docs": ("gates",),
    "doctor": ("diabetes.csv", "--loss", "mse", "--full"),
    "compare": ("diabetes_forest.csv", "diabetes_linear.csv", "diabetes_labels.csv", "--loss", "mse"),
    "evaluate": (*BOTH, "--gate", "mse <= 1", "--group", "sex", "--color", "always"),
    "explain": ("focal:gamma=3",),
    "explain-check": ("D13",),
    "fit": (*BOTH, "--folds", "0", "--epochs", "3"),
    "gradient": (*BOTH, "--format", "json"),
    "help": ("fit",),
    "losses": ("--family", "margin"),
    "merge": ("nowhere.state",),
    "plan": ("diabetes_linear.csv", "diabetes_labels.csv", "--gate", "mse <= 3300"),
    "reconcile": ("diabetes.csv", "--loss", "mse", "--observed", "2978.413"),
    "recommend": ("cancer_logits.csv", "cancer_labels.csv"),
    "replay": ("nowhere.json",),
    "version": ("--format", "csv"),
    "verify": ("custom/asymmetric.py:asymmetric", "--rows", "40"),
}


def state():
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    streams = [sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__]
    files = [os.fstat(number)[:3] for number in (0, 1, 2)]
    memory = [gc.isenabled(), gc.get_freeze_count(), sys.getswitchinterval()]
    return [Path.cwd(), dict(os.environ), sys.path.copy(), handlers, streams, files, memory]


def test_every_command_is_tried():
    assert sorted(CALLS) == sorted(program.list_commands(click.Context(program)))


@pytest.mark.parametrize("command", CALLS)
def test_a_call_is_what_a_process_is(command):
    before = state()
    call = losscli(command, *CALLS[command])
    assert state() == before
    own = process(command, *CALLS[command])
    assert (call.returncode, call.stdout, call.stderr) == (own.returncode, own.stdout, own.stderr)
    assert call.stdout or call.stderr


def test_a_pipe_is_a_pipe():
    arguments = ("evaluate", "-", "--loss", "mae", "--per-sample", "-", "--output", "/dev/stderr")
    rows = "".join(f"{row},{row % 7}\n" for row in range(30_000))
    call, own = (run(*arguments, stdin=f"prediction,label\n{rows}", COLUMNS=50) for run in (losscli, process))
    assert (call.returncode, call.stdout, call.stderr) == (own.returncode, own.stdout, own.stderr)
    assert call.returncode == 0
    assert call.stdout.count("\n") == 30_001
