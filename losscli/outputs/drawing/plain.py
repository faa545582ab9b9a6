"""Our own words in ASCII, for screens that show nothing else; text from outside is escaped instead."""

from __future__ import annotations

import re
import unicodedata

_STAND_INS = {
    "−": "-", "–": "-", "—": "-", "─": "-", "·": "*", "×": "*", "±": "+-", "√": "sqrt ", "∞": "inf",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "→": "->", "←": "<-", "…": "...", "‖": "||", "∈": "in",
    "∂": "d", "∇": "grad ", "∓": "-+", "∩": "and", "∪": "or", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "ß": "ss", "æ": "ae", "Σ": "sum", "Π": "prod", "∑": "sum", "⁄": "/", "’": "'", "‘": "'",
    "“": '"', "”": '"', "\u0302": "hat",
    "▁": ".", "▂": ":", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "#", "█": "@",
}  # fmt: skip
_RAISED = re.compile(r"[²³¹⁰-⁹⁺-ⁿᴬ-ᵪᶜ-ᶻ]+")


def to_ascii(text: str) -> str:
    """Return the text of a formula in ASCII: `ŷ² ≤ δ` becomes `yhat^2 <= delta`."""
    if text.isascii():
        return text
    raised = _RAISED.sub(lambda found: "^" + unicodedata.normalize("NFKD", found[0]), text)
    return "".join(map(_stand_in, unicodedata.normalize("NFKD", raised.replace("√(", "sqrt("))))


def _stand_in(character: str) -> str:
    if character.isascii():
        return character
    if character in _STAND_INS:
        return _STAND_INS[character]
    greek = re.fullmatch(r"GREEK (?:SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(character, ""))
    if greek:
        return greek[1].lower()
    return "" if unicodedata.combining(character) else character.encode("ascii", "backslashreplace").decode()
