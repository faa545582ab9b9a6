"""What a state says twice has to agree: whatever contradicts itself is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from losscli.analyses.evaluate.states.losses import bounds_of
from losscli.analyses.evaluate.states.state import Kept, Known, Part, Planned, State, digest_of, files_of
from losscli.common.errors import LosscliError
from losscli.common.json import Document
from losscli.inputs.across import place_of
from losscli.loss.spec import BoundLoss

REMEDY = "Make it again."


def refuse_contradictions(whole: Document, state: State) -> None:
    """Raise LosscliError where parts of a state do not fit each other."""
    for what in _of_parts(state.plan, state.parts):
        _refuse(whole, what)
    bounds = bounds_of(state.plan, whole.where)
    if state.plan.group:
        names = [*state.groups]
        if not names or names != sorted(set(names)):
            _refuse(whole, "its groups are none, or in no order")
    samples = _Samples(state)
    for known in (state.losses,) if not state.plan.group else state.groups.values():
        for bound, one in zip(bounds, known, strict=True):
            for what in samples.wrong(one):
                _refuse(whole, f"of {bound.spec}, {what}")
    for bound, one in zip(bounds, state.overall(), strict=True):
        for what in _of_loss(state, bound, one):
            _refuse(whole, f"of {bound.spec}, {what}")


def _refuse(whole: Document, found: str) -> None:
    raise LosscliError(whole.where, f"it contradicts itself: {found}", "a state as it was written", REMEDY)


def _of_parts(plan: Planned, parts: Sequence[Part]) -> Iterator[str]:
    """Yield what is wrong with what was read."""
    if not parts:
        yield "it read nothing"
    if any(not one.place < other.place for one, other in pairwise(parts)):
        yield "its parts are not in their order"
    for role in ("predictions", "labels"):
        known = [part.inputs[role] for part in parts if role in part.inputs]
        digests = [one for source in known for one in {*map(digest_of, files_of(source))}]
        if len(set(digests)) < len(digests):
            yield f"two of its parts read the same {role}"
    for part in parts:
        yield from _of_part(plan, part)


def _of_part(plan: Planned, part: Part) -> Iterator[str]:
    drops = plan.unmatched == "drop" and not plan.one_input
    if (part.labels is None) != plan.one_input:
        yield "its plan and its parts have not as many inputs"
    elif (part.unmatched is not None) != drops:
        yield "rows were left out for their ids, or were not, against its plan"
    elif part.labels is not None and _left(part, "labels") != _left(part, "predictions"):
        yield "as many predictions as labels are not paired"
    for source in part.inputs.values():
        if len({one.path for one in source.files}) < len(source.files):
            yield "a file of an input is there twice"
        if sum(one.rows for one in source.files) != source.rows:
            yield "an input has not the rows of its files"
    if [*part.rows_left_out] != [*plan.edits.options_of_rows]:
        yield "rows were left out, or were not, against its plan"
    if part.samples < 1:
        yield "a part has no rows"
    if (plan.align == "id") != (part.across.ids.keys() == {"predictions", "labels"}):
        yield "the ids of a part are there, or are not, against its plan"
    if any(place_of(first) > place_of(last) for first, last in part.across.ids.values()):
        yield "the first of its ids comes behind the last"
    if part.across.names and plan.classes:
        yield "the names of its classes are those of columns, and of cells"


def _left(part: Part, role: str) -> int:
    return part.inputs[role].rows - part.left_out(role)


class _Samples:
    """Whether the samples that are shown can be those of the rows."""

    def __init__(self, state: State) -> None:
        self._plan = state.plan
        self._parts = {part.key: part for part in state.parts}
        self._names = {
            key: {name for name, _ in part.across.names} or {*state.plan.classes}
            for key, part in self._parts.items()
        }

    def wrong(self, known: Known) -> Iterator[str]:
        """Yield what is wrong with the samples of a loss."""
        n, top, worst = known.state.moments.n, self._plan.top, known.worst
        if len(worst) != (n if top is None else min(n, top)):
            yield f"{len(worst)} samples are shown of {n}"
        losses = np.array([-kept.sample.loss for kept in worst])
        order = [kept.place for kept in worst]
        if any(not one < other for one, other in pairwise(order)):
            yield "the samples that are shown are not in their order"
        if len({place[1:] for place in order}) < len(worst):
            yield "a sample is shown twice"
        found = known.state.what
        if len(worst) and found.exact and (found.ordered().values[::-1][: len(worst)] != -losses).any():
            yield "the samples that are shown have not the largest losses"
        if len(worst) and -losses[0] != known.state.moments.high:
            yield "the first sample that is shown has not the largest loss"
        for kept in worst:
            yield from self._of_one(kept)

    def _of_one(self, kept: Kept) -> Iterator[str]:
        sample, names = kept.sample, self._names[kept.part]
        source = self._parts[kept.part].predictions
        rows = {one.path if source.shards else None: one.rows for one in source.files}
        if not 1 <= sample.row <= rows.get(sample.shard, 0):
            yield f"a sample is in row {sample.row}, which its input has not"
        if (sample.id is None) != ("id" not in self._plan.columns):
            yield "a sample has an id, or has none, against its plan"
        for value in (sample.label, sample.prediction):
            if isinstance(value, str) != bool(names) or (isinstance(value, str) and value not in names):
                yield "a sample has a class that is none"


def _of_loss(state: State, bound: BoundLoss, known: Known) -> Iterator[str]:
    """Yield what is wrong with the counts of a loss over all samples."""
    rows, found = sum(part.samples for part in state.parts), known.state
    counted = found.moments.n + found.dropped + found.ignored
    if counted > rows or (counted < rows and bound.loss.counts is None):
        yield f"{counted} rows are counted of {rows}"
    if not found.moments.n or not found.moments.weights.mantissa:
        yield "no sample counts"
    weighted = found.moments.weighted is not None
    if weighted != (state.plan.weight is not None):
        yield "its samples have weights, or have none, against its plan"
    if found.dropped and state.plan.bad_rows != "drop":
        yield "rows were dropped, against its plan"
    if found.ignored and not state.plan.ignore_label:
        yield "rows were ignored, against its plan"
