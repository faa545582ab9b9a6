"""Comparisons computed in parts are comparisons computed whole: the same document, the same errors."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.crews import Here
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.compare import in_parts
from losscli.analyses.compare.document import document
from losscli.analyses.compare.request import Asked
from losscli.common.errors import LosscliError
from losscli.compute.statistics import paired_counts
from losscli.inputs import partitions
from losscli.inputs.edits import Edits
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from losscli.verdicts.compared import Standard, compare
from losscli.verdicts.gates.of_models import parse_gates
from losscli.verdicts.sound.confidence import Confidence

N = 120
NAMES = ("base", "other", "third")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let files of a few bytes be cut."""
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)


def tables(seed, *, ids=True, classes=False, columns=()):
    """Return the predictions of three models, and the labels."""
    rng = random.Random(seed)

    def value():
        return rng.choice(["cat", "dog", "hen"]) if classes else rng.choice([rng.gauss(0, 3), 1.0, 1e3])

    found = [pd.DataFrame({"prediction": [value() for _ in range(N)]}) for _ in NAMES]
    labels = pd.DataFrame({"label": [value() for _ in range(N)]})
    values = {
        "w": [rng.choice([0.0, 0.5, 1, 2, 1e-3]) for _ in range(N)],
        "n": [rng.choice([0, 1, 2, 3]) for _ in range(N)],
        "g": [rng.choice(["a", "b", "long name"]) for _ in range(N)],
        "c": [f"cluster {rng.randrange(9)}" for _ in range(N)],
    }
    for column in columns:
        labels[column] = values[column]
    if ids:
        for table in (*found, labels):
            table.insert(0, "id", range(5, 5 + N))
    return (*found, labels)


def asked(inputs, losses=("mse", "rmse", "mae"), *, compared=None, **given):
    *predictions, labels = map(str, inputs)
    bound = tuple(parse_spec(spec, registry.find) for spec in losses)
    requests = tuple(
        Request(one, labels, loss=bound, level=0.95, **{"top": 7, **given}) for one in predictions
    )
    return Asked(requests, NAMES[: len(requests)], **(compared or {}))


def written(tables_, place, suffix=".csv"):
    paths = [place / f"{name}{suffix}" for name in (*NAMES, "labels")]
    for path, table in zip(paths, tables_, strict=True):
        if suffix == ".parquet":
            table.to_parquet(path, index=False, row_group_size=17)
        else:
            table.to_csv(path, index=False)
    return paths


def in_folders(tables_, place, edges, suffix=".csv"):
    paths = [place / name for name in (*NAMES, "labels")]
    for path, table in zip(paths, tables_, strict=True):
        path.mkdir()
        for number, (start, stop) in enumerate(pairwise(edges)):
            part = table.iloc[start:stop]
            file = path / f"part-{number}{suffix}"
            part.to_parquet(file, index=False) if suffix == ".parquet" else part.to_csv(file, index=False)
    return paths


def never(*_, **__):
    raise AssertionError("one run was asked what parts tell")


def agree(one, crew, parts=None, standard=None, *, told=True):
    """Hold a run in parts against a whole one; return the document. `told` says that parts tell all."""
    standard = standard or Standard()
    whole = compare(one, standard)
    with pytest.MonkeyPatch.context() as patch:
        if told:
            patch.setattr(in_parts, "compared", never)
        found = compare(one, standard, crew=crew)
    assert document(found) == document(whole)
    assert found == whole
    assert parts is None or crew.parts == parts
    return document(whole)


HOW = {
    "plain": ((), {}, {}),
    "weights": (("w",), {"weight": "w"}, {}),
    "counts": (("n",), {"weight": "n", "weights_are": "counts"}, {}),
    "groups": (("g",), {"group": ("g",)}, {}),
    "clusters": (("c",), {"cluster": "c"}, {}),
    "clusters in groups": (("c", "g"), {"cluster": "c", "group": ("g",)}, {}),
    "lag": ((), {}, {"lag": 3}),
    "lag in groups": (("g",), {"group": ("g",)}, {"lag": 2}),
    "pairs": ((), {}, {"all_pairs": True}),
    "bootstrap": ((), {}, {"check": "bootstrap", "seed": 3}),
    "signs of clusters": (("c",), {"cluster": "c"}, {"check": "signflip"}),
    "anytime": ((), {}, {"planned_rows": 500}),
}


