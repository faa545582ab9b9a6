"""Runs other libraries, and compares what they say with `--as`.

    PYTHONPATH=tests python -m conventions.run_libraries            # all that are installed, on fresh data
    PYTHONPATH=tests python -m conventions.run_libraries keras --seed 7
    PYTHONPATH=tests python -m conventions.run_libraries --record   # writes the recorded values anew

Each library runs in a process of its own: one of them changes a setting of JAX that another reads.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import random
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = tuple(sorted(path.stem for path in (HERE / "libraries").glob("[a-z]*.py")))


@dataclass(frozen=True)
class Number:
    """What a library says of a data set.

    Attributes:
        library: its name.
        version: its version.
        call: what was called, in its words.
        loss: the spec of the loss here.
        as_: what `--as` says for it.
        data: the name of the data set.
        weighted: whether its weights were given.
        value: the number.
        tolerance: how far off ours may be, relatively.
    """

    library: str
    version: str
    call: str
    loss: str
    as_: str
    data: str
    weighted: bool
    value: float
    tolerance: float


def numbers_of(name: str, rows: tuple[int, ...], seeds: tuple[int, ...]) -> list[Number]:
    """Run all calls of a library in this process."""
    from conventions import data

    warnings.simplefilter("ignore")
    module = importlib.import_module(f"conventions.libraries.{name}")
    version = module.VERSION.partition("+")[0]
    found = []
    for call in module.CALLS:
        for kind in call.kinds:
            for known in data.of_kind(kind, rows, seeds):
                given = data.build(known)
                value = call.run(given.label, given.prediction, given.weight)
                found.append(
                    Number(
                        name,
                        version,
                        call.text,
                        call.loss,
                        call.profile,
                        known,
                        call.weighted,
                        value,
                        call.tolerance,
                    )
                )
    return found


def run(name: str, rows: tuple[int, ...], seeds: tuple[int, ...]) -> list[Number] | None:
    """Run all calls of a library in another process; None where it is not installed."""
    command = [sys.executable, "-m", "conventions.run_libraries", "--one", name]
    command += ["--rows", *map(str, rows), "--seed", *map(str, seeds)]
    path = os.pathsep.join((str(HERE.parent), str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
    if done.returncode == _MISSING:
        return None
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    return [Number(**each) for each in json.loads(done.stdout.splitlines()[-1])]


_MISSING = 77


def differences(numbers: list[Number]) -> list[str]:
    """Return a line for each number that losscli does not give with `--as`."""
    from conventions import data, ours

    wrong = []
    for one in numbers:
        if not math.isfinite(one.value):
            continue
        cost = ours.cost(one.loss, one.as_, data.build(one.data), weighted=one.weighted)
        if not abs(cost - one.value) <= one.tolerance * abs(one.value):
            wrong.append(
                f"{one.call}, {one.data}: {one.value!r}; --loss {one.loss} --as {one.as_}: {cost!r}, "
                f"{abs(cost / one.value - 1):.1e} off"
            )
    return wrong


def main() -> int:
    """Run, and compare or record."""
    parser = argparse.ArgumentParser(description="Run other libraries, and compare with losscli --as.")
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY", help=", ".join(LIBRARIES))
    parser.add_argument("--record", action="store_true", help="write the recorded values anew")
    parser.add_argument("--seed", type=int, nargs="+", help="of the data; by default a new one")
    parser.add_argument("--rows", type=int, nargs="+", default=[64, 257])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        try:
            found = numbers_of(asked.one, tuple(asked.rows), tuple(asked.seed))
        except ModuleNotFoundError:
            return _MISSING
        print("\n" + json.dumps([asdict(one) for one in found]))
        return 0
    seeds = tuple(asked.seed or [random.SystemRandom().randrange(2, 1 << 31)])
    rows, seeds = ((64,), (1,)) if asked.record else (tuple(asked.rows), seeds)
    print(f"seed {' '.join(map(str, seeds))}")
    failed = False
    for name in asked.libraries or LIBRARIES:
        found = run(name, rows, seeds)
        if found is None:
            print(f"{name}: not installed")
            continue
        wrong = differences(found)
        print("\n".join([f"{name} {found[0].version}: {len(found)} numbers, {len(wrong)} differ", *wrong]))
        failed |= bool(wrong)
        if asked.record and not wrong:
            from conventions import record

            record.write(name, found)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
