"""The inputs of one request, opened: columns found, rows paired and read ahead, blocks handed out."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self

from losscli.common.addresses import shown
from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import listed
from losscli.common.version import __version__
from losscli.inputs import notes
from losscli.inputs.across import Across, Ranges
from losscli.inputs.block import Block
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.columns.needs import NUMERIC, Needs, Roles, common_needs
from losscli.inputs.columns.resolve import resolve
from losscli.inputs.columns.search import Table
from losscli.inputs.formats.csv.doubts import may_be_row, refuse_numbered, saying
from losscli.inputs.header import TextFormat
from losscli.inputs.ids import ID
from losscli.inputs.look import Look
from losscli.inputs.opening import open_source
from losscli.inputs.pairing import one_input
from losscli.inputs.pairing.agree import Shared, agreeing, agreements, keys, shared_columns
from losscli.inputs.pairing.align import Names, Pair, Unmatched, by_id, by_position, one_ahead
from losscli.inputs.pairing.assemble import Assembler, Assembly
from losscli.inputs.pairing.by_shards import by_id_and_shard, by_shards, label_file_with, pairs_files
from losscli.inputs.pairing.classes import Classes, FoundClasses, LabelEdits, match_columns
from losscli.inputs.pairing.distinct import Again
from losscli.inputs.pairing.edits import refuse_edits, values_of
from losscli.inputs.provenance import Fingerprint, Input, Provenance
from losscli.inputs.request import Request
from losscli.inputs.row_edits import RowEdits
from losscli.inputs.shards.kinds import kinds_by_role
from losscli.inputs.source import Source
from losscli.inputs.streams.once import refuse_one_pipe
from losscli.inputs.stretch import path_of
from losscli.inputs.unused import refuse_unused
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

Observer = Callable[[int, int | None, int], None]
"""Told the bytes read, the bytes there are (None: unknown), and the rows done so far."""


class Opener(Protocol):
    """Opens an input, given what messages call one that has no path, and what is known about its text."""

    def __call__(self, data: Any, role: str, text_format: TextFormat, *, hashed: bool = False) -> Source:
        """Return the input; `hashed` says whether its fingerprint will be asked for."""


class Reading:
    """The inputs of one request, opened, and what was found out about them; a context manager.

    Attributes:
        request: what they are read for.
        left, right: the predictions and the labels; the same source where one input has both.
        names: both as messages call them.
        shared: the columns that have to agree in both.
        row_edits: leaves rows out and shifts labels, where that is asked for.
        unmatched: counts the rows that are left out for their ids; None where none is.
        pairs_files: whether each file of the one input is paired with that of the same name.
        assembler: makes blocks of pairs.
        roles: which column plays which role.

    Raises:
        LosscliError: for inputs that cannot be opened, and columns that cannot be told apart.
    """

    def __init__(
        self,
        request: Request,
        needs: Needs | None = None,
        opener: Opener = open_source,
        *,
        ahead: bool = True,
    ) -> None:
        """Open the inputs.

        Args:
            request: what they are read for.
            needs: by default those of the request's losses.
            opener: opens each input.
            ahead: whether threads of their own read ahead.
        """
        self._reads_ahead = ahead
        self.request, self._needs = request, needs or common_needs(request.loss)
        with ExitStack() as stack:
            self._find(opener, stack)
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _find(self, opener: Opener, stack: ExitStack) -> None:
        """Open the inputs, give each role its column, and find out how rows become blocks."""
        request = self.request
        self._edits = LabelEdits(
            request.ignore_label,
            request.map_labels,
            (request.prediction_format if request.labels is None else request.label_format).decimal,
        )
        self._renames = LabelEdits((), dict(request.edits.rename_class), request.prediction_format.decimal)
        self._values = values_of(request.edits)
        if request.labels is not None:
            refuse_one_pipe(request.predictions, request.labels)
        for data in (request.predictions, request.labels):
            refuse_one_pipe(data, request.edits.exclude_ids, "--exclude-ids", "Write the ids to a file.")
        self.left = stack.enter_context(
            closing(self._open(opener, request.predictions, "predictions", request.prediction_format))
        )
        self.right = self.left
        if request.labels is not None:
            self.right = stack.enter_context(
                closing(self._open(opener, request.labels, "labels", request.label_format))
            )
        single = request.labels is None
        refuse_unused(request, self.left, self.right)
        refuse_numbered(self.left.name, self.left.header, None if single else self.right.header)
        self.roles: Roles = resolve(
            self._needs,
            Table(self.left.name, self.left.header),
            None if single else Table(self.right.name, self.right.header),
            request,
        )
        self._check_widths()
        refuse_edits(request.edits, self._needs, self.roles)
        self.names = Names(self.left.name, self.right.name)
        self._pair_up()
        self._ranges, self._looked = Ranges(), list[Look]()
        self.assembler = Assembler(self._assembly(), request.block_rows)

    def _pair_up(self) -> None:
        """Find out how rows are paired, and what has to agree in those that are."""
        single, align = self.right is self.left, self.request.align
        self.row_edits = RowEdits(self.request, self.left, self.right, self.roles)
        self.shared = () if single else shared_columns(self.left, self.right, self.roles, align)
        self.unmatched = self._leaves_out()
        # What is left out for its id may be in any file.
        anywhere = self.roles.by_id and self.unmatched is not None
        self.pairs_files = not anywhere and pairs_files(self.left, self.right, by_id=self.roles.by_id)

    @property
    def _is_itself(self) -> bool:
        """Whether the predictions are their own labels: the same columns of one file, named twice."""
        one, other = path_of(self.request.predictions), path_of(self.request.labels)
        return (
            isinstance(one, (str, os.PathLike))
            and isinstance(other, (str, os.PathLike))
            and self.roles.columns["prediction"] == self.roles.columns["label"]
            and os.path.realpath(one) == os.path.realpath(other)
        )

    def _open(self, opener: Opener, data: Any, role: str, text_format: TextFormat) -> Source:
        return opener(data, role, text_format, hashed=self.request.fingerprints)

    def of(self, request: Request) -> Reading:
        """Return what this is to another request, which differs in losses, gates and figures alone."""
        other = copy.copy(self)
        other.request = request
        return other

    def by_position(self, why: str) -> None:
        """Pair rows by position for a reason; where both inputs have ids, these have to agree, as keys do."""
        ids = [
            column
            for want in (*self.roles.predictions, *self.roles.labels)
            for column in want.columns
            if want.role == ID
        ]
        both, self.roles = self.roles.by_id, self.roles.paired_by_position(why)
        self._pair_up()
        if both:
            name = self.left.header.names[ids[0]]
            self.shared = (Shared(name, ids[0], ids[1], ID), *self.shared)

    def stand_beside(self, request: Request, *, follow: bool, share: bool) -> None:
        """Take note that other readings of the same labels stand beside this one.

        Args:
            request: what is asked of it; that of its inputs was without columns that they have not.
            follow: whether weights, groups and clusters are those of another reading.
            share: whether other predictions are read of the same input.
        """
        self.request = request
        self.roles = self.roles.samples_alone() if follow else self.roles
        self.assembler = Assembler(self._assembly(share=share), request.block_rows)

    @property
    def edited(self) -> tuple[tuple[str, str], ...]:
        """Of each role whose numbers are changed, the options that do it."""
        return tuple((role, str(edit)) for role, edit in self._values.items() if edit)

    @property
    def id_wants(self) -> tuple[Want, ...]:
        """The column of the ids of the predictions."""
        return tuple(want for want in self._left_wants if want.role == ID)

    @property
    def losses(self) -> tuple[BoundLoss, ...]:
        """The losses of the request, with what the names of the columns say of their parameters."""
        return self.roles.decide(self.request.loss)

    @property
    def wants(self) -> tuple[tuple[Source, tuple[Want, ...]], ...]:
        """The columns that are read, for each input."""
        left = (self.left, self._left_wants)
        return (left,) if self.right is self.left else (left, (self.right, self._right_wants))

    @property
    def _left_wants(self) -> tuple[Want, ...]:
        shared = (column.left_want for column in self.shared)
        return (*self._wants(self.roles.predictions), *shared, *self._shown(labels=False))

    @property
    def _right_wants(self) -> tuple[Want, ...]:
        shared = (column.right_want for column in self.shared)
        return (*self._wants(self.roles.labels), *shared, *self._shown(labels=True))

    def _shown(self, *, labels: bool) -> Iterator[Want]:
        carried = (*self.roles.shown, *self.roles.sliced)
        return (one.want for one in carried if one.labels == labels)

    def blocks(self, observe: Observer | None) -> Iterator[Block]:
        """Yield the samples, the inputs read ahead in threads."""
        rows, look = 0, self.look()
        for block in self.assembler.blocks(self._pairs()):
            look.see(block)
            yield block
            rows += len(block)
            if observe is not None:
                observe(*self._progress(), rows)
        look.refuse()

    def look(self) -> Look:
        """Return what has to see every block, and tells at the end whether all was what it seemed to be."""
        self._looked[:] = [Look(self.request, self.roles, self.wants, self.assembler)]
        return self._looked[0]

    def provenance(self) -> Provenance:
        """Return what was read, known once all blocks were taken."""
        request = self.request
        of_rows = (*notes.strangers(self.assembler.found), *notes.left_out(self.unmatched))
        predictions = self._input(self.left)
        return Provenance(
            version=__version__,
            predictions=predictions,
            labels=predictions if self.right is self.left else self._input(self.right),
            alignment="id" if self.roles.by_id else "position",
            weight=request.weight,
            group=request.group,
            cluster=request.cluster,
            weights_are=request.weights_are,
            ignored=request.ignore_label,
            mapped=tuple(request.map_labels.items()),
            edits=self.row_edits.read(),
            rows_left_out=self.row_edits.left_out,
            excluded=self.row_edits.ids,
            classes=self.assembler.classes,
            columns=self.roles.columns,
            found=self.roles.found,
            unmatched=None if self.unmatched is None else self.unmatched.counts,
            why_paired=self.roles.why_position,
            agreeing=keys(self.shared),
            place=self.left.place,
            notes=(
                *notes.first_lines(self.left),
                *(notes.first_lines(self.right) if self.right is not self.left else ()),
                *(note for one in self.wants for note in notes.columns(*one)),
                *notes.logits(request.loss, self.roles.outputs),
                *notes.labels(self.roles, self.right.name, itself=self._is_itself),
                *notes.spread(self.roles),
                *notes.order(self._needs, self.assembler.classes),
                *notes.unmapped(self._edits, request.map_labels),
                *notes.unrenamed(self._renames, request.edits, names=self.roles.class_names),
                *self.row_edits.notes(),
                *agreements(self.shared),
                *one_input.note(self.left, one_input.glob_of(self.left, self.right, self.roles)),
                *of_rows,
            ),
            of_rows=of_rows,
        )

    def _input(self, source: Source) -> Input:
        # Others who read the same file may have had it hashed.
        found = source.fingerprint() if self.request.fingerprints else None
        shards = tuple(
            Input(shard.name, rows, None if bytes_ is None else Fingerprint(*bytes_))
            for shard, rows, bytes_ in source.shards()
        )
        return Input(shown(source.path), source.rows, None if found is None else Fingerprint(*found), shards)

    def _pairs(self) -> Iterator[Pair]:
        left = self.watched("predictions", self._chunks(self.left, self._left_wants))
        if self.right is self.left:
            return ((rows[0], rows[-1]) for rows in self.row_edits.one_input(left))
        return self.paired(left, self.watched("labels", self._chunks(self.right, self._right_wants)))

    def paired(
        self, left: Iterator[Chunk], right: Iterator[Chunk], *, beside_others: bool = False
    ) -> Iterator[Pair]:
        """Yield the rows of two inputs in pairs, whose shared columns agree.

        With `beside_others`, rows that go by position are left out, shifted and compared by who pairs them
        with those of other inputs first.
        """
        edits = self.row_edits
        if edits and self.roles.by_id:
            left, right = edits.predictions(left), edits.labels(right)
        pairs = self._paired(left, right)
        if edits and not self.roles.by_id:
            if beside_others:
                return pairs
            pairs = ((rows[0], rows[1]) for rows in edits.together(pairs))
        pairs = agreeing(pairs, self.shared, self.names, self.decimals) if self.shared else pairs
        return one_input.advised(pairs, self.names, one_input.glob_of(self.left, self.right, self.roles))

    def _paired(self, left: Iterator[Chunk], right: Iterator[Chunk]) -> Iterator[Pair]:
        if self.pairs_files:
            return self._shard_by_shard(left, right)
        if self.roles.by_id:
            spared = self.row_edits.spared
            return by_id(left, right, self.names, self.again, self.unmatched, spared=spared)
        hint = self.hint(self.left) or self.hint(self.right)
        pairs = by_position(left, right, self.names, hint)
        # Whether there are as many rows tells what the first one is, and whether it may be read.
        return one_ahead(pairs) if hint else pairs

    def _shard_by_shard(self, left: Iterator[Chunk], right: Iterator[Chunk]) -> Iterator[Pair]:
        files = [*zip(self.left.files, self.right.files, strict=True)]
        if not self.roles.by_id:
            return by_shards(left, right, files, by_position, self.names)
        elsewhere = partial(label_file_with, self.right, self._right_wants, self.request.block_rows)
        return by_id_and_shard(left, right, files, self.names, self.again, elsewhere)

    def watched(self, role: str, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield chunks of an input, and take note of their ids where parts are to be put together."""
        asked = self.request.mergeable and self.roles.by_id
        return self._ranges.watched(role, chunks) if asked else chunks

    def has_headers(self, classes: Sequence[str]) -> bool:
        """Whether the first lines are headers by what they say, whatever rows of such classes follow."""
        look = Look(self.request, self.roles, self.wants, self.assembler)
        return look.first_lines.are_headers(classes)

    def across(self) -> Across:
        """Return what the rows leave open, known once all blocks were taken."""
        (look,) = self._looked
        found = self.assembler.found
        return Across(
            dict(sorted(self._ranges.found.items(), reverse=True)),
            () if found is None else found.met,
            look.first_lines.unsure,
            look.doubts.excess if self.roles.may_exceed else None,
            kinds_by_role(self.wants),
        )

    def hint(self, source: Source) -> str:
        """Return what may be wrong with one of the inputs where it has one row more or less than another."""
        if not (source.header.numbered or may_be_row(source.header)):
            return ""
        what = "header" if source.header.numbered else "row"
        said = self._saying(source, header=source.header.numbered)
        return f"The first line of {source.name} may be a {what}: {said}."

    def _saying(self, source: Source, *, header: bool) -> str:
        labels = source is not self.left
        other = None if self.left is self.right else (self.left if labels else self.right).header
        return saying(header=header, labels=labels, other=other)

    @property
    def doubtful_headers(self) -> Mapping[str, str]:
        """Of inputs that begin as pandas' header of columns without names, read as a row, how to say so."""
        return {
            source.name: self._saying(source, header=True)
            for source in (self.left, self.right)
            if source.header.numbered
        }

    @property
    def decimals(self) -> tuple[str, str]:
        """The decimal marks of both inputs."""
        return self.request.prediction_format.decimal, self.request.label_format.decimal

    @property
    def again(self) -> Again | None:
        """What yields the ids of the predictions once more, where that can be."""
        return self._ids_again if self.left.repeatable else None

    def _ids_again(self) -> Generator[Array, None, None]:
        """Yield the ids of the predictions once more, from the first one on."""
        with closing(self.left.again()) as source:
            yield from self.row_edits.again(source.chunks(self.id_wants, self.request.block_rows))

    def _chunks(self, source: Source, wants: tuple[Want, ...]) -> Iterator[Chunk]:
        chunks = source.chunks(wants, self.request.block_rows)
        # A thread takes longer to begin than what is at hand takes to be read.
        return self._ahead(chunks) if self._reads_ahead and not source.at_hand else chunks

    def _ahead(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        from losscli.inputs.read_ahead import ReadAhead

        return iter(self._stack.enter_context(ReadAhead(chunks)))

    def _wants(self, wants: tuple[Want, ...]) -> tuple[Want, ...]:
        """Read labels as text where labels to look for are no numbers; in several columns True is 1."""
        switches = self._may_be_switches
        text = self._edits.need_text and not switches
        return tuple(
            replace(want, text=want.text or text, switches=switches)
            if want.role == "label"
            else replace(want, integers=want.role == ID)
            for want in wants
        )

    @property
    def _may_be_switches(self) -> bool:
        """Whether labels may be True and False: one-hot ones, and those of several outputs."""
        several = self._needs.layout in NUMERIC and len(self.roles.label_outputs) > 1
        return several or bool(self.roles.label_classes)

    def _progress(self) -> tuple[int, int | None]:
        sources: list[Source] = [self.left] if self.right is self.left else [self.left, self.right]
        sizes = [source.size for source in sources]
        total = None if None in sizes else sum(size for size in sizes if size is not None)
        return sum(source.consumed for source in sources), total

    def _check_widths(self) -> None:
        outputs, labels = len(self.roles.outputs), len(self.roles.label_outputs)
        if self._needs.layout is Layout.SCALAR and outputs > 1:
            names = listed([bound.spec for bound in self.request.loss if bound.layout is Layout.SCALAR])
            raise LosscliError(self.left.name, f"{outputs} prediction columns", f"one, for {names}")
        if self._needs.layout in NUMERIC and outputs != labels:
            raise LosscliError(
                f"{self.left.name} and {self.right.name}",
                f"{outputs} prediction columns and {labels} label columns",
                "the same number of each",
            )
        if self._may_be_switches and self._edits.only_switches:
            # That is what is done anyway.
            return
        if self._edits and labels > 1:
            found, remedy = f"there are {labels} label columns", "Change the labels in the file itself."
            raise UsageError("--ignore-label, --map-labels", found, "one", remedy)

    def _leaves_out(self) -> Unmatched | None:
        """Return what counts the rows that are left out for their ids; None where none is."""
        if self.request.unmatched != "drop":
            return None
        if self.right is self.left:
            found, remedy = "there is one input, and every row of it is a sample", "Leave it out."
        elif not self.roles.by_id:
            found = f"rows are paired by position; {self.roles.why_position}"
            by_order = self.request.align == "position"
            remedy = "Leave out --align position." if by_order else "Name the ids: --id COLUMN"
        else:
            return Unmatched()
        raise UsageError("--unmatched", found, "ids in both inputs", remedy)

    def _assembly(self, *, share: bool = False) -> Assembly:
        readings = tuple(Classes(names, self.left.name) for names in self.roles.classes)
        where, order = f"{self.left.name} and {self.right.name}", tuple[int, ...]()
        if self.roles.label_classes:
            readings, order = match_columns(readings, self.roles.label_classes, where)
        if_numbers = "".join(f"{remedy}. " for bound in self.losses if (remedy := bound.remedy("prediction")))
        found = FoundClasses(where, if_numbers) if self.roles.class_names else None
        names = {
            want.role: tuple(source.header.names[column] for column in want.columns)
            for source, wants in ((self.right, self.roles.labels), (self.left, self.roles.predictions))
            for want in wants
        }
        groups = self.roles.groups
        shown = {one.want.role: one.title for one in self.roles.shown}
        drop, counts = self.request.drop, self.request.counts
        return Assembly(
            *(self._edits, drop, readings, found, order, names, groups, shown, counts, share),
            *(self._renames, self._values, {one.want.role: one.title for one in self.roles.sliced}),
        )
