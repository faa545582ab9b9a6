"""What is told of a cell that is refused: its column, what it looks like, options with its own words."""

import pytest
from helpers.calls import losscli

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def told(tmp_path):
    def call(text, *arguments):
        (tmp_path / "p.csv").write_text(text, encoding="utf-8")
        done = losscli("evaluate", tmp_path / "p.csv", *arguments)
        assert done.returncode == 2, done.stdout
        return done.stderr

    return call


@pytest.mark.parametrize(
    ("cell", "said"), [("nan", "prediction is nan"), ("x", "prediction is x"), ("", "missing")]
)
@pytest.mark.parametrize("block", ["1", "2", "100"])
def test_bad_cell_of_several_columns_names_its_column(told, cell, said, block):
    text = f"prob_cat,prob_dog,label\n0.5,0.5,cat\n0.5,0.5,cat\n0.5,{cell},dog\n"
    message = told(text, "--loss", "cross_entropy", "--block-rows", block)
    assert f"row 3 (line 4), prob_dog: prediction is {cell or 'missing'}" in message
    assert said in message


@pytest.mark.parametrize(
    ("yes", "no"), [("yes", "no"), ("Y", "N"), ("positive", "negative"), ("True", "False"), ("t", "f")]
)
def test_labels_that_say_yes_and_no_are_mapped_in_the_remedy(told, yes, no):
    message = told(f"prediction,label\n0.5,{no}\n0.5,{yes}\n0.4,{no}\n", "--loss", "bce")
    assert f"--map-labels {yes}=1,{no}=0" in message


def test_remedy_does_what_it_says(told, tmp_path):
    message = told("prediction,label\n0.9,>50K\n0.2,<=50K\n", "--loss", "bce")
    assert """--map-labels '>50K=1,"<=50K"=0'""" in message
    mapped = ["--map-labels", '>50K=1,"<=50K"=0']
    done = losscli("evaluate", tmp_path / "p.csv", "--loss", "bce", *mapped, "--quiet")
    assert done.stdout == "0.16425203348601802\n", done.stderr


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("7.67%", "a percentage"),
        ("$12", "an amount of money"),
        ("12.50 €", "an amount of money"),
        ('"1,234.5"', "commas between thousands"),
        ('"1,234,567"', "commas between thousands"),
        ('"1,5"', "--decimal ,"),
        ("\u22120.5", "a minus sign (U+2212) or a dash instead of a hyphen-minus"),
        ("(12)", "a negative number in parentheses"),
        ("12:30", "a time"),
        ("2026-01-31", "a time"),
    ],
)
def test_cell_that_is_no_number_says_what_it_looks_like(told, cell, said):
    message = told(f"prediction,label\n{cell},1\n2,2\n", "--loss", "mse")
    assert said in message
    assert "--bad-rows" not in message


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("prediction,label\n90,1\n20,0\n", "bce"),
        ("prob_a,prob_b,label\n90,10,a\n45.5,54.5,b\n", "cross_entropy"),
    ],
)
def test_probabilities_in_percent_are_told_as_such(told, text, loss):
    assert "If these are percentages: divide them by 100." in told(text, "--loss", loss)


def test_other_numbers_are_not_taken_for_percentages(told):
    assert "percentages" not in told("prediction,label\n-3,1\n20,0\n", "--loss", "bce")
    assert "percentages" not in told("prob_a,prob_b,label\n3,2,a\n", "--loss", "cross_entropy")
