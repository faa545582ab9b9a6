"""D10: the last rows are the first ones again, as samplers that fill up the last batch leave them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Setting
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.repeats import ENDS, REPEATS, RUN, Repeats
from losscli.common.errors import LosscliError
from losscli.common.text import readable_number
from losscli.inputs.ids import concatenated, differing
from losscli.inputs.pairing.align import UNIQUE_IDS
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request

LEAST, MOSTLY = 2, 0.5


def padding_of(seen: Repeats) -> int:
    """Return how many rows at the end repeat those at the beginning, where most rows differ; else 0."""
    rows = seen.padding
    # A file that is there twice is another fault.
    if rows < LEAST or (rows >= RUN and 2 * rows == seen.n) or seen.distinct <= MOSTLY:
        return 0
    return rows if len(np.unique(seen.head[:rows])) > MOSTLY * rows else 0


def judge(case: Case) -> Judged:
    """Speak where the first rows and the last are the same, in the same order."""
    return _judge(case.setting, case.seen(REPEATS))


def _judge(setting: Setting, seen: Repeats) -> Iterator[Finding]:
    rows = padding_of(seen)
    if not rows:
        return
    first, last = int(seen.tail_rows[-rows]), seen.end
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=f"the last {rows} rows repeat the first {rows}, in order, and "
        f"{readable_number(100 * seen.distinct)} % of all rows differ: a sampler that gives each process as "
        "many samples fills up with the first ones.",
        remedy=f"Leave out rows {first} to {last} of the predictions, with their labels.",
        statistic=float(rows),
        threshold=float(LEAST),
        rows=rows,
        repair=None if setting.several else Repair(edits={"skip_rows": ((first, last),)}),
    )


def refused(request: Request, error: LosscliError) -> Iterator[Repair]:
    """Yield what leaves out the last rows, where their ids are those of the first rows."""
    if error.needed != UNIQUE_IDS:
        return
    found = _of_ids(request)
    if found is None:
        return
    rows, last = found
    edits = {"skip_rows": ((last - rows + 1, last),)}
    yield Repair(edits=edits)
    # The labels are filled up like the predictions.
    yield Repair(edits=edits, options={"align": "position"})


def _of_ids(request: Request) -> tuple[int, int] | None:
    """Return how many ids at the end of the predictions are those at the beginning, of how many in all."""
    head = tail = np.zeros(0, dtype=np.int64)
    rows = 0
    try:
        with Reading(request, ahead=False) as reading:
            wants = reading.id_wants
            for chunk in reading.left.chunks(wants, request.block_rows) if wants else ():
                ids = chunk.columns[wants[0].role]
                head = concatenated([head, ids[: max(0, ENDS - len(head))]]) if rows else ids[:ENDS]
                tail = concatenated([tail, ids])[-ENDS:] if rows else ids[-ENDS:]
                rows += len(ids)
    except LosscliError:
        return None
    for size in range(min(len(head), rows // 2), 0, -1):
        if not differing(head[:size], tail[-size:]).any():
            return size, rows
    return None


def told(error: LosscliError) -> tuple[str, str]:
    """Say in a sentence what is wrong where ids come more than once, and what to do."""
    message = (
        f"{error.found}: the last rows repeat the first ones, by their ids; a sampler that gives each "
        "process as many samples fills up with the first ones."
    )
    return message, "Leave out the last rows of the predictions."


CHECK = Check(
    name="tail_repeats_head",
    number=10,
    lie="the last rows are the first ones again",
    levels=("likely",),
    fewest=10,
    looks_at=f"the labels and predictions of the first {ENDS} rows and of the last {ENDS}, to the last "
    "digit, and how many rows differ from all others",
    rule=f"the first k rows are the last k rows, 2 ≤ k ≤ {ENDS}; more than half of them differ from each "
    "other, and more than half of all rows do. A file that is there twice is file_within_file.",
    remedy="Leave out the last rows: --skip-rows FIRST-LAST.",
    evidence=(
        "pytorch/pytorch #25162, #22584 (DistributedSampler)",
        "roboflow/rf-detr #1507",
        "huggingface/accelerate #125",
        "mosaicml/composer #2218",
        "RUCAIBox/RecBole #1872",
        "Lightning-AI/pytorch-lightning #2398",
    ),
    statistics=(REPEATS,),
    judge=judge,
    refused=refused,
    told=told,
    gains=False,
)
