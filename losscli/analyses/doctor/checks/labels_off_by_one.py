"""D22: labels count classes from 1, and columns from 0, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Setting
from losscli.analyses.doctor.checks.classes_permuted import is_sure, remapped, threshold_of
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.class_sums import (
    CLASS_SUMS,
    MOST_CLASSES,
    ONE_TWO_SUMS,
    Moved,
    classes_of,
)
from losscli.analyses.doctor.statistics.facts import FACTS
from losscli.analyses.evaluate.run import evaluate
from losscli.common.errors import LosscliError
from losscli.common.text import exact_value, is_whole
from losscli.inputs.columns.needs import common_needs
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss.domain import BINARY

FEWEST_CLASSES = 3
REMEDY = "Count both from the same number; --map-labels changes labels."
NO_CLASS = "no class"
"""What a label becomes that there is not if labels are off by one: it is refused."""


def judge(case: Case) -> Judged:
    """Speak where the columns that labels have their probability in are each one further."""
    if case.setting.one_number:
        return _of_numbers(case) if case.kind is Kind.NUMBERS else "labels 1 and 2 are refused"
    numbers = _numbers(case.classes)
    if len(numbers) < FEWEST_CLASSES:
        return "its classes are not three or more whole numbers that follow each other"
    if case.error is not None:
        return "the loss refuses a row"
    moved = case.seen(CLASS_SUMS).moved()
    return iter(()) if moved is None or not is_sure(moved) else _found(case, moved, numbers)


def _found(case: Case, moved: Moved, numbers: tuple[int, ...]) -> Iterator[Finding]:
    rows = case.seen(CLASS_SUMS).rows
    if len(moved.classes) < int((rows > 0).sum()):
        return
    there = {numbers[place]: numbers[int(moved.order[place])] for place in moved.classes.tolist()}
    for step in (-1, 1):
        around = {(min(numbers), max(numbers)), (max(numbers), min(numbers))}
        steps = [pair for pair in there.items() if pair not in around]
        if not steps or any(new - old != step for old, new in steps):
            continue
        turned = len(steps) < len(there)
        message = (
            f"the probability of label k is in the column of {'k − 1' if step < 0 else 'k + 1'}, for all "
            f"{len(there)} "
            f"classes{', and that of the outermost in the column of the other end' if turned else ''}: "
            "labels and columns seem to be counted from different numbers."
        )
        change = {str(old): str(new) for old, new in there.items()}
        yield Finding(
            check=CHECK.name,
            level="hint" if turned else "likely",
            message=message,
            remedy=REMEDY,
            statistic=moved.z,
            threshold=threshold_of(moved),
            rows=moved.rows,
            repair=Repair(options={"map_labels": remapped(case.request.map_labels, change)}),
        )


def _of_numbers(case: Case) -> Iterator[Finding]:
    """Yield what is wrong where labels are 1 and 2, and predictions probabilities of the label 2."""
    seen = case.seen(ONE_TWO_SUMS)
    if not (seen.fits and case.seen(FACTS).shares):
        return
    share = float(seen.rows[1]) / case.n
    known = share * (1.0 - share)
    if seen.brier < known:
        labels = remapped(case.request.map_labels, {"1": "0", "2": "1"})
        yield Finding(
            check=CHECK.name,
            level="likely",
            message="labels are 1 and 2, and all predictions are in [0, 1]: they look like probabilities of "
            "the label 2.",
            remedy="Write the labels 1 and 2 as 0 and 1; --map-labels changes labels.",
            statistic=seen.brier,
            threshold=known,
            rows=case.n,
            repair=Repair(options={"map_labels": labels}),
        )


def refused(request: Request, error: LosscliError) -> Iterator[Repair]:
    """Yield the maps of labels, each moved by one, with which every label is a class."""
    if not error.found.startswith("label is "):
        return
    numbers = _numbers(_classes(request))
    if not numbers:
        return
    for step in (-1, 1):
        change = {str(number - step): str(number) for number in numbers}
        (never,) = {str(number) for number in numbers} - {*change}
        known = request.map_labels
        if _evaluates(replace(request, map_labels=remapped(known, {**change, never: NO_CLASS}))):
            yield Repair(options={"map_labels": remapped(known, change)})


def _classes(request: Request) -> tuple[str, ...]:
    """Return the names of the classes of columns, or of two numbers; none where they cannot be told."""
    if request.loss[0].label_domain is BINARY:
        return "0", "1"
    try:
        with Reading(request, common_needs(request.loss)) as reading:
            names = reading.roles.classes
    except LosscliError:
        return ()
    return names[0] if names else ()


def _evaluates(request: Request) -> bool:
    try:
        evaluate(replace(request, bad_rows="error"))
    except LosscliError:
        return False
    return True


def _numbers(names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the whole numbers that names are, if they follow each other in some order; else none."""
    values = [exact_value(name) for name in names]
    numbers = tuple(
        int(value) for value in values if value is not None and is_whole(value) and abs(value) < 10**9
    )
    whole = len(numbers) == len(names) > 1 and sorted(numbers) == list(
        range(min(numbers), min(numbers) + len(names))
    )
    return numbers if whole else ()


def told(error: LosscliError) -> tuple[str, str]:
    """Say what is wrong where one of these maps helps."""
    where = f"{error.where}: " if error.where else ""
    message = (
        f"{where}{error.found}. With each label moved by one, all are classes: labels seem to be counted "
        "from another number."
    )
    return message, REMEDY


def _applies(setting: Setting) -> str:
    if setting.one_number:
        return ""
    classes = classes_of(setting)
    if classes < FEWEST_CLASSES:
        return "it is about columns of three or more classes, and one number"
    return f"{classes} classes are more than {MOST_CLASSES}" if classes > MOST_CLASSES else ""


CHECK = Check(
    name="labels_off_by_one",
    number=22,
    lie="labels are counted from 1, and columns of classes from 0, or the other way round",
    levels=("likely", "hint"),
    kinds=(Kind.NUMBERS, Kind.CLASSES, Kind.CLASS_LOGITS),
    fewest=30,
    looks_at="labels that are refused; and the order of columns that gives labels the most probability, as "
    "classes_permuted has it, where classes are whole numbers that follow each other",
    rule="a label is refused, and moved by one all labels are classes; or classes_permuted would speak, and "
    "each class has its probability in the column of the number before it, or each in that of the number "
    "after it: likely, and a hint if one at the end has it at the other end; or labels are 1 and 2, and "
    "predictions, in [0, 1], have a lower Brier score for the labels less 1 than their share",
    remedy="Count both from the same number: --map-labels 1=0,2=1,3=2.",
    evidence=("tensorflow and torch count classes from 0, R and MATLAB from 1",),
    statistics=(CLASS_SUMS, ONE_TWO_SUMS),
    judge=judge,
    applies=_applies,
    refused=refused,
    told=told,
)
