"""Usual names: which they are, which give way, and that no other use of a column hands its role on."""

import itertools

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.usual_names import LABEL_NAMES, PREDICTION_NAMES


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def mae(*arguments, **options):
    return evaluate(*arguments, loss="mae", **options).results[0].cost


def spellings(name):
    marks = [name.replace("_", mark) for mark in "_-. "]
    return {*marks, name.upper(), name.title(), f" {name} "}


@pytest.mark.parametrize("name", PREDICTION_NAMES)
def test_every_usual_name_of_a_prediction_is_found_in_every_spelling(file, name):
    for spelling in spellings(name):
        assert mae(file(f"x,{spelling},label,z\n9,3,1,8\n")) == 2.0


@pytest.mark.parametrize("name", LABEL_NAMES)
def test_every_usual_name_of_a_label_is_found_in_every_spelling(file, name):
    for spelling in spellings(name):
        assert mae(file(f"x,{spelling},pred,z\n9,3,1,8\n")) == 2.0


@pytest.mark.parametrize(
    "name", ["label_source", "labelled", "target2", "y1", "prediction_time", "pred_", "scored"]
)
def test_a_name_that_only_begins_so_is_no_usual_name(file, name):
    with pytest.raises(LosscliError, match="columns could be"):
        mae(file(f"{name},other,label\n9,3,1\n"))
    with pytest.raises(LosscliError, match="columns could be"):
        mae(file(f"{name},other,pred\n9,3,1\n"))


def test_two_usual_names_of_a_role_are_an_error_that_names_both_but_some_give_way(file):
    for one, other in itertools.combinations(LABEL_NAMES, 2):
        path = file(f"pred,{one},{other}\n1,3,9\n")
        if "y" in (one, other):
            assert mae(path) == (2.0 if other == "y" else 8.0)
            continue
        with pytest.raises(LosscliError, match=f"2 columns could be the label: {one}, {other}; .*label="):
            mae(path)
    for one, other in itertools.combinations(PREDICTION_NAMES, 2):
        path = file(f"label,{one},{other}\n1,3,9\n")
        if other in ("score", "output") and one not in ("score", "output"):
            assert mae(path) == 2.0
            continue
        with pytest.raises(LosscliError, match=f"2 columns could be the prediction: {one}, {other}; "):
            mae(path)


@pytest.mark.parametrize("use", ["group", "weight", "id"])
def test_a_column_keeps_its_role_whatever_else_it_is_used_for(file, use):
    path = file("prediction,label,age\n1,2,40\n3,5,50\n")
    assert mae(path, **{use: "label"}) == pytest.approx(12 / 7 if use == "weight" else 1.5)
    assert mae(path, **{use: "prediction"}) == pytest.approx(7 / 4 if use == "weight" else 1.5)
    left, right = file("prediction,label\n1,40\n3,50\n", "p.csv"), file("label\n2\n5\n", "l.csv")
    assert mae(left, right, align="position", **({use: "prediction"} if use != "id" else {})) > 1.0
    if use != "id":
        with pytest.raises(LosscliError, match="label differs in row 1: '40' and '2'"):
            mae(left, right, **{use: "prediction"})


def test_the_cost_per_class_is_grouped_by_the_label_itself(file):
    path = file("prediction,label,age\n0.5,1,40\n0.25,0,50\n0.5,1,60\n")
    result = evaluate(path, loss="mae", group="label").results[0]
    assert {group.group: group.cost for group in result.groups} == {"1": 0.5, "0": 0.25}


def test_a_named_use_makes_no_other_column_play_the_role(file):
    path = file("label,age\n1,40\n")
    with pytest.raises(LosscliError, match=r"one column is left, age, but .* has label, .*label=\"…\""):
        mae(path, prediction="label")
    with pytest.raises(LosscliError, match=r"has prediction, .*prediction=\"…\""):
        mae(file("prediction,age\n1,40\n"), label="prediction")


def test_the_only_column_left_needs_that_neither_file_has_a_usual_name(file):
    left, right = file("prediction,label\n1,2\n", "p.csv"), file("age\n40\n", "l.csv")
    with pytest.raises(LosscliError, match=r"l\.csv: one column is left, age, but .*p\.csv has label"):
        mae(left, right)
    assert mae(left, right, label="age") == 39.0
    with pytest.raises(LosscliError, match=r"p\.csv: one column is left, m, but .*l\.csv has y_hat"):
        mae(file("m\n1\n", "p.csv"), file("label,y_hat\n1,2\n", "l.csv"))


@pytest.mark.parametrize("use", ["group", "weight", "id"])
def test_columns_that_options_name_for_another_role_do_not_count_as_left(file, use):
    path = file("prediction,site,height\n1,7,2\n")
    assert mae(path, **{use: "site"}) == 1.0
    left, right = file("id,prediction\na,1\n", "p.csv"), file("id,site,height\na,7,2\n", "l.csv")
    if use != "id":
        assert mae(left, right, **{use: "site"}) == 1.0
    # Two annotators, or a label file and a submission that call theirs alike.
    assert mae(file("id,label\na,1\n", "p.csv"), file("id,label\na,3\n", "l.csv")) == 2.0


def test_a_missing_column_lists_every_file_it_may_stand_in_and_the_nearest_name(file):
    left, right = file("id,prediction,site\na,1,x\n", "p.csv"), file("id,label,weights\na,2,1\n", "l.csv")
    for option in ("group", "weight"):
        with pytest.raises(LosscliError) as error:
            mae(left, right, **{option: "weigths"})
        assert f"there is no column 'weigths' ({option})" in str(error.value)
        assert "id, prediction, site (" in str(error.value)
        assert "id, label, weights (" in str(error.value)
        assert "Did you mean weights?" in str(error.value)
    with pytest.raises(LosscliError) as error:
        mae(left, right, prediction="predction")
    assert "l.csv" not in str(error.value)
    assert "Did you mean prediction?" in str(error.value)
