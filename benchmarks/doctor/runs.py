"""What `losscli doctor` says of honest pairs, where each alarm is false, and of pairs with a fault."""

import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import losscli
from doctor.faults import FAULTS, Fault
from doctor.pairs import Call, Meta, Pair, Pairs, given, some
from losscli.analyses.doctor.checks import every
from losscli.common.errors import LosscliError

LEVELS = ("certain", "likely", "hint", "note")
ALARMS = LEVELS[:2]
"""What changes the exit status."""
MOST_PER_GRADE = 200
KINDS = ("numbers", "classes", "binary")

Kinds = tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What doctor said of one pair; `failed` is what it raised, if it did."""

    pair: str
    form: str
    loss: str | None
    seconds: float
    findings: list[dict[str, Any]] = field(default_factory=list)
    checked: tuple[str, ...] = ()
    failed: str = ""
    mended: bool = False

    @property
    def levels(self) -> set[str]:
        return {one["level"] for one in self.findings}

    @property
    def alarms(self) -> bool:
        return not self.levels.isdisjoint(ALARMS)

    def of(self, fault: Fault) -> list[dict[str, Any]]:
        """The findings that name a fault, as surely as it needs to be named."""
        enough = LEVELS[: LEVELS.index(fault.least) + 1]
        codes = (fault.number, *fault.also)
        return [one for one in self.findings if code(one["check"]) in codes and one["level"] in enough]


@lru_cache
def codes() -> dict[str, str]:
    return {check.name: check.code for check in every()}


def code(name: str) -> str:
    """The number of a check, such as D8."""
    return codes()[name]


def say(call: Call, name: str) -> Said:
    """What doctor says of a call; whatever it raises is what it says, too."""
    started = time.perf_counter()
    try:
        report = losscli.doctor(call.predictions, call.labels, call.loss, **call.options)
    except LosscliError as error:
        return Said(name, call.form, call.loss, time.perf_counter() - started, failed=str(error))
    except Exception as error:
        told = f"BUG {type(error).__name__}: {error}"
        return Said(name, call.form, call.loss, time.perf_counter() - started, failed=told)
    seconds = time.perf_counter() - started
    findings = [told_of(one) for one in report.findings]
    return Said(name, call.form, call.loss, seconds, findings, tuple(report.checked))


def told_of(finding: Any) -> dict[str, Any]:
    names = (
        "check",
        "level",
        "statistic",
        "threshold",
        "rows",
        "loss",
        "cost",
        "cost_repaired",
        "message",
        "command",
    )
    return {name: getattr(finding, name, None) for name in names}


@lru_cache(1)
def opened(folder: Path) -> Pairs:
    return Pairs(folder)


def honest_of(folder: Path, metas: list[Meta], form: str | None) -> list[Said]:
    """What doctor says of the honest pairs of a data set."""
    pairs, found = opened(folder), []
    for meta in metas:
        pair = pairs.load(meta.name)
        call = given(pair, form, pairs) if form else pairs.call(pair)
        found.append(say(call, meta.name))
    return found


def faulty_of(folder: Path, metas: list[Meta], wanted: dict[str, list[str]]) -> dict[str, list[Said]]:
    """What doctor says of a data set's pairs with faults; `wanted` says which pairs each fault is put in."""
    pairs, found = opened(folder), dict[str, list[Said]]()
    for fault in FAULTS:
        for meta in metas:
            if meta.name not in wanted.get(fault.name, ()):
                continue
            with np.errstate(all="ignore"):
                call = fault.put_in(pairs.load(meta.name), pairs)
            if call is not None:
                said = say(call, meta.name)
                if fault.undone and (named := said.of(fault)):
                    said = replace(said, mended=is_mended(pairs.load(meta.name), named[0]))
                found.setdefault(fault.name, []).append(said)
    return found


def is_mended(pair: Pair, finding: dict[str, Any]) -> bool:
    """Whether the cost with the repair is that of the honest pair, but for one in a hundred."""
    call = given(pair, "position")
    try:
        cost = losscli.evaluate(call.predictions, call.labels, finding["loss"].split(":from_logits")[0]).cost
    except LosscliError:
        return False
    repaired = finding["cost_repaired"]
    return repaired is not None and abs(repaired - cost) <= 0.01 * abs(cost) + 1e-9


def honest(
    folder: Path, half: str, quick: int = 1, workers: int = 2, form: str | None = None, kinds: Kinds = KINDS
) -> list[Said]:
    groups = list(some([one for one in opened(folder).of(half, quick) if one.kind in kinds]))
    jobs = [(folder, group, form) for group in groups]
    return [one for made in spread(honest_of, jobs, workers) for one in made]


def faulty(
    folder: Path,
    half: str,
    quick: int = 1,
    workers: int = 2,
    only: tuple[str, ...] = (),
    kinds: Kinds = KINDS,
) -> dict[str, list[Said]]:
    """What doctor says of the pairs with each fault, of good and medium models."""
    metas = [one for one in opened(folder).of(half, quick) if one.kind in kinds]
    wanted = {
        one.name: chosen(metas, one) for one in FAULTS if not only or one.name in only or one.number in only
    }
    found: dict[str, list[Said]] = {name: [] for name in wanted}
    jobs = [
        (folder, group, {k: [*({*v} & {m.name for m in group})] for k, v in wanted.items()})
        for group in some(metas)
    ]
    for made in spread(faulty_of, jobs, workers):
        for name, said in made.items():
            found[name] += said
    return found


def chosen(metas: list[Meta], fault: Fault) -> list[str]:
    """The pairs that a fault is put in: those of good and of medium models, at most so many of each."""
    names = []
    for grade in ("good", "medium"):
        suited = [one for one in metas if one.grade == grade and fault.suits(one)]
        suited.sort(key=lambda one: one.draw(fault.name, 2**32))
        names += [one.name for one in suited[:MOST_PER_GRADE]]
    return names


def spread(work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]], workers: int) -> Iterator[Any]:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if workers == 1:
        yield from (work(*job) for job in jobs)
        return
    with ProcessPoolExecutor(workers, initializer=quiet) as pool:
        yield from pool.map(work, *zip(*jobs, strict=True), chunksize=4)


def quiet() -> None:
    warnings.simplefilter("ignore")
