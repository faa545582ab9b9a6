"""Charts as a file of their own: below each other, each with its title and what is to be seen in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.common.text import shorten, visible
from losscli.outputs.drawing.elements import Figure, parts_of
from losscli.outputs.drawing.markup import Markup, number, tag
from losscli.outputs.drawing.svg.marks import WIDTH
from losscli.outputs.drawing.svg.places import cut, room
from losscli.outputs.drawing.svg.write import SIZE, drawn, image

MARGIN, APART = 16.0, 14.0
HEADING, LINE = 15.0, 17.0
"""The size of titles, and how far the lines of a text are apart."""
PAPER, INK = "#ffffff", "#1f2328"
"""It has a background of its own, and so reads the same wherever it is put."""
MOST_LINES = 6
LONGEST = 200
"""Letters of a text from outside that are shown."""


def alone(figures: Sequence[Figure], key: str) -> Markup:
    """Return charts as one picture with its size; `key` begins its ids."""
    parts, top = [], MARGIN
    for place, figure in enumerate(figures):
        inside, height = _figure(figure, f"{key}-{place}")
        parts.append(tag("g", *inside, transform=f"translate({number(MARGIN)} {number(top)})"))
        top += height + APART
    size = WIDTH + 2.0 * MARGIN, top - APART + MARGIN
    paper = tag("rect", width=size[0], height=size[1], fill=PAPER)
    title = "; ".join(_title(figure) for figure in figures)
    finding = " ".join(_finding(figure) for figure in figures)
    return image(title, finding, key, size, paper, *parts, width=size[0], height=size[1], color=INK)


def _figure(figure: Figure, key: str) -> tuple[list[Markup], float]:
    """Return a chart below its title and its finding, and how high all of it is."""
    found, top = [], HEADING
    for text in _lines(_title(figure), HEADING / SIZE):
        found.append(tag("text", text, y=top, font_size=HEADING))
        top += HEADING + 5.0
    for text in _lines(_finding(figure)):
        found.append(tag("text", text, y=top, fill_opacity="0.8"))
        top += LINE
    height, inside = drawn(figure.chart, key)
    return [*found, tag("g", *inside, transform=f"translate(0 {number(top)})")], top + height


def _title(figure: Figure) -> str:
    return f"{figure.title}: {shorten(figure.subject, LONGEST)}" if figure.subject else figure.title


def _finding(figure: Figure) -> str:
    return "".join(part if type(part) is str else shorten(part, LONGEST) for part in parts_of(figure.finding))


def _lines(text: str, size: float = 1.0) -> Iterator[str]:
    """Yield the lines of a text, none wider than the picture; a word that is, and a text too long, is cut."""
    lines, most = [""], WIDTH / size
    for word in visible(text).split():
        longer = f"{lines[-1]} {word}".lstrip()
        if room(longer) <= most:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        lines[-1] = cut(word, most)
    yield from lines[: MOST_LINES - 1]
    if len(lines) >= MOST_LINES:
        yield lines[MOST_LINES - 1] if len(lines) == MOST_LINES else f"{lines[MOST_LINES - 1][:-1]}…"
