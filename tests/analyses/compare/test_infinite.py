"""An infinite loss of one model says nothing about the cost of another."""

from __future__ import annotations

import math

import numpy as np
import pytest

import losscli

LABEL = np.array([1.0, 3.0, 3.0])
FINITE = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("rows", [[0], [1, 2], [0, 1, 2]])
@pytest.mark.parametrize("order", [1, -1])
def test_costs_are_those_of_evaluate(rows: list[int], order: int) -> None:
    other = FINITE.copy()
    other[rows] = 1e160
    models = {"finite": FINITE, "other": other}
    names = list(models)[::order]
    found = losscli.compare({name: models[name] for name in names}, LABEL, "mse").results[0]
    costs = {one.name: one.cost for one in found.models}
    assert costs["finite"] == losscli.evaluate(FINITE, LABEL, "mse").cost
    assert math.isinf(costs["other"])
    (one,) = found.comparisons
    assert one.verdict == "undecided"
    assert math.isinf(one.difference)
