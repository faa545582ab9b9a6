"""D15: predictions or labels are logarithms or roots, and the other side is not."""

from __future__ import annotations

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.spaces import SPACES, TRANSFORMS, Spaces
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.text import readable_number

FIT = 0.5


def judge(case: Case) -> Judged:
    """Speak where predictions are worse than a mean, and fit transformed labels, or the other way round."""
    return tell(case, CHECK.name, case.seen(SPACES), _one)


def _one(seen: Spaces) -> Told | None:
    if seen.plain is None or not seen.plain.error(seen.n) > seen.plain.variance(seen.n) > 0.0:
        return None
    fits = [
        (fit.ratio(seen.n), side, name)
        for side, found in (("predictions", seen.labels), ("labels", seen.predictions))
        for name, fit in found.items()
    ]
    if not fits:
        return None
    ratio, side, name = min(fits)
    if not ratio < FIT:
        return None
    inverse = TRANSFORMS[name][2]
    fits_so, as_it_is = (readable_number(one, 3) for one in (ratio, seen.plain.ratio(seen.n)))
    if side == "predictions":
        found = (
            f"predictions fit {name} of the labels (mean squared error {fits_so} times its variance), and "
        )
        found += f"not the labels ({as_it_is} times)"
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


CHECK = Check(
    name="other_space",
    number=15,
    lie="predictions are logarithms or roots and labels are not, or the other way round",
    levels=("likely",),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="the mean squared error of predictions f of labels y, and those of f of t(y) and of t(f) of y, "
    "without a refit, for t in log, log1p, log10 and sqrt",
    rule="mse(f, y) > Var y, and mse(f, t(y)) < ½ Var t(y), or mse(t(f), y) < ½ Var y; the t that fits best",
    remedy="Undo it: --transform-prediction or --transform-label with exp, expm1, pow10 or square.",
    evidence=("a log that was taken of labels before the fit, and never undone: from practice",),
    statistics=(SPACES,),
    judge=judge,
    applies=not_numbers,
)
