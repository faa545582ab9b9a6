"""D8: predictions that belong to the labels a few rows further on, or before."""

from __future__ import annotations

import math
from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Setting, beyond_chance
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.class_shifts import CLASS_SHIFTS, ClassShifts
from losscli.analyses.doctor.statistics.neighbours import LOOKED_AT, REACH, SHIFTS
from losscli.analyses.doctor.statistics.shifts import SHIFTS_OF_NUMBERS, Shifts
from losscli.common.text import readable_number
from losscli.compute.statistics.exact_sum import rounded

SURE = beyond_chance(math.log(len(SHIFTS)))
UNRELATED, SERIAL, HALF = 3.0, 3.0, 0.5
Shift = tuple[int, float, str]
"""Rows, by how many standard errors it is better, and what shows it."""


def judge(case: Case) -> Judged:
    """Speak where predictions fit the labels of other rows."""
    if case.setting.classes:
        return _findings(case.setting, case.seen(CLASS_SHIFTS), best_of_classes(case.seen(CLASS_SHIFTS)))
    seen = case.seen(SHIFTS_OF_NUMBERS)
    if not seen.finite:
        return "errors are too large to be squared"
    return _findings(
        case.setting, seen, best_of_numbers(seen) if case.kind is Kind.NUMBERS else best_of_two(seen)
    )


def best_of_numbers(seen: Shifts) -> Shift | None:
    """Return the shift with which numbers fit, where half of the squared error goes with it."""
    found: list[tuple[float, Shift]] = []
    plain = seen.error
    for shift, moved in zip(SHIFTS, seen.moved, strict=True):
        if moved.n and moved.finite and moved.z > SURE:
            error = max(0.0, plain - rounded(moved.gain.read() / moved.n))
            if error <= HALF * plain and error <= HALF * seen.variance:
                told = f"mean squared error {readable_number(plain)}, and {readable_number(error)} there"
                found.append((error, (shift, moved.z, told)))
    return min(found, default=(0.0, None))[1]


def best_of_two(seen: Shifts) -> Shift | None:
    """Return the shift with which two classes fit predictions that say nothing of their own labels."""
    found = []
    for shift, moved in zip(SHIFTS, seen.moved, strict=True):
        relation = seen.relation(moved.product, moved.n)
        if seen.related <= UNRELATED and relation > SURE and moved.finite and moved.z > SURE:
            told = (
                f"correlation {readable_number(seen.related / math.sqrt(seen.n))}, and "
                f"{readable_number(relation / math.sqrt(moved.n))} there"
            )
            found.append((relation, (shift, moved.z, told)))
    return max(found, default=(0.0, None))[1]


def best_of_classes(seen: ClassShifts) -> Shift | None:
    """Return the shift with which classes fit predictions that say nothing of their own labels."""
    found = []
    for shift, moved in zip(SHIFTS, seen.moved, strict=True):
        relation = seen.relation(moved.total, moved.n)
        if seen.related <= UNRELATED and relation > SURE and moved.z > SURE:
            told = (
                f"labels are {readable_number(seen.related)} standard errors more probable than by chance, "
                f"and {readable_number(relation)} there"
            )
            found.append((relation, (shift, moved.z, told)))
    return max(found, default=(0.0, None))[1]


def _findings(setting: Setting, seen: Shifts | ClassShifts, best: Shift | None) -> Iterator[Finding]:
    if best is None:
        return
    shift, z, told = best
    moved = seen.moved[SHIFTS.index(shift)]
    repeats = isinstance(seen, Shifts) and shift < 0 and moved.equal >= HALF * moved.n
    rows = "one row" if abs(shift) == 1 else f"{abs(shift)} rows"
    where = "further on" if shift > 0 else "before"
    also = " A forecast that repeats the last value looks like this, too." if shift < 0 else ""
    yield Finding(
        check=CHECK.name,
        level="hint" if repeats or seen.serial_z > SERIAL else "likely",
        message=f"predictions fit the labels {rows} {where}: {told}.{also}",
        remedy="Pair by ids, or leave out the row that one file has and the other has not.",
        statistic=z,
        threshold=SURE,
        rows=moved.n,
        repair=None if setting.several else Repair(edits={"shift_labels": shift}),
    )


def paired_by_position(setting: Setting) -> str:
    """Return why a check of rows in their order does not apply."""
    if setting.by_id:
        return "rows are paired by id"
    if not (setting.one_number or setting.classes):
        return "it is about one prediction a row, or a column a class"
    return ""


CHECK = Check(
    name="rows_shifted",
    number=8,
    lie="predictions belong to the labels a few rows further on, or before",
    levels=("likely", "hint"),
    kinds=(Kind.NUMBERS, Kind.PROBABILITY, Kind.LOGIT, Kind.SCORE, Kind.CLASSES, Kind.CLASS_LOGITS),
    fewest=40,
    looks_at=f"predictions beside the labels up to {REACH} rows further on and before, where rows are "
    f"paired by position: the squared errors of numbers, else how probable labels are; of {LOOKED_AT}",
    rule=f"numbers: squared errors are less by more than {SURE:.2f} standard errors, √(2 (log "
    f"{len(SHIFTS)} + log 10⁶)), at most half as large, and at most half of Var y. Classes: labels are no "
    f"more probable than by chance (z ≤ {UNRELATED:.0f}); those of the other rows are, and more than those "
    f"of their own, both by more than {SURE:.2f} standard errors. A hint where labels are serially "
    f"correlated (lag 1, z > {SERIAL:.0f}), or half of the predictions are an earlier label exactly: a "
    "forecast that repeats the last value looks like this, too",
    remedy="Pair rows by ids: --id COLUMN; or --shift-labels ROWS.",
    evidence=(
        "unit8co/darts #713 (rmse 1.64, shifted 1.04)",
        "blue-yonder/tsfresh #539, #727",
        "Nixtla/mlforecast #108",
        "ibm-granite-community/granite-timeseries-cookbook #28",
        "INRIA/geoarches #34",
        "thuml/Time-Series-Library #339",
    ),
    statistics=(SHIFTS_OF_NUMBERS, CLASS_SHIFTS),
    judge=judge,
    applies=paired_by_position,
)
