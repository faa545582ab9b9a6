"""Poisson, gamma and Tweedie losses: every digit near the label, at every order of magnitude away from it."""

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
from losscli.loss.formulas import deviance
from losscli.loss.spec import parse_spec

TIGHT = 1e-13
"""Some 30 roundings near the label; of numbers 300 orders of magnitude apart, those of their logs."""
FULL = 2e-15
SMALLEST = 2.0**-1022
LARGEST = float(np.finfo(np.float64).max)
LIBRARY = 1e-12

RANDOM = np.random.default_rng(1984)
ROWS = 400
COUNT = RANDOM.poisson(3, ROWS).astype(np.float64)
AMOUNT = RANDOM.gamma(2.0, 2.0, ROWS)
MEAN = RANDOM.gamma(3.0, 1.0, ROWS)

POWERS = (
    -40.0,
    -2.5,
    -1e-3,
    1.0 + 2.0**-52,
    1.0 + 1e-7,
    1.3,
    1.5,
    1.9,
    2.0 - 1e-7,
    2.0 + 2.0**-51,
    3.0,
    30.0,
)

positive = st.floats(-690.0, 690.0).map(math.exp)
factors = st.one_of(
    st.tuples(st.sampled_from((-1.0, 1.0)), st.floats(-15.5, -0.05)).map(
        lambda part: 1 + part[0] * 10 ** part[1]
    ),
    st.floats(-30.0, 30.0).map(math.exp),
    st.sampled_from((1 + 1 / 16, 1 - 1 / 16, 1 + 1 / 32, 1.5, 0.5, 1 + 2.0**-52)),
)


