"""A baseline travels from the main branch to pull requests: the two workflows of docs/ci.md, run in order.

The shell of each job runs as its runner would run it. A folder stands in for GitHub's artifacts, a server on
this machine for GitLab's; `gh`, `pip` and `python predict.py` are stand-ins too, `curl` is not.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import calls
from helpers.calls import SAMPLES
from helpers.documents import ROOT, in_section

PAGE = ROOT / "docs" / "ci.md"
NO_BASELINE = "The main branch has no baseline yet: only the fixed limit is checked."

PIP = '#!/bin/sh\n[ "$*" = "install git+https://git.example.org/losscli" ]\n'
PREDICT = '#!/bin/sh\n[ "$*" = predict.py ] && mkdir -p out && cp "$PREDICTED" out/predictions.csv\n'
# A run of main that succeeded is a folder of $STORE, named by a number; its artifacts are folders in it.
GH = r"""#!/bin/bash
[ -n "$GH_TOKEN" ] || { echo "gh: To use GitHub CLI in a workflow, set GH_TOKEN" >&2; exit 4; }
case "$*" in
    "run list --workflow model.yml --branch main --event push --status success"\
" --limit 1 --json databaseId --jq .[].databaseId") ls "$STORE" | sort -n | tail -n 1 ;;
    "run download $3 --name $5 --dir $7")
        [ -d "$STORE/$3/$5" ] || { echo "no valid artifacts found to download" >&2; exit 1; }
        mkdir -p "$7" && cp "$STORE/$3/$5"/* "$7" ;;
    *) echo "gh: $*" >&2; exit 64 ;;
esac
"""


def predictions(folder: Path) -> dict[str, Path]:
    """Write predictions better and worse than those of the linear model, and some that are far off."""
    rows = [line.split(",") for line in (SAMPLES / "diabetes_linear.csv").read_text().splitlines()[1:]]
    kinds = {
        "better": lambda value: 0.97 * value + 4.6,  # towards the mean, 152
        "far off": lambda value: value + 100,
        "broken": lambda _value: "nothing",
    }
    found = {"main": SAMPLES / "diabetes_linear.csv", "worse": SAMPLES / "diabetes_forest.csv"}
    for kind, change in kinds.items():
        found[kind] = folder / f"{kind}.csv"
        lines = [f"{key},{change(float(value))}" for key, value in rows]
        found[kind].write_text("\n".join(["id,prediction", *lines, ""]))
    return found


class Project:
    """A repository whose predictions change from run to run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kinds = folder, predictions(folder)
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name, text in {"pip": PIP, "python": PREDICT, "gh": GH}.items():
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def checkout(self, run: int) -> Path:
        """Return the folder of a job, which knows nothing of the others."""
        work = self.folder / f"work{run}"
        (work / "data").mkdir(parents=True)
        shutil.copy(SAMPLES / "diabetes_labels.csv", work / "data" / "labels.csv")
        return work

    def shell(self, script: str, work: Path, kind: str, **more: object) -> subprocess.CompletedProcess[str]:
        path = f"{self.programs}:{calls.environment()['PATH']}"
        more |= {"PATH": path, "PREDICTED": self.kinds[kind]}
        done = calls.run(["bash", "-eo", "pipefail", "-c", script], cwd=work, **more)
        done.stdout += done.stderr
        return done


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def workflow(section: str) -> dict[Any, Any]:
    (block,) = in_section(PAGE, section)
    return yaml.safe_load(block.text)


class GitHub:
    """Runs the jobs of an event, step by step, and keeps what they upload."""

    def __init__(self, project: Project) -> None:
        self.project, self.store, self.runs = project, project.folder / "store", 0
        self.store.mkdir()
        self.workflow = workflow("On GitHub")

    def event(self, name: str, kind: str) -> subprocess.CompletedProcess[str]:
        self.runs += 1
        wanted = f"github.event_name == '{name}'"
        (job,) = (job for job in self.workflow["jobs"].values() if job["if"] == wanted)
        work = self.project.checkout(self.runs)
        temporary = self.project.folder / f"temp{self.runs}"
        temporary.mkdir()
        said, uploads = "", {}
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/upload-artifact@"):
                uploads[step["with"]["name"]] = work / step["with"]["path"]
            if "run" not in step:
                continue
            given = {"STORE": self.store, "RUNNER_TEMP": temporary, "GITHUB_ACTIONS": "true"}
            secrets = {
                key: value.replace("${{ github.token }}", "t") for key, value in step.get("env", {}).items()
            }
            done = self.project.shell(step["run"], work, kind, **given, **secrets)
            said += done.stdout
            if done.returncode:
                return subprocess.CompletedProcess(step["run"], done.returncode, said)
        for artifact, path in uploads.items():
            folder = self.store / str(self.runs) / artifact
            folder.mkdir(parents=True)
            shutil.copy(path, folder)
        return subprocess.CompletedProcess(name, 0, said)


class GitLab:
    """The same of GitLab: a pipeline is one job here, and a server hands out what the last good one made."""

    def __init__(self, project: Project, address: str, store: dict[str, bytes]) -> None:
        self.project, self.address, self.store, self.runs = project, address, store, 0
        self.jobs = workflow("On GitLab")

    def event(self, name: str, kind: str) -> subprocess.CompletedProcess[str]:
        self.runs += 1
        rule = {
            "push": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
            "pull_request": '$CI_PIPELINE_SOURCE == "merge_request_event"',
        }
        (found,) = ((key, job) for key, job in self.jobs.items() if job["rules"] == [{"if": rule[name]}])
        key, job = found
        work = self.project.checkout(self.runs)
        given = {
            "CI_JOB_TOKEN": "t",
            "CI_API_V4_URL": self.address,
            "CI_PROJECT_ID": 7,
            "CI_DEFAULT_BRANCH": "main",
        }
        done = self.project.shell("\n".join(job["script"]), work, kind, **given)
        if done.returncode == 0:
            for path in job["artifacts"].get("paths", []):
                address = f"/projects/7/jobs/artifacts/main/raw/{path}?job={key}"
                self.store[address] = (work / path).read_bytes()
        if name == "pull_request" and "HTTP" not in done.stdout:
            assert "<testsuite" in (work / job["artifacts"]["reports"]["junit"]).read_text()
        return done


@pytest.fixture
def gitlab(project: Project) -> Iterator[GitLab]:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    store: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = store.get(self.path, b"")
            status = 200 if body else 404
            if self.headers["JOB-TOKEN"] != "t":
                status = 401
            elif "broken" in store:
                status = 500
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield GitLab(project, f"http://127.0.0.1:{server.server_port}", store)
        server.shutdown()
        thread.join()


@pytest.fixture(params=["GitHub", "GitLab"])
def host(request: pytest.FixtureRequest, project: Project) -> GitHub | GitLab:
    return GitHub(project) if request.param == "GitHub" else request.getfixturevalue("gitlab")


def test_a_pull_request_is_compared_with_the_main_branch(host: GitHub | GitLab) -> None:
    assert host.event("push", "main").returncode == 0
    better = host.event("pull_request", "better")
    assert (better.returncode, NO_BASELINE in better.stdout) == (0, False), better.stdout
    assert "baseline + 2%" in better.stdout
    worse = host.event("pull_request", "worse")
    assert worse.returncode == 1
    assert re.search(r"fail.* mse <= baseline \+ 2%", worse.stdout), worse.stdout
    assert host.event("pull_request", "main").returncode == 0
    assert host.event("pull_request", "broken").returncode == 2


def test_the_first_run_does_not_fail_for_want_of_a_baseline(host: GitHub | GitLab) -> None:
    first = host.event("pull_request", "worse")
    assert (first.returncode, NO_BASELINE in first.stdout) == (0, True), first.stdout
    assert "baseline + 2%" not in first.stdout
    bad = host.event("pull_request", "far off")
    assert bad.returncode == 1
    assert re.search(r"fail.* mse <= 5000", bad.stdout), bad.stdout


def test_a_worse_model_on_main_is_no_baseline(host: GitHub | GitLab) -> None:
    assert host.event("push", "far off").returncode == 1
    assert NO_BASELINE in host.event("pull_request", "main").stdout
    assert host.event("push", "main").returncode == 0
    assert host.event("push", "far off").returncode == 1
    assert host.event("pull_request", "worse").returncode == 1


def test_the_newest_baseline_counts(host: GitHub | GitLab) -> None:
    assert host.event("push", "main").returncode == 0
    assert host.event("pull_request", "worse").returncode == 1
    assert host.event("push", "worse").returncode == 0
    assert host.event("pull_request", "worse").returncode == 0


def test_a_baseline_that_cannot_be_fetched_fails(project: Project, gitlab: GitLab) -> None:
    github = GitHub(project)
    assert github.event("push", "main").returncode == 0
    shutil.rmtree(github.store / "1" / "losscli-baseline")
    expired = github.event("pull_request", "better")
    assert expired.returncode == 1
    assert "no valid artifacts" in expired.stdout
    gitlab.runs = github.runs
    gitlab.store["broken"] = b"yes"
    failed = gitlab.event("pull_request", "better")
    assert failed.returncode == 2
    assert "HTTP 500" in failed.stdout


def test_the_workflow_of_github_may_read_what_it_fetches() -> None:
    found = workflow("On GitHub")
    (block,) = in_section(PAGE, "On GitHub")
    name = block.text.splitlines()[0].removeprefix("# .github/workflows/")
    assert f"--workflow {name} " in block.text
    assert found["permissions"] == {"actions": "read", "contents": "read"}
    # YAML 1.1 reads the key `on` as true.
    assert found[True] == {"push": {"branches": ["main"]}, "pull_request": None}
    assert json.dumps(found).count("losscli-baseline") == 2
