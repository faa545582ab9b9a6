"""`losscli recommend`, the program: formats, options, refusals, hostile text."""

from __future__ import annotations

import csv
import io
import json
import os

import numpy as np
import pytest
from helpers import calls

import losscli
from losscli.loss import registry

DATA = calls.SAMPLES
DIABETES = ("diabetes_linear.csv", "diabetes_labels.csv")
HOSTILE = "\x1b[31m\u202e[bold]x[/foo]|`::error::##vso[task]<b>"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for path in DATA.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())

    def call(*arguments, command="recommend"):
        done = calls.losscli(command, *arguments, cwd=tmp_path)
        return done.returncode, done.stdout, done.stderr

    return call


def document(run, *arguments):
    status, out, _ = run(*arguments, "--format", "json")
    assert status == 0

    def no_constant(text):
        raise AssertionError(text)

    return json.loads(out, parse_constant=no_constant)


def test_document_has_the_keys_of_the_contract(run):
    found = document(run, *DIABETES)
    assert list(found) == [
        *("schema", "losscli", "signature", "predictions", "labels", "alignment", "columns"),
        *("left_out", "weighted"),
        *("evidence", "recommendations", "others", "ruled_out", "consider", "notes"),
    ]
    assert {"outlier_share", "skewness", "zero_share", "imbalance"} <= found["evidence"].keys()
    assert list(found["labels"]) == ["path", "rows", "kind", "n", "columns", "min", "max"]
    assert [one["rank"] for one in found["recommendations"]] == [1, 2, 3, 4, 5]
    assert list(found["recommendations"][0]) == [
        *("loss", "rank", "cost", "standard_error", "reasons", "training", "sources", "pull", "flat")
    ]
    evaluated = losscli.evaluate(*DIABETES, loss=[one["loss"] for one in found["recommendations"]]).results
    assert [(one["cost"], one["standard_error"]) for one in found["recommendations"]] == [
        (result.cost, result.standard_error) for result in evaluated
    ]
    assert {tuple(one) for one in found["ruled_out"]} == {("loss", "reason")}
    assert {tuple(one) for one in found["consider"]} == {("question", "losses")}
    asked = " ".join(loss for one in found["consider"] for loss in one["losses"])
    assert "quantile" in asked
    assert "expectile" in asked
    text = (DATA.parent / "docs" / "recommend.md").read_text("utf-8")
    assert [key for key in found["recommendations"][0] if f"`{key}`" not in text] == []


def test_costs_are_those_of_evaluate_to_the_last_bit(run):
    for pair in (DIABETES, ("cancer_logits.csv", "cancer_labels.csv"), ("wine_bayes.csv", "wine_labels.csv")):
        for one in document(run, *pair)["recommendations"]:
            _, out, _ = run(*pair, "--loss", one["loss"], "--quiet", command="evaluate")
            assert float(out) == one["cost"]


