"""A chart as SVG: presentation attributes alone, no style and no script, so that strict pages show it.

Lines, words and axes have the colour of the text around them. Roles have colours that can be told from
white and from black (contrast 3 or more), and a shape or a dash each, so that nothing is said by colour
alone. Words stand in margins that are measured for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.outputs.drawing.markup import Markup, number, tag
from losscli.outputs.drawing.svg.marks import (
    WIDTH,
    Bars,
    Cells,
    Chart,
    Diagonal,
    Intervals,
    Line,
    Mark,
    Points,
    Ribbon,
    Role,
    Rule,
    Zone,
)
from losscli.outputs.drawing.svg.places import Frame, framed, room

COLORS: dict[Role, str] = {
    "first": "#0072B2",
    "second": "#D55E00",
    "third": "#009E73",
    "fourth": "#CC79A7",
    "muted": "currentColor",
}
"""Okabe and Ito, Color Universal Design (2008): those with contrast on white and on black."""
DASHES: dict[Role, str] = {"second": "7 4", "third": "2 3", "fourth": "9 3 2 3", "muted": "3 3"}
SIZE = 12.0
"""Of the letters."""
FEW = 60
"""Dots that are larger than those of more."""
SMALLEST = 0.75
"""How much smaller than others the letters in cells may be."""
FILLED = 0.9
"""How opaque a bar is: the grid shows through, and the colours of bars keep a contrast of 3 on white."""
HAIR = 0.75
"""What is there is seen: no bar is lower."""


def svg(chart: Chart, title: str, finding: str, key: str, *, sized: bool = False) -> Markup:
    """Return a chart as one element.

    Args:
        chart: what it shows.
        title: what that is.
        finding: what is to be seen, in words.
        key: tells its ids from those of other charts of the page.
        sized: whether it is as large as it says, and not as wide as there is room.
    """
    height, drawn_ = drawn(chart, key)
    own = {"width": WIDTH, "height": height} if sized else {}
    return image(title, finding, key, (WIDTH, height), *drawn_, **own)


def image(
    title: str, finding: str, key: str, size: tuple[float, float], *inside: Markup, **own: str | float
) -> Markup:
    """Return the element around drawings, so wide and so high: one picture to those who cannot see it."""
    return tag(
        "svg",
        tag("title", title, id=f"{key}-t"),
        tag("desc", finding, id=f"{key}-d"),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(size[0])} {number(size[1])}",
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
        font_family="system-ui, sans-serif",
        font_size=SIZE,
        fill="currentColor",
        **own,
    )


def drawn(chart: Chart, key: str) -> tuple[float, tuple[Markup, ...]]:
    """Return how high a chart is, and what it is made of; `key` tells its ids from those of others."""
    frame = framed(chart)
    plot = tag("rect", x=frame.left, y=frame.top, width=frame.width, height=frame.height)
    marks = (one for mark in chart.marks for one in _mark(mark, frame))
    return frame.whole, (
        *_axes(chart, frame),
        tag("clipPath", plot, id=f"{key}-c"),
        tag("g", *marks, clip_path=f"url(#{key}-c)"),
        *_legend(chart, frame),
    )


def _axes(chart: Chart, frame: Frame) -> Iterator[Markup]:
    bottom, right = frame.top + frame.height, frame.left + frame.width
    # Between names there is nothing to be read off.
    grid = (
        [] if chart.x.names else [_path("M", frame.x(at), frame.top, "V", bottom) for at, _ in frame.x_ticks]
    )
    if not chart.y.names:
        grid += [_path("M", frame.left, frame.y(at), "H", right) for at, _ in frame.y_ticks]
    if grid:
        yield tag("path", d="".join(grid), stroke="currentColor", stroke_opacity="0.18")
    yield tag(
        "path", d=_path("M", frame.left, bottom, "H", right), stroke="currentColor", stroke_opacity="0.6"
    )
    for value, text in frame.x_ticks:
        yield _tick(text, frame.x(value), bottom, turned=frame.turned)
    for value, text in frame.y_ticks:
        yield tag("text", text, x=frame.left - 8.0, y=frame.y(value) + 4.0, text_anchor="end")
    if chart.x.title:
        middle = max(frame.left + frame.width / 2.0, room(chart.x.title) / 2.0)
        middle = min(middle, WIDTH - room(chart.x.title) / 2.0)
        yield tag("text", chart.x.title, x=middle, y=frame.whole - 8.0, text_anchor="middle")
    if chart.y.title:
        # Above the plot it reads without turning one's head, and meets no tick.
        yield tag("text", chart.y.title, x=4.0, y=frame.top - 12.0)


def _tick(text: str, x: float, bottom: float, *, turned: bool) -> Markup:
    if not turned:
        return tag("text", text, x=x, y=bottom + 17.0, text_anchor="middle")
    place = f"{number(x + 4.0)} {number(bottom + 8.0)}"
    return tag("text", text, text_anchor="end", transform=f"translate({place}) rotate(-90)")


def _path(*parts: str | float) -> str:
    """Return commands of a path and their numbers as its text."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            text += ("" if text[-1:].isalpha() else " ") + number(part)
    return text


