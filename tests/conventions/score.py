"""How often `losscli reconcile` names the library that gave a number, from seven digits.

    PYTHONPATH=tests python -m conventions.score                 # 200 numbers of those that are installed
    PYTHONPATH=tests python -m conventions.score keras --seed 7 --show

Libraries are called with their defaults, on the sample data and on data of their own; no number is used that
the conventions were found with. A number counts as named where the first match is the library, or a group of
conventions that these data cannot tell apart and the library is one of them.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from conventions import data, ours
from conventions.run_libraries import LIBRARIES, Number, run


@dataclass(frozen=True)
class Named:
    """Where the library is among what reconcile says.

    Attributes:
        number: what the library gave.
        place: 1 if it is the first match; 0 if it is none of them.
        outcome: what reconcile says of its matches.
        first: the first match, in its words.
    """

    number: Number
    place: int
    outcome: str
    first: str


def files(given: data.DataSet, folder: Path, *, weighted: bool) -> tuple[Path, Path]:
    """Write a data set as two files, and return their paths."""
    paths = []
    for name, columns in zip(("predictions", "labels"), ours.columns(given, weighted=weighted), strict=True):
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        paths.append(path)
    return paths[0], paths[1]


def reconciled(number: Number, *, plain: bool) -> Named:
    """Ask reconcile for a number: with the loss as the call has it, or by its name alone."""
    from losscli.cli.main import main as program

    loss = number.loss.partition(":")[0] if plain else number.loss
    with tempfile.TemporaryDirectory() as folder:
        paths = files(data.build(number.data), Path(folder), weighted=number.weighted)
        command = ["reconcile", *map(str, paths), "--loss", loss, f"--observed={number.value:#.7g}"]
        command += ["--weight", "weight"] if number.weighted else []
        said, wrong = StringIO(), StringIO()
        with redirect_stdout(said), redirect_stderr(wrong):
            program([*command, "--json"])
    text = said.getvalue()
    if not text.startswith("{"):
        return Named(number, 0, "error", wrong.getvalue().strip() or text)
    document = json.loads(text)
    library, place = number.as_.partition(".")[0], 0
    for at, match in enumerate(document["matches"], 1):
        deviates = match["deviations"] or match["lie"]
        if not deviates and library in {match["library"], *match.get("libraries", [])}:
            place = at
            break
    first = document["matches"][0] if document["matches"] else None
    shown = "nothing" if first is None else f"{first['library']} {first['deviations']} {first['lie'] or ''}"
    return Named(number, place, document["outcome"], shown)


def defaults(found: Iterable[Number]) -> list[Number]:
    """Return the numbers of calls with their defaults: no deviation, no weights, and finite."""
    return [one for one in found if "+" not in one.as_ and not one.weighted and math.isfinite(one.value)]


def main() -> int:
    """Score, and print what was not named first."""
    parser = argparse.ArgumentParser(description="Score losscli reconcile on numbers of real libraries.")
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY", help=", ".join(LIBRARIES))
    parser.add_argument("--seed", type=int, help="of the data and of the choice; by default a new one")
    parser.add_argument("--rows", type=int, default=211)
    parser.add_argument("--most", type=int, default=200, help="how many numbers  [default: 200]")
    parser.add_argument("--plain", action="store_true", help="name losses without the parameters of the call")
    parser.add_argument("--show", action="store_true", help="show each number that was not named first")
    asked = parser.parse_args()
    seed = asked.seed or random.SystemRandom().randrange(1 << 20, 1 << 31)
    numbers = []
    for name in asked.libraries or LIBRARIES:
        found = run(name, (asked.rows,), (seed,))
        if found is None:
            print(f"{name}: not installed")
        numbers += defaults(found or [])
    if len(numbers) > asked.most:
        numbers = random.Random(seed).sample(numbers, asked.most)
    named = [reconciled(one, plain=asked.plain) for one in numbers]
    for name in dict.fromkeys(one.library for one in numbers):
        _print(name, [one for one in named if one.number.library == name])
    _print(f"seed {seed}: all", named)
    for one in named if asked.show else ():
        if one.place != 1:
            made = one.number
            asked_for = f"{made.call}, {made.loss}, {made.data}: {made.value!r}"
            print(f"  {asked_for}; place {one.place}, first {one.first}")
    first = sum(one.place == 1 for one in named)
    return int(first < 0.95 * len(named) or any(one.place == 0 for one in named))


def _print(name: str, named: list[Named]) -> None:
    first, among = sum(one.place == 1 for one in named), sum(one.place > 0 for one in named)
    outcomes = Counter(one.outcome for one in named).most_common()
    shares = f"{first / len(named):.1%} first, {among / len(named):.1%} among the matches"
    print(
        f"{name}: {len(named)} numbers, {shares}; {', '.join(f'{count} {said}' for said, count in outcomes)}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
