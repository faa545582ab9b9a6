"""Simulated problems with known noise, as somebody would make them who knows nothing of the rules.

Predictions are a model of the conditional mean that is not perfect. `ALLOWED` says which first choice
theory names for each, and why.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

HEAVY = {"huber", "pseudo_huber", "barron", "mae", "fair", "log_cosh"}
ALLOWED = {
    # Least squares is the likelihood of normal errors (Gauss).
    "gaussian": {"mse", "rmse"},
    # Absolute errors are the likelihood of Laplace's law.
    "laplace": {"mae"},
    # M-estimators with a bounded influence (Huber 1964; Lange, Little and Taylor 1989).
    "student_t": HEAVY,
    "contaminated": {"huber", "pseudo_huber", "barron", "mae", "fair"},
    # Positive and skewed, a constant coefficient of variation (McCullagh and Nelder 1989, chapter 8).
    "log_normal": {"gamma_deviance", "msle", "rmsle"},
    "poisson": {"poisson_deviance", "poisson_nll"},
    # Variance between that of Poisson and gamma (Bonat et al. 2018).
    "over_dispersed": {"tweedie_deviance"},
    # A point mass at 0 (Dunn and Smyth 2005).
    "zero_inflated": {"tweedie_deviance"},
    "balanced_binary": {"binary_cross_entropy"},
    "rare_binary": {"binary_focal"},
    "multiclass": {"cross_entropy"},
    "ordinal": {"ranked_probability"},
}


def model(random, n, spread=0.1):
    """Return a linear predictor, and what a model that is not perfect makes of it."""
    features = random.normal(size=(n, 3))
    linear = features @ np.array([0.6, -0.4, 0.2])
    return linear, linear + spread * random.normal(size=n)


def location(noise):
    def make(random, n, variant):
        scale = (1.0, 25.0, 0.003)[variant % 3]
        truth, guess = model(random, n)
        return scale * (10.0 + 3.0 * guess), scale * (10.0 + 3.0 * truth + noise(random, n, variant))

    return make


def contaminated(random, n, variant):
    return random.normal(size=n) * np.where(random.random(n) < (0.05, 0.1)[variant % 2], 10.0, 1.0)


def log_normal(random, n, variant):
    truth, guess = model(random, n)
    s, level = (0.5, 0.8, 0.4)[variant % 3], (1.0, 3.0, 8.0)[variant % 3]
    label = np.exp(level + truth + s * random.normal(size=n))
    return np.exp(level + guess + (s * s / 2.0 if variant % 2 else 0.0)), label


def poisson(random, n, variant):
    truth, guess = model(random, n)
    level = (0.0, 1.0, 2.0)[variant % 3]
    return np.exp(level + guess), random.poisson(np.exp(level + truth))


def over_dispersed(random, n, variant):
    truth, guess = model(random, n)
    mean = np.exp((1.0, 1.6, 2.3)[variant % 3] + truth)
    shape = (1.0, 2.0, 3.0)[variant // 3 % 3]
    return mean * np.exp(guess - truth), random.poisson(mean * random.gamma(shape, 1.0 / shape, n))


def zero_inflated(random, n, variant):
    truth, guess = model(random, n)
    share = (0.3, 0.5, 0.7)[variant // 2 % 3]
    if variant % 2:
        label = random.poisson(np.exp(1.0 + truth)).astype(float)
    else:
        label = np.exp(2.0 + truth) * random.gamma(2.0, 0.5, n)
    label[random.random(n) < share] = 0.0
    return (1.0 - share) * np.exp((1.0 if variant % 2 else 2.0) + guess), label


def binary(share):
    def make(random, n, variant):
        truth, guess = model(random, n)
        shift = np.log(share / (1.0 - share)) - (0.25 if share < 0.1 else 0.0)
        label = (
            random.random(n) < 1.0 / (1.0 + np.exp(-2.0 * truth * (share > 0.1) - truth - shift))
        ).astype(int)
        label[:2] = (0, 1)
        return 1.0 / (1.0 + np.exp(-2.0 * guess * (share > 0.1) - guess - shift)), label

    return make


def multiclass(random, n, variant):
    classes = (3, 4, 6)[variant % 3]
    scores = 1.5 * random.normal(size=(n, classes))
    label = (scores + random.gumbel(size=scores.shape)).argmax(axis=1)
    guess = scores + 0.2 * random.normal(size=scores.shape)
    p = np.exp(guess) / np.exp(guess).sum(axis=1, keepdims=True)
    names = [
        ("ant", "bee", "cat", "dog", "eel", "fox")[at] if variant % 2 else str(at) for at in range(classes)
    ]
    return pd.DataFrame(p, columns=[f"prob_{name}" for name in names]), pd.DataFrame(
        {"label": [names[at] for at in label]}
    )


def ordinal(random, n, variant):
    classes, first = (5, 4, 3)[variant % 3], variant % 2
    truth, guess = model(random, n)
    cuts = np.linspace(-1.2, 1.2, classes - 1)
    label = (2.0 * truth + random.logistic(size=n) > 2.0 * cuts[:, None]).sum(axis=0)
    above = 1.0 / (1.0 + np.exp(-(2.0 * guess - 2.0 * cuts[:, None])))
    above = np.vstack([np.ones(n), above, np.zeros(n)])
    names = [str(at + first) for at in range(classes)]
    return pd.DataFrame((above[:-1] - above[1:]).T, columns=[f"prob_{name}" for name in names]), pd.DataFrame(
        {"label": label + first}
    )


PROBLEMS = {
    "gaussian": location(lambda random, n, _: random.normal(size=n)),
    "laplace": location(lambda random, n, _: random.laplace(size=n)),
    "student_t": location(lambda random, n, variant: random.standard_t((2, 3, 4, 5)[variant % 4], n)),
    "contaminated": location(contaminated),
    "log_normal": log_normal,
    "poisson": poisson,
    "over_dispersed": over_dispersed,
    "zero_inflated": zero_inflated,
    "balanced_binary": binary(0.5),
    "rare_binary": binary(0.01),
    "multiclass": multiclass,
    "ordinal": ordinal,
}


def simulate(name, seed, n):
    """Return predictions and labels of one problem."""
    return PROBLEMS[name](np.random.default_rng([seed, *name.encode()]), n, seed)
