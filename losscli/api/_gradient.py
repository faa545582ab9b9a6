"""`losscli.gradient`: derivatives of losses and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from losscli.analyses.gradient.report import GradientReport, Of
from losscli.analyses.gradient.run import gradient as run_gradient
from losscli.api._arguments import Names, Values, request_of, unknown
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.request import BLOCK_ROWS
from losscli.loss.spec import BoundLoss


def gradient(
    predictions: Any,
    labels: Any = None,
    *,
    loss: str | BoundLoss | Sequence[str | BoundLoss],
    of: Of = "loss",
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
    block_rows: int = BLOCK_ROWS,
    format: TextFormat | None = None,  # noqa: A002
    label_format: TextFormat | None = None,
) -> GradientReport:
    """Compute the derivative of losses by the predictions: what `losscli gradient` computes.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; left out where `predictions` has both.
        loss: one spec or several, or what `load_loss` returns.
        of: whose derivative: `"loss"`, that of each sample's own loss, or `"cost"`.
        prediction: the prediction columns; by default found by name.
        label: the label columns; by default found by name.
        id: the id column of both inputs.
        label_id: the id column of the labels alone.
        weight: the column of weights, in either input; they matter to the gradient of a cost.
        group: the column of groups, in either input.
        align: pair rows by id, by position, or by id if both inputs have one.
        bad_rows: raise for a cell that is no finite number, or leave the row out and count it.
        ignore_label: labels whose rows are left out and counted.
        map_labels: labels to replace before anything else looks at them.
        reduction: what the cost is, `mean` or `sum`.
        top: how many of the samples with the largest gradients the report holds; None for all.
        block_rows: how many rows are in memory at a time; changes no figure.
        format: separator, decimal mark, encoding and header of files.
        label_format: the same for the label file alone.

    Returns:
        The report; `report.results[0].gradient.mean` is the mean gradient of the first loss.

    Raises:
        LosscliError: with where, found, needed and remedy, for everything that is wrong with the
            call or the data.
    """
    return run_gradient(
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
            block_rows=block_rows,
            format=format,
            label_format=label_format,
            wrong=unknown("of", of, get_args(Of)),
        ),
        of,
    )
