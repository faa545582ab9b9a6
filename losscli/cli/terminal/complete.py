"""Answers the questions that a shell asks while a command line is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class, shell_complete

from losscli.common.errors import UsageError
from losscli.common.text import shorten, visible

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

    with suppress(Exception):  # where somebody types, no error is of use
        return [CompletionItem(name) for name in pages() if name.startswith(incomplete)]
    return []


_OF_PREDICTIONS, _OF_LABELS = ("prediction",), ("label", "label_id")
_TEXT = ("delimiter", "decimal", "encoding", "header", "comment")


def complete_column(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete the name of a column of the files that are typed already; their first lines are read."""
    predictions, labels = (ctx.params.get(name) for name in ("predictions", "labels"))
    if predictions is None:
        # The option still lacks its value: click has not come to the arguments.
        predictions, labels = [*ctx.args, None, None][:2]
    files = {"predictions": predictions, "labels": labels}
    if parameter.name in _OF_PREDICTIONS or (parameter.name in _OF_LABELS and labels):
        del files["labels" if parameter.name in _OF_PREDICTIONS else "predictions"]
    names: dict[str, None] = {}
    for role, path in files.items():
        with suppress(Exception):  # where somebody types, no error is of use
            names |= dict.fromkeys(_columns(path, role, ctx.params))
    return [CompletionItem(name) for name in names if name.startswith(incomplete) and visible(name) == name]


def _columns(path: str | None, role: str, options: Mapping[str, Any]) -> Sequence[str]:
    """Return the columns of a file; none of what gives its bytes only once, or waits for them."""
    if not path or not Path(path).is_file():
        return ()
    from losscli.inputs.opening import open_source
    from losscli.inputs.request import Request

    text = {key: options[key] for name in _TEXT for key in (name, f"label_{name}") if options.get(key)}
    request = Request(predictions=path, labels=path, loss=(), **text)
    text_format = request.prediction_format if role == "predictions" else request.label_format
    with closing(open_source(path, role, text_format)) as source:
        return source.header.names


def complete_loss(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete a spec: the names of losses, behind a colon their parameters, and files."""
    del ctx, parameter
    from losscli.loss import registry
    from losscli.loss.elsewhere import also_called
    from losscli.loss.names import key, own_names

    name, colon, typed = incomplete.partition(":")
    losses = list(registry.all_losses())
    if colon:
        loss = own_names(losses).get(key(name))
        if loss is not None:
            done, comma, last = typed.rpartition(",")
            given, equals, value = last.partition("=")
            if equals and given in loss.parameters:
                words = loss.parameters[given].words
                start = f"{name}:{done}{comma}{given}="
                return [CompletionItem(start + word) for word in words if word.startswith(value)]
            return [
                CompletionItem(f"{name}:{done}{comma}{name_}=", help=parameter.help)
                for name_, parameter in loss.parameters.items()
                if name_.startswith(last) and f"{name_}=" not in done
            ]
    found = [
        CompletionItem(known, help=loss.summary)
        for loss in losses
        for known in (loss.name, *loss.aliases)
        if known.startswith(incomplete)
    ]
    elsewhere = [
        CompletionItem(called, help=loss.summary)
        for loss in losses
        for called in also_called(loss)
        if called.startswith(incomplete)
    ]
    return found or elsewhere or [CompletionItem(incomplete, type="file")]
