"""Losses of adversarial networks: the papers' formulas, and rows that do not count."""

from __future__ import annotations

import csv
import math

import mpmath as mp
import numpy as np
import pytest
from helpers import calls
from helpers.examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

import losscli
from losscli.common.errors import LosscliError
from losscli.loss import registry
from losscli.loss.spec import parse_spec

mp.mp.dps = 120

UNIT = 2.0**-53
ELEMENTARY = 24 * UNIT
SMALLEST = 2.0**-1022
LIBRARY = 1e-12

RANDOM = np.random.default_rng(2014)
HALF = 200
SCORE = RANDOM.normal(0, 3, 2 * HALF)
LABEL = np.repeat([1.0, 0.0], HALF)
REAL, GENERATED = SCORE[:HALF], SCORE[HALF:]

labels = st.sampled_from((1.0, 0.0))
scores = st.one_of(st.floats(-200.0, 200.0), st.floats(-1e150, 1e150))


def log1p_exp(x: mp.mpf) -> mp.mpf:
    return mp.log1p(mp.exp(x)) if x < 5000 else x


def hinge(x: mp.mpf) -> mp.mpf:
    return max(x, mp.mpf(0))


# The catalogue: the loss of a real sample, and that of a generated one, of the score s.
FORMULAS = {
    "gan_discriminator": (lambda s: log1p_exp(-s), log1p_exp),
    "gan_generator": (None, lambda s: log1p_exp(-s)),
    "gan_generator_minimax": (None, lambda s: -log1p_exp(s)),
    "lsgan_discriminator": (lambda s: (s - 1) ** 2 / 2, lambda s: s**2 / 2),
    "lsgan_generator": (None, lambda s: (s - 1) ** 2 / 2),
    "wgan_critic": (lambda s: -s, lambda s: s),
    "wgan_generator": (None, lambda s: -s),
    "hinge_gan_discriminator": (lambda s: hinge(1 - s), lambda s: hinge(1 + s)),
    "hinge_gan_generator": (None, lambda s: -s),
}
each_loss = pytest.mark.parametrize("name", FORMULAS)
GENERATORS = [name for name, (real, _) in FORMULAS.items() if real is None]
each_generator = pytest.mark.parametrize("name", GENERATORS)
DISCRIMINATORS = [name for name in FORMULAS if name not in GENERATORS]


def compute(what: str, name: str, label, prediction) -> np.ndarray:
    bound = parse_spec(name, registry.find)
    label, prediction = (np.atleast_1d(np.asarray(part, dtype=np.float64)) for part in (label, prediction))
    with np.errstate(all="ignore"):
        return getattr(bound, what)(label, prediction)


def cost(name: str) -> float:
    """Return the mean over the rows that count, of a file with as many real rows as generated ones."""
    each, counts = compute("value", name, LABEL, SCORE), compute("counts", name, LABEL, SCORE)
    return math.fsum(each if counts is None else each[counts]) / (
        2 * HALF if counts is None else counts.sum()
    )


def test_the_family_is_complete():
    assert {loss.name for loss in losscli.losses() if loss.family == "gan"} == set(FORMULAS)


@each_loss
@settings(max_examples=examples(60))
@given(label=labels, score=scores)
@example(label=1.0, score=1000.0)
@example(label=0.0, score=-1000.0)
@example(label=1.0, score=1.0)
@example(label=0.0, score=-1.0)
@example(label=1.0, score=40.0)
@example(label=0.0, score=0.0)
def test_values_are_those_of_the_formulas(name, label, score):
    formula = FORMULAS[name][0 if label else 1]
    if formula is None:
        return
    exact = formula(mp.mpf(score))
    found = compute("value", name, label, score)[0]
    assert abs(mp.mpf(float(found)) - exact) <= ELEMENTARY * abs(exact) + SMALLEST
    assert found != 0.0 or not np.signbit(found)


@each_generator
def test_only_generated_rows_count_for_a_generator(name):
    assert compute("counts", name, LABEL, SCORE).tolist() == (LABEL == 0.0).tolist()
    gradient = compute("gradient", name, LABEL, SCORE)
    assert not gradient[:HALF].any()
    assert gradient[HALF:].all()
    assert np.isfinite(compute("value", name, LABEL, SCORE)).all()


@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_all_rows_count_for_a_discriminator(name):
    assert compute("counts", name, LABEL, SCORE) is None


def expressions(torch) -> dict:
    """Return the losses as expressions of tensors of scores, real and generated."""
    softplus, relu = torch.nn.functional.softplus, torch.relu
    return {
        "gan_discriminator": (lambda s: softplus(-s), softplus),
        "gan_generator": (None, lambda s: softplus(-s)),
        "gan_generator_minimax": (None, lambda s: -softplus(s)),
        "lsgan_discriminator": (lambda s: (s - 1) ** 2 / 2, lambda s: s**2 / 2),
        "lsgan_generator": (None, lambda s: (s - 1) ** 2 / 2),
        "wgan_critic": (lambda s: -s, lambda s: s),
        "wgan_generator": (None, lambda s: -s),
        "hinge_gan_discriminator": (lambda s: relu(1 - s), lambda s: relu(1 + s)),
        "hinge_gan_generator": (None, lambda s: -s),
    }


@each_loss
def test_gradients_are_those_of_autograd(name):
    torch = pytest.importorskip("torch")
    found = compute("gradient", name, LABEL, SCORE)
    for expression, rows in zip(expressions(torch)[name], (slice(0, HALF), slice(HALF, None)), strict=True):
        if expression is None:
            continue
        scores_ = torch.tensor(SCORE[rows], requires_grad=True)
        (slope,) = torch.autograd.grad(expression(scores_).sum(), scores_)
        assert found[rows] == pytest.approx(slope.numpy(), rel=1e-10, abs=1e-14)


