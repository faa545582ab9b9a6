"""The special functions: held against mpmath and SciPy on a grid, published values, and their own laws."""

import ast
import decimal
import math
from functools import cache
from pathlib import Path

import mpmath
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special as scipy_special
from scipy import stats

from losscli.compute.statistics import special

fixed = settings(max_examples=examples(150), deadline=None)
NEAR = 1e-12
SHAPES = (0.5, 1.0, 1.5, 14.5, 220.5, 1e4, 1e6, 1e8)
SHARES = (1e-300, 1e-20, 0.001, 0.025, 0.05, 0.3, 0.49, 0.5)
DFS = (0.3, 1.0, 1.5, 2.0, 29.0, 441.0, 1e6, 1e12)
DEVIATIONS = (-30.0, -8.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 8.0, 30.0)
SMALL = 1e-305  # below, a float has no twelve digits


def series(a, b, x, y, digits=30):
    """Return I_x(a, b) by the series of positive terms."""
    a, b = mpmath.mpf(a), mpmath.mpf(b)
    beta = mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)
    term = total = 1 / a
    n = 0
    while term > total * mpmath.mpf(10) ** -digits:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return mpmath.exp(a * mpmath.log(x) + b * mpmath.log(y) - beta) * total


@cache
def beta_tails(a, b, x):
    """Return both tails at x; the one that is computed does not converge slowly."""
    below = x * (a + b) <= a
    with mpmath.workdps(40 if below == (x <= 0.1 or (below and x < 0.9)) else 260):
        exact = mpmath.mpf(x)
        if x <= 0.1 or (below and x < 0.9):
            lower = series(a, b, exact, 1 - exact, digits=30 if below else 250)
            return lower, 1 - lower
        upper = series(b, a, 1 - exact, exact, digits=250 if below else 30)
        return 1 - upper, upper


def is_near(found, expected, rel=NEAR):
    if abs(expected) < SMALL:
        return abs(found) <= SMALL
    return abs(mpmath.mpf(found) - expected) <= rel * abs(expected)


def points(a, b):
    """Return places from far in one tail to far in the other; a few where the reference takes long."""
    middle, both = a / (a + b), a + b
    width = math.sqrt(middle * (1.0 - middle) / (both + 1.0))
    ends = [1e-300, 1e-16, 0.3, 0.9, 1.0 - 1e-16] if both < 1e3 else []
    some = DEVIATIONS if min(a, b) < 1e6 else (-3.0,)
    return ends + [middle + k * width for k in some if 0.0 < middle + k * width < 1.0]


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_beta_is_that_of_mpmath(a, b):
    for x in points(a, b):
        lower, upper = beta_tails(a, b, x)
        assert is_near(special.beta_cdf(x, a, b), lower), x
        assert is_near(special.beta_sf(x, a, b), upper), x


@pytest.mark.parametrize("a", [*SHAPES, 1e10])
def test_the_middle_of_beta_is_a_half(a):
    assert special.beta_cdf(0.5, a, a) == pytest.approx(0.5, rel=NEAR)
    assert special.beta_quantile(0.5, a, a) == pytest.approx(0.5, rel=NEAR)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2.0, 3.0), (30.0, 7.5), (220.5, 0.5), (0.5, 220.5)])
@pytest.mark.parametrize("x", [1e-10, 0.01, 0.4, 0.8, 0.999])
def test_beta_is_that_of_an_integral(a, b, x):
    with mpmath.workdps(40):
        expected = mpmath.betainc(a, b, 0, mpmath.mpf(x), regularized=True)
        assert is_near(special.beta_cdf(x, a, b), expected)


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_beta_quantiles_are_where_that_of_mpmath_says(a, b):
    for p in SHARES if min(a, b) < 1e6 else (1e-20, 0.025):
        x = special.beta_quantile(p, a, b)
        if x < SMALL or x > 1.0 - 1e-3:  # its distance from 1 is what has digits there
            continue
        # x is right to 1e-12 where I_x jumps over p within as much.
        below, above = (special.beta_cdf(x * (1.0 + d), a, b) for d in (-NEAR, NEAR))
        assert below <= p <= above
        assert special.beta_upper_quantile(p, b, a) == pytest.approx(1.0 - x, rel=NEAR)


