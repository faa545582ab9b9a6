"""Says how wrong a model is: the command `losscli` as a library.

`evaluate` computes costs, `fit` minimises one, `load_loss` and `losses` give the declarations.
Importing this package imports neither NumPy nor pandas; the first use does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from losscli.version import __version__

if TYPE_CHECKING:
    from losscli.api import evaluate, fit, load_loss, losses

__all__ = ["__version__", "evaluate", "fit", "load_loss", "losses"]


def __getattr__(name: str) -> Any:
    if name == "losses":
        return import_module("losscli.losses")
    if name in __all__:
        return getattr(import_module("losscli.api"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
