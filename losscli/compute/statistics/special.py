"""Probabilities and quantiles of the beta, t, normal and binomial distributions: the same bits everywhere.

Additions, products, quotients and roots of floats are exact to the last bit by their standard; exp and log
of the C library are not, and differ between machines. So every exp and log here is one of `decimal`, whose
digits are computed in software, and the rest are the four operations. It also has the digits that a float
lacks where a log is multiplied by 10⁸. All results are within 1e-12 of the exact ones, relatively, in both
tails down to 1e-300.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache

_SHORT = Context(prec=26, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
_LONG = Context(prec=42, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
_SHORT_UP_TO = 1e6  # a + b: beyond, the product of it and of a log needs more digits than _SHORT has
_ONE, _HALF = Decimal(1), Decimal("0.5")
_TWO_PI = Decimal("6.28318530717958647692528676655900576839433879875021")
_ROOT_TWO_PI = 2.5066282746310002
# B₂ₖ/(2k(2k − 1)) of Stirling's series, exact to 2e-18 from _STIRLING_FROM on.
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)
_STIRLING_FROM = 12
_MOST_DF = 1e20  # beyond, t is the normal distribution to 1e-14 wherever its tail is above 1e-300
_CUBED = Decimal("3e-6")  # Halley's step leaves the cube of the error
_MOST_STEPS = 200
_SERIES_BELOW = 2.25  # normal: the series is shorter below, the continued fraction above


def log(x: float) -> float:
    """Return the natural logarithm of x > 0, rounded once."""
    if not 0.0 < x < math.inf:
        msg = f"log of {x}"
        raise ValueError(msg)
    return float(_SHORT.ln(Decimal(x)))


def exp(x: float) -> float:
    """Return eˣ, rounded once; infinite where it is beyond float64."""
    if math.isnan(x):
        msg = "exp of NaN"
        raise ValueError(msg)
    return float(_SHORT.exp(Decimal(x)))


def cube_root(x: float) -> float:
    """Return the real cube root of a finite x, by Newton's steps: right but for the last bit."""
    mantissa, exponent = math.frexp(abs(x))
    whole, rest = divmod(exponent, 3)
    mantissa = math.ldexp(mantissa, rest)  # in [½, 4)
    root = 0.7 + 0.25 * mantissa
    for _ in range(5):
        root -= (root - mantissa / (root * root)) / 3.0
    return math.copysign(math.ldexp(root, whole), x) if x else x


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b): P(X ≤ x) of a beta variable."""
    _check_beta(x, a, b)
    return 0.0 if x == 0.0 else 1.0 if x == 1.0 else _lower(a, b, *_exactly(x))


def beta_sf(x: float, a: float, b: float) -> float:
    """Return 1 − I_x(a, b), without its cancellation: P(X > x) of a beta variable."""
    _check_beta(x, a, b)
    return 1.0 if x == 0.0 else 0.0 if x == 1.0 else _lower(b, a, *reversed(_exactly(x)))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = p. Its distance from 1 is `beta_upper_quantile(p, b, a)`."""
    _check_beta(p, a, b)
    if p in (0.0, 1.0):
        return p
    odds = _odds(p, a, b)
    return float(_LONG.divide(odds, _LONG.add(odds, _ONE)))


def beta_upper_quantile(q: float, a: float, b: float) -> float:
    """Return x with 1 − I_x(a, b) = q, for a q too small to be taken from 1."""
    _check_beta(q, a, b)
    if q in (0.0, 1.0):
        return 1.0 - q
    return float(_LONG.divide(_ONE, _LONG.add(_odds(q, b, a), _ONE)))


def t_cdf(t: float, df: float) -> float:
    """Return P(T ≤ t) of Student's t with `df` > 0 degrees of freedom, real or infinite."""
    return t_sf(-t, df)


def t_sf(t: float, df: float) -> float:
    """Return P(T > t) of Student's t with `df` > 0 degrees of freedom, real or infinite."""
    if math.isnan(t):
        msg = "t is NaN"
        raise ValueError(msg)
    _check_df(df)
    if df > _MOST_DF:
        return normal_sf(t)
    if math.isinf(t):
        return 0.0 if t > 0.0 else 1.0
    if t == 0.0:
        return 0.5
    square, freedom = _LONG.multiply(Decimal(t), Decimal(t)), Decimal(df)
    total = _LONG.add(square, freedom)
    outside = 0.5 * _lower(0.5 * df, 0.5, _LONG.divide(freedom, total), _LONG.divide(square, total))
    return outside if t > 0.0 else 1.0 - outside


def t_quantile(p: float, df: float) -> float:
    """Return t with P(T ≤ t) = p, 0 ≤ p ≤ 1."""
    return -t_upper_quantile(p, df) + 0.0


