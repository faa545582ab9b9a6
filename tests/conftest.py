"""How Hypothesis draws: the same examples each time, unless the profile `random` is asked for.

`pytest --hypothesis-profile random` draws twenty times as many, anew in each run, and remembers what failed.
"""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# How long an example takes is the machine's affair, and no verdict on the code.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("repeatable", derandomize=True, database=None, max_examples=100, **_PATIENT)
settings.register_profile("random", max_examples=2000, print_blob=True, **_PATIENT)
settings.load_profile("repeatable")

# What thousands of tests leave behind is looked through for garbage less often: it is a tenth of their time.
gc.set_threshold(100_000, 50, 100)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Draw no constants from modules: the order of tests decides which have been imported."""
    del session
    if settings.default is not None and settings.default.derandomize and hasattr(providers, "Constants"):
        providers._get_local_constants = providers.Constants
