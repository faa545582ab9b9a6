"""D24: classes that only labels have, or only predictions."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Setting
from losscli.analyses.doctor.statistics.class_counts import CLASS_COUNTS, Counts
from losscli.common.text import listed, shorten


def judge(case: Case) -> Judged:
    """Say which classes are never the label, and which are never predicted."""
    return _judge(case) if case.error is None else "the loss refuses a row"


def _judge(case: Case) -> Iterator[Finding]:
    labels, predicted, names = _seen(case)
    if not labels:
        return
    if len(labels) == 1:
        (only,) = labels
        yield _finding(
            f"all {case.n} labels are {shorten(names[only])!r}: the cost says nothing of other classes.",
            "Are these all the labels?",
            case.n,
        )
    absent = [name for place, name in names.items() if place not in labels]
    if len(labels) > 1 and absent and not case.setting.one_number:
        yield _finding(
            f"{_of_classes(len(absent), len(names))} never the label: {listed(absent)}.",
            "Are labels or columns missing, or classes named differently?",
            sum(predicted.get(place, 0) for place in names if place not in labels),
        )
    missed = [place for place in labels if place not in predicted]
    if missed and len(names) > 1:
        yield _finding(
            f"{_of_classes(len(missed), len(names))} the most probable one in no row: "
            f"{listed([f'{names[place]} (the label of {labels[place]})' for place in missed])}.",
            "Was the model trained on all classes?",
            sum(labels[place] for place in missed),
        )


def _of_classes(some: int, all_of_them: int) -> str:
    return f"{some} of {all_of_them} classes {'is' if some == 1 else 'are'}"


def _seen(case: Case) -> tuple[Counts, Counts, dict[int, str]]:
    """Return the labels and the predictions of each class, and their names."""
    seen = case.seen(CLASS_COUNTS)
    if case.setting.classes or case.setting.class_names:
        return seen.labels, seen.predicted, dict(enumerate(case.classes))
    low = -1 if case.kind is Kind.SCORE else 0
    ones = seen.above_half if case.kind is Kind.PROBABILITY else seen.above_zero
    predicted = {place: count for place, count in ((low, case.n - ones), (1, ones)) if count}
    names = {low: str(low), 1: "1"}
    return {place: count for place, count in seen.labels.items() if place in names}, predicted, names


def _finding(message: str, remedy: str, rows: int) -> Finding:
    return Finding(
        check=CHECK.name,
        level="note",
        message=message,
        remedy=remedy,
        statistic=0.0,
        threshold=0.0,
        rows=rows,
    )


def _applies(setting: Setting) -> str:
    return "" if CLASS_COUNTS.sees(setting) else "it is about classes, or one probability of a class"


CHECK = Check(
    name="one_sided_classes",
    number=24,
    lie="classes that only labels have, or only predictions",
    levels=("note",),
    kinds=(
        Kind.PROBABILITY,
        Kind.LOGIT,
        Kind.SCORE,
        Kind.CLASSES,
        Kind.CLASS_LOGITS,
        Kind.CLASS_NAMES,
    ),
    fewest=10,
    looks_at="how many labels there are of each class, and in how many rows it is the most probable one",
    rule="labels are of one class alone; a class with a column is never the label; or a class that is a "
    "label is the most probable one in no row",
    remedy="Look whether labels or columns are missing, or classes have other names.",
    evidence=("scikit-learn/scikit-learn #6703",),
    statistics=(CLASS_COUNTS,),
    judge=judge,
    applies=_applies,
)
