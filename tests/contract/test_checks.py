"""Every check of doctor keeps what it declares: texts, states that merge, silence on honest data."""

from __future__ import annotations

import pickle
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from helpers.calls import SAMPLES
from helpers.calls import losscli as call
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.doctor import run
from losscli.analyses.doctor.check import ALARMS, LEVELS, Check, Kind, Statistic
from losscli.analyses.doctor.checks import every, names
from losscli.analyses.doctor.fold import Examined, Examining
from losscli.analyses.doctor.kinds import losses_for
from losscli.common.array import Array
from losscli.common.options import CHOICES
from losscli.inputs.block import Block
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss.registry import find
from losscli.loss.spec import parse_spec

some = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
CHECKS = pytest.mark.parametrize("check", every(), ids=lambda check: check.name)
OPTION = re.compile(r"--[a-z][a-z-]+")
HOSTILE = (0.0, -0.0, 1.0, -1.0, 0.5, -999.0, 3.4028234663852886e38, 1e-310, 5e-324, 1e160, -1e300, 1.7e308)


# What they declare


def test_numbers_and_names_are_told_apart() -> None:
    checks = every()
    assert [check.name for check in sorted(checks, key=lambda check: check.name)] == list(names())
    numbers = [check.number for check in checks]
    assert len(set(numbers)) == len(numbers)
    assert all(1 <= number <= 99 for number in numbers)


@CHECKS
def test_declaration_is_complete(check: Check) -> None:
    for text in (check.lie, check.looks_at, check.rule, check.remedy, *check.evidence):
        assert text == text.strip() != ""
        assert "\n" not in text
    assert check.evidence
    assert check.levels == tuple(level for level in LEVELS if level in check.levels) != ()
    assert len(set(check.kinds)) == len(check.kinds) > 0
    assert set(check.kinds) <= set(Kind)
    assert check.judge or check.refused
    assert (check.refused is None) == (check.told is None)
    assert check.fewest >= 1
    assert check.lie[0].islower() or check.lie[0].isdigit()
    assert check.remedy.endswith(".")


@CHECKS
def test_options_that_remedies_name_exist(check: Check) -> None:
    known = {f"--{field.name.replace('_', '-')}" for one in (Request, _edits()) for field in fields(one)}
    known |= {"--train", "--doctor", *(f"--{name}" for name in CHOICES)}
    assert set(OPTION.findall(check.remedy)) <= known


def _edits() -> Any:
    from losscli.inputs.edits import Edits

    return Edits


def test_a_name_is_that_of_one_statistic() -> None:
    known: dict[str, Statistic[Any]] = {}
    for check in every():
        for one in check.statistics:
            assert known.setdefault(one.name, one) is one


# What they see


class Inputs(NamedTuple):
    """Predictions and labels as Python has them, and the loss that says what they are."""

    predictions: Any
    labels: Any
    loss: str | None = None


def _classes(random: np.random.Generator, n: int) -> tuple[dict[str, Array], list[str]]:
    scores = random.normal(0.0, 1.0, (n, 3))
    label = [("a", "b", "c")[one] for one in (scores + random.normal(0.0, 0.5, (n, 3))).argmax(axis=1)]
    shares = np.exp(2.0 * scores)
    shares /= shares.sum(axis=1, keepdims=True)
    return {f"prob_{name}": shares[:, place] for place, name in enumerate("abc")}, label


def _inputs(kind: str, n: int, seed: int) -> Inputs:
    random = np.random.default_rng(seed)
    truth = random.normal(30.0, 10.0, n)
    near = truth + random.normal(0.0, 3.0, n)
    two = (random.random(n) < 0.4).astype(np.float64)
    logit = 3.0 * (two - 0.5) + random.normal(0.0, 1.5, n)
    shares, label = _classes(random, n)
    if kind == "numbers":
        return Inputs(near, truth, "mse")
    if kind == "hostile numbers":
        return Inputs(random.choice(HOSTILE, n), random.choice(HOSTILE, n), "mae")
    if kind == "few numbers":
        return Inputs(np.rint(near / 10.0), np.rint(truth / 10.0), "mse")
    if kind == "two outputs":
        return Inputs(
            {"prediction_x": near, "prediction_y": truth}, {"label_x": truth, "label_y": near}, "mse"
        )
    if kind == "probabilities":
        return Inputs(1.0 / (1.0 + np.exp(-logit)), two, "bce")
    if kind == "scores":
        return Inputs(logit, 2.0 * two - 1.0, "hinge")
    if kind == "classes":
        return Inputs(shares, label, "cross_entropy")
    assert kind == "class names"
    return Inputs(random.permutation(label), label, "zero_one")


