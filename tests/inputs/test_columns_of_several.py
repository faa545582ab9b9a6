"""Several columns of one role: outputs, vectors, named columns, predicted class names."""

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.header import TextFormat

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def cost(*inputs, loss, **options):
    return evaluate(*inputs, loss=loss, **options).results[0].cost


def test_outputs_are_found_by_their_prefix_and_pair_by_name(write):
    path = write("p.csv", "prediction_a,prediction_b,label_b,label_a\n1,2,2,1\n3,4,3,2\n")
    assert cost(path, loss="mse") == 0.5


def test_outputs_with_other_names_on_both_sides_are_refused(write):
    path = write("p.csv", "pred_a,pred_b,label_a,label_c\n1,2,2,1\n")
    with pytest.raises(LosscliError, match="the same names on both sides"):
        evaluate(path, loss="mse")


def test_more_labels_than_predictions_are_refused(write):
    path = write("p.csv", "prediction,label_a,label_b\n1,2,2\n")
    with pytest.raises(LosscliError, match="1 prediction columns and 2 label columns"):
        evaluate(path, loss="mse")


def test_a_mean_and_its_variance_are_found_by_name(write):
    path = write("p.csv", "variance,y_pred,y\n4,1,3\n")
    assert cost(path, loss="gaussian_nll") == pytest.approx(0.5 * (2 * 0.6931471805599453 + 1), rel=1e-15)


def test_named_columns_may_be_chosen_in_the_order_of_the_loss(write):
    path = write("p.csv", "s,m,y\n4,1,3\n")
    chosen = cost(path, loss="gaussian_nll", prediction=["m", "s"])
    assert chosen == cost(write("q.csv", "variance,y_pred,y\n4,1,3\n"), loss="gaussian_nll")


def test_chosen_columns_with_the_names_of_the_loss_pair_by_name(write):
    path = write("p.csv", "variance,prediction,y\n4,1,3\n")
    assert cost(path, loss="gaussian_nll", prediction=["variance", "prediction"]) == cost(
        path, loss="gaussian_nll"
    )


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("prediction,y", "no column is the prediction's variance"),
        ("prediction,variance,pred_variance,y", "2 columns could be"),
    ],
)
def test_named_columns_that_are_missing_or_twice_are_refused(write, header, found):
    path = write("p.csv", header + "\n" + ",".join(["1"] * (header.count(",") + 1)) + "\n")
    with pytest.raises(LosscliError, match=found):
        evaluate(path, loss="gaussian_nll")


def test_another_number_of_chosen_columns_is_refused(write):
    path = write("p.csv", "a,b,y\n1,2,3\n")
    with pytest.raises(LosscliError, match="1 columns for the prediction"):
        evaluate(path, loss="gaussian_nll", prediction="a")


def test_boxes_of_two_files_go_by_plain_names(write):
    predictions = write("p.csv", "id,x1,y1,x2,y2\na,0,0,2,1\n")
    labels = write("l.csv", "y2,x2,y1,x1,id\n1,1,0,0,a\n")
    assert cost(predictions, labels, loss="iou") == 0.5


def test_boxes_of_one_file_need_the_prefixes_of_one_side(write):
    path = write(
        "p.csv", "pred_x1,pred_y1,pred_x2,pred_y2,label_x1,label_y1,label_x2,label_y2\n0,0,2,1,0,0,1,1\n"
    )
    assert cost(path, loss="iou") == 0.5
    for name in (
        "x1,y1,x2,y2,{0}_x1,{0}_y1,{0}_x2,{0}_y2",
        "xmin,ymin,xmax,ymax,{0}_left,{0}_top,{0}_right,{0}_bottom",
    ):
        for prefix in ("label", "gt", "y_true", "target"):
            assert cost(write("q.csv", f"{name.format(prefix)}\n0,0,2,1,0,0,1,1\n"), loss="iou") == 0.5
        assert cost(write("q.csv", f"{name.format('pred')}\n0,0,2,1,0,0,1,1\n"), loss="iou") == 0.5
    with pytest.raises(LosscliError, match=r"one called prediction_x1\."):
        evaluate(write("q.csv", "x1,y1,x2,y2\n0,0,2,1\n"), loss="iou")
    both = write(
        "q.csv",
        "x1,y1,x2,y2,pred_x1,pred_y1,pred_x2,pred_y2,label_x1,label_y1,label_x2,label_y2\n"
        + "0,0,2,1," * 2
        + "0,0,1,1\n",
    )
    with pytest.raises(LosscliError, match="2 columns could be the prediction's x1"):
        evaluate(both, loss="iou")


