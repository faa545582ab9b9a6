"""`losscli conventions`: what other libraries do otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option
from losscli.cli.sections import COMPUTE, UNDERSTAND
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import UsageError

if TYPE_CHECKING:
    from losscli.conventions.library import Entry, Library


@click.command(
    "conventions",
    cls=Command,
    short_help="List what other libraries do otherwise, by library.",
    group=UNDERSTAND,
    manual="conventions",
    examples=(
        "losscli conventions mse",
        "losscli conventions --library keras",
        "losscli conventions bce --json",
    ),
)
@click.argument("loss", required=False, shell_complete=complete_loss)
@COMPUTE.option("--library", metavar="NAME", help="Only this library, such as keras or sklearn@1.2.")
@format_option("the list")
@color_option
def command(loss: str | None, library: str | None, **options: Any) -> None:
    """List the calls of other libraries whose numbers `losscli evaluate --as` gives.

    With LOSS, only calls of that loss. What differs is told as it is typed behind --as.
    """
    from losscli.outputs.views.conventions import ConventionsView

    deliver(ConventionsView(_chosen(loss, library)), options)


def _chosen(loss: str | None, library: str | None) -> list[tuple[Library, Entry]]:
    from losscli.conventions.library import libraries

    name = None
    if loss is not None:
        from losscli.loss import registry
        from losscli.loss.spec import parse_spec

        try:
            name = parse_spec(loss, registry.find).loss.name
        except UsageError as error:
            raise UsageError("LOSS", error.found, error.needed, error.remedy) from None
    version = "" if library is None else _version_of(library)
    those = libraries() if library is None else (_library_of(library),)
    found = [
        (one, call)
        for one in those
        for call in one.entries
        if name in (None, call.loss) and (not version or call.holds(version))
    ]
    if not found:
        has = sorted({call.loss for one in those for call in one.entries})
        where = "LOSS" if library is None else "--library"
        whose = "a library" if library is None else those[0].name
        raise UsageError(where, f"no convention of {whose} is known for {name}", f"one of {', '.join(has)}")
    return found


def _library_of(text: str) -> Library:
    """Return the library of a text such as `keras@3.1`. Raises UsageError for one that there is not."""
    from losscli.conventions.library import find, names

    try:
        return find(text.partition("@")[0])
    except UsageError as error:
        raise UsageError("--library", error.found, f"one of {', '.join(names())}", error.remedy) from None


def _version_of(text: str) -> str:
    """Return the version in a text such as `keras@3.1`; empty without. Raises UsageError for none."""
    from losscli.common.text import shorten
    from losscli.conventions.library import VERSION

    _, at, version = text.partition("@")
    if at and not VERSION.fullmatch(version):
        raise UsageError("--library", f"'{shorten(text)}'", "a version behind the @, such as sklearn@1.2")
    return version
