"""The predictions of several models beside one input of labels: read in one pass, row by row."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from types import TracebackType
from typing import Any, Self

from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import listed, shorten
from losscli.inputs.block import Block
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.columns.needs import BESIDE, common_needs
from losscli.inputs.columns.search import Search, Table
from losscli.inputs.groups import group_roles
from losscli.inputs.header import TextFormat
from losscli.inputs.ids import ID
from losscli.inputs.opening import open_source
from losscli.inputs.pairing.agree import Shared, disagreement
from losscli.inputs.pairing.align import Names, Pair, by_id, by_position, one_ahead
from losscli.inputs.pairing.assemble import cuts, in_lock_step
from losscli.inputs.pairing.bundle import (
    Bundle,
    Disagreement,
    Wanted,
    agreed,
    gathered,
    seen_as,
)
from losscli.inputs.pairing.by_shards import by_shards
from losscli.inputs.pairing.classes import Classes
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer, Opener, Reading
from losscli.inputs.request import Request
from losscli.inputs.row_edits import LABEL
from losscli.inputs.shared.opened import key_of
from losscli.inputs.source import Source
from losscli.inputs.streams.once import refuse_one_pipe

ROWS_IN_ALL = 1 << 18
"""So many rows of all inputs together are read at a time, since each of them is read ahead."""
FEWEST_ROWS = 1 << 14
"""The losses of fewer rows cost more a row."""
WIDE = 16
"""Columns of an input beyond which it is fewer rows at a time."""


class SideBySide:
    """The inputs of several models, opened, and what was found out about them; a context manager.

    Rows are paired by id where every input has one, else by position. The labels are read once, and so is an
    input that has the predictions of several models. Inputs whose ids are in the order of those of the first
    are not held; of another one, the rows from the first difference on are.

    Attributes:
        names: what the models are called.
        readings: one a model, for the roles of its columns and its losses; they are not read by themselves.

    Raises:
        LosscliError: for inputs that cannot be opened, columns that cannot be told apart, and models of
            different classes.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        names: Sequence[str],
        *,
        opener: Opener = open_source,
        ahead: bool = True,
    ) -> None:
        """Open the inputs.

        Args:
            requests: what would be asked for each model alone: the same losses, labels and options, of
                predictions of its own. The first is the baseline, whose rows give the order.
            names: what the models are called, each otherwise.
            opener: opens each input.
            ahead: whether threads of their own read ahead.
        """
        self.names, self._requests, self._reads_ahead = tuple(names), tuple(requests), ahead
        self._rows, self._excluded = 0, dict[str, int]()
        _refuse_pipes(requests)
        with ExitStack() as stack:
            self._opened = _Opened(opener, stack, self._called())
            self.readings = tuple(stack.enter_context(one) for one in self._open())
            self._refuse_other_classes()
            self._pair_alike()
            self._want()
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _called(self) -> dict[int, str]:
        """Return what messages call the predictions of each model, where they are in memory."""
        data = [id(one.predictions) for one in self._requests]
        return {
            one: f"predictions of {shorten(name)}"
            for one, name in zip(data, self.names, strict=True)
            if data.count(one) == 1
        }

    def _open(self) -> Iterator[Reading]:
        """Yield the reading of each model, of the columns that its own inputs have."""
        for place, request in enumerate(self._requests):
            asked = request if place == 0 else self._without_missing(request)
            yield Reading(asked, opener=self._opened)

    def _without_missing(self, request: Request) -> Request:
        """Return a request without the weights, groups and clusters that only other models' inputs have."""
        inputs = [("predictions", request.predictions, request.prediction_format)]
        if request.labels is not None:
            inputs.append(("labels", request.labels, request.label_format))
        sources = [self._opened(data, role, text, hashed=request.fingerprints) for role, data, text in inputs]
        searches = [Search(Table(source.name, source.header)) for source in sources]

        def there(column: str | None) -> bool:
            return column is not None and any(search.has(column) for search in searches)

        return replace(
            request,
            weight=request.weight if there(request.weight) else None,
            cluster=request.cluster if there(request.cluster) else None,
            group=tuple(filter(there, request.group)),
            show=tuple(filter(there, request.show)),
        )

    def _pair_alike(self) -> None:
        """Let all go by id or all by position, and find out which columns have to agree."""
        first, request = self.readings[0], self._requests[0]
        several = {id(one.left) for one in self.readings}
        labels = {None if one.right is one.left else id(one.right) for one in self.readings}
        if len(labels) > 1:
            raise ValueError("requests for different labels")
        if first.right is first.left:
            if len(several) > 1:
                found = f"there is no label file, and {len(several)} inputs have predictions"
                raise UsageError("LABELS", found, "one input, or labels", "Name their file: --labels FILE")
        elif not all(one.roles.by_id for one in self.readings) and request.align != "position":
            why = _why_position(self.readings)
            for one in self.readings:
                one.by_position(why)
        for one in self.readings:
            one.row_edits = first.row_edits
        if first.row_edits.spared is not None and first.roles.by_id and len(several) > 1:
            found = f"rows of {len(several)} inputs are paired by id, and each has an order of its own"
            raise UsageError("--skip-rows", found, "one order", "Leave samples out by id: --exclude-ids FILE")
        shares = [sum(other.left is one.left for other in self.readings) > 1 for one in self.readings]
        self._between = tuple(self._shared_with_first(one) for one in self.readings)
        for place, (one, share) in enumerate(zip(self.readings, shares, strict=True)):
            one.stand_beside(self._requests[place], follow=place > 0, share=share)
            id_ = one.roles.columns.get(ID, "") if one.roles.by_id else ""
            one.names = replace(one.names, models=False, id=str(id_))

    def _shared_with_first(self, reading: Reading) -> tuple[Shared, ...]:
        """Return the columns that a model's input and the first have, and no labels to hold them against."""
        first = self.readings[0]
        if reading.left is first.left:
            return ()
        told = {column.left for column in reading.shared}
        ids = not reading.roles.by_id and self._requests[0].align != "position"
        names, theirs = first.left.header.names, _beside(reading)
        return tuple(
            Shared(names[place], place, theirs[column], column[0])
            for column, place in _beside(first).items()
            if column in theirs and theirs[column] not in told and (ids or column[0] != ID)
        )

    def _refuse_other_classes(self) -> None:
        """Refuse models whose columns are of other classes, or in another order where that matters."""
        ordered = common_needs(self._requests[0].loss).ordered
        first = next((one for one in self.readings if one.roles.classes), None)
        for one in self.readings:
            if first is not None and one.roles.classes:
                both = first.roles.classes, one.roles.classes
                _refuse_other_classes((first, one), *both, ordered=ordered)

    def _want(self) -> None:
        """Find out what is read of each input, and what each reading sees of it."""
        first = self.readings[0]
        single = first.right is first.left
        sources = [first.left, *(() if single else (first.right,)), *(one.left for one in self.readings)]
        self._inputs = [_Input(source) for source in {id(source): source for source in sources}.values()]
        places = {id(one.source): place for place, one in enumerate(self._inputs)}
        self._views, self._label_roles = [], set[str]()
        for reading, between in zip(self.readings, self._between, strict=True):
            sides = [
                _View(places[id(source)], self._inputs[places[id(source)]].wanted.ask(wants))
                for source, wants in reading.wants
            ]
            if single and first.row_edits.parts_labels:
                sides = _labels_apart(sides[0])
                self._label_roles |= {*sides[1].roles.values()}
            ours = [_View(0, self._inputs[0].wanted.ask([column.left_want for column in between]))]
            held = self._inputs[places[id(reading.left)]].wanted
            ours.append(_View(sides[0].place, held.ask([column.right_want for column in between])))
            self._views.append(_Views(sides[0], sides[-1], (ours[0], ours[1])))

    @property
    def unmatched(self) -> Mapping[str, int] | None:
        """How many rows were left out for their ids, by the name of the model, and of the `labels`.

        A model of that name is `labels (predictions)` here.
        Known once all blocks were taken; None where such rows are refused.
        """
        if self.readings[0].unmatched is None:
            return None
        names = (f"{name} (predictions)" if name == "labels" else name for name in self.names)
        left = zip(names, self.readings, strict=True)
        return {name: self._without(one.left) for name, one in left} | {
            "labels": self._without(self.readings[0].right)
        }

    def _without(self, source: Source) -> int:
        """Return how many rows of an input were left out for their ids, if nobody asked to leave them out."""
        first = self.readings[0]
        if source is first.left or source is first.right:
            role = "predictions" if source is first.left else "labels"
            asked = sum(counts[role] for counts in first.row_edits.left_out.values())
        else:
            asked = self._excluded.get(source.name, 0)
        return source.rows - self._rows - asked

    @property
    def wants(self) -> tuple[tuple[Source, tuple[Want, ...]], ...]:
        """The columns that are read of each input, whoever wants them."""
        return tuple((one.source, one.wanted.wants) for one in self._inputs)

    def provenance(self) -> tuple[Provenance, ...]:
        """Return what was read for each model, known once all blocks were taken."""
        shared = {role: name for role, name in self.readings[0].roles.columns.items() if role in BESIDE}
        found = []
        for one in self.readings:
            if one.unmatched is not None:
                one.unmatched.predictions, one.unmatched.labels = map(self._without, (one.left, one.right))
            known = one.provenance()
            found.append(replace(known, columns={**shared, **known.columns}))
        return tuple(found)

    def blocks(self, observe: Observer | None) -> Iterator[tuple[Block, ...]]:
        """Yield the samples, a block of each model: the same ones, in the order of the first model's input.

        Rows, predictions and places are a model's own; labels, too, are as the model's columns have them
        (class indices count its own columns). All else is the same in all of them.

        Raises:
            LosscliError: as `Reading.blocks` does; and for ids that one input has alone, and columns that
                differ. Of several bad rows the first is told, and of several models in it the first.
        """
        self._rows = 0
        looks = [reading.look() for reading in self.readings]
        for blocks in in_lock_step([one.assembler for one in self.readings], self._parts()):
            for look, block in zip(looks, blocks, strict=True):
                look.see(block)
            yield blocks
            self._rows += len(blocks[0])
            if observe is not None:
                observe(*self._progress(), self._rows)
        for look in looks:
            look.refuse()

    def _parts(self) -> Iterator[tuple[Pair, ...]]:
        """Yield the next rows of each model and their labels, the same samples in all."""
        most = self._requests[0].block_rows
        for bundle in gathered(self._bundles(), min(most, self._narrow(FEWEST_ROWS))):
            for rows in cuts(len(bundle), most):
                part = bundle if rows is None else bundle.take(rows)
                yield tuple(views.pair(part) for views in self._views)

    def _bundles(self) -> Iterator[Bundle]:
        """Yield the rows of all inputs side by side: the labels paired with the first, then the others."""
        first = self.readings[0]
        chunks = [self._chunks(one) for one in self._inputs]
        chunks[0] = first.watched("predictions", chunks[0])
        edits = first.row_edits
        if first.right is first.left:
            return map(Bundle, edits.one_input(chunks[0], self._label_roles))
        paired = first.paired(chunks[0], chunks[1], beside_others=True)
        bundles: Iterator[Bundle] = map(Bundle, paired)
        by_position = edits and not first.roles.by_id
        done = 2
        for reading, views, between in zip(self.readings, self._views, self._between, strict=True):
            if views.left.place == done:
                bundles = self._joined(bundles, chunks[done], reading)
                done += 1
            if reading is not first and (reading.shared or between) and not by_position:
                bundles = agreed(bundles, partial(self._disagreement, reading, views, between))
        return self._edited(bundles) if by_position else bundles

    def _edited(self, bundles: Iterator[Bundle]) -> Iterator[Bundle]:
        """Yield rows that go by position without those to leave out, and with the labels to be theirs."""
        edits = self.readings[0].row_edits
        bundles = map(Bundle, edits.together(bundle.chunks for bundle in bundles))
        for reading, views, between in zip(self.readings, self._views, self._between, strict=True):
            if reading.shared or between:
                bundles = agreed(bundles, partial(self._disagreement, reading, views, between))
        return bundles

    def _joined(
        self, bundles: Iterator[Bundle], chunks: Iterator[Chunk], reading: Reading
    ) -> Iterator[Bundle]:
        """Pair the rows of one more input with those of the inputs before."""
        first = self.readings[0]
        names = Names(first.left.name, reading.left.name, models=True, id=first.names.id)
        if reading.roles.by_id:
            if first.row_edits:
                chunks = first.row_edits.others(chunks, self._excluded, reading.left.name)
            # Of those that were left out for the labels nothing is known any more.
            again = first.again if first.unmatched is None else None
            pairs = by_id(bundles, chunks, names, again, reading.unmatched, distinct=True)
        elif reading.pairs_files:
            files = [*zip(first.left.files, reading.left.files, strict=True)]
            pairs = by_shards(bundles, chunks, files, by_position, names)
        else:
            hint = first.hint(first.left) or reading.hint(reading.left)
            pairs = by_position(bundles, chunks, names, hint)
            pairs = one_ahead(pairs) if hint else pairs
        return (bundle.beside(chunk) for bundle, chunk in pairs)

    def _disagreement(
        self, reading: Reading, views: _Views, between: Sequence[Shared], bundle: Bundle
    ) -> Disagreement | None:
        """Return the first row in which a column of a model is not that of the labels, or of the first."""
        left, right = views.pair(bundle)
        found = disagreement(left, right, reading.shared, reading.names, reading.decimals)
        if between:
            first = self.readings[0]
            names = Names(first.left.name, reading.left.name, models=True)
            ours, theirs = (view.of(bundle) for view in views.between)
            decimals = first.decimals[0], reading.decimals[0]
            other = disagreement(ours, theirs, between, names, decimals)
            found = min((one for one in (found, other) if one is not None), key=_place, default=None)
        return found

    def _chunks(self, one: _Input) -> Iterator[Chunk]:
        rows = self._narrow(max(FEWEST_ROWS, ROWS_IN_ALL // len(self._inputs)))
        chunks = one.source.chunks(one.wanted.wants, min(self._requests[0].block_rows, rows))
        if not self._reads_ahead or one.source.at_hand:
            return chunks
        from losscli.inputs.read_ahead import ReadAhead

        return iter(self._stack.enter_context(ReadAhead(chunks)))

    def _narrow(self, rows: int) -> int:
        """Return how many rows hold as many cells as so many that are not wide."""
        return max(1, rows * WIDE // max(WIDE, *(one.wanted.width for one in self._inputs)))

    def _progress(self) -> tuple[int, int | None]:
        sizes = [one.source.size for one in self._inputs]
        total = None if None in sizes else sum(size for size in sizes if size is not None)
        return sum(one.source.consumed for one in self._inputs), total


class _Opened:
    """Opens each input once for all who ask for it in the same role."""

    def __init__(self, opener: Opener, stack: ExitStack, called: Mapping[int, str]) -> None:
        self._opener, self._stack, self._called = opener, stack, called
        self._found: dict[Hashable, Source] = {}

    def __call__(self, data: Any, role: str, text_format: TextFormat, *, hashed: bool = False) -> Source:
        key = role, key_of(data, text_format) or id(data)
        if key not in self._found:
            name = self._called.get(id(data), role) if role == "predictions" else role
            source = self._opener(data, name, text_format, hashed=hashed)
            self._found[key] = self._stack.enter_context(closing(source))
        return self._found[key]


@dataclass
class _Input:
    """One input, and what is wanted of it."""

    source: Source
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True)
class _View:
    """What a reader sees of one input: its place among all, and the roles of its columns."""

    place: int
    roles: Mapping[str, str]

    def of(self, bundle: Bundle) -> Chunk:
        """Return what is seen of some rows."""
        return seen_as(bundle.chunks[self.place], self.roles)


@dataclass(frozen=True)
class _Views:
    """What a model's reading sees: predictions, labels, and the columns that the first has too, in both."""

    left: _View
    right: _View
    between: tuple[_View, _View]

    def pair(self, bundle: Bundle) -> Pair:
        """Return the predictions and the labels of some rows."""
        left = self.left.of(bundle)
        return left, left if self.right is self.left else self.right.of(bundle)


def _labels_apart(view: _View) -> list[_View]:
    """Return what is seen of an input that has both, and of its labels, which are of other rows."""
    rest = {own: read for own, read in view.roles.items() if own != LABEL}
    return [_View(view.place, rest), _View(view.place + 1, {LABEL: view.roles[LABEL]})]


def _place(found: Disagreement) -> int:
    return found[0]


def _why_position(readings: Sequence[Reading]) -> str:
    """Return why rows are paired by position: what has no id."""
    first = next(one for one in readings if not one.roles.by_id)
    if any(one.roles.by_id for one in readings):
        return f"{first.left.name} has no id"
    some = any(want.role == ID for one in readings for want in one.roles.predictions)
    if some:
        return "the labels have no id"
    return first.roles.why_position.replace("neither", "none")


def _beside(reading: Reading) -> dict[tuple[str, str | None], int]:
    """Return where predictions have weights, groups, clusters and ids, by role and how each is asked for."""
    request = reading.request
    groups = zip(group_roles(request.group), request.group, strict=True)
    asked = {"weight": request.weight, "cluster": request.cluster, **dict(groups)}
    return {
        (want.option, asked.get(want.role)): want.columns[0]
        for want in reading.roles.predictions
        if want.option in (*BESIDE, ID)
    }


def _refuse_other_classes(
    models: tuple[Reading, Reading],
    ours: Sequence[tuple[str, ...]],
    theirs: Sequence[tuple[str, ...]],
    *,
    ordered: bool,
) -> None:
    """Raise LosscliError where no two ways to read the names of columns give the same classes."""
    names = [one.left.name for one in models]
    orders = [
        order
        for our in ours
        for their in theirs
        if (order := Classes(our, names[0]).order_of(their)) is not None
    ]
    where, told = " and ".join(names), [listed(side[-1], 12) for side in (ours, theirs)]
    if not orders:
        found = f"class columns for {told[0]}; class columns for {told[1]}"
        raise LosscliError(
            where, found, "the same classes for every model", "Write a column for every class."
        )
    if ordered and [*range(len(orders[0]))] not in map(list, orders):
        specs = listed([bound.spec for bound in models[0].request.loss if bound.loss.ordered_classes])
        raise LosscliError(
            where,
            f"the classes are in the order {told[0]}; in the order {told[1]}",
            f"one order of the classes, for {specs}",
            "Write the columns in the same order.",
        )


def _refuse_pipes(requests: Sequence[Request]) -> None:
    """Refuse a pipe of which two models would read the same predictions, or each in its own way."""
    for one, other in combinations(requests, 2):
        keys = [key_of(request.predictions, request.prediction_format) for request in (one, other)]
        if keys[0] != keys[1] or one.prediction == other.prediction:
            remedy = "Write it to a file; or name a column of each model: --prediction COLUMN"
            refuse_one_pipe(one.predictions, other.predictions, "PREDICTIONS", remedy)
