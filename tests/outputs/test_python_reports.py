"""Reports in Python: a line, a page, a notebook's HTML and Markdown, dicts, frames, a loss by its name."""

import copy
import json
import pickle
import re
from functools import partial
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from helpers.calls import ROOT, python
from helpers.calls import losscli as run

import losscli
from losscli.common.errors import UsageError
from losscli.outputs.drawing import html
from losscli.outputs.drawing.elements import Art, Picture
from losscli.outputs.drawing.screen import drawn
from losscli.outputs.formats import load
from losscli.outputs.python.shown import LARGEST

SAMPLES = ROOT / "sample_data"
BOTH = str(SAMPLES / "diabetes_linear.csv"), str(SAMPLES / "diabetes_labels.csv")
WINE = str(SAMPLES / "wine_logistic.csv"), str(SAMPLES / "wine_labels.csv")
EVIL = "<script>alert(1)</script>|`*\x1b[31m\u202e&amp;"
VOID = {"br", "hr", "img"}
TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
KNOWN = TABLE | {"div", "p", "code", "strong", "ul", "li", "pre", "h3", "h4"}
CALLS = {
    "evaluate": partial(losscli.evaluate, *BOTH, ["mse", "huber:delta=2"], group="sex", gate="mse <= 1"),
    "gradient": partial(losscli.gradient, *BOTH, ["mse", "huber:delta=2"]),
    "fit": partial(losscli.fit, *BOTH, "mse", epochs=3, optimizer=["adam", "sgd"]),
    "recommend": partial(losscli.recommend, *BOTH),
}


@pytest.fixture(scope="module", params=CALLS)
def report(request):
    return CALLS[request.param]()


@pytest.fixture(scope="module")
def two():
    return CALLS["evaluate"]()


class Tags(HTMLParser):
    """Says whether each element that begins also ends, where it should, and which text there is."""

    def __init__(self, text):
        super().__init__()
        self.open, self.names, self.text = [], set(), ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag not in VOID
        if tag == "svg" or "svg" in self.open:
            # Tests of pictures look at them more closely.
            assert not {"style", "class", "href", "xlink:href", "onload"} & {name for name, _ in attrs}
            self.open.append(tag)
            return
        assert {name for name, _ in attrs} <= {"style", "class", *(("scope",) if tag == "th" else ())}
        # Other elements would end a paragraph where they begin.
        assert tag in ("code", "strong") or "p" not in self.open
        self.open.append(tag)
        self.names.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += f" {data}"


def test_a_report_is_one_line_and_its_text_is_the_table(report):
    assert re.fullmatch(rf"<{type(report).__name__} [^\n]{{5,200}}>", repr(report))
    assert str(report) + "\n" == load("table").render(report)


def test_lines_say_what_was_found(two):
    assert repr(two) == "<Report mse 2978.4128969905414, huber:delta=2 86.60346176392711, n 442, fail>"
    assert repr(CALLS["recommend"]()) == "<Advice mse, rmse, huber:delta=78.7, 2 more, n 442>"
    assert repr(losscli.fit([1.0, 2.0], [2.0, 3.0], "mse", model="constant", folds=0)).startswith(
        "<FitReport mse 1.0 to 0."
    )
    assert repr(losscli.gradient([1.0], [0.0], "mse")) == "<GradientReport mse norm 2.0, of the loss, n 1>"
    many = losscli.evaluate([1.0], [0.0], ["mse", "mae", "rmse", "huber", "lp"])
    assert repr(many) == "<Report mse 1.0, mae 1.0, rmse 1.0, 2 more, n 1>"


def test_html_is_whole_and_says_what_the_table_says(report):
    text = report._repr_html_()
    tags = Tags(text)
    assert tags.names <= KNOWN
    assert len(text.encode()) <= LARGEST
    # Charts of characters are drawn anew, with ticks of their own.
    told = [one for one in report._view().page() if not isinstance(one, (Art, Picture))]
    words = set(re.findall(r"[\w.]{3,}", drawn(told)))
    assert words <= set(re.findall(r"[\w.]{3,}", tags.text)), "a word of the table is not in the HTML"


