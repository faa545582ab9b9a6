"""How fast losscli is to be, and whether it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from programs import LOSSCLI
from results import Figures, Tables
from suites import EVALUATE, IMPORT_PANDAS, SUITES, WITH_PAGE

UNITS = {"wall": "wall", "cpu": "CPU", "rss": "peak memory, MB"}


@dataclass(frozen=True)
class Goal:
    """The time of one command by that of another, or with no other the memory of one, is at most `limit`."""

    suite: str
    field: str
    limit: float
    other: str = ""
    ours: str = "losscli"

    def words(self, rows: int) -> str:
        compared = f"{self.ours} / {self.other}" if self.other else self.ours
        return f"{SUITES[self.suite].heading(rows)} · {UNITS[self.field]}: {compared}"

    def measured(self, figures: Mapping[str, Figures]) -> float | None:
        """The ratio of the medians, or the peak; None where a command was not measured."""
        if self.ours not in figures or (self.other and self.other not in figures):
            return None
        found: float = getattr(figures[self.ours], self.field)
        return found / getattr(figures[self.other], self.field) if self.other else found


GOALS = (
    Goal("position", "wall", 0.30, "pandas + scikit-learn"),
    Goal("position", "wall", 0.45, "pandas"),
    Goal("position", "wall", 0.40, "DuckDB SQL"),
    Goal("position", "wall", 0.45, "polars"),
    Goal("position", "wall", 1.0, "polars, the mean alone"),
    Goal("position", "cpu", 1.0, "polars, the mean alone"),
    Goal("id", "wall", 0.18, "pandas merge"),
    Goal("id", "wall", 0.45, "DuckDB join"),
    Goal("id", "wall", 0.35, "polars join"),
    Goal("shuffled", "cpu", 0.8, "polars join"),
    Goal("shuffled", "cpu", 0.8, "DuckDB join"),
    Goal("shuffled", "wall", 1.0, "DuckDB join"),
    Goal("classes", "cpu", 0.6, "polars"),
    Goal("memory", "rss", 100, ours="losscli, by position"),
    Goal("memory", "rss", 100, ours="losscli, by id, same order"),
    Goal("parquet", "wall", 1.0, "DuckDB SQL"),
    Goal("parquet", "rss", 250),
    Goal("parquet_id", "wall", 1.0, "DuckDB join"),
    Goal("parquet_id", "rss", 250),
    # A parallel efficiency of 0.9: two workers take at most 1 / (2 · 0.9) of the time of one.
    Goal("engines", "wall", 0.55, "losscli, 1 worker", "losscli, 2 workers"),
    Goal("engines_pair", "wall", 1.0, "losscli", "losscli, 2 workers"),
    Goal("compare", "wall", 0.45, "pandas + SciPy"),
    Goal("compare", "wall", 1.0, "polars"),
    Goal("compare", "wall", 1.0, "DuckDB SQL"),
    Goal("compare_beside", "wall", 1.7, EVALUATE, f"{LOSSCLI} compare of two"),
    Goal("compare_beside", "wall", 13.0, EVALUATE, f"{LOSSCLI} compare of ten"),
    Goal("page", "wall", 1.15, LOSSCLI, WITH_PAGE),
    Goal("page_id", "wall", 1.15, LOSSCLI, WITH_PAGE),
    Goal("startup", "wall", 0.55, IMPORT_PANDAS, "losscli evaluate, JSON"),
    Goal("startup", "wall", 0.7, IMPORT_PANDAS, "losscli evaluate, table"),
    Goal("startup", "wall", 0.25, IMPORT_PANDAS, "losscli --help"),
    Goal("fit", "wall", 0.35, "pandas + PyTorch"),
    # Without the compiled scanner: no slower than the state that --against names.
    *(
        Goal(suite, "cpu", 1.0, f"{name}, before", f"{name}, pure")
        for suite, name in (
            ("position", "losscli"),
            ("id", "losscli"),
            ("shuffled", "losscli"),
            ("random_ids", "losscli"),
            ("text_ids", "losscli"),
            ("classes", "losscli"),
            ("startup", "losscli --help"),
            ("startup", "losscli evaluate, JSON"),
            ("startup", "losscli evaluate, table"),
        )
    ),
)


def lines(tables: Tables, sizes: Mapping[str, Sequence[int]]) -> Iterator[str]:
    for goal in GOALS:
        for rows in sizes.get(goal.suite, ()):
            found = goal.measured(tables.get(SUITES[goal.suite].heading(rows), {}))
            digits = 2 if goal.other else 0
            words, limit = goal.words(rows), f"≤ {goal.limit:.{digits}f}"
            if found is None:
                yield f"| {words} | — | {limit} | not measured |"
                continue
            # Judged as it is printed: what is beyond two digits is noise.
            verdict = "met" if round(found, digits) <= goal.limit else "**missed**"
            yield f"| {words} | {found:.{digits}f} | {limit} | {verdict} |"


def table(tables: Tables, sizes: Mapping[str, Sequence[int]]) -> list[str]:
    """Lines of Markdown: each goal of the suites in `sizes`, at each of their sizes."""
    return ["| goal | measured | needed | |", "|---|---:|---:|---|", *lines(tables, sizes)]


def published(tables: Tables) -> list[str]:
    """The table of all goals, at the sizes of the published results."""
    return table(tables, {name: suite.sizes for name, suite in SUITES.items()})
