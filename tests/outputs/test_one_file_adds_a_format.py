"""A format is added by one file: every command, help, completion and the list for docs pick it up.

What is offered is read once a process, so each part runs in one of its own, in which the folder of the
formats has one file more.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.calls import ROOT, SAMPLES

from losscli.cli.options.outputs import PICTURED

FORMAT = '''
"""YAML: the document, below what the page and the rows of the report come to."""

from losscli.outputs.formats import Format


def draw(view, looks):
    import yaml

    page, rows = [*view.page()], [*view.rows()]
    assert all(set(row) <= set(view.columns) for row in rows)
    return f"# {len(page)} elements, {len(rows)} rows\\n" + yaml.safe_dump(view.document(), sort_keys=False)


FORMAT = Format("yaml", "the document, for whoever writes configs", draw)
'''
MORE = """
import losscli.outputs.formats
losscli.outputs.formats.__path__.append({folder!r})
"""
COMMANDS = (
    MORE
    + """
import click, json
from losscli.cli.main import program
context = click.Context(program)
found = dict()
for name in program.list_commands(context):
    command = program.get_command(context, name)
    asked = click.Context(command, info_name=name)
    asked.meta["--help-all"] = True
    found[name] = [{{}}, command.get_help(asked)]
    for option in command.get_params(context):
        if isinstance(option.type, click.Choice):
            found[name][0][option.opts[0]] = list(option.type.choices)
print(json.dumps(found))
"""
)
CALLS = (
    MORE
    + """
import io, json, sys
from losscli.cli.main import main
said = []
for arguments in {calls!r}:
    stdout, sys.stdout = sys.stdout, io.StringIO()
    status = main(arguments)
    stdout, sys.stdout = sys.stdout, stdout
    said.append([status, stdout.getvalue()])
print(json.dumps(said))
"""
)
CONFIG = """
[[check]]
name = "first"
predictions = "diabetes.csv"
loss = "mse"
gate = "mse <= 1"

[[check]]
name = "second"
predictions = "wine_bayes.csv"
labels = "wine_labels.csv"
loss = "cross_entropy"
"""
REPORTS = {
    "evaluate": "evaluate diabetes.csv --loss mse --loss mae --group sex",
    "compare": "compare diabetes_forest.csv diabetes_linear.csv diabetes_labels.csv --loss mse",
    "plan": "plan diabetes_linear.csv diabetes_labels.csv --gate mse<=3300",
    "gradient": "gradient wine_logits.csv wine_labels.csv --loss cross_entropy:from_logits=true --top 2",
    "fit": "fit wine_bayes.csv wine_labels.csv --loss cross_entropy --model bias --epochs 2 --folds 0",
    "recommend": "recommend diabetes.csv --top 1",
    "replay": "replay receipt.json",
    "merge": "merge run.state",
    "check": "check losscli.toml",
    "check --print-config": "check losscli.toml --print-config",
    "doctor": "doctor cancer_logits.csv cancer_labels.csv --loss brier",
    "doctor --list": "doctor --list",
    "reconcile": "reconcile diabetes.csv --loss mse --observed 2978.413",
    "conventions": "conventions huber",
    "explain-check": "explain-check D13",
    "losses": "losses --family margin",
    "explain": "explain huber:delta=2",
    "verify": "verify mse --rows 8",
    "version": "version",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of one more format."""
    found = tmp_path / "formats"
    found.mkdir()
    (found / "yaml.py").write_text(FORMAT, encoding="utf-8")
    return found


def python(code: str, cwd: Path = SAMPLES, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LOSSCLI_")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, env=environ | more, check=False
    )


