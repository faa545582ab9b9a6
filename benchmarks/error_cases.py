"""Losses whose true mean is known, and pairs of losses whose true means are equal."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array

# The stream of RandomState never changes (NEP 19), so that a commit has one verdict.
Random = np.random.RandomState
Draw = Callable[[Random, tuple[int, int]], Array]


@dataclass(frozen=True)
class Case:
    """How losses are drawn, float64 `(runs, rows)`, and their mean."""

    name: str
    draw: Draw
    mean: float


@dataclass(frozen=True)
class PairCase:
    """How the losses of a candidate and of a baseline are drawn, each float64 `(runs, rows)`."""

    name: str
    draw: Callable[[Random, tuple[int, int]], tuple[Array, Array]]


def random(*key: int) -> Random:
    """The draws of one cell of a table: they depend on nothing but its key."""
    return np.random.RandomState(np.array(key, dtype=np.uint32))


def _log_loss(share: Array, said: Array, chance: Random) -> Array:
    """−log of what a prediction said of a class that is 1 with probability `share`."""
    happened = chance.random_sample(share.shape) < share
    return -np.log(np.where(happened, said, 1.0 - said))


def _sharp(chance: Random, shape: tuple[int, int]) -> Array:
    # Beta(.2, .2) is so often next to 0 or 1 that 1 − p has to be drawn as well as p: a ratio of gammas.
    one, other = chance.standard_gamma(0.2, shape), chance.standard_gamma(0.2, shape)
    happened = chance.random_sample(shape) * (one + other) < one
    return np.log1p(np.where(happened, other / one, one / other))


def _calibrated(chance: Random, shape: tuple[int, int]) -> Array:
    share = chance.random_sample(shape)
    return _log_loss(share, share, chance)


def _overconfident(chance: Random, shape: tuple[int, int]) -> Array:
    share = chance.random_sample(shape)
    odds = ((1.0 - share) / share) ** 3
    happened = chance.random_sample(shape) < share
    return np.log1p(np.where(happened, odds, 1.0 / odds))


def _pinball(chance: Random, shape: tuple[int, int]) -> Array:
    error = chance.standard_normal(shape)
    return np.where(error > 0.0, 0.9 * error, -0.1 * error)


def _outliers(chance: Random, shape: tuple[int, int]) -> Array:
    error = chance.standard_normal(shape)
    return (error * np.where(chance.random_sample(shape) < 0.05, 5.0, 1.0)) ** 2


CASES = (
    Case("absolute normal errors", lambda c, s: np.abs(c.standard_normal(s)), math.sqrt(2.0 / math.pi)),
    Case("squared normal errors", lambda c, s: c.standard_normal(s) ** 2, 1.0),
    Case("squared t₅ errors: heavy tails", lambda c, s: c.standard_t(5.0, s) ** 2, 5.0 / 3.0),
    Case("log-normal losses, σ = 2", lambda c, s: c.lognormal(0.0, 2.0, s), math.exp(2.0)),
    Case("log loss of calibrated p, uniform", _calibrated, 0.5),
    # ψ(1.4) − ψ(1.2)
    Case("log loss of sharp p, Beta(0.2, 0.2)", _sharp, 0.22765535200707215),
    # ∫ p log(1 + ((1 − p)/p)³) + (1 − p) log(1 + (p/(1 − p))³) dp
    Case("log loss of overconfident p, logits × 3", _overconfident, 0.7091995761561452),
    Case("pinball loss at 0.9 of normal errors", _pinball, 1.0 / math.sqrt(2.0 * math.pi)),
    Case("squared errors, one in twenty 5 times as large", _outliers, 2.2),
)


def _alike(correlation: float, loss: Callable[[Array], Array]) -> Callable[..., tuple[Array, Array]]:
    """Two models that are equally good, whose errors are correlated."""

    def draw(chance: Random, shape: tuple[int, int]) -> tuple[Array, Array]:
        shared = math.sqrt(correlation) * chance.standard_normal(shape)
        rest = math.sqrt(1.0 - correlation)
        one, other = (shared + rest * chance.standard_normal(shape) for _ in range(2))
        return loss(one), loss(other)

    return draw


def _heavy(chance: Random, shape: tuple[int, int]) -> tuple[Array, Array]:
    return chance.standard_t(5.0, shape) ** 2, chance.standard_t(5.0, shape) ** 2


def _log_losses(chance: Random, shape: tuple[int, int]) -> tuple[Array, Array]:
    logit = chance.logistic(size=shape)
    sign = np.where(chance.random_sample(shape) * (1.0 + np.exp(-logit)) < 1.0, 1.0, -1.0)
    one, other = (logit + chance.standard_normal(shape) for _ in range(2))
    return np.logaddexp(0.0, -sign * one), np.logaddexp(0.0, -sign * other)


def _against_one(chance: Random, shape: tuple[int, int]) -> tuple[Array, Array]:
    return chance.standard_normal(shape) ** 2, np.ones(shape)


def _two_shapes(chance: Random, shape: tuple[int, int]) -> tuple[Array, Array]:
    return chance.standard_exponential(shape), 2.0 * chance.random_sample(shape)


def _rare(chance: Random, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Seldom much worse, else a little better: 0.02 · 4.9 = 0.98 · 0.1."""
    rare = chance.random_sample(shape) < 0.02
    return np.where(rare, 4.9, 0.0), np.where(rare, 0.0, 0.1)


PAIRS = (
    PairCase("squared errors, correlation 0.9", _alike(0.9, np.square)),
    PairCase("absolute errors, correlation 0.6", _alike(0.6, np.abs)),
    PairCase("squared t₅ errors, independent", _heavy),
    PairCase("log losses of two noisy models", _log_losses),
    PairCase("squared normal errors against a constant 1", _against_one),
    PairCase("exponential against uniform, equal means", _two_shapes),
    PairCase("rarely worse by 4.9, else better by 0.1", _rare),
)
