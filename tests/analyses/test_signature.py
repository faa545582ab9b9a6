"""Signatures: equal exactly when the computations mean the same, and readable back."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from helpers.signatures import signatures
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.signature import Identity, canonical_label, edits, parts
from losscli.common.text import encodable, exact_value, visible
from losscli.loss import Origin
from losscli.outputs import formats

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(signatures())
def test_a_signature_reads_back_so_that_no_two_share_a_text(signature):
    assert parts(str(signature)) == signature


@given(signatures())
def test_nothing_in_a_signature_has_to_be_escaped_again(signature):
    text = str(signature)
    assert text.isprintable()
    assert visible(text) == text
    assert encodable(text) == text


@given(st.text(max_size=30) | st.text("mse|n:1+%G=@,", max_size=60))
@example("mse|n:1|mean|align:id|bad:error|v:0%")
@example("mse|n:01|mean|align:id|bad:error|v:0")
@example("mse|n:1+1|mean|align:id|bad:error|v:0")
@example("mse|n:1|mean|align:id|bad:error|v:%ff")
@example("mse|n:" + "1" * 5000 + "|mean|align:id|bad:error|v:0")
def test_other_text_is_refused_and_nothing_else_happens(text):
    try:
        found = parts(text)
    except ValueError:
        return
    assert str(found) == text


NUMERALS = "1 1.0 01 +1 1e0 10e-1 0 -0 0.0 9007199254740993 9007199254740992 1e300 10e299 1e-400"
numerals = st.sampled_from(
    [*NUMERALS.split(), "10e-401", "1e20", "100000000000000000000", "x", "1,5", " 1 ", ""]
)


def meaning(label):
    value = exact_value(label)
    return label if value is None else value


@given(numerals, numerals)
def test_labels_have_one_text_exactly_where_they_are_one_label(one, other):
    same = meaning(one) == meaning(other) and type(meaning(one)) is type(meaning(other))
    assert (canonical_label(one) == canonical_label(other)) == same


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_number_is_that_number(value):
    text = str(value)
    if exact_value(text) is not None:
        assert Decimal(canonical_label(text)) == value


@given(
    st.lists(numerals, max_size=3),
    st.dictionaries(numerals, numerals, max_size=3),
    st.lists(numerals, max_size=3),
    st.dictionaries(numerals, numerals, max_size=3),
)
def test_edits_are_equal_exactly_when_they_do_the_same_to_every_label(ignored, mapped, others, replaced):
    every = {meaning(label) for label in (*ignored, *mapped, *others, *replaced)}

    def effect(ignored, mapped):
        left_out = set(map(meaning, ignored))
        changed = {meaning(old): meaning(new) for old, new in mapped.items()}
        return {label: None if label in left_out else changed.get(label, label) for label in every}

    same = effect(ignored, mapped) == effect(others, replaced)
    assert (edits(ignored, mapped) == edits(others, replaced)) == same


FIT = "mse|n:9|mean|align:id|bad:error|fit:bias|seed:0|batch:1|epochs:9|decay:halving|folds:5|v:0"


@pytest.mark.parametrize(
    "part", ["|fit:bias", "|seed:0", "|batch:1", "|epochs:9", "|decay:halving", "|folds:5"]
)
def test_a_fit_is_told_by_all_of_its_settings(part):
    assert str(parts(FIT)) == FIT
    assert dict(parts(FIT).fit)["fit"] == "bias"
    for text in (FIT.replace(part, ""), FIT.replace("|v:0", f"{part}|v:0")):
        with pytest.raises(ValueError, match="no signature"):
            parts(text)


CALLS = [
    {"loss": "mse"},
    {"loss": "mae"},
    {"loss": "huber:delta=2"},
    {"loss": "huber:delta=3"},
    {"loss": "quantile:q=0.25"},
    {"loss": "mse", "reduction": "sum"},
    {"loss": "mse", "weight": "w"},
    {"loss": "mse", "align": "position"},
    {"loss": "mse", "bad_rows": "drop"},
    {"loss": "mse", "ignore_label": 3},
    {"loss": "mse", "ignore_label": [3, 4]},
    {"loss": "mse", "map_labels": {1: 2}},
    {"loss": "mse", "map_labels": {1: 3}},
    {"loss": "mse", "map_labels": {1: 2}, "ignore_label": 4},
    {"loss": ["mse", "mae"]},
]
WRITTEN_OTHERWISE = [
    ({"loss": "huber:delta=2"}, {"loss": " huber:delta=2.0", "block_rows": 1, "top": 0}),
    ({"loss": "huber:delta=1"}, {"loss": "huber"}),
    ({"loss": "l1"}, {"loss": "mae", "gate": "mae <= 3", "group": "g"}),
    ({"loss": "mse"}, {"loss": "mse", "align": "id", "map_labels": {"1.0": "1"}}),
    ({"loss": "mse", "ignore_label": ["3", "4"]}, {"loss": "mse", "ignore_label": ["4", "3.0", "3"]}),
    (
        {"loss": "mse", "map_labels": {"1": "2", "3": "4"}},
        {"loss": "mse", "map_labels": {"3": "4.0", "1e0": "2"}},
    ),
    ({"loss": "mse", "ignore_label": 4}, {"loss": "mse", "ignore_label": 4, "map_labels": {"4": "5"}}),
]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,prediction,label,w,g\na,1,1,1,x\nb,2,3,2,y\nc,5,4,1,x\nd,1,2,1,x\n")
    labels = tmp_path / "l.csv"
    labels.write_text("id,label\na,1\nb,3\nc,4\nd,2\n")
    return str(path), str(labels)


def run(table, call):
    return losscli.evaluate(table[0], table[1], prediction="prediction", label="label", **call)


def test_other_computations_have_other_signatures(table):
    found = [run(table, call).signature for call in CALLS]
    assert len(set(found)) == len(CALLS)


@pytest.mark.parametrize(("one", "other"), WRITTEN_OTHERWISE)
def test_a_computation_written_in_another_way_keeps_its_signature(table, one, other):
    assert run(table, one).signature == run(table, other).signature


def test_the_number_of_samples_counts_and_the_number_of_rows_left_out_does_not(tmp_path):
    path = tmp_path / "t.csv"
    signatures = []
    for text in ("1,2\n2,3\n", "1,2\n2,3\n,4\n", "1,2\n2,3\n4,4\n"):
        path.write_text("prediction,label\n" + text)
        signatures.append(losscli.evaluate(str(path), loss="mse", bad_rows="drop").signature)
    assert signatures[0] == signatures[1] != signatures[2]


def test_every_result_and_group_has_its_own(table):
    report = run(table, {"loss": ["mse", "mae"], "group": "g", "weight": "w"})
    assert report.signature == "mse+mae|n:4|mean|align:id|bad:error|weight:w|v:0.1.0"
    assert [result.signature for result in report.results] == [
        "mse|n:4|mean|align:id|bad:error|weight:w|v:0.1.0",
        "mae|n:4|mean|align:id|bad:error|weight:w|v:0.1.0",
    ]
    assert [group.signature for group in report.results[0].groups] == [
        "mse|group:g=x|n:3|mean|align:id|bad:error|weight:w|v:0.1.0",
        "mse|group:g=y|n:1|mean|align:id|bad:error|weight:w|v:0.1.0",
    ]
    document = json.loads(formats.load("json").render(report))
    assert document["results"][1]["groups"][1]["signature"] == report.results[1].groups[1].signature
    lines = [json.loads(line) for line in formats.load("jsonl").render(report).splitlines()]
    rows = formats.load("csv").render(report).splitlines()
    every = [part.signature for result in report.results for part in (result, *result.groups)]
    assert [line["signature"] for line in lines] == every
    assert [row.split(",")[-3] for row in rows[1:]] == every


class TestCustom:
    SOURCE = "def odd(label, prediction, *, alpha=1.0):\n    return alpha * (label - prediction) ** 2\n"

    def signature(self, table, spec):
        return run(table, {"loss": spec}).signature

    def test_file_function_parameters_and_digest_are_named(self, table, tmp_path):
        path = tmp_path / "my losses+1.py"
        path.write_text(self.SOURCE)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        assert self.signature(table, f"{path}:odd:alpha=2").startswith(
            f"my losses%2B1.py:odd:alpha=2@{digest}|n:4|"
        )

    def test_another_way_to_the_same_file_is_the_same_loss(self, table, tmp_path, monkeypatch):
        Path(tmp_path / "a.py").write_text(self.SOURCE)
        monkeypatch.chdir(tmp_path)
        specs = ["a.py:odd", "./a.py:odd", f"{tmp_path}/a.py:odd", "a.py:odd:alpha=1"]
        assert len({self.signature(table, spec) for spec in specs}) == 1

    def test_another_file_of_the_same_name_is_another_loss(self, table, tmp_path):
        found = set()
        for folder, text in (("a", self.SOURCE), ("b", self.SOURCE + "\n"), ("c", self.SOURCE)):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "x.py").write_text(text)
            found.add(self.signature(table, f"{tmp_path / folder}/x.py:odd"))
        assert len(found) == 2

    def test_a_changed_file_is_another_loss_in_the_same_process(self, table, tmp_path):
        path = tmp_path / "x.py"
        path.write_text(self.SOURCE)
        before = self.signature(table, f"{path}:odd")
        path.write_text(self.SOURCE.replace("** 2", "** 4"))
        assert self.signature(table, f"{path}:odd") != before

    def test_a_function_named_as_a_built_in_loss_is_another_one(self, table, tmp_path):
        path = tmp_path / "x.py"
        path.write_text(self.SOURCE.replace("odd", "mse"))
        assert Identity.of(losscli.load_loss(f"{path}:mse")) != Identity.of(losscli.load_loss("mse"))

    def test_a_loss_of_an_installed_package_names_distribution_and_version(self):
        from losscli.loss.spec import bind

        loss = replace(
            losscli.load_loss("huber").loss, name="tilted", origin=Origin("1.2", package="my-pack")
        )
        assert str(Identity.of(bind(loss, {"delta": 2.0}))) == "tilted:delta=2@my-pack/1.2"


class TestEveryCommand:
    """Every signature that is written anywhere reads back, and prints the same."""

    ODD = "own|+%losses.py"

    @pytest.fixture(params=["w|n:3", "a=b", "g:%7C+@,/#", "é\u202e", "|v:0.1.0", "mean", "fit:bias|seed:1"])
    def frame(self, request, tmp_path, monkeypatch):
        """A table whose weight is called so, and so are its groups and a label that is left out."""
        import pandas as pd

        monkeypatch.chdir(tmp_path)
        Path(self.ODD).write_text(TestCustom.SOURCE)
        name = request.param
        return name, pd.DataFrame(
            {
                "prediction": [1.0, 2.5, 3.0, 4.0, 5.5, 6.0, 7.0, 8.5],
                "label": ["1", "2", "4", "4", "5", "7", name, "8"],
                name: [1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.0, 2.0],
                f"group {name}": [name, "b", name, "b", "b", name, "b", name],
            }
        )

    def arguments(self, name):
        columns = {"prediction": "prediction", "label": "label", "weight": name}
        return {
            **columns,
            "bad_rows": "drop",
            "ignore_label": [name, "5"],
            "map_labels": {"4": "3", name: "2"},
        }

    def read(self, name, text, gradient=None):
        found = parts(text)
        assert str(found) == text
        assert (found.weight, found.bad, found.gradient) == (name, "drop", gradient)
        assert found.ignored == tuple(sorted([name, "5"]))
        assert found.mapped == (("4", "3"),)
        return found

    def test_evaluate_with_groups_and_code_of_ones_own(self, frame):
        name, table = frame
        losses = ["mse", f"{self.ODD}:odd:alpha=2.5"]
        report = losscli.evaluate(table, loss=losses, group=f"group {name}", **self.arguments(name))
        said = self.read(name, report.signature)
        assert [one.name for one in said.losses] == [("mse",), (self.ODD, "odd")]
        assert said.losses[1].parameters == (("alpha", "2.5"),)
        for result in report.results:
            assert self.read(name, result.signature).group == ()
            groups = [self.read(name, group.signature).group for group in result.groups]
            assert groups == [((f"group {name}", group.group),) for group in result.groups]
            assert {member for ((_, member),) in groups} == {name, "b"}

    @pytest.mark.parametrize("of", ["loss", "cost"])
    def test_gradient(self, frame, of):
        name, table = frame
        report = losscli.gradient(table, loss=["mse", "mae"], of=of, **self.arguments(name))
        assert self.read(name, report.signature, of).n == (6, 6)

    @pytest.mark.parametrize("model", ["constant", "bias", "affine"])
    def test_fit(self, frame, model):
        name, table = frame
        options = {"model": model, "epochs": 2, "seed": 3, "folds": 2, "decay": "none"}
        report = losscli.fit(table, loss="huber:delta=2", **options, **self.arguments(name))
        said = self.read(name, report.signature)
        batch = str(report.batch_size)
        wanted = {"fit": model, "seed": "3", "batch": batch, "epochs": "2", "decay": "none", "folds": "2"}
        assert dict(said.fit) == wanted
        evaluated = losscli.evaluate(table, loss="huber:delta=2", **self.arguments(name)).signature
        assert parts(evaluated) == replace(said, fit=())

    def test_recommend(self, frame):
        name, table = frame
        said = self.read(name, losscli.recommend(table, **self.arguments(name)).signature)
        assert said.n[0] == 6

    @pytest.mark.parametrize(
        "loss", ["cross_entropy", "cross_entropy:label_smoothing=0.1,eps=1e-05", "focal"]
    )
    def test_losses_of_classes(self, tmp_path, loss):
        path = tmp_path / "c.csv"
        path.write_text("p_a|b,p_c=d,label,g\n0.25,0.75,c=d,x\n0.5,0.5,a|b,|n:1\n")
        for report in (
            losscli.evaluate(path, loss=loss, group="g"),
            losscli.gradient(path, loss=loss, group="g"),
            losscli.fit(path, loss=loss, model="temperature", epochs=1, folds=0),
        ):
            assert str(parts(report.signature)) == report.signature
