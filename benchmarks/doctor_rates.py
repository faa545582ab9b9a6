"""Measures how often `losscli doctor` alarms for nothing, and how often it finds a fault, on real data sets.

    python benchmarks/doctor_rates.py [--half tuning] [--quick] [--only D8] [--write]

Data sets are those that ship inside of installed Python packages. Each is in the tuning or in the reporting
half by its name alone. Honest models are fitted once, and what they predict is kept (`--pairs FOLDER`). Rates
of the reporting half are published: `--write` writes docs/doctor-measured.md and doctor_rates.json. Of the
tuning half, each alarm is listed, so that a rule can be mended. `--quick` takes one data set in eight.
"""

import argparse
import sys
import time
from pathlib import Path

from doctor import pages, pairs, runs, tables
from doctor.datasets import PACKAGES
from doctor.runs import ALARMS, KINDS, LEVELS

from losscli.analyses.doctor.checks import every

FOLDER = Path(__file__).resolve().parent / "data" / "doctor"
QUICK = 8
"""One data set in so many, where it has to be quick."""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--pairs", type=Path, default=FOLDER, help="the folder of the pairs; made if there is none"
    )
    made.add_argument("--half", choices=("reporting", "tuning"), default="reporting")
    made.add_argument("--quick", action="store_true", help="one data set in eight")
    made.add_argument("--only", default="", help="faults of these checks, such as D8,D13")
    made.add_argument("--kinds", default="", help="pairs of these kinds, such as numbers,classes")
    made.add_argument("--honest", action="store_true", help="no faults")
    made.add_argument("--faults", action="store_true", help="no honest pairs")
    made.add_argument(
        "--form", choices=tuple(dict.fromkeys(pairs.FORMS)), help="all honest pairs in this form"
    )
    made.add_argument("--hints", action="store_true", help="list hints, too")
    made.add_argument("--missed", action="store_true", help="list the pairs where a fault is not found")
    made.add_argument("--workers", type=int, default=2)
    made.add_argument("--write", action="store_true", help="write the page of the manual, and the file")
    made.add_argument("--page", action="store_true", help="only write the page anew, from the file")
    return made


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    if asked.page:
        pages.write(pages.stored())
        return 0
    quick = QUICK if asked.quick else 1
    kinds = tuple(filter(None, asked.kinds.split(","))) or KINDS
    if asked.write and (
        asked.half != "reporting" or asked.form or asked.only or asked.kinds or asked.honest or asked.faults
    ):
        parser().error("what is written is of the reporting half, of all kinds, forms and faults")
    if not (asked.pairs / "index.json").exists():
        pairs.make(asked.pairs, PACKAGES, asked.workers, quick)
    started = time.perf_counter()
    kept = pairs.Pairs(asked.pairs)
    found: tables.Row = {"half": asked.half, "versions": tables.versions(), "quick": quick}
    found["data"] = tables.counts([*kept.of("tuning", quick), *kept.of("reporting", quick)])
    if not asked.faults:
        said = runs.honest(asked.pairs, asked.half, quick, asked.workers, asked.form, kinds)
        found["honest"] = tables.of_honest(said, [check.name for check in every()])
        found["together"], found["forms"] = tables.together(said), tables.by_form(said)
        if asked.half == "tuning":
            print(*tables.alarm_lines(said, LEVELS[:3] if asked.hints else ALARMS), sep="\n")
        show_slow(said)
    if not asked.honest:
        only = tuple(filter(None, asked.only.split(",")))
        faulty = runs.faulty(asked.pairs, asked.half, quick, asked.workers, only, kinds)
        found["faults"] = [row for row in tables.of_faults(faulty, kept.named) if row["fault"] in faulty]
        if asked.missed:
            print(*tables.missed_lines(faulty), sep="\n")
    found["seconds"] = round(time.perf_counter() - started)
    for name, lines in pages.sections(found):
        print(f"\n{name}", *lines, sep="\n")
    if asked.write:
        pages.write(found)
    return 0


def show_slow(said: list[runs.Said]) -> None:
    slowest = sorted(said, key=lambda one: -one.seconds)[:3]
    told = ", ".join(f"{one.pair} {1000 * one.seconds:.0f} ms" for one in slowest)
    mean = 1000 * sum(one.seconds for one in said) / max(len(said), 1)
    print(f"{len(said)} pairs, {mean:.1f} ms each; slowest: {told}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
