"""HTML: one whole document that a browser shows as it is; it runs nothing and loads nothing."""

from html.parser import HTMLParser

import pandas as pd
import pytest
from helpers.calls import ROOT, losscli
from helpers.documents import sandbox

from losscli import evaluate
from losscli.outputs.drawing.console import Looks
from losscli.outputs.formats import load

SAMPLES = ROOT / "sample_data"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202e&amp;</title>"
VOID = {"meta"}
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h3", "h4", "p", "pre", "code"),
    *("strong", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"style", "lang", "charset", "http-equiv", "content", "name"}
CALLS = {
    "evaluate": "evaluate diabetes.csv --loss mse --loss mae --group sex --gate mse<=3000",
    "gradient": "gradient wine_logits.csv wine_labels.csv --loss cross_entropy:from_logits=true",
    "fit": "fit diabetes.csv --loss mse --folds 0 --epochs 2",
    "recommend": "recommend diabetes.csv",
    "losses": "losses --family margin",
    "verify": "verify mse --rows 8",
    "version": "version",
    "check": "check --only cancer",
}


class Page(HTMLParser):
    """Checks that every element begins and ends, and collects the tags, the attributes and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.values: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.tags.append(tag)
        self.values += [value or "" for _, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            self.text[tag] = self.text.get(tag, "") + data


@pytest.mark.parametrize("name", CALLS)
def test_every_report_is_one_document(name, tmp_path):
    folder = sandbox(tmp_path)
    done = losscli(*CALLS[name].split(), "--format", "html", cwd=folder)
    assert done.returncode == 0
    text = done.stdout
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    page = Page(text)
    assert all(page.tags.count(tag) == 1 for tag in ("html", "head", "title", "style", "body", "main", "h1"))
    assert page.text["title"].startswith("losscli")
    assert page.text["title"] == page.text["h1"]


def test_a_file_with_the_suffix_is_one_in_utf_8(tmp_path):
    folder = sandbox(tmp_path)
    done = losscli(*CALLS["evaluate"].split(), "-o", "report.html", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    shown = losscli(*CALLS["evaluate"].split(), "--format", "html", cwd=folder).stdout
    assert (folder / "report.html").read_bytes().decode("utf-8") == shown


def test_it_says_what_the_report_says():
    report = evaluate(str(SAMPLES / "diabetes.csv"), loss=["mse", "mae"], group="sex", gate="mse <= 3000")
    page = Page(load("html").render(report))
    costs = f"mse {report['mse'].cost!r}, mae {report['mae'].cost!r}"
    assert page.text["title"] == f"losscli: {costs}, n 442, pass"
    for part in ("pass", repr(report["mse"].cost), "sex_1", "26484.1", report.signature):
        assert part in page.text["main"]


def test_it_loads_nothing_and_follows_the_reader_into_the_dark():
    page = Page(load("html").render(evaluate([1.0], [0.0], "mse")))
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.values
    assert not any("url(" in value or "//" in value for value in [*page.values, page.text["style"]])
    assert "color-scheme:light dark" in page.text["style"]
    assert "@media(prefers-color-scheme:dark)" in page.text["style"]


def test_nothing_from_outside_is_markup(tmp_path):
    path = tmp_path / "<b>.csv"
    frame = pd.DataFrame({"id": [EVIL, "<b>"], EVIL: [1.0, 2.0], "label": [0.0, 5.0], "g": [EVIL, "</main>"]})
    frame.to_csv(path, index=False)
    text = load("html").render(evaluate(str(path), loss="mse", prediction=EVIL, group="g", gate="mse <= 1"))
    page = Page(text)
    assert "<script>alert(1)</script>" in page.text["main"]
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_title_is_short_and_says_no_more_than_text(tmp_path):
    path = tmp_path / "own.py"
    path.write_text("def f(label, prediction):\n    return abs(label - prediction)\n", encoding="utf-8")
    place = tmp_path / ("<i>&" * 30)
    place.mkdir()
    path = path.rename(place / "own.py")
    page = Page(load("html").render(evaluate([1.0], [0.0], f"{path}:f")))
    assert "<i>&" in page.text["title"]
    assert len(page.text["title"]) < 250


def test_a_stream_without_unicode_gets_references():
    report = evaluate({"prediction": [1.0], "label": [0.0], "id": ["Zoë"]}, loss="rmse")
    text = load("html").render(report, Looks(ascii_only=True))
    assert text.isascii()
    assert Page(text).text == Page(load("html").render(report)).text


def test_a_further_report_can_be_html_of_what_ended_well_and_of_what_did_not(tmp_path):
    folder = sandbox(tmp_path)
    for loss, status in (("mse", 0), ("bce", 2)):
        call = ("evaluate", "diabetes.csv", "--loss", loss, "--quiet", "--report", f"html={loss}.html")
        assert losscli(*call, cwd=folder).returncode == status
    assert "2978.4128969905414" in Page((folder / "mse.html").read_text(encoding="utf-8")).text["main"]
    told = Page((folder / "bce.html").read_text(encoding="utf-8")).text
    assert "diabetes.csv row 1 (line 2)" in told["main"]
    assert told["title"] == "losscli report"
