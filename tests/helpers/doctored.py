"""Honest probabilities of several models and seeds, and what doctor says of what becomes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

import losscli as api
from helpers.calls import losscli
from losscli.common.array import Array

ALARMS = ("certain", "likely")


def softmax(values: Array) -> Array:
    grown = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-values)))


def of_classes(seed: int = 0, classes: int = 3, rows: int = 400, scale: float = 3.0) -> tuple[Array, Array]:
    """Return calibrated probabilities, and labels drawn from them."""
    random = np.random.default_rng(seed)
    probability = softmax(random.normal(0.0, scale, (rows, classes)))
    drawn = (random.random(rows)[:, None] > probability.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return probability, drawn


def of_two(seed: int = 0, rows: int = 400) -> tuple[Array, Array]:
    """Return calibrated probabilities of the label 1, and labels drawn from them."""
    random = np.random.default_rng(seed)
    probability = random.beta(0.4, 0.4, rows)
    return probability, (random.random(rows) < probability).astype(np.int64)


def said(prediction: Any, truth: Any, loss: str | None = None, **options: Any) -> dict[str, Any]:
    """Return what doctor finds, by check."""
    return {one.check: one for one in api.doctor(prediction, truth, loss, **options).findings}


def levels(prediction: Any, truth: Any, loss: str | None = None, **options: Any) -> dict[str, str]:
    """Return the levels of what doctor finds, but for notes."""
    found = said(prediction, truth, loss, **options)
    return {name: one.level for name, one in found.items() if one.level != "note"}


def write(folder: Path, prediction: Array, label: Any, names: tuple[str, ...] = ()) -> tuple[str, str]:
    """Write predictions, columns of classes if they are several, and labels."""
    columns = prediction[:, None] if prediction.ndim == 1 else prediction
    header = (
        ["prediction"]
        if prediction.ndim == 1
        else [f"prob_{name}" for name in names or range(columns.shape[1])]
    )
    lines = [",".join(quoted(name) for name in header)]
    lines += [",".join(map(repr, row)) for row in columns.tolist()]
    (folder / "p.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = [quoted(str(one)) for one in (label.tolist() if hasattr(label, "tolist") else label)]
    (folder / "l.csv").write_text("\n".join(["label", *words]) + "\n", encoding="utf-8")
    return str(folder / "p.csv"), str(folder / "l.csv")


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set('",\n') & set(text) else text


def examined(files: tuple[str, str], *options: str) -> tuple[int, dict[str, Any]]:
    """Return the exit status of `losscli doctor`, and what it finds, by check."""
    done = losscli("doctor", *files, *options, "--json")
    document = json.loads(done.stdout) if done.returncode < 2 else {"findings": []}
    return done.returncode, {one["check"]: one for one in document["findings"]}


def mended(finding: dict[str, Any]) -> None:
    """Assert that the command of a finding gives the promised cost to the last bit, and ends the alarms."""
    words = finding["command"]
    done = losscli(*words[1:], "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"][0]["cost"] == finding["cost_repaired"]
    status, found = examined((words[2], words[3]), *words[4:])
    assert status == 0, found


def same_in_all_blocks(files: tuple[str, str], *options: str) -> None:
    """Assert that the document does not depend on the size of blocks."""
    whole = losscli("doctor", *files, *options, "--json").stdout
    for rows in ("1", "7", "100000"):
        assert losscli("doctor", *files, *options, "--json", "--block-rows", rows).stdout == whole
