"""What a name means: one of ours, whatever its capitals and hyphens, or what another library calls a loss.

A name of ours is always ours. Of the others, each declaration says which are the same number (`elsewhere`),
and which are not (`conventions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from losscli.loss.declaration import Alias, Convention, Loss

LITERATURE = "literature"
LIBRARIES = {
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
    "torchvision": "torchvision",
    "torchmetrics": "TorchMetrics",
    "keras": "Keras",
    "tf": "TensorFlow",
    "tfa": "TensorFlow Addons",
    "tfgan": "TF-GAN",
    "optax": "Optax",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "scipy": "SciPy",
    "properscoring": "properscoring",
    "gluon": "Gluon",
    "caffe": "Caffe",
    "r": "R, scoringRules",
    LITERATURE: "Papers and textbooks",
}
"""Where names come from: by the first word of what a name is called there."""
_ALSO = {"nn": "torch", "f": "torch", "metrics": "sklearn", "tensorflow": "tf", "xgb": "xgboost"}
_SEPARATORS = str.maketrans("", "", "-_ ")
_OURS = Alias("")


class Meaning(NamedTuple):
    """A loss that a name elsewhere stands for, or is taken for."""

    loss: Loss
    called: str
    """The name with its library, as declared."""
    same: Alias | None
    """How the two are the same; None where they are not."""
    differs: Convention | None


def key(name: str) -> str:
    """Return what is left of a name where case, hyphens and underscores do not matter."""
    return name.lower().translate(_SEPARATORS)


def own_names(losses: Iterable[Loss]) -> dict[str, Loss]:
    """Return losses by the `key` of each name and alias of ours."""
    return {key(name): loss for loss in losses for name in (loss.name, *loss.aliases)}


def bare(called: str) -> str:
    """Return the name without the library before it: `MSELoss` of `torch.nn.MSELoss`."""
    return called.replace(" ", ".").rpartition(".")[2]


def library(called: str) -> str:
    """Return the library of a name, a key of `LIBRARIES`, or its first word; nothing where it names none."""
    words = called.lower().replace(" ", ".").split(".")[:-1]
    if not words:
        return ""
    return "keras" if "keras" in words else _ALSO.get(words[0], words[0])


def shown(called: str) -> str:
    """Return a name as it is told: without a library where it is of papers."""
    return called.removeprefix(f"{LITERATURE} ")


def meanings(name: str, losses: Iterable[Loss]) -> list[Meaning]:
    """Return all that a name means elsewhere; none for a name that nobody declares.

    Capitals tell apart what nothing else does: `mean_absolute_percentage_error` is scikit-learn's, and
    `MeanAbsolutePercentageError` is that of Keras too.
    """
    dotted = "." in name
    wanted = key(bare(name) if dotted else name)
    found = [
        one
        for one in _all(losses)
        if key(bare(one.called)) == wanted and (not dotted or library(one.called) == library(name))
    ]
    typed = (bare(name) if dotted else name).translate(_SEPARATORS)
    return [one for one in found if bare(one.called).translate(_SEPARATORS) == typed] or found


def alias_of(loss: Loss, name: str) -> Alias:
    """Return the alias of this loss that `name` is; one without parameters for a name of ours."""
    if name == loss.name or key(name) in own_names((loss,)):
        return _OURS
    return next((one.same for one in meanings(name, (loss,)) if one.same), _OURS)


def _all(losses: Iterable[Loss]) -> Iterator[Meaning]:
    for loss in losses:
        yield from (Meaning(loss, alias.called, alias, None) for alias in loss.elsewhere)
        for convention in loss.conventions:
            yield from (Meaning(loss, called, None, convention) for called in convention.names)
