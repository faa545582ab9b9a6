"""Pages for a browser, read by a parser: which elements there are, and what each holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "nav",
        "a",
        "section",
        "h1",
        "h2",
        "h3",
        "p",
    ),
    *("pre", "code", "strong", "span", "ul", "li", "div", "figure", "figcaption", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "desc", "g", "path", "rect", "circle", "text", "clippath"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "id", "class", "role", "scope", "tabindex"),
    *("aria-labelledby", "aria-label", "xmlns", "viewbox", "d", "x", "y", "cx", "cy", "r", "width", "height"),
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
    *("stroke-linejoin", "stroke-linecap", "text-anchor", "font-family", "font-size", "clip-path"),
    *("transform", "href"),
}
"""None of them runs or loads anything, and `style` is not among them; `href` leads to a place on the page."""
VOID = {"meta"}


@dataclass
class Node:
    """An element: its name, its attributes, and what is in it."""

    tag: str
    attributes: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Node]:
        """Return every element below that has one of these names, in order."""
        return [one for one in self.walk() if one.tag in tags]

    def walk(self) -> Iterator[Node]:
        for one in self.inside:
            if isinstance(one, Node):
                yield one
                yield from one.walk()

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Node("", {})
        self.open = [self.root]
        self.feed(text)
        self.close()
        assert self.open == [self.root], [one.tag for one in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES, (tag, attrs)
        assert all(re.fullmatch("#[a-z0-9-]+", value or "") for name, value in attrs if name == "href"), attrs
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parsed(text: str) -> Node:
    """Return a page; every element begins and ends, and none is unknown, nor any attribute."""
    return _Reader(text).root


@dataclass(frozen=True)
class Box:
    """About where a text of a drawing stands."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether both have room in common."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide > 0.1 and tall > 0.1


LETTER, ASCENT, DESCENT = 6.9, 9.0, 3.0


def boxes(svg: Node) -> list[Box]:
    """Return where the texts of a drawing are, by the width of a letter that drawings are made for."""
    return [_box(node) for node in svg.all("text")]


def _box(node: Node) -> Box:
    from losscli.outputs.drawing.svg.places import room

    width = room(node.text)
    turned = re.fullmatch(r"translate\((\S+) (\S+)\) rotate\(-90\)", node.get("transform") or "")
    if turned:
        x, y = map(float, turned.groups())
        return Box(node.text, x - ASCENT, y, x + DESCENT, y + width)
    x, y = float(node["x"]), float(node["y"])
    left = {"middle": x - width / 2.0, "end": x - width}.get(node.get("text-anchor") or "", x)
    return Box(node.text, left, y - ASCENT, left + width, y + DESCENT)


def clashes(svg: Node) -> list[tuple[str, str]]:
    """Return pairs of texts of a drawing that meet, and texts that go beyond it."""
    found = boxes(svg)
    _, _, width, height = map(float, svg["viewbox"].split())
    pairs = [
        (one.text, other.text)
        for place, one in enumerate(found)
        for other in found[place + 1 :]
        if one.meets(other)
    ]
    # A unit is a pixel.
    beyond = [
        (one.text, "beyond the drawing")
        for one in found
        if one.left < -1.0 or one.top < -1.0 or one.right > width + 1.0 or one.bottom > height + 1.0
    ]
    return pairs + beyond