KINDS = (
    *("numbers", "hostile numbers", "few numbers", "two outputs"),
    *("probabilities", "scores", "classes", "class names"),
)


def _opened(inputs: Inputs) -> tuple[Examining, Block]:
    """Return the fold of inputs, and all their samples as one block."""
    request = Request(
        _frame(inputs.predictions, "prediction"),
        _frame(inputs.labels, "label"),
        (parse_spec(inputs.loss or "mse", find),),
    )
    losses, needs = losses_for(run.as_examined(request))
    with Reading(request, needs) as reading:
        (block,) = reading.blocks(None)
        return run.fold_of(reading, losses), block


def _frame(data: Any, name: str) -> Any:
    import pandas as pd

    return pd.DataFrame(data if isinstance(data, Mapping) else {name: data})


def _seen(fold: Examining, block: Block) -> Examined:
    return fold.of(block, fold.rows(block))


def _cut(block: Block, cuts: list[int]) -> Iterator[Block]:
    edges = [0, *sorted(cuts), len(block)]
    for start, stop in pairwise(edges):
        yield block.take(slice(start, stop))


def _plain(state: Any) -> Any:
    """Return a state as values that compare to the last bit."""
    if isinstance(state, np.ndarray):
        return state.dtype.str, state.shape, state.tobytes()
    if is_dataclass(state) and not isinstance(state, type):
        return type(state).__name__, [(one.name, _plain(getattr(state, one.name))) for one in fields(state)]
    if isinstance(state, Mapping):
        return sorted((repr(key), _plain(value)) for key, value in state.items())
    if isinstance(state, (tuple, list)):
        return [_plain(one) for one in state]
    if isinstance(state, (set, frozenset)):
        return sorted(repr(_plain(one)) for one in state)
    return repr(state)


@pytest.mark.parametrize("kind", KINDS)
@some
@given(data=st.data())
def test_states_are_those_of_the_rows_however_they_are_cut(kind: str, data: Any) -> None:
    n = data.draw(st.integers(2, 120))
    fold, block = _opened(_inputs(kind, n, data.draw(st.integers(0, 9))))
    cuts = data.draw(st.lists(st.integers(0, n), max_size=6))
    parts = [_seen(fold, part) for part in _cut(block, cuts)]
    whole = _plain(_seen(fold, block).seen)
    assert _plain(reduce(Examined.merge, parts).seen) == whole
    assert _plain(reduce(lambda later, one: one.merge(later), reversed(parts)).seen) == whole
    # In a tree of any form, with states of nothing between, and sent to another process.
    random_one = random.Random(data.draw(st.integers(0, 99)))
    parts = [one for part in parts for one in (fold.empty(), part)]
    while len(parts) > 1:
        place = random_one.randrange(len(parts) - 1)
        parts[place : place + 2] = [parts[place].merge(pickle.loads(pickle.dumps(parts[place + 1])))]
    assert _plain(parts[0].seen) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_neutral(kind: str) -> None:
    fold, block = _opened(_inputs(kind, 40, 3))
    empty, seen = fold.empty(), _seen(fold, block)
    none = _seen(fold, block.take(slice(0, 0)))
    assert _plain(empty.seen) == _plain(none.seen) == _plain(empty.merge(none).seen)
    assert _plain(empty.merge(seen).seen) == _plain(seen.seen) == _plain(seen.merge(empty).seen)


@pytest.mark.parametrize("kind", KINDS)
def test_documents_are_the_same_whatever_the_blocks(kind: str) -> None:
    inputs = _inputs(kind, 200, 5)
    predictions, labels = _frame(inputs.predictions, "prediction"), _frame(inputs.labels, "label")
    documents = [
        losscli.doctor(predictions, labels, inputs.loss, block_rows=rows).to_dict() for rows in (1, 7, 10**6)
    ]
    assert documents[0] == documents[1] == documents[2]


def test_many_rows_are_seen_alike_too() -> None:
    # More than a sample keeps.
    random_ = np.random.default_rng(4)
    truth = np.rint(random_.normal(0.0, 1e4, 70_000))
    fold, block = _opened(Inputs(truth + np.rint(random_.normal(0.0, 30.0, len(truth))), truth, "mse"))
    whole = _plain(_seen(fold, block).seen)
    for cuts in ([35_000], [1, 50_000, 50_001], [*range(0, 70_000, 9_999)]):
        parts = [_seen(fold, part) for part in _cut(block, cuts)]
        assert _plain(reduce(Examined.merge, parts).seen) == whole


