"""A loss is added by one file; registry, spec and contract pick it up, and nothing else is touched."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import losscli.catalogue
import losscli.catalogue.regression
from losscli.common.errors import UsageError
from losscli.loss import registry
from losscli.loss.contract.verify import checks
from losscli.loss.spec import parse_spec

QUARTIC = '''
"""Quartic loss: the fourth power of the residual."""

import numpy as np

from losscli.loss.domain import POSITIVE, REAL
from losscli.loss import Example, Loss, Parameter, Reference


def value(label, prediction, *, scale):
    return np.square(np.square((prediction - label) / scale))


def gradient(label, prediction, *, scale):
    return 4.0 * ((prediction - label) / scale) ** 3 / scale


LOSS = Loss(
    name="{name}", family="{family}", value=value, gradient=gradient, label=REAL, prediction=REAL,
    parameters={{"scale": Parameter(1.0, POSITIVE, "the unit of the residual")}},
    summary="the fourth power", formula="(r/scale)⁴", use="never", avoid="always",
    examples=(Example(label=0.0, prediction=2.0, loss=16.0),), references=(Reference("Folklore"),),
    aliases=("l4",),
)
'''


@pytest.fixture
def fresh_registry():
    before = set(sys.modules)
    registry.modules.cache_clear()
    yield
    registry.modules.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("losscli.catalogue."):
            del sys.modules[name]


def test_in_a_family_that_exists(tmp_path, monkeypatch, fresh_registry):
    (tmp_path / "quartic.py").write_text(QUARTIC.format(name="quartic", family="regression"), "utf-8")
    package = losscli.catalogue.regression
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    assert registry.modules()["quartic"] == "losscli.catalogue.regression.quartic"
    assert "quartic" in [loss.name for loss in registry.all_losses()]
    bound = parse_spec("l4:scale=2", registry.find)
    assert bound.spec == "quartic:scale=2"
    assert bound.value(np.array([0.0]), np.array([4.0])) == [16.0]
    found = {check.name: check.verdict for check in checks(bound, np.random.default_rng(0))}
    assert set(found.values()) == {"pass"}


def test_in_a_family_of_its_own_which_comes_last(tmp_path, monkeypatch, fresh_registry):
    family = tmp_path / "astral"
    family.mkdir()
    (family / "__init__.py").write_text("", "utf-8")
    (family / "quartic.py").write_text(QUARTIC.format(name="quartic", family="astral"), "utf-8")
    (family / "_helper.py").write_text("raise RuntimeError", "utf-8")
    monkeypatch.setattr(losscli.catalogue, "__path__", [*losscli.catalogue.__path__, str(tmp_path)])
    assert list(registry.modules())[-1] == "quartic"
    assert registry.find("quartic").family == "astral"
    assert "_helper" not in registry.modules()


def test_until_then_there_is_no_such_loss(fresh_registry):
    with pytest.raises(UsageError, match="there is no loss 'quartic'"):
        registry.find("quartic")
