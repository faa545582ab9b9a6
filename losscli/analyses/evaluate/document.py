"""A report as the document that `--format json` promises, and a result read back from one.

What stands in a document is declared here once, as fields: keys in order, strict JSON values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from losscli.analyses.evaluate.figures import COUNTS
from losscli.analyses.evaluate.report import VERDICTS, Checked, Report, Result, Sound, worst_verdict
from losscli.analyses.report import Head, Sample
from losscli.analyses.sure import Sure
from losscli.common import codec
from losscli.common.codec import renamed
from losscli.common.errors import LosscliError, kind, message, single
from losscli.common.json import Document, Json, Object, encode, finite, laid_out, number_object
from losscli.common.text import encodable, exact_number
from losscli.common.version import __version__
from losscli.compute.plan import QUANTILES
from losscli.inputs.edits import OF_ROWS
from losscli.inputs.provenance import Fingerprint, Input
from losscli.loss import Value

if TYPE_CHECKING:
    from losscli.analyses.slices.found import Slice

__all__ = ["Json", "Object", "document", "encode", "laid_out", "number_object"]

SCHEMA = 1


def quantiles_object(quantiles: Mapping[float, float]) -> Object:
    """Return quantiles under that key, and beside them the texts of those that JSON does not know."""
    found: Object = {"quantiles": {str(q): finite(value) for q, value in quantiles.items()}}
    odd: Object = {str(q): exact_number(v) for q, v in quantiles.items() if not math.isfinite(v)}
    return found | {"quantiles_text": odd} if odd else found


def _quantiles(part: Document, key: str) -> dict[float, float]:
    found, texts = part.object(key), part.object(f"{key}_text", optional=True)
    return {q: found.number(str(q), texts) for q in QUANTILES}


def parameters_object(parameters: Mapping[str, Value]) -> Object:
    """Return the parameters of a loss, each under its name."""
    found: Object = {}
    for name, value in parameters.items():
        found |= {name: value} if isinstance(value, bool | str) else number_object(name, value)
    return found


def read_parameters(part: Document) -> dict[str, Value]:
    """Return what `parameters_object` wrote."""
    found: dict[str, Value] = {}
    for name, value in part.data.items():
        if name.endswith("_text") and part.data.get(name.removesuffix("_text"), "") is None:
            continue
        word = isinstance(value, bool) or (isinstance(value, str) and value.isidentifier())
        found[name] = part.value(name) if word else part.number_or_none(name)
    return found


def write_columns(columns: Mapping[str, str | tuple[str, ...]]) -> Object:
    """Return the names of columns by their roles: one, or of several a list."""
    return {
        role: encodable(names) if isinstance(names, str) else [*map(encodable, names)]
        for role, names in columns.items()
    }


def read_columns(part: Document, key: str) -> dict[str, str | tuple[str, ...]]:
    """Return what `write_columns` wrote under a key."""
    found = part.object(key)
    return {
        role: found.texts(role) if isinstance(names, list) else found.text(role)
        for role, names in found.data.items()
    }


def _read_sha256(part: Document, key: str) -> str:
    text = part.text(key)
    return text if re.fullmatch("[0-9a-f]{64}", text) else part.refuse(key, "64 hexadecimal digits")


SHA256 = renamed("sha256", codec.Field(codec.TEXT.write, _read_sha256))
_FINGERPRINT: codec.Record = {"size": renamed("bytes", codec.COUNT), "sha256": SHA256}
READ_INPUT: codec.Record = {
    "path": codec.TEXT,
    "fingerprint": codec.Field(
        lambda _, fingerprint: codec.written(fingerprint, _FINGERPRINT),
        lambda part, _: Fingerprint(**codec.read(part, _FINGERPRINT)),
    ),
    "rows": codec.COUNT,
}
"""An input with the bytes that it had."""


def _write_shards(key: str, shards: Sequence[Input]) -> Object:
    found: list[Json] = []
    for shard in shards:
        digest = shard.fingerprint
        found.append(
            codec.written(shard, _SHARD) | ({} if digest is None else SHA256.write("", digest.sha256))
        )
    return {key: found}


_SHARD: codec.Record = {"path": codec.TEXT, "rows": codec.COUNT}
_SHARDS = codec.Field(
    _write_shards, lambda part, key: tuple(Input(**codec.read(one, _SHARD)) for one in part.objects(key))
)
INPUT: codec.Record = {**_SHARD, "shards": codec.optional(_SHARDS, ())}


def _read_counts(part: Document, key: str) -> dict[str, int]:
    found = part.object(key)
    return {role: found.count(role) for role in ("predictions", "labels")}


def _read_left_out(part: Document, key: str) -> dict[str, dict[str, int]]:
    found = part.object(key)
    return {option: _read_counts(found, option) for option in OF_ROWS if option in found.data}


UNMATCHED: codec.Record = {
    "unmatched": codec.optional(codec.Field(lambda key, counts: {key: dict(counts)}, _read_counts)),
    "rows_left_out": codec.optional(
        codec.Field(
            lambda key, counts: {key: {option: dict(of_roles) for option, of_roles in counts.items()}},
            _read_left_out,
        ),
        {},
    ),
}
"""Only where rows were left out: those whose id one input alone has, and those that the caller names."""
EXCLUDED: codec.Record = {"excluded": codec.optional(codec.nested(Input, READ_INPUT))}
"""The file of ids whose samples were left out."""

HEAD: codec.Record = {
    "version": renamed("losscli", codec.TEXT),
    "signature": codec.TEXT,
    "predictions": codec.nested(Input, INPUT),
    "labels": codec.nested(Input, INPUT),
    "alignment": codec.TEXT,
    # Older documents do not say what was read.
    "columns": codec.optional(
        codec.Field(lambda key, columns: {key: write_columns(columns)}, read_columns), {}
    ),
    "found": codec.optional(codec.TEXTS_BY_NAME, {}),
    **UNMATCHED,
    **EXCLUDED,
}


def _write_sure(_key: str, sure: Sure | None) -> Object:
    if sure is None:
        return {}
    found: Object = {"ci": None if sure.ci is None else [*sure.ci]}
    return found | number_object("skewness", sure.skewness) | codec.written(sure, _FURTHER)


def _read_sure(part: Document, _key: str) -> Sure | None:
    if not {"ci", "skewness"} & part.data.keys():
        return None
    if "ci" not in part.data:
        part.refuse("ci", _ENDS)
    ends, ci = part.value("ci"), None
    if ends is not None:
        if not isinstance(ends, list) or len(ends) != 2 or {type(one) for one in ends} - {float, int}:
            part.refuse("ci", _ENDS)
        low, high = float(str(ends[0])), float(str(ends[1]))
        if not -math.inf < low <= high < math.inf:
            part.refuse("ci", _ENDS)
        ci = low, high
    error = codec.optional(codec.NUMBER_OR_NONE).read(part, "standard_error")
    return Sure(error, ci, part.number_or_none("skewness"), **codec.read(part, _FURTHER))


def _write_slices(key: str, slices: Sequence[Slice] | None) -> Object:
    return {} if slices is None else {key: [_slice(one) for one in slices]}


def _slice(one: Slice) -> Object:
    return {
        **codec.TEXTS_BY_NAME.write("slice", one.slice),
        "n": one.n,
        "n_second": one.n_second,
        **number_object("cost", one.cost),
        "ci": None if one.ci is None else [*one.ci],
        **number_object("rest", one.rest),
        **number_object("effect", one.effect),
        "p_adjusted": one.p_adjusted,
        "score": one.score,
        "weak": one.weak,
    }


_ENDS = "the two ends of an interval, the lower one first, or null"
_FURTHER: codec.Record = {
    "clusters": codec.optional(codec.COUNT),
    "n_effective": codec.optional(codec.NUMBER),
}
RESULT: codec.Record = {
    "loss": codec.TEXT,
    "parameters": codec.Field(
        lambda key, parameters: {key: parameters_object(parameters)},
        lambda part, key: read_parameters(part.object(key)),
    ),
    **dict.fromkeys(COUNTS, codec.COUNT),
    **dict.fromkeys(("weight_sum", "cost"), codec.NUMBER),
    # The first documents of this schema had no standard error.
    "standard_error": codec.Field(codec.NUMBER.write, codec.optional(codec.NUMBER_OR_NONE).read),
    "sure": codec.Field(_write_sure, _read_sure),
    **(dict.fromkeys(("sum", "mean", "std", "min", "max"), codec.NUMBER) | {"std": codec.NUMBER_OR_NONE}),
    "quantiles": codec.Field(lambda _, quantiles: quantiles_object(quantiles), _quantiles),
    "quantiles_exact": codec.FLAG,
    "as_": renamed("as", codec.optional(codec.TEXT)),
    # The first documents of this schema had none.
    "signature": codec.Field(codec.TEXT.write, codec.optional(codec.TEXT, "").read),
    # No slice and no sample is read back.
    "slices": codec.Field(_write_slices, lambda *_: None),
    "worst": codec.Field(lambda key, samples: {key: [_sample(one) for one in samples]}, lambda *_: ()),
}


def _read_level(part: Document, key: str) -> float:
    level = part.number(key)
    return level if 0.0 < 1.0 - level < 1.0 else part.refuse(key, "a number between 0 and 1")


LEVEL: codec.Record = {"level": codec.optional(codec.Field(codec.NUMBER.write, _read_level))}
"""Only where intervals were asked for."""
SHOW = codec.optional(codec.TEXTS_BY_NAME, {})
IN_SHARD = codec.optional(codec.TEXT)


def _write_sound(_key: str, sound: Sound | None) -> Object:
    if sound is None:
        return {}
    ends: Json = None if sound.bounds is None else [*map(finite, sound.bounds)]
    found = number_object("estimate", sound.estimate) | {"bounds": ends}
    return found | codec.written(sound, _SOUND)


def _read_sound(part: Document, _key: str) -> Sound | None:
    if "confidence" not in part.data:
        return None
    ends, bounds = part.value("bounds"), None
    if ends is not None:
        if not isinstance(ends, list) or len(ends) != 2:
            part.refuse("bounds", _BOUNDS)
        if not all(end is None or type(end) is float for end in ends):
            part.refuse("bounds", _BOUNDS)
        low, high = ends
        bounds = (-math.inf if low is None else low, math.inf if high is None else high)
        if not bounds[0] <= bounds[1]:
            part.refuse("bounds", _BOUNDS)
    return Sound(part.number_or_none("estimate"), bounds, **codec.read(part, _SOUND))


_BOUNDS = "a lower and an upper bound, each a number or null, or null"
_COUNT_OR_NONE = codec.Field(
    lambda key, count: {key: None if count is None else int(count)},
    lambda part, key: None if part.value(key) is None else part.count(key),
)
_SOUND: codec.Record = {
    "confidence": codec.NUMBER,
    "method": codec.TEXT,
    "rows_needed": _COUNT_OR_NONE,
    "planned_rows": codec.optional(codec.COUNT),
}
GATE: codec.Record = {
    "gate": codec.TEXT,
    "value": codec.NUMBER_OR_NONE,
    "threshold": codec.NUMBER,
    "margin": codec.NUMBER_OR_NONE,
    "baseline": codec.optional(codec.NUMBER),
    "verdict": codec.one_of(VERDICTS),
    "reason": codec.optional(codec.TEXT, ""),
    # Only of gates with a confidence.
    "sound": codec.Field(_write_sound, _read_sound),
}
_ERROR: codec.Record = dict.fromkeys(("where", "found", "needed", "remedy"), codec.TEXT)


def head(report: Head) -> Object:
    """Return what a result needs beside it to be understood: version, signature, inputs.

    On a line of its own the signature of the result takes the place of the report's.
    """
    return {"schema": SCHEMA} | codec.written(report, HEAD)


def document(report: Report) -> Object:
    """Return the whole document. `gates` and `verdict` are there only where a gate was given."""
    results: Object = {"results": [result_object(result) for result in report.results]}
    return head(report) | codec.written(report, LEVEL) | results | judged(report)


def judged(report: Report) -> Object:
    """Return the gates of a report and the verdict over them; nothing where no gate was given."""
    if not report.gates:
        return {}
    return {"gates": [codec.written(gate, GATE) for gate in report.gates], "verdict": report.verdict}


def lines(report: Report, who: Object | None = None) -> Iterator[Object]:
    """Yield an object per loss and group, each of which stands by itself; `who` stands behind its head."""
    common = head(report) | (who or {}) | codec.written(report, LEVEL)
    for result in report.results:
        for part in (result, *result.groups):
            yield common | result_object(part, nested=False)


def documents(checks: Sequence[Checked]) -> Object:
    """Return the document of several checks, or that of one: with `errors` where it has no results."""
    if len(checks) == 1 and not checks[0].name:
        (check,) = checks
        report = check.evaluation
        if report is not None and check.error is None:
            return document(report)
        return {"schema": SCHEMA, "losscli": __version__, **errors(check), "verdict": check.verdict}
    found: list[Json] = []
    for check in checks:
        one: Object = {"check": encodable(check.name), "verdict": check.verdict}
        if check.error is not None:
            one |= errors(check)
        elif check.evaluation is not None:
            whole = document(check.evaluation)
            one |= {key: value for key, value in whole.items() if key not in ("schema", "losscli", "verdict")}
        found.append(one)
    return {"schema": SCHEMA, "losscli": __version__, "checks": found, "verdict": worst_verdict(checks)}


def errors(check: Checked) -> Object:
    """Return what was wrong with a check, as the one key `errors`."""
    return {"errors": [] if check.error is None else [_error(one) for one in single(check.error)]}


def _error(error: LosscliError) -> Object:
    return {"kind": kind(error), **codec.written(error, _ERROR), "message": message(error)}


def result_object(result: Result, record: codec.Record = RESULT, *, nested: bool = True) -> Object:
    """Return one result; with `nested`, its groups within it where there are any."""
    found = codec.written(result, record if result.group is None else {"group": codec.TEXT, **record})
    if nested and result.groups:
        found["groups"] = [result_object(group, record) for group in result.groups]
    return found


def read_result(part: Document, record: codec.Record = RESULT, *, grouped: bool = False) -> Result:
    """Return the result of a document, with its groups; `grouped`: it is that of a group.

    Raises:
        LosscliError: for the first value that is not what was written, with its place.
    """
    found = codec.read(part, {"group": codec.TEXT, **record} if grouped else record)
    if not grouped:
        groups = []
        for one in part.objects("groups", optional=True):
            groups.append(read_result(one, record, grouped=True))
            if groups[-1].loss != found["loss"]:
                one.refuse("loss", found["loss"])
        part.refuse_twice(f"group of {found['loss']}", [group.group or "" for group in groups])
        found["groups"] = tuple(groups)
    return Result(**{"parameters": {}} | found)


def _sample(sample: Sample) -> Object:
    return {
        "row": int(sample.row),
        **IN_SHARD.write("shard", sample.shard),
        "id": None if sample.id is None else encodable(sample.id),
        **values_object("label", sample.label),
        **values_object("prediction", sample.prediction),
        **number_object("error", sample.error),
        **number_object("loss", sample.loss),
        **SHOW.write("show", sample.show),
    }


def values_object(key: str, value: float | str | tuple[float, ...]) -> Object:
    """Return a number, a class name, or a list of numbers under its key."""
    if isinstance(value, str):
        return {key: encodable(value)}
    if not isinstance(value, tuple):
        return number_object(key, value)
    found: Object = {key: [finite(part) for part in value]}
    if not all(map(math.isfinite, value)):
        found[f"{key}_text"] = [exact_number(part) for part in value]
    return found
