"""What is found by its file name: losses, formats, optimisers, commands. Listing them imports none."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from typing import Any


def names(package: str) -> tuple[str, ...]:
    """Return the names of the modules and folders in the folder of a package, in order.

    Not even the package itself is imported: it may need what listing does without.
    """
    loaded = sys.modules.get(package)
    path = loaded.__path__ if loaded is not None else _folders(package)
    return tuple(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_"))


def _folders(package: str) -> Iterable[str]:
    spec = importlib.util.find_spec(package)
    assert spec is not None, package
    return spec.submodule_search_locations or ()


def load(package: str, name: str, attribute: str) -> Any:
    """Import the module `name`, which is one of `names(package)`, and return what it declares."""
    return getattr(importlib.import_module(f"{package}.{name}"), attribute)
