"""What `recommend` found, as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import ClassVar

from losscli.analyses.recommend import document
from losscli.analyses.recommend.evidence import Side
from losscli.analyses.recommend.report import Advice, Recommendation
from losscli.common.text import exact_number, readable_number
from losscli.outputs.drawing.elements import Column, Data, Element, Entries, Entry, Kind, Section, Words
from losscli.outputs.view import INPUTS, View, named
from losscli.outputs.views.results import few, inputs, paired, percent, plus_minus, readable, signed

MEANING = {
    "sample": "samples behind the figures below, except the counts",
    "outlier_share": "errors beyond 3.5 robust standard deviations; 0.0005 for a normal distribution",
    "skewness": "of the labels; 0 if they are symmetric",
    "zero_share": "labels that are 0",
    "negative_share": "labels below 0",
    "imbalance": "samples of the most common class per one of the rarest",
    "rarest_share": "share of the rarest class",
    "scale": "robust standard deviation of the errors, 1.4826 times the median absolute deviation",
    "bias": "median error, in units of the scale",
    "kurtosis": "excess kurtosis of the errors; 0 for a normal distribution",
    "law": "the distribution under which the errors are most likely",
    "law_gain": "its log-likelihood minus that of the normal distribution, in nats per sample",
    "heteroscedasticity": "rank correlation between the sizes of the errors and the predictions",
    "dispersion": "mean of squared error divided by prediction; 1 for Poisson counts",
    "power": "the power of the mean that the variance grows with, limited to 1.1 to 1.9",
    "row_sum_error": "largest distance between 1 and the sum of the class probabilities of a row",
    "log_sum_error": "distance between 1 and the sum of the exponentials of a row; 0 for log-probabilities",
    "slope": "the factor that turns the predictions into the best logits; 1 for logits",
    "order": "how close wrong probability is to the label: 0 as by chance, 1 next to it",
    "unimodal": "rows whose probabilities have one peak",
    "peak_chance": "how likely one peak per row is if the classes have no order; 1 if rows have several",
    "accuracy": "samples whose most probable class is the label",
    "unit_length": "whether all vectors have length 1",
    "apart_share": "pairs of boxes that do not overlap",
    "coverage": "labels inside their interval",
}
"""What each figure of the evidence is, in a line."""


TELLING = (
    *("law", "outlier_share", "kurtosis", "heteroscedasticity", "imbalance", "rarest_share", "accuracy"),
    *("dispersion", "power", "zero_share", "order", "unimodal", "slope", "coverage", "apart_share"),
    *("unit_length", "skewness", "bias", "scale", "row_sum_error", "log_sum_error"),
)
"""The figures of the evidence from the one on that tells most."""
IN_SHORT = 5


class AdviceView(View):
    """What `recommend` found."""

    of = Advice
    documented: ClassVar[ModuleType] = document
    report: Advice

    def __init__(self, advice: Advice, *, full: bool = False) -> None:
        """Show all that was found, or what fits on a screen."""
        super().__init__(advice)
        self._full = full

    columns = (
        named("verdict", "rank", "loss", "cost", "pull", "flat")
        | {"reason": "reasons", "label_kind": "labels/kind", "prediction_kind": "predictions/kind"}
        | named("n", within="labels")
        | {name: place for name, place in INPUTS.items() if name != "signature"}
        | named("standard_error")
    )

    def page(self) -> Iterator[Element]:
        """Yield what suits the data, and in short why; or all that there is to tell."""
        return self.summary() if self._full else _in_short(self.report)

    def summary(self) -> Iterator[Element]:
        """Yield what suits the data and why, what the data are, and what is ruled out."""
        advice = self.report
        yield inputs(advice)
        n = advice.case.labels.n
        left = f", {advice.left_out} left out" if advice.left_out else ""
        yield Words((f"{n} sample{'' if n == 1 else 's'}", *paired(advice), left), "note", 0)
        yield from _leading(advice)
        for one in advice.recommendations:
            yield from _told(one)
        yield _kinds(advice)
        yield _evidence(advice)
        if advice.others:
            others = ("Other losses that accept the data: ", Data(", ".join(advice.others)))
            yield Words(others, "", 0, apart=True)
        yield from _ruled_out(advice)
        if advice.consider:
            yield Words("What the data cannot tell:", "heading", 0, apart=True)
        for question in advice.consider:
            yield Words((f"- {question.question} ", Data(", ".join(question.losses))))
        yield signed(advice.version, advice.signature)

    def brief(self) -> str:
        """Return the losses that suit best, and of how many samples that is said."""
        specs = [*few(one.loss for one in self.report.recommendations)]
        return ", ".join([*(specs or ["no loss suits"]), f"n {self.report.case.labels.n}"])

    def quiet(self) -> Iterator[str]:
        """Yield the first spec."""
        yield self.report.recommendations[0].loss


def _in_short(advice: Advice) -> Iterator[Element]:
    """Yield on one screen the verdict, the leading losses, and the figures that tell most."""
    left = (f", {advice.left_out} left out",) if advice.left_out else ()
    yield inputs(advice, behind=(*paired(advice), *left))
    first = advice.recommendations[0]
    because = f": {first.reasons[0]}" if first.reasons else ""
    yield Words(("Use ", Data(first.loss), f"{because}."), "strong", 0, apart=True)
    yield Section(
        "Losses that suit the data (each cost in its own units)", tuple(_columns(advice)), strong=(1,)
    )
    yield Words("What the data are", "heading", 0, apart=True)
    yield Entries(tuple(_told_in_short(advice)))
    more = (
        "More: --full for reasons, sources, what is ruled out and what the data cannot tell; --format json."
    )
    yield Words(more, "note", 0, apart=True, tail=("Signature ", Data(advice.signature)))


def _told_in_short(advice: Advice) -> Iterator[Entry]:
    """Yield labels, predictions, and as many of the figures as fit, those first that decide most."""
    case = advice.case
    for name, side in (("labels", case.labels), ("predictions", case.predictions)):
        span = "" if side.low is None else f", from {readable(side.low)} to {readable(side.high)}"
        yield Entry(name, ((f"{side.kind.replace('_', ' ')}{span}; n {side.n}", ""),), "")
    known = case.evidence.known()
    for name in [name for name in TELLING if known.get(name) is not None][: IN_SHORT - 2]:
        value = known[name]
        shown = value if isinstance(value, str) else _figure(value, 3)
        yield Entry(_called(name), ((f"{shown}: {MEANING[name]}", ""),), "")


def _columns(advice: Advice) -> Iterator[Column]:
    found = advice.recommendations
    yield Column("rank", Kind.NUMBER, [str(one.rank) for one in found])
    yield Column("loss", Kind.DATA, [one.loss for one in found])
    yield Column("cost", Kind.NUMBER, [exact_number(one.cost) for one in found])
    if any(one.standard_error is not None for one in found):
        yield Column("std err", Kind.FIGURE, [plus_minus(one.standard_error) for one in found])
    yield Column("top 1 %", Kind.NUMBER, [percent(one.pull) for one in found])
    yield Column("no pull", Kind.NUMBER, [percent(one.flat) for one in found])


def _leading(advice: Advice) -> Iterator[Element]:
    pull = (
        "top 1 %: the share of the largest 1 % of the gradients in the sum of the sizes of all; "
        "no pull: the share of the samples whose gradient is 0."
    )
    notes = (
        ("", "Costs of different losses are in different units: a smaller one is not better."),
        ("", pull),
    )
    yield Section("Losses that suit the data", tuple(_columns(advice)), notes=notes, strong=(1,))


def _told(one: Recommendation) -> Iterator[Element]:
    yield Words((f"{one.rank}. ", Data(one.loss)), "heading", 0, apart=True)
    for reason in one.reasons:
        yield Words(f"- {reason}")
    for sentence in one.training:
        yield Words(f"- {sentence}", "note")
    for source in one.sources:
        yield Words(f"- source: {source}", "note")


def _kinds(advice: Advice) -> Section:
    sides: list[tuple[str, Side]] = [("labels", advice.case.labels), ("predictions", advice.case.predictions)]
    columns = [
        Column("", Kind.WORD, [name for name, _ in sides]),
        Column("kind", Kind.WORD, [side.kind for _, side in sides]),
        Column("from", Kind.NUMBER, [readable(side.low) for _, side in sides]),
        Column("to", Kind.NUMBER, [readable(side.high) for _, side in sides]),
    ]
    return Section("What the data are", tuple(columns))


def _called(name: str) -> str:
    """Return what a page calls a figure of the evidence; documents have its key."""
    return name.replace("law", "distribution", 1).replace("_", " ")


def _evidence(advice: Advice) -> Section:
    known = {name: value for name, value in advice.case.evidence.known().items() if value is not None}
    shown = [value if isinstance(value, str) else _figure(value) for value in known.values()]
    columns = [
        Column("figure", Kind.WORD, [*map(_called, known)]),
        Column("value", Kind.DATA, shown),
        Column("what it is", Kind.WORD, [MEANING[name] for name in known]),
    ]
    return Section("Evidence", tuple(columns))


def _ruled_out(advice: Advice) -> Iterator[Element]:
    """Yield what does not accept the data; losses with the same reason stand together."""
    reasons: dict[str, list[str]] = {}
    for one in advice.ruled_out:
        reasons.setdefault(one.reason, []).append(one.loss)
    if not reasons:
        return
    yield Words("Ruled out:", "heading", 0, apart=True)
    for reason, losses in reasons.items():
        yield Words((f"- {', '.join(losses)}: ", Data(reason)))


def _figure(value: float | bool, digits: int = 6) -> str:
    return str(value).lower() if isinstance(value, bool) else readable_number(value, digits)