@lru_cache(maxsize=256)
def t_upper_quantile(q: float, df: float) -> float:
    """Return t with P(T > t) = q, 0 ≤ q ≤ 1."""
    _check_share(q)
    _check_df(df)
    if q > 0.5:
        return -t_upper_quantile(1.0 - q, df)
    if df > _MOST_DF:
        return normal_upper_quantile(q)
    if q in (0.0, 0.5):
        return math.inf if q == 0.0 else 0.0
    # t²/(df + t²) is a beta variable; the smaller of its two tails is given without rounding.
    if q <= 0.25:
        square = _LONG.divide(_ONE, _odds(2.0 * q, 0.5 * df, 0.5))
    else:
        square = _odds(1.0 - 2.0 * q, 0.5, 0.5 * df)
    return float(_LONG.sqrt(_LONG.multiply(square, Decimal(df))))


def normal_cdf(z: float) -> float:
    """Return P(Z ≤ z) of the standard normal distribution."""
    return normal_sf(-z)


def normal_sf(z: float) -> float:
    """Return P(Z > z) of the standard normal distribution."""
    if math.isnan(z):
        msg = "z is NaN"
        raise ValueError(msg)
    if z < 0.0:
        return 1.0 - normal_sf(-z)
    if z < _SERIES_BELOW:
        return 0.5 - _from_middle(z)
    return 0.0 if math.isinf(z) else float(_SHORT.multiply(_density(z), Decimal(_mills(z))))


def normal_quantile(p: float) -> float:
    """Return z with P(Z ≤ z) = p, 0 ≤ p ≤ 1."""
    return -normal_upper_quantile(p) + 0.0


@lru_cache(maxsize=64)
def normal_upper_quantile(q: float) -> float:
    """Return z with P(Z > z) = q, 0 ≤ q ≤ 1."""
    _check_share(q)
    if q > 0.5:
        return -normal_upper_quantile(1.0 - q)
    if q == 0.0:
        return math.inf
    if q > 0.4:
        z = (0.5 - q) * _ROOT_TWO_PI
        for _ in range(3):
            step = (0.5 - q - _from_middle(z)) / float(_density(z))
            z += step / (1.0 - 0.5 * step * z)
        return z
    z = _about(q)
    for _ in range(3):
        density = _density(z)
        mills = (
            _mills(z) if z >= _SERIES_BELOW else float(_SHORT.divide(Decimal(0.5 - _from_middle(z)), density))
        )
        tail = _SHORT.multiply(density, Decimal(mills))
        step = mills * float(_SHORT.ln(_SHORT.divide(tail, Decimal(q))))
        z += step / (1.0 - 0.5 * step * (z - 1.0 / mills))
    return z


def binomial_pmf(k: int, n: int, share: float) -> float:
    """Return P(K = k) of n draws that each succeed with probability `share`."""
    _check_binomial(n, share)
    if not 0 <= k <= n:
        return 0.0
    if share in (0.0, 1.0):
        return 1.0 if k == n * share else 0.0
    x, y = _exactly(share)
    power = _SHORT.exp(_log_power(k + 1.0, n - k + 1.0, x, y))
    return float(_SHORT.divide(power, _SHORT.multiply(_SHORT.multiply(x, y), Decimal(n + 1))))


def binomial_cdf(k: int, n: int, share: float) -> float:
    """Return P(K ≤ k) of n draws that each succeed with probability `share`."""
    _check_binomial(n, share)
    return 0.0 if k < 0 else 1.0 if k >= n else beta_sf(share, k + 1.0, n - k)


def binomial_sf(k: int, n: int, share: float) -> float:
    """Return P(K > k) of n draws that each succeed with probability `share`."""
    _check_binomial(n, share)
    return 1.0 if k < 0 else 0.0 if k >= n else beta_cdf(share, k + 1.0, n - k)


def binomial_quantile(p: float, n: int, share: float) -> int:
    """Return the least k with P(K ≤ k) ≥ p, 0 ≤ p ≤ 1."""
    _check_share(p)
    _check_binomial(n, share)
    start = n * share - _normal_place(p) * math.sqrt(n * share * (1.0 - share))
    return _least(lambda k: binomial_cdf(k, n, share) >= p, start, n)


def binomial_upper_quantile(q: float, n: int, share: float) -> int:
    """Return the least k with P(K > k) ≤ q, for a q too small to be taken from 1."""
    _check_share(q)
    _check_binomial(n, share)
    start = n * share + _normal_place(q) * math.sqrt(n * share * (1.0 - share))
    return _least(lambda k: binomial_sf(k, n, share) <= q, start, n)


def _normal_place(q: float) -> float:
    return min(max(normal_upper_quantile(q), -40.0), 40.0)


