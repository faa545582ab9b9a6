"""What readers of tables get wrong without a word, each by its name: what is read here, or refused.

A walk through the table of pitfalls that pandas, pyarrow, polars and DuckDB were measured on. The details of
each are in the tests of its format.
"""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

import losscli
from losscli.common.errors import LosscliError

pa = pytest.importorskip("pyarrow", reason="the extra arrow")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra arrow")

WIDE = 9007199254740993
"""2⁵³ + 1, which is no float64."""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes tables: each to a file of its name; it returns the path of the folder."""

    def written(**tables):
        for name, columns in tables.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table(columns), f"{path}.parquet")
        return tmp_path

    return written


@pytest.fixture
def lines(tmp_path):
    """Return a function that writes rows as they are; it returns the path of the file."""

    def written(*rows, name="p.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{row}\n" for row in rows))
        return str(path)

    return written


def cost(*inputs, **asked):
    return losscli.evaluate(*map(str, inputs), loss="mse", **asked).cost


def refusal(*inputs, **asked):
    with pytest.raises(LosscliError) as raised:
        cost(*inputs, **asked)
    return str(raised.value)


def test_nan_and_null_in_a_float_column(write):
    columns = {"prediction": pa.array([1.0, float("nan"), None, 4.0]), "label": [1.0, 2.0, 3.0, 2.0]}
    path = write(p=columns) / "p.parquet"
    assert "row 2: prediction is nan" in refusal(path)
    columns["prediction"] = pa.array([1.0, None, 2.0, 4.0])
    assert "row 2: prediction is missing" in refusal(write(q=columns) / "q.parquet")
    result = losscli.evaluate(str(path), loss="mse", bad_rows="drop").results[0]
    assert (result.n, result.dropped, result.cost) == (2, 2, 2.0)


def test_integer_ids_beyond_float64_with_a_null(write):
    labels = {"id": pa.array([WIDE, WIDE - 1]), "label": [1.0, 5.0]}
    folder = write(p={"id": pa.array([WIDE - 1, WIDE]), "prediction": [5.0, 1.0]}, l=labels)
    assert cost(folder / "p.parquet", folder / "l.parquet") == 0.0
    write(q={"id": pa.array([WIDE, None]), "prediction": [5.0, 1.0]})
    assert "the id is empty" in refusal(folder / "q.parquet", folder / "l.parquet")
    write(f={"id": pa.array([float(WIDE), 1.0]), "prediction": [5.0, 1.0]})
    assert "7 and 7.0 would be two ids" in refusal(folder / "f.parquet", folder / "l.parquet")


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_hive_folders_that_look_like_numbers(tmp_path, format_):
    for number, fold in enumerate(("007", "8")):
        (tmp_path / f"fold={fold}").mkdir()
        frame = pd.DataFrame({"prediction": [1.0], "label": [float(number)]})
        getattr(frame, f"to_{format_}")(tmp_path / f"fold={fold}" / f"p.{format_}", index=False)
    assert "If they are columns: hive=True" in refusal(tmp_path)
    groups = losscli.evaluate(str(tmp_path), loss="mse", group="fold", hive=True).results[0].groups
    assert [(group.group, group.n) for group in groups] == [("007", 1), ("8", 1)]


def test_partition_key_that_is_a_column_too(write):
    folder = write(**{"fold=1__p": {"prediction": [1.0], "label": [1.0], "fold": ["2"]}})
    assert "fold is a column, and a key of its folders too" in refusal(folder, hive=True)


@pytest.mark.parametrize("order", [1, -1], ids=["float64-first", "float32-first"])
def test_shards_of_float32_beside_float64(write, order):
    wide = {"prediction": pa.array([0.1]), "label": [0.0]}
    narrow = {"prediction": pa.array([0.1], pa.float32()), "label": [0.0]}
    folder = write(**dict(zip(("0", "1"), (wide, narrow)[::order], strict=True)))
    report = losscli.evaluate(str(folder), loss="mae", reduction="sum")
    assert report.cost == 0.1 + float(np.float32(0.1))
    (note,) = report.notes
    assert f"prediction is float32 in {1 if order == 1 else 0}.parquet" in note


def test_shard_without_the_column(write):
    folder = write(a={"prediction": [1.0], "label": [1.0]}, b={"label": [1.0]})
    said = refusal(folder)
    assert "a.parquet and " in said
    assert "b.parquet: only the first has prediction" in said


def test_shard_with_numbers_as_text(write):
    folder = write(a={"prediction": [0.5], "label": [1.0]}, b={"prediction": ["0.5"], "label": [1.0]})
    assert "b.parquet: the prediction (prediction) " in refusal(folder)


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_columns_in_another_order(tmp_path, format_):
    for name, columns in (("a", ["prediction", "label"]), ("b", ["label", "prediction"])):
        frame = pd.DataFrame({"prediction": [1.0], "label": [3.0]})[columns]
        getattr(frame, f"to_{format_}")(tmp_path / f"{name}.{format_}", index=False)
    assert losscli.evaluate(str(tmp_path), loss="quantile:q=0.9").cost == pytest.approx(1.8)


def test_order_of_part_1_part_2_part_10(write):
    parts = {f"part-{number}": {"prediction": [float(number)], "label": [0.0]} for number in (1, 2, 10)}
    report = losscli.evaluate(str(write(**parts)), loss="mse", top=None)
    names = [shard.path for shard in report.predictions.shards]
    assert names == ["part-1.parquet", "part-10.parquet", "part-2.parquet"]


def test_two_folders_by_position(tmp_path, write):
    write(p__1={"prediction": [1.0, 2.0]}, p__2={"prediction": [3.0]})
    write(l__1={"label": [1.0, 2.0]}, l__3={"label": [3.0]})
    assert "only one side has " in refusal(tmp_path / "p", tmp_path / "l")
    write(k__1={"label": [1.0]}, k__2={"label": [2.0, 3.0]})
    assert "2 and 1 rows" in refusal(tmp_path / "p", tmp_path / "k")


def test_column_twice(tmp_path):
    table = pa.table(
        [pa.array([1.0]), pa.array([2.0]), pa.array([1.0])], ["prediction", "prediction", "label"]
    )
    pq.write_table(table, tmp_path / "p.parquet")
    assert "twice" in refusal(tmp_path / "p.parquet") or "2 columns" in refusal(tmp_path / "p.parquet")
    (tmp_path / "p.csv").write_text("prediction,prediction,label\n1,2,1\n")
    assert "columns could be the prediction" in refusal(tmp_path / "p.csv")


def test_index_of_pandas_in_parquet(tmp_path):
    pd.DataFrame({"prediction": [1.0, 2.0]}, index=["a", "b"]).to_parquet(tmp_path / "p.parquet")
    pd.DataFrame({"label": [2.0, 1.0]}, index=["b", "a"]).to_parquet(tmp_path / "l.parquet")
    report = losscli.evaluate(str(tmp_path / "p.parquet"), str(tmp_path / "l.parquet"), loss="mse")
    assert report.cost == 0.0
    assert any("index" in note for note in report.notes)


def test_decimals(write):
    number = decimal.Decimal("123456789012345678901234567890.12")
    columns = {"prediction": pa.array([number], pa.decimal128(38, 2)), "label": [0.0]}
    assert cost(write(p=columns) / "p.parquet") == float(number) ** 2
    ids = pa.array([decimal.Decimal("7.50")], pa.decimal128(38, 2))
    folder = write(a={"id": ids, "prediction": [1.0]})
    (folder / "l.csv").write_text("id,label\n7.50,1\n")
    assert cost(folder / "a.parquet", folder / "l.csv") == 0.0


def test_float16_and_bfloat16(write, tmp_path):
    half = np.full(100_000, 0.1, np.float16)
    report = losscli.evaluate(str(write(p={"prediction": half, "label": half * 0}) / "p.parquet"), loss="mae")
    assert report.cost == float(np.float16(0.1))
    assert any("float16" in note and "digits" in note for note in report.notes)
    np.save(tmp_path / "p.npy", np.zeros(3, "V2"))
    np.save(tmp_path / "l.npy", np.zeros(3))
    assert "bfloat16" in refusal(tmp_path / "p.npy", tmp_path / "l.npy")


def test_uint8(write):
    columns = {"prediction": pa.array([200], pa.uint8()), "label": pa.array([201], pa.uint8())}
    assert cost(write(p=columns) / "p.parquet") == 1.0


def test_categories_of_several_shards(write):
    one, other = (pa.array(cells).dictionary_encode() for cells in (["cat", "dog"], ["dog", "cat"]))
    labels = pa.array(["cat", "dog"])
    folder = write(a={"prediction": one, "label": labels}, b={"prediction": other, "label": labels})
    assert losscli.evaluate(str(folder), loss="zero_one").cost == 0.5


def test_booleans(write):
    truth, probability = pa.array([True, False]), pa.array([0.5, 0.5])
    folder = write(
        p={"prediction": probability, "label": truth}, q={"prediction": truth, "label": [1.0, 0.0]}
    )
    assert losscli.evaluate(str(folder / "p.parquet"), loss="brier").cost == 0.25
    assert "holds true and false" in refusal(folder / "q.parquet")


def test_timestamps_as_ids(write):
    when = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    columns = {
        zone: {"id": pa.array([when], pa.timestamp("us", zone)), name: [1.0]}
        for zone, name in (("UTC", "prediction"), ("Europe/Berlin", "label"))
    }
    folder = write(p=columns["UTC"], l=columns["Europe/Berlin"])
    said = refusal(folder / "p.parquet", folder / "l.parquet")
    assert "1795737600000000[us, UTC]" in said
    assert "1795737600000000[us, Europe/Berlin]" in said
    write(k={"id": columns["UTC"]["id"], "label": [1.0]})
    assert cost(folder / "p.parquet", folder / "k.parquet") == 0.0


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_json_nan_and_infinity(lines, word):
    good, bad = '{"prediction": 1, "label": 1}', f'{{"prediction": {word}, "label": 1}}'
    assert f"row 2: not valid JSON at character 16: {word} is not JSON" in refusal(lines(good, bad))
    assert f"row 1: not valid JSON at character 16: {word} is not JSON" in refusal(lines(bad, good))


def test_json_key_twice(lines):
    rows = ['{"prediction": 1, "prediction": 2, "label": 1}', '{"prediction": 1, "label": 1}']
    for number, order in ((1, 1), (2, -1)):
        said = refusal(lines(*rows[::order]))
        assert f"row {number}: not valid JSON: an object has the key 'prediction' twice" in said


def test_json_text_that_is_a_number(lines):
    path = lines('{"id": "007", "prediction": 1}', '{"id": "8", "prediction": 2}')
    labels = lines("id,label", "007,1", "8,2", name="l.csv")
    assert cost(path, labels) == 0.0
    assert "'7'" in refusal(path, lines("id,label", "7,1", "8,2", name="m.csv"))
    assert 'the prediction (prediction) is the text "007"' in refusal(
        lines(*['{"prediction": "007", "label": 7}'] * 2, name="q.jsonl")
    )


def test_json_number_and_text_in_one_column(lines):
    path = lines('{"prediction": 0.1, "label": 1}', '{"prediction": "0.5", "label": 1}')
    assert 'row 2: the prediction (prediction) is the text "0.5"; needed: a number' in refusal(path)


@pytest.mark.parametrize(("order", "kind"), [("F", "<f8"), ("C", ">f4"), ("F", ">i2")])
def test_npy_of_another_order(tmp_path, order, kind):
    matrix = np.arange(6).reshape(2, 3).astype(kind, order=order)
    np.save(tmp_path / "p.npy", matrix)
    np.save(tmp_path / "l.npy", matrix.astype("f8").copy() + 1)
    asked = {"prediction": ["0", "1", "2"], "label": ["0", "1", "2"]}
    assert cost(tmp_path / "p.npy", tmp_path / "l.npy", **asked) == 1.0
    np.save(tmp_path / "o.npy", np.array([1, "a"], object), allow_pickle=True)
    assert "Python objects" in refusal(tmp_path / "o.npy", tmp_path / "l.npy")


def test_parquet_cut_short(write):
    path = write(p={"prediction": np.zeros(1000), "label": np.zeros(1000)}) / "p.parquet"
    data = path.read_bytes()
    for size in (len(data) - 1, len(data) // 2, 8):
        path.write_bytes(data[:size])
        assert refusal(path).startswith(f"{path}: ")


def test_files_beside_the_data(write):
    folder = write(a={"prediction": [1.0], "label": [2.0]})
    for name in ("_SUCCESS", "_metadata", ".a.parquet.crc"):
        (folder / name).write_bytes(b"x")
    assert cost(folder) == 1.0
    for name in ("b.parquet.part", "b.parquet.tmp", "b.parquet.inprogress"):
        (folder / name).write_bytes(b"x")
        assert f"{name} seems to be still written" in refusal(folder)
        (folder / name).unlink()


def test_object_that_is_overwritten_while_it_is_read(monkeypatch):
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    files.pipe("/pitfalls/p.csv", b"prediction,label\n1,2\n")
    real = type(files).cat_file

    def overwritten(self, path, **asked):
        data = real(self, path, **asked)
        files.pipe("/pitfalls/p.csv", b"prediction,label\n1,3\n")
        return data

    monkeypatch.setattr(type(files), "cat_file", overwritten)
    assert "the file changed while it was being read" in refusal("memory://pitfalls/p.csv")
    monkeypatch.undo()
    files.rm("/pitfalls", recursive=True)


def test_probabilities_that_float32_rounds_to_one(write):
    near = pa.array([1 - 1e-9], pa.float64())
    exact = {"prediction": near, "label": [1.0]}
    rounded = {"prediction": near.cast(pa.float32(), safe=False), "label": [1.0]}
    folder = write(a=exact, b=rounded)
    costs = [losscli.evaluate(str(folder / f"{name}.parquet"), loss="bce").cost for name in "ab"]
    assert costs[0] == pytest.approx(1e-9)
    # What stands in the file: widened exactly, never restored.
    assert costs[1] == 0.0
