"""`--as`: the number of another library, in every place where a number stands; and `losscli conventions`."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from helpers.calls import losscli as run

import losscli
from losscli.analyses.signature import parts
from losscli.common.errors import LosscliError

LABELS = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]
SHARES = [0.1, 0.75, 0.0, 1.0, 1.0, 0.625, 0.5]
WEIGHTS = [1.0, 0.0, 2.0, 0.5, 1.0, 0.0, 3.0]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "p.csv"
    rows = (f"{label},{share},{weight}" for label, share, weight in zip(LABELS, SHARES, WEIGHTS, strict=True))
    path.write_text("\n".join(["label,prediction,weight", *rows]) + "\n")
    return path


def squares():
    return (np.array(LABELS) - np.array(SHARES)) ** 2


def evaluated(*arguments):
    done = run("evaluate", *map(str, arguments), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_report_says_which_call_is_meant_and_what_differs(table):
    done = run("evaluate", str(table), "-l", "bce", "--as", "keras", "--json")
    (result,) = json.loads(done.stdout)["results"]
    assert result["as"] == "keras"
    assert "|mean|as:keras|align:" in result["signature"]
    assert str(parts(result["signature"])) == result["signature"]
    assert done.stderr.startswith(
        "losscli: note: binary_cross_entropy is what keras.losses.BinaryCrossentropy()"
    )
    assert "clip=two:1e-7" in done.stderr
    p = np.clip(np.float32(SHARES), np.float32(1e-7), np.float32(1.0 - 1e-7))
    y = np.float32(LABELS)
    known = np.float64(-(y * np.log(p) + (1 - y) * np.log(1 - p))).mean()
    assert math.isclose(result["cost"], known, rel_tol=1e-6)
    assert max(sample["loss"] for sample in result["worst"]) == result["max"] < 17.0


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("losscli", squares().dot(WEIGHTS) / sum(WEIGHTS)),
        ("losscli+weights=n", squares().dot(WEIGHTS) / 7),
        ("losscli+weights=nonzero", squares().dot(WEIGHTS) / 5),
        ("losscli+reduction=sum", squares().dot(WEIGHTS)),
        ("losscli+sign=negative", -squares().dot(WEIGHTS) / sum(WEIGHTS)),
        ("keras", squares().dot(WEIGHTS) / 7),
        ("keras.metrics", squares().dot(WEIGHTS) / sum(WEIGHTS)),
    ],
)
def test_weights_count_as_the_library_has_them(table, said, known):
    (result,) = evaluated(table, "-l", "mse", "--weight", "weight", "--as", said)["results"]
    assert math.isclose(result["cost"], known, rel_tol=1e-6 if "keras" in said else 1e-14)
    assert (result["standard_error"] is None) == (said not in ("losscli", "keras.metrics"))


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("block", [1, 2, 3, 100])
def test_means_of_batches_are_those_of_a_loop_for_any_blocks(table, rows, block):
    batches = [squares()[start : start + rows] for start in range(0, 7, rows)]
    options = (table, "-l", "mse", "--block-rows", block, "--as")
    (result,) = evaluated(*options, f"losscli+reduction=batch:{rows}")["results"]
    assert math.isclose(result["cost"], np.mean([batch.mean() for batch in batches]), rel_tol=1e-15)
    whole = [batch.mean() for batch in batches if len(batch) == rows]
    (result,) = evaluated(*options, f"losscli+reduction=drop_last:{rows}")["results"]
    if whole:
        assert math.isclose(result["cost"], np.mean(whole), rel_tol=1e-15)
    else:
        assert (result["cost"], result["cost_text"]) == (None, "nan")


def test_batches_are_exact():
    values = np.random.default_rng(3).normal(size=1000)
    report = losscli.evaluate(values, np.zeros(1000), "mse", as_="losscli+reduction=batch:32", block_rows=77)
    exact = [Fraction(value * value) for value in values.tolist()]
    means = [sum(exact[start : start + 32]) / len(exact[start : start + 32]) for start in range(0, 1000, 32)]
    assert report.cost == float(sum(means) / len(means))


def test_roots_of_outputs_are_averaged_or_summed():
    label, prediction = np.zeros((4, 2)), np.array([[1.0, 2.0], [3.0, 5.0], [1.0, 1.0], [0.0, 7.0]])
    means, both = (prediction**2).mean(axis=0), {"prediction": ["0", "1"], "label": ["0", "1"]}
    for said, known in (
        ("sklearn", np.sqrt(means).mean()),
        ("losscli+reduction=mean_of_roots", np.sqrt(means).mean()),
        ("losscli", np.sqrt(means.mean())),
        ("losscli+reduction=sum_outputs", np.sqrt(means.sum())),
    ):
        assert math.isclose(
            losscli.evaluate(prediction, label, "rmse", as_=said, **both).cost, known, rel_tol=1e-15
        )


def test_a_sigmoid_where_no_score_is_outside_is_refused():
    with pytest.raises(LosscliError, match="all scores are in") as raised:
        losscli.evaluate([0.5, 0.25], [1, -1], "hinge", as_="losscli+squash=sigmoid_outside")
    assert str(raised.value).endswith('As they are: as_="losscli+squash=none"')
    report = losscli.evaluate([0.5, 2.0], [1, -1], "hinge", as_="losscli+squash=sigmoid_outside")
    scores = 1.0 / (1.0 + np.exp([-0.5, -2.0]))
    assert math.isclose(report.cost, ((1.0 - scores[0]) + (1.0 + scores[1])) / 2.0)


def test_gates_receipts_checks_and_the_environment_know_it(table, tmp_path):
    done = run("evaluate", "p.csv", "-l", "mse", "--as", "keras", "-g", "mse <= 0.01", cwd=tmp_path)
    assert done.returncode == 1
    first = run("evaluate", "p.csv", "-l", "mse", "-q", "--as", "torch", "--receipt", "r.json", cwd=tmp_path)
    assert run("replay", "r.json", cwd=tmp_path).returncode == 0
    receipt = json.loads((tmp_path / "r.json").read_text())
    assert receipt["call"]["as"] == "torch"
    receipt["call"]["as"] = "torhc"
    (tmp_path / "r.json").write_text(json.dumps(receipt))
    done = run("replay", "r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "receipt r.json: there is no library 'torhc'" in done.stderr
    (tmp_path / "losscli.toml").write_text(
        '[[check]]\nname = "a"\npredictions = "p.csv"\nloss = "mse"\nas = "keras"\noutput = "a.json"\n'
        'format = "json"\n'
    )
    assert run("check", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "a.json").read_text())["results"][0]["as"] == "keras"
    again = run("evaluate", "p.csv", "-l", "mse", "-q", cwd=tmp_path, env={"LOSSCLI_AS": "torch"})
    assert again.stdout == first.stdout


def test_a_baseline_of_another_convention_is_refused(table, tmp_path):
    run("evaluate", str(table), "-l", "mse", "--json", "-o", str(tmp_path / "b.json"))
    options = ("--baseline", str(tmp_path / "b.json"), "-g", "mse <= baseline")
    done = run("evaluate", str(table), "-l", "mse", "--as", "keras", *options)
    assert done.returncode == 2
    assert "its figures are as losscli has them, here they are as keras has them" in done.stderr


def test_engines_give_the_same_document(table):
    one = evaluated(table, "-l", "mse", "--as", "keras")
    assert evaluated(table, "-l", "mse", "--as", "keras", "--engine", "processes", "--workers", "2") == one


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--as", "keras", "--state", "s"), "mse is as keras has it; needed: a loss as losscli has it"),
        (("--as", "keras", "--weight", "weight", "--level", "0.9"), "mse as keras is not the mean"),
        (("--as", "losscli+reduction=sum", "--reduction", "sum"), "says itself what the losses come to"),
        (("--as", "losscli+reduction=batch:2", "--weight", "weight"), "the means of batches have no weights"),
        (("--as", "losscli+weights=none", "--weight", "weight"), "losscli+weights=none has no weights"),
        (("--as", "losscli+reduction=batch:2", "--group", "weight"), "batches are of all rows"),
        (("--as", "nobody"), "there is no library 'nobody'"),
        (("--as", "sklearn", "-l", "wgan_critic"), "no convention of sklearn is known for wgan_critic"),
    ],
)
def test_what_makes_no_sense_with_it_is_refused_before_a_file_is_read(options, told):
    done = run("evaluate", "nowhere.csv", "-l", "mse", *options)
    assert done.returncode == 2
    assert f"--as: {told}" in done.stderr or f"--state: {told}" in done.stderr or told in done.stderr
    assert "nowhere.csv" not in done.stderr


def test_conventions_are_listed_by_library():
    document = json.loads(run("conventions", "bce", "--json").stdout)
    assert document["document"] == "conventions"
    found = document["conventions"]
    assert {one["loss"] for one in found} == {"binary_cross_entropy"}
    assert {"keras", "sklearn", "torch"} <= {one["library"] for one in found}
    for one in found:
        assert run("evaluate", "-l", "bce", "--as", one["as"]).returncode == 2  # of no file
    shown = run("conventions", "--library", "keras").stdout
    assert shown.startswith("Keras ")
    assert "scikit-learn" not in shown
    assert run("conventions", "--library", "sklearn@1.3", "bce").returncode == 0
    assert "Did you mean" in run("conventions", "--library", "kears").stderr
    assert "no convention of a library is known for" in run("conventions", "wgan_critic").stderr
    assert run("conventions", "nothing").returncode == 2
