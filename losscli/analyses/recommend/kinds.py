"""Which problem the columns pose, and which kinds their numbers are of."""

from __future__ import annotations

import numpy as np

from losscli.analyses.recommend.survey import Look
from losscli.analyses.suitable import Suitability
from losscli.common.errors import LosscliError
from losscli.common.text import listed
from losscli.inputs.block import DROPPED, Block
from losscli.inputs.columns.fields import key
from losscli.loss import Layout
from losscli.loss.domain import Simplex

MOST_NAMES = 50
"""Whole numbers of more different values are numbers, not names of classes."""
LEAST_COUNT = 10.0
"""Whole numbers that never come near to zero are measurements that were rounded, not counts..."""
LIKE_POISSON = (0.5, 3.0)
"""... unless their variance over the mean is that of counts."""
WITHIN = 1e-3
LOGIT = 2.0
"""Predictions that are logits fit the labels as they are, up to this factor."""


def choose(trials: list[Suitability]) -> Suitability:
    """Return the kind of columns that the inputs hold.

    Columns with names of their own come first, then a column per class, then numbers; one column of
    whole numbers on both sides, of few values, is one of class names.

    Raises:
        LosscliError: where the columns are of no kind.
    """
    usable = [trial for trial in trials if trial.block is not None and _usable(trial.block)]
    named = [trial for trial in usable if trial.needs.layout is Layout.NAMED and _called_so(trial)]
    if named:
        return named[0]
    several = [trial for trial in usable if trial.needs.layout is Layout.CLASSES and _wide(trial)]
    names = [trial for trial in usable if trial.needs.class_predictions and not _wide(trial)]
    numbers = [trial for trial in usable if trial.needs.layout is Layout.OUTPUTS]
    if several and not (numbers and not _shares(several[0].block)):
        return several[0]
    if names and (_alike(names[0].block) if not numbers else _named_by_numbers(numbers[0].block)):
        return names[0]
    if numbers:
        return numbers[0]
    raise _no_kind(trials)


def _usable(block: Block) -> bool:
    """Whether most rows are samples when they are read so; a bad one is told when all are read."""
    dropped = 0 if block.left_out is None else int(np.count_nonzero(block.left_out == DROPPED))
    return 2 * dropped < len(block)


def _called_so(trial: Suitability) -> bool:
    """Whether the columns have the names that the losses ask for, not only the number of them."""
    names = {name.lower().removeprefix("prediction_").removeprefix("pred_") for name in trial.outputs}
    return set(trial.needs.columns) - {"prediction"} <= names | {*map(key, names)}


def _wide(trial: Suitability) -> bool:
    return trial.block is not None and trial.block.prediction.ndim == 2


def _shares(block: Block | None) -> bool:
    """Whether labels in columns are probabilities of classes, and not several outputs."""
    assert block is not None
    label = block.label
    if label.ndim == 1:
        return bool(block.classes)
    return Simplex(WITHIN).outside(label) is None


def _alike(block: Block | None) -> bool:
    """Whether predicted names are names of labels."""
    assert block is not None
    return bool(np.isin(block.prediction, np.unique(block.label)).mean() >= 0.5)


def _named_by_numbers(block: Block | None) -> bool:
    """Whether numbers on both sides are whole, of few values, and the predicted ones among the labels."""
    assert block is not None
    label, prediction = block.label, block.prediction
    if label.ndim > 1 or prediction.ndim > 1 or not (label == np.rint(label)).all():
        return False
    found, predicted = np.unique(label), np.unique(prediction)
    few = 2 <= len(found) <= MOST_NAMES and len(predicted) >= 2
    # Rounded amounts are near their labels; names are right, or wrong.
    return few and bool(np.isin(prediction, found).mean() >= 0.95 and (label == prediction).mean() >= 0.25)


def _no_kind(trials: list[Suitability]) -> LosscliError:
    """Return why the columns are of no kind: as they are read as numbers, and as classes."""
    found_columns = [trial for trial in trials if trial.outputs and trial.needs.layout is Layout.OUTPUTS]
    for trial in found_columns:
        if trial.error is not None:
            return trial.error
        if trial.block is None or not len(trial.block):
            return LosscliError("predictions and labels", "no data rows", "at least one sample")
    errors = {
        what: trial.error
        for what, layout in (("as classes", Layout.CLASSES), ("as numbers", Layout.OUTPUTS))
        for trial in trials
        if trial.needs.layout is layout and trial.error is not None
    }
    if len({str(error) for error in errors.values()}) == 1 and not found_columns:
        return next(iter(errors.values()))
    told = [f"{what}: {error.where}: {error.found}" for what, error in errors.items()]
    if found_columns:
        told.insert(0, f"most rows have no number in {listed(found_columns[0].outputs)}, or as label")
    found = "; ".join(told)
    return LosscliError(
        "predictions and labels",
        f"they can be read neither as numbers nor as classes ({found})" if found else "no loss accepts them",
        "columns that a loss can read",
        "Name the columns (--prediction, --label); --map-labels A=0,B=1 turns names into numbers.",
    )


def kind_of_labels(look: Look, layout: Layout, dispersion: float | None) -> str:
    """Return `continuous`, `positive`, `count`, `binary`, `sign`, `classes` or `distribution`.

    `dispersion` is the mean of error²/prediction, None where that makes no sense.
    """
    if layout is Layout.CLASSES:
        return "distribution" if look.soft else "classes"
    label = look.label
    if label.zeros + label.ones == label.n:
        return "binary"
    if label.ones + label.minus_ones == label.n:
        return "sign"
    low, high = LIKE_POISSON
    like_counts = label.low <= LEAST_COUNT or (dispersion is not None and low <= dispersion <= high)
    if label.whole == label.n and label.low >= 0.0 and like_counts:
        return "count"
    return "positive" if label.low > 0.0 else "continuous"


def kind_of_predictions(
    look: Look, layout: Layout, label_kind: str, names: tuple[str, ...], slope: float | None
) -> str:
    """Return `real`, `positive`, `probability`, `logit`, `score`, or the same of classes.

    Args:
        look: what was seen.
        layout: the kind of columns.
        label_kind: the kind of the labels.
        names: the prediction columns.
        slope: of two classes, what multiplies the predictions in the logit that suits the labels best;
            of logits it is near 1.
    """
    spread = look.prediction
    if layout is Layout.CLASSES:
        if not spread.n:
            return "classes"
        steady = look.sums.low > 0.0 and look.sums.high - look.sums.low <= 0.05 * look.sums.high
        return "class_probabilities" if spread.low >= 0.0 and steady else "class_logits"
    if layout in (Layout.OUTPUTS, Layout.SCALAR, Layout.VECTOR) and label_kind in ("binary", "sign"):
        if spread.low >= 0.0 and spread.high <= 1.0:
            return "probability"
        named = any(name.lower().startswith("logit") for name in names)
        return "logit" if named or (slope is not None and 1.0 / LOGIT <= slope <= LOGIT) else "score"
    return "positive" if spread.low > 0.0 else "real"