def _least(holds: Callable[[int], bool], start: float, n: int) -> int:
    """Return the least k of 0 … n from which on a condition holds; `start` is near it."""
    low, high, width = -1, n, 1
    k = min(max(math.floor(start), 0), n)
    while high - low > 1:
        if holds(k):
            high = k
            k = max(k - width, low + 1)
        else:
            low = k
            k = min(k + width, high - 1)
        width *= 2
        if not low < k < high or (low >= 0 and high < n):
            k = (low + high) // 2
    return high


def _check_share(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        msg = f"{p} is not in [0, 1]"
        raise ValueError(msg)


def _check_beta(p: float, a: float, b: float) -> None:
    _check_share(p)
    if not (0.0 < a < math.inf and 0.0 < b < math.inf):
        msg = f"a = {a} and b = {b} must be > 0 and finite"
        raise ValueError(msg)


def _check_df(df: float) -> None:
    if not df > 0.0:
        msg = f"degrees of freedom {df} must be > 0"
        raise ValueError(msg)


def _check_binomial(n: int, share: float) -> None:
    _check_share(share)
    if n < 0:
        msg = f"{n} draws"
        raise ValueError(msg)


def _exactly(x: float) -> tuple[Decimal, Decimal]:
    """Return x and 1 − x."""
    exact = Decimal(x)
    return exact, _LONG.subtract(_ONE, exact)


def _context(total: float) -> Context:
    return _SHORT if total < _SHORT_UP_TO else _LONG


def _lower(a: float, b: float, x: Decimal, y: Decimal) -> float:
    """Return I_x(a, b), given x and y = 1 − x."""
    is_lower, ratio = _tail(a, b, x, y)
    power = _log_power(a, b, x, y)
    tail = float(_SHORT.multiply(_SHORT.exp(power), Decimal(ratio)))
    return tail if is_lower else 1.0 - tail


def _log_power(a: float, b: float, x: Decimal, y: Decimal) -> Decimal:
    """Return log xᵃyᵇ/B(a, b), to about 1e-17 absolutely."""
    digits = _context(a + b)
    to_a, to_b, rest = _constants(a, b)
    from_a = digits.multiply(Decimal(a), digits.ln(digits.multiply(x, to_a)))
    from_b = digits.multiply(Decimal(b), digits.ln(digits.multiply(y, to_b)))
    return digits.add(digits.add(from_a, from_b), rest)


@lru_cache(maxsize=256)
def _constants(a: float, b: float) -> tuple[Decimal, Decimal, Decimal]:
    """Return (a + b)/a, (a + b)/b and log of 1/B(a, b) times aᵃbᵇ/(a + b)ᵃ⁺ᵇ."""
    one, other = Decimal(a), Decimal(b)
    total = _LONG.add(one, other)
    square = _LONG.divide(_LONG.multiply(one, other), _LONG.multiply(total, _TWO_PI))
    rest = _LONG.add(_LONG.multiply(_HALF, _LONG.ln(square)), _rest(total))
    rest = _LONG.subtract(rest, _LONG.add(_rest(one), _rest(other)))
    return _LONG.divide(total, one), _LONG.divide(total, other), rest


def _rest(z: Decimal) -> Decimal:
    """Return log Γ(z) − (z − ½) log z + z − ½ log 2π, Stirling's rest."""
    if z >= _STIRLING_FROM:
        inverse = 1.0 / float(z)
        total = 0.0
        for coefficient in reversed(_STIRLING):
            total = total * inverse * inverse + coefficient
        return Decimal(total * inverse)
    product, far = _ONE, z
    while far < _STIRLING_FROM:
        product, far = _LONG.multiply(product, far), _LONG.add(far, _ONE)
    shifted = _LONG.subtract(_without_rest(far), _LONG.ln(product))
    return _LONG.add(_LONG.subtract(shifted, _without_rest(z)), _rest(far))


def _without_rest(z: Decimal) -> Decimal:
    return _LONG.subtract(_LONG.multiply(_LONG.subtract(z, _HALF), _LONG.ln(z)), z)


def _tail(a: float, b: float, x: Decimal, y: Decimal) -> tuple[bool, float]:
    """Return which tail of I_x(a, b) is computed, and that tail divided by xᵃyᵇ/B(a, b).

    It is the one that does not hold the mean; beside it, a fraction of slow convergence is left to the
    series of the other tail, which is large enough then to be taken from 1.
    """
    beyond = float(_LONG.subtract(Decimal(a), _LONG.multiply(_LONG.add(Decimal(a), Decimal(b)), x)))
    if beyond < 0.0:
        is_lower, ratio = _tail_below(b, a, float(y), float(x), -beyond)
        return not is_lower, ratio
    return _tail_below(a, b, float(x), float(y), beyond)


def _tail_below(a: float, b: float, x: float, y: float, beyond: float) -> tuple[bool, float]:
    """Return `_tail` where x is at most the mean a/(a + b), and `beyond` a − (a + b)x ≥ 0 unrounded."""
    if a <= 1.0:
        return True, _series(a, b, x)
    if b <= 1.0 and beyond < 1.0:
        return False, _series(b, a, y)
    return True, _fraction(a, b, x, y, beyond)


def _series(a: float, b: float, x: float) -> float:
    """Return I_x(a, b)·B(a, b)/(xᵃ(1 − x)ᵇ) by a series of positive terms."""
    term = total = 1.0 / a
    n = 0
    while term > 1e-17 * total:
        term *= (a + b + n) / (a + 1.0 + n) * x
        total += term
        n += 1
    return total


def _fraction(a: float, b: float, x: float, y: float, beyond: float) -> float:
    """Return what `_series` does by the continued fraction of DiDonato and Morris (TOMS 708, 1992).

    It takes about (a + b)^0.4 steps at the mean, and few away from it.
    """
    c, ratio, first, over = 1.0 + beyond, b / a, 1.0 + 1.0 / a, y + 1.0
    n, p, s = 0.0, 1.0, a + 1.0
    above_before, below_before, above, below = 0.0, 1.0, 1.0, c / first
    value, last = first / c, 0.0
    while abs(value - last) > 4e-16 * value:  # more than the last bit, which may swing
        n += 1.0
        t = n / a
        w = n * (b - n) * x
        e = a / s
        alpha = p * (p + ratio) * e * e * (w * x)
        e = (1.0 + t) / (first + t + t)
        beta = n + w / s + e * (c + n * over)
        p, s = 1.0 + t, s + 2.0
        above_before, above = above, alpha * above_before + beta * above
        below_before, below = below, alpha * below_before + beta * below
        last, value = value, above / below
        above_before, below_before, above, below = above_before / below, below_before / below, value, 1.0
    return value


def _odds(p: float, a: float, b: float) -> Decimal:
    """Return x/(1 − x) for which I_x(a, b) = p, 0 < p < 1, by Halley's steps on log I over log odds.

    That curve is concave: from the left no step is too far, from the right one step goes to the left.
    """
    if p > 0.5:
        return _LONG.divide(_ONE, _odds(1.0 - p, b, a))
    wanted = Decimal(p)
    odds = _LONG.divide(Decimal(a), Decimal(b))
    start = -_about(p) * math.sqrt(1.0 / a + 1.0 / b)
    odds = _LONG.multiply(odds, _SHORT.exp(Decimal(start)))
    for _ in range(_MOST_STEPS):
        total = _LONG.add(odds, _ONE)
        x, y = _LONG.divide(odds, total), _LONG.divide(_ONE, total)
        is_lower, ratio = _tail(a, b, x, y)
        power = _SHORT.exp(_log_power(a, b, x, y))
        tail = _SHORT.multiply(power, Decimal(ratio))
        if not is_lower:
            tail = _SHORT.subtract(_ONE, tail)
            ratio = float(_SHORT.divide(tail, power))
        missing = _SHORT.ln(_SHORT.divide(wanted, tail))
        step = float(missing) * ratio
        bent = 1.0 + 0.5 * step * (a * float(y) - b * float(x) - 1.0 / ratio)
        step = step / bent if 0.5 < bent < 2.0 else step
        odds = _LONG.multiply(odds, _SHORT.exp(Decimal(step)))
        if abs(missing) < _CUBED:
            return odds
    msg = f"no beta quantile at {p} for {a}, {b}"
    raise ArithmeticError(msg)


def _about(q: float) -> float:
    """Return z with P(Z > z) ≈ q ≤ ½, to 5e-4 (Abramowitz and Stegun 26.2.23)."""
    t = math.sqrt(-2.0 * log(q))
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    return t - above / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))


def _density(z: float) -> Decimal:
    exact = Decimal(z)
    square = _LONG.multiply(_LONG.multiply(exact, exact), -_HALF)
    return _SHORT.divide(_SHORT.exp(square), _SHORT.sqrt(_TWO_PI))


def _from_middle(z: float) -> float:
    """Return P(0 < Z ≤ z) by the series of z²ⁿ⁺¹/(1·3·5…(2n + 1)), of positive terms."""
    term = total = z
    n = 1.0
    while term > 1e-17 * total:
        n += 2.0
        term *= z * z / n
        total += term
    return float(_density(z)) * total


def _mills(z: float) -> float:
    """Return P(Z > z) divided by the density, by Laplace's continued fraction from its end."""
    value = z
    for k in range(int(320.0 / (z * z)) + 12, 0, -1):
        value = z + k / value
    return 1.0 / value
