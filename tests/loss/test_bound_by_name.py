"""A function of the user's gets the label and the prediction by the names of its parameters."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from helpers import calls

from losscli.common.errors import LosscliError
from losscli.loss import registry
from losscli.loss.spec import parse_spec

LABELS = ["label", "y_true", "target", "y", "actual", "true", "labels", "targets"]
PREDICTIONS = ["prediction", "pred", "y_pred", "input", "output", "yhat", "y_hat", "preds"]
LABEL, PREDICTION = np.array([1.0, 2.0]), np.array([10.0, 30.0])


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def of(code):
        Path("mine.py").write_text(code)
        return parse_spec("mine.py:f", registry.find)

    return of


@pytest.mark.parametrize(("label", "prediction"), list(zip(LABELS, PREDICTIONS, strict=True)))
@pytest.mark.parametrize("rest", ["", ", c=0", ", *, c=0", ", /, c=0", ", **more"])
def test_names_decide_and_not_the_order(load, label, prediction, rest):
    for order in ((label, prediction), (prediction, label)):
        code = f"def {{}}({', '.join(order)}{rest}): return 3 * {label} - {prediction}\n"
        loss = load(code.format("f") + code.format("f_gradient"))
        assert loss.value(LABEL, PREDICTION).tolist() == [-7.0, -24.0]
        assert loss.gradient(LABEL, PREDICTION).tolist() == [-7.0, -24.0]


@pytest.mark.parametrize("known", [*LABELS, *PREDICTIONS, "Y_True"])
def test_one_known_name_is_enough(load, known):
    for order in ((known, "other"), ("other", known)):
        label, prediction = (known, "other") if known.lower() in LABELS else ("other", known)
        loss = load(f"def f({', '.join(order)}): return 3 * {label} - {prediction}")
        assert loss.value(LABEL, PREDICTION).tolist() == [-7.0, -24.0]


@pytest.mark.parametrize("order", [("a", "b"), ("label_source", "predictor"), ("*", "")])
def test_without_known_names_the_label_comes_first(load, order):
    first, second = order if order[0] != "*" else ("v[0]", "v[1]")
    taken = "*v" if order[0] == "*" else ", ".join(order)
    loss = load(f"def f({taken}): return 3 * {first} - {second}")
    assert loss.value(LABEL, PREDICTION).tolist() == [-7.0, -24.0]


@pytest.mark.parametrize(
    "pair", [*itertools.combinations(LABELS[:4], 2), ("pred", "output"), ("y_hat", "input")]
)
def test_two_names_of_one_kind_are_refused(load, pair):
    with pytest.raises(LosscliError, match=f"f takes {pair[0]} and {pair[1]}"):
        load(f"def f({', '.join(pair)}): return 0 * {pair[0]}")


def test_gradient_is_bound_by_names_of_its_own(load):
    loss = load("def f(y, p): return y - p\ndef f_gradient(pred, y): return 3 * y - pred")
    assert loss.gradient(LABEL, PREDICTION).tolist() == [-7.0, -24.0]


def test_functions_of_a_declared_loss_are_bound_too(load):
    loss = load(
        "import dataclasses\nfrom losscli.loss import registry\n"
        "f = dataclasses.replace(registry.find('mse'), name='f', value=lambda pred, y: 3 * y - pred)"
    )
    assert loss.value(LABEL, PREDICTION).tolist() == [-7.0, -24.0]


@pytest.mark.parametrize(
    ("taken", "said"), [("a, b", "f(a=label, b=prediction), by position"), ("y, b", ""), ("pred, y", "")]
)
def test_verify_says_how_it_called_what_does_not_tell(tmp_path, taken, said):
    first, second = taken.split(", ")
    (tmp_path / "mine.py").write_text(f"def f({taken}): return ({first} - {second}) ** 2")
    done = calls.losscli("verify", "mine.py:f", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("by position" in done.stdout) == bool(said)
    assert said in done.stdout
