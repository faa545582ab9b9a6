"""Edits in every command, config, environment, state, receipt and engine: computed with all alike."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.calls import SAMPLES
from helpers.calls import losscli as program
from helpers.crews import Here

import losscli
from losscli.analyses.evaluate import in_parts
from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.signature import parts
from losscli.cli.options.edits import edits_of
from losscli.common.errors import LosscliError
from losscli.inputs import partitions
from losscli.inputs.edits import NAMES, Edits, option_names
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec

NUMBERS = (
    "--scale-prediction 2 --transform-prediction log1p --transform-label sqrt --rescale-prediction 1,0.5"
)
CLASSES = "--rename-class class_0=class_2,class_2=class_0 --transform-prediction unsoftmax"


def call(*arguments, **environ):
    """Run the program in the folder of the test."""
    return program(*arguments, cwd=Path.cwd(), **environ)


def table(path):
    """Return a table, its numbers read to the last bit by any pandas."""
    found = pd.read_csv(path, dtype=str)
    numbers = [name for name in found if name not in ("id", "sex")]
    return found.assign(**{name: [*map(float, found[name])] for name in numbers})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files, and the same as they are once the edits are made by hand."""
    monkeypatch.chdir(tmp_path)
    for name in ("diabetes.csv", "wine_labels.csv"):
        shutil.copy(SAMPLES / name, tmp_path)
    numbers = table("diabetes.csv")
    changed = numbers.assign(
        prediction=2 * np.log1p(numbers["prediction"] * 0.5 + 1), label=np.sqrt(numbers["label"])
    )
    changed.to_csv("by_hand.csv", index=False)
    classes = table(SAMPLES / "wine_logistic.csv")
    names = [name for name in classes if name != "id"]
    twice = np.exp(classes[names].to_numpy())
    swap = {"prob_class_0": "prob_class_2", "prob_class_2": "prob_class_0"}
    outer = pd.DataFrame(twice / twice.sum(axis=1, keepdims=True), columns=names)
    outer.rename(columns=swap).assign(id=classes["id"]).to_csv("twice.csv", index=False)
    return tmp_path


