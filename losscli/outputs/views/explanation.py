"""All there is to know about a loss, on one page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from losscli.analyses.evaluate.document import parameters_object
from losscli.common.json import Json, Object
from losscli.common.text import encodable, plain_number, unlike_command
from losscli.conventions.library import calls_of, told_calls
from losscli.loss import Convention, Example, Loss
from losscli.loss.contract.curve import Portrait, portraits
from losscli.loss.elsewhere import also_called, told_elsewhere
from losscli.loss.spec import BoundLoss, show_value
from losscli.outputs.drawing.curve import draw_curve
from losscli.outputs.drawing.elements import (
    Art,
    Data,
    Element,
    Entries,
    Entry,
    Figure,
    Item,
    Items,
    Strong,
    Words,
)
from losscli.outputs.view import View, named
from losscli.outputs.views.conventions import object_of
from losscli.outputs.views.losses import described

WIDEST, USUAL = 100, 80
_SIDE_BY_SIDE, _ALONE = 72, 60
_HEIGHT = 9


class ExplanationView(View):
    """A loss with its parameters."""

    report: BoundLoss
    columns = named("spec", "name", "family", "summary", "formula", "use", "avoid")

    def page(self) -> Iterator[Element]:
        """Yield the page on the loss."""
        return page(self.report)

    def pictures(self) -> Iterator[Figure]:
        """Yield the curves of the loss and of its gradient."""
        from losscli.outputs.views.charts.curves import curves

        return curves([self.report])

    def sheet(self) -> Iterator[Element]:
        """Yield the page with curves that are drawn."""
        return page(self.report, self.pictures())

    cell = sheet

    def width(self, room: int | None) -> int:
        """Return how wide it is."""
        return width(room)

    def document(self) -> Object:
        """Return what the loss declares, and with which parameters."""
        bound, loss = self.report, self.report.loss
        return {
            "spec": encodable(bound.spec),
            **described(bound),
            "name": encodable(loss.name),
            "values": parameters_object(bound.parameters),
            "gradient_formula": loss.gradient_formula or None,
            "kink": loss.kink or None,
            "convex": bound.convex,
            "non_negative": bound.non_negative,
            "zero_at_perfect": bound.zero_at_perfect,
            "use": loss.use,
            "avoid": loss.avoid,
            "pitfalls": list(loss.pitfalls),
            "differs": [*map(_convention, told_elsewhere(loss, _known(loss)))],
            "conventions": [*map(object_of, calls_of(loss.name))],
            "examples": [*map(_example, loss.examples)],
            "references": [*map(str, loss.references)],
        }

    def lines(self) -> Iterator[Object]:
        """Yield the same."""
        yield self.document()

    def brief(self) -> str:
        """Return the loss, and what it is."""
        return f"{self.report.spec}: {self.report.loss.summary}"


def width(room: int | None) -> int:
    """Return how wide the page is on a screen of so many columns, None for one that has no width."""
    return min(room or USUAL, WIDEST)


class ExplanationsView(View):
    """Several losses: a page on each, and their curves in shared charts."""

    report: Sequence[BoundLoss]
    columns = ExplanationView.columns

    def page(self) -> Iterator[Element]:
        """Yield the page on each loss."""
        for place, bound in enumerate(self.report):
            yield from page(bound, apart=place > 0)

    def sheet(self) -> Iterator[Element]:
        """Yield the curves of all, then what there is to know about each."""
        yield Words("Curves", "part")
        yield from self.pictures()
        for bound in self.report:
            yield Words(Data(bound.spec), "part")
            yield from page(bound, ())

    def pictures(self) -> Iterator[Figure]:
        """Yield the curves of the losses and of their gradients, in shared charts where axes are."""
        from losscli.outputs.views.charts.curves import curves

        return curves(self.report)

    def width(self, room: int | None) -> int:
        """Return how wide it is."""
        return width(room)

    def document(self) -> list[Json]:
        """Return what each loss declares."""
        return [*self.lines()]

    def lines(self) -> Iterator[Object]:
        """Yield the same, one by one."""
        return (ExplanationView(bound).document() for bound in self.report)

    def brief(self) -> str:
        """Return the losses."""
        return ", ".join(bound.spec for bound in self.report)


def page(
    bound: BoundLoss, drawn: Iterable[Figure] | None = None, *, apart: bool = False
) -> Iterator[Element]:
    """Yield the page on a loss: formulas, parameters, curves, use, pitfalls, and where it comes from.

    `drawn` are its curves where they can be drawn; `apart` leaves a line above it.
    """
    loss = bound.loss
    yield Words((Strong(unlike_command(loss.name)), f": {loss.summary}"), indent=0, apart=apart)
    names = ", ".join(also_called(loss))
    also = f"; also called {names}" if names else ""
    yield Words(f"{loss.family} loss{also}", "note", 0)
    yield _facts(_formulas(bound), apart=True)
    if loss.parameters:
        yield _title("Parameters")
        yield _facts(_parameters(bound))
    yield from drawn or ()
    for portrait in portraits(bound) if drawn is None else ():
        yield _title(unlike_command(f"{bound.spec}, {portrait.title}"))
        yield _curves(portrait)
    yield _title("When to use it")
    yield _facts([("use", loss.use), ("avoid", loss.avoid)])
    lists = {
        "Pitfalls": loss.pitfalls,
        "Elsewhere": map(_convention, told_elsewhere(loss, _known(loss))),
        "In other libraries, for --as": told_calls(loss.name),
        "Worked by hand": map(_example, loss.examples),
        "References": map(str, loss.references),
    }
    for title, texts in lists.items():
        items = tuple(map(Item, texts))
        if items:
            yield _title(title)
            yield Items(items)


def _title(text: str) -> Words:
    return Words(text, "heading", 0, apart=True)


def _facts(facts: Iterable[tuple[str, str]], *, apart: bool = False) -> Entries:
    return Entries(tuple(Entry(name, ((text, ""),)) for name, text in facts), apart=apart)


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
    yield "columns", bound.layout.value + (f": {', '.join(bound.columns)}" if bound.columns else "")
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
    yield "shape", "; ".join(claimed) or "no claims; `losscli verify` tests what holds"


def _parameters(bound: BoundLoss) -> Iterator[tuple[str, str]]:
    for name, parameter in bound.loss.parameters.items():
        value = bound.parameters[name]
        default = show_value(parameter.default)
        given = f", here {show_value(value)}" if value != parameter.default else ""
        yield name, f"{parameter.help}; {parameter.description} (default {default}{given})"


def _curves(portrait: Portrait) -> Art:
    """Return the curves of loss and gradient, side by side where there is room."""
    series = [("loss", portrait.loss)]
    if portrait.gradient is not None:
        series.append(("gradient", portrait.gradient))

    def draw(room: int | None, ascii_only: bool) -> list[str]:
        columns = width(room) - 2
        beside = len(series) > 1 and columns >= _SIDE_BY_SIDE
        each = (columns - 3) // 2 if beside else min(columns, _ALONE)
        panels = []
        for name, y in series:
            picture = draw_curve(
                portrait.x, y, width=each, height=_HEIGHT, ends=portrait.ends, ascii_only=ascii_only
            )
            caption = [line.center(each) for line in textwrap.wrap(portrait.axis, max(10, each))]
            panels.append([name, *picture, *caption])
        if beside:
            return [f"{left:<{each}}   {right}" for left, right in zip(*panels, strict=True)]
        return [line for panel in panels for line in panel]

    return Art("", draw, "bar", indent=2, apart=False)


def _known(loss: Loss) -> Iterator[str]:
    return (call.call for _, call in calls_of(loss.name))


def _convention(convention: Convention) -> str:
    factor = f" (theirs = {convention.factor} × ours)" if convention.factor not in ("", "1") else ""
    return f"{convention.library}: {convention.difference}{factor}"


def _example(example: Example) -> str:
    given = ", ".join(f"{name}={show_value(value)}" for name, value in example.parameters.items())
    note = f" ({example.note})" if example.note else ""
    with_ = f" with {given}" if given else ""
    label, prediction, loss = map(_numbers, (example.label, example.prediction, example.loss))
    return f"label {label}, prediction {prediction}{with_}: loss {loss}{note}"


def _numbers(value: float | tuple[float, ...]) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(plain_number, value))})"
    return plain_number(value)
