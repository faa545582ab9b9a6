"""Which column plays which role: by option, by name, as the only one left; else an error that lists them."""

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError, UsageError


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def mae(*arguments, **options):
    return evaluate(*arguments, loss="mae", **options).results[0].cost


def entropy(*arguments, **options):
    """Return the most probable class and the label of each row, which show how classes were matched."""
    report = evaluate(*arguments, loss="cross_entropy", **options)
    samples = sorted(report.results[0].worst, key=lambda sample: sample.row)
    return [(sample.prediction, sample.label) for sample in samples]


@pytest.mark.parametrize(
    "prediction", ["prediction", "Pred", "Y_PRED", "yhat", "score", "Output", "anything"]
)
@pytest.mark.parametrize("label", ["label", "Target", "y_true", "Y", "truth", "TRUE", "actual"])
def test_usual_names_are_found_whatever_their_case(file, prediction, label):
    assert mae(file(f"{label},{prediction}\n1,3\n")) == 2.0


@pytest.mark.parametrize("name", ["id", "sample_id", "ROW_ID", "Index", "SampleId"])
def test_ids_are_found_by_name(file, name):
    left, right = file(f"{name},x\na,1\nb,2\n", "p.csv"), file("id,y\nb,1\na,2\n", "l.csv")
    assert mae(left, right) == 1.0


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "pred,yhat,label",
            r"the prediction: pred, yhat; .*one\. .*prediction=\"pred\" or prediction=\"yhat\"",
        ),
        (
            "pred,label,gt",
            r"could be the label: label, gt; needed: one\. .*label=\"label\" or label=\"gt\"",
        ),
        ("pred,PRED,label", r"2 columns could be the prediction: pred, PRED"),
        ("a,b,label", r"2 columns could be the prediction: a, b"),
        ("a,b,pred", r"2 columns could be the label: a, b"),
        ("a,b,c", r"3 columns could be the prediction: a, b, c"),
        ("pred,id,index", r"2 columns could be the id: id, index; needed: one\. .*id=\"id\" or id=\"index\""),
        ("pred,id,x_id", None),
    ],
)
def test_what_is_ambiguous_is_an_error_that_lists_the_columns(file, header, message):
    path = file(header + "\n1,2,3\n")
    if message is None:
        assert mae(path) == 2.0
        return
    with pytest.raises(LosscliError, match=message):
        mae(path)


def test_no_column_is_left(file):
    with pytest.raises(LosscliError, match=r"no column is the label; the columns are pred; needed: one"):
        mae(file("pred\n1\n"))


def test_options_come_before_names(file):
    path = file("y,actualx,pred\n1,5,9\n", "three.csv")
    assert mae(path, prediction="y", label="actualx") == 4.0
    # What one role has by option is out of reach of the other.
    assert mae(file("y,y_true\n1,4\n"), prediction="y") == 3.0
    assert mae(file("pred,score\n1,4\n"), label="pred") == 3.0
    with pytest.raises(LosscliError, match=r"prediction and label name the same column; .*two columns"):
        mae(path, prediction="y", label="Y")
    with pytest.raises(LosscliError, match="prediction names a column twice; needed: each column once"):
        mae(path, prediction=["y", "Y"], label="pred")
    index = file("index,label\n1,5\n")
    assert mae(index, prediction="index") == 4.0


def test_an_option_that_names_no_column(file):
    path = file("a,b,a\n1,2,3\n")
    with pytest.raises(
        LosscliError, match=r"there is no column 'c' \(prediction\); .*one of the columns found: a, b, a"
    ):
        mae(path, prediction="c", label="b")
    with pytest.raises(LosscliError, match=r"2 columns are called 'a'; needed: one\. Rename"):
        mae(path, prediction="a", label="b")
    either = file("Pred,pred,label\n1,2,4\n")
    assert mae(either, prediction="pred") == 2.0
    with pytest.raises(LosscliError, match="2 columns are called 'PRED'"):
        mae(either, prediction="PRED")


def test_blanks_and_marks_are_no_part_of_a_name(file):
    path = file('# pred , "label" ,\t#note\n1,3,x\n')
    assert mae(path) == 2.0
    assert mae(path, prediction="#pred", label=" label") == 2.0


def test_files_in_the_wrong_order_are_refused(file):
    labels, predictions = file("id,label\na,1\n", "l.csv"), file("id,prediction\na,3\n", "p.csv")
    with pytest.raises(
        LosscliError, match=r"columns label in the predictions and prediction in the labels.*Swap"
    ):
        mae(labels, predictions)
    assert mae(labels, predictions, prediction="label", label="prediction") == 2.0
    assert mae(labels, file("id,label\na,3\n", "o.csv")) == 2.0


