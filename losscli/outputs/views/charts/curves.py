"""Charts of losses: their values and their gradients, those that share their axes in one chart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import UsageError
from losscli.common.text import readable_number, shorten
from losscli.loss.contract.curve import Portrait, portraits
from losscli.loss.spec import BoundLoss
from losscli.outputs.drawing.curve import limits
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Chart, Line, Role
from losscli.outputs.drawing.svg.ticks import ticks_of

ROLES: tuple[Role, ...] = ("first", "second", "third", "fourth", "muted")
"""Of the curves of a chart, in their order: as many as can be told apart."""
LONGEST = 36
"""Letters of a spec."""
ROWS, DIGITS = 9, 3
"""Rows of the table of a chart, about, and digits of its numbers."""
HEIGHT = 200.0
Curves = Mapping[str, Portrait]


def curves(bounds: Sequence[BoundLoss]) -> Iterator[Figure]:
    """Yield a chart of the losses and one of their gradients, for all that share their axes.

    Of a loss that shares them with no other the curves for both labels are in one chart; of several the
    losses for one label are.

    Raises:
        UsageError: if there are more losses in a chart than can be told apart.
    """
    alike: dict[tuple[tuple[str, str, tuple[float, float]], ...], list[tuple[BoundLoss, Sequence[Portrait]]]]
    alike = {}
    for bound in bounds:
        found = portraits(bound)
        alike.setdefault(tuple((one.title, one.axis, one.ends) for one in found), []).append((bound, found))
    for of_losses in alike.values():
        if len(of_losses) > len(ROLES):
            said = f"{len(of_losses)} losses in one chart"
            raise UsageError("LOSS", said, f"at most {len(ROLES)}, so that they can be told apart")
        if len(of_losses) == 1:
            yield from _of_one(*of_losses[0])
            continue
        for same in zip(*(found for _, found in of_losses), strict=True):
            those = {bound.spec: one for (bound, _), one in zip(of_losses, same, strict=True)}
            yield from _both(those, _about(same[0]))


def _of_one(bound: BoundLoss, found: Sequence[Portrait]) -> Iterator[Figure]:
    loss = bound.loss
    kink = f" {_sentence(f'At the kink: {loss.kink}')}" if loss.kink else ""
    steep = f"Where it is positive, a lower {_called(found[0].axis)} costs less.{kink}"
    about = _about(found[0]) if len(found) == 1 else ""
    yield from _both({one.title: one for one in found}, about, bound.spec, _sentence(loss.summary), steep)


def _both(those: Curves, about: str, subject: str = "", *told: str) -> Iterator[Figure]:
    """Yield a chart of losses and one of gradients; `told` of each, or what it is where lines differ."""
    values = {name: one.loss for name, one in those.items()}
    steep = {name: one.gradient for name, one in those.items() if one.gradient is not None}
    for place, (title, lines) in enumerate((("Loss", values), ("Gradient", steep))):
        if lines:
            said = told[place] if told else ""
            yield _figure(title, about, subject, said, lines, {name: those[name] for name in lines})


def _figure(
    title: str, about: str, subject: str, told: str, lines: Mapping[str, Array], those: Curves
) -> Figure:
    """Return a chart of lines by their names, each over the x of its portrait."""
    first = next(iter(those.values()))
    lows, highs = zip(*map(limits, lines.values()), strict=True)
    low, high = min(lows), max(highs)
    room, x = 0.04 * (high - low), first.x
    axis = Axis(first.axis, *first.ends)
    roles = dict(zip(lines, ROLES, strict=False))
    chart = Chart(
        axis,
        Axis(title.lower(), low - room, high + room),
        tuple(line for name, y in lines.items() for line in _through(those[name].x, y, roles[name])),
        tuple((roles[name], shorten(name, LONGEST)) for name in lines) if len(lines) > 1 else (),
        height=HEIGHT,
    )
    # Where there are ticks numbers are round, or nearly so.
    at = np.array([int(np.abs(x - tick).argmin()) for tick, _ in ticks_of(axis, ROWS)])
    columns = [Column(first.axis, Kind.NUMBER, [*map(_short, x[at])])]
    for name, y in lines.items():
        columns.append(Column(name, Kind.NUMBER, [*map(_short, y[at])], title_kind=Kind.DATA))
    told = told or _told(first.axis, x[at], {name: y[at] for name, y in lines.items()}, (low, high))
    return Figure(f"{title}{about}", told, chart, Section("", tuple(columns)), subject)


def _about(portrait: Portrait) -> str:
    """Return what is held fixed, where it matters: losses of the error are the same for every label."""
    return "" if portrait.axis.startswith("error") else f", {portrait.title}"


def _through(x: Array, y: Array, role: Role) -> Iterator[Line]:
    """Yield the parts of a curve, which has a gap where it is not finite."""
    for there, places in groupby(range(len(x)), lambda place: bool(np.isfinite(y[place]))):
        if there:
            part = _turning(y, np.fromiter(places, dtype=np.int64))
            yield Line(x[part].tolist(), y[part].tolist(), role)


def _turning(y: Array, part: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of a part, which are evenly spaced, without those in the midst of a straight line."""
    bend = np.abs(np.diff(y[part], n=2)) > 1e-9 * np.ptp(y[part])
    return part[np.concatenate([[True], bend, [True]])] if len(part) > 2 else part


def _told(axis: str, x: Array, lines: Mapping[str, Array], ends: tuple[float, float]) -> str:
    """Return in a sentence what the curves are where they differ most, while all are in the chart."""
    values = np.array([*lines.values()])
    there = (values >= ends[0]) & (values <= ends[1])
    apart = np.where(there.all(axis=0), np.ptp(np.where(there, values, 0.0), axis=0), -1.0)
    place = len(x) - 1 - int(np.argmax(apart[::-1]))
    if apart[place] < 0.0:
        return ""
    said = ", ".join(f"{shorten(name, LONGEST)} {_short(y[place])}" for name, y in lines.items())
    return f"Where the {_called(axis)} is {_short(x[place])}: {said}."


def _called(axis: str) -> str:
    """Return what an axis measures, without how that is computed."""
    return re.split("[:,]", axis)[0]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _short(value: float) -> str:
    return readable_number(float(value), DIGITS)