def document(*arguments):
    done = call(*arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_signatures(found):
    """Return a document without its signatures, and without what a value was before it was told."""
    if isinstance(found, dict):
        return {key: without_signatures(value) for key, value in found.items() if key != "signature"}
    if isinstance(found, list):
        return [without_signatures(one) for one in found]
    return re.sub(r" after --.*(?=; needed)", "", found) if isinstance(found, str) else found


COMMANDS = {
    "evaluate": "--loss mse --loss huber --group sex --level 0.9",
    "gradient": "--loss mse --of cost",
    "fit": "--loss mse --model affine --epochs 3 --folds 2",
    "recommend": "",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_compute_what_they_compute_of_a_file_that_was_changed(folder, command):
    shutil.copy("by_hand.csv", "kept.csv")
    shutil.copy("diabetes.csv", "one.csv")
    found = document(command, "one.csv", *COMMANDS[command].split(), *NUMBERS.split())
    shutil.copy("kept.csv", "one.csv")
    wanted = document(command, "one.csv", *COMMANDS[command].split())
    assert without_signatures(found) == without_signatures(wanted)
    said = [("rescale", "1", "0.5"), ("prediction", "log1p"), ("scale", "2"), ("label", "sqrt")]
    assert parts(found["signature"]).edited == tuple(said)


def test_samples_are_shown_as_they_are_computed(folder):
    for name in ("csv", "jsonl"):
        call("evaluate", "diabetes.csv", "--loss", "mse", "--per-sample", f"a.{name}", *NUMBERS.split())
        call("evaluate", "by_hand.csv", "--loss", "mse", "--per-sample", f"b.{name}")
        assert Path(f"a.{name}").read_text() == Path(f"b.{name}").read_text() != ""


def test_compare_changes_every_model(folder):
    models = table("diabetes.csv").drop(columns="sex")
    models["other"] = models["prediction"] * 0.75
    models.to_csv("models.csv", index=False)
    changed = models.assign(
        **{name: 2 * np.log1p(models[name] * 0.5 + 1) for name in ("prediction", "other")},
        label=np.sqrt(models["label"]),
    )
    columns = ["--prediction", "prediction", "--prediction", "other", "--loss", "mse", "--label", "label"]
    found = document("compare", "models.csv", *columns, *NUMBERS.split())
    changed.to_csv("models.csv", index=False)
    wanted = document("compare", "models.csv", *columns)
    assert without_signatures(found) == without_signatures(wanted)
    assert "|scale:2|label:sqrt|" in json.dumps(found)


def test_a_softmax_of_exchanged_columns_is_what_it_was(folder):
    loss = ["--loss", "cross_entropy"]
    found = document("evaluate", "twice.csv", "wine_labels.csv", *loss, *CLASSES.split())
    wanted = document("evaluate", SAMPLES / "wine_logistic.csv", "wine_labels.csv", *loss)
    assert found["results"][0]["cost"] == pytest.approx(wanted["results"][0]["cost"], rel=1e-12)


def asked(options, *paths, loss=("mse",), **more):
    """Return the request that options of edits make."""
    words = iter(options.split())
    given = {word.removeprefix("--").replace("-", "_"): next(words) for word in words}
    edits = Edits(
        rename_class=tuple(
            tuple(pair.split("=")) for pair in given.get("rename_class", "").split(",") if pair
        ),
        rescale_prediction=tuple(map(float, given["rescale_prediction"].split(",")))
        if "rescale_prediction" in given
        else None,
        scale_prediction=float(given["scale_prediction"]) if "scale_prediction" in given else None,
        transform_prediction=given.get("transform_prediction"),
        transform_label=given.get("transform_label"),
    )
    bound = tuple(parse_spec(spec, registry.find) for spec in loss)
    return Request(*paths, loss=bound, edits=edits, **more)


@pytest.mark.parametrize(
    ("options", "paths", "loss"),
    [
        (NUMBERS, ("diabetes.csv",), ("mse", "rmse")),
        (CLASSES, ("twice.csv", "wine_labels.csv"), ("cross_entropy",)),
    ],
)
def test_parts_give_the_report_of_one_run(folder, monkeypatch, options, paths, loss):
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)
    one = asked(options, *paths, loss=loss)
    crew = Here(3)
    assert repr(in_parts.evaluate(one, crew)) == repr(evaluate(one))
    assert crew.parts > 1
    bad = asked("--transform-prediction log --rescale-prediction -100,1", "diabetes.csv", bad_rows="drop")
    assert repr(in_parts.evaluate(bad, Here(3))) == repr(evaluate(bad))
    for crew in (Here(1), Here(3)):
        with pytest.raises(LosscliError, match=r"row 2 \(line 3\): prediction is 66.9899"):
            in_parts.evaluate(
                asked("--transform-prediction log --rescale-prediction -100,1", "diabetes.csv"), crew
            )


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_engines_give_the_document_of_one_run(folder, engine):
    if engine == "dask":
        pytest.importorskip("dask")
    more = ["--engine", engine, "--workers", "2"]
    call_ = ["evaluate", "diabetes.csv", "--loss", "mse", *NUMBERS.split()]
    assert document(*call_, *more) == document(*call_)
    call_ = ["evaluate", "twice.csv", "wine_labels.csv", "--loss", "cross_entropy", *CLASSES.split()]
    assert document(*call_, *more) == document(*call_)


def test_that_no_predicted_class_is_renamed_is_told_of_all_parts(tmp_path):
    states = []
    for number, name in enumerate("abc"):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"prediction,label\n{name},a\n{name},b\n{name},c\n")
        states.append(str(tmp_path / f"{number}.state"))
        more = {"loss": "zero_one", "rename_class": {"c": "a"}}
        losscli.evaluate(str(path), state=states[-1], **more)
    assert "no predicted class is" not in str(losscli.merge(states).notes)
    assert "no predicted class is c (rename_class)" in losscli.merge(states[:2]).notes
    whole = losscli.evaluate(str(tmp_path / "*.csv"), **more)
    crew = losscli.evaluate(str(tmp_path / "*.csv"), engine="processes", workers=2, **more)
    assert crew.to_dict() == whole.to_dict()


