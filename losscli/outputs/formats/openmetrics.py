"""OpenMetrics: figures and verdicts for Prometheus, its push gateway, and GitLab's metrics reports.

Names and labels are stable. All figures are gauges: losses may be negative, and nothing here counts
over more than one run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from losscli.common.errors import kind, message, single
from losscli.common.text import exact_number, visible
from losscli.common.version import __version__
from losscli.outputs.formats import REPORT, Format

if TYPE_CHECKING:
    from losscli.analyses.compare.report import CompareReport, ComparisonFigures, LossComparison
    from losscli.analyses.evaluate.report import Checked, GateOutcome, Report, Result

Labels = tuple[tuple[str, str], ...]

_HELP = {
    "losscli": "What was computed, and by which version.",
    "losscli_error": "1 if the call or the data was wrong and there are no figures, else 0.",
    "losscli_failure": "What was wrong if losscli_error is 1.",
    "losscli_verdict": "The verdict over all gates; pass without gates, error without figures.",
    "losscli_duration_seconds": "How long the evaluation took.",
    "losscli_rows_read": "Data rows of an input.",
    "losscli_cost": "The cost: the mean of the losses, after the finish of the loss, or their sum.",
    "losscli_cost_standard_error": "The standard error of the cost; absent if it has none.",
    "losscli_cost_ci_low": "The lower end of the interval of the cost at that level; absent if it has none.",
    "losscli_cost_ci_high": "The upper end of the interval.",
    "losscli_samples": "The number of samples that count.",
    "losscli_weight": "The sum of the weights of these samples; without weights, their number.",
    "losscli_rows_dropped": "Rows left out because they were bad.",
    "losscli_rows_ignored": "Rows left out because of their labels.",
    "losscli_rows_clipped": "Rows whose loss was changed by clipping at eps.",
    "losscli_loss_mean": "The (weighted) mean of the losses.",
    "losscli_loss_stddev": "The sample standard deviation of the losses.",
    "losscli_loss_min": "The smallest loss.",
    "losscli_loss_max": "The largest loss.",
    "losscli_loss_quantile": "Quantiles of the losses.",
    "losscli_difference": "The cost of the model less that of the baseline; negative is better.",
    "losscli_difference_ci_low": "The lower end of its interval at that level; absent if it has none.",
    "losscli_difference_ci_high": "The upper end of the interval.",
    "losscli_difference_standard_error": "The standard error of the difference; absent if it has none.",
    "losscli_difference_p": "How probable so large a difference is between models that are equally good.",
    "losscli_difference_p_adjusted": "The same among all comparisons of the call.",
    "losscli_difference_verdict": "Whether the model is better or worse than the baseline.",
    "losscli_relative_difference": "The difference by the size of the cost of the baseline.",
    "losscli_win_rate": "The share of the samples on which the model has the lower loss; ties count half.",
    "losscli_difference_margin": "Up to which difference models are as good as one another.",
    "losscli_equivalent": "1 if the difference is within the margin, 0 if that is undecided.",
    "losscli_gate_passed": "1 if the gate passed, else 0.",
    "losscli_gate_undecided": "1 if the gate could not be decided, else 0.",
    "losscli_gate_value": "The figure that the gate tests; absent if there is none.",
    "losscli_gate_threshold": "What the figure is compared with.",
    "losscli_gate_margin": "How far the figure is inside the threshold; negative if it is beyond.",
    "losscli_gate_estimate": "What a gate with a confidence is about: the figure, or its distance from the "
    "threshold of a baseline.",
    "losscli_gate_lower_bound": "The lower one-sided bound of that; absent if it has none.",
    "losscli_gate_upper_bound": "The upper one-sided bound of that; absent if it has none.",
    "losscli_gate_rows_needed": "About how many rows would decide a gate that is undecided.",
}
_TYPES = {"losscli": "info", "losscli_failure": "info", "losscli_verdict": "stateset"}
_TYPES["losscli_difference_verdict"] = "stateset"
_UNITS = {"losscli_duration_seconds": "seconds"}


class _Metrics:
    """The samples of each family, in the order of `_HELP`; no two of them with the same labels."""

    def __init__(self) -> None:
        self.samples: dict[str, list[str]] = {name: [] for name in _HELP}
        self.taken: set[tuple[str, Labels]] = set()

    def add(self, name: str, labels: Labels, value: float | None) -> None:
        if value is not None:
            suffix = "_info" if _TYPES.get(name) == "info" else ""
            inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
            shown = f"{{{inside}}}" if inside else ""
            self.samples[name].append(f"{name}{suffix}{shown} {_number(value)}")

    def distinct(self, scope: str, labels: Labels) -> Labels:
        """Return the labels, the last one changed if another series of the scope has the same.

        Only where texts differ in nothing that can be shown, or somebody else made the report.
        """
        found, number = labels, 1
        while (scope, found) in self.taken:
            number += 1
            found = (*labels[:-1], (labels[-1][0], f"{labels[-1][1]} ({number})"))
        self.taken.add((scope, found))
        return found

    def lines(self) -> Iterator[str]:
        for name, samples in self.samples.items():
            if samples:
                yield f"# TYPE {name} {_TYPES.get(name, 'gauge')}"
                if name in _UNITS:
                    yield f"# UNIT {name} {_UNITS[name]}"
                yield f"# HELP {name} {_HELP[name]}"
                yield from samples
        yield "# EOF"


def draw(checks: Sequence[Checked]) -> str:
    """Return the metrics of all checks; those of a named one have the label `check`."""
    metrics = _Metrics()
    for check in checks:
        _check(metrics, check)
    return "\n".join(metrics.lines()) + "\n"


def _check(metrics: _Metrics, check: Checked) -> None:
    from losscli.analyses.evaluate.report import CHECK_VERDICTS

    who: Labels = (("check", visible(check.name)),) if check.name else ()
    who = metrics.distinct("check", who) if who else who
    from losscli.analyses.compare.report import CompareReport

    report = check.report if check.error is None else None
    metrics.add("losscli_error", who, float(report is None))
    for verdict in CHECK_VERDICTS:
        metrics.add("losscli_verdict", (*who, ("losscli_verdict", verdict)), float(check.verdict == verdict))
    metrics.add("losscli_duration_seconds", who, round(check.seconds, 3))
    if check.error is not None:
        for one in single(check.error):
            said = " ".join(message(one).split())
            labels = metrics.distinct("failure", (*who, ("kind", kind(one)), ("message", said)))
            metrics.add("losscli_failure", labels, 1.0)
    if report is None:
        metrics.add("losscli", (*who, ("version", __version__)), 1.0)
        return
    facts = (
        ("version", report.version), ("signature", visible(report.signature)), ("alignment", report.alignment)
    )  # fmt: skip
    metrics.add("losscli", (*who, *facts), 1.0)
    if isinstance(report, CompareReport):
        _comparison(metrics, who, report)
    elif check.evaluation is not None:
        _report(metrics, who, check.evaluation)
    for gate in report.gates:
        _gate(metrics, who, gate)


def _report(metrics: _Metrics, who: Labels, report: Report) -> None:
    for role, source in (("predictions", report.predictions), ("labels", report.labels)):
        metrics.add("losscli_rows_read", (*who, ("input", role), ("path", visible(source.path))), source.rows)
    for result in report.results:
        for part in (result, *result.groups):
            labels = _part(metrics, who, part)
            _result(metrics, labels, part)
            if report.level is not None:
                _interval(metrics, "losscli_cost", labels, report.level, part.ci)


def _part(metrics: _Metrics, who: Labels, part: Result | LossComparison) -> Labels:
    """Return the labels of a result, over all samples or over one group."""
    loss = (*who, ("loss", visible(part.loss)))
    return metrics.distinct("result", loss if part.group is None else (*loss, ("group", _named(part.group))))


def _interval(
    metrics: _Metrics, name: str, labels: Labels, level: float, ci: tuple[float, float] | None
) -> None:
    for end, value in zip(("low", "high"), ci or (), strict=False):
        metrics.add(f"{name}_ci_{end}", (*labels, ("level", exact_number(level))), value)


def _add(metrics: _Metrics, labels: Labels, figures: Iterable[tuple[str, float | None]]) -> None:
    for name, value in figures:
        metrics.add(name, labels, value)


def _comparison(metrics: _Metrics, who: Labels, report: CompareReport) -> None:
    names = {
        one.name: metrics.distinct("model", (*who, ("model", visible(one.name))))[-1][1]
        for one in report.models
    }
    for model in report.models:
        labels = (*who, ("input", "predictions"), ("path", visible(model.predictions.path)))
        metrics.add("losscli_rows_read", (*labels, ("model", names[model.name])), model.predictions.rows)
    labels = (*who, ("input", "labels"), ("path", visible(report.labels.path)))
    metrics.add("losscli_rows_read", labels, report.labels.rows)
    for result in report.results:
        for part in (result, *result.groups):
            _compared(metrics, _part(metrics, who, part), part, names, report.level)


def _compared(
    metrics: _Metrics, labels: Labels, part: LossComparison, names: Mapping[str, str], level: float
) -> None:
    """Add a result of a comparison: of each model its cost, and of each pair the difference."""
    _add(
        metrics,
        labels,
        (
            ("losscli_samples", part.n),
            ("losscli_weight", part.weight_sum),
            ("losscli_rows_dropped", part.dropped),
            ("losscli_rows_ignored", part.ignored),
        ),
    )
    for model in part.models:
        whose = (*labels, ("model", names[model.name]))
        metrics.add("losscli_cost", whose, model.cost)
        metrics.add("losscli_cost_standard_error", whose, model.standard_error)
        metrics.add("losscli_rows_clipped", whose, model.clipped)
        _interval(metrics, "losscli_cost", whose, level, model.ci)
    for one in part.comparisons:
        pair = (*labels, ("model", names[one.candidate]), ("baseline", names[one.baseline]))
        _pair(metrics, pair, one, level)


def _pair(metrics: _Metrics, pair: Labels, one: ComparisonFigures, level: float) -> None:
    from losscli.analyses.compare.report import BETTER

    name = "losscli_difference"
    _add(
        metrics,
        pair,
        (
            (name, one.difference),
            (f"{name}_standard_error", one.standard_error),
            (f"{name}_p", one.p),
            (f"{name}_p_adjusted", one.p_adjusted),
            ("losscli_relative_difference", one.relative),
            ("losscli_win_rate", one.effect.win_rate),
        ),
    )
    _interval(metrics, name, pair, level, one.ci)
    for verdict in BETTER:
        metrics.add(f"{name}_verdict", (*pair, (f"{name}_verdict", verdict)), float(one.verdict == verdict))
    if one.equivalence is not None:
        metrics.add("losscli_difference_margin", pair, one.equivalence.margin)
        metrics.add("losscli_equivalent", pair, float(one.equivalence.verdict == "equivalent"))


def _result(metrics: _Metrics, labels: Labels, result: Result) -> None:
    figures: Iterable[tuple[str, float | None]] = (
        ("losscli_cost", result.cost),
        ("losscli_cost_standard_error", result.standard_error),
        ("losscli_samples", result.n),
        ("losscli_weight", result.weight_sum),
        ("losscli_rows_dropped", result.dropped),
        ("losscli_rows_ignored", result.ignored),
        ("losscli_rows_clipped", result.clipped),
        ("losscli_loss_mean", result.mean),
        ("losscli_loss_stddev", result.std),
        ("losscli_loss_min", result.min),
        ("losscli_loss_max", result.max),
    )
    _add(metrics, labels, figures)
    for q, value in result.quantiles.items():
        metrics.add("losscli_loss_quantile", (*labels, ("quantile", str(q))), value)


def _gate(metrics: _Metrics, who: Labels, gate: GateOutcome) -> None:
    labels = (*who, ("loss", visible(gate.loss)), ("figure", visible(gate.figure)))
    if gate.group is not None:
        labels = (*labels, ("group", _named(gate.group)))
    labels = metrics.distinct("gate", (*labels, ("gate", visible(gate.gate))))
    metrics.add("losscli_gate_passed", labels, float(gate.passed))
    metrics.add("losscli_gate_undecided", labels, float(gate.verdict == "undecided"))
    metrics.add("losscli_gate_value", labels, gate.value)
    metrics.add("losscli_gate_threshold", labels, gate.threshold)
    metrics.add("losscli_gate_margin", labels, gate.margin)
    if gate.sound is not None:
        sound = gate.sound
        low, high = sound.bounds or (math.nan, math.nan)
        metrics.add("losscli_gate_estimate", labels, sound.estimate)
        metrics.add("losscli_gate_lower_bound", labels, low if math.isfinite(low) else None)
        metrics.add("losscli_gate_upper_bound", labels, high if math.isfinite(high) else None)
        metrics.add("losscli_gate_rows_needed", labels, sound.rows_needed)


def _named(group: str) -> str:
    # An empty label is the same as none: the group would be taken for all samples.
    return visible(group) or "(empty)"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))


FORMAT = Format("openmetrics", "figures and verdicts, for Prometheus and GitLab", None, draw, REPORT, place=6)
