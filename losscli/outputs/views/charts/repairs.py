"""Charts of what doctor found: the cost as it stands, and with each repair."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.analyses.doctor.check import Finding
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.views.charts import rows


def repairs(found: Sequence[Finding]) -> Figure | None:
    """Return the costs of one loss as it stands and with each repair; None where none changes it.

    Of some losses a cost is the same with files exchanged.

    Args:
        found: findings with the same loss.
    """
    mended = [(one, one.cost, one.cost_repaired) for one in found]
    both = [
        (one, cost, less)
        for one, cost, less in mended
        if cost is not None and less is not None and cost != less
    ]
    if not both:
        return None
    first, cost, _ = both[0]
    bars = [
        rows.Row("as it stands", cost, role="second"),
        *(rows.Row(one.check, less) for one, _, less in both),
    ]
    chart = rows.bars(bars, "cost", (("second", "as it stands"), ("first", "mended")))
    if chart is None or len(chart.y.ticks or ()) < 2:
        return None
    check, least = min(((one.check, less) for one, _, less in both), key=lambda pair: pair[1])
    share = f": {readable_number(least / cost, 3)} times as much" if least > 0.0 and cost > 0.0 else ""
    finding = (
        f"The cost is {readable_number(cost)} as it stands and "
        f"{readable_number(least)} when {check} is mended{share}."
    )
    table = Section(
        "",
        (
            Column("check", Kind.WORD, [one.check for one, _, _ in both]),
            Column("as it stands", Kind.NUMBER, [readable_number(before) for _, before, _ in both]),
            Column("mended", Kind.NUMBER, [readable_number(less) for _, _, less in both]),
        ),
    )
    return Figure("The cost before and after", finding, chart, table, first.loss)
