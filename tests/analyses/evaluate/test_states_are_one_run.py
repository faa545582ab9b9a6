"""Merging states of shards is one run over all of them, to the last bit, in any order and by any tree."""

from __future__ import annotations

import random
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from helpers.calls import SAMPLES
from helpers.examples import examples
from helpers.requests_of import request
from helpers.states import comparable, evaluated, merged_report, write_merged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.document import document
from losscli.analyses.evaluate.run import evaluate
from losscli.common.errors import LosscliError
from losscli.compute.statistics import distribution

some = settings(max_examples=examples(12), suppress_health_check=list(HealthCheck))


def assert_one_run(folder, table, labels, specs, cuts, chance, **options):
    """Hold the states of a table (and of a table of labels), cut at rows, against one run over it.

    Tables are lists of lines, the first of which is the header.
    """
    folder = Path(folder)
    rows = len(table) - 1
    ends = sorted({min(max(1, cut), rows) for cut in cuts} | {rows})
    whole = _written(folder / "whole.csv", table), _written(folder / "whole-labels.csv", labels)
    report = evaluate(request(*whole, *specs, **options))
    starts, states, names, start = {}, [], list(range(len(ends))), 0
    for name, end in zip(names, ends, strict=True):
        parts = [None if lines is None else [lines[0], *lines[1:][start:end]] for lines in (table, labels)]
        paths = [
            _written(folder / f"{prefix}-{name:02}.csv", part)
            for prefix, part in zip("pl", parts, strict=True)
        ]
        starts[str(paths[0])], start = start, end
        states.append(folder / f"{name}.state")
        evaluated(request(*paths, *specs, block_rows=chance.choice([1, 3, 1000]), **options), states[-1])
    wanted = comparable(report)
    found = merged_report(states)
    assert comparable(found, starts) == wanted
    tree = write_merged(states, folder, chance)
    # A group of weight 0 has a cost that is NaN, which is not itself.
    assert repr(merged_report([tree])) == repr(found)
    if len(states) > 1:
        again = write_merged(states, folder, chance)
        assert Path(again).read_bytes() == Path(tree).read_bytes()
        assert found.predictions.rows == report.predictions.rows
        assert [shard.path for shard in found.predictions.shards] == sorted(starts)


def _written(path, lines):
    if lines is None:
        return None
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lines_of(name):
    return (SAMPLES / name).read_text(encoding="utf-8").splitlines()


def split(name, labels, specs, cuts, **options):
    return pytest.param(name, labels, specs, cuts, options, id=f"{name}-{specs[0]}-{'-'.join(options)}")


@pytest.mark.parametrize(
    ("name", "labels", "specs", "cuts", "options"),
    [
        split("diabetes.csv", None, ["mse", "mae", "rmse", "huber:delta=50"], [100, 101, 300]),
        split("diabetes.csv", None, ["mse", "rmse"], [7, 400], group="sex", top=3),
        split("diabetes.csv", None, ["mae"], [200], top=None, show=("sex",)),
        split("diabetes.csv", None, ["mse"], [200], reduction="sum", weight="label"),
        split("diabetes_linear.csv", "diabetes_labels.csv", ["mse", "log_cosh"], [50, 100], group="sex"),
        split("cancer_logistic.csv", "cancer_labels.csv", ["bce", "brier", "binary_focal"], [99, 300]),
        split("cancer_tree.csv", "cancer_labels.csv", ["bce"], [150], bad_rows="drop"),
        split("wine_logistic.csv", "wine_labels.csv", ["ce", "perplexity", "zero_one"], [60, 100]),
        split("wine_logits.csv", "wine_labels.csv", ["ce:from_logits=true"], [90], ignore_label=("class_1",)),
        split("digits_bayes.csv", "digits_labels.csv", ["zero_one"], [600, 1200]),
    ],
)
def test_sample_data(tmp_path, name, labels, specs, cuts, options):
    table, truth = lines_of(name), None if labels is None else lines_of(labels)
    assert_one_run(tmp_path, table, truth, specs, cuts, random.Random(1), **options)


NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1.0, 1e-300, 1e200, 5e-324, 1.0 + 2**-52])
WEIGHTS = st.sampled_from(["0", "1", "0.5", "3", "1e-300", "1e200"])


@st.composite
def tables(draw, cell, rows, bad=("", "nan", "x")):
    """Return lines of a table with an id, a group, a weight, a prediction and a label; some cells are bad."""
    found = ["id,group,weight,prediction,label"]
    for row in range(rows):
        prediction, label = draw(cell), draw(cell)
        spoiled = draw(st.sampled_from(["", "", "", "p", "l"]))
        found.append(
            ",".join(
                [
                    f"r{row}" if draw(st.booleans()) else f"{row}",
                    draw(st.sampled_from(["a", "b", "c d"])),
                    "1" if row % 5 == 0 else draw(WEIGHTS),
                    draw(st.sampled_from(bad)) if spoiled == "p" and row % 5 else repr(prediction),
                    draw(st.sampled_from(bad)) if spoiled == "l" and row % 5 else repr(label),
                ]
            )
        )
    return found


def every_fifth(draw, rows):
    """Return cuts before rows that are good, so that no part is without a sample."""
    return [5 * draw(st.integers(1, rows // 5)) for _ in range(draw(st.integers(0, 4)))]


@some
@given(data=st.data())
def test_tables_of_numbers(data):
    rows = 5 * data.draw(st.integers(1, 6))
    table = data.draw(tables(NUMBERS, rows))
    specs = data.draw(st.sampled_from([["mse"], ["mae", "rmse"], ["huber:delta=2", "log_cosh", "lp:p=3"]]))
    options = {
        "weight": data.draw(st.sampled_from([None, "weight"])),
        "group": data.draw(st.sampled_from([None, "group", ("group", "weight")])),
        "top": data.draw(st.sampled_from([0, 1, 10, None])),
        "reduction": data.draw(st.sampled_from(["mean", "sum"])),
        "show": data.draw(st.sampled_from([(), ("group",)])),
        "bad_rows": "drop",
    }
    small = data.draw(st.booleans(), label="a histogram")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(distribution, "EXACT_UP_TO", 7)
            patch.setattr("losscli.compute.states.spread.EXACT_UP_TO", 7)
            patch.setattr(distribution, "PENDING", 3)
        cuts = every_fifth(data.draw, rows)
        assert_one_run(folder, table, None, specs, cuts, random.Random(rows), **options)


@some
@given(data=st.data())
def test_tables_of_class_names(data):
    rows = 4 * data.draw(st.integers(1, 6))
    names = st.sampled_from(
        data.draw(st.sampled_from([["cat", "dog", "eel"], ["1", "1.0", "2"], ["a", "A"]]))
    )
    table = ["id,prediction,label"]
    for row in range(rows):
        label = data.draw(names)
        # Every name is both a label and predicted at the first of four rows.
        table.append(f"{row},{label if row % 4 == 0 else data.draw(names)},{label}")
    predictions = [",".join(line.split(",")[:2]) for line in table]
    labels = [",".join(line.split(",")[::2]) for line in table]
    spread = data.draw(st.booleans())
    known = [line for line in table[1:] if line.split(",")[1] in {one.split(",")[2] for one in table[1:]}]
    if len(known) < rows:
        return
    cuts = [4 * data.draw(st.integers(1, rows // 4)) for _ in range(data.draw(st.integers(0, 3)))]
    options = {"header": True, "top": data.draw(st.sampled_from([2, None]))}
    with tempfile.TemporaryDirectory() as folder:
        files = (predictions, labels) if spread else (table, None)
        told = ""
        try:
            assert_one_run(folder, *files, ["zero_one"], cuts, random.Random(1), **options)
        except LosscliError as error:
            told = error.found
    # A part alone may predict a name that is none of its labels, or have it in another case.
    assert not told or any(text in told for text in ("no class", "is a label", "the label is"))


@some
@given(data=st.data())
def test_tables_of_probabilities(data):
    rows = 3 * data.draw(st.integers(1, 6))
    table = ["prob_a,prob_b,prob_c,label,weight"]
    for row in range(rows):
        shares = [data.draw(st.integers(1, 50)) for _ in range(3)]
        parts = [share / sum(shares) for share in shares]
        label = data.draw(st.sampled_from("abc")) if row % 3 else "abc"[row % 3]
        table.append(",".join([*map(repr, parts), label, data.draw(st.sampled_from(["1", "0.5", "2"]))]))
    specs = data.draw(st.sampled_from([["cross_entropy", "perplexity"], ["multiclass_brier"], ["zero_one"]]))
    cuts = [3 * data.draw(st.integers(1, rows // 3)) for _ in range(data.draw(st.integers(0, 3)))]
    weight = data.draw(st.sampled_from([None, "weight"]))
    with tempfile.TemporaryDirectory() as folder:
        assert_one_run(folder, table, None, specs, cuts, random.Random(rows), weight=weight)


def test_ties_are_in_the_order_of_the_shards_whatever_the_order_of_merging(tmp_path):
    table = ["name,prediction,label", *(f"{row},1,0" for row in range(12))]
    assert_one_run(tmp_path, table, None, ["mse"], [3, 5, 9], random.Random(3), top=7, align="position")


def _folders(place, cuts):
    """Write the diabetes data, its losses tied in sixes, as folders of shards; return them."""
    lines = [f"{row},{row % 6}" for row in range(60)]
    for name, column in (("p", "prediction"), ("l", "label")):
        for part, (start, end) in enumerate(pairwise([0, *cuts, 60])):
            (place / name).mkdir(exist_ok=True)
            rows = (
                lines[start:end] if name == "p" else [f"{line.split(',')[0]},0" for line in lines[start:end]]
            )
            _written(place / name / f"part-{part}.csv", [f"id,{column}", *rows])
    return place / "p", place / "l"


@some
@given(
    cuts=st.lists(st.integers(0, 60), min_size=1, max_size=5).map(sorted),
    top=st.sampled_from([0, 3, 10, None]),
)
def test_the_state_of_a_folder_is_its_report(cuts, top):
    with tempfile.TemporaryDirectory() as place:
        asked = request(*_folders(Path(place), cuts), "mse", "mae", top=top)
        report = evaluated(asked, Path(place) / "s")
        found = merged_report([Path(place) / "s"])
        assert document(found) == document(report)
        assert found == report


def test_states_of_folders_are_one_run(tmp_path):
    one = _folders(tmp_path, [7, 7, 30])
    in_whole = {f"part-{part}.csv": start for part, start in enumerate([0, 7, 7, 30])}
    states, starts = [], {}
    for name, parts in (("a", (0, 1)), ("b", (2, 3))):
        for side in "pl":
            (tmp_path / name / side).mkdir(parents=True)
            for part in parts:
                shutil.copy(tmp_path / side / f"part-{part}.csv", tmp_path / name / side)
        pattern = tmp_path / name / "p" / "part-*.csv" if name == "a" else tmp_path / name / "p"
        states.append(tmp_path / f"{name}.state")
        evaluated(request(pattern, tmp_path / name / "l", "mse", top=40), states[-1])
        starts |= {
            str(tmp_path / name / "p" / f"part-{part}.csv"): in_whole[f"part-{part}.csv"] for part in parts
        }
    found = merged_report([write_merged(states[::-1], tmp_path, random.Random(1))])
    assert comparable(found, starts) == comparable(evaluate(request(*one, "mse", top=40)), in_whole)
    assert [shard.path for shard in found.predictions.shards] == [*starts]
