"""The parts of `losscli check` that no real file brings about at will."""

import itertools
import os
import shlex
from pathlib import Path

import pytest
from helpers.calls import SAMPLES

import losscli.verdicts.judged
from losscli.analyses.evaluate.report import Checked
from losscli.cli.commands.check.config import Check
from losscli.cli.commands.check.keys import KEYS, Setting, value_of
from losscli.cli.commands.check.prepare import Prepared, command_of, groups, moved, prepared_one
from losscli.cli.commands.check.run import run_prepared, status_of, worst
from losscli.cli.main import main
from losscli.common.errors import ExitStatus, LosscliError
from losscli.inputs.request import Request
from losscli.outputs.views.checks import summary
from losscli.verdicts.judged import Standard


def check(name, **values):
    settings = {
        key: Setting(value_of(KEYS[key], value), "config", "c.toml")
        for key, value in ((key.replace("_", "-"), value) for key, value in values.items())
    }
    return Check(name, settings, f"c.toml, check '{name}'")


@pytest.fixture
def samples(monkeypatch):
    monkeypatch.chdir(SAMPLES)


ORDER = (
    ExitStatus.OK,
    ExitStatus.UNDECIDED,
    ExitStatus.GATE_FAILED,
    ExitStatus.BAD_INPUT,
    ExitStatus.OUTPUT_FAILED,
    ExitStatus.BUG,
)


@pytest.mark.parametrize(("better", "worse"), list(itertools.combinations(ORDER, 2)))
def test_statuses_have_an_order(better, worse):
    assert worst([better, worse, better]) is worst([worse, better]) is worse
    assert worst([better]) is better


def test_no_check_is_no_failure():
    assert worst([]) is ExitStatus.OK


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ([("a", "x"), ("b", "y")], [(0,), (1,)]),
        ([("a", "x"), ("b", "x"), ("c", "y")], [(0, 1), (2,)]),
        ([("a", "x"), ("b", "y"), ("c", "z"), ("b", "x")], [(0, 1, 3), (2,)]),
        ([("a", None), ("b", None), ("./a", "c")], [(0, 2), (1,)]),
        ([("x", "a"), ("a", "y")], [(0, 1)]),
    ],
)
def test_checks_that_share_a_file_at_any_remove_stay_together(files, wanted):
    prepared = [
        Prepared(check(str(number), predictions="p"), {}, Request(predictions, labels), Standard())
        for number, (predictions, labels) in enumerate(files)
    ]
    assert groups(prepared) == wanted


@pytest.mark.parametrize("wrong", ["", '[[check]]\nname = "no loss"\npredictions = "t.csv"\n'])
def test_files_of_twice_as_many_checks_are_looked_at_twice_as_often(tmp_path, monkeypatch, wrong):
    monkeypatch.chdir(tmp_path)
    counts, real = [], os.path.realpath

    def counted(*arguments, **options):
        counts[-1] += 1
        return real(*arguments, **options)

    monkeypatch.setattr(os.path, "realpath", counted)
    for checks in (10, 20):
        for number in range(checks):
            Path(f"t{number}.csv").write_text("prediction,label\n1,2\n")
        Path("c.toml").write_text(
            wrong
            + "".join(
                f'[[check]]\nname = "{number}"\npredictions = "t{number}.csv"\nloss = "mse"\n'
                f'output = "o{number}.txt"\n'
                for number in range(checks)
            )
        )
        counts.append(0)
        assert main(["check", "c.toml"]) == (2 if wrong else 0)
    assert counts[1] <= 2 * counts[0]


