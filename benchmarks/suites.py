"""What is measured: for each suite its commands, and whose time is divided by whose."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LOSSCLI = "losscli"


@dataclass(frozen=True)
class Command:
    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """A ratio is `reference` / command, or command / `reference` where `over_reference` is set."""

    title: str
    commands: Callable[[int, str], list[Command]]
    reference: str = LOSSCLI
    over_reference: bool = False
    shuffled: bool = False
    answers: bool = True
    sized: bool = True


def losscli_path() -> str:
    """The `losscli` of this Python, else the first on the path."""
    beside = Path(sys.executable).parent / LOSSCLI
    return str(beside) if beside.exists() else shutil.which(LOSSCLI) or LOSSCLI


def folder(rows: int) -> Path:
    return HERE / "data" / str(rows)


def evaluate(losscli: str, rows: int, labels: str, *options: str) -> tuple[str, ...]:
    files = str(folder(rows) / "preds.csv"), str(folder(rows) / labels)
    return losscli, "evaluate", *files, "--loss", "mse", *options


def peers(rows: int, labels: str, **scripts: str) -> list[Command]:
    files = str(folder(rows) / "preds.csv"), str(folder(rows) / labels)
    return [
        Command(title.replace("_", " "), (sys.executable, str(HERE / "peers" / f"{script}.py"), *files))
        for script, title in scripts.items()
    ]


def position(rows: int, losscli: str) -> list[Command]:
    ours = Command(LOSSCLI, evaluate(losscli, rows, "labels.csv", "--format", "json", "--align", "position"))
    scripts = {
        "position_sklearn": "pandas + scikit-learn",
        "position_pandas": "pandas",
        "position_pandas_threads": "pandas, two threads",
        "position_duckdb": "DuckDB SQL",
        "position_polars": "polars",
        "position_polars_mean": "polars, the mean alone",
    }
    return [ours, *peers(rows, "labels.csv", **scripts)]


def by_id(rows: int, losscli: str, labels: str) -> list[Command]:
    ours = Command(LOSSCLI, evaluate(losscli, rows, labels, "--format", "json"))
    scripts = {
        "id_pandas": "pandas merge",
        "id_pandas_threads": "pandas merge, two threads",
        "id_duckdb": "DuckDB join",
        "id_polars": "polars join",
    }
    return [ours, *peers(rows, labels, **scripts)]


def startup(rows: int, losscli: str) -> list[Command]:
    def python(code: str) -> tuple[str, ...]:
        return sys.executable, "-c", code

    return [
        Command("losscli --help", (losscli, "--help")),
        Command("losscli evaluate, JSON", evaluate(losscli, rows, "labels.csv", "--format", "json")),
        Command("losscli evaluate, table", evaluate(losscli, rows, "labels.csv", "--format", "table")),
        Command("python -c pass", python("pass")),
        Command("python -c 'import numpy'", python("import numpy")),
        Command("python -c 'import pandas'", python("import pandas")),
    ]


def memory(rows: int, losscli: str) -> list[Command]:
    position_ = evaluate(losscli, rows, "labels.csv", "--format", "json", "--align", "position")
    return [
        Command("losscli, by position", position_),
        Command("losscli, by id, same order", evaluate(losscli, rows, "labels.csv", "--format", "json")),
    ]


def reports(rows: int, losscli: str) -> list[Command]:
    """The same job without gates and reports, and with six gates and a report of each format."""
    plain = evaluate(losscli, rows, "labels.csv", "--format", "json", "--align", "position")
    place = folder(rows) / "reports"
    place.mkdir(exist_ok=True)
    # Started by `env` as well, which sets what GitHub's runner would.
    github = [f"{name}={place / name}" for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")]
    gates = [f"mse{figure} <= 1e300" for figure in ("", ".p50", ".p95", ".max", ".std", ".sum")]
    formats = ("json", "jsonl", "csv", "markdown", "junit", "openmetrics")
    options = [
        *(word for gate in gates for word in ("--gate", gate)),
        *(word for name in formats for word in ("--report", f"{name}={place / name}")),
        *("--report", "github"),
    ]
    return [
        Command("losscli", ("env", *github, *plain)),
        Command("losscli, six gates, seven reports", ("env", *github, *plain, *options)),
    ]


def fit(rows: int, losscli: str) -> list[Command]:
    """Twenty epochs of Adam over a scale and a bias; nobody stops early."""
    files = str(folder(rows) / "preds.csv"), str(folder(rows) / "labels.csv")
    epochs, batch, rate = "20", "8192", "0.1"
    walk = ("--epochs", epochs, "--batch-size", batch, "--learning-rate", rate, "--decay", "none")
    plain = ("--tolerance", "0", "--patience", epochs, "--folds", "0", "--align", "position")
    peer = str(HERE / "peers" / "fit_torch.py")
    return [
        Command(LOSSCLI, (losscli, "fit", *files, "--loss", "mse", *walk, *plain, "--format", "json")),
        Command("pandas + PyTorch", (sys.executable, peer, *files, epochs, batch, rate)),
        Command("importing PyTorch and pandas", (sys.executable, "-c", "import pandas, torch")),
    ]


SUITES = {
    "position": Suite("By position", position),
    "id": Suite("By id, same order", lambda rows, cli: by_id(rows, cli, "labels.csv")),
    "shuffled": Suite(
        "By id, shuffled", lambda rows, cli: by_id(rows, cli, "labels_shuffled.csv"), shuffled=True
    ),
    "reports": Suite("Gates and reports", reports, over_reference=True),
    "startup": Suite(
        "Start-up", startup, "python -c 'import pandas'", over_reference=True, answers=False, sized=False
    ),
    "fit": Suite("Fit: affine, mse, Adam, 20 epochs", fit, answers=False),
    "memory": Suite("Memory", memory, "losscli, by position", over_reference=True),
}
STARTUP_ROWS = 1_000
