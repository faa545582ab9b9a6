"""`losscli version`: what runs, and which reader of CSV files; the reader is chosen when it is imported."""

from __future__ import annotations

import json
import platform
import shutil
import sysconfig
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.calls import losscli, process, python

import losscli as package
from losscli.inputs.formats.csv import scanner

SCANNER = Path(scanner.__file__).parent
READER = ["compiled", None] if scanner.scan else ["pandas", scanner.why_not]


def told(**environ: str) -> dict[str, Any]:
    """Return what a process of its own says, which chooses anew."""
    done = process("version", "--format", "json", **environ)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_tells_the_versions_that_run_and_the_reader_in_use() -> None:
    found = told()
    assert found == {
        "schema": 1,
        "document": "version",
        "losscli": package.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": version("pandas"),
        "csv_reader": READER[0],
        "csv_reader_why": READER[1],
    }


def test_people_read_the_same() -> None:
    done = losscli("version")
    words = done.stdout.split()
    assert (done.returncode, done.stderr) == (0, "")
    assert words[:4] == ["losscli", package.__version__, "Python", platform.python_version()]
    assert words[words.index("reader") + 1] == READER[0]
    assert ("not in use" in done.stdout) == (READER[0] == "pandas")


@pytest.mark.parametrize(("value", "why"), [("1", "LOSSCLI_PURE is set"), ("", READER[1]), ("0", READER[1])])
def test_a_variable_switches_the_compiled_reader_off(value: str, why: str | None) -> None:
    found = told(LOSSCLI_PURE=value)
    assert found["csv_reader_why"] == why
    assert found["csv_reader"] == ("compiled" if why is None else "pandas")


def test_the_variable_is_known_and_changes_no_figure() -> None:
    call = ("evaluate", "diabetes.csv", "--loss", "mse", "--quiet")
    found = [process(*call, **environ) for environ in ({}, {"LOSSCLI_PURE": "1"})]
    assert [(done.returncode, done.stdout, done.stderr) for done in found] == [
        (0, "2978.4128969905414\n", "")
    ] * 2


def test_pandas_is_not_imported_to_tell_its_version() -> None:
    code = "import sys; from losscli.cli.main import main; main(['version']); print('pandas' in sys.modules)"
    assert python(code).stdout.splitlines()[-1] == "False"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return the folder of the scanner in a copy of the package, for `told(PYTHONPATH=tmp_path)`."""
    house = Path(package.__file__).parent
    shutil.copytree(house, tmp_path / "losscli")
    return tmp_path / "losscli" / SCANNER.relative_to(house)


@pytest.mark.skipif(scanner.scan is None, reason="the compiled reader is not in use")
@pytest.mark.parametrize(
    ("changed", "reader"), [("", "compiled"), ("_scan.pyx", "pandas"), ("scan.hpp", "pandas")]
)
def test_a_compiled_reader_of_other_sources_is_not_used(
    changed: str, reader: str, copy: Path, tmp_path: Path
) -> None:
    for source in (*copy.glob("*.pyx"), *copy.glob("*.hpp")):
        source.touch()
    if changed:
        (copy / changed).write_text("// another one")
    found = told(PYTHONPATH=str(tmp_path))
    assert found["csv_reader"] == reader
    assert (found["csv_reader_why"] or "").startswith("its source has changed since" if changed else "")


@pytest.mark.parametrize(("data", "why"), [(None, "it was not built"), (b"broken", "it cannot be loaded: ")])
def test_what_was_not_built_or_does_not_load_is_done_without(
    data: bytes | None, why: str, copy: Path, tmp_path: Path
) -> None:
    for built in copy.glob("*.so"):
        built.unlink()
    if data is not None:
        (copy / f"_scan{sysconfig.get_config_var('EXT_SUFFIX')}").write_bytes(data)
    found = told(PYTHONPATH=str(tmp_path))
    assert found["csv_reader"] == "pandas"
    assert found["csv_reader_why"].startswith(why)
