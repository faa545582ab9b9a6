"""What is said on stderr: a shape on a terminal, as wide as it is; one line in a log."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import pytest
from helpers.calls import PROGRAM, SAMPLES, environment, losscli
from hypothesis import given
from hypothesis import strategies as st

from losscli.cli.terminal import messages

FILES = ("diabetes_linear.csv", "diabetes_labels.csv")
BASE = ("evaluate", *FILES, "--loss", "mse")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def seen(*arguments, columns=80, encoding="utf-8", cwd=SAMPLES, **environ):
    """Return what a terminal gets from stderr, while stdout goes elsewhere."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment(**({"TERM": "xterm-256color"} | environ)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as program:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            said += piece
        program.wait()
    os.close(ours)
    return said.decode(encoding).replace("\r\n", "\n")


def test_an_error_has_a_shape_and_colours():
    assert seen(*BASE, "--prediction", "predction") == (
        "\x1b[1;31merror:\x1b[0m diabetes_linear.csv: there is no column 'predction' (--prediction)\n"
        "  \x1b[1mneeded:\x1b[0m one of the columns found: id, prediction\n"
        "  \x1b[1;32mtry:\x1b[0m prediction\n"
    )


def test_a_log_has_one_line_whatever_the_colour():
    for more in ({}, {"FORCE_COLOR": 1}):
        assert losscli(*BASE, "--prediction", "predction", "--color", "always", **more).stderr == (
            "losscli: diabetes_linear.csv: there is no column 'predction' (--prediction); "
            "needed: one of the columns found: id, prediction. Did you mean prediction?\n"
        )


@pytest.mark.parametrize(
    ("more", "environ", "colour"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": 1}, False),
        ((), {"TERM": "dumb"}, False),
        ((), {"LOSSCLI_COLOR": "never"}, False),
        (("--color", "never"), {}, False),
        (("--color=never",), {}, False),
        (("--color", "always"), {"NO_COLOR": 1}, True),
        (("--color", "always"), {"LOSSCLI_COLOR": "never"}, True),
    ],
)
def test_colour_is_as_asked_for(more, environ, colour):
    said = seen(*BASE, "--id", "identity", *more, **environ)
    assert ("\x1b[" in said) is colour
    assert ESCAPE.sub("", said).startswith("error: diabetes_linear.csv: there is no column 'identity'")


def test_the_place_in_a_gate_is_shown_between_the_fault_and_the_way_out():
    assert seen(*BASE, "--gate", "mse at most 3000", NO_COLOR=1) == (
        "error: --gate: there is no operator\n"
        "    mse at most 3000\n"
        "                    ^\n"
        "  needed: one of <= < >= >\n"
        "  try: --gate 'mse <= 3000'\n"
    )


def test_errors_gates_and_notes_differ_in_word_and_colour(tmp_path):
    (tmp_path / "p.csv").write_text("2.5\n3.5\n")
    (tmp_path / "y.csv").write_text("2\n3\n")
    said = seen(
        "evaluate",
        "p.csv",
        "y.csv",
        "--loss",
        "mse",
        "--fail-above",
        "0.1",
        "--output",
        "o.txt",
        cwd=tmp_path,
    )
    heads = re.findall(r"^(\x1b\[[0-9;]*m[a-z ]+:)\x1b\[0m ", said, re.MULTILINE)
    assert sorted(set(heads)) == ["\x1b[1;35mgate failed:", "\x1b[36mnote:"]
    assert re.search(r"^  worst: row 1", said, re.MULTILINE)


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
def test_lines_are_as_wide_as_the_terminal_and_no_command_is_broken(columns, tmp_path):
    (tmp_path / "records.json").write_text('{"samples": [{"a": 1}, {"a": 2}]}')
    said = seen("evaluate", "records.json", "--loss", "mse", columns=columns, cwd=tmp_path, NO_COLOR=1)
    command = (
        "python -c \"import json; data = json.load(open('records.json')); "
        "[print(json.dumps(row)) for row in data['samples']]\" > records.jsonl"
    )
    assert command in said
    for line in said.splitlines():
        assert len(line) <= columns or line.strip() == command
    # Options that belong together stay together.
    said = seen(*BASE, "--gate", "mse<=3000 and mse.p90<=9000", columns=columns, NO_COLOR=1)
    assert "--gate 'mse<=3000' --gate 'mse.p90<=9000'\n" in said


def test_what_the_terminal_cannot_encode_is_written_otherwise(tmp_path):
    (tmp_path / "w.csv").write_text("prediction,label,weight\n1,0,-1\n")
    call = ("evaluate", "w.csv", "--loss", "mse", "--weight", "weight")
    assert "needed: a finite weight ≥ 0\n" in ESCAPE.sub("", seen(*call, cwd=tmp_path))
    plain = seen(
        *call, cwd=tmp_path, encoding="ascii", LC_ALL="C", PYTHONUTF8=0, PYTHONIOENCODING="ascii", NO_COLOR=1
    )
    assert "needed: a finite weight >= 0\n" in plain


def test_data_cannot_write_to_the_terminal(tmp_path):
    (tmp_path / "d.csv").write_text("prediction,label\n1,\x1b[2J\x9b31m\u202e::error::x\n")
    said = seen("evaluate", "d.csv", "--loss", "mse", cwd=tmp_path, columns=40)
    assert "\\x1b[2J\\x9b31m\\u202e" in said
    assert "\x1b" not in ESCAPE.sub("", said)
    # Nor where a line breaks just before it.
    said = seen(
        "evaluate", "d.csv", "--loss", "mse", "--label", "aaaaaaaaaaaa ::warning::x", cwd=tmp_path, columns=20
    )
    assert not re.search(r"^\s*::", said, re.MULTILINE)


def test_errors_together_have_a_block_each():
    said = seen(*BASE, "--top", "ten", "--format", "jsn", "--gate", "mse", NO_COLOR=1)
    assert len(re.findall(r"^error: ", said, re.MULTILINE)) == 3
    assert len(re.findall(r"^  try: ", said, re.MULTILINE)) == 3


WORDS = st.lists(
    st.sampled_from(["a", "word", "--loss mse:x=1", "`losscli losses`", "long" * 9, "日本語"]), max_size=9
)


@given(WORDS, st.integers(20, 60), st.integers(0, 15))
def test_wrapping_keeps_the_text(words, width, taken):
    lines = list(messages.wrapped(" ".join(words), width, taken))
    assert " ".join(filter(None, lines)) == " ".join(words)
    for number, line in enumerate(lines):
        room = width - (4 if number else taken)
        assert messages.columns(line) <= room or line.split(" --loss")[0].replace("--loss mse:x=1", "") in (
            *words,
            "",
        )
