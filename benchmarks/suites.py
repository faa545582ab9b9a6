"""What is measured: for each suite its commands, and whose time is divided by whose."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from programs import BEFORE, LOSSCLI, Command, Program

HERE = Path(__file__).parent
IMPORT_PANDAS = "python -c 'import pandas'"
JSON = ("--format", "json")
BY_POSITION = ("--align", "position")
WITH_PAGE = f"{LOSSCLI}, with a page"
Programs = Sequence[Program]
Files = tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """A ratio is `reference` / command, or command / `reference` where `over_reference` is set.

    `commands` are given the programs and the files to work on, predictions first. `sizes` (in rows) and
    `rounds` are those of the published results; only a suite that is `sized` can be run at others.
    `earlier`: whether an earlier state of losscli is measured too.
    """

    title: str
    commands: Callable[[Programs, Files], list[Command]]
    files: Files = ("preds.csv", "labels.csv")
    reference: str = LOSSCLI
    over_reference: bool = False
    answers: bool = True
    sizes: tuple[int, ...] = (10_000_000,)
    rounds: int = 5
    sized: bool = True
    earlier: bool = True

    def measured(self, programs: Iterable[Program]) -> list[Program]:
        return [program for program in programs if self.earlier or program.note != BEFORE]

    def of(self, programs: Programs, folder: Path) -> list[Command]:
        return self.commands(programs, tuple(str(folder / name) for name in self.files))

    def heading(self, rows: int) -> str:
        return f"{self.title}, {rows:,} rows"


def evaluate(program: Program, files: Files, *options: str, loss: str = "mse") -> Command:
    return program.command("evaluate", *files, "--loss", loss, *options)


def peers(scripts: dict[str, str], *arguments: str) -> list[Command]:
    return [
        Command(title, (sys.executable, str(HERE / "peers" / f"{script}.py"), *arguments))
        for script, title in scripts.items()
    ]


def position(programs: Programs, files: Files) -> list[Command]:
    scripts = {
        "position_sklearn": "pandas + scikit-learn",
        "position_pandas": "pandas",
        "position_pandas_threads": "pandas, two threads",
        "position_duckdb": "DuckDB SQL",
        "position_polars": "polars",
        "position_polars_mean": "polars, the mean alone",
    }
    ours = [evaluate(program, files, *JSON, *BY_POSITION) for program in programs]
    return [*ours, *peers(scripts, *files)]


def by_id(programs: Programs, files: Files, *options: str) -> list[Command]:
    scripts = {
        "id_pandas": "pandas merge",
        "id_pandas_threads": "pandas merge, two threads",
        "id_duckdb": "DuckDB join",
        "id_polars": "polars join",
    }
    return [*(evaluate(program, files, *JSON) for program in programs), *peers(scripts, *files, *options)]


def parquet(programs: Programs, files: Files) -> list[Command]:
    scripts = {"position_duckdb": "DuckDB SQL", "position_polars": "polars"}
    ours = [evaluate(program, files, *JSON, *BY_POSITION) for program in programs]
    return [*ours, *peers(scripts, *files)]


def parquet_by_id(programs: Programs, files: Files) -> list[Command]:
    scripts = {"id_duckdb": "DuckDB join", "id_polars": "polars join"}
    return [*(evaluate(program, files, *JSON) for program in programs), *peers(scripts, *files)]


def by_text(programs: Programs, files: Files) -> list[Command]:
    return by_id(programs, files, "text")


def classes(programs: Programs, files: Files) -> list[Command]:
    scripts = {
        "classes_sklearn": "pandas + scikit-learn",
        "classes_pandas": "pandas",
        "classes_duckdb": "DuckDB SQL",
        "classes_polars": "polars",
    }
    ours = [evaluate(program, files, *JSON, *BY_POSITION, loss="cross_entropy") for program in programs]
    return [*ours, *peers(scripts, *files)]


def jsonl(programs: Programs, files: Files) -> list[Command]:
    ours = [evaluate(program, files, *JSON, *BY_POSITION) for program in programs]
    scripts = {
        "jsonl_polars": "polars scan_ndjson",
        "jsonl_polars_mean": "polars scan_ndjson, the mean alone",
        "jsonl_duckdb": "DuckDB read_ndjson",
    }
    return [*ours, *peers(scripts, *files)]


def startup(programs: Programs, files: Files) -> list[Command]:
    work = ("evaluate", *files, "--loss", "mse", "--format")
    jobs = {"--help": ("--help",), "evaluate, JSON": (*work, "json"), "evaluate, table": (*work, "table")}
    ours = [
        program.command(*arguments, title=f"{LOSSCLI} {title}")
        for title, arguments in jobs.items()
        for program in programs
    ]
    statements = ("pass", "import numpy", "import pandas")
    names = {statement: f"python -c '{statement}'" for statement in statements} | {"pass": "python -c pass"}
    return [*ours, *(Command(name, (sys.executable, "-c", code)) for code, name in names.items())]


def memory(programs: Programs, files: Files) -> list[Command]:
    jobs = {"by position": BY_POSITION, "by id, same order": ()}
    return [
        program.command("evaluate", *files, "--loss", "mse", *JSON, *options, title=f"{LOSSCLI}, {title}")
        for title, options in jobs.items()
        for program in programs
    ]


def reports(programs: Programs, files: Files) -> list[Command]:
    """The same job without gates and reports, and with six gates and a report of each format."""
    plain = ("evaluate", *files, "--loss", "mse", *JSON, *BY_POSITION)
    place = Path(files[0]).parent / "reports"
    place.mkdir(exist_ok=True)
    gates = [f"mse{figure} <= 1e300" for figure in ("", ".p50", ".p95", ".max", ".std", ".sum")]
    formats = ("json", "jsonl", "csv", "markdown", "junit", "openmetrics")
    options = [
        *(word for gate in gates for word in ("--gate", gate)),
        *(word for name in formats for word in ("--report", f"{name}={place / name}")),
        *("--report", "github"),
    ]
    # What GitHub's runner would set.
    github = {name: str(place / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    jobs = {LOSSCLI: plain, f"{LOSSCLI}, six gates, seven reports": (*plain, *options)}
    return [
        program.command(*arguments, title=title, **github)
        for title, arguments in jobs.items()
        for program in programs
    ]


def fit(programs: Programs, files: Files) -> list[Command]:
    """Twenty epochs of Adam over a scale and a bias; nobody stops early."""
    epochs, batch, rate = "20", "8192", "0.1"
    walk = ("--epochs", epochs, "--batch-size", batch, "--learning-rate", rate, "--decay", "none")
    plain = ("--tolerance", "0", "--patience", epochs, "--folds", "0", *BY_POSITION)
    return [
        *(program.command("fit", *files, "--loss", "mse", *walk, *plain, *JSON) for program in programs),
        *peers({"fit_torch": "pandas + PyTorch"}, *files, epochs, batch, rate),
        Command("importing PyTorch and pandas", (sys.executable, "-c", "import pandas, torch")),
    ]


def on_workers(programs: Programs, files: Files, *workers: int) -> list[Command]:
    """In this process, and on so many workers of `--engine processes`."""
    plain = [evaluate(program, files, *JSON) for program in programs]
    return plain + [
        program.command(
            *("evaluate", *files, "--loss", "mse", *JSON, "--engine", "processes", "--workers", str(number)),
            title=f"{LOSSCLI}, {number} worker{'s' * (number > 1)}",
        )
        for number in workers
        for program in programs
    ]


def compare(programs: Programs, files: Files) -> list[Command]:
    """The difference of the mean squared errors of two models, by position: paired."""
    scripts = {
        "compare_scipy": "pandas + SciPy",
        "compare_polars": "polars",
        "compare_duckdb": "DuckDB SQL",
    }
    ours = [program.command("compare", *files, "--loss", "mse", *JSON, *BY_POSITION) for program in programs]
    return [*ours, *peers(scripts, *files)]


EVALUATE = f"{LOSSCLI} evaluate of one"


def page_by_id(programs: Programs, files: Files, *options: str) -> list[Command]:
    """The same job without a page, and with one."""
    place = Path(files[0]).parent / "reports"
    place.mkdir(exist_ok=True)
    jobs: dict[str, Files] = {LOSSCLI: (), WITH_PAGE: ("--report", f"html={place / 'page.html'}")}
    return [
        program.command("evaluate", *files, "--loss", "mse", *JSON, *options, *more, title=title)
        for title, more in jobs.items()
        for program in programs
    ]


def page(programs: Programs, files: Files) -> list[Command]:
    return page_by_id(programs, files, *BY_POSITION)


def compare_beside(programs: Programs, files: Files) -> list[Command]:
    """Two models compared, and ten, beside the evaluation of one."""
    one, other, labels = files
    ten = (f"m{place}={(one, other)[place % 2]}" for place in range(10))
    jobs = {
        EVALUATE: ("evaluate", one, labels),
        f"{LOSSCLI} compare of two": ("compare", *files),
        f"{LOSSCLI} compare of ten": ("compare", *ten, labels),
    }
    return [
        program.command(*arguments, "--loss", "mse", *JSON, *BY_POSITION, title=title)
        for title, arguments in jobs.items()
        for program in programs
    ]


def engines(programs: Programs, files: Files) -> list[Command]:
    ours = on_workers(programs, files, 1, 2)
    globs = [f"{folder}/*.csv" for folder in files]
    return [
        *ours,
        *peers({"shards_dask": "Dask DataFrame, 2 workers"}, *files),
        *peers({"id_duckdb": "DuckDB join"}, *globs),
    ]


def engines_pair(programs: Programs, files: Files) -> list[Command]:
    return [*on_workers(programs, files, 2), *peers({"id_duckdb": "DuckDB join"}, *files)]


MODELS = ("preds.csv", "preds_other.csv", "labels.csv")
PARQUET = ("preds.parquet", "labels.parquet")
SUITES = {
    "position": Suite("By position", position),
    "id": Suite("By id, same order", by_id),
    "shuffled": Suite("By id, shuffled", by_id, ("preds.csv", "labels_shuffled.csv")),
    "random_ids": Suite(
        "By id, random integers, shuffled", by_id, ("preds_random.csv", "labels_random.csv"),
        sizes=(1_000_000,),
    ),
    "text_ids": Suite(
        "By id, text, shuffled", by_text, ("preds_text.csv", "labels_text.csv"), sizes=(1_000_000,)
    ),
    "classes": Suite(
        "Ten class columns, cross-entropy, by position",
        classes,
        ("preds_classes.csv", "labels_classes.csv"),
        sizes=(1_000_000,),
    ),
    "parquet": Suite("Parquet, by position", parquet, PARQUET, earlier=False),
    "parquet_id": Suite("Parquet, by id, same order", parquet_by_id, PARQUET, earlier=False),
    "jsonl": Suite(
        "JSON Lines, by position", jsonl, ("preds.jsonl", "labels.jsonl"), sizes=(1_000_000,), earlier=False
    ),
    "engines": Suite(
        "64 pairs of files, by id, on workers", engines, ("preds_shards", "labels_shards"), earlier=False
    ),
    "engines_pair": Suite("One pair of files, by id, on workers", engines_pair, earlier=False),
    "compare": Suite("Two models compared, by position", compare, MODELS, earlier=False),
    "compare_beside": Suite(
        "Comparing beside evaluating", compare_beside, MODELS, reference=EVALUATE, over_reference=True,
        answers=False, sizes=(1_000_000, 10_000_000), earlier=False,
    ),
    "reports": Suite("Gates and reports", reports, over_reference=True, sizes=(1_000_000,), earlier=False),
    "page": Suite("A page, by position", page, over_reference=True, earlier=False),
    "page_id": Suite("A page, by id", page_by_id, over_reference=True, earlier=False),
    "startup": Suite(
        "Start-up", startup, reference=IMPORT_PANDAS, over_reference=True, answers=False,
        sizes=(1_000,), rounds=15, sized=False,
    ),
    "fit": Suite(
        "Fit: affine, mse, Adam, 20 epochs", fit, answers=False, sizes=(1_000_000,), rounds=3, earlier=False
    ),
    "memory": Suite(
        "Memory", memory, reference="losscli, by position", over_reference=True,
        sizes=(10_000_000, 100_000_000), rounds=1, earlier=False,
    ),
}  # fmt: skip
