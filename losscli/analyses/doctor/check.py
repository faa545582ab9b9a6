"""What a check is: a frozen declaration, as a loss is one; and what it looks at and says.

A statistic is seen of the samples as they come, in the order of the predictions, in one pass and in
constant memory, and merges with that of the samples behind it. When all are seen, a check judges: it says
what is wrong as a counterfactual repair, or nothing, or why it does not apply.

A finding that changes the exit status needs three things at once: a mark in the data that honest inputs do
not have; a gain beyond chance after the search for the repair; and an effect, useless as it stands and good
after. Marks alone make a hint.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

import numpy as np

from losscli.analyses.doctor.repair import Repair
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.row_losses import RowLosses
from losscli.inputs.block import Block
from losscli.inputs.request import Request
from losscli.loss.spec import BoundLoss

Level = Literal["certain", "likely", "hint", "note"]
LEVELS: tuple[Level, ...] = ("certain", "likely", "hint", "note")
"""From the surest on. The first two change the exit status; notes are facts, not suspicions."""
ALARMS: tuple[Level, ...] = LEVELS[:2]


class Kind(Enum):
    """What labels and predictions are."""

    NUMBERS = "numbers"
    PROBABILITY = "a probability of the label 1"
    LOGIT = "a logit of the label 1"
    SCORE = "scores beside labels −1 and 1"
    CLASSES = "probabilities of classes"
    CLASS_LOGITS = "logits of classes"
    CLASS_NAMES = "predicted class names"
    OTHER = "columns of another kind"


ANY = tuple(Kind)
TWO_CLASSES = (Kind.PROBABILITY, Kind.LOGIT)


@dataclass(frozen=True)
class Setting:
    """What is known before the first row.

    Attributes:
        request: what is asked for.
        losses: what it is measured with: the loss that was asked for, or those of which the data decide.
        outputs, label_outputs: the names of the prediction and label columns.
        by_id: whether rows are paired by id.
        one_input: whether one input has labels and predictions.
        classes: whether there is a column for each class.
        class_names: whether predictions are one column of class names.
        train: what is known of the training data, a `Training`; None without.
        others: of each column of the labels' input that is carried along, its title in blocks and its
            name.
        several: whether an input is several files, of which no rows can be named.
    """

    request: Request
    losses: tuple[BoundLoss, ...]
    outputs: tuple[str, ...]
    label_outputs: tuple[str, ...]
    by_id: bool
    one_input: bool
    classes: bool
    class_names: bool
    train: Any = None
    others: tuple[tuple[str, str], ...] = ()
    several: bool = False

    @property
    def one_number(self) -> bool:
        """Whether label and prediction are one number each."""
        return len(self.outputs) == 1 and not (self.classes or self.class_names)

    @property
    def numbers(self) -> bool:
        """Whether each output is a prediction, a number, of a label, a number."""
        same = 0 < len(self.outputs) == len(self.label_outputs)
        return same and not (self.classes or self.class_names)


class Rows:
    """The samples of a block that count, and what checks share of them.

    Attributes:
        block: the samples; none is left out.
        measured: what each loss of the setting makes of them; None where it does not accept one of them.
    """

    def __init__(self, block: Block, measured: tuple[RowLosses | None, ...]) -> None:
        self.block, self.measured = block, measured

    def __len__(self) -> int:
        return len(self.block)

    @property
    def label(self) -> Array:
        """As in a block: numbers, or the indices of classes."""
        return self.block.label

    @property
    def prediction(self) -> Array:
        """As in a block."""
        return self.block.prediction

    @cached_property
    def each(self) -> tuple[tuple[Array, Array], ...]:
        """Label and prediction of each output, float64 `(rows,)`, where `Setting.numbers`."""
        label, prediction = (
            np.asarray(values, dtype=np.float64).reshape(len(self), -1)
            for values in (self.label, self.prediction)
        )
        return tuple(
            (np.ascontiguousarray(label[:, place]), np.ascontiguousarray(prediction[:, place]))
            for place in range(prediction.shape[1])
        )

    @cached_property
    def classes(self) -> Array:
        """The index of the class of each label, `(rows,)`; of soft labels, of the most probable class."""
        label = self.block.label
        return label if label.ndim == 1 else np.asarray(label.argmax(axis=1))

    @cached_property
    def of_label(self) -> Array:
        """The number in the column of the label's class, `(rows,)`, where there is a column a class."""
        return np.asarray(self.prediction[np.arange(len(self)), self.classes])


class Seen(Protocol):
    """What a statistic knows of some rows: a monoid, `merge` takes what comes after."""

    def merge(self, later: Self, /) -> Self:
        """Return what is known of these rows and those behind them."""


