"""The page of an evaluation: what stands on it, for whom, and that its bytes are those of its report."""

import base64
import hashlib
import math
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from helpers.calls import losscli
from helpers.documents import sandbox
from helpers.pages import Node, clashes, parsed

from losscli.compute.statistics import distribution

EVIL = "</title><script>alert(1)</script>\x1b[31m\u202e\"'&amp;"
CALLS = {
    "numbers": "diabetes.csv -l mse -l mae -l rmse -l huber:delta=50 --group sex --show sex --level 0.9 "
    "-g mse<=3000 -g mse.p95[sex_1]<=9000",
    "probability": "cancer_logistic.csv cancer_labels.csv -l bce -l brier",
    "logits": "cancer_logits.csv cancer_labels.csv -l bce:from_logits=true",
    "margins": "cancer_scores.csv cancer_signs.csv -l hinge",
    "classes": "wine_bayes.csv wine_labels.csv -l ce -g ce<=0.4 --confidence 0.9",
    "class_logits": "wine_logits.csv wine_labels.csv -l ce:from_logits=true",
    "class_names": "digits_bayes.csv digits_labels.csv -l zero_one",
    "baseline": "diabetes_linear.csv diabetes_labels.csv -l mse -g mse<=baseline --confidence 0.95 "
    "--baseline-predictions diabetes_forest.csv",
    "packed": "diabetes.csv.gz -l mse",
}
FIRST = "What to look at first"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return sandbox(tmp_path_factory.mktemp("page"))


def text_of(call: str | list[str], folder: Path) -> str:
    words = call.split() if isinstance(call, str) else call
    done = losscli("evaluate", *words, "--exit-zero", "--format", "html", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=CALLS)
def text(request, folder) -> str:
    return text_of(CALLS[request.param], folder)


def figures(page: Node) -> dict[str, Node]:
    """Return the figures of a page by the title of their drawing, the first of each."""
    return {one.all("svg")[0].all("title")[0].text: one for one in reversed(page.all("figure"))}


def rows(figure: Node) -> list[list[str]]:
    """Return the numbers of a figure, a list for each row of its table, without what fills them up."""
    (table,) = figure.all("table")
    return [[cell.text.strip() for cell in row.all("th", "td")] for row in table.all("tbody")[0].all("tr")]


def test_it_is_readable_without_its_looks(text):
    page = parsed(text)
    (html,), (_,), (_,), (_,) = (page.all(tag) for tag in ("html", "h1", "header", "main"))
    assert html["lang"] == "en"
    ids = Counter(one["id"] for one in page.walk() if one.get("id"))
    assert max(ids.values()) == 1
    for one in page.walk():
        for key in (one.get("aria-labelledby") or "").split():
            assert key in ids
    for section in page.all("section"):
        assert section.all("h2")[0]["id"] == section["aria-labelledby"]
    assert all(one["scope"] in ("col", "row") for one in page.all("th"))
    for region in page.all("div"):
        if region.get("class") == "scroll":
            assert (region["role"], region["tabindex"]) == ("group", "0")
            assert region["aria-label"]


def test_every_chart_says_what_is_seen_and_has_its_numbers(text):
    page = parsed(text)
    assert len(page.all("svg")) == len(page.all("figure")) > 0
    for figure in page.all("figure"):
        (drawing,) = figure.all("svg")
        assert drawing["role"] == "img"
        named = {one.get("id"): one.text for one in drawing.all("title", "desc")}
        finding = figure.all("figcaption")[0].all("p")[0].text
        assert named[drawing["aria-labelledby"].split()[1]] == finding
        assert len(finding) > 20
        assert figure.all("details")[0].all("table")[0].all("tbody")[0].all("tr")
        assert clashes(drawing) == []