def test_every_loss_is_recommended_possible_or_ruled_out(run):
    _, out, _ = run(*DIABETES, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert sorted(row["loss"].partition(":")[0] for row in rows) == sorted(registry.modules())
    assert {row["verdict"] for row in rows} == {"recommended", "possible", "ruled_out"}
    assert all(row["reason"] for row in rows if row["verdict"] != "possible")
    _, lines, _ = run(*DIABETES, "--format", "jsonl")
    found = [json.loads(line) for line in lines.splitlines()]
    assert [one["loss"] for one in found] == [row["loss"] for row in rows]
    assert all(one["labels"]["kind"] == "positive" for one in found)


def test_quiet_prints_a_spec_that_evaluate_takes(run):
    status, spec, err = run("cancer_logits.csv", "cancer_labels.csv", "--quiet")
    assert (status, spec, err) == (0, "binary_cross_entropy:from_logits=true\n", "")
    assert run("cancer_logits.csv", "cancer_labels.csv", "--loss", spec.strip(), command="evaluate")[0] == 0
    status, _, err = run(*DIABETES, "--quiet", "--format", "json")
    assert status == 2
    assert "--quiet" in err


def test_top_says_how_many(run):
    for top in (1, 3):
        found = document(run, *DIABETES, "--top", top)
        assert len(found["recommendations"]) == top
        _, out, _ = run(*DIABETES, "--top", top, "--full")
        assert (f"\n{top}. " in out, f"\n{top + 1}. " in out) == (True, False)
    assert len(document(run, *DIABETES, "--top", 99)["recommendations"]) == 5


def test_output_holds_what_stdout_would(run, tmp_path):
    for format_ in ("table", "json", "jsonl", "csv", "markdown"):
        _, wanted, _ = run(*DIABETES, "--format", format_)
        status, out, _ = run(*DIABETES, "--format", format_, "--output", "there")
        assert (status, out) == (0, "")
        assert (tmp_path / "there").read_text("utf-8") == wanted
    status, _, err = run(*DIABETES, "--output", DIABETES[0])
    assert status == 2
    assert "another file" in err


def test_inputs_are_read_as_evaluate_reads_them(run, tmp_path):
    odd = "key;wert;soll;gewicht\n" + "".join(
        f"{i};{i % 7},5;{i % 5}{',25' if i % 2 else ',5'};{i % 3}\n" for i in range(1, 60)
    )
    (tmp_path / "odd.csv").write_text(odd, "utf-8")
    options = ["--delimiter", ";", "--decimal", ",", "--prediction", "wert", "--label", "soll", "--id", "key"]
    plain = document(run, "odd.csv", *options)
    weighted = document(run, "odd.csv", *options, "--weight", "gewicht")
    assert (plain["weighted"], weighted["weighted"]) == (False, True)
    assert plain["evidence"] == weighted["evidence"]
    first = weighted["recommendations"][0]
    assert first["cost"] != plain["recommendations"][0]["cost"]
    call = ["odd.csv", *options, "--weight", "gewicht", "--loss", first["loss"], "--quiet"]
    assert float(run(*call, command="evaluate")[1]) == first["cost"]
    fewer = document(run, "odd.csv", *options, "--ignore-label", "0,5")
    assert fewer["left_out"] > 0
    assert fewer["labels"]["n"] + fewer["left_out"] == 59


def test_map_labels_changes_what_they_are(run):
    pair = ("cancer_scores.csv", "cancer_labels.csv")
    assert document(run, *pair)["labels"]["kind"] == "binary"
    mapped = document(run, *pair, "--map-labels", "0=-1,1=1")
    assert mapped["labels"]["kind"] == "sign"
    assert mapped["recommendations"][0]["loss"] == "hinge"


def test_alignment_changes_the_pairs(run):
    pair = ("diabetes_forest.csv", "diabetes_labels.csv")
    by_id, by_position = (document(run, *pair, "--align", how) for how in ("id", "position"))
    assert (by_id["alignment"], by_position["alignment"]) == ("id", "position")
    assert by_id["evidence"]["scale"] < by_position["evidence"]["scale"]


def test_bad_rows_are_refused_or_left_out(run, tmp_path):
    text = (tmp_path / "diabetes.csv").read_text("utf-8").replace("1,151.0,201.6", "1,151.0,?201.6", 1)
    (tmp_path / "bad.csv").write_text(text, "utf-8")
    status, out, err = run("bad.csv")
    assert (status, out) == (2, "")
    assert "bad.csv row 1" in err
    found = document(run, "bad.csv", "--bad-rows", "drop")
    assert (found["left_out"], found["labels"]["n"]) == (1, 441)
    assert found["recommendations"][0]["loss"] == "mse"


@pytest.mark.parametrize("pair", [DIABETES, ("wine_bayes.csv", "wine_labels.csv")])
def test_blocks_change_nothing(run, pair):
    wanted = run(*pair, "--format", "json")
    for rows in (1, 7, 100):
        assert run(*pair, "--format", "json", "--block-rows", rows) == wanted


def test_a_domain_is_held_against_all_rows(run, tmp_path):
    for late, label in ((1.25, lambda i: i % 2), (-0.5, lambda i: 1.5 + i % 2)):
        values = [late if i == 20_000 else 0.5 + 0.25 * (i % 2) for i in range(30_000)]
        rows = "".join(f"{value},{label(i)}\n" for i, value in enumerate(values))
        (tmp_path / "late.csv").write_text("prediction,label\n" + rows, "utf-8")
        found = document(run, "late.csv", "--block-rows", 1000)
        if late > 1.0:
            assert found["predictions"]["max"] == late
            assert any("1 of 30000 predictions are outside [0, 1]" in note for note in found["notes"])
        else:
            reason = next(one["reason"] for one in found["ruled_out"] if one["loss"] == "gamma_deviance")
            assert (
                "late.csv row 20001 (line 20002): prediction is -0.5; needed: a number > 0 (1 of 30000"
                in reason
            )


def test_a_large_file_is_sampled_and_says_so(run, tmp_path):
    random = np.random.default_rng(0)
    label = random.normal(size=40_000)
    np.savetxt(tmp_path / "large.csv", np.c_[label + random.normal(size=40_000), label],
               delimiter=",", header="prediction,label", comments="")  # fmt: skip
    status, out, err = run("large.csv", "--format", "json")
    assert status == 0
    assert "32768 of 40000 samples" in err
    assert json.loads(out)["evidence"]["sample"] == 32_768
    assert run("large.csv", "--format", "json", "--block-rows", 999)[1] == out


def test_pipes_are_refused(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for arguments in (["-"], ["diabetes_linear.csv", "-"], ["pipe"]):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert "read only once" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.csv"], "no such file"),
        (["-", "-"], "both are standard input"),
        (["diabetes.csv", "--top", "0"], "--top"),
        (["diabetes.csv", "--loss", "mse"], "--loss"),
        (["diabetes.csv", "--group", "sex"], "--group"),
        (["diabetes_linear.csv", "wine_labels.csv"], "442 ids"),
        (["diabetes.csv", "--prediction", "nobody"], "nobody"),
    ],
)
def test_what_is_wrong_is_told(run, arguments, said):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "markdown"])
def test_hostile_text_does_no_harm(run, tmp_path, format_):
    name = HOSTILE.replace("/", "_") + ".csv"
    column = HOSTILE.replace("|", "_")
    (tmp_path / name).write_text(f"{column},label\n" + "1.5,2\n2.5,2.25\n4,3.5\n", "utf-8")
    status, out, err = run(name, "--prediction", column, "--format", format_)
    assert status == 0
    for text in (out, err):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert not any(line.lstrip().startswith(("::", "##vso[")) for line in text.splitlines())
    if format_ == "json":
        assert json.loads(out)["predictions"]["columns"] == [column]


