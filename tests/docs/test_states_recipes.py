"""The jobs of docs/states.md, run with stand-ins for Slurm and GNU parallel."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from helpers.calls import SAMPLES, environment, losscli, run
from helpers.documents import ROOT, in_section

PAGE = ROOT / "docs" / "states.md"
# What is asked of it on the page: {/} is the name of a file, {/.} the name without its suffix.
PARALLEL = r"""#!/bin/bash
words=()
while [ "$1" != ":::" ]; do words+=("$1"); shift; done
shift
for file in "$@"; do
  name=$(basename "$file")
  line=${words[*]//\{\/\}/$name}
  bash -c "${line//\{\/.\}/${name%.*}}" &
done
wait
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, folder in (("diabetes_linear.csv", "predictions"), ("diabetes_labels.csv", "labels")):
        header, *rows = (SAMPLES / name).read_text().splitlines()
        header = header.replace("sex", "site")
        (tmp_path / folder).mkdir()
        for number in range(3):
            lines = [header, *rows[150 * number : 150 * (number + 1)]]
            (tmp_path / folder / f"part-{number:04}.csv").write_text("\n".join(lines) + "\n")
    for folder in ("states", "bin"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin" / "parallel").write_text(PARALLEL)
    (tmp_path / "bin" / "parallel").chmod(0o755)
    return tmp_path


def scripts(section: str) -> list[str]:
    return [block.text for block in in_section(PAGE, section) if block.language == "sh"]


def bash(script: str, folder: Path, **more: object) -> None:
    path = f"{folder / 'bin'}:{environment()['PATH']}"
    done = run(["bash", "-e", "-c", script], cwd=folder, PATH=path, **more)
    assert done.returncode == 0, done.stderr


def assert_whole(folder: Path) -> None:
    found = json.loads((folder / "report.json").read_text())
    files = SAMPLES / "diabetes_linear.csv", SAMPLES / "diabetes_labels.csv"
    whole = losscli("evaluate", *files, "-l", "mse", "-l", "mae", "--json")
    wanted = json.loads(whole.stdout)
    assert [one["cost"] for one in found["results"]] == [one["cost"] for one in wanted["results"]]
    assert found["predictions"]["rows"] == 442
    assert len(found["labels"]["shards"]) == 3


def test_an_array_of_slurm(project: Path) -> None:
    evaluating, merging = scripts("An array of Slurm")
    for number in (2, 0, 1):
        bash(evaluating, project, SLURM_ARRAY_TASK_ID=number)
    bash(merging, project)
    assert_whole(project)


def test_gnu_parallel(project: Path) -> None:
    (script,) = scripts("GNU parallel")
    bash(script, project)
    assert_whole(project)


def test_a_tree_of_merges(project: Path) -> None:
    evaluating, _ = scripts("An array of Slurm")
    (tree,) = scripts("States: many runs, one report")
    for number in range(3):
        bash(evaluating, project, SLURM_ARRAY_TASK_ID=number)
        rack = project / f"rack-{1 + number // 2}"
        rack.mkdir(exist_ok=True)
        shutil.move(project / "states" / f"part-{number:04}.state", rack)
    bash(tree.rstrip("\n") + " > report.json\n", project)
    assert_whole(project)
