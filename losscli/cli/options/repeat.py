"""The command line that repeats a run at home, from the arguments of the run, quoted for a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from losscli.common.addresses import shown
from losscli.common.text import visible

ELSEWHERE = frozenset(
    (
        *("--report", "--output", "--per-sample", "--save-predictions", "--receipt", "--state"),
        *("--format", "--json", "--quiet", "--color", "--traceback"),
        *("--block-rows", "--engine", "--workers", "--scheduler"),
    )
)
"""Options that say where results go, how they look, and who does the work: no figure depends on them."""


def command_line(arguments: Sequence[str], command: click.Command, name: str = "evaluate") -> str:
    """Return the line that computes the same once more, without the options of `ELSEWHERE`.

    Args:
        arguments: those of the command, without its name.
        command: says which options have a value.
        name: what the command is called.
    """
    return " ".join(map(quoted, ["losscli", name, *_kept(list(arguments), command)]))


def words(option: click.Parameter, value: Any) -> Iterator[str]:
    """Yield the words by which a command line gives `value`, or each of several, to an option."""
    if isinstance(option, click.Option) and option.is_flag:
        yield from (option.opts if click.BOOL.str_to_bool(value) else option.secondary_opts)[:1]
    else:
        for one in value if option.multiple else [value]:
            yield f"{option.opts[0]}={one}"


def quoted(word: str) -> str:
    r"""Return `word` as bash reads it back to the last byte, and a terminal shows it without harm.

    Invisible characters, and bytes of a path that are no UTF-8, are written within `$'…'`. An address is
    without what is secret in it.
    """
    word = shown(word)
    if visible(word) == word:
        return shlex.quote(word)
    return f"$'{''.join(map(_escaped, _pieces(word)))}'"


def _pieces(word: str) -> Iterator[tuple[str, bool]]:
    """Yield the characters of a word, and whether each has to be escaped where it stands."""
    for place, character in enumerate(word):
        alone = visible(character) == character
        # The second `#` of a command to a CI runner is harmless alone.
        yield character, not alone or (character == "#" and word[place - 1 : place] == "#")


def _escaped(piece: tuple[str, bool]) -> str:
    character, escape = piece
    if character in "\\'":
        return f"\\{character}"
    if not escape:
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def _kept(arguments: list[str], command: click.Command) -> Iterator[str]:
    options = {
        name: option
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            yield word
            yield from rest
            return
        name, equals, _ = word.partition("=")
        if re.match(r"-\w", word):
            yield from _cluster(word, rest, options)
        elif not re.match(r"--\w", word) or name not in options:
            yield word
        else:
            value = [next(rest, None)] if _has_value(options[name]) and not equals else []
            if name not in ELSEWHERE:
                yield word
                yield from (one for one in value if one is not None)


def _cluster(word: str, rest: Iterator[str], options: Mapping[str, click.Option]) -> Iterator[str]:
    """Yield what is kept of short options in one word, `-qofile`; a value may be the next word."""
    kept = "-"
    for place, letter in enumerate(word[1:], 2):
        option = options.get(f"-{letter}")
        elsewhere = option is not None and option.opts[0] in ELSEWHERE
        if option is not None and not _has_value(option):
            kept += "" if elsewhere else letter
            continue
        value = [] if word[place:] or option is None else [next(rest, None)]
        if not elsewhere:
            kept += word[place - 1 :]
        if kept != "-":
            yield kept
        yield from (one for one in value if one is not None and not elsewhere)
        return
    if kept != "-":
        yield kept


def _has_value(option: click.Option) -> bool:
    return not (option.is_flag or option.count)
