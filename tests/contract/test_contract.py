"""Every registered loss keeps the contract; nothing here knows the name of one."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re

import numpy as np
import pytest
from helpers.domain_strategies import bound_losses, overflows, samples, settings_of
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.loss import Layout, Loss, registry
from losscli.loss.contract.clauses import CLAUSES, check_gradient, everything
from losscli.loss.contract.samples import Samples, draw
from losscli.loss.contract.verify import checks
from losscli.loss.domain import ClassIndex, Domain
from losscli.loss.spec import BoundLoss, bind, parse_spec

LOSSES = list(registry.all_losses())
each_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)

EXAMPLE_TOLERANCE = 1e-15
"""Examples are worked by hand and rounded once; the loss may be an ulp of its operations off."""


@each_loss
def test_keeps_every_clause_on_samples_of_its_domains(loss):
    for number, bound in enumerate(settings_of(loss)):
        for check in checks(bound, np.random.default_rng(number), rows=128):
            assert check.verdict != "fail", f"{bound.spec}: {check}"


@each_loss
def test_the_defaults_leave_no_clause_undecided(loss):
    skipped = {
        check.name for check in checks(bind(loss, {}), np.random.default_rng(1)) if check.verdict == "skipped"
    }
    undecidable = {"gradient"} if loss.gradient is None else set()
    if bind(loss, {}).class_predictions:
        undecidable |= {"convex"}
    assert skipped <= undecidable | ({"zero_at_perfect"} if not loss.zero_at_perfect else set())


@each_loss
@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_keeps_every_clause_at_the_edges(loss, data):
    bound = data.draw(bound_losses(loss), label="parameters")
    drawn = data.draw(samples(bound), label="samples")
    if len(drawn):
        for name, clause in CLAUSES.items():
            check = clause(bound, drawn)
            # Of parameters that make a loss overflow by themselves nothing else can come than infinity.
            endless = name == "finite" and re.search(" is -?inf at ", check.detail) and overflows(bound)
            assert check.verdict != "fail" or endless, f"{bound.spec}: {check}"


FOUND = [
    # The gradient is 2.7e-324, which no float64 is.
    ("tweedie_deviance:power=2.0529374016127004", 2.83529104e128, 3.87391638e307),
    # The difference quotient beside the jump is beyond all numbers.
    ("smape", 2.2250738585072014e-308, 0.0),
    # The logits lie farther apart than any number: log p is −∞, and p log p was no number.
    ("focal:from_logits=true", 1, [1.7976931348623155e308, -2.9937604643020797e292]),
    ("focal:from_logits=true,gamma=0", 1, [1.7976931348623157e308, -1.7976931348623157e308, 0.0]),
]


@pytest.mark.parametrize(("spec", "label", "prediction"), FOUND)
def test_keeps_every_clause_where_a_random_run_found_one_broken(spec, label, prediction):
    bound = parse_spec(spec, registry.find)
    for name, clause in CLAUSES.items():
        assert clause(bound, Samples(np.array([label]), np.array([prediction]))).verdict != "fail", name


def test_of_parameters_that_make_a_loss_overflow_finite_alone_is_broken():
    extreme = [
        bind(loss, {name: math.inf})
        for loss in LOSSES
        for name, parameter in loss.parameters.items()
        if parameter.infinite
    ]
    endless = [bound for bound in extreme if overflows(bound)]
    assert endless
    for bound in endless:
        assert not overflows(bind(bound.loss, {}))
        found = checks(bound, np.random.default_rng(0))
        assert [check.name for check in found if check.verdict == "fail"] == ["finite"]


@each_loss
def test_no_row_at_all_is_no_error(loss):
    bound = bind(loss, {})
    for drawn in draw(bound, np.random.default_rng(1), rows=8):
        empty = drawn.take(slice(0))
        for name, result in everything(bound, empty).items():
            assert len(result) == 0, name


@each_loss
def test_examples_hold(loss):
    assert loss.examples
    for example in loss.examples:
        bound = bind(loss, example.parameters)
        label, prediction = np.array([example.label]), np.array([example.prediction])
        if bound.layout is Layout.CLASSES and label.ndim == 1:
            label = label.astype(np.int64)
        assert bound.label_domain.outside(label) is None
        assert bound.prediction_domain.outside(prediction) is None
        with np.errstate(all="ignore"):
            found = bound.value(label, prediction)
        assert found == pytest.approx([example.loss], rel=EXAMPLE_TOLERANCE, abs=0.0), example


@each_loss
def test_is_documented(loss):
    for text in (loss.summary, loss.formula, loss.use, loss.avoid):
        assert text.strip()
        assert text.strip() == text
        assert not text.endswith(".")
    assert loss.references
    assert loss.pitfalls
    assert all(reference.title for reference in loss.references)
    assert all(parameter.help for parameter in loss.parameters.values())
    assert loss.gradient_formula or loss.gradient is None
    assert bool(loss.finish) == bool(loss.finish_formula) == bool(loss.finish_derivative)
    for bound in settings_of(loss):
        remedies = loss.remedies(bound.parameters) if callable(loss.remedies) else loss.remedies
        assert set(remedies) <= {"label", "prediction", "columns"}
        assert all(
            bound.remedy(role) == remedies.get(role, "") for role in ("label", "prediction", "columns")
        )


@each_loss
def test_what_is_declared_fits_together(loss):
    module = registry.modules()[loss.name]
    assert module == f"losscli.catalogue.{loss.family}.{loss.name}"
    accepted = inspect.signature(loss.value).parameters
    open_ended = any(parameter.kind is parameter.VAR_KEYWORD for parameter in accepted.values())
    assert open_ended or list(accepted)[2:] == list(loss.parameters)
    for parameter in loss.parameters.values():
        assert parameter.accepts(parameter.default)
    default = bind(loss, {})
    assert default.columns == loss.columns
    assert not (loss.soft_labels or loss.class_predictions) or default.layout is Layout.CLASSES
    for bound in settings_of(loss):
        for domain in (bound.label_domain, bound.prediction_domain):
            assert isinstance(domain, Domain)
            assert domain.description
        assert isinstance(bound.layout, Layout)
        assert (bound.layout is Layout.NAMED) == bool(bound.columns)
        assert (bound.layout is Layout.CLASSES) == isinstance(bound.label_domain, ClassIndex)


@each_loss
def test_the_cost_of_a_mean_and_its_derivative(loss):
    bound = bind(loss, {})
    for mean in (0.25, 1.0, 3.5):
        step = 1e-6
        slope = (bound.finish(mean + step) - bound.finish(mean - step)) / (2 * step)
        assert bound.finish_derivative(mean) == pytest.approx(slope, rel=1e-8)


def test_names_and_aliases_are_unique():
    names = [name for loss in LOSSES for name in (loss.name, *loss.aliases)]
    assert len(names) == len(set(names))


@each_loss
@settings(max_examples=examples(40))
@given(data=st.data())
def test_a_spec_reads_back_as_the_loss_it_was_printed_from(loss, data):
    bound = data.draw(bound_losses(loss, tame=False))
    read = parse_spec(bound.spec, registry.find)
    assert read == bound
    assert hash(read) == hash(bound)
    assert read.spec == bound.spec


@each_loss
def test_a_gradient_that_is_off_by_a_hundredth_is_found(loss):
    if loss.gradient is None:
        pytest.skip("no gradient is declared")
    bound = BoundLoss(
        _with_gradient(loss, lambda *args, **kw: 1.01 * loss.gradient(*args, **kw)), bind(loss, {}).parameters
    )
    drawn = next(draw(bound, np.random.default_rng(3)))
    assert check_gradient(bound, drawn).verdict == "fail"


def _with_gradient(loss: Loss, gradient) -> Loss:

    return dataclasses.replace(loss, gradient=gradient)
