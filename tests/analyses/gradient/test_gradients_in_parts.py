"""Gradients computed in parts are those computed whole: the same document, the same errors."""

import json
from importlib import import_module
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.crews import Here
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.gradient import in_parts, run
from losscli.analyses.gradient.document import document
from losscli.common.errors import LosscliError
from losscli.compute.statistics import distribution
from losscli.inputs import partitions
from losscli.inputs.edits import Edits
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec

N = 120
REGRESSION = ("mse", "rmse", "mae", "huber:delta=0.5")
MANY = settings(deadline=None, max_examples=examples(30), suppress_health_check=list(HealthCheck))


def request(predictions, labels=None, losses=REGRESSION, **asked):
    bound = tuple(parse_spec(spec, registry.find) for spec in losses)
    return Request(str(predictions), None if labels is None else str(labels), loss=bound, **asked)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let texts of a few bytes be cut."""
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)


def tables(seed, *, ids=True, outputs=1, classes=False):
    """Return predictions, and labels with weights and groups, in which some gradients are equal."""
    random = np.random.default_rng(seed)
    label, prediction = random.normal(0, 3, (2, N, outputs)).round(1)
    left, right = pd.DataFrame(), pd.DataFrame()
    if ids:
        left["id"] = right["id"] = np.arange(5, 5 + N)
    if classes:
        left[["p_cat", "p_dog", "p_hen"]] = random.dirichlet([1, 1, 1], N)
        right["label"] = random.choice(["hen", "dog", "cat"], N)
    elif outputs == 1:
        left["prediction"], right["label"] = prediction[:, 0], label[:, 0]
    else:
        for place in range(outputs):
            left[f"prediction_{place}"], right[f"label_{place}"] = prediction[:, place], label[:, place]
    right["w"] = random.choice([0.0, 0.5, 1.0, 2.0, 1e-3], N)
    right["g"] = random.choice(["a", "b", "long name"], N)
    return left, right


def roles(outputs=1):
    if outputs == 1:
        return {}
    return {
        "prediction": tuple(f"prediction_{place}" for place in range(outputs)),
        "label": tuple(f"label_{place}" for place in range(outputs)),
    }


def agree(asked, crew, of="loss", parts=None):
    """Hold a run in parts, as many as are said or more, against a whole one."""
    whole = run.gradient(asked, of)
    with pytest.MonkeyPatch.context() as patch:
        if parts is not None:
            patch.setattr(in_parts.run, "gradient", None)
        found = in_parts.gradient(asked, of, crew)
    # As text: the cost of a group whose weights sum to 0 is NaN, which is not equal to itself.
    assert json.dumps(document(found)) == json.dumps(document(whole))
    assert repr(found) == repr(whole)
    lines = [[one.line for result in report.results for one in result.worst] for report in (found, whole)]
    assert lines[0] == lines[1]
    # A large file of a folder is cut once more.
    assert parts is None or crew.parts >= parts


@MANY
@given(
    seed=st.integers(0, 9),
    ids=st.booleans(),
    weight=st.sampled_from([None, "w"]),
    group=st.sampled_from([(), ("g",)]),
    outputs=st.sampled_from([1, 2]),
    of=st.sampled_from(["loss", "cost"]),
    reduction=st.sampled_from(["mean", "sum"]),
    top=st.integers(0, 20),
    exact=st.sampled_from([40, 1000]),
    workers=st.integers(2, 9),
    order=st.integers(0, 9),
)
def test_stretches_of_texts_are_the_whole(
    tmp_path_factory, seed, ids, weight, group, outputs, of, reduction, top, exact, workers, order
):
    place = tmp_path_factory.mktemp("parts")
    for name, table in zip(("p.csv", "l.csv"), tables(seed, ids=ids, outputs=outputs), strict=True):
        table.to_csv(place / name, index=False)
    asked = request(
        place / "p.csv", place / "l.csv", weight=weight, group=group, reduction=reduction, top=top,
        **roles(outputs),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distribution, "EXACT_UP_TO", exact)
        patch.setattr(distribution, "PENDING", 16)
        agree(asked, Here(workers, shuffled=order), of, parts=workers)


@MANY
@given(
    seed=st.integers(0, 9),
    cuts=st.lists(st.integers(0, N), min_size=1, max_size=5).map(sorted),
    ids=st.booleans(),
    classes=st.booleans(),
    of=st.sampled_from(["loss", "cost"]),
    format_=st.sampled_from(["csv", "parquet", "jsonl"]),
)
def test_files_are_the_whole(tmp_path_factory, seed, cuts, ids, classes, of, format_):
    if format_ == "parquet":
        pytest.importorskip("pyarrow")
    if format_ == "jsonl":
        # An empty text has no keys.
        cuts = sorted({*cuts, N // 2} - {0, N})
    place = tmp_path_factory.mktemp("parts")
    for name, table in zip("pl", tables(seed, ids=ids, classes=classes), strict=True):
        (place / name).mkdir()
        for number, (start, stop) in enumerate(pairwise([0, *cuts, N])):
            write(table.iloc[start:stop], place / name / f"part-{number}.{format_}")
    losses = ("cross_entropy", "multiclass_brier") if classes else REGRESSION
    asked = request(place / "p", place / "l", losses, weight="w", group=("g",), top=7)
    agree(asked, Here(2), of, parts=len(cuts) + 1)


def write(table, path):
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        path.write_text(table.to_json(orient="records", lines=True))


def test_files_in_several_folders_and_rows_that_do_not_count(tmp_path):
    predictions, labels = tables(3)
    labels.loc[::7, "label"] = -1
    for name, table in (("p", predictions), ("l", labels)):
        for number in range(3):
            (tmp_path / name / str(number)).mkdir(parents=True)
            table.iloc[number * 40 : number * 40 + 40].to_csv(
                tmp_path / name / str(number) / "part.csv", index=False
            )
    asked = request(
        tmp_path / "p", tmp_path / "l", ("mse", "msle"), bad_rows="drop", ignore_label=("-1",), show=("g",)
    )
    agree(asked, Here(3), "cost", parts=3)


def test_ids_that_overlap_or_differ_are_settled(tmp_path):
    predictions, labels = tables(7)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.sample(frac=1, random_state=1).to_csv(tmp_path / "l.csv", index=False)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv"), Here(3))
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for part in range(3):
            table[table["id"] % 3 == part].to_csv(tmp_path / name / f"{part}.csv", index=False)
    agree(request(tmp_path / "p", tmp_path / "l"), Here(3), parts=3)


def same_error(asked, of="loss"):
    with pytest.raises(LosscliError) as whole:
        run.gradient(asked, of)
    with pytest.raises(LosscliError) as found:
        in_parts.gradient(asked, of, Here(4))
    assert str(found.value) == str(whole.value)
    return str(whole.value)


def test_errors_are_those_of_one_run(tmp_path):
    predictions, labels = tables(9)
    labels.to_csv(tmp_path / "l.csv", index=False)
    asked = request(tmp_path / "p.csv", tmp_path / "l.csv")
    predictions.assign(id=[*range(N - 1), 3]).to_csv(tmp_path / "p.csv", index=False)
    labels.assign(id=[*range(N - 1), 3]).to_csv(tmp_path / "l.csv", index=False)
    assert "more than once" in same_error(asked)
    labels.to_csv(tmp_path / "l.csv", index=False)
    predictions.astype({"prediction": object}).replace({"prediction": {0.5: "x"}}).to_csv(
        tmp_path / "p.csv", index=False
    )
    predictions.loc[70, "prediction"] = 1e200
    predictions.to_csv(tmp_path / "p.csv", index=False)
    assert "is inf" in same_error(request(tmp_path / "p.csv", tmp_path / "l.csv", ("mse",)), "cost")
    names = predictions.assign(prediction="cat")
    names.to_csv(tmp_path / "p.csv", index=False)
    labels.assign(label="cat").to_csv(tmp_path / "l.csv", index=False)
    zero_one = request(tmp_path / "p.csv", tmp_path / "l.csv", ("zero_one",))
    assert "class names, which have no gradient" in same_error(zero_one)


def test_what_cannot_be_cut_is_done_here(tmp_path):
    predictions, labels = tables(2)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    crew = Here(4)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv", unmatched="drop"), crew)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv", top=None), crew)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv", edits=Edits(skip_rows=((3, 5),))), crew)
    assert crew.parts == 0


@pytest.fixture
def shards(tmp_path):
    for name, table in zip("pl", tables(1), strict=True):
        (tmp_path / name).mkdir()
        for part in range(4):
            table.iloc[part * 30 : part * 30 + 30].to_csv(tmp_path / name / f"{part}.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_the_program_on_every_engine(shards, engine):
    if engine == "dask":
        pytest.importorskip("distributed")
    asked = ("gradient", "p", "l", "--loss", "rmse", "--of", "cost", "--weight", "w", "--group", "g")
    for more in (("--json",), ("--full",)):
        here = call(*asked, *more, cwd=shards)
        there = process(*asked, *more, "--engine", engine, "--workers", "2", cwd=shards)
        assert (there.returncode, there.stderr, there.stdout) == (here.returncode, here.stderr, here.stdout)
        assert "rmse" in here.stdout


def test_variables_name_the_engine_and_nothing_else(shards):
    asked = ("gradient", "p", "l", "--loss", "mse", "--json")
    here = call(*asked, cwd=shards)
    said = {"LOSSCLI_ENGINE": "processes", "LOSSCLI_TOP": "3"}
    there = process(*asked, cwd=shards, **said)
    assert (there.returncode, there.stderr, there.stdout) == (0, "", here.stdout)
    wrong = call(*asked, cwd=shards, **said, LOSSCLI_WORKERS="0")
    assert (wrong.returncode, "LOSSCLI_WORKERS: 0; needed: a whole number ≥ 1" in wrong.stderr) == (2, True)


def test_from_python(shards, monkeypatch):
    monkeypatch.chdir(shards)
    crews = []

    def crew_of(*asked):
        crews.append(asked)
        return Here(2) if asked[0] == "processes" else None

    monkeypatch.setattr(import_module("losscli.api"), "crew_of", crew_of)
    there = losscli.gradient("p", "l", "mse", engine="processes", workers=2)
    assert repr(there) == repr(losscli.gradient("p", "l", "mse"))
    assert crews == [("processes", 2, None), ("local", None, None)]
    with pytest.raises(LosscliError, match="workers: the engine is local, which has none"):
        losscli.gradient("p", "l", "mse", workers=2)
    with pytest.raises(LosscliError, match="top: the engine is processes, and its workers keep few samples"):
        losscli.gradient("p", "l", "mse", engine="processes", top=None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "2"), "--workers: the engine is local, which has none"),
        (("--scheduler", "tcp://x:1"), "--scheduler: the engine is local; needed: --engine dask"),
        (("--engine", "processes", "--per-sample", "x.csv"), "--per-sample: the engine is processes"),
        (("--engine", "processes", "--all"), "its workers keep few samples"),
    ],
)
def test_options_that_do_not_fit(options, message):
    done = call("gradient", "diabetes_linear.csv", "diabetes_labels.csv", "--loss", "mse", *options)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    "command", [("fit", "d.csv", "-l", "mse"), ("recommend", "d.csv"), ("verify", "mse")]
)
@pytest.mark.parametrize("option", [("--engine", "dask"), ("--workers", "2"), ("--scheduler", "tcp://x:1")])
def test_commands_that_cannot_say_so(command, option):
    done = call(*command, *option)
    assert done.returncode == 2
    assert f"there is no option '{option[0]}'" in done.stderr
    assert "`losscli evaluate`, `gradient`, `compare` and `check` have engines; other" in done.stderr
