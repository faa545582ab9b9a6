"""What was meant by words of a command line that click does not understand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any

import click

from losscli.common.addresses import shown
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import given
from losscli.common.text import nearest, plain_number

_ALSO = {
    "--loss": "metric metrics objective criterion loss-function losses scoring",
    "--label": "target targets labels y y-true truth true actual ground-truth",
    "--prediction": "pred preds predictions y-pred yhat score",
    "--weight": "weights sample-weight w",
    "--group": "by group-by groupby slice",
    "--level": "ci confidence-level interval",
    "--baseline-model": "baseline reference control against",
    "--margin": "tolerance rope equivalence",
    "--adjust": "correction p-adjust",
    "--cluster": "clusters cluster-by subject",
    "--id": "key on index join",
    "--delimiter": "sep separator",
    "--output": "out outfile save",
    "--fail-above": "threshold max limit fail-under",
    "--top": "worst head n",
    "--baseline": "compare reference against",
    "--bad-rows": "missing nan na errors",
    "--learning-rate": "lr alpha step-size",
    "--epochs": "iterations steps max-iter",
}
"""What options are called elsewhere."""
_VALUES = {
    "mean": "avg average",
    "sum": "total",
    "drop": "skip ignore remove",
    "error": "raise strict fail",
    "markdown": "md",
    "jsonl": "ndjson lines",
    "table": "text txt pretty plain",
    "id": "key index",
    "position": "order row rows",
    "always": "yes on true",
    "never": "no off false none",
}
"""What values are called elsewhere."""
_ELSEWHERE = {
    "--state": "Figures of `losscli evaluate` alone are kept in states, to be merged.",
    "--receipt": "A receipt is of one call: each shard may have its own, from `losscli evaluate`.",
}
"""What is to be said of options that another command has."""
_ENGINE = (
    "`losscli evaluate`, `gradient`, `compare` and `check` have engines; other commands run in one process."
)
_CHOICE = re.compile(r"(.*) is not one of .*", re.DOTALL)
_NUMBER = re.compile(r"(.*) is not (?:a valid (?:integer|float).*|in the range .*)", re.DOTALL)


def reworded(error: click.UsageError, arguments: Sequence[str]) -> tuple[str, str, str, str]:
    """Return the parts of click's error as an error of ours has them; the remedy may be empty."""
    if isinstance(error, click.NoSuchOption):
        return "", f"there is no option {error.option_name!r}", "", _meant(error, arguments)
    if isinstance(error, click.BadOptionUsage) and error.message.endswith("requires an argument."):
        example = "For example: --loss mse" if error.option_name == "--loss" else ""
        return error.option_name, "no value follows it", "a value", example
    if isinstance(error, click.MissingParameter) or not isinstance(error, click.BadParameter):
        return "", error.format_message(), "", ""
    if error.param is None:
        return "", error.format_message(), "", ""
    option, type_ = error.param.opts[0], error.param.type
    if isinstance(error.param, click.Argument):
        option = error.param.human_readable_name
    value = _CHOICE.fullmatch(error.message)
    if isinstance(type_, click.Choice) and value:
        choices = [str(choice) for choice in type_.choices]
        word = value[1].strip("'\"")
        meant = _also(word, _VALUES, choices) or nearest(word, choices)
        return option, f"{value[1]} is not one of its values", f"one of {', '.join(choices)}", meant
    value = _NUMBER.fullmatch(error.message)
    if value and isinstance(type_, (click.types.IntParamType, click.types.FloatParamType)):
        return option, *_no_number(value[1], error.param, type_)
    return option, error.message, "", ""


def _no_number(value: str, parameter: click.Parameter, type_: click.ParamType[Any]) -> tuple[str, str, str]:
    """Return what was found, needed and is to be done where a number is none, or out of range."""
    whole = isinstance(type_, click.types.IntParamType)
    least = getattr(type_, "min", None)
    needed = "a whole number" if whole else "a number"
    if least is not None:
        needed += f" {'>' if getattr(type_, 'min_open', False) else '≥'} {plain_number(least)}"
    most = getattr(type_, "max", None)
    if most is not None:
        sign = "<" if getattr(type_, "max_open", False) else "≤"
        needed += f"{' and' if least is not None else ''} {sign} {plain_number(most)}"
    default = parameter.default
    usual = default if isinstance(default, (int, float)) and not isinstance(default, bool) else None
    example = f"The default is {parameter.opts[0]} {plain_number(usual)}" if usual is not None else ""
    return value, needed, example


