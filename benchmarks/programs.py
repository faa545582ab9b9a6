"""Each losscli that is measured, in rows of its own: both readers, and an earlier state."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from measure import run

LOSSCLI, PURE, BEFORE = "losscli", "pure", "before"
COMPILED = "compiled"


@dataclass(frozen=True)
class Command:
    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """How a losscli is started, and what tells its rows from another's."""

    start: tuple[str, ...]
    note: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    commit: str = ""

    @property
    def name(self) -> str:
        return self.row(LOSSCLI)

    def row(self, title: str) -> str:
        return f"{title}, {self.note}" if self.note else title

    def command(self, *arguments: str, title: str = LOSSCLI, **environment: str) -> Command:
        return Command(self.row(title), (*self.start, *arguments), {**self.environment, **environment})


def losscli_path() -> str:
    """The `losscli` of this Python, else the first on the path."""
    beside = Path(sys.executable).parent / LOSSCLI
    return str(beside) if beside.exists() else shutil.which(LOSSCLI) or LOSSCLI


def to_measure(losscli: str, against: Path | None) -> list[Program]:
    """The program as it was built, the same without what was compiled, and that of another checkout."""
    found = [Program((losscli,)), Program((losscli,), PURE, {"LOSSCLI_PURE": "1"})]
    return [*found, earlier(against)] if against else found


def earlier(checkout: Path) -> Program:
    """The losscli of a checkout, run by this Python. Raises ValueError if another one would run."""
    checkout = checkout.resolve()
    environment = {"PYTHONPATH": str(checkout)}
    # Without -P, Python would look in the folder it is started in before it looks there.
    python = (sys.executable, "-P")
    where = run([*python, "-c", "import losscli; print(losscli.__file__)"], environment)
    if where.status != 0 or not where.stdout.startswith(f"{checkout}/"):
        raise ValueError(f"there is no losscli in {checkout}")
    git = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return Program((*python, "-m", LOSSCLI), BEFORE, environment, commit)


def reader(program: Program) -> str | None:
    """What reads CSV in a program, `compiled` or `pandas`, by its own word; None if it says nothing of it."""
    try:
        told = run([*program.start, "version", "--format", "json"], program.environment)
        found = json.loads(told.stdout).get("csv_reader") if told.status == 0 else None
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def about(program: Program, found: str | None) -> str:
    """Words of a result: which reader ran in the rows of a program."""
    commit = f"commit {program.commit}, " if program.commit else ""
    return f"{program.name}: {commit}reader {found or 'not said'}"
