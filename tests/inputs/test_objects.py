"""Objects of other packages in Python: the same figures as from a file, to the last bit, and as strict."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.common.errors import LosscliError

N = 40
FRAME = pd.DataFrame(
    {
        "id": [f"s{(7 * k) % N}" for k in range(N)],
        "prediction": [((7 * k) % 23) / 9 for k in range(N)],
        "label": [((5 * k) % 19) / 8 for k in range(N)],
        "w": [1 + k % 4 for k in range(N)],
        "g": [f"g{k % 3}" for k in range(N)],
    }
)
ASKED = {"weight": "w", "group": "g", "show": "id"}


def figures(*inputs, loss=("mse", "rmse"), **asked):
    """Return all that a report says of the samples, whatever they came from."""
    document = losscli.evaluate(*inputs, loss=list(loss), **asked).to_dict()
    return [
        {key: value for key, value in result.items() if key not in ("signature", "worst")}
        for result in document["results"]
    ], [one["loss"] for result in document["results"] for one in result["worst"]]


def polars(frame):
    return pytest.importorskip("polars").DataFrame({name: frame[name].tolist() for name in frame})


def arrow(frame):
    return pytest.importorskip("pyarrow").table({name: frame[name].tolist() for name in frame})


def batches(frame):
    table = arrow(frame)
    return pytest.importorskip("pyarrow").RecordBatchReader.from_batches(
        table.schema, table.to_batches(max_chunksize=7)
    )


def one_batch(frame):
    return arrow(frame).to_batches()[0]


def duck(frame):
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    connection = duckdb.connect()
    connection.register("data", frame)
    return connection.sql("SELECT * FROM data")


def dask(frame):
    return pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=3, sort=False)


def mapping(frame):
    return {name: frame[name].tolist() for name in frame}


FRAMES = [pd.DataFrame, polars, arrow, one_batch, batches, duck, dask, mapping]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    path = tmp_path_factory.mktemp("objects") / "data.csv"
    FRAME.to_csv(path, index=False)
    return figures(str(path), **ASKED)


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("block_rows", [3, 262_144])
def test_frames_of_every_kind(make, block_rows, expected):
    assert figures(make(FRAME), block_rows=block_rows, **ASKED) == expected


@pytest.mark.parametrize("make", FRAMES)
def test_frames_pair_by_id_with_a_file(tmp_path, make):
    labels = FRAME[["id", "label"]].iloc[::-1]
    labels.to_csv(tmp_path / "y.csv", index=False)
    predictions = FRAME[["id", "prediction"]]
    report = losscli.evaluate(make(predictions), str(tmp_path / "y.csv"), "mse")
    assert (report.alignment, report.cost) == ("id", losscli.evaluate(predictions, labels, "mse").cost)


def tensor(values):
    return pytest.importorskip("torch").tensor(values)


def tensor_with_gradient(values):
    return pytest.importorskip("torch").tensor(values, requires_grad=True)


def polars_series(values):
    return pytest.importorskip("polars").Series(values)


def chunked(values):
    return pytest.importorskip("pyarrow").chunked_array([values[:2], values[2:]])


def arrow_array(values):
    return pytest.importorskip("pyarrow").array(values)


def dask_array(values):
    return pytest.importorskip("dask.array").from_array(np.array(values), chunks=3)


def dask_series(values):
    return dask(pd.DataFrame({"prediction": values}))["prediction"]


def npy(values):
    return np.array(values)


ARRAYS = [
    npy,
    list,
    tensor,
    tensor_with_gradient,
    polars_series,
    chunked,
    arrow_array,
    dask_array,
    dask_series,
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=12), data=st.data())
@pytest.mark.parametrize("make", ARRAYS)
def test_the_same_numbers_give_the_same_figures(tmp_path, make, values, data):
    labels = data.draw(st.lists(st.floats(-1e6, 1e6), min_size=len(values), max_size=len(values)))
    pd.DataFrame({"prediction": values, "label": labels}).to_csv(tmp_path / "d.csv", index=False)
    np.save(tmp_path / "p.npy", np.array(values))
    np.save(tmp_path / "y.npy", np.array(labels))
    first = figures(str(tmp_path / "d.csv"))
    assert figures(str(tmp_path / "p.npy"), str(tmp_path / "y.npy")) == first
    # Tensors of Python's numbers are float32, as the numbers are that were drawn.
    assert figures(make(values), np.array(labels)) == first


@pytest.mark.parametrize("make", [npy, tensor, dask_array])
def test_matrices_are_classes(make):
    scores = [[0.75, 0.25, 0.0], [0.125, 0.75, 0.125], [0.25, 0.25, 0.5], [0.5, 0.25, 0.25]]
    labels = ["b", "a", "c", "a"]
    asked = {"loss": "cross_entropy", "bad_rows": "drop", "classes": ["a", "b", "c"]}
    named = pd.DataFrame(scores, columns=["prob_a", "prob_b", "prob_c"])
    expected = losscli.evaluate(named, labels, loss="cross_entropy", bad_rows="drop")
    assert losscli.evaluate(make(scores), labels, **asked).cost == expected.cost


@pytest.mark.parametrize("make", ["polars", "arrow"])
def test_lists_are_classes(make):
    scores = [[0.75, 0.25], [0.125, 0.875]]
    frame = {"label": ["b", "a"], "probs": scores}
    table = (
        pytest.importorskip("polars").DataFrame(frame)
        if make == "polars"
        else pytest.importorskip("pyarrow").table(frame)
    )
    report = losscli.evaluate(table, loss="cross_entropy", classes=["a", "b"])
    assert (
        report.cost
        == losscli.evaluate(np.array(scores), ["b", "a"], "cross_entropy", classes=["a", "b"]).cost
    )


def test_missing_values_and_nan_are_told_apart():
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    for values, said in (
        ([1.0, None], "a missing value|empty|missing"),
        ([1.0, float("nan")], "prediction is nan"),
    ):
        frame = pl.DataFrame({"prediction": pl.Series(values, strict=False), "label": [1.0, 2.0]})
        with pytest.raises(LosscliError, match=f"row 2: .*({said})"):
            losscli.evaluate(frame, loss="mse")
        assert losscli.evaluate(frame, loss="mse", bad_rows="drop")["mse"].dropped == 1


def test_integers_beyond_float64():
    pl, torch = pytest.importorskip("polars"), pytest.importorskip("torch")
    pytest.importorskip("pyarrow")
    big = [2**53 + 1, 3]
    for data in (pl.Series(big), torch.tensor(big)):
        with pytest.raises(LosscliError, match=r"row 1: .* is 9007199254740993, which"):
            losscli.evaluate(data, [0, 0], "mse")
    ids = pl.DataFrame({"id": [*big, None], "prediction": [1.0, 2.0, 3.0]})
    with pytest.raises(LosscliError, match=r"row 3: .*id"):
        losscli.evaluate(ids, pd.DataFrame({"id": [*big, 4], "label": [1, 2, 3]}), "mse")
    labels = pd.DataFrame({"id": big[::-1], "label": [2.0, 1.0]})
    assert losscli.evaluate(ids[:2], labels, "mse").cost == 0


@pytest.mark.parametrize("package", ["polars", "torch"])
def test_booleans(package):
    module = pytest.importorskip(package)
    pytest.importorskip("pyarrow")
    truth = module.Series([True, False]) if package == "polars" else module.tensor([True, False])
    assert (
        losscli.evaluate([0.9, 0.2], truth, "brier").cost
        == losscli.evaluate([0.9, 0.2], [1, 0], "brier").cost
    )
    with pytest.raises(LosscliError, match="holds true and false"):
        losscli.evaluate(truth, [1, 0], "brier")


def test_text_is_no_number():
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    with pytest.raises(LosscliError, match=r"the prediction .* holds text"):
        losscli.evaluate(pl.Series(["0.5", "1"]), [1.0, 2.0], "mse")


def test_categories_are_their_values():
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    scores = pl.DataFrame({"prob_a": [0.9, 0.2], "prob_b": [0.1, 0.8]})
    expected = losscli.evaluate(scores, ["b", "a"], "cross_entropy").cost
    for kind in (pl.Categorical, pl.Enum(["b", "a"]), pl.Enum(["a", "b", "c"]), pl.String):
        assert losscli.evaluate(scores, pl.Series(["b", "a"], dtype=kind), "cross_entropy").cost == expected


def test_decimals_are_rounded_once():
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    cells = [decimal.Decimal("0.1"), decimal.Decimal("12345678901234567890.12")]
    report = losscli.evaluate(pl.Series(cells, dtype=pl.Decimal(38, 2)), [0, 0], "mae")
    assert report["mae"].min == 0.1
    assert report["mae"].max == 12345678901234567890.12


def test_times_are_ids_with_unit_and_zone():
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    when = pl.Series([dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 2)]).dt.replace_time_zone("UTC")
    frame = pl.DataFrame({"when": when, "prediction": [1.0, 2.0], "label": [1.0, 2.0]})
    shown = losscli.evaluate(frame, loss="mse", group="when")["mse"].groups
    assert [one.group for one in shown] == ["1767225600000000[us, UTC]", "1767312000000000[us, UTC]"]
    with pytest.raises(LosscliError, match="holds dates or times"):
        losscli.evaluate(frame, loss="mse", prediction="when")


def test_tensors_of_small_types():
    torch = pytest.importorskip("torch")
    values = torch.tensor([0.1, 0.2], dtype=torch.bfloat16, requires_grad=True)
    report = losscli.evaluate(values, [0.0, 0.0], "mae")
    assert report["mae"].max == float(values.detach()[1])
    assert "predictions: it is of a type that holds 4 digits at most" in report.notes
    assert losscli.evaluate(values.float(), [0.0, 0.0], "mae").notes == ()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda torch: torch.zeros(2, device="meta"), r"on the device meta; .*tensor.cpu\(\)"),
        (lambda torch: torch.zeros(2).to_sparse(), r"sparse_coo; .*tensor.to_dense\(\)"),
        (lambda torch: torch.zeros(2, 2, 2), "an array of 3 dimensions"),
        (lambda torch: torch.tensor(1.0), "an array of 0 dimensions"),
        (lambda torch: torch.zeros(2, dtype=torch.complex64), "is complex"),
        (lambda torch: torch.tensor([1.0, float("nan")]), "row 2: prediction is nan"),
    ],
)
def test_tensors_that_cannot_be_read(make, message):
    with pytest.raises(LosscliError, match=message):
        losscli.evaluate(make(pytest.importorskip("torch")), [1.0, 2.0], "mse")


def test_columns_of_a_mapping_are_tensors_too():
    columns = {"prediction": tensor_with_gradient([1.0, 2.0]), "label": np.array([1.0, 3.0])}
    assert losscli.evaluate(columns, loss="mse").cost == 0.5


def test_queries_that_were_not_run():
    pl = pytest.importorskip("polars")
    with pytest.raises(
        LosscliError, match=r"a LazyFrame, which is a query that was not run.*frame.collect\(\)"
    ):
        losscli.evaluate(polars(FRAME).lazy(), loss="mse")
    del pl


def test_a_reader_is_read_once():
    reader = batches(FRAME[["prediction", "label"]])
    with pytest.raises(LosscliError, match="predictions can be read only once"):
        losscli.per_sample(reader, loss="mse", gradient="cost")


def test_a_column_of_polars_has_no_name():
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    report = losscli.evaluate(pl.Series("score", [1.0, 2.0]), pl.Series("x", [1.0, 2.0]), "mse")
    assert (report.columns["prediction"], report.columns["label"]) == (("0",), ("0",))


def test_polars_without_pyarrow(monkeypatch):
    import sys

    pl = pytest.importorskip("polars")
    monkeypatch.setitem(sys.modules, "losscli.inputs.memory.arrow", None)
    assert losscli.evaluate(pl.Series([1.0, 2.0]), [1.0, 3.0], "mse").cost == 0.5
    with pytest.raises(LosscliError, match=r"a Series needs the package pyarrow.*losscli\[arrow\]"):
        losscli.evaluate(pl.Series([1, None]), [1.0, 3.0], "mse")


def test_index_of_dask_has_to_count_the_rows():
    frame = FRAME[["prediction"]]
    labels = FRAME["label"].tolist()
    expected = losscli.evaluate(frame, labels, "mse").cost
    shuffled = dask(frame.iloc[::-1])
    with pytest.raises(LosscliError, match="the index does not count the rows"):
        losscli.evaluate(shuffled, labels, "mse")
    assert losscli.evaluate(shuffled, labels[::-1], "mse", align="position").cost == expected
    assert losscli.evaluate(dask(frame), labels, "mse").cost == expected
    with pytest.raises(LosscliError, match="labels: its index does not count the rows"):
        losscli.evaluate(dask(frame), FRAME["label"].iloc[::-1], "mse")
    keyed = FRAME.set_index("id")
    report = losscli.evaluate(dask(keyed[["prediction"]]), keyed[["label"]].iloc[::-1], "mse")
    assert (report.alignment, report.cost) == ("id", expected)


def test_dask_is_computed_partition_by_partition():
    da = pytest.importorskip("dask.array")
    live, most = [0], [0]

    def part(block_id=None):
        live[0] += 1
        most[0] = max(most[0], live[0])
        return np.ones(1000) * block_id[0]

    array = da.map_blocks(part, chunks=((1000,) * 20,), dtype=float, meta=np.zeros(0))
    before = live[0]
    report = losscli.evaluate(array, np.zeros(20_000), "mae")
    assert report.cost == 9.5
    assert live[0] - before == 20


def test_array_of_dask_in_several_columns():
    da = pytest.importorskip("dask.array")
    scores = np.random.default_rng(1).normal(size=(30, 4))
    labels = np.arange(30) % 4
    asked = {"loss": "cross_entropy:from_logits=true"}
    expected = losscli.evaluate(scores, labels, **asked).cost
    assert losscli.evaluate(da.from_array(scores, chunks=(7, 3)), labels, **asked).cost == expected
    with pytest.raises(LosscliError, match="an array of 3 dimensions"):
        losscli.evaluate(da.zeros((2, 2, 2)), [1, 2], "mse")


def test_a_query_that_fails_says_so():
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    relation = duckdb.connect().sql(
        "SELECT CAST(x AS DOUBLE) AS prediction, 1.0::DOUBLE AS label FROM (VALUES ('1'), ('a')) t(x)"
    )
    with pytest.raises(LosscliError, match=r"predictions: it cannot be read as a table: .*'a'"):
        losscli.evaluate(relation, loss="mse")
