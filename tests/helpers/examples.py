"""How many examples a test draws."""

from __future__ import annotations

from hypothesis import settings

_USUALLY = 100


def examples(number: int) -> int:
    """Return `number`, for a test that draws other than 100; the profile `random` multiplies it too."""
    assert settings.default is not None
    return number * settings.default.max_examples // _USUALLY
