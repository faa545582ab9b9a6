"""A temperature: probabilities that are too sure of themselves, or not sure enough."""

from __future__ import annotations

from losscli.analyses.fit.models import Model, Setting, Shape, as_level
from losscli.loss import Reference


def refusal(setting: Setting) -> tuple[str, str] | None:
    """Refuse what is neither a probability nor a logit."""
    if not setting.logits:
        return (
            f"{setting.loss} reads neither probabilities nor logits, which alone have a temperature",
            "--model scale multiplies: its scale is one over a temperature.",
        )
    return None


MODEL = Model(
    name="temperature",
    formula="ŷ / T",
    summary="probabilities that are too sure of themselves (T > 1), or not sure enough (T < 1)",
    shape=lambda _: Shape(moves_slope=True, by_log=True),
    named=lambda _, slope, __: {"temperature": 1.0 / slope},
    found=lambda _, named: (1.0 / named["temperature"], as_level(0.0)),
    refusal=refusal,
    references=(
        Reference(
            "Guo et al., On Calibration of Modern Neural Networks, 2017",
            url="https://proceedings.mlr.press/v70/guo17a.html",
        ),
    ),
)
