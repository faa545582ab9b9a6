"""Parquet, Arrow files and streams: every type is read as strictly as text is, or refused."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli

from losscli import evaluate
from losscli.common.errors import LosscliError

pa = pytest.importorskip("pyarrow", reason="the extra arrow")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra arrow")

from helpers.arrow_files import WRITERS  # noqa: E402

WIDE = 2**53 + 1


@pytest.fixture(params=WRITERS)
def written(request):
    return request.param


@pytest.fixture
def write(written, tmp_path):
    """Write a table, given as a mapping of names to columns, in a format; the name says where."""

    def write(columns, name="p", **options):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        return WRITERS[written](table, tmp_path / f"{name}.{written}", **options)

    return write


def mse(path, **options):
    return evaluate(path, loss="mse", **options).results[0]


def refused(*arguments, **options):
    with pytest.raises(LosscliError) as caught:
        evaluate(*arguments, **{"loss": "mse", **options})
    return str(caught.value)


def pair(values, kind=None, role="prediction"):
    other = "label" if role == "prediction" else "prediction"
    return {role: pa.array(values, type=kind), other: pa.array([0.0] * len(values))}


def worst(path, **options):
    return [(one.id, one.prediction) for one in evaluate(path, loss="mse", **options).results[0].worst]


class TestNumbers:
    def test_they_are_those_of_the_table(self, write):
        found = mse(write({"prediction": [1.0, 2.0, 3.5], "label": [1.0, 1.0, 1.0]}, row_group_size=2))
        assert (found.n, found.sum) == (3, 7.25)

    @pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
    def test_floats_widen_exactly(self, write, kind):
        values = np.array([0.1, 1 / 3, 3.0], dtype=kind)
        exact = sum(Fraction(float(value)) ** 2 for value in values)
        if kind == "float64":
            assert mse(write(pair(values))).sum == pytest.approx(float(exact), rel=1e-15)
        else:
            # Their squares are exact in float64.
            assert mse(write(pair(values))).sum == float(exact)

    def test_float16_is_told(self, write):
        path = write(pair(np.array([0.1, 0.2], dtype=np.float16)))
        report = evaluate(path, loss="mse")
        assert f"{path}: prediction is float16, which holds 3 to 4 digits" in report.notes
        other = {"unread": pa.array(np.array([1, 2], dtype=np.float16)), **pair([1.0, 2.0])}
        assert not any(
            "float16" in note for note in evaluate(write(other), loss="mse", prediction="prediction").notes
        )

    @pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "int32", "uint32", "int64", "uint64"])
    def test_integers_widen(self, write, kind):
        path = write({"prediction": pa.array([100, 1], kind), "label": pa.array([101, 0], kind)})
        assert mse(path).sum == 2.0

    @pytest.mark.parametrize("role", ["prediction", "label"])
    def test_integers_beyond_float64_are_refused(self, write, role):
        assert mse(write(pair([2**60, -(2**60)], "int64", role))).n == 2
        path = write(pair([1, 2**60, WIDE], "int64", role), row_group_size=2)
        assert refused(path) == (
            f"{path} row 3: the {role} ({role}) is 9007199254740993, which lies between two numbers "
            "of 64 bits; needed: a number that float64 holds exactly. If it is an id, name another column."
        )
        assert "18446744073709551615" in refused(write(pair([2**64 - 1], "uint64", role)))

    def test_one_under_a_null_means_nothing(self, write):
        bits = pa.py_buffer(bytes([0b10]))
        data = pa.py_buffer(np.array([WIDE, 3], dtype=np.int64).tobytes())
        array = pa.Array.from_buffers(pa.int64(), 2, [bits, data])
        assert mse(write({"prediction": array, "label": [0.0, 0.0]}), bad_rows="drop").sum == 9.0

    def test_null_and_nan_are_told_apart(self, write):
        null = write(pair([1.0, None, 2.0], "float64"))
        assert "row 2: prediction is missing; needed: a finite number" in refused(null)
        nan = write(pair([1.0, 2.0, np.nan], "float64"))
        assert "row 3: prediction is nan; needed: a finite number" in refused(nan)
        both = write(pair([1.0, np.nan, None, 4.0], "float64"))
        found = mse(both, bad_rows="drop")
        assert (found.n, found.mean) == (2, 8.5)
        assert "inf" in refused(write(pair([np.inf])))

    @pytest.mark.parametrize("kind", ["int64", "float32", "bool", "null"])
    def test_nulls_of_any_type_are_missing(self, write, kind):
        path = write(pair([None, None], kind, "label"))
        assert "row 1: label is missing" in refused(path)

    def test_booleans_are_labels_and_no_predictions(self, write):
        assert mse(write(pair([True, False, True], "bool", "label"))).sum == 2.0
        assert "row 2: label is missing" in refused(write(pair([True, None], "bool", "label")))
        assert "the prediction (prediction) holds true and false; needed: numbers" in refused(
            write(pair([True]))
        )

    @pytest.mark.parametrize("kind", ["decimal32", "decimal64", "decimal128", "decimal256"])
    def test_decimals_are_rounded_once(self, write, kind):
        most = {"decimal32": 9, "decimal64": 18, "decimal128": 38, "decimal256": 76}[kind]
        for scale in (0, 2, most // 2, most):
            made = getattr(pa, kind)(most, scale)
            whole = [int("1234567890" * 8) // 10 ** (80 - most), -1, 5, 0, -(10**most) + 1]
            values = [Decimal((one < 0, [*map(int, str(abs(one)))], -scale)) for one in whole]
            with_null = [*values, None]
            path = write({"id": [*range(6)], "prediction": pa.array(with_null, made), "label": [0.0] * 6})
            found = {int(one): value for one, value in worst(path, bad_rows="drop", top=None)}
            assert [found[place] for place in range(5)] == [one / 10**scale for one in whole]
            assert "row 6: prediction is missing" in refused(path)

    def test_decimals_with_a_negative_scale(self, write, tmp_path):
        kind = pa.decimal128(5, -2)
        array = pa.array([Decimal(12300), Decimal(-100)], kind)
        path = WRITERS["arrow"](pa.table({"prediction": array, "label": [0.0, 0.0]}), tmp_path / "n.arrow")
        assert mse(path).max == 12300.0**2

    @pytest.mark.parametrize(
        ("values", "kind", "what"),
        [
            (["0.5"], "string", "holds text"),
            ([b"0.5"], "binary", "holds text"),
            (["0.5"], "large_string", "holds text"),
            ([dt.date(2026, 1, 1)], "date32", "holds dates or times"),
            ([1], "timestamp[us]", "holds dates or times"),
            ([1], "duration[s]", "holds dates or times"),
            ([[("a", 1)]], pa.map_(pa.string(), pa.int64()), "is of the type map<string, int64"),
            ([["a"]], pa.list_(pa.string()), "is of the type list<"),
        ],
    )
    def test_what_is_no_number_is_refused(self, write, values, kind, what):
        kind = pa.type_for_alias(kind) if isinstance(kind, str) and "[" not in kind else kind
        kind = {"timestamp[us]": pa.timestamp("us"), "duration[s]": pa.duration("s")}.get(kind, kind)
        path = write(pair(values, kind))
        assert f"{path}: the prediction (prediction) {what}" in refused(path)
        # Where nobody reads it, it is in nobody's way.
        other = {"x": pa.array(values, kind), "prediction": [1.0], "label": [1.0]}
        assert mse(write(other)).n == 1

    def test_weights_are_read_the_same(self, write):
        path = write({**pair([1.0, 2.0]), "w": pa.array([1, 3], "uint8")})
        assert mse(path, weight="w").mean == 13 / 4
        assert "weight is missing" in refused(
            write({**pair([1.0]), "w": pa.array([None], "float32")}), weight="w"
        )

    def test_dictionaries_are_their_values(self, write):
        array = pa.array([5.0, 2.0, None, 5.0]).dictionary_encode()
        assert mse(write(pair(array)), bad_rows="drop").sum == 54.0

    def test_extension_types_are_their_storage(self, write):
        class Celsius(pa.ExtensionType):
            def __init__(self):
                super().__init__(pa.float64(), "test.celsius")

            def __arrow_ext_serialize__(self):
                return b""

            @classmethod
            def __arrow_ext_deserialize__(cls, storage_type, serialized):
                return cls()

        pa.register_extension_type(Celsius())
        try:
            array = pa.ExtensionArray.from_storage(Celsius(), pa.array([2.0, 3.0]))
            assert mse(write({"prediction": array, "label": [0.0, 0.0]})).sum == 13.0
        finally:
            pa.unregister_extension_type("test.celsius")


class TestIds:
    def test_integers_are_exact(self, write):
        ids = [9007199254740992, 9007199254740993, 2**63 - 1, -(2**63), 7]
        left = write({"id": pa.array(ids, "int64"), "prediction": [1.0, 2.0, 3.0, 4.0, 5.0]})
        right = write({"id": pa.array(ids[::-1], "int64"), "label": [5.0, 4.0, 3.0, 2.0, 1.0]}, "l")
        assert mse(left, labels=right).sum == 0.0

    def test_a_null_id_is_an_error_and_spoils_no_other(self, write):
        columns = {"id": pa.array([2**53, None, WIDE], "int64"), "prediction": [1.0, 2.0, 3.0]}
        other = write({"id": pa.array([2**53, 3, WIDE], "int64"), "label": [1.0, 2.0, 3.0]}, "l")
        assert "p." in refused(write(columns), other)
        assert "row 2" in refused(write(columns), other)
        assert "9007199254740993" not in refused(write(columns), other)

    @pytest.mark.parametrize(
        "kind", ["int8", "uint16", "int64", "uint64", "string", "large_string", "decimal128"]
    )
    def test_they_match_those_of_csv(self, write, tmp_path, kind):
        (tmp_path / "l.csv").write_text("id,label\n7,1\n10,2\n99,3\n")
        ids = [99, 7, 10]
        if "string" in kind:
            array = pa.array(map(str, ids), kind)
        else:
            array = (
                pa.array(ids, kind) if kind != "decimal128" else pa.array(map(Decimal, ids), pa.decimal128(9))
            )
        assert mse(write({"id": array, "prediction": [3.0, 1.0, 2.0]}), labels=tmp_path / "l.csv").sum == 0.0

    @pytest.mark.parametrize("kind", ["string_view", "binary", "large_binary", "binary_view", "fixed"])
    def test_text_in_any_layout(self, tmp_path, kind):
        (tmp_path / "l.csv").write_text("id,label\na77,1\nzoé,2\nb00,3\n", encoding="utf-8")
        words = ["b00", "a77", "zoé"]
        if kind == "fixed":
            array = pa.array([word.encode()[:4] for word in ["b00 ", "a77 ", "zoé"]], pa.binary(4))
        else:
            made = getattr(pa, kind)()
            array = pa.array(words if "string" in kind else [word.encode() for word in words], made)
        table = pa.table({"id": array, "prediction": [3.0, 1.0, 2.0]})
        path = WRITERS["arrow"](table, tmp_path / "p.arrow")
        assert mse(path, labels=tmp_path / "l.csv").sum == 0.0

    def test_bytes_that_are_no_text_are_refused(self, write):
        path = write(
            {"id": pa.array([b"ok", b"a\xff"], "binary"), "prediction": [1.0, 2.0], "label": [1.0, 2.0]}
        )
        assert refused(path, id="id") == (
            f"{path} row 2: the id (id) holds bytes that are no UTF-8 (b'\\xff'); needed: text. "
            "Write it as text."
        )

    @pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
    def test_floats_are_refused(self, write, tmp_path, kind):
        path = write(
            {"id": pa.array(np.array([7, 8], dtype=kind)), "prediction": [1.0, 2.0], "label": [1.0, 2.0]}
        )
        said = refused(path)
        assert (
            f"the id (id) is of the type {kind}; needed: integers or text: 7 and 7.0 would be two ids" in said
        )
        assert said.endswith("Write it as int64 or as text.")

    def test_decimals_are_their_text(self, write, tmp_path):
        (tmp_path / "l.csv").write_text("id,label\n7.50,1\n-0.25,2\n")
        array = pa.array([Decimal("-0.25"), Decimal("7.50")], pa.decimal128(10, 2))
        assert mse(write({"id": array, "prediction": [2.0, 1.0]}), labels=tmp_path / "l.csv").sum == 0.0

    def test_dictionaries_are_their_values_in_every_batch(self, tmp_path):
        batches = [
            pa.record_batch(
                {"id": pa.DictionaryArray.from_arrays([0, 1], ["a", "b"]), "prediction": [1.0, 2.0]}
            ),
            pa.record_batch(
                {"id": pa.DictionaryArray.from_arrays([0, 1], ["c", "a2"]), "prediction": [3.0, 4.0]}
            ),
        ]
        path = tmp_path / "p.arrows"
        with pa.ipc.new_stream(path, batches[0].schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        (tmp_path / "l.csv").write_text("id,label\na2,4\nb,2\nc,3\na,1\n")
        assert mse(path, labels=tmp_path / "l.csv").sum == 0.0

    @pytest.mark.parametrize(
        ("kind", "values", "said"),
        [
            (pa.timestamp("us", "UTC"), [1700000000123456, -5], ["1700000000123456[us, UTC]", "-5[us, UTC]"]),
            (pa.timestamp("ns"), [1700000000123456789, 0], ["1700000000123456789[ns]", "0[ns]"]),
            (pa.timestamp("s", "Europe/Berlin"), [1, 2], ["1[s, Europe/Berlin]", "2[s, Europe/Berlin]"]),
            (pa.date32(), [0, 20784], ["1970-01-01", "2026-11-27"]),
            (pa.date64(), [0, 86_400_000 * 20784], ["1970-01-01", "2026-11-27"]),
            (pa.time32("ms"), [5, 6], ["5[ms]", "6[ms]"]),
            (pa.duration("us"), [5, -6], ["5[us]", "-6[us]"]),
        ],
    )
    def test_times_are_what_is_stored_with_unit_and_zone(self, write, written, tmp_path, kind, values, said):
        lines = "".join(f'"{one}",{place}\n' for place, one in enumerate(said))
        (tmp_path / "l.csv").write_text("id,label\n" + lines)
        array = pa.array(values[::-1], pa.int32() if kind.bit_width == 32 else pa.int64()).cast(kind)
        if str(kind) == "timestamp[s, tz=Europe/Berlin]" and written == "parquet":
            pytest.skip("Parquet has no seconds")
        assert mse(write({"id": array, "prediction": [1.0, 0.0]}), labels=tmp_path / "l.csv").sum == 0.0

    def test_another_zone_is_another_id(self, write):
        stored = pa.array([1, 2], "int64")
        left = write({"id": stored.cast(pa.timestamp("us", "UTC")), "prediction": [1.0, 2.0]})
        right = write({"id": stored.cast(pa.timestamp("us", "Asia/Tokyo")), "label": [1.0, 2.0]}, "l")
        assert "[us, UTC]" in refused(left, right)

    def test_text_is_held_as_it_is(self, write, tmp_path):
        ids = ["  a ", "b\t", "", "NA", "x" * 40, "007", "é"]
        table = {"id": [*ids[:2], *ids[3:]], "prediction": [1.0] * 6, "label": [1.0] * 6}
        found = dict(worst(write(table), top=None))
        assert {*found} == {"a", "b", "NA", "x" * 40, "007", "é"}
        nul = write({"id": ["ok", "a\0b"], "prediction": [1.0, 1.0], "label": [1.0, 1.0]})
        assert "row 2: the id (id) holds a NUL character" in refused(nul)
        long = write({"id": ["ok", "a" * 5000], "prediction": [1.0, 1.0], "label": [1.0, 1.0]})
        assert "row 2: the id (id) is 5000 bytes long; needed: at most 4096" in refused(long)

    def test_the_index_of_a_frame_is_an_id_if_it_is_the_only_one(self, tmp_path):
        left = pd.DataFrame({"prediction": [1.0, 2.0, 3.0]}, index=[10, 30, 20])
        right = pd.DataFrame({"label": [3.0, 2.0, 1.0]}, index=[20, 30, 10])
        paths = [tmp_path / "p.parquet", tmp_path / "l.parquet"]
        for frame, path in zip((left, right), paths, strict=True):
            frame.to_parquet(path)
        report = evaluate(*paths, loss="mse")
        assert report.results[0].sum == 0.0
        assert report.alignment == "id"
        assert f"{paths[0]}: the column __index_level_0__ is the index of a pandas frame" in report.notes
        left.assign(id=[1, 2, 3]).to_parquet(paths[0])
        right.assign(id=[1, 2, 3]).to_parquet(paths[1])
        # It differs, and nobody holds it for the rows.
        assert evaluate(*paths, loss="mse").results[0].sum == 8.0

    def test_several_levels_are_no_id(self, tmp_path):
        index = pd.MultiIndex.from_tuples([(1, 2), (3, 4)])
        frame = pd.DataFrame({"prediction": [1.0, 2.0], "label": [1.0, 2.0]}, index=index)
        frame.to_parquet(tmp_path / "p.parquet")
        assert worst(tmp_path / "p.parquet")[0][0] is None


class TestClassesAndGroups:
    @pytest.mark.parametrize(
        ("labels", "kind"),
        [
            (["cat", "dog", "cat"], "string"),
            (["cat", "dog", "cat"], "dictionary"),
            ([b"cat", b"dog", b"cat"], "binary"),
        ],
    )
    def test_names_of_classes(self, write, labels, kind):
        label = pa.array(labels).dictionary_encode() if kind == "dictionary" else pa.array(labels, kind)
        table = {"prob_cat": [0.5, 0.25, 1.0], "prob_dog": [0.5, 0.75, 0.0], "label": label}
        assert evaluate(write(table), loss="cross_entropy").results[0].n == 3

    @pytest.mark.parametrize("kind", ["int64", "uint8", "float64", "bool"])
    def test_classes_that_are_numbers(self, write, kind):
        names = ["False", "True"] if kind == "bool" else ["0", "1"]
        values = np.array([1, 0, 1], dtype=kind)
        table = {f"prob_{names[0]}": [0.25, 0.5, 0.0], f"prob_{names[1]}": [0.75, 0.5, 1.0], "label": values}
        found = evaluate(write(table), loss="cross_entropy").results[0]
        assert found.sum == pytest.approx(-np.log(0.75) - np.log(0.5))

    def test_a_null_class_is_missing(self, write):
        for label in (
            pa.array(["a", None]),
            pa.array(["a", None]).dictionary_encode(),
            pa.array([None, None]),
        ):
            path = write({"prob_a": [0.5, 0.5], "prob_b": [0.5, 0.5], "label": label})
            assert "label is missing" in refused(path, loss="cross_entropy")

    def test_nulls_in_the_dictionary_and_in_the_indices(self, tmp_path):
        array = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), pa.array(["a", None]))
        table = pa.table({"g": array, **pair([1.0, 2.0, 3.0, 4.0])})
        path = WRITERS["arrow"](table, tmp_path / "p.arrow")
        groups = {group.group: group.n for group in evaluate(path, loss="mse", group="g").results[0].groups}
        assert groups == {"a": 2, "": 2}

    def test_names_of_classes_are_no_dates(self, write):
        label = pa.array([dt.date(2026, 1, 1)] * 2)
        path = write({"prob_a": [0.5, 0.5], "prob_b": [0.5, 0.5], "label": label})
        assert "the label (label) holds dates or times" in refused(path, loss="cross_entropy")

    def test_groups_of_any_type(self, write):
        days = pa.array([dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 1)])
        for array, names in (
            (days, {"2026-01-01": 2, "2026-01-02": 1}),
            (pa.array([True, False, True]), {"True": 2, "False": 1}),
            (pa.array([0.1, 2.0, 0.1], "float32"), {"0.1": 2, "2": 1}),
            (pa.array([2**63, 1, 2**63], "uint64"), {str(2**63): 2, "1": 1}),
            (pa.array([1, 2, 1], "int8").dictionary_encode(), {"1": 2, "2": 1}),
            (pa.array(["x", "y y", "x"]), {"x": 2, "y y": 1}),
        ):
            path = write({"g": array, **pair([1.0, 2.0, 3.0])})
            found = evaluate(path, loss="mse", group="g").results[0].groups
            assert {group.group: group.n for group in found} == names


class TestNested:
    def test_fields_of_structs_have_dotted_names(self, write):
        inner = pa.array([{"score": 1.0, "why": "x"}, None, {"score": 3.0, "why": "y"}])
        path = write({"prediction": inner, "label": [0.0, 0.0, 0.0]})
        assert mse(path, prediction="prediction.score", bad_rows="drop").sum == 10.0
        assert "row 2: prediction is missing" in refused(path, prediction="prediction.score")

    def test_structs_in_structs(self, write):
        inner = pa.array([{"a": {"b": 1.0}}, {"a": None}, {"a": {"b": 2.0}}])
        path = write({"x": inner, "label": [0.0, 0.0, 0.0]})
        assert mse(path, prediction="x.a.b", bad_rows="drop").sum == 5.0

    def test_a_name_that_stands_twice_is_refused(self, write, tmp_path):
        array = pa.array([1.0])
        table = pa.Table.from_arrays([array, array], names=["prediction", "prediction"])
        path = WRITERS["arrow"](table, tmp_path / "t.arrow")
        assert "2 columns are called 'prediction'; needed: names that stand once" in refused(path)
        nested = pa.table({"a": pa.array([{"b": 1.0}]), "a.b": [2.0]})
        assert "2 columns are called 'a.b'" in refused(write(nested))
        listed = pa.table({"a": pa.array([[1.0]]), "a.0": [2.0]})
        assert "2 columns are called 'a.0'" in refused(write(listed))

    def test_a_twice_named_column_of_parquet(self, tmp_path):
        array = pa.array([1.0])
        pq.write_table(pa.Table.from_arrays([array, array], names=["p", "p"]), tmp_path / "t.parquet")
        assert "2 columns are called 'p'" in refused(tmp_path / "t.parquet")

    def test_names_with_points_of_their_own(self, write):
        path = write({"model.v1": [1.0, 2.0], "model": [5.0, 5.0], "label": [0.0, 0.0]})
        assert mse(path, prediction="model.v1").sum == 5.0
        assert mse(path, prediction="model").sum == 50.0


ROWS = [[0.5, 0.25, 0.25], [0.125, 0.5, 0.375], [0.0, 0.25, 0.75]]


class TestLists:
    @pytest.mark.parametrize(
        "kind",
        [
            pa.list_(pa.float64()),
            pa.list_(pa.float32()),
            pa.large_list(pa.float64()),
            pa.list_(pa.float64(), 3),
            pa.list_(pa.float16()),
            pa.list_(pa.decimal128(10, 3)),
        ],
        ids=str,
    )
    def test_they_are_columns_of_classes(self, write, kind):
        rows = [[Decimal(str(one)) for one in row] for row in ROWS] if "decimal" in str(kind) else ROWS
        if "halffloat" in str(kind):
            rows = [[np.float16(one) for one in row] for row in ROWS]
        table = {"probs": pa.array(rows, kind), "label": pa.array([0, 1, 2])}
        report = evaluate(write(table, row_group_size=2), loss="cross_entropy")
        flat = {f"probs.{place}": [row[place] for row in ROWS] for place in range(3)}
        expected = evaluate(pd.DataFrame({**flat, "label": [0, 1, 2]}), loss="cross_entropy")
        assert (
            report.results[0].sum == expected.results[0].sum == pytest.approx(-np.log([0.5, 0.5, 0.75]).sum())
        )
        assert report.columns["prediction"] == ("probs.0", "probs.1", "probs.2")

    @pytest.mark.parametrize("made", [pa.list_view, pa.large_list_view])
    def test_views_too(self, tmp_path, made):
        table = pa.table({"probs": pa.array(ROWS, made(pa.float64())), "label": [0, 1, 2]})
        path = WRITERS["arrow"](table, tmp_path / "p.arrow")
        assert evaluate(path, loss="cross_entropy").results[0].n == 3

    @pytest.mark.parametrize("fixed", [False, True])
    def test_a_list_that_is_missing_and_a_number_that_is(self, write, written, fixed):
        if fixed and written == "parquet" and int(pa.__version__.split(".")[0]) < 26:
            pytest.skip("pyarrow refuses nulls among lists of a fixed size")
        kind = pa.list_(pa.float64(), 2) if fixed else pa.list_(pa.float64())
        rows = [None, [0.5, 0.5], [None, 1.0], None, [0.25, 0.75]]
        path = write({"probs": pa.array(rows, kind), "label": [0, 1, 0, 1, 1]}, row_group_size=3)
        assert "row 1, probs.0: prediction is missing" in refused(path, loss="cross_entropy")
        found = evaluate(path, loss="cross_entropy", bad_rows="drop").results[0]
        assert (found.n, found.sum) == (2, pytest.approx(-np.log(0.5) - np.log(0.75)))

    def test_another_length_is_an_error_with_its_row(self, write):
        rows = [[0.5, 0.5], None, [0.5, 0.25, 0.25]]
        path = write({"probs": pa.array(rows), "label": [0, 0, 0]})
        said = refused(path, loss="cross_entropy", bad_rows="drop")
        assert said == f"{path} row 3: the prediction (probs) holds 3 numbers; needed: 2 in every row"
        # Of columns that nobody reads, every row may have its own.
        other = {"tokens": pa.array([[1], [1, 2], []], pa.list_(pa.int64())), **pair([1.0, 2.0, 3.0])}
        assert mse(write(other), prediction="prediction").n == 3

    def test_lists_show_nobody_whose_rows_they_are(self, write):
        tokens = {"tokens": pa.array([[1], [1, 2]])}
        left = write({**tokens, "prediction": [1.0, 2.0]})
        right = write({"tokens": pa.array([[1], [3, 4, 5]]), "label": [1.0, 2.0]}, "l")
        assert mse(left, labels=right).sum == 0.0

    def test_what_has_no_text_shows_it_neither(self, write):
        # An image in both files, as data sets have it.
        left = write({"image": pa.array([b"\xff\xd8"], "binary"), "x": [0.5], "prediction": [1.0]})
        right = write({"image": pa.array([b"\xff\xd9"], "binary"), "x": [0.5], "label": [1.0]}, "l")
        assert mse(left, labels=right).sum == 0.0
        assert evaluate(left, right, loss="mse").agreeing == ("x",)

    def test_numbers_show_whose_rows_they_are(self, write, tmp_path):
        for kind in ("float16", "float32", "float64"):
            x = np.array([0.1, np.nan, 3.0], dtype=kind)
            left = write({"x": x, "prediction": [1.0, 2.0, 3.0]})
            right = write({"x": x, "label": [1.0, 2.0, 3.0]}, "l")
            assert evaluate(left, right, loss="mse").agreeing == ("x",)
            (tmp_path / "l.csv").write_text(f"x,label\n{x[0]!s},1\nnan,2\n3,3\n")
            assert evaluate(left, tmp_path / "l.csv", loss="mse").agreeing == ("x",)
            (tmp_path / "l.csv").write_text(f"x,label\n{x[0]!s},1\nnan,2\n3.5,3\n")
            assert "x differs in row 3" in refused(left, tmp_path / "l.csv")

    def test_an_empty_list_is_none_of_the_others(self, write):
        path = write({"probs": pa.array([[0.5, 0.5], []]), "label": [0, 0]})
        assert "row 2: the prediction (probs) holds 0 numbers; needed: 2 in every row" in refused(
            path, loss="cross_entropy"
        )
        path = write({"probs": pa.array([[], [0.5, 0.5]]), "label": [0, 0]})
        assert "row 1: the prediction (probs) holds 0 numbers" in refused(path, loss="cross_entropy")

    def test_lists_without_a_list(self, write):
        empty = pa.array([None, None], pa.list_(pa.float64()))
        path = write({"probs": empty, "label": [0, 0]})
        assert "probs" in refused(path, loss="cross_entropy")

    def test_several_labels_too(self, write):
        table = {"label": pa.array([[1, 0], [0, 1]]), "prediction": pa.array([[0.5, 0.5], [0.25, 0.75]])}
        found = evaluate(write(table), loss="binary_cross_entropy")
        assert found.results[0].n == 2

    def test_of_a_part_of_the_numbers(self, write):
        path = write({"x": pa.array([[1.0, 2.0], [3.0, 4.0]]), "label": [0.0, 0.0]})
        assert mse(path, prediction="x.1").sum == 20.0

    def test_integers_that_float64_has_not(self, write):
        path = write({"x": pa.array([[1, 2], [3, WIDE]]), "label": [0.0, 0.0]})
        assert f"row 2: the prediction (x.1) is {WIDE}" in refused(path, prediction="x.1")
        assert mse(path, prediction="x.0").sum == 10.0


VECTOR = pa.struct(
    [
        ("type", pa.int8()),
        ("size", pa.int32()),
        ("indices", pa.list_(pa.int32())),
        ("values", pa.list_(pa.float64())),
    ]
)


def dense(*numbers):
    return {"type": 1, "size": None, "indices": None, "values": [*numbers]}


def sparse(size, **numbers):
    indices = [int(name[1:]) for name in numbers]
    return {"type": 0, "size": size, "indices": indices, "values": [*numbers.values()]}


class TestVectorsOfSpark:
    @pytest.mark.parametrize("first", [dense(0.5, 0.25, 0.25), sparse(3, _0=0.5, _1=0.25, _2=0.25)])
    def test_dense_and_sparse_ones(self, write, first):
        rows = [first, sparse(3, _1=1.0), None, dense(0.0, 0.25, 0.75), sparse(3, _0=0.5, _2=0.5)]
        table = {
            "rawPrediction": pa.array([dense(0.0, 0.0, 0.0)] * 5, VECTOR),
            "probability": pa.array(rows, VECTOR),
            "prediction": [0.0, 1.0, 2.0, 2.0, 0.0],
            "label": [0.0, 1.0, 0.0, 2.0, 2.0],
        }
        path = write(table, row_group_size=2)
        report = evaluate(path, loss="cross_entropy", bad_rows="drop")
        assert report.columns["prediction"] == tuple(f"probability.{place}" for place in range(3))
        assert report.results[0].n == 4
        assert report.results[0].sum == pytest.approx(-2 * np.log(0.5) - np.log(0.75))
        assert "row 3, probability.0: prediction is missing" in refused(path, loss="cross_entropy")

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            (dense(0.5, 0.5), "holds 2 numbers; needed: 3 in every row"),
            (sparse(4, _0=1.0), "holds 4 numbers; needed: 3 in every row"),
            (sparse(3, _3=1.0), "is a sparse vector with other indices"),
            (sparse(3, _1=0.5, _0=0.5), "is a sparse vector with other indices"),
            ({**sparse(3, _1=0.5), "values": [0.5, 0.5]}, "is a sparse vector with other indices"),
            ({**dense(0.5, 0.5, 0.0), "type": 7}, "is neither a dense nor a sparse vector"),
        ],
    )
    def test_what_is_no_vector_is_refused(self, write, wrong, said):
        rows = [dense(0.5, 0.5, 0.0), sparse(3, _0=1.0), wrong]
        path = write({"probability": pa.array(rows, VECTOR), "label": [0, 0, 0]})
        assert f"row 3: the prediction (probability) {said}" in refused(path, loss="cross_entropy")


def test_the_first_bad_row_is_the_one_that_is_told(write):
    path = write({"prediction": pa.array([1, 2, WIDE], "int64"), "label": [1.0, np.nan, 1.0]})
    assert "row 2: label is nan" in refused(path)


@pytest.mark.parametrize("block_rows", [1, 2, 3, 1000])
def test_blocks_change_nothing(write, block_rows):
    ids = pa.array([f"row {place}" for place in range(7)]).dictionary_encode()
    probs = pa.array([None if place == 3 else [place / 7, 1 - place / 7] for place in range(7)])
    label = pa.array([1, 0, 1, 1, 1, 0, 1])
    path = write({"id": ids, "probs": probs, "label": label}, row_group_size=3)
    options = {"loss": "cross_entropy", "bad_rows": "drop", "top": None}
    document = evaluate(path, **options, block_rows=block_rows).to_dict()
    assert document == evaluate(path, **options).to_dict()


def test_columns_are_told_and_completed(write, tmp_path):
    path = write(pair([1.0, 2.0]))
    found = losscli("evaluate", path, "--loss", "mse", "--prediction", "nothing")
    assert found.returncode == 2
    assert (
        "one of the columns found: 'prediction', 'label'" in found.stderr
        or "prediction, label" in found.stderr
    )


def test_checks_that_share_a_file(write, tmp_path):
    table = {"id": [1, 2], "prediction": [0.25, 0.5], "label": [True, False], "f": [1.5, 2.5]}
    path = write(table)
    check = '[[check]]\nname = "{}"\npredictions = "{}"\nloss = {}\nprediction = "{}"\n'
    checks = [
        check.format(name, path, loss, column)
        for name, loss, column in (
            ("one", '"mse"', "prediction"),
            ("two", '["mse", "mae"]', "prediction"),
            ("three", '"mse"', "label2"),
        )
    ]
    (tmp_path / "c.toml").write_text("".join(checks))
    found = losscli("check", "c.toml", cwd=tmp_path)
    # Booleans are labels, also where several checks share what is read.
    assert found.stdout.splitlines()[-1].strip() == "error: 1 of 3 checks could not be completed", (
        found.stdout + found.stderr
    )


def test_checks_that_share_a_file_with_ids_of_floats(write, tmp_path):
    path = write({"id": [1.0, 2.0], "prediction": [0.25, 0.5], "label": [1.0, 0.0]})
    check = '[[check]]\nname = "{0}"\npredictions = "{1}"\nloss = "{0}"\n'
    (tmp_path / "c.toml").write_text("".join(check.format(loss, path) for loss in ("mse", "mae")))
    found = losscli("check", "c.toml", cwd=tmp_path)
    assert found.stdout.count("is of the type") + found.stderr.count("is of the type") >= 2
    assert found.returncode == 2