def _legend(chart: Chart, frame: Frame) -> Iterator[Markup]:
    for (role, words), (left, top) in zip(chart.legend, frame.legend, strict=True):
        those = [mark for mark in chart.marks if getattr(mark, "role", None) == role]
        yield from _sample(those[0] if those else None, role, left, top)
        if len(those) > 1 and isinstance(those[0], Line) and isinstance(those[1], Points):
            yield _shape(left + 12.0, top, role, 4.0)
        yield tag("text", words, x=left + 30.0, y=top + 4.0)


def _sample(mark: Mark | None, role: Role, left: float, top: float) -> Iterator[Markup]:
    """Yield a small picture of how a role is drawn."""
    match mark:
        case Bars() | Cells():
            yield tag("rect", x=left + 4.0, y=top - 6.0, width=16.0, height=12.0, **_fill(role, FILLED))
        case Zone():
            yield tag("rect", x=left + 2.0, y=top - 6.0, width=20.0, height=12.0, **_fill(role, 0.2))
            yield tag("path", d=_hatched(left + 2.0, top - 6.0, 20.0, 12.0), **_stroke(role, 0.8, dash=False))
        case Ribbon():
            yield tag("rect", x=left + 2.0, y=top - 6.0, width=20.0, height=12.0, **_fill(role, 0.2))
        case Points():
            yield _shape(left + 12.0, top, role, 4.5)
        case _:
            yield tag("path", d=_path("M", left, top, "h", 24.0), fill="none", **_stroke(role))
            if isinstance(mark, Intervals):
                yield _shape(left + 12.0, top, role, 4.0)


def _stroke(role: Role, width: float = 2.0, *, dash: bool = True) -> dict[str, str | float | None]:
    dashes = DASHES.get(role) if dash else None
    return {"stroke": COLORS[role], "stroke_width": width, "stroke_dasharray": dashes}


def _fill(role: Role, opacity: float) -> dict[str, str]:
    return {"fill": COLORS[role], "fill_opacity": number(opacity)}


def _mark(mark: Mark, frame: Frame) -> Iterator[Markup]:
    match mark:
        case Bars():
            yield tag("g", *_bars(mark, frame), **_fill(mark.role, FILLED))
        case Line():
            yield tag(
                "path", d=_through(mark, frame), fill="none", stroke_linejoin="round", **_stroke(mark.role)
            )
        case Points():
            yield from _points(mark, frame)
        case Ribbon():
            yield from _ribbon(mark, frame)
        case Intervals():
            yield _intervals(mark, frame)
        case Cells():
            yield tag("g", *_cells(mark, frame), fill=COLORS[mark.role])
            yield from _in_cells(mark, frame)
        case Rule():
            yield _rule(mark, frame)
        case Zone():
            yield from _zone(mark, frame)
        case Diagonal():
            low = max(frame.chart.x.low, frame.chart.y.low)
            high = min(frame.chart.x.high, frame.chart.y.high)
            ends = _path("M", frame.x(low), frame.y(low), "L", frame.x(high), frame.y(high))
            yield tag("path", d=ends, fill="none", **_stroke(mark.role, 1.4))


