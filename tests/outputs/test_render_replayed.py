"""The page and the document of a replay: nothing in a receipt steers who reads them."""

import io
import json

import pytest
from helpers.render_samples import assert_harmless, hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from losscli.inputs.provenance import Fingerprint
from losscli.outputs.drawing.screen import draw
from losscli.outputs.views.replay import document, page
from losscli.verdicts.receipts.outcome import Difference, FoundFile, Replayed

prints = st.builds(Fingerprint, st.integers(0, 10**12), st.text("0123456789abcdef", min_size=64, max_size=64))
values = st.floats() | st.integers(0, 10**12) | hostile | st.none()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
    stream = io.StringIO()
    draw(page(proof), Console(file=stream, color_system=None), ascii_only=ascii_only, width=width)
    assert_harmless(stream.getvalue())
    text = document(proof)
    assert text.isascii()
    assert_harmless(text)
    json.loads(text, parse_constant=pytest.fail)
