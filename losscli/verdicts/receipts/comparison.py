"""Receipts of comparisons: written, read, and replayed.

What was found stands in them as `compare` documents it, but for samples. Nothing of that is read for its
meaning: a replay computes the same document, and compares the two value by value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from losscli.analyses.compare import document
from losscli.analyses.compare.refused import margin_of, refused
from losscli.analyses.compare.report import CompareReport
from losscli.analyses.compare.request import Asked
from losscli.analyses.evaluate.document import READ_INPUT
from losscli.analyses.signature import parts
from losscli.common import codec
from losscli.common.addresses import shown
from losscli.common.codec import COUNT, FLAG, TEXTS, optional, renamed
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.json import Document, Json, Object, laid_out
from losscli.common.options import CHOICES
from losscli.common.text import encodable
from losscli.inputs.provenance import Input
from losscli.inputs.reading import Observer
from losscli.inputs.request import Request
from losscli.verdicts.compared import Standard, compare
from losscli.verdicts.gates.judge import check_against
from losscli.verdicts.gates.of_models import parse_gates
from losscli.verdicts.receipts.outcome import Difference, Figure, FoundFile, Replayed, same_bits
from losscli.verdicts.receipts.receipt import (
    CALL,
    EXCLUDE,
    GATES,
    KIND,
    SCHEMA,
    Recorded,
    asked,
    head,
    origins,
)
from losscli.verdicts.receipts.rerun import Losses, Sought, found_files, reasons_of
from losscli.verdicts.sound.confidence import Confidence, refusals, wrong_confidence

COMMAND = "compare"
_NOT_SHOWN = ("parameters", "moved")
"""A receipt may be shown to more people than the data; parameters stand in the spec."""
_WHOLE = frozenset(
    (
        *(
            "schema",
            "document",
            "losscli",
            "signature",
            "call",
            "inputs",
            "unmatched",
            "rows_left_out",
            "code",
            "versions",
        ),
        *("results", "gates", "verdict"),
    )
)


def _read_seed(part: Document, key: str) -> int:
    value = part.value(key)
    if not isinstance(value, int) or isinstance(value, bool):
        part.refuse(key, "a whole number")
    return value


_OPTIONS = {name: field for name, field in CALL.items() if name != "prediction"}
_ASKED: codec.Record = {
    "all_pairs": codec.Field(
        lambda _, every: {"pairs": "all"} if every else {},
        lambda part, _: "pairs" in part.data and part.one_of("pairs", CHOICES["pairs"]) == "all",
    ),
    "adjust": codec.one_of(CHOICES["adjust"]),
    "margin": optional(
        codec.Field(lambda key, margin: {key: str(margin)}, lambda part, key: margin_of(part.text(key)))
    ),
    "lag": optional(COUNT),
    "planned_rows": renamed("planned-rows", optional(COUNT)),
    "guarantee": optional(FLAG, default=False),
    "check": optional(codec.one_of(CHOICES["check"])),
    "seed": optional(codec.Field(lambda key, seed: {key: int(seed)}, _read_seed), 0),
}
_CONFIDENCE = optional(codec.NUMBER)
_PREDICTION = optional(TEXTS, ())


@dataclass(frozen=True, slots=True)
class RecordedModel:
    """A model of a receipt: its name, its file, and the columns of its predictions, if they were named."""

    name: str
    predictions: Input
    prediction: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedReceipt(Recorded):
    """A receipt of a comparison.

    Attributes:
        models: the baseline first.
        labels: None where they are in the files of the predictions.
        excluded: the file of ids whose samples were left out; None where there is none.
        options: what the request of each model is made of besides, by its fields.
        asked: what the comparison is made of besides, by the fields of `Asked`.
        gates: texts, each of which begins with a model.
        confidence: how sure gates had to be.
        found: what was found, as it stands in the receipt; of no kind that is known.
    """

    models: tuple[RecordedModel, ...]
    labels: Input | None
    excluded: Input | None
    options: Mapping[str, Any]
    asked: Mapping[str, Any]
    gates: tuple[str, ...]
    confidence: float | None
    found: Mapping[str, Any]

    @property
    def inputs(self) -> Iterator[tuple[str, Input]]:
        """The files, each once, with their roles."""
        yield from {one.predictions.path: ("predictions", one.predictions) for one in self.models}.values()
        if self.labels is not None:
            yield "labels", self.labels
        if self.excluded is not None:
            yield EXCLUDE, self.excluded


def receipt(what: Asked, report: CompareReport, confidence: Confidence | None) -> str:
    """Return the receipt of a comparison, as the text of a file.

    Args:
        what: what was asked for, `fingerprints` among it; the inputs were paths.
        report: what was found.
        confidence: how sure the gates had to be.
    """
    labels = what.first.labels
    models: list[Json] = [
        {
            "name": encodable(name),
            "predictions": encodable(shown(str(one.predictions))),
            **_PREDICTION.write("prediction", one.prediction),
        }
        for name, one in zip(what.names, what.requests, strict=True)
    ]
    call: Object = {"command": COMMAND, "models": models}
    if labels is not None:
        call["labels"] = encodable(shown(str(labels)))
    call |= asked(what.first, _OPTIONS) | codec.written(what, _ASKED)
    call |= _CONFIDENCE.write("confidence", None if confidence is None else confidence.level)
    call |= GATES.write("gate", tuple(gate.gate for gate in report.gates))
    inputs: Object = {"predictions": [codec.written(one.predictions, READ_INPUT) for one in report.models]}
    if labels is not None:
        inputs["labels"] = codec.written(report.labels, READ_INPUT)
    if report.excluded is not None:
        inputs[EXCLUDE] = codec.written(report.excluded, READ_INPUT)
    found: Object = {
        "schema": SCHEMA,
        "document": KIND,
        "losscli": report.version,
        "signature": encodable(report.signature),
        "call": call,
        "inputs": inputs,
        **origins(what.first),
        **_found(report),
    }
    return laid_out(found) + "\n"


def _found(report: CompareReport) -> Object:
    """Return what was found, without what a receipt does not show."""
    whole = document.document(report)
    return {
        **{key: whole[key] for key in ("unmatched", "rows_left_out") if key in whole},
        "results": [_shown(document.result_object(result)) for result in report.results],
        **{key: whole[key] for key in ("gates", "verdict") if key in whole},
    }


def _shown(found: Json) -> Json:
    if isinstance(found, dict):
        return {key: _shown(value) for key, value in found.items() if key not in _NOT_SHOWN}
    return [_shown(one) for one in found] if isinstance(found, list) else found


def is_one(whole: Document) -> bool:
    """Tell whether a receipt is one of a comparison."""
    call = whole.data.get("call")
    return isinstance(call, Mapping) and "command" in call


def read(whole: Document) -> ComparedReceipt:
    """Return the receipt of a comparison. Raises LosscliError where it is none, with the place in it."""
    for key in whole.data:
        if key not in _WHOLE:
            whole.refuse(key, "a key that this version knows")
    call = whole.object("call")
    call.one_of("command", (COMMAND,))
    models, labels, excluded = _read_models(call, whole.object("inputs"))
    options = codec.read(call, _OPTIONS)
    if options["level"] is None:
        call.refuse("level", "a number between 0 and 1")
    if labels is None:
        options |= {name: None for name in options if name.startswith("label_") and name != "label_id"}
    losses = call.texts("loss")
    results = whole.value("results")
    if not losses or not isinstance(results, list) or [*map(_loss_of, results)] != [*losses]:
        whole.refuse("results", "a result for each loss of the call")
    found = ComparedReceipt(
        models=models,
        labels=labels,
        excluded=excluded,
        losses=losses,
        options=options,
        asked=codec.read(call, _ASKED),
        gates=GATES.read(call, "gate"),
        confidence=_CONFIDENCE.read(call, "confidence"),
        found={
            key: whole.value(key) for key in ("unmatched", "rows_left_out", "results", "gates", "verdict")
        },
        **head(whole),
    )
    for part in (call, whole.object("inputs"), whole.object("versions"), *whole.objects("code")):
        # Whoever made it up may have written anything that is not read.
        part.refuse_unread()
    return found


def _loss_of(result: Any) -> Any:
    return result.get("loss") if isinstance(result, Mapping) else None


def _read_models(
    call: Document, inputs: Document
) -> tuple[tuple[RecordedModel, ...], Input | None, Input | None]:
    files = [Input(**codec.read(part, READ_INPUT)) for part in inputs.objects("predictions")]
    parts_ = [*call.objects("models")]
    if len(parts_) < 2 or len(parts_) != len(files):
        call.refuse("models", "two models or more, and a file for each among the inputs")
    models = []
    known: dict[str, Input] = {}
    for part, file in zip(parts_, files, strict=True):
        if part.text("predictions") != file.path or known.setdefault(file.path, file) != file:
            part.refuse("predictions", "the path listed among the inputs")
        models.append(RecordedModel(part.text("name"), file, _PREDICTION.read(part, "prediction")))
    call.refuse_twice("model", [one.name for one in models])
    beside = []
    for role in ("labels", EXCLUDE):
        found = Input(**codec.read(inputs.object(role), READ_INPUT)) if role in inputs.data else None
        if call.value(role) != (None if found is None else found.path):
            call.refuse(role, "the path listed among the inputs")
        beside.append(found)
    return tuple(models), beside[0], beside[1]


def replay(whole: Document, sought: Sought, observe: Observer | None = None) -> Replayed:
    """Prove or refute the figures of a comparison; see `losscli.verdicts.receipts.replay.replay`."""
    recorded = read(whole)
    inputs = [*recorded.inputs]
    _refuse_given(inputs, sought)
    files = found_files(recorded, inputs, sought)
    outcome = Replayed(
        receipt=recorded.path,
        signature=str(recorded.signature),
        files=files,
        costs=tuple(_costs(recorded.found["results"])),
    )
    if outcome.changed:
        return outcome
    what, standard = _asked(recorded, files)
    report = compare(what, standard, observe=observe)
    _refuse_races(recorded, report)
    figures = [*_figures(recorded, report)]
    found = tuple(one for one in figures if not same_bits(one.recorded, one.replayed))
    reasons = tuple(reasons_of(recorded, found)) if found else ()
    return replace(outcome, compared=len(figures), differences=found, reasons=reasons)


def _refuse_given(inputs: list[tuple[str, Input]], sought: Sought) -> None:
    """Raise where somebody says of one file where it is, of which there are none or several."""
    for role in sought.given:
        count = sum(role == one for one, _ in inputs)
        if count != 1:
            found = f"the receipt has {count or 'no'} files of {role}"
            raise UsageError(f"--{role}", found, "one", "Name the folder that they are in: --search FOLDER")


def _costs(results: list[Any]) -> Iterator[tuple[str, float]]:
    """Yield the recorded costs: of each loss that of each model."""
    for result in results:
        models = result.get("models")
        for model in models if isinstance(models, list) else ():
            if isinstance(model, Mapping) and isinstance(model.get("cost"), float):
                yield f"{result['loss']}, {model.get('name')}", model["cost"]


def _asked(recorded: ComparedReceipt, files: tuple[FoundFile, ...]) -> tuple[Asked, Standard]:
    """Return what the call of a receipt asks for. Raises what is wrong with it."""
    places = {(file.role, file.path): file.found_at for file in files}
    losses = Losses(recorded, {file.path: file.found_at for file in files if file.role == "code"})
    bound = tuple(map(losses.bind, recorded.losses))
    excluded = None if recorded.excluded is None else places[EXCLUDE, recorded.excluded.path]
    edits = replace(recorded.options["edits"], exclude_ids=excluded)
    requests = tuple(
        Request(
            predictions=places["predictions", one.predictions.path],
            labels=None if recorded.labels is None else places["labels", recorded.labels.path],
            loss=bound,
            prediction=one.prediction,
            top=0,
            fingerprints=True,
            **{**recorded.options, "edits": edits},
        )
        for one in recorded.models
    )
    names = tuple(one.name for one in recorded.models)
    what = Asked(requests, names, level=recorded.options["level"], **recorded.asked)
    where = f"receipt {recorded.path}"
    gates, wrong = parse_gates(recorded.gates, names, losses.find, where)
    losses.refuse_unused()
    if not wrong and tuple(map(str, gates)) != recorded.gates:
        raise losses.refused("its gates are not in their canonical form", "gates that begin with a model")
    confidence = None
    if recorded.confidence is not None:
        raise_together(wrong_confidence(recorded.confidence))
        confidence = Confidence(recorded.confidence, what.planned_rows, what.guarantee)
    standard = Standard(tuple(gates), confidence)
    raise_together([*wrong, *_wrong(what, standard, where)])
    return what, standard


def _wrong(what: Asked, standard: Standard, where: str) -> Iterator[LosscliError]:
    """Yield what is wrong with a call that somebody made up."""
    first, gates = what.first, [one.gate for one in standard.gates]
    yield from refused(
        lag=what.lag,
        cluster=first.cluster,
        weight=first.weight,
        anytime=what.planned_rows is not None,
        planned_rows=what.planned_rows,
        guarantee=what.guarantee,
        level=what.level,
        losses=first.loss,
        check=what.check,
        seed=what.seed or None,
    )
    if what.planned_rows == 0 or first.reduction != "mean":
        yield LosscliError(where, "its call is none of losscli compare", "one that can be run")
    if not gates:
        if standard.confidence is not None:
            yield LosscliError(where, "it has a confidence and no gate", "a gate")
        return
    yield from check_against(gates, [one.spec for one in first.loss], grouped=bool(first.group))
    if standard.confidence is None:
        return
    if what.lag is not None:
        yield LosscliError(where, "it has a confidence and a lag", "one of them")
    yield from refusals(
        gates,
        first.loss,
        standard.confidence,
        where,
        paired=True,
        weighted=first.weight is not None,
        importance=what.has_importance,
        clustered=first.cluster is not None,
        summed=False,
    )


def _refuse_races(recorded: ComparedReceipt, report: CompareReport) -> None:
    """Raise where a file was changed between the proof that it is the same and the run."""
    pairs = [
        (then.predictions, now.predictions) for then, now in zip(recorded.models, report.models, strict=True)
    ]
    if recorded.labels is not None:
        pairs.append((recorded.labels, report.labels))
    if recorded.excluded is not None and report.excluded is not None:
        pairs.append((recorded.excluded, report.excluded))
    for then, now in pairs:
        if then.fingerprint != now.fingerprint:
            found = "the file changed during the replay"
            raise LosscliError(now.path, found, "a file that does not change")


def _figures(recorded: ComparedReceipt, report: CompareReport) -> Iterator[Difference]:
    """Yield all that is compared, whether it differs or not."""
    now: dict[str, Any] = json.loads(laid_out(_found(report)))
    for then, one in zip(recorded.found["results"], now.pop("results"), strict=True):
        yield from _part(then, one, one["loss"], None)
    for key in ("unmatched", "rows_left_out", "gates", "verdict"):
        for place, old, new in _leaves(key, recorded.found[key], now.get(key)):
            yield Difference("", None, place, old, new)
    for model, entrant in zip(recorded.models, report.models, strict=True):
        what = f"rows of the predictions of {model.name}"
        yield Difference("", None, what, model.predictions.rows, int(entrant.predictions.rows))
    if recorded.labels is not None:
        yield Difference("", None, "rows of the labels", recorded.labels.rows, int(report.labels.rows))
    # Another version may come to the same figures; that it is another one is told elsewhere.
    signature = str(replace(parts(report.signature), version=recorded.version))
    yield Difference("", None, "signature", str(recorded.signature), signature)


def _part(
    then: Mapping[str, Any], now: Mapping[str, Any], loss: str, group: str | None
) -> Iterator[Difference]:
    """Yield what is compared of a result, over all samples or over one group, and of its groups."""
    ours, theirs = ({key: value for key, value in one.items() if key != "groups"} for one in (then, now))
    for place, old, new in _leaves("", ours, theirs):
        yield Difference(loss, group, place, old, new)
    before, after = then.get("groups"), now.get("groups")
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        for place, old, new in _leaves("groups", before, after):
            yield Difference(loss, group, place, old, new)
        return
    for old_part, new_part in zip(before, after, strict=True):
        if isinstance(old_part, Mapping):
            yield from _part(old_part, new_part, loss, new_part["group"])
        else:
            yield Difference(loss, new_part["group"], "group", "no result", "there")


def _leaves(place: str, then: Any, now: Any) -> Iterator[tuple[str, Figure, Figure]]:
    """Yield each value of two documents with its place, as far as both have the same form."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*then, *now)):
            within = f"{place} {key}".lstrip()
            if key in then and key in now:
                yield from _leaves(within, then[key], now[key])
            else:
                yield within, *(("there", "missing") if key in then else ("missing", "there"))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (old, new) in enumerate(zip(then, now, strict=True), 1):
            yield from _leaves(f"{place} {_called(new, number)}", old, new)
    elif isinstance(then, (Mapping, list)) or isinstance(now, (Mapping, list)):
        yield place, f"recorded: {_form(then)}", f"replayed: {_form(now)}"
    else:
        yield place, _leaf(then), _leaf(now)


def _called(one: Any, number: int) -> str:
    """Return what a value in a list is called."""
    if isinstance(one, Mapping):
        if "candidate" in one:
            return f"of {one['candidate']} \N{MINUS SIGN} {one['baseline']}"
        for key in ("name", "gate"):
            if key in one:
                return f"of {one[key]}"
    return str(number)


def _form(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, Mapping) else "a value"


def _leaf(value: Any) -> Figure:
    found: Figure = json.dumps(value) if isinstance(value, bool) else value
    return found
