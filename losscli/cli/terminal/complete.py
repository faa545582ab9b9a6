"""Answers the questions that a shell asks while a command line is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class, shell_complete

from losscli.common.errors import UsageError
from losscli.common.text import shorten, visible

if TYPE_CHECKING:
    from losscli.inputs.source import Source

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


def complete_check(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete the name of a check of doctor."""
    del ctx, parameter
    from losscli.analyses.doctor.checks import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


_OF_PREDICTIONS, _OF_LABELS = ("prediction",), ("label", "label_id")
TYPED_LOSSES = "losscli.typed_losses"
"""Where a context keeps the specs that are typed already, while nothing of them is read."""
_ROWS = 10_000
"""In so many rows at the beginning of a file groups are looked for."""
_TEXT = ("delimiter", "decimal", "encoding", "header", "comment")


def complete_column(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete the name of a column of the files that are typed already; their first lines are read."""
    files = _files(ctx)
    labels = files["labels"]
    if parameter.name in _OF_PREDICTIONS or (parameter.name in _OF_LABELS and labels):
        del files["labels" if parameter.name in _OF_PREDICTIONS else "predictions"]
    names: dict[str, None] = {}
    for role, path in files.items():
        with suppress(Exception):  # where somebody types, no error is of use
            names |= dict.fromkeys(_columns(path, role, ctx.params))
    return [CompletionItem(name) for name in names if name.startswith(incomplete) and visible(name) == name]


def _files(ctx: click.Context) -> dict[str, str | None]:
    """Return the inputs that are typed already, by their roles."""
    predictions, labels = (ctx.params.get(name) for name in ("predictions", "labels"))
    if predictions is None:
        # The option still lacks its value: click has not come to the arguments.
        files: list[str] = [*(ctx.params.get("files") or ctx.args)]
        several = any(isinstance(one, click.Argument) and one.nargs < 0 for one in ctx.command.params)
        if several and files and not Path(files[0]).exists():
            files[0] = files[0].partition("=")[2]
        predictions = files[0] if files else None
        if len(files) > 1 and labels is None:
            labels = files[-1] if several else files[1]
    return {"predictions": predictions, "labels": labels}


def _columns(path: str | None, role: str, options: Mapping[str, Any]) -> Sequence[str]:
    """Return the columns of a file; none of what gives its bytes only once, or waits for them."""
    if not path or not Path(path).is_file():
        return ()
    with closing(_opened(path, role, options)) as source:
        return source.header.names


def _opened(path: str, role: str, options: Mapping[str, Any]) -> Source:
    from losscli.inputs.opening import open_source
    from losscli.inputs.request import Request

    text = {key: options[key] for name in _TEXT for key in (name, f"label_{name}") if options.get(key)}
    request = Request(predictions=path, labels=path, loss=(), **text)
    text_format = request.prediction_format if role == "predictions" else request.label_format
    return open_source(path, role, text_format)


def complete_library(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete the name of a library, and of another call of it."""
    del ctx, parameter
    from losscli.conventions.library import libraries

    found = {call.said(one.name): None for one in libraries() for call in one.entries}
    return [CompletionItem(name) for name in sorted(found) if name.startswith(incomplete)]


def complete_gate(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Complete a gate: the losses asked for, behind a dot a figure, and in brackets a group."""
    del parameter
    from losscli.analyses.evaluate.figures import FIGURES

    metric, bracket, _ = incomplete.partition("[")
    found: list[str] = []
    if bracket:
        with suppress(Exception):  # where somebody types, no error is of use
            found = [f"{metric}[{name}]" for name in _groups(ctx)]
    else:
        specs = [*dict.fromkeys(ctx.meta.get(TYPED_LOSSES, ()))]
        ends = [*(f".{figure}" for figure in FIGURES), *(["["] if ctx.params.get("group") else [])]
        begun = [spec for spec in specs if incomplete.startswith(spec)]
        found = [*specs, *(spec + end for spec in begun for end in ends)]
        figure = incomplete.rpartition(".")[2]
        found += [f"{incomplete}["] if "[" in ends and figure in FIGURES else []
    return [CompletionItem(one) for one in found if one.startswith(incomplete) and visible(one) == one]


def _groups(ctx: click.Context) -> list[str]:
    """Return the groups in the first rows of the file that has the columns, as a gate writes them."""
    from losscli.inputs.chunk import Want
    from losscli.inputs.groups import combined, group_roles, quoted_name

    columns = ctx.params.get("group") or ()
    roles = group_roles(columns)
    for role, path in _files(ctx).items():
        names = _columns(path, role, ctx.params)
        if path and columns and {*columns} <= {*names}:
            wants = [
                Want(part, (names.index(name),), text=True) for part, name in zip(roles, columns, strict=True)
            ]
            with closing(_opened(path, role, ctx.params)) as source:
                first = next(iter(source.chunks(wants, _ROWS)))
            found = {*combined(columns, [first.columns[part] for part in roles]).tolist()}
            return sorted(quoted_name(name.decode("utf-8", "surrogateescape")) for name in found)
    return []


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
