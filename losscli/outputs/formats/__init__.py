"""From a report to text: one format a file, found by its name and imported on use.

A module of this folder whose name begins with no underscore is a format, and holds it as `FORMAT`;
what formats share stands in modules with an underscore. Folders are not formats: `per_sample`
writes samples as they come, and never sees a report.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from losscli.analyses.report import Checked, Report
from losscli.common.errors import UsageError
from losscli.common.text import nearest, shorten


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, what it is for, and the function that makes a text of a report.

    The text ends with a line end. Nothing in it is interpreted by who shows it, whatever the ids,
    class names and paths hold.
    """

    name: str
    summary: str
    render: Callable[[Report], str]
    render_all: Callable[[Sequence[Checked]], str] | None = None
    """Makes one text of several evaluations, with what was wrong where there is no report; None for
    formats in which `--report` writes nothing."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all formats, in order; imports none of them."""
    return tuple(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.ispkg and not module.name.startswith("_")
    )


def load(name: str) -> Format:
    """Return the format called `name`.

    Raises:
        UsageError: if there is none; the nearest name is given.
    """
    if name not in names():
        hint = nearest(name, names())
        found = f"there is no format {shorten(name)!r}"
        raise UsageError("--format", found, f"the formats are {', '.join(names())}", hint)
    format_ = importlib.import_module(f"{__name__}.{name}").FORMAT
    assert isinstance(format_, Format)
    return format_
