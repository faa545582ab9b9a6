"""Specs: what they mean, how they print, and errors that point at the place."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.common.errors import LosscliError, UsageError
from losscli.loss import Constraint, Loss, Parameter, registry
from losscli.loss.domain import BOOLEAN, POSITIVE, REAL, Interval
from losscli.loss.spec import bind, parse_spec, split_spec

ODD = Loss(
    name="odd",
    family="test",
    value=lambda label, prediction, **_: prediction,
    label=REAL,
    prediction=lambda parameters: POSITIVE if parameters["sharp"] else REAL,
    parameters={
        "alpha": Parameter(None, Interval(0.0, 1.0), "a share"),
        "power": Parameter(2.0, Interval(), "a power", infinite=True),
        "sharp": Parameter(False, BOOLEAN, "a switch"),
    },
    convex=lambda parameters: parameters["power"] >= 1.0,
    summary="-",
    formula="-",
    use="-",
    avoid="-",
)


def find(name: str) -> Loss:
    return ODD if name.endswith("odd") else registry.find(name)


def caret(error: LosscliError) -> str:
    """Return what stands in the spec from the caret on."""
    *_, spec, mark = str(error).split("\n")
    assert set(mark.strip()) == {"^"}
    assert spec.startswith("  ")
    return spec[mark.index("^") :]


GOOD = [
    ("mse", "mse"),
    ("bce", "binary_cross_entropy"),
    ("hinge:margin=1", "hinge"),
    ("hinge:margin=2", "hinge:margin=2"),
    (" hinge : margin = 2.50 ", "hinge:margin=2.5"),
    ("hinge:margin=-0", "hinge:margin=0"),
    ("hinge:margin=1e-3", "hinge:margin=0.001"),
    ("ce:label_smoothing=0.1,from_logits=TRUE", "cross_entropy:from_logits=true,label_smoothing=0.1"),
    ("ce:normalize=false,sum_tolerance=1e-06", "cross_entropy:sum_tolerance=1e-06"),
    ("odd:alpha=none", "odd"),
    ("odd:alpha=0", "odd:alpha=0"),
    ("odd:power=-INF", "odd:power=-inf"),
    ("odd:power=+inf,sharp=true", "odd:power=inf,sharp=true"),
    ("gaussian_nll", "gaussian_nll"),
    ("gaussian_nll:spread=STD,full=true", "gaussian_nll:full=true,spread=std"),
    # Where a column's name decides if nothing is said, the default says something too.
    ("gaussian_nll: spread = variance ", "gaussian_nll:spread=variance"),
    ("gaussian_crps:spread=std", "gaussian_crps:spread=std"),
]


@pytest.mark.parametrize(("text", "canonical"), GOOD)
def test_a_spec_prints_in_one_form_which_reads_back_the_same(text, canonical):
    bound = parse_spec(text, find)
    assert bound.spec == canonical
    assert parse_spec(canonical, find) == bound


BAD = [
    (
        "hinge:margn=2",
        "margn=2",
        "no parameter 'margn'; hinge has the parameter margin. Did you mean margin?",
    ),
    ("hinge: Margin=2", "Margin=2", "Did you mean margin?"),
    ("hinge:zzz=2", "zzz=2", "no parameter 'zzz'; hinge has the parameter margin."),
    ("mse:alpha=2", "alpha=2", "no parameter 'alpha'; mse has no parameters."),
    ("hinge:", "", "nothing follows the colon; hinge has the parameter margin."),
    ("mse:", "", "nothing follows the colon; mse has no parameters."),
    ("hinge:  ", "", "nothing follows the colon"),
    ("hinge:margin=2,", "", "nothing follows the comma"),
    ("ce:eps=0.1,,normalize=true", ",normalize=true", "nothing follows the comma"),
    ("hinge:margin", "", "margin has no value; margin is a number ≥ 0."),
    ("hinge:margin=", "", "margin has no value"),
    ("ce:eps=,normalize=true", ",normalize=true", "eps has no value; eps is a number in (0, 0.5)."),
    ("hinge:margin=2,margin=3", "margin=3", "margin is given twice"),
    ("hinge:margin=2, margin=2", "margin=2", "margin is given twice"),
    ("hinge:margin=-1", "-1", "margin=-1; margin is a number ≥ 0."),
    ("hinge:margin = two", "two", "margin=two; margin is a number ≥ 0."),
    ("hinge:margin=1_0", "1_0", "margin=1_0"),
    ("hinge:margin=nan", "nan", "margin=nan"),
    ("hinge:margin=inf", "inf", "margin=inf"),
    ("hinge:margin=1e999", "1e999", "margin=1e999"),
    ("hinge:margin=٣", "٣", "margin=٣"),
    ("hinge:margin=none", "none", "margin=none"),
    ("hinge:margin=true", "true", "margin=true"),
    ("hinge:margin=1=2", "1=2", "margin=1=2"),
    ("ce:eps=0.5", "0.5", "eps is a number in (0, 0.5)"),
    ("ce:eps=0", "0", "eps=0"),
    ("ce:label_smoothing=1", "1", "label_smoothing is a number in [0, 1)"),
    ("ce:eps=0.1,from_logits=1", "1", "from_logits=1; from_logits is true or false."),
    ("odd:alpha=2", "2", "alpha is a number in [0, 1], or none"),
    ("odd:power=nan", "nan", "power is a finite number, inf or -inf"),
    ("odd:power=1e999", "1e999", "power=1e999"),
]


@pytest.mark.parametrize(("text", "pointed", "says"), BAD)
def test_an_error_says_what_is_wrong_and_points_at_it(text, pointed, says):
    with pytest.raises(UsageError) as caught:
        parse_spec(text, find)
    assert says in str(caught.value)
    assert caret(caught.value).rstrip() == pointed.rstrip()
    assert str(caught.value).startswith("--loss: ")
    assert not str(caught.value).split("\n")[0].endswith(" ")


@pytest.mark.parametrize("text", ["", "  ", ":margin=2"])
def test_a_spec_needs_a_name(text):
    with pytest.raises(UsageError, match="does not name a loss; a spec is NAME"):
        parse_spec(text, find)


def test_control_characters_in_a_spec_are_shown_and_the_caret_stays_under_its_place():
    with pytest.raises(UsageError) as caught:
        parse_spec("hinge:\x1b[31m=\u202e2,margin=3", find)
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert caret(caught.value) == "\\x1b[31m=\\u202e2,margin=3"
    with pytest.raises(UsageError) as caught:
        parse_spec("hinge:margin=1\n2", find)
    assert caret(caught.value) == "1\\x0a2"


SPLIT = [
    ("mse", ("mse", None)),
    ("mse:", ("mse", "")),
    ("huber:delta=2", ("huber", "delta=2")),
    ("my.py:asym", ("my.py:asym", None)),
    ("my.py:asym:alpha=2", ("my.py:asym", "alpha=2")),
    ("my.py:asym:", ("my.py:asym", "")),
    ("/a:b/my.py:asym:alpha=2,beta=3", ("/a:b/my.py:asym", "alpha=2,beta=3")),
    (r"C:\losses\my.py:asym:alpha=2", (r"C:\losses\my.py:asym", "alpha=2")),
    ("a.py:old/my.py:asym", ("a.py:old/my.py:asym", None)),
    ("python:delta=2", ("python", "delta=2")),
    ("x:y=z", ("x", "y=z")),
]


@pytest.mark.parametrize(("text", "parts"), SPLIT)
def test_the_name_of_a_custom_loss_ends_behind_its_identifier(text, parts):
    assert split_spec(text) == parts


def test_parameters_of_a_custom_loss_are_pointed_at_in_the_whole_spec():
    assert parse_spec("dir:x/my.py:odd:alpha=0.5", find).parameters["alpha"] == 0.5
    with pytest.raises(UsageError) as caught:
        parse_spec("dir:x/my.py:odd:alpha=7", find)
    assert caret(caught.value) == "7"


def test_an_unknown_loss_is_an_error_of_the_registry():
    with pytest.raises(UsageError, match="Did you mean hinge"):
        parse_spec("hinhe:margin=2", find)


@given(
    alpha=st.none() | st.floats(0.0, 1.0),
    power=st.floats(allow_nan=False),
    sharp=st.booleans(),
)
def test_every_value_survives_the_way_through_text(alpha, power, sharp):
    bound = bind(ODD, {"alpha": alpha, "power": power, "sharp": sharp})
    assert parse_spec(bound.spec, find) == bound
    assert hash(parse_spec(bound.spec, find)) == hash(bound)


@given(text=st.text(max_size=30).map("hinge:".__add__) | st.text(max_size=12))
def test_any_text_is_a_loss_or_a_usage_error(text):
    try:
        bound = parse_spec(text, find)
    except UsageError:
        return
    assert parse_spec(bound.spec, find) == bound


def test_bind_refuses_what_a_spec_refuses():
    assert bind(ODD, {"power": 3}).parameters["power"] == 3.0
    assert isinstance(bind(ODD, {"power": 3}).parameters["power"], float)
    with pytest.raises(UsageError, match=r"odd: there is no parameter 'powr'.*Did you mean power"):
        bind(ODD, {"powr": 3})
    for wrong in ({"alpha": 2.0}, {"sharp": 1.0}, {"power": None}, {"power": True}, {"power": math.nan}):
        with pytest.raises(UsageError):
            bind(ODD, wrong)


def test_domains_and_claims_follow_the_parameters():
    assert bind(ODD, {}).prediction_domain == REAL
    assert bind(ODD, {"sharp": True}).prediction_domain == POSITIVE
    assert bind(ODD, {}).convex
    assert not bind(ODD, {"power": 0.5}).convex
    assert bind(ODD, {}).label_domain == REAL


def test_bound_losses_are_equal_where_loss_and_parameters_are():
    assert bind(ODD, {}) == bind(ODD, {"power": 2})
    assert len({bind(ODD, {}), bind(ODD, {"power": 2}), bind(ODD, {"power": 3})}) == 2


def test_what_a_loss_does_not_declare_is_absent_and_not_a_mask():
    label = prediction = np.array([1.0, 2.0])
    bound = bind(ODD, {})
    assert bound.clipped(label, prediction) is None
    assert bound.counts(label, prediction) is None
    assert bound.outside(label, prediction) is None
    assert bound.finish(3.0) == 3.0
    assert bound.finish_derivative(3.0) == 1.0


def test_a_constraint_is_a_mask_only_where_it_is_broken():

    constraint = Constraint("below its label", lambda label, prediction, **_: prediction >= label)
    bound = bind(dataclasses.replace(ODD, constraint=constraint), {})
    assert bound.outside(np.array([1.0, 2.0]), np.array([0.0, 1.0])) is None
    assert bound.outside(np.array([1.0, 2.0]), np.array([0.0, 2.0])).tolist() == [False, True]


def test_a_declaration_cannot_be_changed_through_what_it_was_made_of():
    parameters = {"alpha": Parameter(1.0, POSITIVE, "-")}

    loss = dataclasses.replace(ODD, parameters=parameters)
    parameters.clear()
    assert list(loss.parameters) == ["alpha"]
    with pytest.raises(TypeError):
        loss.parameters["beta"] = Parameter(1.0, POSITIVE, "-")
    given = {"alpha": 0.5}
    bound = bind(ODD, given)
    with pytest.raises(TypeError):
        bound.parameters["alpha"] = 2.0
