"""D21 and D23: predictions of few values, and of 16 bits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers.lies import noted, numbers

from losscli.common.array import Array


def bfloat16(values: Array) -> Array:
    bits = values.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
    return bits.view(np.float32).astype(np.float64)


@pytest.mark.parametrize(("values", "told"), [(1, True), (14, True), (15, False), (200, False)])
def test_few_values_are_noted(values: int, told: bool) -> None:
    _, label = numbers("line", 1)
    prediction = np.arange(len(label)) % values + 20.0
    assert ("few_values" in noted(prediction, label)) == told


def test_few_values_of_labels_that_repeat_are_fine() -> None:
    prediction, label = (np.rint(values / 10.0) for values in numbers("line", 2))
    assert "few_values" not in noted(prediction, label)
    assert "few_values" in noted(np.full(len(label), 2.0), label)


def test_one_probability_is_noted() -> None:
    label = (np.random.default_rng(3).random(100) < 0.3).astype(np.float64)
    assert "same" in noted(np.full(100, 0.3), label, "bce")["few_values"].message


@pytest.mark.parametrize("as_text", [False, True])
def test_formats_of_16_bits_are_noted(as_text: bool) -> None:
    prediction, label = numbers("line", 4)
    half = prediction.astype(np.float16)
    values = half.astype(np.float64)
    assert "float16" in noted(values, label)["low_precision"].message.split(":")[0]
    short = bfloat16(prediction)
    if as_text:
        # As a float32 is written.
        short = np.array([float(str(value)) for value in short.astype(np.float32)])
    assert "bfloat16" in noted(short, label)["low_precision"].message


def test_bound_holds() -> None:
    prediction, label = numbers("line", 5)
    note = noted(bfloat16(prediction), label)["low_precision"]
    bound = float(note.message.rsplit(" ", 1)[1].rstrip("."))
    cost, rounded = (np.mean((values - label) ** 2) for values in (prediction, bfloat16(prediction)))
    assert 0.0 < abs(cost - rounded) <= bound


@pytest.mark.parametrize("parts", [1, 8, 128, 250])
def test_multiples_of_a_number_are_none(parts: int) -> None:
    random = np.random.default_rng(6)
    label = (random.random(300) < 0.5).astype(np.float64)
    votes = random.integers(0, parts + 1, 300) / parts
    assert "low_precision" not in noted(votes, label, "bce")


def test_more_digits_are_none() -> None:
    prediction, label = numbers("line", 7)
    for values in (prediction, prediction.astype(np.float32).astype(np.float64), np.round(prediction, 2)):
        assert "low_precision" not in noted(values, label)
    values = prediction.astype(np.float16).astype(np.float64)
    values[7] += 1e-3
    assert "low_precision" not in noted(values, label)


def test_classes_are_looked_at_too() -> None:
    random = np.random.default_rng(8)
    shares = random.dirichlet((1.0, 1.0, 1.0), 200).astype(np.float16).astype(np.float64)
    frame = pd.DataFrame(shares, columns=["prob_a", "prob_b", "prob_c"])
    label = pd.DataFrame({"label": random.choice(["a", "b", "c"], 200)})
    note = noted(frame, label, "cross_entropy:normalize=true")
    assert "float16" in note["low_precision"].message
