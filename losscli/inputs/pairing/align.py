"""Pairs the rows of two inputs: by position, or by id.

Ids in the same order are compared while they stream, with nothing held. From the first
difference on, the rest of the label file is held, and each prediction looks its label up. Rows with
an id that only one input has are refused, or left out and counted: then nothing looks at their cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import listed
from losscli.inputs.chunk import Chunk
from losscli.inputs.ids import ID, concatenated, differing, empty, texts
from losscli.inputs.pairing.alike import hint_of_ids
from losscli.inputs.pairing.distinct import Again, Distinct, first_texts

if TYPE_CHECKING:
    from losscli.inputs.pairing.lookup import Held

_MOST_KEPT = 10_000
_IN_ORDER = "Only if row N is the same sample in both files: --align position"
_NONE = np.zeros(0, dtype=np.int64)


class Rows(Protocol):
    """What rows are paired by: those of one input, or of several that are paired already."""

    @property
    def columns(self) -> Mapping[str, Array]:
        """An array per role."""

    @property
    def row(self) -> Array:
        """The data rows in the file, from 1."""

    @property
    def shard(self) -> int:
        """The file that the rows are of, where an input has several."""

    def told(self, row: int) -> str:
        """Return what a message calls a row."""

    def __len__(self) -> int: ...

    def take(self, rows: slice | NDArray[np.int64]) -> Self:
        """Return the rows that a slice or positions choose, in that order."""

    def followed_by(self, other: Self) -> Self:
        """Return these rows, and others behind them."""


Pair = tuple[Chunk, Chunk]
UNIQUE_IDS = "a unique id for every row"
"""What is needed where an id comes more than once."""
Left = TypeVar("Left", bound=Rows)


Spared = Callable[[Array], NDArray[np.bool_]]
"""Says which of some ids of labels may be without a prediction."""


class NoPartnerError(LosscliError):
    """Ids that only one input has; `unknown` are some of those of the predictions."""

    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The two inputs as messages call them.

    `models` says that both are predictions, or one of several; `id` is then the column of ids, where rows are
    paired by it.
    """

    predictions: str
    labels: str
    models: bool = False
    id: str = ""

    @property
    def both(self) -> str:
        """What a message about both begins with."""
        return f"{self.predictions} and {self.labels}"

    @property
    def unique(self) -> str:
        """What to do where an id comes more than once."""
        together = f". If then rows of one id belong together: {given('cluster', self.id)}" if self.id else ""
        return f"Choose another id column: --id COLUMN. {_IN_ORDER}{together}"


@dataclass(slots=True)
class Unmatched:
    """How many rows of each input were left out, since the other has not their id.

    `hint` is what may make two of one id, where two that were left out are alike.
    """

    predictions: int = 0
    labels: int = 0
    hint: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """The rows by input."""
        return {"predictions": self.predictions, "labels": self.labels}


def by_position(
    predictions: Iterator[Left], labels: Iterator[Chunk], names: Names, hint: str = ""
) -> Iterator[tuple[Left, Chunk]]:
    """Yield chunks of equal length, row by row.

    Raises:
        LosscliError: if one input has more rows than the other, or has none; where it is one row, `hint`
            is what may be wrong.
    """
    pairs = _InStep(predictions, labels)
    yield from pairs
    _refuse_empty(pairs, names)
    if pairs.left is not None or pairs.right is not None:
        counts = pairs.count_all()
        raise LosscliError(
            names.both,
            f"{counts[0]} and {counts[1]} rows",
            "as many rows in every file" if names.models else "as many predictions as labels",
            (hint if abs(counts[0] - counts[1]) == 1 else "")
            or f"Add an id column to {'every file' if names.models else 'both files'}, "
            "or find the missing rows.",
        )


def by_id(
    predictions: Iterator[Left],
    labels: Iterator[Chunk],
    names: Names,
    again: Again | None = None,
    unmatched: Unmatched | None = None,
    *,
    distinct: bool = False,
    spared: Spared | None = None,
) -> Iterator[tuple[Left, Chunk]]:
    """Yield chunks of equal length whose ids agree, in the order of the predictions.

    Args:
        predictions: chunks with an id.
        labels: the same of the labels.
        names: the two inputs as messages call them.
        again: yields the ids of the predictions once more, where that can be.
        unmatched: is told how many rows were left out since only one input has their id; without it
            such ids are an error.
        distinct: whether taking the predictions raises, at the latest behind the last, where two have one id.
        spared: says which labels may be without a prediction.

    Raises:
        LosscliError: for ids that one input has twice, or that only one input has, with the counts and
            up to five of them; where no id is in both; for an input without rows beside one with some.
    """
    with closing(Distinct(again, known=distinct)) as seen:
        pairs = _InStep(_with_ids(predictions), _with_ids(labels))
        for left, right in pairs:
            agree = _common_prefix(left.columns[ID], right.columns[ID])
            if agree:
                seen.add(left.columns[ID][:agree])
                yield left.take(slice(0, agree)), right.take(slice(0, agree))
                pairs.matched += agree
            if agree < len(left):
                pairs.push_back(left.take(slice(agree, None)), right.take(slice(agree, None)))
                break
        _refuse_empty(pairs, names)
        if pairs.left is None and pairs.right is None:
            refuse_repeated(seen, names.both, names.unique)
        else:
            yield from _join(pairs, seen, names, unmatched, spared)


