"""Losses in Python: functions of what NumPy makes arrays of, which explain themselves; samples as frames."""

import copy
import io
import pickle

import numpy as np
import pandas as pd
import pytest
from helpers.calls import ROOT
from helpers.calls import losscli as run

import losscli
from losscli.common.errors import LosscliError, UsageError
from losscli.loss import registry
from losscli.outputs.python.shown import LARGEST

SAMPLES = ROOT / "sample_data"
BOTH = str(SAMPLES / "diabetes_linear.csv"), str(SAMPLES / "diabetes_labels.csv")
WINE = str(SAMPLES / "wine_logistic.csv"), str(SAMPLES / "wine_labels.csv")
NAMED = {loss.name: loss for loss in losscli.losses()}


def test_losses_are_the_declarations_of_the_registry():
    assert [*NAMED] == [*registry.modules()]
    for loss, declared in zip(losscli.losses(), registry.all_losses(), strict=True):
        for name in ("name", "family", "summary", "formula", "parameters", "examples", "aliases", "label"):
            assert getattr(loss, name) is getattr(declared, name) or name == "parameters"
        assert loss.parameters == declared.parameters
        assert (loss.gradient is None) == (declared.gradient is None)
        assert isinstance(loss, type(declared))


@pytest.mark.parametrize("loss", NAMED.values(), ids=NAMED)
def test_examples_of_each_loss_are_what_it_computes(loss):
    layout = loss.bound.layout.name
    for example in loss.examples:
        label, prediction = [example.label], [example.prediction]
        values = loss.value(label, prediction, **example.parameters)
        assert values.dtype == np.float64
        assert values == pytest.approx([example.loss], rel=1e-12, abs=1e-300), layout
        if loss.gradient is not None:
            assert np.shape(loss.gradient(label, prediction, **example.parameters)) == np.shape(prediction)


@pytest.mark.parametrize("loss", NAMED.values(), ids=NAMED)
def test_each_loss_explains_itself(loss):
    page = loss.explain()
    done = run("explain", loss.name)
    assert str(page) + "\n" == done.stdout
    assert repr(page) == f"<Explanation {loss.name}: {loss.summary}>" or len(repr(page)) > 150
    assert f"{loss.name}" in page._repr_html_()
    assert len(page._repr_html_().encode()) <= LARGEST
    assert page.to_dict()["name"] == loss.name
    assert loss._repr_html_() == page._repr_html_()
    assert loss._repr_markdown_() == page._repr_markdown_()
    assert repr(loss) == f"<Loss {loss.name}>"


def test_parameters_are_at_their_defaults_unless_they_are_given():
    huber = NAMED["huber"]
    assert huber.value([0.0], [3.0]).tolist() == [2.5]
    assert huber.value([0.0], [3.0], delta=2).tolist() == [4.0]
    assert huber.gradient([0.0], [3.0], delta=2).tolist() == [2.0]
    with pytest.raises(UsageError, match=r"no parameter 'dleta'.*Did you mean delta"):
        huber.value([0.0], [3.0], dleta=2)
    with pytest.raises(UsageError, match="delta=-1"):
        huber.value([0.0], [3.0], delta=-1)


def test_a_loaded_loss_has_its_parameters():
    loss = losscli.load_loss("huber:delta=2")
    assert (loss.spec, repr(loss)) == ("huber:delta=2", "<Loss huber:delta=2>")
    assert loss.value([0, 0], [3, 1]).tolist() == [4.0, 0.5]
    assert loss.gradient(pd.Series([0]), pd.Series([3])).tolist() == [2.0]
    assert "here 2" in str(loss.explain())
    assert loss._repr_html_() == loss.explain()._repr_html_()
    assert loss._repr_markdown_() == loss.explain()._repr_markdown_()
    with pytest.raises(UsageError, match="zero_one declares no gradient"):
        losscli.load_loss("zero_one").gradient([0], [[0.1, 0.9]])


