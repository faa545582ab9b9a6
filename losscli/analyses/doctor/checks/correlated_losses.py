"""D25: neighbours whose losses are alike."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged
from losscli.analyses.doctor.statistics.loss_lags import LOSS_LAGS
from losscli.analyses.doctor.statistics.neighbours import LOOKED_AT
from losscli.common.text import readable_number

SURE = 4.0


def judge(case: Case) -> Judged:
    """Speak where losses of neighbours go together, or against each other."""
    seen = case.seen(LOSS_LAGS).losses[case.place]
    if seen.z is None:
        return "losses are all the same, or not all of them are numbers"
    return _judge(seen.correlation or 0.0, seen.z, seen.n)


def _judge(correlation: float, z: float, rows: int) -> Iterator[Finding]:
    if abs(z) <= SURE:
        return
    width = "narrow" if z > 0 else "wide"
    yield Finding(
        check=CHECK.name,
        level="note",
        message=f"the losses of neighbouring rows are correlated ({readable_number(correlation, 3)}, z "
        f"{readable_number(z, 3)}): intervals that take rows as independent are too {width}.",
        remedy="Have intervals know of it: --cluster COLUMN",
        statistic=z,
        threshold=SURE,
        rows=rows,
    )


CHECK = Check(
    name="correlated_losses",
    number=25,
    lie="rows are taken as independent that are not",
    levels=("note",),
    fewest=30,
    looks_at=f"the correlation r of the loss of each row and the next one, in their order; of {LOOKED_AT}",
    rule=f"|r|·√n > {SURE:.0f}",
    remedy="Have intervals know of it: --cluster COLUMN.",
    evidence=("standard errors of clusters: Miller 2024, arXiv 2411.00640",),
    statistics=(LOSS_LAGS,),
    judge=judge,
)
