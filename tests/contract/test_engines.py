"""Any engine gives the same: blocks cut anywhere, folded in any order, states merged in any order."""

import random
from dataclasses import replace

import numpy as np
import pytest
from helpers.calls import SAMPLES
from helpers.requests_of import request

from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.fit.request import FitRequest
from losscli.analyses.fit.run import fit
from losscli.analyses.fit.train import Schedule
from losscli.analyses.gradient.run import gradient
from losscli.analyses.recommend.run import recommend
from losscli.compute.engines import local

DIABETES = (SAMPLES / "diabetes_linear.csv", SAMPLES / "diabetes_labels.csv")
CANCER = (SAMPLES / "cancer_logits.csv", SAMPLES / "cancer_labels.csv")
WINE = (SAMPLES / "wine_bayes.csv", SAMPLES / "wine_labels.csv")
ANALYSES = {
    "evaluate": lambda engine: evaluate(
        request(*DIABETES, "mse", "rmse", group="sex", top=None), engine=engine
    ),
    "evaluate classes": lambda engine: evaluate(request(*WINE, "cross_entropy", "zero_one"), engine=engine),
    "evaluate what counts": lambda engine: evaluate(
        request(*CANCER, "poisson_nll", "gan_generator", bad_rows="drop"), engine=engine
    ),
    "gradient": lambda engine: gradient(request(*DIABETES, "rmse", group="sex"), "cost", engine=engine),
    "gradient classes": lambda engine: gradient(request(*WINE, "cross_entropy", "focal"), engine=engine),
    "fit": lambda engine: fit(
        FitRequest(request(*DIABETES, "huber", group="sex"), schedule=Schedule(epochs=3)), engine=engine
    ),
    "fit classes": lambda engine: fit(
        FitRequest(request(*WINE, "cross_entropy"), "temperature", schedule=Schedule(epochs=3), folds=2),
        engine=engine,
    ),
    "recommend": lambda engine: recommend(request(*DIABETES), engine=engine),
    "recommend classes": lambda engine: recommend(request(*WINE), engine=engine),
}


class Shuffled:
    """An engine of another kind: it cuts blocks at random, folds the parts in any order, and merges pairs."""

    def __init__(self, seed: int, most: int = 40) -> None:
        self.random, self.most, self.parts = random.Random(seed), most, 0

    def run(self, fold, blocks, sink=None):
        assert sink is None, "rows in no order are of no use to a sink"
        parts = [part for block in blocks for part in self._cut(block)]
        self.parts += len(parts)
        self.random.shuffle(parts)
        states = [fold.of(part, fold.rows(part)) for part in parts] + [fold.empty()]
        while len(states) > 1:
            self.random.shuffle(states)
            states.append(states.pop().merge(states.pop()))
        return states[0]

    def _cut(self, block):
        start = 0
        while start < len(block):
            end = start + self.random.randint(1, self.most)
            yield block.take(slice(start, end))
            start = end


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize(("seed", "most"), [(0, 40), (1, 1), (2, 1000)])
def test_a_second_engine_finds_the_same_to_the_last_bit(name, seed, most):
    engine = Shuffled(seed, most)
    # `repr`: NaN is equal to itself there, and every digit counts.
    assert repr(ANALYSES[name](engine)) == repr(ANALYSES[name](local))
    assert engine.parts > (0 if most > 100 else 2)


def test_a_fold_that_depends_on_the_cut_is_found_out():
    """The test can fail: an engine that forgets a state changes the figures."""

    class Forgetful(Shuffled):
        def run(self, fold, blocks, sink=None):
            parts = [part for block in blocks for part in self._cut(block)]
            return local.run(fold, parts[1:])

    found = ANALYSES["evaluate"](Forgetful(0))
    assert found.results[0].n < ANALYSES["evaluate"](local).results[0].n


def test_an_engine_gets_whole_blocks_of_consecutive_rows():
    rows = []

    class Watching:
        def run(self, fold, blocks, sink=None):
            kept = list(blocks)
            rows.extend(np.concatenate([block.row for block in kept]).tolist())
            return local.run(fold, kept)

    evaluate(replace(request(*DIABETES, "mse"), block_rows=100), engine=Watching())
    assert rows == list(range(1, 443))
