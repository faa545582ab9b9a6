"""Whole outputs against files: a change of any character of a format is a decision.

`LOSSCLI_UPDATE_GOLDEN=1 pytest tests/outputs` writes the files anew; review them with `git diff`.
"""

from __future__ import annotations

import io
import os

import pytest
from helpers.documents import ROOT
from helpers.render_samples import REPORTS
from rich.console import Console

from losscli.analyses.report import Report
from losscli.outputs.formats import load, names
from losscli.outputs.formats.table import draw

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


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("name", ["plain", "everything"])
def test_tables_on_a_terminal_are_as_recorded(name: str, width: int) -> None:
    compare(f"{name}.{width}.txt", drawn(REPORTS[name], width))


@pytest.mark.parametrize("name", ["plain", "everything"])
def test_tables_in_ascii_are_as_recorded(name: str) -> None:
    compare(f"{name}.ascii.txt", drawn(REPORTS[name], 100, ascii_only=True))


def test_every_recorded_format_exists() -> None:
    assert set(FORMATS) <= set(names())


def drawn(report: Report, width: int, *, ascii_only: bool = False) -> str:
    stream = io.StringIO()
    draw(report, Console(file=stream, color_system=None), width=width, ascii_only=ascii_only)
    return stream.getvalue()
