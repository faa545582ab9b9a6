"""Numbers of other libraries, recorded when they ran, as `--as` gives them."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from conventions import data, ours
from conventions.record import DEVIATIONS
from losscli.conventions.library import Library, libraries
from losscli.loss.spec import show_value

LIBRARIES = libraries()
FLOAT32 = 2.0**-21


def recorded(library: Library) -> list[tuple[str, str, str, bool, float, float]]:
    """Return what each number needs: loss, `--as`, data, weights, value, tolerance."""
    found = []
    for entry in library.entries:
        as_ = f"{library.name}.{entry.variant}" if entry.variant else library.name
        usual = FLOAT32 if entry.overrides.precision == "float32" else 1e-12
        for one in entry.recorded:
            given = ",".join(f"{name}={show_value(value)}" for name, value in one.parameters.items())
            loss = f"{entry.loss}:{given}" if given else entry.loss
            found.append((loss, as_, one.data, one.weight, one.value, one.exact or usual))
    return found


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_recorded_numbers_are_given(library: Library) -> None:
    for loss, as_, name, weighted, value, tolerance in recorded(library):
        cost = ours.cost(loss, as_, data.build(name), weighted=weighted)
        assert cost == pytest.approx(value, rel=tolerance), (loss, as_, name, weighted)


def test_recorded_deviations_are_given() -> None:
    for one in json.loads(DEVIATIONS.read_text("utf-8")):
        cost = ours.cost(one["loss"], one["as_"], data.build(one["data"]), weighted=one["weighted"])
        assert cost == pytest.approx(one["value"], rel=one["tolerance"]), one


def test_what_was_run_has_numbers() -> None:
    """Each call of the newest version has been run, but for those of TensorFlow 1 and R, which were read."""
    missing = [
        (library.name, entry.call)
        for library in LIBRARIES
        for entry in library.entries
        if not entry.recorded and not entry.until and library.name not in ("tf1", "r_metrics")
    ]
    assert missing == []


def test_data_are_the_same_everywhere() -> None:
    assert data.draw(1, 1, 3).tolist() == [120965457209, 436006111228, 119829708235]
    digest = hashlib.sha256()
    for kind in sorted(data.KINDS):
        made = data.build(f"{kind}:16:1")
        for column in (made.label, made.prediction, made.weight):
            digest.update(np.ascontiguousarray(column).tobytes())
    assert digest.hexdigest() == "a62330c8ec78aa3d9843fb83040e2f50265d8ba89dc340976104e7f753ae5b46"