def _join(
    pairs: _InStep[Left],
    seen: Distinct,
    names: Names,
    unmatched: Unmatched | None,
    spared: Spared | None,
) -> Iterator[tuple[Left, Chunk]]:
    """Look up the label of each prediction among all the labels that are left.

    An id that is found there is kept as no more than that; ids in order, and those that are found nowhere,
    are noted as before.
    """
    from losscli.inputs.pairing.lookup import Held

    held, before, ordered = Held(pairs.rest_of_labels()), pairs.matched, True
    unknown, unused = _Refused(), _Refused()
    for chunk in pairs.rest_of_predictions():
        ids = chunk.columns[ID]
        ordered = ordered and (seen.repeatable or not held) and seen.ascends(ids)
        rows = held.find(ids, distinct=ordered)
        found = rows >= 0
        matched = int(np.count_nonzero(found))
        pairs.matched += matched
        if matched and (unmatched is not None or not unknown.count):
            yield from _found(chunk, held, rows, found, all_=unmatched is not None)
        strangers = ids[~found]
        unknown.add(strangers)
        if not ordered:
            seen.keep(strangers)
    left_over = held.left_over()
    unused.add(left_over if spared is None else left_over[~spared(left_over)])
    asked, also = (
        held.among(seen.first(before)) if before and (unused.count or not ordered) else (_NONE, _NONE)
    )
    for ids in (asked, held.asked_twice(), held.asked_twice()):
        seen.keep(ids)
    refuse_repeated(seen, names.predictions, names.unique)
    # All prediction ids are distinct by now; a label id that is there twice shows among the labels held.
    again = np.unique(concatenated([held.again, also]))
    _refuse(first_texts(again), names.labels, len(again), names.unique)
    if unmatched is not None and pairs.matched:
        unmatched.predictions, unmatched.labels = unknown.count, unused.count
        unmatched.hint = hint_of_ids(unknown.texts, unused.texts)
    elif unknown.count or unused.count:
        error = _no_partner(unknown, unused, names, pairs.matched)
        error.unknown = tuple(unknown.texts)
        raise error


def _found(
    chunk: Left, labels: Held, rows: Array, found: Array, *, all_: bool
) -> Iterator[tuple[Left, Chunk]]:
    """Yield predictions that have a label, and it: `all_` of them, or those before the first without."""
    if found.all():
        yield chunk, labels.take(rows, chunk.columns[ID])
        return
    places = np.flatnonzero(found) if all_ else np.arange(int(found.argmin()))
    if len(places):
        chunk = chunk.take(places)
        yield chunk, labels.take(rows[places], chunk.columns[ID])


def _no_partner(unknown: _Refused, unused: _Refused, names: Names, matched: int) -> NoPartnerError:
    """Return the error of ids that only one input has."""
    found = "; ".join(
        f"{refused} only in {name}"
        for refused, name in ((unknown, names.predictions), (unused, names.labels))
        if refused.count
    )
    where = names.both
    hint = hint_of_ids(unknown.texts, unused.texts)
    if not matched:
        remedy = "Choose other id columns: --id COLUMN"
        remedy += "" if names.models else ", for the labels only --label-id COLUMN"
        # Files of other lengths have no order in common.
        remedy += f". {_IN_ORDER}" if unknown.count == unused.count else ""
        return NoPartnerError(
            where,
            f"the files have no id in common: {found}",
            "the same ids in both",
            f"{hint} {remedy}".strip(),
        )
    remedy = f"To keep the {matched} that both have, and leave out and count the rest: --unmatched drop"
    return NoPartnerError(where, found, "the same ids in both", f"{hint} {remedy}".strip())


def _refuse_empty(pairs: _InStep[Left], names: Names) -> None:
    """Raise where one input has rows, and the other none: ids and counts are beside the point."""
    if pairs.started or (pairs.left is None) == (pairs.right is None):
        return
    where = names.predictions if pairs.left is None else names.labels
    raise LosscliError(
        where,
        "no data rows",
        "at least one sample",
        "Create the file again: the program that wrote it may have failed.",
    )


