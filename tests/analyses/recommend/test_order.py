"""Classes that have an order are told from classes that are numbered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import losscli


def drawn(random, p):
    return (np.cumsum(p, axis=1) > random.random((len(p), 1))).argmax(axis=1)


def advice(p, label, names):
    predictions = pd.DataFrame(p, columns=[f"prob_{name}" for name in names])
    return losscli.recommend(predictions, pd.DataFrame({"label": [names[at] for at in label]}), top=1)


def softmax(scores):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def cumulative(x, cuts):
    """Probabilities of the proportional odds model (McCullagh 1980)."""
    below = 1.0 / (1.0 + np.exp(-(cuts[None, :] - x[:, None])))
    return np.diff(np.column_stack([np.zeros(len(x)), below, np.ones(len(x))]), axis=1)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("cuts", [(-1.5, -0.5, 0.5, 1.5), (-1.3, 0.0, 1.3)])
@pytest.mark.parametrize("n", [100, 600, 4000])
def test_a_weak_model_of_ordered_classes(n, cuts, first):
    """Its wrong probability lies wide, so that its peaks alone have to tell."""
    random = np.random.default_rng(n)
    p = cumulative(1.5 * random.normal(size=n), np.array(cuts))
    found = advice(p, drawn(random, p), [str(at + first) for at in range(len(cuts) + 1)])
    assert found.recommendations[0].loss == "ranked_probability"
    assert found.case.evidence.order < 0.25
    assert found.case.evidence.peak_chance <= 0.05


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("classes", [4, 5, 10])
def test_numbered_classes_have_no_order(classes, seed):
    """Nor if the model is sure, or flat, or if the classes are numbered by how common they are."""
    random = np.random.default_rng(seed)
    names = [str(at) for at in range(classes)]
    scores = random.normal(size=(1000, 6)) @ random.normal(size=(6, classes))
    common = -1.5 * np.log(np.arange(1, classes + 1))
    constant = np.zeros_like(scores) + common
    for logits in (0.05 * scores, scores, 10.0 * scores, common + 0.1 * scores, constant):
        p = softmax(logits)
        found = advice(p, drawn(random, p), names)
        assert found.recommendations[0].loss in ("cross_entropy", "focal")


def test_chance_counts_orders_around_each_peak():
    """Of 24 orders of 5 classes that begin with one, 1 suits the first class, 4 the second, 6 the third."""
    p = np.repeat([[0.5, 0.3, 0.1, 0.06, 0.04], [0.1, 0.2, 0.5, 0.15, 0.05]], 50, axis=0)
    label = np.tile(np.arange(5), 20)
    found = advice(p, label, list("01234")).case.evidence
    assert found.peak_chance == pytest.approx(1 / 24 * 6 / 24)
    assert advice(p[:50], label[:50], list("01234")).case.evidence.peak_chance == 1.0
    assert advice(p[:, [1, 0, 2, 4, 3]], label, list("01234")).case.evidence.peak_chance == 1.0


@pytest.mark.parametrize("name", ["+-1", "1" * 5000])
def test_class_names_that_are_almost_numbers_have_no_order(name):
    p = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.1, 0.3, 0.6]])
    found = advice(p, [0, 1, 2], [name, "2", "3"])
    assert found.recommendations[0].loss == "cross_entropy"
    assert found.case.evidence.order is None