def test_markdown_is_that_of_the_format(report):
    assert report._repr_markdown_() == load("markdown").render(report)


def test_nothing_from_outside_is_markup(tmp_path):
    path = tmp_path / "<img src=x onerror=alert(1)>.csv"
    frame = pd.DataFrame({"id": [EVIL, "<b>"], EVIL: [1.0, 2.0], "label": [0.0, 5.0], "g": [EVIL, "</div>"]})
    frame.to_csv(path, index=False)
    found = losscli.evaluate(str(path), loss=["mse", "mae"], prediction=EVIL, group="g")
    tags = Tags(found._repr_html_())
    assert not tags.names & {"script", "b", "img"}
    assert "\x1b" not in found._repr_html_() + found._repr_markdown_() + repr(found) + str(found)
    assert "<script>" in tags.text
    assert "<script" not in found._repr_markdown_()


def test_html_and_markdown_of_a_large_report_are_small():
    n = 30_000
    data = {
        "prediction": np.arange(n) * 1.0,
        "label": np.zeros(n),
        "g": [f"group {EVIL} {i}" for i in range(n)],
    }
    found = losscli.evaluate(data, loss=["mse", "mae"], group="g", top=None)
    for text in (found._repr_html_(), found._repr_markdown_()):
        assert len(text.encode()) <= LARGEST
        # The page shows fifty groups; of each table there are twenty rows.
        assert "And 30 more rows." in text
    Tags(found._repr_html_())


def test_html_of_a_wide_report_is_small():
    functions = [partial(_off, by=float(i)) for i in range(400)]
    found = losscli.evaluate([1.0, 2.0], [1.0, 4.0], functions)
    assert len(found._repr_html_().encode()) <= LARGEST
    assert "print() shows all" in Tags(found._repr_html_()).text
    assert "print() shows all" in found._repr_markdown_()


def _off(label, prediction, by=0.0):
    return np.abs(label - prediction) + by


def test_colors_stand_out_from_light_and_from_dark():
    for color in html.COLORS.values():
        for ground in ("#ffffff", "#111111"):
            lights = sorted(map(_luminance, (color, ground)))
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 3.0, (color, ground)
    found = losscli.evaluate([1.0], [0.0], ["mse", "mae"], gate=["mse <= 1", "mae <= 0"])._repr_html_()
    used = set(re.findall(r"(?:color|background):([^;\"]+)", found))
    assert used - {"inherit", "none"} == {html.COLORS["pass"], html.COLORS["fail"]}


def _luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_a_report_as_a_dict_is_the_json_document(report):
    document = report.to_dict()
    assert document == json.loads(load("json").render(report))
    assert document["predictions"]["rows"] == 442


def test_the_dict_is_what_the_command_prints(tmp_path):
    done = run("evaluate", *BOTH, "--loss", "mse", "--format", "json", cwd=tmp_path)
    assert losscli.evaluate(*BOTH, "mse").to_dict() == json.loads(done.stdout)


def test_reports_are_pickled_and_copied(report):
    for one in (pickle.loads(pickle.dumps(report)), copy.copy(report), copy.deepcopy(report)):
        assert one == report
        assert type(one) is type(report)
        assert repr(one) == repr(report)


@pytest.mark.parametrize(
    ("asked", "cost"),
    [
        *(("mse", 1.0), ("MSE", 1.0), ("mean_squared_error", 1.0), (0, 1.0), (-1, 3.0)),
        *(("huber", 0.5), ("huber:delta=2.0", 0.5), ("huber: delta = 2", 0.5), ("lp:p=3", 1.0)),
        *((losscli.load_loss("huber:delta=2"), 0.5), ("twice", 3.0)),
    ],
)
def test_a_loss_is_found_by_spec_name_place_or_itself(asked, cost):
    def twice(label, prediction):
        return 3.0 * np.abs(label - prediction)

    found = losscli.evaluate([1.0], [0.0], ["mse", "huber:delta=2", "lp:p=3", "lp:p=4", twice])
    assert found[asked].cost == cost
    assert isinstance(asked, int) or asked in found
    assert found[twice].cost == 3.0
    assert [*found] == ["mse", "huber:delta=2", "lp:p=3", "lp:p=4", "twice"]
    assert found._ipython_key_completions_() == [*found]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("hubr", r"no loss 'hubr' in the report; needed: one of mse, huber:delta=2, .*mean huber\?"),
        ("huber:delta=3", r"no loss 'huber:delta=3' in .* Did you mean huber:delta=2\?"),
        ("lp", "2 losses are called 'lp'; needed: the spec of one of them: lp:p=3, lp:p=4"),
        ("evil.py:loss", "no loss 'evil.py:loss' in the report"),
    ],
)
def test_a_loss_that_is_not_there_is_told(asked, message):
    found = losscli.evaluate([1.0], [0.0], ["mse", "huber:delta=2", "lp:p=3", "lp:p=4"])
    assert asked not in found
    with pytest.raises(KeyError) as caught:
        found[asked]
    assert isinstance(caught.value, UsageError)
    assert re.search(message, str(caught.value))


