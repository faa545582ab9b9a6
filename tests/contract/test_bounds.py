"""Losses that declare a range never leave it, and those that declare to be 0 or 1 are nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.domain_strategies import bound_losses, samples, settings_of
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.loss import registry
from losscli.loss.contract.samples import Samples, draw
from losscli.loss.contract.verify import checks
from losscli.loss.spec import parse_spec

LOSSES = list(registry.all_losses())
BOUNDED = [loss for loss in LOSSES if loss.bounds is not None]
each_bounded = pytest.mark.parametrize("loss", BOUNDED, ids=lambda loss: loss.name)


def outside(bound, drawn):
    """Return the losses that are not in the range, and the range."""
    columns = drawn.prediction.shape[1] if drawn.prediction.ndim == 2 else 1
    ends = bound.bounds(columns)
    with np.errstate(all="ignore"):
        losses = bound.value(drawn.label.copy(), drawn.prediction.copy())
    assert not np.isnan(losses).any()
    if bound.loss.indicator:
        assert np.isin(losses, (0.0, 1.0)).all()
    return [] if ends is None else losses[(losses < ends[0]) | (losses > ends[1])].tolist()


def test_these_have_a_range():
    assert {loss.name for loss in BOUNDED} == {
        *("binary_cross_entropy", "binary_focal", "brier"),
        *("cross_entropy", "perplexity", "focal", "poly", "generalized_cross_entropy"),
        *("multiclass_brier", "ranked_probability", "js_divergence", "zero_one"),
        *("smape", "barron", "iou", "giou", "diou", "ciou", "cosine"),
    }
    assert [loss.name for loss in LOSSES if loss.indicator] == ["zero_one"]


@each_bounded
def test_drawn_losses_stay_in_it(loss):
    for number, bound in enumerate(settings_of(loss)):
        for drawn in draw(bound, np.random.default_rng(number), 512):
            assert not outside(bound, drawn), bound.spec


@each_bounded
@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_losses_at_the_edges_stay_in_it(loss, data):
    bound = data.draw(bound_losses(loss), label="parameters")
    drawn = data.draw(samples(bound), label="samples")
    if len(drawn):
        assert not outside(bound, drawn), bound.spec


WORST = [
    ("brier", [1.0], [0.0]),
    ("binary_cross_entropy:pos_weight=3,label_smoothing=0.2", [1.0], [0.0]),
    ("binary_focal:alpha=0.25", [0.0], [1.0]),
    ("zero_one", [0], [[0.0, 1.0]]),
    ("cross_entropy:sum_tolerance=0", [0], [[0.0, 1.0]]),
    ("focal:alpha=0.5", [0], [[0.0, 1.0]]),
    ("poly:sum_tolerance=0", [0], [[0.0, 1.0]]),
    ("generalized_cross_entropy", [0], [[0.0, 1.0]]),
    ("multiclass_brier:sum_tolerance=0", [0], [[0.0, 1.0]]),
    ("ranked_probability:sum_tolerance=0", [0], [[0.0, 0.0, 1.0]]),
    ("js_divergence:sum_tolerance=0", [0], [[0.0, 1.0]]),
    ("smape", [1.0], [-1.0]),
    ("barron:alpha=-2", [0.0], [1e200]),
    ("barron:alpha=-1", [0.0], [1e200]),
    ("barron:alpha=-inf", [0.0], [1e200]),
    ("iou", [[0.0, 0.0, 1.0, 1.0]], [[2.0, 2.0, 3.0, 3.0]]),
    ("giou", [[0.0, 0.0, 1.0, 1.0]], [[1e9, 1e9, 1e9 + 1.0, 1e9 + 1.0]]),
    ("diou", [[0.0, 0.0, 1.0, 1.0]], [[1e9, 1e9, 1e9 + 1.0, 1e9 + 1.0]]),
    ("cosine", [[1.0, 0.0]], [[-1.0, 0.0]]),
]


@pytest.mark.parametrize(("spec", "label", "prediction"), WORST)
def test_the_worst_prediction_reaches_its_end(spec, label, prediction):
    bound = parse_spec(spec, registry.find)
    drawn = Samples(np.array(label), np.array(prediction))
    columns = drawn.prediction.shape[1] if drawn.prediction.ndim == 2 else 1
    with np.errstate(all="ignore"):
        loss = bound.value(drawn.label, drawn.prediction)[0]
    low, high = bound.bounds(columns)
    assert low == 0.0
    assert loss <= high <= loss * (1.0 + 1e-8)


@pytest.mark.parametrize(
    "spec",
    ["cross_entropy:from_logits=true", "bce:from_logits=true", "focal:from_logits=true", "barron", "mse"],
)
def test_without_a_range_there_is_none(spec):
    assert parse_spec(spec, registry.find).bounds(2) is None


@pytest.mark.parametrize(
    ("spec", "declared", "said"),
    [
        ("smape", {"bounds": (0.0, 1.9)}, "and it declares from 0 to 1.9"),
        ("mse", {"bounds": (0.0, 1e9)}, "and it declares from 0 to 1e+09"),
        ("brier", {"indicator": True}, "and it declares 0 or 1"),
    ],
)
def test_a_declaration_that_does_not_hold_is_found(spec, declared, said):
    bound = parse_spec(spec, registry.find)
    (found,) = (
        check
        for check in checks(replace(bound, loss=replace(bound.loss, **declared)), np.random.default_rng(1))
        if check.name == "finite"
    )
    assert found.verdict == "fail"
    assert said in found.detail
