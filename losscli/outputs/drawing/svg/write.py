"""A chart as SVG: presentation attributes alone, no style and no script, so that strict pages show it.

Lines, words and axes have the colour of the text around them. Roles have colours of Okabe and Ito's palette
that can be told from white and from black (contrast 3 or more), and a shape or a dash each, so that nothing is
said by colour alone. All words stand in margins that are measured for them; ticks without room are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from losscli.common.text import visible
from losscli.outputs.drawing.svg.marks import (
    HEIGHT,
    WIDTH,
    Axis,
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
)
from losscli.outputs.drawing.svg.places import Frame, framed, number, room
from losscli.outputs.drawing.svg.ticks import ticks_of

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
LONGEST_NAME = 28


def svg(chart: Chart, title: str, finding: str, key: str, *, alone: bool = False) -> str:
    """Return a chart as one element.

    Args:
        chart: what is drawn.
        title: what it shows.
        finding: what is to be seen, in words.
        key: tells its ids from those of other charts of the page.
        alone: whether it is a file of its own, which has a background and a size.
    """
    frame = framed(chart)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(WIDTH)} {number(frame.whole)}" '
        f'role="img" aria-labelledby="{key}-t {key}-d" font-family="system-ui, sans-serif" '
        f'font-size="{number(SIZE)}" fill="currentColor"'
    )
    if alone:
        head += f' width="{number(WIDTH)}" height="{number(frame.whole)}" color="#1f2328"'
    parts = [
        f"{head}>",
        f'<title id="{key}-t">{_text(title)}</title><desc id="{key}-d">{_text(finding)}</desc>',
        *(['<rect width="100%" height="100%" fill="#ffffff"/>'] if alone else ()),
        *_axes(chart, frame),
        f'<clipPath id="{key}-c"><rect x="{number(frame.left)}" y="{number(frame.top)}" '
        f'width="{number(frame.width)}" height="{number(frame.height)}"/></clipPath>',
        f'<g clip-path="url(#{key}-c)">',
        *(part for mark in chart.marks for part in _mark(mark, frame)),
        "</g>",
        *_legend(chart, frame),
        "</svg>",
    ]
    return "".join(parts)


def _text(text: str) -> str:
    return escape(visible(text))


def _axes(chart: Chart, frame: Frame) -> Iterator[str]:
    yield '<g stroke="currentColor" stroke-opacity="0.18">'
    bottom, right = frame.top + frame.height, frame.left + frame.width
    for value, _ in frame.x_ticks:
        place = number(frame.x(value))
        yield f'<path d="M{place} {number(frame.top)}V{number(bottom)}"/>'
    for value, _ in frame.y_ticks:
        place = number(frame.y(value))
        yield f'<path d="M{number(frame.left)} {place}H{number(right)}"/>'
    yield "</g>"
    yield f'<path d="M{number(frame.left)} {number(bottom)}H{number(right)}" stroke="currentColor" '
    yield 'stroke-opacity="0.6"/>'
    for value, text in frame.x_ticks:
        yield f'<text x="{number(frame.x(value))}" y="{number(bottom + 17)}" text-anchor="middle">{_text(text)}</text>'
    for value, text in frame.y_ticks:
        shown = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
        yield f'<text x="{number(frame.left - 8)}" y="{number(frame.y(value) + 4)}" text-anchor="end">'
        yield f"{_text(shown)}</text>"
    if chart.x.title:
        middle = number(frame.left + frame.width / 2)
        yield f'<text x="{middle}" y="{number(bottom + 36)}" text-anchor="middle">{_text(chart.x.title)}</text>'
    if chart.y.title:
        # Above the plot it reads without turning one's head, and meets no tick.
        yield f'<text x="4" y="{number(frame.top - 12)}">{_text(chart.y.title)}</text>'


def _legend(chart: Chart, frame: Frame) -> Iterator[str]:
    for (role, words), (left, top) in zip(chart.legend, frame.legend, strict=True):
        first = next((mark for mark in chart.marks if getattr(mark, "role", None) == role), None)
        yield _sample(first, role, left, top)
        yield f'<text x="{number(left + 30)}" y="{number(top + 4)}">{_text(words)}</text>'


def _sample(mark: Mark | None, role: Role, left: float, top: float) -> str:
    """Return a small picture of how a role is drawn."""
    match mark:
        case Bars() | Cells():
            return f'<rect x="{number(left + 4)}" y="{number(top - 6)}" width="16" height="12" {_fill(role, 0.75)}/>'
        case Ribbon():
            return f'<rect x="{number(left + 2)}" y="{number(top - 6)}" width="20" height="12" {_fill(role, 0.2)}/>'
        case Points():
            return _shape(left + 12, top, role, 4.5)
        case _:
            line = f'<path d="M{number(left)} {number(top)}h24" fill="none" {_stroke(role)}/>'
            return line + (_shape(left + 12, top, role, 4.0) if isinstance(mark, Intervals) else "")


def _stroke(role: Role, width: float = 2.0) -> str:
    dash = f' stroke-dasharray="{DASHES[role]}"' if role in DASHES else ""
    return f'stroke="{COLORS[role]}" stroke-width="{number(width)}"{dash}'


def _fill(role: Role, opacity: float) -> str:
    return f'fill="{COLORS[role]}" fill-opacity="{number(opacity)}"'


def _mark(mark: Mark, frame: Frame) -> Iterator[str]:
    match mark:
        case Bars():
            yield from _bars(mark, frame)
        case Line():
            yield f'<path d="{_path(mark, frame)}" fill="none" {_stroke(mark.role)} stroke-linejoin="round"/>'
        case Points():
            yield from _points(mark, frame)
        case Ribbon():
            yield from _ribbon(mark, frame)
        case Intervals():
            yield from _intervals(mark, frame)
        case Cells():
            yield from _cells(mark, frame)
        case Rule():
            yield _rule(mark, frame)
        case Diagonal():
            low, high = max(frame.chart.x.low, frame.chart.y.low), min(frame.chart.x.high, frame.chart.y.high)
            yield _segment(frame, (low, low), (high, high), mark.role)


def _bars(mark: Bars, frame: Frame) -> Iterator[str]:
    base = frame.y(mark.base)
    yield f"<g {_fill(mark.role, 0.75)}>"
    for place, (low, high, top) in enumerate(zip(mark.low, mark.high, mark.tops, strict=True)):
        if top == mark.base:
            continue
        left, right, edge = frame.x(low), frame.x(high), frame.y(top)
        gap = min(1.0, (right - left) * 0.1)
        # What is there is seen: a bar is never thinner than a hair.
        height = max(abs(edge - base), 0.75)
        upper = min(edge, base) if edge <= base else base
        if height == 0.75 and edge <= base:
            upper = base - height
        yield (
            f'<rect x="{number(left + gap / 2)}" y="{number(upper)}" width="{number(max(right - left - gap, 0.5))}" '
            f'height="{number(height)}">{_title(mark.titles, place)}</rect>'
        )
    yield "</g>"


def _title(titles: Sequence[str], place: int) -> str:
    return f"<title>{_text(titles[place])}</title>" if titles else ""


def _path(mark: Line, frame: Frame) -> str:
    found, before = [], None
    for x, y in zip(mark.x, mark.y, strict=True):
        here = number(frame.x(x)), number(frame.y(y))
        if before is None:
            found.append(f"M{here[0]} {here[1]}")
        elif mark.steps:
            found.append(f"H{here[0]}V{here[1]}")
        else:
            found.append(f"L{here[0]} {here[1]}")
        before = here
    return "".join(found)


def _points(mark: Points, frame: Frame) -> Iterator[str]:
    if mark.small:
        # One path of dots is a fifth of as many circles.
        dots = "".join(
            f"M{number(frame.x(x))} {number(frame.y(y))}h0" for x, y in zip(mark.x, mark.y, strict=True)
        )
        color = f'stroke="{COLORS[mark.role]}" stroke-opacity="0.45"'
        yield f'<path d="{dots}" fill="none" {color} stroke-width="3" stroke-linecap="round"/>'
        return
    for place, (x, y) in enumerate(zip(mark.x, mark.y, strict=True)):
        shape = _shape(frame.x(x), frame.y(y), mark.role, 4.0)
        yield f"<g>{shape}{_title(mark.titles, place)}</g>" if mark.titles else shape


def _shape(x: float, y: float, role: Role, size: float) -> str:
    """Return the shape of a role: a disc, a diamond, a square or a triangle."""
    fill = _fill(role, 1.0)
    if role == "second":
        s = size * 1.25
        return f'<path d="M{number(x)} {number(y - s)}l{number(s)} {number(s)}l{number(-s)} {number(s)}l{number(-s)} {number(-s)}z" {fill}/>'
    if role == "third":
        return f'<rect x="{number(x - size)}" y="{number(y - size)}" width="{number(2 * size)}" height="{number(2 * size)}" {fill}/>'
    if role == "fourth":
        s = size * 1.2
        return (
            f'<path d="M{number(x)} {number(y - s)}l{number(s)} {number(1.8 * s)}h{number(-2 * s)}z" {fill}/>'
        )
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(size)}" {fill}/>'


def _ribbon(mark: Ribbon, frame: Frame) -> Iterator[str]:
    upper = [f"{number(frame.x(x))} {number(frame.y(y))}" for x, y in zip(mark.x, mark.high, strict=True)]
    lower = [f"{number(frame.x(x))} {number(frame.y(y))}" for x, y in zip(mark.x, mark.low, strict=True)]
    if upper:
        yield f'<path d="M{"L".join([*upper, *reversed(lower)])}z" {_fill(mark.role, 0.2)}/>'


def _intervals(mark: Intervals, frame: Frame) -> Iterator[str]:
    found = []
    for at, low, high in zip(mark.at, mark.low, mark.high, strict=True):
        if mark.along == "y":
            x, a, b = frame.x(at), frame.y(low), frame.y(high)
            found.append(f"M{number(x)} {number(a)}V{number(b)}")
            found += [f"M{number(x - 3)} {number(end)}h6" for end in (a, b)]
        else:
            y, a, b = frame.y(at), frame.x(low), frame.x(high)
            found.append(f"M{number(a)} {number(y)}H{number(b)}")
            found += [f"M{number(end)} {number(y - 4)}v8" for end in (a, b)]
    yield f'<path d="{"".join(found)}" fill="none" stroke="{COLORS[mark.role]}" stroke-width="1.6"/>'


def _cells(mark: Cells, frame: Frame) -> Iterator[str]:
    yield f'<g fill="{COLORS[mark.role]}">'
    rows = zip(mark.low_x, mark.high_x, mark.low_y, mark.high_y, mark.shares, strict=True)
    for place, (low_x, high_x, low_y, high_y, share) in enumerate(rows):
        if share <= 0.0:
            continue
        left, right, top, bottom = frame.x(low_x), frame.x(high_x), frame.y(high_y), frame.y(low_y)
        opacity = number(0.08 + 0.87 * min(share, 1.0))
        yield (
            f'<rect x="{number(left)}" y="{number(top)}" width="{number(right - left)}" '
            f'height="{number(bottom - top)}" fill-opacity="{opacity}">{_title(mark.titles, place)}</rect>'
        )
    yield "</g>"
    if not mark.texts:
        return
    rows = zip(mark.low_x, mark.high_x, mark.low_y, mark.high_y, mark.shares, strict=True)
    for place, (low_x, high_x, low_y, high_y, share) in enumerate(rows):
        text = mark.texts[place]
        if (
            text
            and room(text) <= frame.x(high_x) - frame.x(low_x) - 2
            and frame.y(low_y) - frame.y(high_y) >= SIZE
        ):
            x, y = (frame.x(low_x) + frame.x(high_x)) / 2, (frame.y(low_y) + frame.y(high_y)) / 2
            color = ' fill="#ffffff"' if share > 0.55 else ""
            yield f'<text x="{number(x)}" y="{number(y + 4)}" text-anchor="middle"{color}>{_text(text)}</text>'


def _rule(mark: Rule, frame: Frame) -> str:
    if mark.along == "y":
        path = f"M{number(frame.x(mark.at))} {number(frame.top)}v{number(frame.height)}"
    else:
        path = f"M{number(frame.left)} {number(frame.y(mark.at))}h{number(frame.width)}"
    return f'<path d="{path}" fill="none" {_stroke(mark.role, 1.6)}/>'


def _segment(frame: Frame, one: tuple[float, float], other: tuple[float, float], role: Role) -> str:
    path = f"M{number(frame.x(one[0]))} {number(frame.y(one[1]))}L{number(frame.x(other[0]))} {number(frame.y(other[1]))}"
    return f'<path d="{path}" fill="none" {_stroke(role, 1.4)}/>'


__all__ = ["Axis", "svg", "ticks_of"]
