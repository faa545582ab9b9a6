"""Pages of text for a terminal: lines in a few styles, in ASCII where nothing else can be shown."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from losscli.common.text import visible
from losscli.outputs.drawing.console import Color, console, looks

Style = Literal["plain", "heading", "faint", "curve"]
_STYLES = {"plain": "", "heading": "bold", "faint": "dim", "curve": "cyan"}
_PLAIN = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "*", "±": "+-", "√": "sqrt ", "∞": "inf", "≤": "<=",
    "≥": ">=", "≠": "!=", "≈": "~", "→": "->", "…": "...", "‖": "||", "∈": "in", "∂": "d", "∇": "grad ",
    "∓": "-+", "∩": "and", "∪": "or", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae",
    "Σ": "sum", "Π": "prod", "∑": "sum", "⁄": "/", "’": "'", "‘": "'", "“": '"', "”": '"', "\u0302": "hat",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; its first `bold` characters stand out."""

    text: str
    style: Style = "plain"
    bold: int = 0


def show(lines: Iterable[Line], color: Color) -> None:
    """Print the lines on stdout as they are: whoever made them knew the width."""
    from rich.text import Text

    screen = console(color, wrap=False)
    plain = looks(sys.stdout, color).ascii_only
    for line in lines:
        shown = Text(visible(to_ascii(line.text) if plain else line.text), _STYLES[line.style])
        shown.stylize("bold", 0, line.bold)
        screen.print(shown, soft_wrap=True)


def to_ascii(text: str) -> str:
    """Return the text of a formula in ASCII: `ŷ² ≤ δ` becomes `yhat^2 <= delta`."""
    if text.isascii():
        return text
    raised = re.sub(r"[²³¹⁰-⁹⁺-ⁿᴬ-ᵪᶜ-ᶻ]+", lambda found: "^" + unicodedata.normalize("NFKD", found[0]), text)
    return "".join(map(_plain, unicodedata.normalize("NFKD", raised)))


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    greek = re.fullmatch(r"GREEK (?:SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(character, ""))
    if greek:
        return greek[1].lower()
    return "" if unicodedata.combining(character) else "?"
