"""The figures of a report that gates are about, and how exactly each of them is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from losscli.analyses.report import Report, Result
from losscli.common.text import encodable, listed
from losscli.compute.statistics.histogram import RELATIVE_ERROR

FIGURES: dict[str, Callable[[Result], float | None]] = {
    "cost": lambda result: result.cost,
    "mean": lambda result: result.mean,
    "sum": lambda result: result.sum,
    "std": lambda result: result.std,
    "min": lambda result: result.min,
    "max": lambda result: result.max,
    "n": lambda result: result.n,
    "dropped": lambda result: result.dropped,
    "p50": lambda result: result.quantiles.get(0.5),
    "p90": lambda result: result.quantiles.get(0.9),
    "p95": lambda result: result.quantiles.get(0.95),
    "p99": lambda result: result.quantiles.get(0.99),
}
PERCENTILES = ("p50", "p90", "p95", "p99")
COUNTS = ("n", "dropped")

# A quantile between two losses is interpolated; this leaves room for the roundings of that.
_ERROR = RELATIVE_ERROR * (1.0 + 2.0**-40)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and the range in which the exact one lies; or why there is none that could be compared."""

    value: float | None
    low: float = math.nan
    high: float = math.nan
    reason: str = ""

    @property
    def exact(self) -> bool:
        """Whether the figure is known without error."""
        return self.low == self.high


def find_result(report: Report, spec: str, group: str | None) -> Result | str:
    """Return the figures of a loss, over all samples or over a group; or why there are none.

    Names are compared also as documents write them, where bytes that are no UTF-8 are escapes.
    """
    result = _named(spec, ((result.loss, result) for result in report.results))
    if result is None:
        return f"{spec} was not computed"
    if group is None:
        return result
    part = _named(group, ((part.group or "", part) for part in result.groups))
    if part is not None:
        return part
    names = [part.group or "" for part in result.groups]
    return f"there is no such group; there are {listed(names)}" if names else "there are no groups"


def _named(name: str, results: Iterable[tuple[str, Result]]) -> Result | None:
    found = dict(results)
    if name in found:
        return found[name]
    return {encodable(other): result for other, result in found.items()}.get(encodable(name))


def read_figure(report: Report, spec: str, name: str, group: str | None) -> Figure:
    """Return a figure, a key of `FIGURES`, of a loss and perhaps a group.

    A figure that is missing, undefined or not finite has no value, and neither has any of zero rows.
    """
    result = find_result(report, spec, group)
    if isinstance(result, str):
        return Figure(None, reason=result)
    value = FIGURES[name](result)
    if result.n == 0:
        return Figure(None, reason="no row counts")
    if value is None:
        return Figure(None, reason=f"{name} is undefined for {result.n} row{'s' if result.n != 1 else ''}")
    if not math.isfinite(value):
        return Figure(None, reason=f"{name} is {value}")
    if name in PERCENTILES and not result.quantiles_exact:
        return Figure(value, *quantile_bounds(value, result.min, result.max))
    return Figure(value, value, value)


def quantile_bounds(value: float, least: float, largest: float) -> tuple[float, float]:
    """Return the range of the exact quantile, for one that was read from a histogram.

    Args:
        value: what was read, finite.
        least: the smallest loss, which is known exactly.
        largest: the largest one.
    """
    # The losses that are 0 are counted by themselves.
    if value == 0.0:
        return value, value
    near = math.nextafter(abs(value) / (1.0 + _ERROR), 0.0)
    far = math.nextafter(abs(value) / (1.0 - _ERROR), math.inf)
    low, high = (near, far) if value > 0.0 else (-far, -near)
    return max(low, least), min(high, largest)
