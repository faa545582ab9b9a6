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


def test_groups_have_no_share_of_a_difference_that_is_not_finite() -> None:
    label, first, second = (np.arange(60.0) + shift for shift in (0.0, 0.1, 0.2))
    first[3], second[4] = 1e160, 1e160
    labels = {"label": label, "g": ["p", "q"] * 30}
    for models in ((first, second), (first, label + 0.2), (label + 0.1, second)):
        tables = {name: {"prediction": one} for name, one in zip("ab", models, strict=True)}
        report = losscli.compare(tables, labels, "mse", group="g")
        (one,) = report.results[0].comparisons
        assert not math.isfinite(one.difference)
        assert one.shares is None
        page = report.to_html()
        assert "fewer than 30" not in page
        assert "of the difference over all samples" not in page
