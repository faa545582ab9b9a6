"""What is said on stderr: one line a message in a log, and in a shape of its own on a terminal.

    error: predictions.csv row 1041: prediction is 1.2
      needed: a probability in [0, 1], for binary_cross_entropy
      try: if these are logits: --loss binary_cross_entropy:from_logits=true

In a log each line begins with our name, so that no runner takes it for a command of its own.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from losscli.cli.terminal.streams import complain
from losscli.common.addresses import scrubbed
from losscli.common.errors import LosscliError, message
from losscli.common.text import unlike_command, visible

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Color, Looks

_STYLES = {
    "error": "1;31",
    "gate failed": "1;35",
    "gate undecided": "1;38;5;136",
    "note": "36",
    "needed": "1",
    "try": "1;32",
}
_MARGIN = "    "
_NARROWEST = 20
_ASCII = str.maketrans({"≥": ">=", "≤": "<=", "…": "...", "−": "-", "–": "-", "×": "x"})
# What is pasted stays in one piece: a command up to the end of its sentence, options with their values.
_QUOTED = r"""'[^']*'|"[^"]*\""""
_COMMAND = (
    rf"(?:losscli|python|pip|git|curl|mkdir|zstd|lz4) (?:{_QUOTED}|(?!;\s|[.,]\s+[A-Za-z]|,? or )[^'\"])+"
)
_OPTION = rf"--[a-z][\w-]*(?:[ =](?!-)(?:{_QUOTED}|[^\s'\";])+)?"
_PIECE = re.compile(rf"`[^`]*`\S*|(?<!\S){_COMMAND}|(?<=Swap the two: ).+|{_OPTION}(?: {_OPTION})*\S*|\S+")
_HINT = re.compile(r"Did you mean (.+)\?")
_NEEDS = re.compile(r"(\S+) needs? (.+)")
_color: Color = "auto"


def heed(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> None:
    """Take from a call whether its messages may be coloured, before any of it is read or found wrong."""
    global _color
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    asked = [environ.get("LOSSCLI_COLOR", "")]
    for word, after in pairwise([*words, ""]):
        asked.append(after if word == "--color" else word.removeprefix("--color="))
    known = [one for one in asked if one in ("auto", "always", "never")]
    _color = cast("Color", known[-1]) if known else "auto"


def error(one: LosscliError) -> None:
    """Say what was wrong, and what to do."""
    shown = _terminal()
    if shown is None:
        _log(message(one))
        return
    one = LosscliError(*map(scrubbed, (one.where, one.found, one.needed, one.remedy)))
    what = ": ".join(part for part in (visible(one.where), visible(one.found)) if part)
    remedy, _, drawing = one.remedy.partition("\n")
    _draw(shown, "error", what)
    for line in drawing.split("\n") if drawing else ():
        complain(f"  {_readable(visible(line), shown)}")
    if one.needed:
        needed = _NEEDS.fullmatch(visible(one.needed))
        _draw(shown, "needed", f"{needed[2]}, for {needed[1]}" if needed else visible(one.needed), "  ")
    if remedy.strip():
        hint = _HINT.fullmatch(remedy.strip())
        _draw(shown, "try", visible(hint[1] if hint else remedy.strip()), "  ")


def note(text: str) -> None:
    """Say what is no error, and yet to be known."""
    _say("note", visible(text))


def gate(text: str) -> None:
    """Say that a gate did not pass, in a sentence that begins with that."""
    word, _, rest = text.partition(": ")
    _say(word, rest)


def plain(text: str) -> None:
    """Say what has no word before it, such as what stands behind a failed gate."""
    shown = _terminal()
    if shown is None:
        _log(text)
        return
    for line in text.split("\n"):
        complain(unlike_command(_readable(visible(line), shown)))


def _say(word: str, text: str) -> None:
    shown = _terminal()
    if shown is None:
        _log(f"{word}: {text}")
    else:
        _draw(shown, word, text)


def _log(text: str) -> None:
    # CI runners obey lines that begin with `::` or `##`, blanks before them ignored, so every
    # line begins with our name.
    for line in text.split("\n"):
        complain(f"losscli: {visible(line)}")


def _terminal() -> Looks | None:
    """Return what stderr can show where it is a terminal."""
    if not sys.stderr.isatty():
        return None
    from losscli.outputs.drawing.console import looks

    return looks(sys.stderr, _color)


def _readable(text: str, shown: Looks) -> str:
    return text.translate(_ASCII) if shown.ascii_only else text


def _draw(shown: Looks, word: str, text: str, indent: str = "") -> None:
    """Write a word in its colour and a text behind it, as wide as the terminal."""
    style = _STYLES.get(word)
    head = f"{word}:"
    painted = f"\x1b[{style}m{head}\x1b[0m" if style and shown.color else head
    width = max(_NARROWEST, shown.width or 80)
    for number, line in enumerate(wrapped(_readable(text, shown), width, len(indent + head) + 1)):
        complain(f"{_MARGIN}{line}" if number else f"{indent}{painted} {line}".rstrip())


def wrapped(text: str, width: int, taken: int) -> Iterator[str]:
    """Yield the lines of a text, broken at blanks, but never within a command or an option and its value.

    What is wider than a line has one of its own, which the terminal breaks: a copy of it is whole.

    Args:
        text: one line, its data visible.
        width: columns of the terminal; the margin of all lines but the first is left free.
        taken: columns that the first line has no more.
    """
    line, room = "", width - taken
    for piece in _pieces(text):
        wide = columns(piece)
        if line and columns(line) + 1 + wide > room:
            yield line
            line, room = "", width - len(_MARGIN)
        elif not line and wide > room and room < width - len(_MARGIN):
            yield ""
            room = width - len(_MARGIN)
        line = f"{line} {piece}" if line else unlike_command(piece)
    yield line


def _pieces(text: str) -> Iterable[str]:
    return (found.group() for found in _PIECE.finditer(text))


def columns(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)
