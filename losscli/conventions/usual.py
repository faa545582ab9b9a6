"""The usual deviations: what people and programs change of a convention, tried one and two at a time."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.conventions.overrides import LIST, Overrides, read_override
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

BATCHES = (8, 10, 16, 20, 25, 30, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000, 1024, 2048, 4096)
"""The sizes of batches that loops use."""
_EPS = ("1e-5", "1e-6", "1e-7", "1.1920928955078125e-7", "1e-8", "1e-9", "1e-10", "1e-12", "1e-15", "1e-16")
_CLIPS = (*(f"{kind}:{eps}" for kind in ("two", "below", "add") for eps in _EPS), "floor:-100")
_LOGARITHMS = (
    "binary_cross_entropy",
    "cross_entropy",
    "perplexity",
    "kl_divergence",
    "binary_focal",
    "focal",
)
_ADDED = ("add:1e-8", "add:1e-7", "add:1e-6", "below:1e-10")
_OF: dict[str, dict[str, tuple[str, ...]]] = {
    **{name: {"clip": _CLIPS, "base": ("2", "10")} for name in _LOGARITHMS},
    "mape": {"factor": ("100",), "denominator": ("eps:1", "eps:1e-7", "eps:1e-8", "eps:1.17e-6", "none")},
    "smape": {"factor": ("100", "0.5", "50"), "denominator": ("eps:1.17e-6", "add:1e-8", "eps:1e-8")},
    "poisson_nll": {"clip": _ADDED, "constant": ("lgamma", "stirling"), "link": ("log",)},
    "poisson_deviance": {"clip": _ADDED, "constant": ("left_out",), "link": ("log",)},
    "gamma_deviance": {"constant": ("left_out",), "link": ("log",)},
    "tweedie_deviance": {"constant": ("left_out",), "link": ("log",)},
    "gaussian_nll": {"constant": ("half_log_2pi",), "variance_floor": ("1e-6", "1e-8")},
    "msle": {"negatives": ("0", "1e-7")},
    "rmsle": {"negatives": ("0", "1e-7")},
    "quantile": {"reversed": ("true",)},
    "expectile": {"reversed": ("true",)},
    "brier": {"scale_by_half": ("true",)},
    "multiclass_brier": {"scale_by_half": ("true",)},
    "zero_one": {"ties": ("wrong",)},
    "multiclass_hinge": {"true_class_zero": ("true",)},
    "cosine": {"offset": ("-1",)},
}
"""What else makes sense of a loss, by its name."""


def deviations_of(bound: BoundLoss, *, weighted: bool, outputs: int) -> Iterator[Overrides]:
    """Yield the usual deviations of a loss, one override each.

    Args:
        bound: the loss.
        weighted: whether there are weights.
        outputs: how many prediction columns there are.
    """
    found: dict[str, tuple[str, ...]] = {"reduction": ("sum",), "factor": ("0.5", "2"), "sign": ("negative",)}
    found["precision"] = ("float32",)
    if bound.layout is Layout.CLASSES and outputs > 1:
        found["reduction"] += ("mean_elements",)
        if "normalize" in bound.loss.parameters and not bound.parameters.get("from_logits"):
            found["normalize"] = ("true",)
    if bound.layout is Layout.OUTPUTS and outputs > 1:
        found["reduction"] += ("sum_outputs", *(("mean_of_roots",) if bound.loss.finish else ()))
    if "label_smoothing" in bound.loss.parameters:
        found["smoothing"] = ("0.1",)
    if weighted:
        found["weights"] = ("n", "nonzero", "none")
    else:
        found["reduction"] += tuple(f"{kind}:{rows}" for kind in ("batch", "drop_last") for rows in BATCHES)
    for name, values in _OF.get(bound.loss.name, {}).items():
        if not (name == "clip" and bound.parameters.get("from_logits")):
            found[name] = (*found.get(name, ()), *values)
    for name in LIST:
        for value in dict.fromkeys(found.get(name, ())):
            yield Overrides(**{name: read_override(name, value, "--as")})
