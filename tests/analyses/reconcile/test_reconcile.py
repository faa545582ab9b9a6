"""Which convention, or which fault, gives a number: from real numbers of libraries to commands that hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.calls import ROOT, losscli

import losscli as api
from losscli.analyses.reconcile.matches import accidental, different
from losscli.analyses.reconcile.observed import observed_of
from losscli.common.errors import LosscliError

TREE = ("sample_data/cancer_tree.csv", "sample_data/cancer_labels.csv")
LINEAR = ("sample_data/diabetes_linear.csv", "sample_data/diabetes_labels.csv")


def reconciled(*arguments: str, cwd: Path = ROOT) -> tuple[int, dict[str, Any]]:
    done = losscli("reconcile", *arguments, "--json", cwd=cwd)
    assert done.returncode in (0, 1, 3), done.stderr
    return done.returncode, json.loads(done.stdout)


def value_of(command: list[str], cwd: Path = ROOT) -> float:
    done = losscli(*command[1:], "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    return float(result["cost"])


def test_plain_number_is_ours() -> None:
    status, document = reconciled(*LINEAR, "-l", "mse", "--observed", "2978.413")
    first = document["matches"][0]
    assert (status, document["document"], document["outcome"]) == (0, "reconcile", "found")
    assert (first["library"], first["deviations"], first["lie"]) == ("losscli", [], None)
    assert {"losscli", "torch", "sklearn"} <= {*first["libraries"]}
    assert first["command"] == ["losscli", "evaluate", *LINEAR, "--loss", "mse"]
    assert first["value"] == document["cost"] == value_of(first["command"])


def test_keras_clips_otherwise() -> None:
    """0.45045285 is what keras.losses.BinaryCrossentropy() of Keras 3 gives, which clips at 1e-7."""
    status, document = reconciled(*TREE, "-l", "bce", "--observed", "0.4504529")
    first = document["matches"][0]
    assert (status, first["libraries"]) == (0, ["keras"])
    assert value_of(first["command"]) == first["value"]
    assert round(first["value"], 7) == 0.4504529


@pytest.mark.parametrize(
    ("deviation", "loss"),
    [("reduction=sum", "mse"), ("factor=0.5", "mse"), ("base=2", "bce"), ("reduction=batch:32", "mae")],
)
def test_one_deviation_is_found_with_its_command(deviation: str, loss: str) -> None:
    files = TREE if loss == "bce" else LINEAR
    value = value_of(["losscli", "evaluate", *files, "--loss", loss, "--as", f"losscli+{deviation}"])
    status, document = reconciled(*files, "-l", loss, "--observed", f"{value:.10g}")
    said = ["+".join([one["library"], *one["deviations"]]) for one in document["matches"]]
    assert f"losscli+{deviation}" in [
        *said,
        *(other for one in document["matches"] for other in one["others"]),
    ]
    assert status in (0, 3)
    for one in document["matches"]:
        assert value_of(one["command"]) == pytest.approx(one["value"], rel=1e-12)


def test_every_command_gives_its_number() -> None:
    _, document = reconciled(*TREE, "-l", "bce", "--observed", "0.80")
    assert len(document["matches"]) > 1
    for one in document["matches"]:
        assert value_of(one["command"]) == pytest.approx(one["value"], rel=1e-12), one["command"]


def test_few_digits_ask_for_more() -> None:
    status, document = reconciled(*TREE, "-l", "bce", "--observed", "0.8")
    assert (status, document["outcome"]) == (3, "ambiguous")
    assert document["accidental"] >= 0.05
    shown = losscli("reconcile", *TREE, "-l", "bce", "--observed", "0.8", cwd=ROOT).stdout
    assert "More digits are needed" in shown


def test_nothing_gives_another_number() -> None:
    status, document = reconciled(*LINEAR, "-l", "mse", "--observed", "0.123456789")
    assert (status, document["outcome"], document["matches"]) == (1, "none", [])


def test_lies_are_tried_last(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    label = random.normal(20.0, 5.0, 300)
    prediction = label + random.normal(0.0, 1.0, 300)
    for name, column in (("p", prediction), ("l", label)):
        head = "prediction" if name == "p" else "label"
        text = "\n".join([head, *(repr(float(one)) for one in column)])
        (tmp_path / f"{name}.csv").write_text(f"{text}\n", encoding="utf-8")
    for expected, edited in (
        ("labels shifted by 1", float(np.mean((prediction[:-1] - label[1:]) ** 2))),
        ("predictions times 0.01", float(np.mean((prediction * 0.01 - label) ** 2))),
        ("predictions with the other sign", float(np.mean((prediction + label) ** 2))),
    ):
        status, document = reconciled(
            "p.csv", "l.csv", "-l", "mse", "--observed", f"{edited:.9g}", cwd=tmp_path
        )
        first = document["matches"][0]
        assert (status, first["lie"]) == (0, expected)
        assert value_of(first["command"], tmp_path) == pytest.approx(edited, rel=1e-9)


def test_exchanged_classes_are_a_lie() -> None:
    files = ("sample_data/wine_bayes.csv", "sample_data/wine_labels.csv")
    edit = {"class_0": "class_1", "class_1": "class_0"}
    cost = api.evaluate(*(str(ROOT / one) for one in files), "ce", rename_class=edit).cost
    status, document = reconciled(*files, "-l", "ce", "--observed", f"{cost:.9g}")
    assert status == 0
    assert "class_0 as class_1" in document["matches"][0]["lie"]
    assert value_of(document["matches"][0]["command"]) == cost


def test_weights_divide_in_several_ways(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("prediction\n1\n2\n4\n", encoding="utf-8")
    (tmp_path / "l.csv").write_text("label,w\n0,1\n0,2\n0,0\n", encoding="utf-8")
    call = ("p.csv", "l.csv", "-l", "mse", "--weight", "w", "--observed")
    for observed, weights in (("4.5000000", "nonzero"), ("3.0000000", None), ("7.0000000", "none")):
        _, document = reconciled(*call, observed, cwd=tmp_path)
        first = document["matches"][0]
        assert value_of(first["command"], tmp_path) == float(observed)
        if weights == "nonzero":
            assert "tf1" in first["libraries"] or "weights=nonzero" in first["deviations"]
        elif weights is None:
            assert first["library"] == "losscli"


def test_python_gives_the_same() -> None:
    found = api.reconcile(*(str(ROOT / one) for one in TREE), "bce", observed="0.4504529")
    assert (found.outcome, found.matches[0].libraries) == ("found", ("keras",))
    assert found.to_dict()["document"] == "reconcile"
    assert "keras" in repr(found)
    with pytest.raises(LosscliError):
        api.reconcile([1.0], [1.0], ["mse", "mae"], observed="1")
    with pytest.raises(LosscliError):
        api.reconcile([1.0], [1.0], "mse", observed=None)  # type: ignore[arg-type]


def test_arrays_have_no_command() -> None:
    found = api.reconcile([1.0, 2.0], [0.0, 0.0], "mse", observed=2.5)
    assert found.matches[0].command is None


@pytest.mark.parametrize("rows", ["1", "7", "1000000"])
def test_blocks_change_nothing(rows: str) -> None:
    call = (*TREE, "-l", "bce", "--observed", "0.4504529", "--json")
    whole = losscli("reconcile", *call, cwd=ROOT).stdout
    assert whole
    assert losscli("reconcile", *call, "--block-rows", rows, cwd=ROOT).stdout == whole


def test_calls_that_are_wrong_end_with_2() -> None:
    for options in (("--observed", "x", "-l", "mse"), ("--observed", "1"), ("-l", "mse")):
        done = losscli("reconcile", *LINEAR, *options, cwd=ROOT)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    done = losscli("reconcile", *LINEAR, "-l", "mse", "-l", "mae", "--observed", "1", cwd=ROOT)
    assert "2 losses" in done.stderr


def test_quiet_names_what_gives_it() -> None:
    done = losscli("reconcile", *TREE, "-l", "bce", "--observed", "0.4504529", "--quiet", cwd=ROOT)
    assert done.stdout == "keras\n"


def test_accidental_matches_are_those_of_a_log_uniform_number() -> None:
    """By hand: 101 numbers from 1 to 100 in even ratios; 10.0 ± 0.05 is ln(10.05/9.95)/ln(100) of it."""
    values = [10.0 ** (2.0 * place / 100.0) for place in range(101)]
    expected = 101 * np.log(10.05 / 9.95) / np.log(100.0)
    assert accidental(values, observed_of("10.0")) == pytest.approx(expected, rel=1e-12)
    assert accidental([1.0, 1.0], observed_of("1")) == 0.0
    assert accidental(values, observed_of("0")) == 0.0


def test_numbers_that_rounding_alone_makes_differ_are_one() -> None:
    assert different([2.0, 2.0 * (1 + 1e-14), -2.0, 3.0, float("nan"), 0.0]) == [2.0, 3.0]
