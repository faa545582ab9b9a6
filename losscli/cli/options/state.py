"""`--state`, for every command whose figures can be merged with those of other runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Function
from losscli.cli.options.outputs import no_stream
from losscli.cli.sections import OUTPUT
from losscli.common.errors import LosscliError, OutputError

if TYPE_CHECKING:
    from losscli.analyses.evaluate.states.state import State


def state_option(help_: str) -> Callable[[Function], Function]:
    """Add `--state`."""
    return OUTPUT.option(
        "--state", type=click.Path(), callback=no_stream("standard output"), metavar="FILE", help=help_
    )


def state_conflicts(options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield an error for each loss of which no state can be made."""
    if options["state"] is not None:
        from losscli.analyses.evaluate.states.made import no_states

        yield from no_states(options["losses"], options["reduction"])


@contextmanager
def state_written(path: str | None, states: list[State]) -> Iterator[None]:
    """Write the one of `states`, if that is wanted, before the block, which may end early: `| head`.

    If it cannot be written the block still runs, and the failure is told at its end.

    Raises:
        OutputError: if the state cannot be written.
    """
    failure = None
    if path is not None:
        from losscli.analyses.evaluate.states.text import write_state

        (state,) = states
        try:
            write_state(path, state)
        except OutputError as error:
            failure = error
    yield
    if failure is not None:
        raise failure
