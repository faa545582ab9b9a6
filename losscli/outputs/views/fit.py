"""What `fit` found, as it is shown: costs, parameters, and how each optimiser got there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import ClassVar

import numpy as np

from losscli.analyses.fit import document
from losscli.analyses.fit.report import FitReport, Run, called, share
from losscli.common.text import exact_number, readable_number
from losscli.outputs.drawing.curve import draw_curve
from losscli.outputs.drawing.elements import Art, Column, Data, Element, Kind, Section, Words
from losscli.outputs.view import INPUTS, View, named
from losscli.outputs.views.results import inputs, paired, percent, signed

WIDEST, HEIGHT, MARGIN = 72, 6, 4
MOST_CLASSES = 8
"""How many biases of classes are shown."""


class FitView(View):
    """What `fit` found."""

    of = FitReport
    documented: ClassVar[ModuleType] = document
    report: FitReport
    columns = (
        named("loss", "model", "optimizer", "learning_rate", "epochs", "converged", "diverged")
        | named("scale", "bias", "temperature", within="parameters")
        | named("before", "after")
        | {"held_out_before": "held_out/before", "held_out_after": "held_out/after"}
        | named("folds", within="held_out")
        | named("skill", "n", "dropped", "ignored", "weight_sum", "seed", "batch_size", "decay")
        | INPUTS
    )

    def page(self) -> Iterator[Element]:
        """Yield costs before and after, parameters, and how each optimiser got there."""
        report = self.report
        yield inputs(report)
        samples = "1 sample" if report.n == 1 else f"{report.n} samples"
        yield Words((samples, *paired(report), _left_out(report)), "note", 0)
        yield _costs(report)
        yield _parameters(report)
        yield Words("Cost by epoch", "heading", 0, apart=True)
        for run in report.runs:
            yield _curve(report, run)
        if report.saved is not None:
            said = f"Corrected by {called(report.best, report.runs)}, the predictions are in "
            yield Words((said, Data(report.saved)), "", 0, apart=True)
        yield signed(report.version, report.signature)

    def quiet(self) -> Iterator[str]:
        """Yield the cost after each run, in the order of the optimisers, then of their rates."""
        return (exact_number(run.after) for run in self.report.runs)


def _left_out(report: FitReport) -> str:
    counts = {"dropped": report.dropped, "ignored": report.ignored}
    return "".join(f", {count} {what}" for what, count in counts.items() if count)


def _costs(report: FitReport) -> Section:
    """Return a row for the predictions as they are, and one for each run."""
    runs = report.runs
    columns = [
        Column("optimizer", Kind.WORD, ["none", *(called(run, runs) for run in runs)]),
        Column(
            "cost", Kind.NUMBER, [exact_number(cost) for cost in (report.before, *(r.after for r in runs))]
        ),
    ]
    if report.comparable and report.model != "constant":
        shares = [percent(share(report.before - run.after, report.before), 4) for run in runs]
        columns.append(Column("recovered", Kind.NUMBER, ["", *shares]))
    held = [run.held_out for run in runs]
    if any(held):
        first = next(one for one in held if one is not None)
        afters = ["-" if one is None else readable_number(one.after) for one in held]
        columns.append(Column("held out", Kind.NUMBER, [readable_number(first.before), *afters]))
        if report.comparable and report.model != "constant":
            shares = [
                "-" if one is None else percent(share(one.before - one.after, one.before), 4) for one in held
            ]
            columns.append(Column("recovered there", Kind.NUMBER, ["", *shares]))
    columns += [
        Column("epochs", Kind.NUMBER, ["", *(str(run.epochs) for run in runs)]),
        Column("end", Kind.WORD, ["", *map(_end, runs)]),
    ]
    return Section("Cost", tuple(columns), subject=report.loss, notes=tuple(_notes(report)), strong=(1,))


def _end(run: Run) -> str:
    if run.diverged:
        return "diverged"
    return "converged" if run.converged else "not converged"


def _notes(report: FitReport) -> Iterator[tuple[str, str]]:
    where = "" if report.acts_on == "predictions" else f", on {report.acts_on}"
    yield "", f"The model is {report.model}: {report.formula}{where}."
    folds = max((run.held_out.folds for run in report.runs if run.held_out is not None), default=0)
    if folds:
        yield "", f"Held out: the mean cost over {folds} folds, each corrected without a look at it."
    if report.skill is not None:
        yield "", f"Skill of the predictions against the best constant: {readable_number(report.skill, 4)}."


def _parameters(report: FitReport) -> Section:
    """Return a row for each run, a column for each parameter."""
    runs = report.runs
    columns = [Column("optimizer", Kind.WORD, [called(run, runs) for run in runs])]
    notes: list[tuple[str, str]] = []
    for name, value in runs[0].parameters.items():
        if not isinstance(value, Mapping):
            cells = [exact_number(_number(run, name)) for run in runs]
            columns.append(Column(name, Kind.NUMBER, cells))
            continue
        for class_ in list(value)[:MOST_CLASSES]:
            cells = [readable_number(_number(run, name, class_)) for run in runs]
            columns.append(Column(f"{name} {class_}", Kind.NUMBER, cells, title_kind=Kind.DATA))
        if len(value) > MOST_CLASSES:
            notes.append(("", f"{len(value) - MOST_CLASSES} more classes have a {name} each: --format json."))
    columns.append(Column("learning rate", Kind.NUMBER, [readable_number(run.learning_rate) for run in runs]))
    return Section("Parameters", tuple(columns), notes=tuple(notes))


def _number(run: Run, name: str, class_: str = "") -> float:
    value = run.parameters[name]
    return value[class_] if isinstance(value, Mapping) else value


def _curve(report: FitReport, run: Run) -> Element:
    """Return the picture of a run; where it began, too, if that is where the predictions are."""
    first, who = [] if report.model == "constant" else [report.before], called(run, report.runs)
    y = np.array([*first, *run.curve])
    x = np.arange(len(y)) + (0.0 if first else 1.0)
    if not np.isfinite(y).any():
        return Words(f"{who}: no finite cost to draw", "note")

    def draw(room: int | None, ascii_only: bool) -> list[str]:
        width = WIDEST if room is None else max(16, min(WIDEST, room - MARGIN))
        return draw_curve(x, y, width=width, height=HEIGHT, ascii_only=ascii_only)

    return Art(who, draw, "bar")
