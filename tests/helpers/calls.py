"""The program as a user runs it: arguments in; exit status, stdout and stderr out.

`losscli` runs it in this process, which takes a hundredth of the time; `process` and `shell` start it as a
user does, where the process itself is what a test is about: endings, signals, streams, encodings, start-up.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_data"
PROGRAM = (sys.executable, "-m", "losscli")

_UNWANTED = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM")
_UNWANTED_PREFIXES = ("LOSSCLI_", "_LOSSCLI_", "GITHUB_")
_SECONDS = 120.0


def environment(**more: object) -> dict[str, str]:
    """Return the variables of a user's shell, whoever runs the tests, with `losscli` on the path."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _UNWANTED and not name.startswith(_UNWANTED_PREFIXES)
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    kept |= {"PATH": path, "LC_ALL": "C.UTF-8", "TERM": "dumb", "PYTHONUTF8": "1"}
    return kept | {name: str(value) for name, value in more.items()}


def losscli(
    *arguments: object,
    cwd: Path = SAMPLES,
    stdin: str | bytes | None = None,
    merged: bool = False,
    **environ: object,
) -> CompletedProcess[str]:
    """Run `losscli ARGUMENTS` in this process, with descriptors, folder and environment of its own.

    What starts processes (`--jobs`) runs in one itself, since those begin with the main module of theirs.

    Args:
        arguments: the words of the command line.
        cwd: the folder it runs in.
        stdin: what comes down the pipe that is its standard input; None for /dev/null.
        merged: whether stderr goes where stdout goes, as with `2>&1`.
        environ: variables to add to the environment.
    """
    from losscli.cli.main import main

    words = [str(argument) for argument in arguments]
    if "--jobs" in words and words[words.index("--jobs") + 1] != "1":
        return process(*words, cwd=cwd, stdin=stdin, **environ)
    with _state_kept(), _moved(cwd, environment(**environ)), _piped(stdin, merged=merged) as said:
        status = main(words)
    out, err = (b"".join(part).decode(errors="surrogateescape") for part in said)
    return CompletedProcess(words, status, out, err)


def process(
    *arguments: object, cwd: Path = SAMPLES, stdin: str | bytes | None = None, **environ: object
) -> CompletedProcess[str]:
    """Run `losscli ARGUMENTS` in a process of its own."""
    return run([*PROGRAM, *map(str, arguments)], cwd=cwd, stdin=stdin, **environ)


def shell(
    line: str, *, cwd: Path = SAMPLES, stdin: str | bytes | None = None, **environ: object
) -> CompletedProcess[str]:
    """Run a line of bash, in which `losscli` is the program."""
    return run(["bash", "-c", line], cwd=cwd, stdin=stdin, **environ)


def python(code: str, *arguments: object, cwd: Path = SAMPLES, **environ: object) -> CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return run([sys.executable, "-c", code, *map(str, arguments)], cwd=cwd, stdin=None, **environ)


def run(
    command: list[str], *, cwd: Path, stdin: str | bytes | None = None, **environ: object
) -> CompletedProcess[str]:
    """Run any command in a process of its own, as `losscli` runs the program in this one."""
    done = subprocess.run(
        command,
        capture_output=True,
        cwd=cwd,
        env=environment(**environ),
        timeout=_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL if stdin is None else None,
        input=None if stdin is None else _bytes(stdin),
    )
    out, err = (part.decode(errors="surrogateescape") for part in (done.stdout, done.stderr))
    return CompletedProcess(command, done.returncode, out, err)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


@contextmanager
def _state_kept() -> Iterator[None]:
    """Undo what the program does to its process, which ends with it elsewhere.

    Signal handlers it puts back itself.
    """
    interval, collecting = sys.getswitchinterval(), gc.isenabled()
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.unfreeze()
        if not collecting:
            gc.disable()


@contextmanager
def _moved(folder: Path, environ: dict[str, str]) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        with mock.patch.dict(os.environ, environ, clear=True):
            yield
    finally:
        os.chdir(before)


@contextmanager
def _piped(stdin: str | bytes | None, *, merged: bool) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Connect descriptors 0, 1 and 2 to pipes, and Python's streams to them as it does at its start.

    Yields two lists, which hold what was written to stdout and stderr once the block has ended.
    """
    said: tuple[list[bytes], list[bytes]] = ([], [])
    threads = []
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with ExitStack() as stack:
        if stdin is None:
            source = os.open(os.devnull, os.O_RDONLY)
        else:
            source, mouth = os.pipe()
            threads.append(threading.Thread(target=_feed, args=(mouth, _bytes(stdin)), daemon=True))
        ends = [source]
        for part in said[: 1 if merged else 2]:
            ear, end = os.pipe()
            ends.append(end)
            threads.append(threading.Thread(target=_drain, args=(ear, part), daemon=True))
        for number, end in enumerate([*ends, ends[-1]][:3]):
            stack.callback(_restore, os.dup(number), number)
            os.dup2(end, number)
        for end in ends:
            os.close(end)
        for thread in threads:
            thread.start()
        stack.enter_context(_python_streams(os.environ.get("PYTHONIOENCODING", "utf-8")))
        yield said
    for thread in threads:
        thread.join(_SECONDS)
        assert not thread.is_alive(), "something that the program left behind holds its output open"


@contextmanager
def _python_streams(encoding: str) -> Iterator[None]:
    with (
        open(0, encoding=encoding, closefd=False) as stdin,
        open(1, "w", encoding=encoding, closefd=False) as stdout,
        open(2, "w", buffering=1, encoding=encoding, errors="backslashreplace", closefd=False) as stderr,
    ):
        streams: dict[str, Any] = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
        streams |= {f"__{name}__": stream for name, stream in streams.items()}
        with mock.patch.multiple(sys, **streams):
            yield


def _restore(kept: int, number: int) -> None:
    os.dup2(kept, number)
    os.close(kept)


def _feed(descriptor: int, data: bytes) -> None:
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
    except BrokenPipeError:
        pass  # it has read enough


def _drain(descriptor: int, into: list[bytes]) -> None:
    with open(descriptor, "rb", buffering=0) as file:
        while data := file.read(1 << 16):
            into.append(data)
