"""What is tried for a number: each candidate gives what `evaluate` gives with what it says."""

import math

import numpy as np
import pytest

import losscli
from losscli.compute.candidates import Tried, all_values, candidates
from losscli.compute.engines import local
from losscli.compute.plan import plan_of
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec

RANDOM = np.random.default_rng(7)
N = 101
WEIGHT = RANDOM.integers(0, 4, N).astype(float)
LABEL = (RANDOM.random(N) < 0.4).astype(float)
SHARE = np.where(RANDOM.random(N) < 0.1, LABEL, RANDOM.random(N))
COUNT = RANDOM.integers(0, 5, N).astype(float)
CASES = {
    "bce": (LABEL, SHARE),
    "mse": (RANDOM.normal(size=N), RANDOM.normal(size=N)),
    "rmse": (RANDOM.normal(size=(N, 2)), RANDOM.normal(size=(N, 2))),
    "mape": (COUNT + 1.0, COUNT + RANDOM.normal(size=N)),
    "poisson_nll": (COUNT, COUNT + 0.5),
}


def tried(spec, label, prediction, weighted, block_rows):
    columns = {"weight": WEIGHT} if weighted else {}
    for name, values in (("label", label), ("prediction", prediction)):
        several = values.ndim == 2
        columns |= {f"{name}_{k}": values[:, k] for k in range(2)} if several else {name: values}
    names = {name: tuple(one for one in columns if one.startswith(name)) for name in ("label", "prediction")}
    bound = parse_spec(spec, registry.find)
    request = Request(
        columns, loss=(bound,), weight="weight" if weighted else None, block_rows=block_rows, **names
    )
    with Reading(request) as reading:
        plan = plan_of(reading)
        found = candidates(bound, weighted=weighted, outputs=len(plan.outputs))
        return columns, names, found, local.run(Tried(plan, found), reading.blocks(None))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("spec", CASES)
def test_a_candidate_gives_what_evaluate_gives(spec, weighted):
    columns, names, found, sums = tried(spec, *CASES[spec], weighted, 17)
    pairs = [*all_values(found, sums)]
    assert [one.distance for one, _ in pairs] == sorted(one.distance for one, _ in pairs)
    assert pairs[0][0].said == "losscli"
    assert len({one.said for one, _ in pairs}) == len(pairs)
    near = [pair for pair in pairs if pair[0].distance == 0]
    for one, value in (*near, *pairs[:: max(1, len(pairs) // 60)]):
        weight = "weight" if weighted and not one.without_weights else None
        given = {name: values for name, values in columns.items() if name != "weight" or weight}
        known = losscli.evaluate(given, None, spec, as_=one.said, weight=weight, **names).cost
        off = 2.0**-22 if one.is_float32 else 1e-14
        assert math.isnan(value) or math.isclose(value, known, rel_tol=off, abs_tol=1e-300), one.said


def test_sums_do_not_depend_on_blocks():
    values = [
        [value for _, value in all_values(*tried("bce", LABEL, SHARE, False, rows)[2:])]
        for rows in (1, 17, 1000)
    ]
    np.testing.assert_array_equal(values[0], values[1])
    np.testing.assert_array_equal(values[0], values[2])
