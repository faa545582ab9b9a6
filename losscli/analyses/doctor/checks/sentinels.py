"""D17: values that stand for a missing one, taken for numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.statistics.sentinels import COUNTED, SENTINELS, Counted, Counts
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import plain_number, readable_number
from losscli.inputs.request import Request

SHARE, ROWS = 0.002, 2
FAR, NO_OTHER = 20.0, 10.0
OF_QUARTILES = 1.349
"""What lies between the quartiles of a normal distribution, in standard deviations."""
IGNORED = ("-100", "-9", "-99", "-999", "-9999")
"""Labels of classes that stand for none; PyTorch ignores −100."""


def judge(case: Case) -> Judged:
    """Speak where a usual sentinel is far from all other values."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    seen, counted = case.seen(SAMPLE), case.seen(COUNTED).of
    single = len(seen.of) == 1
    each = iter(counted)
    yield from tell(case, CHECK.name, seen, lambda one: _of_labels(case, one, next(each), single=single))
    other = iter(counted)
    yield from tell(case, CHECK.name, seen, lambda one: _of_predictions(case, one, next(other)))


def _of_labels(case: Case, seen: Sample, counted: Counted, *, single: bool) -> Told | None:
    found = _sentinel(seen, seen.label, counted.labels, case.n)
    if found is None:
        return None
    value = plain_number(SENTINELS[found[0]])
    repair = Repair(options={"ignore_label": (value,)}) if single else None
    remedy = f"Leave these rows out: --ignore-label {value}"
    return _told("label", found, counted.labels, remedy, repair)


def _of_predictions(case: Case, seen: Sample, counted: Counted) -> Told | None:
    found = _sentinel(seen, seen.prediction, counted.predictions, case.n)
    if found is None:
        return None
    remedy = "Have the model predict these rows, or leave them out of both files."
    return _told("prediction", found, counted.predictions, remedy, None)


def _told(
    what: str, found: tuple[int, float, float], counts: Counts, remedy: str, repair: Repair | None
) -> Told:
    place, distance, median = found
    return Told(
        message=f"{counts[place]} {what}s are {plain_number(SENTINELS[place])}, "
        f"{readable_number(distance, 3)} "
        f"robust standard deviations from the median {readable_number(median)}, and no other value is "
        f"beyond {readable_number(NO_OTHER)}: it looks like a mark of missing values.",
        remedy=remedy,
        statistic=distance,
        threshold=FAR,
        repair=repair,
        rows=counts[place],
    )


def _sentinel(seen: Sample, values: Array, counts: Counts, n: int) -> tuple[int, float, float] | None:
    """Return the place of a sentinel, its distance from the median, and the median; None without."""
    often = [place for place, count in enumerate(counts) if count >= max(ROWS, SHARE * n)]
    if not often:
        return None
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(seen.counts[order])
    quarters = np.searchsorted(ends, np.array([0.25, 0.5, 0.75]) * ends[-1])
    low, median, high = values[order[quarters]].tolist()
    # Halves first: the difference of two numbers can be out of range.
    half = (high / 2.0 - low / 2.0) / OF_QUARTILES
    if not half > 0.0:
        return None
    beyond = np.abs(values / 2.0 - median / 2.0) / half > NO_OTHER
    for place in often:
        far = abs(SENTINELS[place] / 2.0 - median / 2.0) / half
        if far > FAR and not (beyond & (values != SENTINELS[place])).any():
            return place, far, median
    return None


def _refused(_: Request, error: LosscliError) -> Iterator[Repair]:
    for value in IGNORED:
        if f"is {value}" in error.found or f"'{value}'" in error.found:
            yield Repair(options={"ignore_label": (value,)})


CHECK = Check(
    name="sentinels",
    number=17,
    lie="a value that stands for a missing one is taken for a number",
    levels=("likely",),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="how often labels, and predictions, are −1, −9, −99, … −999999, 999, … 999999, the least or "
    "largest "
    "int16, int32 or int64, ±1e30, 1e20 or ± the largest float32, and the quartiles of all values; where "
    "labels of "
    "classes are refused, whether that is because of −9, −99, −999, −9999 or −100" + SAMPLED,
    rule="one of them in at least 0.2 % of the rows and in 2, more than 20 robust standard deviations (the "
    "distance "
    "of the quartiles / 1.349) from the median, and no other value beyond 10",
    remedy="Leave these labels out: --ignore-label VALUE. For predictions the model has to be mended.",
    evidence=("scores that are no number came as 0: dotnet/machinelearning #6361",),
    statistics=(COUNTED, SAMPLE),
    judge=judge,
    applies=not_numbers,
    refused=_refused,
    told=lambda error: f"{error.found}: it looks like a mark of missing labels.",
    gains=False,
)