# What they say of honest data

PAIRS: tuple[tuple[str, str | None, str | None], ...] = (
    ("diabetes_linear.csv", "diabetes_labels.csv", None),
    ("diabetes_linear.csv", "diabetes_labels.csv", "mae"),
    ("diabetes_forest.csv", "diabetes_labels.csv", "mse"),
    ("diabetes_forest.csv", "diabetes_labels.csv", None),
    ("diabetes.csv", None, "mse"),
    ("diabetes.csv", None, None),
    ("diabetes.csv.gz", None, "mse"),
    ("cancer_logistic.csv", "cancer_labels.csv", None),
    ("cancer_logistic.csv", "cancer_labels.csv", "bce"),
    ("cancer_tree.csv", "cancer_labels.csv", None),
    ("cancer_tree.csv", "cancer_labels.csv", "bce"),
    ("cancer_logits.csv", "cancer_labels.csv", "bce:from_logits=true"),
    ("cancer_scores.csv", "cancer_signs.csv", "hinge"),
    ("digits_bayes.csv", "digits_labels.csv", "zero_one"),
    ("digits_bayes.csv", "digits_labels.csv", None),
    ("wine_bayes.csv", "wine_labels.csv", None),
    ("wine_logistic.csv", "wine_labels.csv", None),
    ("wine_logistic.csv", "wine_labels.csv", "cross_entropy"),
    ("wine_logits.csv", "wine_labels.csv", "cross_entropy:from_logits=true"),
)


def test_every_sample_is_there() -> None:
    known = {name for pair in PAIRS for name in pair[:2] if name}
    assert {one.name for one in SAMPLES.glob("*.csv*")} == known | {"expected.csv", "diabetes_semicolon.csv"}


@pytest.mark.parametrize(("predictions", "labels", "loss"), PAIRS)
def test_sample_data_are_no_cause_of_alarm(predictions: str, labels: str | None, loss: str | None) -> None:
    found = losscli.doctor(SAMPLES / predictions, labels and SAMPLES / labels, loss)
    assert not [one for one in found.findings if one.level in ALARMS]


def test_semicolons_are_no_cause_of_alarm() -> None:
    file = str(SAMPLES / "diabetes_semicolon.csv")
    assert call("doctor", file, "--loss", "mse", "--delimiter", ";", "--decimal", ",").returncode == 0


@pytest.mark.parametrize("kind", ["numbers", "two outputs", "probabilities", "scores", "classes"])
@pytest.mark.parametrize("seed", range(4))
def test_honest_data_are_clean(kind: str, seed: int) -> None:
    inputs = _inputs(kind, 300, seed)
    found = losscli.doctor(
        _frame(inputs.predictions, "prediction"), _frame(inputs.labels, "label"), inputs.loss
    )
    assert [(one.check, one.level) for one in found.findings if one.level != "note"] == []


@pytest.mark.parametrize("kind", ["numbers", "two outputs", "probabilities", "scores", "classes"])
@pytest.mark.parametrize("seed", range(4))
def test_shuffled_labels_are_found_to_be_shuffled_and_nothing_else(kind: str, seed: int) -> None:
    inputs = _inputs(kind, 400, seed)
    labels = _frame(inputs.labels, "label").sample(frac=1.0, random_state=seed).reset_index(drop=True)
    found = losscli.doctor(_frame(inputs.predictions, "prediction"), labels, inputs.loss)
    told = {one.check for one in found.findings if one.level != "note"}
    assert told <= {"rows_shuffled"}
    if "rows_shuffled" in names() and kind == "classes":
        assert told == {"rows_shuffled"}


@pytest.mark.parametrize("kind", KINDS)
def test_levels_are_those_declared(kind: str) -> None:
    declared = {check.name: check.levels for check in every()}
    for seed in range(3):
        inputs = _inputs(kind, 60, seed)
        predictions, labels = _frame(inputs.predictions, "prediction"), _frame(inputs.labels, "label")
        for one in losscli.doctor(predictions, labels, inputs.loss).findings:
            # An alarm whose repair does not help becomes a hint.
            assert one.level in (*declared[one.check], "hint")