def compute(what: str, spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    label, prediction = (np.atleast_1d(np.asarray(part, dtype=np.float64)) for part in (label, prediction))
    with np.errstate(all="ignore"):
        return getattr(bound, what)(label, prediction)


def losses(spec: str, label, prediction) -> np.ndarray:
    return compute("value", spec, label, prediction)


def close(found: float, exact: mp.mpf, tolerance: float) -> bool:
    if abs(exact) > LARGEST:
        return abs(exact) < LARGEST * (1 + mp.mpf(tolerance)) or found == np.inf * mp.sign(exact)
    return abs(mp.mpf(float(found)) - exact) <= tolerance * abs(exact) + 4 * SMALLEST


def exact_poisson(y: mp.mpf, mean: mp.mpf) -> mp.mpf:
    return 2 * ((y * mp.log(y / mean) if y else 0) - y + mean)


def exact_gamma(y: mp.mpf, mean: mp.mpf) -> mp.mpf:
    return 2 * (mp.log(mean / y) + y / mean - 1)


def exact_tweedie(power: float, y: mp.mpf, mean: mp.mpf) -> mp.mpf:
    p = mp.mpf(power)
    if y == mean:
        return mp.mpf(0)
    of_label = max(y, mp.mpf(0)) ** (2 - p) / ((1 - p) * (2 - p)) if y > 0 else mp.mpf(0)
    return 2 * (of_label - y * mean ** (1 - p) / (1 - p) + mean ** (2 - p) / (2 - p))


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(120):
        yield


@given(label=positive, factor=factors)
@example(label=3.0, factor=1.0)
@example(label=1e300, factor=1e-30)
@example(label=1e-300, factor=1e30)
@example(label=3.0, factor=1 + 1e-12)
def test_poisson_and_gamma_deviance(label, factor):
    mean = min(label * factor, LARGEST)
    y, mu = mp.mpf(label), mp.mpf(mean)
    assert close(losses("poisson_deviance", label, mean)[0], exact_poisson(y, mu), TIGHT)
    assert close(compute("gradient", "poisson_deviance", label, mean)[0], 2 * (mu - y) / mu, TIGHT)
    assert close(losses("gamma_deviance", label, mean)[0], exact_gamma(y, mu), TIGHT)
    assert close(compute("gradient", "gamma_deviance", label, mean)[0], 2 * (mu - y) / mu**2, TIGHT)


EXTREMES = [
    (0.0, 5e-324), (0.0, 1e300), (5e-324, 1e300), (1e300, 5e-324), (5e-324, 5e-324), (1e-300, 1e10),
    (1e308, 1.7e308), (1.7e308, 1e-308), (2.5e-308, 2.4e-308), (1e300, 1e300 * (1 + 2.0**-52)),
]  # fmt: skip


@pytest.mark.parametrize(("label", "mean"), EXTREMES)
def test_deviances_of_numbers_at_the_ends_of_float64(label, mean):
    with mp.workdps(800):
        y, mu = mp.mpf(label), mp.mpf(mean)
        assert close(losses("poisson_deviance", label, mean)[0], exact_poisson(y, mu), TIGHT)
        assert close(losses("tweedie_deviance:power=1", label, mean)[0], exact_poisson(y, mu), TIGHT)
        for power in (1.2, 1.7):
            found = losses(f"tweedie_deviance:power={power!r}", label, mean)[0]
            assert close(found, exact_tweedie(power, y, mu), TIGHT)
        if label:
            assert close(losses("gamma_deviance", label, mean)[0], exact_gamma(y, mu), TIGHT)


@pytest.mark.parametrize("power", POWERS)
@settings(max_examples=examples(50))
@given(label=st.floats(-15.0, 15.0).map(math.exp), factor=factors)
@example(label=1.0, factor=1 + 1 / 33)
@example(label=1.0, factor=1 + 1 / 31)
@example(label=2.0, factor=1.0)
@example(label=1e-7, factor=1e30)
@example(label=1e7, factor=1e-30)
def test_tweedie_deviance_of_every_kind_of_power(power, label, factor):
    mean = min(label * factor, LARGEST)
    y, mu, p = mp.mpf(label), mp.mpf(mean), mp.mpf(power)
    spec = f"tweedie_deviance:power={power!r}"
    # Of large powers the last bit of a number weighs as many times as much.
    tolerance = TIGHT * (1 + abs(power) / 10)
    assert close(losses(spec, label, mean)[0], exact_tweedie(power, y, mu), tolerance)
    assert close(compute("gradient", spec, label, mean)[0], 2 * (mu - y) * mu**-p, tolerance)


@pytest.mark.parametrize("power", [-3.0, -0.5, 1.2, 1.5, 1.99])
@pytest.mark.parametrize("mean", [1e-300, 1e-9, 0.3, 1.0, 7.0, 1e9, 1e100])
def test_tweedie_deviance_of_labels_that_are_not_positive(power, mean):
    for label in (0.0, -1e-9, -2.0, -1e9) if power < 0 else (0.0,):
        exact = exact_tweedie(power, mp.mpf(label), mp.mpf(mean))
        assert close(losses(f"tweedie_deviance:power={power!r}", label, mean)[0], exact, TIGHT)


def test_tweedie_deviance_is_exact_at_0_1_and_2():
    random = np.random.default_rng(1984)
    scores = random.normal(0, 3, (2, ROWS))
    for what in ("value", "gradient"):
        same = [
            compute(what, "tweedie_deviance:power=0", *scores).tolist()
            == compute(what, "mse", *scores).tolist(),
            compute(what, "tweedie_deviance:power=1", COUNT, MEAN)
            == pytest.approx(compute(what, "poisson_deviance", COUNT, MEAN), rel=1e-15),
            compute(what, "tweedie_deviance:power=2", AMOUNT, MEAN)
            == pytest.approx(compute(what, "gamma_deviance", AMOUNT, MEAN), rel=1e-14),
        ]
        assert all(same), what
    assert losses("tweedie_deviance:power=1", COUNT, MEAN).tolist() == (
        losses("poisson_deviance", COUNT, MEAN).tolist()
    )
    assert losses("tweedie_deviance:power=2", AMOUNT, MEAN).tolist() == (
        losses("gamma_deviance", AMOUNT, MEAN).tolist()
    )


def test_tweedie_deviance_is_continuous_in_its_power():
    for power, spec in ((1.0, "poisson_deviance"), (2.0, "gamma_deviance")):
        expected = losses(spec, AMOUNT, MEAN)
        for step in (-1e-9, 1e-9) if power == 2.0 else (1e-9,):
            found = losses(f"tweedie_deviance:power={power + step!r}", AMOUNT, MEAN)
            assert found == pytest.approx(expected, rel=1e-7)


def test_inverse_gaussian_deviance_is_the_power_3():
    expected = (AMOUNT - MEAN) ** 2 / (AMOUNT * MEAN**2)
    assert losses("tweedie_deviance:power=3", AMOUNT, MEAN) == pytest.approx(expected, rel=LIBRARY)


@pytest.mark.parametrize("power", [-1.5, 0.0, 1.0, 1.5, 2.0, 3.0])
def test_scikit_learn_agrees(power):
    ours = losses(f"tweedie_deviance:power={power!r}", AMOUNT, MEAN).mean()
    assert ours == pytest.approx(metrics.mean_tweedie_deviance(AMOUNT, MEAN, power=power), rel=LIBRARY)


def test_scikit_learn_agrees_on_its_named_deviances_and_half_losses():
    from sklearn._loss.loss import HalfGammaLoss, HalfPoissonLoss, HalfTweedieLoss

    poisson, gamma = losses("poisson_deviance", COUNT, MEAN), losses("gamma_deviance", AMOUNT, MEAN)
    assert poisson.mean() == pytest.approx(metrics.mean_poisson_deviance(COUNT, MEAN), rel=LIBRARY)
    assert gamma.mean() == pytest.approx(metrics.mean_gamma_deviance(AMOUNT, MEAN), rel=LIBRARY)
    raw = np.log(MEAN)
    assert losses("poisson_nll:log_input=true", COUNT, raw) == pytest.approx(
        HalfPoissonLoss().loss(y_true=COUNT, raw_prediction=raw), rel=LIBRARY, abs=1e-13
    )
    # Half losses leave out what depends on the label alone.
    for half, spec, label in (
        (HalfGammaLoss(), "gamma_deviance", AMOUNT),
        (HalfTweedieLoss(power=1.5), "tweedie_deviance", AMOUNT),
    ):
        theirs = half.loss(y_true=label, raw_prediction=raw)
        best = half.loss(y_true=label, raw_prediction=np.log(label))
        assert losses(spec, label, MEAN) / 2 == pytest.approx(theirs - best, rel=1e-9, abs=1e-12)


# scikit-learn's docstrings of mean_poisson_deviance, mean_gamma_deviance and mean_tweedie_deviance.
@pytest.mark.parametrize(
    ("spec", "label", "prediction", "expected"),
    [
        ("poisson_deviance", [2, 0, 1, 4], [0.5, 0.5, 2.0, 2.0], 1.4260),
        ("gamma_deviance", [2, 0.5, 1, 4], [0.5, 0.5, 2.0, 2.0], 1.0568),
        ("tweedie_deviance:power=1", [2, 0, 1, 4], [0.5, 0.5, 2.0, 2.0], 1.4260),
    ],
)
def test_values_of_the_scikit_learn_documentation(spec, label, prediction, expected):
    assert losses(spec, label, prediction).mean() == pytest.approx(expected, abs=1e-4)


def test_the_gamma_deviance_is_twice_the_itakura_saito_distance():
    expected = AMOUNT / MEAN - np.log(AMOUNT / MEAN) - 1
    assert losses("gamma_deviance", AMOUNT, MEAN) / 2 == pytest.approx(expected, rel=1e-11, abs=1e-15)


def expressions(torch) -> dict:
    """Return, by spec, the label, and the loss as an expression of a tensor of predictions."""
    count, amount = torch.tensor(COUNT), torch.tensor(AMOUNT)
    of_count = 2 * (torch.xlogy(count, count) - count)
    return {
        "poisson_deviance": (COUNT, lambda m: 2 * (m - count * torch.log(m)) + of_count),
        "gamma_deviance": (AMOUNT, lambda m: 2 * (torch.log(m / amount) + amount / m - 1)),
        "tweedie_deviance": (
            AMOUNT,
            lambda m: 2 * (amount**0.5 / -0.25 + amount * m**-0.5 / 0.5 + m**0.5 / 0.5),
        ),
        "tweedie_deviance:power=-2": (
            AMOUNT,
            lambda m: 2 * (amount**4 / 12 - amount * m**3 / 3 + m**4 / 4),
        ),
        "poisson_nll": (COUNT, lambda m: m - count * torch.log(m)),
        "poisson_nll:full=true": (COUNT, lambda m: m - count * torch.log(m) + torch.lgamma(count + 1)),
        "poisson_nll:log_input=true": (COUNT, lambda m: torch.exp(m) - count * m),
        "poisson_nll:full=true,log_input=true": (
            COUNT, lambda m: torch.exp(m) - count * m + torch.lgamma(count + 1),
        ),
    }  # fmt: skip


TORCH = (
    "poisson_deviance", "gamma_deviance", "tweedie_deviance", "tweedie_deviance:power=-2", "poisson_nll",
    "poisson_nll:full=true", "poisson_nll:log_input=true", "poisson_nll:full=true,log_input=true",
)  # fmt: skip


@pytest.mark.parametrize("spec", TORCH)
def test_gradients_are_those_of_autograd(spec):
    torch = pytest.importorskip("torch")
    label, expression = expressions(torch)[spec]
    tensor = torch.tensor(MEAN, requires_grad=True)
    each = expression(tensor)
    (slope,) = torch.autograd.grad(each.sum(), tensor)
    size = np.abs(each.detach().numpy()).max()
    assert losses(spec, label, MEAN) == pytest.approx(each.detach().numpy(), rel=1e-10, abs=1e-14 * size)
    expected, found = slope.numpy(), compute("gradient", spec, label, MEAN)
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-14 * np.abs(expected).max())


