"""Rules and domains make a ranking: every loss of the catalogue is recommended, possible, or ruled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from losscli.analyses.recommend.evidence import Case
from losscli.analyses.recommend.report import Question, RuledOut
from losscli.analyses.recommend.rules import RULES, Rule
from losscli.analyses.recommend.survey import Look
from losscli.analyses.suitable import Suitability
from losscli.common.errors import LosscliError
from losscli.common.text import exact_value, is_whole, listed
from losscli.compute.row_losses import accepts
from losscli.inputs.block import COUNTS, Block
from losscli.loss import Layout, Loss, Value, registry
from losscli.loss.spec import BoundLoss, bind

SWITCHES = ("from_logits", "normalize")
"""Parameters that say what predictions are."""


@dataclass(frozen=True)
class Candidate:
    """A loss that accepts the data, and the rules that speak for it, the loudest first."""

    bound: BoundLoss
    rules: tuple[Rule, ...]

    @property
    def weight(self) -> int:
        """How loudly its loudest rule speaks; 0 without one."""
        return self.rules[0].weight if self.rules else 0


def variants(chosen: Suitability, trials: list[Suitability]) -> tuple[BoundLoss, ...]:
    """Return the losses that read the chosen columns, each as it is and with its switches."""
    found: list[BoundLoss] = []
    for trial in trials:
        if not _reads(trial, chosen):
            continue
        for bound in trial.losses:
            found.append(bound)
            found += [
                bind(bound.loss, {switch: True}) for switch in SWITCHES if switch in bound.loss.parameters
            ]
    return tuple(found)


def read_otherwise(chosen: Suitability, trials: list[Suitability]) -> tuple[str, ...]:
    """Return the losses that read other columns, or these in another way, and accept the first rows."""
    return tuple(
        bound.loss.name
        for trial in trials
        if trial.block is not None and not _reads(trial, chosen) and not _no_names(trial.block)
        for bound in trial.losses
        if accepts(bound, trial.block)
    )


def _no_names(block: Block) -> bool:
    """Whether what was read as predicted class names is none: no label, or a number that is no class."""
    if not block.classes or block.prediction.ndim != 1:
        return False
    kept = block if block.left_out is None else block.take(block.left_out == COUNTS)
    labels, predicted = (set(np.unique(values).tolist()) for values in (kept.label, kept.prediction))
    strangers = [exact_value(block.classes[int(place)]) for place in predicted - labels]
    return predicted.isdisjoint(labels) or any(
        value is not None and not is_whole(value) for value in strangers
    )


def _reads(trial: Suitability, chosen: Suitability) -> bool:
    """Whether the losses of a trial read the chosen columns too."""
    layout = chosen.needs.layout
    if layout is Layout.NAMED:
        return trial.needs == chosen.needs
    if layout is Layout.CLASSES:
        hard = chosen.block is not None and chosen.block.prediction.ndim == 1
        return trial.needs.layout is Layout.CLASSES and (trial.needs.class_predictions or not hard)
    one = chosen.block is not None and chosen.block.prediction.ndim == 1
    kinds = {Layout.OUTPUTS, Layout.VECTOR, Layout.TOGETHER} | ({Layout.SCALAR} if one else set())
    return trial.needs.layout in kinds


def rank(
    case: Case, look: Look, tried: tuple[BoundLoss, ...], otherwise: tuple[str, ...]
) -> tuple[list[Candidate], list[RuledOut]]:
    """Return the losses that accept all samples, the best first, and the others with the reason.

    Args:
        case: what rules ask.
        look: which losses refused which rows.
        tried: the losses that read these columns, each as it is and with its switches.
        otherwise: losses that read other columns, and are neither recommended nor ruled out.
    """
    ruled_out, candidates = [], []
    by_name: dict[str, list[BoundLoss]] = {}
    for bound in tried:
        by_name.setdefault(bound.loss.name, []).append(bound)
    for loss in registry.all_losses():
        ways = _in_order_of_sense(case, by_name.get(loss.name, []))
        fitting = [bound for bound in ways if bound.spec not in look.refused and bound.spec in look.counted]
        if fitting:
            candidates.append(_candidate(case, fitting[0]))
        elif ways:
            ruled_out.append(RuledOut(loss.name, _why_refused(look, ways[0])))
        elif loss.name not in otherwise:
            ruled_out.append(RuledOut(loss.name, _why_unread(loss, case)))
    # A stable sort: of losses that no rule tells apart the catalogue's order decides.
    return sorted(candidates, key=lambda candidate: -candidate.weight), ruled_out


def _in_order_of_sense(case: Case, ways: list[BoundLoss]) -> list[BoundLoss]:
    """Return the variants of one loss that make sense of these predictions, the preferred one first."""
    logits = case.predictions.kind in ("logit", "score", "class_logits")
    if logits and any(bound.parameters.get("from_logits") for bound in ways):
        return [bound for bound in ways if bound.parameters.get("from_logits")]
    if case.predictions.kind in ("logit", "score"):
        return ways
    return [bound for bound in ways if not bound.parameters.get("from_logits")]


def _candidate(case: Case, bound: BoundLoss) -> Candidate:
    rules = sorted(
        (rule for rule in RULES if rule.loss == bound.loss.name and rule.holds(case)),
        key=lambda rule: -rule.weight,
    )
    if not rules:
        return Candidate(bound, ())
    given = {name: value for name, value in bound.parameters.items() if name not in bound.left_open}
    changed: dict[str, Value] = {**given, **_known(bound.loss, rules[0].parameters(case))}
    return Candidate(bind(bound.loss, changed), tuple(rules))


def _known(loss: Loss, parameters: Mapping[str, Value]) -> Mapping[str, Value]:
    return {name: value for name, value in parameters.items() if loss.parameters[name].accepts(value)}


def _why_refused(look: Look, bound: BoundLoss) -> str:
    refusal = look.refused.get(bound.spec)
    if refusal is None:
        return f"none of the {look.n} samples counts for it"
    return f"{_told(bound.loss.name, refusal.error)} ({refusal.count} of {look.n} rows are outside)"


def _told(name: str, error: LosscliError) -> str:
    """Return a refusal without the name of the loss, so that losses with the same reason say the same."""
    return f"{error.where}: {error.found}; needed: {error.needed.removeprefix(f'{name} needs ')}"


def _why_unread(loss: Loss, case: Case) -> str:
    columns = f" ({', '.join(loss.columns)})" if loss.columns else ""
    names = listed(case.predictions.columns, 4)
    return f"it reads {bind(loss, {}).layout.value}{columns}; the predictions are {_shape(case)}: {names}"


def _shape(case: Case) -> str:
    if case.layout is Layout.CLASSES:
        return "class names" if case.predictions.kind == "classes" else "a column per class"
    if case.layout is Layout.NAMED:
        return f"named columns ({', '.join(case.columns)})"
    return "one numeric column" if len(case.predictions.columns) == 1 else "several numeric columns"


def questions(case: Case) -> Iterator[Question]:
    """Yield what the data cannot tell."""
    kind = case.labels.kind
    if case.numeric:
        yield Question(
            "Does predicting too low cost more than predicting too high? If a unit too low costs c times as "
            "much as a unit too high, use q = c/(1 + c); the losses above treat both sides equally, or as "
            "their distribution implies.",
            ("quantile:q=0.9", "expectile:q=0.9"),
        )
        yield Question(
            "Which value should be predicted: the mean (as mse and all deviances do), the median (mae), or a "
            "quantile?",
            ("mse", "mae", "quantile:q=0.9"),
        )
        spread = case.evidence.heteroscedasticity
        if case.law("normal", "laplace", "student_t", "contaminated_normal") and abs(spread or 0.0) >= 0.2:
            yield Question(
                "The size of the errors changes with the prediction (rank correlation "
                f"{spread:.2f}): could the model predict its own spread?",
                ("gaussian_nll", "gaussian_crps"),
            )
    if kind == "binary" and case.predictions.kind in ("probability", "logit", "score"):
        logits = "" if case.predictions.kind == "probability" else "from_logits=true,"
        yield Question(
            "Does a missed positive cost more than a false alarm? Then weight positives by that factor.",
            (f"binary_cross_entropy:{logits}pos_weight=2",),
        )
    if kind == "classes":
        yield Question(
            "Do some mistakes cost more than others, or do the classes have an order? Then the distance "
            "between classes should count; put the columns in that order.",
            ("ranked_probability",),
        )
        yield Question(
            "Could some labels be wrong? Then use a loss that does not insist on every label.",
            ("generalized_cross_entropy",),
        )