def test_the_kinks_of_the_hinge_have_the_slope_0():
    assert compute("gradient", "hinge_gan_discriminator", [1, 0], [1, -1]).tolist() == [0.0, 0.0]
    assert compute("gradient", "hinge_gan_discriminator", [1, 0], [-1, 1]).tolist() == [-1.0, 1.0]


def test_a_balanced_file_gives_half_of_the_sum_of_two_expectations():
    softplus = np.logaddexp
    sums = {
        "gan_discriminator": softplus(0, -REAL).mean() + softplus(0, GENERATED).mean(),
        "lsgan_discriminator": ((REAL - 1) ** 2).mean() / 2 + (GENERATED**2).mean() / 2,
        "wgan_critic": GENERATED.mean() - REAL.mean(),
        "hinge_gan_discriminator": np.maximum(0, 1 - REAL).mean() + np.maximum(0, 1 + GENERATED).mean(),
    }
    assert set(sums) == set(DISCRIMINATORS)
    for name, total in sums.items():
        assert 2 * cost(name) == pytest.approx(total, rel=LIBRARY)


def test_conventions_of_libraries():
    torch = pytest.importorskip("torch")
    score, label = torch.tensor(SCORE), torch.tensor(LABEL)
    generated, ones = torch.tensor(GENERATED), torch.ones(HALF, dtype=torch.float64)
    cross_entropy, squared = torch.nn.BCEWithLogitsLoss(), torch.nn.MSELoss()
    half_sum = 0.5 * (squared(score[:HALF], ones) + squared(generated, 0 * ones))
    theirs = [
        ("gan_discriminator", 1, cross_entropy(score, label)),
        ("gan_generator", 1, cross_entropy(generated, ones)),
        ("gan_generator_minimax", 1, -cross_entropy(generated, 0 * ones)),
        ("lsgan_discriminator", 2, squared(score, label)),
        ("lsgan_discriminator", 2, half_sum),
        ("lsgan_generator", 2, squared(generated, ones)),
    ]
    for name, factor, value in theirs:
        assert factor * cost(name) == pytest.approx(value.item(), rel=LIBRARY)


def test_losses_that_other_families_know_by_other_names():
    def values(spec, label=LABEL):
        return compute("value", spec, label, SCORE)

    assert values("gan_discriminator") == pytest.approx(values("bce:from_logits=true"), rel=LIBRARY)
    assert values("hinge_gan_discriminator").tolist() == values("hinge", 2 * LABEL - 1).tolist()
    assert values("lsgan_discriminator").tolist() == (values("mse") / 2).tolist()
    assert values("wgan_generator").tolist() == values("hinge_gan_generator").tolist()


@each_generator
def test_the_error_of_a_generated_sample_is_what_it_lacks_to_pass_for_real(name):
    lacks = {"gan": 1 / (1 + math.e**2), "lsgan": 1.0, "wgan": -1.0, "hinge": -1.0}[name.split("_")[0]]
    assert compute("error", name, 0.0, 2.0)[0] == pytest.approx(lacks, rel=1e-15)


def test_the_error_of_a_discriminator_is_what_the_label_misses():
    found = {name: compute("error", name, [1, 0], [2, 2]).tolist() for name in DISCRIMINATORS}
    assert found["gan_discriminator"] == pytest.approx([1 / (1 + math.e**2), 1 / (1 + math.e**-2)])
    assert found["lsgan_discriminator"] == [1.0, 2.0]
    assert found["wgan_critic"] == found["hinge_gan_discriminator"] == [-1.0, 3.0]


@pytest.fixture
def mixed(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("label,prediction\n1,2\n0,-1\n0,0.5\n1,-3\n0,4\n")
    return path


def test_rows_that_do_not_count_are_in_no_figure(mixed, tmp_path):
    alone = tmp_path / "generated.csv"
    alone.write_text("label,prediction\n0,-1\n0,0.5\n0,4\n")
    for name in GENERATORS:
        result = losscli.evaluate(mixed, loss=name).results[0]
        expected = losscli.evaluate(alone, loss=name).results[0]
        assert result.n == 3
        for figure in ("cost", "sum", "std", "min", "max", "quantiles", "weight_sum", "dropped", "ignored"):
            assert getattr(result, figure) == getattr(expected, figure), figure
        assert {worst.row for worst in result.worst} == {2, 3, 5}
    both = losscli.evaluate(mixed, loss=["gan_generator", "gan_discriminator"]).results
    assert [result.n for result in both] == [3, 5]


def test_the_loss_of_a_row_that_does_not_count_is_empty(mixed, tmp_path):
    out = tmp_path / "each.csv"
    call = ("evaluate", mixed, "--loss", "wgan_generator", "--per-sample", out, "--quiet")
    assert calls.losscli(*call).returncode == 0
    with out.open(newline="") as lines:
        assert [row["loss"] for row in csv.DictReader(lines)] == ["", "1.0", "-0.5", "", "-4.0"]


@each_generator
def test_a_file_in_which_no_row_counts_is_an_error(name, tmp_path):
    path = tmp_path / "real.csv"
    path.write_text("label,prediction\n1,2\n1,-3\n")
    with pytest.raises(LosscliError):
        losscli.evaluate(path, loss=name)


def test_such_a_file_ends_the_command_with_2(tmp_path):
    path = tmp_path / "real.csv"
    path.write_text("label,prediction\n1,2\n1,-3\n")
    done = calls.losscli("evaluate", path, "--loss", "gan_generator")
    assert (done.returncode, done.stdout) == (2, "")
    assert "real.csv" in done.stderr