def test_pytorch_agrees_on_the_poisson_likelihood_but_for_its_stirling():
    torch = pytest.importorskip("torch")
    loss = torch.nn.functional.poisson_nll_loss
    count, mean = torch.tensor(COUNT), torch.tensor(MEAN)
    exact = loss(mean, count, log_input=False, eps=0.0, reduction="none").numpy()
    assert losses("poisson_nll", COUNT, MEAN) == pytest.approx(exact, rel=LIBRARY, abs=1e-13)
    shifted = loss(mean, count, log_input=False, reduction="none").numpy()
    assert losses("poisson_nll", COUNT, MEAN + 1e-8) - 1e-8 == pytest.approx(shifted, rel=LIBRARY, abs=1e-13)
    logs = loss(mean.log(), count, log_input=True, reduction="none").numpy()
    assert losses("poisson_nll:log_input=true", COUNT, np.log(MEAN)) == pytest.approx(
        logs, rel=LIBRARY, abs=1e-13
    )
    whole = torch.arange(40, dtype=torch.float64)
    theirs = loss(whole + 1, whole, log_input=False, full=True, eps=0.0, reduction="none").numpy()
    off = np.abs(theirs - losses("poisson_nll:full=true", whole.numpy(), whole.numpy() + 1))
    assert off[:2] == pytest.approx([0.0, 0.0], abs=1e-14)
    assert off.max() == off[2] == pytest.approx(0.0413, abs=1e-4)


