"""What pages and slices are made of, seen in parts, is what is seen in one run over everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from helpers.crews import Here

from losscli.analyses.evaluate import in_parts, portrayed, run, sliced
from losscli.analyses.evaluate.report import Report
from losscli.inputs import partitions
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from losscli.outputs.views.sheets.evaluation import sheet

N = 600
FOUR = (("ant", "bee", "cat", "dog"), ("dog", "ant"), ("cat", "hen"), ("ant",))
"""The names that come up in a quarter of the rows each: numbered in another way in each."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let texts of a few bytes be cut, and samples be drawn of few rows."""
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)
    monkeypatch.setattr(portrayed, "DRAWN", 150)
    monkeypatch.setattr(sliced, "MOST_ROWS", 400)


def table(kind: str, ids: str) -> pd.DataFrame:
    random = np.random.default_rng(7)
    number = random.normal(size=N)
    frame = pd.DataFrame({"region": random.choice(["north", "south", "east"], N), "age": range(N)})
    worse = np.where(frame.region == "north", 2.0, 1.0)
    if kind == "numbers":
        frame["label"], frame["prediction"] = number, number + random.normal(size=N) * worse
    elif kind == "probability":
        frame["label"], frame["prediction"] = random.integers(0, 2, N), random.random(N)
    else:
        names = [random.choice(FOUR[4 * row // N], 2) for row in range(N)]
        frame["label"], frame["prediction"] = zip(*names, strict=True)
    if ids == "mixed":
        # Integers in some parts, and text in others.
        frame.insert(0, "id", [f"a{row}" if row > N // 2 else str(row) for row in range(N)])
    elif ids == "repeated":
        frame.insert(0, "id", [row % 40 for row in range(N)])
    return frame


def asked(data: Any, kind: str, **more: Any) -> Request:
    loss = {"numbers": "mae", "probability": "brier", "class_names": "zero_one"}[kind]
    bound = (parse_spec(loss, registry.find),)
    return Request(str(data), None, loss=bound, page=True, slices=("auto",), **more)


def onlookers() -> list[run.OnlookerOfParts]:
    return [sliced.Slicer(), portrayed.Portrayer()]


def in_one(request: Request) -> Report:
    return run.evaluate(request, onlookers=onlookers())


def agree(request: Request, crew: Here) -> Report:
    whole = in_one(request)
    with mock.patch.object(run, "evaluate", side_effect=AssertionError("it was left to one run")):
        found = in_parts.evaluate(request, crew, onlookers=onlookers())
    assert crew.parts > 1
    assert [*sheet(found)] == [*sheet(whole)]
    assert [one.slices for one in found.results] == [one.slices for one in whole.results]
    assert found.notes == whole.notes
    return found


@pytest.mark.parametrize("ids", ["", "mixed", "repeated"])
@pytest.mark.parametrize("kind", ["numbers", "probability", "class_names"])
def test_stretches_of_a_file_are_the_whole(kind: str, ids: str, tmp_path: Path) -> None:
    table(kind, ids).to_csv(tmp_path / "data.csv", index=False)
    found = agree(asked(tmp_path / "data.csv", kind), Here(5, shuffled=1))
    assert found.page is not None
    if kind == "numbers":
        assert found.page.sample is not None
        assert found.page.sample.n == N
        assert 0 < len(found.page.sample.key) <= 150
    elif kind == "probability":
        assert found.page.calibrated is not None
        assert int(found.page.calibrated.counts.sum()) == N
    else:
        assert found.page.confusion is not None
        counts = pd.crosstab(*(table(kind, ids)[role] for role in ("label", "prediction")))
        at = {name: place for place, name in enumerate(found.page.classes)}
        for label in counts.index:
            for prediction in counts.columns:
                assert found.page.confusion.counts[at[label], at[prediction]] == counts.loc[label, prediction]


@pytest.mark.parametrize("kind", ["numbers", "probability", "class_names"])
def test_files_with_ids_are_the_whole(kind: str, tmp_path: Path) -> None:
    frame = table(kind, "mixed")
    for place, start in enumerate(range(0, N, 150)):
        frame[start : start + 150].to_csv(tmp_path / f"part-{place}.csv", index=False)
    agree(asked(tmp_path, kind), Here(3))


def test_rows_that_are_drawn_by_their_numbers_among_several_files_are_left_to_one_run(tmp_path: Path) -> None:
    frame = table("numbers", "")
    for place, start in enumerate(range(0, N, 150)):
        frame[start : start + 150].to_csv(tmp_path / f"part-{place}.csv", index=False)
    request, crew = asked(tmp_path, "numbers"), Here(3)
    found = in_parts.evaluate(request, crew, onlookers=onlookers())
    assert crew.parts == 0
    assert [*sheet(found)] == [*sheet(in_one(request))]


def test_what_parts_leave_to_one_run_is_seen_there(tmp_path: Path) -> None:
    table("numbers", "mixed").to_csv(tmp_path / "data.csv", index=False)
    request, crew = asked(tmp_path / "data.csv", "numbers"), Here(2)
    with mock.patch.object(in_parts, "of_one_run", return_value=None):
        found = in_parts.evaluate(request, crew, onlookers=onlookers())
    assert crew.parts == 2
    assert [*sheet(found)] == [*sheet(in_one(request))]


@pytest.mark.parametrize("block_rows", [1, 7, 100, 10_000])
def test_neither_blocks_nor_the_order_of_rows_with_ids_matter(block_rows: int, tmp_path: Path) -> None:
    frame = table("numbers", "mixed")
    frame.to_csv(tmp_path / "data.csv", index=False)
    frame.sample(frac=1.0, random_state=3).to_csv(tmp_path / "other.csv", index=False)
    samples = []
    for name, rows in (("data.csv", 64), ("other.csv", block_rows)):
        page = in_one(asked(tmp_path / name, "numbers", block_rows=rows)).page
        assert page is not None
        assert page.sample is not None
        samples.append((page.sample.key.tolist(), page.sample.columns["label"].tolist()))
    assert samples[0] == samples[1]
