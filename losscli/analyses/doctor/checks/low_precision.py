"""D23: predictions of 16 bits."""

from __future__ import annotations

import math
from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.statistics.precision import FORMATS, PRECISION
from losscli.analyses.doctor.statistics.sample import SAMPLE, Sample
from losscli.analyses.doctor.told import Told
from losscli.common.text import readable_number

BINADES = 3


def judge(case: Case) -> Judged:
    """Note predictions that are all bfloat16 or float16."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    seen = case.seen(PRECISION)
    for (name, (zeros, bits)), last in zip(FORMATS.items(), seen.last, strict=True):
        if seen.used & ((1 << zeros) - 1) or last.bit_count() < BINADES:
            continue
        share = 2.0**-bits
        yield Told(
            message=f"every prediction is a {name}: {bits * math.log10(2.0):.1f} significant digits, each "
            "within "
            f"{readable_number(share, 2)} times itself.{_bound(case, share)}",
            remedy="Save the predictions as float32.",
            statistic=float(last.bit_count()),
            threshold=float(BINADES),
            level="note",
        ).of(case, CHECK.name)
        return


def _bound(case: Case, share: float) -> str:
    """Return what rounding can have done to the cost, where that is known."""
    if case.loss.spec == "cross_entropy":
        return f" That puts the cost within {readable_number(-math.log1p(-share), 2)}."
    if case.loss.spec != "mse" or SAMPLE.name not in case.states:
        return ""
    seen: tuple[Sample, ...] = case.seen(SAMPLE).of
    squares = [one.mean(one.prediction**2) for one in seen]
    bounds = [
        2.0 * share * math.sqrt(one.error(1.0) * square) + share**2 * square
        for one, square in zip(seen, squares, strict=True)
    ]
    return f" That puts the cost within {readable_number(sum(bounds) / len(bounds), 2)}."


CHECK = Check(
    name="low_precision",
    number=23,
    lie="predictions were rounded to 16 bits",
    levels=("note",),
    kinds=tuple(kind for kind in Kind if kind not in (Kind.CLASS_NAMES, Kind.OTHER)),
    fewest=30,
    looks_at="the bits of the mantissas of the predictions, as float32",
    rule="all fit into bfloat16 or float16, and numbers of at least 3 binades use its last bit: they are no "
    "multiples of one number",
    remedy="Save the predictions as float32.",
    evidence=("what inference in half precision writes",),
    statistics=(PRECISION, SAMPLE),
    judge=judge,
    applies=lambda setting: "predictions are names" if setting.class_names else "",
)