def test_small_integers_do_not_wrap_around():
    few = np.array([200], np.uint8), np.array([201], np.uint8)
    assert losscli.load_loss("mse").value(*few).tolist() == [1.0]
    assert NAMED["mse"].value(*few[::-1]).tolist() == [1.0]


def test_classes_are_indexes():
    loss = losscli.load_loss("cross_entropy")
    assert loss.value([1], [[0.5, 0.5]]).tolist() == [np.log(2.0)]
    assert losscli.load_loss("zero_one").value([1, 0], [1, 1]).tolist() == [0.0, 1.0]


def test_losses_are_pickled_and_copied():
    for loss in (NAMED["huber"], losscli.load_loss("huber:delta=2"), losscli.load_loss("gaussian_nll")):
        for one in (pickle.loads(pickle.dumps(loss)), copy.copy(loss), copy.deepcopy(loss)):
            assert one == loss
            assert type(one) is type(loss)


@pytest.mark.parametrize(
    "losses",
    [
        "huber",
        NAMED["huber"],
        losscli.load_loss("huber"),
        [NAMED["huber"]],
        (losscli.load_loss("huber:delta=1"),),
    ],
)
def test_a_loss_is_asked_for_by_what_it_is(losses):
    right = losscli.evaluate(*BOTH, loss="huber", gate="huber <= 1")
    found = losscli.evaluate(*BOTH, losses, gate="huber <= 1")
    assert found == right
    assert losscli.gradient(*BOTH, losses) == losscli.gradient(*BOTH, "huber")


def test_a_function_is_a_loss():
    def dearer(y_true, y_pred, *, factor=3.0):
        return np.where(y_pred < y_true, factor, 1.0) * np.abs(y_pred - y_true)

    p, y = [1.0, 2.0], [2.0, 1.0]
    for inputs in ((p, y), (np.array(p), np.array(y)), (pd.Series(p), pd.Series(y)), ({"a": p}, {"b": y})):
        found = losscli.evaluate(*inputs, [dearer, "mae", lambda label, prediction: abs(label - prediction)])
        assert [one.cost for one in found.results] == [2.0, 1.0, 1.0]
        assert [*found] == ["dearer", "mae", "lambda"]
        assert found["dearer"].parameters == {"factor": 3.0}
        assert pickle.loads(pickle.dumps(found)) == found
    frame = pd.DataFrame({"prediction": p, "label": y})
    assert losscli.evaluate(frame, loss=dearer).cost == 2.0
    assert losscli.fit(p, y, dearer, model="bias", epochs=2, folds=0).loss == "dearer"


@pytest.mark.parametrize("losses", [["mse"], ["mse", "huber:delta=2"]])
def test_samples_are_those_of_the_file(losses):
    options = [part for loss in losses for part in ("--loss", loss)]
    done = run("evaluate", *BOTH, *options, "--per-sample", "-", "--output", "/dev/null")
    wanted = pd.read_csv(io.StringIO(done.stdout), dtype={"id": str})
    pd.testing.assert_frame_equal(losscli.per_sample(*BOTH, losses), wanted, check_exact=True)


@pytest.mark.parametrize("of", ["loss", "cost"])
@pytest.mark.parametrize("both", [BOTH, WINE], ids=["numbers", "classes"])
def test_samples_with_gradients_are_those_of_the_file(of, both):
    loss = "mse" if both is BOTH else "cross_entropy"
    done = run("gradient", *both, "--loss", loss, "--of", of, "--per-sample", "-", "--output", "/dev/null")
    wanted = pd.read_csv(io.StringIO(done.stdout), dtype={"id": str})
    found = losscli.per_sample(*both, loss, gradient=of)
    pd.testing.assert_frame_equal(found, wanted, check_exact=True, check_dtype=False)


def test_samples_of_many_blocks_are_each_their_own():
    frame = losscli.per_sample(*BOTH, "mse", block_rows=7)
    pd.testing.assert_frame_equal(frame, losscli.per_sample(*BOTH, "mse"))
    assert frame["loss"].nunique() > 400


