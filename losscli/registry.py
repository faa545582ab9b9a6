"""Finds losses: a module of `losscli/losses/<family>/` for each, imported on first use.

The file name is the name of the loss, so that listing names imports nothing, and adding a loss
touches no other file. Installed packages add losses through the entry point group
`losscli.losses`.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

import losscli.losses
from losscli.errors import UsageError
from losscli.loss import Loss
from losscli.text import shorten


@cache
def modules() -> dict[str, str]:
    """Return the module of every built-in loss by the name of the loss, in the order of families."""
    found: dict[str, str] = {}
    for family in pkgutil.iter_modules(losscli.losses.__path__):
        if family.ispkg and not family.name.startswith("_"):
            package = importlib.import_module(f"losscli.losses.{family.name}")
            for module in pkgutil.iter_modules(package.__path__):
                if not module.name.startswith("_"):
                    found[module.name] = f"{package.__name__}.{module.name}"
    return found


def all_losses() -> Iterator[Loss]:
    """Yield every built-in loss, family by family, names in order."""
    for module in modules().values():
        yield _load(module)


def find(name: str) -> Loss:
    """Return the loss called `name`, or of which `name` is an alias.

    Raises:
        UsageError: if there is none; the nearest names are listed.
    """
    module = modules().get(name)
    if module is not None:
        return _load(module)
    for loss in all_losses():
        if name in loss.aliases:
            return loss
    known = [*modules(), *(alias for loss in all_losses() for alias in loss.aliases)]
    near = difflib.get_close_matches(name.lower(), known, 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`losscli losses` lists them."
    raise UsageError("--loss", f"there is no loss {shorten(name)!r}", "", hint)


def _load(module: str) -> Loss:
    loss = importlib.import_module(module).LOSS
    assert isinstance(loss, Loss)
    return loss
