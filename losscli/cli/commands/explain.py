"""`losscli explain LOSS`: all there is to know about a loss, on one page."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from losscli.cli.command import Command
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import UsageError
from losscli.outputs.drawing.console import Color, looks
from losscli.outputs.drawing.page import Line, show

if TYPE_CHECKING:
    from losscli.loss import Convention, Example
    from losscli.loss.contract.curve import Portrait
    from losscli.loss.spec import BoundLoss

_WIDEST, _USUAL = 100, 80
_SIDE_BY_SIDE = 72


@click.command(
    "explain", cls=Command, short_help="Formula, gradient, domain, use, pitfalls, curve and references."
)
@click.argument("loss", shell_complete=complete_loss)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def command(loss: str, color: Color) -> None:
    """Explain LOSS, a name with or without parameters: `huber` or `huber:delta=1.5`.

    The curves are drawn with the parameters given.
    """
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec

    try:
        bound = parse_spec(loss, registry.find)
    except UsageError as error:
        raise UsageError("LOSS", error.found, error.needed, error.remedy) from None
    shape = looks(sys.stdout, color)
    width = min(shape.width or _USUAL, _WIDEST)
    show(page(bound, width, shape.ascii_only), color)


def page(bound: BoundLoss, width: int, ascii_only: bool = False) -> Iterator[Line]:
    """Yield the lines of the page on a loss, none longer than `width` where words allow."""
    loss = bound.loss
    yield from _paragraph(f"{loss.name}: {loss.summary}", width, "", bold=len(loss.name))
    also = f"; also called {', '.join(loss.aliases)}" if loss.aliases else ""
    yield from _paragraph(f"{loss.family} loss{also}", width, "", style="faint")
    yield Line("")
    yield from _facts(_formulas(bound), width)
    if loss.parameters:
        yield from _section("Parameters")
        yield from _facts(_parameters(bound), width)
    yield from _curves(bound, width, ascii_only)
    yield from _section("When to use it")
    yield from _facts([("use", loss.use), ("avoid", loss.avoid)], width)
    if loss.pitfalls:
        yield from _section("Pitfalls")
        for pitfall in loss.pitfalls:
            yield from _item(pitfall, width)
    if loss.conventions:
        yield from _section("Elsewhere")
        for convention in loss.conventions:
            yield from _item(_convention(convention), width)
    if loss.examples:
        yield from _section("Worked by hand")
        for example in loss.examples:
            yield from _item(_example(example), width)
    if loss.references:
        yield from _section("References")
        for reference in loss.references:
            yield from _item(str(reference), width)


def _formulas(bound: BoundLoss) -> Iterator[tuple[str, str]]:
    loss = bound.loss
    yield "loss", loss.formula
    if loss.gradient_formula:
        yield "gradient", loss.gradient_formula
    if loss.kink:
        yield "kink", loss.kink
    yield "cost", loss.finish_formula or "the mean of the losses"
    yield (
        "label",
        bound.label_domain.description + (", or a row of probabilities" if loss.soft_labels else ""),
    )
    yield "prediction", bound.prediction_domain.description
    if loss.constraint:
        yield "together", loss.constraint.description
    yield "columns", loss.layout.value + (f": {', '.join(loss.columns)}" if loss.columns else "")
    facts = {
        "convex in the prediction": bound.convex,
        "never negative": bound.non_negative,
        "0 for a perfect prediction": bound.zero_at_perfect,
    }
    claimed = [
        fact if holds else f"not {fact}".replace("not never negative", "can be negative")
        for fact, holds in facts.items()
        if holds is not None
    ]
    yield "shape", "; ".join(claimed) or "nothing is claimed; `losscli verify` tries what holds"


def _parameters(bound: BoundLoss) -> Iterator[tuple[str, str]]:
    from losscli.loss.spec import show_value

    for name, parameter in bound.loss.parameters.items():
        value = bound.parameters[name]
        default = show_value(parameter.default)
        given = f", here {show_value(value)}" if value != parameter.default else ""
        yield name, f"{parameter.help}; {parameter.description} (default {default}{given})"


def _curves(bound: BoundLoss, width: int, ascii_only: bool) -> Iterator[Line]:
    from losscli.loss.contract.curve import portraits

    for portrait in portraits(bound):
        yield from _section(f"{bound.spec}, {portrait.title}", width)
        yield from (Line(f"  {line}".rstrip(), "curve") for line in _panels(portrait, width - 2, ascii_only))


def _panels(portrait: Portrait, width: int, ascii_only: bool) -> list[str]:
    """Return the curves of loss and gradient, side by side where there is room."""
    from losscli.outputs.drawing.curve import draw_curve

    series = [("loss", portrait.loss)]
    if portrait.gradient is not None:
        series.append(("gradient", portrait.gradient))
    beside = len(series) > 1 and width >= _SIDE_BY_SIDE
    each = (width - 3) // 2 if beside else min(width, 60)
    panels = []
    for name, y in series:
        picture = draw_curve(portrait.x, y, width=each, height=9, ends=portrait.ends, ascii_only=ascii_only)
        caption = [line.center(each).rstrip() for line in _wrap(portrait.axis, each)]
        panels.append([name, *picture, *caption])
    if beside:
        return [f"{left:<{each}}   {right}" for left, right in zip(*panels, strict=True)]
    return [line for panel in panels for line in panel]


def _convention(convention: Convention) -> str:
    factor = f" (theirs = {convention.factor} × ours)" if convention.factor not in ("", "1") else ""
    return f"{convention.library}: {convention.difference}{factor}"


def _example(example: Example) -> str:
    from losscli.loss.spec import show_value

    given = ", ".join(f"{name}={show_value(value)}" for name, value in example.parameters.items())
    note = f" ({example.note})" if example.note else ""
    with_ = f" with {given}" if given else ""
    label, prediction, loss = map(_numbers, (example.label, example.prediction, example.loss))
    return f"label {label}, prediction {prediction}{with_}: loss {loss}{note}"


def _numbers(value: float | tuple[float, ...]) -> str:
    from losscli.common.text import plain_number

    if isinstance(value, tuple):
        return f"({', '.join(map(plain_number, value))})"
    return plain_number(value)


def _section(title: str, width: int = _USUAL) -> Iterator[Line]:
    yield Line("")
    yield from (Line(line, "heading") for line in _wrap(title, width))


def _facts(facts: Iterable[tuple[str, str]], width: int) -> Iterator[Line]:
    """Yield names with what they mean beside them, or below them where the page is narrow."""
    rows = list(facts)
    column = max(len(name) for name, _ in rows) + 4
    for name, text in rows:
        if column > width // 2:
            yield Line(f"  {name}", bold=len(name) + 2)
            yield from _paragraph(text, width, "    ")
        else:
            # Formulas of several parts hold two blanks where a new line is welcome.
            parts = text.split(";  ")
            ended = [f"{part};" for part in parts[:-1]] + parts[-1:]
            first, *rest = [line for part in ended for line in _wrap(part, width - column)]
            yield Line(f"  {name:<{column - 2}}{first}", bold=column)
            yield from (Line(" " * column + line) for line in rest)


def _item(text: str, width: int) -> Iterator[Line]:
    first, *rest = _wrap(text, width - 4)
    yield Line(f"  - {first}")
    yield from (Line(f"    {line}") for line in rest)


def _paragraph(text: str, width: int, indent: str, *, bold: int = 0, style: str = "plain") -> Iterator[Line]:
    for number, line in enumerate(_wrap(text, width - len(indent))):
        yield Line(indent + line, "faint" if style == "faint" else "plain", bold if number == 0 else 0)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(10, width), break_on_hyphens=False) or [""]