@pytest.mark.parametrize(
    "prefix", ["prediction", "y_pred", "yhat", "y_hat", "predicted", "forecast", "estimate"]
)
@pytest.mark.parametrize(
    "other", ["label", "y_true", "target", "gt", "ground_truth", "actual", "true", "observed"]
)
def test_outputs_carry_any_usual_name_before_their_own(write, prefix, other):
    path = write("p.csv", f"{prefix}_a,{prefix}_b,{other}_b,{other}_a\n1,2,5,2\n")
    assert cost(path, loss="mse") == 5.0


def test_what_only_begins_as_a_usual_name_is_no_output_beside_a_label(write):
    path = write(
        "p.csv", "prediction,label,true_positive,true_negative,actual_cost,actual_gain\n1,2,0,5,7,8\n"
    )
    assert cost(path, loss="mse") == 1.0


@pytest.mark.parametrize(
    "names", ["mean,std", "mu,sigma", "loc,sd", "pred_mean,pred_std", "y_pred,y_pred_std"]
)
def test_a_mean_beside_its_spread_is_the_prediction(write, names):
    path = write("p.csv", f"{names},y_true\n1,2,2\n3,1,3\n")
    assert cost(path, loss="gaussian_nll") == pytest.approx(0.40907359027997264, rel=1e-15)
    other = write("q.csv", f"prediction,{names.split(',')[1]},mean,label\n1,2,9,2\n3,1,9,3\n")
    assert cost(other, loss="gaussian_nll") == pytest.approx(0.40907359027997264, rel=1e-15)


@pytest.mark.parametrize("name", ["predict", "prediction_label", "predicted_class", "pred_label"])
def test_a_decision_is_the_prediction_of_who_reads_names_of_classes(write, name):
    path = write("p.csv", f"{name},prediction_score,target\na,0.8,a\nb,0.9,a\n")
    assert cost(path, loss="zero_one") == 0.5
    with pytest.raises(LosscliError, match="could be the prediction"):
        cost(
            write(
                "q.csv",
                f"{name},predicted_label,target\na,b,a\n".replace(
                    "predicted_label,predicted_label", "pred_class,predicted_label"
                ),
            ),
            loss="zero_one",
        )


def test_a_vector_is_read_whole(write):
    path = write("p.csv", "prediction_a,prediction_b,label_a,label_b\n1,0,0,2\n3,0,1,0\n")
    report = evaluate(path, loss="cosine")
    assert report.results[0].cost == 0.5
    assert report.results[0].n == 2


def test_predicted_class_names_are_compared_as_text_and_numbers_by_value(write):
    assert cost(write("n.csv", "prediction,label\n6.0,6\n5,6\n"), loss="zero_one") == 0.5
    codes = write("c.csv", "prediction,label\n250.0,250.00\nV10,V10\n")
    with pytest.raises(
        LosscliError, match=r"classes 250\.00, 250\.0 are the same number, but V10 is not a number"
    ):
        cost(codes, loss="zero_one")
    path = write("p.csv", "prediction,label\ncat,cat\ndog,cat\n6,6\n")
    report = evaluate(path, loss="zero_one")
    assert report.results[0].cost == pytest.approx(1 / 3)
    worst = report.results[0].worst[0]
    assert (worst.row, worst.label, worst.prediction) == (2, "cat", "dog")


