"""The table of endings in docs/ci.md, row by row, end to end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from helpers.calls import PROGRAM, ROOT, SAMPLES, environment, losscli, process, shell

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")
CALL = ("evaluate", *PAIR, "--loss", "mse")
EARLIER = "of an earlier run"
FILES = ("report.json", "receipt.json")
WANTED = ("--format", "json", "--output", FILES[0], "--receipt", FILES[1])


@pytest.fixture
def folder(tmp_path):
    for name in PAIR:
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    for name in FILES:
        (tmp_path / name).write_text(EARLIER)
    return tmp_path


def assert_written(folder):
    for name in FILES:
        assert json.loads((folder / name).read_text())["results"]
    assert_nothing_besides(folder)


def assert_untouched(folder):
    assert [(folder / name).read_text() for name in FILES] == [EARLIER, EARLIER]
    assert_nothing_besides(folder)


def assert_nothing_besides(folder):
    """No temporary file stays."""
    names = {path.name for path in folder.iterdir()}
    assert names - {*PAIR, *FILES} <= {"many.csv", "fifo"}


def test_every_gate_passed(folder):
    done = process(*CALL, "--gate", "mse <= 3000", *WANTED, cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert_written(folder)


def test_a_gate_failed(folder):
    done = losscli(*CALL, "--gate", "mse <= 2000", *WANTED, cwd=folder)
    assert done.returncode == 1
    assert "losscli: gate failed: mse <= 2000" in done.stderr
    assert_written(folder)
    assert losscli(*CALL, "--gate", "mse <= 2000", "--exit-zero", *WANTED, cwd=folder).returncode == 0


def test_a_gate_could_not_be_decided(folder):
    """Beyond a million samples percentiles come from a histogram; 1.503 is inside one of its bins."""
    rows = 1_000_003
    predictions = np.linspace(1.003, 2.003, rows)
    np.savetxt(folder / "many.csv", predictions, fmt="%.9f,0", header="prediction,label", comments="")
    call = ("evaluate", "many.csv", "--loss", "mae", *WANTED)
    done = losscli(*call, "--gate", "mae.p50 <= 1.503", cwd=folder)
    assert done.returncode == 3
    assert "losscli: gate undecided: mae.p50 <= 1.503" in done.stderr
    assert_written(folder)
    assert losscli(*call, "--gate", "mae.p50 <= 1.52", cwd=folder).returncode == 0
    both = losscli(*call, "--gate", "mae.p50 <= 1.503", "--gate", "mae <= 1", cwd=folder)
    assert both.returncode == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,prediction\n1,x\n", "diabetes_linear.csv row 1 (line 2): prediction is x"),
        ("id,prediction\n1,2\n", "diabetes_labels.csv"),
        (None, "there is no such file"),
    ],
)
def test_the_data_is_bad_or_cannot_be_read(folder, text, said):
    path = folder / PAIR[0]
    path.unlink()
    if text is not None:
        path.write_text(text)
    done = losscli(*CALL, "--gate", "mse <= 2000", *WANTED, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert_untouched(folder)


def test_the_call_is_wrong(folder):
    for name in PAIR:
        (folder / name).unlink()
    done = losscli(*CALL, "--gate", "mse < ", "--align", "up", *WANTED, cwd=folder)
    assert done.returncode == 2
    assert "nothing follows the operator" in done.stderr
    assert "'up'" in done.stderr
    assert "no such file" not in done.stderr
    assert_untouched(folder)


@pytest.mark.parametrize(
    ("number", "status", "said"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_interrupted_or_terminated(folder, number, status, said):
    os.mkfifo(folder / "fifo")
    call = [*PROGRAM, "evaluate", "fifo", PAIR[1], "--loss", "mse", *WANTED]
    running = subprocess.Popen(call, cwd=folder, stderr=subprocess.PIPE, text=True, env=environment())
    with (folder / "fifo").open("w") as fifo:
        # It is open, so the program waits for more than this.
        fifo.write("id,prediction\n")
        fifo.flush()
        time.sleep(1)
        running.send_signal(number)
        stderr = running.communicate(timeout=30)[1]
    assert (running.returncode, stderr) == (status, f"losscli: {said}\n")
    assert_untouched(folder)


@pytest.mark.parametrize("where", ["--output", "--receipt", "stdout"])
def test_the_disk_is_full(folder, where):
    kept = dict(zip(WANTED[2::2], WANTED[3::2], strict=True))
    if where == "stdout":
        del kept["--output"]
    else:
        kept[where] = "/dev/full"
    line = [part for pair in kept.items() for part in pair]
    program = f"losscli {' '.join(CALL)} --format json {' '.join(line)}"
    done = shell(f"{program} > /dev/full" if where == "stdout" else program, cwd=folder)
    assert done.returncode == 74
    assert "cannot be written: no space left on device" in done.stderr
    for option, path in kept.items():
        if path != "/dev/full":
            assert json.loads((folder / path).read_text())["results"], option


def test_stdout_is_closed(folder):
    done = shell(f"losscli {' '.join(CALL)} --receipt receipt.json >&-", cwd=folder)
    assert done.returncode == 74
    assert json.loads((folder / "receipt.json").read_text())["document"] == "receipt"


def test_a_bug_in_losscli(folder, monkeypatch):
    def evaluate(*_, **__):
        raise RuntimeError("the impossible")

    monkeypatch.setattr("losscli.analyses.evaluate.run.evaluate", evaluate)
    done = losscli(*CALL, *WANTED, cwd=folder)
    assert done.returncode == 70
    assert "this is a bug in losscli: RuntimeError: the impossible" in done.stderr
    assert "report it, together" in done.stderr
    assert "Traceback" not in done.stderr
    assert_untouched(folder)


def test_the_table_has_these_rows():
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8").partition("## How it ends")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([\d, ]+) \|", text, re.MULTILINE)
    assert [status for _, status in rows] == ["0", "1", "3", "2", "2", "130, 143", "74", "70"]
    tests = Path(__file__).read_text(encoding="utf-8")
    for ending, _ in rows:
        first = re.split(r"[,(]", ending)[0].strip().lower().replace(" ", "_")
        assert f"def test_{first}" in tests, ending
