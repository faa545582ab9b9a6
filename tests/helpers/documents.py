"""The documentation as data: its files, the fenced blocks in them, and how a block of commands runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers import calls
from helpers.calls import ROOT

DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
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


def run(done: list[Step], folder: Path, *, by_bash: bool = False) -> list[Step]:
    """Run commands one after the other in `folder`, each told the exit status of the one before.

    What is the program alone runs in this process, and bash does the rest, or with `by_bash` everything.
    """
    found, status = [], 0
    for step in done:
        words, filters = _program(step.command) if not by_bash else (None, step.command)
        if words is None:
            finished = calls.shell(f"exec 2>&1; (exit {status})\n{step.command}", cwd=folder)
            said = finished.stdout
        elif filters:
            first = calls.losscli(*words, cwd=folder)
            finished = calls.shell(f"exec 2>&1; {filters}", cwd=folder, stdin=first.stdout)
            said = first.stderr + finished.stdout
        else:
            finished = calls.losscli(*words, cwd=folder, merged=True)
            said = finished.stdout
        status = finished.returncode
        found.append(Step(step.command, said))
    return found


def _program(command: str) -> tuple[list[str] | None, str]:
    """Return the arguments of `losscli` and the filters behind it; None where a shell is to read the call."""
    command, _, filters = command.replace("\\\n", " ").strip().partition(" | ")
    quoted = r"""'[^']*'|"[^"$`\\!]*\""""
    bare = re.sub(quoted, "", command)
    if re.fullmatch(r"losscli [\w\s./:=,+%@-]*", bare) and "\n" not in command and "losscli" not in filters:
        return shlex.split(command)[1:], filters
    return None, command


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
