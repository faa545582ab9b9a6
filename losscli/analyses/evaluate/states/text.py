"""A state as the text of a file, and back.

It says the same of the same rows, whatever the blocks, and in whichever order states were merged. When it
comes back it comes from outside: nothing in it is trusted, and what is not exactly a state is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from losscli.analyses.evaluate.document import (
    IN_SHARD,
    LEVEL,
    READ_INPUT,
    SHA256,
    UNMATCHED,
    parameters_object,
    read_columns,
    read_parameters,
    values_object,
    write_columns,
)
from losscli.analyses.evaluate.states.consistent import refuse_contradictions
from losscli.analyses.evaluate.states.state import Kept, Known, Part, Planned, State
from losscli.analyses.report import Sample
from losscli.common import codec
from losscli.common.codec import TEXT, Field, nested, optional, renamed
from losscli.common.errors import LosscliError
from losscli.common.files import atomic_write
from losscli.common.json import Document, Json, Object, encode, laid_out, read_json
from losscli.common.options import CHOICES
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.compute.states import of_loss
from losscli.inputs import edits
from losscli.inputs.across import Across
from losscli.inputs.columns.doubts import Excess
from losscli.inputs.provenance import Input
from losscli.loss import Origin

SCHEMA = 1
KIND = "state"
MOST_BYTES = 1 << 30
REMEDY = "Make it with: losscli evaluate … --state FILE"

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[.+-]?\w[\w.+-]{0,60})?", re.ASCII)
_FILE: codec.Record = {"file": renamed("path", TEXT), "version": SHA256}
_PACKAGE: codec.Record = {"package": TEXT, "version": TEXT}


def _list_of(write: Any, read: Any) -> Field:
    """Return the field of a list of objects, each written and read by a function."""
    return Field(
        lambda key, values: {key: [write(value) for value in values]},
        lambda part, key: tuple(map(read, part.objects(key))),
    )


def _write_code(key: str, code: Mapping[str, Origin]) -> Object:
    return {
        key: [
            {"loss": encodable(name), **codec.written(origin, _FILE if origin.file else _PACKAGE)}
            for name, origin in code.items()
        ]
    }


def _read_code(part: Document, key: str) -> dict[str, Origin]:
    found = [
        (one.text("loss"), Origin(**codec.read(one, _PACKAGE if "package" in one.data else _FILE)))
        for one in part.objects(key)
    ]
    part.refuse_twice("code of the loss", [name for name, _ in found])
    return dict(found)


def _count_or_none(part: Document, key: str) -> int | None:
    return None if part.value(key, "") is None else part.count(key)


_PLAN: codec.Record = {
    "loss": codec.TEXTS,
    "parameters": _list_of(parameters_object, read_parameters),
    "code": Field(_write_code, _read_code),
    "reduction": codec.one_of(CHOICES["reduction"]),
    "top": Field(lambda key, top: {key: top}, _count_or_none),
    "align": codec.one_of(("id", "position")),
    "one_input": codec.FLAG,
    "unmatched": codec.one_of(CHOICES["unmatched"]),
    "bad_rows": codec.one_of(CHOICES["bad-rows"]),
    "weight": optional(TEXT),
    # States of those who do not ask how sure a cost is say nothing of it.
    "weights_are": optional(codec.one_of(CHOICES["weights-are"]), "importance"),
    "cluster": optional(TEXT),
    **LEVEL,
    **dict.fromkeys(("group", "show", "ignore_label"), codec.TEXTS),
    "map_labels": codec.TEXTS_BY_NAME,
    "edits": edits.beside(),
    "columns": Field(lambda key, columns: {key: write_columns(columns)}, read_columns),
    "found": codec.TEXTS_BY_NAME,
    "classes": codec.TEXTS,
    "why_paired": TEXT,
    "agreeing": codec.TEXTS,
}


def _pair(part: Document, key: str) -> tuple[str, str]:
    texts = part.texts(key)
    return (texts[0], texts[1]) if len(texts) == 2 else part.refuse(key, "two texts")


def _read_ids(part: Document, key: str) -> dict[str, tuple[str, str]]:
    found = part.object(key)
    return {role: _pair(found, role) for role in ("predictions", "labels") if role in found.data}


def _read_kinds(part: Document, key: str) -> dict[str, dict[str, str]]:
    found = part.object(key)
    return {role: found.texts_by_name(role) for role in ("predictions", "labels") if role in found.data}


def _read_names(part: Document, key: str) -> tuple[tuple[str, str], ...]:
    names = part.value(key)
    if not isinstance(names, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
        and pair[1] in ("label", "prediction", "both")
        for pair in names
    ):  # fmt: skip
        part.refuse(key, "names of classes, each with label, prediction or both")
    return tuple((name, role) for name, role in names)


def _read_places(part: Document, key: str) -> tuple[int, ...]:
    places = part.value(key)
    if not isinstance(places, list) or not all(type(one) is int and 0 <= one < 1 << 31 for one in places):
        part.refuse(key, "places of columns")
    return tuple(places)


_EXCESS: codec.Record = {
    "columns": Field(lambda key, places: {key: [*places]}, _read_places),
    "sums_to_one": codec.FLAG,
    "whole": codec.FLAG,
}
_ACROSS: codec.Record = {
    "ids": optional(
        Field(lambda key, ids: {key: {role: [*ends] for role, ends in ids.items()}}, _read_ids), {}
    ),
    "names": optional(Field(lambda key, names: {key: [[*pair] for pair in names]}, _read_names), ()),
    "cells": renamed("first_line", optional(codec.TEXTS, ())),
    "excess": optional(nested(Excess, _EXCESS)),
    "kinds": optional(
        Field(
            lambda key, kinds: {
                key: {role: codec.TEXTS_BY_NAME.write("", one)[""] for role, one in kinds.items()}
            },
            _read_kinds,
        ),
        {},
    ),
}
_FILES = _list_of(
    lambda one: codec.written(one, READ_INPUT), lambda one: Input(**codec.read(one, READ_INPUT))
)
_INPUT: codec.Record = {**READ_INPUT, "shards": optional(_FILES, ())}
_PART: codec.Record = {
    "predictions": nested(Input, _INPUT),
    "labels": optional(nested(Input, _INPUT)),
    **UNMATCHED,
    "across": renamed("open", nested(Across, _ACROSS)),
    "notes": optional(codec.TEXTS, ()),
}


def text_of(state: State) -> str:
    """Return a state as the text of a file."""
    found: Object = {
        "schema": SCHEMA,
        "document": KIND,
        "losscli": state.version,
        "plan": codec.written(state.plan, _PLAN),
        "parts": [codec.written(part, _PART) for part in state.parts],
    }
    if state.plan.group:
        found["groups"] = [
            {"group": encodable(name), "results": _results(state, known)}
            for name, known in state.groups.items()
        ]
    else:
        found["results"] = _results(state, state.losses)
    return laid_out({**found, "sha256": _digest(found)}) + "\n"


def write_state(path: str | os.PathLike[str], state: State) -> None:
    """Write a state to a file, which appears whole or not at all. Raises OutputError if it cannot be."""
    with atomic_write(os.fspath(path)) as file:
        file.write(text_of(state))


def plan_object(state: State) -> Object:
    """Return what two states have to have in common, each part by a name."""
    return codec.written(state.plan, _PLAN)


def _digest(found: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without blanks: what is cut or edited has another."""
    return hashlib.sha256(encode(dict(found)).encode("ascii")).hexdigest()