def test_beta_quantiles_keep_what_is_small():
    assert special.beta_upper_quantile(1e-300, 3.0, 1.0) == 1.0
    assert special.beta_quantile(1e-300, 1.0, 3.0) == pytest.approx(1e-300 / 3.0, rel=NEAR)
    assert special.beta_quantile(1.0 - 2.0**-53, 1.0, 1.0) == 1.0 - 2.0**-53
    assert special.beta_quantile(1e-300, 0.5, 0.5) == 0.0  # 2.5e-600


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_beta_quantiles_are_those_of_scipy(a, b):
    for p in (0.001, 0.025, 0.3, 0.5, 0.7, 0.999):
        # SciPy's own are to 1e-11 or so.
        assert special.beta_quantile(p, a, b) == pytest.approx(scipy_special.betaincinv(a, b, p), rel=1e-9)
        assert special.beta_upper_quantile(p, a, b) == pytest.approx(
            scipy_special.betainccinv(a, b, p), rel=1e-9
        )


@cache
def t_tail(t, df):
    """Return P(T > t), t > 0."""
    with mpmath.workdps(360):
        square, freedom = mpmath.mpf(t) ** 2, mpmath.mpf(df)
        x, y = freedom / (freedom + square), square / (freedom + square)
        if x <= 0.5:
            return series(freedom / 2, 0.5, x, y) / 2
        return (1 - series(0.5, freedom / 2, y, x, digits=340)) / 2


@pytest.mark.parametrize("df", DFS)
@pytest.mark.parametrize("t", [1e-300, 1e-8, 0.3, 1.0, 1.4, 1.96, 3.0, 8.0, 20.0, 37.0, 1e10, 1e150])
def test_t_is_that_of_mpmath(t, df):
    expected = t_tail(t, df)
    assert is_near(special.t_sf(t, df), expected)
    assert special.t_cdf(-t, df) == special.t_sf(t, df)
    assert special.t_cdf(t, df) == 1.0 - special.t_sf(t, df) == special.t_sf(-t, df)


@pytest.mark.parametrize("df", DFS)
@pytest.mark.parametrize("q", SHARES[:-1])
def test_t_quantiles_are_where_the_tail_says(df, q):
    t = special.t_upper_quantile(q, df)
    if math.isinf(t):
        assert df == 0.3
        assert q < 1e-90  # t is beyond floats
        return
    assert special.t_sf(t * (1.0 - NEAR), df) >= q >= special.t_sf(t * (1.0 + NEAR), df)
    assert special.t_quantile(q, df) == -t
    if 0.0 < stats.t.isf(q, df) < math.inf and 1e-20 <= q < 0.49 and df > 0.3:  # where SciPy is good
        assert t == pytest.approx(stats.t.isf(q, df), rel=1e-10)


def test_t_of_so_many_that_it_is_normal():
    for z in (0.1, 1.0, 5.0, 30.0):
        assert special.t_sf(z, 1e20) == pytest.approx(special.normal_sf(z), rel=NEAR)
        assert special.t_sf(z, math.inf) == special.t_sf(z, 1e300) == special.normal_sf(z)
    assert special.t_upper_quantile(0.025, math.inf) == special.normal_upper_quantile(0.025)


@pytest.mark.parametrize(
    ("df", "ninety", "ninety_five", "ninety_nine"),
    [
        (1, 6.314, 12.706, 63.657),
        (2, 2.920, 4.303, 9.925),
        (5, 2.015, 2.571, 4.032),
        (30, 1.697, 2.042, 2.750),
    ],
)
def test_t_quantiles_of_the_tables(df, ninety, ninety_five, ninety_nine):
    found = [round(special.t_upper_quantile(q, df), 3) for q in (0.05, 0.025, 0.005)]
    assert found == [ninety, ninety_five, ninety_nine]


