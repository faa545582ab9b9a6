"""From a request to advice: columns tried, all rows looked at, rules asked, the leading costs computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.recommend.evidence import Case
from losscli.analyses.recommend.kinds import choose
from losscli.analyses.recommend.measured import case_of
from losscli.analyses.recommend.rank import Candidate, questions, rank, read_otherwise, variants
from losscli.analyses.recommend.report import Advice, Recommendation
from losscli.analyses.recommend.survey import Look, Surveying
from losscli.analyses.recommend.training import pulls, training
from losscli.analyses.report import head_fields
from losscli.analyses.suitable import is_read_once, try_kinds
from losscli.common.errors import LosscliError
from losscli.compute.engines import Engine, local
from losscli.compute.plan import plan_of
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request

TOP = 5


def recommend(
    request: Request, *, top: int = TOP, engine: Engine = local, observe: Observer | None = None
) -> Advice:
    """Say which losses suit the data.

    The first rows are read for each kind of columns, then all rows twice: for the evidence, and for the
    costs of the leading losses.

    Args:
        request: the inputs and how to treat them; its losses, gates and reduction play no role.
        top: how many losses lead, 1 at least.
        engine: who folds the blocks.
        observe: is told how far each of the two passes is.

    Raises:
        LosscliError: for inputs that cannot be read or paired, that can be read only once, and where no
            built-in loss accepts the data.
    """
    _refuse_pipes(request)
    request = replace(request, loss=(), reduction="mean", top=0)
    tried = try_kinds(request)
    chosen = choose(tried)
    losses = variants(chosen, tried)
    with Reading(request, chosen.needs) as reading:
        plan, roles = plan_of(reading), reading.roles
        seen = engine.run(Surveying(plan, losses), reading.blocks(observe))
        provenance = reading.provenance()
    if not seen.n:
        raise LosscliError(plan.predictions, _nothing(seen), "at least one sample")
    case = case_of(
        seen,
        chosen.needs.layout,
        chosen.needs.columns,
        roles.outputs,
        roles.label_outputs,
        provenance.classes,
    )
    otherwise = read_otherwise(chosen, tried)
    candidates, ruled_out = rank(case, seen, losses, otherwise)
    if not candidates:
        raise LosscliError(plan.predictions, "no built-in loss accepts all of the data", ruled_out[0].reason)
    # Where no rule speaks for a loss, those that accept the data are all there is to say.
    favoured = [one for one in candidates if one.weight > 0] or candidates
    leading = favoured[:top]
    others = [one.bound.spec for one in candidates if one not in leading]
    report = evaluate(
        replace(request, loss=tuple(one.bound for one in leading)), engine=engine, observe=observe
    )
    return Advice(
        **head_fields(report, notes=(*provenance.notes, *_notes(case, seen))),
        left_out=seen.left_out,
        weighted=request.weight is not None,
        case=case,
        recommendations=tuple(_recommendations(case, seen, leading, report)),
        others=(*others, *otherwise),
        ruled_out=tuple(ruled_out),
        consider=tuple(questions(case)),
    )


def _refuse_pipes(request: Request) -> None:
    for role, data in (("predictions", request.predictions), ("labels", request.labels)):
        if is_read_once(data):
            raise LosscliError(
                "standard input" if data == "-" else str(data),
                f"the {role} can be read only once",
                "a file: all rows are read more than once",
                "Write them to a file first.",
            )


def _nothing(seen: Look) -> str:
    return f"no row is left: {seen.left_out} dropped or ignored" if seen.left_out else "no data rows"


def _recommendations(
    case: Case, seen: Look, leading: list[Candidate], report: Report
) -> Iterator[Recommendation]:
    assert seen.kept is not None
    kept = seen.kept.in_order()
    for place, (candidate, result) in enumerate(zip(leading, report.results, strict=True), 1):
        pull, flat = pulls(candidate.bound, kept)
        reasons = [rule.reason(case) for rule in candidate.rules]
        yield Recommendation(
            loss=candidate.bound.spec,
            rank=place,
            cost=result.cost,
            standard_error=result.standard_error,
            reasons=tuple(dict.fromkeys(reasons or ["it accepts the data; no rule favours it"])),
            training=tuple(training(candidate.bound)),
            sources=tuple(dict.fromkeys(str(rule.source) for rule in candidate.rules)),
            pull=pull,
            flat=flat,
        )


def _notes(case: Case, seen: Look) -> Iterator[str]:
    """Yield what a reader has to know to trust the evidence, and readings that were close."""
    labels, predictions = case.labels.kind, case.predictions.kind
    if case.evidence.sample < seen.n:
        sample = case.evidence.sample
        yield f"figures other than counts are based on {sample} of {seen.n} samples, drawn by row number"
    if seen.n < 100:
        what = "the distribution of the errors" if case.numeric else "which loss suits"
        yield f"so few samples ({seen.n}) tell little about {what}"
    if labels == "sign" and predictions == "probability":
        yield "predictions look like probabilities, whose losses need labels 0 and 1: --map-labels -1=0,1=1"
    if labels == "binary" and predictions == "score":
        yield "for margin losses such as hinge, map the labels: --map-labels 0=-1,1=1"
    outside = seen.prediction.n - seen.prediction.shares
    if predictions in ("logit", "score") and outside * 10 < seen.n:
        yield f"{outside} of {seen.n} predictions are outside [0, 1]: wrong if they are probabilities"
    of_one = labels == "binary" and seen.label.zeros * seen.label.ones == 0
    if of_one or (labels == "classes" and len(seen.classes) == 1):
        yield "all labels are of one class: how rare the others are is unknown"
    if predictions == "classes" and labels == "classes" and all(map(_is_number, case.classes)):
        yield "a few distinct integers are read as class names; if they are amounts: mse or mae"


def _is_number(name: str) -> bool:
    return name.lstrip("+-").replace(".", "", 1).isdigit()
