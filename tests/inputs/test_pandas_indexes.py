"""Objects of pandas whose indexes differ are paired by them, or refused."""

import functools

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


def paired(kind, keys, name, order, **columns):
    made = index(keys).set_names(name)
    predictions = pd.Series(VALUES, made, name=columns.get("prediction", "prediction"))
    labels = pd.Series(VALUES, made, name=columns.get("label", "label")).iloc[order]
    if kind == "frames":
        return predictions.to_frame(), labels.to_frame()
    return (predictions.to_frame(), labels) if kind == "mixed" else (predictions, labels)


@pytest.mark.parametrize("keys", KEYS[:4])
@pytest.mark.parametrize("name", ["customer_id", "Site", 7])
@pytest.mark.parametrize("kind", ["series", "frames", "mixed"])
@pytest.mark.parametrize("order", [ORDER, [0, 1, 2, 3]])
def test_a_named_index_is_an_id_column_of_that_name(keys, name, kind, order):
    data = paired(kind, keys, name, order)
    for align in ("auto", "id"):
        report = losscli.evaluate(*data, loss="mae", align=align)
        assert report.results[0].cost == 0.0
        assert report.alignment == "id"
        assert report.columns == {"prediction": ("prediction",), "label": ("label",), "id": str(name)}
        assert "|align:id|" in report.signature
        assert report.results[0].worst[0].id is not None
    by_place = losscli.evaluate(*data, loss="mae", align="position")
    assert (by_place.alignment, by_place.results[0].cost) == (
        "position",
        np.abs(VALUES - VALUES[order]).mean(),
    )
    for function in (losscli.gradient, losscli.fit):
        assert function(*data, loss="mse").columns["id"] == str(name)


def test_a_named_index_and_columns_without_names():
    data = paired("series", KEYS[0], "customer_id", ORDER, prediction=None, label=None)
    report = losscli.evaluate(*data, loss="mae")
    assert (report.results[0].cost, report.columns["id"]) == (0.0, "customer_id")


def test_an_option_names_an_index_too():
    predictions, labels = paired("series", KEYS[0], "customer_id", ORDER)
    for other in (labels.rename_axis("key"), labels.reset_index().rename(columns={"customer_id": "key"})):
        report = losscli.evaluate(predictions, other, loss="mae", id="customer_id", label_id="key")
        assert (report.results[0].cost, report.alignment) == (0.0, "id")
    named = losscli.evaluate(predictions, labels.reset_index(), loss="mae", id="Customer_ID")
    assert (named.results[0].cost, named.columns["id"]) == (0.0, "customer_id")
    with pytest.raises(LosscliError, match=r"there is no column 'site' \(id\)"):
        cost(predictions, labels, id="site")


def test_one_frame_has_its_index_as_id():
    frame = pd.DataFrame({"prediction": VALUES, "label": VALUES * 2}, index(KEYS[0]).set_names("key"))
    report = losscli.evaluate(frame, loss="mae")
    assert report.columns["id"] == "key"
    assert [sample.id for sample in report.results[0].worst] == ["d", "c", "b", "a"]
    assert [group.group for group in losscli.evaluate(frame, loss="mae", group="key").results[0].groups] == [
        "a",
        "b",
        "c",
        "d",
    ]


@pytest.mark.parametrize("name", ["customer_id", None])
def test_other_keys_of_a_named_index_are_refused(name):
    predictions = pd.Series([1.0, 2.0], pd.Index(["a", "b"], name=name), name="prediction")
    for keys, said in ((["a", "c"], "only the predictions have b"), (["b", "b"], "b more than once")):
        with pytest.raises(LosscliError, match=said):
            cost(predictions, pd.Series([1.0, 2.0], pd.Index(keys, name=name), name="label"))


@pytest.mark.parametrize(
    ("left", "right", "alignment"),
    [
        ("site", "place", "position"),  # two names are no id that both have
        ("site", None, "position"),
        ("label", "label", "position"),  # what is called as a label is none
        ("y_pred", "y_pred", "position"),
        ("id", "id", "id"),
        ("index", "index", "id"),
    ],
)
def test_other_names_of_indexes(left, right, alignment):
    predictions = pd.Series(VALUES, pd.Index(list("abcd"), name=left), name="prediction")
    labels = pd.Series(VALUES, pd.Index(list("abcd"), name=right), name="label").iloc[ORDER]
    report = losscli.evaluate(predictions, labels, loss="mae")
    assert (report.results[0].cost, report.alignment) == (0.0, alignment)


def test_equal_named_indexes_with_repeated_keys_go_by_position():
    made = pd.Index(["a", "a"], name="site")
    report = losscli.evaluate(pd.Series([1.0, 2.0], made), pd.Series([1.0, 2.0], made), loss="mae")
    assert (report.results[0].cost, report.alignment) == (0.0, "position")


