"""Runs into a Markdown table, with the machine and the versions into README.md, and out of it again."""

import datetime as dt
import os
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measure import Run

BEGIN, END = "<!-- results: written by run.py --write -->", "<!-- /results -->"
PACKAGES = ("losscli", "numpy", "pandas", "scikit-learn", "polars", "duckdb", "torch")


class Figures(NamedTuple):
    """Medians of a command: wall and CPU time in seconds, peak memory in MB."""

    wall: float
    cpu: float
    rss: float


Tables = dict[str, dict[str, Figures]]  # by the heading of a section, and by the name of a command


@cache
def versions() -> str:
    """Of Python, packages and the checkout, before a run writes into it."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            found.append(f"{package} not installed")
    git = ("git", "describe", "--always", "--dirty")
    answer = subprocess.run(git, capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    return ", ".join(found) + (f", commit {answer.stdout.strip()}" if answer.returncode == 0 else "")


def machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        cpu = models[0] if models else cpu
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{cpu}, {cores} cores, {memory:.0f} GB, {platform.system()} {platform.release()}"


def ratio(runs: list[Run], reference: list[Run], field: str, *, over: bool) -> str:
    """The ratio of the medians, and the median of the ratios of runs in the same round."""
    mine, theirs = ([getattr(run, field) for run in side] for side in (runs, reference))
    above, below = (mine, theirs) if over else (theirs, mine)
    pairs = [a / b for a, b in zip(above, below, strict=True)]
    return f"{median(above) / median(below):.2f} / {median(pairs):.2f}"


def table(measured: dict[str, list[Run]], reference: str, *, over: bool) -> list[str]:
    """Lines of Markdown: medians of every command, and its ratios to the reference, if that was measured."""
    against = f"this / {reference}" if over else f"{reference} / this"
    lines = [
        f"| command | wall, s | CPU, s | peak memory, MB | wall: {against} | CPU: {against} |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    base = measured.get(reference)
    for name, runs in measured.items():
        wall, cpu, rss = (median(getattr(run, field) for run in runs) for field in ("wall", "cpu", "rss"))
        ratios = ["—", "—"]
        if base and name != reference:
            ratios = [ratio(runs, base, field, over=over) for field in ("wall", "cpu")]
        lines.append(f"| {name} | {wall:.3f} | {cpu:.3f} | {rss:.0f} | {ratios[0]} | {ratios[1]} |")
    return lines


def section(heading: str, lines: list[str], rounds: int, notes: list[str]) -> str:
    when = dt.datetime.now(dt.UTC).date().isoformat()
    about = f"{when} · {rounds} round{'s' * (rounds > 1)} · {machine()} · {versions()}"
    return "\n".join([f"### {heading}", "", *lines, "", *(f"- {note}" for note in notes), f"- {about}", ""])


def parse(text: str) -> Tables:
    """The medians in sections as `section` writes them."""
    tables: Tables = {}
    for part in text.split("### ")[1:]:
        heading, *lines = part.splitlines()
        cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("|")]
        tables[heading] = {name: Figures(*map(float, numbers)) for _, name, *numbers, _, _, _ in cells[2:]}
    return tables


def published(readme: Path) -> str:
    """The sections between the markers of README.md."""
    return readme.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def write(readme: Path, heading: str, text: str) -> None:
    """Puts a section between the markers of README.md, in place of an earlier one with the same heading."""
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    old, after = rest.split(END)
    parts = {part.partition("\n")[0]: f"### {part}" for part in old.split("### ")[1:]}
    parts[heading] = text
    body = "\n".join(part.rstrip("\n") + "\n" for part in parts.values())
    readme.write_text(f"{before}{BEGIN}\n\n{body}\n{END}{after}", encoding="utf-8")
