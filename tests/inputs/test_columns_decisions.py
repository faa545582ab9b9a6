"""Predicted class names that are none, and classes whose order matters."""

import itertools

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("block_rows", [1, 262_144])
@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("0.93,1\n1.0,1\n0.02,0", r"0\.93 is predicted, but is not a class of any label"),
        ("1,1\n0,0\n1e-3,0", r"1e-3 is predicted"),
        ("-0.5,0\n0,1", r"-0\.5 is predicted"),
        ("0.5,0\n0.25,1", r"no predicted class name is a label, such as 0\.5"),
        ("yes,1\nno,0", r"no predicted class name is a label, such as yes"),
        ("2,0\n3,1", r"no predicted class name is a label, such as 2"),
    ],
)
def test_predictions_that_are_no_names_of_labels_are_refused(file, cells, found, block_rows):
    with pytest.raises(LosscliError, match=found):
        evaluate(file(f"prediction,label\n{cells}\n"), loss="zero_one", block_rows=block_rows)


def test_a_class_that_is_only_predicted_is_a_note(file):
    report = evaluate(file("prediction,label\n1,1\n2,0\n"), loss="zero_one")
    assert (report.results[0].cost, report.notes) == (0.5, ("2 is predicted, but never a label",))
    report = evaluate(file("prediction,label\ncat,cat\ndog,cat\nfox,cat\n"), loss="zero_one")
    assert report.notes == ("dog, fox are predicted, but never a label",)
    same = evaluate(file("prediction,label\n0.5,0.50\n1.5,0.5\n0.5,1.5\n"), loss="zero_one")
    assert (same.results[0].cost, same.notes) == (pytest.approx(2 / 3), ())


@pytest.mark.parametrize("written", ["prob_{}", "P({})", "p{}", "c{}"])
@pytest.mark.parametrize("chosen", [False, True])
def test_classes_that_are_numbers_are_ordered_by_value(file, written, chosen):
    shares = {"2": 0.5, "9": 0.25, "10": 0.25}
    costs = set()
    for order in itertools.permutations(shares):
        names = [written.format(name) for name in order]
        left = file(
            f"{','.join(names)}\n" + f"{','.join(str(shares[name]) for name in order)}\n" * 3, "p.csv"
        )
        report = evaluate(
            left,
            file("label\n2\n9.0\n10\n", "l.csv"),
            loss="ranked_probability",
            **({"prediction": names} if chosen else {}),
        )
        costs.add(report.results[0].cost)
        assert report.notes == ()
    assert len(costs) == 1
    assert costs.pop() == pytest.approx((0.3125 + 0.3125 + 0.8125) / 3)


def test_other_classes_are_in_the_order_of_their_columns_and_the_report_names_it(file):
    path = file("prob_home,prob_draw,prob_away,label\n0.5,0.25,0.25,away\n")
    report = evaluate(path, loss="ranked_probability")
    assert report.results[0].cost == 0.8125
    assert report.notes == ("the classes are in the order of their columns: home, draw, away",)
    names = ["prob_draw", "prob_home", "prob_away"]
    assert evaluate(path, loss="ranked_probability", prediction=names).notes == (
        "the classes are in the order of their columns: draw, home, away",
    )
    assert evaluate(path, loss="cross_entropy").notes == ()
