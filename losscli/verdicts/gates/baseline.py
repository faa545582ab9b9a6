"""Baselines: an earlier document of `losscli evaluate --format json`, read back as a report.

A baseline decides whether a gate passes, so nothing in it is guessed: what is not exactly such a
document is refused, with the place in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from losscli.analyses.report import Report, Result
from losscli.common.errors import LosscliError
from losscli.common.json import Object, read_json
from losscli.common.text import shorten
from losscli.inputs.provenance import Input
from losscli.loss import Value

SCHEMA = 1
MOST_BYTES = 64 << 20
"""How long a document may be: tens of thousands of groups, if it was written with `--top 0`."""

REMEDY = "Make it with: losscli evaluate … --top 0 --format json --output FILE"
_QUANTILES = {"0.5": 0.5, "0.9": 0.9, "0.95": 0.95, "0.99": 0.99}


@dataclass(frozen=True)
class Baseline:
    """An earlier report, and where it comes from, for messages."""

    where: str
    report: Report

    @cached_property
    def facts(self) -> Facts:
        """What its signature says."""
        return read_signature(self.report.signature)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a signature says of a computation, beside its losses; None where it says nothing.

    `ignored` and `mapped` are sorted.
    """

    reduction: str | None = None
    weight: str | None = None
    bad: str | None = None
    ignored: tuple[str, ...] = ()
    mapped: tuple[str, ...] = ()


def read_signature(signature: str) -> Facts:
    """Return what `mse|n:442|mean|align:id|bad:error|v:0.1.0` says. Parts that are unknown are left out."""
    # The first part is that of the losses, which may have any name.
    parts = [unquote(part) for part in signature.split("|")[1:]]

    def named(key: str) -> tuple[str, ...]:
        return tuple(sorted(part.removeprefix(f"{key}:") for part in parts if part.startswith(f"{key}:")))

    return Facts(
        reduction=next((part for part in parts if part in ("mean", "sum")), None),
        weight=next(iter(named("weight")), None),
        bad=next(iter(named("bad")), None),
        ignored=named("ignore"),
        mapped=named("map"),
    )


def load_baseline(path: str | os.PathLike[str]) -> Baseline:
    """Return the baseline in a file.

    Raises:
        LosscliError: if the file cannot be read, or is no document of `evaluate`.
    """
    where = f"baseline {os.fspath(path) or repr('')}"
    return Baseline(where, _report(read_json(path, where, most_bytes=MOST_BYTES, remedy=REMEDY), where))


def baseline_of(document: Mapping[str, Any]) -> Baseline:
    """Return the baseline that a document holds which was parsed already.

    Raises:
        LosscliError: if it is no document of `evaluate`.
    """
    return Baseline("baseline", _report(document, "baseline"))


def _report(document: Any, where: str) -> Report:
    if not isinstance(document, Mapping) or not {"schema", "results"} <= document.keys():
        line = isinstance(document, Mapping) and {"schema", "loss"} <= document.keys()
        found = "this is a line of --format jsonl" if line else "this is no document of losscli evaluate"
        raise LosscliError(where, found, "", REMEDY)
    whole = Object(document, where, "", REMEDY)
    schema = whole.count("schema")
    if schema != SCHEMA:
        found, needed = f"its schema is {schema}", f"schema {SCHEMA} is what this version reads"
        raise LosscliError(where, found, needed, "Make the baseline again.")
    signature = whole.text("signature")
    reduction = read_signature(signature).reduction
    if reduction is None:
        whole.refuse("signature", "a signature of evaluate, which says mean or sum")
    results = tuple(_result(part) for part in whole.objects("results"))
    if not results:
        raise LosscliError(where, "there is no result in it", "one or more", REMEDY)
    _refuse_twice("loss", [result.loss for result in results], where)
    return Report(
        version=whole.text("losscli"),
        signature=signature,
        predictions=_input(whole.object("predictions")),
        labels=_input(whole.object("labels")),
        alignment=whole.text("alignment"),
        reduction=reduction,
        results=results,
    )


def _input(part: Object) -> Input:
    return Input(part.text("path"), part.count("rows"))


def _result(part: Object, *, grouped: bool = False) -> Result:
    loss = part.text("loss")
    quantiles, texts = part.object("quantiles"), part.object("quantiles_text", optional=True)
    groups = (
        () if grouped else tuple(_result(one, grouped=True) for one in part.objects("groups", optional=True))
    )
    _refuse_twice(f"group of {loss}", [group.group or "" for group in groups], part.where)
    return Result(
        loss=loss,
        parameters=_parameters(part.object("parameters")),
        n=part.count("n"),
        dropped=part.count("dropped"),
        ignored=part.count("ignored"),
        clipped=part.count("clipped"),
        weight_sum=part.number("weight_sum"),
        cost=part.number("cost"),
        sum=part.number("sum"),
        mean=part.number("mean"),
        std=_std(part),
        min=part.number("min"),
        max=part.number("max"),
        quantiles={q: quantiles.number(key, texts.data) for key, q in _QUANTILES.items()},
        quantiles_exact=part.flag("quantiles_exact"),
        group=part.text("group") if grouped else None,
        groups=groups,
    )


def _std(part: Object) -> float | None:
    # The one figure that may be undefined: null, with no text beside it.
    undefined = part.data.get("std", "") is None and "std_text" not in part.data
    return None if undefined else part.number("std")


def _parameters(part: Object) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in part.data.items():
        if name.endswith("_text") and part.data.get(name.removesuffix("_text"), "") is None:
            continue
        given = value is not None or f"{name}_text" in part.data
        found[name] = part.number(name) if given and not isinstance(value, bool) else value
    return found


def _refuse_twice(what: str, names: list[str], where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise LosscliError(where, f"the {what} {shorten(name)!r} is in it twice", "once", REMEDY)
        seen.add(name)
