"""`losscli check --jobs N`: the same results, and no check pays for another one's death."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from helpers.calls import PROGRAM, SAMPLES, environment, losscli, process

CODE = """\
import os, time

def kills(label, prediction):
    os.kill(os.getpid(), 9)

def sleeps(label, prediction):
    open("started", "w").close()
    time.sleep(100)
    return label
"""


REPORTS = ("json", "jsonl", "csv", "markdown")


def one(name, predictions, loss, labels=None, more=""):
    labels = "" if labels is None else f'labels = "{labels}"\n'
    return f'[[check]]\nname = "{name}"\npredictions = "{predictions}"\n{labels}loss = {loss}\n{more}\n'


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SAMPLES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "code.py").write_text(CODE)
    return tmp_path


def test_results_are_those_of_one_process(folder):
    text = "".join(
        [
            one(
                "a", "diabetes_linear.csv", '["mse", "mae"]', "diabetes_labels.csv", 'per-sample = "OUT.csv"'
            ),
            one("b", "cancer_logits.csv", '"bce"', "cancer_labels.csv"),
            one("c", "diabetes_forest.csv", '"log_cosh"', "diabetes_labels.csv", 'gate = "log_cosh <= 1"'),
            one("d", "wine_bayes.csv", '["cross_entropy", "perplexity"]', "wine_labels.csv", "top = 2"),
            one("e", "diabetes.csv", '"custom/asymmetric.py:asymmetric"', None, 'group = "sex"'),
            one("f", "zzzzzzzzzz.txt", '"mse"'),
        ]
    )
    results = []
    for jobs in ("1", "2", "auto"):
        (folder / "c.toml").write_text(text.replace("OUT", jobs))
        reports = [word for name in REPORTS for word in ("--report", f"{name}={name}")]
        done = losscli("check", "c.toml", "--jobs", jobs, *reports, cwd=folder)
        texts = [(folder / name).read_text() for name in (*REPORTS, f"{jobs}.csv")]
        results.append((done.returncode, done.stdout, done.stderr, *texts))
    assert results[0][0] == 2
    assert results[0] == results[1] == results[2]


def test_a_process_that_dies_is_a_bug_of_its_checks_alone(folder):
    dying = one("dies", "diabetes.csv", '"code.py:kills"') + 'report = "json=own.json"\n'
    text = dying + one("lives", "diabetes_semicolon.csv", '"mse"')
    text += 'decimal = ","\n' + one("too", "wine_bayes.csv", '"zero_one"', "wine_labels.csv")
    (folder / "c.toml").write_text(text)
    done = process("check", "c.toml", "--jobs", "2", "--format", "json", cwd=folder)
    assert done.returncode == 70
    dies, lives, too = json.loads(done.stdout)["checks"]
    assert (dies["verdict"], lives["verdict"], too["verdict"]) == ("error", "pass", "pass")
    assert "its process was killed by signal 9 (SIGKILL)" in dies["errors"][0]["found"]
    assert "losscli: check dies: the check was not finished" in done.stderr
    assert json.loads((folder / "own.json").read_text())["verdict"] == "error"
    assert "Traceback" not in done.stderr


def gone(group):
    """Whether the processes of a group end within seconds; Python's own helper goes last."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [(signal.SIGINT, 130, "losscli: interrupted\n"), (signal.SIGTERM, 143, "losscli: terminated\n")],
)
def test_an_interruption_ends_all_processes_and_leaves_no_file(folder, number, status, said):
    text = one("a", "diabetes.csv", '"code.py:sleeps"', None, 'per-sample = "a.csv"')
    text += one("b", "wine_bayes.csv", '"zero_one"', "wine_labels.csv")
    (folder / "c.toml").write_text(text)
    before = {*folder.iterdir(), folder / "started", folder / "__pycache__"}
    running = subprocess.Popen(
        [*PROGRAM, "check", "c.toml", "--jobs", "2"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(600):
        if (folder / "started").exists():
            break
        time.sleep(0.1)
    # As Ctrl-C at a terminal does, to all of them.
    os.killpg(running.pid, number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (status, "", said)
    assert {*folder.iterdir()} <= before
    assert gone(running.pid)


def test_no_module_beside_a_config_is_run(folder, tmp_path_factory):
    # The installed program, whose own folder Python searches first, and not the current one.
    program = tmp_path_factory.mktemp("bin") / "losscli"
    program.write_text(
        "import sys\nfrom losscli.__main__ import main\nif __name__ == '__main__': sys.exit(main())\n"
    )
    for module in ("multiprocessing", "signal", "concurrent", "numpy", "losscli"):
        (folder / f"{module}.py").write_text(f"open('{module} ran', 'w').close()\n")
    text = one("a", "diabetes.csv", '"mse"') + one("b", "wine_bayes.csv", '"zero_one"', "wine_labels.csv")
    (folder / "losscli.toml").write_text(text)
    done = subprocess.run(
        [sys.executable, program, "check", "--jobs", "2", "--format", "json"],
        capture_output=True,
        cwd=folder,
        env=environment(),
        timeout=120,
        text=True,
    )
    assert [*folder.glob("* ran")] == []
    assert (done.returncode, done.stderr) == (0, "")
    assert [check["verdict"] for check in json.loads(done.stdout)["checks"]] == ["pass", "pass"]


def test_a_number_of_jobs_is_one(folder):
    for wrong in ("0", "-1", "two", "1.5", ""):
        done = losscli("check", f"--jobs={wrong}", cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert "needed: a whole number ≥ 1, or auto" in done.stderr