def counted(report):
    """Return the counts of samples by both losses of every comparison."""
    found = [one.against for result in report.results for one in result.comparisons]
    return [None if one is None else (one.level, one.keys.tolist(), one.counts.tolist()) for one in found]


@pytest.mark.parametrize("how", ["plain", "weights", "groups", "clusters", "pairs"])
def test_parts_count_samples_by_both_losses(tmp_path, monkeypatch, how):
    monkeypatch.setattr(paired_counts, "MOST", 30)
    columns, given_, compared = HOW[how]
    one = asked(written(tables(3, columns=columns), tmp_path), compared=compared, page=True, **given_)
    whole = compare(one, Standard())
    found = counted(whole)
    assert [sum(counts) for _, _, counts in found] == [N] * len(found)
    assert len({level for level, _, _ in found}) > 1
    crew = Here(4, shuffled=2)
    assert counted(compare(one, Standard(), crew=crew)) == found
    assert crew.parts > 1
    for rows in (1, 7):
        requests = tuple(replace(request, block_rows=rows) for request in one.requests)
        assert counted(compare(replace(one, requests=requests), Standard())) == found
    plain = replace(one, requests=tuple(replace(request, page=False) for request in one.requests))
    assert counted(compare(plain, Standard())) == [None] * len(found)
    of_groups = [
        one.against for result in whole.results for group in result.groups for one in group.comparisons
    ]
    assert {*of_groups} <= {None}


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    how=st.sampled_from(sorted(HOW)),
    ids=st.booleans(),
    suffix=st.sampled_from([".csv", ".parquet"]),
    workers=st.integers(2, 7),
    order=st.integers(0, 9),
)
def test_stretches_of_files_are_the_whole(tmp_path_factory, seed, how, ids, suffix, workers, order):
    columns, given_, compared = HOW[how]
    paths = written(tables(seed, ids=ids, columns=columns), tmp_path_factory.mktemp("parts"), suffix)
    crew = Here(workers, shuffled=order)
    agree(asked(paths, compared=compared, **given_), crew)
    assert crew.parts >= (2 if suffix == ".csv" else 1)


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    how=st.sampled_from(sorted(HOW)),
    cuts=st.lists(st.integers(0, N), min_size=1, max_size=5).map(sorted),
    ids=st.booleans(),
    suffix=st.sampled_from([".csv", ".csv.gz", ".parquet"]),
    hashed=st.booleans(),
)
def test_files_are_the_whole(tmp_path_factory, seed, how, cuts, ids, suffix, hashed):
    columns, given_, compared = HOW[how]
    place = tmp_path_factory.mktemp("parts")
    paths = in_folders(tables(seed, ids=ids, columns=columns), place, [0, *cuts, N], suffix)
    one = asked(paths, compared=compared, fingerprints=hashed, **given_)
    crew = Here(2)
    agree(one, crew)
    by_row = "check" in compared and not ids and "cluster" not in given_
    assert (crew.parts == 0) == by_row
    assert by_row or crew.parts > len(cuts)


@settings(deadline=None, max_examples=examples(20), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    cuts=st.lists(st.integers(0, N), min_size=1, max_size=4).map(sorted),
    ids=st.booleans(),
)
def test_names_of_classes_are_those_of_the_whole(tmp_path_factory, seed, cuts, ids):
    place = tmp_path_factory.mktemp("parts")
    paths = in_folders(tables(seed, ids=ids, classes=True), place, [0, *cuts, N])
    crew = Here(2)
    # Where the names of a few rows are none, one run tells.
    even = all(stop - start > 20 for start, stop in pairwise([0, *cuts, N]))
    agree(asked(paths, ("zero_one",)), crew, told=even)
    assert crew.parts > len(cuts)


