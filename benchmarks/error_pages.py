"""Writes what error_rates.py measured into docs/how-sure.md, and keeps it in error_rates.json.

python benchmarks/error_pages.py            # write the page anew, from the file
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE, RESULTS = HERE.parent / "docs" / "how-sure.md", HERE / "error_rates.json"
METHODS = {
    "ours": "ours",
    "t": "t",
    "bootstrap": "percentile bootstrap",
    "wilcoxon": "Wilcoxon",
    "unpaired": "unpaired z",
    "sacrebleu": "sacrebleu's recipe",
}

Row = Mapping[str, Any]
Tables = Mapping[str, Any]


def percent(*rates: float | None) -> str:
    return " / ".join("—" if rate is None else f"{100 * rate:.1f}" for rate in rates)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    made = [f"| {' | '.join(header)} |", f"|---|{'---:|' * (len(header) - 1)}"]
    return [*made, *(f"| {' | '.join(row)} |" for row in rows)]


def by_size(rows: Sequence[Row], cell: Callable[[Row], str]) -> list[str]:
    """A line for each case, a column for each number of rows."""
    sizes = list(dict.fromkeys(row["n"] for row in rows))
    cases = list(dict.fromkeys(row["case"] for row in rows))
    found = {(row["case"], row["n"]): cell(row) for row in rows}
    return table(
        ["losses", *(f"n = {n}" for n in sizes)],
        [[case, *(found[case, n] for n in sizes)] for case in cases],
    )


def others(rows: Sequence[Row]) -> list[str]:
    """What all methods find where there is nothing, for a small and a large n."""
    chosen = [row for row in rows if row["n"] in (100, 1000)]
    return table(
        ["losses", "n", *METHODS.values()],
        [[row["case"], str(row["n"]), *(percent(row[name]) for name in METHODS)] for row in chosen],
    )


def looks(rows: Sequence[Row]) -> list[str]:
    gates = [
        [row["case"], percent(row["passed"], row["failed"]), percent(row["t_passed"], row["t_failed"])]
        for row in rows
        if row["kind"] == "gate"
    ]
    pairs = [[row["case"], percent(row["ours"]), percent(row["t"])] for row in rows if row["kind"] == "pair"]
    return [
        *table(["gates: wrong pass / wrong fail", "`--anytime`", "t"], gates),
        "",
        *table(["differences", "`--anytime`", "t"], pairs),
    ]


def clusters(rows: Sequence[Row]) -> list[str]:
    names = [
        f"{row['clusters']} clusters" + (f" in {row['buckets']} buckets" if row["buckets"] else "")
        for row in rows
    ]
    lines = [
        [name, percent(row["ours"]), percent(row["t"]), percent(row["rows"])]
        for name, row in zip(names, rows, strict=True)
    ]
    return table(["", "ours", "CR1 with t", "as if rows were independent"], lines)


def proportions(rows: Sequence[Row]) -> list[str]:
    lines = [
        [
            f"{row['rate']:g}, n = {row['n']}",
            percent(row["passed"], row["failed"]),
            percent(row["t_passed"], row["t_failed"]),
        ]
        for row in rows
    ]
    return table(["true rate of errors", "ours", "t"], lines)


def two_by_two(rows: Sequence[Row]) -> list[str]:
    names = {"ours": "ours", "exact": "McNemar, exact", "mid": "mid-p", "tango": "Tango alone", "chi": "χ²"}
    lines = [[f"n = {row['n']}", *(percent(row[name]) for name in names)] for row in rows]
    return table(["", *names.values()], lines)


def percentiles(rows: Sequence[Row]) -> list[str]:
    cases = [{**row, "case": f"p{100 * row['share']:g}"} for row in rows]
    return by_size(cases, lambda row: percent(row["coverage"]))


def sections(found: Tables) -> Iterator[tuple[str, list[str]]]:
    """The name of each table, and its lines."""
    yield "gates", by_size(found["gates"], lambda row: percent(row["passed"], row["failed"]))
    yield "decides", by_size(found["gates"], lambda row: percent(row["decides"]))
    yield (
        "gates of others",
        by_size(found["gates"], lambda row: percent(row["t_passed"], row["bootstrap_passed"])),
    )
    yield "pairs", by_size(found["pairs"], lambda row: percent(row["ours"]))
    yield "pairs of others", others(found["pairs"])
    yield "looks", looks(found["looks"])
    yield "clusters", clusters(found["clusters"])
    yield "proportions", proportions(found["proportions"])
    yield "tables", two_by_two(found["tables"])
    yield "percentiles", percentiles(found["percentiles"])
    runs, minutes = found["runs"], found["seconds"] / 60
    told = f"{runs:,} runs in each cell, {runs // 2:,} of looking again; {minutes:.0f} minutes on two cores."
    yield "form", [told]


def between(text: str, markers: tuple[str, str], lines: list[str]) -> str:
    """A text with these lines between its two markers."""
    before, rest = text.split(markers[0])
    _, after = rest.split(markers[1])
    return "\n".join([f"{before}{markers[0]}", "", *lines, "", f"{markers[1]}{after}"])


def wanted(found: Tables, page: Path = PAGE) -> str:
    """What the page is to be."""
    text = page.read_text(encoding="utf-8")
    for name, lines in sections(found):
        markers = f"<!-- {name}: written by benchmarks/error_rates.py -->", f"<!-- /{name} -->"
        text = between(text, markers, lines)
    return text


def stored() -> Tables:
    found: Tables = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def write(found: Tables) -> None:
    RESULTS.write_text(f"{json.dumps(found, indent=1)}\n", encoding="utf-8")
    PAGE.write_text(wanted(stored()), encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(wanted(stored()), encoding="utf-8")
