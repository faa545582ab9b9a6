"""Pages of doctor, compare, check, reconcile and fit for a browser: what stands on them, for whom."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from helpers.calls import losscli
from helpers.documents import sandbox
from helpers.pages import Node, clashes, parsed

from losscli.outputs.drawing.elements import Art as DrawnLines
from losscli.outputs.drawing.page.write import Writer

MODELS = "forest=diabetes_forest.csv linear=diabetes_linear.csv"
CALLS = {
    "doctor": "doctor exchanged.csv wine_labels.csv",
    "doctor, refused": "doctor cancer_logits.csv cancer_labels.csv --loss binary_cross_entropy",
    "doctor, nothing": "doctor cancer_logistic.csv cancer_labels.csv",
    "compare": f"compare {MODELS} diabetes_labels.csv --loss mae --group sex",
    "compare, many": f"compare {MODELS} again=diabetes_linear.csv diabetes_labels.csv -l mae -l mse "
    "-l huber --pairs all --gate linear:mse<baseline --confidence 0.9",
    "reconcile": "reconcile cancer_tree.csv cancer_labels.csv --loss bce --observed 0.4504529",
    "reconcile, few": "reconcile cancer_tree.csv cancer_labels.csv --loss bce --observed 0.80",
    "gradient": "gradient diabetes.csv --loss mse --of cost --top 3",
    "check": "check",
    "check, failed": "check strict.toml",
    "fit": "fit cancer_tree.csv cancer_labels.csv -l bce --model temperature --optimizer sgd "
    "--optimizer adam",
}
DRAWN = {*CALLS} - {"doctor, refused", "doctor, nothing", "reconcile", "reconcile, few"}
EVIL = "</title><script>alert(1)</script>\u202e\"'&amp;"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    where = sandbox(tmp_path_factory.mktemp("sheets"))
    text = (where / "wine_bayes.csv").read_text(encoding="utf-8")
    head, rest = text.split("\n", 1)
    exchanged = {"prob_class_0": "prob_class_1", "prob_class_1": "prob_class_0"}
    names = ",".join(exchanged.get(name, name) for name in head.split(","))
    (where / "exchanged.csv").write_text(f"{names}\n{rest}", encoding="utf-8")
    text = (where / "losscli.toml").read_text(encoding="utf-8")
    text = text.replace("mse <= 3100", "mse <= 2900").replace("cancer_logistic", "cancer_logits")
    (where / "strict.toml").write_text(text, encoding="utf-8")
    return where


def text_of(call: str | list[str], folder: Path) -> str:
    words = call.split() if isinstance(call, str) else call
    done = losscli(*words, "--format", "html", cwd=folder)
    assert done.returncode in (0, 1, 2, 3), done.stderr
    return done.stdout


def page_of(name: str, folder: Path) -> Node:
    return parsed(text_of(CALLS[name], folder))


def parts(page: Node) -> list[str]:
    return [one.text for one in page.all("h2")]


def figure(page: Node, title: str) -> Node:
    (found,) = [one for one in page.all("figure") if one.all("svg")[0].all("title")[0].text == title]
    return found


def cards(page: Node) -> list[list[str]]:
    (found,) = [one for one in page.all("ul") if one.get("class") == "cards"]
    return [[part.text for part in card.all("span")] for card in found.all("li")]


def commands(page: Node) -> list[str]:
    return [one.text for one in page.all("code") if one.get("class") == "command"]


def write(path: Path, **columns: object) -> None:
    import pandas as pd

    pd.DataFrame(columns).to_csv(path, index=False)


@pytest.mark.parametrize("name", CALLS)
def test_it_is_readable_without_its_looks(name, folder):
    text = text_of(CALLS[name], folder)
    page = parsed(text)
    (html,), (_,), (header,), (_,) = (page.all(tag) for tag in ("html", "h1", "header", "main"))
    assert html["lang"] == "en"
    judged = any((one.get("class") or "").startswith("verdict ") for one in header.all("p"))
    assert judged == (name not in ("fit", "gradient"))
    ids = Counter(one["id"] for one in page.walk() if one.get("id"))
    assert max(ids.values()) == 1
    for section in page.all("section"):
        assert section.all("h2")[0]["id"] == section["aria-labelledby"]
    assert all(one["scope"] in ("col", "row") and one.text for one in page.all("th"))
    assert bool(page.all("svg")) == (name in DRAWN)
    for one in page.all("figure"):
        (drawing,) = one.all("svg")
        named = {part.get("id"): part.text for part in drawing.all("title", "desc")}
        finding = one.all("figcaption")[0].all("p")[0].text
        assert named[drawing["aria-labelledby"].split()[1]] == finding
        assert len(finding) > 20
        assert one.all("details")[0].all("tbody")[0].all("tr")
        assert clashes(drawing) == []
    assert {*re.findall(r"\bhttps?:[^\s\"'<]+", text)} <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\((?!#)|@import|data:|<script| on\w+=| style=", text)
    assert not re.search(r"[ \"M,]-?(nan|inf)", "".join(re.findall("<svg.*?</svg>", text)))
    assert len(text.encode()) < 250_000
    assert text == text_of(CALLS[name], folder)


def test_doctor_says_what_costs_what(folder):
    page = page_of("doctor", folder)
    assert parts(page) == ["Findings", "What was looked at", "How this was computed"]
    verdict = page.all("header")[0].all("p")[1].text
    assert verdict == "1 likely finding: classes_permuted; 1 note: correlated_losses"
    assert cards(page)[0] == ["likely: classes_permuted", "14.46 → 0.1001", "cross_entropy; 130 rows"]
    drawn = figure(page, "The cost before and after")
    # Bars begin at 0, and are as long as the costs are large.
    before, after = (
        float(one.all("rect")[0]["width"])
        for color in ("#D55E00", "#0072B2")
        for one in drawn.all("g")
        if one.get("fill") == color and one.all("rect")
    )
    assert after / before == pytest.approx(0.100141 / 14.4632, abs=0.002)
    assert commands(page)[0].startswith(
        "losscli evaluate exchanged.csv wine_labels.csv --loss cross_entropy --rename"
    )


def test_doctor_that_found_nothing_says_so(folder):
    header = page_of("doctor, nothing", folder).all("header")[0]
    assert re.fullmatch(
        r"Nothing found: \d+ checks looked, \d+ do not apply\.|\d+ (hint|note)s?: .*",
        header.all("p")[1].text,
    )
    refused = page_of("doctor, refused", folder)
    assert cards(refused)[0][1] == "refused → 0.07384"


def test_compare_says_who_is_better_by_how_much_and_where(folder):
    page = page_of("compare", folder)
    assert parts(page) == [
        *("Differences and costs", "Sample by sample", "Groups"),
        *("Samples that moved the difference most", "How this was computed"),
    ]
    (verdict,) = [one for one in page.all("p") if one.get("class") == "verdict pass"]
    assert verdict.text.startswith("linear is better than forest: mae lower by 6.3578")
    assert cards(page)[:2] == [
        ["mae cost of forest", "50.6527149321267", "baseline; 95 % interval 46.95 to 54.51"],
        ["mae cost of linear", "44.29493538766178", "candidate; 95 % interval 41.31 to 47.37"],
    ]
    drawn = figure(page, "Differences")
    assert drawn.all("p")[0].text == "The interval is left of 0: all of it is a lower cost for the candidate."
    (dot,) = drawn.all("g")[0].all("circle") or drawn.all("circle")[-1:]
    dashed = [one for one in drawn.all("path") if one.get("stroke-dasharray") == "7 4"]
    assert float(dot["cx"]) < float(re.findall(r"[\d.]+", dashed[-1]["d"])[0])
    shares = figure(page, "Which groups make the difference")
    assert shares.all("p")[0].text == "sex_1 makes 58.7 % of the difference over all samples."
    (command,) = [one.text for one in page.all("code") if one.get("class") == "command"]
    assert command == f"losscli {CALLS['compare']}"


def columns_of(one: Node) -> dict[str, list[float]]:
    """Return the numbers of a chart, by the titles of their columns."""
    (table,) = one.all("details")[0].all("table")
    rows = [[float(cell.text) for cell in row.all("th", "td")] for row in table.all("tbody")[0].all("tr")]
    titles = [title.text for title in table.all("thead")[0].all("th")]
    return dict(zip(titles, map(list, zip(*rows, strict=True)), strict=True))


def test_compare_sets_loss_against_loss(folder):
    import pandas as pd

    label, forest, linear = (
        pd.read_csv(folder / f"diabetes_{name}.csv").set_index("id").iloc[:, 0].sort_index()
        for name in ("labels", "forest", "linear")
    )
    x, y = (forest - label).abs().to_numpy(), (linear - label).abs().to_numpy()
    drawn = figure(page_of("compare", folder), "Loss against loss")
    told = drawn.all("p")[0].text
    lower, higher = int((y < x).sum()), int((y > x).sum())
    assert told == (
        f"The candidate's loss is lower for {lower} of 442 samples (55.9\u00a0%), higher for {higher}, "
        "and equal for none. Each point is a sample; below the line the candidate's loss is lower."
    )
    dots = [one["d"] for one in drawn.all("path") if one.get("stroke-linecap") == "round"]
    assert dots[0].count("M") == 442
    numbers = columns_of(drawn)
    for name, signs in (("candidate's lower", y < x), ("higher", y > x), ("equal", y == x)):
        assert sum(numbers[name]) == signs.sum()
    ends = zip(numbers["loss of the baseline from"], numbers["to"], strict=True)
    inside = [int(((x >= low * 0.999) & (x <= high * 1.001)).sum()) for low, high in ends]
    assert numbers["samples"] == pytest.approx(inside, abs=1)
    assert max(numbers["samples"]) <= 46


def test_losses_of_0_and_1_are_a_table_of_four_counts(folder):
    import pandas as pd

    call = "compare cancer_tree.csv cancer_logistic.csv cancer_labels.csv --loss zero_one:threshold=0.5"
    drawn = figure(parsed(text_of(call, folder)), "Loss against loss")
    label, tree, logistic = (
        pd.read_csv(folder / f"cancer_{name}.csv").set_index("id").iloc[:, 0].sort_index().to_numpy() > 0.5
        for name in ("labels", "tree", "logistic")
    )
    wrong, other = tree != label, logistic != label
    wanted = [int(((wrong == a) & (other == b)).sum()) for a in (0, 1) for b in (0, 1)]
    assert columns_of(drawn)["samples"] == wanted
    texts = [one.text for one in drawn.all("text")]
    assert all(str(count) in texts for count in wanted)
    assert drawn.all("p")[0].text.endswith(f"Both are 0 for {wanted[0]} and 1 for {wanted[3]}.")


def test_models_that_are_alike_are_not_set_against_each_other(folder):
    call = "compare a=diabetes_forest.csv b=diabetes_forest.csv diabetes_labels.csv --loss mae"
    assert "Sample by sample" not in parts(parsed(text_of(call, folder)))


@pytest.mark.parametrize("seed", range(4))
def test_losses_of_many_sizes_have_room(seed, tmp_path):
    random = np.random.default_rng(seed)
    n = 60 if seed % 2 else 900
    label = random.normal(size=n)
    size = 10.0 ** random.uniform(-9.0 if seed < 2 else -200.0, 3.0 if seed < 2 else 150.0, size=(2, n))
    size[:, ::7] = 0.0
    for name, off in zip("ab", size, strict=True):
        write(tmp_path / f"{name}.csv", id=range(n), prediction=off)
    write(tmp_path / "labels.csv", id=range(n), label=0.0 * label)
    for loss in ("mae", "mse", "huber"):
        page = parsed(text_of(f"compare a.csv b.csv labels.csv -l {loss}", tmp_path))
        drawing = figure(page, "Loss against loss").all("svg")[0]
        assert clashes(drawing) == []
        assert "0" in [one.text for one in drawing.all("text")]


def test_a_page_is_the_same_in_processes_and_in_blocks(folder):
    call = f"{CALLS['compare']} --loss mse"
    plain = text_of(call, folder)
    for more in ("--engine processes --workers 2", "--block-rows 17"):
        assert text_of(f"{call} {more}", folder) == plain


def test_of_many_comparisons_the_first_verdicts_come_first(folder):
    page = page_of("compare, many", folder)
    header = page.all("header")[0]
    assert "The verdicts of 6 more comparisons are below." in header.text
    assert parts(page)[:3] == ["Gates", "Differences and costs: mae", "Differences and costs: mse"]
    findings = {one.all("p")[0].text for one in page.all("figure")}
    told = "Of 3 intervals, 2 are left of 0, 0 right of it, and 1 includes it."
    assert f"Left of 0 the candidate costs less. {told}" in findings


def test_a_report_of_compare_is_the_same_page(folder):
    call = f"{CALLS['compare']} --quiet --report html=compared.html"
    assert losscli(*call.split(), cwd=folder).returncode == 0
    assert (folder / "compared.html").read_text(encoding="utf-8") == text_of(CALLS["compare"], folder)


def test_checks_are_a_table_and_then_their_pages(folder):
    page = page_of("check", folder)
    assert page.all("h1")[0].text == "Checks of losscli.toml"
    assert page.all("header")[0].all("p")[0].text == "pass: all 3 checks passed"
    names = ["diabetes, linear", "diabetes, forest", "cancer"]
    assert parts(page) == ["All checks", *(f"{name}: pass" for name in names)]
    titles = [one.text for one in page.all("section")[3].all("h3")]
    assert {"Losses", "Probabilities", "Worst samples", "How this was computed"} <= {*titles}
    alone = losscli(
        *["evaluate", "cancer_logistic.csv", "cancer_labels.csv", "-l", "bce", "-l", "brier"],
        "--format",
        "html",
        cwd=folder,
    )
    drawn = [one.all("figcaption")[0].text for one in page.all("section")[3].all("figure")]
    assert [one.all("figcaption")[0].text for one in parsed(alone.stdout).all("figure")] == drawn[1:]


def test_checks_that_did_not_pass_come_first(folder):
    page = page_of("check, failed", folder)
    assert page.all("header")[0].all("p")[0].text == "error: 1 of 3 checks failed, 1 could not be completed"
    assert parts(page) == ["All checks", "cancer: error", "diabetes, linear: fail", "diabetes, forest: pass"]
    assert "prediction is -18.339816188648776" in page.all("section")[1].text


def test_pages_of_checks_are_the_same_with_several_jobs(folder):
    found = text_of("check", folder)
    assert text_of("check --jobs 2", folder) == found
    assert losscli("check", "--report", "html=checks.html", cwd=folder).returncode == 0
    reported = (folder / "checks.html").read_text(encoding="utf-8")
    assert parsed(reported).all("main")[0].text == parsed(found).all("main")[0].text


def test_a_check_that_asks_for_a_page_has_that_of_an_evaluation(folder):
    text = '[[check]]\nname = "<one>"\npredictions = "diabetes.csv"\nloss = "mse"\nreport = "html=one.html"\n'
    (folder / "one.toml").write_text(text, encoding="utf-8")
    call = text_of("check one.toml", folder)
    page = parsed((folder / "one.html").read_text(encoding="utf-8"))
    assert page.all("h1")[0].text == "Check <one>"
    assert (
        parts(page) == ["Losses", "Numbers", "Worst samples", "How this was computed"] == parts(parsed(call))
    )


def test_of_many_checks_some_have_pages(folder):
    check = '[[check]]\nname = "{}"\npredictions = "diabetes.csv"\nloss = "mse"\ngate = "mse <= {}"\n'
    text = "".join(check.format(name, 2900 if name == 7 else 3100) for name in range(9))
    (folder / "many.toml").write_text(text, encoding="utf-8")
    page = parsed(text_of("check many.toml", folder))
    assert parts(page) == ["All checks", "7: fail", "0: pass", "1: pass", "2: pass"]
    assert "Below are 4 of them, those first that did not pass." in page.text


def test_reconcile_says_whose_number_it_is(folder):
    page = page_of("reconcile", folder)
    assert page.all("h1")[0].text == "Where 0.4504529 comes from"
    assert page.all("header")[0].all("p")[1].text == "Found: keras."
    assert cards(page)[:2] == [
        ["reported", "0.4504529", "7 digits"],
        ["binary_cross_entropy cost here", "0.8012559894851784", "569 samples"],
    ]
    assert commands(page)[0].endswith("--loss binary_cross_entropy --as keras")
    few = page_of("reconcile, few", folder).all("header")[0]
    assert few.all("p")[1]["class"] == "verdict undecided"


def test_reports_in_python_have_the_same_pages(folder, monkeypatch):
    from losscli import compare, doctor, evaluate

    monkeypatch.chdir(folder)
    text = evaluate("diabetes.csv", loss="mse", page=True).to_html()
    printed = parsed(text_of("evaluate diabetes.csv -l mse", folder))
    assert parsed(text).all("svg") == printed.all("svg") != []
    assert parsed(evaluate("diabetes.csv", loss="mse").to_html()).all("svg") == []
    files = {name: f"diabetes_{name}.csv" for name in ("forest", "linear")}
    text = compare(files, "diabetes_labels.csv", "mae", group="sex", page=True).to_html()
    assert parsed(text).all("svg") == page_of("compare", folder).all("svg")
    without = parsed(compare(files, "diabetes_labels.csv", "mae", group="sex").to_html())
    assert "Sample by sample" in parts(parsed(text))
    assert "Sample by sample" not in parts(without)
    # A call of Python has no command line that repeats it.
    text = re.sub(
        "<p>To repeat it:</p><p>.*?</p>", "", text_of(CALLS["doctor"], folder), count=1, flags=re.DOTALL
    )
    assert doctor("exchanged.csv", "wine_labels.csv").to_html() == text


def test_fit_says_what_it_read_and_what_it_brought(folder):
    page = page_of("fit", folder)
    assert page.all("h1")[0].text == "Fit of cancer_tree.csv"
    read = "Predictions cancer_tree.csv, column prediction, against cancer_labels.csv, column label."
    assert page.all("header")[0].all("p")[0].text == read
    assert parts(page) == ["Costs", "How it was found", "How this was computed"]
    assert cards(page)[0] == ["binary_cross_entropy cost before", "0.8012559894851784"]
    # The mark at the last epoch is within the plot.
    drawn = figure(page, "Cost by epoch")
    (plot,) = [one.all("rect")[0] for one in drawn.walk() if one.tag == "clippath"]
    marks = [float(one["cx"]) for one in drawn.all("circle")]
    assert max(marks) + 4.0 <= float(plot["x"]) + float(plot["width"])


@pytest.mark.parametrize("name", ["doctor", "reconcile", "fit", "gradient"])
def test_the_command_that_repeats_it_has_no_outputs(name, folder):
    here = "--block-rows 50 --color never"
    if name == "fit":
        here += " --save-predictions corrected.csv --report json=fit.json"
    page = parsed(text_of(f"{CALLS[name]} {here}", folder))
    assert commands(page)[-1] == f"losscli {CALLS[name]}"
    assert page.all("section")[-1].all("p")[-1].text.startswith("losscli 0.")


def test_hostile_names_are_text(tmp_path):
    random = np.random.default_rng(8)
    label = random.normal(size=60)
    groups = [f"{EVIL}{at % 2}" for at in range(60)]
    for name in ("a", "b"):
        values = {"prediction": random.normal(size=60)}
        if name == "a":
            values |= {"label": label, "g<i>": groups}
        write(tmp_path / f"{name}<b>.csv", id=[f"{EVIL}{at}" for at in range(60)], **values)
    files = ["<script>=a<b>.csv", "b<b>.csv", "a<b>.csv"]
    texts = [
        text_of(["compare", *files, "-l", "mse", "--group", "g<i>"], tmp_path),
        text_of(["doctor", "b<b>.csv", "a<b>.csv", "--loss", "mse"], tmp_path),
    ]
    for text in texts:
        page = parsed(text)
        assert not page.all("script", "img", "b", "i")
        assert "\u202e" not in text
        assert all(clashes(one) == [] for one in page.all("svg"))
    assert "<script>" in parsed(texts[0]).all("h1")[0].text


@pytest.fixture(scope="module")
def tails(tmp_path_factory) -> Path:
    """Return a folder with predictions whose errors are very large at times, and cells without a group."""
    where = tmp_path_factory.mktemp("tails")
    random = np.random.default_rng(5)
    label = random.normal(3e5, 1e5, 400).round(1)
    off = random.standard_t(2, 400) * 4e4
    site = [("", "north", "south")[place % 3] for place in range(400)]
    write(where / "data.csv", label=label, prediction=(label + off).round(1), site=site)
    write(where / "a.csv", id=range(400), prediction=(label + off).round(1), site=site)
    write(where / "b.csv", id=range(400), prediction=(label + 0.9 * off).round(1))
    write(where / "labels.csv", id=range(400), label=label)
    return where


def test_gradients_are_drawn_and_what_is_far_out_has_a_bar_like_the_others(tails):
    page = parsed(text_of("gradient data.csv -l mse --group site", tails))
    assert not page.all("pre")
    assert parts(page) == ["Gradients", "Groups", "Largest gradients", "How this was computed"]
    drawing = figure(page, "How large the gradients are").all("svg")[0]
    widths = {float(bar.attributes["width"]) for bar in drawing.all("rect") if bar.all("title")}
    assert max(widths) < 1.1 * min(widths)
    told = [one.text for one in drawing.all("text")]
    assert "above" in told
    assert any(one.startswith("all of ") for one in told)
    assert clashes(drawing) == []


def test_a_group_of_empty_cells_has_a_name(tails):
    page = parsed(text_of("evaluate data.csv -l mae --group site", tails))
    drawing = figure(page, "Cost by group").all("svg")[0]
    assert {"(empty)", "north", "south"} <= {one.text for one in drawing.all("text")}
    page = parsed(text_of("compare a.csv b.csv labels.csv -l mae --group site", tails))
    for title in ("Difference by group", "Which groups make the difference"):
        drawn = figure(page, title)
        assert "(empty)" in [one.text for one in drawn.all("svg")[0].all("text")]
        assert "(empty)" in [one.text for one in drawn.all("table")[0].all("code")]


def test_groups_whose_difference_may_be_0_are_counted(tmp_path):
    n = 400
    random = np.random.default_rng(2)
    off = random.normal(0.0, 1.0, n)
    other = np.where(np.arange(n) % 2, 0.5 * off, off + random.normal(0.0, 0.3, n))
    write(tmp_path / "a.csv", id=range(n), prediction=off, site=[("u", "v")[at % 2] for at in range(n)])
    write(tmp_path / "b.csv", id=range(n), prediction=other)
    write(tmp_path / "labels.csv", id=range(n), label=0.0 * off)
    page = parsed(text_of("compare a.csv b.csv labels.csv -l mae --group site --level 0.9999", tmp_path))
    told = figure(page, "Difference by group").all("p")[0].text
    assert told.endswith("; in 1 of them 0 is in the interval.")


def test_a_fit_has_its_marks_in_the_legend(folder):
    drawing = figure(page_of("fit", folder), "Cost by epoch").all("svg")[0]
    # One on the line, and one in the legend.
    assert len(drawing.all("circle")) == 2
    assert not [one.text for one in drawing.all("text") if re.search("e-[0-9]", one.text)]


@pytest.mark.parametrize("call", ["recommend cancer_tree.csv cancer_labels.csv", "losses", "conventions"])
def test_what_has_no_parts_is_in_the_main_part_with_titles_in_order(call, folder):
    page = parsed(text_of(call, folder))
    assert [one.tag for one in page.all("header")[0].walk() if one.tag != "code"] == ["h1"]
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3")]
    assert levels[:2] == [1, 2]
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_lines_of_characters_are_lines():
    text = Writer("l").lines([DrawnLines("runs", lambda _, ascii_only: ["<a>", "b"])])
    assert "&lt;a&gt;\n" in "".join(text)