@pytest.mark.parametrize(
    ("name", "labels", "options", "loss"),
    [
        ("diabetes.csv", (), NUMBERS, "mse"),
        ("twice.csv", ("wine_labels.csv",), f"{CLASSES} --unmatched drop", "cross_entropy"),
    ],
)
def test_states_merge_to_the_report_of_one_run(folder, name, labels, options, loss):
    whole = pd.read_csv(name, dtype=str)
    for number in range(3):
        whole[number::3].to_csv(f"part-{number}.csv", index=False)
        more = [*options.split(), "--loss", loss, "--state", f"{number}.state", "--quiet"]
        assert call("evaluate", f"part-{number}.csv", *labels, *more).returncode in (0, 2)
    if labels:
        # Labels are read by one alone; the others are about other files of them.
        for number in range(3):
            shutil.copy(labels[0], f"labels-{number}.csv")
            with Path(f"labels-{number}.csv").open("a") as file:
                file.write(f"more-{number},class_0\n")
            more = [*options.split(), "--loss", loss, "--state", f"{number}.state", "--quiet"]
            done = call("evaluate", f"part-{number}.csv", f"labels-{number}.csv", *more)
            assert done.returncode == 0, done.stderr
    found = json.loads(call("merge", "0.state", "1.state", "2.state", "--format", "json").stdout)
    wanted = document("evaluate", name, *labels, "--loss", loss, *options.split())
    assert found["signature"] == wanted["signature"]
    assert found["results"][0]["sum"] == wanted["results"][0]["sum"]


@pytest.mark.usefixtures("folder")
def test_states_of_other_edits_do_not_merge_and_of_none_they_do():
    def state(number, *more):
        path = Path(f"{number}.csv")
        path.write_text(f"prediction,label\n{number},2\n")
        done = call("evaluate", path, "--loss", "mse", "--state", f"{number}.state", "--quiet", *more)
        assert done.returncode == 0, done.stderr
        return f"{number}.state"

    plain, one = state(1), state(2, "--scale-prediction", "1")
    other, alike = state(3, "--scale-prediction", "2"), state(4, "--scale-prediction", "2.0")
    assert "scale_prediction" not in Path(one).read_text()
    assert call("merge", plain, one, "--quiet").returncode == 0
    assert call("merge", other, alike, "--quiet").returncode == 0
    refused = call("merge", plain, other)
    assert refused.returncode == 2
    assert "scale_prediction is 2.0, and null in" in refused.stderr


@pytest.mark.parametrize(
    ("paths", "options", "loss"),
    [
        ("diabetes.csv", NUMBERS, "mse"),
        ("twice.csv wine_labels.csv", CLASSES, "cross_entropy"),
        ("diabetes.csv", "--scale-prediction 1", "mse"),
    ],
)
def test_receipts_are_replayed(folder, paths, options, loss):
    more = ["--loss", loss, *options.split(), "--receipt", "r.json", "--quiet"]
    assert call("evaluate", *paths.split(), *more).returncode == 0
    done = call("replay", "r.json")
    assert done.returncode == 0, done.stdout + done.stderr
    whole = json.loads(Path("r.json").read_text())
    names = options.split()[::2]
    assert {*names} == {f"--{key}" for key in whole["call"]} & {*NAMES.values()}
    whole["call"][names[0].removeprefix("--")] = "nonsense"
    Path("r.json").write_text(json.dumps(whole))
    assert call("replay", "r.json").returncode == 2