@settings(max_examples=examples(60))
@given(label=st.one_of(st.integers(0, 10**6).map(float), st.floats(0.0, 30.0), positive), factor=factors)
@example(label=0.0, factor=0.0)
@example(label=1e15, factor=1.0)
@example(label=1e15, factor=1 + 1e-8)
@example(label=1.0, factor=1.0)
@example(label=10.0, factor=1.0)
@example(label=9.999999999999998, factor=1.0)
@example(label=0.5, factor=1.0)
@example(label=1.5, factor=1.0)
@example(label=1e-200, factor=2.0)
def test_the_full_poisson_likelihood_keeps_what_textbook_terms_cancel(label, factor):
    mean = min(label * factor, LARGEST)
    with mp.workdps(400):
        y, mu = mp.mpf(label), mp.mpf(mean)
        exact = mu - (y * mp.log(mu) if y else 0) + mp.loggamma(y + 1)
        if label < 1e20:  # beyond, 400 digits are not enough for log y!
            assert close(losses("poisson_nll:full=true", label, mean)[0], exact, TIGHT)


@pytest.mark.parametrize("label", [0.0, 1e-9, 0.25, 1.0, 7.0, 1000.0, 123456.0])
@pytest.mark.parametrize("step", [-1000.0, -40.0, -0.5, -1 / 17, -1e-3, 1e-9, 0.0, 0.04, 1 / 15, 3.0, 30.0])
def test_the_full_poisson_likelihood_of_a_log_mean(label, step):
    log_mean = float(np.log(label)) + step if label else step
    y, mu = mp.mpf(label), mp.exp(mp.mpf(log_mean))
    exact = mu - y * mp.mpf(log_mean) + mp.loggamma(y + 1)
    found = losses("poisson_nll:full=true,log_input=true", label, log_mean)[0]
    # e to the log-mean is rounded, and the slope says what that does to the loss.
    assert abs(mp.mpf(float(found)) - exact) <= TIGHT * abs(exact) + 2.0**-52 * abs(mu - y) + SMALLEST


def test_the_likelihood_of_log_means_overflows_only_where_it_must():
    spec = "poisson_nll:log_input=true"
    with mp.workdps(400):
        for label, log_mean in ((0.0, 709.0), (1e300, 709.5), (5.0, 700.5), (2.0, -1e300), (0.0, -1e300)):
            exact = mp.exp(mp.mpf(log_mean)) - mp.mpf(label) * mp.mpf(log_mean)
            assert close(losses(spec, label, log_mean)[0], exact, 1e-12)
    assert losses(spec, [0.0, 3.0], [710.0, 1e308]).tolist() == [math.inf, math.inf]
    # Here both e^z and y z overflow, and the second is the larger.
    assert losses(spec, 1.7e308, 710.0)[0] == -math.inf
    assert (
        losses("poisson_nll:full=true,log_input=true", [0.0, 3.0], [710.0, 1e308]).tolist() == [math.inf] * 2
    )
    # A mean 10^320 times its label: their quotient overflows, and the mean alone counts.
    assert losses("poisson_nll:full=true,log_input=true", 1e-320, 0.0)[0] == 1.0


