"""Elements of HTML and SVG as text: the one place where text and attributes are escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from losscli.common.text import visible


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *inside: str, **attributes: str | float | None) -> Markup:
    """Return an element with what is inside of it.

    Text that is no markup is made visible and escaped, and so are the values of attributes; numbers are
    written as places of a drawing. `stroke_width` is written `stroke-width`, and `class_` `class`; an
    attribute that is None is left out.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(map(markup, inside))
    return Markup(f"<{name}{said}/>" if not body and name in _EMPTY else f"<{name}{said}>{body}</{name}>")


_EMPTY = frozenset(("rect", "path", "circle", "meta", "link", "br", "hr"))


def markup(text: str) -> Markup:
    """Return text as markup that shows it."""
    return text if isinstance(text, Markup) else Markup(escape(visible(text)))


def together(parts: Iterable[str]) -> Markup:
    """Return parts one behind the other."""
    return Markup("".join(map(markup, parts)))


def _value(value: str | float) -> str:
    return number(value) if isinstance(value, (int, float)) else escape(visible(value))


def number(value: float) -> str:
    """Return a place in a drawing as short as a screen can tell it from others, the same on every machine."""
    text = f"{round(value * 20.0) / 20.0:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
