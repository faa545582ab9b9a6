"""Columns of classes, in the ways that tools write them; and decisions that stand beside probabilities."""

import pytest

from losscli import evaluate, gradient
from losscli.common.errors import LosscliError


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def entropy(*arguments, loss="cross_entropy", **options):
    """Return the most probable class and the label of each row, which show how classes were matched."""
    report = evaluate(*arguments, loss=loss, **options)
    samples = sorted(report.results[0].worst, key=lambda sample: sample.row)
    return [(sample.prediction, sample.label) for sample in samples]


WRITTEN = [
    *("prob_{}", "PROBA_{}", "prob.{}", "prob-{}", "probability_{}", "Probability:Class={}"),
    *("prediction_score_{}", "{}_probability", "{}_prob", "{}.proba", "{} Probability", "{}_logit"),
    *("P({})", "p[{}]", "Pr({})", "prob['{}']", "prob[{}]", "P(y={})", "P(class = {})", "P({} | x)"),
    *("probability '{}'", "prob_('{}')"),
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("classes", [("yes", "no"), ("1", "0"), ("a_b", "a_c")])
def test_classes_are_found_as_tools_write_them(file, written, classes):
    one, other = (written.format(name) for name in classes)
    header = f'id,"{other}",label,"{one}",fvalue'
    path = file(f"{header}\n1,0.1,{classes[0]},0.9,7\n2,0.8,{classes[1]},0.2,7\n")
    found = [(classes[0], classes[0]), (classes[1], classes[1])]
    assert entropy(path) == found
    assert entropy(path, prediction=[one, other]) == found


@pytest.mark.parametrize("letter", ["p", "P", "c", "X"])
def test_classes_behind_a_single_letter(file, letter):
    left = file(f"predict,{letter}10,{letter}0,{letter}1\n1,0,0.1,0.9\n0,0.1,0.7,0.2\n", "p.csv")
    right = file("y\n1\n0\n", "y.csv")
    assert entropy(left, right) == [("1", "1"), ("0", "0")]
    names = [f"{letter}0", f"{letter}10", f"{letter}1"]
    assert entropy(left, right, prediction=names) == [("1", "1"), ("0", "0")]


@pytest.mark.parametrize("start", ["p", "P_TARGET_B", "prob_class", "m1x"])
def test_explicit_classes_behind_a_beginning_that_ends_in_a_letter(file, start):
    left = file(f"{start}0,{start}1\n0.1,0.9\n0.8,0.2\n", "p.csv")
    right = file("y\n1\n0\n", "y.csv")
    assert entropy(left, right, prediction=[f"{start}0", f"{start}1"]) == [("1", "1"), ("0", "0")]
    names = file(f"y\n{start}1\n{start}0\n", "n.csv")
    found = [(f"{start}1", f"{start}1"), (f"{start}0", f"{start}0")]
    assert entropy(left, names, prediction=[f"{start}0", f"{start}1"]) == found


def test_classes_without_any_prefix_are_those_of_the_labels(file):
    left = file("id,EAP,HPL,MWS\na,0.7,0.2,0.1\nb,0.2,0.2,0.6\nc,0.3,0.4,0.3\n", "p.csv")
    right = file("id,author\nc,HPL\nb,MWS\na,EAP\n", "l.csv")
    assert entropy(left, right) == [("EAP", "EAP"), ("MWS", "MWS"), ("HPL", "HPL")]
    # One that no label has, where rows sum to 1; H2O's decision is none of them.
    left = file("predict,cat,dog,fox\ncat,0.7,0.2,0.1\ndog,0.1,0.8,0.1\n", "p.csv")
    assert entropy(left, file("y\ncat\ndog\n", "l.csv")) == [("cat", "cat"), ("dog", "dog")]
    one = file("cat,dog,label\n0.7,0.3,cat\n0.1,0.9,dog\n", "one.csv")
    assert entropy(one) == [("cat", "cat"), ("dog", "dog")]
    assert entropy(one, group="label") == [("cat", "cat"), ("dog", "dog")]


@pytest.mark.parametrize("block_rows", [1, 262_144])
@pytest.mark.parametrize(
    ("predictions", "labels", "message"),
    [
        (
            "cat,dog\n0.7,0.3\n0.1,0.9\n",
            "cat\ncow\n",
            r"row 2 \(line 3\): label is cow; needed: one of the classes",
        ),
        ("cat,dog\n0.7,0.3\n0.1,0.9\n", "cat\ncat\n", r"1 of cat, dog are labels; .*prob_<class>"),
        ("a,b,c\n0.7,3,1\n0.1,0.9,4\n", "a\nb\n", r"2 of a, b, c are labels"),
        ("x0,x1,x2\n7,3,1\n1,9,4\n", "0\n1\n", r"2 of x0, x1, x2 are labels"),
    ],
)
def test_columns_without_prefix_that_labels_do_not_bear_out_are_refused(
    file, predictions, labels, message, block_rows
):
    left, right = file(predictions, "p.csv"), file(f"label\n{labels}", "l.csv")
    loss = "cross_entropy:from_logits=true"
    with pytest.raises(LosscliError, match=message):
        evaluate(left, right, loss=loss, block_rows=block_rows)
    if "cow" not in labels:
        names = predictions.split("\n")[0].split(",")
        assert evaluate(left, right, loss=loss, prediction=names).results[0].n == 2


@pytest.mark.parametrize(
    "header",
    [
        "prob_a,prob_b,a_prob,b_prob",
        "prob_a,prob_b,P(a),P(b)",
        "p1,p2,prob_1,prob_2",
        "prob_a_prob,prob_b_prob",
    ],
)
def test_classes_found_in_more_than_one_way_are_an_error(file, header):
    cells = ",".join(["0.5"] * (header.count(",") + 1))
    with pytest.raises(LosscliError, match=r"columns of several kinds could be the prediction: .* and "):
        entropy(file(f"{header},label\n{cells},a\n"))


def test_features_are_no_classes_where_something_else_says_so(file):
    path = file("x1,x2,prob_a,prob_b,math_score,art_score,label\n5,6,0.1,0.9,7,8,b\n")
    assert entropy(path) == [("b", "b")]
    decided = file("x1,x2,prediction,label\n5,6,1,1\n7,8,2,1\n")
    assert evaluate(decided, loss="zero_one").results[0].cost == 0.5


BESIDE = ["probability", "prob_1", "score", "prob_0,prob_1", "P(1)", "y_proba", "rawPrediction", "p0,p1"]


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("loss", ["bce", "brier", "binary_focal", "bce:from_logits=true"])
def test_a_decision_beside_its_probability_is_not_taken_for_one(file, beside, loss):
    cells = ",".join(["0.75"] * (beside.count(",") + 1))
    path = file(f"prediction,{beside},label\n1,{cells},1\n0,{cells},1\n")
    with pytest.raises(LosscliError, match="prediction holds only whole numbers") as error:
        evaluate(path, loss=loss)
    assert all(name in str(error.value) for name in beside.split(","))
    last = beside.split(",")[-1]
    assert evaluate(path, loss="brier", prediction=last).results[0].cost == 0.0625
    assert evaluate(path, loss="brier", prediction="prediction").results[0].cost == 0.5
    assert evaluate(path, loss="mse").results[0].cost == 0.5


def test_a_probability_beside_others_is_read_as_ever(file):
    path = file("prediction,score,label\n0.75,3,1\n1,4,1\n")
    assert evaluate(path, loss="brier").results[0].cost == 0.03125


@pytest.mark.parametrize("loss", ["bce", "mae", "cross_entropy"])
def test_the_decision_and_its_score_are_two_columns_to_choose_from(file, loss):
    path = file("prediction_label,prediction_score,target\n1,0.75,1\n0,0.75,1\n")
    with pytest.raises(LosscliError, match="prediction_label, prediction_score"):
        evaluate(path, loss=loss)
    assert evaluate(path, loss="brier", prediction="prediction_score").results[0].cost == 0.0625
    several = file("prediction_label,prediction_score_0,prediction_score_1,target\n1,0.25,0.75,1\n")
    assert entropy(several) == [("1", "1")]


@pytest.mark.parametrize("block_rows", [1, 2, 262_144])
@pytest.mark.parametrize("loss", ["cross_entropy", "multiclass_brier", "kl_divergence"])
@pytest.mark.parametrize(
    ("first", "names"), [("0.6,0.3,0.1,0.6,a", "prob_max"), ("0.2,0.7,0.1,0.7,a", "prob_b or prob_max")]
)
def test_a_column_that_is_no_class_is_told_where_rows_have_to_sum_to_1(file, first, names, loss, block_rows):
    text = f"prob_a,prob_b,prob_c,prob_max,label\n{first}\n0.5,0.3,0.2,0.5,b\n0.2,0.3,0.5,0.5,c\n"
    path = file(text, "p.csv")
    for function in (evaluate, gradient):
        with pytest.raises(
            LosscliError, match=rf"row 1 \(line 2\): .*Without {names} the row sums to 1. Name the"
        ) as error:
            function(path, loss=loss, block_rows=block_rows)
        assert "normalize" not in str(error.value)
    with pytest.raises(LosscliError, match="sum to 1 in every row without prob_max"):
        evaluate(path, loss=f"{loss}:normalize=true", block_rows=block_rows)
    classes = ["prob_a", "prob_b", "prob_c"]
    assert evaluate(path, loss=loss, prediction=classes).results[0].n == 3
    # Whoever names all of them, and shares that are far from 1 in another way, are told as before.
    for call in ({"prediction": [*classes, "prob_max"]}, {}):
        if not call:
            path = file(text.replace(first, "0.4,0.4,0.3,0.1,a"), "p.csv")
        with pytest.raises(LosscliError, match=r"row 1 \(line 2\): .*normalize=true"):
            evaluate(path, loss=loss, block_rows=block_rows, **call)


@pytest.mark.parametrize("name", ["prediction", "yhat"])
def test_one_column_may_be_names_or_a_probability(file, name):
    path = file(f"{name},label\na,b\nb,b\n")
    with pytest.raises(LosscliError) as raised:
        evaluate(path, loss="cross_entropy")
    assert f'If {name} holds the names of predicted classes: loss="zero_one".' in str(raised.value)
    assert 'If it is the probability of label 1: loss="binary_cross_entropy".' in str(raised.value)
    assert evaluate(path, loss="zero_one").cost == 0.5
