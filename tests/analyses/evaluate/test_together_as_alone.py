"""What each of many requests gets is what it gets alone, whatever they share and whatever is wrong."""

import bz2
import gzip
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.calls import SAMPLES
from helpers.examples import examples
from helpers.requests_of import outcome, request, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.together import evaluate_many
from losscli.common.errors import LosscliError
from losscli.inputs.shared import source


def check(requests, **options):
    """Evaluate all together and each alone; return what was found."""
    found = evaluate_many(requests, **options)
    assert [told(one) for one in found] == [told(outcome(one)) for one in requests]
    return found


def test_the_usual_config_one_label_file_and_several_models():
    labels = SAMPLES / "diabetes_labels.csv"
    found = check(
        [
            request(SAMPLES / "diabetes_linear.csv", labels, "mse", "mae"),
            request(SAMPLES / "diabetes_forest.csv", labels, "mse", group="sex"),
            request(SAMPLES / "diabetes_linear.csv", labels, "huber:delta=50", group="sex", top=3),
            request(SAMPLES / "diabetes_linear.csv", labels, "mse", reduction="sum", top=None),
            request(SAMPLES / "diabetes_linear.csv", labels, "mse", align="position"),
            request(SAMPLES / "diabetes.csv", None, "rmse", ignore_label=("151",)),
            request(SAMPLES / "diabetes_semicolon.csv", None, "rmse", decimal=","),
            request(SAMPLES / "diabetes.csv.gz", None, "rmse"),
        ]
    )
    assert all(isinstance(one, Report) for one in found)


def test_losses_that_read_different_columns_of_the_same_files():
    labels, signs = SAMPLES / "cancer_labels.csv", SAMPLES / "cancer_signs.csv"
    wine = SAMPLES / "wine_labels.csv"
    check(
        [
            request(SAMPLES / "cancer_logistic.csv", labels, "binary_cross_entropy", "brier"),
            request(SAMPLES / "cancer_logistic.csv", labels, "mse"),
            request(SAMPLES / "cancer_scores.csv", labels, "hinge"),
            request(SAMPLES / "cancer_scores.csv", signs, "hinge"),
            request(SAMPLES / "cancer_scores.csv", labels, "hinge", map_labels={"0": "-1", "1": "1"}),
            request(SAMPLES / "cancer_scores.csv", labels, "hinge", map_labels={"zero": "-1"}),
            request(SAMPLES / "wine_bayes.csv", wine, "cross_entropy", "zero_one"),
            request(SAMPLES / "wine_logistic.csv", wine, "cross_entropy", "multiclass_brier"),
            request(SAMPLES / "wine_logits.csv", wine, "cross_entropy"),
            request(SAMPLES / "wine_logits.csv", wine, "cross_entropy:from_logits=true"),
            request(SAMPLES / "wine_logits.csv", wine, "mse"),
            request(SAMPLES / "digits_bayes.csv", SAMPLES / "digits_labels.csv", "zero_one"),
            request(SAMPLES / "digits_bayes.csv", SAMPLES / "digits_labels.csv", "cross_entropy"),
            request(SAMPLES / "wine_bayes.csv", wine, "hinge", "cross_entropy"),
            request(SAMPLES / "wine_bayes.csv", SAMPLES / "nowhere.csv", "cross_entropy"),
        ]
    )


def test_nothing_to_do():
    assert evaluate_many([]) == []


