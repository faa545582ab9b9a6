"""What every report says first, whichever analysis made it."""

from dataclasses import fields

import pandas as pd
import pytest

import losscli
from losscli.analyses.report import Head, head_fields

HEAD = [field.name for field in fields(Head)]


@pytest.fixture(scope="module")
def reports():
    rows = range(40)
    left = pd.DataFrame(
        {"place": rows, "site": ["a"] * 40, "prediction": [row + 0.5 * (row % 3) for row in rows]}
    )
    right = pd.DataFrame({"place": rows, "site": ["a"] * 40, "target": [float(row) for row in rows]})
    return {
        "evaluate": losscli.evaluate(left, right, loss="mse"),
        "gradient": losscli.gradient(left, right, loss="mse"),
        "fit": losscli.fit(left, right, loss="mse", epochs=3),
        "recommend": losscli.recommend(left, right),
    }


@pytest.mark.parametrize("name", [name for name in HEAD if name not in ("signature", "notes")])
def test_every_analysis_says_the_same_of_the_same_inputs(reports, name):
    for report in reports.values():
        assert getattr(report, name) == getattr(reports["evaluate"], name)


def test_heads_of_the_test_say_what_may_be_left_out(reports):
    head = reports["evaluate"]
    assert head.why_paired
    assert head.agreeing


def test_head_fields_are_all_of_them(reports):
    found = head_fields(reports["fit"], notes=("other",))
    assert [*found] == HEAD
    assert found["notes"] == ("other",)
    assert found["signature"] == reports["fit"].signature