def _results(state: State, known: Sequence[Known]) -> Json:
    places = {part.key: place for place, part in enumerate(state.parts)}
    found: list[Json] = []
    for spec, one in zip(state.plan.loss, known, strict=True):
        worst: Json = [{"part": places[kept.part], **_sample(kept.sample)} for kept in one.worst]
        found.append({"loss": encodable(spec), **of_loss.written(one.state), "worst": worst})
    return found


def _sample(sample: Sample) -> Object:
    return {
        "row": sample.row,
        **IN_SHARD.write("shard", sample.shard),
        **_LINE.write("line", sample.line),
        "id": None if sample.id is None else encodable(sample.id),
        **values_object("label", sample.label),
        **values_object("prediction", sample.prediction),
        **codec.NUMBER.write("error", sample.error),
        **codec.NUMBER.write("loss", sample.loss),
        **_SHOW.write("show", sample.show),
    }


_LINE = optional(codec.COUNT)
_SHOW = optional(codec.TEXTS_BY_NAME, {})


def read_state(path: str | os.PathLike[str]) -> State:
    """Return the state in a file.

    Raises:
        LosscliError: if it cannot be read, or is not exactly a state, or contradicts itself.
    """
    where = f"state {os.fspath(path) or repr('')}"
    document = read_json(path, where, most_bytes=MOST_BYTES, remedy=REMEDY)
    if not isinstance(document, Mapping) or document.get("document") != KIND:
        raise LosscliError(where, "this is no state", "a state", REMEDY)
    whole = Document(document, where, "", REMEDY)
    whole.value("document")
    schema, version = whole.count("schema"), whole.text("losscli")
    # What a newer version writes may mean something else; whoever wrote it can read it.
    if schema != SCHEMA or _newer(version, whole):
        found = f"its schema is {schema}" if schema != SCHEMA else f"it is of losscli {version}"
        needed = f"this is losscli {__version__}, which reads schema {SCHEMA} of its own and older versions"
        raise LosscliError(where, found, needed, "Use the losscli that wrote it.")
    _refuse_edited(whole)
    plan = _read_plan(whole.object("plan"))
    parts = tuple(Part(**codec.read(one, _PART), where=where) for one in whole.objects("parts"))
    groups: dict[str, tuple[Known, ...]] = {}
    losses: tuple[Known, ...] = ()
    if plan.group:
        pairs = [(one.text("group"), _read_results(one, plan, parts)) for one in whole.objects("groups")]
        whole.refuse_twice("group", [name for name, _ in pairs])
        groups = dict(pairs)
    else:
        losses = _read_results(whole, plan, parts)
    state = State(version, plan, parts, losses, groups)
    refuse_contradictions(whole, state)
    # Whoever made it up may have written anything that is not read.
    whole.refuse_unread()
    return state


