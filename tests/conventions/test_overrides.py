"""Every override alone, against a formula that is written out here."""

import math

import numpy as np
import pytest

from losscli.common.errors import LosscliError
from losscli.conventions.overrides import LIST, NAMES, Overrides, read_override
from losscli.conventions.theirs import as_library, parse_as
from losscli.loss import registry
from losscli.loss.spec import parse_spec

Y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
P = np.array([0.1, 0.75, 0.0, 1.0, 1.0])
CLASSES = np.array([0, 2, 1])
SHARES = np.array([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75], [0.5, 0.0, 0.5]])
SOFT = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]])
NUMBERS = np.array([-2.0, 0.0, 0.5, 3.0])
OTHERS = np.array([-1.0, 2.0, 0.5, 4.5])
COUNTS = np.array([0.0, 1.0, 3.0, 7.0])
MEANS = np.array([0.5, 2.0, 3.0, 4.0])
POSITIVE = np.array([0.25, 1.0, 3.0, 7.0])
SCORES = np.array([[2.0, 0.5, -1.0], [-0.5, -2.0, -3.0], [0.25, 0.25, 0.0]])


def losses(spec, said, label, prediction):
    bound = as_library(parse_spec(spec, registry.find), parse_as(f"losscli+{said}"))
    with np.errstate(all="ignore"):
        return bound.value(np.array(label), np.array(prediction))


def bce(p, q=None, y=Y):
    """Return the cross-entropy of p under the one logarithm, and q under the other, 1 − p by default."""
    with np.errstate(all="ignore"):
        q = 1.0 - p if q is None else q
        return -np.where(y == 0.0, 0.0, y * np.log(p)) - np.where(y == 1.0, 0.0, (1.0 - y) * np.log(q))


def single(x):
    return np.asarray(x, dtype=np.float32)


def softmax(x):
    grown = np.exp(x)
    return grown / grown.sum(axis=1, keepdims=True)


def xlogx(x):
    with np.errstate(all="ignore"):
        return np.where(x == 0.0, 0.0, x * np.log(x))


ROWS = np.arange(3)
TWO = np.clip(P, 1e-7, 1.0 - 1e-7)
LOG_GAMMA = np.array([math.lgamma(y + 1.0) for y in COUNTS])
STIRLING = np.where(
    COUNTS > 1.0,
    COUNTS * np.log(np.maximum(COUNTS, 1.0)) - COUNTS + 0.5 * np.log(2.0 * np.pi * np.maximum(COUNTS, 1.0)),
    0.0,
)
POISSON = MEANS - COUNTS * np.log(MEANS)
OTHER_SCORES = np.where(np.eye(3)[[0, 0, 0]] == 1.0, 0.0, SCORES)
BRIER = ((SHARES - np.eye(3)[CLASSES]) ** 2).sum(axis=1)
SEEN = np.where(Y == 1.0, np.minimum(bce(P), 52.0 * math.log(2.0)), 0.0)
SMOOTH = 0.9 * np.eye(3)[CLASSES] + 0.1 / 3.0

