"""`losscli.recommend`: which loss suits the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from losscli.analyses.recommend.report import Advice
from losscli.analyses.recommend.run import recommend as run_recommend
from losscli.api._arguments import Names, Values, request_of, too_small
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.request import BLOCK_ROWS


def recommend(
    predictions: Any,
    labels: Any = None,
    *,
    top: int = 5,
    prediction: Names = None,
    label: Names = None,
    id: str | None = None,  # noqa: A002
    label_id: str | None = None,
    weight: str | None = None,
    align: Literal["auto", "id", "position"] = "auto",
    bad_rows: Literal["error", "drop"] = "error",
    ignore_label: Values = None,
    map_labels: Mapping[str | float, str | float] | None = None,
    block_rows: int = BLOCK_ROWS,
    format: TextFormat | None = None,  # noqa: A002
    label_format: TextFormat | None = None,
) -> Advice:
    """Say which losses suit the data, with the evidence: what `losscli recommend` says.

    Args:
        predictions: a path, a pandas DataFrame or Series, or an array `(rows,)` or `(rows, columns)`.
        labels: the same for the labels; left out where `predictions` has both.
        top: how many losses to recommend at most, each with its cost.
        prediction: the prediction columns; by default found by name.
        label: the label columns; by default found by name.
        id: the id column of both inputs.
        label_id: the id column of the labels alone.
        weight: the column of weights, in either input; costs are weighted, the evidence is not.
        align: pair rows by id, by position, or by id if both inputs have one.
        bad_rows: raise for a cell that is no finite number, or leave the row out and count it.
        ignore_label: labels whose rows are left out and counted.
        map_labels: labels to replace before anything else looks at them.
        block_rows: how many rows are in memory at a time; changes no figure.
        format: separator, decimal mark, encoding and header of files.
        label_format: the same for the label file alone.

    Returns:
        The advice; `advice.recommendations[0].loss` is the spec of the loss that suits best.

    Raises:
        LosscliError: with where, found, needed and remedy, for everything that is wrong with the call or
            the data.
    """
    return run_recommend(
        request_of(
            predictions,
            labels,
            loss=None,
            prediction=prediction,
            label=label,
            id=id,
            label_id=label_id,
            weight=weight,
            group=None,
            align=align,
            bad_rows=bad_rows,
            ignore_label=ignore_label,
            map_labels=map_labels,
            reduction="mean",
            top=top,
            block_rows=block_rows,
            format=format,
            label_format=label_format,
            wrong=too_small("top", top, 1),
        ),
        top=top,
    )
