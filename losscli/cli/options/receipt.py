"""`--receipt`, for every command that computes figures of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from losscli.cli.sections import OUTPUT
from losscli.common.errors import OutputError

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Report
    from losscli.inputs.request import Request


receipt_option = OUTPUT.option(
    "--receipt",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write a receipt for `losscli replay`; it records what was computed from which bytes.",
)


@contextmanager
def receipt_written(path: str | None, request: Request, report: Report) -> Iterator[None]:
    """Write the receipt of an evaluation, if one is wanted; see `written`."""

    def made() -> str:
        from losscli.verdicts.receipts.receipt import receipt

        return receipt(request, report)

    with written(path, made):
        yield


@contextmanager
def written(path: str | None, make: Callable[[], str]) -> Iterator[None]:
    """Write what `make` returns, if a path is given, before the block, which may end early: `| head`.

    If it cannot be written the block still runs, and the failure is told at its end.

    Raises:
        OutputError: if the receipt cannot be written.
    """
    failure = None
    if path is not None:
        from losscli.common.files import atomic_write

        text = make()
        try:
            with atomic_write(path) as file:
                file.write(text)
        except OutputError as error:
            failure = error
    yield
    if failure is not None:
        raise failure