def test_an_error_of_one_loss_is_its_own(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text("prediction,label\n0.5,1\n1.5,0\n0.2,1\n")
    found = check(
        [
            request(path, None, "binary_cross_entropy"),
            request(path, None, "mse"),
            request(path, None, "hinge"),
            request(path, None, "brier", "mae"),
            request(path, None, "mae", top=1),
            request(path, None, "msle", bad_rows="drop"),
        ]
    )
    assert [isinstance(one, Report) for one in found] == [False, True, False, False, True, True]


def test_no_row_left_is_said_to_each(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text("prediction,label,w\n2,1,0\n3,1,0\n")
    check(
        [
            request(path, None, "brier", bad_rows="drop"),
            request(path, None, "mse", bad_rows="drop"),
            request(path, None, "mse", weight="w"),
            request(path, None, "gan_generator", bad_rows="drop"),
        ]
    )


def test_text_too_long_for_one_request_is_no_error_of_the_others(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text("prediction,label,remark,x\n1,2,a,3\n1,2," + "b" * 5000 + ",4\n")
    found = check(
        [
            request(path, None, "mse", prediction=("x",), group="remark"),
            request(path, None, "mse"),
            request(path, None, "mse", id="remark"),
        ]
    )
    assert [isinstance(one, Report) for one in found] == [False, True, False]
    assert "the id is 5000 bytes long" in str(found[2])
    # Where nothing is shared, nothing is read twice to find the right words.
    check([request(path, None, "mse", id="remark")])


def test_one_column_may_be_a_number_a_name_an_id_and_a_group(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text("a,b,c\n1,01,1.0\n2,2,x\n3,03,3\n1,1,2\n")
    check(
        [
            request(path, None, "mse", prediction=("a",), label=("b",)),
            request(path, None, "mse", prediction=("b",), label=("a",), group="c"),
            request(path, None, "mse", prediction=("a",), label=("c",)),
            request(path, None, "mse", prediction=("a",), label=("c",), bad_rows="drop", id="b"),
            request(path, None, "zero_one", prediction=("a",), label=("b",), group="a"),
            request(path, None, "zero_one", prediction=("a",), label=("c",), weight="b"),
            request(path, None, "mse", prediction=("a", "b"), label=("b", "a")),
            request(path, None, "mse", prediction=("a", "b"), label=("b",)),
            request(path, None, "hinge", prediction=("a", "b"), label=("b", "a")),
            request(path, None, "hinge", "perceptron", prediction=("a", "b"), label=("b", "a")),
        ]
    )


def test_the_same_file_by_several_paths_is_called_by_each(tmp_path):
    path, link = tmp_path / "data.csv", tmp_path / "link.csv"
    path.write_text("prediction,label\n1,2\n1,x\n")
    link.symlink_to(path)
    tabbed = tmp_path / "link.tsv"
    tabbed.symlink_to(path)
    found = check([request(one, None, "mse") for one in (path, link, tabbed, tmp_path / "." / "data.csv")])
    assert "link.csv row 2" in str(found[1])


@pytest.mark.parametrize("held", [1 << 30, 20_000, 0])
def test_predictions_and_labels_may_be_one_file(tmp_path, monkeypatch, held):
    monkeypatch.setattr(source, "HELD_BYTES", held)
    path = tmp_path / "data.csv"
    path.write_text("id,prediction,label\n" + "".join(f"{n % 7}{n},{n},{n + n % 3}\n" for n in range(500)))
    requests = [
        request(path, path, "mse", prediction=("prediction",), label=("label",), block_rows=10),
        request(path, path, "mae", prediction=("label",), label=("prediction",), block_rows=10),
        request(path, None, "mae", block_rows=70),
    ]
    found = evaluate_many(requests)
    assert [one.results for one in found] == [outcome(one).results for one in requests]


def test_requests_that_differ_in_anything_get_their_own(tmp_path):
    path, labels = tmp_path / "p.csv", tmp_path / "l.csv"
    path.write_text("id,prediction,x,g\n1,1,2,a\n2,x,3,b\n3,5,4,a\n4,6,7,b\n")
    labels.write_text("id,label,w,z\n1,0,1,4\n2,1,2,4\n4,3,3,5\n3,0,2,6\n")
    base = {"align": "id", "bad_rows": "drop"}
    changes = [
        {"bad_rows": "error"},
        {"align": "position"},
        {"prediction": ("x",)},
        {"label": ("z",)},
        {"weight": "w"},
        {"group": "g"},
        {"id": "g"},
        {"label_id": "w"},
        {"ignore_label": ("0",)},
        {"map_labels": {"0": "9"}},
        {"map_labels": {"0": "8"}},
        {"reduction": "sum"},
        {"top": 1},
        {"top": 2, "reduction": "sum"},
        {"block_rows": 2},
        {"header": False},
        {"label_delimiter": ","},
        {"label_delimiter": ";"},
    ]
    check([request(path, labels, "mae", **{**base, **change}) for change in ({}, *changes)])


def test_frames_and_arrays_share_nothing(tmp_path):
    frame = pd.DataFrame({"prediction": [1.0, 2.0], "label": [1.0, 4.0]})
    same = frame.copy()
    labels = tmp_path / "labels.csv"
    labels.write_text("label\n5\n6\n")
    array = np.array([1.0, 2.0])
    check(
        [
            request(frame, None, "mse"),
            request(frame, None, "mae"),
            request(same, None, "mse"),
            request(array, labels, "mse"),
            request(array, labels, "mae"),
            request([1.0, "x"], labels, "mae"),
            request({"prediction": [1.0]}, labels, "mae"),
        ]
    )


def test_ids_that_ascend_at_first_are_looked_at_again(tmp_path):
    ids = [*range(400), *range(800, 400, -1)]
    left, right, again = (tmp_path / name for name in ("p.csv", "l.csv", "q.csv"))
    left.write_text("id,pred\n" + "".join(f"{id_},1\n" for id_ in ids))
    right.write_text("id,label\n" + "".join(f"{id_},2\n" for id_ in ids[::-1]))
    again.write_text("id,pred\n" + "".join(f"{id_},1\n" for id_ in [*ids[:-1], 7]))
    check(
        [
            request(left, right, "mse", block_rows=50),
            request(left, right, "mse", block_rows=70),
            request(left, left, "mse", label=("pred",), block_rows=70),
            request(again, right, "mse", block_rows=50),
            request(again, again, "mse", label=("pred",), block_rows=50),
        ]
    )


# What generated files are made of. A defect makes a file wrong in a way of its own.


def last_cell(row, text):
    return row.rpartition(",")[0] + text


CHANGES = {
    "short": lambda row: [last_cell(row, "")],
    "long": lambda row: [row + ",1"],
    "cell": lambda row: [last_cell(row, ",oops")],
    "missing": lambda row: [last_cell(row, ",")],
    "quote": lambda row: ['"' + row],
    "latin": lambda row: [last_cell(row, ",\udcff")],
    "lost": lambda row: [],
    "twice": lambda row: [row, row],
    "remark": lambda row: [row.replace(",r", "," + "r" * 5000, 1)],
    "blank": lambda row: ["", row],
}
DEFECTS = (*CHANGES, "empty", "header")


def damaged(rows, kind, place):
    """Return the lines of a file with one thing wrong."""
    if kind in ("empty", "header"):
        return rows[: 0 if kind == "empty" else 1]
    place = 1 + place % max(1, len(rows) - 1)
    return [
        *rows[:place],
        *(line for row in rows[place : place + 1] for line in CHANGES[kind](row)),
        *rows[place + 1 :],
    ]


NAMES = ("l1.csv", "l2.csv", "p1.csv", "p2.csv", "b.csv.gz", "b.csv.bz2")


@st.composite
def folders(draw, most_defects):
    """Return what is in a folder: label files, prediction files, files of both, some with defects."""
    rows = draw(st.integers(1, 30))
    rng = random.Random(draw(st.integers(0, 2**32)))
    wrong = draw(
        st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(DEFECTS), st.integers(0, 40)),
            max_size=most_defects,
        )
    )
    values = [rng.choice([0.25, 0.5, 1.0, 0.75, rng.random()]) for _ in range(rows)]
    texts = {}
    for name in NAMES:
        order = list(range(rows))
        if draw(st.booleans()):
            rng.shuffle(order)
        labelled, predicted = not name.startswith("p"), not name.startswith("l")
        lines = [
            ",".join(
                ["id", *(["label", "w", "r"] if labelled else []), *(["pred", "p2"] if predicted else [])]
            )
        ]
        for place in order:
            cells = [f"s{place}"]
            cells += (
                [rng.choice(["0", "1"]), str(rng.choice([0, 1, 2.5])), f"r{place % 3}"] if labelled else []
            )
            cells += [repr(values[place]), repr(rng.gauss(0.5, 0.3))] if predicted else []
            lines.append(",".join(cells))
        for file, kind, place in wrong:
            if file == name and lines:
                lines = damaged(lines, kind, place)
        data = "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")
        if name.endswith(".gz"):
            data = gzip.compress(data)
            if most_defects and draw(st.integers(0, 9)) == 0:
                data = data[: len(data) // 2]
        texts[name] = bz2.compress(data) if name.endswith(".bz2") else data
    return texts


SPECS = (
    ("mse",),
    ("mse",),
    ("mae", "mse"),
    ("brier",),
    ("hinge",),
    ("zero_one",),
    ("binary_cross_entropy", "mse"),
    ("msle",),
)
RARELY = st.integers(0, 15).map(lambda number: number == 0)


@st.composite
def calls(draw, folder):
    """Return a request on the files of a folder."""
    if draw(st.integers(0, 3)) == 0:
        files = (draw(st.sampled_from(["b.csv.gz", "b.csv.bz2"])), None)
    else:
        files = (
            draw(st.sampled_from(["p1.csv", "p2.csv"])),
            draw(st.sampled_from(["l1.csv", "l1.csv", "l2.csv"])),
        )
    if draw(RARELY):
        files = ("none.csv", files[1])
    specs = draw(st.sampled_from(SPECS)) if not draw(RARELY) else ("mse", "zero_one")
    return request(
        *(None if file is None else folder / file for file in files),
        *specs,
        prediction=("p2",) if draw(st.booleans()) else ("pred",) if not draw(RARELY) else ("pred", "p2"),
        label=("label",) if not draw(RARELY) else ("w",),
        weight="w" if draw(st.integers(0, 3)) == 0 else None,
        group="nowhere" if draw(RARELY) else draw(st.sampled_from([None, None, "r"])),
        align=draw(st.sampled_from(["auto", "auto", "position", "id"])),
        bad_rows=draw(st.sampled_from(["error", "drop"])),
        ignore_label=draw(st.sampled_from([(), (), (), ("0",), ("none",)])),
        map_labels=draw(st.sampled_from([{}, {}, {}, {"0": "-1"}, {"x": "1"}])),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        top=draw(st.sampled_from([0, 2, 10, None])),
        block_rows=draw(st.sampled_from([1, 7, 262_144])),
    )


@pytest.mark.parametrize("held", [1 << 30, 400])
@pytest.mark.parametrize("defects", [0, 2])
@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_all_is_as_alone(tmp_path_factory, defects, held, data):
    folder = tmp_path_factory.mktemp("many")
    for name, text in data.draw(folders(defects)).items():
        (folder / name).write_bytes(text)
    requests = data.draw(st.lists(calls(folder), min_size=1, max_size=6))
    losses = [request("", "", *data.draw(st.sampled_from(SPECS))).loss for _ in requests]
    # The same with other losses: those go through one pass.
    requests += [replace(one, loss=others) for one, others in zip(requests, losses, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "HELD_BYTES", held)
        found = evaluate_many(requests)
    for one, many in zip(requests, found, strict=True):
        if isinstance(many, LosscliError):
            assert told(many) == told(outcome(one))
            continue
        # That a file was too large to be held is told, and tells nothing about the figures.
        kept = tuple(note for note in many.notes if "read again" not in note)
        assert held < 1 << 30 or kept == many.notes
        assert told(replace(many, notes=kept)) == told(outcome(one))
