"""What a comparison found: the figures of each model, and of each candidate beside its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from losscli.analyses.evaluate.report import Judged
from losscli.inputs.provenance import Input
from losscli.loss import Value

if TYPE_CHECKING:
    from losscli.compute.statistics.paired_counts import PairedCounts

Ends = tuple[float, float]
Better = Literal["better", "worse", "undecided", "identical"]
BETTER: tuple[Better, ...] = get_args(Better)
Approximation = Literal["ok", "small", "skewed", "constant"]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A model that takes part: what it is called, and where its predictions are.

    Attributes:
        name: unique in the report.
        role: `baseline` for the first that others are compared with, else `candidate`.
        predictions: the file.
        prediction: the column of it, where the file has those of several models.
        columns, found: the columns that were read for it, and how they were found; see `Head`.
    """

    name: str
    role: Literal["baseline", "candidate"]
    predictions: Input
    prediction: str | None = None
    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, repr=False)
    found: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """The cost of one model, and how sure it is.

    Attributes:
        name: of the model.
        cost: as `evaluate` has it.
        clipped: the samples that were clipped.
        standard_error: of the cost; None where it has none.
        ci: the interval of the cost; None where there is none.
        skewness: of the losses; None where they are all equal.
    """

    name: str
    cost: float
    clipped: int = 0
    standard_error: float | None = None
    ci: Ends | None = None
    skewness: float | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """How large a difference is beside what varies.

    Attributes:
        dz: the difference by the standard deviation of the differences.
        better, worse, equal: on how many samples the candidate's loss is lower, higher, the same.
        win_rate: the share of samples on which it is lower, those of equal losses counted half.
    """

    dz: float | None
    better: int
    worse: int
    equal: int
    win_rate: float | None


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What two one-sided tests say of a margin.

    Attributes:
        margin: of the difference, in the unit of the cost.
        p_better, p_equivalent, p_worse: how probable it is, a flat prior given, that the difference is below
            −margin, between, and above the margin.
        p: the larger of the p of the two tests.
        verdict: `equivalent`, or `undecided`.
    """

    margin: float
    p_better: float | None
    p_equivalent: float | None
    p_worse: float | None
    p: float | None
    verdict: Literal["equivalent", "undecided"]


@dataclass(frozen=True, slots=True)
class Check:
    """A p that was computed in another way; it decides nothing.

    Attributes:
        method: `bootstrap` or `signflip`.
        seed: of the draws; None where all sign vectors were tried.
        draws: how many there were.
        p: of the difference being 0; of finished costs of that of the means before.
        by: what the draws of a row depend on: its `id`, its `cluster`, or its number (`row`), so that a file
            in another order gives other draws.
    """

    method: str
    seed: int | None
    draws: int
    p: float
    by: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A sample that moved the difference.

    Attributes:
        row: counts the rows of the file of the first model from 1.
        id: of the sample; None without ids.
        label: a number, a class name, or one number a column.
        candidate, baseline: the losses.
        difference: what it adds to the sum of the differences: candidate − baseline, times its weight.
        shard: the file that has the row, where there are several.
        show: the cells of the columns of `show`, by their titles.
    """

    row: int
    id: str | None
    label: float | str | tuple[float, ...]
    candidate: float
    baseline: float
    difference: float
    shard: str | None = None
    show: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComparisonFigures:
    """A candidate beside a baseline, of one loss.

    Attributes:
        candidate, baseline: the names of the models.
        difference: cost of the candidate − cost of the baseline: negative is better.
        ci: its interval; None where nothing says how sure it is.
        relative: the difference by the size of the baseline's cost; None where that is 0.
        relative_ci: its interval (Fieller's); None where there is none.
        std: the standard deviation of the differences.
        standard_error, t, df, skewness: of the difference.
        p: of a difference of 0.
        p_adjusted: the same among all comparisons of the report.
        correlation: of the losses of the two models.
        effect: how large the difference is.
        approximation: whether the interval can be trusted.
        verdict: in a word.
        interval: how the interval was computed.
        p_mid: McNemar's mid-p, for losses that are 0 or 1.
        equivalence: what a margin says.
        check: a cross-check.
        gained, lost: the samples on which the candidate is better and worse by the most.
        shares: of each group, the share of the difference.
        against: counts of samples by both losses, for a page; None where none was asked for.
    """

    candidate: str
    baseline: str
    difference: float
    ci: Ends | None
    relative: float | None
    relative_ci: Ends | None
    std: float | None
    standard_error: float | None
    t: float | None
    df: float | None
    skewness: float | None
    p: float | None
    correlation: float | None
    effect: Effect
    approximation: Approximation
    verdict: Better
    interval: str
    p_adjusted: float | None = None
    p_mid: float | None = None
    equivalence: Equivalence | None = None
    check: Check | None = None
    gained: tuple[Moved, ...] = field(default=(), repr=False)
    lost: tuple[Moved, ...] = field(default=(), repr=False)
    shares: Mapping[str, float] | None = None
    against: PairedCounts | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LossComparison:
    """One loss of all models, over all samples or over one group.

    Attributes:
        loss, parameters: which loss.
        n: the samples that count, in all models.
        dropped, ignored: those that do not.
        weight_sum: Σw, n without weights.
        n_effective: how many alike samples would tell as much; n without weights.
        clusters: how many; None without.
        models: in the order of the call.
        comparisons: of each pair.
        best: the names of the models that cannot be told from the best one.
        group: its name; None over all samples.
        groups: the same over each group.
        finish: how the cost is computed from the mean; empty if it is the mean.
    """

    loss: str
    parameters: Mapping[str, Value]
    n: int
    dropped: int
    ignored: int
    weight_sum: float
    n_effective: float
    clusters: int | None
    models: tuple[ModelFigures, ...]
    comparisons: tuple[ComparisonFigures, ...]
    best: tuple[str, ...]
    group: str | None = None
    groups: tuple[LossComparison, ...] = field(default=(), repr=False)
    finish: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareReport(Judged):
    """Everything that `compare` found. What `Head` says of predictions is of the first model."""

    by = "compare"
    models: tuple[Entrant, ...]
    level: float
    interval: str
    adjust: str
    results: tuple[LossComparison, ...]
    planned_rows: int | None = None
    seed: int | None = None
