"""`zero_one:threshold`: decisions made of a probability or score, beside the losses that read it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli
from sklearn import metrics

from losscli import evaluate, gradient, load_loss
from losscli.common.errors import LosscliError, UsageError
from losscli.inputs.pairing.classes import MOST_CLASSES
from losscli.loss import Layout

RANDOM = np.random.default_rng(10)
LABEL = RANDOM.integers(0, 2, 200).astype(float)
PROBABILITY = np.clip(0.5 + 0.3 * (LABEL - 0.5) + RANDOM.normal(0, 0.2, 200), 0.001, 0.999).round(3)
LOGIT = np.log(PROBABILITY / (1.0 - PROBABILITY))


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def cost(data, loss, **options):
    return evaluate(data, loss=loss, **options).results[0].cost


def frame(prediction, name="prediction", label=LABEL):
    return pd.DataFrame({name: prediction, "label": label})


@pytest.mark.parametrize("threshold", [0.0, 0.25, 0.5, 0.9, 1.0, -1.0])
def test_it_is_the_error_rate_of_decisions_above_the_threshold(threshold):
    said = (threshold < PROBABILITY).astype(float)
    found = cost(frame(PROBABILITY), f"zero_one:threshold={threshold!r}")
    assert found == pytest.approx(metrics.zero_one_loss(LABEL, said), rel=1e-15)
    assert found == cost(frame(said.astype(int), label=LABEL.astype(int)), "zero_one")


def test_a_prediction_at_the_threshold_is_class_0():
    for at in (0.5, 0.0, -3.25):
        above = np.nextafter(at, np.inf)
        data = frame([at, at, above, above], label=[0, 1, 0, 1])
        result = evaluate(data, loss=f"zero_one:threshold={at!r}", top=None).results[0]
        assert [one.loss for one in sorted(result.worst, key=lambda one: one.row)] == [0.0, 1.0, 1.0, 0.0]


def test_logits_and_scores_have_their_threshold_at_0():
    assert cost(frame(LOGIT), "zero_one:threshold=0") == cost(frame(PROBABILITY), "zero_one:threshold=0.5")


@pytest.mark.parametrize("name", ["prediction", "prob", "score", "proba_1"])
def test_it_goes_beside_the_losses_of_probabilities_in_one_run(name):
    specs = ["bce", "zero_one:threshold=0.5", "brier", "binary_focal"]
    report = evaluate(frame(PROBABILITY, name), loss=specs)
    assert [one.cost for one in report.results] == [cost(frame(PROBABILITY, name), spec) for spec in specs]
    assert report.results[1].cost == pytest.approx(metrics.zero_one_loss(LABEL, PROBABILITY > 0.5))
    assert report.results[1].parameters == {"threshold": 0.5}
    assert report.results[1].signature.startswith("zero_one:threshold=0.5|")
    assert report.columns["prediction"] == (name,)


def test_several_labels_are_several_outputs_and_the_loss_their_mean():
    label = RANDOM.integers(0, 2, (200, 3)).astype(float)
    share = RANDOM.uniform(0, 1, (200, 3))
    names = ("a", "b", "c")
    both = pd.DataFrame(
        {f"prob_{n}": share[:, at] for at, n in enumerate(names)}
        | {f"label_{n}": label[:, 2 - at] for at, n in enumerate(reversed(names))}
    )
    report = evaluate(both, loss=["bce", "zero_one:threshold=0.5"])
    assert report.results[1].cost == pytest.approx(((share > 0.5) != label).mean(), rel=1e-15)
    worst = evaluate(both, loss="zero_one:threshold=0.5", top=None).results[0].worst
    assert {one.loss for one in worst} <= {0.0, 1 / 3, 2 / 3, 1.0}


def test_weights_groups_and_edits_of_labels_work_as_for_other_losses():
    data = frame(PROBABILITY, label=np.where(LABEL == 1.0, "yes", "no")).assign(
        w=RANDOM.uniform(0, 2, 200), g=np.where(np.arange(200) % 3, "a", "b")
    )
    wrong = (PROBABILITY > 0.5) != (LABEL == 1.0)
    report = evaluate(
        data, loss="zero_one:threshold=0.5", weight="w", group="g", map_labels={"yes": 1, "no": 0}
    )
    assert report.results[0].cost == pytest.approx(np.average(wrong, weights=data["w"]))
    assert [one.group for one in report.results[0].groups] == ["a", "b"]
    with pytest.raises(LosscliError, match=r'label is (yes|no).*map_labels=\{"yes": 1, "no": 0\}'):
        cost(data, "zero_one:threshold=0.5")
    signs = frame(PROBABILITY, label=2 * LABEL - 1)
    with pytest.raises(
        LosscliError, match=r"zero_one needs 0 or 1\. If these are -1 and 1: map_labels=\{-1: 0, 1: 1\}"
    ):
        cost(signs, "zero_one:threshold=0.5")
    assert cost(signs, "zero_one:threshold=0.5", map_labels={-1: 0}) == wrong.mean()


def test_the_error_is_how_far_it_is_on_the_wrong_side():
    bound = load_loss("zero_one:threshold=0.5")
    error = bound.error(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.75, 0.25, 0.75, 0.5]))
    assert error.tolist() == [-0.25, 0.25, 0.25, 0.0]
    assert not np.signbit(error[3])


def test_without_a_threshold_it_reads_classes_as_before():
    plain, told = load_loss("zero_one"), load_loss("zero_one:threshold=0")
    assert (plain.layout, told.layout) == (Layout.CLASSES, Layout.OUTPUTS)
    assert (plain.class_predictions, told.class_predictions) == (True, False)
    assert load_loss("zero_one:threshold=none") == plain
    assert plain.spec == "zero_one"
    with pytest.raises(UsageError, match="threshold is a finite number, or none"):
        load_loss("zero_one:threshold=inf")


def test_its_gradient_is_0_and_a_fit_is_refused(file):
    data = file(frame(PROBABILITY).to_csv(index=False))
    report = gradient(data, loss="zero_one:threshold=0.5")
    assert (report.results[0].gradient.max_abs, report.results[0].gradient.numerical) == (0.0, True)
    done = losscli("fit", data, "--loss", "zero_one:threshold=0.5")
    assert done.returncode == 2
    assert "no slope to follow" in done.stderr
    assert "Fit binary_cross_entropy" in done.stderr
    assert "Fit cross_entropy" in losscli("fit", data, "--loss", "zero_one").stderr


def test_a_decision_beside_its_probability_is_not_read_for_it():
    data = frame(RANDOM.integers(0, 2, 200)).assign(probability=PROBABILITY)
    with pytest.raises(LosscliError, match='prediction="probability"'):
        cost(data, "zero_one:threshold=0.5")
    chosen = cost(data, "zero_one:threshold=0.5", prediction="probability")
    assert chosen == cost(frame(PROBABILITY), "zero_one:threshold=0.5")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("0.93,1\n1.0,1\n0.02,0", True),
        ("0.93,1\n0.02,0", True),
        ("-3,1\n2,0", True),
        ("0.93,cat\n0.02,dog", True),
        ("x,cat\ny,dog", False),
    ],
)
def test_what_is_no_class_name_is_refused_with_the_way_out_where_it_is_a_number(file, cells, told):
    done = losscli("evaluate", file(f"prediction,label\n{cells}\n"), "--loss", "zero_one")
    assert (done.returncode, done.stdout) == (2, "")
    assert ("zero_one:threshold=0.5" in done.stderr) is told
    assert "--map-labels A=B" in done.stderr


def test_more_numbers_than_there_can_be_classes_get_the_way_out_too():
    shares = np.linspace(0.001, 0.999, MOST_CLASSES + 10)
    with pytest.raises(LosscliError, match=r"more than .* classes.*zero_one:threshold=0\.5"):
        cost(frame(shares, label=np.arange(len(shares)) % 2), "zero_one")
    names = [f"n{at}" for at in range(MOST_CLASSES + 10)]
    with pytest.raises(LosscliError, match=r"more than .* classes") as wrong:
        cost(frame(names, label=names), "zero_one")
    assert "threshold" not in str(wrong.value)


def test_the_program_says_the_same_with_its_exit_status(file):
    data = file("prob,label\n0.93,1\n0.4,1\n0.5,0\n0.6,0\n")
    done = losscli("evaluate", data, "--loss", "bce", "--loss", "zero_one:threshold=0.5", "--quiet")
    assert (done.returncode, done.stdout.splitlines()[1], done.stderr) == (0, "0.5", "")
    gate = losscli(
        *("evaluate", data, "--loss", "zero_one:threshold=0.5", "--gate", "zero_one:threshold=0.5.mean < 0.5")
    )
    assert gate.returncode == 1
    apart = losscli("evaluate", data, "--loss", "bce", "--loss", "zero_one")
    assert apart.returncode == 2
    assert "zero_one:threshold=0.5 reads one numeric column." in apart.stderr
    plain = losscli("evaluate", data, "--loss", "mse", "--loss", "cross_entropy")
    assert "threshold" not in plain.stderr
    out = data.parent / "each.csv"
    losscli("evaluate", data, "--loss", "zero_one:threshold=0.5", "--per-sample", out)
    assert [line.split(",")[2:] for line in out.read_text().splitlines()[1:]] == [
        ["1.0", "0.93", "-0.43000000000000005", "0.0"],
        ["1.0", "0.4", "0.09999999999999998", "1.0"],
        ["0.0", "0.5", "0.0", "0.0"],
        ["0.0", "0.6", "0.09999999999999998", "1.0"],
    ]


def test_a_receipt_replays_and_a_config_takes_it(file):
    data = file("prob,label\n0.93,1\n0.4,1\n0.5,0\n0.6,0\n")
    folder = data.parent
    specs = ("--loss", "bce", "--loss", "zero_one:threshold=0.5")
    assert losscli("evaluate", "data.csv", *specs, "--receipt", "r.json", cwd=folder).returncode == 0
    assert losscli("replay", "r.json", cwd=folder).returncode == 0
    (folder / "losscli.toml").write_text(
        '[[check]]\nname = "a"\npredictions = "data.csv"\nloss = ["bce", "zero_one:threshold=0.5"]\n'
        'gate = ["zero_one:threshold=0.5 <= 0.5"]\n'
    )
    assert losscli("check", cwd=folder).returncode == 0


def test_lists_and_pages_know_it():
    listed = json.loads(losscli("losses", "zero_one", "--format", "json").stdout)[0]
    assert listed["layout"] == "classes"
    assert listed["parameters"]["threshold"]["default"] is None
    page = losscli("explain", "zero_one:threshold=0.5").stdout
    assert "  label       0 or 1\n  prediction  a finite number\n  columns     one or several numeric" in page
    assert losscli("verify", "zero_one:threshold=0.5").returncode == 0
