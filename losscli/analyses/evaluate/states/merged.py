"""States to one state, and a state to its report: that of one run over everything."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, cast

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.states.losses import bounds_of
from losscli.analyses.evaluate.states.state import Known, Part, State, digest_of, files_of
from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.report import Sample, refuse_nothing
from losscli.common.errors import LosscliError, UsageError
from losscli.common.json import Object, encode
from losscli.common.options import given
from losscli.common.text import shorten
from losscli.compute.fold import LossState, States
from losscli.compute.plan import Plan
from losscli.compute.statistics.distribution import Distribution
from losscli.inputs import notes
from losscli.inputs.across import names_of, overlap, place_of, refuse_excess, refuse_first_rows, refuse_kinds
from losscli.inputs.pairing.classes import FoundClasses
from losscli.inputs.provenance import Fingerprint, Input, Provenance
from losscli.inputs.request import Request
from losscli.inputs.row_edits import EXCLUDE, counted
from losscli.inputs.shards.find import path_of
from losscli.loss.spec import BoundLoss

Path = str | os.PathLike[str]
_ROLES = ("predictions", "labels")
_MOST_NAMED = 20


def merged(paths: Sequence[Path]) -> State:
    """Return what the states in some files are together; they are read one after the other.

    Raises:
        UsageError: where none is named.
        LosscliError: for a file that is no state, one of another plan, and one that read the same input.
    """
    from losscli.analyses.evaluate.states.text import plan_object, read_state

    if not paths:
        raise UsageError("states", "no state is named", "at least one", "Make one: evaluate(…, state=FILE)")
    first: tuple[str, Object] | None = None
    read: dict[tuple[str, Fingerprint], tuple[Part, str]] = {}
    # Of states of about as many parts, so that no part is put in its order more than a few times.
    waiting: list[State] = []
    for path in paths:
        state = read_state(path)
        where, plan = state.parts[0].where, {"losscli": state.version, **plan_object(state)}
        first = first or (where, plan)
        _refuse_other_plan(first, (where, plan))
        _refuse_overlap(read, state)
        while waiting and len(waiting[-1].parts) <= len(state.parts):
            state = waiting.pop().merge(state)
        waiting.append(state)
    together = reduce(State.merge, reversed(waiting))
    _refuse_numbered(together)
    return together


def _refuse_other_plan(first: tuple[str, Object], other: tuple[str, Object]) -> None:
    (where, plan), (elsewhere, another) = first, other
    # A role that one of them has not is in one plan alone.
    for name in dict.fromkeys((*plan, *another)):
        if plan.get(name) != another.get(name):
            here, there = (shorten(encode(one.get(name)), 100) for one in (plan, another))
            raise LosscliError(
                elsewhere,
                f"{name} is {there}, and {here} in {where}",
                "states of one plan",
                (name == "columns" and _named_in_order(plan, another))
                or "Make all of them by one call, but for its inputs.",
            )


def _named_in_order(plan: Object, another: Object) -> str:
    """Return how states that differ in the order of their columns alone are made alike, else nothing."""
    columns, others = cast("tuple[Object, Object]", (plan["columns"], another["columns"]))
    named: list[str] = []
    for role in dict.fromkeys((*columns, *others)):
        names, other = columns.get(role), others.get(role)
        if names == other:
            continue
        if not (isinstance(names, list) and isinstance(other, list) and {*names} == {*other}):
            return ""
        options = [given(role, str(name)) for name in names]
        named += options if len(options) <= _MOST_NAMED else [f"--{role} COLUMN for each"]
    return f"Sums depend on the order of columns in their last digits. Make them with {' '.join(named)}"


def _refuse_overlap(read: dict[tuple[str, Fingerprint], tuple[Part, str]], state: State) -> None:
    """Raise LosscliError where a file of a state was read before, and take note of all of them."""
    for part in state.parts:
        for role, path, file in _files(part):
            before, earlier = read.setdefault((role, digest_of(file)), (part, path))
            if before is part:
                continue
            paths = " and ".join(dict.fromkeys(map(shorten, (earlier, path))))
            where = f"{before.where} and {part.where}"
            ours, theirs = ({digest_of(one) for one in those.inputs.values()} for those in (before, part))
            found, remedy = f"both are about {paths}", "Leave one of them out."
            if ours != theirs:
                found = f"both read the same {role}, {paths}"
                remedy = f"Give each of them {role} of its own."
            raise LosscliError(where, found, "every row in one state", remedy)


def _files(part: Part) -> Iterator[tuple[str, str, Input]]:
    """Yield the role, the path and what is known of each file of a part that has rows."""
    for role, source in part.inputs.items():
        for file in files_of(source):
            yield role, path_of(source.path, file.path) if source.shards else file.path, file


def request_of(state: State) -> Request:
    """Return what was asked for, as far as a report is judged by it."""
    plan = state.plan
    return Request(
        predictions=_whole(state, "predictions").path,
        labels=None if plan.one_input else _whole(state, "labels").path,
        loss=bounds_of(plan, state.parts[0].where),
        weight=plan.weight,
        weights_are=plan.weights_are,
        cluster=plan.cluster,
        level=plan.level,
        group=plan.group,
        show=plan.show,
        align=plan.align,
        unmatched=plan.unmatched,
        bad_rows=plan.bad_rows,
        ignore_label=plan.ignore_label,
        map_labels=plan.map_labels,
        edits=plan.edits,
        reduction=plan.reduction,
        top=plan.top,
    )


def report_of(state: State, losses: tuple[BoundLoss, ...] | None = None, *, distinct: bool = False) -> Report:
    """Return the report of a state: that of one run over all its inputs, to the last bit.

    `losses` are those of its plan, where they are at hand; `distinct` says that no id is in two parts.

    Raises:
        LosscliError: where the rows of all parts together are what no run accepts.
    """
    plan, bounds = state.plan, losses or bounds_of(state.plan, state.parts[0].where)
    provenance, found = read_together(state, bounds, distinct=distinct)
    how = Plan(
        losses=bounds,
        predictions=provenance.predictions.path,
        labels=provenance.labels.path,
        drop=plan.bad_rows == "drop",
        top=plan.top,
        reduction=plan.reduction,
        level=plan.level,
        counts=plan.weights_are == "counts",
    )
    overall = state.overall()
    known: dict[tuple[str, str | None], Known] = dict(
        zip(((spec, None) for spec in plan.loss), overall, strict=True)
    )
    for name, of_group in state.groups.items():
        known |= {(spec, name): one for spec, one in zip(plan.loss, of_group, strict=True)}

    def worst(bound: BoundLoss, _state: LossState[Distribution], group: str | None) -> tuple[Sample, ...]:
        return tuple(_shown(state, known[bound.spec, group], found))

    states = States(
        tuple(one.state for one in overall),
        {name.encode(): tuple(one.state for one in each) for name, each in state.groups.items()},
    )
    report = summarise(how, states, provenance, worst)
    refuse_nothing(report, report.results)
    return report


def read_together(
    state: State, bounds: tuple[BoundLoss, ...], *, distinct: bool
) -> tuple[Provenance, FoundClasses | None]:
    """Return what one run would have read, and the names of classes where there are some.

    Raises:
        LosscliError: as `report_of` does.
    """
    plan = state.plan
    found = _together(state, bounds)
    names = () if found is None else found.names
    provenance = Provenance(
        version=state.version,
        predictions=_whole(state, "predictions"),
        labels=_whole(state, "labels"),
        alignment=plan.align,
        weight=plan.weight,
        weights_are=plan.weights_are,
        cluster=plan.cluster,
        group=plan.group,
        ignored=plan.ignore_label,
        mapped=tuple(plan.map_labels.items()),
        edits=plan.edits,
        notes=(*_notes(state, distinct=distinct), *notes.strangers(found)),
        classes=plan.classes or names,
        columns=plan.columns,
        found=plan.found,
        unmatched=_unmatched(state),
        rows_left_out=_rows_left_out(state),
        why_paired=plan.why_paired,
        agreeing=plan.agreeing,
    )
    return provenance, found


def _together(state: State, bounds: tuple[BoundLoss, ...]) -> FoundClasses | None:
    """Hold what the rows of each part leave open against the others; return the names of classes."""
    parts = [part.across for part in state.parts]
    where = " and ".join(dict.fromkeys(part.where for part in (state.parts[0], state.parts[-1])))
    refuse_kinds((part.across, part.where) for part in state.parts)
    found = None
    if any(part.names for part in parts):
        if_numbers = "".join(f"{remedy}. " for bound in bounds if (remedy := bound.remedy("prediction")))
        found = names_of(parts, where, if_numbers)
    names = () if found is None else found.names
    refuse_first_rows(parts, (*state.plan.classes, *names), where)
    refuse_excess(parts, state.plan.columns.get("prediction", ()), where)
    return found


def _shown(state: State, known: Known, names: FoundClasses | None) -> Iterator[Sample]:
    """Yield the samples of a loss as the report of all parts shows them."""
    several = len(state.parts) > 1
    for part, sample in known.worst:
        shard = sample.shard
        shown: dict[str, Any] = {"shard": path_of(part[0], shard) if shard else part[0]} if several else {}
        if names is not None:
            for role in ("label", "prediction"):
                value = getattr(sample, role)
                shown[role] = names.spelled(value) if isinstance(value, str) else value
        yield replace(sample, **shown) if shown else sample


def _whole(state: State, role: str) -> Input:
    """Return what was read of a role: the one input, or all of them as its shards."""
    inputs = [part.inputs.get(role, part.predictions) for part in state.parts]
    if len(inputs) == 1:
        return inputs[0]
    path = f"{inputs[0].path} and {len(inputs) - 1} more"
    files = tuple(
        replace(file, path=path_of(one.path, file.path)) if one.shards else file
        for one in inputs
        for file in one.files
    )
    return Input(path, sum(one.rows for one in inputs), shards=files)


def _unmatched(state: State) -> Mapping[str, int] | None:
    counts = [part.unmatched for part in state.parts if part.unmatched is not None]
    return {role: sum(one[role] for one in counts) for role in _ROLES} if counts else None


def _rows_left_out(state: State) -> Mapping[str, Mapping[str, int]]:
    counts = [part.rows_left_out for part in state.parts]
    return {
        option: {role: sum(one[option][role] for one in counts) for role in _ROLES}
        for option in state.plan.edits.options_of_rows
    }


def _refuse_numbered(state: State) -> None:
    """Raise LosscliError where several states were made of rows that are told by their place in a file."""
    if len(state.parts) > 1 and (state.plan.edits.shift_labels or state.plan.edits.skip_rows):
        option = "--shift-labels" if state.plan.edits.shift_labels else "--skip-rows"
        raise LosscliError(
            f"{state.parts[0].where} and {state.parts[-1].where}",
            f"rows were counted in one file of each ({option})",
            "states of whole files",
            "Leave the rows out of the files themselves; or --exclude-ids FILE",
        )


def _notes(state: State, *, distinct: bool) -> Iterator[str]:
    """Yield what every run had to say, and what of all rows together was not proven."""
    told = Counter(note for part in state.parts for note in dict.fromkeys(part.notes))
    yield from (note for note, times in told.items() if times == len(state.parts))
    if len(state.parts) > 1 and state.plan.edits.exclude_ids is not None:
        yield f"left out: {counted(_rows_left_out(state)[EXCLUDE])} (--exclude-ids)"
    if distinct or state.plan.align != "id" or len(state.parts) == 1:
        return
    ranges = {
        role: [part.across.ids[role] for part in state.parts if role in part.across.ids] for role in _ROLES
    }
    apart = not any(map(overlap, ranges.values()))
    if not apart:
        yield "that no id is in two of the inputs was not checked: the first and last ids of each overlap"
    left_out = [(place, part.unmatched) for place, part in enumerate(state.parts) if part.unmatched]
    strangers = {role: {place for place, counts in left_out if counts[role]} for role in _ROLES}
    crossed = any(one != other for one in strangers["predictions"] for other in strangers["labels"])
    both = [
        (min(a[0], b[0], key=place_of), max(a[1], b[1], key=place_of))
        for a, b in zip(*ranges.values(), strict=True)
    ]
    if crossed and overlap(both):
        yield (
            "whether a prediction that was left out of one input has its label in another was not checked: "
            "the first and last ids of each overlap"
        )
