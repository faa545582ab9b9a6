"""Objects of pandas whose indexes differ are paired by them, or refused."""

import numpy as np
import pandas as pd
import pytest

import losscli
from losscli.common.errors import LosscliError

VALUES = np.array([1.0, 2.0, 4.0, 8.0])
KEYS = [
    ["a", "b", "c", "d"],
    [10, 7, 3, 99],
    [0, 1, 2, 3],
    list(pd.date_range("2026-01-01", periods=4)),
    [("a", 1), ("a", 2), ("b", 1), ("b", 2)],
]
ORDER = [2, 0, 3, 1]


def cost(*data, **more):
    return losscli.evaluate(*data, loss="mae", **more).results[0].cost


def index(keys):
    return pd.MultiIndex.from_tuples(keys) if isinstance(keys[0], tuple) else pd.Index(keys)


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("name", [None, "site"])
@pytest.mark.parametrize("kind", ["series", "frames"])
def test_another_order_is_put_right(keys, name, kind):
    if isinstance(keys[0], tuple) and name:
        name = ["site", "day"]
    made = index(keys).set_names(name) if name else index(keys)
    predictions = pd.Series(VALUES, made, name="prediction")
    labels = pd.Series(VALUES, made, name="label").iloc[ORDER]
    if kind == "frames" and not name:
        predictions, labels = predictions.to_frame(), labels.to_frame()
    assert cost(predictions, labels) == 0.0
    assert cost(predictions, labels, align="position") == np.abs(VALUES - VALUES[ORDER]).mean()
    assert cost(predictions, labels.to_numpy()) == np.abs(VALUES - VALUES[ORDER]).mean()


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ([0, 1, 2, 3], [5, 6, 7, 8], "only the predictions have 0"),
        (["a", "b", "c"], ["a", "b", "c", "d"], "only the labels have d"),
        (["a", "b", "b"], ["b", "a", "b"], "b more than once"),
        (["1", "2"], [1, 2], "only the predictions have 1"),
    ],
)
def test_other_keys_are_refused_with_the_way_out(left, right, said):
    predictions = pd.Series(np.ones(len(left)), left, name="prediction")
    labels = pd.Series(np.ones(len(right)), right, name="label")
    with pytest.raises(LosscliError, match=said) as error:
        cost(predictions, labels)
    assert 'align="position"' in str(error.value)
    if len(left) == len(right):
        assert cost(predictions, labels, align="position") == 0.0


def test_equal_and_default_indexes_go_by_position():
    for made in (["a", "a"], ["a", "b"], [5, 6]):
        assert cost(pd.Series([1.0, 2.0], made), pd.Series([1.0, 2.0], made)) == 0.0
    assert cost(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0])) == 0.0
    with pytest.raises(LosscliError, match="rows"):
        cost(pd.Series([1.0, 2.0]), pd.Series([1.0]))


def test_ids_go_before_indexes():
    predictions = pd.DataFrame({"id": ["a", "b"], "prediction": [1.0, 2.0]})
    labels = pd.DataFrame({"id": ["b", "a"], "label": [2.0, 1.0]}, index=[8, 9])
    assert cost(predictions, labels) == 0.0
    assert cost(predictions.set_index("id"), labels.set_index("id")) == 0.0


def test_function_is_a_loss():
    data = pd.DataFrame({"prediction": [1.0, 2.0], "label": [3.0, 5.0]})

    def above(pred, y, weight=2.0):
        return weight * (y - pred)

    found = losscli.evaluate(data, loss=[above, lambda label, prediction: label * 0 + prediction, "mse"])
    assert [result.loss for result in found.results] == ["above", "lambda", "mse"]
    assert [result.cost for result in found.results] == [5.0, 1.5, 6.5]
    assert "above" in found.results[0].signature


@pytest.mark.parametrize("wrong", [3, int, [3], {"mse": 1}, [int]])
def test_what_is_no_loss_is_told(wrong):
    with pytest.raises(LosscliError, match="loss"):
        losscli.evaluate(pd.DataFrame({"prediction": [1.0], "label": [1.0]}), loss=wrong)


def test_function_that_raises_is_told_with_its_line():
    data = pd.DataFrame({"prediction": [1.0], "label": [3.0]})

    def broken(label, prediction):
        return label / "x"

    with pytest.raises(LosscliError, match="broken raised"):
        losscli.evaluate(data, loss=broken)
