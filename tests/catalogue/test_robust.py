"""Robust losses against mpmath to the edges of float64, against torch autograd, scipy and scikit-learn."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from losscli.loss import registry
from losscli.loss.spec import parse_spec

UNIT = 2.0**-53
FEW_ROUNDINGS = 24 * UNIT
"""A residual, a ratio, one or two of NumPy's elementary functions (1 to 4 ulp), a product."""
SMALLEST = 2.0**-1022
LARGEST = float(np.finfo(np.float64).max)
DIGITS = 700
"""Enough for 1 + 1e-300, and for what is left of it when 1 is taken away."""

residuals = st.one_of(
    st.floats(-1e300, 1e300), st.floats(-5.0, 5.0), st.floats(-150, 300).map(lambda power: 10.0**power)
)
scales = st.floats(-20, 20).map(lambda power: 10.0**power)
ROWS = 400
RANDOM = np.random.default_rng(1964)
LABEL = RANDOM.normal(0, 2, ROWS)
PREDICTION = LABEL + RANDOM.standard_t(2, ROWS)


def losses(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(np.asarray(label, dtype=float), np.asarray(prediction, dtype=float))


def gradients(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.gradient(np.asarray(label, dtype=float), np.asarray(prediction, dtype=float))


def close(found: float, exact: mp.mpf, tolerance: float) -> bool:
    if abs(exact) > LARGEST:
        return found == math.copysign(math.inf, exact)
    return abs(mp.mpf(float(found)) - exact) <= tolerance * abs(exact) + SMALLEST


def holds(spec: str, residual: float, value: mp.mpf, slope: mp.mpf, tolerance: float = FEW_ROUNDINGS) -> None:
    """Check loss and gradient at label 0, on both sides, and that a block changes nothing."""
    for sign in (1.0, -1.0):
        found = losses(spec, [0.0, 0.0], [sign * residual, 3.0])[0]
        assert close(found, value, tolerance), (spec, sign * residual, found, value)
        found = gradients(spec, [0.0, 0.0], [sign * residual, 3.0])[0]
        assert close(found, sign * slope, tolerance), (spec, sign * residual, found, slope)


@given(r=residuals, delta=scales)
@example(r=1e300, delta=2.0)
@example(r=1e-12, delta=1.0)
@example(r=0.0, delta=1.0)
@example(r=1.5, delta=1.5)
def test_huber_and_smooth_l1(r, delta):
    size, d = abs(mp.mpf(r)), mp.mpf(delta)
    sign = 1 if r >= 0 else -1
    near = size <= d
    value, slope = (size**2 / 2, size) if near else (d * (size - d / 2), d)
    holds(f"huber:delta={delta!r}", r, value, sign * slope)
    holds(f"smooth_l1:beta={delta!r}", r, value / d, sign * slope / d)


@given(r=residuals, delta=scales)
@example(r=1e300, delta=1.0)
@example(r=1e300, delta=1e-20)
@example(r=1e-12, delta=1.0)
@example(r=1e-12, delta=1e20)
def test_pseudo_huber(r, delta):
    with mp.workdps(DIGITS):
        x, d = mp.mpf(r), mp.mpf(delta)
        root = mp.sqrt(1 + (x / d) ** 2)
        holds(f"pseudo_huber:delta={delta!r}", r, d**2 * (root - 1), x / root)


@given(r=residuals)
@example(r=1e-12)
@example(r=1.0)
@example(r=350.0)
@example(r=710.5)
@example(r=1e6)
@example(r=1e300)
def test_log_cosh(r):
    with mp.workdps(DIGITS):
        x = mp.mpf(r)
        far = abs(x) > 2000
        value = abs(x) - mp.log(2) if far else mp.log(mp.cosh(x))
        holds("log_cosh", r, value, mp.sign(x) if far else mp.tanh(x))


@given(r=residuals, c=scales)
@example(r=1e300, c=1.0)
@example(r=1e300, c=1e-20)
@example(r=1e-12, c=1.0)
@example(r=1e-12, c=1e20)
@example(r=0.125, c=1.0)
def test_fair(r, c):
    with mp.workdps(DIGITS):
        size, scale = abs(mp.mpf(r)), mp.mpf(c)
        value = scale**2 * (size / scale - mp.log1p(size / scale))
        holds(f"fair:c={c!r}", r, value, mp.mpf(r) / (1 + size / scale), 2 * FEW_ROUNDINGS)


@given(r=residuals, q=st.floats(0.0, 1.0))
@example(r=-2.0, q=0.0)
@example(r=2.0, q=1.0)
@example(r=1e300, q=1.0)
def test_quantile_and_expectile(r, q):
    x, w = mp.mpf(r), mp.mpf(q) if r <= 0 else 1 - mp.mpf(q)
    assert close(losses(f"quantile:q={q!r}", [0.0], [r])[0], w * abs(x), FEW_ROUNDINGS)
    assert close(gradients(f"quantile:q={q!r}", [0.0], [r])[0], w * mp.sign(x), FEW_ROUNDINGS)
    assert close(losses(f"expectile:q={q!r}", [0.0], [r])[0], w * x**2, FEW_ROUNDINGS)
    assert close(gradients(f"expectile:q={q!r}", [0.0], [r])[0], 2 * w * x, FEW_ROUNDINGS)


def barron(x: mp.mpf, alpha: float) -> tuple[mp.mpf, mp.mpf]:
    """Return the loss, and its derivative by x, as the paper's equations 8 and 9 have them."""
    half = x**2 / 2
    if alpha == 2:
        return half, x
    if alpha == 0:
        return mp.log(half + 1), 2 * x / (x**2 + 2)
    if math.isinf(alpha):
        far = half > 3000
        sign = 1 if alpha > 0 else -1
        grown = (mp.inf if sign > 0 else mp.mpf(0)) if far else mp.exp(sign * half)
        return sign * (grown - 1), x * grown
    a, b = mp.mpf(alpha), abs(mp.mpf(alpha) - 2)
    return b / a * ((x**2 / b + 1) ** (a / 2) - 1), x * (x**2 / b + 1) ** (a / 2 - 1)


@given(
    r=residuals,
    alpha=st.one_of(st.floats(-50, 50), st.sampled_from((2.0, 1.0, 0.0, -2.0, -math.inf, math.inf))),
    scale=st.floats(0.01, 100.0),
)
@example(r=1e300, alpha=1.0, scale=1.0)
@example(r=1e300, alpha=0.0, scale=1.0)
@example(r=1e300, alpha=0.5, scale=1.0)
@example(r=1e200, alpha=1.0000001, scale=1.0)
@example(r=1e100, alpha=-1.5, scale=1.0)
@example(r=1e-12, alpha=0.3, scale=1.0)
@example(r=1e-150, alpha=-7.0, scale=1.0)
@example(r=3.0, alpha=2.0 + 2.0**-51, scale=1.0)
@example(r=3.0, alpha=2.0 - 2.0**-52, scale=1.0)
@example(r=200.0, alpha=2.0 - 1e-9, scale=1.0)
@example(r=3.0, alpha=1e-300, scale=1.0)
@example(r=3.0, alpha=-1e-17, scale=1.0)
@example(r=3.0, alpha=1e-9, scale=1.0)
@example(r=1.5, alpha=-1e6, scale=1.0)
@example(r=3.0, alpha=1e9, scale=1.0)
@example(r=5.0, alpha=-1e12, scale=1.0)
def test_barron(r, alpha, scale):
    with mp.workdps(DIGITS):
        value, slope = barron(mp.mpf(r) / mp.mpf(scale), alpha)
        # Rounding x is a relative error of the result as often as the exponent is large: 1e-12 bounds it.
        if value > 1e300 or abs(slope) > 1e300:
            return
        holds(f"barron:alpha={alpha!r},scale={scale!r}", r, value, slope / mp.mpf(scale), 1e-12)


@pytest.mark.parametrize("alpha", ["-inf", "inf", "-2", "0", "0.5", "1", "1.5", "2", "7", "-1e9"])
def test_barron_is_a_number_where_the_residual_by_its_scale_overflows(alpha):
    label, prediction = [0.0, -1e308, 0.0], [1e300, 1e308, -1e300]
    for function in (losses, gradients):
        found = function(f"barron:alpha={alpha},scale=1e-20", label, prediction)
        assert not np.isnan(found).any(), function
    slope = gradients(f"barron:alpha={alpha},scale=1e-20", label, prediction)
    assert slope[0] == -slope[2] >= 0.0


def test_barron_is_convex_from_1_on():
    for alpha, convex in (("-inf", False), ("0.999", False), ("1", True), ("1.5", True), ("inf", True)):
        assert parse_spec(f"barron:alpha={alpha}", registry.find).convex is convex
        slope = gradients(f"barron:alpha={alpha}", np.zeros(200), np.linspace(-60, 60, 200))
        assert bool((slope[1:] >= slope[:-1]).all()) is convex


SPECIAL = [2.0, 1.0, 0.0, -2.0]


@pytest.mark.parametrize("alpha", SPECIAL)
@pytest.mark.parametrize("function", [losses, gradients])
def test_barron_is_continuous_through_its_special_cases(alpha, function):
    x = np.array([1e-9, 0.1, 1.0, 7.0, 300.0, 1e9, -2.0])
    at = function(f"barron:alpha={alpha!r}", 0 * x, x)
    for beside in (math.nextafter(alpha, 9.0), math.nextafter(alpha, -9.0), alpha + 1e-14, alpha - 1e-14):
        # A step of 1e-14 in alpha moves the loss by up to 1e-14 · log²x of itself.
        assert function(f"barron:alpha={beside!r}", 0 * x, x) == pytest.approx(at, rel=1e-11)


@pytest.mark.parametrize("function", [losses, gradients])
def test_barron_of_a_huge_alpha_is_that_of_an_infinite_one(function):
    x = np.array([0.0, 1e-160, 1e-9, 0.1, 1.0, 5.0])
    for sign in (1.0, -1.0):
        end = function(f"barron:alpha={sign * math.inf}", 0 * x, x)
        for size in (1e14, 1e19, 1e21, 1e308):
            near = function(f"barron:alpha={sign * size!r}", 0 * x, x)
            assert near == pytest.approx(end, rel=1e-11, abs=0.0)


@given(r=residuals.filter(lambda r: r == 0.0 or abs(r) > 1e-300), p=st.floats(0.01, 8.0))
@example(r=-4.0, p=1.5)
@example(r=0.0, p=1.0)
@example(r=1e-12, p=0.5)
def test_lp(r, p):
    size = abs(mp.mpf(r))
    with mp.workdps(50):
        slope = mp.sign(r) * mp.mpf(p) * size ** (mp.mpf(p) - 1) if r else mp.mpf(0)
        # p − 1 is rounded, and that is an error of as many ulps as the log has units.
        tolerance = FEW_ROUNDINGS + UNIT * 700
        holds(f"lp:p={p!r}", r, size ** mp.mpf(p), slope, tolerance)


ENDS = ["huber", "smooth_l1", "smooth_l1:beta=0", "pseudo_huber", "log_cosh", "fair", "quantile:q=0.25",
        "barron", "barron:alpha=0.5", "lp:p=1", "lp:p=0.5"]  # fmt: skip


@pytest.mark.parametrize("spec", ENDS)
def test_a_residual_of_1e300_does_not_overflow(spec):
    assert np.isfinite(losses(spec, [0.0, 0.0], [1e300, -1e300])).all()
    assert np.isfinite(gradients(spec, [0.0, 0.0], [1e300, -1e300])).all()


@pytest.mark.parametrize("q", ["0", "1"])
def test_the_side_that_costs_nothing_costs_nothing_even_where_the_residual_overflows(q):
    label, prediction = np.array([-1e308, 1e308]), np.array([1e308, -1e308])
    for loss in ("quantile", "expectile"):
        free, dear = (0, 1) if q == "1" else (1, 0)
        found = losses(f"{loss}:q={q}", label, prediction)
        assert found[free] == 0.0
        assert found[dear] == np.inf
        assert gradients(f"{loss}:q={q}", label, prediction)[free] == 0.0


# At a kink, what the declarations state.
@pytest.mark.parametrize(
    ("spec", "residual", "expected"),
    [
        ("smooth_l1:beta=0", 0.0, 0.0),
        ("smooth_l1:beta=0", -1e-300, -1.0),
        ("quantile:q=0.9", 0.0, 0.0),
        ("quantile:q=0.9", -1e-300, -0.9),
        ("quantile:q=0.9", 1e-300, 1.0 - 0.9),
        ("lp:p=1", 0.0, 0.0),
        ("lp:p=0.5", 0.0, 0.0),
    ],
)
def test_what_is_returned_at_kinks(spec, residual, expected):
    assert gradients(spec, [0.0], [residual])[0] == expected


def torch_losses(torch) -> dict[str, object]:
    """Return what each spec means in torch, naive where that is stable for ordinary residuals."""
    functional = torch.nn.functional
    label = torch.tensor(LABEL)

    def r(p):
        return p - label

    def power(alpha, scale):
        b = abs(alpha - 2)
        return lambda p: b / alpha * (((r(p) / scale) ** 2 / b + 1) ** (alpha / 2) - 1)

    return {
        "huber:delta=0.7": lambda p: functional.huber_loss(p, label, reduction="none", delta=0.7),
        "smooth_l1:beta=0.7": lambda p: functional.smooth_l1_loss(p, label, reduction="none", beta=0.7),
        "smooth_l1:beta=0": lambda p: functional.smooth_l1_loss(p, label, reduction="none", beta=0.0),
        "pseudo_huber:delta=0.7": lambda p: 0.49 * (torch.sqrt(1 + (r(p) / 0.7) ** 2) - 1),
        "log_cosh": lambda p: r(p).abs() + torch.log1p(torch.exp(-2 * r(p).abs())) - math.log(2),
        "quantile:q=0.3": lambda p: torch.maximum(-0.3 * r(p), 0.7 * r(p)),
        "expectile:q=0.3": lambda p: (0.3 + 0.4 * (r(p) > 0).double()) * r(p) ** 2,
        "fair:c=0.7": lambda p: 0.49 * (r(p).abs() / 0.7 - torch.log1p(r(p).abs() / 0.7)),
        "barron:scale=0.7": power(1.0, 0.7),
        "barron:alpha=2,scale=0.7": lambda p: 0.5 * (r(p) / 0.7) ** 2,
        "barron:alpha=0,scale=0.7": lambda p: torch.log1p(0.5 * (r(p) / 0.7) ** 2),
        "barron:alpha=-2,scale=0.7": power(-2.0, 0.7),
        "barron:alpha=-inf,scale=2": lambda p: -torch.expm1(-0.5 * (r(p) / 2) ** 2),
        "barron:alpha=inf,scale=9": lambda p: torch.expm1(0.5 * (r(p) / 9) ** 2),
        "barron:alpha=1.4,scale=0.7": power(1.4, 0.7),
        "barron:alpha=-5.5,scale=0.7": power(-5.5, 0.7),
        "barron:alpha=3,scale=0.7": power(3.0, 0.7),
        "lp": lambda p: r(p).abs() ** 1.5,
        "lp:p=3": lambda p: r(p).abs() ** 3,
        "lp:p=0.5": lambda p: r(p).abs() ** 0.5,
    }


TORCH = ["huber:delta=0.7", "smooth_l1:beta=0.7", "smooth_l1:beta=0", "pseudo_huber:delta=0.7", "log_cosh",
         "quantile:q=0.3", "expectile:q=0.3", "fair:c=0.7", "barron:scale=0.7", "barron:alpha=2,scale=0.7",
         "barron:alpha=0,scale=0.7", "barron:alpha=-2,scale=0.7", "barron:alpha=-inf,scale=2",
         "barron:alpha=inf,scale=9", "barron:alpha=1.4,scale=0.7", "barron:alpha=-5.5,scale=0.7",
         "barron:alpha=3,scale=0.7", "lp", "lp:p=3", "lp:p=0.5"]  # fmt: skip


@pytest.mark.parametrize("spec", TORCH)
def test_torch_agrees_on_loss_gradient_and_second_derivative(spec):
    torch = pytest.importorskip("torch")
    theirs = torch_losses(torch)[spec]
    prediction = torch.tensor(PREDICTION, requires_grad=True)
    each = theirs(prediction)
    (slope,) = torch.autograd.grad(each.sum(), prediction)
    assert losses(spec, LABEL, PREDICTION) == pytest.approx(each.detach().numpy(), rel=1e-12, abs=1e-15)
    found = gradients(spec, LABEL, PREDICTION)
    assert found == pytest.approx(slope.detach().numpy(), rel=1e-11, abs=1e-14)


def test_scipy_agrees():
    special = pytest.importorskip("scipy.special")
    residual = PREDICTION - LABEL
    for delta in (0.5, 1.0, 3.0):
        ours = losses(f"huber:delta={delta}", LABEL, PREDICTION)
        assert ours == pytest.approx(special.huber(delta, residual), rel=1e-14)
        ours = losses(f"pseudo_huber:delta={delta}", LABEL, PREDICTION)
        assert ours == pytest.approx(special.pseudo_huber(delta, residual), rel=1e-12, abs=1e-16)


@pytest.mark.parametrize(
    ("name", "spec", "factor"),
    [
        ("huber", "huber:delta=0.7", 1.0),
        ("soft_l1", "pseudo_huber:delta=0.7", 1.0),
        # k²/2 log(1 + (r/k)²) = k²/2 · barron with alpha 0 and scale k/√2
        ("cauchy", f"barron:alpha=0,scale={0.7 / math.sqrt(2)!r}", 0.7**2 / 2),
    ],
)
def test_the_cost_of_scipy_least_squares_is_the_sum(name, spec, factor):
    optimize = pytest.importorskip("scipy.optimize")
    residual = PREDICTION - LABEL
    found = optimize.least_squares(lambda x: residual + 0 * x[0], [0.0], loss=name, f_scale=0.7, max_nfev=1)
    assert found.cost == pytest.approx(factor * math.fsum(losses(spec, LABEL, PREDICTION)), rel=1e-12)


def test_huber_of_scikit_learn_is_twice_ours_plus_its_scale():
    module = pytest.importorskip("sklearn.linear_model._huber")
    residual = LABEL - PREDICTION
    theirs, _ = module._huber_loss_and_gradient(
        np.array([0.0, 1.0]), np.zeros((ROWS, 1)), residual, 1.35, 0.0, np.ones(ROWS)
    )
    ours = 2 * math.fsum(losses("huber:delta=1.35", LABEL, PREDICTION))
    assert theirs - ROWS == pytest.approx(ours, rel=1e-12)


def test_pinball_loss_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    for q in (0.0, 0.05, 0.5, 0.9, 1.0):
        ours = math.fsum(losses(f"pinball:q={q}", LABEL, PREDICTION)) / ROWS
        assert metrics.mean_pinball_loss(LABEL, PREDICTION, alpha=q) == pytest.approx(ours, rel=1e-12)


def test_pinball_values_of_the_scikit_learn_documentation():
    label = [1, 2, 3]
    for q, prediction, expected in (
        (0.1, [0, 2, 3], 0.1 / 3), (0.1, [1, 2, 4], 0.9 / 3), (0.9, [0, 2, 3], 0.9 / 3),
        (0.9, [1, 2, 4], 0.1 / 3), (0.1, label, 0.0), (0.9, label, 0.0),
    ):  # fmt: skip
        cost = math.fsum(losses(f"quantile:q={q}", label, prediction)) / 3
        assert cost == pytest.approx(expected, rel=1e-15)


# As documented by libraries that are not installed here; each formula in the words of its library.
def test_formulas_of_other_libraries():
    error = LABEL - PREDICTION
    size, delta = np.abs(error), 1.3
    keras = np.where(size <= delta, 0.5 * error**2, delta * size - 0.5 * delta**2)
    assert losses("huber:delta=1.3", LABEL, PREDICTION) == pytest.approx(keras, rel=1e-12)
    quadratic = np.minimum(size, delta)
    optax = 0.5 * quadratic**2 + delta * (size - quadratic)
    assert losses("huber:delta=1.3", LABEL, PREDICTION) == pytest.approx(optax, rel=1e-12)
    keras = error + np.log1p(np.exp(-2.0 * error)) - math.log(2.0)
    assert losses("log_cosh", LABEL, PREDICTION) == pytest.approx(keras, rel=1e-11, abs=1e-15)
    xgboost = delta**2 * (np.sqrt(1 + (error / delta) ** 2) - 1)
    assert losses("pseudo_huber:delta=1.3", LABEL, PREDICTION) == pytest.approx(xgboost, rel=1e-11, abs=1e-15)
    lightgbm = delta * size - delta * delta * np.log(1 + size / delta)
    assert losses("fair:c=1.3", LABEL, PREDICTION) == pytest.approx(lightgbm, rel=1e-10, abs=1e-15)
    zhang = error**2 / (2 * (1 + error**2))
    ours = 0.25 * losses("barron:alpha=-2,scale=0.5", LABEL, PREDICTION)
    assert ours == pytest.approx(zhang, rel=1e-12)
    vowpal_wabbit = error**2 * np.where(error < 0, 0.7, 1 - 0.7)
    assert losses("expectile:q=0.3", LABEL, PREDICTION) == pytest.approx(vowpal_wabbit, rel=1e-12)
    twice = np.where(error > 0, 2 * 0.3, 2 * (1 - 0.3)) * error**2
    assert 2 * losses("expectile:q=0.3", LABEL, PREDICTION) == pytest.approx(twice, rel=1e-12)
    charbonnier = np.sqrt(error**2 + 1e-6)
    ours = losses("pseudo_huber:delta=0.001", LABEL, PREDICTION) / 0.001 + 0.001
    assert ours == pytest.approx(charbonnier, rel=1e-12)
    gluonts = 2 * np.sum(np.abs((PREDICTION - LABEL) * ((LABEL <= PREDICTION) - 0.3)))
    assert 2 * math.fsum(losses("quantile:q=0.3", LABEL, PREDICTION)) == pytest.approx(gluonts, rel=1e-12)


def test_the_constant_that_costs_least_is_the_quantile_and_the_expectile():
    stats = pytest.importorskip("scipy.stats")
    for q in (0.2, 0.5, 0.9):
        best = stats.expectile(LABEL, q)
        assert gradients(f"expectile:q={q}", LABEL, np.full(ROWS, best)).sum() == pytest.approx(0, abs=1e-10)
        beneath = np.sort(LABEL)[round(q * ROWS)]
        costs = [losses(f"quantile:q={q}", LABEL, np.full(ROWS, beneath + d)).sum() for d in (-0.1, 0.0, 0.1)]
        assert costs[1] == min(costs)


# Barron 2019, section 1: the losses that the family has as members, in the notation of its equations 3 to 7.
def test_members_of_the_family_of_barron():
    x = PREDICTION - LABEL
    c = 1.3
    members = {
        "2": 0.5 * (x / c) ** 2,
        "1": np.sqrt((x / c) ** 2 + 1) - 1,
        "0": np.log(0.5 * (x / c) ** 2 + 1),
        "-2": 2 * (x / c) ** 2 / ((x / c) ** 2 + 4),
        "-inf": 1 - np.exp(-0.5 * (x / c) ** 2),
    }
    for alpha, expected in members.items():
        found = losses(f"barron:alpha={alpha},scale={c}", LABEL, PREDICTION)
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-15), alpha


def test_efficiency_constants_keep_95_percent_under_normal_noise():
    # (E ψ')² / E ψ² for the standard normal, of which E ψ' = E xψ: 0.95 at Huber's 1.345 and Fair's 1.3998.
    x = np.linspace(-12, 12, 240_001)
    density = np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi) * (x[1] - x[0])
    for spec in ("huber:delta=1.345", "fair:c=1.3998"):
        slope = gradients(spec, 0 * x, x)
        assert (x * slope * density).sum() ** 2 / (slope**2 * density).sum() == pytest.approx(0.95, abs=1e-4)
