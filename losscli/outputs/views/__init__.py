"""What each report says, once: a file a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from losscli.outputs.view import View


def view_of(report: Any) -> View:
    """Return the view of a report; a view is its own.

    Raises:
        TypeError: if no view is one of such reports.
    """
    import importlib

    from losscli.common import found
    from losscli.outputs.view import View

    if isinstance(report, View):
        return report
    for name in found.names(__name__):
        importlib.import_module(f"{__name__}.{name}")
    for kind in View.__subclasses__():
        if kind.of is not None and isinstance(report, kind.of):
            return kind(report)
    raise TypeError(type(report).__name__)
