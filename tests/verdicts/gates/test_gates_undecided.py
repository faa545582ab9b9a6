"""Gates on percentiles from a histogram: no verdict where its error decides, the true one elsewhere."""

import dataclasses
import math

import numpy as np
import pytest
from helpers.examples import examples
from helpers.gate_samples import report, result
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.figures import quantile_bounds
from losscli.compute.statistics import distribution as histogram
from losscli.compute.statistics.distribution import Distribution
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.grammar import OPERATORS, Constant, Gate, Relative
from losscli.verdicts.gates.judge import judge

ANY = st.floats(allow_nan=False, allow_infinity=False)
SIZES = st.sampled_from([1.0, 1e-320, 1e-308, 1e-5, 1e5, 1e300])
LOSSES = st.lists(
    ANY | st.builds(lambda x, size: x * size, st.floats(-2.0, 2.0), SIZES), min_size=2, max_size=60
)


def read(values, q):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(histogram, "EXACT_UP_TO", 0)
        return Distribution.of(np.array(values)).quantile(q)


@settings(max_examples=examples(500))
@given(LOSSES, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_exact_quantile_lies_within_the_bounds_of_what_the_histogram_reads(values, q):
    found = read(values, q)
    if not math.isfinite(found):
        return
    low, high = quantile_bounds(found, min(values), max(values))
    exact = float(np.quantile(np.array(values), q)) if max(map(abs, values)) < 1e300 else None
    assert low <= found <= high
    if exact is not None:
        assert low <= exact <= high


def test_the_bounds_are_as_tight_as_the_histogram():
    low, high = quantile_bounds(100.0, 0.0, 1e9)
    assert (low, high) == pytest.approx((100 / (1 + 2**-8), 100 / (1 - 2**-8)), rel=1e-9)
    assert high - low < 0.8
    assert quantile_bounds(-100.0, -1e9, 0.0) == (-high, -low)
    assert quantile_bounds(0.0, 0.0, 1e9) == (0.0, 0.0)
    assert quantile_bounds(7.0, 7.0, 7.0) == (7.0, 7.0)
    assert quantile_bounds(1e308 * 1.79, 0.0, 1.79e308)[1] == 1.79e308


def test_the_bounds_are_met_by_real_losses():
    # The lower end of a bucket is read as its middle: 1/256 above.
    assert read([1.0] * 50 + [2.0], 0.5) == pytest.approx(1.0 * (1 + 2**-8))


def inexact(value, **more):
    return result(quantiles={0.95: value}, quantiles_exact=False, min=0.0, max=1e6, **more)


def verdict(value, sign, threshold, baseline=None):
    gate = Gate("mse", "p95", None, sign, threshold)
    return judge(report(value), [gate], baseline and Baseline("main.json", report(baseline)))[0]


@pytest.mark.parametrize(
    ("sign", "limit", "expected"),
    [
        ("<=", 100.5, "pass"), ("<=", 100.3, "undecided"), ("<=", 99.7, "undecided"), ("<=", 99.5, "fail"),
        ("<", 100.5, "pass"), ("<", 100.0, "undecided"), ("<", 99.5, "fail"),
        (">=", 99.5, "pass"), (">=", 100.0, "undecided"), (">=", 100.5, "fail"),
        (">", 99.5, "pass"), (">", 99.7, "undecided"), (">", 100.5, "fail"),
    ],
)  # fmt: skip
def test_within_the_error_of_a_histogram_a_gate_cannot_decide(sign, limit, expected):
    found = verdict(inexact(100.0), sign, Constant(limit))
    assert found.verdict == expected
    assert (found.value, found.threshold) == (100.0, limit)
    assert bool(found.reason) == (expected == "undecided")


def test_the_reason_gives_the_range_and_what_helps():
    found = verdict(inexact(100.0), "<=", Constant(100.0))
    assert found.reason == (
        "too close to decide from a histogram: p95 is between 99.6109 and 100.392; "
        "use a gate with more room, or one on the cost, which is exact"
    )


@pytest.mark.parametrize(
    ("here", "there", "threshold", "expected"),
    [
        (inexact(100.0), inexact(100.0), Relative(), "undecided"),
        (inexact(100.0), inexact(100.0), Relative("+", 2.0, percent=True), "pass"),
        (inexact(100.0), inexact(100.7), Relative(), "undecided"),
        (inexact(100.0), inexact(101.0), Relative(), "pass"),
        (inexact(100.0), inexact(99.0), Relative(), "fail"),
        (result(quantiles={0.95: 100.0}), inexact(100.3), Relative(), "undecided"),
        (result(quantiles={0.95: 100.0}), inexact(100.5), Relative(), "pass"),
        (inexact(100.0), result(quantiles={0.95: 100.3}), Relative(), "undecided"),
        (result(quantiles={0.95: 100.0}), result(quantiles={0.95: 100.0}), Relative(), "pass"),
        # More than all of the baseline taken off: the threshold falls as the baseline rises.
        (result(quantiles={0.95: -49.9}), inexact(100.0), Relative("-", 150.0, percent=True), "undecided"),
        (result(quantiles={0.95: -51.0}), inexact(100.0), Relative("-", 150.0, percent=True), "pass"),
    ],
)
def test_the_error_of_the_baseline_counts_too(here, there, threshold, expected):
    assert verdict(here, "<=", threshold, there).verdict == expected


@settings(max_examples=examples(300))
@given(
    st.lists(st.floats(0.0, 1e3), min_size=2, max_size=40),
    st.floats(0.0, 1e3) | st.none(),
    st.sampled_from(OPERATORS),
)
def test_what_is_decided_is_decided_rightly(values, limit, sign):
    exact = float(np.quantile(np.array(values), 0.95))
    limit = exact if limit is None else limit
    rough = result(
        quantiles={0.95: read(values, 0.95)}, quantiles_exact=False, min=min(values), max=max(values)
    )
    sure = result(quantiles={0.95: exact})
    found = verdict(rough, sign, Constant(limit)).verdict
    assert found in ("undecided", verdict(sure, sign, Constant(limit)).verdict)


@pytest.mark.parametrize("figure", ["cost", "stderr", "mean", "sum", "std", "min", "max", "n", "dropped"])
def test_other_figures_are_exact_at_any_size(figure):
    found = judge(report(inexact(5.0)), [Gate("mse", figure, None, ">=", Constant(-1.0))])[0]
    assert found.verdict == "pass"
    value = found.value
    equal = judge(report(inexact(5.0)), [Gate("mse", figure, None, "<=", Constant(float(value)))])[0]
    assert equal.verdict == "pass"


def test_a_failed_gate_outranks_one_that_cannot_decide_and_that_one_a_passed_one():
    gates = [Gate("mse", "p95", None, "<=", Constant(limit)) for limit in (1e9, 100.0, 1.0)]
    rough = report(inexact(100.0))
    verdicts = [dataclasses.replace(rough, gates=judge(rough, gates[:n])).verdict for n in (1, 2, 3)]
    assert verdicts == ["pass", "undecided", "fail"]
