"""Names that look the same and are not: wherever two of them meet, that is an error."""

import re

import pytest
from helpers.calls import losscli

import losscli as ours
from losscli.common.errors import LosscliError
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
    assert r"\\u" not in done.stderr


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


GROUPED = "prediction,label,site\n" + "1,2,{}\n1.5,2,x\n1,3,{}\n2,2,y\n"
COMMANDS = {
    "evaluate": ["--loss", "mse"],
    "gradient": ["--loss", "mse"],
    "fit": ["--loss", "mse", "--folds", "2", "--epochs", "2"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("more", [[], ["--block-rows", "1"]])
def test_groups_in_every_command_that_has_them(tmp_path, command, more):
    def call(one, other, *group):
        (tmp_path / "p.csv").write_text(GROUPED.format(one, other), encoding="utf-8")
        return losscli(command, tmp_path / "p.csv", *COMMANDS[command], *more, *group, "--format", "json")

    note = "note: the groups A and a differ only in case"
    done = call("a", "A", "--group", "site")
    assert (done.returncode, note in done.stderr) == (0, True), done.stderr
    for one, other in (("a", "a"), ("a", "b")):
        assert "capitals" not in call(one, other, "--group", "site").stderr
    assert "capitals" not in call("a", "A").stderr
    refused(call(*PAIRS[0], "--group", "site"))
    assert call(*PAIRS[0]).returncode == 0


def test_note_is_in_the_report(tmp_path):
    (tmp_path / "p.csv").write_text(GROUPED.format("North", "NORTH"))
    report = ours.evaluate(str(tmp_path / "p.csv"), loss="mse", group="site")
    assert report.notes == ("the groups NORTH and North differ only in case",)
    assert [group.group for group in report.results[0].groups] == ["NORTH", "North", "x", "y"]


def ids_apart(tmp_path, ours_ids, theirs_ids, **options):
    paths = [tmp_path / "p.csv", tmp_path / "l.csv"]
    for path, name, ids in zip(paths, ("prediction", "label"), (ours_ids, theirs_ids), strict=True):
        path.write_text(f"id,{name}\n" + "".join(f"{one},1\n" for one in ids), encoding="utf-8")
    with pytest.raises(LosscliError, match="needed: the same ids in both") as error:
        ours.evaluate(*paths, loss="mse", **options)
    remedy = error.value.remedy
    assert 'unmatched="drop"' in remedy or "Choose other id columns" in remedy
    return re.sub(r" ?(To keep the \d+ that both have|Choose other id columns).*", "", remedy)


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("block_rows", [1, 100])
def test_ids_that_look_the_same_are_told_so(tmp_path, one, other, block_rows):
    said = ids_apart(tmp_path, ["x", "q", one], ["x", other, "z"], block_rows=block_rows)
    assert said == f"{one!a} and {other!a} look the same but are not: spell them the same way in both files."


@pytest.mark.parametrize(("one", "other"), [("A1", "a1"), ("ID-7", "id-7"), ("\u00c9", "e\u0301")])
def test_ids_that_differ_in_capitals_are_told_so(tmp_path, one, other):
    said = ids_apart(tmp_path, ["x", one], [other, "x"])
    assert said == f"{one!a} and {other!a} differ only in case: spell them the same way in both files."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1"),
        ("1", "1.0"),
        ("007", "7"),
        ("1e3", "1000"),
        ("+5", "5"),
        ("9007199254740993.0", "9007199254740993"),
    ],
)
def test_ids_that_are_one_number_are_told_so_with_the_way_out(tmp_path, one, other):
    said = ids_apart(tmp_path, ["x", one], ["x", other])
    assert said.startswith(
        f"{one!r} and {other!r} are the same number but different ids: write them the same way"
    )
    assert 'dtype=str, or make them integers by .astype("Int64")' in said
    assert "position" not in said


@pytest.mark.parametrize(
    ("one", "other"), [("a", "b"), ("1", "2"), ("9007199254740993", "9007199254740992"), ("a1", "a01")]
)
def test_ids_that_are_two_get_no_hint(tmp_path, one, other):
    assert ids_apart(tmp_path, ["x", one], ["x", other]) == ""


def test_ids_that_only_one_side_has_get_no_hint_of_those_that_match(tmp_path):
    assert ids_apart(tmp_path, ["a", "A"], ["a"]) == ""
    assert ids_apart(tmp_path, ["1"], ["1", "1.0"]) == ""
