"""HTML: one whole document that a browser shows as it is; it runs nothing and loads nothing."""

import pandas as pd
import pytest
from helpers.calls import ROOT, losscli
from helpers.documents import sandbox
from helpers.pages import Node, parsed

from losscli import evaluate
from losscli.outputs.drawing.console import Looks
from losscli.outputs.formats import load

SAMPLES = ROOT / "sample_data"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202e&amp;</title>"
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


def one(page: Node, tag: str) -> Node:
    (found,) = page.all(tag)
    return found


def said(page: Node) -> str:
    """Return the text of what people see."""
    return one(page, "body").text


@pytest.mark.parametrize("name", CALLS)
def test_every_report_is_one_document(name, tmp_path):
    folder = sandbox(tmp_path)
    done = losscli(*CALLS[name].split(), "--format", "html", cwd=folder)
    assert done.returncode == 0
    text = done.stdout
    assert text.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"')
    page = parsed(text)
    for tag in ("html", "head", "style", "body", "main", "header", "h1"):
        assert len(page.all(tag)) == 1, tag
    title = one(page, "head").all("title")[0].text
    assert title.startswith("losscli")
    # The page of an evaluation says what was evaluated, others perhaps what their title says.
    headings = {
        "evaluate": "Evaluation of diabetes.csv",
        "check": "Checks of losscli.toml",
        "fit": "Fit of diabetes.csv",
        "gradient": "Gradients of wine_logits.csv",
    }
    assert one(page, "h1").text == headings.get(name, title)


def test_a_file_with_the_suffix_is_one_in_utf_8(tmp_path):
    folder = sandbox(tmp_path)
    done = losscli(*CALLS["evaluate"].split(), "-o", "report.html", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    shown = losscli(*CALLS["evaluate"].split(), "--format", "html", cwd=folder).stdout
    assert (folder / "report.html").read_bytes().decode("utf-8") == shown


def test_it_says_what_the_report_says():
    report = evaluate(str(SAMPLES / "diabetes.csv"), loss=["mse", "mae"], group="sex", gate="mse <= 3000")
    page = parsed(load("html").render(report))
    costs = f"mse {report['mse'].cost!r}, mae {report['mae'].cost!r}"
    assert page.all("title")[0].text == f"losscli: {costs}, n 442, pass"
    for part in ("pass", repr(report["mse"].cost), "sex_1", "26484.1", report.signature):
        assert part in said(page)


def test_it_loads_nothing_and_follows_the_reader_into_the_dark():
    page = parsed(load("html").render(evaluate([1.0], [0.0], "mse")))
    style = one(page, "style").text
    assert "url(" not in style
    assert "//" not in style
    assert "color-scheme:light dark" in style
    assert "@media(prefers-color-scheme:dark)" in style


def test_nothing_from_outside_is_markup(tmp_path):
    path = tmp_path / "<b>.csv"
    frame = pd.DataFrame({"id": [EVIL, "<b>"], EVIL: [1.0, 2.0], "label": [0.0, 5.0], "g": [EVIL, "</main>"]})
    frame.to_csv(path, index=False)
    text = load("html").render(evaluate(str(path), loss="mse", prediction=EVIL, group="g", gate="mse <= 1"))
    assert "<script>alert(1)</script>" in said(parsed(text))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_title_is_short_and_says_no_more_than_text(tmp_path):
    path = tmp_path / "own.py"
    path.write_text("def f(label, prediction):\n    return abs(label - prediction)\n", encoding="utf-8")
    place = tmp_path / ("<i>&" * 30)
    place.mkdir()
    path = path.rename(place / "own.py")
    title = parsed(load("html").render(evaluate([1.0], [0.0], f"{path}:f"))).all("title")[0].text
    assert "<i>&" in title
    assert len(title) < 250


def test_a_stream_without_unicode_gets_references():
    report = evaluate({"prediction": [1.0], "label": [0.0], "id": ["Zoë"]}, loss="rmse")
    text = load("html").render(report, Looks(ascii_only=True))
    assert text.isascii()
    assert parsed(text) == parsed(load("html").render(report))


def test_a_further_report_can_be_html_of_what_ended_well_and_of_what_did_not(tmp_path):
    folder = sandbox(tmp_path)
    for loss, status in (("mse", 0), ("bce", 2)):
        call = ("evaluate", "diabetes.csv", "--loss", loss, "--quiet", "--report", f"html={loss}.html")
        assert losscli(*call, cwd=folder).returncode == status
    assert "2978.4128969905414" in said(parsed((folder / "mse.html").read_text(encoding="utf-8")))
    told = parsed((folder / "bce.html").read_text(encoding="utf-8"))
    assert "diabetes.csv row 1 (line 2)" in said(told)
    assert told.all("title")[0].text == "losscli report"
