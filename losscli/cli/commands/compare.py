"""`losscli compare`: which of several models is better, by how much, and how sure that is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import run_of
from losscli.cli.options.comparing import comparing_conflicts, comparing_options
from losscli.cli.options.engine import crew_asked, engine_conflicts, engine_options
from losscli.cli.options.environment import EnvironmentCommand
from losscli.cli.options.gates import confidence_of, model_gate_options, model_gates
from losscli.cli.options.inputs import (
    column_options,
    conflicts,
    loss_option,
    request_of,
    row_options,
    text_options,
)
from losscli.cli.options.models import Models, models_of
from losscli.cli.options.outputs import (
    color_option,
    deliver,
    full_option,
    output_conflicts,
    per_sample_option,
    picture_options,
    show_option,
    shown_options,
    shows_charts,
)
from losscli.cli.options.receipt import receipt_option, written
from losscli.cli.options.repeat import command_line
from losscli.cli.options.reports import report_option, reports_of
from losscli.cli.sections import MEASURE
from losscli.common.errors import ExitStatus, LosscliError, UsageError, raise_together

if TYPE_CHECKING:
    from losscli.analyses.compare.report import CompareReport
    from losscli.analyses.compare.request import Asked
    from losscli.outputs.views.comparison import ComparisonView
    from losscli.verdicts.compared import Standard


@click.command(
    cls=EnvironmentCommand,
    no_args_is_help=True,
    short_help="Which model is better, and how sure that is.",
    group=MEASURE,
    manual="compare",
    examples=(
        "losscli compare sample_data/diabetes_{forest,linear,labels}.csv -l mse",
        "losscli compare sample_data/diabetes_{forest,linear,labels}.csv -l mae --full",
        "losscli compare sample_data/wine_{logistic,bayes,labels}.csv -l ce --margin 5%",
    ),
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="[NAME=]PREDICTIONS... LABELS",
    type=click.Path(allow_dash=True),
)
@loss_option()
@comparing_options
@column_options("Also compare within each value of this column; repeatable.")
@text_options
@row_options
@picture_options
@per_sample_option
@receipt_option
@shown_options(
    "verdict of each comparison",
    samples="samples that moved a difference most, either way",
    first="largest",
    few=1,
    line="; one line each",
)
@show_option
@full_option
@model_gate_options
@report_option
@engine_options
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Say which of several models is better, by how much, and how sure that is.

    The arguments are files of PREDICTIONS, each of one model, and at the end the LABELS. The models are
    compared row by row: rows are paired by id if all files have one, else by position. The first model is the
    baseline that the others are compared with. A model is called NAME, or else as its file; of a single file
    with several columns of predictions, --prediction A --prediction B, the columns are compared.
    """
    reports, run = reports_of(context), run_of(context)
    asked, standard = requested(options, reports.outputs())
    reports.begin()
    run.repeat = command_line(run.arguments, context.command, "compare")
    if not asked.first.loss:
        from losscli.analyses.suitable import which_losses_fit

        raise which_losses_fit(asked.first)
    report = _compare(asked, standard, options)
    from losscli.analyses.evaluate.report import Checked
    from losscli.cli.terminal import failing

    checked = Checked("", report, None, run.repeat, run.seconds(), report.by)
    lost = reports.write([checked])
    source = context.get_parameter_source("top")
    given = source is not click.ParameterSource.DEFAULT
    view = _view(report, options, top_given=given, command=run.repeat)

    def made() -> str:
        from losscli.verdicts.receipts.comparison import receipt

        return receipt(asked, report, standard.confidence)

    with written(options["receipt"], made):
        deliver(view, options, lambda shown: failing.tell(checked, on_page=shown))
        raise_together(lost)
    return ExitStatus.OK if options["exit_zero"] else ExitStatus.of_verdict(report.verdict)


def requested(options: dict[str, Any], reports: list[tuple[str, str | None]]) -> tuple[Asked, Standard]:
    """Return what the options ask for, and what the models have to keep to.

    Args:
        options: those of the command.
        reports: the options that write reports, each with its path.

    Raises:
        LosscliError: all that is wrong with the options taken together.
    """
    from losscli.analyses.compare.request import Asked

    outputs = [("--receipt", options["receipt"]), *reports]
    wrong: list[LosscliError] = []
    try:
        found = models_of(options)
    except LosscliError as error:
        wrong.append(error)
        found = Models((), options["labels"])
    each = [
        {**options, "predictions": one.predictions, "prediction": one.prediction, "labels": found.labels}
        for one in found.models
    ]
    wrong += [*comparing_conflicts(options), *_engine_conflicts(options)]
    if each:
        read = {**each[0], "states": [one["predictions"] for one in each[1:]]}
        wrong += [*conflicts(each[0]), *output_conflicts(read, outputs), *_piped(each)]
    names = tuple(one.name for one in found.models)
    gates = model_gates(options, names, wrong)
    raise_together(wrong)
    # A picture is of the differences.
    page = shows_charts(options, reports, pictures=False)
    requests = (
        request_of(
            one,
            show=options["show"],
            level=options["level"],
            cluster=options["cluster"],
            weights_are=options["weights_are"] or "importance",
            top=None if options["all_"] else options["top"],
            fingerprints=options["receipt"] is not None,
            page=page,
        )
        for one in each
    )
    asked = Asked(
        tuple(requests),
        names,
        all_pairs=options["pairs"] == "all",
        level=options["level"],
        adjust=options["adjust"],
        margin=options["margin"],
        lag=options["lag"],
        planned_rows=options["planned_rows"],
        guarantee=options["guarantee"],
        check=options["check"],
        seed=options["seed"] or 0,
    )
    from losscli.verdicts.compared import Standard

    return asked, Standard(gates, confidence_of(options))


def _engine_conflicts(options: dict[str, Any]) -> Iterator[LosscliError]:
    """Yield what is wrong with the engine: of samples of several models no part writes a file."""
    yield from engine_conflicts({**options, "per_sample": None})
    if options["engine"] != "local" and options["per_sample"] is not None:
        yield UsageError("--per-sample", f"the engine is {options['engine']}", "--engine local")


def _piped(each: list[dict[str, Any]]) -> list[LosscliError]:
    """Return what is wrong with reading standard input for a model other than the first, and for labels."""
    others = [one["predictions"] for one in each[1:]]
    if each[0]["predictions"] != "-" and "-" in others and each[0]["labels"] == "-":
        return [UsageError("PREDICTIONS LABELS", "both are standard input", "at most one of them")]
    return []


def _compare(asked: Asked, standard: Standard, options: dict[str, Any]) -> CompareReport:
    """Return the report, with the samples written to a file on the way if that is asked for."""
    from losscli.cli.terminal.progress import Progress
    from losscli.verdicts.compared import compare

    with ExitStack() as stack:
        progress = stack.enter_context(Progress(sys.stderr))
        sink, crew = None, crew_asked(options)
        if options["per_sample"] is not None:
            from losscli.outputs.samples.compared import ComparedSink

            sink = stack.enter_context(ComparedSink(options["per_sample"], asked.names, asked.pairs))
        return compare(asked, standard, sink=sink, observe=progress, crew=crew)


def _view(report: CompareReport, options: dict[str, Any], *, top_given: bool, command: str) -> ComparisonView:
    """Return what is shown of a report: so many samples as were asked for, or as fit on a screen."""
    from losscli.outputs.views.comparison import ComparisonView

    samples, asked = None if options["all_"] else options["top"], options["all_"] or top_given
    return ComparisonView(report, full=options["full"], samples=samples, asked=asked, command=command)
