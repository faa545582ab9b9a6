"""The recipes of docs/ci.md, run as far as that goes without the services themselves.

The shell lines of each recipe run in a folder like the one that the page describes: with good
predictions they end well, with worse ones with 1, with broken ones with 2. `pip` is a stand-in.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import calls
from helpers.calls import SAMPLES, losscli
from helpers.documents import ROOT, Block, blocks, in_section

PAGE = ROOT / "docs" / "ci.md"
GOOD, WORSE = "diabetes_linear.csv", "diabetes_forest.csv"
BROKEN = "id,prediction\n1,nothing\n"
STATUSES = {"good": 0, "worse": 1, "broken": 2}


def only(section: str, language: str, place: int = 0) -> str:
    """Return a block of a section of the page."""
    return [block for block in in_section(PAGE, section) if block.language == language][place].text


def write_predictions(folder: Path, kind: str) -> None:
    path = folder / "out" / "predictions.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        BROKEN if kind == "broken" else (SAMPLES / (GOOD if kind == "good" else WORSE)).read_text()
    )


def shell(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a script as CI runners do: it ends with the first command that fails."""
    path = f"{folder / 'bin'}:{calls.environment()['PATH']}"
    return calls.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, PATH=path, **more)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the page: predictions, labels, the figures of the main branch, a config."""
    tmp_path = tmp_path_factory.mktemp("project")
    (tmp_path / "data").mkdir()
    shutil.copy(SAMPLES / "diabetes_labels.csv", tmp_path / "data" / "labels.csv")
    write_predictions(tmp_path, "good")
    (tmp_path / "bin").mkdir()
    pip = tmp_path / "bin" / "pip"
    pip.write_text('#!/bin/sh\n[ "$*" = "install git+https://git.example.org/losscli" ]\n')
    pip.chmod(0o755)
    made = shell(only("In a pipeline", "sh"), tmp_path)
    assert made.returncode == 0, made.stderr
    assert json.loads((tmp_path / "main.json").read_text())["results"][0]["n"] == 442
    config = only("In a pipeline", "toml")
    tomllib.loads(config)
    (tmp_path / "losscli.toml").write_text(config)
    return tmp_path


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "project")


Runner = Callable[[str], subprocess.CompletedProcess[str]]


def assert_decides(project: Path, run: Runner) -> None:
    """Hold a recipe against good, worse and broken predictions."""
    for kind, status in STATUSES.items():
        write_predictions(project, kind)
        done = run(kind)
        assert done.returncode == status, (kind, done.stdout, done.stderr)


def recipes(section: str) -> list[Any]:
    return [yaml.safe_load(block.text) for block in in_section(PAGE, section) if block.language == "yaml"]


TUTORIAL = ROOT / "docs" / "tutorial.md"


@pytest.mark.parametrize(
    "recipe",
    [*recipes("GitHub Actions"), yaml.safe_load(in_section(TUTORIAL, "7. In CI")[0].text)],
    ids=["check", "evaluate", "tutorial"],
)
def test_github(project: Path, recipe: dict[str, Any]) -> None:
    (job,) = recipe["jobs"].values()
    assert job["runs-on"]
    assert all(step.keys() & {"run", "uses"} for step in job["steps"])
    script = "\n".join(step["run"] for step in job["steps"] if "run" in step)
    files = {"GITHUB_STEP_SUMMARY": "summary.md", "GITHUB_OUTPUT": "output", "GITHUB_ACTIONS": "true"}

    def run(kind: str) -> subprocess.CompletedProcess[str]:
        for path in ("summary.md", "output"):
            (project / path).write_text("")
        done = shell(script, project, **files)
        assert (project / "summary.md").read_text(), kind
        assert ("::error" in done.stderr) == (kind != "good")
        return done

    assert_decides(project, run)


def test_our_own_workflow_runs_what_has_to_hold() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    pythons = job["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={pythons[0]}"
    assert f"Programming Language :: Python :: {pythons[-1]}" == max(
        one for one in project["classifiers"] if "Python :: 3." in one
    )


def assert_reports(project: Path, script: str) -> None:
    for name in re.findall(r"--report junit=(\S+)", script):
        suites = ET.parse(project / name).getroot()
        assert list(suites.iter("testcase"))
    for name in re.findall(r"--report openmetrics=(\S+)", script):
        assert (project / name).read_text().endswith("# EOF\n")


def test_gitlab(project: Path) -> None:
    (recipe,) = recipes("GitLab CI")
    job = recipe["evaluate"]
    script = "\n".join(job["script"])
    reports = job["artifacts"]["reports"]
    assert job["artifacts"]["when"] == "always"
    assert {f"junit={reports['junit']}", f"openmetrics={reports['metrics']}"} <= set(script.split())

    def run(_kind: str) -> subprocess.CompletedProcess[str]:
        for name in reports.values():
            (project / name).unlink(missing_ok=True)
        done = shell(script, project)
        assert_reports(project, script)
        return done

    assert_decides(project, run)


def test_azure(project: Path) -> None:
    (recipe,) = recipes("Azure Pipelines")
    script = "\n".join(step["script"] for step in recipe["steps"] if "script" in step)
    (publish,) = (step for step in recipe["steps"] if "task" in step)
    assert publish["inputs"]["testResultsFiles"] in script
    assert publish["condition"] == "succeededOrFailed()"

    def run(_kind: str) -> subprocess.CompletedProcess[str]:
        (project / "losscli.xml").unlink(missing_ok=True)
        done = shell(script, project)
        assert_reports(project, script)
        return done

    assert_decides(project, run)


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@needs_make
def test_make_ends_with_2_and_says_which_status_it_was(project: Path) -> None:
    (project / "Makefile").write_text(only("Make", "make"))
    for kind, status in STATUSES.items():
        write_predictions(project, kind)
        done = shell("make evaluate", project)
        assert done.returncode == (2 if status else 0)
        assert (f"Error {status}" in done.stderr) == bool(status)


@needs_make
def test_make_leaves_no_half_written_target(project: Path) -> None:
    (project / "Makefile").write_text(only("Make", "make", 1))
    write_predictions(project, "broken")
    assert shell("make report.json", project).returncode == 2
    assert not (project / "report.json").exists()
    write_predictions(project, "good")
    assert shell("make report.json", project).returncode == 0
    assert json.loads((project / "report.json").read_text())["results"]


def manifest() -> dict[str, Any]:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return {hook["id"]: hook for hook in hooks}


def test_the_manifest_of_hooks_is_what_pre_commit_wants() -> None:
    for name, hook in manifest().items():
        assert {"id", "name", "entry", "language", "description"} <= hook.keys()
        assert re.fullmatch(r"[a-z-]+", name)
        assert hook["language"] == "python"
        assert hook["entry"].split()[0] == "losscli"
        # A hook gets the names of changed files as arguments, unless it says that it wants none.
        assert (hook["pass_filenames"], hook["always_run"]) == (False, True)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_pre_commit_hooks_decide(project: Path, place: int) -> None:
    (repository,) = recipes("pre-commit")[place]["repos"]
    (hook,) = repository["hooks"]
    if repository["repo"] == "local":
        assert hook["language"] == "system"
    else:
        assert (repository["repo"], repository["rev"]) == ("https://git.example.org/losscli", "v0.1.0")
        hook = manifest()[hook["id"]] | hook
    words = [*hook["entry"].split(), *hook.get("args", [])]
    assert words.pop(0) == "losscli"
    assert_decides(project, lambda _kind: losscli(*words, cwd=project))


needs_pre_commit = pytest.mark.skipif(
    shutil.which("pre-commit") is None, reason="there is no pre-commit here"
)


@needs_pre_commit
def test_pre_commit_itself_takes_the_manifest_and_the_configs(tmp_path: Path) -> None:
    done = calls.run(["pre-commit", "validate-manifest", f"{ROOT}/.pre-commit-hooks.yaml"], cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    for place, recipe in enumerate(recipes("pre-commit")):
        (tmp_path / f"{place}.yaml").write_text(yaml.safe_dump(recipe))
        done = calls.run(["pre-commit", "validate-config", f"{place}.yaml"], cwd=tmp_path)
        assert done.returncode == 0, done.stdout


def stages() -> Iterator[tuple[str, dict[str, Any]]]:
    (recipe,) = recipes("DVC")
    yield from recipe["stages"].items()


def metrics_of(stage: dict[str, Any]) -> list[str]:
    return [name for entry in stage["metrics"] for name in (entry if isinstance(entry, dict) else [entry])]


@pytest.mark.parametrize("name", [name for name, _ in stages()])
def test_stages_of_dvc_write_their_metrics(project: Path, name: str) -> None:
    stage = dict(stages())[name]
    assert all((project / path).exists() for path in stage["deps"])
    done = shell(stage["cmd"], project)
    assert done.returncode == 0, done.stderr
    for path in metrics_of(stage):
        assert json.loads((project / path).read_text())


needs_dvc = pytest.mark.skipif(shutil.which("dvc") is None, reason="there is no dvc here")


@needs_dvc
@pytest.mark.slow
def test_dvc_itself_shows_the_metrics(project: Path) -> None:
    (project / "dvc.yaml").write_text(only("DVC", "yaml"))
    quiet = {"DVC_NO_ANALYTICS": "1", "HOME": str(project)}
    done = shell("git init -q . && dvc init -q && dvc repro -q && dvc metrics show --json", project, **quiet)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)[""]["data"]
    expected = {path for _, stage in stages() for path in metrics_of(stage)}
    assert shown.keys() == expected
    assert shown["mse.json"]["data"]["cost"] == 2978.4128969905414
    assert shown["mse.json"]["data"]["quantiles"]["0.95"] == 10378.610849881705
    assert shown["rmse.json"]["data"] == 54.57483758098178
    gated = only("DVC", "yaml").replace("--loss mse", "--loss mse --fail-above 1")
    (project / "dvc.yaml").write_text(gated)
    assert shell("dvc repro -q", project, **quiet).returncode == 255


def scripts() -> list[Block]:
    sections = ("A plain shell", "A figure to keep")
    return [block for section in sections for block in in_section(PAGE, section) if block.language == "sh"]


@pytest.mark.parametrize("block", scripts(), ids=lambda block: str(block.start))
def test_scripts_end_with_the_status_of_losscli(project: Path, block: Block) -> None:
    gated = "--fail-above" in block.text
    for kind, status in STATUSES.items():
        if kind == "worse" and not gated:
            continue
        write_predictions(project, kind)
        done = shell(block.text, project)
        assert done.returncode == status, (done.stdout, done.stderr)
        if "case $status" in block.text:
            said = {"good": "is good enough", "worse": "got worse", "broken": "ended with 2"}
            assert said[kind] in done.stdout


def test_every_recipe_is_tried() -> None:
    tried = {"In a pipeline", "GitHub Actions", "GitLab CI", "Azure Pipelines", "Make", "pre-commit", "DVC"}
    tried |= {"A plain shell", "A figure to keep"}
    tried |= {"On GitHub", "On GitLab"}  # tests/docs/test_ci_baseline.py
    assert {block.section for block in blocks(PAGE) if block.language != "console"} == tried