def test_to_ask_for_a_loss_runs_no_code(tmp_path):
    (tmp_path / "evil.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(KeyError):
        losscli.evaluate([1.0], [0.0], "mse")[f"{tmp_path}/evil.py:loss"]


def test_the_cost_of_one_loss_is_that_of_the_report(two):
    assert losscli.evaluate(*BOTH, "mse").cost == two["mse"].cost
    assert losscli.gradient(*BOTH, "mse").cost == two["mse"].cost
    with pytest.raises(UsageError) as caught:
        _ = two.cost
    assert str(caught.value) == (
        'the report has 2 losses, each with its own cost; needed: one loss. Say which: report["mse"].cost'
    )


def test_a_frame_has_a_row_for_each_loss(two):
    frame = two.to_frame()
    assert frame["loss"].tolist() == ["mse", "huber:delta=2"]
    assert frame["cost"].tolist() == [result.cost for result in two.results]
    assert frame["p50"].tolist() == [result.quantiles[0.5] for result in two.results]
    assert frame.dtypes["n"] == np.int64
    assert "group" not in frame
    assert "signature" not in frame
    groups = two.to_frame(groups=True)
    assert [*zip(groups["loss"], groups["group"], strict=True)] == [
        (spec, group) for spec in two for group in ("sex_1", "sex_2")
    ]
    assert losscli.evaluate([1.0], [0.0], "mse").to_frame(groups=True).empty
    lone = losscli.evaluate([1.0, np.inf], [0.0, 0.0], "mse", bad_rows="drop").to_frame()
    assert lone["std"].dtype == np.float64
    assert np.isnan(lone["std"][0])


def test_frames_of_the_other_reports():
    gradients = CALLS["gradient"]().to_frame()
    assert gradients[["loss", "of", "n"]].values.tolist() == [
        ["mse", "loss", 442],
        ["huber:delta=2", "loss", 442],
    ]
    assert "column" not in gradients
    classes = losscli.gradient(*WINE, "cross_entropy").to_frame()
    assert classes["column"].tolist()[1:] == ["class_0", "class_1", "class_2"]
    fit = CALLS["fit"]()
    assert fit.to_frame()["optimizer"].tolist() == ["adam", "sgd"]
    assert fit.to_frame()["after"].tolist() == [run.after for run in fit.runs]
    advice = CALLS["recommend"]()
    assert advice.to_frame()["loss"].tolist() == [one.loss for one in advice.recommendations]
    assert advice.to_frame()["rank"].tolist() == [1, 2, 3, 4, 5]


def test_the_worst_samples_are_a_frame(two):
    frame = two.worst_frame()
    assert frame.columns.tolist() == ["spec", "row", "id", "label", "prediction", "error", "loss"]
    assert frame["loss"].tolist() == [sample.loss for result in two.results for sample in result.worst]
    one = two.worst_frame("huber")
    assert one.columns.tolist() == ["row", "id", "label", "prediction", "error", "loss"]
    assert one["row"].tolist() == [sample.row for sample in two["huber"].worst]
    assert "id" not in losscli.evaluate([1.0], [0.0], "mse").worst_frame()
    gradients = losscli.gradient(*WINE, "cross_entropy", top=3).worst_frame()
    assert gradients.columns.tolist()[-3:] == ["gradient_class_0", "gradient_class_1", "gradient_class_2"]
    boxes = {f"{role}_{name}": [0.0, 1.0] for role in ("prediction", "label") for name in ("x1", "y1")}
    boxes |= {f"{role}_{name}": [2.0, 3.0] for role in ("prediction", "label") for name in ("x2", "y2")}
    vectors = losscli.evaluate(boxes, loss="iou").worst_frame()
    assert [name for name in vectors if name.startswith("label_")] == [
        f"label_label_{n}" for n in ("x1", "y1", "x2", "y2")
    ]
    assert losscli.evaluate([1.0], [0.0], "mse", top=0).worst_frame().empty


def test_pandas_is_imported_when_it_is_asked_for():
    code = (
        "import sys, losscli; r = losscli.evaluate([1.0], [0.0], 'mse'); repr(r), str(r), r.to_dict();"
        "r._repr_html_(), r._repr_markdown_(), r['mse'], r.cost; losscli.load_loss('mse').explain();"
        "assert 'pandas' not in sys.modules; r.to_frame(); assert 'pandas' in sys.modules"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr


def test_an_unknown_argument_is_told():
    with pytest.raises(TypeError, match=r"per_sample\(\) got an unexpected .* 'waight'.*weight"):
        losscli.per_sample([1.0], [1.0], "mse", waight="w")
    for function in (losscli.evaluate, losscli.gradient, losscli.fit, losscli.per_sample):
        with pytest.raises(UsageError, match="no loss is named; needed: a spec such as 'mse'"):
            function([1.0], [1.0])
        with pytest.raises(UsageError, match=r'The second argument is the labels: loss="mse"$'):
            function({"prediction": [1.0], "label": [1.0]}, "mse")


def test_a_result_is_a_line_without_its_samples_and_groups(two):
    text = repr(two["mse"])
    assert "Sample(" not in text
    assert len(text) < 1000
    assert text.startswith("Result(loss='mse', parameters={}, n=442,")


@pytest.mark.parametrize("ids", [["0", "1", "2", "3", "4"], ["1", "2", "a", "007", "-3"]])
def test_ids_are_text_in_frames_whatever_they_look_like(tmp_path, ids):
    for name, column in (("p", "prediction"), ("l", "label")):
        rows = "".join(f"{one},{place},s{place}\n" for place, one in enumerate(ids))
        (tmp_path / f"{name}.csv").write_text(f"id,{column},site_{name}\n{rows}")
    inputs = str(tmp_path / "p.csv"), str(tmp_path / "l.csv"), "mse"
    # Blocks of two rows: of some the ids are integers, of others texts.
    assert losscli.per_sample(*inputs, block_rows=2)["id"].tolist() == ids
    worst = losscli.evaluate(*inputs, show="site_l", block_rows=2).worst_frame()
    assert worst["id"].tolist() == ids
    assert worst["site_l"].tolist() == [f"s{place}" for place in range(5)]


def test_the_first_screen_is_tables_in_html():
    shown = losscli.evaluate(*BOTH, "mse")._repr_html_()
    assert "<pre" not in shown
    assert "2978.4128969905414" in shown


def test_a_comparison_has_the_columns_that_somebody_asked_to_see():
    table = {"a": [1.0, 2.0, 5.0], "b": [1.0, 4.0, 3.0], "y": [1.0, 2.0, 3.0], "from": ["x", "y", "z"]}
    report = losscli.compare(table, loss="mae", prediction=["a", "b"], label="y", show="from")
    (one,) = report["mae"].comparisons
    assert [(moved.row, dict(moved.show)) for moved in (*one.gained, *one.lost)] == [
        *((3, {"from": "z"}), (2, {"from": "y"})),
    ]


def test_a_comparison_has_every_format():
    report = losscli.compare({"a": [1.0, 2.5], "b": [1.5, 2.0]}, [1.0, 2.0], "mae")
    assert 'testsuite name="losscli compare" tests="1"' in load("junit").render(report)
    assert "losscli_difference{" in load("openmetrics").render(report)
    assert "## losscli: pass" in load("github").render(report)
