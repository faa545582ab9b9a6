"""Why a loss is recommended: sentences with the figures of a case."""

from __future__ import annotations

from losscli.analyses.recommend.evidence import Case
from losscli.common.text import readable_number

FAR = "beyond 3.5 robust standard deviations"
CHANCE = 0.05


def figure(value: float | None, digits: int = 3) -> str:
    """Return a figure as a sentence shows it."""
    return "unknown" if value is None else readable_number(value, digits)


def percent(value: float | None) -> str:
    """Return a share as a sentence shows it."""
    return "unknown" if value is None else f"{readable_number(100.0 * value, 3)} %"


def clean(case: Case) -> str:
    """The errors look normal."""
    e = case.evidence
    if e.law == "none":
        return "all errors are equal: there is no noise whose distribution could favour another loss"
    return (
        f"the errors look normal: {percent(e.outlier_share)} are {FAR}, "
        f"and the excess kurtosis is {figure(e.kurtosis)} (0 for a normal distribution)"
    )


def pointed(case: Case) -> str:
    """A Laplace distribution fits."""
    e = case.evidence
    return (
        f"a Laplace distribution fits the errors better than a normal one, by {figure(e.law_gain)} nats per "
        f"sample (excess kurtosis {figure(e.kurtosis)}; 3 for Laplace)"
    )


def heavy_tails(case: Case) -> str:
    """A distribution with heavier tails than the normal one fits."""
    e = case.evidence
    outliers = e.law == "contaminated_normal"
    shape = "a normal distribution with outliers" if outliers else "a heavy-tailed distribution (Student's t)"
    return (
        f"{shape} fits the errors better than a normal one, by {figure(e.law_gain)} nats per sample: "
        f"{percent(e.outlier_share)} are {FAR}, against 0.05 % of a normal distribution"
    )


def ratios(case: Case) -> str:
    """A distribution of ratios fits."""
    e = case.evidence
    return (
        f"the labels are positive and skewed ({figure(e.skewness)}), and errors grow with the prediction "
        f"(rank correlation {figure(e.heteroscedasticity)}): a distribution of ratios fits them better than "
        f"a normal one, by {figure(e.law_gain)} nats per sample"
    )


def counts(case: Case) -> str:
    """Counts like Poisson's."""
    dispersion = figure(case.evidence.dispersion)
    return f"the labels are counts, and their variance is {dispersion} times the mean (1 for Poisson)"


def over_dispersed(case: Case) -> str:
    """Counts that vary more than Poisson's."""
    e = case.evidence
    return (
        f"counts with a variance of {figure(e.dispersion)} times the mean (1 for Poisson) and "
        f"{percent(e.zero_share)} zeros: between Poisson (power 1) and gamma (power 2)"
    )


def exact_zeros(case: Case) -> str:
    """Amounts with zeros."""
    zeros = percent(case.evidence.zero_share)
    return f"{zeros} of the labels are exactly 0 and the others are positive: a point mass at 0 and a tail"


def balanced(case: Case) -> str:
    """Two classes, none rare."""
    if case.evidence.imbalance is None:
        return "two classes, all samples in one of them"
    return (
        f"two classes, the rarer of which has {percent(case.evidence.rarest_share)} of the {_counted(case)}"
    )


def rare(case: Case) -> str:
    """A rare class."""
    rarest = percent(case.evidence.rarest_share)
    what = f"only {rarest} of the {_counted(case)} belong to the rarest class"
    return f"{what}: the many easy ones would dominate the mean"


def _counted(case: Case) -> str:
    """Return what has a class each: a sample of several binary outputs has several."""
    return "labels" if case.labels.kind in ("binary", "sign") and len(case.labels.columns) > 1 else "samples"


def class_counts(case: Case) -> str:
    """How many classes, how common."""
    if case.evidence.imbalance is None:
        return f"{len(case.classes)} classes"
    times = figure(case.evidence.imbalance)
    return f"{len(case.classes)} classes; the most common one is {times} times as frequent as the rarest"


def one_peak(case: Case) -> bool:
    """Whether rows have one peak each, which is no chance; of three classes it always may be."""
    chance = case.evidence.peak_chance
    return chance is not None and chance <= CHANCE


def ordered(case: Case) -> str:
    """Classes in an order."""
    e = case.evidence
    near = f"{figure(e.order)} on a scale from 0, as by chance, to 1, in the adjacent class"
    if one_peak(case):
        return (
            "the classes are numbers in order, and rows that are not sure of one have a single peak (without "
            f"an order, the chance of that is {figure(e.peak_chance)}); wrong probability is close to the "
            f"label ({near}): far misses should cost more"
        )
    return (
        f"the classes are numbers in order, and wrong probability is close to the label ({near}), with one "
        f"peak in {percent(e.unimodal)} of the rows: far misses should cost more"
    )


def scores(case: Case) -> str:
    """Signs and scores."""
    slope = case.evidence.slope
    told = f"the best logit is {figure(slope)} times the score" if slope else "of unknown scale"
    return f"labels are -1 and +1 and predictions are scores, {told}"
