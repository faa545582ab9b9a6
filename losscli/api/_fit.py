"""`losscli.fit`, of the Python API: the same as the command line, of files, data frames and arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from losscli.analyses.fit.report import FitReport
from losscli.analyses.fit.request import FitRequest
from losscli.analyses.fit.run import fit as run
from losscli.analyses.fit.train import Schedule
from losscli.api._arguments import Names, Values, request_of
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.request import BLOCK_ROWS
from losscli.loss.spec import BoundLoss


def fit(
    predictions: Any,
    labels: Any = None,
    *,
    loss: str | BoundLoss,
    model: str = "affine",
    optimizer: str | Sequence[str] = "adam",
    learning_rate: float | None = None,
    momentum: float | None = None,
    decay: Literal["halving", "cosine", "none"] = "halving",
    epochs: int = 100,
    batch_size: int | None = None,
    tolerance: float = 1e-6,
    patience: int = 5,
    seed: int = 0,
    folds: int = 5,
    save_predictions: str | None = None,
    prediction: Names = None,
    label: Names = None,
    id: str | None = None,  # noqa: A002
    label_id: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    align: Literal["auto", "id", "position"] = "auto",
    bad_rows: Literal["error", "drop"] = "error",
    ignore_label: Values = None,
    map_labels: Mapping[str | float, str | float] | None = None,
    block_rows: int = BLOCK_ROWS,
    format: TextFormat | None = None,  # noqa: A002
    label_format: TextFormat | None = None,
) -> FitReport:
    """Minimise a cost by a small correction of the predictions: what `losscli fit` does.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; left out where `predictions` has both.
        loss: one spec, or what `load_loss` returns.
        model: `constant`, `bias`, `scale`, `affine` or `temperature`.
        optimizer: `sgd`, `momentum`, `nesterov`, `rmsprop`, `adagrad` or `adam`, or several.
        learning_rate: the rate at the start, without a unit; by default the optimiser's own.
        momentum: that of `momentum` and `nesterov`; by default 0.9.
        decay: how the rate falls.
        epochs: how often to go through the samples, at most.
        batch_size: the samples of a step; by default a 16th of them, at most 8192.
        tolerance: the share of the cost that an epoch has to bring to count as progress.
        patience: after how many epochs without progress in a row to look around, or to stop.
        seed: which samples meet in a batch, and in a fold.
        folds: parts that are held out in turn; 0 for none.
        save_predictions: a file for the corrected predictions, where `predictions` is one.
        prediction: the prediction columns; by default found by name.
        label: the label columns; by default found by name.
        id: the id column of both inputs.
        label_id: the id column of the labels alone.
        weight: the column of weights, in either input.
        group: the column of groups, whose samples stay together in a fold.
        align: pair rows by id, by position, or by id if both inputs have one.
        bad_rows: raise for a cell that is no finite number, or leave the row out and count it.
        ignore_label: labels whose rows are left out and counted.
        map_labels: labels to replace before anything else looks at them.
        block_rows: how many rows are read at a time; changes no figure.
        format: separator, decimal mark, encoding and header of files.
        label_format: the same for the label file alone.

    Returns:
        The report; `report.best.after` is the lowest cost, `report.best.parameters` the correction.

    Raises:
        LosscliError: with where, found, needed and remedy, for everything that is wrong with the
            call or the data.
    """
    request = request_of(
        predictions,
        labels,
        loss=loss,
        prediction=prediction,
        label=label,
        id=id,
        label_id=label_id,
        weight=weight,
        group=group,
        align=align,
        bad_rows=bad_rows,
        ignore_label=ignore_label,
        map_labels=map_labels,
        reduction="mean",
        top=0,
        block_rows=block_rows,
        format=format,
        label_format=label_format,
    )
    schedule = Schedule(epochs, batch_size, learning_rate, decay, tolerance, patience, momentum, seed)
    optimizers = (optimizer,) if isinstance(optimizer, str) else tuple(optimizer)
    return run(FitRequest(request, model, optimizers, schedule, folds, save_predictions))
