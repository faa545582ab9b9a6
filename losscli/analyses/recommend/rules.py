"""The rules: which loss suits which data, as data. The documentation's table is written from here.

Each rule says when it holds, in words and as a function, which loss it speaks for, how loudly, why (a
sentence with figures), and where that comes from. The loudest rule that holds for a loss gives its place;
where two losses tie, the order of the catalogue decides.
"""

# ruff: noqa: E501 - a table: a rule in a line or two is easier to compare with the others.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from losscli.analyses.recommend.evidence import Case
from losscli.analyses.recommend.reasons import (
    balanced,
    class_counts,
    clean,
    counts,
    exact_zeros,
    heavy_tails,
    one_peak,
    ordered,
    over_dispersed,
    percent,
    pointed,
    rare,
    ratios,
    scores,
)
from losscli.analyses.recommend.sources import (
    BARRON,
    BONAT,
    BRIER,
    CIOU,
    COX,
    CRAMMER,
    DUNN,
    EPSTEIN,
    FOCAL,
    GAUSS,
    GIOU,
    GNEITING,
    GOODFELLOW,
    GOURIEROUX,
    HASTIE,
    HUBER,
    JORGENSEN,
    KULLBACK,
    LANGE,
    LAPLACE,
    LIN,
    MARDIA,
    MCCULLAGH,
    POINT,
    TUNING,
    VAPNIK,
)
from losscli.loss import Layout, Reference, Value

