"""D26: labels that the model decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli as call
from helpers.lies import alone, found, mended

from losscli.analyses.doctor.others import MOST

CHECK = "label_is_prediction"


def binary(seed: int, n: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    truth = (random.random(n) < 0.4).astype(np.int64)
    score = 1.0 / (1.0 + np.exp(-(3.0 * (truth - 0.5) + random.normal(0.0, 1.2, n))))
    label = (score >= 0.5).astype(np.int64)
    age, flag = random.normal(40.0, 9.0, n), random.integers(0, 2, n)
    columns: dict[str, Any] = {"age": age, "flag": flag, "outcome": truth, "label": label}
    return pd.DataFrame(columns | {"prediction": score})


def classes(seed: int, n: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    score = random.normal(0.0, 1.0, (n, 3))
    truth = (score + random.normal(0.0, 0.6, (n, 3))).argmax(axis=1)
    shares = np.exp(1.5 * score)
    shares /= shares.sum(axis=1, keepdims=True)
    names = np.array(["ant", "bee", "cat"])
    columns = {"outcome": names[truth], "label": names[score.argmax(axis=1)], "size": random.random(n)}
    frame = pd.DataFrame(columns)
    return frame.assign(**{f"prob_{name}": shares[:, place] for place, name in enumerate(names)})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("loss", ["bce", None])
def test_a_decided_label_is_found(seed: int, loss: str | None) -> None:
    one = alone(found(binary(seed), None, loss), CHECK)
    assert one.repair is not None
    assert one.repair.options == {"label": ("outcome",)}
    assert "`outcome`" in one.message
    assert "flag" not in one.message


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("loss", ["cross_entropy", None])
def test_a_decided_class_is_found(seed: int, loss: str | None) -> None:
    one = alone(found(classes(seed), None, loss), CHECK)
    assert one.repair is not None
    assert one.repair.options == {"label": ("outcome",)}


def test_logits_decide_at_0() -> None:
    frame = binary(4)
    frame["prediction"] = np.log(frame["prediction"] / (1.0 - frame["prediction"]))
    assert CHECK in found(frame, None, "bce:from_logits=true")


def test_labels_of_their_own_file_have_columns_too() -> None:
    frame = binary(5)
    assert CHECK in found(frame[["prediction"]], frame.drop(columns="prediction"), "bce")


def test_the_truth_is_fine() -> None:
    frame = binary(6)
    honest = frame.assign(label=frame["outcome"], outcome=frame["label"])
    assert not found(honest, None, "bce")
    # Nothing that could be the truth.
    assert not found(frame.drop(columns="outcome"), None, "bce")
    assert not found(frame.assign(outcome=frame["flag"]), None, "bce")
    assert not found(frame.assign(outcome=frame["outcome"] + 5), None, "bce")


def test_a_label_that_was_named_is_believed() -> None:
    assert not found(binary(7), None, "bce", label="label")


def test_one_label_of_another_class_is_enough() -> None:
    frame = binary(8)
    frame["label"] = frame["label"].where(frame.index != 599, 1 - frame["label"])
    assert not found(frame, None, "bce")
    frame = binary(8, 9000)
    frame["label"] = frame["label"].where(frame.index != 8999, 1 - frame["label"])
    assert not found(frame, None, "bce")


def test_several_columns_have_no_repair() -> None:
    frame = binary(9)
    frame.insert(0, "result", frame["outcome"])
    one = alone(found(frame, None, "bce"), CHECK)
    assert one.repair is None
    assert "`result`" in one.message
    assert "`outcome`" in one.message


def test_empty_cells_are_left_out() -> None:
    frame = binary(10).astype({"outcome": object})
    frame.loc[:20, "outcome"] = ""
    assert CHECK in found(frame, None, "bce")
    frame.loc[:20, "outcome"] = "unknown"
    assert CHECK not in found(frame, None, "bce")


def test_only_so_many_columns_are_read() -> None:
    frame = binary(11)
    wide = pd.concat([pd.DataFrame({f"x{one}": np.arange(600.0) for one in range(MOST)}), frame], axis=1)
    assert CHECK not in found(wide, None, "bce")


def test_the_command_gives_the_promised_cost(tmp_path: Path) -> None:
    binary(12).to_csv(tmp_path / "scored.csv", index=False)
    one = mended(CHECK, str(tmp_path / "scored.csv"), "--loss", "bce")
    assert one["command"][-2:] == ["--label", "outcome"]
    assert "--show" not in one["command"]
    assert one["cost_repaired"] > one["cost"]


def test_blocks_and_engines_change_nothing(tmp_path: Path) -> None:
    classes(13).to_csv(tmp_path / "scored.csv", index=False)
    whole = call("doctor", str(tmp_path / "scored.csv"), "--json").stdout
    assert CHECK in [one["check"] for one in json.loads(whole)["findings"]]
    for rows in (1, 7, 100):
        assert (
            call("doctor", str(tmp_path / "scored.csv"), "--json", "--block-rows", str(rows)).stdout == whole
        )


def test_pipes_are_not_read_twice(tmp_path: Path) -> None:
    text = binary(14).to_csv(index=False)
    done = call("doctor", "-", "--loss", "bce", "--json", stdin=text)
    assert done.returncode == 0
    reasons = {one["check"]: one["reason"] for one in json.loads(done.stdout)["not_applicable"]}
    assert "no other column" in reasons[CHECK]


def test_hostile_names_are_shown_safely(tmp_path: Path) -> None:
    binary(15).rename(columns={"outcome": "\x1b[31mred"}).to_csv(tmp_path / "scored.csv", index=False)
    done = call("doctor", str(tmp_path / "scored.csv"), "--loss", "bce")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