def test_several_outputs_pair_by_name_else_in_the_order_of_the_options(file):
    left, right = file("p_a,p_b\n1,10\n", "p.csv"), file("b,a\n10,1\n", "l.csv")
    assert mae(left, right, prediction=["p_a", "p_b"], label=["b", "a"]) == 0.0
    other = file("u,v\n1,10\n", "o.csv")
    assert mae(left, other, prediction=["p_a", "p_b"], label=["u", "v"]) == 0.0
    assert mae(left, other, prediction=["p_a", "p_b"], label=["v", "u"]) == 9.0
    half = file("a,c\n1,10\n", "h.csv")
    with pytest.raises(LosscliError, match="predictions of a, b and labels of a, c; needed: the same names"):
        mae(left, half, prediction=["p_a", "p_b"], label=["a", "c"])
    with pytest.raises(LosscliError, match="2 prediction columns and 1 label column"):
        mae(left, other, prediction=["p_a", "p_b"], label="u")


@pytest.mark.parametrize(
    "prefix",
    ["prob_", "proba_", "P_", "logit_", "score_", "prediction_", "Probability:Class=", "probability:class="],
)
def test_class_columns_are_found_by_prefix_and_matched_by_name(file, prefix):
    path = file(f"id,{prefix}b,label,{prefix}a,pvalue\n1,0.9,b,0.1,7\n2,0.2,a,0.8,7\n3,0.7,a,0.3,7\n")
    assert entropy(path) == [("b", "b"), ("a", "a"), ("b", "a")]


def test_two_kinds_of_class_columns_are_ambiguous(file):
    path = file("prob_a,prob_b,logit_a,logit_b,label\n0.5,0.5,1,2,a\n")
    with pytest.raises(
        LosscliError, match=r"several kinds .*: prob_\* \(2 columns\) and logit_\* \(2 columns\)"
    ):
        entropy(path)
    with pytest.raises(
        LosscliError, match=r"no column is the prediction; the columns are a, label; needed: a column per"
    ):
        entropy(file("a,label\n1,2\n"))


@pytest.mark.parametrize(
    ("columns", "labels", "matched"),
    [
        (["m-a", "m-b"], "a", "a"),
        (["m-a", "m-b"], "m-a", "m-a"),
        (["m.x.a", "m.x.b"], "a", "a"),
        (["m:a", "m:b"], "a", "a"),
        (["m=a", "m=b"], "a", "a"),
        (["m a", "m b"], "a", "a"),
        (["aab", "aac"], "aab", "aab"),
        (["class_10", "class_1"], "10", "10"),
        (["ab", "b"], "ab", "ab"),
    ],
)
def test_explicit_class_columns_are_called_as_the_labels_say(file, columns, labels, matched):
    path = file(f"{','.join(columns)},label\n0.9,0.1,{labels}\n")
    assert entropy(path, prediction=columns) == [(matched, matched)]


@pytest.mark.parametrize("block_rows", [1, 2, 262_144])
def test_the_first_label_that_counts_decides_how_classes_are_spelled(file, block_rows):
    text = "x_a,x_b,label\n0.9,0.1,skip\n0.9,0.1,?\n0.9,0.1,x_a\n0.2,0.8,x_b\n0.2,0.8,b\n"
    report = evaluate(
        file(text),
        loss="cross_entropy",
        prediction=["x_a", "x_b"],
        ignore_label="skip",
        bad_rows="drop",
        block_rows=block_rows,
    )
    result = report.results[0]
    assert (result.n, result.ignored, result.dropped) == (2, 1, 2)
    assert {sample.label for sample in result.worst} == {"x_a", "x_b"}


def test_columns_without_header_are_the_classes_from_0(file):
    predictions, labels = file("0.9,0.1\n0.2,0.8\n", "p.csv"), file("1\n1.0\n", "l.csv")
    assert entropy(predictions, labels) == [("0", "1"), ("1", "1")]


