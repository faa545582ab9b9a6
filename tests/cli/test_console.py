"""How output may look: colour, width and characters, from options, environment and stream."""

import pytest

from losscli.cli.terminal.progress import console as rich_console
from losscli.outputs.drawing import console


class Stream:
    def __init__(self, terminal=False, encoding="utf-8"):
        self.encoding, self._terminal = encoding, terminal

    def isatty(self):
        return self._terminal

    def write(self, text):
        return len(text)

    def flush(self):
        pass


@pytest.mark.parametrize(
    ("color", "environ", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "3", "TERM": "dumb"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "false"}, True, False),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, False),
        ("auto", {"CLICOLOR_FORCE": "0"}, True, True),
        ("auto", {"FORCE_COLOR": "0", "CLICOLOR_FORCE": "1"}, False, False),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_decided_by_option_then_environment_then_terminal(color, environ, terminal, expected):
    assert console.looks(Stream(terminal), color, environ).color is expected


@pytest.mark.parametrize(
    ("environ", "terminal", "width"),
    [
        ({}, False, None),
        ({"COLUMNS": "120"}, False, 120),
        ({"COLUMNS": "33"}, True, 33),
        ({"COLUMNS": "1"}, True, 20),
        ({"COLUMNS": "0"}, False, None),
        ({"COLUMNS": "wide"}, False, None),
    ],
)
def test_lines_are_as_wide_as_asked_or_as_needed(environ, terminal, width):
    assert console.looks(Stream(terminal), "auto", environ).width == width


@pytest.mark.parametrize(
    ("encoding", "plain"), [("utf-8", False), ("ascii", True), ("latin-1", True), (None, True)]
)
def test_blocks_are_drawn_only_where_the_encoding_has_them(encoding, plain):
    assert console.looks(Stream(encoding=encoding), "auto", {}).ascii_only is plain


def test_progress_is_drawn_for_people_alone():
    assert console.looks(Stream(True), "auto", {}).interactive
    assert not console.looks(Stream(True), "auto", {"TERM": "dumb"}).interactive
    assert not console.looks(Stream(False), "always", {"FORCE_COLOR": "1"}).interactive


def test_rich_follows_our_decisions_and_not_the_environment(monkeypatch):
    for name, value in {"FORCE_COLOR": "0", "COLUMNS": "31", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    plain = rich_console(Stream(terminal=True))
    assert (plain.is_terminal, plain.color_system, plain.width) == (False, None, 31)
    assert not plain.is_interactive
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    made = rich_console(Stream())
    assert (made.is_terminal, made.no_color, made.color_system, made.width) == (True, False, "standard", 31)
