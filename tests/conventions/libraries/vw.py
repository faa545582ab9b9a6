"""Vowpal Wabbit: the average loss with `-t` of predictions that are given as a feature, in float32."""

from __future__ import annotations

import numpy as np
import vowpalwabbit
from vowpalwabbit import pyvw

from conventions.call import FLOAT32, Call, Run

VERSION = vowpalwabbit.__version__
NAMES = ("vw",)


def of(options: str, *, logarithm: bool = False, weighted: bool = False) -> Run:
    def run(label: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        given = np.log(prediction) if logarithm else prediction
        low, high = (float(np.floor(given.min())) - 1.0, float(np.ceil(given.max())) + 1.0)
        bounds = f"--min_prediction {low!r} --max_prediction {high!r}"
        workspace = pyvw.Workspace(f"--quiet -t --noconstant --initial_weight 1 {bounds} {options}")
        for y, p, w in zip(label.tolist(), given.tolist(), weight.tolist(), strict=True):
            # Numbers in a text are cut short by its reader, by up to 5e-7: a feature is given as a number.
            example = workspace.example({"a": [("x", p)]})
            example.set_label_string(f"{y:.9g} {w:.9g}" if weighted else f"{y:.9g}")
            workspace.learn(example)
            workspace.finish_example(example)
        result = workspace.get_sum_loss() / workspace.get_weighted_examples()
        workspace.finish()
        return float(result)

    return run


def call(options: str, loss: str, data: str, **how: bool) -> Call:
    text = f"vw -t {options}".strip() + (" with weights" if how.get("weighted") else "")
    return Call(
        text,
        loss,
        data,
        of(options, **how),
        "vw.prediction" if how.get("logarithm") else "vw",
        how.get("weighted", False),
        tolerance=4 * FLOAT32,
    )


CALLS = (
    call("", "mse", "numbers positive"),
    call("", "mse", "numbers", weighted=True),
    call("--loss_function quantile", "quantile", "numbers"),
    call("--loss_function quantile --quantile_tau 0.9", "quantile:q=0.9", "numbers"),
    call("--loss_function expectile --expectile_q 0.3", "expectile:q=0.3", "numbers"),
    call("--loss_function logistic", "logistic", "signs"),
    call("--loss_function hinge", "hinge", "signs"),
    call("--loss_function logistic", "logistic", "signs", weighted=True),
    call("--loss_function poisson", "poisson_deviance", "counts positive", logarithm=True),
    call("--loss_function poisson", "poisson_deviance", "log_counts"),
)