def _bars(mark: Bars, frame: Frame) -> Iterator[Markup]:
    base = frame.y(mark.base)
    for place, (low, high, top) in enumerate(zip(mark.low, mark.high, mark.tops, strict=True)):
        if top == mark.base:
            continue
        left, right, edge = frame.x(low), frame.x(high), frame.y(top)
        gap, tall = min(1.0, (right - left) * 0.1), max(abs(edge - base), HAIR)
        yield tag(
            "rect",
            *_titled(mark.titles, place),
            x=left + gap / 2.0,
            y=base - tall if top > mark.base else base,
            width=max(right - left - gap, 0.5),
            height=tall,
        )


def _titled(titles: Sequence[str], place: int) -> tuple[Markup, ...]:
    return (tag("title", titles[place]),) if titles else ()


def _through(mark: Line, frame: Frame) -> str:
    parts: list[str | float] = []
    for x, y in zip(mark.x, mark.y, strict=True):
        if not parts:
            parts += ("M", frame.x(x), frame.y(y))
        elif mark.steps:
            parts += ("H", frame.x(x), "V", frame.y(y))
        else:
            parts += ("L", frame.x(x), frame.y(y))
    return _path(*parts)


def _points(mark: Points, frame: Frame) -> Iterator[Markup]:
    places = [(frame.x(x), frame.y(y)) for x, y in zip(mark.x, mark.y, strict=True)]
    if mark.small:
        # One path of dots is a fifth of as many circles.
        dots = "".join(_path("M", x, y, "h", 0.0) for x, y in places)
        yield tag(
            "path",
            d=dots,
            fill="none",
            stroke=COLORS[mark.role],
            stroke_opacity="0.5" if len(places) > FEW else "0.8",
            stroke_width=4.2 if len(places) > FEW else 6.0,
            stroke_linecap="round",
        )
        return
    for place, (x, y) in enumerate(places):
        yield tag("g", *_titled(mark.titles, place), _shape(x, y, mark.role, 4.0))


def _shape(x: float, y: float, role: Role, size: float) -> Markup:
    """Return the shape of a role: a disc, a diamond, a square or a triangle."""
    fill = _fill(role, 1.0)
    if role == "third":
        return tag("rect", x=x - size, y=y - size, width=2.0 * size, height=2.0 * size, **fill)
    if role == "second":
        s = size * 1.25
        return tag("path", d=_path("M", x, y - s, "L", x + s, y, "L", x, y + s, "L", x - s, y, "z"), **fill)
    if role == "fourth":
        s = size * 1.2
        return tag("path", d=_path("M", x, y - s, "L", x + s, y + 0.8 * s, "H", x - s, "z"), **fill)
    return tag("circle", cx=x, cy=y, r=size, **fill)


def _ribbon(mark: Ribbon, frame: Frame) -> Iterator[Markup]:
    upper = [(frame.x(x), frame.y(y)) for x, y in zip(mark.x, mark.high, strict=True)]
    lower = [(frame.x(x), frame.y(y)) for x, y in zip(mark.x, mark.low, strict=True)]
    if upper:
        around = [part for x, y in (*upper, *reversed(lower)) for part in ("L", x, y)]
        yield tag("path", d=_path("M", *around[1:], "z"), **_fill(mark.role, 0.2))


def _intervals(mark: Intervals, frame: Frame) -> Markup:
    found = []
    for at, low, high in zip(mark.at, mark.low, mark.high, strict=True):
        if mark.along == "y":
            x, ends = frame.x(at), (frame.y(low), frame.y(high))
            found.append(_path("M", x, ends[0], "V", ends[1]))
            found += [_path("M", x - 3.0, end, "h", 6.0) for end in ends]
        else:
            y, ends = frame.y(at), (frame.x(low), frame.x(high))
            found.append(_path("M", ends[0], y, "H", ends[1]))
            found += [_path("M", end, y - 4.0, "v", 8.0) for end in ends]
    return tag("path", d="".join(found), fill="none", stroke=COLORS[mark.role], stroke_width=1.6)


