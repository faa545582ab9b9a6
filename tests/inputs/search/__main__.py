"""Search for a wrong number.

    python -m tests.inputs.search [CASES [FIRST]]

judges 100,000 cases (or CASES), of which each has a number, from FIRST on; prints those that were wrong with
their files; and ends with status 1 if there were any.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.inputs.search.run import Tally, Verdict, in_one_thread, tally

AT_A_TIME = 500


def part(seeds: range) -> Tally:
    """Judge some of the cases, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, in_one_thread():
        return tally(seeds, Path(folder))


def show(verdict: Verdict) -> None:
    """Print a case, to be looked at."""
    made = verdict.case
    print(f"\n{verdict.seed}: {verdict.outcome}: {verdict.found}; right: {made.right or 'to refuse it'}")
    print(f"  {made.loss} {made.options} {made.said}")
    for name, data in zip(made.names, made.files, strict=True):
        print(f"  {name}: {data!r}")


def main() -> int:
    """Run the search and say what was found."""
    cases, first = (*map(int, sys.argv[1:3]), *(100_000, 0)[len(sys.argv[1:3]) :])
    parts = [range(at, min(at + AT_A_TIME, first + cases)) for at in range(first, first + cases, AT_A_TIME)]
    whole, start = Tally(), time.monotonic()
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(parts))) as workers:
        for found in workers.map(part, parts):
            whole.all += found.all
            whole.plain += found.plain
            whole.refused += found.refused
            whole.wrong += found.wrong
            for verdict in found.wrong:
                show(verdict)
    for verdict in whole.refused[:10]:
        show(verdict)
    print(f"\n{cases} cases in {time.monotonic() - start:.0f} s: {dict(whole.all)}")
    print(f"of plain layouts: {dict(whole.plain)}")
    return 1 if whole.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