def answered(code: str, cwd: Path = SAMPLES) -> Any:
    done = python(code, cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_command_that_has_formats_offers_it_and_says_so_in_its_help(folder: Path) -> None:
    commands = answered(COMMANDS.format(folder=str(folder)))
    offering = {name for name, (choices, _) in commands.items() if "yaml" in choices.get("--format", ())}
    assert offering == {name for name, (choices, _) in commands.items() if "--format" in choices}
    assert offering == {name.split()[0] for name in REPORTS}
    for name in offering:
        said = " ".join(commands[name][1].split())
        pictures = "svg, png, " if name in PICTURED else ""
        listed = f"table, json, jsonl, csv, markdown, html, {pictures}yaml"
        assert f"--format FORMAT {listed}; the format of" in said, name
        assert said.count("openmetrics, yaml, or github without a path") == (
            name in ("evaluate", "compare", "merge", "check")
        )


@pytest.mark.parametrize(
    ("options", "in_format", "in_report"),
    [('("--format",)', True, False), ('("--report",)', False, True), ("()", False, False)],
)
def test_it_is_offered_where_it_says_so(folder: Path, options: str, in_format: bool, in_report: bool) -> None:
    text = FORMAT.replace('writes configs", draw)', f'writes configs", draw, options={options})')
    assert text != FORMAT
    (folder / "yaml.py").write_text(text, encoding="utf-8")
    for name, (choices, said) in answered(COMMANDS.format(folder=str(folder))).items():
        assert ("yaml" in choices.get("--format", ())) == (in_format and "--format" in choices)
        assert ("yaml" in " ".join(said.split()).partition("Also write this report")[2]) == (
            in_report and "--report" in said and (in_format or name not in ("fit", "doctor", "reconcile"))
        )


def test_every_report_is_written_in_it(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "data"
    shutil.copytree(SAMPLES, place)
    (place / "losscli.toml").write_text(CONFIG, encoding="utf-8")
    calls = [call.split() for call in REPORTS.values()]
    pairs = [[*call, "--format", format_] for call in calls for format_ in ("json", "yaml")]
    receipt = ["evaluate", "diabetes.csv", "--loss", "mse", "--quiet", "--receipt", "receipt.json"]
    receipt += ["--state", "run.state"]
    (status, _), *said = answered(CALLS.format(folder=str(folder), calls=[receipt, *pairs]), place)
    assert status == 0
    for name, (status, document), (other, text) in zip(REPORTS, said[::2], said[1::2], strict=True):
        assert status == other == (1 if name in ("check", "doctor") else 0)
        elements, rows = map(int, re.findall(r"\d+", text.partition("\n")[0]))
        assert elements > 1, name
        assert rows > 0, name
        assert yaml.safe_load(text) == json.loads(document), name


def test_it_is_a_report_of_what_ended_well_and_of_what_did_not(folder: Path, tmp_path: Path) -> None:
    code = CALLS.format(
        folder=str(folder),
        calls=[
            ["evaluate", "diabetes.csv", "--loss", loss, *("--quiet", "--report", f"yaml={tmp_path / loss}")]
            for loss in ("mse", "bce")
        ],
    )
    assert [status for status, _ in answered(code)] == [0, 2]
    well, ill = (yaml.safe_load((tmp_path / loss).read_text(encoding="utf-8")) for loss in ("mse", "bce"))
    assert well["results"][0]["cost"] == pytest.approx(2978.4128969905414, rel=1e-12)
    assert ill["verdict"] == "error"
    assert ill["errors"][0]["where"] == "diabetes.csv row 1 (line 2)"


@pytest.mark.parametrize(
    ("words", "typed", "expected"),
    [
        ("losscli losses --format", "", {"table", "json", "jsonl", "csv", "markdown", "html", "yaml"}),
        ("losscli gradient --format", "", {"table", "json", "jsonl", "csv", "markdown", "html", "yaml", "svg",
                                          "png"}),
        ("losscli losses --format", "y", {"yaml"}),
        ("losscli evaluate --report", "j", {"json=", "jsonl=", "junit="}),
        ("losscli check --report", "", {"yaml=", "github", "json=", "jsonl=", "csv=", "markdown=", "html=",
                                       "junit=", "openmetrics="}),
    ],
)  # fmt: skip
def test_shells_complete_it(folder: Path, words: str, typed: str, expected: set[str]) -> None:
    code = MORE.format(folder=str(folder)) + "from losscli.cli.main import main; raise SystemExit(main([]))"
    asked = {"COMP_WORDS": f"{words} {typed}".strip(), "COMP_CWORD": "3"}
    done = python(code, _LOSSCLI_COMPLETE="bash_complete", **asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == expected


def test_editors_of_configs_know_it(folder: Path) -> None:
    code = CALLS.format(folder=str(folder), calls=[["check", "--print-schema"]])
    ((status, schema),) = answered(code)
    assert status == 0
    assert '"markdown",\n' in schema
    assert '"yaml"' in schema


def test_docs_without_it_are_found_out(folder: Path) -> None:
    code = MORE.format(folder=str(folder)) + (
        "import pytest; raise SystemExit(pytest.main(['-q', '-p', 'no:cacheprovider', '-k', "
        "'every_format_is_documented', 'tests/docs/test_coverage_of_docs.py']))"
    )
    done = python(code, ROOT)
    assert done.returncode == 1, done.stdout
    assert re.findall(r"^FAILED .*::(\S+)", done.stdout, re.MULTILINE) == [
        "test_every_format_is_documented[yaml]"
    ]