def test_columns_of_ids_go_before_a_named_index():
    made = pd.Index(["x", "y"], name="row_key")
    predictions = pd.DataFrame({"id": ["a", "b"], "prediction": [1.0, 2.0]}, made)
    labels = pd.DataFrame({"id": ["b", "a"], "label": [2.0, 1.0]}, made)
    report = losscli.evaluate(predictions, labels, loss="mae")
    assert (report.results[0].cost, report.columns["id"]) == (0.0, "id")


def test_indexes_of_two_kinds_that_are_equal_to_pandas_pair():
    days = pd.date_range("2026-01-01", periods=4, name="day")
    predictions = pd.Series(VALUES, days.astype("datetime64[s]"), name="prediction")
    labels = pd.Series(VALUES, days.astype("datetime64[ns]"), name="label").iloc[ORDER]
    report = losscli.evaluate(predictions, labels, loss="mae")
    assert (report.results[0].cost, report.alignment) == (0.0, "id")


DATA = {"prediction": [1.0, 2.0, 4.0], "label": [1.0, 3.0, 2.0]}


@pytest.mark.parametrize("function", [losscli.evaluate, losscli.gradient, losscli.fit])
@pytest.mark.parametrize("loss", [None, [], ()])
def test_no_loss_is_told(function, loss):
    with pytest.raises(LosscliError, match="loss: no loss is named; needed: "):
        function(DATA, loss=loss)


def test_load_loss_of_no_text_is_told():
    for wrong in (None, 3, ["mse"], np.subtract):
        with pytest.raises(LosscliError, match=r"spec: a .*needed: a text"):
            losscli.load_loss(wrong)


def square(label, prediction, scale=1.0):
    return scale * (label - prediction) ** 2


def scaled(scale):
    def loss(label, prediction):
        return scale * np.abs(label - prediction)

    return loss


class Shape:
    def __call__(self, y_pred, y_true):
        return y_true - y_pred


def test_functions_stand_beside_specs_everywhere():
    losses = ["mse", square, losscli.load_loss("mae")]
    found = losscli.evaluate(DATA, loss=losses).results
    assert [one.loss for one in found] == ["mse", "square", "mae"]
    assert found[0].cost == found[1].cost
    slopes = losscli.gradient(DATA, loss=losses).results
    assert slopes[1].gradient.mean == pytest.approx(slopes[0].gradient.mean, rel=1e-6)
    fitted = [losscli.fit(DATA, loss=one, folds=0).best.after for one in ("mse", square, [square])]
    assert fitted[1] == fitted[2] == pytest.approx(fitted[0], rel=1e-4)
    signed = losscli.evaluate(DATA, loss=[Shape(), functools.partial(square, scale=3.0), np.subtract]).results
    assert [(one.loss, one.cost) for one in signed] == [
        ("Shape", -1 / 3),
        ("square", 3 * found[0].cost),
        ("subtract", -1 / 3),
    ]


def test_no_two_functions_share_a_name_but_the_same_one():
    losses = [
        lambda label, prediction: label,
        lambda label, prediction: prediction,
        square,
        "square_2",
        square,
    ]
    names = [one.loss for one in losscli.evaluate(DATA, loss=losses[:3] + losses[4:]).results]
    assert names == ["lambda", "lambda_2", "square", "square"]

    def mse(label, prediction):
        return label * 0.0

    found = losscli.evaluate(DATA, loss=[mse, "mse"]).results
    assert [one.loss for one in found] == ["mse_2", "mse"]
    assert [one.cost for one in found] == [0.0, 5 / 3]


def test_gates_name_functions():
    losses = [lambda label, prediction: label, lambda label, prediction: prediction * 10.0, "mse"]
    gates = ["lambda <= 2", "lambda_2.max >= 40", "mse < 1"]
    report = losscli.evaluate(DATA, loss=losses, gate=gates)
    assert [gate.verdict for gate in report.gates] == ["pass", "pass", "fail"]
    with pytest.raises(LosscliError, match="there is no loss 'lambda_3'"):
        losscli.evaluate(DATA, loss=losses, gate="lambda_3 < 1")


def test_functions_that_hold_other_values_have_other_signatures():
    def called(scale):
        return lambda label, prediction, by=scale: by * (label - prediction)

    losses = [scaled(1.0), scaled(2.0), called(1.0), called(2.0), square, Shape()]
    losses += [functools.partial(square, scale=scale) for scale in (1.0, 2.0)]
    found = [losscli.evaluate(DATA, loss=one).signature for one in losses]
    assert len({text.partition("@")[2] for text in found}) == len(losses)
    assert [losscli.evaluate(DATA, loss=one).signature for one in losses] == found
    assert losscli.evaluate(DATA, loss=scaled(1.0)).signature == found[0]


def test_a_function_that_holds_itself_is_no_trap():
    def again(label, prediction):
        return label - prediction if len(label) else again(label, prediction)

    assert losscli.evaluate(DATA, loss=again).results[0].cost == -1 / 3
