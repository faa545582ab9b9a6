"""The fold: states merge in any order, blocks change no figure, weights are repetitions."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.summary import summarise
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import Plan
from losscli.compute.row_losses import row_by_row
from losscli.inputs.block import DROPPED, IGNORED, Block
from losscli.inputs.provenance import Input, Provenance
from losscli.loss import registry
from losscli.loss.spec import bind, parse_spec

PROVENANCE = Provenance("0", Input("p.csv", 0), Input("l.csv", 0), "position")
NUMBERS = st.floats(-1e150, 1e150, allow_subnormal=True)


def fold(used, rows):
    """Return the state of one block."""
    return local.run(Losses(used), [rows])


def plan(*specs, **changes):
    losses = tuple(parse_spec(spec, registry.find) for spec in specs)
    return Plan(losses=losses, predictions="p.csv", labels="l.csv", **changes)


def block(label, prediction, **columns):
    row = np.arange(1, len(label) + 1)
    return Block(row, row, np.asarray(label, float), np.asarray(prediction, float), **columns)


def report(used, state):
    return summarise(used, state, PROVENANCE)


def folded(used, whole, cuts):
    state = Losses(used).empty()
    for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        state = state.merge(fold(used, whole.take(slice(start, stop))))
    return state


@st.composite
def blocks(draw):
    rows = draw(st.integers(1, 30))
    some = st.lists(NUMBERS, min_size=rows, max_size=rows)
    weight = draw(st.none() | st.lists(st.floats(0, 1e6), min_size=rows, max_size=rows))
    group = draw(st.none() | st.lists(st.sampled_from([b"a", b"b", b""]), min_size=rows, max_size=rows))
    out = draw(st.none() | st.lists(st.sampled_from([0, 0, DROPPED, IGNORED]), min_size=rows, max_size=rows))
    return block(
        draw(some),
        draw(some),
        weight=None if weight is None else np.array(weight),
        group=None if group is None else np.array(group, dtype="S8"),
        left_out=None if out is None else np.array(out, dtype=np.uint8),
    )


@given(blocks(), st.data())
@settings(max_examples=examples(60))
def test_where_blocks_are_cut_changes_nothing(whole, data):
    used = plan("mse", "mae", "rmse", top=3)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    assert repr(report(used, folded(used, whole, cuts))) == repr(report(used, fold(used, whole)))


@given(blocks(), blocks(), blocks())
@settings(max_examples=examples(40))
def test_states_merge_in_any_order_and_grouping(one, two, three):
    used = plan("mse", top=3)
    a, b, c = (fold(used, part) for part in (one, two, three))
    # The rows of the three blocks have the same numbers, which ties among the worst may show.
    used_for_report = plan("mse", top=0)
    figures = {
        repr(report(used_for_report, state).results[0].cost)
        for state in (a.merge(b).merge(c), a.merge(b.merge(c)), c.merge(a).merge(b), b.merge(c.merge(a)))
    }
    assert len(figures) == 1
    none = Losses(used).empty()
    assert repr(report(used, none.merge(a))) == repr(report(used, a)) == repr(report(used, a.merge(none)))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 4)), min_size=1, max_size=20))
@settings(max_examples=examples(60))
def test_integer_weights_are_repetitions_bit_for_bit(rows):
    label, prediction, weight = (np.array(column, float) for column in zip(*rows, strict=True))
    if weight.sum() == 0:
        weight[0] = 1
    used = plan("mse", "mae", "rmse")
    times = weight.astype(int)
    weighted = report(used, fold(used, block(label, prediction, weight=weight)))
    repeated = report(used, fold(used, block(label.repeat(times), prediction.repeat(times))))
    for left, right in zip(weighted.results, repeated.results, strict=True):
        assert (left.cost, left.sum, left.mean, left.std) == (right.cost, right.sum, right.mean, right.std)
        assert left.weight_sum == right.weight_sum


@given(blocks())
@settings(max_examples=examples(60))
def test_the_cost_is_the_correctly_rounded_mean_of_the_losses(whole):
    used = plan("mae")
    whole = Block(whole.row, whole.label_row, whole.label, whole.prediction)
    losses = [Fraction(loss) for loss in np.abs(whole.prediction - whole.label).tolist()]
    result = report(used, fold(used, whole)).results[0]
    assert result.cost == float(sum(losses) / len(losses))
    assert result.sum == float(sum(losses))


def test_groups_add_up_to_the_whole_and_have_figures_of_their_own():
    used = plan("mse")
    whole = block([0, 0, 0], [1, 2, 4], group=np.array([b"f", b"m", b"f"], dtype="S8"))
    result = report(used, fold(used, whole)).results[0]
    assert [(part.group, part.n, part.cost) for part in result.groups] == [("f", 2, 8.5), ("m", 1, 4.0)]
    assert (result.n, result.cost) == (3, 7.0)
    assert [sample.row for sample in result.groups[0].worst] == [3, 1]


def test_rows_left_out_are_counted_per_group_and_in_nothing_else():
    used = plan("mse")
    out = np.array([0, DROPPED, IGNORED, 0], dtype=np.uint8)
    group = np.array([b"a", b"a", b"b", b"b"], dtype="S8")
    result = report(
        used, fold(used, block([0, 0, 0, 0], [1, np.nan, 5, 2], left_out=out, group=group))
    ).results[0]
    assert (result.n, result.dropped, result.ignored, result.cost) == (2, 1, 1, 2.5)
    assert [(part.n, part.dropped, part.ignored) for part in result.groups] == [(1, 1, 0), (1, 0, 1)]


def test_a_row_of_weight_zero_counts_in_n_and_in_no_figure():
    used = plan("mae")
    result = report(used, fold(used, block([0, 0], [1, 9], weight=np.array([2.0, 0.0])))).results[0]
    assert (result.n, result.weight_sum, result.cost) == (2, 2.0, 1.0)


def test_each_loss_drops_the_rows_outside_its_own_domain():
    used = plan("mse", "hinge", drop=True)
    result = report(used, fold(used, block([1, -1, 0], [1, 1, 1]))).results
    assert [(part.loss, part.n, part.dropped) for part in result] == [("mse", 3, 0), ("hinge", 2, 1)]


def test_the_first_row_outside_a_domain_is_named_with_file_row_value_and_remedy():
    used = plan("binary_cross_entropy")
    with pytest.raises(LosscliError) as caught:
        fold(used, block([1, 0, 1], [0.5, 1.2, 2]))
    assert str(caught.value) == (
        "p.csv row 2: prediction is 1.2; binary_cross_entropy needs a probability in [0, 1]. "
        "If these are logits: --loss binary_cross_entropy:from_logits=true"
    )


@pytest.mark.parametrize("cuts", [[], [1], [2], [1, 2]])
def test_a_constraint_is_asked_of_each_row_whatever_stands_beside_it(cuts):
    used = plan("poisson_nll", drop=True)
    result = report(used, folded(used, block([1, 1, 1], [-1, 0, 2]), cuts)).results[0]
    assert (result.n, result.dropped, result.cost) == (1, 2, 2.0 - math.log(2.0))


@pytest.mark.parametrize("cuts", [[], [1], [2], [3], [1, 2, 3]])
def test_the_first_bad_row_of_all_losses_is_told_wherever_blocks_end(cuts):
    used = plan("brier", "poisson_nll", "gamma_deviance")
    with pytest.raises(LosscliError, match=r"^l\.csv row 2: label is 0; gamma_deviance needs a number > 0"):
        folded(used, block([1, 0, 1, 3], [0.5, 0.5, 1.5, 0.5]), cuts)


def test_what_is_refused_together_alone_is_told_of_all_rows():
    used = plan("mse")
    refused = LosscliError("", "two rows or more")

    def work(rows):
        if len(rows) > 1:
            raise refused

    with pytest.raises(LosscliError, match="two rows or more"):
        row_by_row(work, block([1, 2, 3], [1, 2, 3]))
    assert row_by_row(lambda rows: fold(used, rows), block([1], [3])).losses[0].moments.mean == 4.0


def test_masks_of_several_outputs_are_of_rows():
    used = plan("mape", "poisson_nll", drop=True)
    whole = block([[0, 0], [1, 2], [0, 2], [1, 1]], [[1, 2], [3, 2], [0, 0], [0, 5]])
    mape, poisson = report(used, fold(used, whole)).results
    assert (mape.n, mape.clipped, poisson.n, poisson.dropped) == (4, 1, 2, 2)
    with pytest.raises(LosscliError, match=r"^p\.csv row 3: label is \(0, 2\).* prediction is \(0, 0\)"):
        fold(plan("poisson_nll"), whole)
    with pytest.raises(LosscliError, match=r"label is \(0, 0\); gamma_deviance needs a number > 0$"):
        fold(plan("gamma_deviance"), whole)


def test_a_sample_of_several_outputs_counts_if_the_loss_is_about_all_of_them():
    loss = replace(registry.find("mae"), counts=lambda label, prediction: label > 0.0)
    used = Plan((bind(loss, {}),), "p.csv", "l.csv", top=0)
    whole = block([[1, 0], [0, 0], [1, 2]], [[1, 0], [1, 1], [2, 4]])
    result = report(used, fold(used, whole)).results[0]
    assert (result.n, result.dropped, result.cost) == (1, 0, 1.5)


def test_a_label_outside_its_domain_is_named_with_the_row_of_the_label_file():
    used = plan("hinge")
    rows = Block(np.array([1, 2]), np.array([7, 5]), np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    with pytest.raises(LosscliError, match=r"^l\.csv row 5: label is 0; hinge needs -1 or \+1\."):
        fold(used, rows)


def test_several_outputs_cost_their_mean_and_rmse_pools_them():
    used = plan("mse", "rmse", "mae")
    whole = block([[0, 0], [0, 0]], [[1, 3], [0, 2]])
    mse, rmse, mae = report(used, fold(used, whole)).results
    assert (mse.cost, mae.cost) == (3.5, 1.5)
    assert rmse.cost == math.sqrt(3.5)
    assert mse.worst[0].error == math.sqrt(10)
    assert mse.worst[0].prediction == (1.0, 3.0)


def test_clipped_rows_are_counted():
    used = plan("binary_cross_entropy")
    result = report(used, fold(used, block([1, 0, 1], [0, 0, 0.5]))).results[0]
    assert result.clipped == 1
    assert result.max == 52 * math.log(2)


def test_an_overflowing_loss_gives_an_infinite_cost_and_no_warning():
    used = plan("mse")
    result = report(used, fold(used, block([0, 1], [1e200, 1]))).results[0]
    assert result.cost == math.inf


def test_a_sum_that_overflows_has_a_mean_all_the_same():
    used = plan("mae")
    result = report(used, fold(used, block([0, 0], [1.7e308, 1.7e308]))).results[0]
    assert (result.sum, result.cost) == (math.inf, 1.7e308)


def test_the_sum_is_the_cost_where_it_is_asked_for():
    used = plan("rmse", reduction="sum")
    result = report(used, fold(used, block([0, 0], [3, 4]))).results[0]
    assert (result.cost, result.mean) == (25.0, 12.5)
