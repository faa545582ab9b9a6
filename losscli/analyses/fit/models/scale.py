"""A scale: predictions that vary too much or too little, or are off by a factor."""

from __future__ import annotations

import math
from typing import Any

from losscli.analyses.fit.models import Model, Setting, Shape, as_level
from losscli.common.array import Array


def shape(setting: Setting) -> Shape:
    """Return what moves: the slope; of amounts the level, since a step of their logs is a factor."""
    return Shape(moves_level=True) if setting.multiplies else Shape(moves_slope=True)


def named(setting: Setting, slope: float, level: Array) -> dict[str, Any]:
    """Return the scale."""
    return {"scale": math.exp(level[0]) if setting.multiplies else slope}


def found(setting: Setting, named: Any) -> tuple[float, Array]:
    """Return slope and level of a scale."""
    scale = named["scale"]
    return (1.0, as_level(math.log(scale))) if setting.multiplies else (scale, as_level(0.0))


MODEL = Model(
    name="scale",
    formula="a · ŷ",
    summary="predictions that vary too much or too little, or are off by a factor",
    shape=shape,
    named=named,
    found=found,
)
