"""What `gradient` found: frozen, read by the formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from losscli.analyses.report import Head, LossResult, Picture

Of = Literal["loss", "cost"]
"""Whose derivative a gradient is: that of each sample's own loss, or that of the cost."""


@dataclass(frozen=True, slots=True)
class GradientSample:
    """One sample, as in the report of `evaluate`, with its gradient: one number per prediction column."""

    row: int
    id: str | None
    label: float | str | tuple[float, ...]
    prediction: float | str | tuple[float, ...]
    error: float
    loss: float
    gradient: float | tuple[float, ...]
    line: int | None = field(default=None, compare=False)
    shard: str | None = field(default=None, repr=False)
    show: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gradient:
    """The figures of the gradients, over all samples that count.

    Attributes:
        columns: the names of the prediction columns; empty if there is only one.
        mean: the mean of the gradients; with several columns one for each, in their order.
        norm: the square root of the sum of the squares of all entries.
        max_abs: the largest absolute entry.
        zeros: the samples whose gradient is 0 in every column.
        infinite: the samples whose gradient is infinite in some column.
        numerical: whether the loss declares no gradient, so that finite differences are used.
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

    The fields of `LossResult` are those of `evaluate`. The size of a sample's gradient is its absolute
    value or, with several columns, its Euclidean length; `quantiles` and `picture` are those of the sizes.
    `top_share` is the share of the `top_count` largest sizes, one in a hundred, in the sum of all sizes;
    None if that sum is 0 or not finite. It and the quantiles are exact if `quantiles_exact` is true.
    `same_size` is the size of all gradients if there are two or more and all have the same size, else None.
    `as_large` is the number of samples not in `worst` whose gradient is as large as the last one in it: 0
    if `worst` is empty, None if it is not known, as for more than a million samples of several sizes.
    `kink` says which subgradient is returned where the loss has no derivative.
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
    """Everything that `gradient` found, and the inputs that it read."""

    reduction: str
    of: Of
    results: tuple[GradientResult, ...]
