"""`losscli.evaluate`: costs of files, data frames and arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from losscli.analyses.evaluate.run import evaluate as run_evaluate
from losscli.analyses.report import Report
from losscli.api._arguments import Names, Values, request_of
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.request import BLOCK_ROWS
from losscli.loss.spec import BoundLoss


def evaluate(
    predictions: Any,
    labels: Any = None,
    *,
    loss: str | BoundLoss | Sequence[str | BoundLoss],
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
    reduction: Literal["mean", "sum"] = "mean",
    top: int | None = 10,
    gate: Names = None,
    baseline: str | os.PathLike[str] | Mapping[str, Any] | Report | None = None,
    block_rows: int = BLOCK_ROWS,
    format: TextFormat | None = None,  # noqa: A002
    label_format: TextFormat | None = None,
) -> Report:
    """Compute losses of predictions against labels: what `losscli evaluate` computes.

    Args:
        predictions: a path, a pandas DataFrame or Series, or an array `(rows,)` or
            `(rows, columns)`.
        labels: the same for the labels; left out where `predictions` has both.
        loss: one spec (`"huber:delta=1.5"`) or several, or what `load_loss` returns.
        prediction: the prediction columns; by default found by name.
        label: the label columns; by default found by name.
        id: the id column of both inputs.
        label_id: the id column of the labels alone.
        weight: the column of weights, in either input.
        group: the column of groups, in either input.
        align: pair rows by id, by position, or by id if both inputs have one.
        bad_rows: raise for a cell that is no finite number, or leave the row out and count it.
        ignore_label: labels whose rows are left out and counted.
        map_labels: labels to replace before anything else looks at them.
        reduction: `mean` or `sum`.
        top: how many of the worst samples the report holds; None for all.
        gate: conditions such as `"mse <= 0.3"`, judged in the report.
        baseline: what gates such as `"mse <= baseline + 2%"` compare with: an earlier report, its
            JSON document as it was parsed, or the path of one.
        block_rows: how many rows are in memory at a time; changes no figure.
        format: separator, decimal mark, encoding and header of files.
        label_format: the same for the label file alone.

    Returns:
        The report; `report.results[0].cost` is the cost of the first loss.

    Raises:
        LosscliError: with where, found, needed and remedy, for everything that is wrong with the
            call or the data.
    """
    return run_evaluate(
        request_of(
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
            reduction=reduction,
            top=top,
            gate=gate,
            baseline=baseline,
            block_rows=block_rows,
            format=format,
            label_format=label_format,
        )
    )
