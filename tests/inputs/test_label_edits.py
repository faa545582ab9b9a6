"""Labels that are replaced or left out: as they stand in the file, every digit of them."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli

import losscli as ours
from losscli.common.errors import LosscliError

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def run(tmp_path):
    def call(text, *arguments):
        (tmp_path / "p.csv").write_text(text)
        return losscli("evaluate", tmp_path / "p.csv", *arguments, "--quiet")

    return call


ONE_HOT = "prob_cat,prob_dog,label_cat,label_dog\n0.9,0.1,{t},{f}\n0.2,0.8,{f},{t}\n"


@pytest.mark.parametrize(
    ("t", "f"), [("True", "False"), ("TRUE", "FALSE"), ("true", "0"), ('"True"', " False ")]
)
@pytest.mark.parametrize("more", [[], ["--map-labels", "True=1,False=0"], ["--block-rows", "1"]])
def test_one_hot_labels_may_be_true_and_false(run, t, f, more):
    want = run(ONE_HOT.format(t=1, f=0), "--loss", "cross_entropy").stdout
    done = run(ONE_HOT.format(t=t, f=f), "--loss", "cross_entropy", *more)
    assert (done.stdout, done.returncode) == (want, 0), done.stderr


@pytest.mark.parametrize("wrong", ["yes", "T", "Truee", ""])
def test_other_words_in_one_hot_labels_are_refused(run, wrong):
    done = run(ONE_HOT.format(t=wrong, f="False"), "--loss", "cross_entropy")
    assert done.returncode == 2
    assert "row 1" in done.stderr


def test_true_and_false_are_no_numbers_elsewhere(run):
    assert run("prediction,label\n0.5,True\n0.5,False\n", "--loss", "bce").returncode == 2
    assert run("prob_a,prob_b,label\nTrue,False,a\nFalse,True,b\n", "--loss", "cross_entropy").returncode == 2
    done = run(
        ONE_HOT.format(t="True", f="False"), "--loss", "cross_entropy", "--map-labels", "True=0,False=1"
    )
    assert done.returncode == 2


def test_one_hot_frames_may_hold_true_and_false():
    frame = pd.DataFrame({"prob_a": [0.9, 0.2], "prob_b": [0.1, 0.8]})
    numbers = pd.DataFrame({"label_a": [1, 0], "label_b": [0, 1]})
    want = ours.evaluate(frame, numbers, loss="cross_entropy").results[0].cost
    for labels in (
        numbers.astype(bool),
        numbers.astype(bool).astype(object),
        numbers.astype(bool).astype(str),
    ):
        assert ours.evaluate(frame, labels, loss="cross_entropy").results[0].cost == want


@pytest.mark.parametrize(
    ("labels", "mapping"),
    [
        (("<=50K", ">50K"), '"<=50K"=0,">50K"=1'),
        (("a,b", "c"), ' "a,b" = 0 , c=1'),
        (('say "x"', "="), '"say ""x"""=0,"="=1'),
        (("a", "b"), '"a"="0","b"="1"'),
        (("a", "b"), "a=0,b=1"),
    ],
)
def test_labels_with_equals_signs_and_commas_stand_in_double_quotes(run, labels, mapping):
    first, second = ('"' + label.replace('"', '""') + '"' for label in labels)
    done = run(f"prediction,label\n0.9,{second}\n0.2,{first}\n", "--loss", "bce", "--map-labels", mapping)
    assert done.stdout == "0.16425203348601802\n", done.stderr


@pytest.mark.parametrize("wrong", ["a=b=c", '"a"=b"c"', '"a=1', "=1", "a=", "a", '"a"b=1', 'a=""', '""=a'])
def test_what_maps_nothing_is_refused(run, wrong):
    done = run("prediction,label\n0.9,1\n", "--loss", "bce", "--map-labels", wrong)
    assert done.returncode == 2
    assert "--map-labels" in done.stderr


