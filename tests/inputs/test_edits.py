"""What is changed of rows gives, to the last bit, what a file gives that somebody changed by hand."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli as call
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.signature import parts
from losscli.common.errors import LosscliError
from losscli.common.options import CHOICES
from losscli.inputs.edits import Edits
from losscli.inputs.pairing.edits import FUNCTIONS, ROUNDING, of_predictions

ROWS = 61
RNG = np.random.default_rng(7)
POSITIVE = RNG.uniform(0.05, 0.95, size=(ROWS, 4))
SHARES = POSITIVE[:, :3] / POSITIVE[:, :3].sum(axis=1, keepdims=True)
CLASSES = np.array(["a", "b", "c"])[RNG.integers(0, 3, ROWS)]
BY_HAND = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log10": np.log10,
    "pow10": lambda x: np.power(10.0, x),
    "square": lambda x: x * x,
    "sqrt": np.sqrt,
    "negate": lambda x: -x,
}
NUMBERS = [
    *(({"transform_prediction": name}, function) for name, function in BY_HAND.items()),
    ({"scale_prediction": 100}, lambda f: f * 100.0),
    ({"scale_prediction": -0.1}, lambda f: f * -0.1),
    ({"rescale_prediction": (-3.5, 12)}, lambda f: f * 12.0 + -3.5),
    (
        {"scale_prediction": 2.5, "transform_prediction": "exp", "rescale_prediction": [0.1, 0.3]},
        lambda f: np.exp(f * 0.3 + 0.1) * 2.5,
    ),
]
LAYOUTS = {
    "one": ("mse", ["prediction"], ["label"]),
    "several": ("huber", ["prediction_x", "prediction_y"], ["label_x", "label_y"]),
    "vector": ("cosine_distance", ["prediction_x", "prediction_y"], ["label_x", "label_y"]),
    "classes": ("cross_entropy:from_logits=true", ["logit_a", "logit_b", "logit_c"], None),
    "crammer": ("multiclass_hinge", ["score_a", "score_b", "score_c"], None),
}


def table(columns, labels, change=lambda f: f, change_labels=lambda y: y):
    """Return a table of a layout, its numbers changed."""
    found = {"id": [f"r{row}" for row in range(ROWS)], "w": np.linspace(0.1, 2.0, ROWS)}
    found |= {name: change(POSITIVE[:, place].copy()) for place, name in enumerate(columns)}
    if labels is None:
        found["label"] = CLASSES
    else:
        found |= {name: change_labels(POSITIVE[:, 3 - place].copy()) for place, name in enumerate(labels)}
    return pd.DataFrame(found)


def said(report):
    """Return all figures and samples of a report, without what they are figures of."""
    whole = report.to_dict()
    for one in (whole, *whole["results"]):
        for name in ("signature", "predictions", "labels"):
            one.pop(name, None)
    return whole


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("asked", "change"), NUMBERS, ids=[str(asked) for asked, _ in NUMBERS])
def test_predictions_are_changed_as_by_hand(layout, asked, change):
    loss, columns, labels = LAYOUTS[layout]
    wanted = losscli.evaluate(table(columns, labels, change), loss=loss, weight="w")
    for block_rows in (1, 7, 1000):
        found = losscli.evaluate(
            table(columns, labels), loss=loss, weight="w", block_rows=block_rows, **asked
        )
        assert said(found) == said(wanted)


@pytest.mark.parametrize("layout", ["one", "several", "vector"])
@pytest.mark.parametrize("name", BY_HAND)
def test_labels_are_changed_as_by_hand(layout, name):
    loss, columns, labels = LAYOUTS[layout]
    wanted = losscli.evaluate(table(columns, labels, change_labels=BY_HAND[name]), loss=loss)
    for block_rows in (1, 7, 1000):
        found = losscli.evaluate(
            table(columns, labels), loss=loss, transform_label=name, block_rows=block_rows
        )
        assert said(found) == said(wanted)


def test_every_function_has_a_name_and_every_name_a_function():
    assert {*FUNCTIONS} == {*CHOICES["transform-prediction"]}
    assert {*BY_HAND} == {*CHOICES["transform-label"]}


@pytest.mark.usefixtures("reader")
def test_files_are_changed_as_frames_are_and_stay_as_they_are(tmp_path):
    frame = table(["prediction"], ["label"])
    path = tmp_path / "p.csv"
    frame.to_csv(path, index=False)
    text = path.read_bytes()
    asked = {"loss": "mse", "scale_prediction": 10, "transform_label": "sqrt", "map_labels": {"x": "4"}}
    found = losscli.evaluate(str(path), **asked)
    assert said(found)["results"] == said(losscli.evaluate(frame, **asked))["results"]
    before = frame.copy()
    losscli.evaluate(frame, **asked)
    pd.testing.assert_frame_equal(frame, before)
    assert path.read_bytes() == text
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    losscli.evaluate(array[:, 0], array[:, 1], loss="mse", scale_prediction=3, transform_label="exp")
    assert array.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_labels_are_ignored_and_replaced_before_they_are_transformed():
    data = {"prediction": [0.0, 1.0, 2.0, 0.0], "label": ["1", "ten", "100", "0"]}
    report = losscli.evaluate(
        data, loss="mae", map_labels={"ten": 10}, ignore_label=0, transform_label="log10"
    )
    assert (report.results[0].cost, report.results[0].n, report.results[0].ignored) == (0.0, 3, 1)


class TestInverses:
    def test_a_softmax_of_a_softmax_is_undone(self):
        sharp = np.exp(6 * POSITIVE[:, :3])
        inner = np.vstack([sharp / sharp.sum(axis=1, keepdims=True), np.eye(3)])
        outer = np.exp(inner) / np.exp(inner).sum(axis=1, keepdims=True)
        found = of_predictions(Edits(transform_prediction="unsoftmax"))(outer)
        assert np.abs(found - inner).max() < 1e-14
        # What was 0 and 1 is that again, and no more or less.
        assert found.min() >= 0.0
        assert found.max() <= 1.0
        single = of_predictions(Edits(transform_prediction="unsoftmax"))(
            np.round(outer.astype(np.float32), 8)
        )
        assert np.abs(single - inner).max() < ROUNDING
        assert single.min() >= 0.0

    def test_a_sigmoid_of_a_sigmoid_is_undone(self):
        inner = np.concatenate([[0.0, 1.0, 0.5], POSITIVE[:, 0]])
        found = of_predictions(Edits(transform_prediction="unsigmoid"))(1 / (1 + np.exp(-inner)))
        assert np.abs(found - inner).max() < 1e-14
        assert (found[0], found.max()) == (0.0, 1.0)

    def test_losses_see_the_inner_probabilities(self):
        twice = np.exp(SHARES) / np.exp(SHARES).sum(axis=1, keepdims=True)
        columns = ["prob_a", "prob_b", "prob_c"]
        frame = pd.DataFrame(twice, columns=columns).assign(label=CLASSES)
        right = pd.DataFrame(SHARES, columns=columns).assign(label=CLASSES)
        for loss in ("cross_entropy", "focal"):
            cost = losscli.evaluate(right, loss=loss).results[0].cost
            found = losscli.evaluate(frame, loss=loss, transform_prediction="unsoftmax").results[0].cost
            assert math.isclose(found, cost, rel_tol=1e-13)
        one = {"prediction": 1 / (1 + np.exp(-SHARES[:, 0])), "label": (CLASSES == "a").astype(float)}
        cost = losscli.evaluate(one | {"prediction": SHARES[:, 0]}, loss="bce").results[0].cost
        found = losscli.evaluate(one, loss="bce", transform_prediction="unsigmoid").results[0].cost
        assert math.isclose(found, cost, rel_tol=1e-13)

    @pytest.mark.parametrize("columns", [2, 3, 9, 17, 130])
    def test_bits_depend_neither_on_blocks_nor_on_how_numbers_lie(self, columns):
        rows = np.random.default_rng(columns).uniform(0.01, 1, size=(50, columns))
        rows /= rows.sum(axis=1, keepdims=True)
        edit = of_predictions(Edits(transform_prediction="unsoftmax"))
        whole = edit(rows)
        assert np.array_equal(whole, np.vstack([edit(rows[row : row + 1]) for row in range(50)]))
        assert np.array_equal(whole, edit(np.asfortranarray(rows)))
        assert np.array_equal(whole[::2], edit(np.asfortranarray(rows)[::2]))

    def test_what_was_no_softmax_is_refused_by_the_loss_with_its_row(self):
        data = {"prob_a": [0.6, 0.9], "prob_b": [0.4, 0.1], "label": ["a", "b"]}
        with pytest.raises(LosscliError) as error:
            losscli.evaluate(data, loss="cross_entropy", transform_prediction="unsoftmax")
        assert "row 2" in error.value.where
        assert error.value.found.endswith(' after transform_prediction="unsoftmax"')
        assert "probabilities in [0, 1]" in error.value.needed


BAD = "id,{},label\n1,0.5,1\n2,{},2\n3,-2,3\n"


@pytest.mark.usefixtures("reader")
class TestBadRows:
    @pytest.mark.parametrize(
        ("more", "found"),
        [
            (["--transform-prediction", "log"], "prediction is -0.25"),
            (["--transform-prediction", "sqrt"], "prediction is -0.25"),
            (["--scale-prediction", "1e+20", "--transform-prediction", "pow10"], None),
        ],
    )
    def test_the_first_is_told_as_it_was(self, tmp_path, more, found):
        path = tmp_path / "p.csv"
        path.write_text(BAD.format("prediction", "-0.25" if found else "300"))
        done = call("evaluate", path, "--loss", "mse", *more)
        option = more if found else [*more[2:], *more[:2]]
        assert done.returncode == 2
        assert f"{path} row 2 (line 3): {found or 'prediction is 300.0'}" in done.stderr
        assert f"needed: a number that is finite after {' '.join(option).replace('+', '')}" in done.stderr
        assert "--bad-rows drop" in done.stderr
        assert ("(the first of 2 bad predictions in 2 rows)" in done.stderr) == bool(found)

    def test_they_are_dropped_and_counted(self, tmp_path):
        path = tmp_path / "p.csv"
        path.write_text(BAD.format("prediction", "x"))
        more = ["--transform-prediction", "log", "--bad-rows", "drop", "--format", "json"]
        (result,) = json.loads(call("evaluate", path, "--loss", "mse", *more).stdout)["results"]
        assert (result["n"], result["dropped"]) == (1, 2)
        done = call("evaluate", path, "--loss", "mse", "--transform-prediction", "log")
        assert "prediction is x" in done.stderr

    def test_of_several_columns_the_one_is_named(self, tmp_path):
        path = tmp_path / "p.csv"
        path.write_text("prob_a,prob_b,prob_c,label\n0.3,0.3,0.4,a\n0.4,0.6,0,b\n")
        done = call("evaluate", path, "--loss", "cross_entropy", "--transform-prediction", "unsoftmax")
        assert "row 2 (line 3), prob_c: prediction is 0.0; needed" in done.stderr

    def test_labels_too(self, tmp_path):
        path = tmp_path / "p.csv"
        path.write_text("prediction,label\n1,2\n2,-3\n")
        for more in ([], ["--map-labels", "zero=0"]):
            done = call("evaluate", path, "--loss", "mse", "--transform-label", "log", *more)
            assert "row 2 (line 3): label is -3.0; needed: a number that is finite after" in done.stderr

    def test_python_is_told_of_arguments(self):
        with pytest.raises(LosscliError, match=r'finite after transform_label="log"'):
            losscli.evaluate({"prediction": [1.0], "label": [-1.0]}, loss="mse", transform_label="log")
        edits = {"rescale_prediction": (1, 2), "transform_prediction": "log", "scale_prediction": 3}
        with pytest.raises(LosscliError) as error:
            losscli.evaluate({"prediction": [-1.0], "label": [-1.0]}, loss="mse", **edits)
        told = 'rescale_prediction=(1, 2) transform_prediction="log" scale_prediction=3'
        assert error.value.needed == f"a number that is finite after {told}"


def rename(text, more=(), loss="cross_entropy"):
    """Return what `--rename-class` is to be given for a table with names of its own."""
    return [*more, "--loss", loss, "--rename-class", text]


@pytest.mark.usefixtures("reader")
class TestRename:
    ROWS = "0.7,0.2,0.1,{a}\n0.3,0.5,0.2,{b}\n0.1,0.3,0.6,{a}\n"

    def document(self, path, *arguments):
        done = call("evaluate", path, *arguments, "--format", "json", "--per-sample", f"{path}.out.csv")
        assert done.returncode == 0, done.stderr
        whole = json.loads(done.stdout)
        for one in (whole, *whole["results"]):
            one.pop("signature")
        for name in ("predictions", "labels", "columns"):
            whole.pop(name, None)
        return whole, path.with_name(f"{path.name}.out.csv").read_text()

    @pytest.mark.parametrize(
        ("header", "renamed", "pairs", "more"),
        [
            ("prob_a,prob_b,prob_c", "prob_b,prob_a,prob_c", "a=b,b=a", []),
            ("prob_a,prob_b,prob_c", "prob_b,prob_c,prob_a", "a=b,b=c,c=a", []),
            ("prob_x,prob_b,prob_c", "prob_a,prob_b,prob_c", "x=a", []),
            ("prob_a,prob_b,prob_c", "prob_a,prob_b,prob_c", "a=a", []),
            ('"prob_x,y","prob_b","prob_c"', "prob_a,prob_b,prob_c", '"x,y"=a', []),
            ("x,b,c", "a,b,c", "x=a", ["--prediction", "x", "--prediction", "b", "--prediction", "c"]),
        ],
    )
    @pytest.mark.parametrize("loss", ["cross_entropy", "focal", "zero_one"])
    def test_as_a_header_that_was_changed(self, tmp_path, header, renamed, pairs, more, loss):
        rows = self.ROWS.format(a="a", b="b")
        one, other = tmp_path / "1.csv", tmp_path / "2.csv"
        one.write_text(f"{header},label\n{rows}")
        other.write_text(f"{renamed},label\n{rows}")
        named = [word.replace("x", "a") if word == "x" else word for word in more]
        assert self.document(one, *rename(pairs, more, loss)) == self.document(other, "--loss", loss, *named)

    @pytest.mark.parametrize("loss", ["cross_entropy", "ranked_probability_score"])
    def test_numbers_by_value_and_losses_of_an_order(self, tmp_path, loss):
        rows = self.ROWS.format(a="0", b="2")
        one, other = tmp_path / "1.csv", tmp_path / "2.csv"
        one.write_text(f"prob_0.0,prob_1.0,prob_2.0,label\n{rows}")
        other.write_text(f"prob_2,prob_1.0,prob_0,label\n{rows}")
        (found, samples), (wanted, as_wanted) = (
            self.document(one, *rename("0=2,2=0", loss=loss)),
            self.document(other, "--loss", loss),
        )
        assert found["results"] == wanted["results"]
        assert samples == as_wanted

    def test_columns_without_names(self, tmp_path):
        bare, labels, named = tmp_path / "p.csv", tmp_path / "l.csv", tmp_path / "n.csv"
        rows = "0.7,0.2,0.1\n0.3,0.5,0.2\n"
        bare.write_text(rows)
        labels.write_text("label\n0\n1\n")
        named.write_text(f"prob_1,prob_0,prob_2\n{rows}")
        done = call("evaluate", bare, labels, "--no-header", "--label-header", "--quiet", *rename("0=1,1=0"))
        assert done.stdout == call("evaluate", named, labels, "--loss", "cross_entropy", "--quiet").stdout
        labels.write_text("label\ncat\ndog\n")
        more = ["--no-header", "--label-header", "--classes", "dog,cat,hen", "--quiet"]
        done = call("evaluate", bare, labels, *rename("dog=cat,cat=dog", more))
        named.write_text(f"prob_cat,prob_dog,prob_hen\n{rows}")
        assert done.stdout == call("evaluate", named, labels, "--loss", "cross_entropy", "--quiet").stdout

    def test_columns_of_labels_stay_as_they_are(self, tmp_path):
        one, other = tmp_path / "1.csv", tmp_path / "2.csv"
        rows = "0.7,0.3,1,0\n0.4,0.6,1,0\n"
        one.write_text(f"prob_a,prob_b,label_a,label_b\n{rows}")
        other.write_text(f"prob_b,prob_a,label_a,label_b\n{rows}")
        assert self.document(one, *rename("a=b,b=a")) == self.document(other, "--loss", "cross_entropy")

    def test_predicted_names(self, tmp_path):
        one, other = tmp_path / "1.csv", tmp_path / "2.csv"
        one.write_text("prediction,label\na,b\nb,a\nc,c\nb,b\n")
        other.write_text("prediction,label\nb,b\na,a\nc,c\na,b\n")
        assert self.document(one, *rename("a=b,b=a", loss="zero_one")) == self.document(
            other, "--loss", "zero_one"
        )
        done = call("evaluate", one, *rename("x=y", loss="zero_one"), "--quiet")
        assert done.stderr == "losscli: note: no predicted class is x (--rename-class)\n"
        # Two names may become one; of columns that would be two columns of one class.
        assert call("evaluate", one, *rename("a=b,c=b", loss="zero_one"), "--quiet").stdout == "0.5\n"

    @pytest.mark.parametrize(
        ("pairs", "says"),
        [
            ("x=b", "--rename-class: x is no class of"),
            ("prob_a=b", "--rename-class: prob_a is no class of"),
            ("a=b", "would be of the class b; needed: one column per class"),
            ("a=x,b=x", "would be of the class x; needed: one column per class"),
            ("a=b,a=c", "'a' is renamed twice"),
            ("a", "'a'; needed: A=B,C=D, with double quotes around a class that contains = or a comma"),
            ("a:b", "Did you mean --rename-class a=b?"),
            ("=b", "needed: A=B,C=D"),
        ],
    )
    def test_what_cannot_be_renamed(self, tmp_path, pairs, says):
        path = tmp_path / "p.csv"
        path.write_text("prob_a,prob_b,prob_c,label\n" + self.ROWS.format(a="a", b="b"))
        done = call("evaluate", path, *rename(pairs))
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr

    def test_one_column_under_two_numbers(self, tmp_path):
        path = tmp_path / "p.csv"
        path.write_text("prob_1,prob_2,label\n0.5,0.5,1\n")
        assert "renamed twice" in call("evaluate", path, *rename("1=3,1.0=4")).stderr


class TestRefused:
    @pytest.mark.parametrize(
        ("asked", "says"),
        [
            ({"scale_prediction": 0}, "scale_prediction: 0; needed: a finite number other than 0"),
            ({"scale_prediction": math.inf}, "scale_prediction: inf"),
            ({"scale_prediction": "2"}, "scale_prediction: '2'"),
            ({"scale_prediction": True}, "scale_prediction: True"),
            ({"rescale_prediction": (1, 0)}, "a finite standard deviation above 0"),
            ({"rescale_prediction": (1,)}, "rescale_prediction: "),
            ({"rescale_prediction": 3}, "rescale_prediction: 3"),
            ({"transform_prediction": "cube"}, "transform_prediction: 'cube'; needed: one of exp"),
            ({"transform_label": "unsoftmax"}, "transform_label: 'unsoftmax'"),
            ({"rename_class": ["a"]}, "rename_class: a list; needed: a mapping"),
            ({"rename_class": {"a": None}}, "rename_class: a NoneType"),
            ({"rename_class": {"a": ""}}, "rename_class: an empty name"),
            ({"rename_class": {"a": "b"}}, "rename_class: there are no class columns"),
            ({"transform_prediction": "unsoftmax"}, 'transform_prediction="unsigmoid"'),
        ],
    )
    def test_arguments(self, asked, says):
        with pytest.raises(LosscliError) as error:
            losscli.evaluate({"prediction": [0.5], "label": [1.0]}, loss="mse", **asked)
        assert says in str(error.value)

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ("--scale-prediction 0", "--scale-prediction: 0; needed: a finite number other than 0"),
            ("--scale-prediction nan", "--scale-prediction: nan"),
            ("--rescale-prediction 1", "--rescale-prediction: '1'; needed: MEAN,STD"),
            ("--rescale-prediction 1,2,3", "--rescale-prediction: '1,2,3'"),
            ("--rescale-prediction 1,-2", "--rescale-prediction: '1,-2'"),
            ("--transform-label unsigmoid", "--transform-label: 'unsigmoid'"),
        ],
    )
    def test_options(self, more, says):
        done = call("evaluate", "none.csv", "--loss", "mse", *more.split())
        assert done.returncode == 2
        assert says in done.stderr

    def test_named_columns_and_names_of_classes(self):
        named = {"prediction": [1.0], "variance": [2.0], "label": [1.0]}
        for asked in (
            {"scale_prediction": 2},
            {"rescale_prediction": (0, 2)},
            {"transform_prediction": "exp"},
        ):
            with pytest.raises(
                LosscliError, match="prediction, variance, and it does not say which is meant"
            ):
                losscli.evaluate(named, loss="gaussian_nll", **asked)
            with pytest.raises(LosscliError, match="one column of class names"):
                losscli.evaluate({"prediction": ["a"], "label": ["b"]}, loss="zero_one", **asked)
        exp = losscli.evaluate(named | {"label": [math.e]}, loss="gaussian_nll").results[0].cost
        assert losscli.evaluate(named, loss="gaussian_nll", transform_label="exp").results[0].cost == exp
        classes = {"prob_a": [0.5], "prob_b": [0.5], "label": ["a"]}
        with pytest.raises(LosscliError, match="transform_label: the labels are classes"):
            losscli.evaluate(classes, loss="cross_entropy", transform_label="exp")


ALL = {
    "rename_class": {"b": "a", "a": "b"},
    "rescale_prediction": (1, 2e20),
    "transform_prediction": "negate",
    "scale_prediction": 0.5,
}


class TestSignature:
    FRAME = pd.DataFrame(SHARES, columns=["logit_a", "logit_b", "logit_c"]).assign(label=CLASSES)

    def signature(self, frame=FRAME, loss="cross_entropy:from_logits=true", **asked):
        text = losscli.evaluate(frame, loss=loss, **asked).signature
        assert str(parts(text)) == text
        return text

    def test_each_edit_counts_in_order(self):
        assert "|rename:a=b|rename:b=a|rescale:1,2e20|prediction:negate|scale:0.5|v:" in self.signature(**ALL)
        every = {self.signature(**{name: value}) for name, value in ALL.items()}
        assert len({*every, self.signature()}) == 5
        numbers = {"prediction": [1.0], "label": [2.0]}
        said = self.signature(numbers, "mse", transform_label="log1p", map_labels={2: 3}, ignore_label=9)
        assert said.endswith("|bad:error|ignore:9|map:2=3|label:log1p|v:0.1.0")

    def test_what_has_no_effect_does_not(self):
        plain = self.signature()
        for asked in ({"scale_prediction": 1}, {"rescale_prediction": (0, 1)}, {"rename_class": {"a": "a"}}):
            assert self.signature(**asked) == plain
        one = self.signature(rename_class={"a": "b", "b": "a", "c": "c"})
        assert one == self.signature(rename_class={"b": "a", "a": "b"})
        assert self.signature(scale_prediction=np.float64(2)) == self.signature(scale_prediction=2)

    def test_classes_that_are_numbers_count_by_value(self):
        frame = pd.DataFrame(SHARES, columns=["logit_0", "logit_1", "logit_2"]).assign(label=0)
        one = self.signature(frame, rename_class={0: 1, "1": "0"})
        assert one == self.signature(frame, rename_class={"1.0": "0.0", "0.0": 1, "2": "2.0"})
        assert self.signature(frame) == self.signature(frame, rename_class={"2": "2.0"})

    def test_every_analysis_says_it(self):
        asked = {"scale_prediction": 2, "transform_prediction": "negate"}
        loss = "cross_entropy:from_logits=true"
        for report in (
            losscli.gradient(self.FRAME, loss=loss, **asked),
            losscli.fit(self.FRAME, loss=loss, model="temperature", epochs=1, folds=0, **asked),
            losscli.recommend(self.FRAME, **asked),
        ):
            assert parts(report.signature).edited == (("prediction", "negate"), ("scale", "2"))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([None, *CHOICES["transform-label"]]),
    st.sampled_from([None, 1.0, -1.0, 1e3, 1e-3]),
    st.sampled_from([None, (0.0, 1.0), (5.0, 2.0)]),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9),
)
def test_numbers_are_changed_row_by_row(name, factor, standard, numbers):
    edit = of_predictions(
        Edits(rescale_prediction=standard, transform_prediction=name, scale_prediction=factor)
    )
    values = np.array(numbers)
    whole = edit(values)
    assert values.tolist() == numbers
    one_by_one = np.array([edit(values[row : row + 1])[0] for row in range(len(values))])
    assert np.array_equal(whole, one_by_one, equal_nan=True)
