"""`losscli plan`: how many rows a gate needs, before they are labelled."""

from __future__ import annotations

import sys
from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.inputs import (
    column_options,
    conflicts,
    file_arguments,
    request_of,
    row_options,
    text_options,
)
from losscli.cli.options.outputs import color_option, deliver, format_options, output_conflicts
from losscli.cli.options.sure import dependence_options
from losscli.cli.sections import GATES, IN_CI, OUTPUT
from losscli.cli.terminal.complete import complete_gate
from losscli.common.errors import ExitStatus, raise_together


def _gate(context: click.Context, _parameter: click.Parameter, text: str) -> Any:
    if context.resilient_parsing:
        return None
    from losscli.loss import registry
    from losscli.verdicts.gates.grammar import parse_gate

    return parse_gate(text, registry.find)


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="How many rows a gate needs, before they are labelled.",
    group=IN_CI,
    manual="plan",
    examples=(
        'losscli plan sample_data/diabetes_{linear,labels}.csv --gate "mse <= 3300"',
        'losscli plan sample_data/diabetes.csv --gate "mae.p95 < 120" --confidence 0.99',
    ),
)
@file_arguments
@GATES.option(
    "--gate",
    "-g",
    callback=_gate,
    shell_complete=complete_gate,
    required=True,
    metavar="GATE",
    help='The limit, such as "mse <= 0.3" or "mae.p95[f] < 2".',
)
@GATES.option(
    "--confidence",
    type=click.FLOAT,
    default=0.95,
    show_default=True,
    metavar="X",
    help="How sure the verdict is to be.",
)
@GATES.option(
    "--power",
    type=click.FLOAT,
    default=0.8,
    show_default=True,
    metavar="X",
    help="The probability that so many rows decide it.",
)
@column_options("For the group that the gate names.")
@text_options
@row_options
@dependence_options
@format_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only the number of rows.")
@color_option
def command(**options: Any) -> int:
    """Say how many rows a gate needs, if their figure is what it is in PREDICTIONS and LABELS.

    PREDICTIONS can be a report instead, of `losscli evaluate --level 0.95 --format json`. The number is that
    of all rows, not of those to be added.
    """
    from losscli.cli.terminal.progress import Progress
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec
    from losscli.outputs.views.plan import PlanView
    from losscli.verdicts.plan.rows import Wanted
    from losscli.verdicts.plan.run import is_report, plan, plan_by, wrong

    gate = options["gate"]
    bound = parse_spec(gate.spec, registry.find)
    options["losses"] = (bound,)
    sure = {"confidence": options["confidence"], "power": options["power"]}
    dependent = {"weighted": options["weight"] is not None, "clustered": options["cluster"] is not None}
    found = [*conflicts(options), *output_conflicts(options), *wrong(gate, bound, **sure, **dependent)]
    raise_together([*found, *_useless(options)])
    wanted = Wanted(gate, bound, **sure)
    if options["labels"] is None and is_report(options["predictions"]):
        from losscli.verdicts.gates.baseline import load_baseline

        planned = plan_by(wanted, load_baseline(options["predictions"], "report"))
    else:
        request = request_of(
            options,
            level=options["confidence"],
            cluster=options["cluster"],
            weights_are=options["weights_are"] or "importance",
            top=0,
        )
        with Progress(sys.stderr) as progress:
            planned = plan(wanted, request, progress)
    deliver(PlanView(planned), options)
    return ExitStatus.OK


def _useless(options: dict[str, Any]) -> Any:
    from losscli.analyses.asked import useless

    names = ("cluster", "weights_are", "weight")
    return useless(level=None, reduction="mean", confidence=0.95, **{name: options[name] for name in names})
