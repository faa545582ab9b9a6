"""What is found by its file name: losses, formats, optimisers, commands. Listing them imports none."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def names(package: str) -> tuple[str, ...]:
    """Return the names of the modules and folders in the folder of a package, in order."""
    path = importlib.import_module(package).__path__
    return tuple(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_"))


def load(package: str, name: str, attribute: str) -> Any:
    """Import the module `name`, which is one of `names(package)`, and return what it declares."""
    return getattr(importlib.import_module(f"{package}.{name}"), attribute)