def test_numeric_class_names_match_by_value_and_others_as_text(file):
    by_value = file("p_5,p_6,label\n0.9,0.1,6.0\n0.9,0.1,05\n0.9,0.1,6\n")
    assert [label for _, label in entropy(by_value)] == ["6", "5", "6"]
    with pytest.raises(
        LosscliError, match=r"row 1 \(line 2\): label is 6\.0; needed: one of the classes x, 6"
    ):
        entropy(file("p_x,p_6,label\n0.9,0.1,6.0\n"))
    # 1 and 1.0 are the same number, so here they are two texts.
    as_text = file("p_1,p_1.0,label\n0.9,0.1,1.0\n0.9,0.1,1\n")
    assert [label for _, label in entropy(as_text)] == ["1.0", "1"]
    with pytest.raises(LosscliError, match="classes with the same name: a; needed: one column per class"):
        entropy(file("p_a,p_a,label\n0.9,0.1,a\n"))


def test_class_names_such_as_na_are_names(file):
    path = file("p_NA,p_nan,p_None,label\n0.8,0.1,0.1,NA\n0.1,0.8,0.1,nan\n0.1,0.1,0.8,None\n")
    assert entropy(path) == [("NA", "NA"), ("nan", "nan"), ("None", "None")]
    with pytest.raises(
        LosscliError, match=r"row 1 \(line 2\): label is missing; needed: one of the classes NA, b"
    ):
        entropy(file("p_NA,p_b,label\n0.8,0.2,\n"))


def test_soft_labels_match_by_name_in_any_order(file):
    predictions = file("id,p_a,p_b,p_c\n1,0.7,0.2,0.1\n", "p.csv")
    labels = file("label_c,id,label_a,label_b\n0,1,1,0\n", "l.csv")
    cost = evaluate(predictions, labels, loss="cross_entropy").results[0].cost
    hard = evaluate(predictions, file("label\na\n", "h.csv"), loss="cross_entropy").results[0].cost
    assert cost == hard
    other = file("label_a,label_b,label_d\n1,0,0\n", "o.csv")
    with pytest.raises(
        LosscliError, match="columns for a, b, c; label columns for a, b, d; needed: the same classes"
    ):
        evaluate(predictions, other, loss="cross_entropy")


def test_labels_to_ignore_and_to_map_are_numbers_or_text(file):
    path = file("pred,label\n1,1.0\n2,2\nrubbish,-1\n4,x\n5,y\n")
    report = evaluate(path, loss="mae", ignore_label=["-1.0", "x"], map_labels={"y": "7", "1": "2"})
    result = report.results[0]
    assert (result.n, result.ignored, result.sum) == (3, 2, 3.0)
    numbers = file("pred,label\n1,1.0\ninf,-1\n", "n.csv")
    result = evaluate(numbers, loss="mae", ignore_label="-1", map_labels={"1.00": "4"}).results[0]
    assert (result.n, result.ignored, result.cost) == (1, 1, 3.0)
    classes = file("p_a,p_b,label\n0.9,0.1,a\n,x,void\n0.1,0.9,B\n", "c.csv")
    assert entropy(classes, ignore_label="void", map_labels={"B": "b"}) == [("a", "a"), ("b", "b")]
    with pytest.raises(
        LosscliError,
        match=r"row 2 \(line 3\): label is void \(the first of 2 bad labels in 2 rows\); needed: one of",
    ):
        entropy(classes)
    soft = file("p_a,p_b,label_a,label_b\n0.9,0.1,1,0\n", "s.csv")
    with pytest.raises(UsageError, match="there are 2 label columns; needed: one"):
        entropy(soft, ignore_label="x")


def test_a_label_that_is_missing_can_be_ignored(file):
    path = file("pred,label\n1,\n2,3\n")
    result = evaluate(path, loss="mae", ignore_label="").results[0]
    assert (result.n, result.ignored) == (1, 1)


def test_too_many_columns_for_a_loss(file):
    path = file("a,b,y\n1,0,1\n")
    with pytest.raises(LosscliError, match="2 prediction columns; needed: one, for hinge"):
        evaluate(path, loss="hinge", prediction=["a", "b"])


@pytest.mark.parametrize("loss", ["cross_entropy", "nll", "multi_margin", "ranked_probability"])
@pytest.mark.parametrize("label", ["a", "b"])
def test_one_class_column_alone_is_refused(file, loss, label):
    left, right = file("prob_a,prob_b\n.3,.7\n", "p.csv"), file(f"label\n{label}\n", "l.csv")
    with pytest.raises(LosscliError, match=r"p\.csv: only one class column: prob_a; .*at least two"):
        evaluate(left, right, loss=loss, prediction="prob_a")
    with pytest.raises(LosscliError, match="only one class column: 0"):
        evaluate(file("0.3\n", "p.csv"), file("0\n", "l.csv"), loss=loss)
