"""Losses of several classes: against mpmath to the edges, published values, libraries and each other."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn import metrics

from losscli.loss import registry
from losscli.loss.formulas import classwise
from losscli.loss.numeric import EPS
from losscli.loss.spec import parse_spec

mp.mp.dps = 60

EXACT = 2e-14
"""A few dozen roundings, of exp and log among them."""
LIBRARY = 1e-12
ROWS, CLASSES = 300, 4
RANDOM = np.random.default_rng(20240229)
HARD = RANDOM.integers(0, CLASSES, ROWS)
SOFT = RANDOM.dirichlet(np.ones(CLASSES), ROWS)
PROBABILITY = RANDOM.dirichlet(np.ones(CLASSES), ROWS)
SCORE = RANDOM.normal(0, 3, (ROWS, CLASSES))
AMOUNT = RANDOM.uniform(0.1, 4.0, (ROWS, CLASSES))


def losses(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(np.asarray(label), np.asarray(prediction, dtype=np.float64))


def gradients(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.gradient(np.asarray(label), np.asarray(prediction, dtype=np.float64))


def of_true_class(name: str, parameters: dict[str, float], p: mp.mpf, missing: mp.mpf) -> mp.mpf:
    log_p = mp.log1p(-missing) if missing < 0.5 else mp.log(p)
    if name == "focal":
        return -parameters["alpha"] * missing ** mp.mpf(parameters["gamma"]) * log_p
    if name == "poly":
        # Sixty digits, too, end: so near certainty the series has all of them.
        rest = missing**2 / 2 + missing**3 / 3 if missing < 1e-20 else -log_p - missing
        return rest + (1 + mp.mpf(parameters["epsilon"])) * missing
    return -mp.expm1(mp.mpf(parameters["q"]) * log_p) / mp.mpf(parameters["q"])


def spec_of(name: str, parameters: dict[str, float], *flags: str) -> str:
    return f"{name}:{','.join([*(f'{key}={value!r}' for key, value in parameters.items()), *flags])}"


PARAMETERS = [
    ("focal", {"gamma": 2.0, "alpha": 1.0}),
    ("focal", {"gamma": 0.0, "alpha": 0.25}),
    ("focal", {"gamma": 0.5, "alpha": 1.0}),
    ("focal", {"gamma": 5.0, "alpha": 0.7}),
    ("poly", {"epsilon": 1.0}),
    ("poly", {"epsilon": -1.0}),
    ("poly", {"epsilon": 0.0}),
    ("poly", {"epsilon": 6.5}),
    ("generalized_cross_entropy", {"q": 0.7}),
    ("generalized_cross_entropy", {"q": 1.0}),
    ("generalized_cross_entropy", {"q": 1e-9}),
]


@settings(max_examples=examples(40))
@given(logits=st.lists(st.floats(-1000.0, 1000.0), min_size=2, max_size=6), at=st.integers(0, 5))
@example(logits=[1000.0, -1000.0], at=0)
@example(logits=[1000.0, -1000.0], at=1)
@example(logits=[20.0, 0.0, 1.0], at=0)
@example(logits=[2.0, 2.0], at=0)
def test_losses_of_one_probability_keep_every_digit_of_logits(logits, at):
    at %= len(logits)
    grown = [mp.exp(mp.mpf(logit)) for logit in logits]
    p = grown[at] / mp.fsum(grown)
    missing = mp.fsum(part for k, part in enumerate(grown) if k != at) / mp.fsum(grown)
    # A difference of logits is rounded on the scale of the logits, and exp makes that relative.
    doubt = EXACT + 4e-16 * (max(logits) - min(logits))
    for name, parameters in PARAMETERS:
        found = losses(spec_of(name, parameters, "from_logits=true"), [at], [logits])[0]
        factor = 1.0 + parameters.get("gamma", 1.0)
        size = float(of_true_class(name, parameters, p, missing))
        assert found == pytest.approx(size, rel=factor * doubt, abs=1e-300), (name, parameters)


@settings(max_examples=examples(40))
@given(
    p=st.one_of(st.floats(0.0, 1.0), st.integers(1, 52).map(lambda n: 1.0 - 2.0**-n), st.floats(0, 1e-300))
)
@example(p=0.0)
@example(p=1.0)
@example(p=0.875)
@example(p=math.nextafter(0.875, 0.0))
def test_losses_of_one_probability_keep_every_digit_of_it(p):
    seen = max(mp.mpf(p), mp.mpf(EPS))
    for name, parameters in PARAMETERS:
        found = losses(spec_of(name, parameters), [0], [[p, 1.0 - p]])[0]
        missing = 1 - mp.mpf(p)
        if name == "generalized_cross_entropy":
            exact = (1 - mp.mpf(p) ** mp.mpf(parameters["q"])) / mp.mpf(parameters["q"])
        elif name == "focal":
            exact = -parameters["alpha"] * missing ** mp.mpf(parameters["gamma"]) * mp.log(seen)
        else:
            exact = -mp.log(seen) + mp.mpf(parameters["epsilon"]) * missing
        assert found == pytest.approx(float(exact), rel=EXACT, abs=0.0), (name, parameters)


def test_poly_of_epsilon_minus_1_starts_at_the_second_order():
    for missing in (2.0**-10, 2.0**-30, 2.0**-52):
        found = losses("poly:epsilon=-1", [0], [[1.0 - missing, missing]])[0]
        assert found == pytest.approx(missing**2 / 2 + missing**3 / 3, rel=missing, abs=0.0)


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS)
@pytest.mark.parametrize("kind", ["", "from_logits=true", "normalize=true"])
def test_gradients_of_one_probability_equal_automatic_differentiation(name, parameters, kind):
    torch = pytest.importorskip("torch")
    source = {"": PROBABILITY, "from_logits=true": SCORE, "normalize=true": AMOUNT}[kind]
    prediction = torch.tensor(source, requires_grad=True)
    p = {"": lambda: prediction, "from_logits=true": lambda: prediction.softmax(1)}.get(
        kind, lambda: prediction / prediction.sum(1, keepdim=True)
    )()[torch.arange(ROWS), torch.tensor(HARD)]
    if name == "focal":
        each = -parameters["alpha"] * (1 - p) ** parameters["gamma"] * p.log()
    elif name == "poly":
        each = -p.log() + parameters["epsilon"] * (1 - p)
    else:
        each = -torch.expm1(parameters["q"] * p.log()) / parameters["q"]
    each.sum().backward()
    spec = spec_of(name, parameters, *([kind] if kind else []))
    assert losses(spec, HARD, source) == pytest.approx(each.detach().numpy(), rel=1e-11, abs=1e-15)
    assert gradients(spec, HARD, source) == pytest.approx(prediction.grad.numpy(), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("label", [HARD, SOFT], ids=["hard", "soft"])
@pytest.mark.parametrize("spec", [
    "poly:epsilon=2.5", "poly:epsilon=-1,from_logits=true", "poly:normalize=true",
    "multiclass_brier", "multiclass_brier:from_logits=true", "multiclass_brier:normalize=true",
    "ranked_probability", "ranked_probability:normalize=true",
])  # fmt: skip
def test_losses_of_soft_labels_equal_automatic_differentiation(spec, label):
    torch = pytest.importorskip("torch")
    rows = torch.tensor(SOFT if label is SOFT else np.eye(CLASSES)[HARD])
    source = SCORE if "logits" in spec else AMOUNT if "normalize" in spec else PROBABILITY
    prediction = torch.tensor(source, requires_grad=True)
    p = prediction
    if "logits" in spec:
        p = prediction.softmax(1)
    elif "normalize" in spec:
        p = prediction / prediction.sum(1, keepdim=True)
    if spec.startswith("poly"):
        epsilon = parse_spec(spec, registry.find).parameters["epsilon"]
        each = -(rows * p.log()).sum(1) + epsilon * (1 - (rows * p).sum(1))
    elif spec.startswith("multiclass_brier"):
        each = ((p - rows) ** 2).sum(1)
    else:
        each = ((p.cumsum(1) - rows.cumsum(1)) ** 2).sum(1)
    each.sum().backward()
    assert losses(spec, label, source) == pytest.approx(each.detach().numpy(), rel=1e-11)
    assert gradients(spec, label, source) == pytest.approx(prediction.grad.numpy(), rel=1e-10, abs=1e-12)


def test_brier_of_logits_keeps_the_digits_of_a_certain_class():
    for lead in (20.0, 50.0, 150.0):
        found = losses("multiclass_brier:from_logits=true", [0], [[lead, 0.0]])[0]
        missing = mp.exp(-mp.mpf(lead)) / (1 + mp.exp(-mp.mpf(lead)))
        assert found == pytest.approx(float(2 * missing**2), rel=1e-13, abs=0.0)
        soft = losses("multiclass_brier:from_logits=true", [[1.0, 0.0]], [[lead, 0.0]])[0]
        assert soft == found


def test_focal_of_the_keras_documentation():
    # keras.losses.CategoricalFocalCrossentropy, reduction=None, alpha 0.25, in float32.
    found = losses("focal:alpha=0.25,eps=1e-7", [1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    assert found == pytest.approx([3.2058331e-05, 4.6627346e-01], rel=1e-6)


def test_multi_margin_of_the_pytorch_documentation():
    # torch.nn.MultiMarginLoss: "tensor(0.32...)": ((1 − 0.7) + (1 − 0.6) + (1 − 0.4)) / 4.
    assert losses("multi_margin", [3], [[0.1, 0.2, 0.4, 0.8]])[0] == pytest.approx(0.325, rel=1e-15)


def test_brier_of_the_scikit_learn_documentation():
    # brier_score_loss of eggs, ham and spam: "0.146..."
    rows = [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]]
    assert losses("multiclass_brier", [0, 1, 2], rows).mean() == pytest.approx(0.44 / 3, rel=1e-14)


# Constantinou and Fenton 2012, table 3: forecasts of home win, draw, away win, and what happened;
# their score is half of ours, printed with four decimals.
@pytest.mark.parametrize(
    ("forecast", "outcome", "score"),
    [
        ((1.0, 0.0, 0.0), 0, 0.0),
        ((0.9, 0.1, 0.0), 0, 0.0050),
        ((0.8, 0.1, 0.1), 0, 0.0250),
        ((0.5, 0.25, 0.25), 0, 0.1562),
        ((0.35, 0.3, 0.35), 1, 0.1225),
        ((0.6, 0.3, 0.1), 1, 0.1850),
        ((0.6, 0.25, 0.15), 0, 0.0913),
        ((0.6, 0.15, 0.25), 0, 0.1113),
        ((0.57, 0.33, 0.1), 0, 0.0975),
        ((0.6, 0.2, 0.2), 0, 0.1000),
    ],
)
def test_ranked_probability_of_football(forecast, outcome, score):
    assert losses("ranked_probability", [outcome], [forecast])[0] / 2 == pytest.approx(score, abs=5.1e-5)


def test_scikit_learn_agrees():
    assert losses("multiclass_hinge", HARD, SCORE).mean() == pytest.approx(
        metrics.hinge_loss(HARD, SCORE), rel=LIBRARY
    )
    assert losses("multiclass_brier", HARD, PROBABILITY).mean() == pytest.approx(
        metrics.brier_score_loss(HARD, PROBABILITY, labels=range(CLASSES)), rel=LIBRARY
    )
    two, binary = PROBABILITY[:, :2] / PROBABILITY[:, :2].sum(1, keepdims=True), HARD % 2
    theirs = metrics.brier_score_loss(binary, two[:, 1])
    assert losses("multiclass_brier", binary, two).mean() / 2 == pytest.approx(theirs, rel=LIBRARY)
    said = PROBABILITY.argmax(axis=1)
    assert losses("zero_one", HARD, PROBABILITY).mean() == pytest.approx(metrics.zero_one_loss(HARD, said))


def test_pytorch_agrees():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    label = torch.tensor(HARD)
    scores = torch.tensor(SCORE, requires_grad=True)
    log_p = scores.log_softmax(1).detach().numpy()
    theirs = functional.nll_loss(torch.tensor(log_p), label, reduction="none").numpy()
    assert losses("nll", HARD, log_p).tolist() == theirs.tolist()
    assert losses("nll", HARD, log_p) == pytest.approx(losses("ce:from_logits=true", HARD, SCORE))
    for p, margin in ((1, 1.0), (2, 1.0), (1, 2.5), (2, 0.0)):
        scores.grad = None
        each = functional.multi_margin_loss(scores, label, p=p, margin=margin, reduction="none")
        each.sum().backward()
        spec = f"multi_margin:p={p},margin={margin!r}"
        assert losses(spec, HARD, SCORE) == pytest.approx(each.detach().numpy(), rel=LIBRARY)
        assert gradients(spec, HARD, SCORE) == pytest.approx(scores.grad.numpy(), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("margin", [0.0, 1.0, 2.5])
def test_multiclass_hinge_equals_automatic_differentiation(margin):
    torch = pytest.importorskip("torch")
    scores = torch.tensor(SCORE, requires_grad=True)
    rows = torch.arange(ROWS), torch.tensor(HARD)
    others = scores.masked_fill(torch.nn.functional.one_hot(rows[1], CLASSES).bool(), -torch.inf)
    each = (margin + others.max(1).values - scores[rows]).clamp(min=0)
    each.sum().backward()
    spec = f"multiclass_hinge:margin={margin!r}"
    assert losses(spec, HARD, SCORE) == pytest.approx(each.detach().numpy(), rel=LIBRARY, abs=1e-15)
    assert gradients(spec, HARD, SCORE).tolist() == scores.grad.tolist()


def test_what_keras_and_optax_call_multiclass_hinge():
    true = SCORE[np.arange(ROWS), HARD]
    one_hot = np.eye(CLASSES)[HARD]
    optax = (SCORE + 1.0 - one_hot).max(axis=1) - true
    assert losses("multiclass_hinge", HARD, SCORE) == pytest.approx(optax, rel=LIBRARY, abs=1e-15)
    keras = np.maximum(((1.0 - one_hot) * SCORE).max(axis=1) - true + 1.0, 0.0)
    expected = np.maximum(losses("multiclass_hinge", HARD, SCORE), 1.0 - true)
    assert keras == pytest.approx(expected, rel=LIBRARY)


IDENTITIES = [
    ("focal:gamma=0", "cross_entropy", 1.0, PROBABILITY),
    ("focal:gamma=0,from_logits=true", "cross_entropy:from_logits=true", 1.0, SCORE),
    ("poly:epsilon=0", "cross_entropy", 1.0, PROBABILITY),
    ("poly:epsilon=0,normalize=true", "cross_entropy:normalize=true", 1.0, AMOUNT),
    ("generalized_cross_entropy:q=1e-13", "cross_entropy", 1.0, PROBABILITY),
    ("multi_margin:p=1,margin=0", "multi_margin:p=1.0000000000000002,margin=0", 1.0, SCORE),
]


@pytest.mark.parametrize(("spec", "other", "factor", "prediction"), IDENTITIES)
def test_losses_that_are_others(spec, other, factor, prediction):
    assert losses(spec, HARD, prediction) == pytest.approx(
        factor * losses(other, HARD, prediction), rel=1e-10, abs=1e-14
    )
    assert gradients(spec, HARD, prediction) == pytest.approx(
        factor * gradients(other, HARD, prediction), rel=1e-10, abs=1e-12
    )


def test_identities_of_scores():
    two, binary = PROBABILITY[:, :2] / PROBABILITY[:, :2].sum(1, keepdims=True), HARD % 2
    brier = losses("multiclass_brier", binary, two)
    assert losses("ranked_probability", binary, two) * 2 == pytest.approx(brier, rel=1e-12)
    mean = losses("multiclass_brier", HARD, PROBABILITY) / CLASSES
    assert ((PROBABILITY - np.eye(CLASSES)[HARD]) ** 2).mean(axis=1) == pytest.approx(mean, rel=1e-13)
    absolute = np.abs(PROBABILITY - np.eye(CLASSES)[HARD]).sum(axis=1)
    once = losses("generalized_cross_entropy:q=1", HARD, PROBABILITY)
    assert 2.0 * once == pytest.approx(absolute, rel=1e-12)
    # One rival: all of multiclass_hinge, over two classes.
    assert losses("multi_margin", binary, SCORE[:, :2]) * 2 == pytest.approx(
        losses("multiclass_hinge", binary, SCORE[:, :2]), rel=1e-14
    )
    # The class order decides about ranked_probability, and about nothing else here.
    near, far = losses("ranked_probability", [0, 0], [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]])
    assert (near, far) == (0.25, 0.5)


def test_soft_rows_that_are_certain_are_the_hard_label():
    rows = np.eye(CLASSES)[HARD]
    for spec, prediction in (
        ("poly", PROBABILITY), ("poly:from_logits=true", SCORE), ("poly:epsilon=-1,normalize=true", AMOUNT),
        ("multiclass_brier", PROBABILITY), ("multiclass_brier:from_logits=true", SCORE),
        ("ranked_probability", PROBABILITY),
    ):  # fmt: skip
        assert losses(spec, rows, prediction) == pytest.approx(losses(spec, HARD, prediction), rel=1e-14)
        assert gradients(spec, rows, prediction) == pytest.approx(gradients(spec, HARD, prediction))


def test_margins_at_the_kink():
    scores = [[2.0, 1.0, 1.0]]
    for spec in ("multiclass_hinge", "multi_margin", "multi_margin:p=0.5", "multi_margin:p=2"):
        assert losses(spec, [0], scores).tolist() == [0.0]
        assert not gradients(spec, [0], scores).any()
        assert not np.signbit(gradients(spec, [0], scores)).any()
    assert gradients("multiclass_hinge", [0], [[0.0, 3.0, 3.0]]).tolist() == [[-1.0, 1.0, 0.0]]
    assert gradients("multiclass_hinge", [2], [[3.0, 3.0, 0.0]]).tolist() == [[1.0, 0.0, -1.0]]
    # A shortfall of next to nothing: the slope of its root has no bound.
    assert gradients("multi_margin:p=0.5,margin=0", [0], [[0.0, 1e-20]])[0] == pytest.approx(
        [-2.5e9, 2.5e9], rel=1e-12
    )


def test_margins_of_huge_scores():
    assert losses("multiclass_hinge", [0, 0], [[-1e308, 1e308], [1e308, -1e308]]).tolist() == [np.inf, 0.0]
    assert losses("multi_margin:p=2", [0, 0], [[0, 1e200], [1e300, 0]]).tolist() == [np.inf, 0.0]
    assert losses("multiclass_hinge", [1], [[1e300, -1e300]]).tolist() == [2e300]


@pytest.mark.parametrize("spec", ["focal", "poly", "generalized_cross_entropy:q=0.5"])
def test_a_true_class_of_probability_0(spec):
    found = losses(spec, [0], [[0.0, 1.0]])[0]
    expected = {"focal": -math.log(EPS), "poly": 1.0 - math.log(EPS)}.get(spec, 2.0)
    assert found == pytest.approx(expected, rel=1e-15)
    slope = gradients(spec, [0], [[0.0, 1.0]])[0]
    assert slope[1] == 0.0
    if spec.startswith("generalized"):
        assert slope[0] == -np.inf
    else:
        assert slope[0] == pytest.approx(-1.0 / EPS, rel=1e-12)
        assert losses(f"{spec}:eps=0.25", [0], [[0.0, 1.0]])[0] == pytest.approx(
            math.log(4.0) + (spec == "poly"), rel=1e-15
        )


def test_rows_are_clipped_where_that_changed_the_loss():
    rows = np.array([[0.05, 0.95], [0.95, 0.05]])
    for spec in ("focal:eps=0.1", "poly:eps=0.1"):
        bound = parse_spec(spec, registry.find)
        assert bound.clipped(np.array([0, 0]), rows).tolist() == [True, False]
    assert parse_spec("generalized_cross_entropy", registry.find).loss.clipped is None


def test_zero_one_of_columns_and_of_names():
    label = np.array([0, 1, 2, 2])
    columns = np.array([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [-5.0, -3.0, -1.0], [0.0, 0.0, 0.0]])
    assert losses("zero_one", label, columns).tolist() == [0.0, 1.0, 0.0, 1.0]
    bound = parse_spec("zero_one", registry.find)
    names = np.array([0, 0, 2, 1])
    found = bound.value(label, names)
    assert found.tolist() == [0.0, 1.0, 0.0, 1.0]
    assert found.dtype == np.float64
    assert bound.error(label, names).tolist() == [0.0, 1.0, 0.0, 1.0]
    assert bound.error(label[:2], columns[:2]).tolist() == [0.6, 0.6]
    assert bound.perfect(label, names).tolist() == label.tolist()
    assert bound.perfect(label[:1], columns[:1]).tolist() == [[1.0, 0.0, 0.0]]


def test_errors_before_any_loss():
    for spec, label, prediction, expected in (
        ("nll", [0], [[math.log(0.25), math.log(0.75)]], 0.75),
        ("nll", [0], [[-1e-20, -50.0]], 1e-20),
        ("multiclass_hinge:margin=3", [0], [[2.0, 1.5, 0.0]], 0.5),
        ("multi_margin", [1], [[2.0, 1.5, 0.0]], 1.5),
        ("focal:from_logits=true", [0], [[50.0, 0.0]], 1.9287498479639178e-22),
        ("ranked_probability", [2], [[0.25, 0.5, 0.25]], 0.75),
    ):
        bound = parse_spec(spec, registry.find)
        assert bound.error(np.array(label), np.array(prediction)) == pytest.approx(
            [expected], rel=1e-14, abs=0.0
        )


def test_what_log_probabilities_are():
    domain = parse_spec("nll", registry.find).prediction_domain
    assert domain.outside(np.array([[-1.0, 0.0], [-1.0, 1e-9], [-np.inf, 0.0]])).tolist() == [
        False,
        True,
        True,
    ]
    assert domain.description == "a log-probability ≤ 0 in every column"


@pytest.mark.parametrize("spec", [
    "focal", "focal:normalize=true", "poly", "poly:epsilon=-1", "generalized_cross_entropy",
    "generalized_cross_entropy:normalize=true", "multiclass_brier", "ranked_probability",
])  # fmt: skip
def test_certainty_costs_exactly_0(spec):
    found = losses(spec, HARD, np.eye(CLASSES)[HARD])
    assert not found.any()
    assert not np.signbit(found).any()


@pytest.mark.parametrize("rest", [1e-5, 1e-20, 1e-38])
def test_the_slope_behind_a_sum_keeps_its_digits_next_to_certainty(rest):
    # By hand, of (1, r): the loss is 2r²/(1 + r)², and its slope by the first −4r²/(1 + r)³.
    found = gradients("multiclass_brier:normalize=true", [0], [[1.0, rest]])[0]
    assert found[0] == pytest.approx(-4.0 * rest**2 / (1.0 + rest) ** 3, rel=1e-13, abs=0.0)
    assert found[1] == pytest.approx(4.0 * rest / (1.0 + rest) ** 3, rel=1e-13, abs=0.0)


@pytest.mark.parametrize("least", [0.0, 1e-12, np.nextafter(1e-3, 0.0), 1e-3, np.nextafter(1e-3, 1.0)])
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("form", [{}, {"label_smoothing": 0.1}, {"normalize": True}, {"from_logits": True}])
def test_what_is_clipped_is_found_row_by_row(least, soft, form):
    p = np.array([[least, 1.0 - least], [0.4, 0.6], [0.5, 0.5]])
    label = np.array([0, 1, 0])
    label = np.eye(2)[label] if soft else label
    found = classwise.any_clipped(label, p, eps=1e-3, **form)
    weight = np.full((3, 2), 1.0) if form.get("label_smoothing") else np.eye(2)[[0, 1, 0]]
    share = p / p.sum(axis=1)[:, None] if form.get("normalize") else p
    plain = ((share < 1e-3) & (weight > 0.0)).any(axis=1) & (not form.get("from_logits"))
    assert found.dtype == np.bool_
    assert found.tolist() == plain.tolist()
