"""The rules: which loss suits which data, as data. The documentation's table is written from here.

Each rule says when it holds, in words and as a function, which loss it speaks for, how loudly, why (a
sentence with figures), and where that comes from. The loudest rule that holds for a loss gives its place;
where two losses tie, the order of the catalogue decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from losscli.loss import Layout, Reference, Value
from losscli.recommend.evidence import Case
from losscli.text import readable_number

RARE = 0.05
SKEWED_CLASSES = 20.0
ORDERED = 0.25
ORDERED_THREE = 0.5
"""Of three classes two thirds of all orders put some pair side by side: more has to speak for it."""
UNIMODAL = 0.9
LOG_SAFE = 10.0

GAUSS = Reference("Legendre and Gauss: least squares is the likelihood of normal errors; Stigler, Gauss and the "
                  "Invention of Least Squares, 1981", doi="10.1214/aos/1176345451")  # fmt: skip
LAPLACE = Reference("Koenker and Bassett, Regression Quantiles, 1978", doi="10.2307/1913643")
HUBER = Reference("Huber, Robust Estimation of a Location Parameter, 1964", doi="10.1214/aoms/1177703732")
TUNING = Reference("Holland and Welsch, Robust regression using iteratively reweighted least-squares, 1977",
                   doi="10.1080/03610927708827533")  # fmt: skip
BARRON = Reference("Barron, A General and Adaptive Robust Loss Function, 2019", doi="10.1109/CVPR.2019.00446")
LANGE = Reference("Lange, Little and Taylor, Robust Statistical Modeling Using the t Distribution, 1989",
                  doi="10.1080/01621459.1989.10478852")  # fmt: skip
MCCULLAGH = Reference("McCullagh and Nelder, Generalized Linear Models, 1989", doi="10.1007/978-1-4899-3242-6")
GOURIEROUX = Reference("Gourieroux, Monfort and Trognon, Pseudo Maximum Likelihood Methods: Applications to "
                       "Poisson Models, 1984", doi="10.2307/1913472")  # fmt: skip
JORGENSEN = Reference("Jørgensen, Exponential Dispersion Models, 1987",
                      doi="10.1111/j.2517-6161.1987.tb01685.x")  # fmt: skip
DUNN = Reference("Dunn and Smyth, Series evaluation of Tweedie exponential dispersion model densities, 2005",
                 doi="10.1007/s11222-005-4070-y")  # fmt: skip
BONAT = Reference("Bonat et al., Extended Poisson-Tweedie: properties and regression models for count data, 2018",
                  doi="10.1177/1471082X17715718")  # fmt: skip
GNEITING = Reference("Gneiting and Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation, 2007",
                     doi="10.1198/016214506000001437")  # fmt: skip
POINT = Reference("Gneiting, Making and Evaluating Point Forecasts, 2011", doi="10.1198/jasa.2011.r10138")
FOCAL = Reference("Lin et al., Focal Loss for Dense Object Detection, 2017", doi="10.1109/ICCV.2017.324")
BRIER = Reference("Brier, Verification of Forecasts Expressed in Terms of Probability, 1950",
                  doi="10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2")  # fmt: skip
COX = Reference("Cox, The Regression Analysis of Binary Sequences, 1958",
                doi="10.1111/j.2517-6161.1958.tb00292.x")  # fmt: skip
VAPNIK = Reference("Cortes and Vapnik, Support-Vector Networks, 1995", doi="10.1007/BF00994018")
CRAMMER = Reference("Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector "
                    "Machines, 2001", url="https://www.jmlr.org/papers/v2/crammer01a.html")  # fmt: skip
EPSTEIN = Reference("Epstein, A Scoring System for Probability Forecasts of Ranked Categories, 1969",
                    doi="10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2")  # fmt: skip
KULLBACK = Reference("Kullback and Leibler, On Information and Sufficiency, 1951", doi="10.1214/aoms/1177729694")
LIN = Reference("Lin, Divergence measures based on the Shannon entropy, 1991", doi="10.1109/18.61115")
HASTIE = Reference("Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009",
                   doi="10.1007/978-0-387-84858-7")  # fmt: skip
GIOU = Reference("Rezatofighi et al., Generalized Intersection over Union, 2019", doi="10.1109/CVPR.2019.00075")
CIOU = Reference("Zheng et al., Distance-IoU Loss, 2020", doi="10.1609/aaai.v34i07.6999")
SALTON = Reference("Mardia and Jupp, Directional Statistics, 1999", doi="10.1002/9780470316979")
GOODFELLOW = Reference("Goodfellow et al., Generative Adversarial Nets, 2014", doi="10.48550/arXiv.1406.2661")


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


def _f(value: float | None, digits: int = 3) -> str:
    return "unknown" if value is None else readable_number(value, digits)


def _percent(value: float | None) -> str:
    return "unknown" if value is None else f"{readable_number(100.0 * value, 3)} %"


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


def _clean(case: Case) -> str:
    e = case.evidence
    return (
        f"the errors look normal: {_percent(e.outlier_share)} lie beyond 3.5 robust standard deviations, "
        f"the excess kurtosis is {_f(e.kurtosis)} (0 for a normal law)"
    )


def _pointed(case: Case) -> str:
    e = case.evidence
    return (
        f"a Laplace law suits the errors better than a normal one, by {_f(e.law_gain)} nats a sample "
        f"(excess kurtosis {_f(e.kurtosis)}; 3 for Laplace)"
    )


def _heavy(case: Case) -> str:
    e = case.evidence
    shape = "a normal law with outliers" if e.law == "contaminated_normal" else "a heavy-tailed law (Student's t)"
    return (
        f"{shape} suits the errors better than a normal one, by {_f(e.law_gain)} nats a sample: "
        f"{_percent(e.outlier_share)} lie beyond 3.5 robust standard deviations, where a normal law has 0.05 %"
    )


def _ratios(case: Case) -> str:
    e = case.evidence
    return (
        f"the labels are positive and skewed ({_f(e.skewness)}), and errors grow with the prediction (rank "
        f"correlation {_f(e.heteroscedasticity)}): a law of ratios suits them better, by {_f(e.law_gain)} nats a sample"
    )


def _counts(case: Case) -> str:
    return f"the labels are counts, and their variance is {_f(case.evidence.dispersion)} times the mean (1 for Poisson)"


def _over(case: Case) -> str:
    e = case.evidence
    return (
        f"counts with a variance of {_f(e.dispersion)} times the mean (1 for Poisson) and {_percent(e.zero_share)} "
        f"zeros: between Poisson (power 1) and gamma (power 2)"
    )


def _zeros(case: Case) -> str:
    e = case.evidence
    return f"{_percent(e.zero_share)} of the labels are exactly 0 and the others positive: a point mass and a tail"


def _balanced(case: Case) -> str:
    return f"two classes, the rarer of which has {_percent(case.evidence.rarest_share)} of the samples"


def _rare(case: Case) -> str:
    return (
        f"only {_percent(case.evidence.rarest_share)} of the samples are of the rarest class: the many easy ones would "
        "rule the mean"
    )


def _classes(case: Case) -> str:
    e = case.evidence
    return f"{len(case.classes)} classes; the commonest stands {_f(e.imbalance)} times for each time of the rarest"


def _ordered(case: Case) -> str:
    return (
        f"the classes are numbers in order, and wrong probability lies near the label ({_f(case.evidence.order)} on a "
        f"scale from 0, as by chance, to 1, next to it), with one peak in {_percent(case.evidence.unimodal)} of the rows: "
        "far misses should cost more"
    )


def _scores(case: Case) -> str:
    e = case.evidence
    told = f"the logit that suits the labels best is {_f(e.slope)} times the score" if e.slope else "of unknown scale"
    return f"labels are −1 and +1 and predictions are scores, {told}"


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
    return _named_classes(case) and (e.order or 0.0) >= least and (e.unimodal or 0.0) >= UNIMODAL


def _far_from_one(case: Case) -> bool:
    return case.law("log_normal") and (case.labels.low or 0.0) >= LOG_SAFE


def _columns(*names: str) -> Callable[[Case], bool]:
    return lambda case: case.columns == names


def _boxes(case: Case) -> bool:
    return case.columns == ("x1", "y1", "x2", "y2")


def _soft(case: Case) -> bool:
    return case.labels.kind == "distribution"


def _unit(case: Case) -> bool:
    return bool(case.evidence.unit_length)


def _always(text: str) -> Callable[[Case], str]:
    return lambda _: text


NORMAL = "errors look normal"
HEAVY = "outliers or heavy tails"
POINTED = "a Laplace law suits the errors best"
RATIO = "positive labels and a law of ratios (gamma, log-normal)"
COUNT = "counts, variance near the mean"
OVER = "counts, variance above the mean or too many zeros"
SEMI = "labels ≥ 0, exact zeros among them"
TWO = "two classes, neither rare"
FEW = f"two classes, one of them at most {100 * RARE:g} % of the samples"
SIGNS = "labels −1 and +1, scores"
MANY = "classes, none very rare"
UNEVEN = f"classes, the commonest at least {SKEWED_CLASSES:g} times as common as the rarest"
ORDINAL = "classes that are whole numbers in order, wrong probability near the label, one peak a row"
SOFT = "labels are distributions"
BOXES = "boxes"
normal, laplace = _law("normal", "none"), _law("laplace")
heavy = _law("student_t", "contaminated_normal")
ratio, poisson = _law("gamma", "log_normal"), _law("poisson")
over, semi = _law("negative_binomial", "zero_inflated_poisson"), _law("semicontinuous")

RULES: tuple[Rule, ...] = (
    Rule("mse", NORMAL, normal, 90, _clean, GAUSS),
    Rule("rmse", NORMAL, normal, 80, _always("the root of mse, in units of the label: the same minimum"), GAUSS),
    Rule("huber", NORMAL, normal, 60, _always("an insurance: 95 % of the efficiency of mse where errors are normal, "
         "and outliers of later data cannot rule"), HUBER, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("mae", NORMAL, normal, 40, _always("robust, but with normal errors it needs 57 % more samples than mse for "
         "the same precision"), LAPLACE),
    Rule("pseudo_huber", NORMAL, normal, 30, _always("huber without the seam, for optimisers that use second "
         "derivatives"), BARRON, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("mae", POINTED, laplace, 90, _pointed, LAPLACE),
    Rule("huber", POINTED, laplace, 70, _pointed, HUBER, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("pseudo_huber", POINTED, laplace, 60, _pointed, BARRON, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("huber", HEAVY, heavy, 90, _heavy, HUBER, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("pseudo_huber", HEAVY, heavy, 80, _heavy, BARRON, _scaled("delta", 1.345), "delta = 1.345 × scale"),
    Rule("mae", HEAVY, heavy, 75, _heavy, LAPLACE),
    Rule("barron", HEAVY, heavy, 70, _heavy, LANGE, lambda case: {"alpha": 0.0, **_scaled("scale", 1.686)(case)},
         "alpha = 0 (Cauchy), scale = 2.385/√2 × scale"),
    Rule("fair", HEAVY, heavy, 60, _heavy, TUNING, _scaled("c", 1.3998), "c = 1.3998 × scale"),
    Rule("gamma_deviance", RATIO, ratio, 90, _ratios, MCCULLAGH),
    Rule("msle", "log-normal errors, all labels ≥ 10", _far_from_one, 95, _ratios, POINT),
    Rule("msle", RATIO, ratio, 80, _ratios, POINT),
    Rule("rmsle", RATIO, ratio, 70, _always("the root of msle: the same minimum"), POINT),
    Rule("tweedie_deviance", RATIO, ratio, 60, _always("between Poisson and gamma deviance, by how the variance grows"),
         JORGENSEN, _power, "power from the data"),
    Rule("poisson_deviance", COUNT, poisson, 90, _counts, MCCULLAGH),
    Rule("poisson_nll", COUNT, poisson, 85, _always("the same minimum as poisson_deviance; 0 is not its least"),
         MCCULLAGH),
    Rule("tweedie_deviance", COUNT, poisson, 50, _always("if later counts vary more than their mean"), JORGENSEN,
         _power, "power from the data"),
    Rule("tweedie_deviance", OVER, over, 90, _over, BONAT, _power, "power from the data, 1.1 to 1.9"),
    Rule("poisson_deviance", OVER, over, 80, _always("the mean that it finds stays right where counts vary more than "
         "Poisson says; the weights of large counts do not"), GOURIEROUX),
    Rule("poisson_nll", OVER, over, 70, _always("the same minimum as poisson_deviance; 0 is not its least"),
         GOURIEROUX),
    Rule("tweedie_deviance", SEMI, semi, 90, _zeros, DUNN, _power, "power from the data, 1.1 to 1.9"),
    Rule("poisson_deviance", SEMI, semi, 70, _always("the mean that it finds is right for any amounts ≥ 0"),
         GOURIEROUX),
    Rule("mse", "amounts or counts", _law("gamma", "log_normal", "poisson", "negative_binomial",
         "zero_inflated_poisson", "semicontinuous"), 20, _always("finds the mean as well, but weighs large labels too "
         "much, as their errors are larger"), MCCULLAGH),
    Rule("cosine", "vectors of length 1", _unit, 95, _always("all vectors have length 1: only directions differ"),
         SALTON),
    Rule("binary_cross_entropy", TWO, lambda case: _two(case) and not _is_rare(case), 90, _balanced, COX),
    Rule("binary_focal", FEW, lambda case: _two(case) and _is_rare(case), 90, _rare, FOCAL),
    Rule("binary_cross_entropy", FEW, lambda case: _two(case) and _is_rare(case), 80,
         _always("proper: focal loss pulls probabilities towards 1/2, this one leaves them calibrated"), GNEITING),
    Rule("brier", "two classes", _two, 70, _always("proper too, and bounded: a sure mistake costs 1 at most"), BRIER),
    Rule("binary_focal", TWO, lambda case: _two(case) and not _is_rare(case), 50,
         _always("looks away from easy samples; not proper, so calibrate afterwards"), FOCAL),
    Rule("logistic", f"{SIGNS} that are logits", lambda case: case.pair("sign", "logit"), 90, _scores, COX),
    Rule("hinge", f"{SIGNS} that are logits", lambda case: case.pair("sign", "logit"), 80, _scores, VAPNIK),
    Rule("hinge", SIGNS, lambda case: case.pair("sign", "score"), 90, _scores, VAPNIK),
    Rule("logistic", SIGNS, lambda case: case.pair("sign", "score"), 80, _scores, COX),
    Rule("squared_hinge", SIGNS, lambda case: case.pair("sign", "score", "logit"), 70, _scores, VAPNIK),
    Rule("modified_huber", SIGNS, lambda case: case.pair("sign", "score", "logit"), 60,
         _always("smooth like squared_hinge, but a wrong label pulls with bounded force"), HASTIE),
    Rule("cross_entropy", MANY, _named_classes, 85, _classes, GNEITING),
    Rule("focal", UNEVEN, _imbalanced, 90, _rare, FOCAL),
    Rule("ranked_probability", ORDINAL, _in_order, 95, _ordered, EPSTEIN),
    Rule("multiclass_brier", MANY, _named_classes, 70, _always("proper too, and bounded: a sure mistake costs 2 at "
         "most"), BRIER),
    Rule("perplexity", MANY, _named_classes, 60, _always("the exponential of cross_entropy: the same minimum"),
         GNEITING),
    Rule("nll", "log-probabilities", lambda case: _named_classes(case), 95,
         _always("the exponentials of each row sum to 1: these are log-probabilities"), GNEITING),
    Rule("multiclass_hinge", MANY, lambda case: case.pair("classes", "class_logits"), 55,
         _always("asks for a margin between scores, not for probabilities"), CRAMMER),
    Rule("kl_divergence", SOFT, _soft, 90, _always("the labels are distributions: 0 where the prediction is the "
         "same, whatever their entropy"), KULLBACK),
    Rule("cross_entropy", SOFT, _soft, 80, _always("the same gradient as kl_divergence; the labels' entropy comes on "
         "top"), GNEITING),
    Rule("js_divergence", SOFT, _soft, 70, _always("symmetric and bounded: a class predicted as impossible does no "
         "boundless harm"), LIN),
    Rule("zero_one", "predicted class names", lambda case: case.predictions.kind == "classes", 90,
         lambda case: f"predictions are class names, {_percent(case.evidence.accuracy)} of them right: all that can be "
         "counted is how many are wrong", HASTIE),
    Rule("gaussian_nll", "a mean and its variance", _columns("prediction", "variance"), 90,
         _always("a mean and its variance are predicted: both are judged"), GNEITING),
    Rule("gaussian_crps", "a mean and its standard deviation", _columns("prediction", "std"), 90,
         _always("a mean and its standard deviation are predicted; in units of the label, and kind to outliers"),
         GNEITING),
    Rule("interval_score", "the two ends of an interval", _columns("lower", "upper"), 90,
         lambda case: f"intervals are predicted, {_percent(case.evidence.coverage)} of which hold their label; set "
         "alpha to the share that may lie outside", GNEITING),
    Rule("ciou", BOXES, _boxes, 90, lambda case: f"{_percent(case.evidence.apart_share)} of the boxes do not meet; "
         "distance of centres and shape pull where overlap cannot", CIOU),
    Rule("giou", BOXES, _boxes, 80, _always("pulls boxes that do not meet towards each other"), GIOU),
    Rule("diou", BOXES, _boxes, 85, _always("as ciou, without the shape"), CIOU),
    Rule("iou", BOXES, _boxes, 60, _always("what is measured in the end, but without gradient where boxes do not "
         "meet"), GIOU),
    *(
        Rule(name, "two classes, scores", lambda case: case.layout is Layout.OUTPUTS, -90,
             _always("only if these are the scores of a discriminator, and the labels say which samples are real"),
             GOODFELLOW)
        for name in ("gan_discriminator", "gan_generator", "gan_generator_minimax", "hinge_gan_discriminator",
                     "hinge_gan_generator", "lsgan_discriminator", "lsgan_generator", "wgan_critic",
                     "wgan_generator")
    ),
)  # fmt: skip
