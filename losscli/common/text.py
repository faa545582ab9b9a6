"""Text from outside, made safe to show; numbers, made exact to read back."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

EMPTY = "(empty)"
"""What a cell without text is called, where it is the name of something."""
_BIDI = "\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
_UNSEEN = "\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"
# XML forbids some of these, HTML the rest.
_NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(end)}{chr(end + 1)}" for end in range(0xFFFE, 0x110000, 1 << 16)
)
# Azure Pipelines, GitHub and TeamCity look for `##vso[`, `##[` and `##teamcity[` anywhere in a line.
_RUNNER = r"(?<=#)#(?=\w*\[)"
_INVISIBLE = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDI}{_UNSEEN}{_NO_CHARACTERS}\ud800-\udfff]|{_RUNNER}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


def visible(text: str) -> str:
    r"""Return `text` with control, bidi, unseen, lone surrogates and noncharacters written as escapes.

    A terminal then shows them and obeys none: ESC becomes ``\x1b``, U+202E becomes ``\u202e``.
    A CI runner finds no command inside a line either: ``##vso[`` becomes ``#\x23vso[``. Text that
    begins a line needs `unlike_command` besides.
    """
    return _INVISIBLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unlike_command(text: str) -> str:
    r"""Return `text`, its first colon as ``\x3a`` where a CI runner would take a line of it as a command.

    GitHub's commands begin with two colons, behind blanks or not.
    """
    rest = text.lstrip()
    return f"{text[: len(text) - len(rest)]}\\x3a{rest[1:]}" if rest.startswith("::") else text


def encodable(text: str) -> str:
    r"""Return `text` with lone surrogates (bytes of a path that are no UTF-8) written as ``\udc80``.

    No UTF-8 file and no strict JSON parser takes them as they are.
    """
    return _SURROGATE.sub(_escape, text)


def spreadsheet_text(text: str) -> str:
    """Return `text` made visible, and with an apostrophe before what a spreadsheet would compute.

    A number is left alone: an id `-5` is no formula.
    """
    shown = visible(text)
    return f"'{shown}" if text.startswith(_FORMULA) and parse_number(shown) is None else shown


def shorten(text: str, width: int = 60) -> str:
    """Return `text` made visible and, beyond `width` characters, cut with an ellipsis."""
    shown = visible(text[: width + 1])
    return shown if len(text) <= width and len(shown) <= 4 * width else shown[: width - 1] + "…"


def plain_number(value: float) -> str:
    """Return the shortest text that reads back as `value`, without a trailing `.0`."""
    return exact_number(value).removesuffix(".0")


def exact_number(value: float) -> str:
    """Return the shortest text that reads back as `value`; `inf`, `-inf` and `nan` as they are."""
    return repr(float(value))


def readable_number(value: float, digits: int = 6) -> str:
    """Return `value` to `digits` significant digits, for the eye: `3046.9`, `1234568`, `1.2e-07`.

    Whole numbers up to a quadrillion are written out; trailing zeros are left away.
    """
    if 10.0 ** (digits - 1) <= abs(value) < 1e15:
        return f"{value:.0f}"
    shown = f"{value:.{digits}g}"
    return "0" if shown == "-0" else shown


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


def decoded(document: bytes) -> str:
    """Return the text of a document in UTF-8, or in UTF-16 that begins with its mark, as shells write it.

    Raises:
        UnicodeDecodeError: for bytes that are neither (see `encoding_of`).
    """
    marked = document[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return document.decode("utf-16" if marked else "utf-8-sig")


def encoding_of(error: UnicodeDecodeError) -> str:
    """Return what a document should have been: UTF-8 or UTF-16."""
    return "UTF-16" if error.encoding.lower().startswith("utf-16") else "UTF-8"


def exact_value(text: str) -> Decimal | None:
    """Return the number that `text` writes, every digit of it, or None: 6.0 is 6, 2⁵³ + 1 is not 2⁵³."""
    if parse_number(text) is None:
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:  # an exponent of twenty digits
        return None


def is_whole(value: Decimal) -> bool:
    """Tell whether a number of `exact_value` is an integer, however large."""
    return value == value.to_integral_value()


def listed(items: list[str] | tuple[str, ...], most: int = 5) -> str:
    """Return up to `most` items, made visible and joined by commas, and how many are left."""
    shown = ", ".join(shorten(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def nearest(name: str, known: Iterable[str], most: int = 1) -> str:
    """Return the question that names the known words most like `name`, or nothing where none is."""
    # Imported by whoever made a mistake, and by nobody else.
    from difflib import get_close_matches

    words = list(known)
    near = get_close_matches(name, words, most) or get_close_matches(name.lower(), words, most)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def pointed(text: str, place: int) -> str:
    """Return two lines: the text, made visible, and a caret under the character at `place`."""
    return f"  {visible(text)}\n  {' ' * len(visible(text[:place]))}^"