def test_table_of_a_config_maps_any_label(tmp_path):
    (tmp_path / "p.csv").write_text('prediction,label\n0.9,>50K\n0.2,<=50K\n0.2,"a,b"\n')
    (tmp_path / "losscli.toml").write_text(
        '[[check]]\nname = "x"\npredictions = "p.csv"\nloss = "bce"\n'
        'map-labels = {"<=50K" = 0, ">50K" = 1, "a,b" = "0"}\n'
        'gate = ["bce <= 0.19", "bce.n >= 3"]\n'
    )
    done = losscli("check", tmp_path / "losscli.toml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "ignored", ["9007199254740993", "9007199254740992", "9007199254740993.0", "-9007199254740993"]
)
def test_ignored_label_is_that_label_and_not_its_neighbour(run, ignored):
    labels = ["9007199254740992", "9007199254740993", "9007199254740994", "-9007199254740993"]
    text = "prediction,label\n" + "".join(f"0,{label}\n" for label in labels)
    done = run(text, "--loss", "mae", "--ignore-label", ignored, "--reduction", "sum")
    left = [float(label) for label in labels if int(label) != int(ignored.split(".")[0])]
    assert float(done.stdout) == float(np.abs(left).sum())


def test_labels_to_leave_out_that_no_row_has_are_told(run):
    text = "prediction,label\n1,2\n3,4\n"
    none = run(text, "--loss", "mae", "--ignore-label", "-100", "--ignore-label", "a")
    assert (none.stdout, none.stderr) == ("1.0\n", "losscli: note: no label is -100 or a (--ignore-label)\n")
    assert run(text, "--loss", "mae", "--ignore-label", "2.0").stderr == ""
    data = {"prediction": [1.0], "label": [2.0]}
    assert ours.evaluate(data, loss="mae", ignore_label=-100).notes == ("no label is -100 (ignore_label)",)


def test_labels_to_replace_that_no_row_has_are_told(run):
    text = "prediction,label\n1,2\n3,4\n"
    none = run(text, "--loss", "mae", "--map-labels", "9=1,a=2")
    assert (none.stdout, none.stderr) == ("1.0\n", "losscli: note: no label is 9 or a (--map-labels)\n")
    for pair in ("2.0=2", "9=1,4=4", "true=1,false=0"):
        assert run(text, "--loss", "mae", "--map-labels", pair).stderr == ""
    names = "prediction,label\ncat,cat\ndog,cat\n"
    assert "no label is x (--map-labels)" in run(names, "--loss", "zero_one", "--map-labels", "x=cat").stderr
    assert run(names, "--loss", "zero_one", "--map-labels", "cat=dog").stderr.count("note") == 1
    data = {"prediction": [1.0], "label": [2.0]}
    assert ours.evaluate(data, loss="mae", map_labels={9: 1}).notes == ("no label is 9 (map_labels)",)


def test_labels_to_replace_are_looked_for_in_all_parts(tmp_path):
    states = []
    for number, label in enumerate((1, 2, 3)):
        (tmp_path / f"{number}.csv").write_text(f"prediction,label\n1,{label}\n")
        states.append(str(tmp_path / f"{number}.state"))
        mapped = {"map_labels": {3: 4}, "loss": "mse"}
        report = ours.evaluate(str(tmp_path / f"{number}.csv"), state=states[-1], **mapped)
        assert report.notes == (("no label is 3 (map_labels)",) if label < 3 else ())
    assert ours.merge(states).notes == ()
    assert ours.merge(states[:2]).notes == ("no label is 3 (map_labels)",)
    whole = str(tmp_path / "*.csv")
    crew = ours.evaluate(whole, engine="processes", **mapped)
    assert crew.to_dict() == ours.evaluate(whole, **mapped).to_dict()


def test_replaced_label_is_that_label_and_not_its_neighbour(run):
    text = "prediction,label\n0,9007199254740992\n0,9007199254740993\n"
    done = run(text, "--loss", "mae", "--map-labels", "9007199254740993=1", "--reduction", "sum")
    assert float(done.stdout) == 9007199254740993.0 or float(done.stdout) == 9007199254740992.0 + 1.0


def test_replacement_makes_no_number_of_a_cell_that_is_none(run):
    text = "prediction;label\n1,5;x\n1,5;1.5\n"
    more = ["--loss", "mae", "--delimiter", ";", "--decimal", ","]
    done = run(text, *more, "--map-labels", "x=1.5")
    assert done.returncode == 2
    assert "row 2" in done.stderr
    assert run(text.replace("1.5", "1,5"), *more, "--map-labels", "x=1.5").stdout == "0.0\n"
    assert run(text.replace("1.5", "1,5"), *more, "--map-labels", 'x="1,5"').stdout == "0.0\n"


