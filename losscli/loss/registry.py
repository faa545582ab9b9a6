"""Finds losses: a module of `losscli/catalogue/<family>/` for each, imported on first use.

The file name is the name of the loss, so that listing names imports nothing, and adding a loss
touches no other file. Installed packages add losses through the entry point group
`losscli.losses`, and a name such as `path/to/file.py:NAME` is a loss in that file; such code runs
only when it is asked for by its name.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from losscli.common import found
from losscli.common.errors import UsageError
from losscli.common.text import shorten
from losscli.loss import custom
from losscli.loss.declaration import Loss
from losscli.loss.misnamed import means
from losscli.loss.names import key, own_names

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "losscli.losses"
_CODE: ContextVar[tuple[frozenset[str], str, str] | None] = ContextVar("code", default=None)
"""The names that may run code all the same, and what to say of others; None: all may."""

_ORDER = ("regression", "binary", "margin", "multiclass", "vector", "gan")


@cache
def modules() -> dict[str, str]:
    """Return the module of every built-in loss by the name of the loss, in the order of families."""
    families = sorted(
        found.names("losscli.catalogue"),
        key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name),
    )
    packages = [f"losscli.catalogue.{family}" for family in families]
    return {name: f"{package}.{name}" for package in packages for name in found.names(package)}


def all_losses() -> Iterator[Loss]:
    """Yield every built-in loss, family by family, names in order."""
    for module in modules().values():
        yield _load(module)


@cache
def installed() -> dict[str, EntryPoint]:
    """Return the losses that installed packages add, by name; a built-in loss is never replaced."""
    # Half as slow to import as NumPy, and needed only for a name that is not built in.
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINTS) if point.name not in modules()}


def find(name: str) -> Loss:
    """Return the loss called `name`, here or elsewhere, or that `file.py:NAME` names.

    What is written exactly as a loss of an installed package is that loss, but for names and aliases of
    ours; then capitals, hyphens and underscores do not matter, and names of other libraries count too.
    `alias_of` tells what such a name says besides.

    Raises:
        LosscliError: if there is none, with what to do; if what a file or an installed
            package offers under this name is not a loss; if its code raises.
    """
    if name in modules():
        return _load(modules()[name])
    if custom.is_custom(name):
        _refuse_code(name)
        return custom.load_file(name)
    losses = list(all_losses())
    aliased = next((loss for loss in losses if name in loss.aliases), None)
    if aliased is None and name in installed():
        _refuse_code(name)
        return custom.load_installed(installed()[name])
    return aliased or own_names(losses).get(key(name)) or means(name, losses, installed())


@contextmanager
def no_code(allowed: Set[str], found: str, remedy: str) -> Iterator[None]:
    """Make `find` refuse every loss that is not built in, but for the names `allowed`, in this block.

    For specs that nobody typed: `found` says where they come from, `remedy` how to allow them.
    """
    token = _CODE.set((frozenset(allowed), found, remedy))
    try:
        yield
    finally:
        _CODE.reset(token)


def _refuse_code(name: str) -> None:
    allowed, found, remedy = _CODE.get() or (frozenset((name,)), "", "")
    if name not in allowed:
        raise UsageError("--loss", f"{shorten(name)} is code, {found}", "a built-in loss", remedy)


def _load(module: str) -> Loss:
    loss = importlib.import_module(module).LOSS
    assert isinstance(loss, Loss)
    return loss
