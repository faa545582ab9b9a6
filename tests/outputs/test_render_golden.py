"""Whole outputs against files: a change of any character of a format is a decision.

`LOSSCLI_UPDATE_GOLDEN=1 pytest tests/outputs` writes the files anew; review them with `git diff`.
"""

from __future__ import annotations

import os

import pytest
from helpers.documents import ROOT
from helpers.render_samples import REPORTS

from losscli.outputs.drawing.console import Looks
from losscli.outputs.formats import load, names
from losscli.outputs.views.evaluation import EvaluationView

GOLDEN = ROOT / "tests/recorded/reports"
SUFFIX = {"markdown": "md", "table": "txt", "quiet": "quiet.txt"}
FORMATS = ("csv", "json", "jsonl", "markdown", "quiet", "table")


def compare(name: str, found: str) -> None:
    path = GOLDEN / name
    if os.environ.get("LOSSCLI_UPDATE_GOLDEN") == "1":
        path.write_bytes(found.encode())
    assert found.encode() == path.read_bytes()


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("format_", FORMATS)
def test_output_is_as_recorded(format_: str, name: str) -> None:
    compare(f"{name}.{SUFFIX.get(format_, format_)}", load(format_).render(REPORTS[name]))


@pytest.mark.parametrize("name", ["plain", "everything"])
def test_full_tables_are_as_recorded(name: str) -> None:
    compare(f"{name}.full.txt", load("table").render(EvaluationView(REPORTS[name], full=True)))


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("name", ["plain", "everything"])
def test_tables_on_a_terminal_are_as_recorded(name: str, width: int) -> None:
    compare(f"{name}.{width}.txt", load("table").render(REPORTS[name], Looks(width=width)))


@pytest.mark.parametrize("name", ["plain", "everything"])
def test_tables_in_ascii_are_as_recorded(name: str) -> None:
    looks = Looks(width=100, ascii_only=True)
    compare(f"{name}.ascii.txt", load("table").render(REPORTS[name], looks))


def test_every_recorded_format_exists() -> None:
    assert set(FORMATS) <= set(names())
