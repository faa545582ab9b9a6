"""D3 and D4: probabilities read as logits, and logits read as probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.doctored import examined, levels, mended, of_classes, of_two, said, same_in_all_blocks, write

import losscli as api
from losscli.common.errors import LosscliError

SHARES, LOGITS = "probabilities_as_logits", "logits_as_probabilities"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("classes", "level"), [(2, "likely"), (3, "certain"), (7, "certain")])
def test_columns_of_probabilities(seed: int, classes: int, level: str) -> None:
    probability, label = of_classes(seed, classes)
    found = said(probability, label, "cross_entropy:from_logits=true,label_smoothing=0.1")
    assert found[SHARES].level == level
    expected = api.evaluate(probability, label, "cross_entropy:label_smoothing=0.1").cost
    assert found[SHARES].cost_repaired == expected
    assert levels(np.log(probability), label, "cross_entropy:from_logits=true") == {}
    off = np.array(probability)
    off[-1, 0] += 0.0011
    assert SHARES not in said(off, label, "cross_entropy:from_logits=true")


@pytest.mark.parametrize("seed", range(4))
def test_one_probability(seed: int) -> None:
    probability, label = of_two(seed)
    loss = "binary_cross_entropy:from_logits=true"
    assert levels(probability, label, loss) == {SHARES: "likely"}
    assert SHARES not in said(probability[:49], label[:49], loss)
    assert SHARES not in said(np.append(probability, 1.01), np.append(label, 1), loss)
    # Weak logits, all of them in [0, 1]: they are no better as probabilities.
    random = np.random.default_rng(seed)
    weak = random.random(400)
    drawn = (random.random(400) < 1 / (1 + np.exp(-weak))).astype(np.int64)
    assert levels(weak, drawn, loss) == {}


@pytest.mark.parametrize("seed", range(4))
def test_logits_that_are_refused(seed: int) -> None:
    probability, label = of_classes(seed, 4)
    found = said(np.log(probability), label, "cross_entropy")[LOGITS]
    assert (found.level, found.cost) == ("likely", None)
    assert found.cost_repaired == api.evaluate(np.log(probability), label, "ce:from_logits=true").cost
    one, two = of_two(seed)
    logit = np.log(one / (1.0 - one))
    for values in (logit, 0.15 * logit):
        assert levels(values, two, "binary_cross_entropy") == {LOGITS: "likely"}
    assert levels(logit, two, "binary_focal")[LOGITS] == "likely"
    assert levels(logit, two, "binary_cross_entropy", bad_rows="drop")[LOGITS] == "likely"
    assert LOGITS not in levels(logit, two, "binary_cross_entropy:from_logits=true")


def test_what_is_refused_and_no_logits() -> None:
    random = np.random.default_rng(0)
    probability, label = of_two(0)
    line = label + random.normal(0.0, 0.15, 400)
    few = np.append(probability, -3.0)
    columns = np.stack([1.0 - line, line], axis=1)
    for values, truth, loss in (
        (line, label, "binary_cross_entropy"),
        (few, np.append(label, 1), "binary_cross_entropy"),
        (100.0 * probability, label, "binary_cross_entropy"),
        (columns, label, "cross_entropy"),
    ):
        with pytest.raises(LosscliError):
            api.doctor(values, truth, loss)


def test_a_refusal_in_any_block(tmp_path: Path) -> None:
    probability, label = of_two(5)
    logit = np.log(probability / (1.0 - probability))
    first = np.flatnonzero((logit > 0) & (logit < 1))
    order = np.append(first, np.setdiff1d(np.arange(400), first))
    files = write(tmp_path, logit[order], label[order])
    same_in_all_blocks(files, "--loss", "bce")
    status, found = examined(files, "--loss", "bce", "--block-rows", "10")
    assert status == 1
    mended(found[LOGITS])


def test_repair_gives_the_promised_cost(tmp_path: Path) -> None:
    probability, label = of_classes(6, 3)
    files = write(tmp_path, probability, label)
    status, found = examined(files, "--loss", "cross_entropy:from_logits=true")
    assert status == 1
    mended(found[SHARES])
    same_in_all_blocks(files, "--loss", "cross_entropy:from_logits=true")


def test_first_rows_that_could_be_names() -> None:
    probability, label = of_two(7, 3000)
    probability[:1000] = np.round(probability[:1000])
    found = api.doctor(probability, label)
    assert (found.kind.name, found.loss) == ("PROBABILITY", "binary_cross_entropy")
