"""The checks of doctor: one file each, found by its name, which holds it as `CHECK`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from losscli.common import found
from losscli.common.errors import UsageError
from losscli.common.text import nearest, shorten

if TYPE_CHECKING:
    from losscli.analyses.doctor.check import Check


@cache
def names() -> tuple[str, ...]:
    """Return the names of all checks, in alphabetical order; imports none of them."""
    return found.names(__name__)


@cache
def every() -> tuple[Check, ...]:
    """Return all checks in the order of their numbers."""
    checks: list[Check] = [found.load(__name__, name, "CHECK") for name in names()]
    return tuple(sorted(checks, key=lambda check: check.number))


def find(name: str) -> Check:
    """Return the check called `name`, or that has this number, such as `D13`.

    Raises:
        UsageError: if there is none; the nearest name is told.
    """
    for check in every():
        if name.lower().replace("-", "_") in (check.name, check.code.lower()):
            return check
    remedy = nearest(name, names()) or "`losscli doctor --list` lists them."
    raise UsageError("", f"no check is called {shorten(name)!r}", "the name of a check", remedy)
