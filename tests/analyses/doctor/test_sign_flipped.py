"""D16: the other sign."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.lies import MODELS, alone, files, found, mended, numbers

from losscli.common.array import Array

CHECK = "sign_flipped"


def scores(seed: int, n: int = 200) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    sign = np.where(random.random(n) < 0.4, 1.0, -1.0)
    return 2.0 * sign + random.normal(0.0, 1.5, n), sign


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shift", [0.0, 5.0])
def test_negated_predictions_are_found(model: str, seed: int, shift: float) -> None:
    prediction, label = numbers(model, seed)
    one = alone(found(-(prediction + shift), label + shift), CHECK)
    assert one.cost_repaired < one.cost  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(4))
def test_negated_scores_are_found(seed: int) -> None:
    prediction, label = scores(seed)
    assert not found(prediction, label, "hinge")
    one = alone(found(-prediction, label, "hinge"), CHECK)
    assert one.rows == int((prediction * label > 0.0).sum())
    assert "sign of the other label" in one.message


def test_scores_far_from_0_have_no_wrong_sign() -> None:
    # Labels fall as scores rise, but as many signs are right as wrong.
    prediction, label = scores(5)
    assert CHECK not in found(50.0 - prediction, label, "hinge")


def test_anomaly_scores_of_one_sign_are_not_judged() -> None:
    prediction, label = scores(6)
    assert CHECK not in found(np.exp(-prediction), label, "hinge")


@pytest.mark.parametrize("share", [0.45, 0.8])
def test_correlation_has_to_be_below_a_half(share: float) -> None:
    random = np.random.default_rng(7)
    label = random.normal(0.0, 1.0, 4000)
    noise = random.normal(0.0, 1.0, 4000)
    prediction = -(share * label + np.sqrt(1.0 - share**2) * noise)
    # Of one with the variance of the label the error does not fall below it before r = −½.
    assert (CHECK in found(0.6 * prediction, label)) == (share > 0.5)


def test_probabilities_are_not_negated() -> None:
    random = np.random.default_rng(8)
    label = (random.random(300) < 0.5).astype(np.float64)
    chance = np.clip(0.5 - 0.35 * (2.0 * label - 1.0) + random.normal(0.0, 0.1, 300), 0.01, 0.99)
    assert CHECK not in found(chance, label, "bce")


def test_command_gives_the_promised_cost(tmp_path: Path) -> None:
    prediction, label = numbers("tree", 9)
    assert "negate" in mended(CHECK, *files(tmp_path, -prediction, label), "--loss", "mae")["command"]
    prediction, label = scores(9)
    assert "negate" in mended(CHECK, *files(tmp_path, -prediction, label), "--loss", "hinge")["command"]


def test_one_output_of_two_is_named() -> None:
    (one, label), (other, second) = numbers("line", 1), numbers("line", 2)
    labels = pd.DataFrame({"label_x": label, "label_y": second})
    told = alone(found(pd.DataFrame({"prediction_x": -one, "prediction_y": other}), labels), CHECK)
    assert "output `" in told.message
    assert told.repair is None
    both = alone(found(pd.DataFrame({"prediction_x": -one, "prediction_y": -other}), labels), CHECK)
    assert both.repair is not None


def test_hostile_names_are_quoted() -> None:
    (one, label), (other, second) = numbers("line", 1), numbers("line", 2)
    names = "\x1b[31mred", "x" * 300
    predictions = pd.DataFrame({f"prediction_{names[0]}": -one, f"prediction_{names[1]}": other})
    labels = pd.DataFrame({f"label_{names[0]}": label, f"label_{names[1]}": second})
    told = alone(found(predictions, labels), CHECK)
    assert len(told.message) < 400
