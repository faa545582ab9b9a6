"""Models: the corrections that can be fitted, one a file, found by its name and imported on use.

A module of this folder holds `MODEL`. Every model acts on places (`losscli.analyses.fit.links`), and
moves them to `slope · (place − centre) + level`. What a model lets move is its parameters; a centre in
the midst of the places keeps slope and level from pulling at each other. Of class columns the level is
one number a class, and one number otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.common import found
from losscli.common.array import Array
from losscli.loss import Reference

Named = Mapping[str, Any]
"""Parameters as a report names them: a float, or an array `(classes,)`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the data when a fit begins.

    Attributes:
        acts_on: the scale of the places, in words.
        logits: whether places are log-odds, logits or logs of probabilities.
        multiplies: whether a step of places multiplies predictions: they are logs of amounts.
        classes: how many class columns there are, 0 for other predictions.
        loss: the spec of the loss, for messages.
    """

    acts_on: str
    logits: bool
    multiplies: bool
    classes: int
    loss: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What moves: the slope, the level, and how parameters of a report come from the two.

    Attributes:
        slope: where the slope starts.
        moves_slope, moves_level: what of the two is fitted.
        centred: whether places are taken from the middle of theirs.
        by_log: whether the slope moves by its logarithm, and so stays positive.
        from_data: whether the level starts at the middle of the places, the slope being 0.
    """

    slope: float = 1.0
    moves_slope: bool = False
    moves_level: bool = False
    centred: bool = False
    by_log: bool = False
    from_data: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """The declaration of a model.

    Attributes:
        name: the name of its file.
        formula: what it makes of a prediction ŷ (or of its log-odds, its log).
        summary: what it finds out.
        shape: what moves.
        refusal: why it does not suit a setting, and what to do; None where it does.
        named: the parameters as a report shows them, of slope and level.
        found: slope and level, of such parameters.
    """

    name: str
    formula: str
    summary: str
    shape: Callable[[Setting], Shape]
    named: Callable[[Setting, float, Array], Named]
    found: Callable[[Setting, Named], tuple[float, Array]]
    refusal: Callable[[Setting], tuple[str, str] | None] = lambda _: None
    references: tuple[Reference, ...] = ()


def level_of(setting: Setting, level: Array) -> Any:
    """Return a level as a parameter: a float, or an array with one number a class.

    What is added to the logits of all classes alike changes nothing; the array sums to 0 then.
    """
    if len(level) == 1:
        return float(level[0])
    return level - level.mean() if setting.logits else level.copy()


def as_level(value: Any) -> Array:
    """Return what `level_of` was given."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64))


def names() -> tuple[str, ...]:
    """Return the names of all models, in order; imports none of them."""
    return found.names(__name__)


def load(name: str) -> Model:
    """Return the model called `name`, which is one of `names()`."""
    model = found.load(__name__, name, "MODEL")
    assert isinstance(model, Model)
    return model