@pytest.mark.parametrize("edges", [(0, 40, N), (0, 30, 31 + 40, N)])
def test_classes_are_numbered_as_in_the_whole(tmp_path, edges):
    found = tables(4, classes=True)
    first = found[-1]["label"].iloc[0]
    # The parts behind the first meet the names in another order.
    start = next(at for at in range(edges[1], N) if found[-1]["label"].iloc[at] != first)
    for table in found:
        table.iloc[edges[1]], table.iloc[start] = table.iloc[start].copy(), table.iloc[edges[1]].copy()
    told = agree(asked(in_folders(found, tmp_path, edges), ("zero_one",)), Here(2))
    moved = told["results"][0]["comparisons"][0]["moved"]
    assert {one["label"] for one in moved} <= {"cat", "dog", "hen"}


@settings(deadline=None, max_examples=examples(30), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    how=st.sampled_from(["plain", "weights", "clusters", "groups"]),
    sure=st.booleans(),
    folders=st.booleans(),
)
def test_gates_are_judged_as_of_the_whole(tmp_path_factory, seed, how, sure, folders):
    columns, given_, compared = HOW[how]
    place = tmp_path_factory.mktemp("parts")
    found = tables(seed, columns=columns)
    paths = in_folders(found, place, [0, 33, 90, N]) if folders else written(found, place)
    one = asked(paths, ("mse", "mae"), compared=compared, **given_)
    texts = ("mse <= baseline + 2%", "other:mae < baseline", "third:mse <= 3")
    gates, wrong = parse_gates(texts, NAMES, registry.find)
    assert not wrong
    crew = Here(3)
    told = agree(one, crew, standard=Standard(tuple(gates), Confidence(0.9) if sure else None))
    assert len(told["gates"]) == 4
    assert crew.parts >= 3


def same_error(one, crew):
    with pytest.raises(LosscliError) as whole:
        compare(one, Standard())
    with pytest.raises(LosscliError) as found:
        compare(one, Standard(), crew=crew)
    assert str(found.value) == str(whole.value)
    return str(whole.value)


def test_errors_are_those_of_one_run(tmp_path):
    base, other, third, labels = tables(9)
    wrong = third.astype({"prediction": object})
    wrong.loc[[100, 40], "prediction"] = "x"
    paths = written((base, other, wrong, labels), tmp_path)
    assert "row 41 (line 42)" in same_error(asked(paths), Here(4))
    twice = {"id": [*range(N - 1), 3]}
    written([one.assign(**twice) for one in (base, other, third, labels)], tmp_path)
    assert "more than once" in same_error(asked(paths), Here(4))
    written((base, other, third.assign(id=[*range(4, 4 + N)]), labels), tmp_path)
    same_error(asked(paths), Here(4))
    written((base, other, third.iloc[:-1], labels), tmp_path)
    same_error(asked(paths), Here(4))
    written((base, other.assign(w=1.0), third, labels.assign(w=[1.0] * 60 + [2.0] * 60)), tmp_path)
    same_error(asked(paths, weight="w"), Here(4))
    written([one.iloc[:0] for one in (base, other, third, labels)], tmp_path)
    same_error(asked(paths), Here(4))


def test_shards_with_other_columns_are_refused_as_by_one_run(tmp_path):
    found = tables(1)
    *_, third, labels = in_folders(found, tmp_path, [0, 50, N])
    found[2].iloc[50:].assign(more=1).to_csv(third / "part-1.csv", index=False)
    assert "only the second has more" in same_error(asked([*_, third, labels]), Here(2))


def test_ids_in_another_order_are_left_to_one_run(tmp_path):
    base, other, third, labels = tables(7)
    paths = written((base, other.sample(frac=1, random_state=1), third, labels), tmp_path)
    agree(asked(paths), Here(3), parts=3, told=False)


def test_ids_that_are_dealt_to_files_are_proven_distinct(tmp_path):
    found = tables(8)
    paths = [tmp_path / name for name in (*NAMES, "labels")]
    for path, table in zip(paths, found, strict=True):
        path.mkdir()
        for part in range(3):
            table[table["id"] % 3 == part].to_csv(path / f"{part}.csv", index=False)
    crew = Here(3)
    agree(asked(paths), crew)
    assert crew.parts >= 3
    for path, table in zip(paths, found, strict=True):
        (path / "3.csv").write_text(table.iloc[:1].to_csv(index=False))
    assert "more than once" in same_error(asked(paths), Here(3))