def _boxes(mark: Cells, frame: Frame) -> Iterator[tuple[int, float, float, float, float, float]]:
    """Yield the place of each cell in its list, left, top, width and height, and its share."""
    rows = zip(mark.low_x, mark.high_x, mark.low_y, mark.high_y, mark.shares, strict=True)
    for place, (low_x, high_x, low_y, high_y, share) in enumerate(rows):
        left, top = frame.x(low_x), frame.y(high_y)
        yield place, left, top, frame.x(high_x) - left, frame.y(low_y) - top, min(share, 1.0)


def _cells(mark: Cells, frame: Frame) -> Iterator[Markup]:
    if len(mark.shares) > FEW and not mark.texts and not mark.titles:
        yield from _plain_cells(mark, frame)
        return
    for place, left, top, width, height, share in _boxes(mark, frame):
        if share > 0.0:
            # Where there is text in them, they are as faint as it needs to be read on light and on dark.
            titled, opacity = (
                _titled(mark.titles, place),
                number((0.55 if mark.texts else 0.94) * share + 0.06),
            )
            yield tag("rect", *titled, x=left, y=top, width=width, height=height, fill_opacity=opacity)


def _plain_cells(mark: Cells, frame: Frame) -> Iterator[Markup]:
    """Yield many of which nothing is said: all that are as dark as each other are one path, half as long."""
    alike: dict[str, str] = {}
    for _, left, top, width, height, share in _boxes(mark, frame):
        if share > 0.0:
            opacity = number(0.94 * share + 0.06)
            box = _path("M", left, top, "h", width, "v", height, "h", -width, "z")
            alike[opacity] = alike.get(opacity, "") + box
    for opacity, boxes in sorted(alike.items(), key=lambda one: float(one[0])):
        yield tag("path", d=boxes, fill_opacity=opacity)


def _in_cells(mark: Cells, frame: Frame) -> Iterator[Markup]:
    """Yield the texts of cells, somewhat smaller if all of them have room then."""
    boxes = [*_boxes(mark, frame)] if mark.texts else []
    fits = min(
        ((width - 2.0) / room(mark.texts[at]) for at, _, _, width, _, _ in boxes if mark.texts[at]),
        default=1.0,
    )
    scale = fits if SMALLEST <= fits < 1.0 else 1.0
    size = SIZE * scale if scale < 1.0 else None
    for place, left, top, width, height, _ in boxes:
        text = mark.texts[place]
        if text and room(text) * scale <= width - 1.9 and height >= SIZE:
            middle = top + height / 2.0 + 4.0 * scale
            yield tag("text", text, x=left + width / 2.0, y=middle, text_anchor="middle", font_size=size)


def _rule(mark: Rule, frame: Frame) -> Markup:
    if mark.along == "y":
        path = _path("M", frame.x(mark.at), frame.top, "v", frame.height)
    else:
        path = _path("M", frame.left, frame.y(mark.at), "h", frame.width)
    return tag("path", d=path, fill="none", **_stroke(mark.role, 1.6))


def _zone(mark: Zone, frame: Frame) -> Iterator[Markup]:
    left, right = (
        min(max(frame.x(at), frame.left), frame.left + frame.width) for at in (mark.low, mark.high)
    )
    if not right > left:
        return
    box = left, frame.top, right - left, frame.height
    yield tag("rect", x=box[0], y=box[1], width=box[2], height=box[3], **_fill(mark.role, 0.12))
    yield tag("path", d=_hatched(*box), stroke_opacity="0.5", **_stroke(mark.role, 0.8, dash=False))


def _hatched(left: float, top: float, width: float, height: float, step: float = 8.0) -> str:
    """Return slanted lines that fill a box, none beyond it."""
    lines, at = [], step / 2.0
    while at < width + height:
        start, end = min(at, width), max(at - height, 0.0)
        lines.append(_path("M", left + start, top + at - start, "L", left + end, top + at - end))
        at += step
    return "".join(lines)
