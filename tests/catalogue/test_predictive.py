"""Predictions that say how sure they are: Gaussian likelihood and CRPS, and the interval score."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from losscli.common.errors import UsageError
from losscli.loss import Layout, numeric, registry
from losscli.loss.domain import Fields
from losscli.loss.spec import parse_spec

mp.mp.dps = 60

UNIT = 2.0**-53
ROUNDED = 8 * UNIT
ELEMENTARY = 32 * UNIT
SMALLEST = 2.0**-1022
LARGEST = float(np.finfo(np.float64).max)
LIBRARY = 1e-12

RANDOM = np.random.default_rng(2005)
ROWS = 400
LABEL = RANDOM.normal(0, 2, ROWS)
MEAN = LABEL + RANDOM.standard_t(3, ROWS)
SPREAD = RANDOM.gamma(2.0, 1.0, ROWS)
ENDS = np.sort(RANDOM.normal(0, 3, (ROWS, 2)), axis=1)

numbers = st.one_of(st.floats(-10.0, 10.0), st.floats(-1e6, 1e6), st.floats(-1e150, 1e150))
spreads = st.one_of(st.floats(0.1, 10.0), st.floats(-345.0, 345.0).map(math.exp))


def compute(what: str, spec: str, label, *columns) -> np.ndarray:
    """Return what a loss finds of labels and prediction columns, each a number or `(rows,)`."""
    bound = parse_spec(spec, registry.find)
    label = np.atleast_1d(np.asarray(label, dtype=np.float64))
    prediction = np.stack([np.broadcast_to(np.asarray(column, float), label.shape) for column in columns], 1)
    with np.errstate(all="ignore"):
        return getattr(bound, what)(label, prediction)


def losses(spec: str, label, *columns) -> np.ndarray:
    return compute("value", spec, label, *columns)


def within(found: float, exact: mp.mpf, size: mp.mpf, tolerance: float) -> bool:
    """Whether a figure is off by no more than roundings of terms of this size."""
    if abs(exact) > LARGEST or size > LARGEST:
        return not math.isnan(found)
    return abs(mp.mpf(float(found)) - exact) <= tolerance * size + SMALLEST


def test_they_read_columns_with_names_of_their_own():
    for name, columns in {
        "gaussian_nll": ("prediction", "variance"),
        "gaussian_crps": ("prediction", "std"),
        "interval_score": ("lower", "upper"),
    }.items():
        bound = parse_spec(name, registry.find)
        assert bound.layout is Layout.NAMED
        assert isinstance(bound.prediction_domain, Fields)
        assert bound.columns == bound.loss.columns == columns


def test_what_lies_outside_of_their_domains():
    for name in ("gaussian_nll", "gaussian_crps"):
        for spread in ("variance", "std"):
            domain = parse_spec(f"{name}:spread={spread}", registry.find).prediction_domain
            outside = domain.outside(np.array([[0.0, 1.0], [0.0, 0.0], [0.0, -1.0]]))
            assert outside.tolist() == [False, True, True]
    outside = registry.find("interval_score").prediction.outside(
        np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    )
    assert outside.tolist() == [False, False, True]
    for alpha in ("0", "1", "-0.1"):
        with pytest.raises(UsageError, match="alpha"):
            parse_spec(f"interval_score:alpha={alpha}", registry.find)


@given(label=numbers, mean=numbers, std=spreads, full=st.booleans())
@example(label=0.0, mean=1e200, std=1e200, full=False)
@example(label=0.0, mean=0.0, std=1e-200, full=False)
@example(label=0.0, mean=1e-12, std=1.0, full=True)
def test_gaussian_nll_of_a_standard_deviation(label, mean, std, full):
    spec = f"gaussian_nll:full={str(full).lower()},spread=std"
    z, s = (mp.mpf(mean) - mp.mpf(label)) / mp.mpf(std), mp.mpf(std)
    terms = [mp.log(s), z**2 / 2, mp.log(2 * mp.pi) / 2 if full else mp.mpf(0)]
    value = losses(spec, label, mean, std)[0]
    assert within(value, mp.fsum(terms), mp.fsum(map(abs, terms)), ELEMENTARY)
    gradient = compute("gradient", spec, label, mean, std)[0]
    assert within(gradient[0], z / s, abs(z / s), ROUNDED)
    assert within(gradient[1], (1 - z**2) / s, (1 + z**2) / s, ROUNDED)


@given(label=numbers, mean=numbers, variance=spreads, full=st.booleans())
@example(label=0.0, mean=1e200, variance=1e300, full=False)
@example(label=0.0, mean=1e-162, variance=5e-324, full=False)
@example(label=0.0, mean=1e-12, variance=1.0, full=False)
@example(label=3.0, mean=3.0, variance=1e-300, full=True)
def test_gaussian_nll(label, mean, variance, full):
    spec = f"gaussian_nll:full={str(full).lower()}"
    r, v = mp.mpf(mean) - mp.mpf(label), mp.mpf(variance)
    terms = [mp.log(v) / 2, r**2 / v / 2, mp.log(2 * mp.pi) / 2 if full else mp.mpf(0)]
    value = losses(spec, label, mean, variance)[0]
    assert within(value, mp.fsum(terms), mp.fsum(map(abs, terms)), ELEMENTARY)
    gradient = compute("gradient", spec, label, mean, variance)[0]
    assert within(gradient[0], r / v, abs(r / v), ROUNDED)
    assert within(gradient[1], (1 - r**2 / v) / (2 * v), (1 + r**2 / v) / (2 * v), ROUNDED)


def exact_crps(y: mp.mpf, mean: mp.mpf, std: mp.mpf) -> mp.mpf:
    z = (y - mean) / std
    density = mp.exp(-(z**2) / 2) / mp.sqrt(2 * mp.pi) if abs(z) < 1e9 else 0
    return std * (z * mp.erf(z / mp.sqrt(2)) + 2 * density - 1 / mp.sqrt(mp.pi))


@given(label=numbers, mean=numbers, std=spreads)
@example(label=0.0, mean=0.0, std=1.0)
@example(label=0.0, mean=1e-12, std=1.0)
@example(label=0.0, mean=8.0, std=1.0)
@example(label=0.0, mean=1e300, std=1e-300)
@example(label=0.0, mean=1.0, std=1e300)
@example(label=0.0, mean=0.4687500001 * math.sqrt(2), std=1.0)
def test_gaussian_crps(label, mean, std):
    exact = exact_crps(mp.mpf(label), mp.mpf(mean), mp.mpf(std))
    assert within(losses("gaussian_crps", label, mean, std)[0], exact, exact, ELEMENTARY)
    z = (mp.mpf(mean) - mp.mpf(label)) / mp.mpf(std)
    gradient = compute("gradient", "gaussian_crps", label, mean, std)[0]
    by_mean = mp.erf(z / mp.sqrt(2))
    assert within(gradient[0], by_mean, abs(by_mean), ELEMENTARY)
    density = mp.sqrt(2 / mp.pi) * mp.exp(-(z**2) / 2) if abs(z) < 1e9 else mp.mpf(0)
    assert within(gradient[1], density - 1 / mp.sqrt(mp.pi), mp.mpf(1), ELEMENTARY)


@given(label=numbers, mean=numbers, variance=spreads)
@example(label=0.0, mean=0.0, variance=4.0)
@example(label=0.0, mean=1e300, variance=1e-300)
@example(label=0.0, mean=1.0, variance=1e300)
def test_gaussian_crps_of_a_variance(label, mean, variance):
    std = mp.sqrt(mp.mpf(variance))
    exact = exact_crps(mp.mpf(label), mp.mpf(mean), std)
    z = (mp.mpf(mean) - mp.mpf(label)) / std
    # Where z is large and its density is not nothing, the rounding of √v shows in it, times z².
    slack = ELEMENTARY * (1 + min(z**2, 1500))
    assert within(losses("gaussian_crps:spread=variance", label, mean, variance)[0], exact, exact, slack)
    gradient = compute("gradient", "gaussian_crps:spread=variance", label, mean, variance)[0]
    by_mean = mp.erf(z / mp.sqrt(2))
    assert within(gradient[0], by_mean, abs(by_mean), ELEMENTARY)
    density = mp.sqrt(2 / mp.pi) * mp.exp(-(z**2) / 2) if abs(z) < 1e9 else mp.mpf(0)
    assert within(gradient[1], (density - 1 / mp.sqrt(mp.pi)) / (2 * std), 1 / (2 * std), slack)


def test_gaussian_crps_is_the_integral_of_squared_distances_of_distribution_functions():
    # Matheson and Winkler's definition, by a sum over a fine grid.
    grid = np.linspace(-40.0, 40.0, 800_001)
    for label, mean, std in ((0.0, 0.0, 1.0), (2.5, 1.0, 0.5), (-3.0, 4.0, 2.0)):
        below = 0.5 + 0.5 * numeric.erf((grid - mean) / std / math.sqrt(2.0))
        integral = math.fsum(np.square(below - (grid >= label))) * (grid[1] - grid[0])
        assert losses("gaussian_crps", label, mean, std)[0] == pytest.approx(integral, abs=1e-4)


def test_gaussian_crps_becomes_the_absolute_error_of_a_point():
    assert losses("gaussian_crps", LABEL, MEAN, 1e-14) == pytest.approx(np.abs(LABEL - MEAN), abs=1e-13)
    assert losses("gaussian_crps", LABEL, MEAN, 5e-324).tolist() == np.abs(LABEL - MEAN).tolist()


def test_gaussian_crps_is_what_two_draws_say():
    # E|X − y| − E|X − X'|/2: Gneiting and Raftery 2007, equation 21, by quantiles in place of draws.
    from scipy import stats

    draws = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    apart = np.abs(draws[:, None] - draws[None, :]).mean()
    expected = np.abs(draws - 0.7).mean() - apart / 2
    assert losses("gaussian_crps", 0.7, 0.0, 1.0)[0] == pytest.approx(expected, abs=1e-3)


def test_the_likelihood_is_scipys():
    from scipy import stats

    theirs = stats.norm.logpdf(LABEL, MEAN, np.sqrt(SPREAD))
    assert losses("gaussian_nll:full=true", LABEL, MEAN, SPREAD) == pytest.approx(-theirs, rel=1e-11)
    theirs = stats.norm.logpdf(LABEL, MEAN, SPREAD)
    assert losses("gaussian_nll:full=true,spread=std", LABEL, MEAN, SPREAD) == pytest.approx(
        -theirs, rel=1e-11
    )
    assert losses("gaussian_nll", LABEL, MEAN, 1.0) == pytest.approx((LABEL - MEAN) ** 2 / 2, rel=LIBRARY)


def test_pytorch_agrees_on_the_likelihood_but_for_small_variances():
    torch = pytest.importorskip("torch")
    loss = torch.nn.functional.gaussian_nll_loss
    mean, label, variance = (torch.tensor(part) for part in (MEAN, LABEL, SPREAD))
    for full in (False, True):
        theirs = loss(mean, label, variance, full=full, reduction="none").numpy()
        ours = losses(f"gaussian_nll:full={str(full).lower()}", LABEL, MEAN, SPREAD)
        assert ours == pytest.approx(theirs, rel=LIBRARY, abs=1e-14)
        of_std = losses(f"gaussian_nll:spread=std,full={str(full).lower()}", LABEL, MEAN, np.sqrt(SPREAD))
        assert of_std == pytest.approx(theirs, rel=LIBRARY, abs=1e-14)
    one = torch.ones(1, dtype=torch.float64)
    clamped = loss(one, one, 1e-9 * one, reduction="none").item()
    assert clamped == pytest.approx(losses("gaussian_nll", 1.0, 1.0, 1e-6)[0], rel=LIBRARY)
    assert losses("gaussian_nll", 1.0, 1.0, 1e-9)[0] == pytest.approx(0.5 * math.log(1e-9), rel=1e-15)


def expressions(torch) -> dict:
    """Return, by spec, both columns, and the loss as an expression of tensors: label and columns."""

    def crps(y, mean, std):
        z = (y - mean) / std
        normal = torch.distributions.Normal(torch.zeros_like(z), 1.0)
        return std * (z * (2 * normal.cdf(z) - 1) + 2 * torch.exp(normal.log_prob(z)) - math.pi**-0.5)

    def interval(y, low, high):
        return (high - low) + 10 * torch.relu(low - y) + 10 * torch.relu(y - high)

    return {
        "gaussian_nll": (MEAN, SPREAD, lambda y, m, v: (torch.log(v) + (y - m) ** 2 / v) / 2),
        "gaussian_nll:spread=std": (MEAN, SPREAD, lambda y, m, s: torch.log(s) + ((y - m) / s) ** 2 / 2),
        "gaussian_crps": (MEAN, SPREAD, crps),
        "gaussian_crps:spread=variance": (MEAN, SPREAD, lambda y, m, v: crps(y, m, torch.sqrt(v))),
        "interval_score:alpha=0.2": (ENDS[:, 0], ENDS[:, 1], interval),
    }


@pytest.mark.parametrize(
    "spec",
    [
        *("gaussian_nll", "gaussian_nll:spread=std", "gaussian_crps", "gaussian_crps:spread=variance"),
        "interval_score:alpha=0.2",
    ],
)
def test_gradients_are_those_of_autograd(spec):
    torch = pytest.importorskip("torch")
    first, second, expression = expressions(torch)[spec]
    columns = [torch.tensor(first, requires_grad=True), torch.tensor(second, requires_grad=True)]
    each = expression(torch.tensor(LABEL), *columns)
    slopes = torch.autograd.grad(each.sum(), columns)
    assert losses(spec, LABEL, first, second) == pytest.approx(each.detach().numpy(), rel=1e-10, abs=1e-13)
    gradient = compute("gradient", spec, LABEL, first, second)
    for place, slope in enumerate(slopes):
        assert gradient[:, place] == pytest.approx(slope.detach().numpy(), rel=1e-10, abs=1e-13)


@given(label=numbers, ends=st.tuples(numbers, numbers).map(sorted), alpha=st.floats(1e-6, 0.999))
@example(label=1.0, ends=[1.0, 1.0], alpha=0.1)
@example(label=1e-12, ends=[2e-12, 3e-12], alpha=0.05)
def test_interval_score(label, ends, alpha):
    low, high, y = mp.mpf(ends[0]), mp.mpf(ends[1]), mp.mpf(label)
    missed = max(low - y, mp.mpf(0)) + max(y - high, mp.mpf(0))
    exact = (high - low) + 2 / mp.mpf(alpha) * missed
    spec = f"interval_score:alpha={alpha!r}"
    assert within(losses(spec, label, *ends)[0], exact, exact, ROUNDED)
    fine = 2 / mp.mpf(alpha)
    slopes = (-1 + (fine if y < low else 0), 1 - (fine if y > high else 0))
    for found, slope in zip(compute("gradient", spec, label, *ends)[0], slopes, strict=True):
        assert within(found, slope, fine, ROUNDED)


def test_interval_score_at_its_kinks_takes_the_label_for_inside():
    slopes = compute("gradient", "interval_score", [4.0, 7.0, 5.0], 4.0, 7.0)
    assert slopes.tolist() == [[-1.0, 1.0]] * 3
    assert compute("gradient", "interval_score", [3.0, 8.0], 4.0, 7.0).tolist() == [
        [19.0, 1.0],
        [-1.0, -19.0],
    ]


def test_interval_score_is_the_sum_of_the_losses_of_two_quantiles():
    for alpha in (0.1, 0.5):
        quantiles = [
            parse_spec(f"quantile:q={q!r}", registry.find).value(LABEL, ENDS[:, column])
            for column, q in enumerate((alpha / 2, 1 - alpha / 2))
        ]
        ours = losses(f"interval_score:alpha={alpha!r}", LABEL, ENDS[:, 0], ENDS[:, 1])
        assert ours == pytest.approx(2 / alpha * (quantiles[0] + quantiles[1]), rel=1e-11, abs=1e-13)


def test_interval_score_is_least_at_the_quantiles():
    random = np.random.default_rng(2005)
    grid = np.sort(random.normal(size=4001))
    best = np.quantile(grid, [0.05, 0.95])
    score = losses("interval_score", grid, *best).mean()
    for shift in ((-0.2, 0.0), (0.2, 0.0), (0.0, -0.2), (0.0, 0.2), (-0.2, 0.2)):
        assert losses("interval_score", grid, *(best + shift)).mean() > score


def test_the_error_before_any_loss():
    for name in ("gaussian_nll", "gaussian_crps"):
        assert compute("error", name, [1.0, 5.0], [3.0, 2.0], 9.0).tolist() == [2.0, -3.0]
    assert compute("error", "interval_score", [3.0, 5.0, 9.0], 4.0, 7.0).tolist() == [1.0, 0.0, -2.0]


def test_the_error_function():
    random = np.random.default_rng(2005)
    points = np.concatenate(
        [
            random.normal(0, 2, 4000),
            10.0 ** random.uniform(-320, 2, 500),
            [0.46875, 6.0, 5.999, 0.0, np.inf, -np.inf],
        ]
    )
    expected = np.array([math.erf(point) for point in points])
    assert (np.abs(numeric.erf(points) - expected) <= 4 * np.spacing(np.abs(expected))).all()
    assert np.signbit(numeric.erf(np.array([-0.0]))[0])
