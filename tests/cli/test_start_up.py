"""A short run imports what it needs: what else is imported is most of the time that it takes."""

import sys
from importlib.util import find_spec

import pytest
from helpers.calls import python

IMPORTED = """
import sys
from pathlib import Path
before = {*sys.modules}
from losscli.__main__ import main
status = main()
Path(sys.argv[0]).write_text(" ".join({*sys.modules} - before))
sys.exit(status)
"""

OURS = (
    *("__main__", "analyses.evaluate", "analyses.report", "analyses.signature", "analyses.sure"),
    "catalogue.regression.mse",
    *("cli", "common", "compute", "inputs", "loss", "outputs", "verdicts.judged"),
)
"""What an evaluation to JSON may import of ours, and not of it:"""
NOT_OURS = (
    *("analyses.evaluate.together", "inputs.memory", "inputs.shared", "loss.contract"),
    *("loss.formulas", "cli.terminal.github", "outputs.drawing.screen"),
    *("outputs.drawing.grid", "outputs.drawing.markdown", "outputs.drawing.plain", "outputs.drawing.curve"),
    *("compute.evidence", "compute.statistics.intervals", "compute.statistics.special"),
    *("outputs.samples", "outputs.views.checks", "outputs.views.gradient", "outputs.views.fit"),
)
HEAVY = {
    *("asyncio", "bz2", "concurrent", "difflib", "email", "hashlib", "html", "http", "lzma"),
    *("multiprocessing", "pyarrow", "pandas", "random", "rich", "secrets", "shutil", "sqlite3", "ssl"),
    *(
        "subprocess",
        "tempfile",
        "tomllib",
        "unicodedata",
        "unittest",
        "xml",
        "zipfile",
        "zoneinfo",
        "zstandard",
    ),
}
"""Packages and modules of Python that such a run has no use for."""


@pytest.fixture
def imported(tmp_path):
    """Return a function that runs the program, and says which modules it has imported."""

    def run(*arguments):
        code = f"import sys; sys.argv[0] = {str(tmp_path / 'modules')!r}\n{IMPORTED}"
        done = python(code, *arguments)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "modules").read_text().split()

    return run


def _is_in(module, places):
    return any(f"{module}.".startswith(f"losscli.{place}.") for place in places)


def test_an_evaluation_of_a_small_file_imports_what_it_needs(imported):
    modules = imported("evaluate", "diabetes.csv", "--loss", "mse", "--format", "json")
    ours = {module for module in modules if module.startswith("losscli.")}
    folders = {module.rpartition(".")[0] for module in ours}
    assert {module for module in ours - folders if not _is_in(module, OURS)} == set()
    assert {module for module in ours if _is_in(module, NOT_OURS)} == set()
    tops = {module.partition(".")[0] for module in modules}
    assert tops & HEAVY == set()
    assert {"click", "numpy", "losscli"} <= tops
    # NumPy imports these when one of their names is used.
    assert {"numpy.ma", "numpy.random", "numpy.fft", "numpy.polynomial"} & {*modules} == set()


def test_a_comparison_counts_samples_for_a_page_alone(imported):
    call = ("compare", "diabetes_forest.csv", "diabetes_linear.csv", "diabetes_labels.csv", "--loss", "mae")
    counts = "losscli.compute.statistics.paired_counts"
    assert counts not in imported(*call, "--format", "json")
    assert counts not in imported(*call)
    assert counts in imported(*call, "--format", "html")


def test_help_is_told_without_numpy(imported):
    modules = imported("--help")
    tops = {module.partition(".")[0] for module in modules}
    assert tops & (HEAVY - {"bz2", "lzma", "shutil"} | {"numpy"}) == set()
    ours = {module for module in modules if module.startswith("losscli.")}
    ends = ("cli", "common", "inputs.format", "outputs.formats", "outputs.views", "analyses.fit")
    assert {
        module
        for module in ours - {"losscli.inputs", "losscli.outputs", "losscli.analyses"}
        if not _is_in(module, ("__main__", *ends))
    } == set()


def test_what_is_looked_for_is_there():
    assert all(find_spec(f"losscli.{place}") for place in (*OURS, *NOT_OURS))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are counted in /proc")
def test_numpy_starts_no_threads(monkeypatch):
    code = """
import os
from losscli.common.processes import arrange_own_process
arrange_own_process()
import numpy
print(os.environ["OPENBLAS_NUM_THREADS"], len(os.listdir("/proc/self/task")))
"""
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert python(code).stdout.split() == ["1", "1"]
    assert python(code, OPENBLAS_NUM_THREADS="2").stdout.split()[0] == "2"
