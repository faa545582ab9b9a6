"""Completion: a script for each shell, and answers to what shells ask."""

import pytest
from helpers.calls import losscli, shell

from losscli.cli.terminal import complete
from losscli.loss import registry

NAMES = list(registry.modules())


def ask(shell, words, current, **variables):
    """Return the lines that the program answers when `shell` asks to complete `current`."""
    asked = {"_LOSSCLI_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": current}
    done = losscli(**asked, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", complete.SHELLS)
def test_every_shell_gets_a_script_that_asks_the_program(shell):
    said = losscli("completion", shell)
    assert said.returncode == 0
    assert "_LOSSCLI_COMPLETE" in said.stdout
    assert f"{shell}_complete" in said.stdout
    assert "%(" not in said.stdout
    assert said.stderr == ""


def test_an_unknown_shell_is_told_which_there_are():
    done = losscli("completion", "tcsh")
    assert done.returncode == 2
    assert "bash, zsh, fish, powershell" in done.stderr


def test_the_script_for_bash_completes_in_bash():
    line = (
        'eval "$(losscli completion bash)"; COMP_WORDS=(losscli explain hin); COMP_CWORD=2; '
        '_losscli_completion losscli; echo "${COMPREPLY[@]}"'
    )
    done = shell(line)
    assert done.stdout.split() == [name for name in sorted(NAMES) if name.startswith("hin")]


def test_commands_are_completed():
    assert "plain,losses" in ask("bash", "losscli lo", "1")


def test_losses_and_aliases_are_completed_with_what_they_are():
    lines = ask("fish", "losscli explain b", "b")
    assert f"plain,bce\t{registry.find('bce').summary}" in lines
    assert {line.split("\t")[0].removeprefix("plain,") for line in lines} == {
        name for loss in registry.all_losses() for name in (loss.name, *loss.aliases) if name.startswith("b")
    }


def test_names_elsewhere_are_completed_where_no_name_of_ours_begins_so():
    values = [item.value for item in complete.complete_loss(None, None, "MSEL")]
    assert values == ["MSELoss"]
    assert "brier_score_loss" not in [item.value for item in complete.complete_loss(None, None, "brier")]
    assert "brier_score_loss" in [item.value for item in complete.complete_loss(None, None, "brier_s")]


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
    done = losscli(_LOSSCLI_COMPLETE="tcsh_complete")
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
