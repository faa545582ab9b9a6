"""Measures losscli beside the scripts that people would otherwise write.

    python benchmarks/run.py [SUITE ...] [--rows N ...] [--rounds N] [--write]

Every command is a process of its own. After one round that warms the disk cache and does not count, the
rounds are interleaved, A B C A B C …, so that a machine that slows down slows all of them down.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import results
from answers import differences, read
from measure import Run, run
from suites import STARTUP_ROWS, SUITES, Command, Suite, folder, losscli_path

HERE = Path(__file__).parent


def generate(rows: int, *, shuffled: bool) -> None:
    """Writes the data in another process: this one stays small, see measure.run."""
    argv = [sys.executable, str(HERE / "generate.py"), str(rows), str(folder(rows))]
    subprocess.run([*argv, "--shuffled"] if shuffled else argv, check=True)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def warm_up(commands: list[Command]) -> tuple[dict[str, Run], list[str]]:
    """The first run of every command, and a complaint about each one that fails, which is then left out."""
    first, failed = {}, []
    for command in commands:
        try:
            one = run(command.argv)
            reason = (one.stderr.strip().splitlines() or ["no message"])[-1]
        except OSError as error:
            failed.append(f"{command.name} did not start: {error.strerror}")
            continue
        if one.status == 0:
            first[command.name] = one
        else:
            failed.append(f"{command.name} ended with status {one.status}: {reason}")
    return first, failed


def disagreements(first: dict[str, Run]) -> list[str]:
    """Where the answers of the commands differ from those of the first one that is no losscli."""
    answers, found = {}, []
    for name, one in first.items():
        try:
            answers[name] = read(one.stdout)
        except (ValueError, LookupError, TypeError) as error:
            found.append(f"{name} printed no answer that can be read: {error!r}")
    base = next((name for name in answers if not name.startswith("losscli")), next(iter(answers), ""))
    return found + [
        f"{name} and {base} differ in {difference}"
        for name, answer in answers.items()
        for difference in differences(answer, answers[base])
    ]


def measure(commands: list[Command], rounds: int) -> dict[str, list[Run]]:
    measured: dict[str, list[Run]] = {command.name: [] for command in commands}
    for number in range(1, rounds + 1):
        for command in commands:
            one = run(command.argv)
            if one.status != 0:
                raise SystemExit(
                    f"{command.name} ended with status {one.status} in round {number}: {one.stderr}"
                )
            measured[command.name].append(one)
            tell(
                f"  {number}/{rounds} {command.name}: {one.wall:.3f} s, CPU {one.cpu:.3f} s, {one.rss:.0f} MB"
            )
    return measured


def bench(suite: Suite, rows: int, options: argparse.Namespace) -> bool:
    """Runs one suite, prints its table, and says whether every command ran and all agreed."""
    heading = f"{suite.title}, {rows:,} rows"
    tell(heading)
    generate(rows, shuffled=suite.shuffled)
    commands = [c for c in suite.commands(rows, options.losscli) if options.only in c.name]
    first, complaints = warm_up(commands)
    if suite.answers:
        complaints += disagreements(first)
    measured = measure([c for c in commands if c.name in first], options.rounds)
    notes = [f"**{complaint}**" for complaint in complaints]
    if suite.answers and not complaints and len(first) > 1:
        notes.append("All answers agree: mean, deviation, extremes to 1e-9, and the ten worst rows.")
    lines = results.table(measured, suite.reference, over=suite.over_reference)
    text = results.section(heading, lines, options.rounds, notes)
    print(text)
    if options.write:
        results.write(HERE / "README.md", heading, text)
    return not complaints


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = [*SUITES, "all"]
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of: {', '.join(known)} (default: all)")
    parser.add_argument("--rows", nargs="+", type=int, default=[1_000_000], help="sizes (default: 1000000)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (default: 7)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only commands whose name has TEXT in it")
    parser.add_argument(
        "--losscli", default=losscli_path(), help="the losscli to measure (default: this Python's)"
    )
    parser.add_argument("--write", action="store_true", help="write the results into README.md")
    options = parser.parse_args()
    options.suites = list(SUITES) if not options.suites or "all" in options.suites else options.suites
    if unknown := [name for name in options.suites if name not in SUITES]:
        parser.error(f"no suite {', '.join(unknown)}; there are {', '.join(known)}")
    if options.rounds < 1 or min(options.rows) < 10:
        parser.error("--rounds must be at least 1, --rows at least 10")
    return options


def main() -> int:
    options = parse()
    fine = True
    for name in options.suites:
        suite = SUITES[name]
        for rows in options.rows if suite.sized else [STARTUP_ROWS]:
            fine &= bench(suite, rows, options)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
