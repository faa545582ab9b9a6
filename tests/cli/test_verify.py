"""`losscli verify`: the contract of losses as a command, for people and for programs."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.calls import ROOT, losscli

from losscli.loss import registry
from losscli.loss.contract.clauses import CLAUSES

CUSTOM = ROOT / "sample_data" / "custom"

LOSSES = '''
import itertools
import numpy as np
from dataclasses import replace
from losscli.catalogue.regression.mse import LOSS as MSE

def sound(label, prediction, *, scale=1.0):
    """A parabola."""
    return ((prediction - label) / scale) ** 2

def sound_gradient(label, prediction, *, scale=1.0):
    return 2 * (prediction - label) / scale**2

def shape(label, prediction): return sound(label, prediction).mean()
def finite(label, prediction): return np.where(prediction < -1.2, np.nan, sound(label, prediction))
def pure(label, prediction):
    prediction -= label
    return prediction**2
count = itertools.count()
def deterministic(label, prediction): return sound(label, prediction) + next(count)
def rowwise(label, prediction): return sound(label, prediction) + len(label)
def gradient(label, prediction): return sound(label, prediction)
def gradient_gradient(label, prediction): return prediction - label
non_negative = replace(MSE, value=lambda label, prediction: prediction - label, gradient=None)
zero_at_perfect = replace(MSE, value=lambda label, prediction: sound(label, prediction) + 0.5)
convex = replace(MSE, value=lambda label, prediction: np.sqrt(abs(prediction - label)), gradient=None)
def loud(label, prediction):
    print("loud")
    return sound(label, prediction)
'''


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(LOSSES, "utf-8")

    def call(*arguments, **environ):
        done = losscli("verify", *arguments, cwd=tmp_path, **environ)
        return done.returncode, done.stdout, done.stderr

    return call


def document(run, *arguments):
    status, out, _ = run(*arguments, "--format", "json")
    found = json.loads(out)
    assert list(found) == ["loss", "checks", "verdict"]
    assert [list(check) for check in found["checks"]] == [["check", "verdict", "detail"]] * 9
    assert [check["check"] for check in found["checks"]] == list(CLAUSES)
    assert {check["verdict"] for check in found["checks"]} <= {"pass", "fail", "fact", "skipped"}
    assert (found["verdict"], status) in (("pass", 0), ("fail", 1))
    return found["loss"], {check["check"]: (check["verdict"], check["detail"]) for check in found["checks"]}


def test_a_sound_function_passes_what_it_has_and_leaves_the_rest_to_facts(run):
    spec, found = document(run, "mine.py:sound:scale=2")
    assert spec == "mine.py:sound:scale=2"
    assert [verdict for verdict, _ in found.values()] == ["pass"] * 6 + ["fact"] * 3
    assert found["convex"][1] == "convex in all samples tried; tails: quadratic on both sides"


COUNTER_EXAMPLES = {
    "shape": "shape returned a float64 for 1 row; needed: an array of shape (1,): one number per row",
    "finite": "loss is nan at label 0, prediction -2",
    "pure": "pure changes its arguments (ValueError: output array is read-only), at label 0, prediction 0",
    "deterministic": "loss differs from one call to the next: label 0, prediction 0",
    "rowwise": "loss differs where rows are given row by row: label 0, prediction 0; label 0, prediction 0",
    "gradient": "gradient is 1, the difference quotient 2 at label 0, prediction 1",
    "non_negative": "-1 at label 1, prediction 0",
    "zero_at_perfect": "costs 0.5 at label 0, prediction 0",
    "convex": "not convex at label 0, between 0 and 1; tails: sublinear on both sides",
}


@pytest.mark.parametrize("clause", CLAUSES)
def test_each_broken_clause_is_named_with_a_small_counter_example(run, clause):
    _, found = document(run, f"mine.py:{clause}")
    verdict, detail = found.pop(clause)
    assert verdict == "fail"
    assert detail.endswith(COUNTER_EXAMPLES[clause])
    broken = {name for name, (verdict, _) in found.items() if verdict == "fail"}
    # What differs from call to call differs from block to block.
    assert broken == ({"rowwise"} if clause == "deterministic" else set())


def test_the_page_says_what_breaks_and_how(run):
    status, page, _ = run("mine.py:gradient")
    assert status == 1
    assert page.startswith(
        "mine.py:gradient\n\n  shape            pass     float64, one for each of 256 rows\n"
    )
    assert (
        "  gradient         fail     gradient is 1, the difference quotient 2 at label 0, prediction 1"
        in page
    )
    assert page.endswith("\nThe loss breaks the contract: gradient.\n")
    assert run("mine.py:sound")[1].endswith("\nThe loss meets the contract.\n")


def test_the_page_fits_the_width_and_ascii(run):
    page = run("hinge", COLUMNS=60)[1]
    assert max(map(len, page.splitlines())) <= 60
    assert "\x1b" not in page
    assert "\x1b[1m" in run("mine.py:gradient", "--color", "always")[1]


def test_rows_and_seed_decide_what_is_tried(run):
    assert "one for each of 40 rows" in run("mse", "--rows", "40")[1]
    first, second, other = (run("log_cosh", "--seed", seed)[1] for seed in (1, 1, 2))
    assert first == second
    assert other.splitlines()[0] == "log_cosh"
    assert run("mse", "--rows", "0")[0] == run("mse", "--seed", "-1")[0] == 2


def test_what_the_loss_prints_stays_out_of_the_document(run):
    status, out, said = run("mine.py:loud", "--format", "json")
    assert (status, json.loads(out)["verdict"]) == (0, "pass")
    assert said.startswith("loud\nloud\n")


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("mine.py:nothing", "SPEC: mine.py has no nothing; needed: mine.py:NAME. It has: MSE, sound"),
        ("mine.py:sound:scale=x", "SPEC: scale=x"),
        ("mes", "SPEC: there is no loss 'mes'"),
        ("no.py:x", "SPEC: no.py cannot be read"),
        ("bad.py:x", "bad.py line 1: bad.py raised NameError: name 'x' is not defined"),
    ],
)
def test_a_loss_that_cannot_be_had_is_no_verdict(run, spec, told):
    Path("bad.py").write_text("x", "utf-8")
    status, out, said = run(spec)
    assert (status, out) == (2, "")
    assert f"losscli: {told}" in said


def test_a_domain_that_raises_is_no_verdict(run):
    Path("mine.py").write_text(
        "from losscli.loss.domain import Domain\nfrom dataclasses import replace\n"
        "from losscli.catalogue.regression.mse import LOSS as MSE\nclass Odd(Domain):\n"
        "    def _describe(self): return 'odd'\n    def _outside(self, values): return None\n"
        "    def _sample(self, random, rows, classes): return [1 / 0]\nloss = replace(MSE, label=Odd())",
        "utf-8",
    )
    status, _, said = run("mine.py:loss")
    assert status == 2
    assert "mine.py line 7: mse label: Odd raised ZeroDivisionError" in said


@pytest.mark.parametrize("name", registry.modules())
def test_every_built_in_loss_keeps_the_contract(run, name):
    _, found = document(run, name, "--rows", "64")
    assert [clause for clause, (verdict, _) in found.items() if verdict == "fail"] == []


@pytest.mark.parametrize("spec", ["asymmetric.py:asymmetric", "smoothed_gan.py:SMOOTHED"])
def test_the_examples_keep_the_contract(run, spec):
    _, found = document(run, f"{CUSTOM}/{spec}")
    assert found["gradient"][0] == "pass"


def evaluate(loss):
    return float(losscli("evaluate", CUSTOM / "gan_scores.csv", "--loss", loss, "--quiet").stdout)


def test_the_scores_of_a_gan_cost_what_its_paper_says():
    with (CUSTOM / "gan_scores.csv").open(encoding="utf-8") as file:
        rows = [(int(row["label"]), float(row["score"])) for row in csv.DictReader(file)]
    assert [label for label, _ in rows] == [1] * 400 + [0] * 400
    chance = [1 / (1 + math.exp(-score)) for _, score in rows]
    wanted = -sum(math.log(p if label else 1 - p) for p, (label, _) in zip(chance, rows, strict=True)) / len(
        rows
    )
    assert evaluate("gan_discriminator") == pytest.approx(wanted, rel=1e-13)
    smoothed = f"{CUSTOM}/smoothed_gan.py:SMOOTHED"
    assert evaluate(f"{smoothed}:smoothing=0") == pytest.approx(wanted, rel=1e-13)
    assert evaluate(smoothed) > wanted


@pytest.mark.slow
def test_the_gan_can_be_trained_again(tmp_path):
    """To the same bytes only where NumPy takes the same turns; to a discriminator in balance everywhere."""
    pytest.importorskip("sklearn")
    subprocess.run([sys.executable, str(CUSTOM / "train_gan.py"), str(tmp_path)], check=True)
    new, old = ((folder / "gan_scores.csv").read_text("utf-8") for folder in (tmp_path, CUSTOM))
    assert [line.split(",")[:2] for line in new.splitlines()] == [
        line.split(",")[:2] for line in old.splitlines()
    ]
    scores = [float(line.split(",")[2]) for line in new.splitlines()[1:]]
    assert max(map(abs, scores)) < 10
    assert sum(scores[:400]) > sum(scores[400:])
