"""Receipts read back: all that was written, and every wrong value refused with its place."""

import json
import math
from dataclasses import fields, replace
from types import SimpleNamespace

import pytest
from helpers.planted import inner, place_of, places, planted, told, without
from helpers.render_samples import EVERYTHING, hostile, reports, with_intervals
from helpers.signatures import edits, signatures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.document import GATE, RESULT
from losscli.common.errors import LosscliError
from losscli.common.text import encodable
from losscli.inputs.edits import OF_ROWS, Edits
from losscli.inputs.provenance import Fingerprint, Input
from losscli.inputs.request import Request
from losscli.loss import Origin
from losscli.verdicts.receipts.receipt import call, read_receipt, receipt, versions

digests = st.text("0123456789abcdef", min_size=64, max_size=64)
prints = st.builds(Fingerprint, st.integers(0, 10**12), digests)
origins = (
    st.none()
    | st.builds(Origin, digests, file=hostile.filter(bool))
    | st.builds(Origin, hostile, package=hostile)
)
columns = st.lists(hostile, max_size=2).map(tuple)
maybe = st.none() | hostile
options = st.fixed_dictionaries(
    {
        "prediction": columns, "label": columns, "classes": columns, "ignore_label": columns,
        "id": maybe, "label_id": maybe, "weight": maybe, "group": columns,
        "map_labels": st.dictionaries(hostile, hostile, max_size=2),
        "edits": edits(hostile.filter(bool)),
        "align": st.sampled_from(["auto", "id", "position"]),
        "bad_rows": st.sampled_from(["error", "drop"]),
        "reduction": st.sampled_from(["mean", "sum"]),
        "delimiter": maybe, "decimal": st.sampled_from([None, ".", ","]), "encoding": maybe, "comment": maybe,
        "header": st.sampled_from([None, True, False]),
        "label_delimiter": maybe, "label_decimal": st.sampled_from([None, ".", ","]), "label_encoding": maybe,
        "label_comment": maybe,
        "label_header": st.sampled_from([None, True, False]),
        "hive": st.sampled_from([None, True, False]), "label_hive": st.sampled_from([None, True, False]),
        "input_format": st.sampled_from([None, "csv"]), "label_input_format": st.sampled_from([None, "csv"]),
    }
)  # fmt: skip


@st.composite
def runs(draw):
    """Draw a request, and what was found for it."""
    found = draw(reports())
    results = tuple(
        replace(
            one,
            groups=tuple(
                {encodable(group.group): replace(group, loss=one.loss) for group in one.groups}.values()
            ),
        )
        for one in found.results
    )
    loss = [
        SimpleNamespace(
            spec=result.loss, loss=SimpleNamespace(name=f"{draw(hostile)} {place}", origin=draw(origins))
        )
        for place, result in enumerate(results)
    ]
    paths = [replace(source, fingerprint=draw(prints)) for source in (found.predictions, found.labels)]
    labels = draw(st.booleans())
    # Rows are counted that were left out, where that was asked for.
    unmatched = "error" if found.unmatched is None else "drop"
    asked = draw(options) | {"unmatched": unmatched}
    request = Request(paths[0].path, paths[1].path if labels else None, loss=tuple(loss), **asked)
    return request, replace(
        found,
        signature=str(draw(signatures(of_evaluate=True))),
        predictions=paths[0],
        labels=paths[1] if labels else paths[0],
        results=results,
    )


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(runs())
def test_a_receipt_reads_back_as_what_was_asked_and_found(tmp_path_factory, run):
    request, report = run
    path = tmp_path_factory.getbasetemp() / "r.json"
    path.write_text(receipt(request, report))
    back = read_receipt(str(path))
    assert (back.version, str(back.signature), back.versions) == (
        report.version,
        report.signature,
        versions(),
    )

    asked = Request(request.predictions, request.labels, loss=request.loss, **back.options)
    assert call(asked) == call(request)
    assert told(asked.edits) == told(request.edits)
    assert told(asked.prediction_format) == told(request.prediction_format)
    if request.labels is not None:
        assert told(asked.label_format) == told(request.label_format)
    assert told(back.losses) == told([bound.spec for bound in request.loss])
    code = {bound.loss.name: bound.loss.origin for bound in request.loss if bound.loss.origin is not None}
    assert told(back.code) == told(code)

    sources = {"predictions": report.predictions, "labels": report.labels}
    assert back.unmatched == report.unmatched
    assert told(back.inputs) == told(
        {role: sources[role] for role in sources if getattr(request, role) is not None}
    )
    for gate, outcome in zip(back.gates, report.gates, strict=True):
        assert told(gate) == told({name: getattr(outcome, name) for name in GATE})
    kept = ["group", *(name for name in RESULT if name not in ("parameters", "worst"))]
    for one, other in zip(back.results, report.results, strict=True):
        for part, result in zip((one, *one.groups), (other, *other.groups), strict=True):
            assert told([getattr(part, name) for name in kept]) == told(
                [getattr(result, name) for name in kept]
            )


EVERY_OPTION = {
    **dict.fromkeys(("prediction", "label", "classes", "ignore_label", "group"), ("a", "b")),
    **dict.fromkeys(("id", "label_id", "weight", "delimiter", "encoding", "comment"), "c"),
    **dict.fromkeys(("input_format", "label_input_format"), "csv"),
    "map_labels": {"0": "1"},
    "edits": Edits(
        *((("a", "b"), ("b", "a")), (0.5, 2.0), "exp", 100.0, "log1p"),
        *(-3, ((1, 2), (7, 7)), "x.txt"),
    ),
    **dict.fromkeys(("decimal", "label_decimal"), ","),
    **dict.fromkeys(("header", "label_header", "hive", "label_hive"), False),
    "unmatched": "drop",
    "cluster": "user",
    "weights_are": "counts",
    "level": 0.95,
    "as_": "keras",
}
DIGEST = "0123456789abcdef" * 4