def test_some_with_ids_and_some_without(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    base, other, third, labels = tables(3)
    written((base, other, third.drop(columns="id"), labels), Path())
    paths = [f"{name}.csv" for name in (*NAMES, "labels")]
    agree(asked(paths), Here(3), parts=3)
    assert compare(asked(paths), Standard(), crew=Here(3)).why_paired == "third.csv has no id"


def test_columns_of_one_file_and_one_file_twice(tmp_path):
    base, other, third, labels = tables(3)
    both = base.assign(second=other["prediction"])
    paths = written((both, other, third, labels), tmp_path)
    one = asked([paths[0], paths[0], paths[-1]])
    requests = zip(one.requests, (("prediction",), ("second",)), strict=True)
    agree(replace(one, requests=tuple(replace(r, prediction=c) for r, c in requests)), Here(3), parts=3)
    alone = asked([paths[0], paths[0], paths[-1]])
    both.assign(label=labels["label"]).to_csv(paths[0], index=False)
    requests = zip(alone.requests, (("prediction",), ("second",)), strict=True)
    agree(
        replace(alone, requests=tuple(replace(r, prediction=c, labels=None) for r, c in requests)),
        Here(3),
        parts=3,
    )


def test_a_file_that_changes_between_its_parts_is_read_anew(tmp_path):
    paths = written(tables(6, ids=False), tmp_path)

    class Meddling(Here):
        def __call__(self, function, tasks):
            found = [function(tasks[0])]
            # As many bytes in as many rows: nothing but the time tells.
            paths[2].write_bytes(paths[2].read_bytes().replace(b"1", b"2"))
            return found + [function(task) for task in tasks[1:]]

    found = compare(asked(paths), Standard(), crew=Meddling())
    assert document(found) == document(compare(asked(paths), Standard()))


def test_what_cannot_be_cut_is_one_part(tmp_path):
    paths = written(tables(2), tmp_path)
    shift = {"edits": Edits(shift_labels=2), "align": "position"}
    for more in ({"unmatched": "drop"}, {"top": None}, shift):
        agree(asked(paths, **more), Here(4), parts=0)
    written(tables(2, ids=False), tmp_path)
    agree(asked(paths, compared={"check": "signflip"}), Here(4), parts=4)


def test_labels_to_replace_in_some_files_alone(tmp_path):
    found = [table.round() for table in tables(2)]
    found[-1].loc[80:, "label"] = 77
    paths = in_folders(found, tmp_path, [0, 60, N])
    told = agree(asked(paths, map_labels={"77": "7"}), Here(2), told=False)
    assert "no label is" not in json.dumps(told)


def test_classes_that_are_numbers_in_two_spellings(tmp_path):
    found = tables(4, ids=False, classes=True)
    spelled = {"cat": "2", "dog": "10", "hen": "3"}
    for table in found:
        for column in table.columns:
            table[column] = table[column].map(spelled)
            table.loc[60:, column] = table.loc[60:, column].replace({"2": "2.0", "10": "10.0"})
    agree(asked(in_folders(found, tmp_path, [0, 60, N]), ("zero_one",)), Here(2))


def test_columns_of_probabilities(tmp_path):
    rng = random.Random(3)
    found = []
    for _ in NAMES:
        rows = [[rng.random() + 0.01 for _ in range(3)] for _ in range(N)]
        rows = [[one / sum(row) for one in row] for row in rows]
        found.append(pd.DataFrame(rows, columns=["cat", "dog", "hen"]))
    found.append(pd.DataFrame({"label": [rng.choice(["cat", "dog", "hen"]) for _ in range(N)]}))
    one = asked(written(found, tmp_path), ("cross_entropy", "zero_one"))
    agree(one, Here(3), parts=3)
    (tmp_path / "folders").mkdir()
    agree(asked(in_folders(found, tmp_path / "folders", [0, 31, N]), ("perplexity",)), Here(2))


def test_a_part_of_bad_rows_alone(tmp_path):
    base, other, third, labels = tables(5, columns=("g", "c"))
    other["prediction"] = other["prediction"].astype(object)
    other.loc[:45, "prediction"] = "x"
    paths = in_folders((base, other, third, labels), tmp_path, [0, 40, 80, N])
    for more in ({}, {"group": ("g",)}, {"cluster": "c"}):
        told = agree(asked(paths, bad_rows="drop", **more), Here(2))
        assert told["results"][0]["dropped"] == 46
    agree(asked(paths, bad_rows="drop", compared={"check": "signflip"}), Here(2))
    # A block of nothing else is one of a run in one process, too.
    agree(asked(paths, bad_rows="drop", block_rows=20, compared={"check": "signflip"}), Here(2))


def test_weights_that_stand_beside_one_model_alone(tmp_path):
    base, other, third, labels = tables(6, columns=("g",))
    other["w"] = [1.0, 2.0, 0.5] * 40
    third["g"] = labels["g"]
    third["w"] = other["w"]
    base["w"] = other["w"]
    paths = written((base, other.drop(columns="w"), third, labels), tmp_path, ".parquet")
    agree(asked(paths, weight="w", group=("g",)), Here(3))
    third.loc[100, "w"] = 7.0
    third.to_parquet(paths[2], index=False, row_group_size=17)
    same_error(asked(paths, weight="w"), Here(3))


def test_a_loss_of_somebodys_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("def mine(label, prediction):\n    return abs(label - prediction) ** 1.5\n")
    agree(asked(written(tables(6), tmp_path), ("mine.py:mine",)), Here(3), parts=3)


@pytest.fixture
def shards(tmp_path):
    in_folders(tables(1, columns=("g",)), tmp_path, [0, 30, 60, 90, N])
    return tmp_path


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_the_program_on_every_engine(shards, engine):
    if engine == "dask":
        pytest.importorskip("distributed")
    models = ("base", "other", "third", "labels")
    one = ("compare", *models, "--loss", "mse", "--group", "g", "--lag", "2", "--gate", "mse < 1e9", "--json")
    here = call(*one, cwd=shards)
    there = process(*one, "--engine", engine, "--workers", "2", cwd=shards)
    assert (there.returncode, there.stderr, there.stdout) == (here.returncode, here.stderr, here.stdout)
    assert json.loads(here.stdout)["document"] == "compare"


def test_python_on_an_engine(shards):
    code = (
        "import losscli\nif __name__ == '__main__':\n"
        "    models = {'base': 'base', 'other': 'other'}\n"
        "    here = losscli.compare(models, 'labels', 'mse')\n"
        "    there = losscli.compare(models, 'labels', 'mse', engine='processes', workers=2)\n"
        "    print(here == there, there.to_dict() == here.to_dict())\n"
    )
    (shards / "script.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=shards, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.stdout.strip() == "True True", done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "2"), "--workers: the engine is local, which has none"),
        (("--engine", "processes", "--per-sample", "x.csv"), "engine is processes; needed: --engine local"),
        (("--engine", "processes", "--per-sample", "x/"), "engine is processes; needed: --engine local"),
        (("--engine", "processes", "--all"), "its workers keep few samples"),
    ],
)
def test_options_that_do_not_fit(options, message):
    files = ("diabetes_linear.csv", "diabetes_forest.csv", "diabetes_labels.csv")
    done = call("compare", *files, "--loss", "mse", *options)
    assert done.returncode == 2
    assert message in done.stderr


def test_arguments_that_do_not_fit():
    two = {"a": [1.0, 2.0], "b": [2.0, 2.0]}
    with pytest.raises(LosscliError, match="workers: the engine is local, which has none"):
        losscli.compare(two, [1.0, 1.0], "mse", workers=2)
    with pytest.raises(LosscliError, match="top: the engine is processes"):
        losscli.compare(two, [1.0, 1.0], "mse", engine="processes", top=None)
    local = losscli.compare(two, [1.0, 1.0], "mse")
    assert losscli.compare(two, [1.0, 1.0], "mse", engine="processes") == local


def test_two_models_of_one_evaluation_have_no_engine():
    files = ("diabetes_linear.csv", "diabetes_labels.csv", "--baseline-predictions", "diabetes_forest.csv")
    done = call("evaluate", *files, "--gate", "mse <= baseline", "--engine", "processes")
    assert done.returncode == 2
    assert "--engine: --baseline-predictions is there; needed: --engine local" in done.stderr
