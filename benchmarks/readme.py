"""Writes what is made of the results in benchmarks/README.md: its table of goals, and the README's table.

python benchmarks/readme.py            # write both anew
python benchmarks/readme.py --check    # exit with 1 if one is stale
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import goals
import results
from results import Figures, Tables
from suites import IMPORT_PANDAS, SUITES

HERE = Path(__file__).resolve().parent
RESULTS, PROJECT = HERE / "README.md", HERE.parent / "README.md"
GOALS = "<!-- goals: written by benchmarks/readme.py -->", "<!-- /goals -->"
SPEED = "<!-- speed: written by benchmarks/readme.py -->", "<!-- /speed -->"
# Whose column: of several commands the one that took the least wall time.
COLUMNS = {
    "losscli": ("losscli",),
    "losscli, nothing compiled": ("losscli, pure",),
    "pandas": ("pandas", "pandas, two threads", "pandas merge", "pandas merge, two threads"),
    "DuckDB": ("DuckDB SQL", "DuckDB join"),
    "polars": ("polars", "polars join"),
}
JOBS = {
    "position": "by position",
    "id": "by id",
    "shuffled": "by id, labels in another order",
    "random_ids": "… ids random integers",
    "text_ids": "… ids text",
    "classes": "cross-entropy of ten class columns, by position",
}


def figures_of(tables: Tables, suite: str, size: int) -> Mapping[str, Figures]:
    return tables.get(SUITES[suite].heading(size), {})


def fastest(figures: Mapping[str, Figures], names: tuple[str, ...]) -> Figures | None:
    return min((figures[name] for name in names if name in figures), default=None)


def millions(size: int) -> str:
    return f"{size // 10**6} million rows" if size > 10**6 else "a million rows"


def rows(tables: Tables) -> Iterator[str]:
    """A line for each job that was measured; the fastest of it is bold."""
    for name, title in JOBS.items():
        (size,) = SUITES[name].sizes
        figures = figures_of(tables, name, size)
        found = [fastest(figures, commands) for commands in COLUMNS.values()]
        if not figures:
            continue
        best = min(one for one in found if one)
        cells = [
            f"{f'**{one.wall:.2f} s**' if one.wall == best.wall else f'{one.wall:.2f} s'} "
            f"({one.cpu:.2f} s), {one.rss:.0f} MB"
            if one
            else "—"
            for one in found
        ]
        yield f"| {millions(size)}, {title} | {' | '.join(cells)} |"


def sentences(tables: Tables) -> Iterator[str]:
    """What has other peers, or none."""
    peaks = {
        size: figures["losscli, by position"].rss
        for size in SUITES["memory"].sizes
        if (figures := figures_of(tables, "memory", size))
    }
    if peaks:
        told = ", ".join(f"{peak:.0f} MB for {millions(size)}" for size, peak in peaks.items())
        yield f"- Peak memory by position: {told}."
    if start := figures_of(tables, "startup", SUITES["startup"].sizes[0]):
        yield (
            f"- A thousand rows: {start['losscli evaluate, JSON'].wall:.2f} s from start to exit, "
            f"`--help` {start['losscli --help'].wall:.2f} s; `import pandas` alone takes "
            f"{start[IMPORT_PANDAS].wall:.2f} s."
        )
    fit = figures_of(tables, "fit", SUITES["fit"].sizes[0])
    if "pandas + PyTorch" in fit:
        yield (
            f"- `fit`, 20 epochs over a million rows: {fit['losscli'].wall:.1f} s; pandas and PyTorch "
            f"{fit['pandas + PyTorch'].wall:.1f} s."
        )


def short(tables: Tables) -> list[str]:
    """Lines of Markdown for the project's README."""
    header = [f"| | {' | '.join(COLUMNS)} |", f"|---|{'---:|' * len(COLUMNS)}"]
    body = list(rows(tables))
    return [*(header if body else ()), *body, "", *sentences(tables)]


def between(path: Path, markers: tuple[str, str], lines: list[str]) -> str:
    """The text of a file with these lines between its two markers."""
    begin, end = markers
    before, rest = path.read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    return "\n".join([f"{before}{begin}", *lines, f"{end}{after}"])


def wanted() -> dict[Path, str]:
    """What the two files are to be."""
    tables = results.parse(results.published(RESULTS))
    return {
        RESULTS: between(RESULTS, GOALS, ["", *goals.published(tables), ""]),
        PROJECT: between(PROJECT, SPEED, short(tables)),
    }


def write(*, project: bool = True) -> None:
    for path, text in wanted().items():
        if project or path == RESULTS:
            path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        stale = [path for path, text in wanted().items() if path.read_text(encoding="utf-8") != text]
        for path in stale:
            print(f"{path} is stale: python benchmarks/readme.py", file=sys.stderr)
        return 1 if stale else 0
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
