"""What a recommendation is: frozen, read by whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass

from losscli.analyses.recommend.evidence import Case
from losscli.analyses.report import Head


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One loss that suits the data.

    Attributes:
        loss: its spec, with parameters that the data called for.
        rank: from 1, the best first.
        cost: what `evaluate` gives for it.
        standard_error: that of the cost, as `evaluate` gives it; None where there is none.
        reasons: why, in sentences with figures.
        training: what changes in training with it, in sentences.
        sources: where the rules behind the reasons come from.
        pull: the share of the whole pull (the sum of the gradients' sizes) that the hundredth of the
            samples has that pulls hardest; None without a gradient.
        flat: the share of samples that do not pull at all; None without a gradient.
    """

    loss: str
    rank: int
    cost: float
    standard_error: float | None
    reasons: tuple[str, ...]
    training: tuple[str, ...]
    sources: tuple[str, ...]
    pull: float | None
    flat: float | None


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A loss that does not accept the data, and why."""

    loss: str
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the data cannot tell, and the losses for either answer."""

    question: str
    losses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice(Head):
    """Everything that `recommend` found, and what it was found on.

    `recommendations` are the leading ones, `others` the specs of all other losses that accept the data,
    in their order, `ruled_out` the rest of the catalogue. `weighted` says whether costs are.
    """

    left_out: int
    weighted: bool
    case: Case
    recommendations: tuple[Recommendation, ...]
    others: tuple[str, ...]
    ruled_out: tuple[RuledOut, ...]
    consider: tuple[Question, ...]
