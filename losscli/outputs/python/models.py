"""The models of a comparison as callers from Python give them, and the request that is made of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

from losscli.analyses.compare.models import put_first, unique_names
from losscli.analyses.compare.refused import margin_of, refused
from losscli.analyses.compare.request import Adjust, Asked, Margin
from losscli.common.arguments import listed, own, too_small, wrong_types
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.inputs.arguments import Inputs
from losscli.inputs.memory.source import aligned
from losscli.inputs.memory.tables import is_pandas
from losscli.inputs.request import Request
from losscli.loss.asked import Losses
from losscli.loss.spec import BoundLoss
from losscli.outputs.python.judging import Judging
from losscli.outputs.python.request import request_of


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure differences are to be, as a caller gives it."""

    margin: Any
    lag: Any
    planned_rows: Any
    anytime: bool
    guarantee: bool
    check: Any = None
    seed: Any = None

    @property
    def wrong_types(self) -> Iterator[LosscliError]:
        """What is wrong with the types of arguments, and the margin."""
        yield from wrong_types({"lag": (self.lag, Integral), "planned_rows": (self.planned_rows, Integral)})
        yield from wrong_types({"seed": (self.seed, Integral)})
        yield from (
            *too_small("lag", own(self.lag), 0),
            *too_small("planned_rows", own(self.planned_rows), 1),
        )
        try:
            self._margin()
        except LosscliError as error:
            yield error

    def _margin(self) -> Margin | None:
        return None if self.margin is None else margin_of(str(self.margin))

    def _wrong(
        self, losses: Sequence[BoundLoss], cluster: str | None, weight: str | None, level: float | None
    ) -> Iterator[LosscliError]:
        """Yield what does not go together."""
        yield from refused(
            level=level,
            lag=self.lag,
            cluster=cluster,
            weight=weight,
            anytime=self.anytime,
            planned_rows=self.planned_rows,
            guarantee=self.guarantee,
            losses=losses,
            check=self.check,
            seed=own(self.seed),
        )

    def asked(
        self, requests: tuple[Request, ...], names: tuple[str, ...], *, all_pairs: bool, adjust: Adjust
    ) -> Asked:
        """Return the comparison. Raises all that does not go together."""
        first = requests[0]
        raise_together(self._wrong(first.loss, first.cluster, first.weight, first.level))
        assert first.level is not None
        return Asked(
            requests,
            names,
            all_pairs=all_pairs,
            level=first.level,
            adjust=adjust,
            margin=self._margin(),
            lag=own(self.lag),
            planned_rows=own(self.planned_rows),
            guarantee=self.guarantee,
            check=self.check,
            seed=own(self.seed) or 0,
        )


@dataclass(frozen=True, slots=True)
class _Model:
    """One model: its name, its predictions, and its column of them where several models are in one input."""

    name: str
    predictions: Any
    prediction: str | None = None


def requests_of(
    predictions: Any,
    labels: Any,
    given: Inputs,
    baseline_model: str | None,
    *,
    loss: Losses | None,
    **more: Any,
) -> tuple[tuple[Request, ...], tuple[str, ...]]:
    """Return the request of each model, and the names of the models; the baseline first.

    Args:
        predictions: a mapping of names to the predictions of models, a list of these, or one input of which
            `given["prediction"]` names several columns.
        labels: as for `evaluate`.
        given: the arguments on how inputs are read.
        baseline_model: which model comes first; None for the one that does.
        loss: as for `request_of`.
        **more: what that takes besides.

    Raises:
        LosscliError: for fewer than two models, and all that is wrong with the arguments.
    """
    models = _models(predictions, given)
    if len(models) < 2:
        found = "one model" if models else "no model"
        remedy = 'compare({"a": …, "b": …}, labels)'
        raise UsageError("predictions", found, "at least two models, by their names or in a list", remedy)
    place = put_first([one.name for one in models], baseline_model)
    models = [models[place], *models[:place], *models[place + 1 :]]
    inputs, ordered = [one.predictions for one in models], labels
    if given.get("align", "auto") == "auto" and given.get("id") is given.get("label_id") is None:
        inputs, ordered = _in_one_order(inputs, labels, drop=given.get("unmatched") == "drop")
    requests: list[Request] = []
    for one, data in zip(models, inputs, strict=True):
        asked: Inputs = given if one.prediction is None else {**given, "prediction": one.prediction}
        requests.append(request_of("compare", data, ordered, asked, loss=loss, **more))
    first = requests[0]
    if any(request.id != first.id for request in requests):
        found = "the indexes of some models have a name, and others have not"
        raise LosscliError("predictions", found, "the same name for all", 'Or pair rows: align="position"')
    shared = (replace(request, labels=first.labels, loss=first.loss) for request in requests[1:])
    return (first, *shared), tuple(one.name for one in models)


