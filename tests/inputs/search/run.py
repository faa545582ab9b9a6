"""Hold the answers of losscli against what is right: a case is right, refused, or wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from losscli.analyses.evaluate.run import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from tests.inputs.search.layouts import Case, case

WITHIN = 1e-9


@dataclass
class Verdict:
    """What came of a case: `right`, `refused`, `wrong` (another number) or `crashed`."""

    seed: int
    case: Case
    outcome: str
    found: object


@dataclass
class Tally:
    """How many cases came out how, of all and of those that have to be answered; and those to look at."""

    all: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)
    wrong: list[Verdict] = field(default_factory=list)
    refused: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        self.all[verdict.outcome] += 1
        if verdict.outcome in ("wrong", "crashed"):
            self.wrong.append(verdict)
        if verdict.case.plain and verdict.case.right:
            self.plain[verdict.outcome] += 1
            if verdict.outcome == "refused":
                self.refused.append(verdict)


def judge(seed: int, folder: Path) -> Verdict:
    """Run the case of a seed, its files in a folder, and hold the answer against what is right."""
    made = case(seed)
    paths = []
    for name, data in zip(made.names, made.files, strict=True):
        path = folder / name
        path.write_bytes(data)
        paths.append(str(path))
    loss = (parse_spec(made.loss, registry.find),)
    labels = paths[1] if len(paths) > 1 else None
    try:
        report = evaluate(Request(paths[0], labels, loss=loss, top=0, **made.options))
    except LosscliError as error:
        return Verdict(seed, made, "refused" if error.status == 2 else "crashed", error)
    except Exception as error:
        return Verdict(seed, made, "crashed", repr(error))
    cost = next(result for result in report.results if result.group is None).cost
    near = any(math.isclose(cost, right, rel_tol=WITHIN, abs_tol=1e-12) for right in made.right)
    return Verdict(seed, made, "right" if near else "wrong", cost)


def tally(seeds: Iterable[int], folder: Path) -> Tally:
    """Judge the cases of seeds."""
    result = Tally()
    for seed in seeds:
        result.add(judge(seed, folder))
    return result


@contextmanager
def in_one_thread() -> Iterator[None]:
    """Read without threads of reading ahead, whose starts take most of the time of a small file."""
    with mock.patch.object(Reading, "_ahead", lambda _, chunks: iter(chunks)):
        yield
