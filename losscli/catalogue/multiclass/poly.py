"""Poly-1 loss: cross-entropy with another weight for the first term of its series in 1 − p."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from losscli.loss import Array, Convention, Example, Interval, Parameter, Reference, Value, called, number
from losscli.loss.formulas import classwise
from losscli.loss.numeric import artanh_rest, row_sum


def value(label: Array, prediction: Array, *, epsilon: float, **form: Any) -> Array:
    log_p, missing = classwise.log_and_missing(label, prediction, **form)
    # −log p is 1 − p =: m and a rest of second order, so that nothing cancels at ε = −1: with
    # s = m/(2 − m) it is ms + 2 (artanh s − s), since −log(1 − m) is 2 artanh s.
    near = np.where(missing < 0.125, missing, 0.0)
    share = near / (2.0 - near)
    rest = artanh_rest(share)
    rest += np.multiply(near, share, out=share)
    np.copyto(rest, 0.0 - log_p - missing, where=missing >= 0.125)
    losses = rest + (1.0 + epsilon) * missing
    if label.ndim == 1:
        return losses
    return classwise.weighted_sum(label, losses) + epsilon * (1.0 - row_sum(label))


def gradient(label: Array, prediction: Array, *, epsilon: float, **form: Any) -> Array:
    from_logits, normalize = form["from_logits"], form["normalize"]
    p = classwise.probabilities(prediction, from_logits=from_logits, normalize=normalize)
    missing = classwise.complement(p) if from_logits or normalize else 1.0 - p
    if not from_logits:
        missing = np.minimum(missing, 1.0 - form["eps"])
    # It is that of a cross-entropy whose labels weigh 1 + εp.
    weight = classwise.label_rows(label, prediction.shape[1]) * ((1.0 + epsilon) - epsilon * missing)
    return classwise.cross_entropy_gradient(weight, prediction, **form)


def never_below_0(parameters: Mapping[str, Value]) -> bool:
    # Soft labels that miss the sum of 1 can make pₜ exceed 1, or leave 1 − pₜ where nothing is missing.
    return 0.0 <= number(parameters, "epsilon") <= 1.0 and number(parameters, "sum_tolerance") <= 0.5


def bounds(parameters: Mapping[str, Value], columns: int) -> tuple[float, float] | None:
    found = classwise.cross_entropy_bounds(parameters, columns)
    if found is None or not never_below_0(parameters):
        return None
    return 0.0, found[1] + number(parameters, "epsilon")


LOSS = classwise.ProbabilityLoss(
    name="poly",
    value=value,
    gradient=gradient,
    clipped=classwise.any_clipped,
    soft_labels=True,
    parameters={
        "epsilon": Parameter(
            1.0, Interval(low=-1.0), "what is added to the weight of the term 1 − p, which is 1"
        ),
        **classwise.UNDER_LOGARITHM,
    },
    non_negative=never_below_0,
    bounds=bounds,
    summary="cross-entropy plus epsilon times the missing probability",
    formula="−Σ yₖ log pₖ + ε (1 − pₜ),  pₜ = Σ yₖ pₖ;  with logits p = softmax(z)",
    gradient_formula="−yₖ (1/pₖ + ε);  by the logit zₖ: pₖ Σ yⱼ (1 + ε pⱼ) − yₖ (1 + ε pₖ)",
    use="training instead of cross-entropy, with an epsilon tuned to the task: above 0 for balanced images, "
    "below 0 where classes are rare",
    avoid="as a figure to quote: with any epsilon but 0 it is not a proper score",
    pitfalls=(
        "epsilon is the weight of 1 − p, eps is where the logarithm is clipped",
        "at epsilon −1 a sample that is nearly right costs next to nothing, and has next to no gradient",
        "with soft labels the lowest possible cost is not 0",
    ),
    conventions=(
        Convention("Poly-1 of Leng et al.", "the same; their epsilon is 2 for ImageNet", "1"),
        Convention("monai.losses.PolyLoss", "PolyBCE or PolyCE: other reductions, the same terms"),
        Convention("cross_entropy", "epsilon=0", "1"),
    ),
    elsewhere=(
        *called("literature poly_loss", "literature poly1_cross_entropy"),
        *called("optax.poly_loss_cross_entropy", from_logits=True, epsilon=2.0),
    ),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=1.1931471805599454, note="log 2 + ½"),
        Example(
            label=1.0,
            prediction=(0.75, 0.25),
            loss=0.6362943611198906,
            parameters={"epsilon": -1.0},
            note="log 4 − ¾",
        ),
        Example(label=(0.5, 0.5), prediction=(0.5, 0.5), loss=1.1931471805599454, note="log 2 + ½"),
        Example(label=1.0, prediction=(1000.0, 0.0), loss=1001.0, parameters={"from_logits": True}),
        Example(label=2.0, prediction=(0.0, 0.0, 1.0), loss=0.0),
    ),
    references=(
        Reference(
            "Leng et al., PolyLoss: A Polynomial Expansion Perspective of Classification Loss "
            "Functions, 2022",
            doi="10.48550/arXiv.2204.12511",
        ),
    ),
    remedies=classwise.remedies("poly", classwise.SOFT),
)
