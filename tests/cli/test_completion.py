"""Completion: a script for each shell, and answers to what shells ask."""

import os
import time

import click
import pytest
from helpers.calls import SAMPLES, losscli, shell

from losscli.analyses.evaluate.figures import FIGURES
from losscli.cli.main import program
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


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("evaluate diabetes.csv --group ", "id label prediction sex"),
        ("evaluate diabetes.csv --loss mse --group s", "sex"),
        ("evaluate --group s diabetes.csv --weight p", "prediction"),
        ("evaluate diabetes.csv.gz --label l", "label"),
        ("evaluate diabetes_semicolon.csv --prediction p", "prediction"),
        ("evaluate wine_bayes.csv wine_labels.csv --prediction p", "prob_class_2 prob_class_0 prob_class_1"),
        ("evaluate wine_bayes.csv wine_labels.csv --label ", "id label"),
        ("gradient diabetes_linear.csv diabetes_labels.csv --id ", "id prediction label sex"),
        ("evaluate diabetes.csv --delimiter ; --group ", "id,label,prediction,sex"),
        ("evaluate diabetes.csv --loss mse --loss mae --gate ", "mse mae"),
        (
            "evaluate diabetes.csv -l mse -g mse",
            "mse " + " ".join(f"mse.{figure}" for figure in FIGURES),
        ),
        (
            "evaluate diabetes.csv -l huber:delta=2 -g huber:delta=2.p9",
            "huber:delta=2.p90 huber:delta=2.p95 huber:delta=2.p99",
        ),
        ("evaluate diabetes.csv -l mse --group sex -g mse.p95", "mse.p95 mse.p95["),
        ("evaluate diabetes.csv -l mse --group sex -g mse[", "mse[sex_1] mse[sex_2]"),
        (
            "evaluate diabetes_linear.csv diabetes_labels.csv -l mse --group sex -g mse.p95[sex_2",
            "mse.p95[sex_2]",
        ),
        ("check --only ", "diabetes, linear|diabetes, forest|cancer"),
        ("check losscli.toml --only c", "cancer"),
        ("evaluate diabetes.csv --format j", "json jsonl"),
        ("evaluate diabetes.csv -f m", "markdown"),
        ("docs ga", "gates"),
        ("docs losses/hu", "losses/huber"),
        ("help ev", "evaluate"),
    ],
)
def test_what_is_there_is_completed(words, wanted):
    words = words.split(" ")
    found = ask("bash", " ".join(["losscli", *words]), str(len(words)))
    names = wanted.split("|") if "|" in wanted else wanted.split()
    assert found == [f"plain,{name}" for name in names]


@pytest.mark.parametrize(
    "words",
    [
        *("evaluate nowhere.csv --group ", "evaluate . --group ", "evaluate - --group ", "evaluate --group "),
        *("evaluate FIFO --group ", "evaluate broken.csv.gz --label ", "evaluate empty.csv --id "),
        *("check nowhere.toml --only ", "check broken.csv.gz --only ", "check FIFO --only ", "docs zzz"),
        *("evaluate strange.csv --group e", "evaluate strange.csv -l mse --gate mae"),
        *("evaluate empty.csv --group g -l mse -g mse[", "evaluate strange.csv -l mse -g mse["),
    ],
)
def test_where_nothing_is_there_nothing_is_said(words, tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "FIFO")
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8b\x08no")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "strange.csv").write_bytes(b'"e\x1b[2Jx","e\ny",c\n1,2,3\n')
    monkeypatch.chdir(tmp_path)
    words = words.split(" ")
    done = losscli(
        _LOSSCLI_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(["losscli", *words]),
        COMP_CWORD=len(words),
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_every_column_is_completed_where_it_is_asked_for():
    context = click.Context(program)
    for name in program.list_commands(context):
        for option in program.get_command(context, name).params:
            if option.metavar == "COLUMN":
                with click.Context(click.Command("x")) as asked:
                    asked.params |= {"predictions": str(SAMPLES / "diabetes.csv"), "labels": None}
                    assert [one.value for one in option.shell_complete(asked, "la")] == ["label"], option.opts


def test_of_a_large_file_the_first_lines_are_read(tmp_path):
    with (tmp_path / "large.csv").open("wb") as file:
        file.write(b"id,label,prediction\n" + b"1,2,3\n" * 20_000)
        file.truncate(1 << 34)
    with click.Context(click.Command("x")) as asked:
        asked.params["predictions"] = str(tmp_path / "large.csv")
        started = time.process_time()
        found = complete.complete_column(asked, click.Option(["--id"]), "")
    assert [one.value for one in found] == ["id", "label", "prediction"]
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("first", ["diabetes_forest.csv", "forest=diabetes_forest.csv"])
def test_columns_of_models_and_of_labels_are_completed(first, monkeypatch):
    monkeypatch.chdir(SAMPLES)
    command = program.get_command(click.Context(program), "compare")
    words = [first, "diabetes_linear.csv", "diabetes_labels.csv"]
    options = {one.opts[0]: one for one in command.params}
    with command.make_context("compare", words, resilient_parsing=True) as asked:
        assert [one.value for one in options["--prediction"].shell_complete(asked, "p")] == ["prediction"]
        assert [one.value for one in options["--group"].shell_complete(asked, "s")] == ["sex"]
    with command.make_context("compare", [first], resilient_parsing=True) as asked:
        assert [one.value for one in options["--id"].shell_complete(asked, "")] == ["id", "prediction"]
