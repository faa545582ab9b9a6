"""D20: samples among the training data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli as call
from helpers.pairs_of_rows import inputs, numbers

import losscli
from losscli.analyses.doctor.statistics import overlap

N = 300


def found(report: Any) -> Any:
    """Return what is said of the training data; None where nothing is."""
    return next((one for one in report.findings if one.check == "train_overlap"), None)


def files(folder: Path, ids: Any) -> tuple[str, str]:
    """Write predictions and labels with ids."""
    paths = str(folder / "p.csv"), str(folder / "l.csv")
    for path, columns in zip(paths, inputs(*numbers(N, 1), ids), strict=True):
        pd.DataFrame(columns).to_csv(path, index=False)
    return paths


def table(seed: int) -> pd.DataFrame:
    """Return one input with features, labels and predictions."""
    prediction, label = numbers(N, seed)
    features = np.random.default_rng(seed + 50).normal(size=(N, 2)).round(3)
    return pd.DataFrame(
        {"x": features[:, 0], "w\x1b": features[:, 1], "label": label, "prediction": prediction}
    )


@pytest.mark.parametrize("texts", [False, True])
def test_ids_in_both_are_left_out_by_the_command(tmp_path: Path, texts: bool) -> None:
    ids = np.arange(1000, 1000 + N)
    names = np.array([f"s-{one}" for one in ids]) if texts else ids
    paths = files(tmp_path, names)
    train = tmp_path / "train.csv"
    others = [f"t-{one}" for one in range(500)] if texts else list(range(5000, 5500))
    pd.DataFrame({"x": 1.0, "id": [*others, *names[40:60]]}).to_csv(train, index=False)
    report = losscli.doctor(*paths, "mae", train=str(train))
    one = found(report)
    assert (one.level, one.rows, one.statistic) == ("likely", 20, 20 / N)
    assert one.command[-2:] == ("--exclude-ids", str(train))
    assert one.cost_repaired == losscli.evaluate(*paths, "mae", exclude_ids=str(train)).cost
    assert call(*one.command[1:]).returncode == 0
    assert call("doctor", *paths, "--train", str(train)).returncode == 1
    assert found(losscli.doctor(*paths, "mae", train=str(train), exclude_ids=str(train))) is None


def test_frames_lose_the_same_rows() -> None:
    ids = np.arange(1000, 1000 + N)
    prediction, label = numbers(N, 1)
    train = pd.DataFrame({"id": [*range(5000, 5500), *ids[40:60]]})
    one = found(losscli.doctor(*inputs(prediction, label, ids), "mse", train=train))
    kept = np.r_[0:40, 60:N]
    assert one.cost_repaired == losscli.evaluate(prediction[kept], label[kept], "mse").cost


def test_no_id_in_both_is_nothing() -> None:
    ids = np.arange(1000, 1000 + N)
    report = losscli.doctor(*inputs(*numbers(N, 1), ids), train={"id": np.arange(5000, 6000)})
    assert found(report) is None
    assert "train_overlap" in report.checked


def test_numbers_of_rows_are_a_hint() -> None:
    report = losscli.doctor(*inputs(*numbers(N, 1), np.arange(N)), train={"id": np.arange(200)})
    assert found(report).level == "hint"
    report = losscli.doctor(*inputs(*numbers(N, 1), np.arange(N)), train={"id": np.arange(7, 200)})
    assert found(report).level == "likely"


@pytest.mark.parametrize(("rows", "level"), [(40, "likely"), (10, "hint"), (2, None)])
def test_rows_without_ids_are_told_by_their_columns(rows: int, level: str | None) -> None:
    test, other = table(1), table(2)
    train = pd.concat([other, test.iloc[20 : 20 + rows]])[["w\x1b", "x", "label"]]
    one = found(losscli.doctor(test, train=train))
    assert (None if one is None else one.level) == level
    if one is not None:
        assert one.rows == rows
        assert "\x1b" not in one.message
        kept = test.drop(test.index[20 : 20 + rows])
        assert one.cost_repaired == losscli.evaluate(kept, loss="mse").cost


def test_training_data_that_repeat_themselves_make_a_hint() -> None:
    test = table(1)
    train = pd.concat([table(2)[:100], *[table(2)[:100]] * 3, test.iloc[20:60]])
    assert found(losscli.doctor(test, train=train)).level == "hint"


@pytest.mark.parametrize("train", [{"other": [1.0]}, {"label": [1.0, 2.0]}, np.ones((5, 1))])
def test_nothing_in_common_is_told(train: Any) -> None:
    reasons = dict(losscli.doctor(*inputs(*numbers(N, 1)), train=train).not_applicable)
    assert "in common" in reasons["train_overlap"]


def test_without_training_data_nothing_is_looked_at() -> None:
    reasons = dict(losscli.doctor(*inputs(*numbers(N, 1))).not_applicable)
    assert reasons["train_overlap"] == "the training data are not given: --train FILE"


def test_training_data_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    done = call("doctor", *files(tmp_path, np.arange(N)), "--train", str(tmp_path / "none.csv"))
    assert done.returncode == 2
    assert "none.csv" in done.stderr


def test_all_samples_in_the_training_data_have_no_repair() -> None:
    ids = np.arange(1000, 1000 + N)
    one = found(losscli.doctor(*inputs(*numbers(N, 1), ids), train={"id": ids}))
    assert (one.level, one.rows, one.cost_repaired, one.command) == ("likely", N, None, None)


def test_too_many_ranges_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "MOST_RANGES", 5)
    ids = np.arange(1000, 1000 + N)
    for rows in (1, 50, 1000):
        one = found(losscli.doctor(*inputs(*numbers(N, 1), ids), train={"id": ids[::3]}, block_rows=rows))
        assert (one.level, one.rows, one.cost_repaired) == ("likely", 100, None)


def test_blocks_change_nothing() -> None:
    ids = np.arange(1000, 1000 + N)
    reports = [
        losscli.doctor(*inputs(*numbers(N, 1), ids), train={"id": ids[::3]}, block_rows=rows).findings
        for rows in (1, 7, 10_000)
    ]
    assert reports[0] == reports[1] == reports[2]


def test_training_data_of_no_use_are_told(tmp_path: Path) -> None:
    paths = files(tmp_path, np.arange(N))
    train = tmp_path / "train.csv"
    pd.DataFrame({"other": np.arange(20.0)}).to_csv(train, index=False)
    said = "Not looked for, train_overlap: it and the inputs have neither ids nor two other columns"
    assert said in call("doctor", *paths, "--loss", "mae", "--train", train).stdout
    assert "Not looked for" not in call("doctor", *paths, "--loss", "mae").stdout
    assert "Not looked for" not in call("doctor", *paths[::-1], "--loss", "mae").stdout
