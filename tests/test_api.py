"""The Python API: the figures of the command line, and errors that say all that is wrong."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers import calls

import losscli
from losscli.common.errors import LosscliError, UsageError
from losscli.inputs.header import TextFormat
from losscli.outputs.formats import load


@pytest.fixture
def files(tmp_path):
    rnd = np.random.default_rng(5)
    paths = tmp_path / "p.csv", tmp_path / "l.csv"
    values = rnd.normal(size=(3, 300))
    order = rnd.permutation(300)
    paths[0].write_text(
        "id;pred;w\n"
        + "".join(f"s{n};{float(values[0, n])!r};{float(abs(values[1, n]))!r}\n" for n in range(300))
    )
    paths[1].write_text("id,label,g\n" + "".join(f"s{n},{float(values[2, n])!r},{n % 3}\n" for n in order))
    return paths


def test_the_api_computes_what_the_command_line_computes(files):
    options = ["--loss", "mse", "--loss", "rmse", "--weight", "w", "--group", "g", "--format", "json"]
    document = json.loads(calls.losscli("evaluate", *files, *options).stdout)
    report = losscli.evaluate(*files, loss=["mse", "rmse"], weight="w", group="g")
    assert document["signature"] == report.signature
    assert document["alignment"] == report.alignment == "id"
    for said, result in zip(document["results"], report.results, strict=True):
        for name in ("loss", "n", "cost", "sum", "mean", "std", "min", "max", "weight_sum"):
            assert said[name] == getattr(result, name), name
        assert [group["cost"] for group in said["groups"]] == [group.cost for group in result.groups]
        assert [(row["id"], row["loss"]) for row in said["worst"]] == [
            (sample.id, sample.loss) for sample in result.worst
        ]


@pytest.mark.parametrize("block_rows", [1, 7, 262_144])
def test_no_figure_depends_on_block_rows(files, block_rows):
    options = {"loss": ["mse", "mae"], "weight": "w", "group": "g"}
    right = losscli.evaluate(*files, **options)
    assert losscli.evaluate(*files, **options, block_rows=block_rows).results == right.results


def test_a_loss_may_be_bound_before(files):
    bound = losscli.load_loss("mse")
    assert losscli.evaluate(*files, loss=bound).results == losscli.evaluate(*files, loss="mse").results


def test_all_that_is_wrong_with_a_call_is_said_at_once(files):
    with pytest.raises(LosscliError) as caught:
        losscli.evaluate(*files, loss=["mse", "maee"], gate=["mse <= x", "rmse <= 1"])
    assert str(caught.value).count("\n") >= 1
    assert "maee" in str(caught.value)
    with pytest.raises(UsageError, match="no loss is named; needed: at least one"):
        losscli.evaluate(*files, loss=[])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bad_rows": "skip"}, "bad_rows: 'skip'; needed: one of error, drop"),
        ({"reduction": "max"}, "reduction: 'max'; needed: one of mean, sum"),
        ({"align": "row"}, "align: 'row'; needed: one of auto, id, position"),
        ({"block_rows": 0}, "block_rows: 0; needed: at least 1"),
        ({"top": -1}, "top: -1; needed: at least 0"),
        ({"format": TextFormat(delimiter="||")}, r"delimiter: '\|\|'; needed: one ASCII character"),
        ({"format": TextFormat(delimiter="é")}, "delimiter: 'é'; needed: one ASCII character"),
        ({"format": TextFormat(delimiter="")}, "delimiter: ''; needed: one ASCII character"),
        ({"format": TextFormat(decimal="x")}, "decimal: 'x'; needed: a point or a comma"),
        (
            {"format": TextFormat(encoding="latin-99")},
            "encoding: 'latin-99'; needed: an encoding that Python knows",
        ),
        (
            {"format": TextFormat(encoding="rot13")},
            "encoding: 'rot13'; needed: an encoding that Python knows",
        ),
    ],
)
def test_options_are_checked(files, options, message):
    with pytest.raises(UsageError, match=message):
        losscli.evaluate(*files, loss="mse", **options)


def test_the_format_holds_for_both_files_unless_the_labels_have_their_own(tmp_path):
    for name in ("pred", "label"):
        (tmp_path / f"{name}.csv").write_text(f"{name}\n1,5\n")
    paths = tmp_path / "pred.csv", tmp_path / "label.csv"
    comma = TextFormat(delimiter=";", decimal=",")
    assert losscli.evaluate(*paths, loss="mae", format=comma).results[0].cost == 0.0
    paths[1].write_text("label\n1.5\n")
    assert (
        losscli.evaluate(*paths, loss="mae", format=comma, label_format=TextFormat()).results[0].cost == 0.0
    )


def test_values_to_ignore_and_to_map_may_be_numbers(tmp_path):
    data = {"pred": [1.0, 2.0, 3.0], "label": [0, 1, -1]}
    report = losscli.evaluate(data, loss="mae", ignore_label=[-1], map_labels={0: 1})
    assert (report.results[0].n, report.results[0].ignored, report.results[0].cost) == (2, 1, 0.5)
    assert losscli.evaluate(data, loss="mae", ignore_label=-1).results[0].ignored == 1


def test_no_row_is_an_error():
    with pytest.raises(LosscliError, match="predictions: no data rows; needed: at least one sample"):
        losscli.evaluate([], [], loss="mse")
    with pytest.raises(LosscliError, match="no row is left for mse: 2 read, 2 dropped or ignored"):
        losscli.evaluate([1.0, 2.0], [None, None], loss="mse", bad_rows="drop")


def test_gates_are_judged_and_raise_nothing(files):
    report = losscli.evaluate(*files, loss="mse", gate=["mse <= 1e-9", "mse.max < 1e9"])
    assert [gate.verdict for gate in report.gates] == ["fail", "pass"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top": 1.5}, "top: a float; needed: an integer"),
        ({"loss": 3}, "loss: a int; needed: a spec"),
        ({"loss": ["mse", 3]}, "loss: a int; needed: a spec"),
        ({"top": True}, "top: a bool; needed: an integer"),
        ({"reduction": np.array(["mean", "sum"])}, "reduction: .*; needed: one of mean, sum"),
        ({"map_labels": [1, 2]}, "map_labels: a list; needed: a mapping of labels"),
        ({"map_labels": {1: None}}, "map_labels: a NoneType; needed: a text or a number"),
        ({"ignore_label": [None]}, "ignore_label: a NoneType; needed: a text or a number"),
        ({"ignore_label": object()}, "ignore_label: a object; needed: a text or a number"),
        ({"weight": np.array([1.0])}, "weight: a ndarray; needed: the name of a column"),
        ({"format": "csv"}, "format: a str; needed: a TextFormat"),
    ],
)
def test_arguments_of_another_type_are_told_and_no_python_error(options, message):
    with pytest.raises(LosscliError, match=message):
        losscli.evaluate([1.0], [1.0], **{"loss": "mse", **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": 5}, "optimizer: a int; needed: the name of an optimiser"),
        ({"optimizer": ["adam", None]}, "optimizer: a NoneType; needed: the name of an optimiser"),
        ({"optimizer": None}, "optimizer: no optimiser is named"),
        ({"model": 3}, "model: a int; needed: a text"),
        ({"model": None}, "model: None; needed: one of"),
        ({"decay": np.array(["none"])}, "decay: a ndarray; needed: a text"),
        ({"save_predictions": 3}, "save_predictions: a int; needed: a text"),
        ({"learning_rate": [[0.1]]}, r"learning_rate: \[0.1\]; needed: a number > 0"),
        ({"learning_rate": np.array([[0.1]])}, "learning_rate: .*; needed: a number > 0"),
        ({"learning_rate": True}, "learning_rate: True; needed: a number > 0"),
        ({"learning_rate": [0.1, False]}, "learning_rate: False; needed: a number > 0"),
        ({"epochs": True}, "epochs: True; needed: an integer of at least 1"),
        ({"epochs": None}, "epochs: None; needed: an integer of at least 1"),
        ({"epochs": 2.0}, "epochs: 2.0; needed: an integer of at least 1"),
        ({"batch_size": np.float64(2)}, "batch_size: .*2.0.*; needed: an integer of at least 1"),
        ({"folds": [2]}, r"folds: \[2\]; needed: an integer"),
        ({"seed": "1"}, "seed: '1'; needed: an integer"),
        ({"tolerance": None}, "tolerance: None; needed: a number"),
        ({"momentum": True, "optimizer": "momentum"}, "momentum: True; needed: a number"),
    ],
)
def test_arguments_of_a_fit_of_another_type_are_told(options, message):
    with pytest.raises(UsageError, match=message):
        losscli.fit([1.0, 2.0, 4.0], [1.0, 3.0, 4.0], loss="mse", **options)


def test_numbers_of_numpy_are_numbers():
    data = [1.0, 2.0, 4.0, 3.0], [1.0, 3.0, 4.0, 2.0]
    plain = {"epochs": 3, "batch_size": 2, "patience": 2, "seed": 1, "folds": 2}
    more = {"learning_rate": 0.5, "tolerance": 0.25, "momentum": 0.5, "optimizer": "momentum"}
    report = losscli.fit(*data, loss="mse", **plain, **more)
    for integer, number in ((np.int64, np.float32), (np.uint8, np.array)):
        kinds = {name: integer(value) for name, value in plain.items()}
        rate = number(0.5)
        options = {**more, "learning_rate": rate, "tolerance": np.float16(0.25), "momentum": np.float32(0.5)}
        found = losscli.fit(*data, loss="mse", **kinds, **options)
        assert (found, repr(found)) == (report, repr(report))
    found = losscli.evaluate(*data, loss="mse", top=np.int64(2), block_rows=np.int32(3))
    assert repr(found) == repr(losscli.evaluate(*data, loss="mse", top=2, block_rows=3))
    labels = {"ignore_label": np.int64(3), "map_labels": {np.int64(1): np.float64(2.5)}}
    found = losscli.evaluate(*data, loss="mse", **labels)
    assert (found.results[0].ignored, found.results[0].n) == (1, 3)


def test_texts_that_differ_by_a_nul_are_not_one_id():
    predictions = pd.DataFrame({"id": ["a\0", "b"], "prediction": [1.0, 2.0]})
    labels = pd.DataFrame({"id": ["a", "b"], "label": [2.0, 1.0]})
    with pytest.raises(LosscliError, match="NUL"):
        losscli.evaluate(predictions, labels, loss="mse")


def test_a_baseline_is_a_report_its_document_or_a_path_of_one(files, tmp_path):
    earlier = losscli.evaluate(*files, loss="mse", group="g")
    path = tmp_path / "main.json"
    text = load("json").render(earlier)
    path.write_text(text)
    for baseline in (earlier, json.loads(text), path, str(path)):
        report = losscli.evaluate(
            *files, loss="mse", group="g", gate=["mse <= baseline", "mse < baseline"], baseline=baseline
        )
        assert [gate.verdict for gate in report.gates] == ["pass", "fail"]
        assert {gate.baseline for gate in report.gates} == {earlier.results[0].cost}
        assert report.notes == earlier.notes


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"gate": "mse < baseline"}, "there is no baseline"),
        ({"baseline": "nowhere.json"}, "baseline nowhere.json: there is no such file"),
        ({"gate": ["mse < baseline"], "baseline": 3}, "baseline: a int; needed: a path, a document"),
        ({"gate": "mse[a] < 3"}, "the samples are not grouped"),
        (
            {"gate": "mse < baseline", "baseline": "nowhere.json"},
            "baseline nowhere.json: there is no such file",
        ),
        ({"gate": "mse < baseline", "baseline": {}}, "baseline: this is no document of losscli evaluate"),
        ({"gate": "mse < baseline", "baseline": ""}, "baseline '': there is no such file"),
    ],
)
def test_what_is_wrong_with_a_baseline_is_told_before_a_file_is_opened(more, words):
    with pytest.raises(LosscliError) as caught:
        losscli.evaluate("no.csv", "file.csv", loss="mse", **more)
    assert words in str(caught.value)
    assert "no.csv" not in str(caught.value)


def test_a_gate_that_cannot_be_read_leaves_no_doubt_about_the_baseline(files):
    with pytest.raises(UsageError) as caught:
        losscli.evaluate(*files, loss="mse", gate="mse < basline", baseline="nowhere.json")
    assert "Did you mean baseline?" in str(caught.value)


def test_a_baseline_of_something_else_raises(files):
    earlier = losscli.evaluate(*files, loss="mse", reduction="sum")
    with pytest.raises(LosscliError, match="its cost is a sum"):
        losscli.evaluate(*files, loss="mse", gate="mse < baseline", baseline=earlier)
    with pytest.raises(LosscliError, match="it has no mae"):
        losscli.evaluate(*files, loss="mae", gate="mae < baseline", baseline=earlier)
