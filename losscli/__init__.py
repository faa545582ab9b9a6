"""Says how wrong a model is: the command `losscli` as a library.

`evaluate` computes costs, `doctor` says what is wrong with the inputs, `compare` which of several models is
better, `gradient` computes derivatives of costs, `fit` minimises one, `recommend` says which loss suits the
data, `reconcile` what gives a number that somebody reported, `plan` how many rows a gate needs; `merge` makes
one report of the states of shards; `per_sample` returns the loss of each sample; `load_loss` and `losses`
give losses.
Importing this package imports neither NumPy nor pandas; the first use does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from losscli.common.version import __version__

if TYPE_CHECKING:
    from losscli.api import (
        compare,
        doctor,
        evaluate,
        fit,
        gradient,
        load_loss,
        losses,
        merge,
        per_sample,
        plan,
        recommend,
        reconcile,
    )

__all__ = [
    "__version__",
    "compare",
    "doctor",
    "evaluate",
    "fit",
    "gradient",
    "load_loss",
    "losses",
    "merge",
    "per_sample",
    "plan",
    "recommend",
    "reconcile",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("losscli.api"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
