"""`losscli evaluate`: the cost of predictions against labels."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from losscli.cli._command import Command
from losscli.cli._options import Inputs, input_options
from losscli.errors import ExitStatus, LosscliError, UsageError, raise_together

if TYPE_CHECKING:
    from losscli.gates import Gate
    from losscli.report import Report
    from losscli.request import Request

FORMATS = ("table", "json", "jsonl", "csv", "markdown")


@click.command(cls=Command, no_args_is_help=True)
@input_options
@click.option(
    "--reduction",
    type=click.Choice(["mean", "sum"]),
    default="mean",
    show_default=True,
    help="What the cost is: the mean of the losses (finished, such as by a root), or their sum.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How the report looks.",
)
@click.option(
    "--output", type=click.Path(), metavar="FILE", help="Write the report there, whole or not at all."
)
@click.option(
    "--per-sample",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write every sample to a .csv or .jsonl file (- for stdout, as CSV).",
)
@click.option("--quiet", is_flag=True, help="Print the cost alone, in full precision, a line for each loss.")
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="How many of the worst samples to show.",
)
@click.option("--all", "all_", is_flag=True, help="Show every sample, the worst first; holds them in memory.")
@click.option(
    "--gate",
    "gate_texts",
    multiple=True,
    metavar='"METRIC OP VALUE"',
    help='A condition such as "mse <= 0.3" or "mae.p95[f] < 2"; exit status 1 if it fails. Repeatable.',
)
@click.option(
    "--fail-above", type=float, metavar="X", help="The gate COST <= X, where one loss is asked for."
)
@click.option("--exit-zero", is_flag=True, help="Report gates that fail, but exit with 0.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in tables.",
)
def command(**options: Any) -> int:
    """Say how wrong PREDICTIONS are, given LABELS.

    Both are CSV files (comma, tab, semicolon, pipe or blank; plain, .gz, .bz2, .xz or .zip; - for
    standard input). Columns are found by name, rows are paired by id if both files have one.
    LABELS is left out where both columns are in one file.
    """
    inputs = Inputs(options)
    errors = [*inputs.errors, *_conflicts(options)]
    gates = _gates(inputs, options, errors)
    raise_together(errors)
    from losscli.request import BLOCK_ROWS, Request

    request = Request(
        predictions=options["predictions"],
        labels=options["labels"],
        losses=inputs.losses,
        choice=inputs.choice,
        prediction_format=inputs.prediction_format,
        label_format=inputs.label_format,
        drop=options["bad_rows"] == "drop",
        ignored=options["ignore_label"],
        mapped=inputs.mapped,
        reduction=options["reduction"],
        top=None if options["all_"] else options["top"],
        block_rows=options["block_rows"] or BLOCK_ROWS,
        gates=tuple(gates),
    )
    if not request.losses:
        from losscli.fitting import which_losses_fit

        raise which_losses_fit(request)
    report = _evaluate(request, options["per_sample"])
    _publish(report, options)
    failed = report.verdict == "fail" and not options["exit_zero"]
    return ExitStatus.GATE_FAILED if failed else ExitStatus.OK


def _conflicts(options: dict[str, Any]) -> list[LosscliError]:
    """Return what is wrong with the options taken together."""
    found: list[LosscliError] = []
    if options["quiet"] and options["format_"] != "table":
        found.append(UsageError("--quiet", f"--format {options['format_']} is given too", "one of the two"))
    if options["per_sample"] is not None:
        from losscli.renderers.per_sample import writer

        try:
            writer(options["per_sample"], io.StringIO())
        except LosscliError as error:
            found.append(error)
    if options["per_sample"] == "-" and options["output"] is None and not options["quiet"]:
        found.append(
            UsageError("--per-sample -", "the report goes to standard output too", "one thing there",
                       "Send the report elsewhere: --output FILE.")
        )  # fmt: skip
    return found


def _gates(inputs: Inputs, options: dict[str, Any], errors: list[LosscliError]) -> list[Gate]:
    from losscli import registry
    from losscli.gates import check_against, fail_above, parse_gate

    gates: list[Gate] = []
    for text in options["gate_texts"]:
        try:
            gates.append(parse_gate(text, registry.find))
        except LosscliError as error:
            errors.append(error)
    specs = [bound.spec for bound in inputs.losses]
    limit = options["fail_above"]
    if limit is not None and len(options["specs"]) != 1:
        found = f"{len(options['specs'])} losses are asked for"
        errors.append(UsageError("--fail-above", found, "one", 'Say which: --gate "LOSS <= X".'))
    elif limit is not None and specs:
        try:
            gates.append(fail_above(specs[0], limit))
        except LosscliError as error:
            errors.append(error)
    if len(specs) == len(set(options["specs"])):
        errors.extend(check_against(gates, specs))
    return gates


def _evaluate(request: Request, per_sample: str | None) -> Report:
    from losscli.cli._progress import Progress
    from losscli.engines.memory import keep_freed_memory
    from losscli.evaluation import evaluate

    # The process is ours alone: nobody else's memory is held back by this.
    keep_freed_memory()
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(sys.stderr))
        sink = None
        if per_sample is not None:
            from losscli.sample_file import SampleSink

            sink = stack.enter_context(SampleSink(per_sample))
        return evaluate(request, sink=sink, observe=progress)


def _publish(report: Report, options: dict[str, Any]) -> None:
    """Write the report where it was asked for, notes and failed gates to stderr."""
    from losscli import renderers
    from losscli.output import atomic_write
    from losscli.text import visible

    for note in report.notes:
        click.echo(f"losscli: note: {visible(note)}", err=True)
    if options["output"] is None and not options["quiet"] and options["format_"] == "table":
        from losscli.cli.console import console, looks
        from losscli.renderers.table import draw

        shape = looks(sys.stdout, options["color"])
        draw(report, console(options["color"]), ascii_only=shape.ascii_only, width=shape.width)
        return
    text = renderers.load("quiet" if options["quiet"] else options["format_"]).render(report)
    if options["output"] is None:
        click.echo(text, nl=False)
        return
    with atomic_write(options["output"]) as file:
        file.write(text)
