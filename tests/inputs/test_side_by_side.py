"""Several models beside one input of labels: each costs what it costs alone, in any order and any blocks."""

from dataclasses import replace

import numpy as np
import pandas as pd
from helpers.examples import examples
from helpers.requests_of import request, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.summary import summarise
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.block import COUNTS
from losscli.inputs.opening import open_source
from losscli.inputs.reading import Reading
from losscli.inputs.side_by_side import SideBySide

SIZES = (1, 2, 3, 262_144)
QUIET = settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))
NAMES = "ABCD"


def write(path, columns):
    """Write a table of columns by their names, in the format that the name of the file says."""
    frame = pd.DataFrame(columns)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


def results(plan, blocks, provenance):
    return repr(summarise(plan, local.run(Losses(plan), blocks), provenance).results)


def alone(one):
    """Return the figures of one request, as text that compares to the last bit."""
    with Reading(one) as reading:
        plan, blocks = plan_of(reading), [*reading.blocks(None)]
        return results(plan, blocks, reading.provenance())


def together(requests, **options):
    """Return the figures of each model, and the blocks."""
    with SideBySide(requests, NAMES[: len(requests)], **options) as side:
        tuples = [*side.blocks(None)]
        for blocks in tuples:
            verify_alike(blocks)
        provenance = side.provenance()
        found = [
            results(plan_of(reading), [blocks[place] for blocks in tuples], provenance[place])
            for place, reading in enumerate(side.readings)
        ]
        return found, tuples, side.unmatched, provenance


def verify_alike(blocks):
    """Hold against each other what is the same in the blocks of all models."""
    first = blocks[0]
    for block in blocks:
        assert len(block) == len(first)
        for name in ("id", "weight", "group", "cluster", "left_out", "label_row"):
            ours, theirs = getattr(first, name), getattr(block, name)
            assert (ours is None) == (theirs is None)
            assert ours is None or (ours == theirs).all()


def as_pipe(*args, **options):
    """Open an input that cannot be read again."""
    source = open_source(*args, **options)
    source.__class__ = type("Pipe", (type(source),), {"repeatable": property(lambda _: False)})
    return source


def samples(tuples):
    """Return what each row of the first model holds: row, id, and the rows and predictions of all."""
    return [
        (
            tuple(int(block.row[place]) for block in blocks),
            None if blocks[0].id is None else blocks[0].id[place],
            COUNTS if blocks[0].left_out is None else int(blocks[0].left_out[place]),
        )
        for blocks in tuples
        for place in range(len(blocks[0]))
    ]


def outcome(requests, **options):
    try:
        return together(requests, **options)[0]
    except LosscliError as error:
        return told(error)


numbers = st.floats(-1e3, 1e3).map(lambda number: round(number, 3))


@st.composite
def tables(draw):
    """Draw the columns of two or three models and of labels: rows, ids, weights, groups, and orders."""
    count, rows = draw(st.integers(1, 3)), draw(st.integers(1, 9))
    ids = draw(
        st.sampled_from(
            [
                [f"s{place}" for place in range(rows)],
                [*range(7, 7 + rows)],
                [f"{'x' * place}{place}" for place in range(rows)],
                [f"-{place}" if place else "0" for place in range(rows)],
            ]
        )
    )
    beside = {
        "w": draw(st.lists(st.sampled_from([0.0, 1.0, 0.5, 3.0]), min_size=rows, max_size=rows)),
        "g": draw(st.lists(st.sampled_from("xyz"), min_size=rows, max_size=rows)),
        "c": draw(st.lists(st.sampled_from("uv"), min_size=rows, max_size=rows)),
    }
    beside["w"][0] = 1.0
    by_id = draw(st.booleans())
    models = [draw(st.lists(numbers, min_size=rows, max_size=rows)) for _ in range(count)]
    labels = draw(st.lists(numbers, min_size=rows, max_size=rows))
    files = []
    for values, name in [*((one, "prediction") for one in models), (labels, "label")]:
        order = draw(st.permutations(range(rows)) | st.just([*range(rows)])) if by_id else [*range(rows)]
        columns = {"id": ids} if by_id else {}
        columns = {**columns, name: values}
        files.append((columns, order))
    holders = {name: draw(st.sampled_from(("labels", "models", "all"))) for name in beside}
    for place, (columns, _) in enumerate(files):
        is_labels = place == count
        for name, holder in holders.items():
            if holder == "all" or (holder == "labels") == is_labels:
                columns[name] = beside[name]
    return [{name: [cells[row] for row in order] for name, cells in one.items()} for one, order in files]


