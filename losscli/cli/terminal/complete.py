"""Answers the questions that a shell asks while a command line is typed."""

from __future__ import annotations

import os
from typing import Any, ClassVar

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
)

from losscli.common.errors import UsageError
from losscli.common.text import shorten

VARIABLE = "_LOSSCLI_COMPLETE"
SHELLS = ("bash", "zsh", "fish", "powershell")

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    $env:COMP_WORDS = $before -join "`n"
    $env:COMP_CWORD = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    try {
        %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq "plain") {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
            } else {
                [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
            }
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s -ErrorAction SilentlyContinue
    }
}
"""


class PowerShell(ShellComplete):
    """PowerShell: finished words in COMP_WORDS, a line each; the word being typed in COMP_CWORD.

    click has such a class from 8.5 on; this one makes all versions behave alike.
    """

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the finished words behind the program's name, and the word being typed."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return a line: kind, value and help, with tabs between."""
        return f"{item.type}\t{item.value}\t{' '.join((item.help or '').split())}"


add_completion_class(PowerShell)


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
