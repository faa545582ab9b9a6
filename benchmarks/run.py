"""Measures losscli beside the scripts that people would otherwise write.

    python benchmarks/run.py [SUITE ...] [--rows N ...] [--rounds N] [--against CHECKOUT] [--goals] [--write]

Every command is a process of its own. After one round that warms the disk cache and does not count, the
rounds are interleaved, A B C A B C …, so that a machine that slows down slows all of them down.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import goals
import readme
import results
from answers import differences, read
from measure import Run, run
from programs import COMPILED, LOSSCLI, PURE, Command, Program, about, losscli_path, reader, to_measure
from suites import SUITES, Suite

HERE = Path(__file__).parent
ROWS, ROUNDS = 1_000_000, 7


@dataclass(frozen=True)
class Bench:
    """What all suites of a run share: each program with its reader, the data, part of a command's name."""

    programs: Mapping[Program, str | None]
    data: Path
    only: str = ""


def generate(rows: int, folder: Path, files: Sequence[str]) -> None:
    """Writes the data in another process: this one stays small, see measure.run."""
    if missing := [name for name in files if not (folder / name).exists()]:
        argv = [sys.executable, str(HERE / "generate.py"), str(rows), str(folder), *missing]
        subprocess.run(argv, check=True)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def warm_up(commands: list[Command]) -> tuple[dict[str, Run], list[str]]:
    """The first run of every command, and a complaint about each one that fails, which is then left out."""
    first, failed = {}, []
    for command in commands:
        try:
            one = run(command.argv, command.environment)
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
            one = run(command.argv, command.environment)
            if one.status != 0:
                raise SystemExit(
                    f"{command.name} ended with status {one.status} in round {number}: {one.stderr}"
                )
            measured[command.name].append(one)
            tell(
                f"  {number}/{rounds} {command.name}: {one.wall:.3f} s, CPU {one.cpu:.3f} s, {one.rss:.0f} MB"
            )
    return measured


def bench(suite: Suite, rows: int, rounds: int, shared: Bench) -> tuple[str, list[str]]:
    """Runs one suite: its section of the results, and a complaint for what failed or disagreed."""
    folder = shared.data / str(rows)
    generate(rows, folder, suite.files)
    programs = suite.measured(shared.programs)
    commands = [c for c in suite.of(programs, folder) if shared.only in c.name]
    first, complaints = warm_up(commands)
    if suite.answers:
        complaints += disagreements(first)
    measured = measure([c for c in commands if c.name in first], rounds)
    notes = [f"**{complaint}**" for complaint in complaints]
    if suite.answers and not complaints and len(first) > 1:
        notes.append("All answers agree: mean, deviation, extremes to 1e-9, and the ten worst rows.")
    lines = results.table(measured, suite.reference, over=suite.over_reference)
    notes.append("; ".join(about(program, shared.programs[program]) for program in programs))
    return results.section(suite.heading(rows), lines, rounds, notes), complaints


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("suites", nargs="*", metavar="SUITE", help=f"of: {', '.join(SUITES)} (default: all)")
    made.add_argument("--rows", nargs="+", type=int, help=f"sizes (default: {ROWS})")
    made.add_argument("--rounds", type=int, help=f"rounds that count (default: {ROUNDS})")
    made.add_argument(
        "--published",
        action="store_true",
        help="the sizes and rounds of the published results, where --rows and --rounds say nothing",
    )
    made.add_argument("--only", default="", metavar="TEXT", help="only commands whose name has TEXT in it")
    made.add_argument(
        "--losscli", default=losscli_path(), metavar="PATH", help="measured (default: this Python's)"
    )
    made.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="another checkout whose losscli is measured too"
    )
    made.add_argument(
        "--data", type=Path, default=HERE / "data", metavar="FOLDER", help="where the files are"
    )
    made.add_argument("--goals", action="store_true", help="print which goals are met")
    made.add_argument("--write", action="store_true", help="write the results and goals into its README.md")
    made.add_argument("--write-readme", action="store_true", help="that, and the table in the project's")
    return made


def mixed_up(first: str | None, second: str | None) -> str | None:
    """Why results of two readers, that of losscli and that of the pure one, are not to be published."""
    if first != COMPILED:
        found = f"reads with {first}" if first else "does not say with what it reads"
        return f"losscli {found}; only what ran {COMPILED} is written"
    return f"losscli, {PURE} runs {COMPILED}" if second == COMPILED else None


def main() -> int:
    options = (made := parser()).parse_args()
    if unknown := [name for name in options.suites if name not in SUITES]:
        made.error(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    if (options.rounds is not None and options.rounds < 1) or min(options.rows or [10]) < 10:
        made.error("--rounds must be at least 1, --rows at least 10")
    options.write |= options.write_readme
    if options.write and options.only:
        made.error("--write: a part of the commands is no result; leave out --only")
    try:
        readers = {program: reader(program) for program in to_measure(options.losscli, options.against)}
    except ValueError as error:
        made.error(f"--against: {error}")
    if options.write and (reason := mixed_up(*list(readers.values())[:2])):
        made.error(f"--write: {reason}")
    shared = Bench(readers, options.data, options.only)
    fine, sections, sizes = True, [], {}
    for name in options.suites or SUITES:
        suite = SUITES[name]
        usual = suite.sizes if options.published or not suite.sized else (ROWS,)
        sizes[name] = tuple(options.rows) if options.rows and suite.sized else usual
        for rows in sizes[name]:
            tell(suite.heading(rows))
            rounds = options.rounds or (suite.rounds if options.published else ROUNDS)
            text, complaints = bench(suite, rows, rounds, shared)
            print(text, flush=True)
            fine &= not complaints
            sections.append(text)
            if options.write and any(complaint.startswith(LOSSCLI) for complaint in complaints):
                tell("not written: a row of losscli is missing or wrong")
            elif options.write:
                results.write(readme.RESULTS, suite.heading(rows), text)
    if options.goals:
        print("\n".join(goals.table(results.parse("\n".join(sections)), sizes)))
    if options.write:
        readme.write(project=options.write_readme)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