def test_no_count_and_no_mean_costs_nothing():
    assert losses("poisson_nll", [0.0, 0.0], [0.0, 2.0]).tolist() == [0.0, 2.0]
    assert losses("poisson_nll:full=true", [0.0, 0.0], [0.0, 2.0]).tolist() == [0.0, 2.0]
    assert compute("gradient", "poisson_nll", [0.0, 0.0], [0.0, 2.0]).tolist() == [1.0, 1.0]
    outside = compute("outside", "poisson_nll", [0.0, 1.0, 1.0], [0.0, 0.0, 2.0])
    assert outside.tolist() == [False, True, False]
    assert compute("outside", "poisson_nll:log_input=true", [1.0], [0.0]) is None


def test_identities_of_the_poisson_losses():
    nll = losses("poisson_nll", COUNT, MEAN)
    best = losses("poisson_nll", COUNT, COUNT)
    assert 2 * (nll - best) == pytest.approx(losses("poisson_deviance", COUNT, MEAN), rel=1e-9, abs=1e-13)
    assert losses("poisson_nll:log_input=true", COUNT, np.log(MEAN)) == pytest.approx(
        nll, rel=1e-11, abs=1e-13
    )
    probability = np.exp(-losses("poisson_nll:full=true", np.arange(200.0), np.full(200, 42.5)))
    assert math.fsum(probability) == pytest.approx(1.0, rel=1e-14)
    assert compute("error", "poisson_nll:log_input=true", [3.0], [0.0]).tolist() == [-2.0]
    assert compute("error", "poisson_nll", [3.0], [4.0]).tolist() == [1.0]


@settings(max_examples=examples(40))
@given(y=st.floats(0.0, 10.0))
@example(y=0.5)
@example(y=1.5)
@example(y=1e-300)
@example(y=1 + 2.0**-52)
@example(y=1 - 2.0**-53)
@example(y=9.5)
def test_log_factorial_keeps_its_digits_near_its_zeros(y):
    with mp.workdps(350):
        assert close(deviance.log_factorial(np.array([y]))[0], mp.loggamma(mp.mpf(y) + 1), FULL)


def test_log_factorials_of_counts_are_correctly_rounded_but_for_the_logarithm():
    found = deviance.log_factorial(np.arange(11.0))
    assert found.tolist() == [math.log(math.factorial(n)) for n in range(11)]


def test_a_logarithm_of_a_quotient_that_overflows():
    above, below = np.array([1e300, 5e-324, 0.0, 6.0]), np.array([1e-300, 1e300, 1.0, 3.0])
    with np.errstate(all="ignore"):
        found = deviance.log_ratio(above, below)
    expected = [600 * math.log(10), math.log(5e-324) - 300 * math.log(10), -math.inf, math.log(2)]
    assert found == pytest.approx(expected, rel=1e-15)


def test_slices_do_not_show():
    label, mean = np.tile(AMOUNT, 200), np.tile(MEAN, 200)
    for spec in ("poisson_deviance", "gamma_deviance", "tweedie_deviance", "poisson_nll:full=true"):
        assert losses(spec, label, mean).tolist() == np.tile(losses(spec, AMOUNT, MEAN), 200).tolist()


def test_domains_follow_the_power():
    kinds = {
        "-1": ("a finite number", "a number > 0"),
        "0": ("a finite number", "a finite number"),
        "1": ("a number ≥ 0", "a number > 0"),
        "1.5": ("a number ≥ 0", "a number > 0"),
        "2": ("a number > 0", "a number > 0"),
        "3": ("a number > 0", "a number > 0"),
    }
    for power, expected in kinds.items():
        bound = parse_spec(f"tweedie_deviance:power={power}", registry.find)
        assert (bound.label_domain.description, bound.prediction_domain.description) == expected
    domain = registry.find("tweedie_deviance").parameters["power"].domain
    inside = [
        value in domain for value in (-2.0, 0.0, 1e-300, 0.5, 1.0 - 2.0**-53, 1.0, 7.0, math.inf, math.nan)
    ]
    assert inside == [True, True, False, False, False, True, True, False, False]
    assert domain.outside(np.array([-2.0, 0.5, 1.0, math.nan])).tolist() == [False, True, False, True]
    assert all(value in domain for value in domain.sample(np.random.default_rng(1), 50).tolist())
