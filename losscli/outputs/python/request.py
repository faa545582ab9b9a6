"""The request that the arguments of a Python function make, or all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from losscli.analyses.asked import useless
from losscli.common.arguments import listed, no_texts, own, too_small, unknown, wrong_types
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.options import CHOICES
from losscli.common.text import nearest, shorten
from losscli.inputs.arguments import (
    DEFAULTS,
    TEXTS,
    Inputs,
    Names,
    Values,
    text_formats,
    wrong_classes,
    wrong_formats,
)
from losscli.inputs.header import TextFormat
from losscli.inputs.memory.source import with_indexes
from losscli.inputs.request import Request
from losscli.loss.asked import Losses, bind_one, named_apart
from losscli.outputs.python.edits import edits_of, wrong_edits
from losscli.outputs.python.losses import as_computed, loaded
from losscli.outputs.python.row_edits import row_edits_of, wrong_row_edits


def _typed(asked: dict[str, Any], **given: Any) -> dict[str, tuple[Any, Any]]:
    """Return each argument with the type that it has to have."""
    kinds: dict[str, Any] = {"top": Integral, "level": Real, "cluster": str, "weights_are": str, "as_": str}
    return {
        **{name: (value, kinds[name]) for name, value in given.items()},
        **{name: (asked[name], str) for name in TEXTS},
        **{name: (asked[name], bool) for name in ("hive", "label_hive")},
        "block_rows": (asked["block_rows"], Integral),
        "format": (asked["format"], TextFormat),
        "label_format": (asked["label_format"], TextFormat),
        "map_labels": (asked["map_labels"], Mapping),
    }


def request_of(
    function: str,
    predictions: Any,
    labels: Any,
    given: Inputs,
    *,
    loss: Losses | None = (),
    group: str | Sequence[str] | None = None,
    show: Names = None,
    slices: Names = None,
    reduction: str = "mean",
    as_: str | None = None,
    level: float | None = None,
    confidence: float | None = None,
    cluster: str | None = None,
    weights_are: str | None = None,
    top: int | None = None,
    wrong: Iterable[LosscliError] = (),
    of_losses: Callable[[list[str]], Iterable[LosscliError]] = lambda _specs: (),
    after: Iterable[LosscliError] = (),
) -> Request:
    """Return the request that arguments make; losses are what all but `recommend` asks for.

    Raises:
        LosscliError: all that is wrong with the arguments, `wrong`, what `of_losses` finds wrong with the
            specs, and `after`.
        TypeError: for an unknown argument.
    """
    asked = _known(function, given)
    typed = _typed({**asked}, top=top, level=level, cluster=cluster, weights_are=weights_are, as_=as_)
    wrong_edit = (*wrong_edits(asked), *wrong_row_edits(asked))
    wrong_names = (*_no_columns(group=group, show=show, slices=slices), *_no_labels(asked))
    raise_together([*wrong_types(typed), *wrong_names, *wrong_edit])
    if loss is None:
        raise _no_loss(labels)
    found: list[LosscliError] = []
    bound = [_collect(bind_one, one, found) for one in named_apart(as_computed(loss))]
    losses, said = tuple(one for one in bound if one is not None), ""
    specs, found = [one.spec for one in losses], [*found, *wrong]
    if as_ is not None:
        from losscli.compute.reduced import as_asked

        said, losses, others = as_asked(as_, losses)
        found += others
    if not specs and not found and function not in ("doctor", "recommend"):
        found.append(UsageError("loss", "no loss is named", "at least one"))
    if None not in bound:
        found.extend(of_losses(specs))
    chosen: dict[str, Any] = {**asked, "reduction": reduction, "weights_are": weights_are or "importance"}
    for name in ("unmatched", "bad_rows", "reduction", "align", "weights_are"):
        found.extend(unknown(name, chosen[name], CHOICES[name.replace("_", "-")]))
    found += (*wrong_formats(asked), *wrong_classes(asked["classes"]), *after)
    found += useless(own(level), cluster, weights_are, asked["weight"], reduction, confidence)
    try:
        drop, ids = asked["unmatched"] == "drop", (asked["id"], asked["label_id"])
        predictions, labels, asked["id"] = with_indexes(predictions, labels, asked["align"], *ids, drop=drop)
    except LosscliError as error:
        found.append(error)
    found += (*too_small("block_rows", asked["block_rows"], 1), *too_small("top", top, 0))
    raise_together(found)
    return Request(
        predictions=predictions,
        labels=labels,
        loss=losses,
        as_=said,
        prediction=columns_of(asked["prediction"]),
        label=columns_of(asked["label"]),
        classes=columns_of(asked["classes"]),
        id=asked["id"],
        label_id=asked["label_id"],
        weight=asked["weight"],
        level=own(level),
        cluster=cluster,
        weights_are=weights_are or "importance",
        group=columns_of(group),
        show=columns_of(show),
        slices=columns_of(slices),
        align=asked["align"],
        unmatched=asked["unmatched"],
        bad_rows=asked["bad_rows"],
        ignore_label=columns_of(asked["ignore_label"]),
        edits=replace(edits_of(asked), **row_edits_of(asked)),
        map_labels={str(old): str(new) for old, new in (asked["map_labels"] or {}).items()},
        reduction=reduction,
        top=own(top),
        block_rows=own(asked["block_rows"]),
        **text_formats(asked),
    )


def _no_columns(**given: Any) -> Iterator[LosscliError]:
    for name, value in given.items():
        names = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
        yield from no_texts(name, names, "the name of a column")


def _known(function: str, given: Inputs) -> Inputs:
    """Return the arguments, with defaults for the others. Raises TypeError for one that there is not."""
    for name in given:
        if name not in DEFAULTS:
            hint = nearest(name, DEFAULTS)
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}. {hint}".rstrip())
    return {**DEFAULTS, **given}


def _no_loss(labels: Any) -> UsageError:
    """Return the error of a call without a loss, perhaps since it stands where labels do."""
    meant = isinstance(labels, str) and ".py" not in labels and _collect(loaded, labels, [])
    remedy = f'The second argument is the labels: loss="{shorten(labels)}"' if meant else ""
    return UsageError("loss", "no loss is named", "a spec such as 'mse', a function, or several", remedy)


def _no_labels(asked: Inputs) -> Iterator[UsageError]:
    """Yield an error for each label of an argument that is neither a text nor a number."""
    pairs = asked["map_labels"]
    mapped = [one for pair in pairs.items() for one in pair] if isinstance(pairs, Mapping) else []
    for name, labels in (("ignore_label", listed(asked["ignore_label"])), ("map_labels", mapped)):
        for one in labels:
            if not isinstance(one, (str, Real, np.bool_)):
                yield UsageError(name, f"a {type(one).__name__}", "a string or a number")


def columns_of(names: Values) -> tuple[str, ...]:
    """Return the names of an argument that takes one or several, or None."""
    return tuple(map(str, listed(names)))


def no_slices(slices: Names, reduction: Any, cluster: Any, baseline: Any) -> Iterator[LosscliError]:
    """Yield what slices do not go with."""
    if slices is not None:
        from losscli.analyses.slices.refused import refused

        names = columns_of(slices)
        yield from refused(names, reduction=reduction, cluster=cluster, beside=baseline is not None)


def _collect(make: Any, value: Any, found: list[LosscliError]) -> Any:
    try:
        return make(value)
    except LosscliError as error:
        found.append(error)
        return None