def test_samples_stand_under_the_index_of_the_predictions():
    keys = pd.Index(["a", "b", "c"])
    predictions, labels = pd.Series([1.0, 2.0, np.nan], keys), pd.Series([5.0, 2.0, 4.0], keys[[1, 0, 2]])
    found = losscli.per_sample(predictions, labels, "mae", bad_rows="drop")
    assert found["loss"].to_dict() == {"a": 1.0, "b": 3.0}
    assert "id" not in found
    assert predictions.to_frame("p").join(found["loss"])["loss"].isna().tolist() == [False, False, True]
    assert losscli.per_sample([1.0, 2.0], [1.0, 3.0], "mae").index.tolist() == [0, 1]


def test_texts_are_kept_as_they_are():
    data = {"id": ['é,"\n', "007"], "prediction": [1.0, 2.0], "label": [1.0, 2.0]}
    assert losscli.per_sample(data, loss="mae")["id"].tolist() == data["id"]


def test_worst_samples_have_the_columns_of_all_samples():
    boxes = {f"{role}_x{n}": [1.0 * n, 3.0 * n] for role in ("prediction", "label") for n in (1, 2)}
    boxes |= {f"{role}_y{n}": [1.0 * n, 3.0 * n] for role in ("prediction", "label") for n in (1, 2)}
    for inputs, loss in ((BOTH, "mse"), (WINE, "cross_entropy"), ((boxes,), "iou")):
        every = losscli.per_sample(*inputs, loss=loss)
        worst = losscli.evaluate(*inputs, loss=loss, top=None).worst_frame()
        assert worst.columns.tolist() == every.columns.tolist()
        pd.testing.assert_frame_equal(worst.sort_values("row", ignore_index=True), every, check_exact=True)


def test_what_is_wrong_with_samples_is_told():
    with pytest.raises(UsageError, match="gradient: 'both'; needed: one of loss, cost"):
        losscli.per_sample([1.0], [1.0], "mae", gradient="both")
    with pytest.raises(LosscliError, match="no data rows"):
        losscli.per_sample([], [], "mae")


@pytest.mark.parametrize(
    ("loss", "label", "prediction", "message"),
    [
        (
            "cross_entropy",
            ["a"],
            [[0.5, 0.5]],
            "from 0, or numbers. Names of classes are read by losscli.evaluate(…, loss='cross_entropy')",
        ),
        ("mse", [1], ["a"], "prediction: the predictions are not numbers; needed: numbers, or an array"),
        ("mse", [[1, 2], [3]], [1], "label: the labels are not numbers"),
        (
            "cross_entropy",
            [-1],
            [[0.5, 0.5]],
            "label: -1.0 is the index of no class; needed: integers from 0 to",
        ),
        ("cross_entropy", [0.5], [[0.5, 0.5]], "label: 0.5 is the index of no class"),
        (
            "cross_entropy",
            [2],
            [[0.5, 0.5]],
            "label: 2.0 is the index of no class; needed: integers from 0 to 1",
        ),
        ("zero_one", [1], [0.5], "prediction: 0.5 is the index of no class; needed: a number for each class"),
        ("zero_one", [np.nan], [1], "label: nan is the index of no class"),
    ],
)
def test_what_is_no_number_and_no_index_is_told(loss, label, prediction, message):
    for function in ("value",) if loss == "zero_one" else ("value", "gradient"):
        for named in (losscli.load_loss(loss), NAMED[loss]):
            with pytest.raises(UsageError) as raised:
                getattr(named, function)(label, prediction)
            assert message in str(raised.value)


def test_indexes_of_classes_may_be_floats():
    assert losscli.load_loss("ce").value([1.0], [[0.25, 0.75]]) == pytest.approx(-np.log(0.75))
    assert losscli.load_loss("zero_one").value([1.0, 0.0], [1, 1]).tolist() == [0.0, 1.0]
