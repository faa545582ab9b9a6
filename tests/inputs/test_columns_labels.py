"""Several labels at once: binary losses over as many columns, paired by name."""

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError

LOSSES = ["binary_cross_entropy", "binary_focal", "brier", "brier:from_logits=true"]


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "written", ["prob_{}", "prediction_{}", "pred_{}", "{}_prob", "P({})", "proba_{}", "logit_{}"]
)
def test_several_binary_labels_cost_the_mean_over_them(file, loss, written):
    names = ",".join(written.format(name) for name in "abc")
    path = file(f"{names},label_c,label_a,label_b\n0.75,0.5,0.25,1,0,1\n0.5,0.125,0.5,0,1,1\n")
    single = [
        evaluate(file(f"prediction,label\n{cells}\n", "single.csv"), loss=loss).results[0].cost
        for cells in ("0.75,0\n0.5,1", "0.5,1\n0.125,1", "0.25,1\n0.5,0")
    ]
    result = evaluate(path, loss=loss).results[0]
    assert result.cost == pytest.approx(sum(single) / 3, rel=1e-15)
    assert result.n == 2


@pytest.mark.parametrize("loss", LOSSES)
def test_the_error_of_several_labels_is_that_of_each_together(file, loss):
    path = file("prediction_a,prediction_b,label_a,label_b\n0.75,0.5,1,0\n")
    alone = [
        evaluate(file(f"prediction,label\n{cells}\n", "single.csv"), loss=loss).results[0].worst[0].error
        for cells in ("0.75,1", "0.5,0")
    ]
    error = evaluate(path, loss=loss).results[0].worst[0].error
    assert error == pytest.approx((alone[0] ** 2 + alone[1] ** 2) ** 0.5, rel=1e-15)


def test_several_labels_that_do_not_pair_are_refused(file):
    with pytest.raises(LosscliError, match="the same names on both sides"):
        evaluate(file("prob_a,prob_b,label_a,label_c\n0.5,0.5,1,0\n"), loss="bce")
    with pytest.raises(LosscliError, match="2 columns could be the prediction: prob_0, prob_1"):
        evaluate(file("prob_0,prob_1,label\n0.5,0.5,1\n"), loss="bce")
    with pytest.raises(LosscliError, match=r"2 prediction columns; needed: one, for hinge"):
        evaluate(file("pred_a,pred_b,label_a,label_b\n0.5,0.5,1,-1\n"), loss=["hinge", "mse"])
    with pytest.raises(LosscliError, match=r"row 1 \(line 2\): label is"):
        evaluate(file("prob_a,prob_b,label_a,label_b\n0.5,0.5,1,0.5\n"), loss="bce")
