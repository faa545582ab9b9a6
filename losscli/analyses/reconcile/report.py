"""What may be the number that somebody else reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from losscli.analyses.report import Head

Outcome = Literal["found", "none", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Match:
    """What gives the number: conventions that cannot be told apart on these data are one.

    Attributes:
        library: whose number it is; `losscli` for ours, perhaps with deviations.
        libraries: all whose number it is.
        calls: the calls of them that are meant.
        deviations: what is changed of the convention, as it is typed.
        lie: what is wrong with the inputs that the number was computed of; empty for nothing.
        value: what it gives here.
        command: the words of the call that gives it; None where the data are no files.
        others: further conventions that give it, as `--as` says them.
    """

    library: str
    libraries: tuple[str, ...]
    calls: tuple[str, ...]
    deviations: tuple[str, ...]
    lie: str
    value: float
    command: tuple[str, ...] | None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation(Head):
    """What was found.

    Attributes:
        loss: the loss that was asked for.
        n: the samples that count.
        cost: the number of losscli.
        observed: the number that was reported, as it was typed.
        digits: how many digits it has.
        matches: nearest to common use first.
        tried: how many conventions were, and `different` how many numbers they give.
        accidental: how many of these are expected to match by accident.
        outcome: `found` where one match is nearer to common use than all others, and accidents are unlikely.
    """

    loss: str
    n: int
    cost: float
    observed: str
    digits: int
    matches: tuple[Match, ...]
    tried: int
    different: int
    accidental: float
    outcome: Outcome
