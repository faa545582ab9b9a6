"""D1: the columns of classes are exchanged, or a probability is that of the other class."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Setting, beyond_chance
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.class_sums import (
    CLASS_SUMS,
    LOGIT_SUMS,
    MOST_CLASSES,
    Moved,
    classes_of,
)
from losscli.common.text import listed, readable_number, shorten

FEWEST, SKILL, RIGHT, BETTER = 20, 0.2, 0.5, 1.2
SHOWN = 5


def judge(case: Case) -> Judged:
    """Speak where labels have their probability in other columns than their own."""
    if case.error is not None:
        return "the loss refuses a row"
    seen = case.seen(LOGIT_SUMS if case.kind is Kind.LOGIT else CLASS_SUMS)
    if not seen.fits:
        return "its labels are not two classes 0 and 1"
    moved = seen.moved()
    return iter(()) if moved is None or not is_sure(moved) else _found(case, moved)


def is_sure(moved: Moved) -> bool:
    """Whether another order of the columns is beyond chance, and turns the useless into the good."""
    return (
        moved.rows >= FEWEST
        and moved.z > threshold_of(moved)
        and moved.each_gains
        and moved.before <= moved.base
        and moved.after - moved.base_after >= SKILL * (1.0 - moved.base_after)
        and moved.right_after >= max(RIGHT, BETTER * moved.right)
    )


def threshold_of(moved: Moved) -> float:
    """Return the z that the best of all orders of columns has to exceed."""
    return beyond_chance(math.lgamma(len(moved.order) + 1))


def _found(case: Case, moved: Moved) -> Iterator[Finding]:
    repair, message, remedy = _of_one(case, moved) if case.setting.one_number else _of_columns(case, moved)
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=message,
        remedy=remedy,
        statistic=moved.z,
        threshold=threshold_of(moved),
        rows=moved.rows,
        repair=repair,
    )


def _of_one(case: Case, moved: Moved) -> tuple[Repair, str, str]:
    right, right_after = round(moved.right * moved.rows), round(moved.right_after * moved.rows)
    (name,) = case.setting.outputs
    message = (
        f"column {shorten(name)!r} looks like the {'logit' if case.kind is Kind.LOGIT else 'probability'} "
        f"of the label 0: {right} of {moved.rows} rows are on the side of their label, and {right_after} "
        f"on the other one; labels have the probability {readable_number(moved.before, 3)} on average."
    )
    labels = remapped(case.request.map_labels, {"0": "1", "1": "0"})
    return (
        Repair(options={"map_labels": labels}),
        message,
        "Exchange the labels 0 and 1, or predict the other class.",
    )


def _of_columns(case: Case, moved: Moved) -> tuple[Repair, str, str]:
    order, classes, columns = moved.order, case.classes, case.setting.outputs
    changed = np.flatnonzero(order != np.arange(len(order))).tolist()
    if len(changed) == 2:
        one, other = (shorten(columns[place]) for place in changed)
        message = f"columns {one!r} and {other!r} look exchanged"
    else:
        held = [f"{columns[order[place]]} has {classes[place]}" for place in changed]
        message = f"the columns of {len(changed)} classes look permuted ({listed(held, SHOWN)})"
    seen = case.seen(CLASS_SUMS)
    most = int(moved.classes[seen.rows[moved.classes].argmax()])
    there = int(order[most])
    message += (
        f": {seen.largest[most, there]} of {seen.rows[most]} rows of {shorten(classes[most])!r} have their "
        f"largest probability in {shorten(columns[there])!r}, and {seen.largest[most, most]} in its own."
    )
    renamed = tuple((classes[order[place]], classes[place]) for place in changed)
    return (
        Repair(edits={"rename_class": renamed}),
        message,
        "Rename the columns, or put them in the right order.",
    )


def remapped(known: Mapping[str, str], change: Mapping[str, str]) -> dict[str, str]:
    """Return how labels have to be mapped so that they change after what is mapped already."""
    return {**change, **{old: change.get(new, new) for old, new in known.items()}}


def _applies(setting: Setting) -> str:
    classes = classes_of(setting)
    if classes < 2:
        return "it is about columns of classes, or one probability"
    return f"{classes} classes are more than {MOST_CLASSES}" if classes > MOST_CLASSES else ""


CHECK = Check(
    name="classes_permuted",
    number=1,
    lie="columns of classes are in another order, or a probability is that of the other class",
    levels=("likely",),
    kinds=(Kind.PROBABILITY, Kind.LOGIT, Kind.CLASSES, Kind.CLASS_LOGITS),
    fewest=30,
    looks_at="the sum of each column over the rows of each label, k² sums of k ≤ 1000 classes: the order of "
    "columns that gives labels the most probability, of all k! orders (logits as their softmax)",
    rule="of the rows of moved classes, at least 20: the probability of labels rises by more than √(2 "
    "(log k! + 13.8)) standard errors, and that of every class rises; as it stands it is on average no "
    "more than the mean of its column, and in the other order at least 0.2 of the way from the mean of "
    "that column to 1; the label then has the largest probability in at least half of them, and 1.2 times "
    "as often as before",
    remedy="Rename the columns: --rename-class a=b,b=a; of one probability exchange the labels: "
    "--map-labels 0=1,1=0.",
    evidence=(
        "log loss 36.04 instead of 0: scikit-learn/scikit-learn #30910, #10914, #33631",
        'order of "10" and "2", area under the curve below ½: openml/automlbenchmark #161, #212',
        "mljar/mljar-supervised #245, cleanlab/cleanlab #997, dotnet/machinelearning #3773",
        "rust-ml/linfa #393, microsoft/responsible-ai-toolbox #1031, evidentlyai/evidently #27",
        "the warning is asked for: HealthCatalyst/healthcareai-r #387",
    ),
    statistics=(CLASS_SUMS, LOGIT_SUMS),
    judge=judge,
    applies=_applies,
)
