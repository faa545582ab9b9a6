"""The documentation as data: its files, the fenced blocks in them, and how a block of commands runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
UNWANTED = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM")
"""Variables that change how output looks; those of our own stand for options."""
UPDATE = os.environ.get("LOSSCLI_UPDATE_GOLDEN") == "1"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where the text stands in the document."""

    document: Path
    language: str
    text: str
    start: int
    section: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.section}"


def blocks(document: Path, *languages: str) -> Iterator[Block]:
    """Yield the blocks of a document in these languages, or in all."""
    text = document.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        if not languages or found[1] in languages:
            headings = _HEADING.findall(text, 0, found.start())
            yield Block(document, found[1], found[2], found.start(2), headings[-1] if headings else "")


def in_section(document: Path, section: str) -> list[Block]:
    """Return the blocks under one heading."""
    return [block for block in blocks(document) if block.section == section]


@dataclass(frozen=True)
class Step:
    """A command of a block, with the lines that it continues on, and what it prints."""

    command: str
    output: str


def steps(block: str) -> list[Step]:
    """Split a block into its commands: lines that begin with `$ `, continued on lines with `> `."""
    found: list[Step] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
        elif line.startswith("> ") and found and not found[-1].output:
            found[-1] = Step(found[-1].command + line[2:], "")
        elif found:
            found[-1] = Step(found[-1].command, found[-1].output + line)
    return found


def shown(done: list[Step]) -> str:
    """Return the block that shows these steps."""
    commands = ("> ".join(step.command.splitlines(keepends=True)) for step in done)
    return "".join(f"$ {command}{step.output}" for command, step in zip(commands, done, strict=True))


def environment() -> dict[str, str]:
    """Return an environment in which output looks as it does off a terminal, whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in UNWANTED and not name.startswith("LOSSCLI_")
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return kept | {"PATH": path, "LC_ALL": "C.UTF-8", "TERM": "dumb", "PYTHONUTF8": "1"}


def run(done: list[Step], folder: Path) -> list[Step]:
    """Run commands one after the other in `folder`, each told the exit status of the one before."""
    found, status = [], 0
    for step in done:
        finished = subprocess.run(
            ["bash", "-c", f"(exit {status})\n{step.command}"],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        status = finished.returncode
        found.append(Step(step.command, finished.stdout.decode()))
    return found


def sandbox(folder: Path) -> Path:
    """Copy the sample data, without the scripts that made it, into `folder`; return where the copy is."""
    scripts = shutil.ignore_patterns("make.py", "train_gan.py")
    return Path(shutil.copytree(ROOT / "sample_data", folder / "sample_data", ignore=scripts))


def prose(document: Path) -> str:
    """Return a document without what its commands print: what somebody wrote."""
    text = document.read_text(encoding="utf-8")
    for block in reversed(list(blocks(document, "console", "text"))):
        commands = "".join(f"$ {step.command}" for step in steps(block.text))
        text = text[: block.start] + commands + text[block.start + len(block.text) :]
    return text
