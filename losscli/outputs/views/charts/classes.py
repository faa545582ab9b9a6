"""Charts of classes: which was taken for which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from losscli.analyses.page.probabilities import Confusion
from losscli.outputs.drawing.elements import Column, Data, Element, Figure, Kind, Section, Words
from losscli.outputs.drawing.svg.marks import Axis, Cells, Chart
from losscli.outputs.views.results import percent

MOST = 30
"""Classes of which all are drawn, and pairs of classes that are listed."""


def confused(confusion: Confusion, names: Sequence[str]) -> Iterator[Element]:
    """Yield which class was taken for which: all of few classes; of many a table of the worst pairs."""
    counts = confusion.counts
    total, size = int(counts.sum()), len(counts)
    if not total or size < 2:
        return
    called = [names[at] if at < len(names) else str(at) for at in range(size)]
    order = sorted(range(size), key=lambda at: _natural(called[at]))
    counts, called = counts[np.ix_(order, order)], [called[at] for at in order]
    wrong = list(_pairs(counts))
    told = _told(counts, called, wrong)
    if size <= MOST:
        numbers = _of_classes(counts, called)
        yield Figure("Which class is taken for which", told, matrix(counts, called), numbers)
    else:
        yield Words(told)
    if wrong and size > 3:
        yield _worst(counts, called, wrong)


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """Return what sorts names as people do: numbers in them by their value, before letters."""
    pieces = re.findall("[0-9]{1,18}|[^0-9]+", name)
    return [(False, int(one), "") if "0" <= one[0] <= "9" else (True, 0, one) for one in pieces]


def _pairs(counts: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Yield how many of a class were taken for another: the most first."""
    off = counts - np.diag(np.diag(counts))
    true, predicted = np.nonzero(off)
    found = off[true, predicted]
    for place in np.lexsort((predicted, true, -found)).tolist():
        yield int(found[place]), int(true[place]), int(predicted[place])


def _told(counts: np.ndarray, names: Sequence[str], wrong: Sequence[tuple[int, int, int]]) -> tuple[str, ...]:
    right, total = int(np.trace(counts)), int(counts.sum())
    start = f"The class is right in {percent(right / total)} of the samples ({right} of {total})"
    if not wrong:
        return (f"{start}.",)
    count, true, predicted = wrong[0]
    rest = f" ({count} of {int(counts[true].sum())})."
    return (f"{start}; most often ", Data(names[true]), " is taken for ", Data(names[predicted]), rest)


def matrix(counts: np.ndarray, names: Sequence[str]) -> Chart:
    """Return how often each class, a row, was taken for each, a column: counts `(classes, classes)`."""
    true, predicted = np.nonzero(counts)
    found = counts[true, predicted]
    # Of all that have a class: so that a rare one is seen as well.
    shares = found / counts.sum(axis=1)[true]
    rows = (len(names) - 1 - true).astype(float)
    cells = Cells(
        (predicted - 0.5).tolist(),
        (predicted + 0.5).tolist(),
        (rows - 0.5).tolist(),
        (rows + 0.5).tolist(),
        shares.tolist(),
        texts=[str(count) for count in found.tolist()],
        titles=[
            f"{names[one]} taken for {names[other]}: {count}"
            for one, other, count in zip(true.tolist(), predicted.tolist(), found.tolist(), strict=True)
        ],
    )
    end = len(names) - 0.5
    return Chart(
        Axis(
            "predicted class",
            -0.5,
            end,
            ticks=tuple((float(at), name) for at, name in enumerate(names)),
            names=True,
        ),
        Axis(
            "true class",
            -0.5,
            end,
            ticks=tuple((float(len(names) - 1 - at), name) for at, name in enumerate(names)),
            names=True,
        ),
        (cells,),
        (("first", "the stronger, the larger its share of the true class"),),
        square=True,
    )


def _of_classes(counts: np.ndarray, names: Sequence[str]) -> Section:
    """Return of each class how many there are, how many were found, and how often its name was right."""
    right = np.diag(counts)
    columns = (
        Column("class", Kind.DATA, list(names)),
        Column("samples", Kind.NUMBER, [str(count) for count in counts.sum(axis=1).tolist()]),
        Column("predicted", Kind.NUMBER, [str(count) for count in counts.sum(axis=0).tolist()]),
        Column("right", Kind.NUMBER, [str(count) for count in right.tolist()]),
        Column("recall", Kind.NUMBER, _shares(right, counts.sum(axis=1))),
        Column("precision", Kind.NUMBER, _shares(right, counts.sum(axis=0))),
    )
    return Section("", columns)


def _shares(some: np.ndarray, of: np.ndarray) -> list[str]:
    pairs = zip(some.tolist(), of.tolist(), strict=True)
    return [f"{100.0 * one / all_:.1f} %" if all_ else "-" for one, all_ in pairs]


def _worst(counts: np.ndarray, names: Sequence[str], wrong: Sequence[tuple[int, int, int]]) -> Section:
    shown = wrong[: MOST if len(names) > MOST else 5]
    columns = (
        Column("true class", Kind.DATA, [names[true] for _, true, _ in shown]),
        Column("taken for", Kind.DATA, [names[predicted] for _, _, predicted in shown]),
        Column("samples", Kind.NUMBER, [str(count) for count, _, _ in shown]),
        Column(
            "share of the class",
            Kind.NUMBER,
            [f"{100.0 * count / int(counts[true].sum()):.1f} %" for count, true, _ in shown],
        ),
    )
    several = len(shown) > 1
    return Section(f"The {len(shown)} most frequent confusions" if several else "The only confusion", columns)
