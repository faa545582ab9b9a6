"""D15: predictions or labels are logarithms or roots, and the other side is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.array import Array
from losscli.common.text import readable_number

FIT = 0.5
TRANSFORMS: Mapping[str, tuple[Callable[[Array], Array], str]] = {
    "log": (np.log, "exp"),
    "log1p": (np.log1p, "expm1"),
    "log10": (np.log10, "pow10"),
    "sqrt": (np.sqrt, "square"),
}
"""Each with its inverse; outside its domain it is no number, or infinite."""


def judge(case: Case) -> Judged:
    """Speak where predictions are worse than a mean, and fit transformed labels, or the other way round."""
    return tell(case, CHECK.name, case.seen(SAMPLE), _one)


def _one(seen: Sample) -> Told | None:
    plain = seen.error(1.0)
    if not plain > seen.variance > 0.0:
        return None
    # Two numbers are classes, and a line goes through whatever becomes of them.
    if not ((seen.label != seen.label.min()) & (seen.label != seen.label.max())).any():
        return None
    fits = [*_fits(seen)]
    ratio, side, name = min(fits, default=(FIT, "", ""))
    if not ratio < FIT:
        return None
    inverse = TRANSFORMS[name][1]
    fits_so, as_it_is = (readable_number(one, 3) for one in (ratio, plain / seen.variance))
    if side == "predictions":
        found = f"predictions fit {name} of the labels (mean squared error {fits_so} times its variance), "
        found += f"and not the labels ({as_it_is} times)"
    else:
        found = f"{name} of the predictions fits the labels (mean squared error {fits_so} times their "
        found += f"variance), and the predictions do not ({as_it_is} times)"
    return Told(
        message=f"{found}: {side} look like {name} of what they stand for.",
        remedy=f"Undo it: take {inverse} of the {side}.",
        statistic=ratio,
        threshold=FIT,
        repair=Repair(edits={f"transform_{side[:-1]}": inverse}),
    )


def _fits(seen: Sample) -> Iterator[tuple[float, str, str]]:
    """Yield errors by the variance of what is fitted, which side is transformed already, and how."""
    for name, (transform, _) in TRANSFORMS.items():
        for side, target, prediction in (
            ("predictions", transform(seen.label), seen.prediction),
            ("labels", seen.label, transform(seen.prediction)),
        ):
            apart = target - prediction
            error, variance = seen.mean(apart * apart), seen.variance_of(target)
            if error < FIT * variance < math.inf:
                yield error / variance, side, name


CHECK = Check(
    name="other_space",
    number=15,
    lie="predictions are logarithms or roots and labels are not, or the other way round",
    levels=("likely",),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="the mean squared error of predictions f of labels y, and those of f of t(y) and of t(f) of y, "
    "without a refit, for t in log, log1p, log10 and sqrt" + SAMPLED,
    rule="mse(f, y) > Var y, and mse(f, t(y)) < ½ Var t(y), or mse(t(f), y) < ½ Var y; the t that fits best; "
    "labels have more than two values",
    remedy="Undo it: --transform-prediction or --transform-label with exp, expm1, pow10 or square.",
    evidence=("a log that was taken of labels before the fit, and never undone: from practice",),
    statistics=(SAMPLE,),
    judge=judge,
    applies=not_numbers,
)
