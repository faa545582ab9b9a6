"""What `fit` found, as it is shown: costs, parameters, and how each optimiser got there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import ClassVar

import numpy as np

from losscli.analyses.fit import document
from losscli.analyses.fit.report import FitReport, Run, called, share
from losscli.common.text import exact_number, plain_number, readable_number
from losscli.outputs.drawing.chart import MOST_LINES, Curve, Scale, draw_chart, ends_of, scale_of
from losscli.outputs.drawing.elements import (
    Art,
    Card,
    Cards,
    Column,
    Data,
    Element,
    Figure,
    Kind,
    Pieces,
    Section,
    Text,
    Words,
)
from losscli.outputs.view import INPUTS, View, named
from losscli.outputs.views.results import inputs, paired, percent, plus_minus, signed, told_inputs

IN_A_FILE, WIDEST, MARGIN = 72, 100, 4
HEIGHT, LOW = 9, 6
"""Lines of the chart of all runs, and of that of one with every epoch."""
MOST_CLASSES = 8
"""How many biases of classes are shown, unless all is."""
LETTERS = {"scale": "a", "bias": "b", "temperature": "T"}


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
        | named("best", "before_standard_error", "standard_error")
    )

    def __init__(self, report: FitReport, *, full: bool = False, command: str = "") -> None:
        """Show the first figures, or all; `command` is the line that repeats it."""
        super().__init__(report)
        self.full, self._command = full, command

    def page(self) -> Iterator[Element]:
        """Yield costs before and after, parameters, and how each run got there."""
        return self._page(full=self.full)

    def summary(self) -> Iterator[Element]:
        """Yield the same with all that is known: a page of a pull request has room for it."""
        return self._page(full=True)

    def sheet(self) -> Iterator[Element]:
        """Yield the costs, how each run got there, and what was read."""
        from losscli.outputs.views.sheets.parts import cited, noted, part, repeated

        report, best = self.report, self.report.best
        yield Words((*told_inputs(report), "."), "note")
        loss = Data(report.loss)
        cards = [
            Card((loss, " cost before"), exact_number(report.before)),
            Card(
                (loss, " cost after"),
                exact_number(best.after),
                f"{report.model}, by {called(best, report.runs)}",
            ),
        ]
        if best.held_out is not None:
            before = (
                f"from {readable_number(best.held_out.before)}, the mean over {best.held_out.folds} folds"
            )
            cards.append(Card("held-out cost", readable_number(best.held_out.after), before))
        yield Cards(tuple(cards))
        yield from part("Costs", [_costs(report)])
        yield from part("How it was found", [*self.pictures(), _parameters(report, full=True)])
        computed = [
            *(inputs(report), self._counted(), *self._saved(), *noted(report.notes)),
            *(*repeated(self._command), *cited(report)),
        ]
        yield from part("How this was computed", computed)

    def heading(self) -> Text:
        """Return what was fitted."""
        return ("Fit of ", Data(self.report.predictions.path))

    def pictures(self) -> Iterator[Figure]:
        """Yield the cost by epoch."""
        from losscli.outputs.views.charts.fit import epochs

        figure = epochs(self.report)
        return iter(()) if figure is None else iter((figure,))

    def cell(self) -> Iterator[Element]:
        """Yield the page of a screen, with a chart that is drawn."""
        return self._page(full=self.full, drawn=True)

    def _page(self, *, full: bool, drawn: bool = False) -> Iterator[Element]:
        report = self.report
        yield inputs(report)
        yield self._counted()
        yield _costs(report)
        yield _parameters(report, full=full)
        yield from self.pictures() if drawn else _charts(report, full=full)
        yield from self._saved()
        signature = signed(report.version, report.signature)
        if not full:
            yield Words(
                "More: --full shows every epoch of each run; --format json has all figures",
                "note",
                0,
                apart=True,
            )
        yield signature if full else signature._replace(apart=False)

    def _counted(self) -> Words:
        report = self.report
        samples = "1 sample" if report.n == 1 else f"{report.n} samples"
        return Words((samples, *paired(report), _left_out(report)), "note", 0)

    def _saved(self) -> Iterator[Words]:
        report = self.report
        if report.saved is not None:
            said = f"The predictions corrected by {called(report.best, report.runs)} are in "
            yield Words((said, Data(report.saved)), "", 0, apart=True)

    def brief(self) -> str:
        """Return the cost before and after, and what brought it down."""
        report, best = self.report, self.report.best
        costs = f"{exact_number(report.before)} to {exact_number(best.after)}"
        return f"{report.loss} {costs} by {report.model}, {called(best, report.runs)}, n {report.n}"

    def quiet(self) -> Iterator[str]:
        """Yield the cost after each run, in the order of the optimisers, then of their rates."""
        return (exact_number(run.after) for run in self.report.runs)


def _left_out(report: FitReport) -> str:
    counts = {"dropped": report.dropped, "ignored": report.ignored}
    return "".join(f", {count} {what}" for what, count in counts.items() if count)


def _costs(report: FitReport) -> Section:
    """Return a row for the predictions as they are, and one for each run."""
    runs, changes = report.runs, report.comparable and report.model != "constant"
    costs = [exact_number(cost) for cost in (report.before, *(run.after for run in runs))]
    columns = [
        Column("optimizer", Kind.WORD, ["before", *(called(run, runs) for run in runs)]),
        Column("cost", Kind.NUMBER, costs),
    ]
    errors = (report.before_standard_error, *(run.standard_error for run in runs))
    if any(error is not None for error in errors):
        columns.append(Column("std err", Kind.FIGURE, [*map(plus_minus, errors)], joined=True))
    if changes:
        shares = [_change(report.before, run.after) for run in runs]
        columns.append(Column("change", Kind.NUMBER, ["", *shares], joined=True))
    held = [run.held_out for run in runs]
    if any(held):
        first = next(one for one in held if one is not None)
        afters = ["-" if one is None else readable_number(one.after) for one in held]
        columns.append(Column("held-out cost", Kind.NUMBER, [readable_number(first.before), *afters]))
        if changes:
            shares = ["-" if one is None else _change(one.before, one.after) for one in held]
            columns.append(Column("change", Kind.NUMBER, ["", *shares], joined=True))
    return Section("Cost", tuple(columns), subject=report.loss, notes=tuple(_notes(report)), strong=(1,))


def _change(before: float, after: float) -> str:
    part = share(after - before, before)
    return f"{'+' if part is not None and part > 0.0 else ''}{percent(part)}"


def _notes(report: FitReport) -> Iterator[tuple[str, str]]:
    where = "" if report.acts_on == "predictions" else f", on {report.acts_on}"
    named = [
        f"{LETTERS[name]} is the {name}{', one for each class' if isinstance(value, Mapping) else ''}"
        for name, value in report.runs[0].parameters.items()
    ]
    what = "Every prediction is replaced by" if report.model == "constant" else "The correction is"
    yield "", f"{what} {report.formula}{where}: {', '.join(named)}."
    folds = max((run.held_out.folds for run in report.runs if run.held_out is not None), default=0)
    if folds:
        yield "", f"Held-out cost: the mean over {folds} folds, each corrected by a fit to the others."
    if report.model != "constant" and not report.best.after < report.before:
        yield "", "No correction was found that lowers the cost."
    elif len(report.runs) > 1:
        yield "", _lowest(report)
    if folds and report.model != "constant" and _in_vain(report):
        yield "", "The correction does not lower the held-out cost: it would not help on new samples."
    if report.skill is not None:
        less = percent(abs(report.skill))
        more = "less" if report.skill >= 0.0 else "more"
        skill = readable_number(report.skill, 4)
        yield "", f"Skill: {skill}. The predictions cost {less} {more} than the best constant."


def _lowest(report: FitReport) -> str:
    """Return in a sentence which run has the lowest cost, or which ones share it."""
    tied = [called(run, report.runs) for run in report.tied]
    if len(tied) == 1:
        return f"Lowest cost: {tied[0]}."
    who = f"{', '.join(tied[:-1])} and {tied[-1]}"
    who = f"all {len(tied)} runs" if len(tied) == len(report.runs) and len(tied) > 2 else who
    if len({run.after for run in report.tied}) == 1:
        return f"Lowest cost: a tie between {who}."
    return (
        f"Lowest cost: a tie between {who}. They differ by less than the tolerance, "
        f"{plain_number(report.tolerance)} of the cost."
    )


def _in_vain(report: FitReport) -> bool:
    """Whether every run lowers the cost of the samples that it was fitted to, and of no others."""
    return all(
        run.held_out is not None and run.after < report.before and run.held_out.after >= run.held_out.before
        for run in report.runs
    )


def _parameters(report: FitReport, *, full: bool) -> Section:
    """Return a row for each run: how it ended, and a column for each parameter."""
    runs = report.runs
    columns = [Column("optimizer", Kind.WORD, [called(run, runs) for run in runs])]
    if all(called(run, runs) == run.optimizer for run in runs):
        columns.append(Column("rate", Kind.NUMBER, [readable_number(run.learning_rate) for run in runs]))
    columns.append(Column("epochs", Kind.NUMBER, [str(run.epochs) for run in runs]))
    columns.append(Column("status", Kind.WORD, [*map(_end, runs)]))
    notes: list[tuple[str, str]] = []
    before = len(columns)
    for name, value in runs[0].parameters.items():
        if not isinstance(value, Mapping):
            cells = [exact_number(_number(run, name)) for run in runs]
            columns.append(Column(name, Kind.NUMBER, cells, joined=len(columns) > before))
            continue
        most = len(value) if full else MOST_CLASSES
        for class_ in list(value)[:most]:
            cells = [readable_number(_number(run, name, class_)) for run in runs]
            columns.append(Column(f"{name} {class_}", Kind.NUMBER, cells, title_kind=Kind.DATA))
        if len(value) > most:
            notes.append(
                ("", f"Each of {len(value) - most} more classes has its own {name}; --full shows them.")
            )
    return Section("Parameters", tuple(columns), notes=tuple(notes))


def _end(run: Run) -> str:
    if run.diverged:
        return "diverged"
    return "converged" if run.converged else "not converged"


def _number(run: Run, name: str, class_: str = "") -> float:
    value = run.parameters[name]
    return value[class_] if isinstance(value, Mapping) else value


def _charts(report: FitReport, *, full: bool) -> Iterator[Element]:
    """Yield the chart of all runs; in full also each alone with the epochs that were undone."""
    yield Words("Cost by epoch", "heading", 0, apart=True)
    undone = report.decay == "halving"
    order = sorted(report.runs, key=lambda run: (not run.after < np.inf, run.after))
    best = {id(run) for run in order[:MOST_LINES]}
    shown = [run for run in report.runs if id(run) in best]
    curves = [_curve(report, run, lowest=undone) for run in shown]
    curves = [curve for curve in curves if np.isfinite(curve.y).any()]
    if not curves:
        yield Words("There is no finite cost to draw.", "note")
        return
    scale, ends = scale_of(curves, report.least), ends_of(curves)
    start = "" if report.model == "constant" else "; epoch 0 is before the fit"
    yield Words(f"{scale.label('lowest cost so far' if undone else 'cost')}{start}", "note")
    yield _art("", curves, scale, HEIGHT, ends)
    if len(shown) < len(report.runs):
        yield Words(
            f"The chart shows the {len(shown)} of {len(report.runs)} runs with the lowest costs.", "note"
        )
    if full and undone:
        raw = [_curve(report, run, lowest=False) for run in shown]
        raw = [curve for curve in raw if np.isfinite(curve.y).any()]
        yield Words("Every epoch, including those that were undone", "heading", 0, apart=True)
        scale = scale_of(raw, report.least)
        yield Words(scale.label("cost"), "note")
        for curve in raw:
            yield _art(curve.name, [curve], scale, LOW, ends)


def _curve(report: FitReport, run: Run, *, lowest: bool) -> Curve:
    """Return the costs of a run, from where the predictions are if it began there.

    With `lowest`, where it stood after each epoch: one without progress was undone.
    """
    first = [] if report.model == "constant" else [report.before]
    y = np.array([*first, *run.curve])
    if lowest:
        y = np.fmin.accumulate(y)
    return Curve(called(run, report.runs), np.arange(len(y)) + (0.0 if first else 1.0), y)


def _art(title: str, curves: list[Curve], scale: Scale, height: int, ends: tuple[float, float]) -> Art:
    def draw(room: int | None, ascii_only: bool) -> Iterator[Pieces]:
        width = IN_A_FILE if room is None else min(WIDEST, room - MARGIN)
        return draw_chart(
            curves, scale, width=width, height=height, x="epoch", ends=ends, ascii_only=ascii_only
        )

    return Art(title, draw, "bar", apart=bool(title))