@pytest.mark.parametrize("block_rows", [1, 262_144])
def test_a_column_of_class_names_without_header_is_not_taken_for_one_with_a_header(write, block_rows):
    paths = write("p.csv", "cat\ndog\ncat\n"), write("l.csv", "cat\ncat\ndog\n")
    with pytest.raises(
        LosscliError, match=r"l\.csv row 1 \(line 2\): the header again \(cat\).*TextFormat\(header=False"
    ):
        evaluate(*paths, loss="zero_one", block_rows=block_rows)
    bare = TextFormat(header=False)
    assert evaluate(*paths, loss="zero_one", format=bare).results[0].n == 3
    assert evaluate(*paths, loss="zero_one", format=TextFormat(header=True)).results[0].n == 2


def test_a_missing_class_name_is_refused(write):
    path = write("p.csv", "prediction,label\ncat,cat\n,cat\n")
    with pytest.raises(LosscliError, match=r"row 2 \(line 3\): prediction is missing"):
        evaluate(path, loss="zero_one")
    assert evaluate(path, loss="zero_one", bad_rows="drop").results[0].dropped == 1


def test_predicted_class_names_do_not_suit_losses_of_probabilities(write):
    path = write("p.csv", "prediction,label\ncat,cat\n")
    with pytest.raises(LosscliError, match="a column per class"):
        evaluate(path, loss=["zero_one", "cross_entropy"])


def test_explicit_class_columns_may_be_called_as_the_known_prefixes_leave_them(write):
    path = write("p.csv", "prob_class_0,prob_class_1,label\n0.5,0.5,class_0\n")
    names = ["prob_class_0", "prob_class_1"]
    assert cost(path, loss="cross_entropy", prediction=names) == cost(path, loss="cross_entropy")


def test_samples_a_gan_objective_is_not_about_count_in_nothing(write, tmp_path):
    path = write("p.csv", "score,label\n1,1\n-1,0\n3,1\n")
    result = evaluate(path, loss="wgan_generator").results[0]
    assert (result.n, result.dropped, result.cost) == (1, 0, 1.0)
    real = write("q.csv", "score,label\n1,1\n")
    with pytest.raises(LosscliError, match="no row is left"):
        evaluate(real, loss="wgan_generator")


def test_class_names_of_any_length_stay_exact(write):
    path = write(
        "p.csv", "prediction,label\n9007199254740993,9007199254740993\n9007199254740993,9007199254740992\n"
    )
    assert cost(path, loss="zero_one") == 0.5
    columns = "prob_10000000000000000001,prob_2,label\n.9,.1,10000000000000000003\n"
    with pytest.raises(LosscliError, match="one of the classes"):
        evaluate(write("q.csv", columns), loss="cross_entropy")
    ignoring = write("r.csv", "prob_9007199254740993,prob_1,label\n.9,.1,9007199254740992\n.9,.1,1\n")
    with pytest.raises(LosscliError, match="one of the classes"):
        evaluate(ignoring, loss="cross_entropy", ignore_label="9007199254740993")


def test_a_label_and_label_columns_in_one_file_are_ambiguous(write):
    path = write("p.csv", "prob_a,prob_b,label_b,label_a,label\n.9,.1,0.1,.9,b\n")
    with pytest.raises(LosscliError, match="3 columns could be the label: label, label_b, label_a"):
        evaluate(path, loss="cross_entropy")
    assert cost(path, loss="cross_entropy", label="label") == pytest.approx(2.302585092994046)


@pytest.mark.parametrize(
    ("columns", "loss", "said"),
    [
        ("logit", "cross_entropy", "as probabilities"),
        ("prob", "cross_entropy:from_logits=true", "as logits"),
        ("prob", "cross_entropy", ""),
        ("logit", "cross_entropy:from_logits=true", ""),
    ],
)
def test_a_note_tells_where_names_and_parameters_disagree(write, columns, loss, said):
    path = write("p.csv", f"{columns}_a,{columns}_b,label\n.9,.1,a\n")
    notes = evaluate(path, loss=loss).notes
    assert bool(notes) == bool(said)
    assert said in "".join(notes)
