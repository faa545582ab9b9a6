"""Multi-margin loss: every wrong class too close to the true one costs, as in PyTorch."""

import numpy as np

from losscli.loss import POSITIVE, Array, Convention, Example, Parameter, Reference, called, number
from losscli.loss.formulas.classwise import DOGAN, LEAD, ScoreLoss
from losscli.loss.numeric import row_sum, true_column


def shortfall(label: Array, prediction: Array, margin: float) -> Array:
    """Return by how much each wrong class comes too close, `(rows, classes)`; 0 for the true class."""
    short = prediction - true_column(prediction, label)[:, None]
    short += margin
    np.maximum(short, 0.0, out=short)
    short[np.arange(len(label)), label] = 0.0
    return short


def value(label: Array, prediction: Array, *, p: float, margin: float) -> Array:
    return row_sum(shortfall(label, prediction, margin) ** p) / prediction.shape[1]


def gradient(label: Array, prediction: Array, *, p: float, margin: float) -> Array:
    short = shortfall(label, prediction, margin)
    slope = np.where(short > 0.0, p * short ** (p - 1.0), 0.0) / prediction.shape[1]
    slope[np.arange(len(label)), label] = 0.0 - row_sum(slope)
    return slope


LOSS = ScoreLoss(
    name="multi_margin",
    value=value,
    gradient=gradient,
    parameters={"p": Parameter(1.0, POSITIVE, "the power of each shortfall"), "margin": LEAD},
    convex=lambda parameters: number(parameters, "p") >= 1.0,
    summary="the mean over classes of how far each wrong class is inside the margin of the true one",
    formula="Σₖ≠ₜ max(0, m + sₖ − sₜ)ᵖ / K,  t the true class,  m = margin",
    gradient_formula="p max(0, m + sₖ − sₜ)ᵖ⁻¹ / K for k ≠ t;  minus their sum for the true class",
    kink="for p ≤ 1 at a lead of exactly m, where 0 is returned",
    use="scores that are meant to separate classes, where all wrong classes should be pushed away, not only "
    "the strongest (see multiclass_hinge)",
    avoid="to compare models with different numbers of classes: the sum is divided by all K, the true "
    "class included",
    pitfalls=(
        "K − 1 terms are summed and divided by K: a blind guess costs margin·(K − 1)/K",
        "predictions are raw scores: the lead of one probability over another never exceeds 1",
        "for p < 1 it is not convex, and its slope is unbounded next to the kink",
    ),
    conventions=(
        Convention("torch.nn.MultiMarginLoss", "the same; p is 1 or 2 there", "1"),
        Convention("Weston and Watkins, 1999", "p=1, a sum, for a margin of 2", "K"),
    ),
    elsewhere=called("torch.nn.MultiMarginLoss"),
    examples=(
        Example(label=0.0, prediction=(2.0, 1.5, -1.0, 2.5), loss=0.5, note="(½ + 0 + 1½)/4"),
        Example(
            label=0.0, prediction=(2.0, 1.5, -1.0, 2.5), loss=0.625, parameters={"p": 2.0}, note="(¼ + 2¼)/4"
        ),
        Example(label=1.0, prediction=(0.0, 0.0), loss=0.5, note="a blind guess"),
        Example(label=1.0, prediction=(0.0, 2.0), loss=0.5, parameters={"margin": 3.0}),
    ),
    references=(
        Reference(
            "Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, 1999",
            url="https://www.esann.org/sites/default/files/proceedings/legacy/es1999-461.pdf",
        ),
        DOGAN,
    ),
)