def _newer(version: str, whole: Document) -> bool:
    found, ours = _VERSION.fullmatch(version), _VERSION.fullmatch(__version__)
    if found is None:
        whole.refuse("losscli", "a version such as 0.1.0")
    return ours is not None and tuple(map(int, found.groups())) > tuple(map(int, ours.groups()))


def _refuse_edited(whole: Document) -> None:
    """Raise LosscliError where the document is not what was written, to the last character but blanks."""
    said = SHA256.read(whole, "")
    rest = {key: value for key, value in whole.data.items() if key != "sha256"}
    try:
        found = _digest(rest)
    except (ValueError, RecursionError):
        found = ""
    if found != said:
        what = "it is not what was written: its SHA-256 is another than the one in it"
        raise LosscliError(whole.where, what, "a state as it was written", REMEDY)


def _read_plan(part: Document) -> Planned:
    plan = Planned(**codec.read(part, _PLAN))
    if not plan.loss or len(plan.parameters) != len(plan.loss):
        part.refuse("parameters", "those of each loss, of which there is one at least")
    part.refuse_twice("loss", plan.loss)
    return plan


def _read_results(whole: Document, plan: Planned, parts: Sequence[Part]) -> tuple[Known, ...]:
    found = []
    for place, part in enumerate(whole.objects("results")):
        if place >= len(plan.loss) or part.text("loss") != plan.loss[place]:
            part.refuse("loss", "the losses of the plan, in their order")
        found.append(Known(of_loss.read(part, plan.sure), tuple(_read_worst(part, parts))))
    if len(found) != len(plan.loss):
        whole.refuse("results", "one for each loss of the plan")
    return tuple(found)


def _read_worst(result: Document, parts: Sequence[Part]) -> Iterator[Kept]:
    for one in result.objects("worst"):
        place = one.count("part")
        if place >= len(parts):
            one.refuse("part", f"one of the {len(parts)} parts, from 0 on")
        id_ = one.value("id", 0)
        yield Kept(
            parts[place].key,
            Sample(
                row=one.count("row"),
                id=None if id_ is None else one.text("id"),
                label=_read_values(one, "label"),
                prediction=_read_values(one, "prediction"),
                error=one.number("error"),
                loss=one.number("loss"),
                line=_LINE.read(one, "line"),
                shard=IN_SHARD.read(one, "shard"),
                show=_SHOW.read(one, "show"),
            ),
        )


def _read_values(part: Document, key: str) -> float | str | tuple[float, ...]:
    """Return a label or a prediction: a number, the name of a class, or several numbers; all are finite."""
    value = part.value(key)
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return tuple(_finite(part, key, one) for one in value)
    return _finite(part, key, value)


def _finite(part: Document, key: str, value: Any) -> float:
    try:
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and abs(float(value)) < float("inf")
        ):
            return float(value)
    except OverflowError:
        pass
    return _no_value(part, key)


def _no_value(part: Document, key: str) -> NoReturn:
    part.refuse(key, "a number, the name of a class, or a list of numbers")