@pytest.mark.parametrize("columns", ["20", "40", "200"])
def test_fits_a_terminal(columns):
    call = ("recommend", *DIABETES, "--top", "2")
    lines = calls.losscli(*call, COLUMNS=columns, NO_COLOR="1").stdout.splitlines()
    assert max(map(len, lines)) <= max(int(columns), 30)


def test_an_ascii_locale_gets_ascii():
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = calls.process("recommend", *DIABETES, "--top", "2", **plain)
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_color_only_where_it_is_wanted(run):
    assert "\x1b[" not in run(*DIABETES)[1]
    assert "\x1b[" in run(*DIABETES, "--color", "always")[1]


def test_evaluate_without_a_loss_leads_here(run):
    status, _, err = run(*DIABETES, command="evaluate")
    assert status == 2
    assert "losscli recommend diabetes_linear.csv diabetes_labels.csv" in err


def test_evaluate_without_a_loss_survives_a_class_column_that_stands_alone(run, tmp_path):
    (tmp_path / "p.csv").write_text("0.2\n0.3\n", "utf-8")
    (tmp_path / "l.csv").write_text("0\n1\n", "utf-8")
    status, _, err = run("p.csv", "l.csv", command="evaluate")
    assert status == 2
    assert "binary_cross_entropy" in err


def test_python_says_the_same(run):
    found = document(run, *DIABETES)
    advice = losscli.recommend(*DIABETES)
    assert [one.loss for one in advice.recommendations] == [one["loss"] for one in found["recommendations"]]
    assert [one.cost for one in advice.recommendations] == [one["cost"] for one in found["recommendations"]]
    with pytest.raises(losscli.common.errors.UsageError, match="top"):
        losscli.recommend(*DIABETES, top=0)
    with pytest.raises(losscli.common.errors.UsageError, match="align"):
        losscli.recommend(*DIABETES, align="guess")