def rich():
    """Return a receipt with every key that one can have."""
    loss = [
        SimpleNamespace(spec=result.loss, loss=SimpleNamespace(name=f"own {place}", origin=origin))
        for place, (result, origin) in enumerate(
            zip(EVERYTHING.results, (Origin(DIGEST, file="a.py"), Origin("1.2", package="pack")), strict=True)
        )
    ]
    source = Input("a.csv", 9, Fingerprint(99, DIGEST))
    gates = (replace(EVERYTHING.gates[0], baseline=math.inf, value=None, reason="why"), *EVERYTHING.gates)
    found = replace(
        with_intervals(EVERYTHING), signature=SIGNATURE, predictions=source, labels=source, gates=gates
    )
    found = replace(found, results=tuple(replace(one, as_="keras") for one in found.results))
    found = replace(
        found,
        unmatched={"predictions": 2, "labels": 0},
        rows_left_out={option: {"predictions": 2, "labels": 1} for option in OF_ROWS},
        excluded=replace(source, path="x.txt"),
    )
    return json.loads(receipt(Request("a.csv", "a.csv", loss=tuple(loss), **EVERY_OPTION), found))


SIGNATURE = "mse+rmse|n:5+442|mean|align:id|bad:error|v:0.1.0"
WHOLE = rich()
TEXTS = [path for path in places(WHOLE) if str(path[-1]).endswith("_text") or "quantiles_text" in path]
READ = [path for path in places(WHOLE) if path not in TEXTS]
FREE = {"versions", "map-labels", "rename-class"}
"""Objects whose keys are data."""


def refusal(tmp_path, whole):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(whole))
    with pytest.raises(LosscliError) as raised:
        read_receipt(str(path))
    assert str(raised.value).startswith(f"receipt {path}: ")
    return str(raised.value)


def test_the_receipt_that_is_planted_in_has_every_field(tmp_path):
    keys = {key for path in READ for key in path}
    names = {field.name for field in fields(Request)} - {
        *("top", "block_rows", "fingerprints", "mergeable", "show", "slices", "grounds", "edits"),
        *("doctor", "page"),
    }
    names |= {field.name for field in fields(Edits)}
    assert {name.rstrip("_").replace("_", "-") for name in names} <= keys
    written = {*(name.rstrip("_") for name in RESULT), *GATE} - {
        "parameters",
        "worst",
        "slices",
        "sure",
        "sound",
    }
    beside = {"group", "groups", "package", "sha256", "bytes", "ci", "skewness", "clusters"}
    assert written | beside <= keys
    (tmp_path / "r.json").write_text(json.dumps(WHOLE))
    read_receipt(str(tmp_path / "r.json"))


@pytest.mark.parametrize("path", READ, ids=place_of)
def test_every_field_that_is_planted_wrong_is_refused_with_its_place(tmp_path, path):
    said = refusal(tmp_path, planted(WHOLE, path))
    if path == ("document",):
        assert "this is not a receipt" in said
    elif path[:1] == ("inputs",) and path[-1] in ("predictions", "labels", "path"):
        # Either place may be the wrong one of the two.
        assert f" {place_of(path)} is " in said or f" call.{path[1]} is " in said
    else:
        assert f" {place_of(path)} is " in said


OPTIONAL = {
    "unmatched",
    "gate",
    *(
        f"{whose}{name}"
        for whose in ("", "label-")
        for name in ("delimiter", "decimal", "encoding", "header", "comment", "input-format", "hive")
    ),
    *("prediction", "label", "classes", "ignore-label", "id", "label-id", "weight", "group", "map-labels"),
    *("cluster", "weights-are", "level", "as"),
    *(field.name.replace("_", "-") for field in fields(Edits) if field.name != "exclude_ids"),
}


def is_optional(path):
    """Whether a receipt without that key is one too."""
    if path[0] == "call":
        return path[-1] in OPTIONAL
    if path[0] == "gates":
        return path[-1] in ("baseline", "reason")
    return path[-1] in ("as", "groups", "standard_error", "clusters", "n_effective")


NEEDED = [path for path in READ if isinstance(path[-1], str) and not FREE & set(path[:-1])]


@pytest.mark.parametrize("path", NEEDED, ids=place_of)
def test_every_field_that_is_missing_is_refused_unless_it_may_be(tmp_path, path):
    whole = without(WHOLE, path)
    if is_optional(path):
        inner(whole, path).pop(f"{path[-1]}_text", None)
        (tmp_path / "r.json").write_text(json.dumps(whole))
        read_receipt(str(tmp_path / "r.json"))
        return
    said = refusal(tmp_path, whole)
    # Of what stands in two places, or follows from the rest, the other one is told.
    if path not in {
        ("document",),
        ("gates",),
        ("inputs", "labels"),
        ("inputs", "exclude-ids"),
        ("code", 1, "package"),
    }:
        assert f"there is no {place_of(path)}" in said


@pytest.mark.parametrize("path", TEXTS, ids=place_of)
def test_a_null_without_its_text_is_refused_with_its_place(tmp_path, path):
    named = place_of(path).removesuffix("_text").replace("quantiles_text", "quantiles")
    assert f" {named}" in refusal(tmp_path, planted(WHOLE, path))


def test_a_group_that_is_in_it_twice_is_refused(tmp_path):
    whole = json.loads(json.dumps(WHOLE))
    groups = whole["results"][0]["groups"]
    groups.append(groups[0])
    assert "is in it more than once" in refusal(tmp_path, whole)
