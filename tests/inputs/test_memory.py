"""Frames and arrays: the same figures as from a file, the same refusals."""

import datetime as dt
import decimal
import fractions

import numpy as np
import pandas as pd
import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError


def mae(*arguments, **options):
    return evaluate(*arguments, loss="mae", **options).results[0]


def from_file(tmp_path, frame, **options):
    path = tmp_path / "data.csv"
    frame.to_csv(path, index=False)
    return mae(path, **options)


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        np.array,
        lambda values: np.array(values)[:, None],
        lambda values: np.array(values, dtype=object),
        lambda values: np.array(values)[::-1][::-1],
        np.ma.masked_array,
        pd.Series,
        lambda values: pd.Series(values, index=[7, 7, 7], name="anything"),
        lambda values: pd.Series(values, index=pd.Index([2, 1, 0], name="when")),
        lambda values: pd.DataFrame({"x": values}),
        lambda values: pd.Series(values, dtype="Float64"),
        lambda values: pd.Series(list(map(decimal.Decimal, values))),
        lambda values: pd.Series(list(map(fractions.Fraction, values))),
    ],
)
def test_what_is_one_column_of_numbers_is_read_by_position(make):
    assert mae(make([1.5, 2.0, 4.0]), [1.0, 2.0, 3.0]).cost == 0.5
    assert mae([1.0, 2.0, 3.0], make([1.5, 2.0, 4.0])).cost == 0.5


@pytest.mark.parametrize(
    "kind", ["uint8", "int8", "uint64", "int64", "float16", "float32", "Int64", "UInt8", "bool"]
)
def test_small_types_do_not_wrap(kind):
    left, right = pd.Series([0, 1, 1]).astype(kind), pd.Series([1, 0, 1]).astype(kind)
    assert mae(left, right).cost == mae(left.to_numpy(), right.to_numpy()).cost == 2 / 3


def test_bytes_do_not_wrap_and_long_integers_are_rounded_once(tmp_path):
    assert mae(np.array([200], dtype=np.uint8), np.array([201], dtype=np.uint8)).cost == 1.0
    frame = pd.DataFrame({"pred": [2**53 + 1, 2**63 - 1], "label": [0, 0]})
    assert mae(frame).cost == from_file(tmp_path, frame).cost
    huge = pd.DataFrame({"pred": pd.Series([10**30], dtype=object), "label": [0]})
    assert mae(huge).cost == 1e30


