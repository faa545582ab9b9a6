"""What a cost is made of: a chart of uncertainty, discrimination and miscalibration."""

from __future__ import annotations

import math
from decimal import Decimal

from losscli.analyses.evaluate.report import Result
from losscli.analyses.page.decomposition import Decomposition, of_numbers, of_probability
from losscli.analyses.page.reliability import reliability
from losscli.analyses.page.seen import PageData
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Cells, Chart, Mark, Role, Rule
from losscli.outputs.views.results import percent

LEAST = 30
"""Samples: of fewer, recalibrating follows chance."""
USUAL = {"label_smoothing": 0.0, "pos_weight": 1.0}
"""Parameters that make something else of a score where they are not these."""


def parts(result: Result, page: PageData) -> Figure | None:
    """Return what the cost is made of; None where the loss is no proper score of what was counted."""
    found, of = _found(result, page)
    if found is None or not (found.uncertainty > 0.0 and found.cost < math.inf) or result.n < LEAST:
        return None
    told = _told(found, of)
    # Pooling follows chance too: it matters where bins are off beyond it. Of numbers, their bias says that.
    off = page.calibrated is not None and any(one.off for one in reliability(page.calibrated))
    weight = found.miscalibration / found.cost if off and found.cost > 0.0 else 0.0
    title = "What the cost is made of"
    return Figure(title, told, _chart(found), _table(found), result.loss, weight=weight)


def _found(result: Result, page: PageData) -> tuple[Decomposition | None, str]:
    """Return what the cost is made of, and of which rows, where these are not all."""
    name = result.loss.partition(":")[0]
    # Weights may sum to the number of samples, and still make another mean of the losses.
    if page.weighted or any(result.parameters.get(key, usual) != usual for key, usual in USUAL.items()):
        return None, ""
    if page.kind == "probability" and page.calibrated is not None:
        if int(page.calibrated.counts.sum()) != result.n:
            return None, ""
        return of_probability(name, result.mean, page.calibrated), ""
    if name == "mse" and page.sample is not None:
        drawn, n = len(page.sample.key), page.sample.n
        if n != result.n:
            return None, ""
        columns = page.sample.columns
        of = "" if drawn == n else f" This is of {drawn} of {n} samples, chosen by chance."
        return of_numbers(columns["label"], columns["prediction"]), of
    return None, ""


def _told(found: Decomposition, of: str) -> str:
    cost, uncertainty, gained, lost, _ = _texts(found)
    sum_ = f"{cost} = {uncertainty} − {gained} + {lost}"
    if found.miscalibration <= 0.0:
        return f"{sum_}: no part of the cost is miscalibration that can be seen.{of}"
    share = percent(found.miscalibration / found.cost, 2) if found.cost > 0.0 else "-"
    return f"{sum_}: {share} of the cost is miscalibration, which a monotone correction could save.{of}"


def _texts(found: Decomposition) -> list[str]:
    """Return the cost, its parts, and the cost without miscalibration.

    They have as many decimals as the largest of them needs for three digits or four.
    """
    parts = (found.cost, found.uncertainty, found.discrimination, found.miscalibration)
    values = (*parts, found.recalibrated)
    top = max(map(abs, values))
    # Very large and very small ones share a power of ten: else they would not fit beside their bars.
    power = 0 if 1e-4 < top < 1e7 else math.floor(math.log10(top))
    digits = 3 if power else max(0, 2 - math.floor(math.log10(top)))
    cost, uncertainty, gained, lost, _ = (
        Decimal(f"{Decimal(value).scaleb(-power):.{digits}f}") + 0 for value in values
    )
    # The larger one is what the others leave of the sum as it is shown, so that it adds up, and 0 stays 0.
    if gained > lost:
        gained = uncertainty + lost - cost
    else:
        lost = cost + gained - uncertainty
    exponent = f"e{power}" if power else ""
    shown = (cost, uncertainty, gained, lost, cost - lost)
    return [f"{value}{exponent}".replace("-", "−") for value in shown]


def _chart(found: Decomposition) -> Chart:
    cost, uncertainty, gained, lost, recalibrated = _texts(found)
    low, high = sorted((found.recalibrated, found.cost))
    rows: tuple[tuple[str, float, float, Role], ...] = (
        (f"uncertainty {uncertainty}", 0.0, found.uncertainty, "fourth"),
        (f"− discrimination {gained}", found.recalibrated, found.uncertainty, "third"),
        (f"+ miscalibration {lost}", low, high, "second"),
        (f"= cost {cost}", 0.0, found.cost, "first"),
    )
    top = max(found.uncertainty, found.cost) * 1.02
    marks: list[Mark] = [
        Cells([low], [high], [2.68 - place], [3.32 - place], [1.0], role)
        for place, (_, low, high, role) in enumerate(rows)
    ]
    marks.append(Rule(found.recalibrated, "y", "muted"))
    names = tuple((3.0 - place, row[0]) for place, row in enumerate(rows))
    return Chart(
        Axis("loss", 0.0, top),
        Axis("", -0.6, 3.6, ticks=names, names=True),
        tuple(marks),
        (("muted", f"cost if recalibrated {recalibrated}"),),
        height=150.0,
    )


def _table(found: Decomposition) -> Section:
    rows = (
        ("uncertainty", found.uncertainty, "if the mean of the labels were predicted for every sample"),
        ("discrimination", found.discrimination, "what telling samples apart saves of it"),
        ("miscalibration", found.miscalibration, "what a monotone correction of the predictions could save"),
        ("cost", found.cost, "uncertainty − discrimination + miscalibration"),
    )
    columns = (
        Column("part", Kind.WORD, [name for name, _, _ in rows]),
        Column("loss", Kind.NUMBER, [readable_number(value) for _, value, _ in rows]),
        Column("what it is", Kind.WORD, [told for _, _, told in rows]),
    )
    return Section("", columns)
