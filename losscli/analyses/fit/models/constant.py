"""The best constant: what can be had without any model."""

from __future__ import annotations

from losscli.analyses.fit.models import Model, Shape, as_level, level_of

MODEL = Model(
    name="constant",
    formula="b",
    summary="the best single prediction for all samples, and the skill of the predictions compared with it",
    shape=lambda _: Shape(slope=0.0, moves_level=True, centred=True, from_data=True),
    named=lambda setting, _, level: {"bias": level_of(setting, level)},
    found=lambda _, named: (0.0, as_level(named["bias"])),
)
