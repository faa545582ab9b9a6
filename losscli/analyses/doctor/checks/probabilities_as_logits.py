"""D3: probabilities are given to a loss that reads logits."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.logits import AS_SHARES, read_as, reads_logits
from losscli.analyses.doctor.statistics.row_sums import ROW_SUMS

FEWEST_OF_ONE, SURE = 50, 4.0
CERTAIN_FROM = 3


def judge(case: Case) -> Judged:
    """Speak where what should be logits is probabilities."""
    if reads_logits(case.loss) is not True:
        return "the loss does not read logits"
    if case.setting.classes:
        return _of_columns(case)
    if AS_SHARES.name not in case.states:
        return "the loss was not asked for"
    return _of_numbers(case) if case.n >= FEWEST_OF_ONE else f"it needs {FEWEST_OF_ONE} rows"


def _of_columns(case: Case) -> Iterator[Finding]:
    seen = case.seen(ROW_SUMS)
    if seen.shares == seen.n:
        columns = len(case.setting.outputs)
        message = (
            f"in all {seen.n} rows the {columns} columns are in [0, 1] and sum to 1: they are "
            f"probabilities, and {case.loss.loss.name} reads logits here."
        )
        level = "certain" if columns >= CERTAIN_FROM else "likely"
        yield _finding(case, level, message, float(seen.shares), float(seen.n))


def _of_numbers(case: Case) -> Iterator[Finding]:
    seen = case.seen(AS_SHARES)
    if seen.possible and seen.gain.z > SURE:
        message = (
            f"all {case.n} predictions are in [0, 1], and cost less as probabilities than as logits, as "
            f"which {case.loss.loss.name} reads them here."
        )
        yield _finding(case, "likely", message, seen.gain.z, SURE)


def _finding(case: Case, level: str, message: str, statistic: float, threshold: float) -> Finding:
    return Finding(
        check=CHECK.name,
        level=level,  # type: ignore[arg-type]
        message=message,
        remedy="Leave out from_logits=true.",
        statistic=statistic,
        threshold=threshold,
        rows=case.n,
        repair=Repair(loss=read_as(case.loss, logits=False).spec),
    )


CHECK = Check(
    name="probabilities_as_logits",
    number=3,
    lie="probabilities are read as logits",
    levels=("certain", "likely"),
    kinds=(Kind.LOGIT, Kind.CLASS_LOGITS),
    looks_at="whether predictions, of which the loss is told that they are logits, are in [0, 1], and "
    "rows of class columns sum to 1; of one number, what it costs as a probability",
    rule="every number is in [0, 1], and every row of columns sums to 1 within 0.001: certain from 3 "
    "columns on; of one number, from 50 rows on, the cost as a probability is lower by more than 4 "
    "standard errors",
    remedy="Leave out from_logits=true.",
    evidence=(
        "tensorflow/tensorflow #28718, keras-team/keras-io #494, #1439",
        "1.1065 instead of 1.1689: pytorch/pytorch #12299",
    ),
    statistics=(ROW_SUMS, AS_SHARES),
    judge=judge,
    gains=False,
)