def with_baseline(
    predictions: Any,
    labels: Any,
    given: Inputs,
    baseline: Any,
    *,
    judging: Judging,
    after: Iterable[LosscliError],
    **asked: Any,
) -> tuple[Request, Request | None]:
    """Return the request of `evaluate`, and that of a baseline's predictions where there are some.

    Raises:
        LosscliError: all that is wrong with them, and with what they are judged by.
    """
    asked |= {
        "confidence": judging.confident.confidence,
        "wrong": judging.wrong,
        "of_losses": judging.gated(asked["group"], asked["reduction"]),
        "after": (*judging.no_baseline, *after, *_one_pass(baseline, labels)),
    }
    if baseline is None:
        request = request_of("evaluate", predictions, labels, given, **asked)
        _refuse_beside(request)
        return request, None
    both = {"predictions": predictions, "baseline": baseline}
    (request, other), _ = requests_of(both, labels, given, None, **asked)
    _refuse_beside(request)
    return request, other


def _refuse_beside(request: Request) -> None:
    """Raise what a library's convention has no sense with."""
    if request.as_:
        from losscli.compute.reduced import refusals

        raise_together(refusals(request))


def _one_pass(baseline: Any, labels: Any) -> Iterator[UsageError]:
    """Yield an error where predictions of two models have no labels of their own."""
    if baseline is not None and labels is None:
        found, needed = "the labels are in the input of the predictions", "labels in an input of their own"
        yield UsageError("baseline_predictions", found, needed)


def _models(predictions: Any, given: Inputs) -> list[_Model]:
    columns = [*map(str, listed(given.get("prediction")))]
    is_table = (
        len(columns) > 1 and isinstance(predictions, Mapping) and {*columns} <= {*map(str, predictions)}
    )
    if isinstance(predictions, Mapping) and not is_table:
        return [_Model(str(name), data) for name, data in predictions.items()]
    if isinstance(predictions, (list, tuple)) and not all(map(_is_number, predictions)):
        paths = [os.fspath(one) if isinstance(one, (str, os.PathLike)) else "" for one in predictions]
        unnamed = [None if path else f"model {place}" for place, path in enumerate(paths, 1)]
        return [*map(_Model, unique_names(unnamed, [path or "-" for path in paths]), predictions)]
    if len(columns) > 1:
        return [_Model(column, predictions, column) for column in columns]
    return [_Model("", predictions)]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) or getattr(value, "ndim", None) == 0


def _in_one_order(inputs: list[Any], labels: Any, *, drop: bool) -> tuple[list[Any], Any]:
    """Return inputs and labels in the order of the first model's index, where indexes of pandas pair them.

    Raises:
        LosscliError: for an index that differs from that of the labels otherwise than in its order.
    """
    if not is_pandas(labels) or not is_pandas(inputs[0]):
        return inputs, labels
    ordered = aligned(inputs[0], labels, drop=drop)[1]
    found = [inputs[0]]
    for data in inputs[1:]:
        if is_pandas(data) and data is not inputs[0]:
            # In vain, so that what is wrong is said of predictions and labels.
            aligned(data, labels, drop=drop)
            found.append(aligned(ordered, data, drop=drop)[1])
        else:
            found.append(data)
    return found, ordered