def one_ahead(pairs: Iterator[tuple[Left, Chunk]]) -> Iterator[tuple[Left, Chunk]]:
    """Yield each pair once it is known whether another one follows."""
    for pair, _ in pairwise(chain(pairs, (None,))):
        assert pair is not None
        yield pair


class _InStep(Generic[Left]):
    """Two runs of chunks, cut so that both give equally many rows at a time.

    Iterating ends when one of them does; `left` and `right` then hold what the other has left, and `started`
    says whether both had a row. `matched` is for who counts rows whose ids agree.
    """

    def __init__(self, predictions: Iterator[Left], labels: Iterator[Chunk]) -> None:
        self._predictions, self._labels = predictions, labels
        self.left: Left | None = None
        self.right: Chunk | None = None
        self.started = False
        self.matched = 0
        self._paired = 0

    def __iter__(self) -> Iterator[tuple[Left, Chunk]]:
        while self._fill():
            left, right = self.left, self.right
            assert left is not None
            assert right is not None
            self.started = True
            rows = min(len(left), len(right))
            self.left = left.take(slice(rows, None)) if len(left) > rows else None
            self.right = right.take(slice(rows, None)) if len(right) > rows else None
            self._paired += rows
            same = len(left) == len(right)
            yield (left, right) if same else (left.take(slice(0, rows)), right.take(slice(0, rows)))

    def _fill(self) -> bool:
        self.left = self.left if self.left is not None else _next(self._predictions)
        self.right = self.right if self.right is not None else _next(self._labels)
        return self.left is not None and self.right is not None

    def push_back(self, left: Left, right: Chunk) -> None:
        """Return rows that were handed out but not used."""
        self.left = left if self.left is None else left.followed_by(self.left)
        self.right = right if self.right is None else right.followed_by(self.right)
        self._paired -= len(left)

    def rest_of_predictions(self) -> Iterator[Left]:
        if self.left is not None:
            yield self.left
        yield from self._predictions

    def rest_of_labels(self) -> Iterator[Chunk]:
        if self.right is not None:
            yield self.right
        yield from self._labels

    def count_all(self) -> tuple[int, int]:
        """Read both to their ends and return how many rows each has."""
        return (
            self._paired + sum(map(len, self.rest_of_predictions())),
            self._paired + sum(map(len, self.rest_of_labels())),
        )


class _Refused:
    """Counts ids that have no partner, and keeps some to show, and to look for others like them."""

    def __init__(self) -> None:
        self.count, self.texts = 0, list[str]()

    def add(self, ids: Array) -> None:
        self.count += len(ids)
        self.texts.extend(texts(ids, _MOST_KEPT - len(self.texts)))

    def __str__(self) -> str:
        examples = self.texts[:5]
        shown = listed([repr(example) for example in examples])
        more = f" and {self.count - len(examples)} more" if self.count > len(examples) else ""
        return f"{self.count} id{'s' if self.count > 1 else ''} ({shown}{more})"


def _with_ids(chunks: Iterator[Left]) -> Iterator[Left]:
    """Refuse rows without an id: two of them would seem to be the same sample."""
    for chunk in chunks:
        missing = empty(chunk.columns[ID])
        if missing is not None and missing.any():
            place = int(missing.argmax())
            # Something else may be wrong with the rows before it, and the first bad row is told.
            yield chunk.take(slice(0, place))
            raise LosscliError(
                chunk.told(int(chunk.row[place])),
                "the id is empty",
                UNIQUE_IDS,
                f"Choose another id column: --id COLUMN. {_IN_ORDER}",
            )
        yield chunk


def _next(chunks: Iterator[Left]) -> Left | None:
    for chunk in chunks:
        if len(chunk):
            return chunk
    return None


def _common_prefix(left: Array, right: Array) -> int:
    """Return how many ids agree from the start."""
    differ = differing(left, right)
    return int(differ.argmax()) if differ.any() else len(left)


def refuse_repeated(seen: Distinct, where: str, remedy: str) -> None:
    """Raise for ids that came more than once."""
    count, examples = seen.repeated()
    _refuse(examples, where, count, remedy)


def _refuse(examples: list[bytes], where: str, count: int, remedy: str) -> None:
    """Raise for ids that came more than once: `count` of them."""
    if not count:
        return
    refused = _Refused()
    refused.add(np.asarray(examples))
    refused.count = count
    raise LosscliError(
        where,
        f"{refused} {'appears' if count == 1 else 'appear'} more than once",
        UNIQUE_IDS,
        remedy,
    )
