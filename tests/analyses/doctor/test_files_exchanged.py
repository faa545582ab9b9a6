"""D18: predictions for labels, and the other way round."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.calls import SAMPLES
from helpers.calls import losscli as call
from helpers.lies import alone, files, found, mended, numbers

CHECK = "files_exchanged"


@pytest.mark.parametrize("seed", range(4))
def test_counts_that_are_predicted_are_labels(seed: int) -> None:
    random = np.random.default_rng(seed)
    rate = random.uniform(1.0, 20.0, 300)
    count = random.poisson(rate).astype(np.float64)
    assert not found(rate, count)
    one = alone(found(count, rate), CHECK)
    assert one.repair is not None
    assert one.repair.swapped
    assert one.cost == one.cost_repaired


def test_rounded_predictions_are_a_hint_at_most() -> None:
    prediction, label = numbers("shrunk", 1)
    told = found(np.rint(prediction), label)
    assert [*told] == [CHECK]
    assert told[CHECK].level == "hint"


@pytest.mark.parametrize("digits", [1, 6])
def test_labels_of_few_digits_are_labels(digits: int) -> None:
    prediction, label = numbers("line", 2)
    short = np.array([float(f"{value:.{digits}g}") for value in label])
    assert CHECK not in found(np.rint(prediction), short)


def test_ids_of_many_digits_are_whole() -> None:
    random = np.random.default_rng(3)
    label = np.rint(1e17 + 1e15 * random.normal(size=200))
    assert CHECK not in found(np.rint(label + 1e14 * random.normal(size=200)), label)


def test_probabilities_that_are_predicted_by_classes() -> None:
    random = np.random.default_rng(4)
    chance = random.random(300)
    label = (random.random(300) < chance).astype(np.float64)
    assert alone(found(label, chance, None), CHECK).level == "likely"
    # A loss of probabilities refuses them.
    one = alone(found(label, chance, "bce"), CHECK)
    assert one.cost is None
    assert one.cost_repaired is not None


def test_soft_labels_and_predictions_that_are_one_hot() -> None:
    random = np.random.default_rng(5)
    scores = np.exp(random.normal(0.0, 1.5, (200, 3)))
    shares = scores / scores.sum(axis=1, keepdims=True)
    hot = np.eye(3)[[random.choice(3, p=row) for row in shares]]
    predictions, labels = (pd.DataFrame(values, columns=["a", "b", "c"]) for values in (hot, shares))
    columns = ("a", "b", "c")
    told = found(predictions, labels, "cross_entropy", prediction=columns, label=columns)
    assert alone(told, CHECK).repair is not None
    assert not found(labels, predictions, "cross_entropy", prediction=columns, label=columns)


@pytest.mark.parametrize("seed", range(4))
def test_slopes_are_a_hint(seed: int) -> None:
    random = np.random.default_rng(seed)
    prediction = random.normal(0.0, 1.0, 2000)
    label = prediction + random.normal(0.0, 1.0, 2000)
    assert not found(prediction, label)
    told = found(label, prediction)
    assert [*told] == [CHECK]
    assert told[CHECK].level == "hint"


def test_names_of_the_other_side_are_refused_and_mended() -> None:
    names = str(SAMPLES / "diabetes_labels.csv"), str(SAMPLES / "diabetes_linear.csv")
    done = call("doctor", *names, "--loss", "mse", "--json")
    assert done.returncode == 1
    (one,) = json.loads(done.stdout)["findings"]
    assert one["check"] == CHECK
    assert one["command"][2:4] == [names[1], names[0]]
    plain = json.loads(call("evaluate", names[1], names[0], "--loss", "mse", "--json").stdout)
    assert plain["results"][0]["cost"] == one["cost_repaired"]


def test_command_gives_the_promised_cost(tmp_path: Path) -> None:
    random = np.random.default_rng(6)
    rate = random.uniform(1.0, 20.0, 300)
    count = pd.DataFrame({"value": random.poisson(rate).astype(np.float64)})
    paths = files(tmp_path, count, pd.DataFrame({"value": rate}))
    one = mended(CHECK, *paths, "--loss", "mae")
    assert one["command"][2:4] == [paths[1], paths[0]]


def test_names_that_say_so_are_believed(tmp_path: Path) -> None:
    random = np.random.default_rng(6)
    rate = random.uniform(1.0, 20.0, 300)
    paths = files(tmp_path, random.poisson(rate).astype(np.float64), rate)
    done = call("doctor", *paths, "--loss", "mae", "--json")
    assert done.returncode == 0
    assert [(one["check"], one["level"]) for one in json.loads(done.stdout)["findings"][:1]] == [
        (CHECK, "hint")
    ]
    # The command names the columns, and so it works.
    one = json.loads(done.stdout)["findings"][0]
    assert one["command"][-4:] == ["--prediction", "label", "--label", "prediction"]
    given = json.loads(call(*one["command"][1:], "--json").stdout)["results"][0]["cost"]
    assert given == one["cost_repaired"]


def test_names_exchanged_are_found_without_a_loss() -> None:
    names = str(SAMPLES / "diabetes_labels.csv"), str(SAMPLES / "diabetes_linear.csv")
    done = call("doctor", *names, "--json")
    assert done.returncode == 1
    (one,) = json.loads(done.stdout)["findings"]
    assert (one["check"], one["loss"]) == (CHECK, "mse")
    assert one["command"][2:4] == [names[1], names[0]]


def test_what_is_said_of_one_file_goes_with_it(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    rate = random.uniform(1.0, 20.0, 300)
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    pd.DataFrame({"key": range(300), "count": random.poisson(rate)}).to_csv(one, index=False)
    pd.DataFrame({"key": range(300), "rate": rate}).to_csv(other, sep=";", decimal=",", index=False)
    said = ("--id", "key", "--decimal", ".", "--delimiter", ",")
    said += ("--label-delimiter", ";", "--label-decimal", ",")
    told = mended(CHECK, str(one), str(other), *said, "--loss", "mae")
    assert told["command"][2:4] == [str(other), str(one)]
