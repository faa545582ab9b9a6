"""A bias: predictions that are too high or too low throughout."""

from __future__ import annotations

from losscli.analyses.fit.models import Model, Setting, Shape, as_level, level_of


def refusal(setting: Setting) -> tuple[str, str] | None:
    """Refuse predictions that have to stay above a bound."""
    if setting.multiplies:
        return (
            f"{setting.loss} needs predictions above a bound, and a bias could take them below it",
            "To correct by a factor, use --model scale; by a factor and a power, --model affine",
        )
    return None


MODEL = Model(
    name="bias",
    formula="ŷ + b",
    summary="predictions that are too high or too low throughout",
    shape=lambda _: Shape(moves_level=True),
    named=lambda setting, _, level: {"bias": level_of(setting, level)},
    found=lambda _, named: (1.0, as_level(named["bias"])),
    refusal=refusal,
)