CASES = [
    ("bce", "clip=two:1e-7", Y, P, bce(TWO)),
    ("bce", "clip=below:1e-7", Y, P, bce(np.maximum(P, 1e-7), np.maximum(1.0 - P, 1e-7))),
    ("bce", "clip=add:1e-7", Y, P, bce(P + 1e-7, 1.0 - P + 1e-7)),
    ("bce", "clip=floor:-100", Y, P, np.minimum(bce(P), 100.0)),
    ("bce", "clip=none", Y, P, bce(P)),
    ("bce", "base=2", Y, P, bce(np.maximum(P, 2.0**-52), np.maximum(1.0 - P, 2.0**-52)) / math.log(2.0)),
    ("bce", "smoothing=0.1", Y[:2], P[:2], bce(P[:2], y=0.9 * Y[:2] + 0.05)),
    ("bce", "link=logit", Y, NUMBERS[[0, 1, 2, 3, 3]], bce(1.0 / (1.0 + np.exp(-NUMBERS[[0, 1, 2, 3, 3]])))),
    ("bce", "squash=sigmoid", Y[:4], NUMBERS, bce(1.0 / (1.0 + np.exp(-NUMBERS)), y=Y[:4])),
    ("ce", "normalize=true", CLASSES[:2], 2.0 * SHARES[:2], -np.log([0.5, 0.75])),
    ("ce", "squash=softmax", CLASSES, SCORES, -np.log(softmax(SCORES)[ROWS, CLASSES])),
    ("ce", "smoothing=0.1", CLASSES, softmax(SCORES), -(SMOOTH * np.log(softmax(SCORES))).sum(axis=1)),
    (
        "ce",
        "constant=entropy",
        SOFT,
        softmax(SCORES),
        (xlogx(SOFT) - SOFT * np.log(softmax(SCORES))).sum(axis=1),
    ),
    ("kl_divergence", "constant=left_out", SOFT, softmax(SCORES), -(SOFT * np.log(softmax(SCORES))).sum(1)),
    (
        "kl_divergence",
        "reduction=mean_elements",
        SOFT,
        softmax(SCORES),
        (xlogx(SOFT) - SOFT * np.log(softmax(SCORES))).sum(axis=1) / 3.0,
    ),
    ("mse", "factor=0.5", NUMBERS, OTHERS, 0.5 * (NUMBERS - OTHERS) ** 2),
    ("mse", "offset=-1", NUMBERS, OTHERS, (NUMBERS - OTHERS) ** 2 - 1.0),
    ("mse", "link=log", NUMBERS, OTHERS, (NUMBERS - np.exp(OTHERS)) ** 2),
    ("mse", "add_label=0.5", NUMBERS, OTHERS, (NUMBERS + 0.5 - OTHERS) ** 2),
    ("mse", "add_prediction=0.5", NUMBERS, OTHERS, (NUMBERS - OTHERS - 0.5) ** 2),
    ("mae", "dead_zone=0.25", NUMBERS, OTHERS, np.maximum(abs(NUMBERS - OTHERS) - 0.25, 0.0)),
    (
        "msle",
        "negatives=0",
        NUMBERS,
        OTHERS,
        (np.log1p(np.maximum(NUMBERS, 0.0)) - np.log1p(np.maximum(OTHERS, 0.0))) ** 2,
    ),
    ("mape", "denominator=eps:1", NUMBERS, OTHERS, abs(NUMBERS - OTHERS) / np.maximum(abs(NUMBERS), 1.0)),
    ("mape", "denominator=add:1", NUMBERS, OTHERS, abs(NUMBERS - OTHERS) / (abs(NUMBERS) + 1.0)),
    ("mape", "denominator=clamp:1", NUMBERS, OTHERS, abs(NUMBERS - OTHERS) / np.maximum(NUMBERS, 1.0)),
    ("mape", "denominator=none", NUMBERS[2:], OTHERS[2:], abs(NUMBERS - OTHERS)[2:] / abs(NUMBERS)[2:]),
    (
        "smape",
        "denominator=eps:3",
        NUMBERS,
        OTHERS,
        2.0 * abs(NUMBERS - OTHERS) / np.maximum(abs(NUMBERS) + abs(OTHERS), 3.0),
    ),
    (
        "quantile:q=0.9",
        "reversed=true",
        NUMBERS,
        OTHERS,
        np.maximum(0.1 * (NUMBERS - OTHERS), -0.9 * (NUMBERS - OTHERS)),
    ),
    ("poisson_nll", "constant=lgamma", COUNTS, MEANS, POISSON + LOG_GAMMA),
    ("poisson_nll:full=true", "constant=stirling", COUNTS, MEANS, POISSON + STIRLING),
    ("poisson_nll", "clip=add:0.25", COUNTS, MEANS, MEANS - COUNTS * np.log(MEANS + 0.25)),
    ("poisson_deviance", "constant=left_out", COUNTS, MEANS, POISSON),
    ("gamma_deviance", "constant=left_out", POSITIVE, MEANS, POSITIVE / MEANS + np.log(MEANS)),
    (
        "tweedie_deviance:power=1.5",
        "constant=left_out",
        COUNTS,
        MEANS,
        2.0 * COUNTS / np.sqrt(MEANS) + 2.0 * np.sqrt(MEANS),
    ),
    (
        "gaussian_nll",
        "constant=half_log_2pi",
        NUMBERS,
        np.stack([OTHERS, MEANS], 1),
        0.5 * (np.log(2.0 * np.pi * MEANS) + (NUMBERS - OTHERS) ** 2 / MEANS),
    ),
    (
        "gaussian_nll",
        "variance_floor=2.5",
        NUMBERS,
        np.stack([OTHERS, MEANS], 1),
        0.5 * (np.log(np.maximum(MEANS, 2.5)) + (NUMBERS - OTHERS) ** 2 / np.maximum(MEANS, 2.5)),
    ),
    ("zero_one", "ties=wrong", CLASSES, SHARES, [1.0, 0.0, 1.0]),
    ("zero_one", "ties=first", CLASSES, SHARES, [0.0, 0.0, 1.0]),
    (
        "multiclass_hinge",
        "true_class_zero=true",
        CLASSES * 0,
        SCORES,
        np.maximum(1.0 - SCORES[:, 0] + OTHER_SCORES.max(axis=1), 0.0),
    ),
    ("multiclass_brier", "scale_by_half=true", CLASSES, SHARES, 0.5 * BRIER),
    ("multiclass_brier", "scale_by_half=auto", CLASSES, SHARES, BRIER),
    ("bce", "precision=float32", Y[:2], P[:2], np.float64(single(bce(single(P[:2]), y=single(Y[:2]))))),
    (
        "mse",
        "precision=labels32",
        NUMBERS + 0.1,
        OTHERS,
        (np.float64(single(NUMBERS + 0.1)) - OTHERS) ** 2,
    ),
    ("bce", "terms=positive", np.stack([Y, Y], 1), np.stack([P, P], 1), SEEN),
    (
        "bce:from_logits=true",
        "squash=logits+clip=two:1e-3",
        Y[:4],
        9.0 * NUMBERS,
        bce(np.clip(1.0 / (1.0 + np.exp(-9.0 * NUMBERS)), 1e-3, 1.0 - 1e-3), y=Y[:4]),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "said", "label", "prediction", "known"), CASES)
