"""One file of Parquet, Arrow or NumPy is evaluated in parts as it is whole, wherever it is cut."""

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from analyses.evaluate.test_in_parts import Here, agree, request, same_error
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate import in_parts, run
from losscli.analyses.evaluate.document import document
from losscli.common.errors import LosscliError
from losscli.inputs import partitions
from losscli.inputs.reading import Reading

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

N = 90


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let files of a few bytes be cut."""
    monkeypatch.setattr(partitions, "LEAST_BYTES", 1)


def pair(seed, *, ids=True, rows=N):
    """Return predictions and labels with a column of each kind."""
    rng = random.Random(seed)
    predictions = {
        "prediction": pa.array([rng.gauss(0, 3) for _ in range(rows)]),
        "probs": pa.array([[rng.random(), rng.random()] for _ in range(rows)], pa.list_(pa.float32())),
    }
    labels = {
        "label": pa.array([rng.choice([0.5, 1.0, -2.0]) for _ in range(rows)]).dictionary_encode(),
        "site": pa.array([rng.choice(["a", "b", "", "long name"]) for _ in range(rows)]).dictionary_encode(),
        "w": pa.array([rng.choice([1, 2, 3]) for _ in range(rows)], pa.int8()),
    }
    if ids:
        predictions["id"] = labels["id"] = pa.array([f"x{number}" for number in range(rows)])
    return pa.table(predictions), pa.table(labels)


def settled(asked, crew, parts=None):
    """Hold a run in parts against a whole one, with nothing left to a run over everything."""
    whole = run.evaluate(asked)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(in_parts.run, "evaluate", None)
        found = in_parts.evaluate(asked, crew)
    assert document(found) == document(whole)
    assert found == whole
    assert parts in (None, crew.parts)


def cut(table, edges):
    """Return a table as pieces of uneven sizes, none of them left out for being empty."""
    return [table.slice(start, stop - start) for start, stop in pairwise((0, *sorted(edges), table.num_rows))]


def in_groups(table, path, edges):
    with pq.ParquetWriter(path, table.schema) as writer:
        for piece in cut(table, edges):
            writer.write_table(piece, row_group_size=max(1, piece.num_rows))


def in_batches(table, path, edges, **options):
    # All batches of a file have one dictionary.
    (whole,) = table.combine_chunks().to_batches()
    with pa.ipc.new_file(path, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in cut(whole, edges):
            writer.write_batch(batch)


def as_text(table, path, _edges):
    table.drop_columns([name for name in ("probs",) if name in table.column_names]).to_pandas().to_csv(
        path, index=False
    )


WRITERS = {"parquet": in_groups, "arrow": in_batches, "csv": as_text}
edges = st.lists(st.integers(0, N), max_size=6)


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    kinds=st.tuples(st.sampled_from(["parquet", "arrow", "csv"]), st.sampled_from(["parquet", "arrow"])),
    left=edges,
    right=edges,
    ids=st.booleans(),
    asked=st.fixed_dictionaries({"weight": st.sampled_from([None, "w"])}),
    grouped=st.booleans(),
    workers=st.integers(2, 9),
    block_rows=st.sampled_from([1, 7, 262_144]),
    hashed=st.booleans(),
    order=st.integers(0, 9),
)
def test_rows_of_one_file_are_the_whole(
    tmp_path_factory, seed, kinds, left, right, ids, asked, grouped, workers, block_rows, hashed, order
):
    place = tmp_path_factory.mktemp("parts")
    predictions, labels = pair(seed, ids=ids)
    paths = [place / f"{role}.{kind}" for role, kind in zip("pl", kinds, strict=True)]
    WRITERS[kinds[0]](predictions, paths[0], left)
    WRITERS[kinds[1]](labels, paths[1], right)
    wanted = request(
        *paths,
        prediction=("prediction",),
        label=("label",),
        group=("site",) if grouped else (),
        top=7,
        block_rows=block_rows,
        fingerprints=hashed,
        **asked,
    )
    settled(wanted, Here(workers, shuffled=order), parts=workers)


@settings(deadline=None, max_examples=examples(30), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    shape=st.sampled_from(["column", "matrix", "records", "fortran"]),
    workers=st.integers(2, 9),
    block_rows=st.sampled_from([1, 7, 262_144]),
)
def test_rows_of_an_array_are_the_whole(tmp_path_factory, seed, shape, workers, block_rows):
    place = tmp_path_factory.mktemp("parts")
    rng = np.random.default_rng(seed)
    values, labels = rng.normal(size=(N, 3)), rng.integers(0, 3, size=N)
    losses = ("cross_entropy",) if shape in ("matrix", "fortran") else ("mse", "rmse")
    if losses[0] == "cross_entropy":
        values = np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
        values = np.asfortranarray(values) if shape == "fortran" else values
    elif shape == "column":
        values = values[:, 0].astype(">f4")
    else:
        values = np.array([*zip(range(N), values[:, 0], strict=True)], [("id", "i8"), ("prediction", "f8")])
        labels = np.array([*zip(range(N), labels, strict=True)], [("id", "i4"), ("label", "i2")])
    np.save(place / "p.npy", values)
    np.save(place / "l.npy", labels)
    asked = request(place / "p.npy", place / "l.npy", losses, block_rows=block_rows, fingerprints=True)
    settled(asked, Here(workers, shuffled=seed), parts=workers)


def test_lists_are_the_columns_that_the_first_list_of_the_file_makes(tmp_path):
    rng = random.Random(1)
    lists = [None] * 40 + [[0.25, 0.75], [0.5, 0.5]] * 25
    table = pa.table(
        {"probs": pa.array(lists, pa.list_(pa.float64())), "label": [rng.randint(0, 1) for _ in lists]}
    )
    in_groups(table, tmp_path / "b.parquet", [1, 3, 70])
    in_batches(table, tmp_path / "b.arrow", [1, 3, 70], compression="zstd")
    for name in ("b.parquet", "b.arrow"):
        asked = request(tmp_path / name, None, ("cross_entropy",), bad_rows="drop", label=("label",))
        # A part of bad rows alone has no sample, which nobody but a run over everything may say.
        agree(asked, Here(2), parts=2)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_nulls_are_bad_rows_of_the_file(tmp_path, kind):
    predictions, labels = pair(3)
    values = predictions["prediction"].to_pylist()
    values[70], values[33] = None, float("nan")
    predictions = predictions.set_column(0, "prediction", pa.array(values))
    paths = tmp_path / f"p.{kind}", tmp_path / f"l.{kind}"
    WRITERS[kind](predictions, paths[0], [10, 11, 50])
    WRITERS[kind](labels, paths[1], [44])
    asked = request(*paths, prediction=("prediction",), label=("label",))
    said = same_error(asked, Here(4))
    assert "row 34" in said
    settled(replace(asked, bad_rows="drop"), Here(4), parts=4)


def test_rows_of_a_table_with_structs_and_extensions(tmp_path):
    rng = random.Random(2)
    inner = pa.StructArray.from_arrays(
        [pa.array([rng.random() for _ in range(N)]), pa.array(range(N))],
        ["score", "rest"],
        mask=pa.array([number % 9 == 5 for number in range(N)]),
    )
    times = pa.array(range(N), pa.timestamp("us", "UTC"))
    table = pa.table({"prediction": inner, "t": times, "label": pa.array([1.0] * N, pa.float16())})
    for kind in ("parquet", "arrow"):
        path = tmp_path / f"b.{kind}"
        WRITERS[kind](table, path, [0, 13, 13, 14, 60])
        asked = request(path, None, prediction=("prediction.score",), id="t", bad_rows="drop", align="id")
        settled(asked, Here(5), parts=5)


def test_ids_in_another_order_are_left_to_one_run(tmp_path):
    predictions, labels = pair(4)
    in_groups(predictions, tmp_path / "p.parquet", [30])
    order = [*range(N)]
    random.Random(1).shuffle(order)
    in_batches(labels.take(order).unify_dictionaries(), tmp_path / "l.arrow", [20])
    asked = request(
        tmp_path / "p.parquet", tmp_path / "l.arrow", prediction=("prediction",), label=("label",)
    )
    agree(asked, Here(3), parts=3)


def test_an_id_twice_is_told_as_by_one_run(tmp_path):
    predictions, labels = pair(4)
    ids = pa.array([f"x{number % 80}" for number in range(N)])
    for name, table in (("p", predictions), ("l", labels)):
        twice = table.set_column(table.column_names.index("id"), "id", ids)
        in_groups(twice, tmp_path / f"{name}.parquet", [45])
    asked = request(
        tmp_path / "p.parquet", tmp_path / "l.parquet", prediction=("prediction",), label=("label",)
    )
    assert "more than once" in same_error(asked, Here(2))


@pytest.mark.parametrize("short", ["p", "l"])
def test_files_of_other_lengths_are_told_as_by_one_run(tmp_path, short):
    predictions, labels = pair(5, ids=False)
    for name, table in (("p", predictions), ("l", labels)):
        in_groups(table.slice(0, N - 1) if name == short else table, tmp_path / f"{name}.parquet", [7])
    asked = request(
        tmp_path / "p.parquet", tmp_path / "l.parquet", prediction=("prediction",), label=("label",)
    )
    assert "rows" in same_error(asked, Here(4))


def test_predictions_that_are_their_own_labels_are_told(tmp_path):
    predictions, _ = pair(6)
    as_text(predictions, tmp_path / "p.csv", [])
    in_groups(predictions, tmp_path / "p.parquet", [5])
    for path in (tmp_path / "p.csv", tmp_path / "p.parquet"):
        asked = request(path, path, prediction=("prediction",), label=("prediction",))
        settled(asked, Here(3), parts=3)
        assert any("same column" in note for note in in_parts.evaluate(asked, Here(3)).notes)


def test_a_page_that_is_damaged_is_told_as_by_one_run(tmp_path):
    predictions, labels = pair(7, rows=4000)
    path = tmp_path / "p.parquet"
    pq.write_table(predictions, path, row_group_size=1000, write_page_checksum=True, compression="none")
    in_groups(labels, tmp_path / "l.parquet", [])
    start = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[start + 500] ^= 1
    path.write_bytes(data)
    asked = request(path, tmp_path / "l.parquet", prediction=("prediction",), label=("label",))
    for workers in (2, 3, 4, 7):
        same_error(asked, Here(workers))


def test_batches_are_not_taken_at_their_word(tmp_path):
    """A batch that says another count than its rows moves no row of another one."""
    table, labels = pair(8)
    in_batches(table, tmp_path / "p.arrow", [30, 60])
    in_batches(labels, tmp_path / "l.arrow", [30, 60])
    asked = request(tmp_path / "p.arrow", tmp_path / "l.arrow", prediction=("prediction",), label=("label",))
    from losscli.inputs.formats.arrow import ArrowSource

    with Reading(asked) as reading:
        assert reading.left._counts() == [30, 30, 30]
        (stretch, _) = reading_cuts(reading)[0].stretches([40])
    source = stretch.open(asked.prediction_format)
    source._counts = lambda: [29, 31, 30]
    assert isinstance(source, ArrowSource)
    with pytest.raises(LosscliError, match="a batch has 30 rows, and says 29"):
        [*source.chunks(reading.id_wants, 10)]
    source.close()


def reading_cuts(reading):
    return [partitions._cutter(source)(source) for source in (reading.left, reading.right)]


def test_row_groups_with_fewer_rows_than_they_say_are_an_error(tmp_path):
    predictions, _ = pair(9)
    path = tmp_path / "p.parquet"
    in_groups(predictions, path, [30, 60])
    asked = request(path, path, prediction=("prediction",), label=("prediction",))
    with Reading(asked) as reading:
        wants = reading.wants[0][1]
        cuts = reading_cuts(reading)[0]
    assert cuts.rows == N
    for marks, number in (([40], 1), ([30], 1), ([20], 1), ([50], 0)):
        source = cuts.stretches(marks)[number].open(asked.prediction_format)
        source._counts = lambda: [35, 25, 30]
        with pytest.raises(LosscliError, match=r"\d+ rows were read of \d+"):
            [*source.chunks(wants, 10)]
        source.close()


@pytest.mark.parametrize("seed", range(5))
def test_any_rows_are_those_of_the_file(tmp_path, seed):
    rng = random.Random(seed)
    predictions, _ = pair(seed)
    sizes = [rng.randint(0, N) for _ in range(5)]
    in_groups(predictions, tmp_path / "p.parquet", sizes)
    in_batches(predictions, tmp_path / "p.arrow", sizes)
    np.save(tmp_path / "p.npy", predictions["prediction"].to_numpy())
    as_text(predictions, tmp_path / "p.csv", [])
    for name in ("p.parquet", "p.arrow", "p.npy", "p.csv"):
        column = ("0",) if name == "p.npy" else ("prediction",)
        with Reading(request(tmp_path / name, tmp_path / name, prediction=column, label=column)) as reading:
            wants = reading.wants[0][1]
            cuts = partitions._cutter(reading.left)(reading.left)
        marks = sorted(rng.sample(range(1, N), 4))
        rows, values = [], []
        for stretch in cuts.stretches(marks):
            source = stretch.open(reading.request.prediction_format)
            again = source.again()
            one = [*source.chunks(wants, 11)]
            assert [[*chunk.row] for chunk in again.chunks(wants, 11)] == [[*chunk.row] for chunk in one]
            assert source.rows == sum(map(len, one))
            rows += [int(row) for chunk in one for row in chunk.row]
            values += [float(value) for chunk in one for value in chunk.columns["prediction"]]
            source.close()
            again.close()
        assert rows == [*range(1, N + 1)]
        assert values == predictions["prediction"].to_pylist()


@pytest.mark.parametrize("kind", ["json", "npz", "stream", "compressed"])
def test_what_is_read_from_its_beginning_is_not_cut(tmp_path, kind):
    rng = np.random.default_rng(0)
    values = rng.normal(size=N)
    table = pa.table({"prediction": values, "label": values + 1})
    path = (
        tmp_path / {"json": "b.jsonl", "npz": "b.npz", "stream": "b.arrows", "compressed": "b.csv.gz"}[kind]
    )
    if kind == "npz":
        np.savez(path, np.array([*zip(values, values, strict=True)], [("prediction", "f8"), ("label", "f8")]))
    elif kind == "stream":
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)
    elif kind == "json":
        table.to_pandas().to_json(path, orient="records", lines=True)
    else:
        table.to_pandas().to_csv(path, index=False)
    crew = Here(3)
    agree(request(path), crew)
    assert crew.parts == 0


def test_a_worker_without_the_file_of_a_stretch_is_an_error(tmp_path, monkeypatch):
    predictions, labels = pair(1)
    in_groups(predictions, tmp_path / "p.parquet", [])
    in_groups(labels, tmp_path / "l.parquet", [])
    asked = request(
        tmp_path / "p.parquet", tmp_path / "l.parquet", prediction=("prediction",), label=("label",)
    )

    class Elsewhere(Here):
        def __call__(self, function, tasks):
            path = tmp_path / "l.parquet"
            path.rename(tmp_path / "gone")
            try:
                return [function(task) for task in tasks]
            finally:
                (tmp_path / "gone").rename(path)

    with pytest.raises(LosscliError, match="there is no such file for it"):
        in_parts.evaluate(asked, Elsewhere())


def test_large_files_are_begun_first(tmp_path):
    predictions, labels = pair(1)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for number, (start, stop) in enumerate(pairwise((0, 5, 60, 70, N))):
            in_groups(table.slice(start, stop - start), tmp_path / name / f"{number}.parquet", [])
    begun = []

    class Watching(Here):
        def __call__(self, function, tasks):
            begun.extend(task.number for task in tasks)
            return super().__call__(function, tasks)

    asked = request(tmp_path / "p", tmp_path / "l", prediction=("prediction",), label=("label",))
    settled(asked, Watching(1), parts=4)
    assert begun == [1, 3, 2, 0]


@settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    kind=st.sampled_from(["parquet", "arrow", "csv"]),
    files=st.lists(st.integers(0, N), min_size=1, max_size=4),
    groups=edges,
    ids=st.booleans(),
    one_input=st.booleans(),
    workers=st.integers(2, 9),
    hashed=st.booleans(),
)
def test_large_files_of_a_folder_are_cut_once_more(
    tmp_path_factory, seed, kind, files, groups, ids, one_input, workers, hashed
):
    place = tmp_path_factory.mktemp("parts")
    predictions, labels = pair(seed, ids=ids)
    if one_input:
        predictions = predictions.append_column("label", labels["label"])
    for name, table in (("p", predictions), ("l", labels)):
        (place / name).mkdir()
        for number, piece in enumerate(cut(table, files)):
            within = [min(edge, piece.num_rows) for edge in groups]
            if piece.num_rows:
                WRITERS[kind](piece, place / name / f"{number}.{kind}", within)
    count = len([*(place / "p").iterdir()])
    asked = request(
        place / "p",
        None if one_input else place / "l",
        prediction=("prediction",),
        label=("label",),
        fingerprints=hashed,
        top=9,
    )
    crew = Here(workers)
    settled(asked, crew)
    assert crew.parts >= max(count, min(workers, 3))


def test_a_file_that_is_changed_before_it_is_cut_is_told_by_who_reads_it(tmp_path):
    predictions, labels = pair(1, ids=False)
    as_text(predictions, tmp_path / "p.csv", [])
    as_text(labels, tmp_path / "l.csv", [])
    asked = request(tmp_path / "p.csv", tmp_path / "l.csv", prediction=("prediction",), label=("label",))
    with Reading(asked) as reading:
        (tmp_path / "l.csv").unlink()
        assert partitions.parts_of(reading, 3) == ()


def test_a_file_of_a_folder_that_changes_between_its_parts_is_read_anew(tmp_path):
    predictions, labels = pair(1, ids=False)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for number, (start, stop) in enumerate(pairwise((0, 8, N))):
            as_text(table.slice(start, stop - start), tmp_path / name / f"{number}.csv", [])
    path = tmp_path / "p" / "1.csv"
    seen = []

    class Meddling(Here):
        def __call__(self, function, tasks):
            found = [function(tasks[0])]
            seen.append(tasks[0].part.file)
            path.write_bytes(path.read_bytes().replace(b"1", b"2"))
            return found + [function(task) for task in tasks[1:]]

    asked = request(tmp_path / "p", tmp_path / "l", prediction=("prediction",), label=("label",))
    found = in_parts.evaluate(asked, Meddling(5))
    assert document(found) == document(run.evaluate(asked))
    assert seen == ["1.csv"]


@pytest.mark.parametrize("kind", ["parquet", "arrow", "npy"])
def test_the_program_cuts_a_large_file(tmp_path, kind):
    rng = np.random.default_rng(0)
    for name, column in (("p", "prediction"), ("l", "label")):
        values = rng.normal(size=1_200_000)
        path = tmp_path / f"{name}.{kind}"
        if kind == "npy":
            np.save(path, values)
        elif kind == "parquet":
            pq.write_table(pa.table({column: values}), path, row_group_size=500_000 if name == "p" else 7777)
        else:
            with pa.ipc.new_file(path, pa.schema({column: pa.float64()})) as writer:
                writer.write_table(pa.table({column: values}), 500_000 if name == "p" else 7777)
    names = f"p.{kind}", f"l.{kind}"
    asked = ("evaluate", *names, "--loss", "mse", "--json")
    here = call(*asked, cwd=tmp_path)
    there = process(*asked, "--engine", "processes", "--workers", "2", cwd=tmp_path)
    assert (there.returncode, there.stderr, there.stdout) == (here.returncode, here.stderr, here.stdout)
    wanted = request(*(Path(tmp_path, name) for name in names))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(partitions, "LEAST_BYTES", 1 << 23)
        with Reading(wanted) as reading:
            assert len(partitions.parts_of(reading, 2)) == 2
