"""Text from outside, made safe to show; numbers, made exact to read back."""

from __future__ import annotations

import math
import re

_BIDI = "\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
_INVISIBLE = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDI}\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return `text` with control, bidi and lone surrogate characters written as escapes.

    A terminal then shows them and obeys none: ESC becomes ``\x1b``, U+202E becomes ``\u202e``.
    """
    return _INVISIBLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shorten(text: str, width: int = 60) -> str:
    """Return `text` made visible and, beyond `width` characters, cut with an ellipsis."""
    shown = visible(text[: width + 1])
    return shown if len(text) <= width and len(shown) <= 4 * width else shown[: width - 1] + "…"


def plain_number(value: float) -> str:
    """Return the shortest text that reads back as `value`, without a trailing `.0`."""
    shown = repr(float(value))
    return shown[:-2] if shown.endswith(".0") else shown


def parse_number(text: str) -> float | None:
    """Return the finite number that `text` writes in ASCII, or None.

    Stricter than `float`: no underscores, no digits of other scripts, no `nan` or `inf`.
    """
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def listed(items: list[str] | tuple[str, ...], most: int = 5) -> str:
    """Return up to `most` items, made visible and joined by commas, and how many are left."""
    shown = ", ".join(shorten(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