@pytest.mark.parametrize("t", [1e-5, 0.3, 1.0, 12.0, 1e6, 1e200])
def test_t_in_closed_form(t):
    with mpmath.workdps(420):
        exact = mpmath.mpf(t)
        assert is_near(special.t_sf(t, 1), mpmath.atan(1 / exact) / mpmath.pi)
        assert is_near(special.t_sf(t, 2), (1 - exact / mpmath.sqrt(2 + exact**2)) / 2)


@pytest.mark.parametrize("z", [1e-300, 1e-10, 0.1, 0.7, 1.5, 2.2499, 2.25, 2.3, 3.0, 5.0, 10.0, 25.0, 37.0])
def test_normal_is_that_of_mpmath(z):
    with mpmath.workdps(60):
        expected = mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2
    assert is_near(special.normal_sf(z), expected)
    assert special.normal_cdf(-z) == special.normal_sf(z)
    assert special.normal_cdf(z) == 1.0 - special.normal_sf(z)


@pytest.mark.parametrize(
    "q", [1e-300, 1e-100, 1e-20, 1e-3, 0.025, 0.2, 0.39999, 0.40001, 0.4999999, 0.5 - 2**-54]
)
def test_normal_quantiles_are_those_of_mpmath(q):
    with mpmath.workdps(360):
        expected = mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * mpmath.mpf(q))
    assert is_near(special.normal_upper_quantile(q), expected)
    assert special.normal_quantile(q) == -special.normal_upper_quantile(q)
    assert special.normal_quantile(q) == pytest.approx(stats.norm.ppf(q), rel=1e-9)


