"""Documents of `evaluate`: what was written reads back to the bit, and what is wrong is told by its place."""

import json
from dataclasses import fields, replace

import pytest
from helpers.planted import place_of, places, planted, told, without
from helpers.render_samples import EVERYTHING, reports, with_intervals
from helpers.signatures import signatures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.document import GATE, HEAD, RESULT, document
from losscli.common import codec
from losscli.common.errors import LosscliError
from losscli.common.json import Document, laid_out
from losscli.common.text import encodable
from losscli.inputs.provenance import Fingerprint, Input
from losscli.verdicts.gates.baseline import baseline_of

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
values = st.none() | st.booleans() | st.floats()
parameters = st.dictionaries(st.sampled_from(["alpha", "eps", "text", "q"]), values)


@st.composite
def evaluated(draw):
    """Draw a report with the signature that its document has to have, no loss or group in it twice."""
    found = draw(reports())
    signature = draw(signatures(of_evaluate=True))
    results = {encodable(result.loss): result for result in found.results}.values()
    return replace(
        found,
        signature=str(signature),
        reduction=signature.reduction,
        results=tuple(
            replace(
                result,
                parameters=draw(parameters),
                groups=tuple(
                    {
                        encodable(group.group): replace(group, loss=result.loss) for group in result.groups
                    }.values()
                ),
            )
            for result in results
        ),
    )


def kept(value):
    """Return what a document keeps of a report or a result."""
    lost = {"worst", "picture", "finish", "notes", "gates", "why_paired", "agreeing"}
    found = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in lost}
    inner = next(name for name in ("results", "groups") if name in found)
    return told(found | {inner: None}), [kept(part) for part in found[inner]]


@settings(patient, max_examples=50)
@given(evaluated())
def test_a_document_reads_back_as_the_report_that_it_is_of(report):
    text = laid_out(document(report))
    back = baseline_of(json.loads(text, parse_constant=pytest.fail)).report
    assert kept(back) == kept(report)
    # Written again it is the same, but for the samples and the gates.
    again = document(replace(back, gates=report.gates))
    for one, other in zip(again["results"], report.results, strict=True):
        every = zip((one, *one.get("groups", ())), (other, *other.groups), strict=True)
        for part, result in every:
            part["worst"] = document(replace(report, results=(result,)))["results"][0]["worst"]
    assert json.loads(laid_out(again)) == json.loads(text)


@patient
@given(reports())
def test_gates_read_back(report):
    for gate, outcome in zip(document(report).get("gates", ()), report.gates, strict=True):
        back = codec.read(Document(gate, "file", "gates[0].", ""), GATE)
        assert told(back) == told({name: getattr(outcome, name) for name in GATE})


WHOLE = document(
    replace(
        with_intervals(EVERYTHING),
        signature="mse|n:442|mean|align:id|bad:error|v:0.1.0",
        predictions=EVERYTHING.labels,
        unmatched={"predictions": 2, "labels": 0},
        rows_left_out={"skip-rows": {"predictions": 2, "labels": 1}},
        excluded=Input("ids.txt", 3, Fingerprint(9, "0123456789abcdef" * 4)),
    )
)
# Samples and gates are not read, and the text of a figure only where the figure is null.
SURE = {"ci", "skewness", "clusters", "n_effective"}
UNREAD = {"worst", "gates", "verdict"}
READ = [path for path in places(WHOLE) if not UNREAD & set(path)]
FIGURES = [path for path in READ if not str(path[-1]).endswith("_text") and "quantiles_text" not in path]


def test_the_document_that_is_planted_in_has_every_field():
    keys = {key for path in READ for key in path}
    assert {"losscli", *HEAD} - {"version"} <= keys
    assert ({*RESULT, "group", "groups"} - UNREAD - {"sure", "slices", "as_"}) | {"level", *SURE} <= keys
    baseline_of(WHOLE)


@pytest.mark.parametrize("path", FIGURES, ids=place_of)
def test_every_field_that_is_planted_wrong_is_refused_with_its_place(path):
    with pytest.raises(LosscliError) as raised:
        baseline_of(planted(WHOLE, path))
    assert f" {place_of(path)} is " in str(raised.value)


OPTIONAL_WHOLE = {
    *(("unmatched",), ("level",), ("excluded",), ("rows_left_out",), ("rows_left_out", "skip-rows")),
}
OPTIONAL = {"signature", "groups", "standard_error", "clusters", "n_effective"}


NEEDED = [path for path in FIGURES if isinstance(path[-1], str) and "parameters" not in path[:-1]]


@pytest.mark.parametrize("path", NEEDED, ids=place_of)
def test_every_field_that_is_missing_is_refused_with_its_place(path):
    whole = without(WHOLE, path)
    # What was read is told by no older document, and of each role only where there is one.
    whole_optional = path[0] in ("columns", "found") or path in OPTIONAL_WHOLE
    if whole_optional or (path[-1] in OPTIONAL and len(path) > 1):
        baseline_of(whole)
        return
    with pytest.raises(LosscliError) as raised:
        baseline_of(whole)
    if len(path) > 1 or path[0] not in ("schema", "results"):
        assert f"there is no {place_of(path)};" in str(raised.value)


@pytest.mark.parametrize("path", sorted(set(READ) - set(FIGURES), key=str), ids=place_of)
def test_a_null_without_its_text_is_refused_with_its_place(path):
    named = place_of(path).removesuffix("_text").replace("quantiles_text", "quantiles")
    with pytest.raises(LosscliError) as raised:
        baseline_of(planted(WHOLE, path))
    assert f" {named}" in str(raised.value)
