"""Measures how often intervals, verdicts and gates are wrong where the truth is known.

    python benchmarks/error_rates.py [--short] [--runs N] [--write]

Losses are drawn from distributions whose mean is known, so that every wrong answer is seen and counted. The
draws are the same in every run. A sample of runs also goes through the program's own path, exact sums and
one comparison at a time; they have to agree. `--short` leaves out what other methods say. `--write` writes
docs/how-sure.md. The exit status is 1 if an error rate of ours is above what it promises.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import error_exact
import error_pages
import numpy as np
from error_cases import CASES, PAIRS, Random, random
from error_methods import (
    Runs,
    differing,
    percentile,
    sacrebleu,
    student,
    unpaired_z,
    wide_t,
    wilcoxon,
)

import losscli
from losscli.common.array import Array
from losscli.compute.evidence import Evidence
from losscli.compute.statistics.estimate import Estimate
from losscli.compute.statistics.intervals.anytime import anytime_width, anytime_width_one_sided
from losscli.compute.statistics.intervals.approximation import may_decide
from losscli.compute.statistics.special import binomial_sf, t_upper_quantile

ALPHA = 0.05
SIZES = (30, 100, 300, 1000)
RUNS, SHORT, AT_ONCE = 4000, 1000, 500
LOOKS, STEP, PLANNED = 200, 100, 400
GATE_BAR, PAIR_BAR, LOOK_BAR = 0.065, 0.06, 0.06
BEYOND = {
    ("looks", "passed", "squared t₅ errors: heavy tails"): 0.15,
    ("looks", "passed", "log-normal losses, σ = 2"): 0.16,
    ("looks", "ours", "rarely worse by 4.9, else better by 0.1"): 0.2,
    ("pairs", "verdict", "rarely worse by 4.9, else better by 0.1"): 0.58,
}
"""What is known to be wrong more often than promised, and how often at most; the manual says so."""
CHANCE = 1e-3
"""How seldom a rate that is as promised may be seen above it, in one cell."""

Row = dict[str, Any]
Bound = Callable[[Runs, float], tuple[Array, Array]]


@dataclass(frozen=True)
class Form:
    """How much is measured: runs in each cell, and whether other methods are measured too."""

    runs: int
    others: bool
    bounds: Bound = wide_t
    rule: bool = True

    def parts(self, *key: int) -> Iterator[tuple[Random, int]]:
        """Draws for some of the runs at a time."""
        for number, start in enumerate(range(0, self.runs, AT_ONCE)):
            yield random(*key, number), min(AT_ONCE, self.runs - start)

    @property
    def looking(self) -> "Form":
        """The form where a run is twenty thousand rows."""
        return replace(self, runs=self.runs // (2 if self.others else 5))


class Tally:
    """How often something happened, by name."""

    def __init__(self, runs: int) -> None:
        self.runs, self.counts = runs, dict[str, int]()

    def add(self, **happened: Any) -> None:
        for name, those in happened.items():
            self.counts[name] = self.counts.get(name, 0) + int(np.count_nonzero(those))

    def rates(self) -> dict[str, float]:
        return {name: count / self.runs for name, count in self.counts.items()}


def agree(where: str, complaints: list[str]) -> None:
    if complaints:
        raise SystemExit(f"{where}: the program's own path says something else: {complaints}")


def gates(form: Form) -> Iterator[Row]:
    """Gates whose threshold is the true cost: each pass and each fail is wrong."""
    for place, case in enumerate(CASES):
        for n in SIZES:
            tally = Tally(form.runs)
            for number, (chance, runs) in enumerate(form.parts(1, place, n)):
                values = case.draw(chance, (runs, n))
                found = Runs.of(values)
                low, high = form.bounds(found, ALPHA)
                decides = found.decides if form.rule else found.error > 0.0
                tally.add(passed=decides & (high <= case.mean), failed=decides & (low > case.mean))
                tally.add(decides=decides)
                if number == 0:
                    agree(f"{case.name}, n {n}", differing(values, found, ALPHA, case.mean))
                if form.others:
                    low, high = student(found, ALPHA)
                    tally.add(t_passed=high <= case.mean, t_failed=low > case.mean)
                    low, high = percentile(values, ALPHA)
                    tally.add(bootstrap_passed=high <= case.mean, bootstrap_failed=low > case.mean)
            yield {"case": case.name, "n": n, "runs": tally.runs, **tally.rates()}


def pairs(form: Form) -> Iterator[Row]:
    """Two models of equal true cost: each difference that is found is wrong."""
    for place, case in enumerate(PAIRS):
        for n in SIZES:
            tally = Tally(form.runs)
            for number, (chance, runs) in enumerate(form.parts(2, place, n)):
                a, b = case.draw(chance, (runs, n))
                values = a - b
                found = Runs.of(values)
                low, high = form.bounds(found, ALPHA / 2.0)
                varies = found.error > 0.0
                excluded = varies & ((low > 0.0) | (high < 0.0))
                # Where all differences are equal there is no interval, but there may be a verdict.
                tally.add(ours=excluded, verdict=excluded | (~varies & decides_constant(n)))
                if number == 0:
                    agree(f"{case.name}, n {n}", differing(values, found, ALPHA / 2.0, 0.0))
                    agree(f"{case.name}, n {n}", compared_differently(a, b, (low, high), varies))
                if form.others:
                    below, above = student(found, ALPHA / 2.0)
                    tally.add(t=varies & ((below > 0.0) | (above < 0.0)))
                    below, above = percentile(values, ALPHA / 2.0)
                    tally.add(bootstrap=(below > 0.0) | (above < 0.0), sacrebleu=sacrebleu(values) < ALPHA)
                    tally.add(unpaired=unpaired_z(a, b, ALPHA / 2.0), wilcoxon=wilcoxon(values) < ALPHA)
            yield {"case": case.name, "n": n, "runs": tally.runs, **tally.rates()}


@cache
def decides_constant(n: int) -> bool:
    """Whether `losscli.compare` has a verdict if all of so many differences are equal, but not 0."""
    report = losscli.compare({"old": np.ones(n), "new": np.full(n, 2.0)}, np.zeros(n), "mae")
    return report["mae"].comparisons[0].verdict != "undecided"


def compared_differently(a: Array, b: Array, bounds: tuple[Array, Array], varies: Array) -> list[str]:
    """Where `losscli.compare` has other intervals or verdicts: of absolute errors from labels that are 0."""
    found = []
    for run in range(3):
        labels = np.zeros(a.shape[1])
        report = losscli.compare({"old": b[run], "new": a[run]}, labels, "mae")
        (one,) = report["mae"].comparisons
        mine = float(bounds[0][run]), float(bounds[1][run])
        if not varies[run]:
            if one.ci is not None or (one.verdict != "undecided") != decides_constant(a.shape[1]):
                found.append(f"run {run}: nothing varies, but it is {one.verdict}, {one.ci}")
        elif one.ci is None or not np.allclose(one.ci, mine, rtol=1e-9, atol=1e-9 * (mine[1] - mine[0])):
            found.append(f"run {run}: {one.ci} and {mine}")
        elif one.verdict != ("worse" if mine[0] > 0.0 else "better" if mine[1] < 0.0 else "undecided"):
            found.append(f"run {run}: {one.verdict} with {mine}")
    return found


@dataclass(frozen=True)
class Looks:
    """The mean less the truth, the standard deviation and the skewness at every look, `(runs, looks)`."""

    mean: Array
    std: Array
    skewness: Array
    rows: Array

    @staticmethod
    def of(values: Array) -> "Looks":
        """Those of numbers whose true mean is 0, `(runs, rows)`."""
        n = STEP * np.arange(1, LOOKS + 1)
        parts = values.reshape(len(values), LOOKS, STEP)
        squares = parts * parts
        sums = parts.sum(axis=2), squares.sum(axis=2), (squares * parts).sum(axis=2)
        first, second, third = (np.cumsum(one, axis=1) / n for one in sums)
        spread = np.maximum(second - first**2, 0.0)
        with np.errstate(all="ignore"):
            skewness = (third - 3.0 * first * second + 2.0 * first**3) / spread**1.5
        return Looks(first, np.sqrt(spread * n / (n - 1)), np.nan_to_num(skewness), n)

    def widths(self, width: Callable[[float, int, float, int], float]) -> Array:
        return np.asarray(self.std * [width(1.0, int(n), ALPHA, PLANNED) for n in self.rows])

    def once(self, tail: float) -> Array:
        """Half the widths of intervals that hold at one look, by t."""
        return np.asarray(self.std * [t_upper_quantile(tail, int(n) - 1) / n**0.5 for n in self.rows])

    @property
    def decides(self) -> Array:
        """Whether a gate may decide: `may_decide`, for many at once."""
        least = np.maximum(30, np.ceil(25.0 * self.skewness**2))
        for look in range(5):
            n, skewness = int(self.rows[look]), float(self.skewness[0, look])
            assert may_decide(n, skewness) == (n >= least[0, look])
        return np.asarray((self.rows >= least) & (self.std > 0.0))


def looks(form: Form) -> Iterator[Row]:
    """Looking again after every hundred rows, two hundred times: ever wrong."""
    for place, case in enumerate(CASES):
        tally = Tally(form.looking.runs)
        for chance, runs in form.looking.parts(3, place):
            found = Looks.of(case.draw(chance, (runs, LOOKS * STEP)) - case.mean)
            width, decides = found.widths(anytime_width_one_sided), found.decides
            tally.add(
                passed=(decides & (found.mean + width <= 0.0)).any(axis=1),
                failed=(decides & (found.mean - width > 0.0)).any(axis=1),
            )
            if form.others:
                once = found.once(ALPHA)
                tally.add(t_passed=(found.mean + once <= 0.0).any(axis=1))
                tally.add(t_failed=(found.mean - once > 0.0).any(axis=1))
        yield {"case": case.name, "kind": "gate", "runs": tally.runs, **tally.rates()}
    for place, pair in enumerate(PAIRS):
        tally = Tally(form.looking.runs)
        for chance, runs in form.looking.parts(4, place):
            a, b = pair.draw(chance, (runs, LOOKS * STEP))
            found = Looks.of(a - b)
            size = np.abs(found.mean)
            tally.add(ours=((found.std > 0.0) & (size > found.widths(anytime_width))).any(axis=1))
            if form.others:
                tally.add(t=(size > found.once(ALPHA / 2.0)).any(axis=1))
        yield {"case": pair.name, "kind": "pair", "runs": tally.runs, **tally.rates()}


def clusters(form: Form) -> Iterator[Row]:
    """Squared errors in clusters of 5 to 15 rows, of which the errors have correlation 0.4: mean 1."""
    for count, buckets in ((15, None), (50, None), (500, None), (2000, None), (2000, 256)):
        sizes = 5 + np.arange(count) % 11
        names = np.repeat(np.arange(count), sizes)
        put = names if buckets is None else random(6).randint(buckets, size=count)[names]
        runs = form.runs if count <= 500 else form.runs // 4
        tally = Tally(runs)
        for number, start in enumerate(range(0, runs, 50)):
            chance, part = random(5, count, number), min(50, runs - start)
            shared = chance.standard_normal((part, count))[:, names]
            values = (0.4**0.5 * shared + 0.6**0.5 * chance.standard_normal((part, len(names)))) ** 2
            found = Runs.of_clusters(values, put)
            low, high = form.bounds(found, ALPHA / 2.0)
            tally.add(ours=(low > 1.0) | (high < 1.0))
            low, high = student(found, ALPHA / 2.0)
            tally.add(t=(low > 1.0) | (high < 1.0))
            low, high = student(Runs.of(values), ALPHA / 2.0)
            tally.add(rows=(low > 1.0) | (high < 1.0))
            if number == 0 and count <= 500:
                agree(
                    f"{count} clusters",
                    differing(values, found, ALPHA / 2.0, 1.0, of_clusters(values, put)),
                )
        yield {"clusters": count, "buckets": buckets, "runs": runs, **tally.rates()}


def of_clusters(values: Array, cluster: Array) -> Callable[[int], Estimate]:
    names = cluster.astype("S8")
    return lambda run: Evidence.of(values[run], None, names, counts=False).estimate()


def measured(form: Form) -> dict[str, list[Row]]:
    sections = {"gates": gates, "pairs": pairs, "looks": looks, "clusters": clusters}
    found = {}
    for name, section in sections.items():
        started = time.perf_counter()
        found[name] = list(section(form))
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return found | error_exact.measured(ALPHA, SIZES)


def too_often(rate: float, runs: int, promised: float) -> bool:
    """Whether so many wrong runs are more than chance gives at the promised rate."""
    return rate > promised and binomial_sf(round(rate * runs) - 1, runs, promised) < CHANCE


def broken(found: dict[str, list[Row]]) -> list[str]:
    """Each promise that is not kept, but for those `BEYOND`."""
    wanted = (
        ("gates", ("passed", "failed"), GATE_BAR),
        ("pairs", ("ours", "verdict"), PAIR_BAR),
        ("looks", ("passed", "failed", "ours"), LOOK_BAR),
    )
    complaints = [
        f"{section}: {row['case']}, n {row.get('n', 'of all looks')}: {name} {row[name]:.2%} > {bar:.1%}"
        for section, names, bar in wanted
        for row in found.get(section, ())
        for name in names
        if name in row and too_often(row[name], row["runs"], BEYOND.get((section, name, row["case"]), bar))
    ]
    exact = (("proportions", ("passed", "failed")), ("tables", ("ours",)))
    return complaints + [
        f"{section}: {row}: {name} {row[name]:.2%} > {ALPHA:.0%}"
        for section, names in exact
        for row in found.get(section, ())
        for name in names
        if row[name] > ALPHA
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help=f"{SHORT} runs, and only our methods")
    parser.add_argument("--runs", type=int, help=f"in each cell (default: {RUNS})")
    parser.add_argument("--write", action="store_true", help="write the tables of docs/how-sure.md")
    options = parser.parse_args()
    if options.write and (options.short or options.runs):
        parser.error("--write is of the full form")
    form = Form(options.runs or (SHORT if options.short else RUNS), others=not options.short)
    started = time.perf_counter()
    found = measured(form)
    result = {"runs": form.runs, "seconds": round(time.perf_counter() - started), **found}
    if options.write:
        error_pages.write(result)
    else:
        json.dump(result, sys.stdout, indent=1)
    complaints = broken(found)
    print(*complaints, sep="\n", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