@QUIET
@given(tables(), st.data())
def test_each_model_costs_what_it_costs_alone(tmp_path_factory, files, data):
    folder = tmp_path_factory.getbasetemp()
    suffixes = [data.draw(st.sampled_from((".csv", ".parquet"))) for _ in files]
    paths = [
        write(folder / f"f{place}{suffix}", one)
        for place, (one, suffix) in enumerate(zip(files, suffixes, strict=True))
    ]
    options = {
        name: value
        for name, value in (("weight", "w"), ("group", ("g",)), ("cluster", "c"))
        if data.draw(st.booleans())
    }
    options["group"] = options.get("group", ())
    asked = [request(path, paths[-1], "mse", "mae", **options) for path in paths[:-1]]
    wanted = [alone(one) for one in asked]
    for rows in (data.draw(st.sampled_from(SIZES)), 262_144):
        found, tuples, unmatched, provenance = together([replace(one, block_rows=rows) for one in asked])
        assert found == wanted
        assert unmatched is None
        assert max(map(len, (blocks[0] for blocks in tuples))) <= rows
        row = np.concatenate([blocks[0].row for blocks in tuples])
        assert row.tolist() == [*range(1, len(row) + 1)]
        for place, known in enumerate(provenance):
            assert (known.predictions.rows, known.labels.rows) == (len(row), len(row))
            assert known.alignment == ("id" if "id" in files[0] else "position")
            if "id" in files[0]:
                told_ids = [str(one) for one in files[place]["id"]]
                given_ids = [
                    one.decode() if isinstance(one, bytes) else str(one)
                    for blocks in tuples
                    for one in blocks[0].id.tolist()
                ]
                rows_of = [int(one) for blocks in tuples for one in blocks[place].row]
                assert [told_ids[one - 1] for one in rows_of] == given_ids


@st.composite
def of_classes(draw):
    """Draw models of columns of classes in orders of their own, or of class names, and labels."""
    names = draw(st.sampled_from([("cat", "dog", "eel"), ("1", "2"), ("10", "9", "2", "7")]))
    rows = draw(st.integers(1, 6))
    ids = [f"s{place}" for place in range(rows)]
    tables = []
    hard = draw(st.booleans())
    for _ in range(draw(st.integers(2, 3))):
        order = draw(st.permutations(range(rows)))
        columns = {"id": [ids[row] for row in order]}
        if hard and draw(st.booleans()):
            columns["prediction"] = [draw(st.sampled_from(names)) for _ in order]
        else:
            cells = [
                draw(st.lists(st.integers(1, 999), min_size=len(names), max_size=len(names))) for _ in order
            ]
            for place in draw(st.permutations(range(len(names)))):
                columns[f"prob_{names[place]}"] = [row[place] / sum(row) for row in cells]
        tables.append(columns)
    order = draw(st.permutations(range(rows)))
    labels = {"id": [ids[row] for row in order], "label": [draw(st.sampled_from(names)) for _ in order]}
    return tables, labels, hard


@QUIET
@given(of_classes(), st.sampled_from(SIZES))
def test_classes_in_any_order_cost_what_they_cost_alone(tmp_path_factory, drawn, rows):
    folder = tmp_path_factory.getbasetemp()
    tables, labels, hard = drawn
    path = write(folder / "k.csv", labels)
    paths = [write(folder / f"k{place}.csv", one) for place, one in enumerate(tables)]
    specs = ("zero_one",) if hard else ("cross_entropy", "multiclass_brier", "zero_one", "multiclass_hinge")
    asked = [request(one, path, *specs, block_rows=rows) for one in paths]
    wanted = []
    for one in asked:
        try:
            wanted.append(alone(one))
        except LosscliError as error:
            wanted.append(told(error))
    found = outcome(asked)
    refused = [one for one in wanted if isinstance(one, tuple)]
    assert found == wanted if not refused else found in refused
    if not hard:
        for blocks in together(asked)[1]:
            named = [[block.classes[place] for place in block.label] for block in blocks]
            assert all(one == named[0] for one in named)


IDS = [*"abcdefgh", "10", "9", "abcdefghi", "a b", "é"]


@QUIET
@given(
    st.lists(st.lists(st.sampled_from(IDS), min_size=1, max_size=7, unique=True), min_size=3, max_size=4),
    st.booleans(),
    st.booleans(),
    st.sampled_from(SIZES),
)
def test_ids_that_not_all_have_are_left_out_and_counted(tmp_path_factory, sides, ordered, pipes, rows):
    folder = tmp_path_factory.getbasetemp()
    sides = [sorted(side) if ordered else side for side in sides]
    paths = []
    for place, ids in enumerate(sides):
        name = "label" if place == len(sides) - 1 else "prediction"
        paths.append(write(folder / f"u{place}.csv", {"id": ids, name: [*range(len(ids))]}))
    common = [one for one in sides[0] if all(one in side for side in sides)]
    asked = [
        request(path, paths[-1], "mae", unmatched="drop", block_rows=rows, top=None) for path in paths[:-1]
    ]

    if not common:
        assert "in common" in outcome(asked)[2]
        return
    _, tuples, unmatched, provenance = together(asked, opener=as_pipe if pipes else open_source)
    found = samples(tuples)
    assert [one[0] for one in found] == [tuple(side.index(id_) + 1 for side in sides[:-1]) for id_ in common]
    left = [len(side) - len(common) for side in sides]
    assert unmatched == {**dict(zip(NAMES, left[:-1], strict=False)), "labels": left[-1]}
    for known, ours in zip(provenance, left, strict=False):
        assert known.unmatched == {"predictions": ours, "labels": left[-1]}
    refused = outcome([replace(one, unmatched="error") for one in asked])
    if any(left):
        assert "only in" in refused[2]
        assert outcome([replace(one, unmatched="error", block_rows=2) for one in asked]) == refused
    else:
        assert isinstance(refused, list)


