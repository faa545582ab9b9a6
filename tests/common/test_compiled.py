"""Which extension modules are used, and why not."""

import shutil
from pathlib import Path

import pytest
from helpers.readers import BUILT

from losscli.common import compiled

NAME = "losscli.inputs.formats.csv.scanner._scan"


def test_it_is_switched_off(monkeypatch):
    monkeypatch.setenv("LOSSCLI_PURE", "1")
    assert compiled.load(NAME) == (None, "LOSSCLI_PURE is set")


def test_it_was_not_built(monkeypatch):
    monkeypatch.delenv("LOSSCLI_PURE", raising=False)
    assert compiled.load("losscli.common._nothing") == (None, "it was not built")


@pytest.mark.skipif(BUILT is None, reason="it was not built")
def test_what_was_built_of_other_sources_is_not_used(tmp_path, monkeypatch):
    monkeypatch.delenv("LOSSCLI_PURE", raising=False)
    assert compiled.load(NAME) == (BUILT, "")
    folder = Path(BUILT.__file__).parent
    for source in compiled.sources_of(folder):
        shutil.copy(source, tmp_path)
    monkeypatch.setattr(BUILT, "__file__", str(tmp_path / "_scan.so"))
    if compiled.sources_of(folder):
        # Whatever the times of files are: they are those of a copy.
        assert compiled.load(NAME) == (BUILT, "")
    (tmp_path / "scan.hpp").write_text("// another one")
    assert compiled.load(NAME) == (None, "its source has changed since; build it again")


@pytest.mark.skipif(BUILT is None, reason="it was not built")
def test_what_is_installed_has_no_sources_beside_it(tmp_path, monkeypatch):
    monkeypatch.delenv("LOSSCLI_PURE", raising=False)
    monkeypatch.setattr(BUILT, "__file__", str(tmp_path / "_scan.so"))
    assert compiled.load(NAME) == (BUILT, "")
