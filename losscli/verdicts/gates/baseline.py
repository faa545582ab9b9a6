"""Baselines: an earlier document of `losscli evaluate --format json`, read back as a report.

A baseline decides whether a gate passes, so nothing in it is guessed: what is not exactly such a
document is refused, with the place in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from losscli.analyses.evaluate.document import HEAD, LEVEL, SCHEMA, read_result
from losscli.analyses.evaluate.report import Report
from losscli.analyses.signature import Signature, parts
from losscli.common import codec
from losscli.common.errors import LosscliError, UsageError
from losscli.common.json import Document, read_json

MOST_BYTES = 64 << 20
"""How long a document may be: tens of thousands of groups, if it was written with `--top 0`."""

REMEDY = "Make it with: losscli evaluate … --top 0 --format json --output FILE"


@dataclass(frozen=True)
class Baseline:
    """An earlier report, and where it comes from, for messages."""

    where: str
    report: Report

    @cached_property
    def signature(self) -> Signature:
        """What its figures are figures of."""
        return parts(self.report.signature)


def load_baseline(path: str | os.PathLike[str], called: str = "baseline") -> Baseline:
    """Return the baseline in a file; messages say what it is `called`.

    Raises:
        LosscliError: if the file cannot be read, or is no document of `evaluate`.
    """
    where = f"{called} {os.fspath(path) or repr('')}"
    return Baseline(where, _report(read_json(path, where, most_bytes=MOST_BYTES, remedy=REMEDY), where))


def baseline_of(document: Mapping[str, Any]) -> Baseline:
    """Return the baseline that a document holds which was parsed already.

    Raises:
        LosscliError: if it is no document of `evaluate`.
    """
    return Baseline("baseline", _report(document, "baseline"))


def no_baseline(given: Any) -> Iterator[UsageError]:
    """Yield an error where what a caller from Python gives as a baseline is none of what can be one."""
    if given is not None and not isinstance(given, (str, os.PathLike, Mapping, Report)):
        needed = "a path, a parsed document of evaluate, or a report"
        yield UsageError("baseline", f"a {type(given).__name__}", needed)


def as_baseline(
    given: str | os.PathLike[str] | Mapping[str, Any] | Report | None, called: str = "baseline"
) -> Baseline | None:
    """Return the baseline that a caller from Python gives: a report, its document, or the path of one."""
    match given:
        case None:
            return None
        case Report():
            return Baseline(called, given)
        case Mapping():
            return Baseline(called, _report(given, called))
    return load_baseline(given, called)


def _report(document: Any, where: str) -> Report:
    if not isinstance(document, Mapping) or not {"schema", "results"} <= document.keys():
        line = isinstance(document, Mapping) and {"schema", "loss"} <= document.keys()
        found = "this is a line of --format jsonl" if line else "this is not a document of losscli evaluate"
        raise LosscliError(where, found, "a document of --format json", REMEDY)
    whole = Document(document, where, "", REMEDY)
    schema = whole.count("schema")
    if schema != SCHEMA:
        found, needed = f"its schema is {schema}", f"schema {SCHEMA}, which this version reads"
        raise LosscliError(where, found, needed, "Make a new baseline with this version.")
    head = codec.read(whole, {**HEAD, **LEVEL})
    results = tuple(map(read_result, whole.objects("results")))
    if not results:
        raise LosscliError(where, "it has no results", "one or more", REMEDY)
    whole.refuse_twice("loss", [result.loss for result in results])
    return Report(**head, reduction=_signature(whole).reduction, results=results)


def _signature(whole: Document) -> Signature:
    try:
        found = parts(whole.text("signature"))
    except ValueError:
        found = None
    if found is None or found.gradient or found.fit:
        whole.refuse("signature", "a signature of evaluate, which says mean or sum")
    return found