def test_receipts_of_comparisons_too(folder):
    models = pd.read_csv("diabetes.csv")
    models.assign(other=models["prediction"] * 0.75).to_csv("models.csv", index=False)
    columns = "--prediction prediction --prediction other --loss mse --label label --receipt r.json --quiet"
    done = call("compare", "models.csv", *columns.split(), *NUMBERS.split())
    assert done.returncode == 0, done.stderr
    done = call("replay", "r.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(Path("r.json").read_text())["call"]["scale-prediction"] == 2.0


def test_fit_saves_what_it_corrected(folder):
    call_ = [
        "--loss",
        "mse",
        "--model",
        "affine",
        "--epochs",
        "3",
        "--folds",
        "0",
        "--quiet",
        "--save-predictions",
    ]
    done = call("fit", "diabetes.csv", *call_, "a.csv", *NUMBERS.split())
    assert done.returncode == 0, done.stderr
    assert call("fit", "by_hand.csv", *call_, "b.csv").returncode == 0
    one, other = (table(name)["prediction"] for name in ("a.csv", "b.csv"))
    assert one.tolist() == other.tolist()
    renamed = ["--rename-class", "class_0=class_2,class_2=class_0"]
    more = [
        "--loss",
        "cross_entropy",
        "--model",
        "temperature",
        "--epochs",
        "1",
        "--folds",
        "0",
        "--save-predictions",
        "c.csv",
    ]
    done = call("fit", "twice.csv", "wine_labels.csv", *more, *renamed)
    assert done.returncode == 2
    assert "the columns would keep their names" in done.stderr
    assert not Path("c.csv").exists()


def test_checks_and_the_environment(folder):
    wanted = call("evaluate", "by_hand.csv", "--loss", "mse", "--quiet").stdout
    Path("losscli.toml").write_text(
        '[[check]]\npredictions = "diabetes.csv"\nloss = "mse"\nscale-prediction = 2\n'
        'transform-prediction = "log1p"\ntransform-label = "sqrt"\nrescale-prediction = "1,0.5"\n'
        '[[check]]\npredictions = "twice.csv"\nlabels = "wine_labels.csv"\nloss = "cross_entropy"\n'
        'transform-prediction = "unsoftmax"\nrename-class = { class_0 = "class_2", class_2 = "class_0" }\n'
    )
    whole = document("check")
    costs = [result["cost"] for one in whole["checks"] for result in one["results"]]
    assert costs[0] == float(wanted)
    assert costs[1] < 0.2
    words = iter(NUMBERS.split())
    said = {f"LOSSCLI_{word[2:].upper().replace('-', '_')}": next(words) for word in words}
    assert call("evaluate", "diabetes.csv", "--loss", "mse", "--quiet", **said).stdout == wanted
    Path("losscli.toml").write_text('[[check]]\npredictions = "p"\nloss = "mse"\nscale-prediction = "2"\n')
    assert "scale-prediction: the text '2'; needed: a number" in call("check").stderr


def test_a_baseline_that_was_edited_otherwise_is_told(folder):
    Path("b.json").write_text(call("evaluate", "diabetes.csv", "--loss", "mse", "--format", "json").stdout)
    more = ["--loss", "mse", "--baseline", "b.json", "--gate", "mse <= baseline * 1e9", "--quiet"]
    done = call("evaluate", "diabetes.csv", *more, "--scale-prediction", "1")
    assert "--scale-prediction" not in done.stderr
    done = call("evaluate", "diabetes.csv", *more, "--scale-prediction", "2")
    assert "b.json: --scale-prediction is nothing there, 2 here" in done.stderr


def test_every_edit_is_an_option_an_argument_and_a_part_of_signatures():
    names = [*option_names()]
    assert {f"--{name.replace('_', '-')}" for name in names} == {*NAMES.values()}
    assert edits_of(dict.fromkeys(names, None) | {"rename_class": (), "skip_rows": ()}) == Edits()
    with pytest.raises(TypeError):
        losscli.evaluate({"prediction": [1.0], "label": [1.0]}, loss="mse", scale_predictions=2)
