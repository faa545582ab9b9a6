"""Faults as people make them, put into the predictions of models that are good or medium.

Each has the number of the check that is to find it. `put_in` gives the arguments of `losscli.doctor`, or None
where the fault would change nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from doctor.datasets import seed
from doctor.pairs import Call, Meta, Pair, Pairs, given, loss_of, predicted_columns, texts
from losscli.common.array import Array

Random = np.random.RandomState
Changed = tuple[Array, Array] | None
"""Predictions and labels with the fault."""
Makes = Callable[[Pair, Random], Changed]
PLAIN = {"classes": "cross_entropy", "binary": "binary_cross_entropy", "numbers": "mse"}


@dataclass(frozen=True)
class Fault:
    """A fault: its check, what it is, which kinds of pairs can have it, and how it is made.

    `form` is how the pair is given: `any` is by position or by id. `least` is the level that a finding of it
    needs to count as found, by the check of its number or by one that says the same (`also`). `rate` is what
    was found in good models' predictions where the rules were first tried, in per cent. `undone` is whether
    the repair gives the cost of the honest pair.
    """

    name: str
    number: str
    title: str
    kinds: tuple[str, ...]
    makes: Makes | None = None
    form: str = "any"
    least: str = "likely"
    rate: float | None = None
    also: tuple[str, ...] = ()
    undone: bool = True
    loss: str | None = ""
    calls: Callable[[Pair, Random, Pairs], Call | None] | None = None
    classes: Callable[[int], bool] = lambda _: True

    def suits(self, meta: Meta) -> bool:
        return meta.kind in self.kinds and self.classes(len(meta.classes))

    def put_in(self, pair: Pair, pairs: Pairs) -> Call | None:
        chance = Random(seed(f"{self.name} in {pair.meta.name}"))
        if self.calls is not None:
            return self.calls(pair, chance, pairs)
        assert self.makes is not None
        made = self.makes(pair, chance)
        if made is None or not np.isfinite(made[0]).all():
            return None
        if not self.loss and all(map(np.array_equal, made, (pair.predictions, pair.labels))):
            return None
        form = ("position", "position", "id")[pair.meta.draw("form", 3)] if self.form == "any" else self.form
        call = given(pair._replace(predictions=made[0], labels=made[1]), form, pairs)
        if self.loss is None:
            return call._replace(loss=None)
        return call._replace(loss=with_loss(self.loss, pair.kind)) if self.loss else call


def with_loss(suffix: str, kind: str) -> str:
    return PLAIN[kind] + suffix.removeprefix("=")


CLASSES, BINARY, NUMBERS = ("classes",), ("binary",), ("numbers",)
BOTH = CLASSES + BINARY


# D1, D22: which column is which class


def exchanged(pair: Pair, _: Random) -> Changed:
    return pair.predictions[:, ::-1], pair.labels


def flipped(pair: Pair, _: Random) -> Changed:
    return 1.0 - pair.predictions, pair.labels


def permuted(pair: Pair, chance: Random) -> Changed:
    """Any order of the columns but the right one."""
    k = pair.predictions.shape[1]
    order = chance.permutation(k)
    while (order == np.arange(k)).all():
        order = chance.permutation(k)
    return pair.predictions[:, order], pair.labels


def two_exchanged(pair: Pair, chance: Random) -> Changed:
    """The columns of two classes that are among the labels."""
    places = [k for k, name in enumerate(pair.meta.classes) if (pair.labels == name).sum() >= 20]
    if len(places) < 2:
        return None
    first, second = chance.choice(places, 2, replace=False)
    order = np.arange(pair.predictions.shape[1])
    order[[first, second]] = second, first
    return pair.predictions[:, order], pair.labels


def counted_from_one(pair: Pair, _: Random, __: Pairs) -> Call:
    """Labels 1 … K beside columns 0 … K − 1."""
    places = np.searchsorted(pair.meta.classes, pair.labels)
    left = {f"prob_{k}": pair.predictions[:, k] for k in range(pair.predictions.shape[1])}
    return Call(pd.DataFrame(left), pd.DataFrame({"label": places + 1}), "cross_entropy", {}, "position")


# D2 to D7: what the numbers are


def softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-values)))


def squashed_twice(pair: Pair, _: Random) -> Changed:
    squash = softmax if pair.kind == "classes" else sigmoid
    return squash(pair.predictions), pair.labels


def unchanged(pair: Pair, _: Random) -> Changed:
    return pair.predictions, pair.labels


def logits_of(pair: Pair) -> Array:
    low = np.clip(pair.predictions, 1e-12, 1.0 - 1e-12)
    return np.asarray(np.log(low) if pair.kind == "classes" else np.log(low / (1.0 - low)))


def as_logits(pair: Pair, _: Random) -> Changed:
    return logits_of(pair), pair.labels


def decided(pair: Pair, _: Random) -> Changed:
    if pair.kind == "binary":
        return np.round(pair.predictions), pair.labels
    return np.eye(pair.predictions.shape[1])[pair.predictions.argmax(axis=1)], pair.labels


def of_label(pair: Pair, predictions: Array) -> Array:
    if pair.kind == "binary":
        return np.where(pair.labels == 1, predictions, 1.0 - predictions)
    return np.asarray(
        predictions[np.arange(len(predictions)), np.searchsorted(pair.meta.classes, pair.labels)]
    )


def rounded(digits: tuple[int, ...]) -> Makes:
    """So many digits, where that makes the probability of some label 0 that was not."""

    def makes(pair: Pair, chance: Random) -> Changed:
        made = np.round(pair.predictions, chance.choice(digits))
        lost = (of_label(pair, made) == 0.0) & (of_label(pair, pair.predictions) > 0.0)
        return (made, pair.labels) if lost.any() else None

    return makes


def saturated(pair: Pair, _: Random) -> Changed:
    """Logits that are eight times too large, in float32, where some row is surely wrong then."""
    if pair.kind == "classes":
        made = softmax((8.0 * logits_of(pair)).astype("float32")).astype("float64")
    else:
        made = sigmoid((8.0 * logits_of(pair)).astype("float32")).astype("float64")
    surely = of_label(pair, made) == 0.0
    return (made, pair.labels) if surely.any() and (made == 1.0).any() else None


# D8 to D12, D20: which rows are where


def shifted(*steps: int) -> Makes:
    """Row i is predicted by row i + s: the first rows of one file and the last of the other are missing."""

    def makes(pair: Pair, chance: Random) -> Changed:
        step = int(chance.choice(steps)) * int(chance.choice([-1, 1]))
        if step > 0:
            return pair.predictions[step:], pair.labels[:-step]
        return pair.predictions[:step], pair.labels[-step:]

    return makes


def shuffled(pair: Pair, chance: Random) -> Changed:
    return (
        (pair.predictions, pair.labels[chance.permutation(len(pair.labels))])
        if len(pair.labels) >= 100
        else None
    )


def sorted_predictions(pair: Pair, chance: Random) -> Changed:
    order = chance.permutation(len(pair.labels))
    return (np.sort(pair.predictions), pair.labels[order]) if len(order) >= 100 else None


def padded(pair: Pair, chance: Random) -> Changed:
    rows = np.append(np.arange(len(pair.labels)), np.arange(chance.randint(2, 8)))
    return pair.predictions[rows], pair.labels[rows]


def padded_ids(pair: Pair, chance: Random, _: Pairs) -> Call:
    """Rows that are there twice by their ids, beside labels that are there once."""
    call = given(pair, "id")
    rows = np.append(np.arange(len(pair.labels)), np.arange(chance.randint(2, 8)))
    return call._replace(
        predictions=call.predictions.iloc[rows].reset_index(drop=True), loss=loss_of(pair.meta)
    )


def twice(pair: Pair, _: Random) -> Changed:
    if len(pair.labels) < 64:
        return None
    rows = np.tile(np.arange(len(pair.labels)), 2)
    return pair.predictions[rows], pair.labels[rows]


def with_duplicates(pair: Pair, chance: Random) -> Changed:
    n = len(pair.labels)
    rows = np.sort(np.append(np.arange(n), chance.choice(n, n // 4, replace=False)))
    rows = rows[chance.permutation(len(rows))]
    return (pair.predictions[rows], pair.labels[rows]) if distinct(pair.predictions) > 0.8 else None


def distinct(values: Array) -> float:
    """The share of rows that differ from all rows before."""
    return len(np.unique(values, axis=0)) / len(values)


def trained_on(pair: Pair, chance: Random, pairs: Pairs) -> Call:
    """The training file has three in ten of the rows."""
    call = given(pair, "train", pairs)
    train, n = call.options["train"], len(pair.labels)
    some = chance.choice(n, max(1, 3 * n // 10), replace=False)
    shared = train.iloc[np.zeros(len(some), int)].assign(id=call.predictions["id"].iloc[some].to_numpy())
    return call._replace(options={"train": pd.concat([shared, train], ignore_index=True)})


# D13 to D19: numbers


def times(unit: float) -> Makes:
    return lambda pair, _: (unit * pair.predictions, pair.labels)


def standardised(pair: Pair, _: Random, pairs: Pairs) -> Call | None:
    """Scaled as the labels of the training rows were, and not back."""
    known = pairs.beside(pair.meta, "train")[pair.meta.target]
    mean, spread = float(known.mean()), float(known.std())
    if abs(mean) < 3 * spread and 0.1 < spread < 5:  # it is in such units already
        return None
    return given(pair._replace(predictions=(pair.predictions - mean) / spread), "position")


TRANSFORMS: dict[str, Callable[[Array], Array]] = {
    "log": np.log, "log1p": np.log1p, "log10": np.log10, "sqrt": np.sqrt,
}  # fmt: skip


def in_space(side: str, name: str) -> Makes:
    def makes(pair: Pair, _: Random) -> Changed:
        if pair.predictions.min() <= 0.0 or pair.labels.min() <= 0.0:
            return None
        transform = TRANSFORMS[name]
        if side == "predictions":
            return transform(pair.predictions), pair.labels
        return pair.predictions, transform(pair.labels)

    return makes


def negated(pair: Pair, _: Random) -> Changed:
    return -pair.predictions, pair.labels


def sentinel(side: str) -> Makes:
    def makes(pair: Pair, chance: Random) -> Changed:
        n = len(pair.labels)
        rows = chance.choice(n, max(2, n // 50), replace=False)
        predictions, labels = pair.predictions.copy(), pair.labels.copy()
        (labels if side == "labels" else predictions)[rows] = -999.0
        return predictions, labels

    return makes


def swapped(pair: Pair, _: Random) -> Changed:
    return pair.labels, pair.predictions


def swapped_files(pair: Pair, _: Random, __: Pairs) -> Call:
    """The file of labels is given as predictions, and the other way round."""
    names = {"id": np.arange(len(pair.labels)), "label": texts(pair.labels)}
    left, right = pd.DataFrame(names), pd.DataFrame({"id": names["id"], **predicted_columns(pair)})
    return Call(left, right, PLAIN[pair.kind], {}, "id")


def leaked(pair: Pair, chance: Random) -> Changed:
    """The labels themselves, but for one in twenty."""
    rows = chance.rand(len(pair.labels)) < 0.05
    return (
        (np.where(rows, pair.predictions, pair.labels), pair.labels) if distinct(pair.labels) > 0.5 else None
    )


# D21, D23 to D26


def constant(pair: Pair, _: Random) -> Changed:
    return np.full(len(pair.labels), pair.predictions.mean()), pair.labels


def half_precision(pair: Pair, _: Random) -> Changed:
    return pair.predictions.astype("float16").astype("float64"), pair.labels


def one_class(pair: Pair, _: Random) -> Changed:
    names, counts = np.unique(pair.labels, return_counts=True)
    rows = pair.labels == names[counts.argmax()]
    return pair.predictions[rows], pair.labels[rows]


def in_order(pair: Pair, _: Random) -> Changed:
    """Sorted by the size of the error, as neighbours in space or time are alike."""
    order = np.argsort(np.abs(pair.predictions - pair.labels), kind="stable")
    return pair.predictions[order], pair.labels[order]


def derived_label(pair: Pair, _: Random, __: Pairs) -> Call:
    """The column `label` is what the model decided, and the truth has another name."""
    if pair.kind == "binary":
        label, truth = (pair.predictions >= 0.5).astype(int), pair.labels
    else:
        label, truth = np.array(pair.meta.classes)[pair.predictions.argmax(axis=1)], pair.labels
    columns: dict[str, Any] = {"outcome_2": texts(truth), "label": texts(label), **predicted_columns(pair)}
    return Call(pd.DataFrame(columns), None, loss_of(pair.meta), {}, "table")


def more_than(least: int) -> Callable[[int], bool]:
    return lambda k: k > least


def two(k: int) -> bool:
    return k == 2


FAULTS = (
    Fault("exchanged", "D1", "two class columns exchanged, K = 2", CLASSES, exchanged, rate=98, classes=two),
    Fault("flipped", "D1", "probability of the other class", BINARY, flipped, rate=98),
    Fault(
        "permuted", "D1", "class columns permuted, K > 2", CLASSES, permuted, rate=88, classes=more_than(2)
    ),
    Fault(
        "two of many",
        "D1",
        "two class columns exchanged, K > 2",
        CLASSES,
        two_exchanged,
        classes=more_than(2),
    ),
    Fault("softmax twice", "D2", "softmax of a softmax", CLASSES, squashed_twice, rate=65),
    Fault("sigmoid twice", "D2", "sigmoid of a sigmoid", BINARY, squashed_twice, rate=65),
    Fault(
        "from logits", "D3", "probabilities under `from_logits`", BOTH, unchanged, loss="=:from_logits=true"
    ),
    Fault("logits", "D4", "logits as probabilities", BOTH, as_logits, loss="="),
    Fault("decided", "D5", "decisions for probabilities", BOTH, decided, least="note", undone=False),
    Fault(
        "rounded", "D6", "3 or 4 digits that lose a label's probability", BOTH, rounded((3, 4)), undone=False
    ),
    Fault("rounded more", "D6", "1 or 2 digits that do", BOTH, rounded((1, 2)), least="hint", undone=False),
    Fault("saturated", "D7", "float32, saturated and surely wrong somewhere", BOTH, saturated, undone=False),
    Fault(
        "shifted, numbers",
        "D8",
        "rows shifted by 1, numbers",
        NUMBERS,
        shifted(1),
        "position",
        rate=39,
        undone=False,
    ),
    Fault(
        "shifted, classes",
        "D8",
        "rows shifted by 1, classes",
        CLASSES,
        shifted(1),
        "position",
        rate=41,
        undone=False,
    ),
    Fault(
        "shifted by more",
        "D8",
        "rows shifted by 2 or 3",
        CLASSES + NUMBERS,
        shifted(2, 3),
        "position",
        undone=False,
    ),
    Fault(
        "shuffled, numbers",
        "D9",
        "rows shuffled, numbers",
        NUMBERS,
        shuffled,
        "position",
        "hint",
        undone=False,
    ),
    Fault(
        "shuffled, classes",
        "D9",
        "rows shuffled, classes",
        CLASSES,
        shuffled,
        "position",
        "hint",
        undone=False,
    ),
    Fault(
        "sorted",
        "D9",
        "predictions sorted, labels not",
        NUMBERS,
        sorted_predictions,
        "position",
        "hint",
        undone=False,
    ),
    Fault("padded", "D10", "tail repeats head, 2 to 7 rows", CLASSES + NUMBERS, padded, "position", rate=20),
    Fault("padded, ids", "D10", "the same, with ids", CLASSES + NUMBERS, calls=padded_ids, also=("D12",)),
    Fault("twice", "D11", "concatenated twice", CLASSES + NUMBERS, twice, "position", also=("D10",)),
    Fault(
        "duplicates",
        "D12",
        "a fifth of the rows there twice",
        NUMBERS,
        with_duplicates,
        "position",
        "hint",
        undone=False,
    ),
    Fault("times 100", "D13", "predictions × 100", NUMBERS, times(100.0), rate=90),
    Fault("by 100", "D13", "predictions / 100", NUMBERS, times(0.01), rate=82),
    Fault("times 1000", "D13", "predictions × 1000", NUMBERS, times(1000.0), rate=90),
    Fault("by 60", "D13", "predictions / 60", NUMBERS, times(1 / 60), rate=71),
    Fault("standardised", "D14", "standardised predictions", NUMBERS, calls=standardised, rate=79),
    *(
        Fault(f"{name} of {side}", "D15", f"{side} in {name} space", NUMBERS, in_space(side, name), rate=rate)
        for side, rate in (("predictions", 83), ("labels", 89))
        for name in TRANSFORMS
    ),
    Fault("negated", "D16", "sign flipped", NUMBERS, negated, rate=92),
    Fault(
        "sentinel, labels",
        "D17",
        "−999 in 2 % of the labels",
        NUMBERS,
        sentinel("labels"),
        rate=66,
        undone=False,
    ),
    Fault(
        "sentinel, predictions",
        "D17",
        "−999 in 2 % of the predictions",
        NUMBERS,
        sentinel("predictions"),
        undone=False,
    ),
    Fault("swapped, numbers", "D18", "files exchanged, numbers", NUMBERS, swapped, least="hint"),
    Fault("swapped, classes", "D18", "files exchanged, classes", CLASSES, calls=swapped_files),
    Fault("leaked", "D19", "95 % of the predictions are the labels", NUMBERS, leaked, undone=False),
    Fault(
        "trained on",
        "D20",
        "3 in 10 ids are in the training file",
        CLASSES + NUMBERS,
        calls=trained_on,
        undone=False,
    ),
    Fault("constant", "D21", "one prediction for all rows", NUMBERS, constant, least="note", undone=False),
    Fault(
        "from one", "D22", "labels 1 … K, columns 0 … K − 1", CLASSES, calls=counted_from_one, also=("D1",)
    ),
    Fault("half precision", "D23", "float16", CLASSES + NUMBERS, half_precision, least="note", undone=False),
    Fault("one class", "D24", "labels of one class alone", CLASSES, one_class, least="note", undone=False),
    Fault(
        "in order",
        "D25",
        "rows sorted by the size of the error",
        NUMBERS,
        in_order,
        "position",
        "note",
        undone=False,
    ),
    Fault("derived label", "D26", "a label that the model decided", BOTH, calls=derived_label),
)
