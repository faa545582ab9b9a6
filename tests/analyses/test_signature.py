"""Signatures: equal exactly when the computations mean the same, and readable back."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import losscli
from losscli.analyses.signature import Identity, Signature, canonical_label, edits, parts
from losscli.common.text import encodable, exact_value, visible
from losscli.loss import Origin
from losscli.outputs import formats

STRUCTURE = "%|+=,:@/#"
LETTERS = [*STRUCTURE, *"ab1.-_ é漢\0\n\x1b\u202e\udc80", "%7C", "|n:3", "+b", "=c"]
texts = st.lists(st.sampled_from(LETTERS), max_size=6).map("".join)
names = texts.filter(bool)
identities = st.builds(
    Identity,
    name=st.tuples(names) | st.tuples(names, names),
    parameters=st.lists(st.tuples(names, texts), max_size=2).map(tuple),
    origin=st.just(()) | st.tuples(names) | st.tuples(names, texts),
)


@st.composite
def signatures(draw):
    losses = tuple(draw(st.lists(identities, min_size=1, max_size=3)))
    return Signature(
        losses=losses,
        n=tuple(draw(st.lists(st.integers(0, 12), min_size=len(losses), max_size=len(losses)))),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        alignment=draw(st.sampled_from(["id", "position"])),
        bad=draw(st.sampled_from(["error", "drop"])),
        version=draw(texts),
        group=draw(st.none() | st.tuples(texts, texts)),
        weight=draw(st.none() | texts),
        ignored=tuple(draw(st.lists(texts, max_size=2))),
        mapped=tuple(draw(st.lists(st.tuples(texts, texts), max_size=2))),
    )


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
    assert [row.split(",")[-2] for row in rows[1:]] == every


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
        from dataclasses import replace

        from losscli.loss.spec import bind

        loss = replace(
            losscli.load_loss("huber").loss, name="tilted", origin=Origin("1.2", package="my-pack")
        )
        assert str(Identity.of(bind(loss, {"delta": 2.0}))) == "tilted:delta=2@my-pack/1.2"
