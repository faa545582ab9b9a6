"""D15: logarithms and roots on one side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.lies import alone, files, found, mended, numbers

from losscli.analyses.doctor.checks.other_space import TRANSFORMS

CHECK = "other_space"


@pytest.mark.parametrize("model", ["line", "tree"])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("side", ["prediction", "label"])
def test_both_sides_are_found(model: str, seed: int, name: str, side: str) -> None:
    prediction, label = numbers(model, seed)
    transform, inverse = TRANSFORMS[name]
    if side == "prediction":
        one = alone(found(transform(prediction), label), CHECK)
    else:
        one = alone(found(prediction, transform(label)), CHECK)
    assert one.repair is not None
    assert one.repair.edits == {f"transform_{side}": inverse}


def test_labels_that_are_0_have_a_log1p() -> None:
    prediction, label = numbers("line", 2)
    prediction, label = (np.where(label < 8.0, 0.0, values) for values in (prediction, label))
    one = found(np.log1p(prediction), label, "mae")[CHECK]
    assert one.repair is not None
    assert one.repair.edits == {"transform_prediction": "expm1"}


def test_both_sides_alike_are_fine() -> None:
    prediction, label = numbers("line", 3)
    assert not found(np.log(prediction), np.log(label))
    assert not found(prediction, label)


def test_neighbouring_lies_are_others() -> None:
    prediction, label = numbers("line", 4)
    for lie in (prediction / 100.0, -prediction, (prediction - label.mean()) / label.std()):
        assert CHECK not in found(lie, label)


def test_few_rows_are_not_judged() -> None:
    prediction, label = numbers("line", 5)
    assert CHECK not in found(np.log(prediction[:29]), label[:29])
    assert CHECK in found(np.log(prediction[:30]), label[:30])


@pytest.mark.parametrize(
    ("name", "side"), [("log", "prediction"), ("sqrt", "label"), ("log10", "prediction")]
)
def test_command_gives_the_promised_cost(name: str, side: str, tmp_path: Path) -> None:
    prediction, label = numbers("line", 6)
    transform = TRANSFORMS[name][0]
    pair = (transform(prediction), label) if side == "prediction" else (prediction, transform(label))
    assert f"--transform-{side}" in mended(CHECK, *files(tmp_path, *pair), "--loss", "mse")["command"]


def test_two_labels_are_no_logarithms() -> None:
    random = np.random.default_rng(8)
    chance = random.beta(0.4, 0.4, 400)
    label = 1.0 + (random.random(400) < chance)
    assert CHECK not in found(chance, label)