def signature(path, mapping):
    done = losscli("evaluate", path, "--loss", "cross_entropy", "--map-labels", mapping, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["signature"]


def test_different_replacements_sign_differently_where_007_and_7_are_two_classes(tmp_path):
    (tmp_path / "p.csv").write_text("prob_007,prob_7,label\n0.25,0.75,a\n0.25,0.75,b\n")
    found = {
        signature(tmp_path / "p.csv", one) for one in ("a=007,b=7", "a=7,b=7", "a=7,b=007", "a=007,b=007")
    }
    assert len(found) == 4


def test_replacements_of_one_meaning_sign_alike(tmp_path):
    (tmp_path / "p.csv").write_text("prob_0,prob_7,label\n0.25,0.75,a\n0.25,0.75,b\n")
    assert signature(tmp_path / "p.csv", "a=7,b=7.0") == signature(tmp_path / "p.csv", "b=07,a=7")


def test_one_hot_labels_are_not_replaced_otherwise():
    frame = pd.DataFrame({"prob_a": [0.9], "prob_b": [0.1], "label_a": [1], "label_b": [0]})
    with pytest.raises(LosscliError):
        ours.evaluate(frame, loss="cross_entropy", map_labels={"1": "0"})


SEVERAL = "prob_a,prob_b,label_a,label_b\n0.9,0.2,{t},{t}\n0.3,0.6,{t},{f}\n"


@pytest.mark.parametrize("more", [[], ["--map-labels", "True=1,False=0"], ["--block-rows", "1"]])
def test_labels_of_several_outputs_may_be_true_and_false(run, more):
    want = run(SEVERAL.format(t=1, f=0), "--loss", "bce").stdout
    done = run(SEVERAL.format(t="True", f="False"), "--loss", "bce", *more)
    assert (done.stdout, done.returncode) == (want, 0), done.stderr


@pytest.mark.parametrize(
    ("t", "f", "advice"),
    [
        ("yes", "no", "write them as 1 and 0, or True and False, in the file"),
        ("1", "-1", "write them as 0 and 1 in the file"),
    ],
)
def test_nobody_is_told_to_map_labels_in_several_columns(run, t, f, advice):
    done = run(SEVERAL.format(t=t, f=f), "--loss", "bce")
    assert done.returncode == 2
    assert advice in done.stderr
    assert "--map-labels" not in done.stderr
    done = run(SEVERAL.format(t=t, f=f), "--loss", "bce", "--map-labels", f"{t}=1,{f}=0")
    assert "there are 2 label columns; needed: one. Change the labels in the file itself." in done.stderr


@pytest.mark.parametrize(
    ("label", "loss", "told"),
    [
        ("2", "bce", "If these are 1 and 2: --map-labels 1=0,2=1"),
        ("2", "hinge", "If these are 1 and 2: --map-labels 1=-1,2=1"),
        ("7", "bce", "If these are two classes: --map-labels A=0,7=1"),
        ("-1", "bce", "If these are -1 and 1: --map-labels -1=0,1=1"),
    ],
)
def test_two_classes_are_mapped_from_the_numbers_that_they_are(run, label, loss, told):
    assert told in run(f"prediction,label\n0.5,1\n0.4,{label}\n", "--loss", loss).stderr


def test_all_labels_in_other_capitals_are_named_at_once(run):
    text = "prob_TRUE,prob_FALSE,label\n.5,.5,True\n.4,.6,False\n.4,.6,True\n"
    told = "--map-labels True=TRUE,False=FALSE"
    assert told in run(text, "--loss", "cross_entropy").stderr
    assert run(text, "--loss", "cross_entropy", *told.split()).returncode == 0
    text = "prediction,label\nTRUE,True\nFALSE,False\n"
    assert told in run(text, "--loss", "zero_one").stderr
    assert run(text, "--loss", "zero_one", *told.split()).returncode == 0


def test_points_between_thousands_are_told(run):
    done = run("prediction;label\n1.234,5;1\n2;3\n", "--loss", "mse")
    assert "points between thousands and a decimal comma" in done.stderr
