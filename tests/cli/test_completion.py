"""Completion: a script for each shell, and answers to what shells ask."""

import os
import subprocess
import sys

import pytest

from losscli.cli import main
from losscli.cli.terminal import complete
from losscli.loss import registry

NAMES = list(registry.modules())


def ask(shell, words, current, **more):
    """Return the lines that the program answers when `shell` asks to complete `current`."""
    env = {
        **os.environ,
        "_LOSSCLI_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": current,
        **more,
    }
    done = subprocess.run([sys.executable, "-m", "losscli"], capture_output=True, text=True, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", complete.SHELLS)
def test_every_shell_gets_a_script_that_asks_the_program(shell, capsys):
    assert main.main(["completion", shell]) == 0
    said = capsys.readouterr()
    assert "_LOSSCLI_COMPLETE" in said.out
    assert f"{shell}_complete" in said.out
    assert "%(" not in said.out
    assert said.err == ""


def test_an_unknown_shell_is_told_which_there_are(capsys):
    assert main.main(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish', 'powershell'" in capsys.readouterr().err


def test_the_script_for_bash_completes_in_bash(tmp_path):
    (tmp_path / "losscli").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m losscli "$@"\n')
    (tmp_path / "losscli").chmod(0o755)
    line = (
        'eval "$(losscli completion bash)"; COMP_WORDS=(losscli explain hin); COMP_CWORD=2; '
        '_losscli_completion losscli; echo "${COMPREPLY[@]}"'
    )
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.split() == [name for name in sorted(NAMES) if name.startswith("hin")]


def test_commands_are_completed():
    assert "plain,losses" in ask("bash", "losscli lo", "1")


def test_losses_and_aliases_are_completed_with_what_they_are():
    lines = ask("fish", "losscli explain b", "b")
    assert f"plain,bce\t{registry.find('bce').summary}" in lines
    assert {line.split("\t")[0].removeprefix("plain,") for line in lines} == {
        name for loss in registry.all_losses() for name in (loss.name, *loss.aliases) if name.startswith("b")
    }


def test_parameters_are_completed_behind_the_colon():
    assert ask("powershell", "losscli explain hinge:", "2") == [
        *("plain", "hinge:margin=", registry.find("hinge").parameters["margin"].help)
    ]
    values = [item.value for item in complete.complete_loss(None, None, "bce:eps=1e-9,p")]
    assert values == ["bce:eps=1e-9,pos_weight="]
    assert not complete.complete_loss(None, None, "bce:eps=1,eps")


def test_what_is_no_loss_may_be_a_file_of_custom_losses():
    assert ask("powershell", "losscli explain ./my", "2") == ["file", "./my", "_"]


def test_options_are_completed_in_powershell():
    kind, option, help_ = ask("powershell", "losscli losses --fa", "2")
    assert (kind, option) == ("plain", "--family")
    assert help_


def test_a_question_that_no_shell_asks_fails():
    env = {**os.environ, "_LOSSCLI_COMPLETE": "tcsh_complete"}
    done = subprocess.run([sys.executable, "-m", "losscli"], capture_output=True, text=True, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words", ["losscli evaluate --loss mine.py:f --gate 'mine.py:f<1' --to", "losscli evaluate --to"]
)
def test_no_code_runs_while_somebody_types(tmp_path, monkeypatch, words):
    (tmp_path / "mine.py").write_text("open('ran', 'w').close()\ndef f(label, prediction): return label\n")
    monkeypatch.chdir(tmp_path)
    variables = {"LOSSCLI_LOSS": "mine.py:f", "LOSSCLI_GATE": "mine.py:f < 1"}
    assert ask("bash", words, str(len(words.split()) - 1), **variables) == ["plain,--top"]
    assert not (tmp_path / "ran").exists()
