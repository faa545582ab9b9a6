"""What one evaluation found: frozen, read by renderers and gates, changed by nobody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from losscli.common.errors import LosscliError
from losscli.inputs.provenance import Input
from losscli.loss import Value


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LossResult:
    """What the results of one loss say in every report, over all samples or over one group of them.

    `n` counts the samples that count, `weight_sum` is Σw (n without weights), and `cost` is what the
    loss's `finish` makes of the mean (with the reduction "sum": the sum).
    """

    loss: str
    parameters: Mapping[str, Value]
    n: int
    dropped: int
    ignored: int
    clipped: int
    weight_sum: float
    cost: float
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every report says first: who computed what, of which inputs, and what to know about them."""

    version: str
    signature: str
    predictions: Input
    labels: Input
    alignment: str
    notes: tuple[str, ...] = ()
    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """The names of the columns of each role, in the spelling of the file; absent roles left out."""
    found: Mapping[str, str] = field(default_factory=dict)
    """How a role got its column, where neither an option nor a usual name gave it."""
    unmatched: Mapping[str, int] | None = None
    """How many rows of each input were left out, as the other has not their id; None: refused."""
    why_paired: str = ""
    """Why rows were paired by position, in our words; empty where they were not, or one input has both."""
    agreeing: tuple[str, ...] = ()
    """The columns of both inputs that were compared and agree in every row that was paired by position."""


def refuse_nothing(report: Head, results: Iterable[LossResult]) -> None:
    """Raise where there is no sample, or no weight, to take a mean of."""
    where = report.predictions.path
    rows = report.predictions.rows - (report.unmatched or {}).get("predictions", 0)
    for result in results:
        if result.n == 0:
            left_out = result.dropped + result.ignored
            found = "no data rows"
            if left_out:
                found = f"no row is left for {result.loss}: {rows} read, {left_out} dropped or ignored"
            elif rows:
                found = f"no row is left for {result.loss}: it is about none of the {rows} samples"
            raise LosscliError(where, found, "at least one sample")
        if result.weight_sum == 0:
            raise LosscliError(where, "the weights sum to 0", "a positive sum of weights")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(LossResult):
    """The figures of one loss: what `evaluate` says of it besides.

    `sum` is Σ w·loss, `mean` is sum / weight_sum. `std` is the (frequency-weighted) sample standard
    deviation, None where it is undefined. Quantiles, `min` and `max` are of the losses, unweighted.
    """

    sum: float
    mean: float
    std: float | None
    min: float
    max: float
    quantiles: Mapping[float, float]
    quantiles_exact: bool
    worst: tuple[Sample, ...] = ()
    picture: Picture | None = None
    groups: tuple[Result, ...] = ()
    signature: str = ""
    """What these figures are figures of."""
    finish: str = ""
    """How the cost comes from the mean (the loss's `finish_formula`); empty where it is the mean."""


Verdict = Literal["pass", "undecided", "fail"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to the worst: of several, the worst one counts."""


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """A gate, the value that was found, the threshold, and what follows from the two.

    `loss`, `figure`, `group` and `operator` are the parts of the gate's text. `baseline` is the
    figure of the baseline where the threshold comes from one. `reason` says why a gate failed or is
    undecided where value and threshold do not say it.
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

    @property
    def passed(self) -> bool:
        """Whether the gate holds, beyond doubt."""
        return self.verdict == "pass"

    @property
    def margin(self) -> float | None:
        """How far the value is on the right side of the threshold; negative on the wrong one."""
        if self.value is None or not math.isfinite(self.value - self.threshold):
            return None
        return self.threshold - self.value if self.operator[0] == "<" else self.value - self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Head):
    """Everything that `evaluate` found, and what it was found on."""

    reduction: str
    results: tuple[Result, ...]
    gates: tuple[GateOutcome, ...] = field(default=())

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of all gates; None where no gate was given."""
        return max((gate.verdict for gate in self.gates), key=VERDICTS.index, default=None)


@dataclass(frozen=True, slots=True)
class Checked:
    """One evaluation as reports see it: what it found, or what made it impossible.

    Attributes:
        name: that of a check; empty for a call of `evaluate`.
        report: what was found; None where nothing was.
        error: what was wrong with the call or the data; None where nothing was.
        command: the command line that repeats it.
        seconds: how long it took.
    """

    name: str
    report: Report | None
    error: LosscliError | None = None
    command: str = ""
    seconds: float = 0.0

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