def test_it_runs_nothing_and_loads_nothing(text):
    page = parsed(text)
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv")]
    style = page.all("style")[0].text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    wanted = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy == wanted
    assert {*re.findall(r"\bhttps?:[^\s\"'<]+", text)} <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\((?!#)|@import|data:|<script| on\w+=| style=", text)
    assert len(text.encode()) < 150_000


def test_its_parts_are_those_that_apply(folder):
    parts = {
        name: [one.text for one in parsed(text_of(CALLS[name], folder)).all("h2")]
        for name in ("numbers", "probability", "classes", "class_names", "margins")
    }
    end = ["Worst samples", "How this was computed"]
    assert parts == {
        "numbers": ["Gates", "Losses", "Numbers", "Groups", *end],
        "probability": [FIRST, "Losses", "Probabilities", *end],
        "classes": [FIRST, "Gates", "Losses", "Classes and their probabilities", *end],
        "class_names": ["Losses", "Classes", *end],
        "margins": [FIRST, "Losses", *end],
    }


def test_cost_interval_and_verdict_come_first(folder):
    (head,) = parsed(text_of(CALLS["numbers"], folder)).all("header")
    assert [one.text for one in head.all("p")][-1] == "fail: 1 of 2 gates failed"
    cards = [[part.text for part in card.all("span")] for card in head.all("li")]
    assert cards[0] == ["mse cost", "2978.4128969905414", "90 % interval 2671 to 3310"]
    assert [card[0] for card in cards] == ["mse cost", "mae cost", "rmse cost", "samples"]


def test_gates_are_rulers_those_that_failed_first(folder):
    page = parsed(text_of(CALLS["numbers"], folder))
    drawn = [one for one in page.all("figure") if one.all("title")[0].text == "Gate"]
    assert [one.all("code")[0].text for one in drawn] == ["mse.p95[sex_1] <= 9000", "mse <= 3000"]
    assert [one.all("p")[0]["class"] for one in drawn] == ["fail", "pass"]
    words = [one.text for one in drawn[1].all("text")]
    assert {"value 2978.41, 90 % interval", "threshold 3000", "passes"} <= {*words}
    # The hatched part ends at the threshold, and the value is in it.
    (zone,) = [one for one in drawn[1].all("g")[0].all("rect") if one.get("fill-opacity")]
    (dot,) = drawn[1].all("g")[0].all("circle")
    assert float(zone["x"]) < float(dot["cx"]) < float(zone["x"]) + float(zone["width"])
    (zone,) = [one for one in drawn[0].all("g")[0].all("rect") if one.get("fill-opacity")]
    (dot,) = drawn[0].all("g")[0].all("circle")
    assert float(dot["cx"]) > float(zone["x"]) + float(zone["width"])


def test_a_gate_beside_a_baseline_shows_the_distance(folder):
    page = parsed(text_of(CALLS["baseline"], folder))
    gate = figures(page)["Gate"]
    words = [one.text for one in gate.all("text")]
    assert "distance from the threshold" in words
    assert "Numbers" in [one.text for one in page.all("h2")]


def test_reliability_is_that_of_the_rows(tmp_path):
    random = np.random.default_rng(2)
    probability = random.random(3000)
    label = random.random(3000) < probability
    write(tmp_path / "data.csv", prediction=probability, label=label.astype(int))
    page = parsed(text_of("data.csv -l bce", tmp_path))
    found = figures(page)["Do probabilities come true?"]
    assert len(rows(found)) == 15
    for low, high, n, mean, share, *_ in rows(found):
        inside = (probability >= float(low) - 5e-5) & (probability < float(high) + 5e-5)
        assert int(n) == pytest.approx(inside.sum(), abs=3)
        assert float(share) == pytest.approx(label[inside].mean(), abs=0.02)
        assert float(mean) == pytest.approx(probability[inside].mean(), abs=0.001)
    spread = rows(figures(page)["How far are the labels told apart?"])
    assert [int(row[2]) for row in spread] == np.histogram(probability[label], 32, (0, 1))[0].tolist()
    assert [int(row[3]) for row in spread] == np.histogram(probability[~label], 32, (0, 1))[0].tolist()


def test_labels_are_taken_for_others_as_thresholds_say(tmp_path):
    random = np.random.default_rng(8)
    probability = np.round(random.random(500), 2)
    label = random.random(500) < probability
    # What lies on a threshold is taken for 1.
    assert (probability == 0.5).any()
    write(tmp_path / "data.csv", prediction=probability, label=label.astype(int))
    found = figures(parsed(text_of("data.csv -l brier", tmp_path)))["Which label is taken for which"]
    taken = probability >= 0.5
    right = int((taken == label).sum())
    assert f"({right} of 500)" in found.text
    cells = [
        int(one.text) for one in found.all("svg")[0].all("text") if one.text.isdigit() and len(one.text) > 1
    ]
    assert sorted(cells) == sorted(
        int((taken[label == one] == other).sum()) for one in (0, 1) for other in (0, 1)
    )
    for threshold, count, hits, precision, recall in rows(found):
        taken = probability >= float(threshold)
        assert [int(count), int(hits)] == [taken.sum(), label[taken].sum()]
        assert precision == f"{100 * label[taken].mean():.1f} %"
        assert recall == f"{100 * label[taken].sum() / label.sum():.1f} %"
    assert len(rows(found)) == 7


def test_errors_are_counted_on_either_side_of_0(tmp_path):
    random = np.random.default_rng(9)
    label = random.normal(size=400)
    prediction = label + random.normal(0.5, 1.0, 400)
    write(tmp_path / "data.csv", prediction=prediction, label=label)
    found = figures(parsed(text_of("data.csv -l mse", tmp_path)))["How the errors are spread"]
    error = prediction - label
    assert f"too high for {100 * (error > 0).mean():.3g} % of the samples" in found.text
    counted = [(float(low), float(high), int(n)) for low, high, n in rows(found)]
    assert sum(n for _, _, n in counted) == 400
    assert sum(n for low, _, n in counted if low >= 0) == (error > 0).sum()
    for low, high, n in counted[1:-1]:
        assert n == ((error >= low) & (error < high)).sum()


def first(page: Node) -> list[str]:
    """Return the titles of charts that are named at the top, each of which is where its link leads."""
    sections = [one for one in page.all("section") if one.all("h2")[0].text == FIRST]
    links = [link for one in sections for link in one.all("a")]
    there = {one.get("id"): one for one in page.all("figure")}
    for link in links:
        assert there[link["href"][1:]].all("h3")[0].text.partition(":")[0] == link.text
    return [link.text for link in links]


def test_what_stands_out_is_named_first(folder, tmp_path):
    random = np.random.default_rng(5)
    prediction, region = random.normal(size=4000), random.choice(["north", "south", "east"], 4000)
    error = random.uniform(-1.0, 1.0, 4000)
    columns = {"prediction": prediction, "label": prediction + error, "region": region}
    write(tmp_path / "even.csv", **columns)
    call = "-l mae --group region --level 0.9"
    assert first(parsed(text_of(f"even.csv {call}", tmp_path))) == []
    assert first(parsed(text_of("even.csv -l mae --slices auto", tmp_path))) == []
    # Worse in the north, by so much that it is no chance.
    columns["label"] = prediction + error * np.where(region == "north", 1.3, 1.0)
    write(tmp_path / "north.csv", **columns)
    assert first(parsed(text_of(f"north.csv {call}", tmp_path))) == ["Cost by group"]
    assert first(parsed(text_of("north.csv -l mae --slices auto", tmp_path))) == ["Slices"]
    # A few are far off.
    columns["label"] = prediction + error * np.where(np.arange(4000) % 200 == 0, 60.0, 1.0)
    write(tmp_path / "few.csv", **columns)
    assert first(parsed(text_of("few.csv -l mae", tmp_path))) == ["How much the worst samples matter"]
    # All are half of what they should be.
    write(tmp_path / "half.csv", prediction=prediction / 2.0, label=prediction + 0.1 * error)
    found = first(parsed(text_of("half.csv -l mse -l mae", tmp_path)))
    assert found == ["Where predictions are too high or too low"]
    # Half a tree's cost is miscalibration; what there is of a regression's is no more than chance explains.
    found = first(parsed(text_of("cancer_tree.csv cancer_labels.csv -l bce", folder)))
    assert found == ["What the cost is made of", "How much the worst samples matter"]
    assert first(parsed(text_of(CALLS["probability"], folder))) == ["How much the worst samples matter"]


def test_counts_that_are_not_exact_say_so(folder, monkeypatch):
    of_exact = figures(parsed(text_of("diabetes.csv -l mae", folder)))["How the losses are spread"]
    assert "0.8 % wide" not in of_exact.text
    monkeypatch.setattr(distribution, "EXACT_UP_TO", 100)
    found = figures(parsed(text_of("diabetes.csv -l mae", folder)))["How the losses are spread"]
    assert "Losses were counted in bins 0.8 % wide" in found.text
    counts = [int(row[-1]) for row in rows(found)]
    assert sum(counts) == 442
    for one, other in zip(counts, [int(row[-1]) for row in rows(of_exact)], strict=True):
        assert abs(one - other) <= 4


def test_links_lead_to_all_parts(folder):
    page = parsed(text_of(CALLS["numbers"], folder))
    (nav,) = page.all("nav")
    titles = {one["id"]: one.text for one in page.all("h2") if one.text != FIRST}
    assert {one["href"][1:]: one.text for one in nav.all("a")} == titles
    assert len(titles) > 3


def test_parts_of_the_cost_add_up_as_they_are_shown(folder):
    for name in ("probability", "numbers"):
        for figure in parsed(text_of(CALLS[name], folder)).all("figure"):
            if figure.all("title")[0].text == "What the cost is made of":
                sum_ = figure.all("p")[0].text.partition(":")[0]
                cost, uncertainty, gained, lost = map(float, re.split(" [=−+] ", sum_))
                assert cost == pytest.approx(uncertainty - gained + lost)
                shown = {row[0]: float(row[1]) for row in rows(figure)}
                assert shown["cost"] == pytest.approx(
                    shown["uncertainty"] - shown["discrimination"] + shown["miscalibration"], rel=1e-4
                )


def test_parts_of_the_cost_are_named_in_full_and_so_is_the_line_across_them(folder):
    page = parsed(text_of(CALLS["probability"], folder))
    drawn = [one for one in page.all("figure") if one.all("title")[0].text == "What the cost is made of"]
    words = [[one.text for one in figure.all("text")] for figure in drawn]
    for one, parts in zip(words, (".660 .603 .017 .074", ".234 .218 .004 .020"), strict=True):
        uncertainty, gained, lost, cost = (f"0{part}" for part in parts.split())
        named = {f"uncertainty {uncertainty}", f"− discrimination {gained}", f"+ miscalibration {lost}"}
        assert {*named, f"= cost {cost}"} <= {*one}
        assert f"cost if recalibrated {float(cost) - float(lost):.3f}" in one
    # The legend shows the line as it is drawn.
    rules = [one["d"] for one in drawn[0].all("path") if one.get("stroke-dasharray") == "3 3"]
    assert len(rules) == 2


def test_tables_stand_side_by_side(folder):
    page = parsed(text_of(CALLS["numbers"], folder))
    found = [one for one in page.all("div") if one.get("class") == "tables"]
    assert [[one.text for one in beside.all("caption")] for beside in found] == [
        [f"The 10 worst samples: {name}" for name in ("mse", "mae", "rmse", "huber:delta=50")]
    ]
    # One by itself has nothing to stand beside.
    assert "tables" not in [one.get("class") for one in parsed(text_of(CALLS["classes"], folder)).all("div")]


def test_figures_of_several_losses_and_intervals_are_flush_right(folder):
    page = parsed(text_of(CALLS["numbers"], folder))
    tables = {one.all("caption")[0].text: one for one in page.all("table") if one.all("caption")}
    for name in ("Distribution of the losses", "Cost"):
        cells = [one.text for row in tables[name].all("tr") for one in row.all("td", "th")[1:]]
        found = cells if name != "Cost" else [one for one in cells if " to " in one]
        assert found == [one.strip() for one in found] != []


def test_classes_are_counted_in_the_order_people_sort_them(tmp_path):
    names = ["kind 10", "kind 2", "kind 1", "kind 2", "kind 10", "kind 2"]
    taken = ["kind 10", "kind 1", "kind 1", "kind 2", "kind 2", "kind 1"]
    write(tmp_path / "data.csv", label=names, prediction=taken)
    page = parsed(text_of("data.csv -l zero_one", tmp_path))
    matrix = figures(page)["Which class is taken for which"]
    assert [row[0] for row in rows(matrix)] == ["kind 1", "kind 2", "kind 10"]
    assert "most often kind 2 is taken for kind 1 (2 of 3)" in matrix.all("p")[0].text
    assert [row[1:4] for row in rows(matrix)] == [["1", "3", "1"], ["3", "2", "1"], ["2", "1", "1"]]
    titles = {one.text for one in matrix.all("svg")[0].all("title")}
    assert {"kind 2 taken for kind 1: 2", "kind 10 taken for kind 10: 1"} <= titles


def test_of_many_classes_the_worst_pairs_are_listed(tmp_path):
    label = [f"c{at % 31}" for at in range(310)]
    taken = [f"c{(at + (at % 31 == 5)) % 31}" for at in range(310)]
    write(tmp_path / "data.csv", label=label, prediction=taken)
    page = parsed(text_of("data.csv -l zero_one", tmp_path))
    assert "Which class is taken for which" not in figures(page)
    assert "c5 is taken for c6 (10 of 10)" in page.text
    assert "The only confusion" in page.text


def test_groups_are_in_the_order_of_their_costs(folder):
    found = figures(parsed(text_of(CALLS["numbers"], folder)))["Cost by group"]
    assert "highest in sex_1 (3213.44, n 235)" in found.all("p")[0].text
    names = [one.text for one in found.all("text") if one.text.startswith("sex")]
    assert names == ["sex_1", "sex_2"]


def test_biases_are_those_of_the_bins(tmp_path):
    random = np.random.default_rng(4)
    prediction = random.normal(size=480)
    label = prediction - 0.3 * prediction**2 + 0.2 * random.normal(size=480)
    write(tmp_path / "data.csv", prediction=prediction, label=label)
    page = parsed(text_of("data.csv -l mse", tmp_path))
    found = rows(figures(page)["Where predictions are too high or too low"])
    order = np.argsort(prediction)
    for row, inside in zip(found, np.array_split(order, 12), strict=True):
        error = (prediction - label)[inside]
        half = 2.0227 * error.std(ddof=1) / math.sqrt(len(error))  # Student's t, 39 degrees of freedom
        assert [float(cell) for cell in row[2:]] == pytest.approx(
            [40, error.mean(), error.mean() - half, error.mean() + half], rel=1e-3, abs=1e-4
        )


def test_points_of_numbers_are_below_each_other(folder):
    page = parsed(text_of(CALLS["numbers"], folder))
    (table,) = [one for one in page.all("table") if "The 10 worst samples: mse" in one.text]
    cells = [row.all("td", "th")[3].text for row in table.all("tbody")[0].all("tr")]
    # What is behind the last digit before the point is as wide in each: a space for each digit and point.
    behind = {
        re.sub(r"[0-9]", "\u2007", re.sub(r"^-?\d+", "", cell)).replace(".", "\u2008") for cell in cells
    }
    assert len(behind) == 1


def test_the_same_report_has_the_same_bytes(folder):
    for name in ("numbers", "probability", "classes", "class_names"):
        call = CALLS[name]
        found = text_of(call, folder)
        assert text_of(call, folder) == found
        assert text_of(f"{call} --block-rows 7", folder) == found
        assert text_of(f"{call} --engine processes --workers 2", folder) == found


def test_the_order_of_rows_does_not_matter_where_they_have_ids(tmp_path):
    random = np.random.default_rng(6)
    label = random.normal(size=1200)
    prediction = label + random.normal(size=1200)
    for name, order in (("a", np.arange(1200)), ("b", random.permutation(1200))):
        where = tmp_path / name
        where.mkdir()
        write(where / "data.csv", id=order, label=label[order], prediction=prediction[order])
    one, other = (figures(parsed(text_of("data.csv -l mse", tmp_path / name))) for name in "ab")
    assert {name: rows(found) for name, found in one.items()} == {
        name: rows(found) for name, found in other.items()
    }
    assert one["Labels and predictions"].all("svg") == other["Labels and predictions"].all("svg")


def test_the_command_that_repeats_it_is_whole_and_without_outputs(folder):
    call = f"{CALLS['numbers']} --block-rows 50 --report json=found.json"
    (command,) = [one for one in parsed(text_of(call, folder)).all("code") if one.get("class") == "command"]
    assert command.text.startswith("losscli evaluate diabetes.csv -l mse -l mae -l rmse")
    assert not re.search("--(block-rows|report|format)", command.text)
    written = losscli("evaluate", "diabetes.csv", "-l", "mse", "--report", "html=x.html", "-q", cwd=folder)
    assert written.returncode == 0
    assert "losscli evaluate diabetes.csv -l mse" in (folder / "x.html").read_text(encoding="utf-8")


def test_hostile_names_are_text(tmp_path):
    random = np.random.default_rng(8)
    for at in range(4):
        (tmp_path / f"{at}").mkdir()
    label = random.integers(0, 2, 60)
    hostile = [f"{EVIL}{at % 2}" for at in range(60)]
    write(tmp_path / "0" / "<b>&.csv", id=[f"{EVIL}{at}" for at in range(60)], label=label,
          prediction=random.random(60), **{EVIL.replace("\x1b", ""): hostile, "g<i>": hostile})  # fmt: skip
    write(tmp_path / "1" / "d.csv", label=hostile, prediction=hostile[::-1])
    group = ["--group", "g<i>", "--show", EVIL.replace("\x1b", ""), "-g", "bce <= 0.1"]
    texts = [
        text_of(["0/<b>&.csv", "-l", "bce", *group], tmp_path),
        text_of(["1/d.csv", "-l", "zero_one"], tmp_path),
    ]
    for found in texts:
        page = parsed(found)
        assert not page.all("script", "img", "b", "i")
        assert "\x1b" not in found
        assert "\u202e" not in found
        assert "<script>alert(1)</script>" in page.text
        assert all(clashes(one) == [] for one in page.all("svg"))


@pytest.mark.parametrize(
    ("label", "prediction"),
    [
        ([1.0], [1.0]),
        ([1.0, 1.0], [1.0, 1.0]),
        ([1e300, -1e300, 0.0], [-1e300, 1e300, 0.0]),
        ([1e-300, 2e-300, 0.0], [0.0, 1e-300, 3e-300]),
        ([0.0] * 40, [*np.linspace(1e9, 1e9 + 1.0, 40)]),
        ([*range(40)], [5.0] * 40),
        ([*np.linspace(-8e307, 8e307, 100)], [*np.linspace(8e307, -6e307, 100)]),
    ],
)
def test_numbers_of_any_size_have_a_page(label, prediction, tmp_path):
    write(tmp_path / "data.csv", label=label, prediction=prediction)
    with warnings.catch_warnings():
        # Nothing is told of what overflows on the way to a picture.
        warnings.simplefilter("error")
        found = text_of("data.csv -l mae -l mse", tmp_path)
    assert not re.search(r"[ \"M,]-?(nan|inf)", "".join(re.findall("<svg.*?</svg>", found)))
    assert all(clashes(one) == [] for one in parsed(found).all("svg"))


def write(path: Path, **columns: object) -> None:
    import pandas as pd

    pd.DataFrame(columns).to_csv(path, index=False)


def test_of_more_classes_than_are_counted_none_is(tmp_path):
    label = [f"c{at}" for at in range(260)]
    write(tmp_path / "data.csv", label=label, prediction=[*label[1:], label[0]])
    found = text_of("data.csv -l zero_one --block-rows 50", tmp_path)
    assert text_of("data.csv -l zero_one", tmp_path) == found
    assert "There are 260 classes, too many to count which is taken for which." in parsed(found).text
    assert "confusions" not in found


def twice(folder: Path) -> Path:
    """Write probabilities that went through a sigmoid once more."""
    import pandas as pd

    data = pd.read_csv(folder / "cancer_logistic.csv", dtype={"id": str})
    data["prediction"] = 1.0 / (1.0 + np.exp(-data["prediction"]))
    data.to_csv(folder / "twice.csv", index=False)
    return folder / "twice.csv"


@pytest.mark.parametrize("how", ["", "--engine processes --workers 2"])
def test_findings_of_doctor_are_a_part_of_the_page(how, folder):
    call = f"{twice(folder).name} cancer_labels.csv -l bce --doctor -g bce<=1 {how}"
    page = parsed(text_of(call, folder))
    found = {one.all("h2")[0].text: one for one in page.all("section")}
    assert [*found][:4] == [FIRST, "Gates", "Findings", "Losses"]
    part = found["Findings"]
    assert [one.text for one in part.all("h3")] == [
        *("The cost before and after: binary_cross_entropy", "softmax_twice: likely"),
        "correlated_losses: note",
    ]
    (command,) = [one.text for one in part.all("code") if one.get("class") == "command"]
    assert command.endswith("--transform-prediction unsigmoid")
    # What is told there is not told again.
    assert page.text.count("come close to the end") == 1
    quiet = parsed(text_of("cancer_logistic.csv cancer_labels.csv -l bce", folder))
    assert "Findings" not in [one.text for one in quiet.all("h2")]


def test_doctor_that_found_nothing_says_so(tmp_path):
    random = np.random.default_rng(11)
    prediction = random.normal(size=400)
    write(tmp_path / "data.csv", label=prediction + random.normal(size=400), prediction=prediction)
    page = parsed(text_of("data.csv -l mse --doctor", tmp_path))
    (part,) = [one for one in page.all("section") if one.all("h2")[0].text == "Findings"]
    assert part.all("p")[0].text == "Doctor looked at the inputs and found nothing."


def test_findings_change_no_document(folder):
    call = [twice(folder).name, "cancer_labels.csv", "-l", "bce", "--doctor", "--json"]
    done = losscli("evaluate", *call, cwd=folder)
    assert '"findings"' not in done.stdout
    assert "doctor (likely, softmax_twice)" in done.stderr


def slices_of(text: str) -> list[str]:
    (part,) = [one for one in parsed(text).all("section") if one.all("h2")[0].text == "Slices"]
    return [one.text for one in part.all("p")]


def test_that_no_slice_is_weak_is_said_once(folder, tmp_path):
    none = "none looks weak in the half of the samples that was searched."
    text = text_of("diabetes.csv -l mse -l mae --slices auto", folder)
    assert slices_of(text) == [f"No weak slice: {none}"]
    random = np.random.default_rng(9)
    region = random.choice(["north", "south"], 2000)
    # Half of the errors are 2 in the north, and none elsewhere, so that signs alone tell nothing.
    error = np.where((region == "north") & (random.random(2000) < 0.5), 2.0, 1.0)
    error *= random.choice([-1.0, 1.0], 2000)
    write(tmp_path / "data.csv", region=region, label=np.zeros(2000), prediction=error)
    (tmp_path / "own.py").write_text("def same(label, prediction):\n    return 1.0 + 0.0 * label\n")
    found = slices_of(text_of("data.csv -l mse -l own.py:same --slices region", tmp_path))
    assert found[-1] == f"No weak slice for own.py:same: {none}"


def test_why_no_slices_were_looked_for_is_said_where_they_would_be(folder):
    text = text_of("wine_bayes.csv wine_labels.csv -l ce --slices auto", folder)
    assert slices_of(text) == ["No slices were looked for: every column plays a role."]
    assert text.count("every column plays a role") == 1


def test_very_large_and_very_small_parts_of_the_cost_are_told_whole(tmp_path):
    for power in (6, -6):
        label = [float(f"{place}e{power}") for place in range(60)]
        off = [(place % 7 - 2) * 10.0**power for place in range(60)]
        lines = (f"{y},{y + other}" for y, other in zip(label, off, strict=True))
        (tmp_path / "p.csv").write_text("label,prediction\n" + "\n".join(lines), encoding="utf-8")
        found = figures(parsed(text_of("p.csv -l mse", tmp_path)))["What the cost is made of"]
        assert "…" not in found.all("svg")[0].text
        told = found.all("p")[0].text.partition(":")[0].replace("−", "-")
        cost, uncertainty, gained, lost = map(float, re.findall(r"[0-9.]+(?:e-?[0-9]+)?", told))
        assert math.isclose(cost, uncertainty - gained + lost, rel_tol=1e-9), told


def test_a_verdict_says_how_many_gates_are_undecided(folder):
    call = "diabetes.csv -l mse -g mse<=2000 -g mse<=2979 -g mse<=9000 --confidence 0.95"
    header = parsed(text_of(call, folder)).all("header")[0]
    assert "fail: 1 of 3 gates failed, 1 could not be decided" in header.text


def test_what_is_said_of_colours_is_true_on_light_and_on_dark(text):
    assert not re.search("[Dd]arker|[Ll]ighter", text)


def test_every_point_is_within_its_chart(tmp_path):
    label = [float(place) for place in range(400)]
    off = [1e6 if place == 7 else (-1.0) ** place for place in range(400)]
    lines = (f"{y},{y + other}" for y, other in zip(label, off, strict=True))
    (tmp_path / "p.csv").write_text("label,prediction\n" + "\n".join(lines), encoding="utf-8")
    drawing = figures(parsed(text_of("p.csv -l mse", tmp_path)))["Labels and predictions"].all("svg")[0]
    (plot,) = drawing.all("clippath")[0].all("rect")
    right = float(plot["x"]) + float(plot["width"])
    dots = next(one["d"] for one in drawing.all("path") if one.get("stroke-linecap") == "round")
    places = [float(one) for one in re.findall(r"M([0-9.]+)", dots)]
    assert len(places) == 400
    assert float(plot["x"]) < min(places)
    assert max(places) < right
