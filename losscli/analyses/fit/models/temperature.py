"""A temperature: probabilities that are overconfident or underconfident."""

from __future__ import annotations

from losscli.analyses.fit.models import Model, Setting, Shape, as_level
from losscli.loss import Reference


def refusal(setting: Setting) -> tuple[str, str] | None:
    """Refuse what is neither a probability nor a logit."""
    if not setting.logits:
        return (
            f"{setting.loss} reads neither probabilities nor logits, and only those have a temperature",
            "Use a scale, which is one over a temperature: --model scale",
        )
    return None


MODEL = Model(
    name="temperature",
    formula="ŷ / T",
    summary="probabilities that are overconfident (T > 1) or underconfident (T < 1)",
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