RARE = 0.05
SKEWED_CLASSES = 20.0
ORDERED = 0.25
ORDERED_THREE = 0.5
"""Of three classes two thirds of all orders put some pair side by side: more has to speak for it."""
UNIMODAL = 0.9
WITHIN = 1e-3
LOG_SAFE = 10.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        loss: the loss that it speaks for.
        when: when it holds, in words.
        holds: when it holds, of a case.
        weight: how loudly it speaks; below 0 it speaks against.
        reason: why, a sentence with figures of the case.
        source: where it comes from.
        parameters: what the case calls for.
    """

    loss: str
    when: str
    holds: Callable[[Case], bool]
    weight: int
    reason: Callable[[Case], str]
    source: Reference
    parameters: Callable[[Case], Mapping[str, Value]] = lambda _: {}
    sets: str = ""
    """Which parameters it sets, in words."""


def _scaled(name: str, factor: float) -> Callable[[Case], Mapping[str, Value]]:
    """Return a function that sets a parameter to a multiple of the scale, to three digits."""

    def parameters(case: Case) -> Mapping[str, Value]:
        scale = case.evidence.scale
        return {name: float(f"{factor * scale:.3g}")} if scale and scale * factor < 1e300 else {}

    return parameters


def _power(case: Case) -> Mapping[str, Value]:
    return {"power": case.evidence.power or 1.5}


def _law(*names: str) -> Callable[[Case], bool]:
    return lambda case: case.law(*names)


def _two(case: Case) -> bool:
    return case.pair("binary", "probability", "logit", "score")


def _is_rare(case: Case) -> bool:
    # One class alone says nothing about how rare the other is.
    return case.evidence.imbalance is not None and (case.evidence.rarest_share or 1.0) <= RARE


def _named_classes(case: Case) -> bool:
    return case.labels.kind == "classes" and case.predictions.kind in ("class_probabilities", "class_logits")


def _imbalanced(case: Case) -> bool:
    return _named_classes(case) and (case.evidence.imbalance or 1.0) >= SKEWED_CLASSES


def _in_order(case: Case) -> bool:
    least = ORDERED if len(case.classes) > 3 else ORDERED_THREE
    e = case.evidence
    if not _named_classes(case) or (e.order or 0.0) <= 0.0:
        return False
    return one_peak(case) or ((e.order or 0.0) >= least and (e.unimodal or 0.0) >= UNIMODAL)


def _far_from_one(case: Case) -> bool:
    return case.law("log_normal") and (case.labels.low or 0.0) >= LOG_SAFE


def _columns(*names: str) -> Callable[[Case], bool]:
    return lambda case: case.columns == names


def _boxes(case: Case) -> bool:
    return case.columns == ("x1", "y1", "x2", "y2")


def _log_probabilities(case: Case) -> bool:
    error = case.evidence.log_sum_error
    return _named_classes(case) and error is not None and error <= WITHIN


def _soft(case: Case) -> bool:
    return case.labels.kind == "distribution"


def _unit(case: Case) -> bool:
    return bool(case.evidence.unit_length)


def _always(text: str) -> Callable[[Case], str]:
    return lambda _: text


NORMAL = "errors look normal"
HEAVY = "outliers or heavy tails"
POINTED = "a Laplace distribution fits the errors best"
RATIO = "positive labels and a distribution of ratios (gamma, log-normal)"
COUNT = "counts, variance near the mean"
OVER = "counts, variance above the mean or too many zeros"
SEMI = "labels ≥ 0, exact zeros among them"
TWO = "two classes, neither rare"
FEW = f"two classes, one of them at most {100 * RARE:g} % of the samples"
SIGNS = "labels −1 and +1, scores"
MANY = "classes, none very rare"
UNEVEN = f"classes, the commonest at least {SKEWED_CLASSES:g} times as common as the rarest"
ORDINAL = "classes that are integers in order, one peak per row: too many classes for chance, or wrong "
"probability near the label"
SOFT = "labels are distributions"
BOXES = "boxes"
normal, laplace = _law("normal", "none"), _law("laplace")
heavy = _law("student_t", "contaminated_normal")
ratio, poisson = _law("gamma", "log_normal"), _law("poisson")
over, semi = _law("negative_binomial", "zero_inflated_poisson"), _law("semicontinuous")

RULES: tuple[Rule, ...] = (
    Rule("mse", NORMAL, normal, 90, clean, GAUSS),
    Rule("rmse", NORMAL, normal, 80, _always("the root of mse, in units of the label: the same minimum"), GAUSS),
    Rule("huber", NORMAL, normal, 60, _always("a safeguard: 95 % of the efficiency of mse where errors are "
    "normal, and outliers in later data cannot "
    "dominate"), HUBER, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("mae", NORMAL, normal, 40, _always("robust, but with normal errors it needs 57 % more samples than mse for "
         "the same precision"), LAPLACE),
    Rule("pseudo_huber", NORMAL, normal, 30, _always("huber without the seam, for optimisers that use second "
         "derivatives"), BARRON, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("mae", POINTED, laplace, 90, pointed, LAPLACE),
    Rule("huber", POINTED, laplace, 70, pointed, HUBER, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("pseudo_huber", POINTED, laplace, 60, pointed, BARRON, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("huber", HEAVY, heavy, 90, heavy_tails, HUBER, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("pseudo_huber", HEAVY, heavy, 80, heavy_tails, BARRON, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("mae", HEAVY, heavy, 75, heavy_tails, LAPLACE),
    Rule("barron", HEAVY, heavy, 70, heavy_tails, LANGE, lambda case: {"alpha": 0.0, **_scaled("scale", 1.686)(case)},
         "alpha = 0 (Cauchy), scale = 2.385/√2 × scale"),
    Rule("fair", HEAVY, heavy, 60, heavy_tails, TUNING, _scaled("c", 1.3998), "c = 1.3998 × scale"),
    Rule("gamma_deviance", RATIO, ratio, 90, ratios, MCCULLAGH),
    Rule("msle", "log-normal errors, all labels ≥ 10", _far_from_one, 95, ratios, POINT),
    Rule("msle", RATIO, ratio, 80, ratios, POINT),
    Rule("rmsle", RATIO, ratio, 70, _always("the root of msle: the same minimum"), POINT),
    Rule("tweedie_deviance", RATIO, ratio, 60, _always("between Poisson and gamma deviance, by how the variance grows"),
         JORGENSEN, _power, "power from the data"),
    Rule("poisson_deviance", COUNT, poisson, 90, counts, MCCULLAGH),
    Rule("poisson_nll", COUNT, poisson, 85, _always("the same minimum as poisson_deviance; its lowest value "
    "is not 0"),
         MCCULLAGH),
    Rule("tweedie_deviance", COUNT, poisson, 50, _always("if later counts vary more than their mean"), JORGENSEN,
         _power, "power from the data"),
    Rule("tweedie_deviance", OVER, over, 90, over_dispersed, BONAT, _power, "power from the data, 1.1 to 1.9"),
    Rule("poisson_deviance", OVER, over, 80, _always("it still finds the right mean where counts vary more "
    "than Poisson allows, but gives large counts the wrong weight"), GOURIEROUX),
    Rule("poisson_nll", OVER, over, 70, _always("the same minimum as poisson_deviance; its lowest value is "
    "not 0"),
         GOURIEROUX),
    Rule("tweedie_deviance", SEMI, semi, 90, exact_zeros, DUNN, _power, "power from the data, 1.1 to 1.9"),
    Rule("poisson_deviance", SEMI, semi, 70, _always("the mean that it finds is right for any amounts ≥ 0"),
         GOURIEROUX),
    Rule("mse", "amounts or counts", _law("gamma", "log_normal", "poisson", "negative_binomial",
         "zero_inflated_poisson", "semicontinuous"), 20, _always("finds the mean too, but gives large labels "
         "too much weight, as their errors are larger"), MCCULLAGH),
    Rule("cosine", "vectors of length 1", _unit, 95, _always("all vectors have length 1: only directions differ"),
         MARDIA),
    Rule("binary_cross_entropy", TWO, lambda case: _two(case) and not _is_rare(case), 90, balanced, COX),
    Rule("binary_focal", FEW, lambda case: _two(case) and _is_rare(case), 90, rare, FOCAL),
    Rule("binary_cross_entropy", FEW, lambda case: _two(case) and _is_rare(case), 80,
         _always("proper: focal loss pulls probabilities towards 1/2, this one leaves them calibrated"), GNEITING),
    Rule("brier", "two classes", _two, 70, _always("proper too, and bounded: a confident mistake costs 1 at "
    "most"), BRIER),
    Rule("binary_focal", TWO, lambda case: _two(case) and not _is_rare(case), 50,
         _always("plays down easy samples; not proper, so calibrate afterwards"), FOCAL),
    Rule("logistic", f"{SIGNS} that are logits", lambda case: case.pair("sign", "logit"), 90, scores, COX),
    Rule("hinge", f"{SIGNS} that are logits", lambda case: case.pair("sign", "logit"), 80, scores, VAPNIK),
    Rule("hinge", SIGNS, lambda case: case.pair("sign", "score"), 90, scores, VAPNIK),
    Rule("logistic", SIGNS, lambda case: case.pair("sign", "score"), 80, scores, COX),
    Rule("squared_hinge", SIGNS, lambda case: case.pair("sign", "score", "logit"), 70, scores, VAPNIK),
    Rule("modified_huber", SIGNS, lambda case: case.pair("sign", "score", "logit"), 60,
         _always("smooth like squared_hinge, but a wrong label pulls with bounded force"), HASTIE),
    Rule("cross_entropy", MANY, _named_classes, 85, class_counts, GNEITING),
    Rule("focal", UNEVEN, _imbalanced, 90, rare, FOCAL),
    Rule("ranked_probability", ORDINAL, _in_order, 95, ordered, EPSTEIN),
    Rule("multiclass_brier", MANY, _named_classes, 70, _always("proper too, and bounded: a confident mistake "
    "costs 2 at most"), BRIER),
    Rule("perplexity", MANY, _named_classes, 60, _always("the exponential of cross_entropy: the same minimum"),
         GNEITING),
    Rule("nll", "log-probabilities", _log_probabilities, 95,
         _always("the exponentials of each row sum to 1: these are log-probabilities"), GNEITING),
    Rule("multiclass_hinge", MANY, lambda case: case.pair("classes", "class_logits"), 55,
         _always("asks for a margin between scores, not for probabilities"), CRAMMER),
    Rule("kl_divergence", SOFT, _soft, 90, _always("the labels are distributions: the loss is 0 where the "
    "prediction equals the label, whatever its entropy"), KULLBACK),
    Rule("cross_entropy", SOFT, _soft, 80, _always("the same gradient as kl_divergence; the labels' entropy comes on "
         "top"), GNEITING),
    Rule("js_divergence", SOFT, _soft, 70, _always("symmetric and bounded: the cost of predicting a class as "
    "impossible is limited"), LIN),
    Rule("zero_one", "predicted class names", lambda case: case.predictions.kind == "classes", 90,
         lambda case: f"predictions are class names, {percent(case.evidence.accuracy)} of them right: only "
         "the share of wrong ones can be measured", HASTIE),
    Rule("gaussian_nll", "a mean and its variance", _columns("prediction", "variance"), 90,
         _always("a mean and its variance are predicted: both are judged"), GNEITING),
    Rule("gaussian_crps", "a mean and its standard deviation", _columns("prediction", "std"), 90,
         _always("a mean and its standard deviation are predicted; the cost is in units of the label, and "
         "outliers do not dominate it"),
         GNEITING),
    Rule("interval_score", "the two ends of an interval", _columns("lower", "upper"), 90,
         lambda case: f"intervals are predicted, {percent(case.evidence.coverage)} of which contain their label; set "
         "alpha to the share that may be outside", GNEITING),
    Rule("ciou", BOXES, _boxes, 90, lambda case: f"{percent(case.evidence.apart_share)} of the boxes do not overlap; "
         "distance of centres and shape give a gradient even then", CIOU),
    Rule("giou", BOXES, _boxes, 80, _always("pulls boxes that do not overlap towards each other"), GIOU),
    Rule("diou", BOXES, _boxes, 85, _always("like ciou, without the shape"), CIOU),
    Rule("iou", BOXES, _boxes, 60, _always("the measure that is usually reported, but it has no gradient "
    "where boxes do not overlap"), GIOU),
    *(
        Rule(name, "two classes, scores", lambda case: case.layout is Layout.OUTPUTS, -90,
             _always("only if these are the scores of a discriminator, and the labels say which samples are real"),
             GOODFELLOW)
        for name in ("gan_discriminator", "gan_generator", "gan_generator_minimax", "hinge_gan_discriminator",
                     "hinge_gan_generator", "lsgan_discriminator", "lsgan_generator", "wgan_critic",
                     "wgan_generator")
    ),
)  # fmt: skip
