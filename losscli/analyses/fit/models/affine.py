"""A scale and a bias; on log-odds this is Platt scaling, on classes temperature scaling with biases."""

from __future__ import annotations

from losscli.analyses.fit.models import Model, Shape, as_level, level_of
from losscli.loss import Reference

MODEL = Model(
    name="affine",
    formula="a · ŷ + b",
    summary="both; on log-odds it is Platt scaling",
    shape=lambda _: Shape(moves_slope=True, moves_level=True, centred=True),
    named=lambda setting, slope, level: {"scale": slope, "bias": level_of(setting, level)},
    found=lambda _, named: (named["scale"], as_level(named["bias"])),
    references=(
        Reference(
            "Platt, Probabilistic outputs for support vector machines and comparisons to regularized "
            "likelihood methods, 1999"
        ),
        Reference(
            "Alexandari, Kundaje and Shrikumar, Maximum Likelihood with Bias-Corrected Calibration is "
            "Hard-To-Beat at Label Shift Adaptation, 2020",
            url="https://proceedings.mlr.press/v119/alexandari20a.html",
        ),
    ),
)
