"""The Python API: the same figures as the command line, of files, data frames and arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from losscli import registry
from losscli.errors import LosscliError, UsageError, raise_together
from losscli.evaluation import evaluate as run
from losscli.fit_api import fit
from losscli.gates import Gate, check_against, parse_gate
from losscli.loss import Loss
from losscli.report import Report
from losscli.request import BLOCK_ROWS, Request
from losscli.sources.columns import Choice
from losscli.sources.csv import TextFormat
from losscli.spec import BoundLoss, parse_spec

__all__ = ["evaluate", "fit", "load_loss", "losses"]

Names = str | Sequence[str] | None
Values = str | float | Sequence[str | float] | None


def losses() -> Iterator[Loss]:
    """Yield the declaration of every built-in loss, family by family."""
    return registry.all_losses()


def load_loss(spec: str) -> BoundLoss:
    """Return the loss that a spec such as `huber:delta=1.5` names, with its parameters.

    Raises:
        UsageError: if there is no such loss, or it has no such parameter or value.
    """
    return parse_spec(spec, registry.find)


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
        block_rows: how many rows are in memory at a time; changes no figure.
        format: separator, decimal mark, encoding and header of files.
        label_format: the same for the label file alone.

    Returns:
        The report; `report.results[0].cost` is the cost of the first loss.

    Raises:
        LosscliError: with where, found, needed and remedy, for everything that is wrong with the
            call or the data.
    """
    found: list[LosscliError] = [
        *_wrong_types(
            id=(id, str),
            label_id=(label_id, str),
            weight=(weight, str),
            group=(group, str),
            top=(top, int),
            block_rows=(block_rows, int),
            format=(format, TextFormat),
            label_format=(label_format, TextFormat),
        ),
    ]
    raise_together(found)
    bound = [_collect(_bind, spec, found) for spec in _listed(loss)]
    gates = [_collect(_gate, text, found) for text in _names(gate)]
    specs = [one.spec for one in bound if one is not None]
    if not specs and not found:
        found.append(UsageError("loss", "no loss is named", "at least one"))
    if None not in bound:
        found.extend(check_against([one for one in gates if one is not None], specs, "gate"))
    found.extend(_unknown("bad_rows", bad_rows, ("error", "drop")))
    found.extend(_unknown("reduction", reduction, ("mean", "sum")))
    found.extend(_unknown("align", align, ("auto", "id", "position")))
    found.extend(_too_small("block_rows", block_rows, 1))
    found.extend(_too_small("top", top, 0))
    raise_together(found)
    return run(
        Request(
            predictions=predictions,
            labels=labels,
            losses=tuple(one for one in bound if one is not None),
            choice=Choice(_names(prediction), _names(label), weight, group, id, label_id, align),
            prediction_format=format or TextFormat(),
            label_format=label_format or format or TextFormat(),
            drop=bad_rows == "drop",
            ignored=_names(ignore_label),
            mapped={str(old): str(new) for old, new in (map_labels or {}).items()},
            reduction=reduction,
            top=top,
            block_rows=block_rows,
            gates=tuple(one for one in gates if one is not None),
        )
    )


def _wrong_types(**given: tuple[Any, type]) -> Iterator[UsageError]:
    """Yield an error for each argument that is given and is of another type."""
    for name, (value, kind) in given.items():
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            needed = {str: "the name of a column", int: "an integer"}.get(kind, f"a {kind.__name__}")
            yield UsageError(name, f"a {type(value).__name__}", needed)


def _listed(loss: str | BoundLoss | Sequence[str | BoundLoss]) -> list[str | BoundLoss]:
    if isinstance(loss, (str, BoundLoss)):
        return [loss]
    found = list(loss) if isinstance(loss, Sequence) else []
    if not isinstance(loss, Sequence) or not all(isinstance(one, (str, BoundLoss)) for one in found):
        raise UsageError("loss", f"a {type(loss).__name__}", "a spec such as 'mse', or several")
    return found


def _names(names: Values) -> tuple[str, ...]:
    if names is None:
        return ()
    return (str(names),) if isinstance(names, (str, float, int)) else tuple(map(str, names))


def _bind(spec: str | BoundLoss) -> BoundLoss:
    return spec if isinstance(spec, BoundLoss) else load_loss(spec)


def _gate(text: str) -> Gate:
    return parse_gate(text, registry.find, "gate")


def _collect(make: Any, value: Any, found: list[LosscliError]) -> Any:
    try:
        return make(value)
    except LosscliError as error:
        found.append(error)
        return None


def _unknown(name: str, value: str, known: tuple[str, ...]) -> Iterator[UsageError]:
    if value not in known:
        yield UsageError(name, f"{value!r}", f"one of {', '.join(known)}")


def _too_small(name: str, value: int | None, least: int) -> Iterator[UsageError]:
    if value is not None and value < least:
        yield UsageError(name, str(value), f"at least {least}")
