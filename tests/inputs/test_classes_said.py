"""`--classes`: names for class columns that have none."""

import json

import numpy as np
import pytest

import losscli
from losscli.common.errors import LosscliError, UsageError
from tests.helpers.calls import losscli as call

SCORES = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])
NAMES = ["cat", "dog", "horse"]
LABELS = ["dog", "cat", "horse"]


def frame(names, scores=SCORES):
    return dict(zip(names, scores.T, strict=True))


def cost(predictions, labels=LABELS, loss="cross_entropy", **asked):
    return losscli.evaluate(
        predictions, {"label": labels} if isinstance(labels, list) else labels, loss, **asked
    ).cost


EXPECTED = cost(frame([f"prob_{name}" for name in NAMES]))


def test_columns_without_names(tmp_path):
    assert cost(SCORES, classes=NAMES) == EXPECTED
    assert cost(SCORES[:, ::-1], classes=NAMES[::-1]) == EXPECTED
    np.save(tmp_path / "p.npy", SCORES)
    np.savetxt(tmp_path / "p.csv", SCORES, delimiter=",")
    for name in ("p.npy", "p.csv"):
        assert cost(str(tmp_path / name), classes=NAMES) == EXPECTED
    (tmp_path / "y.csv").write_text("label\n" + "\n".join(LABELS) + "\n")
    for given in (["--classes", "cat,dog,horse"], ["--classes", "cat", "--classes", 'dog,"horse"']):
        done = call(
            "evaluate", tmp_path / "p.npy", tmp_path / "y.csv", "-l", "cross_entropy", "--json", *given
        )
        assert json.loads(done.stdout)["results"][0]["cost"] == EXPECTED, done.stderr


def test_cells_of_lists(tmp_path):
    names = ["probs.0", "probs.1", "probs.2"]
    assert cost(frame(names), classes=NAMES) == EXPECTED
    turned = frame(names[::-1], SCORES[:, ::-1])
    assert cost(turned, classes=NAMES) == EXPECTED
    assert cost(turned, classes=NAMES, prediction=["probs.1", "probs.0", "probs.2"]) == EXPECTED
    records = np.zeros(3, dtype=[("probs", "f8", (3,))])
    records["probs"] = SCORES
    np.save(tmp_path / "p.npy", records)
    assert cost(str(tmp_path / "p.npy"), classes=NAMES) == EXPECTED


def test_columns_with_the_same_names():
    assert cost(frame([f"prob_{name}" for name in NAMES]), classes=NAMES) == EXPECTED
    for others in (NAMES[::-1], ["a", "b", "c"]):
        with pytest.raises(LosscliError, match=r"names of their own: prob_cat.*Leave out classes"):
            cost(frame([f"prob_{name}" for name in NAMES]), classes=others)


def test_columns_of_labels():
    shares = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1.0]])
    assert cost(SCORES, shares, classes=NAMES, label=["0", "1", "2"]) == EXPECTED
    turned = frame([f"label_{name}" for name in NAMES[::-1]], shares[:, ::-1])
    assert cost(SCORES, turned, classes=NAMES) == EXPECTED


def test_order_of_classes_is_that_of_their_values():
    labels = ["10", "2", "30"]
    said = cost(SCORES, labels, "ranked_probability", classes=["30", "2", "10"])
    assert said == cost(frame(["prob_30", "prob_2", "prob_10"]), labels, "ranked_probability")


def test_labels_that_are_no_class():
    with pytest.raises(LosscliError, match="label is 0"):
        cost(SCORES, [0, 1, 2], classes=NAMES)
    with pytest.raises(LosscliError, match="label is dog"):
        cost(SCORES)


@pytest.mark.parametrize("classes", [NAMES[:2], [*NAMES, "cow"]])
def test_wrong_counts(classes):
    with pytest.raises(LosscliError, match=f"3 class columns and {len(classes)} names of classes"):
        cost(SCORES, classes=classes)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (["a", "b", "a"], "classes: a is named twice; needed: once"),
        (["a", "", "b"], "classes: a name is empty; needed: a name for every class"),
        ("cat,dog,horse", "classes: a str; needed: a list of names"),
        ([1, None, 2], "classes: a NoneType; needed: a string or a number"),
        (3, "classes: a int; needed: a list"),
    ],
)
def test_what_are_no_names(classes, message):
    with pytest.raises(UsageError, match=message):
        cost(SCORES, classes=classes)


def test_losses_without_classes():
    with pytest.raises(UsageError, match="classes: there are no class columns: the losses read"):
        losscli.evaluate([1.0], [1.0], "mse", classes=["a", "b"])
    with pytest.raises(UsageError, match="classes: the predictions are one column of class names"):
        losscli.evaluate(["a"], ["a"], "zero_one", classes=["a", "b"])


def test_classes_that_are_numbers():
    assert cost(SCORES, [1, 0, 2], classes=[0, 1, 2]) == EXPECTED


def test_config_and_receipt(tmp_path):
    np.save(tmp_path / "p.npy", SCORES)
    (tmp_path / "y.csv").write_text("label\n" + "\n".join(LABELS) + "\n")
    (tmp_path / "losscli.toml").write_text(
        '[[check]]\npredictions = "p.npy"\nlabels = "y.csv"\nloss = "cross_entropy"\n'
        f'classes = {json.dumps(NAMES)}\nreceipt = "r.json"\ngate = "cross_entropy < 100"\n'
    )
    done = call("check", tmp_path / "losscli.toml")
    assert done.returncode == 0, done.stderr
    receipt = json.loads((tmp_path / "r.json").read_text())
    assert receipt["call"]["classes"] == NAMES
    assert receipt["results"][0]["cost"] == EXPECTED
    assert call("replay", tmp_path / "r.json").returncode == 0


def test_format_as_an_argument(tmp_path):
    np.save(tmp_path / "p.dat", SCORES)
    (tmp_path / "p.dat.npy").rename(tmp_path / "p.dat")
    assert cost(str(tmp_path / "p.dat"), classes=NAMES, input_format="npy") == EXPECTED
    (tmp_path / "y.npy").write_text("label\n" + "\n".join(LABELS) + "\n")
    path = str(tmp_path / "y.npy")
    assert cost(str(tmp_path / "p.dat"), path, classes=NAMES, label_input_format="csv") == EXPECTED
    with pytest.raises(UsageError, match=r"input_format: .*'np'"):
        cost(SCORES, input_format="np")
    with pytest.raises(UsageError, match=r"input_format: an? int"):
        cost(SCORES, input_format=3)
