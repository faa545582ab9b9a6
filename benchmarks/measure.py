"""Runs one command as a process of its own and says what it took."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Linux counts ru_maxrss in KiB, macOS in bytes
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """Wall and CPU time (user and system) in seconds, peak resident memory in MB (10⁶ bytes)."""

    wall: float
    cpu: float
    rss: float
    status: int
    stdout: str
    stderr: str


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command: the runner's, but no option of losscli's in it, and bytecode is kept."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOSSCLI_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | dict(environment)


def run(argv: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Runs `argv` to its end, with `environment` added to this one. Raises OSError if it cannot be started.

    The peak memory of a child counts that of the process it was forked from: the runner imports no NumPy.
    """
    around = surroundings(environment)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=around)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall, cpu, usage.ru_maxrss * RSS_UNIT / 1e6, child.returncode, *texts)
