"""The registry finds losses by file name, alias and entry point."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from helpers.calls import python

from losscli.common.errors import UsageError
from losscli.loss import Loss, registry
from losscli.loss.spec import parse_spec

FAMILIES = ["regression", "binary", "margin", "multiclass", "vector", "gan"]


def test_losses_come_by_family_in_the_order_of_the_catalogue():
    families = [loss.family for loss in registry.all_losses()]
    assert families == sorted(families, key=FAMILIES.index)
    assert {"regression", "binary", "margin", "multiclass"} <= set(families)


def test_a_loss_is_found_by_its_name_and_by_each_alias():
    for loss in registry.all_losses():
        assert registry.find(loss.name) is loss
        for alias in loss.aliases:
            assert registry.find(alias) is loss


@pytest.mark.parametrize(
    ("name", "near"), [("mes", "mse"), ("Hinje", "hinge"), ("crosentropy", "cross_entropy"), ("bec", "bce")]
)
def test_an_unknown_name_is_an_error_with_the_nearest_names(name, near):
    with pytest.raises(UsageError, match=f"there is no loss '{name}'.*{near}"):
        registry.find(name)


def test_a_name_near_nothing_points_to_the_list():
    with pytest.raises(UsageError, match="`losscli losses` lists them"):
        registry.find("qqqqqqq")


def test_a_hostile_name_is_shown_escaped_and_short():
    with pytest.raises(UsageError) as caught:
        registry.find("\x1b]0;" + "x" * 5000)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_listing_names_imports_no_loss():
    code = (
        "import sys; from losscli.loss import registry; names = registry.modules(); assert 'mse' in names\n"
        "loaded = [m for m in sys.modules if m in names.values()]; assert not loaded, loaded"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def installed(monkeypatch):
    """Entry points as if packages had declared them."""

    def declare(**points: str) -> None:
        registry.installed.cache_clear()
        found = tuple(EntryPoint(name, value, registry.ENTRY_POINTS) for name, value in points.items())
        monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: found)

    yield declare
    monkeypatch.undo()
    registry.installed.cache_clear()


def test_an_installed_package_adds_a_loss(installed):
    installed(theirs="losscli.catalogue.regression.mse:LOSS")
    assert isinstance(registry.find("theirs"), Loss)


def test_an_installed_package_cannot_replace_a_built_in_loss_or_alias(installed):
    installed(mse="no.such.module:LOSS", bce="no.such.module:LOSS")
    assert registry.find("mse").name == "mse"
    assert registry.find("bce").name == "binary_cross_entropy"


def test_an_installed_package_may_take_what_another_library_calls_a_loss(installed):
    installed(crps="losscli.catalogue.regression.mae:LOSS", MSELoss="losscli.catalogue.regression.mae:LOSS")
    assert registry.find("crps").name == "crps"
    assert registry.find("MSELoss").name == "MSELoss"
    assert registry.find("MSELoss").elsewhere == ()
    assert parse_spec("MSELoss", registry.find).spec == "MSELoss"
    assert registry.find("mse_loss").name == "mse", "only as it is written there"


def test_the_code_of_a_package_runs_only_when_its_loss_is_asked_for(installed):
    installed(theirs="no.such.module:LOSS")
    assert "theirs" in registry.installed()
    assert registry.find("mse").name == "mse"
    with pytest.raises(UsageError, match="Did you mean theirs"):
        registry.find("their")


def test_an_entry_point_that_is_no_loss_is_an_error(installed):
    installed(theirs="losscli.catalogue.regression.mse:Reference")
    with pytest.raises(UsageError, match=r"'theirs' of the package .* is not a loss"):
        registry.find("theirs")