@QUIET
@given(
    st.lists(st.lists(st.sampled_from(IDS[:5]), min_size=1, max_size=6), min_size=3, max_size=3),
    st.booleans(),
    st.sampled_from(["error", "drop"]),
)
def test_ids_that_come_again_are_refused_for_every_size_of_blocks(tmp_path_factory, sides, pipes, unmatched):
    folder = tmp_path_factory.getbasetemp()
    paths = []
    for place, ids in enumerate(sides):
        name = "label" if place == 2 else "prediction"
        paths.append(write(folder / f"r{place}.csv", {"id": ids, name: [*range(len(ids))]}))
    asked = [request(path, paths[-1], "mae", unmatched=unmatched) for path in paths[:-1]]
    opener = as_pipe if pipes else open_source
    found = [outcome([replace(one, block_rows=rows) for one in asked], opener=opener) for rows in SIZES]
    assert all(one == found[0] for one in found)
    repeated = any(len(set(side)) < len(side) for side in sides)
    if repeated:
        assert isinstance(found[0], tuple)
    if unmatched == "drop":
        words = found[0][2] if isinstance(found[0], tuple) else ""
        assert repeated == ("more than once" in words) or "in common" in words


@st.composite
def polluted(draw):
    """Draw models and labels by position or id, some of whose cells are wrong in one way or another."""
    rows, by_id = draw(st.integers(1, 6)), draw(st.booleans())
    odd = st.sampled_from(["1", "2.5", "3", "4", "", "x", "nan", "1e999"])
    files = []
    for name in ("prediction", "prediction", "prediction", "label"):
        length = draw(st.sampled_from([rows, rows, rows, rows, rows + 1]))
        cells = draw(st.lists(st.just("1") | odd, min_size=length, max_size=length))
        columns = {"id": [str(place) for place in range(length)]} if by_id else {}
        if by_id and draw(st.integers(0, 5)) == 0:
            columns["id"][draw(st.integers(0, length - 1))] = draw(st.sampled_from(["", "0", "77"]))
        columns[name] = cells
        columns["c"] = draw(
            st.lists(st.sampled_from("uuuuuuuv") | st.just(""), min_size=length, max_size=length)
        )
        if draw(st.booleans()):
            columns["c"] = ["u"] * length
        files.append(columns)
    return files


@QUIET
@given(polluted(), st.booleans(), st.sampled_from(["error", "drop"]), st.sampled_from(["error", "drop"]))
def test_the_size_of_blocks_changes_no_error(tmp_path_factory, files, clusters, bad_rows, unmatched):
    folder = tmp_path_factory.getbasetemp()
    paths = [write(folder / f"p{place}.csv", one) for place, one in enumerate(files)]
    options = {"cluster": "c"} if clusters else {}
    if "id" in files[0]:
        options["unmatched"] = unmatched
    asked = [request(path, paths[-1], "mse", bad_rows=bad_rows, **options) for path in paths[:-1]]
    found = {repr(outcome([replace(one, block_rows=rows) for one in asked])) for rows in SIZES}
    assert len(found) == 1


@QUIET
@given(
    polluted().filter(
        lambda files: len({len(one["prediction"]) for one in files[:-1]} | {len(files[-1]["label"])}) == 1
    )
)
def test_a_row_that_is_bad_in_one_model_is_left_out_in_all(tmp_path_factory, files):
    folder = tmp_path_factory.getbasetemp()
    paths = []
    for place, one in enumerate(files):
        columns = {name: cells for name, cells in one.items() if name in ("prediction", "label")}
        paths.append(write(folder / f"d{place}.csv", columns))
    bad = [
        any(one.get("prediction", one.get("label"))[row] in ("", "x", "nan", "1e999") for one in files)
        for row in range(len(files[-1]["label"]))
    ]
    asked = [request(path, paths[-1], "mse", bad_rows="drop") for path in paths[:-1]]
    for rows in SIZES:
        _, tuples, _, _ = together([replace(one, block_rows=rows) for one in asked])
        assert [one[2] for one in samples(tuples)] == [int(one) for one in bad]
    if any(bad):
        error = outcome(asked)
        refused = outcome([replace(one, bad_rows="error") for one in asked])
        row = bad.index(True)
        first = next(
            place
            for place, one in enumerate(files[-1:] + files[:-1])
            if one.get("prediction", one.get("label"))[row] in ("", "x", "nan", "1e999")
        )
        name = paths[([len(files) - 1, *range(len(files) - 1)])[first]].name
        assert f"{name} row {row + 1} " in f"{refused[1]} "
        assert isinstance(error, (list, tuple))
