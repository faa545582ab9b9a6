"""`losscli fit`: the real program on real files: exit status, stdout, stderr, and what each option does."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import calls
from helpers.calls import SAMPLES

import losscli
from losscli.analyses.fit import models, optimizers
from losscli.analyses.fit.train import DECAYS
from losscli.cli.commands.fit import command
from losscli.common.errors import LosscliError
from losscli.outputs.formats import load

QUICK = ("--folds", "0", "--epochs", "20")


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for path in SAMPLES.glob("*.csv"):
        (tmp_path / path.name).symlink_to(path)

    def call(*arguments, **environ):
        done = calls.losscli("fit", *arguments, cwd=tmp_path, **environ)
        return done.returncode, done.stdout, done.stderr

    return call


def document(run, *arguments):
    status, out, err = run(*arguments, "--format", "json")
    assert status == 0, err
    return json.loads(out)


MSE = ("diabetes.csv", "--loss", "mse")


def test_document_has_what_the_contract_promises(run):
    found = document(run, *MSE, "--optimizer", "sgd", "--optimizer", "adam", "--epochs", 8)
    assert (found["loss"], found["model"]) == ("mse", "affine")
    assert [one["optimizer"] for one in found["runs"]] == ["sgd", "adam"]
    for one in found["runs"]:
        assert set(one) == {
            "optimizer", "learning_rate", "epochs", "parameters", "after", "standard_error", "held_out",
            "converged", "diverged", "best", "curve",
        }  # fmt: skip
        assert set(one["parameters"]) == {"scale", "bias"}
        assert set(one["held_out"]) == {"before", "after", "folds"}
        assert one["held_out"]["folds"] == 5
        assert len(one["curve"]) == one["epochs"] <= 8
        assert one["after"] <= min(*one["curve"], found["before"]) * (1 + 1e-12)
    evaluated = losscli.evaluate("diabetes.csv", loss="mse")
    assert found["before"] == evaluated.results[0].cost
    assert found["n"] == 442
    assert found["signature"].startswith("mse|n:442|mean|align:position|bad:error|fit:affine|seed:0|")


@pytest.mark.parametrize(
    ("spec", "model"),
    [
        ("mse", "affine"),
        ("rmse", "bias"),
        ("mae", "scale"),
        ("huber:delta=20", "constant"),
        ("log_cosh", "affine"),
    ],
)
def test_after_is_the_cost_of_the_parameters_that_are_shown(run, spec, model):
    found = document(run, "diabetes.csv", "--loss", spec, "--model", model, *QUICK)
    (one,) = found["runs"]
    frame = list(csv.DictReader(io.StringIO(Path("diabetes.csv").read_text())))
    prediction = np.array([float(row["prediction"]) for row in frame])
    label = [float(row["label"]) for row in frame]
    scale = one["parameters"].get("scale", 0.0 if model == "constant" else 1.0)
    corrected = scale * prediction + one["parameters"].get("bias", 0.0)
    assert losscli.evaluate(corrected, label, loss=spec).results[0].cost == pytest.approx(
        one["after"], rel=1e-12
    )


def test_held_out_is_the_mean_over_parts_that_were_not_fitted(run):
    found = document(run, "diabetes.csv", "--loss", "mse", "--model", "constant", "--folds", 4)
    (one,) = found["runs"]
    assert one["held_out"]["after"] > one["after"]
    assert one["held_out"]["before"] == pytest.approx(found["before"], rel=0.01)


def test_as_many_folds_as_samples_leave_one_out_each(run, tmp_path):
    label = [1.0, 2.0, 4.0, 9.0]
    Path("few.csv").write_text("label,prediction\n" + "".join(f"{y},1\n" for y in label))
    status, out, err = run(
        "few.csv",
        "--loss",
        "mse",
        "--model",
        "constant",
        "--optimizer",
        "sgd",
        "--tolerance",
        0,
        "--format",
        "json",
    )
    assert status == 0
    assert "too few samples for 5 folds: 4 were made" in err
    held = json.loads(out)["runs"][0]["held_out"]
    alone = [(y - (sum(label) - y) / 3) ** 2 for y in label]
    assert held["folds"] == 4
    assert held["after"] == pytest.approx(np.mean(alone), rel=1e-3)
    assert held["before"] == pytest.approx(np.mean([(y - 1.0) ** 2 for y in label]))


def test_one_sample_has_no_folds(run):
    Path("one.csv").write_text("label,prediction\n3,1\n")
    status, out, err = run("one.csv", "--loss", "mse", "--model", "bias", "--format", "json")
    assert status == 0
    assert "none were made" in err
    (found,) = json.loads(out)["runs"]
    assert found["held_out"] is None
    assert found["parameters"]["bias"] == pytest.approx(2.0, rel=1e-3)


def test_samples_of_a_group_stay_together(run):
    apart = document(run, *MSE, "--epochs", 5)
    together = document(run, *MSE, "--epochs", 5, "--group", "sex")
    assert apart["runs"][0]["held_out"]["folds"] == 5
    assert together["runs"][0]["held_out"]["folds"] == 2
    assert together["runs"][0]["after"] == apart["runs"][0]["after"]


def test_seed_decides_to_the_last_bit_on_any_block_size(run):
    quick = (*MSE, "--epochs", 6)
    first, again = document(run, *quick), document(run, *quick, "--block-rows", 7)
    assert first == again
    other = document(run, *quick, "--seed", 1)
    assert other["runs"][0]["curve"] != first["runs"][0]["curve"]
    assert other["runs"][0]["held_out"] != first["runs"][0]["held_out"]


CHANGES = {
    "--learning-rate": ("0.01",),
    "--decay": ("cosine",),
    "--batch-size": ("100",),
    "--epochs": ("2",),
    "--tolerance": ("0.5",),
    "--patience": ("1",),
    "--seed": ("3",),
    "--momentum": ("0.5",),
    "--optimizer": ("rmsprop",),
    "--model": ("bias",),
}


@pytest.mark.parametrize("option", CHANGES)
def test_every_option_changes_the_walk(run, option):
    given = () if option == "--optimizer" else ("--optimizer", "momentum")
    plain = document(run, *MSE, "--folds", 0, "--epochs", 30, "--optimizer", "momentum")
    epochs = () if option == "--epochs" else ("--epochs", 30)
    changed = document(run, *MSE, "--folds", 0, *epochs, *given, option, *CHANGES[option])
    assert changed["runs"][0]["curve"] != plain["runs"][0]["curve"]


def test_settings_are_in_the_document(run):
    found = document(
        run,
        *MSE,
        "--folds",
        0,
        "--epochs",
        3,
        "--batch-size",
        50,
        "--seed",
        9,
        "--learning-rate",
        0.25,
        "--decay",
        "none",
    )
    assert (found["batch_size"], found["seed"], found["decay"]) == (50, 9, "none")
    assert found["runs"][0]["learning_rate"] == 0.25
    assert found["runs"][0]["epochs"] == 3
    assert found["runs"][0]["held_out"] is None


def test_weights_and_ignored_labels_count_as_in_evaluate(run):
    rows = "label,prediction,w\n1,2,3\n5,5,1\n7,6,0\n99,1,2\n"
    Path("w.csv").write_text(rows)
    found = document(
        run, "w.csv", "--loss", "mse", "--model", "bias", "--weight", "w", "--ignore-label", 99, *QUICK
    )
    evaluated = losscli.evaluate("w.csv", loss="mse", weight="w", ignore_label=99).results[0]
    assert found["before"] == evaluated.cost
    assert (found["n"], found["ignored"], found["weight_sum"]) == (3, 1, 4.0)
    assert found["runs"][0]["parameters"]["bias"] == pytest.approx(-0.75, abs=0.01)


def test_rows_that_a_loss_is_not_about_are_not_fitted(run):
    Path("gan.csv").write_text("label,prediction\n" + "".join(f"{i % 2},{i}\n" for i in range(20)))
    found = document(run, "gan.csv", "--loss", "lsgan_generator", "--model", "constant", *QUICK)
    assert found["n"] == 10
    assert found["runs"][0]["parameters"]["bias"] == pytest.approx(1.0, abs=0.1)


def test_classes_have_a_bias_each_by_name(run):
    found = document(run, "wine_bayes.csv", "wine_labels.csv", "--loss", "perplexity", *QUICK)
    assert set(found["runs"][0]["parameters"]["bias"]) == {"class_0", "class_1", "class_2"}
    assert sum(found["runs"][0]["parameters"]["bias"].values()) == pytest.approx(0.0, abs=1e-12)
    assert found["acts_on"] == "logs of the class probabilities"
    assert found["runs"][0]["after"] < found["before"]


def test_skill_of_the_predictions_beside_the_best_constant(run):
    found = document(run, "diabetes.csv", "--loss", "mse", "--model", "constant", "--folds", 0)
    label = np.array(
        [float(row["label"]) for row in csv.DictReader(io.StringIO(Path("diabetes.csv").read_text()))]
    )
    assert found["skill"] == pytest.approx(1.0 - found["before"] / np.var(label), abs=1e-4)
    assert "skill" not in document(run, *MSE, *QUICK)


def test_divergence_is_said_and_no_number_is_made_up(run):
    status, out, err = run(
        *MSE, "--optimizer", "sgd", "--learning-rate", 1e6, "--folds", 0, "--format", "json"
    )
    assert status == 0
    (one,) = json.loads(out)["runs"]
    assert one["diverged"]
    assert not one["converged"]
    assert one["after"] == json.loads(out)["before"]
    assert one["curve"][-1] is None or one["curve"][-1] > 1e9
    assert "sgd diverged in epoch 1" in err
    status, out, _ = run(*MSE, "--optimizer", "sgd", "--learning-rate", 1e6, "--folds", 0)
    assert "diverged" in out
    assert "nan" not in out.lower()


def test_a_cost_that_is_infinite_from_the_start_is_said(run):
    Path("far.csv").write_text("label,prediction\n1,800\n-1,900\n1,-3\n")
    status, out, err = run("far.csv", "--loss", "exponential", "--folds", 0, "--format", "json")
    assert status == 0
    found = json.loads(out)
    assert (found["before"], found["before_text"], found["runs"][0]["after"]) == (None, "inf", None)
    assert "the cost is not finite" in err


def test_help_says_what_shared_options_mean_here(run):
    _, out, _ = run("--help")
    assert "Keep samples with the same value in this column" in " ".join(out.split())


def test_too_few_epochs_are_said(run):
    _, out, err = run(*MSE, "--folds", 0, "--epochs", 1)
    assert "adam did not converge in 1 epoch; --epochs allows more" in err
    assert "not converged" in out


def test_custom_losses_with_and_without_a_gradient(run):
    source = (SAMPLES / "custom" / "asymmetric.py").read_text()
    Path("with.py").write_text(source)
    Path("without.py").write_text(source[: source.index("def asymmetric_gradient")])
    found = document(run, "diabetes.csv", "--loss", "with.py:asymmetric:alpha=3", "--model", "bias", *QUICK)
    status, out, err = run(
        "diabetes.csv",
        "--loss",
        "without.py:asymmetric:alpha=3",
        "--model",
        "bias",
        *QUICK,
        "--format",
        "json",
    )
    assert status == 0
    assert "has no gradient: it was approximated by central differences" in err
    assert json.loads(out)["runs"][0]["after"] == pytest.approx(found["runs"][0]["after"], rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--loss", "mse", "--loss", "mae"), "2 losses are named; needed: one"),
        (("--loss", "mse", "--model", "temperature"), "neither probabilities nor logits"),
        (("--loss", "gaussian_nll"), "mean different things"),
        (("--loss", "giou"), "mean different things"),
        (("--loss", "cosine"), "not all of them 0"),
        (("--loss", "zero_one"), "no slope to follow"),
        (
            ("--loss", "gamma_deviance", "--model", "bias"),
            "use --model scale; by a factor and a power, --model",
        ),
        (("--loss", "mse", "--momentum", "0.5"), "--optimizer momentum or nesterov"),
        (("--loss", "mse", "--momentum", "1"), "≥ 0 and < 1"),
        (("--loss", "mse", "--learning-rate", "0"), "a number > 0"),
        (("--loss", "mse", "--learning-rate", "nan"), "--learning-rate"),
        (("--loss", "mse", "--learning-rate", "inf"), "needed: a finite number"),
        (("--loss", "mse", "--epochs", "0"), "a whole number ≥ 1"),
        (("--loss", "mse", "--save-predictions", "-"), "standard output"),
        (
            ("--loss", "mse", "--folds", "1"),
            "--folds: one fold would hold out every sample; needed: 0 for none",
        ),
        (
            ("--loss", "mse", "--save-predictions", "x.jsonl"),
            "the name ends with .jsonl; needed: a name such",
        ),
        (("--loss", "mse", "--save-predictions", "absent.csv"), "is also read or written by this command"),
        (("--loss", "mse", "--quiet", "--format", "csv"), "--quiet"),
    ],
)
def test_usage_errors_come_before_files_are_opened(run, arguments, message):
    status, out, err = run("absent.csv", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert "no such file" not in err


def test_usage_errors_come_together(run):
    _, _, err = run(
        "absent.csv",
        "--loss",
        "mse",
        "--model",
        "temperature",
        "--momentum",
        0.5,
        "--quiet",
        "--format",
        "csv",
    )
    assert err.count("losscli: ") == 3


def test_without_a_loss_those_that_fit_are_named(run):
    status, _, err = run("diabetes.csv")
    assert status == 2
    assert "mse" in err


def test_pipe_is_read_once_and_cannot_be_saved(run):
    status, _, err = run("-", "--loss", "mse", "--save-predictions", "o.csv")
    assert status == 2
    assert "standard input can be read only once" in err


def test_more_than_memory_is_to_hold_is_refused(run, monkeypatch):
    monkeypatch.setattr("losscli.analyses.fit.collect.MOST_BYTES", 1000)
    status, _, err = run(*MSE)
    assert status == 2
    assert "Fit a sample of the rows" in err


def test_quiet_and_output(run):
    status, out, _ = run(*MSE, *QUICK, "--quiet", "--optimizer", "sgd", "--optimizer", "adam")
    assert (status, len(out.splitlines())) == (0, 2)
    assert all(2977.38 < float(line) < 2977.5 for line in out.splitlines())
    status, out, _ = run(*MSE, *QUICK, "--format", "json", "--output", "o.json")
    assert (status, out) == (0, "")
    assert json.loads(Path("o.json").read_text())["model"] == "affine"


def test_a_line_or_row_for_each_run(run):
    asked = (*MSE, "--epochs", 3, "--optimizer", "sgd", "--optimizer", "nesterov")
    _, out, _ = run(*asked, "--format", "jsonl")
    assert [json.loads(line)["optimizer"] for line in out.splitlines()] == ["sgd", "nesterov"]
    _, out, _ = run(*asked, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["optimizer"] for row in rows] == ["sgd", "nesterov"]
    whole = document(run, *asked)
    for row, one in zip(rows, whole["runs"], strict=True):
        assert float(row["after"]) == one["after"]
        assert float(row["scale"]) == one["parameters"]["scale"]
        assert float(row["held_out_after"]) == one["held_out"]["after"]
        assert row["temperature"] == ""


def test_narrow_and_plain_terminals(run):
    _, out, _ = run(*MSE, "--epochs", 3, "--color", "never", "--format", "markdown", COLUMNS=40)
    assert out.count("```") % 2 == 0
    from losscli.outputs.drawing.console import Looks

    report = losscli.fit("wine_bayes.csv", "wine_labels.csv", loss="cross_entropy", epochs=3)
    for width in (24, 40, 80):
        text = load("table").render(report, Looks(width=width, ascii_only=True))
        assert text.isascii()
        assert "yhat" in text
        assert max(map(len, text.splitlines())) <= width


def test_hostile_class_names_are_only_shown(run):
    bad = "a\x1b[31m]::b"
    rows = "".join(f"{bad if i % 2 else 'c'},0.{i},0.{9 - i}\n" for i in range(1, 9))
    Path("h.csv").write_text(f"label,prob_{bad},prob_c\n{rows}")
    for format_ in ("table", "json", "jsonl", "csv", "markdown"):
        status, out, err = run(
            "h.csv", "--loss", "multiclass_brier:sum_tolerance=0.5", *QUICK, "--format", format_
        )
        assert status == 0, err
        assert "\x1b" not in out + err


def test_words_of_the_command_line_are_those_there_are():
    offered = {parameter.name: parameter.type for parameter in command.params}
    assert tuple(offered["model"].choices) == models.names()
    assert tuple(offered["optimizers"].choices) == optimizers.names()
    assert set(DECAYS) == {"halving", "cosine", "none"}


@pytest.mark.parametrize("spec", ["mse", "pair.py:pair"])
def test_several_columns_share_one_correction(run, spec):
    Path("pair.py").write_text(
        "def pair(label, prediction):\n    return ((prediction - label) ** 2).mean(axis=1)\n"
    )
    random = np.random.default_rng(0)
    label = random.normal(size=(60, 2))
    rows = zip(label.tolist(), (label * 0.5 - 1.0).tolist(), strict=True)
    text = "".join(f"{y[0]},{y[1]},{p[0]},{p[1]}\n" for y, p in rows)
    Path("two.csv").write_text("label_a,label_b,prediction_a,prediction_b\n" + text)
    columns = (
        "--prediction",
        "prediction_a",
        "--prediction",
        "prediction_b",
        "--label",
        "label_a",
        "--label",
        "label_b",
    )
    found = document(
        run,
        "two.csv",
        "--loss",
        spec,
        *columns,
        "--folds",
        0,
        "--optimizer",
        "sgd",
        "--save-predictions",
        "o.csv",
    )
    (one,) = found["runs"]
    assert one["parameters"] == pytest.approx({"scale": 2.0, "bias": 2.0}, rel=1e-3)
    again = losscli.evaluate(
        "o.csv", loss=spec, prediction=["prediction_a", "prediction_b"], label=["label_a", "label_b"]
    )
    assert again.results[0].cost == one["after"]


def test_a_gradient_that_is_no_number_is_refused_as_gradient_refuses_it(run):
    Path("mine.py").write_text(
        "def square(label, prediction):\n    return (prediction - label) ** 2\n\n\n"
        "def square_gradient(label, prediction):\n    return 0.0 * prediction / (prediction - 2.0)\n"
    )
    Path("two.csv").write_text("prediction,label\n1,1\n2,3\n")
    status, out, err = run("two.csv", "--loss", "mine.py:square", "--quiet")
    assert (status, out) == (2, "")
    assert "two.csv row 2 (line 3): the gradient of mine.py:square at prediction 2 is NaN" in err
    Path("ignored.csv").write_text("prediction,label\n2,0\n1,5\n3,7\n")
    status, _, err = run(
        "ignored.csv", "--loss", "mine.py:square", "--ignore-label", "0", "--block-rows", "1", *QUICK
    )
    assert status == 0, err


RATES = ("--learning-rate", 0.5, "--learning-rate", 0.02, "--learning-rate", 0.5)


def test_several_rates_are_compared(run):
    names = ("--optimizer", "sgd", "--optimizer", "adam")
    found = document(run, *MSE, *names, *RATES, "--epochs", 4, "--folds", 3)
    told = [(one["optimizer"], one["learning_rate"]) for one in found["runs"]]
    assert told == [("sgd", 0.5), ("sgd", 0.02), ("adam", 0.5), ("adam", 0.02)]
    for one in found["runs"]:
        alone = ("--optimizer", one["optimizer"], "--learning-rate", one["learning_rate"])
        assert document(run, *MSE, *alone, "--epochs", 4, "--folds", 3)["runs"] == [one | {"best": True}]
    assert len({one["after"] for one in found["runs"]}) == 4


def test_rates_tell_runs_apart_wherever_they_are_shown(run):
    call = (*MSE, "--optimizer", "sgd", "--optimizer", "adam", *RATES, "--epochs", 2, "--folds", 0)
    found = document(run, *call)
    status, out, err = run(*call)
    assert status == 0
    names = ["sgd at 0.5", "sgd at 0.02", "adam at 0.5", "adam at 0.02"]
    for name in names:
        # In the table of costs, in that of parameters, and beside its mark.
        assert len(re.findall(rf"(?:^  |[●○■□] ){name}(?!\d)", out, re.MULTILINE)) == 3
    assert "  rate" not in out
    for name, one in zip(names, found["runs"], strict=True):
        assert f"{name} did not converge in 2 epochs" in err
        line = next(line for line in out.splitlines() if line.strip().startswith(f"{name} "))
        assert repr(one["after"]) in line
    assert run(*call, "--quiet")[1].split() == [repr(one["after"]) for one in found["runs"]]
    rows = run(*call, "--format", "csv")[1].splitlines()
    place = rows[0].split(",").index("learning_rate")
    assert [float(row.split(",")[place]) for row in rows[1:]] == [0.5, 0.02, 0.5, 0.02]
    single = run(*MSE, "--optimizer", "sgd", "--learning-rate", 0.5, "--epochs", 2, "--folds", 0)
    assert " at " not in single[1] + single[2]


def test_the_best_of_several_rates_corrects_the_predictions(run):
    call = (*MSE, "--learning-rate", 1e-6, "--learning-rate", 0.1, "--folds", 0)
    status, out, err = run(*call, "--save-predictions", "kept.csv")
    assert status == 0, err
    assert "The predictions corrected by adam at 0.1 are in kept.csv" in out
    found = document(run, *call)["runs"]
    assert found[1]["after"] < found[0]["after"]
    assert losscli.evaluate("kept.csv", loss="mse").results[0].cost == found[1]["after"]


def test_several_rates_in_python(run):
    report = losscli.fit("diabetes.csv", loss="mse", learning_rate=(0.5, 0.02, 0.5), folds=0, epochs=3)
    assert [run.learning_rate for run in report.runs] == [0.5, 0.02]
    assert report.best is min(report.runs, key=lambda run: run.after)
    rates = np.array([0.5, 0.02])
    assert losscli.fit("diabetes.csv", loss="mse", learning_rate=rates, folds=0, epochs=3) == report
    assert losscli.fit("diabetes.csv", loss="mse", learning_rate=[], folds=0, epochs=3) == losscli.fit(
        "diabetes.csv", loss="mse", folds=0, epochs=3
    )


def test_predictions_are_saved_at_a_path_in_python(run, tmp_path):
    for name, kind in (("a.csv", str), ("b.csv", Path)):
        path = kind(tmp_path / name)
        losscli.fit("diabetes.csv", loss="mse", epochs=3, folds=0, save_predictions=path)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize("wrong", ["0.1", [0.1, "x"], [0.1, 0.0], [0.1, float("nan")], [None, -1]])
def test_what_is_no_rate_is_refused_in_python(run, wrong):
    with pytest.raises(LosscliError, match=r"learning.rate: .*a number > 0"):
        losscli.fit("diabetes.csv", loss="mse", learning_rate=wrong)


def test_a_rate_of_several_that_is_none_is_refused(run):
    for wrong, said in (("0", "a number > 0"), ("nan", "a finite number"), ("x", "a number > 0")):
        status, _, err = run(*MSE, "--learning-rate", 0.1, "--learning-rate", wrong)
        assert status == 2
        assert "--learning-rate" in err
        assert said in err


def test_no_optimiser_is_refused(run):
    with pytest.raises(LosscliError, match="no optimiser is named"):
        losscli.fit("diabetes.csv", loss="mse", optimizer=[])


TREE = ("cancer_tree.csv", "cancer_labels.csv", "--loss", "bce", "--model", "temperature", "--folds", 0)
SEVERAL = ("--optimizer", "sgd", "--optimizer", "adam", "--optimizer", "rmsprop")


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_one_chart_of_all_optimisers_in_every_width(run, width, ascii_only):
    shape = {"COLUMNS": str(width), "NO_COLOR": "1", "PYTHONIOENCODING": "ascii" if ascii_only else "utf-8"}
    status, out, _ = run(*TREE, *SEVERAL, **shape)
    assert status == 0
    assert "\x1b" not in out
    assert out.isascii() or not ascii_only
    lines = out.partition("Cost by epoch\n")[2].splitlines()
    assert max(map(len, out.splitlines())) <= width
    marks = "ox*" if ascii_only else "●○■"
    legend = "   ".join(map(" ".join, zip(marks, ("sgd", "adam", "rmsprop"), strict=True)))
    assert sum(legend in line for line in lines) == 1
    axis = "|" if ascii_only else "│"
    rows = [line.partition(axis) for line in lines if axis in line]
    ticks = [tick.strip() for tick, *_ in rows if tick.strip()]
    assert len(set(ticks)) == len(ticks) >= 3
    # All start at epoch 0, where the predictions are: in the first column.
    assert next(picture[0] for *_, picture in rows if picture[:1].strip()) in marks
    assert all(any(mark in picture for *_, picture in rows) for mark in marks)
    (below,) = (line.split() for line in lines if " epoch " in line and line.strip().startswith("0 "))
    assert below == ["0", "epoch", str(max(map(len, curves_of(run, *TREE, *SEVERAL))))]


def curves_of(run, *arguments):
    return [one["curve"] for one in document(run, *arguments)["runs"]]


def test_the_default_page_fits_a_screen_and_the_full_one_has_every_epoch(run):
    _, out, _ = run(*MSE, COLUMNS="80")
    assert 24 <= len(out.splitlines()) <= 40
    assert "lowest cost so far − 2977.38, on a log scale; epoch 0 is before the fit" in out
    assert "undone" not in out
    for flag in ("--full", "-v"):
        _, whole, _ = run(*TREE, *SEVERAL, flag, COLUMNS="80")
        every = whole.partition("Every epoch, including those that were undone\n")[2]
        assert [line.strip() for line in every.splitlines() if line.strip() in SEVERAL] == [*SEVERAL[1::2]]
    assert "undone" not in run(*TREE, *SEVERAL, "--decay", "none", "--full")[1]
    assert "Every epoch" in run(*MSE, "--epochs", 3, "--format", "markdown")[1]


def test_colours_tell_curves_apart_too(run):
    _, out, _ = run(*TREE, *SEVERAL, "--color", "always")
    assert all(f"\x1b[{color}m{mark}" in out for color, mark in ((36, "●"), ("38;5;136", "○"), (35, "■")))


def test_a_linear_axis_has_ticks_that_differ(run):
    _, out, _ = run(*MSE, "--optimizer", "sgd", "--decay", "none", "--learning-rate", 1e-3, "--folds", 0)
    chart = out.partition("Cost by epoch\n")[2]
    assert chart.splitlines()[0].strip() == "cost; epoch 0 is before the fit"
    ticks = re.findall(r"^ *([\d.]+) │", chart, re.MULTILINE)
    assert len(ticks) == len(set(ticks)) == 3


def test_optimisers_that_reach_the_same_cost_are_all_named(run):
    _, out, _ = run(*TREE, "--optimizer", "sgd", "--optimizer", "adam")
    said = " ".join(out.split())
    tie = "Lowest cost: a tie between sgd and adam."
    assert f"{tie} They differ by less than the tolerance, 1e-06 of the cost." in said
    found = document(run, *TREE, "--optimizer", "sgd", "--optimizer", "adam")
    assert found["tolerance"] == 1e-6
    assert [one["best"] for one in found["runs"]] == [True, True]
    low, high = sorted(one["after"] for one in found["runs"])
    assert 0.0 < high - low <= 1e-6 * low
    strict = (*TREE, "--optimizer", "sgd", "--optimizer", "adam", "--tolerance", 1e-12, "--epochs", 12)
    exact = document(run, *strict)
    best = min(exact["runs"], key=lambda one: one["after"])
    assert [one["best"] for one in exact["runs"]] == [one is best for one in exact["runs"]]
    assert f"Lowest cost: {best['optimizer']}." in run(*strict)[1]
    rows = csv.DictReader(io.StringIO(run(*strict, "--format", "csv")[1]))
    assert [row["best"] == "true" for row in rows] == [one["best"] for one in exact["runs"]]


def test_a_tie_to_the_last_bit_is_one_without_a_tolerance(run):
    report = losscli.fit("diabetes.csv", loss="mse", optimizer=["sgd", "adam", "rmsprop"], folds=0, epochs=3)
    runs = tuple(replace(one, after=2978.0) for one in report.runs)
    alike = replace(report, runs=runs, tolerance=0.0)
    assert alike.tied == runs
    assert "Lowest cost: a tie between all 3 runs.\n" in load("table").render(alike)


def test_that_no_run_lowers_the_cost_is_said(run):
    wild = ("--learning-rate", 1e9, "--epochs", 1, "--folds", 0)
    for some in (SEVERAL, SEVERAL[:2]):
        _, out, _ = run(*MSE, *some, *wild)
        assert "No correction was found that lowers the cost." in out
        assert "Lowest cost" not in out
    assert "No correction" not in run(*MSE, *QUICK, "--model", "constant")[1]


def test_one_run_has_no_rival(run):
    assert "Lowest cost" not in run(*MSE, *QUICK)[1]


def test_of_very_many_runs_the_best_are_drawn(run):
    rates = [str(rate) for place in range(1, 11) for rate in ("--learning-rate", place / 1000)]
    _, out, _ = run(*MSE, *rates, "--decay", "none", "--epochs", 2, "--folds", 0)
    assert "The chart shows the 8 of 10 runs with the lowest costs." in out
    legend = out.partition("Cost by epoch\n")[2].partition("│")[0]
    assert "adam at 0.01" in legend
    assert "adam at 0.002" not in legend


def test_a_correction_that_does_not_carry_over_is_said(run):
    assert "does not lower the held-out cost" in " ".join(run(*MSE)[1].split())
    assert "does not lower" not in run(*TREE[:-2])[1]
