"""What `gradient` found: frozen, read by its renderers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from losscli.analyses.report import Head, LossResult, Picture

Of = Literal["loss", "cost"]
"""Whose derivative a gradient is: that of each sample's own loss, or that of the cost."""


@dataclass(frozen=True, slots=True)
class GradientSample:
    """One sample: as in the report of `evaluate`, and its gradient, one number per prediction column."""

    row: int
    id: str | None
    label: float | str | tuple[float, ...]
    prediction: float | str | tuple[float, ...]
    error: float
    loss: float
    gradient: float | tuple[float, ...]
    line: int | None = field(default=None, compare=False)
    show: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gradient:
    """The figures of the gradients of all samples that count.

    Attributes:
        columns: the names of the prediction columns; empty where there is one.
        mean: the mean of the gradients; of several columns one each, in their order.
        norm: the root of the sum of the squares of all entries.
        max_abs: the largest absolute entry.
        zeros: the samples whose gradient is 0 in every column.
        infinite: the samples whose gradient is infinite somewhere.
        numerical: whether the loss declares none, and difference quotients stand for it.
    """

    columns: tuple[str, ...]
    mean: float | tuple[float, ...]
    norm: float
    max_abs: float
    zeros: int
    infinite: int
    numerical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientResult(LossResult):
    """The figures of one loss, over all samples or over one group of them.

    Those of a `LossResult` are those of `evaluate`. The size of
    a sample's gradient is its absolute value, of several columns its Euclidean length; `quantiles`
    and `picture` are of the sizes. `top_share` is the part of the sum of all sizes that the `top_count`
    samples with the largest have, one in a hundred; None where that sum is 0 or not finite. It and
    the quantiles are exact where `quantiles_exact` says so. `same_size` is the size of all gradients where
    they are two or more and all of one size, else None. `as_large` tells how many samples beside those in
    `worst` have a gradient as large as the last one there: 0 where `worst` is empty, None where it is not
    known, which is so for more than a million samples of several sizes. `kink` says which subgradient is
    returned where the loss has no derivative.
    """

    gradient: Gradient
    top_share: float | None
    top_count: int
    quantiles: Mapping[float, float]
    quantiles_exact: bool
    same_size: float | None = None
    worst: tuple[GradientSample, ...] = field(default=(), repr=False)
    as_large: int | None = 0
    picture: Picture | None = field(default=None, repr=False)
    groups: tuple[GradientResult, ...] = field(default=(), repr=False)
    kink: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientReport(Head):
    """Everything that `gradient` found, and what it was found on."""

    reduction: str
    of: Of
    results: tuple[GradientResult, ...]
