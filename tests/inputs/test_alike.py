"""Names that look the same and are not: wherever two of them meet, that is an error."""

import pytest
from helpers.calls import losscli

from losscli.inputs.pairing.alike import alike, seen

PAIRS = [
    ("caf\u00e9", "cafe\u0301"),
    ("a b", "a\u00a0b"),
    ("a b", "a  b"),
    ("a-b", "a\u2010b"),
    ("a-b", "a\u2212b"),
    ("ab", "a\u200bb"),
    ("\u212b", "\u00c5"),
]


@pytest.fixture
def run(tmp_path):
    def call(text, *arguments):
        (tmp_path / "p.csv").write_text(text, encoding="utf-8")
        return losscli("evaluate", tmp_path / "p.csv", *arguments, "--quiet")

    return call


def refused(done):
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert "look the same" in done.stderr


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_the_eye_cannot_tell_apart_is_alike(one, other):
    assert seen(one) == seen(other)
    assert alike([one, "x", other]) == (one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("a", "A"), ("a", "b"), ("ab", "a b"), ("1", "1.0"), ("e", "\u00e9")]
)
def test_what_it_can_is_not(one, other):
    assert alike([one, other, one]) is None


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("more", [[], ["--bad-rows", "drop"], ["--block-rows", "1"]])
def test_class_names(run, one, other, more):
    refused(run(f"prediction,label\nx,{one}\nx,x\n{one},{other}\n", "--loss", "zero_one", *more))
    refused(run(f"prediction,label\n{one},x\n{other},{one}\n", "--loss", "zero_one", *more))


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("more", [[], ["--bad-rows", "drop"]])
def test_labels_beside_class_columns(run, one, other, more):
    text = f"prob_{one},prob_x,label\n0.5,0.5,x\n0.5,0.5,{one}\n0.5,0.5,{other}\n"
    refused(run(text, "--loss", "cross_entropy", *more))
    refused(run(f"prob_{one},prob_{other},label\n0.5,0.5,{one}\n", "--loss", "cross_entropy", *more))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_groups(run, one, other):
    text = f"prediction,label,site\n1,2,{one}\n1,2,x\n1,3,{other}\n"
    refused(run(text, "--loss", "mse", "--group", "site"))
    assert run(text, "--loss", "mse").returncode == 0


@pytest.mark.parametrize(
    ("labels", "predictions"), [(["TRUE", "x"], ["True", "x"]), (["a", "a"], ["A", "A"])]
)
def test_one_case_on_each_side_is_refused_with_the_way_out(run, labels, predictions):
    rows = "".join(f"{p},{y}\n" for p, y in zip(predictions, labels, strict=True))
    done = run("prediction,label\n" + rows, "--loss", "zero_one")
    assert done.returncode == 2
    assert f"--map-labels {labels[0]}={predictions[0]}" in done.stderr
    mapped = run(
        "prediction,label\n" + rows, "--loss", "zero_one", "--map-labels", f"{labels[0]}={predictions[0]}"
    )
    assert mapped.stdout == "0.0\n", mapped.stderr


def test_both_cases_on_both_sides_are_two_classes(run):
    done = run("prediction,label\na,A\nA,a\na,a\nA,A\n", "--loss", "zero_one")
    assert done.stdout == "0.5\n", done.stderr
    assert run("prediction,label\na,a\na,A\n", "--loss", "zero_one").stdout == "0.5\n"
