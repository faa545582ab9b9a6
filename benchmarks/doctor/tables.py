"""From what doctor said to rates: how often it alarmed for nothing, and how often it found what was there."""

import importlib.metadata
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from doctor.datasets import PACKAGES
from doctor.faults import FAULTS
from doctor.pairs import Meta
from doctor.runs import ALARMS, LEVELS, Said, code, codes

DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "sksurv": "scikit-survival",
    "sklego": "scikit-lego",
    "Orange": "orange3",
}

Row = dict[str, Any]


def of_honest(said: Sequence[Said], checks: Sequence[str]) -> list[Row]:
    """For each check how often it spoke of honest pairs, by level, and of how many pairs it is about."""
    looked = Counter(name for one in said for name in one.checked)
    spoke = Counter(
        pair for one in said for pair in {(found["check"], found["level"]) for found in one.findings}
    )
    return [
        {"check": name, "number": code(name), "pairs": looked[name]}
        | {level: spoke[name, level] for level in LEVELS}
        for name in checks
    ]


def together(said: Sequence[Said]) -> Row:
    """All checks together: pairs with an alarm, pairs with a hint, and pairs that could not be read."""
    return {
        "pairs": len(said),
        "alarms": sum(one.alarms for one in said),
        "hints": sum("hint" in one.levels for one in said),
        "failed": sum(bool(one.failed) for one in said),
        "seconds": round(sum(one.seconds for one in said) / max(len(said), 1), 5),
    }


def by_form(said: Sequence[Said]) -> dict[str, Row]:
    forms = {one.form for one in said}
    found = {form: together([one for one in said if one.form == form]) for form in sorted(forms)}
    return found | {
        "loss given": together([one for one in said if one.loss]),
        "no loss given": together([one for one in said if not one.loss]),
    }


def of_faults(said: dict[str, list[Said]], metas: dict[str, Meta]) -> list[Row]:
    """For each fault how often its check found it, and how often anything changed the exit status."""
    rows = []
    for fault in FAULTS:
        row: Row = {"fault": fault.name, "number": fault.number, "title": fault.title, "rate": fault.rate}
        row |= {"least": fault.least, "undone": fault.undone}
        row["sought"] = not {fault.number, *fault.also}.isdisjoint(codes().values())
        for grade in ("good", "medium"):
            ones = [one for one in said.get(fault.name, ()) if metas[one.pair].grade == grade]
            row[grade] = {
                "pairs": len(ones),
                "found": sum(bool(one.of(fault)) for one in ones),
                "alarms": sum(one.alarms for one in ones),
                "mended": sum(one.mended for one in ones),
            }
        rows.append(row)
    return rows


def place(said: Said) -> str:
    return f"{said.pair}  [{said.form}, {said.loss}]"


def alarm_lines(said: Sequence[Said], levels: Sequence[str] = ALARMS) -> Iterator[str]:
    """A line for each finding of honest pairs, for who writes its check."""
    for one in said:
        if one.failed:
            yield f"refused  {place(one)}  {one.failed}"
        for found in one.findings:
            if found["level"] in levels:
                costs = " → ".join(
                    "—" if cost is None else f"{cost:.6g}" for cost in (found["cost"], found["cost_repaired"])
                )
                yield (
                    f"{found['level']} {code(found['check'])} {found['check']}  {place(one)}  "
                    f"{found['statistic']:.5g} against {found['threshold']:.5g}, {found['rows']} rows, "
                    f"{found['loss']} {costs}: {found['message']}"
                )


def versions() -> dict[str, str]:
    """The versions of what the data sets and models were taken from."""
    found = {"Python": platform.python_version()}
    for package in ("losscli", "numpy", *PACKAGES):
        try:
            found[package] = importlib.metadata.version(DISTRIBUTIONS.get(package, package))
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def missed_lines(said: dict[str, list[Said]]) -> Iterator[str]:
    """A line for each pair where a fault is not found by its check."""
    for fault in FAULTS:
        for one in said.get(fault.name, ()):
            if not one.of(fault):
                others = (
                    ", ".join(f"{found['level']} {found['check']}" for found in one.findings) or "nothing"
                )
                yield f"missed {fault.number} {fault.name}  {place(one)}: {one.failed or others}"


def counts(metas: Sequence[Meta]) -> Row:
    """How many data sets and pairs each half has, by kind."""
    return {
        half: {
            "datasets": len({one.dataset for one in metas if one.half == half}),
            "pairs": dict(Counter(one.kind for one in metas if one.half == half)),
            "packages": dict(
                Counter(package for package, _ in {(m.package, m.dataset) for m in metas if m.half == half})
            ),
        }
        for half in ("tuning", "reporting")
    }
