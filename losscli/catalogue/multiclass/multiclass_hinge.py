"""Multiclass hinge loss of Crammer and Singer: the margin to the strongest of the wrong classes."""

import numpy as np

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas.classwise import DOGAN, LEAD, ScoreLoss, rivals
from losscli.loss.numeric import true_column


def value(label: Array, prediction: Array, *, margin: float) -> Array:
    lead = true_column(prediction, label) - rivals(label, prediction).max(axis=1)
    return np.maximum(margin - lead, 0.0)


def gradient(label: Array, prediction: Array, *, margin: float) -> Array:
    rows = np.arange(len(label))
    others = rivals(label, prediction)
    rival = others.argmax(axis=1)
    short = (true_column(prediction, label) - true_column(others, rival) < margin).astype(np.float64)
    found = np.zeros(prediction.shape)
    found[rows, rival] = short
    found[rows, label] = 0.0 - short
    return found


LOSS = ScoreLoss(
    name="multiclass_hinge",
    value=value,
    gradient=gradient,
    parameters={"margin": LEAD},
    summary="how far the true class's score falls short of leading all others by the margin",
    formula="max(0, m + maxₖ≠ₜ sₖ − sₜ),  t the true class,  m = margin",
    gradient_formula="where the loss is above 0: −1 for the true class, 1 for the strongest other; else 0",
    kink="at a lead of exactly m, where 0 is returned; among equally strong others the first column gets the "
    "1",
    use="scores of a classifier that is meant to separate classes, such as a multiclass support vector "
    "machine",
    avoid="where scores should become probabilities: beyond the margin all scores cost the same",
    pitfalls=(
        "predictions are raw scores: the lead of one probability over another never exceeds 1",
        "it depends on the scale of the scores: compare costs only where that is the same",
        "what other libraries call multiclass hinge may sum over all classes: see multi_margin",
    ),
    conventions=(
        Convention(
            "keras.losses.CategoricalHinge",
            "the maximum includes a 0 for the true class: never below 1 − sₜ",
            "",
            ("keras.losses.CategoricalHinge",),
        ),
        Convention(
            "torch.nn.MultiMarginLoss", "a different loss: it sums over all classes, see multi_margin"
        ),
    ),
    elsewhere=called("optax.multiclass_hinge_loss"),
    examples=(
        Example(label=0.0, prediction=(2.0, 1.5, -1.0), loss=0.5),
        Example(label=2.0, prediction=(2.0, 1.5, -1.0), loss=4.0),
        Example(label=0.0, prediction=(3.0, 1.5, 2.0), loss=0.0, note="a lead of exactly the margin"),
        Example(label=0.0, prediction=(2.0, 1.5, -1.0), loss=1.5, parameters={"margin": 2.0}),
    ),
    references=(
        Reference(
            "Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector "
            "Machines, 2001",
            url="https://jmlr.org/papers/v2/crammer01a.html",
        ),
        DOGAN,
    ),
)
