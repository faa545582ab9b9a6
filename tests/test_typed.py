"""The package as type checkers and readers of `help` see it: types, docstrings, and their examples."""

import doctest
import importlib
import inspect
import subprocess
import sys

import pytest
from helpers.calls import ROOT
from helpers.documents import sandbox

import losscli

TYPED = ROOT / "tests" / "typed"
MODULES = (
    "api",
    "outputs.python.reports",
    "outputs.python.losses",
    "outputs.python.shown",
    "inputs.arguments",
)
DOCUMENTED = [getattr(losscli, name) for name in losscli.__all__ if name != "__version__"]


def program():
    spec = importlib.util.spec_from_file_location("program", TYPED / "program.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_typed_program_runs():
    found = dict(program().costs([1.0, 2.0], [2.0, 1.0]))
    assert found == {"mse": 1.0, "huber:delta=2": 0.5, "asymmetric": 1.5}
    figures = program().figures([1.0, 2.0, 4.0], [2.0, 4.0, 5.0])
    assert (figures["cost"], figures["passed"], figures["rows"], figures["value"]) == (2.0, 1.0, 3.0, 1.0)
    assert (figures["worst"], figures["frame"]) == (3.0, 1.0)


@pytest.mark.slow
def test_a_program_is_checked_strictly(tmp_path):
    pytest.importorskip("mypy")
    options = ["--strict", "--config-file", "/dev/null", "--cache-dir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "program.py", "wrong.py"],
        cwd=TYPED,
        env={"MYPYPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if " error: " in line]
    text = (TYPED / "wrong.py").read_text(encoding="utf-8")
    calls = [place for place, line in enumerate(text.splitlines(), 1) if "losscli." in line]
    assert {line.partition(" error: ")[0] for line in lines} == {f"wrong.py:{place}:" for place in calls}, (
        done.stdout + done.stderr
    )


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_work(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(sandbox(tmp_path))
    module = importlib.import_module(f"losscli.{name}")
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    for test in finder.find(module, extraglobs={"losscli": losscli}):
        runner.run(test)
    assert runner.failures == 0, capsys.readouterr().out
    assert runner.tries >= sum(function.__module__ == module.__name__ for function in DOCUMENTED)


@pytest.mark.parametrize("function", DOCUMENTED)
def test_every_function_has_an_example_and_all_its_arguments_are_told(function):
    text = inspect.getdoc(function)
    assert ">>> losscli" in text or "= losscli" in text or "in losscli" in text
    parameters = inspect.signature(function).parameters
    told = text.partition("Args:")[2]
    assert all(f"{name}: " in told for name in parameters if function is not losscli.load_loss)
    assert "TypedDict" not in text
    assert "Inputs" not in told
