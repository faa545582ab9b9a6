"""Costs agree with published values, and with scikit-learn and PyTorch where conventions are the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics

from losscli.loss import registry
from losscli.loss.spec import parse_spec

LIBRARY = 1e-12
"""Libraries add up in float64 in an order of their own: a few hundred roundings of a mean."""
PRINTED = 5e-5
"""Published with four decimals."""

RANDOM = np.random.default_rng(20240229)
ROWS = 500
LABEL, PREDICTION = RANDOM.normal(0, 3, ROWS), RANDOM.normal(0, 3, ROWS)
BINARY = RANDOM.integers(0, 2, ROWS).astype(np.float64)
PROBABILITY = RANDOM.uniform(0, 1, ROWS)
LOGIT = RANDOM.normal(0, 5, ROWS)
SIGN = 2.0 * BINARY - 1.0
CLASS = RANDOM.integers(0, 4, ROWS)
CLASS[:4] = range(4)
CLASS_PROBABILITY = RANDOM.dirichlet(np.ones(4), ROWS)
CLASS_LOGIT = RANDOM.normal(0, 4, (ROWS, 4))
SOFT = RANDOM.dirichlet(np.ones(4), ROWS)


def losses(spec: str, label, prediction) -> np.ndarray:
    label = np.asarray(label)
    if label.dtype.kind != "i":
        label = label.astype(np.float64)
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(label, np.asarray(prediction, dtype=np.float64))


def cost(spec: str, label, prediction) -> float:
    each = losses(spec, label, prediction)
    return parse_spec(spec, registry.find).finish(math.fsum(each) / len(each))


# scikit-learn's user guide and docstrings, version 1.7.
@pytest.mark.parametrize(
    ("spec", "label", "prediction", "expected"),
    [
        ("mse", [3, -0.5, 2, 7], [2.5, 0.0, 2, 8], 0.375),  # mean_squared_error
        ("mae", [3, -0.5, 2, 7], [2.5, 0.0, 2, 8], 0.5),  # mean_absolute_error
        ("rmse", [3, -0.5, 2, 7], [2.5, 0.0, 2, 8], 0.6123724356957945),  # root_mean_squared_error: 0.612...
    ],
)
def test_values_of_the_scikit_learn_documentation(spec, label, prediction, expected):
    assert cost(spec, label, prediction) == pytest.approx(expected, rel=1e-15)


def test_log_loss_of_the_scikit_learn_user_guide():
    # y_true = [0, 0, 1, 1]: "0.1738..."
    first, rest = [0.9, 0.8, 0.3, 0.01], [0.1, 0.2, 0.7, 0.99]
    assert cost("log_loss", [0, 0, 1, 1], rest) == pytest.approx(0.1738, abs=PRINTED)
    both = np.column_stack([first, rest])
    assert cost("ce", np.array([0, 0, 1, 1]), both) == pytest.approx(0.1738, abs=PRINTED)


def test_hinge_loss_of_the_scikit_learn_user_guide():
    # y_true = [-1, 1, 1], decision function of an SVC: "0.30..."
    assert cost("hinge", [-1, 1, 1], [-2.18177944, 2.36361149, 0.09092968]) == pytest.approx(
        0.303, abs=PRINTED
    )


def test_hinge_of_one_class_alone_where_scikit_learn_turns_the_sign():
    assert cost("hinge", [1, 1], [0.5, 2]) == 0.25
    assert metrics.hinge_loss([1, 1], [0.5, 2]) == 2.25
    assert metrics.hinge_loss([1, 1, -1], [0.5, 2, -5]) == pytest.approx(0.5 / 3)
    assert cost("hinge", [1, 1, -1], [0.5, 2, -5]) == pytest.approx(0.5 / 3)


def test_a_uniform_guess_has_the_perplexity_of_the_number_of_classes():
    # Jelinek et al. 1977: the perplexity of a fair choice among K words is K.
    for classes in (2, 8, 1000):
        label = np.arange(classes)
        assert cost("perplexity", label, np.full((classes, classes), 1 / classes)) == pytest.approx(classes)
        assert cost("perplexity:from_logits=true", label, np.zeros((classes, classes))) == pytest.approx(
            classes
        )


def test_binary_is_multiclass_of_two():
    rows = np.column_stack([1 - PROBABILITY, PROBABILITY])
    for smoothing in ("", ":label_smoothing=0.2"):
        binary = losses("bce" + smoothing, BINARY, PROBABILITY)
        assert losses("ce" + smoothing, BINARY.astype(int), rows) == pytest.approx(binary, rel=LIBRARY)
    logits = np.column_stack([np.zeros(ROWS), LOGIT])
    binary = losses("bce:from_logits=true", BINARY, LOGIT)
    assert losses("ce:from_logits=true", BINARY.astype(int), logits) == pytest.approx(binary, rel=LIBRARY)


def test_scikit_learn_agrees():
    agrees = {
        metrics.mean_squared_error(LABEL, PREDICTION): cost("mse", LABEL, PREDICTION),
        metrics.root_mean_squared_error(LABEL, PREDICTION): cost("rmse", LABEL, PREDICTION),
        metrics.mean_absolute_error(LABEL, PREDICTION): cost("mae", LABEL, PREDICTION),
        metrics.log_loss(BINARY, PROBABILITY): cost("bce", BINARY, PROBABILITY),
        metrics.hinge_loss(SIGN, PREDICTION): cost("hinge", SIGN, PREDICTION),
        metrics.log_loss(CLASS, CLASS_PROBABILITY): cost("ce", CLASS, CLASS_PROBABILITY),
    }
    for theirs, ours in agrees.items():
        assert ours == pytest.approx(theirs, rel=LIBRARY)


def torch_case(name: str):
    """Return label, prediction, the loss of PyTorch as a function of a tensor, and our spec."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional

    def t(values):
        return torch.tensor(values)

    return {
        "mse": (LABEL, PREDICTION, lambda p: functional.mse_loss(p, t(LABEL), reduction="none"), "mse"),
        "l1": (LABEL, PREDICTION, lambda p: functional.l1_loss(p, t(LABEL), reduction="none"), "mae"),
        "bce": (
            BINARY, PROBABILITY,
            lambda p: functional.binary_cross_entropy(p, t(BINARY), reduction="none"), "bce",
        ),
        "bce logits": (
            BINARY, LOGIT,
            lambda p: functional.binary_cross_entropy_with_logits(
                p, t(BINARY), pos_weight=t(3.0), reduction="none"),
            "bce:from_logits=true,pos_weight=3",
        ),
        "ce": (
            CLASS, CLASS_LOGIT, lambda p: functional.cross_entropy(p, t(CLASS), reduction="none"),
            "ce:from_logits=true",
        ),
        "ce smoothed": (
            CLASS, CLASS_LOGIT,
            lambda p: functional.cross_entropy(p, t(CLASS), reduction="none", label_smoothing=0.3),
            "ce:from_logits=true,label_smoothing=0.3",
        ),
        "ce soft": (
            SOFT, CLASS_LOGIT,
            lambda p: functional.cross_entropy(p, t(SOFT), reduction="none", label_smoothing=0.3),
            "ce:from_logits=true,label_smoothing=0.3",
        ),
        "nll": (
            CLASS, CLASS_PROBABILITY,
            lambda p: functional.nll_loss(p.log(), t(CLASS), reduction="none"), "ce",
        ),
        "margin": (
            SIGN, PREDICTION,
            lambda p: functional.margin_ranking_loss(
                p, torch.zeros(ROWS, dtype=torch.float64), t(SIGN), margin=2.0, reduction="none"),
            "hinge:margin=2",
        ),
    }[name]  # fmt: skip


TORCH = ["mse", "l1", "bce", "bce logits", "ce", "ce smoothed", "ce soft", "nll", "margin"]


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_agrees_on_every_loss_and_gradient(name):
    torch = pytest.importorskip("torch")
    label, prediction, theirs, spec = torch_case(name)
    tensor = torch.tensor(prediction, requires_grad=True)
    each = theirs(tensor)
    each.sum().backward()
    scale = np.abs(tensor.grad.numpy()).max()
    assert losses(spec, label, prediction) == pytest.approx(each.detach().numpy(), rel=LIBRARY, abs=1e-15)
    ours = parse_spec(spec, registry.find).gradient(np.asarray(label), prediction)
    assert ours == pytest.approx(tensor.grad.numpy(), rel=LIBRARY, abs=1e-15 * scale)


def test_pytorch_agrees_on_perplexity():
    torch = pytest.importorskip("torch")
    theirs = torch.exp(torch.nn.functional.cross_entropy(torch.tensor(CLASS_LOGIT), torch.tensor(CLASS)))
    assert cost("perplexity:from_logits=true", CLASS, CLASS_LOGIT) == pytest.approx(
        theirs.item(), rel=LIBRARY
    )
