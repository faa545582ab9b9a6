"""The options that only a comparison has: which models beside which, and how sure the differences are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import options
from losscli.cli.options.sure import dependence_options, level_option, sure_conflicts
from losscli.cli.sections import COMPUTE
from losscli.common.errors import LosscliError
from losscli.common.options import CHOICES

if TYPE_CHECKING:
    from losscli.analyses.compare.request import Margin


def _margin(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Margin | None:
    if text is None:
        return None
    from losscli.analyses.compare.refused import margin_of

    return margin_of(text)


comparing_options = options(
    COMPUTE.option(
        "--labels",
        type=click.Path(allow_dash=True),
        metavar="FILE",
        help="The labels; every argument is then predictions.",
    ),
    COMPUTE.option(
        "--baseline-model",
        metavar="NAME",
        help="The model that others are compared with.  [default: first]",
    ),
    COMPUTE.rare.option(
        "--pairs",
        type=click.Choice(CHOICES["pairs"]),
        default="baseline",
        show_default=True,
        help="all: compare every model with every other one.",
    ),
    level_option("How sure intervals are.", default=0.95, show_default=True),
    COMPUTE.rare.option(
        "--adjust",
        type=click.Choice(CHOICES["adjust"]),
        default="holm",
        show_default=True,
        help="How p is adjusted for the number of comparisons.",
    ),
    COMPUTE.option(
        "--margin",
        metavar="X|X%",
        callback=_margin,
        help="Differences up to this are as good as none; tests for that, too.",
    ),
    dependence_options,
    COMPUTE.rare.option(
        "--lag",
        type=click.IntRange(min=0),
        metavar="H",
        help="For forecasts: the differences of rows up to H apart depend on each other.",
    ),
    COMPUTE.rare.option(
        "--anytime",
        is_flag=True,
        help="Intervals that hold however often one looks again after adding rows; needs --planned-rows.",
    ),
    COMPUTE.rare.option(
        "--planned-rows",
        type=click.IntRange(min=1),
        metavar="N",
        help="The number of rows at which --anytime is the narrowest.",
    ),
    COMPUTE.rare.option(
        "--guarantee",
        is_flag=True,
        help="Intervals that hold for every number of rows; for losses with a largest value.",
    ),
    COMPUTE.rare.option(
        "--check",
        type=click.Choice(CHOICES["check"]),
        metavar="METHOD",
        help="bootstrap, signflip: a second p by random draws, to check the first; it decides nothing.",
    ),
    COMPUTE.rare.option("--seed", type=click.INT, metavar="N", help="Other draws for --check.  [default: 0]"),
)


def comparing_conflicts(given: Mapping[str, Any]) -> list[LosscliError]:
    """Return what is wrong with these options taken together."""
    from losscli.analyses.compare.refused import refused

    names = (
        *("lag", "cluster", "weight", "anytime", "planned_rows", "guarantee", "level", "losses"),
        *("check", "seed"),
    )
    found = [*refused(**{name: given[name] for name in names})]
    return [*found, *sure_conflicts({**given, "reduction": "mean"})]
