"""Options that change what a loss sees: one for each edit, in every command that reads inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import options
from losscli.cli.sections import ROWS
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.options import CHOICES, given, label_pairs
from losscli.common.text import exact_value, parse_number, plain_number

if TYPE_CHECKING:
    from losscli.inputs.edits import Edits


def edits_of(options: Mapping[str, Any]) -> Edits:
    """Return what the options change."""
    from losscli.inputs.edits import Edits, option_names

    return Edits(**{name: options[name] for name in option_names()})


def pairs_of(option: str, texts: Iterable[str], noun: str) -> dict[str, str]:
    """Return the pairs in the values of an option, `A=B,C=D`, of names that `noun` says in messages.

    Raises:
        LosscliError: all that is wrong with them.
    """
    mapped: dict[str, str] = {}
    taken: dict[Any, str] = {}
    errors: list[LosscliError] = []
    for pair, old, new in (found for text in texts for found in label_pairs(text)):
        value = exact_value(old)
        if not (old and new):
            needed = f"A=B,C=D, with double quotes around a {noun} that contains = or a comma"
            # As a dictionary is written.
            meant = given(option.removeprefix("--"), re.sub(r"\s*:\s*", "=", pair, count=1))
            hint = f"Did you mean {meant}?" if ":" in pair else ""
            errors.append(UsageError(option, repr(pair), needed, hint))
        elif taken.setdefault(old if value is None else value, new) != new:
            done = "mapped" if option == "--map-labels" else "renamed"
            errors.append(UsageError(option, f"{old!r} is {done} twice", "once"))
        mapped[old] = new
    raise_together(errors)
    return mapped


def _renames(
    _context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return tuple(pairs_of(parameter.opts[0], texts, "class").items())


def _factor(_context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    from losscli.inputs.edits import FACTOR, is_factor

    if value is not None and not is_factor(value):
        raise UsageError(parameter.opts[0], plain_number(value), FACTOR)
    return value


def _standard(
    _context: click.Context, parameter: click.Parameter, text: str | None
) -> tuple[float, float] | None:
    from losscli.inputs.edits import STANDARD, are_mean_and_std

    if text is None:
        return None
    found = [parse_number(part) for part in text.split(",")]
    numbers = tuple(number for number in found if number is not None)
    if len(numbers) < len(found) or not are_mean_and_std(numbers):
        raise UsageError(parameter.opts[0], repr(text), f"MEAN,STD: {STANDARD}")
    return numbers[0], numbers[1]


edit_options = options(
    ROWS.rare.option(
        "--rename-class",
        multiple=True,
        metavar="A=B,…",
        callback=_renames,
        help="The column of class A is that of B: a=b,b=a (repeatable).",
    ),
    ROWS.rare.option(
        "--rescale-prediction",
        metavar="MEAN,STD",
        callback=_standard,
        help="Undo a standardisation: predictions times STD, plus MEAN; before they are transformed.",
    ),
    ROWS.rare.option(
        "--transform-prediction",
        type=click.Choice(CHOICES["transform-prediction"]),
        metavar="FUNCTION",
        help=f"Take a function of predictions: {', '.join(CHOICES['transform-prediction'])}.",
    ),
    ROWS.rare.option(
        "--scale-prediction",
        type=float,
        metavar="NUMBER",
        callback=_factor,
        help="Multiply predictions, after all else.",
    ),
    ROWS.rare.option(
        "--transform-label",
        type=click.Choice(CHOICES["transform-label"]),
        metavar="FUNCTION",
        help=f"Take a function of labels: {', '.join(CHOICES['transform-label'])}.",
    ),
)
"""What is changed of predictions and labels."""