def test_an_override_does_what_its_formula_says(spec, said, label, prediction, known):
    exact = 2.0**-22 if "float32" in said else 1e-13
    np.testing.assert_allclose(losses(spec, said, label, prediction), known, rtol=exact, atol=exact)


OF_SUMS = {"weights", "sign", "squash", "reduction"}
"""What is tested where sums are."""


def test_every_override_is_tried():
    tried = {part.partition("=")[0] for _, said, *_ in CASES for part in said.split("+")}
    assert tried | OF_SUMS == {*LIST} == {*NAMES}


def test_several_outputs_are_averaged_or_summed():
    label, prediction = np.stack([NUMBERS, OTHERS], 1), np.stack([OTHERS, OTHERS + 2.0], 1)
    each = (NUMBERS - OTHERS) ** 2
    np.testing.assert_allclose(losses("mse", "reduction=mean", label, prediction), (each + 4.0) / 2.0)
    np.testing.assert_allclose(losses("mse", "reduction=sum_outputs", label, prediction), each + 4.0)


@pytest.mark.parametrize("name", LIST)
def test_what_is_no_value_is_refused_with_what_is_one(name):
    with pytest.raises(LosscliError) as raised:
        read_override(name, "nonsense", "--as")
    assert str(raised.value) == f"--as: {name}=nonsense; {name} is {LIST[name].needed}"


@pytest.mark.parametrize(
    "text",
    [
        *("clip=two", "clip=two:0", "clip=two:0.5", "clip=floor:3", "clip=below:-1", "clip=none:1"),
        *("reduction=batch", "reduction=batch:0", "reduction=batch:1.5", "reduction=mean:3"),
        *("denominator=eps", "denominator=eps:0", "base=1", "base=0", "base=-2", "smoothing=1", "factor=inf"),
    ],
)
def test_numbers_out_of_range_are_refused(text):
    with pytest.raises(LosscliError, match=" is "):
        parse_as(f"losscli+{text}")


@pytest.mark.parametrize(
    "text",
    ["clip=two:1e-7", "reduction=batch:32", "normalize=true", "factor=0.5", "clip=floor:-100", "base=2"],
)
def test_what_is_written_reads_back(text):
    assert str(parse_as(f"losscli+{text}")) == f"losscli+{text}"
    name, _, value = text.partition("=")
    assert Overrides(**{name: read_override(name, value, "")}).written() == (text,)
