"""The page and the document of a replay: nothing in a receipt steers who reads them."""

import json

import pytest
from helpers.examples import examples
from helpers.render_samples import assert_harmless, hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.inputs.provenance import Fingerprint
from losscli.outputs.drawing.console import Looks
from losscli.outputs.formats import load, names
from losscli.verdicts.receipts.outcome import Difference, FoundFile, Replayed

prints = st.builds(Fingerprint, st.integers(0, 10**12), st.text("0123456789abcdef", min_size=64, max_size=64))
values = st.floats() | st.integers(0, 10**12) | hostile | st.none()


@settings(max_examples=examples(60))
@given(
    st.builds(
        Replayed,
        receipt=hostile,
        signature=st.just("mse|n:1|mean|align:id|bad:error|v:0"),
        files=st.lists(
            st.builds(FoundFile, st.sampled_from(["labels", "code"]), hostile, hostile, prints, prints),
            max_size=2,
        ).map(tuple),
        costs=st.lists(st.tuples(hostile, st.floats()), max_size=2).map(tuple),
        compared=st.integers(0, 9),
        differences=st.lists(
            st.builds(Difference, hostile, st.none() | hostile, hostile, values, values), max_size=25
        ).map(tuple),
        reasons=st.lists(hostile, max_size=2).map(tuple),
    ),
    st.sampled_from([20, 40, 80, None]),
    st.booleans(),
)
def test_nothing_in_a_receipt_steers_a_terminal_or_a_runner(proof, width, ascii_only):
    assert_harmless(load("table").render(proof, Looks(width=width, ascii_only=ascii_only)))
    for name in names():
        if load(name).draw is not None and not load(name).picture:
            assert_harmless(load(name).render(proof))
    text = load("json").render(proof)
    assert text.isascii()
    json.loads(text, parse_constant=pytest.fail)
