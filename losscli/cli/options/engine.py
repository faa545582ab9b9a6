"""`--engine` and what goes with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import options
from losscli.cli.options.outputs import is_folder_of_samples
from losscli.cli.sections import ADVANCED
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import CHOICES
from losscli.common.options import given as option

if TYPE_CHECKING:
    from losscli.compute.engines.dask import Dask
    from losscli.compute.engines.processes import Processes

ENGINE = frozenset({"engine", "workers", "scheduler"})
"""The options, which change no figure: variables may set them of every command that has them."""
engine_options = options(
    ADVANCED.rare.option(
        "--engine",
        type=click.Choice(CHOICES["engine"]),
        metavar="NAME",
        default="local",
        help="local, processes or dask: where to do the work.  [default: local]",
    ),
    ADVANCED.rare.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many workers --engine processes or dask starts; by default one per processor.",
    ),
    ADVANCED.rare.option(
        "--scheduler", metavar="ADDRESS", help="The Dask scheduler to use; by default a cluster of its own."
    ),
)


def engine_conflicts(given: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield what is wrong with the options of the engine, and with those that it has no use for."""
    engine = given["engine"]
    if given["scheduler"] is not None and engine != "dask":
        yield UsageError("--scheduler", f"the engine is {engine}", "--engine dask")
    if given["scheduler"] is not None and given["workers"] is not None:
        yield UsageError("--workers", "a scheduler has its own workers", "one of --scheduler and --workers")
    if engine == "local":
        if given["workers"] is not None:
            yield UsageError("--workers", "the engine is local, which has none", "--engine processes or dask")
        return
    if given.get("state") is not None:
        yield UsageError("--state", f"the engine is {engine}", "--engine local")
    samples = given["per_sample"]
    if samples is not None and not is_folder_of_samples(samples):
        name = "samples" if samples == "-" else samples.removesuffix(".csv")
        yield UsageError(
            "--per-sample",
            f"the engine is {engine}, whose workers write a file for each part",
            "a folder for them, or --engine local",
            f"Name one, with a / at its end: {option('per-sample', f'{name}/')}",
        )
    if given["all_"]:
        yield UsageError("--all", f"the engine is {engine}, and its workers keep few samples", "--top N")


def crew_asked(given: Mapping[str, Any]) -> Processes | Dask | None:
    """Return who does the work in parts; None for this process. Raises LosscliError if that cannot be."""
    if given["engine"] == "local":
        return None
    from losscli.cli.terminal import messages
    from losscli.compute.engines.choice import crew_of

    def tell(dashboard: str) -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            messages.note(f"the dashboard of the cluster: {dashboard}")

    return crew_of(given["engine"], given["workers"], given["scheduler"], tell)
