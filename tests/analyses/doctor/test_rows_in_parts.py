"""What is said of rows in their order is the same where parts of the inputs are read side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.crews import Here
from helpers.pairs_of_rows import classes, inputs, numbers, two_classes

from losscli.analyses.doctor import in_parts, run
from losscli.analyses.doctor.document import document
from losscli.common.json import Object
from losscli.inputs import partitions
from losscli.inputs.request import Request

ROWS = 400
SHIFTED = np.s_[1:], np.s_[:-1]


@pytest.fixture(autouse=True)
def many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)


def written(folder: Path, makes: Any, fault: str, *, ids: bool, together: bool) -> tuple[str, str | None]:
    """Write predictions and labels with a fault."""
    prediction, label = makes(ROWS, 3)
    if fault == "shifted":
        prediction, label = prediction[1:], label[:-1]
    order = {
        "padded": np.append(np.arange(ROWS), np.arange(5)),
        "twice": np.append(np.arange(300), np.arange(100, 300)),
        "shuffled": np.arange(ROWS)[::-1],
    }.get(fault, np.arange(len(label)))
    label = label[order]
    prediction = prediction if fault == "shuffled" else prediction[order]
    left, right = inputs(prediction, label, np.arange(1000, 1000 + len(label)) if ids else None)
    if together:
        pd.DataFrame({**left, **right}).to_csv(folder / "both.csv", index=False)
        return str(folder / "both.csv"), None
    pd.DataFrame(left).to_csv(folder / "p.csv", index=False)
    pd.DataFrame(right).to_csv(folder / "l.csv", index=False)
    return str(folder / "p.csv"), str(folder / "l.csv")


def one_and_parts(request: Request, train: Any = None) -> tuple[Object, int]:
    """Return the document of one run, that of parts being the same, and how many parts there were."""
    crew = Here(4)
    whole, parts = run.doctor(request, train=train), in_parts.doctor(request, crew, train=train)
    assert document(parts) == document(whole)
    return document(whole), crew.parts


def checks_of(found: Object) -> set[str]:
    findings: Any = found["findings"]
    return {one["check"] for one in findings}


@pytest.mark.parametrize("makes", [numbers, two_classes, classes])
@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("", None),
        ("shifted", "rows_shifted"),
        ("shuffled", "rows_shuffled"),
        ("padded", "tail_repeats_head"),
        ("twice", "file_within_file"),
    ],
)
def test_parts_say_what_one_run_says(tmp_path: Path, makes: Any, fault: str, check: str | None) -> None:
    predictions, labels = written(tmp_path, makes, fault, ids=False, together=True)
    found, parts = one_and_parts(Request(predictions, labels))
    assert parts > 1
    assert check is None or check in checks_of(found)


@pytest.mark.parametrize("fault", ["padded", "twice"])
def test_parts_of_two_files(tmp_path: Path, fault: str) -> None:
    for ids in (False, True):
        request = Request(*written(tmp_path, numbers, fault, ids=ids, together=False))
        assert checks_of(one_and_parts(request)[0])


@pytest.mark.parametrize(
    ("fault", "check"),
    [("shifted", "rows_shifted"), ("padded", "tail_repeats_head"), ("twice", "file_within_file")],
)
def test_rows_of_several_files_are_found_and_left_to_their_files(
    tmp_path: Path, fault: str, check: str
) -> None:
    path, _ = written(tmp_path, numbers, fault, ids=False, together=True)
    rows = pd.read_csv(path)
    (tmp_path / "folder").mkdir()
    for place in range(4):
        rows[place * 120 : place * 120 + 120].to_csv(tmp_path / "folder" / f"{place}.csv", index=False)
    found, _ = one_and_parts(Request(str(tmp_path / "folder")))
    findings: Any = found["findings"]
    (one,) = (one for one in findings if one["check"] == check)
    assert (one["level"], one["cost_repaired"], one["command"]) == ("likely", None, None)


@pytest.mark.parametrize("columns", [["id"], ["label", "x"]])
def test_parts_know_the_training_data(tmp_path: Path, columns: list[str]) -> None:
    path, _ = written(tmp_path, numbers, "", ids=True, together=True)
    both = pd.read_csv(path).assign(x=np.arange(ROWS) % 7)
    both.drop(columns=[] if columns == ["id"] else ["id"]).to_csv(path, index=False)
    both[columns][50:120].to_csv(tmp_path / "train.csv", index=False)
    found, parts = one_and_parts(Request(path), str(tmp_path / "train.csv"))
    assert parts > 1
    assert "train_overlap" in checks_of(found)
