"""What a caller asks for: one object, whoever asks, the command line, Python or a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from losscli.inputs.edits import Edits
from losscli.inputs.header import TextFormat
from losscli.loss.spec import BoundLoss

BLOCK_ROWS = 262_144


@dataclass(frozen=True)
class Request:
    """One evaluation. Fields are named like the options of the command line, and mean the same.

    Attributes:
        predictions, labels: paths, frames or arrays; `labels` None where one input has both.
        loss: what to compute; none to be told which losses fit.
        prediction, label: names of columns; none to find them by name.
        classes: what the classes of columns without names are called, in their order; none for 0, 1, ….
        id, label_id, weight: names of columns; `label_id` that of the labels alone.
        group: names of columns; of several each combination of values is a group.
        cluster: name of the column that says which rows belong together, for standard errors.
        weights_are: `importance`, or `counts` where a weight says how often a row is there.
        show: names of columns to be seen beside the samples that are shown or written; change no figure.
        slices: names of columns among whose values weak slices are looked for, or `auto` alone: all that play
            no role; change no figure.
        align: pair rows by `id`, by `position`, or `auto`: by id if both inputs have one.
        delimiter, decimal, encoding, header, comment: what the caller knows about the text of the files.
        input_format: the format of the files, one of `format.NAMES`; None to be found out.
        label_delimiter, …, label_hive: the same about the label file alone, where it differs.
        unmatched: `error`, or `drop` to leave rows out and count them whose id only one input has.
        hive: whether folders called `key=value` are columns.
        bad_rows: `error`, or `drop` to leave bad rows out and count them.
        ignore_label: labels whose rows are left out.
        map_labels: labels to replace.
        edits: what else is changed before a loss sees it.
        reduction: `mean` or `sum`.
        as_: the library whose conventions the losses have already, as it is said; empty for ours.
        level: how sure an interval of a cost is to be, between 0 and 1; None for no intervals.
        top: how many worst samples to keep; None for all.
        block_rows: how many rows are in memory at a time; does not change any figure.
        fingerprints: whether the report is to say which bytes the inputs had.
        grounds: whether what gates with a confidence are judged from is to be with the results.
        doctor: whether what `losscli doctor` finds is to be told among the notes.
        page: whether what a page shows is to be kept.
        mergeable: whether what the rows leave open is to be found out, for rows of other runs to tell.
    """

    predictions: Any
    labels: Any = None
    loss: tuple[BoundLoss, ...] = ()
    prediction: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    id: str | None = None
    label_id: str | None = None
    weight: str | None = None
    group: tuple[str, ...] = ()
    cluster: str | None = None
    weights_are: str = "importance"
    show: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    align: str = "auto"
    unmatched: str = "error"
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool | None = None
    comment: str | None = None
    input_format: str | None = None
    label_delimiter: str | None = None
    label_decimal: str | None = None
    label_encoding: str | None = None
    label_header: bool | None = None
    label_comment: str | None = None
    label_input_format: str | None = None
    hive: bool | None = None
    label_hive: bool | None = None
    bad_rows: str = "error"
    ignore_label: tuple[str, ...] = ()
    map_labels: Mapping[str, str] = field(default_factory=dict)
    edits: Edits = field(default_factory=Edits)
    reduction: str = "mean"
    as_: str = ""
    level: float | None = None
    top: int | None = 10
    block_rows: int = BLOCK_ROWS
    fingerprints: bool = False
    grounds: bool = False
    mergeable: bool = False
    doctor: bool = False
    page: bool = False

    @property
    def drop(self) -> bool:
        """Whether bad rows are left out, instead of raising."""
        return self.bad_rows == "drop"

    @property
    def counts(self) -> bool:
        """Whether weights say how often a row is there."""
        return self.weights_are == "counts"

    @property
    def prediction_format(self) -> TextFormat:
        """What is known about the text of the predictions."""
        return TextFormat(
            self.delimiter,
            self.decimal or ".",
            self.encoding,
            self.header,
            _comment(self.comment),
            self.input_format,
            self.hive,
        )

    @property
    def label_format(self) -> TextFormat:
        """What is known about the text of the labels: what is said of them alone, else of both files."""
        return TextFormat(
            self.label_delimiter or self.delimiter,
            self.label_decimal or self.decimal or ".",
            self.label_encoding or self.encoding,
            self.header if self.label_header is None else self.label_header,
            _comment(self.comment if self.label_comment is None else self.label_comment),
            self.label_input_format or self.input_format,
            self.hive if self.label_hive is None else self.label_hive,
        )


def _comment(mark: str | None) -> str:
    return "#" if mark is None else mark
