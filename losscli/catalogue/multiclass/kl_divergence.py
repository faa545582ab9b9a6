"""Kullback-Leibler divergence: the cost of taking the prediction for the distribution of the label."""

import numpy as np

from losscli.loss import CLIP, Array, Convention, Example, Reference, Value, called
from losscli.loss.formulas import classwise
from losscli.loss.numeric import artanh_rest, row_sum

SMALL = 1e-300


def value(label: Array, prediction: Array, *, eps: float, normalize: bool, **_: Value) -> Array:
    if label.ndim == 1:
        return classwise.cross_entropy(label, prediction, eps=eps, normalize=normalize)
    p = np.maximum(classwise.probabilities(prediction, from_logits=False, normalize=normalize), eps)
    change = label - p
    near = np.abs(change) < 0.125 * label
    # The quotient overflows for no eps but one next to nothing.
    terms = np.log(label / p) if eps > SMALL else np.log(label) - np.log(p)
    terms *= label
    terms[label == 0.0] = 0.0
    # Near p = y, with s = (y − p)/(y + p), y log(y/p) is (y − p) + (y − p)s + 2y (artanh s − s). The
    # first parts nearly cancel over the classes, but are exact: they are added up by themselves.
    change[~near] = 0.0
    share = change / (label + p)
    rest = artanh_rest(share)
    rest *= label
    rest += np.multiply(change, share, out=share)
    np.copyto(terms, rest, where=near)
    return row_sum(terms) + row_sum(change)


LOSS = classwise.ProbabilityLoss(
    name="kl_divergence",
    value=value,
    gradient=classwise.cross_entropy_gradient,
    clipped=classwise.any_clipped,
    soft_labels=True,
    parameters={"eps": CLIP, **classwise.PROBABILITIES},
    # Rows that miss the sum of 1, if within the tolerance, can make it less than 0.
    non_negative=False,
    summary="the cross-entropy beyond that of a perfect prediction: KL(label‖prediction)",
    formula="Σ yₖ log(yₖ/pₖ),  0 log 0 = 0",
    gradient_formula="−yₖ/pₖ;  with normalize: (Σ y − yₖ/pₖ) / Σ predictions",
    use="labels that are distributions (annotators who differ, a teacher's probabilities): 0 is perfect, "
    "whatever the entropy of the labels",
    avoid="where predictions are 0 and labels are not: clipping decides the figure (see js_divergence)",
    pitfalls=(
        "it is not symmetric: the label comes first; the other way round is a different loss",
        "rows whose sum is not exactly 1, even within the tolerance, can make it negative",
        "with one true class it equals cross_entropy",
    ),
    conventions=(
        Convention("scipy.stats.entropy(label, prediction)", "silently normalises both; never clips", "1"),
        Convention(
            "torch.nn.KLDivLoss(reduction='mean')",
            "torch's default: a mean over classes too; input is log-probabilities",
            "1/K",
            ("torch.nn.KLDivLoss",),
        ),
        Convention("bits, as in information theory", "base 2", "1/log 2"),
    ),
    elsewhere=called("keras.losses.KLDivergence", "literature kld", "literature relative_entropy"),
    examples=(
        Example(
            label=(0.5, 0.5, 0.0), prediction=(0.5, 0.25, 0.25), loss=0.34657359027997264, note="½ log 2"
        ),
        Example(label=(0.25, 0.75), prediction=(0.25, 0.75), loss=0.0),
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.6931471805599453, note="log 2"),
        Example(label=0.0, prediction=(0.0, 1.0), loss=36.04365338911715, note="−log eps = 52 log 2"),
        Example(
            label=(0.5, 0.5),
            prediction=(1.0, 3.0),
            loss=0.14384103622589045,
            parameters={"normalize": True},
            note="½ log 2 + ½ log ⅔",
        ),
    ),
    references=(
        Reference(
            "Kullback and Leibler, On Information and Sufficiency, 1951", doi="10.1214/aoms/1177729694"
        ),
        Reference("Cover and Thomas, Elements of Information Theory, 2006", doi="10.1002/047174882X"),
    ),
    aliases=("kl",),
    remedies={
        "label": classwise.SOFT,
        "prediction": "If rows may be divided by their sum: --loss kl_divergence:normalize=true; "
        "if these are logits, cross_entropy:from_logits=true has the same gradient",
    },
)