def test_an_index_called_id_is_an_id():
    left = pd.Series([1.0, 2.0], index=pd.Index(["a", "b"], name="id"))
    right = pd.DataFrame({"label": [5.0, 4.0]}, index=pd.Index(["b", "a"], name="ID"))
    report = evaluate(left, right, loss="mae")
    assert (report.alignment, report.results[0].cost) == ("id", 3.0)
    both = pd.DataFrame({"pred": [1.0], "id": ["x"]}, index=pd.Index(["y"], name="id"))
    with pytest.raises(LosscliError, match="both the index and a column are called 'id'"):
        mae(both, [1.0])
    other = pd.DataFrame({"pred": [1.0]}, index=pd.Index([3], name="day"))
    assert mae(other, [3.0]).cost == 2.0
    levels = pd.DataFrame({"p": [1.0]}, index=pd.MultiIndex.from_tuples([("a", 1)], names=["id", None]))
    assert mae(levels, [3.0]).cost == 2.0


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1.0, None], "nan|None"),
        ([1.0, np.nan], "nan"),
        ([1.0, np.inf], "inf"),
        (np.array([1.0, None], dtype=object), "None"),
        (np.array([1.0, "2"], dtype=object), "2"),
        (pd.array([1, None], dtype="Int64"), "nan|<NA>"),
        (pd.array([True, None], dtype="boolean"), "nan|<NA>"),
        (np.ma.masked_array([1.0, 9.0], mask=[False, True]), "None"),
        (["1", "x"], "1"),
        (pd.Series([1, pd.Timestamp("2020-01-01")], dtype=object), "2020-01-01"),
        (pd.Categorical([1, None]), "nan"),
        ([1, [2]], "cannot be made into an array|list"),
        (pd.Series([1, [2]]), r"\[2\]"),
    ],
)
def test_cells_that_are_no_finite_number_are_bad_rows(values, shown):
    with pytest.raises(LosscliError, match=rf"labels( row [12])?: .*({shown})"):
        mae([1.0, 2.0], values)
    if "array" not in shown and shown != "1":
        result = mae([1.0, 2.0], values, bad_rows="drop")
        assert (result.n, result.dropped, result.cost) == (1, 1, 0.0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.array([1j, 2]), "the label is complex; needed: real numbers"),
        (
            np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[ns]"),
            "the label holds dates; needed: real numbers",
        ),
        (pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"])), "the label holds dates"),
        (pd.Series(pd.to_timedelta([1, 2])), "the label holds time spans"),
        (np.zeros((2, 1, 1)), "an array of 3 dimensions; needed: one or two"),
        (np.float64(1.0), "an array of 0 dimensions; needed: one or two"),
        (np.zeros((2, 0)), "without columns"),
        (pd.DataFrame(index=[0, 1]), "without columns"),
        ({"a": [1.0, 2.0], "label": [1.0]}, "columns of different lengths"),
        ({"a": [[1.0, 2.0]]}, "an array of 2 dimensions; needed: one"),
        ([[1.0], [1.0, 2.0]], "it cannot be made into an array"),
        (np.zeros((2, 2)), "2 columns could be the label: 0, 1"),
        (np.zeros(3), "2 and 3 rows"),
        ([], "labels: no data rows"),
        (pd.Series([dt.date(2020, 1, 1)] * 2), "label is 2020-01-01"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(data, message):
    with pytest.raises(LosscliError, match=message):
        mae([1.0, 2.0], data)


def test_n_and_n_by_1_do_not_broadcast():
    result = mae(np.arange(3.0), np.arange(3.0)[:, None])
    assert (result.n, result.cost) == (3, 0.0)


def test_columns_of_several_levels_and_of_one_name():
    frame = pd.DataFrame(
        [[0.9, 0.1, "a"]], columns=pd.MultiIndex.from_tuples([("p", "a"), ("p", "b"), ("label", "")])
    )
    frame.columns = [*frame.columns[:2], "label"]
    assert evaluate(frame, loss="cross_entropy").results[0].worst[0].label == "a"
    twice = pd.DataFrame([[1.0, 2.0, 3.0]], columns=["pred", "x", "x"])
    assert mae(twice[["pred"]], [2.0]).cost == 1.0
    with pytest.raises(LosscliError, match="2 columns are called 'x'"):
        mae(twice, prediction="pred", label="x")


@pytest.mark.parametrize(
    "labels",
    [
        ["b", "a", "b"],
        np.array(["b", "a", "b"]),
        np.array([b"b", b"a", b"b"]),
        pd.Series(["b", "a", "b"], dtype="str"),
        pd.Series(["b", "a", "b"], dtype=object),
        pd.Categorical(["b", "a", "b"], categories=["b", "a"]),
    ],
)
def test_class_names_of_any_type_are_text(labels):
    frame = pd.DataFrame({"p_a": [0.0, 1.0, 0.0], "p_b": [1.0, 0.0, 1.0]})
    assert evaluate(frame, labels, loss="cross_entropy").results[0].cost == 0.0


@pytest.mark.parametrize(
    "labels",
    [
        [1, 0, 1],
        np.array([1, 0, 1], dtype=np.uint8),
        [1.0, 0.0, 1.0],
        pd.array([1, 0, 1], dtype="Int64"),
        np.array([1, 0, 1], dtype=object),
        ["1", "0", "1"],
        ["1.0", "0", "1"],
    ],
)
def test_class_numbers_of_any_type_match(labels):
    array = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert evaluate(array, labels, loss="cross_entropy").results[0].cost == 0.0
    frame = pd.DataFrame(array, columns=["p_0", "p_1"])
    assert evaluate(frame, labels, loss="cross_entropy").results[0].cost == 0.0


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_label_is_no_class(missing):
    frame = pd.DataFrame(
        {"p_a": [0.5, 0.5], "p_nan": [0.5, 0.5], "label": pd.Series(["a", missing], dtype=object)}
    )
    with pytest.raises(
        LosscliError, match=r"predictions row 2: label is missing; .*one of the classes a, nan"
    ):
        evaluate(frame, loss="cross_entropy")
    report = evaluate(frame, loss="cross_entropy", bad_rows="drop", group="label", label="label")
    assert (report.results[0].n, report.results[0].dropped) == (1, 1)


def test_numbers_beside_a_missing_one_stay_what_they_are_as_ids():
    left = pd.DataFrame({"id": pd.array([2**53 + 1, 2**53, None], dtype="Int64"), "pred": [1, 2, 3]})
    for block_rows in (1, 2, 9):
        # Of the labels it is the first row.
        with pytest.raises(LosscliError, match="labels row 1: the id is empty"):
            mae(left, left.rename(columns={"pred": "label"})[::-1], block_rows=block_rows)
    whole = left[:2]
    assert mae(whole, whole.rename(columns={"pred": "label"})[::-1]).cost == 0.0
    floats = pd.DataFrame({"id": [7.0, 8.0], "label": [1, 2]})
    assert mae(pd.DataFrame({"id": [8, 7], "pred": [2, 1]}), floats).cost == 0.0


def test_mappings_polars_and_torch():
    columns = {"pred": [1.0, 2.0], "label": (2.0, 4.0)}
    assert mae(columns).cost == 1.5
    polars = pytest.importorskip("polars")
    assert mae(polars.DataFrame(columns)).cost == 1.5
    assert mae(polars.DataFrame(columns), polars.Series("other", [1.0, 2.0])).cost == 0.0


def test_torch_tensors():
    torch = pytest.importorskip("torch")
    assert mae(torch.tensor([1.0, 2.0]), torch.tensor([[2.0], [4.0]])).cost == 1.5
    assert mae(torch.tensor([1.0], requires_grad=True), [1.0]).cost == 0.0


@pytest.mark.parametrize("block_rows", [1, 2, 262_144])
def test_a_frame_gives_what_its_file_gives(tmp_path, block_rows):
    frame = pd.DataFrame(
        {
            "id": ["c", "a", "b"],
            "pred": [0.1, 1e-300, -5.5],
            "label": [3, 2, 1],
            "w": [1.5, 2.0, 0.0],
            "g": ["x", "y", "x"],
        }
    )
    path = tmp_path / "data.csv"
    frame.to_csv(path, index=False)
    options = {"loss": ["mse", "mae"], "weight": "w", "group": "g", "block_rows": block_rows}
    for found, right in zip(
        evaluate(frame, **options).results, evaluate(path, **options).results, strict=True
    ):
        assert found == right


def test_the_data_are_left_as_they_are():
    frame = pd.DataFrame({"pred": [1.0, 2.0], "label": [0.0, 1.0]}, index=pd.Index([1, 2], name="id"))
    before = frame.copy()
    evaluate(frame, loss="mse", map_labels={"0": "5"})
    pd.testing.assert_frame_equal(frame, before)