State = TypeVar("State", bound=Seen)


@dataclass(frozen=True, eq=False)
class Statistic(Generic[State]):
    """Something that is seen of all samples in one pass.

    Attributes:
        name: tells it from others.
        empty: what is known before the first row.
        of: what is known of the rows of a block. It changes with neither blocks nor engines, to the last bit.
        sees: whether there is something to be seen of inputs of the setting.
    """

    name: str
    empty: Callable[[Setting], State]
    of: Callable[[Setting, Rows], State]
    sees: Callable[[Setting], bool] = lambda _: True


@dataclass(frozen=True)
class Finding:
    """What a check says of the inputs.

    Attributes:
        check: its name.
        level: how sure it is, one of `LEVELS`.
        message: what is wrong, in a sentence or two, with the figures that show it.
        remedy: what to do, as a sentence.
        statistic, threshold: the figure that decided, and what it was held against.
        rows: how many rows show it.
        repair: what mends it; None where the model has to be mended.
        loss: what the costs are of, its spec.
        cost: what `evaluate` gives as it stands; None where it refuses the inputs.
        cost_repaired: what it gives with the repair.
        command: the call that mends it; None where there is none.
    """

    check: str
    level: Level
    message: str
    remedy: str
    statistic: float
    threshold: float
    rows: int
    repair: Repair | None = field(default=None, compare=False)
    loss: str = ""
    cost: float | None = None
    cost_repaired: float | None = None
    command: tuple[str, ...] | None = None

    @property
    def is_alarm(self) -> bool:
        """Whether it changes the exit status."""
        return self.level in ALARMS


@dataclass(frozen=True)
class Case:
    """All that is known when every row was seen.

    Attributes:
        setting: what was known before.
        kind: what labels and predictions are.
        n: the samples that count.
        loss: what they are measured with.
        cost: its cost; None where it refuses a row, and `error` says which.
        classes: the names of the classes, in the order of their columns.
        states: what each statistic has seen.
        place: the place of the loss among those of the setting.
    """

    setting: Setting
    kind: Kind
    n: int
    loss: BoundLoss
    cost: float | None
    error: LosscliError | None
    classes: tuple[str, ...]
    states: Mapping[str, Any]
    place: int = 0

    def seen(self, statistic: Statistic[State]) -> State:
        """Return what a statistic has seen."""
        found: State = self.states[statistic.name]
        return found

    @property
    def request(self) -> Request:
        """What is asked for."""
        return self.setting.request


Judged = Iterator[Finding] | str
"""Findings, or why a check does not apply."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """The declaration of a check: one module of `checks/` holds one, as `CHECK`.

    Attributes:
        name: what findings call it.
        number: its place in lists.
        lie: what is wrong where it speaks, in a few words.
        levels: those that it may use, the surest first.
        kinds: the kinds of labels and predictions that it is about.
        fewest: the rows that it needs, at least.
        looks_at: what it looks at, in words.
        rule: when it speaks, in words, with the thresholds.
        remedy: what mends it, in words.
        evidence: where people met it: public threads, or what the rule rests on.
        statistics: what it has to be shown of the samples.
        judge: what it says when all rows were seen. A cost that a repair has to lower is checked by who asks.
        applies: returns why it does not apply to a setting, or nothing.
        refused: repairs to be tried where inputs are refused before all rows were seen: what evaluates with
            one of them had that fault. It gets the request and the error.
        told: says in a sentence what is wrong where one of these helps, given the error; or that, and what to
            do, which otherwise the error says.
        gains: whether a repair has to lower the cost, which one that leaves rows out need not.
    """

    name: str
    number: int
    lie: str
    levels: tuple[Level, ...]
    kinds: tuple[Kind, ...] = ANY
    fewest: int = 2
    looks_at: str
    rule: str
    remedy: str
    evidence: tuple[str, ...] = ()
    statistics: tuple[Statistic[Any], ...] = ()
    judge: Callable[[Case], Judged] | None = None
    applies: Callable[[Setting], str] | None = None
    refused: Callable[[Request, LosscliError], Iterator[Repair]] | None = None
    told: Callable[[LosscliError], str | tuple[str, str]] | None = None
    gains: bool = True

    @property
    def code(self) -> str:
        """Its number as people write it."""
        return f"D{self.number}"


def beyond_chance(tried: float, alpha: float = 1e-6) -> float:
    """Return the z that the best of so many repairs has to exceed: √(2 (log M + log 1/α)), a union bound.

    `tried` is the logarithm of their number M.
    """
    return math.sqrt(2.0 * (tried + math.log(1.0 / alpha)))
