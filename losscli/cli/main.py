"""The program: finds its commands by file name, runs one, and accounts for every ending."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from losscli.cli import endings
from losscli.cli.command import Command, Run, traceback_option
from losscli.cli.sections import write_commands
from losscli.cli.terminal import messages, streams
from losscli.common import found
from losscli.common.addresses import shown
from losscli.common.errors import ExitStatus, UsageError
from losscli.common.text import nearest, shorten
from losscli.common.version import __version__

_COMMANDS = "losscli.cli.commands"


class Commands(click.Group):
    """The commands: a module of `losscli/cli/commands/` for each, which holds it as `command`.

    It imports click at the top, and everything heavier when it runs, so that `--help` is quick.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options of the program; one of evaluate, before any command, says that it is meant."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            commands = self.list_commands(ctx)
            evaluate = self.get_command(ctx, "evaluate")
            known = {name for one in evaluate.params for name in one.opts} if evaluate else set()
            if ctx.resilient_parsing or error.option_name not in known or {*commands} & {*given}:
                raise
            raise _evaluate_meant(given) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands; nothing is imported."""
        del ctx
        return [name.replace("_", "-") for name in found.names(_COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, or return None where there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = found.load(_COMMANDS, cmd_name.replace("-", "_"), "command")
        assert isinstance(command, Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, by what they are for."""
        found_ = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        write_commands(formatter, ((name, one) for name, one in found_ if isinstance(one, Command)))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` begin with, and the rest of them.

        Raises:
            UsageError: if there is no such command; names the nearest one, or `evaluate`.
        """
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not ctx.resilient_parsing:
            if _may_be_a_file(name):
                raise _evaluate_meant(args)
            usage = "`losscli --help` shows the usage."
            raise UsageError("", f"there is no command {name!r}", "", nearest(name, known) or usage)
        return super().resolve_command(ctx, args)


def _may_be_a_file(word: str) -> bool:
    return word == "-" or "." in word or os.sep in word or os.path.exists(word)  # noqa: PTH110 - any text


def _evaluate_meant(words: Sequence[str]) -> UsageError:
    """Return the error for a call without a command, with the one that is meant most often."""
    from losscli.cli.options.repeat import quoted

    line = " ".join(map(quoted, ["losscli", "evaluate", *words]))
    found = f"there is no command before {shorten(shown(words[0]))!r}"
    return UsageError("", found, "", f"Did you mean `{line}`?")


@click.group(
    cls=Commands,
    name="losscli",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done, 1 a gate failed, 2 bad usage or data, 3 a gate could not be decided, "
    "74 the output could not be written. "
    "The manual: losscli docs",
)
@click.version_option(__version__, "-V", "--version", prog_name="losscli", message="%(prog)s %(version)s")
def program() -> None:
    """Measure how wrong a model is: exact, explained losses of predictions against labels."""


program.params.append(traceback_option())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments` (those of the process by default); return its exit status.

    Never raises: whatever happens ends as one of `losscli.common.errors.ExitStatus`.
    """
    run = Run()
    try:
        with endings.signals_raise():
            streams.prepare()
            status = _finish(sys.argv[1:] if arguments is None else list(arguments), run)
            sys.stdout.flush()
    except BaseException as ending:
        status = endings.explain(ending, run)
    streams.settle()
    return status


def _finish(arguments: list[str], run: Run) -> int:
    """Run a command; where it comes to no result, the reports that it was asked for say so."""
    instruction = os.environ.get("_LOSSCLI_COMPLETE")
    if instruction:
        from losscli.cli.terminal import complete

        return complete.answer(program, instruction)
    run.arguments = arguments
    messages.heed(arguments)
    context = None
    # click's own `main` turns a closed pipe into status 1 and an EOFError into an abort.
    try:
        with program.make_context("losscli", arguments, obj=run) as context:
            return int(program.invoke(context) or ExitStatus.OK)
    except click.exceptions.Exit as wanted:
        return wanted.exit_code
    except click.exceptions.NoArgsIsHelpError:
        raise
    except BaseException as ending:
        from losscli.cli.options import reports

        run.lost = reports.leave(ending, run, context)
        raise
