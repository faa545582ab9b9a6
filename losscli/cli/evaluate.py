"""`losscli evaluate`: the cost of predictions against labels."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from losscli.cli._environment import EnvironmentCommand
from losscli.cli._options import collected, conflicts, input_options, request_of
from losscli.cli._output import color_option, format_options, overwritten, publish
from losscli.errors import ExitStatus, LosscliError, UsageError, raise_together

if TYPE_CHECKING:
    from losscli.gates import Gate
    from losscli.report import Report
    from losscli.request import Request

SWITCH_SECONDS = 0.0005


def _gates(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> list[Gate]:
    if not texts:
        return []
    from losscli import registry
    from losscli.gates import parse_gate

    return collected(texts, lambda text: parse_gate(text, registry.find))


def _limit(_context: click.Context, _parameter: click.Parameter, limit: float | None) -> float | None:
    if limit is not None:
        from losscli.gates import fail_above

        # Made in vain, so that a limit that is none is told with all else that is wrong.
        fail_above("", limit)
    return limit


def _per_sample(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    if path is not None:
        from losscli.renderers.per_sample import writer

        # Made in vain, so that a suffix without a format is told before a file is opened.
        writer(path, io.StringIO())
    return path


@click.command(cls=EnvironmentCommand, no_args_is_help=True)
@input_options
@click.option(
    "--reduction",
    type=click.Choice(["mean", "sum"]),
    default="mean",
    show_default=True,
    help="What the cost is: the mean of the losses (finished, such as by a root), or their sum.",
)
@format_options
@click.option(
    "--per-sample",
    callback=_per_sample,
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
    callback=_gates,
    multiple=True,
    metavar='"METRIC OP VALUE"',
    help='A condition such as "mse <= 0.3" or "mae.p95[f] < 2"; exit status 1 if it fails. Repeatable.',
)
@click.option(
    "--fail-above",
    type=float,
    callback=_limit,
    metavar="X",
    help="The gate COST <= X, where one loss is asked for.",
)
@click.option("--exit-zero", is_flag=True, help="Report gates that fail, but exit with 0.")
@color_option
def command(**options: Any) -> int:
    """Say how wrong PREDICTIONS are, given LABELS.

    Both are CSV files (comma, tab, semicolon, pipe or blank; plain, .gz, .bz2, .xz or .zip; - for
    standard input). Columns are found by name, rows are paired by id if both files have one.
    LABELS is left out where both columns are in one file.
    """
    request = requested(options)
    if not request.losses:
        from losscli.fitting import which_losses_fit

        raise which_losses_fit(request)
    report = _evaluate(request, options["per_sample"])
    _publish(report, options)
    return ExitStatus.OK if options["exit_zero"] else ExitStatus.of_verdict(report.verdict)


def requested(options: dict[str, Any]) -> Request:
    """Return what the options ask for. Raises all that is wrong with them taken together."""
    gates: list[Gate] = list(options["gate"])
    raise_together([*conflicts(options), *_conflicts(options), *_gate_conflicts(options, gates)])
    return replace(
        request_of(options),
        reduction=options["reduction"],
        top=None if options["all_"] else options["top"],
        gates=tuple(gates),
    )


def _conflicts(options: dict[str, Any]) -> list[LosscliError]:
    """Return what is wrong with the options of this command taken together."""
    found: list[LosscliError] = []
    if options["quiet"] and options["format_"] != "table":
        found.append(UsageError("--quiet", f"--format {options['format_']} is given too", "one of the two"))
    outputs = [("--output", options["output"]), ("--per-sample", options["per_sample"])]
    found.extend(overwritten(options, outputs))
    if options["per_sample"] == "-" and options["output"] is None:
        found.append(
            UsageError(
                "--per-sample -",
                "the report goes to standard output too",
                "one thing there",
                "Send the report elsewhere: --output FILE.",
            )
        )
    return found


def _gate_conflicts(options: dict[str, Any], gates: list[Gate]) -> list[LosscliError]:
    """Add the gate of --fail-above to `gates`; return which gates do not fit what is computed."""
    specs = [bound.spec for bound in options["losses"]]
    limit = options["fail_above"]
    if not specs or (limit is None and not gates):
        return []
    from losscli.gates import check_against, fail_above

    errors: list[LosscliError] = [*check_against(gates, specs)]
    if limit is not None and len(specs) != 1:
        found = f"{len(specs)} losses are asked for"
        errors.append(UsageError("--fail-above", found, "one", 'Say which: --gate "LOSS <= X".'))
    elif limit is not None:
        gates.append(fail_above(specs[0], limit))
    return errors


def _evaluate(request: Request, per_sample: str | None) -> Report:
    from losscli.cli._progress import Progress
    from losscli.evaluation import evaluate

    own_process()
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(sys.stderr))
        sink = None
        if per_sample is not None:
            from losscli.sample_file import SampleSink

            sink = stack.enter_context(SampleSink(per_sample))
        return evaluate(request, sink=sink, observe=progress)


def own_process() -> None:
    """Arrange a process that does nothing but evaluate."""
    from losscli.engines.memory import keep_freed_memory

    # The process is ours alone: nobody else's memory is held back by this.
    keep_freed_memory()
    # Three threads take turns of microseconds; a tenth of a turn of the default is long enough to wait.
    sys.setswitchinterval(SWITCH_SECONDS)


def _publish(report: Report, options: dict[str, Any]) -> None:
    """Write the report where it was asked for, notes and failed gates to stderr."""
    from losscli import renderers
    from losscli.cli._streams import complain
    from losscli.renderers.table import page
    from losscli.text import visible

    for note in report.notes:
        complain(f"losscli: note: {visible(note)}")
    shown = options["output"] is None and not options["quiet"]
    if not (shown and options["format_"] in ("table", "markdown")):
        # The log of a job has to say why it failed, wherever the report went.
        told = {"fail": "failed", "undecided": "undecided"}
        for gate in report.gates:
            if not gate.passed:
                why = gate.reason or f"the value is {gate.value!r}"
                complain(f"losscli: gate {told[gate.verdict]}: {visible(gate.gate)}: {visible(why)}")
    format_ = "quiet" if options["quiet"] else options["format_"]
    publish(
        format_,
        lambda: page(report),
        lambda: renderers.load(format_).render(report),
        output=options["output"],
        color=options["color"],
    )
