"""Exit status 70 says that losscli is wrong: no input, however odd, may be answered so."""

import json
import os
import re

import pytest
from helpers.calls import losscli, process, shell

DIGITS = "9" * 5000
LONG = "a" * 300
TABLE = "prediction,label\n1,2\n2,3\n"
CHECK = '[[check]]\npredictions = "s.csv"\nloss = "mse"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "s.csv").write_text(TABLE)
    (tmp_path / "losscli.toml").write_text(CHECK)
    return tmp_path


@pytest.mark.parametrize("option", ["--top", "--block-rows", "--fail-above"])
def test_an_option_of_thousands_of_digits_is_a_usage_error(folder, option):
    assert losscli("evaluate", "s.csv", "--loss", "mse", option, DIGITS, cwd=folder).returncode == 2


def test_jobs_of_thousands_of_digits_are_a_usage_error(folder):
    assert process("check", "--jobs", DIGITS, cwd=folder).returncode == 2
    done = losscli("check", cwd=folder, LOSSCLI_JOBS=DIGITS)
    assert done.returncode == 2
    assert "LOSSCLI_JOBS" in done.stderr
    assert len(done.stderr) < 300


def test_a_screen_of_thousands_of_digits_is_wide(folder):
    done = losscli("evaluate", "s.csv", "--loss", "mse", cwd=folder, COLUMNS=DIGITS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("line", ["top = {}", "fail-above = {}", "ignore-label = {}", "ignore-label = 0x{}"])
def test_an_integer_of_thousands_of_digits_in_a_config_is_a_usage_error(folder, line):
    (folder / "losscli.toml").write_text(CHECK + line.format(DIGITS) + "\n")
    done = losscli("check", cwd=folder)
    assert done.returncode == 2
    assert "too long" in done.stderr


CALLS = [
    ("check", LONG),
    ("check", f"{LONG}/{LONG}"),
    ("check", "s.csv/below"),
    ("evaluate", LONG, "--loss", "mse"),
    ("evaluate", "s.csv", "--loss", f"{LONG}.py:f"),
    ("evaluate", "s.csv", "--loss", "mse", "--output", LONG),
    ("evaluate", "s.csv", "--loss", "mse", "--report", f"json={LONG}"),
    ("evaluate", "s.csv", "--loss", "mse", "--baseline", LONG, "--gate", "mse<=baseline"),
    ("check", LONG, "--report", f"json={LONG}", "--bogus"),
    ("replay", LONG),
]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_name_that_no_file_can_have_is_told(folder, call):
    assert losscli(*call, cwd=folder).returncode in (2, 74)


@pytest.mark.parametrize(
    "option", ["--output o.txt", "--report json=o.json", "--receipt o.json", "--per-sample o.csv"]
)
def test_an_output_in_a_folder_that_is_gone_is_told(folder, option):
    line = f"mkdir gone; cd gone; rmdir ../gone; losscli evaluate {folder}/s.csv --loss mse {option}"
    done = shell(line, cwd=folder)
    assert done.returncode == 74, done.stderr
    assert "cannot be written" in done.stderr


def test_a_limit_of_open_files_is_told(folder):
    # Below that Python itself does not start.
    least = next(
        limit for limit in range(3, 64) if not shell(f"ulimit -n {limit}; python -c pass").returncode
    )
    told = 0
    for limit in range(least, least + 4):
        call = "losscli evaluate s.csv s.csv --label label --loss mse --per-sample o.csv --report json=r.json"
        done = shell(f"ulimit -n {limit}; {call}", cwd=folder)
        assert done.returncode in (0, 2), done.stderr
        # Of an input that cannot be opened the system says so, of what else has to be opened we do.
        assert done.returncode == 0 or re.search("[Tt]oo many (open files|files are open)", done.stderr)
        told += done.returncode == 2
    assert told


@pytest.mark.parametrize("limit", [140_000, 200_000, 260_000])
def test_little_memory_is_no_gate_and_no_interruption(folder, limit):
    done = shell(f"ulimit -v {limit}; losscli evaluate s.csv --loss mse --quiet", cwd=folder)
    assert done.returncode in (0, 2), done.stderr
    assert done.returncode == 0 or "out of memory" in done.stderr


RAISED = {
    "a base exception": "raise BaseException('x')",
    "one of its own": "class B(BaseException): pass\n    raise B",
    "an end of a generator": "raise GeneratorExit",
    "the end of the program": "import sys; sys.exit(0)",
    "what cannot be told": (
        "class B(BaseException):\n        def __str__(self):\n            raise B\n    raise B"
    ),
}


@pytest.mark.parametrize("code", RAISED.values(), ids=RAISED)
def test_whatever_code_raises_is_told_with_its_line(folder, code):
    (folder / "own.py").write_text(f"def f(label, prediction):\n    {code}\n")
    done = losscli("evaluate", "s.csv", "--loss", "own.py:f", cwd=folder)
    assert done.returncode == 2
    assert "own.py line " in done.stderr
    assert losscli("verify", "own.py:f", cwd=folder).returncode == 1


def test_an_interruption_is_still_one_in_code_of_ones_own(folder):
    (folder / "own.py").write_text("def f(label, prediction):\n    raise KeyboardInterrupt\n")
    assert losscli("evaluate", "s.csv", "--loss", "own.py:f", cwd=folder).returncode == 130


def test_a_default_that_no_spec_can_write_is_no_parameter(folder):
    (folder / "own.py").write_text(
        "def f(label, prediction, *, a=10**400):\n    return abs(label - prediction)\n"
    )
    for command in ("evaluate s.csv --quiet --loss", "verify", "explain"):
        assert losscli(*command.split(), "own.py:f", cwd=folder).returncode == 0


def test_weights_that_sum_to_nearly_nothing_have_no_gradient_of_their_mean(folder):
    (folder / "w.csv").write_text("prediction,label,w\n1,2,1e-309\n2,4,2e-309\n")
    done = losscli("gradient", "w.csv", "--of", "cost", "--loss", "mse", "--weight", "w", cwd=folder)
    assert done.returncode == 2
    assert "the weights sum to 3e-309" in done.stderr


def test_class_names_may_be_numbers_of_any_size(folder):
    (folder / "c.csv").write_text("prediction,label\n1e155,1\n2,2\n1e30,3\n")
    done = losscli("evaluate", "c.csv", "--loss", "zero_one", "--quiet", cwd=folder)
    assert (done.returncode, done.stdout.strip()) == (0, "0.6666666666666666")


def test_no_line_of_a_page_begins_as_a_command(folder):
    (folder / "::error::x.py").write_text("def f(label, prediction):\n    return abs(label - prediction)\n")
    for command in ("verify", "explain"):
        done = losscli(command, "::error::x.py:f", cwd=folder)
        assert done.returncode == 0
        assert not any(line.lstrip().startswith("::") for line in done.stdout.split("\n"))


def test_errors_of_several_outputs_neither_overflow_nor_vanish(folder):
    for power in (200, -200):
        (folder / "h.csv").write_text(f"prediction_a,prediction_b,label_a,label_b\n3e{power},4e{power},0,0\n")
        done = losscli("evaluate", "h.csv", "--loss", "mae", "--format", "json", cwd=folder)
        (worst,) = json.loads(done.stdout)["results"][0]["worst"]
        assert worst["error"] == pytest.approx(5.0 * 10.0**power, rel=1e-15)


def test_several_outputs_are_no_classes(folder):
    (folder / "g.csv").write_text("prediction_a,prediction_b,label_a,label_b\n1,2,1,2\n0,1,1,2\n")
    done = losscli("evaluate", "g.csv", "--loss", "gamma_deviance", cwd=folder)
    assert "prediction is (0, 1); gamma_deviance needs a number > 0" in done.stderr


def test_a_variance_may_be_as_small_as_numbers_are(folder):
    (folder / "g.csv").write_text("prediction,variance,label\n0.5,1e-309,0\n")
    done = losscli("evaluate", "g.csv", "--loss", "gaussian_nll", "--quiet", cwd=folder)
    assert float(done.stdout) == pytest.approx(1.25e308, rel=1e-12)


@pytest.mark.parametrize(
    "option", ["--label-delimiter tab", "--label-decimal ,", "--label-encoding latin-1", "--label-comment %",
               "--label-header", "--label-no-header"]
)  # fmt: skip
def test_options_of_a_label_file_need_one(folder, option):
    done = losscli("evaluate", "s.csv", "--loss", "mse", *option.split(), cwd=folder)
    assert done.returncode == 2
    assert "there is no label file; needed: two files" in done.stderr


def test_a_receipt_of_a_path_that_is_no_utf_8_is_replayed_by_it(folder):
    name = os.fsdecode(b"b\xff.csv")
    (folder / name).write_text(TABLE)
    done = process("evaluate", name, "--loss", "mse", "--quiet", "--receipt", "r.json", cwd=folder)
    assert done.returncode == 0
    assert losscli("replay", "r.json", "--quiet", cwd=folder).stdout.strip() == "proved"
