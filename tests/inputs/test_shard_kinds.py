"""A column of several files is of one kind, whatever the order of the files and whoever reads them."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.evaluate import in_parts, run
from losscli.analyses.evaluate.document import document
from losscli.common.errors import LosscliError
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from tests.helpers.calls import losscli as call
from tests.helpers.examples import examples

pa = pytest.importorskip("pyarrow", reason="the extra arrow")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra arrow")


def write(folder, *columns):
    """Write a file for each of some cells; return the folder."""
    folder.mkdir()
    for number, column in enumerate(columns):
        pq.write_table(pa.table(column), folder / f"{number}.parquet")
    return folder


def both(folder, **column):
    """Write two files with labels and predictions, and a column of two arrays."""
    ((name, arrays),) = column.items()
    rest = {"prediction": [1.0, 2.0], "label": [1.0, 4.0]}
    return write(folder, *({**rest, name: array} for array in arrays))


BERLIN, UTC = pa.timestamp("us", "Europe/Berlin"), pa.timestamp("us", "UTC")


@pytest.mark.parametrize("engine", ["local", "processes"])
@pytest.mark.parametrize(
    ("one", "other", "types"),
    [
        (pa.array([1, 2]), pa.array(["3", "4"]), ("int64", "string")),
        (pa.array([1, 2]), pa.array([3.0, 4.5]), ("int64", "float64")),
        (pa.array([1, 2], UTC), pa.array([3, 4], BERLIN), ("UTC", "Europe/Berlin")),
        (pa.array([True, False]), pa.array([1, 0]), ("bool", "int64")),
    ],
    ids=["text", "floats", "zones", "bools"],
)
def test_another_kind_is_refused(tmp_path, engine, one, other, types):
    for name, arrays, kinds in (("a", (one, other), types), ("b", (other, one), types[::-1])):
        folder = both(tmp_path / name, g=arrays)
        with pytest.raises(LosscliError) as raised:
            losscli.evaluate(str(folder), loss="mse", group="g", engine=engine)
        said = str(raised.value)
        assert f"{name}/0.parquet and " in said
        assert f"{name}/1.parquet: g is " in said
        assert said.index(kinds[0]) < said.index(kinds[1])
        assert "a column of one kind in all files" in said
        # A column that is not read may be anything.
        assert losscli.evaluate(str(folder), loss="mse", engine=engine).cost == 2.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1, 2], pa.int32()), pa.array([1, 3], pa.uint64())),
        (pa.array(["a", "b"]), pa.array(["b", "c"], pa.large_string())),
        (pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", "c"])),
    ],
)
def test_the_same_kind_in_another_width(tmp_path, one, other):
    report = losscli.evaluate(str(both(tmp_path / "p", g=(one, other))), loss="mse", group="g")
    assert [group.n for group in report.results[0].groups] == [1, 2, 1] if one[1] == other[0] else [2, 1, 1]
    assert report.notes == ()


@pytest.mark.parametrize("engine", ["local", "processes"])
@pytest.mark.parametrize("order", [1, -1])
def test_floats_are_widened_and_told(tmp_path, engine, order):
    wide = {"id": [1, 2], "prediction": [0.1, 0.2], "label": [0.0, 0.0]}
    narrow = {"id": [3, 4], "prediction": pa.array([0.1, 0.3], pa.float32()), "label": [0.0, 0.0]}
    folder = write(tmp_path / "p", *(wide, narrow)[::order])
    report = losscli.evaluate(str(folder), loss="mae", reduction="sum", engine=engine)
    numbers = [0.1, 0.2, *np.array([0.1, 0.3], np.float32).tolist()]
    assert report.cost == pytest.approx(sum(numbers), rel=0, abs=1e-16)
    places = (1, 0)[::order]
    told = f"prediction is float32 in {places[0]}.parquet, float64 in {places[1]}.parquet"
    assert report.notes == (f"{folder}: {told}; all are widened to float64",)


def test_arrays_have_kinds_too(tmp_path):
    for name, types in (("p", ("f8", "f4")), ("q", (">f8", "<i2")), ("g", ("i8", "U3"))):
        (tmp_path / name).mkdir()
        for number, type_ in enumerate(types):
            table = np.zeros(
                2, [("prediction", "f8" if name == "g" else type_), ("g", type_), ("label", "f8")]
            )
            np.save(tmp_path / name / f"{number}.npy", table)
    (note,) = losscli.evaluate(str(tmp_path / "p"), loss="mse").notes
    assert note.endswith("prediction is float32 in 1.npy, float64 in 0.npy; all are widened to float64")
    assert losscli.evaluate(str(tmp_path / "q"), loss="mse").notes == ()
    with pytest.raises(LosscliError, match="g is int64 in the first, string in the second"):
        losscli.evaluate(str(tmp_path / "g"), loss="mse", group="g")


def test_a_file_without_rows_has_no_kind(tmp_path):
    rows = {"prediction": [1.0], "label": [1.0], "g": ["a"]}
    none = {"prediction": pa.array([], pa.float32()), "label": [], "g": pa.array([], pa.int64())}
    report = losscli.evaluate(str(write(tmp_path / "p", none, rows, none)), loss="mse", group="g")
    assert (report.cost, report.notes) == (0.0, ())


def test_checks_that_share_files_are_told_what_they_read(tmp_path):
    both(tmp_path / "p", g=(pa.array([1, 2]), pa.array(["1", "2"])))
    narrow = {"prediction": pa.array([1.0, 2.0], pa.float32()), "label": [1.0, 4.0], "g": ["1", "2"]}
    pq.write_table(pa.table(narrow), tmp_path / "p" / "1.parquet")
    check = "[[check]]\nname = '{}'\npredictions = 'p'\nloss = 'mse'\n"
    config = check.format("one") + check.format("two") + "group = 'g'\n"
    (tmp_path / "losscli.toml").write_text(config)
    done = call("check", "--json", cwd=tmp_path)
    one, two = json.loads(done.stdout)["checks"]
    assert one["verdict"] == "pass"
    assert "note: check one: p: prediction is float32 in 1.parquet" in done.stderr
    assert "g is int64 in the first, string in the second" in json.dumps(two)


def json_lines(folder, *columns):
    """Write a file of JSON Lines for each of some ids or groups; return the folder."""
    folder.mkdir()
    for number, cells in enumerate(columns):
        rows = ({"g": cell, "prediction": 1.0, "label": 2.0} for cell in cells)
        (folder / f"{number}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.mark.parametrize("engine", ["local", "processes"])
@pytest.mark.parametrize(
    ("one", "other", "types"),
    [
        ([1, 2], ["3", "4"], ("number", "string")),
        ([None] * 5 + [1], ["3", "4"], ("number", "string")),
        ([True, False], [1, 0], ("bool", "number")),
    ],
)
def test_values_of_json_have_kinds(tmp_path, engine, one, other, types):
    for name, cells, kinds in (("a", (one, other), types), ("b", (other, one), types[::-1])):
        folder = json_lines(tmp_path / name, *cells)
        with pytest.raises(LosscliError) as raised:
            losscli.evaluate(str(folder), loss="mse", group="g", engine=engine, block_rows=2)
        assert str(raised.value) == (
            f"{folder}/0.jsonl and {folder}/1.jsonl: g is {kinds[0]} in the first, {kinds[1]} in the second; "
            "needed: a column of one kind in all files. Write it with one type."
        )
        assert losscli.evaluate(str(folder), loss="mse", engine=engine).cost == 1.0


@pytest.mark.parametrize("engine", ["local", "processes"])
def test_ids_of_json_have_kinds(tmp_path, engine):
    folder = json_lines(tmp_path / "p", [1, 2], ["3", "4"])
    with pytest.raises(LosscliError, match="g is number in the first, string in the second"):
        losscli.evaluate(str(folder), str(folder), loss="mse", id="g", engine=engine)


@pytest.mark.parametrize("engine", ["local", "processes"])
def test_values_of_json_that_are_missing_have_no_kind(tmp_path, engine):
    folder = json_lines(tmp_path / "p", [None, None], ["a", "b"], [None, "b"])
    report = losscli.evaluate(str(folder), loss="mse", group="g", engine=engine)
    assert [group.n for group in report.results[0].groups] == [3, 1, 2]


def test_states_have_kinds_too(tmp_path):
    json_lines(tmp_path / "j", [1, 2], ["3", "4"], [None, None])
    both(tmp_path / "p", g=(pa.array([1, 2]), pa.array([3, 4], pa.int16())))
    files = ["j/0.jsonl", "j/1.jsonl", "j/2.jsonl", "p/0.parquet", "p/1.parquet"]
    states = [str(tmp_path / f"{number}.state") for number in range(len(files))]
    for file, state in zip(files, states, strict=True):
        losscli.evaluate(str(tmp_path / file), loss="mse", group="g", state=state)
    with pytest.raises(LosscliError) as raised:
        losscli.merge(states[:3])
    assert str(raised.value) == (
        f"state {states[0]} and state {states[1]}: g is number in the first, string in the second; "
        "needed: a column of one kind in all inputs. Write it with one type."
    )
    with pytest.raises(LosscliError, match="g is string in the first, int in the second"):
        losscli.merge([states[1], states[3]])
    # What is missing is of no kind, and numbers of JSON may be the integers of another format.
    assert losscli.merge([states[0], *states[2:]]).results[0].n == 8
    assert losscli.merge(states[1:3]).results[0].n == 4


class Here:
    """A crew in this process, which says that it was asked, and refuses to be asked for nothing."""

    workers = 2

    def __init__(self):
        self.parts = 0

    def __call__(self, function, tasks):
        self.parts += len(tasks)
        return [function(pickle.loads(pickle.dumps(task))) for task in tasks]


TYPES = st.sampled_from([pa.float32(), pa.float64(), pa.int16(), pa.int64()])


@settings(deadline=None, max_examples=examples(15), suppress_health_check=list(HealthCheck))
@given(types=st.lists(st.tuples(TYPES, TYPES, TYPES), min_size=2, max_size=4))
def test_parts_tell_of_widths_as_one_run(tmp_path_factory, monkeypatch, types):
    folder = tmp_path_factory.mktemp("p")
    for number, columns in enumerate(types):
        cells = [pa.array([number, 2], type_) for type_ in columns]
        table = pa.table(dict(zip(("prediction", "label", "w"), cells, strict=True)))
        pq.write_table(table, folder / f"{number}.parquet")
    bound = (parse_spec("mse", registry.find),)
    request = Request(str(folder), loss=bound, weight="w")
    one = document(run.evaluate(request))
    # Nothing is read twice.
    with monkeypatch.context() as patched:
        patched.setattr(run, "evaluate", None)
        assert document(in_parts.evaluate(request, Here())) == one
    assert len(run.evaluate(request).notes) == sum(
        len({*kinds}) > 1 and pa.float32() in kinds for kinds in zip(*types, strict=True)
    )


def test_notes_that_come_before_are_left_to_one_run(tmp_path):
    folder, labels = tmp_path / "p", tmp_path / "l"
    folder.mkdir()
    labels.mkdir()
    for number, type_ in enumerate((pa.float16(), pa.float32(), pa.float64())):
        cells = pa.array(np.array([1.5, 2.5]), pa.float64()).cast(type_)
        pq.write_table(pa.table({"id": ["a", "b"], "prediction": cells}), folder / f"{number}.x")
        (labels / f"{number}.x").write_text("# made by hand\nid,label\na,1\nb,2\n")
    ids = {"align": "position"}
    one = losscli.evaluate(str(folder), str(labels), loss="mse", **ids)
    crew = losscli.evaluate(str(folder), str(labels), loss="mse", engine="processes", **ids)
    assert len(one.notes) > 1
    assert crew.notes == one.notes
