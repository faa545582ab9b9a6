"""The figures of a report that gates are about, and how exactly each of them is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from losscli.analyses.evaluate.report import Report, Result
from losscli.common.text import encodable, listed
from losscli.compute.plan import QUANTILES
from losscli.compute.statistics.distribution import RELATIVE_ERROR
from losscli.inputs.groups import quoted_name

COUNTS = ("n", "dropped", "ignored", "clipped")
NUMBERS = ("weight_sum", "cost", "standard_error", "sum", "mean", "std", "min", "max")
"""What a result has, beside quantiles, by the names of its attributes, in the order of reports."""

PERCENTILES = {q: f"p{100 * q:g}" for q in QUANTILES}
"""What the quantiles of a result are called: 0.95 is `p95`."""

FIGURES = ("cost", "stderr", "mean", "sum", "std", "min", "max", "n", "dropped", *PERCENTILES.values())
"""What a gate can be about."""

_NAMES = {"stderr": "standard_error"}
"""Figures that have another name in a report."""
_SHARES = {name: q for q, name in PERCENTILES.items()}

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
    plain = [part.group or "" for part in result.groups]
    names = list(map(quoted_name, plain))
    if names != plain or any("," in name for name in names):
        # As they stand in a gate, so that it shows where one ends.
        names = [f"[{name}]" for name in names]
    return f"there is no such group; the groups are {listed(names)}" if names else "there are no groups"


def _named(name: str, results: Iterable[tuple[str, Result]]) -> Result | None:
    found = dict(results)
    if name in found:
        return found[name]
    return {encodable(other): result for other, result in found.items()}.get(encodable(name))


def read_figure(found: Result | str, name: str) -> Figure:
    """Return one of `FIGURES` of what `find_result` found.

    A figure that is missing, undefined or not finite has no value, and neither has any of zero rows.
    """
    if isinstance(found, str):
        return Figure(None, reason=found)
    value = found.quantiles.get(_SHARES[name]) if name in _SHARES else getattr(found, _NAMES.get(name, name))
    if found.n == 0:
        return Figure(None, reason="no row counts")
    if value is None and name == "stderr":
        return Figure(None, reason="the cost has no standard error")
    if value is None:
        return Figure(None, reason=f"{name} is undefined for {found.n} row{'s' if found.n != 1 else ''}")
    if not math.isfinite(value):
        return Figure(None, reason=f"{name} is {value}")
    if name in _SHARES and not found.quantiles_exact:
        return Figure(value, *quantile_bounds(value, found.min, found.max))
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
