"""D17: values that stand for a missing one, taken for numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.outputs import Outputs
from losscli.analyses.doctor.statistics.sentinels import COUNTED, SENTINELS, SPREAD, Counted, Counts, Spread
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.errors import LosscliError
from losscli.common.text import plain_number, readable_number
from losscli.compute.statistics.distribution import Histogram
from losscli.inputs.request import Request

SHARE, ROWS = 0.002, 2
FAR, NO_OTHER = 20.0, 10.0
OF_QUARTILES = 1.349
"""What lies between the quartiles of a normal distribution, in standard deviations."""
IGNORED = ("-100", "-9", "-99", "-999", "-9999")
"""Labels of classes that stand for none; PyTorch ignores −100."""


@dataclass(frozen=True, slots=True)
class Both:
    """What is known of an output: all rows, and of some rows how they are spread."""

    counted: Counted
    spread: Spread

    def merge(self, later: Both) -> Both:
        """Return those of both."""
        return Both(self.counted.merge(later.counted), self.spread.merge(later.spread))


def judge(case: Case) -> Judged:
    """Speak where a usual sentinel is far from all other values."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    pairs = zip(case.seen(COUNTED).of, case.seen(SPREAD).of, strict=True)
    seen = Outputs(tuple(Both(counted, spread) for counted, spread in pairs))
    single = len(seen.of) == 1
    yield from tell(case, CHECK.name, seen, _of_labels(single))
    yield from tell(case, CHECK.name, seen, _of_predictions)


def _of_labels(single: bool) -> Callable[[Both], Told | None]:
    def one(seen: Both) -> Told | None:
        found = _sentinel(seen.spread.labels, seen.spread.counted.labels)
        if found is None:
            return None
        value = plain_number(SENTINELS[found[0]])
        return _told(
            "label",
            found,
            seen.counted.labels,
            f"Leave these rows out: --ignore-label {value}",
            Repair(options={"ignore_label": (value,)}) if single else None,
        )

    return one


def _of_predictions(seen: Both) -> Told | None:
    found = _sentinel(seen.spread.predictions, seen.spread.counted.predictions)
    if found is None:
        return None
    remedy = "Have the model predict these rows, or leave them out of both files."
    return _told("prediction", found, seen.counted.predictions, remedy, None)


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


def _sentinel(histogram: Histogram, counts: Counts) -> tuple[int, float, float] | None:
    """Return the place of a sentinel, its distance from the median, and the median; None without."""
    total = histogram.total
    often = [place for place, n in enumerate(counts) if n >= max(ROWS, SHARE * total)]
    if not often:
        return None
    values, sizes = histogram.read()
    ends = np.cumsum(sizes)
    low, median, high = (float(values[np.searchsorted(ends, share * total)]) for share in (0.25, 0.5, 0.75))
    # Halves first: the difference of two numbers can be out of range.
    half = (high / 2.0 - low / 2.0) / OF_QUARTILES
    if half <= 0.0:
        return None
    distance = np.abs(values / 2.0 - median / 2.0) / half
    beyond = int(sizes[distance > NO_OTHER].sum())
    for place in often:
        far = abs(SENTINELS[place] / 2.0 - median / 2.0) / half
        if far > FAR and beyond == counts[place]:
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
    "classes are refused, whether that is because of −9, −99, −999, −9999 or −100",
    rule="one of them in at least 0.2 % of the rows and in 2, more than 20 robust standard deviations (the "
    "distance "
    "of the quartiles / 1.349) from the median, and no other value beyond 10",
    remedy="Leave these labels out: --ignore-label VALUE. For predictions the model has to be mended.",
    evidence=("scores that are no number came as 0: dotnet/machinelearning #6361",),
    statistics=(COUNTED, SPREAD),
    judge=judge,
    applies=not_numbers,
    refused=_refused,
    told=lambda error: f"{error.found}: it looks like a mark of missing labels.",
    gains=False,
)