@pytest.mark.parametrize("n", [1, 10, 220, 3000])
@pytest.mark.parametrize("share", [1e-10, 0.01, 0.5, 0.95])
def test_binomial_is_the_sum_of_its_terms(n, share):
    with mpmath.workdps(40):
        p = mpmath.mpf(share)
        terms = [mpmath.binomial(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
        middle = math.floor(n * share)
        for k in sorted({0, 1, n // 3, middle, min(middle + 5, n), n - 1, n}):
            assert is_near(special.binomial_pmf(k, n, share), terms[k])
            assert is_near(special.binomial_cdf(k, n, share), mpmath.fsum(terms[: k + 1]))
            assert is_near(special.binomial_sf(k, n, share), mpmath.fsum(terms[k + 1 :]))


@pytest.mark.parametrize("n", [1, 2, 58, 59, 1000, 10**6, 10**9])
@pytest.mark.parametrize("share", [1e-6, 0.05, 0.5, 0.95, 0.99])
@pytest.mark.parametrize("p", [1e-12, 0.005, 0.025, 0.05, 0.5, 0.9])
def test_binomial_quantiles_are_the_least(n, share, p):
    k = special.binomial_quantile(p, n, share)
    assert special.binomial_cdf(k, n, share) >= p
    assert k == 0 or special.binomial_cdf(k - 1, n, share) < p
    k = special.binomial_upper_quantile(p, n, share)
    assert special.binomial_sf(k, n, share) <= p
    assert k == 0 or special.binomial_sf(k - 1, n, share) > p


def test_binomial_at_its_edges():
    assert [special.binomial_cdf(k, 0, 0.3) for k in (-1, 0, 1)] == [0.0, 1.0, 1.0]
    assert [special.binomial_pmf(k, 3, 0.0) for k in (-1, 0, 1, 4)] == [0.0, 1.0, 0.0, 0.0]
    assert [special.binomial_pmf(k, 3, 1.0) for k in (2, 3)] == [0.0, 1.0]
    assert special.binomial_cdf(2, 3, 1.0) == special.binomial_sf(0, 3, 0.0) == 0.0
    assert special.binomial_quantile(0.0, 10, 0.5) == 0
    assert special.binomial_quantile(1.0, 10, 0.5) == special.binomial_upper_quantile(0.0, 10, 0.5) == 10


@pytest.mark.parametrize("x", [1e-300, 0.1, 1.0, 2.0, math.e, 1e10, 1.7e308])
def test_log_and_exp_are_rounded_once(x):
    with mpmath.workdps(60):
        assert special.log(x) == float(mpmath.log(mpmath.mpf(x)))
        assert special.exp(-x) == float(mpmath.exp(-mpmath.mpf(x)))
        assert special.cube_root(x) == pytest.approx(float(mpmath.cbrt(mpmath.mpf(x))), rel=3e-16)
        assert special.cube_root(-x) == -special.cube_root(x)


SHAPE = st.floats(0.5, 1e5)
SHARE = st.floats(1e-300, 1.0, exclude_max=True)


@fixed
@given(SHARE, SHAPE, SHAPE)
def test_tails_of_beta_mirror_each_other(x, a, b):
    assert special.beta_cdf(x, a, b) + special.beta_sf(x, a, b) == pytest.approx(1.0, abs=1e-13)
    if x <= 0.5 and 1.0 - (1.0 - x) == x:
        assert special.beta_cdf(x, a, b) == special.beta_sf(1.0 - x, b, a)


@fixed
@given(SHARE, SHARE, SHAPE, SHAPE)
def test_beta_is_monotone(one, other, a, b):
    low, high = sorted((one, other))
    below, above = special.beta_cdf(low, a, b), special.beta_cdf(high, a, b)
    assert below <= above * (1.0 + 1e-13)


@fixed
@given(SHARE, SHAPE, SHAPE)
def test_beta_quantiles_undo_beta(p, a, b):
    x = special.beta_quantile(p, a, b)
    if 1e-290 < x < 1.0 - 1e-6:
        slack = 4e-16 * (a + b) + 1e-12  # one bit of x changes p by so much of it
        assert special.beta_cdf(x, a, b) == pytest.approx(p, rel=slack / max(1.0 - x, 1e-6))


@fixed
@given(st.floats(1e-300, 0.5), st.floats(0.5, 1e12))
def test_t_quantiles_undo_t(q, df):
    t = special.t_upper_quantile(q, df)
    if 0.0 < t < math.inf:
        # One bit of t changes the tail by about t² of it.
        assert special.t_sf(t, df) == pytest.approx(q, rel=1e-12 + 1e-15 * min(t * t, df))


@fixed
@given(st.floats(1e-300, 0.5))
def test_normal_quantiles_undo_the_normal(q):
    z = special.normal_upper_quantile(q)
    assert special.normal_sf(z) == pytest.approx(q, rel=1e-12)
    assert special.normal_quantile(1.0 - q) == pytest.approx(z, abs=1e-12) or q < 1e-3


@fixed
@given(st.floats(-40.0, 40.0), st.floats(-40.0, 40.0), st.floats(0.5, 1e12))
def test_t_and_normal_are_monotone(one, other, df):
    low, high = sorted((one, other))
    assert special.t_cdf(low, df) <= special.t_cdf(high, df) * (1.0 + 1e-13)
    assert special.normal_cdf(low) <= special.normal_cdf(high) * (1.0 + 1e-13)


def test_ends():
    assert [special.beta_cdf(x, 2.0, 3.0) for x in (0.0, 1.0)] == [0.0, 1.0]
    assert [special.beta_sf(x, 2.0, 3.0) for x in (0.0, 1.0)] == [1.0, 0.0]
    assert [special.beta_quantile(p, 2.0, 3.0) for p in (0.0, 1.0)] == [0.0, 1.0]
    assert [special.beta_upper_quantile(p, 2.0, 3.0) for p in (0.0, 1.0)] == [1.0, 0.0]
    assert [special.t_sf(t, 3.0) for t in (-math.inf, 0.0, math.inf)] == [1.0, 0.5, 0.0]
    assert [special.t_quantile(p, 3.0) for p in (0.0, 0.5, 1.0)] == [-math.inf, 0.0, math.inf]
    assert math.copysign(1.0, special.t_quantile(0.5, 3.0)) == 1.0
    assert [special.normal_sf(z) for z in (-math.inf, 0.0, math.inf)] == [1.0, 0.5, 0.0]
    assert [special.normal_quantile(p) for p in (0.0, 0.5, 1.0)] == [-math.inf, 0.0, math.inf]
    assert special.t_sf(1e300, 1e6) == special.normal_sf(1e300) == 0.0
    assert special.exp(-math.inf) == special.cube_root(0.0) == 0.0
    assert special.exp(1e300) == math.inf


@pytest.mark.parametrize(
    "call",
    [
        lambda nan: special.beta_cdf(nan, 1.0, 1.0),
        lambda nan: special.beta_sf(0.5, nan, 1.0),
        lambda nan: special.beta_quantile(0.5, 1.0, nan),
        lambda nan: special.beta_upper_quantile(nan, 1.0, 1.0),
        lambda nan: special.t_sf(nan, 3.0),
        lambda nan: special.t_cdf(1.0, nan),
        lambda nan: special.t_quantile(nan, 3.0),
        lambda nan: special.t_upper_quantile(0.1, nan),
        special.normal_cdf,
        special.normal_quantile,
        lambda nan: special.binomial_cdf(1, 2, nan),
        lambda nan: special.binomial_quantile(nan, 2, 0.5),
        special.log,
        special.exp,
        lambda _: special.log(0.0),
        lambda _: special.beta_cdf(1.5, 1.0, 1.0),
        lambda _: special.beta_cdf(0.5, 0.0, 1.0),
        lambda _: special.beta_cdf(0.5, 1.0, math.inf),
        lambda _: special.t_sf(1.0, 0.0),
        lambda _: special.normal_quantile(-0.1),
        lambda _: special.binomial_sf(1, -1, 0.5),
    ],
)
def test_what_is_no_argument_raises(call):
    with pytest.raises(ValueError, match=r"."):
        call(math.nan)


def test_the_caller_s_decimal_context_changes_nothing():
    def figures():
        for cached in (special.t_upper_quantile, special.normal_upper_quantile, special._constants):
            cached.cache_clear()
        return (
            special.t_upper_quantile(0.025, 441.0),
            special.beta_upper_quantile(0.05, 4.0, 97.0),
            special.normal_upper_quantile(0.01),
            special.binomial_pmf(40, 100, 0.3),
            special.t_sf(2.0, 1e9),
            special.cube_root(0.3),
        )

    usual = figures()
    with decimal.localcontext(prec=3, rounding=decimal.ROUND_UP):
        assert figures() == usual


@pytest.mark.parametrize(
    ("call", "bits"),
    [
        (lambda: special.t_upper_quantile(0.025, 441.0), "0x1.f721b0c8c64c5p+0"),
        (lambda: special.t_sf(5.12677455731036, 441.0), "0x1.da9f2f1fe22c7p-23"),
        (lambda: special.normal_upper_quantile(0.05), "0x1.a515209676ac2p+0"),
        (lambda: special.beta_upper_quantile(0.05, 4.0, 97.0), "0x1.361c8571c16b2p-4"),
        (lambda: special.binomial_cdf(59, 129, 0.5), "0x1.83c6b2daa999ep-3"),
    ],
)
def test_bits_are_those_of_every_machine(call, bits):
    assert call().hex() == bits


def test_nothing_is_left_to_the_c_library():
    exact = {"sqrt", "fsum", "floor", "ceil", "frexp", "ldexp", "nextafter", "copysign"}
    exact |= {"inf", "nan", "isnan", "isinf", "isfinite"}
    path = Path(special.__file__)
    files = [path, *sorted((path.parent / "intervals").glob("*.py"))]
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "math"
            ):
                assert node.attr in exact, f"{file.name}: math.{node.attr}"
            # A power of floats is one of the C library's functions; of whole numbers, it is exact.
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
                assert all(isinstance(part, ast.Constant) for part in (node.left, node.right)), file.name
