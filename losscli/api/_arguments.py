"""The arguments of the Python API, checked: whatever is wrong with them is said together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from losscli.analyses.report import Report
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.request import Request
from losscli.inputs.roles.resolve import Choice
from losscli.loss import registry
from losscli.loss.spec import BoundLoss, parse_spec
from losscli.verdicts.gates.baseline import Baseline, baseline_of, load_baseline
from losscli.verdicts.gates.judge import Gate, check_against, parse_gate

Names = str | Sequence[str] | None
Values = str | float | Sequence[str | float] | None


def request_of(
    predictions: Any,
    labels: Any,
    *,
    loss: str | BoundLoss | Sequence[str | BoundLoss] | None,
    prediction: Names,
    label: Names,
    id: str | None,  # noqa: A002
    label_id: str | None,
    weight: str | None,
    group: str | None,
    align: str,
    bad_rows: str,
    ignore_label: Values,
    map_labels: Mapping[str | float, str | float] | None,
    reduction: str,
    top: int | None,
    block_rows: int,
    format: TextFormat | None,  # noqa: A002
    label_format: TextFormat | None,
    gate: Names = None,
    baseline: Any = None,
    wrong: Iterable[LosscliError] = (),
) -> Request:
    """Return the request that the arguments make; `loss` is None where none is asked for.

    Raises:
        LosscliError: all that is wrong with the arguments, and `wrong`.
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
    bound = [_collect(_bind, spec, found) for spec in ([] if loss is None else _listed(loss))]
    gates = [_collect(_gate, text, found) for text in _names(gate)]
    specs = [one.spec for one in bound if one is not None]
    if not specs and not found and loss is not None:
        found.append(UsageError("loss", "no loss is named", "at least one"))
    if None not in bound:
        found.extend(
            check_against(
                [one for one in gates if one is not None],
                specs,
                "gate",
                grouped=group is not None,
                # A gate that could not be read may have been the one that compares.
                baseline=None if None in gates and baseline is not None else baseline is not None,
            )
        )
    found.extend(_no_baseline(baseline))
    found.extend(unknown("bad_rows", bad_rows, ("error", "drop")))
    found.extend(unknown("reduction", reduction, ("mean", "sum")))
    found.extend(unknown("align", align, ("auto", "id", "position")))
    found.extend(wrong)
    found.extend(too_small("block_rows", block_rows, 1))
    found.extend(too_small("top", top, 0))
    raise_together(found)
    return Request(
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
        baseline=_baseline(baseline),
    )


def _no_baseline(baseline: Any) -> Iterator[UsageError]:
    if baseline is not None and not isinstance(baseline, (str, os.PathLike, Mapping, Report)):
        needed = "a path, a document of evaluate as it was parsed, or a report"
        yield UsageError("baseline", f"a {type(baseline).__name__}", needed)


def _baseline(baseline: str | os.PathLike[str] | Mapping[str, Any] | Report | None) -> Baseline | None:
    match baseline:
        case None:
            return None
        case Report():
            return Baseline("baseline", baseline)
        case Mapping():
            return baseline_of(baseline)
    return load_baseline(baseline)


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
    return spec if isinstance(spec, BoundLoss) else parse_spec(spec, registry.find)


def _gate(text: str) -> Gate:
    return parse_gate(text, registry.find, "gate")


def _collect(make: Any, value: Any, found: list[LosscliError]) -> Any:
    try:
        return make(value)
    except LosscliError as error:
        found.append(error)
        return None


def unknown(name: str, value: str, known: tuple[str, ...]) -> Iterator[UsageError]:
    """Yield an error where an argument is none of the words that it may be."""
    if value not in known:
        yield UsageError(name, f"{value!r}", f"one of {', '.join(known)}")


def too_small(name: str, value: int | None, least: int) -> Iterator[UsageError]:
    """Yield an error where an argument is less than it may be."""
    if value is not None and value < least:
        yield UsageError(name, str(value), f"at least {least}")
