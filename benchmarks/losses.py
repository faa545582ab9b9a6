"""Times each loss against the expression that one would write for it in NumPy.

    python benchmarks/losses.py [NAME ...] [--rows N] [--rounds N]

Both work on the same samples: one block, or with --slice the parts of a block that a run hands to
a loss, which stay in the cache. Rounds are interleaved,
and the ratio is that of the medians. The plain expressions are the textbook's: some of them
overflow, cancel or clip nothing, which is what losscli spends its time on.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from losscli.common.processes import arrange_own_process
from losscli.compute.fold import SLICE
from losscli.loss import Array, Layout, registry
from losscli.loss.spec import BoundLoss, bind

Plain = Callable[[Array, Array], Array]
CLASSES = 10


def softmax_free(y: Array, p: Array) -> Array:
    return p[np.arange(len(y)), y]


PLAIN: dict[str, Plain] = {
    "mse": lambda y, p: (p - y) ** 2,
    "rmse": lambda y, p: (p - y) ** 2,
    "mae": lambda y, p: np.abs(p - y),
    "huber": lambda y, p: np.where(np.abs(p - y) <= 1, 0.5 * (p - y) ** 2, np.abs(p - y) - 0.5),
    "smooth_l1": lambda y, p: np.where(np.abs(p - y) < 1, 0.5 * (p - y) ** 2, np.abs(p - y) - 0.5),
    "pseudo_huber": lambda y, p: np.sqrt(1 + (p - y) ** 2) - 1,
    "log_cosh": lambda y, p: np.log(np.cosh(p - y)),
    "quantile": lambda y, p: np.maximum(0.5 * (y - p), -0.5 * (y - p)),
    "expectile": lambda y, p: np.abs(0.5 - (y < p)) * (p - y) ** 2,
    "fair": lambda y, p: np.abs(p - y) - np.log(1 + np.abs(p - y)),
    "barron": lambda y, p: np.sqrt((p - y) ** 2 + 1) - 1,
    "lp": lambda y, p: np.abs(p - y) ** 1.5,
    "msle": lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
    "rmsle": lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
    "mape": lambda y, p: np.abs(p - y) / np.maximum(np.abs(y), 2.2e-16),
    "smape": lambda y, p: 2 * np.abs(p - y) / (np.abs(y) + np.abs(p)),
    "poisson_nll": lambda y, p: p - y * np.log(p),
    "poisson_deviance": lambda y, p: 2 * (y * np.log(y / p) - y + p),
    "gamma_deviance": lambda y, p: 2 * (np.log(p / y) + y / p - 1),
    "tweedie_deviance": lambda y, p: 4 * (y / p**0.5 + p**0.5 - 2 * y**0.5),
    "binary_cross_entropy": lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
    "binary_focal": lambda y, p: -(np.where(y == 1, 1 - p, p) ** 2) * np.log(np.where(y == 1, p, 1 - p)),
    "brier": lambda y, p: (p - y) ** 2,
    "hinge": lambda y, p: np.maximum(0, 1 - y * p),
    "squared_hinge": lambda y, p: np.maximum(0, 1 - y * p) ** 2,
    "logistic": lambda y, p: np.log(1 + np.exp(-y * p)),
    "exponential": lambda y, p: np.exp(-y * p),
    "perceptron": lambda y, p: np.maximum(0, -y * p),
    "modified_huber": lambda y, p: np.where(y * p >= -1, np.maximum(0, 1 - y * p) ** 2, -4 * y * p),
    "cross_entropy": lambda y, p: -np.log(softmax_free(y, p)),
    "perplexity": lambda y, p: -np.log(softmax_free(y, p)),
    "nll": lambda y, p: -softmax_free(y, p),
    "focal": lambda y, p: -((1 - softmax_free(y, p)) ** 2) * np.log(softmax_free(y, p)),
    "generalized_cross_entropy": lambda y, p: (1 - softmax_free(y, p) ** 0.7) / 0.7,
    "multiclass_brier": lambda y, p: ((p - np.eye(CLASSES)[y]) ** 2).sum(axis=1),
    "zero_one": lambda y, p: (p.argmax(axis=1) != y).astype(float),
    "cosine": lambda y, p: 1 - (y * p).sum(1) / np.sqrt((y * y).sum(1) * (p * p).sum(1)),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rows", type=int, default=1 << 18)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--slice", action="store_true", help="hand over parts that stay in the cache")
    chosen = parser.parse_args()
    # As in a run: otherwise both sides mostly wait for the system to clear pages.
    arrange_own_process()
    print("| loss | losscli, ns a row | NumPy, ns a row | ratio |\n|---|---:|---:|---:|")
    for loss in registry.all_losses():
        if loss.name in PLAIN and (not chosen.names or loss.name in chosen.names):
            ours, plain = medians(bind(loss, {}), PLAIN[loss.name], chosen.rows, chosen.rounds, chosen.slice)
            print(f"| {loss.name} | {ours:.1f} | {plain:.1f} | {ours / plain:.2f} |")


def medians(bound: BoundLoss, plain: Plain, rows: int, rounds: int, sliced: bool) -> tuple[float, float]:
    """Return the median nanoseconds a row of the loss, and of the plain expression."""
    slices = list(samples(bound, rows, sliced))
    times: tuple[list[float], list[float]] = ([], [])
    with np.errstate(all="ignore"):
        for _ in range(rounds + 1):
            for taken, function in zip(times, (bound.value, plain), strict=True):
                start = time.perf_counter()
                for label, prediction in slices:
                    function(label, prediction)
                taken.append((time.perf_counter() - start) / rows * 1e9)
    ours, theirs = (statistics.median(taken[1:]) for taken in times)
    return ours, theirs


def samples(bound: BoundLoss, rows: int, sliced: bool) -> Iterator[tuple[Array, Array]]:
    """Yield samples of a loss's domains."""
    random = np.random.default_rng(0)
    several = bound.layout in (Layout.CLASSES, Layout.VECTOR)
    step = rows if not sliced else max(256, SLICE // CLASSES) if several else SLICE
    for _ in range(0, rows, step):
        label = bound.label_domain.sample(random, step, classes=CLASSES)
        prediction = bound.prediction_domain.sample(random, step, classes=CLASSES)
        yield label, prediction


if __name__ == "__main__":
    main()
