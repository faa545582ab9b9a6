"""What `fit` found: frozen, read by renderers, changed by nobody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from losscli.analyses.report import Head
from losscli.common.text import plain_number

Parameter = float | Mapping[str, float]
"""A number, or one for each class by its name."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The mean over folds of the cost on samples that were not fitted: as they were, and corrected."""

    before: float
    after: float
    folds: int


@dataclass(frozen=True, slots=True)
class Run:
    """What one optimiser did, at one rate.

    Attributes:
        optimizer: its name.
        learning_rate: the rate at the start, without a unit.
        epochs: how often it went through the samples.
        parameters: those of the model, the best that it found.
        after: the cost of the corrected predictions.
        standard_error: that of `after`, the correction taken as given; None where there is none.
        held_out: None where there were no folds.
        converged: whether more epochs would bring nothing.
        diverged: whether the cost grew without bound; the parameters are the best from before that.
        curve: the cost after each epoch; NaN or infinite where the run diverged.
    """

    optimizer: str
    learning_rate: float
    epochs: int
    parameters: Mapping[str, Parameter]
    after: float
    standard_error: float | None
    held_out: HeldOut | None
    converged: bool
    diverged: bool
    curve: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport(Head):
    """Everything that `fit` found, and what it was found on.

    Attributes:
        acts_on: what the model adds to and multiplies, in words.
        formula: the model, in letters.
        n, dropped, ignored, weight_sum: as in the report of an evaluation.
        held_bytes: how much memory the samples took.
        seed, batch_size, epochs, decay, tolerance, folds: how the runs were made; `epochs` is the most
            allowed.
        before: the cost of the predictions as they are: what `evaluate` says; `before_standard_error`: its
            standard error, None where there is none.
        finish: how a cost comes from a mean loss; empty where it is the mean.
        comparable: whether shares of a cost mean something: no loss is negative.
        saved: where the predictions were written, corrected by the best run; None for nowhere.
    """

    loss: str
    model: str
    acts_on: str
    formula: str
    n: int
    dropped: int
    ignored: int
    weight_sum: float
    held_bytes: int
    seed: int
    batch_size: int
    epochs: int
    decay: str
    tolerance: float
    folds: int
    before: float
    before_standard_error: float | None
    runs: tuple[Run, ...]
    finish: str = ""
    comparable: bool = True
    saved: str | None = None

    @property
    def best(self) -> Run:
        """The run with the lowest cost; of equals the first."""
        return min(self.runs, key=lambda run: math.inf if math.isnan(run.after) else run.after)

    @property
    def tied(self) -> tuple[Run, ...]:
        """The runs that share the lowest cost: differences within the tolerance count for nothing."""
        best, least = self.best.after, self.least
        return tuple(run for run in self.runs if run is self.best or run.after - best <= least)

    @property
    def least(self) -> float:
        """The difference of two costs that counts for nothing: the tolerance is a share of the cost."""
        return self.tolerance * abs(self.best.after)

    @property
    def skill(self) -> float | None:
        """1 − cost / cost of the best constant, of the predictions as they are; None of other models."""
        if self.model != "constant" or not self.comparable:
            return None
        return share(self.best.after - self.before, self.best.after)


def called(run: Run, runs: Iterable[Run]) -> str:
    """Return what tells a run from the others: its optimiser, and its rate where that ran several times."""
    alone = sum(other.optimizer == run.optimizer for other in runs) == 1
    return run.optimizer if alone else f"{run.optimizer} at {plain_number(run.learning_rate)}"


def share(part: float, whole: float) -> float | None:
    """Return part / whole, None where that is no number."""
    if whole == 0.0 or not math.isfinite(part) or not math.isfinite(whole):
        return None
    return part / whole
