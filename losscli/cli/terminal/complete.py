"""Answers the questions that a shell asks while a command line is typed."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class, shell_complete

from losscli.common.errors import UsageError
from losscli.common.text import shorten

VARIABLE = "_LOSSCLI_COMPLETE"
SHELLS = ("bash", "zsh", "fish", "powershell")


def script(program: click.Command, shell: str) -> str:
    """Return the script that teaches `shell` to complete the command lines of `program`."""
    kind = get_completion_class(shell)
    assert kind is not None
    # The class for bash would ask the bash on this machine for its version first; the script may
    # be meant for another machine.
    return ShellComplete.source(kind(program, {}, "losscli", VARIABLE)) + "\n"


def answer(program: click.Command, instruction: str) -> int:
    """Print the answer to a shell's question, such as `zsh_complete`; return the exit status.

    Raises:
        UsageError: if that is no question that one of `SHELLS` asks.
    """
    shell, _, wanted = instruction.partition("_")
    if shell not in SHELLS or wanted not in ("source", "complete"):
        needed = f"SHELL_complete or SHELL_source, where SHELL is one of {', '.join(SHELLS)}"
        raise UsageError(VARIABLE, f"the variable holds {shorten(instruction)!r}", needed)
    return shell_complete(program, {}, "losscli", VARIABLE, instruction)


def complete_page(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete the name of a page of the manual."""
    del ctx, parameter
    from losscli.cli.terminal.manual import pages

    return [CompletionItem(name) for name in pages() if name.startswith(incomplete)]


def complete_loss(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete a spec: the names of losses, behind a colon their parameters, and files."""
    del ctx, parameter
    from losscli.loss import registry

    name, colon, typed = incomplete.partition(":")
    losses = list(registry.all_losses())
    if colon:
        loss = next((loss for loss in losses if name in (loss.name, *loss.aliases)), None)
        if loss is not None:
            done, comma, last = typed.rpartition(",")
            given, equals, value = last.partition("=")
            if equals and given in loss.parameters:
                words = loss.parameters[given].words
                start = f"{name}:{done}{comma}{given}="
                return [CompletionItem(start + word) for word in words if word.startswith(value)]
            return [
                CompletionItem(f"{name}:{done}{comma}{key}=", help=parameter.help)
                for key, parameter in loss.parameters.items()
                if key.startswith(last) and f"{key}=" not in done
            ]
    found = [
        CompletionItem(known, help=loss.summary)
        for loss in losses
        for known in (loss.name, *loss.aliases)
        if known.startswith(incomplete)
    ]
    return found or [CompletionItem(incomplete, type="file")]
