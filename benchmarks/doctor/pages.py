"""Writes what doctor_rates.py measured into docs/doctor-measured.md, and keeps it in doctor_rates.json."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
PAGE, RESULTS = HERE.parent / "docs" / "doctor-measured.md", HERE / "doctor_rates.json"
BAR, HINT_BAR = 1 / 1000, 1 / 20
GRADES = ("good", "medium")
FORMS = {
    "position": "two files, by position",
    "id": "two files, by id",
    "table": "one file, with other columns",
    "train": "by id, with `--train`",
    "rows": "one file, with `--train`, without ids",
    "loss given": "with `--loss`",
    "no loss given": "without",
}

Row = Mapping[str, Any]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    made = [
        f"| {' | '.join(header)} |",
        f"|{'|'.join('---' if not n else '---:' for n in range(len(header)))}|",
    ]
    return [*made, *(f"| {' | '.join(row)} |" for row in rows)]


def percent(count: int, of: int) -> str:
    return "—" if not of else f"{100 * count / of:.0f} %"


def alarms(rows: Sequence[Row]) -> list[str]:
    lines = [
        [
            f"{row['number']} `{row['check']}`",
            f"{row['pairs']:,}",
            *(str(row[level]) if row[level] else "" for level in ("certain", "likely", "hint", "note")),
        ]
        for row in rows
    ]
    return table(["check", "pairs", "certain", "likely", "hint", "note"], lines)


def forms(rows: Mapping[str, Row]) -> list[str]:
    lines = [
        [FORMS[name], f"{row['pairs']:,}", str(row["alarms"]), str(row["hints"]), str(row["failed"])]
        for name, row in rows.items()
    ]
    return table(["", "pairs", "alarms", "hints", "refused"], lines)


def rates(row: Row) -> list[str]:
    """What is said of all checks together."""
    n, wrong, hints = row["pairs"], row["alarms"], row["hints"]
    told = (
        f"All checks together: {wrong} of {n:,} honest pairs with an alarm ({100 * wrong / n:.2f} %, the bar "
        f"is {100 * BAR:.1f} %), {hints:,} with a hint ({100 * hints / n:.1f} %, the bar is "
        f"{100 * HINT_BAR:.0f} %), {row['failed']} that cannot be read."
    )
    return [told]


def power(rows: Sequence[Row]) -> list[str]:
    lines = [
        [
            row["number"],
            row["title"],
            *(percent(row[grade]["found"], row["sought"] * row[grade]["pairs"]) for grade in GRADES),
            "—" if row["rate"] is None else f"{row['rate']} %",
            percent(row["good"]["mended"], row["good"]["found"]) if row["undone"] else "—",
            f"{row['good']['pairs']:,} / {row['medium']['pairs']:,}",
        ]
        for row in rows
    ]
    header = ["check", "fault", "good model", "medium", "first tried", "mended", "pairs, good / medium"]
    made = table(header, lines)
    return [made[0], "|---|---|---:|---:|---:|---:|---:|", *made[2:]]


def data(rows: Mapping[str, Row]) -> list[str]:
    lines = [
        [
            half,
            f"{row['datasets']:,}",
            *(f"{row['pairs'].get(kind, 0):,}" for kind in ("numbers", "classes", "binary")),
        ]
        for half, row in rows.items()
    ]
    return table(["half", "data sets", "pairs: numbers", "class columns", "one probability"], lines)


def made_with(found: Row) -> list[str]:
    packages: dict[str, int] = {}
    for row in found["data"].values():
        for name, count in row["packages"].items():
            packages[name] = packages.get(name, 0) + count
    told = ", ".join(
        f"{name} {found['versions'].get(name, '')} ({count:,})".replace("  ", " ")
        for name, count in sorted(packages.items(), key=lambda one: -one[1])
    )
    versions = ", ".join(
        f"{name} {found['versions'][name]}" for name in ("Python", "losscli", "numpy", "sklearn")
    )
    sample = "" if found["quick"] == 1 else f"A sample: one data set in {found['quick']}, chosen by name. "
    return [f"{sample}{versions}; data sets of {told}; {found['seconds'] / 60:.0f} minutes on two cores."]


def sections(found: Row) -> Iterator[tuple[str, list[str]]]:
    """The name of each table, and its lines."""
    yield "data", data(found["data"])
    if "honest" in found:
        yield "rates", rates(found["together"])
        yield "alarms", alarms(found["honest"])
        yield "forms", forms(found["forms"])
    if "faults" in found:
        yield "power", power(found["faults"])
    yield "made with", made_with(found)


def wanted(found: Row, page: Path = PAGE) -> str:
    """What the page is to be."""
    text = page.read_text(encoding="utf-8")
    for name, lines in sections(found):
        begin, end = f"<!-- {name}: written by benchmarks/doctor_rates.py -->", f"<!-- /{name} -->"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = "\n".join([f"{before}{begin}", "", *lines, "", f"{end}{after}"])
    return text


def stored() -> Row:
    found: Row = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def write(found: Row) -> None:
    RESULTS.write_text(f"{json.dumps(found, indent=1)}\n", encoding="utf-8")
    PAGE.write_text(wanted(stored()), encoding="utf-8")