def unexpected(words: Sequence[str], context: click.Context, arguments: Sequence[str]) -> UsageError:
    """Return the error of arguments that no command takes, with what the first may mean."""
    word, more = shown(words[0]), len(words) - 1
    found = f"unexpected argument {word!r}" + (f" and {more} more" if more else "")
    takes = [one.make_metavar(context) for one in context.command.params if isinstance(one, click.Argument)]
    hint = _unquoted(context, arguments)
    if not hint and any("--loss" in one.opts for one in context.command.params):
        hint = _loss_meant(word)
    if not hint and "=" in word:
        hint = next((f"Did you mean {spec}?" for spec in _with_parameter(word, arguments)), "")
    hint = hint or f"`{context.command_path} --help` shows the usage."
    return UsageError("", found, " ".join(takes) or "options alone", hint)


def _unquoted(context: click.Context, arguments: Sequence[str]) -> str:
    """Return the command in which globs are in quotes, where the shell put their matches in their place."""
    words: list[str] = []
    for (folder, suffix), run in groupby(arguments, key=_kind):
        files = [*run]
        pattern = str(folder / f"*{suffix}")
        matches = sorted(map(str, folder.glob(f"*{suffix}"))) if suffix and len(files) > 1 else []
        several = len(files) > 1 and matches == sorted(str(PurePath(file)) for file in files)
        words += [pattern] if several else files
    shown_words = " ".join(map(shlex.quote, map(shown, words)))
    if len(words) == len(arguments):
        return ""
    return f"Put the glob in quotes, so that the shell leaves it: {context.command_path} {shown_words}"


def _kind(word: str) -> tuple[Path, str]:
    """Return the folder and the suffix of a file; of another word itself, and no suffix."""
    path = Path(word)
    with suppress(OSError, ValueError):
        if path.is_file():
            return path.parent, path.suffix
    return path, ""


def _meant(error: click.NoSuchOption, arguments: Sequence[str]) -> str:
    """Return what an option that there is not may have been meant for; else nothing."""
    command = error.ctx.command if error.ctx else None
    known = [name for one in command.params for name in one.opts if name[:2] == "--"] if command else []
    name = error.option_name.lower().replace("_", "-")
    if name[:2] != "--":
        return ""
    place = next((at for at, one in enumerate(arguments) if one.split("=")[0] == error.option_name), None)
    if place is not None and "--loss" in known:
        value = (*arguments[place].split("=", 1)[1:], *arguments[place + 1 : place + 2], "")[0]
        for spec in _with_parameter(f"{name[2:].replace('-', '_')}={value}", arguments):
            return f"It is a parameter of the loss: {given('loss', spec)}"
    if name in ("--engine", "--workers", "--scheduler"):
        return _ENGINE
    # Commands that read no samples have nothing to keep.
    elsewhere = _ELSEWHERE.get(name, "") if "--fail-above" in known or "--loss" in known else ""
    return elsewhere or _also(name[2:], _ALSO, known) or nearest(name, known)


def _also(word: str, elsewhere: dict[str, str], known: Sequence[str]) -> str:
    found = (ours for ours, theirs in elsewhere.items() if word.lower() in theirs.split() and ours in known)
    return next((f"Did you mean {ours}?" for ours in found), "")


def _loss_meant(word: str) -> str:
    """Return the option where a word is the spec of a loss, and no file."""
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec

    try:
        parse_spec(word, registry.find)
    except LosscliError:
        return ""
    return f"Did you mean {given('loss', word)}?"


def _with_parameter(written: str, arguments: Sequence[str]) -> Iterator[str]:
    """Yield each loss of a call with a parameter `name=value`, where it has one of that name."""
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec

    for word in arguments:
        spec = word.removeprefix("--loss=")
        try:
            loss = parse_spec(spec, registry.find).loss
        except LosscliError:
            continue
        name, _, value = written.partition("=")
        if name in loss.parameters and value:
            yield f"{spec}{',' if ':' in spec else ':'}{written}"
