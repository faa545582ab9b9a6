"""Every report knows which columns were read, in the spelling of the file, and how they were found."""

import pytest

from losscli import evaluate, gradient


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_a_report_knows_its_columns(file):
    left = file("ID,Y-Pred,w\na,1,1\nb,2,1\n", "p.csv")
    right = file("id,Age,Site\na,2,x\nb,2,y\n", "l.csv")
    report = evaluate(left, right, loss="mse", weight="W", group="site")
    beside = {"id": "ID", "weight": "w", "group": ("Site",)}
    assert report.columns == {"prediction": ("Y-Pred",), "label": ("Age",), **beside}
    assert report.found == {"label": "only one left"}
    slopes = gradient(left, right, loss="mse", weight="w", label="age")
    assert slopes.columns == {"prediction": ("Y-Pred",), "label": ("Age",), "id": "ID", "weight": "w"}


def test_what_options_and_usual_names_give_is_not_said_to_be_found(file):
    path = file("a,b\n1,2\n")
    report = evaluate(path, loss="mse", prediction="a", label="b")
    assert (report.columns, report.found) == ({"prediction": ("a",), "label": ("b",)}, {})
    report = evaluate(file("score,truth\n1,2\n"), loss="mse")
    assert (report.columns, report.found) == ({"prediction": ("score",), "label": ("truth",)}, {})


def test_classes_called_as_the_labels_are_said_to_be_found(file):
    path = file("cat,dog,label\n0.5,0.5,cat\n0.5,0.5,dog\n")
    report = evaluate(path, loss="cross_entropy")
    assert report.columns == {"prediction": ("cat", "dog"), "label": ("label",)}
    assert report.found == {"prediction": "called as the labels are"}


def test_predictions_that_are_their_own_labels_are_told(file):
    path = file("id,prediction\n1,2\n2,4\n", "p.csv")
    note = "predictions and labels are the same column of "
    for twice in (path, str(path.parent / "." / "p.csv")):
        report = evaluate(path, twice, loss="mse")
        assert report.cost == 0.0
        assert any(note in told and "p.csv, prediction: every one is right" in told for told in report.notes)
    assert any(note in told for told in evaluate(path.parent, path.parent, loss="mse").notes)
    both = file("id,prediction,label\n1,2,3\n", "both.csv")
    assert evaluate(both, both, loss="mse").notes == ()
    copied = evaluate(path, file("id,prediction\n1,2\n2,4\n", "copy.csv"), loss="mse")
    assert not any(note in told for told in copied.notes)
