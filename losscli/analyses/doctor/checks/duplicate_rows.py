"""D12: rows that are equal in all columns, more of them than chance makes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged
from losscli.analyses.doctor.checks.file_within_file import block_of
from losscli.analyses.doctor.checks.tail_repeats_head import padding_of
from losscli.analyses.doctor.statistics.repeats import KEPT_ROWS, REPEATS, Repeats, Sample
from losscli.common.text import readable_number

LEAST, FEWEST, TIMES, MOSTLY = 0.05, 5, 10.0, 0.5


def judge(case: Case) -> Judged:
    """Speak where rows of continuous numbers are equal."""
    seen = case.seen(REPEATS)
    kinds = [seen.predictions] if case.setting.classes else [seen.labels, seen.predictions]
    if any(one.distinct(seen.n, seen.end) <= MOSTLY for one in kinds):
        return "labels or predictions are not continuous: half of them or more are equal to others"
    return _judge(seen)


def _judge(seen: Repeats) -> Iterator[Finding]:
    counts = seen.rows.count
    again = int((counts - 1).sum()) / max(1, int(counts.sum()))
    rows = round(again * seen.n)
    by_chance = min(1.0, seen.n / 2 * _alike(seen, seen.labels) * _alike(seen, seen.predictions))
    least = max(LEAST, TIMES * by_chance)
    if rows < FEWEST or again < least or padding_of(seen) or block_of(seen) is not None:
        return
    yield Finding(
        check=CHECK.name,
        level="hint",
        message=f"{readable_number(100 * again)} % of the rows ({rows}) are equal to an earlier one in "
        f"label and prediction; by chance {readable_number(100 * by_chance)} % would be.",
        remedy="If they are the same sample, leave the copies out; if they belong together: --cluster COLUMN",
        statistic=again,
        threshold=least,
        rows=rows,
    )


def _alike(seen: Repeats, sample: Sample) -> float:
    """Return the chance that two rows have the same value."""
    if seen.n < 2 or not len(sample.key):
        return 0.0
    part = len(sample.key) / max(1.0, sample.distinct(seen.n, seen.end) * seen.n)
    pairs = float(np.sum(sample.count * (sample.count - 1.0))) / part
    return min(1.0, pairs / (seen.n * (seen.n - 1.0)))


CHECK = Check(
    name="duplicate_rows",
    number=12,
    lie="samples are there more than once",
    levels=("hint",),
    fewest=30,
    looks_at="the share of rows that are equal to an earlier one in all columns of labels and "
    "predictions, and the share that the frequencies of labels and predictions make by chance; continuous "
    f"ones alone, of which more than half differ. Of more than {KEPT_ROWS} rows about as many different "
    "ones are held, by the values of their keys: the share of those that differ is known to within 1 %",
    rule=f"at least {100 * LEAST:.0f} % of the rows and {FEWEST} of them are equal to an earlier one, "
    f"{TIMES:.0f} times as many as by chance, and neither tail_repeats_head nor file_within_file explains "
    "them",
    remedy="Leave the copies out; or have standard errors know of them: --cluster COLUMN.",
    evidence=(
        "embeddings-benchmark/mteb #1036",
        "huggingface/datasets #4261",
    ),
    statistics=(REPEATS,),
    judge=judge,
)
