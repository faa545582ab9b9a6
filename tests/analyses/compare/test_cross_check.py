"""`--check`: a second p, by draws; published values, ties, and what it does not go with."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import losscli
from losscli.analyses.compare.cross_check import share_of_signs
from losscli.common.errors import LosscliError

DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)


def comparison(first, second, check="signflip", **more):
    """Compare losses that are given: of the label 0 the loss mae is the prediction."""
    labels = more.pop("labels", [0.0] * len(first))
    report = losscli.compare({"a": first, "b": second}, labels, "mae", check=check, **more)
    return report["mae"].comparisons[0].check


def test_darwins_maize():
    found = comparison([100.0] * 15, [100.0 + d for d in DARWIN])
    assert (found.draws, found.p, found.seed) == (32768, 1726 / 32768, None)


def test_students_sleep():
    first, second = ([10.0 + hour for hour in hours] for hours in SLEEP)
    found = comparison(first, second)
    assert (found.draws, found.p) == (1024, 4 / 1024)


def test_shares_are_those_of_all_vectors():
    rng = np.random.default_rng(3)
    for n in (2, 3, 7, 10):
        numbers = [Fraction(int(one)) for one in rng.integers(-4, 5, n)]
        signs = [[1 - 2 * (vector >> place & 1) for place in range(n)] for vector in range(2**n)]
        sums = [sum(s * d for s, d in zip(vector, numbers, strict=True)) for vector in signs]
        extreme = sum(abs(one) >= abs(sum(numbers)) for one in sums)
        assert share_of_signs(numbers) == Fraction(extreme, 2**n)


def test_p_is_near_that_of_t():
    rng = np.random.default_rng(5)
    first = rng.standard_exponential(300)
    second = first + 0.08 * rng.standard_normal(300) + 0.007
    report = losscli.compare([first, second], np.zeros(300), "mae", check="bootstrap")
    one = report["mae"].comparisons[0]
    assert 0.02 < one.p < 0.4
    assert abs(one.check.p - one.p) < 0.06
    assert abs(comparison(first, second).p - one.p) < 0.06
    assert one.check.draws == 999
    assert comparison(first, second, "bootstrap").p == one.check.p
    assert comparison(first, second, "bootstrap", seed=1).p != one.check.p


@pytest.mark.parametrize("check", ["bootstrap", "signflip"])
def test_models_that_are_the_same_have_p_1(check):
    numbers = [1.0, 2.0, 3.0] * 10
    assert comparison(numbers, numbers, check).p == 1.0


def test_no_p_of_one_sample():
    assert comparison([1.0], [2.0]) is None


@pytest.mark.parametrize("check", ["bootstrap", "signflip"])
def test_same_for_any_order_by_id_and_not_by_position(check):
    rng = np.random.default_rng(8)
    n = 60
    tables = [{"id": np.arange(n), "prediction": rng.standard_normal(n)} for _ in range(2)]
    labels = {"id": np.arange(n), "label": np.zeros(n)}
    tables[1]["prediction"] *= 1.2
    order = rng.permutation(n)
    shuffled = [{name: values[order] for name, values in one.items()} for one in tables]

    def found(models, **more):
        return losscli.compare(models, labels, "mse", check=check, **more)["mse"].comparisons[0].check

    assert found(tables) == found(shuffled)
    assert found(tables).by == "id"
    assert found(tables, block_rows=7) == found(tables)
    plain = comparison(tables[0]["prediction"], tables[1]["prediction"], check)
    assert plain.by == "row"


def test_clusters_are_drawn_whole():
    rng = np.random.default_rng(2)
    base = rng.standard_exponential(40)
    table = {
        "label": np.zeros(40),
        "a": base,
        "b": base + np.repeat(rng.standard_normal(8), 5) * 0.1,
        "site": [f"s{place // 5}" for place in range(40)],
    }
    table = pd.DataFrame(table)
    asked = {"loss": "mae", "prediction": ["a", "b"], "cluster": "site"}
    found = losscli.compare(table, check="signflip", **asked)["mae"].comparisons[0].check
    sums = [Fraction(0)] * 8
    for place, (a, b) in enumerate(zip(table["a"].tolist(), table["b"].tolist(), strict=True)):
        sums[place // 5] += Fraction(abs(b)) - Fraction(abs(a))
    assert (found.draws, found.p, found.by) == (256, float(share_of_signs(sums)), "cluster")
    drawn = losscli.compare(table, check="bootstrap", **asked)["mae"].comparisons[0].check
    assert drawn.by == "cluster"


def test_groups_have_their_own_and_add_up():
    rng = np.random.default_rng(4)
    table = {"label": np.zeros(90), "a": rng.random(90), "b": rng.random(90), "g": ["x", "y", "z"] * 30}
    table = pd.DataFrame(table)
    asked = {"loss": "mae", "prediction": ["a", "b"], "check": "bootstrap"}
    whole = losscli.compare(table, **asked)["mae"]
    parts = losscli.compare(table, group="g", **asked)["mae"]
    assert parts.comparisons[0].check == whole.comparisons[0].check
    assert len({group.comparisons[0].check.p for group in parts.groups}) > 1


def test_document_says_what_was_drawn():
    report = losscli.compare([[1.0, 2.0], [2.0, 2.5]], [0.0, 0.0], "mae", check="signflip", seed=3)
    check = report.to_dict()["results"][0]["comparisons"][0]["check"]
    assert check == {"method": "signflip", "seed": None, "draws": 4, "p": 0.5, "by": "row"}


@pytest.mark.parametrize(
    ("more", "where", "found"),
    [
        ({"check": "bootstrap", "weight": "w"}, "check", "weight"),
        ({"check": "signflip", "lag": 2}, "check", "lag"),
        ({"seed": 2}, "seed", "is not given"),
        ({"check": "jackknife"}, "check", "jackknife"),
    ],
)
def test_what_it_does_not_go_with(more, where, found):
    table = {"label": [0.0, 1.0], "a": [0.0, 2.0], "b": [0.0, 3.0], "w": [1.0, 2.0]}
    table = pd.DataFrame(table)
    with pytest.raises(LosscliError) as raised:
        losscli.compare(table, loss="mae", prediction=["a", "b"], **more)
    assert where in raised.value.where
    assert found in str(raised.value)
