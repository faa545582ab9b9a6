"""Predictions of good models of numbers, and what doctor says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import losscli
from helpers.calls import losscli as call
from losscli.analyses.doctor.check import ALARMS, Finding
from losscli.common.array import Array

MODELS = ("line", "tree", "shrunk")


def numbers(model: str, seed: int, n: int = 200) -> tuple[Array, Array]:
    """Return predictions and labels; labels are above 0 and far from a normal distribution."""
    random = np.random.default_rng(seed)
    truth = np.exp(random.normal(3.0, 0.6, n))
    near = truth * np.exp(random.normal(0.0, 0.1, n))
    if model == "tree":
        edges = np.quantile(near, np.linspace(0.0, 1.0, 13))
        leaf = np.searchsorted(edges[1:-1], near)
        near = np.array([truth[leaf == one].mean() for one in leaf])
    if model == "shrunk":
        near = truth.mean() + 0.8 * (near - truth.mean())
    return near, truth


def found(predictions: Any, labels: Any, loss: str | None = "mse", **options: Any) -> dict[str, Finding]:
    """Return the findings but notes, by their checks."""
    findings = losscli.doctor(predictions, labels, loss, **options).findings
    return {one.check: one for one in findings if one.level != "note"}


def noted(predictions: Any, labels: Any, loss: str | None = "mse") -> dict[str, Finding]:
    """Return the notes by their checks."""
    findings = losscli.doctor(predictions, labels, loss).findings
    return {one.check: one for one in findings if one.level == "note"}


def alone(findings: dict[str, Finding], check: str) -> Finding:
    """Return the one finding, an alarm of a check."""
    assert [*findings] == [check]
    assert findings[check].level in ALARMS
    return findings[check]


def files(folder: Path, predictions: Any, labels: Any) -> tuple[str, str]:
    """Write both to files, with the digits of `repr`."""
    for name, values in (("prediction", predictions), ("label", labels)):
        frame = values if isinstance(values, pd.DataFrame) else pd.DataFrame({name: values})
        frame.to_csv(folder / f"{name}s.csv", index=False)
    return str(folder / "predictions.csv"), str(folder / "labels.csv")


def mended(check: str, *arguments: str) -> dict[str, Any]:
    """Return what doctor says of a check, having seen that its command does what it promises.

    The promised cost is that of `evaluate` to the last bit, and with what it asks for the check is silent.
    """
    done = call("doctor", *arguments, "--json")
    assert done.returncode == 1
    (one,) = [each for each in json.loads(done.stdout)["findings"] if each["check"] == check]
    result = json.loads(call(*one["command"][1:], "--json").stdout)["results"][0]
    assert result["cost"] == one["cost_repaired"]
    again = json.loads(call("doctor", *one["command"][2:], "--json").stdout)
    assert check not in [each["check"] for each in again["findings"]]
    assert not [each for each in again["findings"] if each["level"] in ALARMS]
    return dict(one)
