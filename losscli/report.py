"""What one evaluation found: frozen, read by renderers and gates, changed by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from losscli.loss import Value


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it was read: the path as given, and its data rows."""

    path: str
    rows: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a report: `row` counts the data rows of the prediction file from 1.

    `label` and `prediction` are a number, a class name, or one number per column.
    """

    row: int
    id: str | None
    label: float | str | tuple[float, ...]
    prediction: float | str | tuple[float, ...]
    error: float
    loss: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The distribution of the losses in bins: `counts[i]` lie in [edges[i], edges[i + 1])."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one loss, over all samples or over one group of them.

    `n` counts the samples that count, `weight_sum` is Σw (n without weights), `sum` is Σ w·loss,
    `mean` is sum / weight_sum, and `cost` is what the loss's `finish` makes of the mean (with the
    reduction "sum": the sum). `std` is the (frequency-weighted) sample standard deviation,
    None where it is undefined. Quantiles, `min` and `max` are of the losses, unweighted.
    """

    loss: str
    parameters: Mapping[str, Value]
    n: int
    dropped: int
    ignored: int
    clipped: int
    weight_sum: float
    cost: float
    sum: float
    mean: float
    std: float | None
    min: float
    max: float
    quantiles: Mapping[float, float]
    quantiles_exact: bool
    worst: tuple[Sample, ...] = ()
    picture: Picture | None = None
    group: str | None = None
    groups: tuple[Result, ...] = ()
    finish: str = ""
    """How the cost comes from the mean (the loss's `finish_formula`); empty where it is the mean."""


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """A gate, the value that was found, the threshold, and whether the value keeps to it."""

    gate: str
    value: float | None
    threshold: float
    passed: bool
    reason: str = ""

    @property
    def verdict(self) -> str:
        """`pass` or `fail`."""
        return "pass" if self.passed else "fail"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that `evaluate` found, and what it was found on."""

    version: str
    signature: str
    predictions: Input
    labels: Input
    alignment: str
    reduction: str
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    gates: tuple[GateOutcome, ...] = field(default=())

    @property
    def verdict(self) -> str | None:
        """`pass` or `fail` where gates were given, else None."""
        if not self.gates:
            return None
        return "pass" if all(gate.passed for gate in self.gates) else "fail"
