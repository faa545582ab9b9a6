"""D18: predictions where labels are expected, and labels where predictions are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.facts import FACTS, Facts
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, tell
from losscli.analyses.suitable import is_read_once
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import readable_number
from losscli.inputs.columns.needs import common_needs
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request

DIGITS, LONG = 6, 0.9
FINE = 1e-3
"""What is left of a number behind so many digits, by the last of them, is not rounding from here on."""
RELATED = 0.3
ONE, FAR, SURE, CORRELATION = 0.05, 0.7, 5.0, 0.5
REMEDY = "Exchange the two files."


def judge(case: Case) -> Judged:
    """Speak where labels are written as predictions are, and predictions as labels."""
    if case.kind is not Kind.NUMBERS:
        return _of_classes(case, case.seen(FACTS))
    return _of_numbers(case)


def _of_classes(case: Case, facts: Facts) -> Iterator[Finding]:
    soft = facts.labels > facts.n and facts.zeros + facts.ones < facts.labels
    if soft and facts.whole == facts.predictions:
        one = Told(
            message="every prediction is 0 or 1, and labels are probabilities: the files look exchanged.",
            remedy=REMEDY,
            statistic=1.0,
            threshold=1.0,
            repair=Repair(swapped=True),
        ).of(case, CHECK.name)
        yield _exchanged(case, one)


def _of_numbers(case: Case) -> Iterator[Finding]:
    seen = case.seen(SAMPLE)
    found = [*tell(case, CHECK.name, seen, _of_digits)] or [*tell(case, CHECK.name, seen, _of_slopes)]
    yield from (one if one.repair is None else _exchanged(case, one) for one in found)


def _exchanged(case: Case, one: Finding) -> Finding:
    """Return a finding with what exchanges the files; a hint where names say which column is which."""
    request, plain = case.request, Repair(swapped=True)
    mended = plain.request(request, case.loss)
    if mended is None or any(map(is_read_once, (request.predictions, request.labels))):
        return replace(one, repair=plain)
    if request.labels is not None:
        with suppress(LosscliError), Reading(mended, common_needs(mended.loss), ahead=False):
            return replace(one, repair=plain)
    named = replace(plain, columns=(case.setting.label_outputs, case.setting.outputs))
    return replace(one, repair=named, level="hint")


def _of_digits(seen: Sample) -> Told | None:
    f = seen.prediction
    if not (f == np.rint(f)).all() or not seen.prediction_variance > 0.0:
        return None
    long = int(seen.counts[_is_long(seen.label)].sum())
    if long < LONG * seen.n:
        return None
    # Predictions vary less than what they predict.
    less = seen.prediction_variance > seen.variance and (seen.correlation or 0.0) > RELATED
    return Told(
        message=f"every prediction is a whole number, and {long} of {seen.n} labels have more than {DIGITS} "
        "digits: the files look exchanged.",
        remedy=REMEDY,
        statistic=long / seen.n,
        threshold=LONG,
        level="likely" if less else "hint",
        repair=Repair(swapped=True),
    )


def _is_long(values: Array) -> Array:
    """Return which numbers are not whole, and have more than `DIGITS` digits."""
    size = np.abs(values)
    scaled = size * 10.0 ** (DIGITS - 1 - np.floor(np.log10(size)))
    return np.asarray((values != np.rint(values)) & (np.abs(scaled - np.rint(scaled)) > FINE))


def _of_slopes(seen: Sample) -> Told | None:
    correlation = seen.correlation
    if correlation is None or not CORRELATION < correlation < 1.0:
        return None
    of_labels, of_predictions = seen.covariance / seen.variance, seen.covariance / seen.prediction_variance
    error = math.sqrt((1.0 - correlation**2) / (seen.n - 2)) * of_predictions / correlation
    gap = (1.0 - of_predictions) / error if error > 0.0 else math.inf
    if abs(of_labels - 1.0) > ONE or of_predictions > FAR or gap < SURE:
        return None
    return Told(
        message=f"predictions rise by {readable_number(of_labels, 3)} with a label that is 1 higher, and "
        "labels "
        f"by {readable_number(of_predictions, 3)} with a prediction that is 1 higher: of a good model it "
        "is the "
        "other way round. The files may be exchanged.",
        remedy="Look which file is which.",
        statistic=gap,
        threshold=SURE,
        level="hint",
        repair=Repair(swapped=True),
    )


def _refused(request: Request, _: LosscliError) -> Iterator[Repair]:
    if request.labels is not None:
        yield Repair(swapped=True)


CHECK = Check(
    name="files_exchanged",
    number=18,
    lie="predictions are where labels are expected, and labels where predictions are",
    levels=("likely", "hint"),
    kinds=(Kind.NUMBERS, Kind.CLASSES, Kind.CLASS_LOGITS),
    fewest=30,
    looks_at="how labels and predictions are written; the slopes of each on the other; where they are "
    "refused, "
    "whether they are not when exchanged" + SAMPLED,
    rule="likely: every prediction is a whole number, not all the same, at least 90 % of the labels have "
    "more "
    "than 6 significant digits, predictions vary more than labels, and their correlation exceeds 0.3 "
    "(without "
    "the last two a hint); or every prediction is 0 or 1 and labels are probabilities of classes; or the "
    "inputs are refused, and when exchanged they are not. hint: cov(y, f)/Var y is within 0.05 of 1, and "
    "cov(y, f)/Var f is below 0.7 and 5 standard errors below 1",
    remedy="Exchange the two files.",
    evidence=(
        "keras-team/autokeras #441, mit-ll-responsible-ai/equine #174, OpenTabular/DeepTab #443",
        "MLOpsPython #392, PythonDataScienceHandbook #107, OpenSTL #173",
    ),
    statistics=(SAMPLE,),
    judge=judge,
    refused=_refused,
    told=lambda error: (f"{error.found}; with the two files exchanged nothing is refused.", REMEDY),
    gains=False,
)
