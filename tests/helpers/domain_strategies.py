"""Hypothesis strategies made of what losses declare: domains, parameters, samples."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from losscli.loss import Loss, Parameter, Value
from losscli.loss.contract.clauses import TAME
from losscli.loss.contract.samples import Samples, allowed
from losscli.loss.domain import Choice, ClassIndex, Columns, Domain, Fields, Interval, Numbers, OneOf, Simplex
from losscli.loss.spec import BoundLoss, bind


def numbers(domain: Numbers, most: float = math.inf) -> SearchStrategy[float]:
    """Any number of the domain, edges and subnormal numbers among them; up to `most` in size."""
    if isinstance(domain, OneOf):
        return st.sampled_from(domain.values)
    if not isinstance(domain, Interval):
        return st.integers(0, 2**32 - 1).map(
            lambda seed: float(domain.sample(np.random.default_rng(seed), 1)[0])
        )
    low, high = max(domain.low, -most), min(domain.high, most)
    return st.floats(
        None if low == -math.inf else low,
        None if high == math.inf else high,
        allow_nan=False,
        allow_infinity=False,
        exclude_min=domain.low_open and low == domain.low,
        exclude_max=domain.high_open and high == domain.high,
    )


def parameter_values(parameter: Parameter, *, tame: bool) -> SearchStrategy[Value]:
    """Any value of a parameter; with `tame`, one that does not by itself make a loss overflow."""
    if isinstance(parameter.domain, Choice):
        return st.sampled_from(parameter.domain.words)
    if parameter.is_switch:
        return st.booleans()
    kinds: list[SearchStrategy[Value]] = [st.just(parameter.default)]
    if tame and isinstance(parameter.domain, Interval):
        kinds.append(numbers(parameter.domain, 50.0).filter(lambda value: value == 0 or abs(value) > 1e-6))
    else:
        kinds.append(numbers(parameter.domain))
    if parameter.infinite:
        kinds.append(st.sampled_from((math.inf, -math.inf)))
    return st.one_of(kinds)


def settings_of(loss: Loss) -> list[BoundLoss]:
    """The defaults, and for each parameter two other values of its domain, or all of its words."""
    random = np.random.default_rng(20240229)
    found = [bind(loss, {})]
    for name, parameter in loss.parameters.items():
        if isinstance(parameter.domain, Choice):
            found += [bind(loss, {name: word}) for word in parameter.domain.words]
            continue
        for _ in range(2):
            value = float(parameter.domain.sample(random, 1)[0])
            found.append(bind(loss, {name: bool(value) if parameter.is_switch else value}))
    return found


@st.composite
def bound_losses(draw: DrawFn, loss: Loss, *, tame: bool = True) -> BoundLoss:
    """The loss with some of its parameters away from their defaults."""
    names = draw(st.lists(st.sampled_from(sorted(loss.parameters)), unique=True)) if loss.parameters else []
    return bind(loss, {name: draw(parameter_values(loss.parameters[name], tame=tame)) for name in names})


def overflows(bound: BoundLoss) -> bool:
    """Tell whether a loss of one number is infinite for tame ones, as its parameters want it."""
    ends = np.array([-TAME, TAME])
    if not all(isinstance(domain, Interval) for domain in (bound.label_domain, bound.prediction_domain)):
        return False
    tame = allowed(bound, Samples(np.repeat(ends, 2), np.tile(ends, 2)))
    with np.errstate(all="ignore"):
        return bool(np.isinf(bound.value(tame.label, tame.prediction)).any())


def one_sample(domain: Domain, classes: int) -> SearchStrategy[object]:
    """One value, or one row, of a domain."""
    if isinstance(domain, Interval | OneOf):
        return numbers(domain)
    if isinstance(domain, ClassIndex):
        return st.integers(0, classes - 1)
    if isinstance(domain, Columns):
        return st.lists(numbers(domain.each), min_size=classes, max_size=classes)
    if isinstance(domain, Fields):
        return st.tuples(*(numbers(interval) for _, interval in domain.each))
    if isinstance(domain, Simplex) and domain.any_sum:
        return st.lists(numbers(NON_NEGATIVE_TAME), min_size=classes, max_size=classes)
    # Of other domains only `sample` knows the inside.
    return st.integers(0, 2**32 - 1).map(
        lambda seed: domain.sample(np.random.default_rng(seed), 8, classes)[-1].tolist()
    )


NON_NEGATIVE_TAME = Interval(0.0, 1e6)


def arrays(domain: Domain, rows: int, classes: int) -> SearchStrategy[np.ndarray]:
    dtype = np.int64 if isinstance(domain, ClassIndex) else np.float64
    values = st.lists(one_sample(domain, classes), min_size=rows, max_size=rows)
    return values.map(lambda drawn: np.array(drawn, dtype=dtype))


@st.composite
def samples(draw: DrawFn, bound: BoundLoss) -> Samples:
    """Up to eight samples that the loss accepts; perhaps none."""
    rows, classes = draw(st.integers(1, 8)), draw(st.integers(2, 9))
    label = bound.label_domain
    if bound.loss.soft_labels and draw(st.booleans()):
        label = Simplex(getattr(label, "tolerance", 1e-3))
    prediction: Domain = bound.prediction_domain
    if bound.class_predictions and draw(st.booleans()):
        prediction = ClassIndex()
    drawn = Samples(draw(arrays(label, rows, classes)), draw(arrays(prediction, rows, classes)))
    return allowed(bound, drawn)
