"""Names that say that a column is another thing than it would be read as."""

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def cost(*paths, **options):
    return evaluate(*paths, **options).results[0].cost


@pytest.mark.parametrize(
    "name", ["p0", "prob_0", "prob_no", "probability_neg", "no_probability", "P(0)", "score_0"]
)
@pytest.mark.parametrize("loss", ["bce", "brier", "zero_one:threshold=0.5"])
def test_the_probability_of_a_label_0_is_not_read_for_that_of_1(write, name, loss):
    path = write("p.csv", f"{name},label\n0.3,1\n0.8,0\n")
    with pytest.raises(LosscliError, match=r"belongs to the class .* prediction=\""):
        cost(path, loss=loss)
    assert cost(path, loss=loss, prediction=name) > 0


@pytest.mark.parametrize(
    "name", ["p1", "prob_1", "prob_yes", "prob_churn", "fraud_probability", "P(1)", "score_b"]
)
def test_the_probability_of_another_class_is(write, name):
    assert cost(write("p.csv", f"{name},label\n0.5,1\n0.5,0\n"), loss="brier") == 0.25


@pytest.mark.parametrize("name", ["p0", "prediction_0", "score_0"])
def test_what_is_no_probability_may_be_numbered(write, name):
    assert cost(write("p.csv", f"{name},label\n1,2\n"), loss="mse") == 1.0


@pytest.mark.parametrize("name", ["y_std", "std_1", "sd_pred", "predicted_std", "noise_sigma"])
def test_a_word_of_a_name_says_std(write, name):
    path = write("p.csv", f"prediction,{name},label\n1,2,1\n2,2,4\n")
    found = evaluate(path, loss="gaussian_nll", prediction=("prediction", name))
    assert found.results[0].cost == pytest.approx(0.9431471805599453, rel=1e-15)
    assert found.signature.startswith("gaussian_nll:spread=std|")


@pytest.mark.parametrize("name", ["y_var", "variance_1", "var_pred"])
def test_a_word_of_a_name_says_variance(write, name):
    path = write("p.csv", f"prediction,{name},label\n1,4,1\n2,4,4\n")
    of_std = write("q.csv", "prediction,std,label\n1,2,1\n2,2,4\n")
    assert cost(path, loss="gaussian_crps", prediction=("prediction", name)) == cost(
        of_std, loss="gaussian_crps"
    )


@pytest.mark.parametrize("name", ["log_var", "logvar", "log_std", "y_log_variance"])
def test_a_logarithm_of_a_spread_is_refused(write, name):
    path = write("p.csv", f"prediction,{name},label\n1,4,1\n")
    with pytest.raises(LosscliError, match=r"by its name, .* is a logarithm"):
        cost(path, loss="gaussian_nll", prediction=("prediction", name))


@pytest.mark.parametrize("before", ["", "gt_", "true_", "bbox_", "box.", "a long name "])
def test_corners_by_option_are_read_as_their_names_say_whatever_stands_before(write, before):
    boxes = write("p.csv", "x1,y1,x2,y2\n0,0,2,2\n")
    for corners in (("xmin", "xmax", "ymin", "ymax"), ("x1", "x2", "y1", "y2")):
        names = [f"{before}{corner}" for corner in corners]
        labels = write("l.csv", ",".join(names) + "\n0,2,1,3\n")
        assert cost(boxes, labels, loss="iou", label=names) == pytest.approx(2 / 3)
    sizes = [f"{before}{name}" for name in ("x", "y", "w", "h")]
    labels = write("l.csv", ",".join(sizes) + "\n1,1,2,2\n")
    with pytest.raises(LosscliError, match="a position, a width and a height"):
        cost(boxes, labels, loss="iou", label=sizes)


@pytest.mark.parametrize("decided", ["predict", "predicted_label", "prediction_class", "pred_label"])
def test_a_score_beside_a_decision_is_not_read_unasked(write, decided):
    path = write("p.csv", f"{decided},score,label\n1,0.9,1\n0,0.8,0\n1,0.6,0\n")
    with pytest.raises(LosscliError, match=f"a column {decided}, so score may be"):
        cost(path, loss="bce")
    assert cost(path, loss="bce", prediction="score") == pytest.approx(0.877029719988694, rel=1e-12)
    assert cost(path, loss="zero_one") == pytest.approx(1 / 3)


def test_a_confidence_beside_a_decision_is_named_with_care(write):
    path = write("p.csv", "prediction,confidence,label\n1,0.9,1\n0,0.8,0\n")
    with pytest.raises(LosscliError, match=r"confidence.* \(unless it is the confidence in the decision"):
        cost(path, loss="bce")


def test_decisions_of_several_outputs_are_told_with_all_columns(write):
    path = write(
        "p.csv", "prediction_a,prediction_b,prob_a,prob_b,label_a,label_b\n1,0,.9,.2,1,0\n0,1,.3,.6,1,1\n"
    )
    with pytest.raises(LosscliError) as refused:
        cost(path, loss="bce")
    assert refused.value.remedy == 'Name the columns: prediction="prob_a" prediction="prob_b".'
    assert cost(path, loss="bce", prediction=("prob_a", "prob_b")) == pytest.approx(
        0.5108256237659907, abs=0.3
    )


def test_classes_that_are_written_in_two_ways_are_refused(write):
    predictions = write("p.csv", "yes,no,prob_yes,prob_no\n.9,.1,.6,.4\n")
    with pytest.raises(LosscliError, match="columns of several kinds could be the prediction"):
        cost(predictions, write("l.csv", "label\nyes\n"), loss="cross_entropy")


@pytest.mark.parametrize("name", ["residual", "error", "abs_error", "loss", "log_prediction"])
def test_what_is_made_of_a_prediction_is_none(write, name):
    path = write("p.csv", f"{name},truth\n1,2\n")
    with pytest.raises(LosscliError, match="no column is the prediction"):
        cost(path, loss="mse")
    assert cost(path, loss="mse", prediction=name) == 1.0


def test_two_names_of_a_label_are_refused(write):
    path = write("p.csv", "label,score,true_label\n1,0.9,1\n0,0.8,0\n")
    with pytest.raises(LosscliError, match="2 columns could be the label: label, true_label"):
        cost(path, loss="bce")


def test_labels_in_a_column_of_predictions_are_told(write):
    """As where the files of two models are compared by mistake."""
    files = write("a.csv", "id,prediction\n1,2\n2,3\n"), write("b.csv", "id,prediction\n1,2\n2,4\n")
    note = "the labels are the column prediction of "
    assert any(note in told for told in evaluate(*files, loss="mse").notes)
    assert not any(note in told for told in evaluate(*files, loss="mse", label="prediction").notes)
