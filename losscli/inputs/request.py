"""What a caller asks for: one object, whoever asks, the command line or Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.roles.resolve import Choice
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.judge import Gate

BLOCK_ROWS = 262_144


@dataclass(frozen=True)
class Request:
    """One evaluation.

    Attributes:
        predictions, labels: paths, frames or arrays; `labels` None where one input has both.
        losses: what to compute; none to be told which losses fit.
        choice: the columns that the caller named.
        prediction_format, label_format: what the caller knows about the text of each file.
        drop: leave bad rows out and count them, instead of raising.
        ignored, mapped: labels to leave out, labels to replace.
        reduction: `mean` or `sum`.
        top: how many worst samples to keep; None for all.
        block_rows: how many rows are in memory at a time; changes no figure.
        gates: what the figures have to keep to.
        baseline: the earlier report that gates compare with.
        fingerprints: whether the report is to say which bytes the inputs had.
    """

    predictions: Any
    labels: Any = None
    losses: tuple[BoundLoss, ...] = ()
    choice: Choice = field(default_factory=Choice)
    prediction_format: TextFormat = field(default_factory=TextFormat)
    label_format: TextFormat = field(default_factory=TextFormat)
    drop: bool = False
    ignored: tuple[str, ...] = ()
    mapped: Mapping[str, str] = field(default_factory=dict)
    reduction: str = "mean"
    top: int | None = 10
    block_rows: int = BLOCK_ROWS
    gates: tuple[Gate, ...] = ()
    baseline: Baseline | None = None
    fingerprints: bool = False
