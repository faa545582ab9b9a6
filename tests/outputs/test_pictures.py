"""Pictures: charts as files of their own, made of what reports say, that read the same everywhere."""

from __future__ import annotations

import re
import struct
import sys
import zlib
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from helpers.calls import ROOT, SAMPLES, losscli, run
from helpers.documents import sandbox

import losscli as api
from losscli.cli.options.outputs import PICTURED
from losscli.common.errors import UsageError
from losscli.loss import registry
from losscli.loss.spec import BoundLoss, bind, parse_spec
from losscli.outputs.drawing.console import FILE
from losscli.outputs.drawing.picture import alone
from losscli.outputs.drawing.svg.places import room
from losscli.outputs.drawing.svg.write import SIZE
from losscli.outputs.formats.svg import draw
from losscli.outputs.views import view_of
from losscli.outputs.views.charts.curves import ROLES, curves
from losscli.outputs.views.explanation import ExplanationsView

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>\x1b[31m\u202e&amp;</svg>'\""
CALLS = {
    "evaluate": "evaluate diabetes.csv --loss mse --loss mae",
    "evaluate classes": "evaluate wine_bayes.csv wine_labels.csv --loss cross_entropy",
    "compare": "compare diabetes_forest.csv diabetes_linear.csv diabetes_labels.csv --loss mse --group sex",
    "gradient": "gradient wine_logits.csv wine_labels.csv --loss cross_entropy:from_logits=true",
    "fit": "fit diabetes.csv --loss mse --epochs 9 --optimizer sgd --optimizer adam",
    "explain": "explain huber:delta=2",
    "explain several": "explain huber mse mae bce brier ce",
}
NONE = {
    "recommend": "recommend diabetes.csv",
    "plan": "plan diabetes_linear.csv diabetes_labels.csv --gate mse<=3300",
    "check": "check --only cancer",
}
NAMES = list(registry.modules())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return sandbox(tmp_path_factory.mktemp("pictures"))


def parsed(text: str) -> ET.Element:
    """Return a picture as XML, once all that holds of every picture has been found to hold."""
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    first, second, paper = list(root)[:3]
    assert (first.tag, second.tag, paper.tag) == (f"{SVG}title", f"{SVG}desc", f"{SVG}rect")
    assert first.text
    assert root.get("aria-labelledby") == f"{first.get('id')} {second.get('id')}"
    size = root.get("width"), root.get("height")
    assert root.get("viewBox") == f"0 0 {size[0]} {size[1]}"
    assert (paper.get("width"), paper.get("height"), paper.get("fill")) == (*size, "#ffffff")
    elements = [*root.iter()]
    known = {"svg", "title", "desc", "g", "rect", "path", "circle", "text", "clipPath"}
    assert {one.tag.removeprefix(SVG) for one in elements} <= known
    assert not {name for one in elements for name in one.attrib} & {"style", "class", "href", "onload"}
    ids = [one.get("id") for one in elements if one.get("id")]
    assert len(ids) == len({*ids})
    used = set(re.findall(r"url\(#([^)]*)\)", text))
    assert used <= {*ids}
    numbers = [one.get(name) for one in elements for name in ("d", "x", "y", "cx", "cy") if one.get(name)]
    assert not re.search("nan|inf", " ".join(numbers))
    return root


def texts(
    element: ET.Element, left: float = 0.0, top: float = 0.0
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield each text of a picture, and the box that it takes at most."""
    moved = element.get("transform", "")
    place = re.match(r"translate\((\S+) (\S+)\)", moved)
    if place:
        left, top = left + float(place[1]), top + float(place[2])
    if element.tag == f"{SVG}text":
        size = float(element.get("font-size", SIZE))
        wide = room(element.text or "") * size / SIZE
        x = float(element.get("x", 0.0)) - wide * {"middle": 0.5, "end": 1.0}.get(
            element.get("text-anchor"), 0
        )
        y = float(element.get("y", 0.0))
        if "rotate(-90)" in moved:
            yield element.text, (left + y - 0.8 * size, top - x - wide, left + y + 0.2 * size, top - x)
        else:
            yield element.text, (left + x, top + y - 0.8 * size, left + x + wide, top + y + 0.2 * size)
    for inside in element:
        yield from texts(inside, left, top)


def in_its_place(root: ET.Element) -> None:
    """Hold that no text meets another, and that none leaves the picture."""
    found = [*texts(root)]
    for text, box in found:
        assert box[0] >= 0.0, text
        assert box[1] >= 0.0, text
        assert box[2] <= float(root.get("width")), text
        assert box[3] <= float(root.get("height")), text
    for (one, a), (other, b) in combinations(found, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one, other)


@pytest.mark.parametrize("name", CALLS)
def test_a_picture_has_title_finding_and_legend_and_is_the_same_each_time(name, folder):
    for path in ("one.svg", "two.svg"):
        done = losscli(*CALLS[name].split(), "--output", path, cwd=folder)
        assert (done.returncode, done.stdout) == (0, "")
    one = (folder / "one.svg").read_text()
    assert one == (folder / "two.svg").read_text()
    assert one.isascii()
    root = parsed(one)
    said = " ".join(text for text, _ in texts(root))
    assert root[0].text.split("; ")[0] in said
    assert root[1].text.split(". ")[0].split()[0] in said
    in_its_place(root)


def test_doctor_draws_what_a_repair_is_worth(tmp_path):
    data = pd.read_csv(SAMPLES / "diabetes.csv")
    data["prediction"] = -data["prediction"]
    data.to_csv(tmp_path / "negated.csv", index=False)
    assert losscli("doctor", "negated.csv", "-o", "found.svg", cwd=tmp_path).returncode == 1
    root = parsed((tmp_path / "found.svg").read_text())
    assert root[1].text == (
        "The cost is 107468 as it stands and 2978.41 when sign_flipped is mended: 0.0277 times as much."
    )
    in_its_place(root)
    done = losscli("doctor", str(SAMPLES / "diabetes.csv"), "-o", "none.svg", cwd=tmp_path)
    assert (done.returncode, (tmp_path / "none.svg").exists()) == (2, False)
    assert "this report has nothing to draw" in done.stderr


def test_differences_are_where_they_are_said_to_be(folder):
    losscli(*CALLS["compare"].split(), "-o", "one.svg", cwd=folder)
    root = parsed((folder / "one.svg").read_text())
    said = [text for text, _ in texts(root)]
    assert {"diabetes_linear", "no difference"} <= {*said}
    assert "The interval is left of 0" in root[1].text


@pytest.mark.parametrize("name", NONE)
@pytest.mark.parametrize("words", [("-o", "x.svg"), ("-o", "x.PNG"), ("--format", "svg")])
def test_what_has_no_chart_says_which_have(name, words, folder):
    done = losscli(*NONE[name].split(), *words, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        f"is a picture, and {name} has no chart; needed: one of the commands that have: evaluate,"
        in done.stderr
    )
    assert not (folder / words[1]).exists()


def test_checks_of_a_config_are_evaluations_and_have_them(folder):
    pytest.importorskip("resvg_py")
    text = '[[check]]\npredictions = "diabetes.csv"\nloss = "mse"\noutput = "{}"\n'
    (folder / "own.toml").write_text(text.format("own.svg") + text.format("own.png"))
    assert losscli("check", "own.toml", cwd=folder).returncode == 0
    in_its_place(parsed((folder / "own.svg").read_text()))
    assert (folder / "own.png").read_bytes().startswith(b"\x89PNG")
    done = losscli("check", "own.toml", "-o", "all.svg", cwd=folder)
    assert (done.returncode, (folder / "all.svg").exists()) == (2, False)


def test_those_that_have_are_those_that_offer_them():
    import click

    from losscli.cli.main import program

    context = click.Context(program)
    offering = set()
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        for option in command.get_params(context):
            if "--format" in option.opts and "svg" in option.type.choices:
                offering.add(name)
    assert offering == {*PICTURED}
    assert offering == {name.split()[0] for name in CALLS} | {"doctor", "merge"}


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_is_drawn(name):
    bound = bind(registry.find(name), {})
    figures = [*curves([bound])]
    root = parsed(alone(figures, "l"))
    in_its_place(root)
    assert figures[0].title.startswith("Loss")
    assert figures[0].subject == bound.spec
    lines = [mark for mark in figures[0].chart.marks if len(mark.x) > 1]
    assert lines
    drawn = sum(len(mark.x) for figure in figures for mark in figure.chart.marks)
    assert drawn <= 241 * 2 * len(figures)
    numbers = figures[0].numbers.columns
    for x, y in zip(numbers[0].cells, numbers[1].cells, strict=True):
        assert float(x) == float(x)
        assert y != ""


def test_the_losses_of_a_family_are_in_one_chart_and_others_have_their_own():
    figures = [*curves([*map(spec, ("huber", "mse", "mae", "bce"))])]
    assert [(one.title, one.subject) for one in figures] == [
        ("Loss", ""),
        ("Gradient", ""),
        ("Loss", "binary_cross_entropy"),
        ("Gradient", "binary_cross_entropy"),
    ]
    assert [words for _, words in figures[0].chart.legend] == ["huber", "mse", "mae"]
    assert len({role for role, _ in figures[0].chart.legend}) == 3
    assert [words for _, words in figures[2].chart.legend] == ["label 1", "label 0"]
    assert figures[0].finding == "Where the error is 3: huber 2.5, mse 9, mae 3."


@pytest.mark.parametrize(
    "specs", [("bce", "brier"), ("mse", "huber:delta=0.3"), ("hinge", "logistic", "exponential")]
)
def test_what_is_said_of_curves_is_what_the_losses_are(specs):
    """Also next to a pole, where a chart does not show all of a curve."""
    bounds = [*map(spec, specs)]
    for figure in curves(bounds):
        sign = {", label 1": 1.0, ", label 0": 0.0}.get(
            figure.title[-9:], 1.0 if "margin" in figure.finding else 0.0
        )
        x = float(re.search(r"is (\S+):", figure.finding)[1])
        for bound in bounds:
            said = float(re.search(rf"{re.escape(bound.spec)} (\S+?)[,.]?(?= |$)", figure.finding)[1])
            at, label = np.array([x]), np.array([sign])
            function = bound.value if figure.title.startswith("Loss") else bound.gradient
            assert said == pytest.approx(function(label, at)[0], rel=0.02)


def test_more_losses_than_can_be_told_apart_are_refused():
    names = ("huber", "mse", "mae", "log_cosh", "fair", "pseudo_huber")
    assert [*curves([*map(spec, names[: len(ROLES)])])]
    with pytest.raises(UsageError, match="6 losses in one chart"):
        [*curves([*map(spec, names)])]


def test_several_losses_are_explained_one_behind_the_other():
    one, other = (losscli("explain", name).stdout for name in ("huber", "mse"))
    both = losscli("explain", "huber", "mse").stdout
    assert both == f"{one}\n{other}"
    assert losscli("explain", "mse", "mse", "l2").stdout == other


def test_a_custom_loss_with_a_hostile_name_is_drawn(tmp_path):
    text = "def peculiar(label, prediction):\n    return abs(prediction - label)\n"
    path = tmp_path / "<b>&\x1b[31m\u202e.py"
    path.write_text(text, encoding="utf-8")
    for names in ([f"{path}:peculiar"], [f"{path}:peculiar", "mse"]):
        view = ExplanationsView([*map(spec, names)])
        root = parsed(draw(view, FILE))
        in_its_place(root)
        assert "\x1b" not in "".join(root.itertext())


def test_nothing_from_outside_is_markup():
    rng = np.random.default_rng(3)
    label = rng.normal(size=40)
    data = pd.DataFrame(
        {"label": label, "a": label + rng.normal(size=40), EVIL: label, "g": [EVIL, "x"] * 20}
    )
    report = api.compare(data, prediction=["a", EVIL], loss="mse", group="g")
    root = parsed(draw(view_of(report), FILE))
    in_its_place(root)
    assert "\x1b" not in "".join(root.itertext())
    html = report._repr_html_()
    assert "<script" not in html
    assert "<svg" in html


def test_long_and_wide_names_are_cut():
    names = ["ж" * 300, "漢" * 300, "w" * 300]
    rng = np.random.default_rng(3)
    label = rng.normal(size=40)
    data = {"label": label} | {name: label + rng.normal(size=40) for name in names}
    report = api.compare(pd.DataFrame(data), prediction=names, loss="mse")
    in_its_place(parsed(draw(view_of(report), FILE)))


def test_pictures_of_the_documentation_are_current():
    """`python docs/make_pictures.py` draws them anew."""
    done = run([sys.executable, "docs/make_pictures.py", "--check"], cwd=ROOT)
    assert done.returncode == 0, done.stderr


# --- of dots


def chunks(data: bytes) -> dict[bytes, bytes]:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found: dict[bytes, bytes] = {}
    at = 8
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        found[name] = found.get(name, b"") + data[at + 8 : at + 8 + size]
        at += size + 12
    return found


@pytest.mark.parametrize("name", ["evaluate", "compare", "explain"])
def test_png_shows_the_same_picture_at_twice_its_size(name, folder):
    pytest.importorskip("resvg_py")
    call = CALLS[name].split()
    for path in ("one.png", "two.png", "one.svg"):
        assert losscli(*call, "-o", path, cwd=folder).returncode == 0
    data = (folder / "one.png").read_bytes()
    assert data == (folder / "two.png").read_bytes()
    found = chunks(data)
    root = parsed((folder / "one.svg").read_text())
    sizes = struct.unpack(">II", found[b"IHDR"][:8])
    assert sizes == tuple(round(2 * float(root.get(side))) for side in ("width", "height"))
    dots = zlib.decompress(found[b"IDAT"])
    assert len({*dots}) > 100


def test_letters_need_no_font_of_the_system():
    resvg = pytest.importorskip("resvg_py")
    from losscli.outputs.drawing.png.write import FONT, NAME, OURS, png

    frame = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>{}</svg>"
    blank = frame.format("")
    text = frame.format("<text x='2' y='15' font-family='system-ui, sans-serif'>{}</text>")
    empty = png(blank)
    known = [letter for low, high in OURS for letter in range(low, high + 1) if chr(letter).isprintable()]
    missing = png(text.format(chr(0x10FFFD)))
    drawn = resvg.svg_to_bytes(
        svg_string=text.format("−≤ŷ…"), zoom=2, skip_system_fonts=True, font_files=[str(FONT)],
        font_family=NAME, sans_serif_family=NAME,
    )  # fmt: skip
    assert bytes(drawn) == png(text.format("−≤ŷ…"))
    for letter in (*known[1:94:7], 0xE9, 0x177, 0x3B4, 0x416, 0x2212, 0x2264, 0x2026, 0x2202, 0x221A):
        assert png(text.format(f"&#{letter};")) not in (empty, missing), chr(letter)


def test_png_goes_to_a_pipe_and_not_to_a_terminal(folder, monkeypatch):
    pytest.importorskip("resvg_py")
    code = (
        "import sys; from losscli.cli.main import main; sys.exit(main(['explain', 'mse', '--format', 'png']))"
    )
    done = run([sys.executable, "-c", f"{code}"], cwd=folder)
    assert done.stdout.startswith("\udc89PNG")
    from losscli.cli.options.outputs import write_bytes

    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(UsageError, match="a terminal does not show it"):
        write_bytes(b"")


@pytest.mark.parametrize("words", [("-o", "x.png"), ("--format", "png")])
def test_without_the_extra_the_error_names_it_before_a_file_is_opened(words, folder, monkeypatch):
    monkeypatch.setattr("losscli.outputs.drawing.png.write.find_spec", lambda _: None)
    for command in ("evaluate", "fit", "gradient"):
        done = losscli(command, "missing.csv", "missing.csv", "--loss", "mse", *words, cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert "resvg-py is not installed; needed: the extra png of losscli" in done.stderr
        assert "pip install 'losscli[png]'" in done.stderr
        assert "missing.csv" not in done.stderr


# --- in notebooks


@pytest.mark.parametrize("make", [
    lambda: api.evaluate(SAMPLES / "diabetes.csv", loss="mse"),
    lambda: api.gradient(SAMPLES / "diabetes.csv", loss="mse"),
    lambda: api.fit(SAMPLES / "diabetes.csv", loss="mse", folds=0, epochs=3),
    lambda: api.load_loss("bce"),
    lambda: api.load_loss("huber").explain(),
], ids=["evaluate", "gradient", "fit", "loss", "explanation"])  # fmt: skip
def test_notebooks_show_charts(make):
    html = make()._repr_html_()
    assert html.startswith('<div class="losscli">')
    assert html.count("<svg") == html.count("</svg>") > 0
    assert len(html.encode()) < 100_000
    assert not re.search("<script|<style|href|src=", html)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len({*ids}) >= 3
    assert html == make()._repr_html_()
    for inside in re.findall("<svg.*?</svg>", html):
        root = ET.fromstring(inside)
        assert not any("style" in one.attrib for one in root.iter())
        in_its_place(root)


def test_ids_of_two_reports_do_not_meet():
    one, other = (api.evaluate(SAMPLES / "diabetes.csv", loss=name)._repr_html_() for name in ("mse", "mae"))
    assert not {*re.findall(r' id="([^"]*)"', one)} & {*re.findall(r' id="([^"]*)"', other)}


# --- fit, beside the screen


def test_a_fit_writes_reports_beside_the_screen(folder):
    call = CALLS["fit"].split()
    plain = losscli(*call, cwd=folder)
    done = losscli(*call, "--report", "html=fit.html", "--report", "json=fit.json", cwd=folder)
    assert (done.returncode, done.stdout) == (0, plain.stdout)
    page = (folder / "fit.html").read_text()
    assert page.count("<svg") == 1
    assert "Cost by epoch" in page
    losscli(*call, "--output", "other.html", cwd=folder)
    assert page == (folder / "other.html").read_text()
    assert (folder / "fit.json").read_text() == losscli(*call, "--json", cwd=folder).stdout
    refused = losscli(*call, "--report", "junit=x.xml", cwd=folder)
    assert (refused.returncode, (folder / "x.xml").exists()) == (2, False)
    assert "junit tells of gates, and fit has none" in refused.stderr


def test_a_fit_that_failed_leaves_no_old_report(folder):
    (folder / "old.html").write_text("old")
    done = losscli("fit", "missing.csv", "--loss", "mse", "--report", "html=old.html", cwd=folder)
    assert done.returncode == 2
    assert "missing.csv" in (folder / "old.html").read_text()


def spec(text: str) -> BoundLoss:
    return parse_spec(text, registry.find)