def test_a_bug_in_one_check_costs_no_other_its_result(samples, monkeypatch):
    one = {"predictions": "diabetes_linear.csv", "labels": "diabetes_labels.csv"}
    prepared = [
        prepared_one(check("a", **one, loss="mse")),
        prepared_one(check("b", **one, loss="mae")),
        prepared_one(check("c", **one, loss="rmse")),
    ]
    real = losscli.verdicts.judged.evaluate_many

    def broken(requests, standards, **more):
        if any(request.loss[0].spec == "mae" for request in requests):
            raise RuntimeError("oh [no]")
        return real(requests, standards, **more)

    monkeypatch.setattr("losscli.verdicts.judged.evaluate_many", broken)
    a, b, c = run_prepared(prepared)
    assert (a.report.results[0].cost, c.report.results[0].loss) == (2978.4128969905414, "rmse")
    assert (a.error, c.error, b.report) == (None, None, None)
    assert b.error.found == "this is a bug in losscli: RuntimeError: oh [no]"
    assert [status_of(one, found) for one, found in zip(prepared, (a, b, c), strict=True)] == [0, 70, 0]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't start new thread")])
def test_a_lack_of_memory_is_no_bug(samples, monkeypatch, error):
    def broken(requests, **more):
        raise error

    monkeypatch.setattr("losscli.analyses.evaluate.together.evaluate_many", broken)
    (found,) = run_prepared([prepared_one(check("a", predictions="diabetes.csv", loss="mse"))])
    assert found.error.status is ExitStatus.BAD_INPUT
    assert "out of memory" in str(found.error)


def test_an_interruption_is_no_result(samples, monkeypatch):
    def interrupted(requests, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("losscli.analyses.evaluate.together.evaluate_many", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_prepared([prepared_one(check("a", predictions="diabetes.csv", loss="mse"))])


def test_the_command_says_what_the_check_says_and_no_more():
    found = command_of(
        check(
            "a",
            predictions="a b.csv",
            labels="it's.csv",
            loss=["mse", "huber:delta=2"],
            gate="mse <= 3",
            header=False,
            ignore_label=-1,
            output="o.json",
            format="json",
            per_sample="s.csv",
            exit_zero=True,
        )
    )
    assert shlex.split(found) == [
        *("losscli", "evaluate", "a b.csv", "it's.csv", "--loss", "mse", "--loss", "huber:delta=2"),
        *("--gate", "mse <= 3", "--no-header", "--ignore-label", "-1"),
    ]


def test_a_file_that_begins_with_a_dash_stands_behind_two():
    assert command_of(check("a", predictions="-p", loss="mse")) == "losscli evaluate --loss mse -- -p"


def test_the_command_shows_no_character_that_acts():
    assert command_of(check("a", predictions="\x1b[31m'\\", loss="mse")) == (
        r"losscli evaluate $'\x1b[31m\'\\' --loss mse"
    )


def test_words_over_all_checks():
    bad = Checked("b", None, LosscliError("w", "f"))
    assert summary([bad]) == "error: the check could not be completed"
    assert summary([bad, bad]) == "error: 2 of 2 checks could not be completed"


@pytest.mark.parametrize(
    ("key", "text", "wanted"),
    [
        ("baseline", "main.json", "/here/main.json"),
        ("loss", "mse", "mse"),
        ("loss", "../my.py:f:alpha=1", "/here/../my.py:f:alpha=1"),
        ("gate", "mse[a.py:3] <= 1", "mse[a.py:3] <= 1"),
        ("gate", 'mse["x/my.py:f"] <= 1', 'mse["x/my.py:f"] <= 1'),
        ("gate", " my.py:f.p95[a//b] <= 1", "/here/my.py:f.p95[a//b] <= 1"),
        ("gate", "a[1]/my.py:f[./c] < baseline", "/here/a[1]/my.py:f[./c] < baseline"),
        ("group", "a.py:b", "a.py:b"),
    ],
)
def test_what_an_option_says_is_moved_where_it_names_a_file_and_nowhere_else(key, text, wanted):
    value = (text,) if KEYS[key].multiple else text
    assert moved(key, Setting(value, "option", f"--{key}"), "/here").texts == (wanted,)
