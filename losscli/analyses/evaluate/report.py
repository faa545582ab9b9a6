"""What an evaluation found: its results, the gates that were judged, and the worst verdict of several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from losscli.analyses.report import Head, LossResult, Picture, Sample
from losscli.analyses.sure import Sure
from losscli.common.errors import LosscliError
from losscli.compute.statistics.sketch import Sketch

if TYPE_CHECKING:
    from losscli.analyses.evaluate.grounds import Grounds
    from losscli.analyses.page.seen import PageData
    from losscli.analyses.slices.found import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(LossResult):
    """The figures of one loss that `evaluate` adds to those of every report.

    `sum` is Σ w·loss, `mean` is sum / weight_sum. `std` is the (frequency-weighted) sample standard
    deviation, None if it is undefined. Quantiles, `min` and `max` are of the losses, unweighted.
    """

    sum: float
    mean: float
    std: float | None
    min: float
    max: float
    quantiles: Mapping[float, float]
    quantiles_exact: bool
    worst: tuple[Sample, ...] = field(default=(), repr=False)
    picture: Picture | None = field(default=None, repr=False)
    sketch: Sketch | None = field(default=None, repr=False)
    """The losses in a form that fits on a line; for all samples only, not for groups."""
    baseline: float | None = None
    """The cost of the baseline, if there is one that can be compared with."""
    groups: tuple[Result, ...] = field(default=(), repr=False)
    signature: str = ""
    """What the figures were computed from."""
    finish: str = ""
    """How the cost is computed from the mean (the loss's `finish_formula`); empty if it is the mean."""
    sure: Sure | None = field(default=None, repr=False)
    """The interval of the cost, and what goes with it; None if no level was given."""

    @property
    def ci(self) -> tuple[float, float] | None:
        """The interval of the cost at the level of the report; None if it has none."""
        return None if self.sure is None else self.sure.ci

    @property
    def skewness(self) -> float | None:
        """The skewness of the losses, for which the interval allows; None if it is not known."""
        return None if self.sure is None else self.sure.skewness

    @property
    def clusters(self) -> int | None:
        """How many clusters the interval is made of; None without."""
        return None if self.sure is None else self.sure.clusters

    @property
    def n_effective(self) -> float | None:
        """How many samples of equal weight would tell as much; None without weights."""
        return None if self.sure is None else self.sure.n_effective

    slices: tuple[Slice, ...] | None = field(default=None, repr=False)
    """The slices that were tested, those with the highest scores first; None where nobody asked for them."""
    grounds: Grounds | None = field(default=None, repr=False, compare=False)
    """What gates with a confidence are judged from; None where there is none, and once they are judged."""


Verdict = Literal["pass", "undecided", "fail"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to the worst; the worst of several counts."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What a gate with a confidence was judged by.

    Attributes:
        estimate: what was estimated: the figure; of a gate relative to a baseline the distance from its
            threshold, which is held against 0. None where there is none.
        bounds: both one-sided bounds of it, each wrong with a probability of 1 − confidence; infinite where
            there is no such bound.
        confidence: how sure a verdict has to be.
        method: what the bounds are called.
        rows_needed: how many rows, or clusters, would be likely to decide a gate that is undecided.
        planned_rows: for how many rows bounds that hold at every look are the narrowest; None for others.
    """

    estimate: float | None
    bounds: tuple[float, float] | None
    confidence: float
    method: str
    rows_needed: int | None
    planned_rows: int | None = None


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """A gate, the value that was found, the threshold, and the verdict.

    `loss`, `figure`, `group` and `operator` are the parts of the gate's text. `baseline` is the
    figure of the baseline if the threshold comes from one. `reason` says why a gate failed or is
    undecided, if value and threshold do not say it. `sound` is there for a gate with a confidence.
    """

    gate: str
    value: float | None
    threshold: float
    verdict: Verdict
    reason: str = ""
    loss: str = ""
    figure: str = "cost"
    group: str | None = None
    operator: str = "<="
    baseline: float | None = None
    sound: Sound | None = None

    @property
    def estimate(self) -> float | None:
        """What a gate with a confidence is about: the figure, or its distance from a baseline's threshold."""
        return None if self.sound is None else self.sound.estimate

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Both one-sided bounds of that."""
        return None if self.sound is None else self.sound.bounds

    @property
    def rows_needed(self) -> int | None:
        """About how many rows would decide it, where it is undecided."""
        return None if self.sound is None else self.sound.rows_needed

    @property
    def passed(self) -> bool:
        """Whether the gate passed; False if it could not be decided."""
        return self.verdict == "pass"

    @property
    def margin(self) -> float | None:
        """How far the value is on the right side of the threshold; negative on the wrong one."""
        if self.value is None or not math.isfinite(self.value - self.threshold):
            return None
        return self.threshold - self.value if self.operator[0] == "<" else self.value - self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Head):
    """A report whose figures may have been held against gates, and the command that makes such."""

    by: ClassVar[Literal["evaluate", "compare"]] = "evaluate"
    gates: tuple[GateOutcome, ...] = field(default=())

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of all gates; None if no gate was given."""
        return max((gate.verdict for gate in self.gates), key=VERDICTS.index, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Judged):
    """Everything that `evaluate` found, and the inputs that it read."""

    reduction: str
    results: tuple[Result, ...]
    level: float | None = None
    """How sure the intervals of costs are; None if there are none."""
    page: PageData | None = field(default=None, repr=False, compare=False)
    """What charts of a page are made of; None where no page was asked for."""
    findings: tuple[Any, ...] | None = field(default=None, repr=False, compare=False)
    """What doctor found, each a `Finding`, which its notes tell too; None where nobody asked it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One run as reports see it: what it found, or what made it impossible.

    Attributes:
        name: that of a check; empty for a call of a command.
        report: what was found, by `evaluate` or by `compare`; None where nothing was.
        error: what was wrong with the call or the data; None where nothing was.
        command: the command line that repeats it.
        seconds: how long it took.
        by: the command that was to find something.
    """

    name: str
    report: Judged | None
    error: LosscliError | None = None
    command: str = ""
    seconds: float = 0.0
    by: Literal["evaluate", "compare"] = "evaluate"

    @property
    def evaluation(self) -> Report | None:
        """The report of `evaluate`; None where nothing was found, or something else."""
        return self.report if isinstance(self.report, Report) else None

    @property
    def verdict(self) -> CheckVerdict:
        """`error` where nothing was found, else the verdict over the gates; `pass` without any."""
        if self.error is not None or self.report is None:
            return "error"
        return self.report.verdict or "pass"


CheckVerdict = Literal["pass", "undecided", "fail", "error"]
CHECK_VERDICTS: tuple[CheckVerdict, ...] = get_args(CheckVerdict)
"""From the best to the worst, as `VERDICTS`."""


def worst_verdict(checks: Iterable[Checked]) -> CheckVerdict:
    """Return the worst verdict of all; `pass` where there is none."""
    return max((check.verdict for check in checks), key=CHECK_VERDICTS.index, default="pass")
