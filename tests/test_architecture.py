"""The map of the house: who may import whom, read from the sources."""

import ast
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from helpers.calls import python

import losscli

ROOT = Path(losscli.__file__).parent

# A folder may import from the folders above its own line, and from itself.
ORDER = (
    ("common",),
    ("loss",),
    ("catalogue", "inputs", "conventions"),
    ("compute",),
    ("analyses",),
    ("verdicts",),
    ("outputs",),
    ("api", "cli"),
)
# Where other people's packages are used; NumPy is used everywhere.
PACKAGES = {
    "click": ("cli",),
    "rich": ("outputs.drawing", "cli.terminal"),
    "pyarrow": ("inputs.typed.arrow_", "inputs.memory.", "inputs.formats.", "compute.engines.dask_shuffle"),
    "pandas": ("inputs.formats", "outputs.python.frames", "compute.engines.dask_shuffle"),
    "fsspec": ("inputs.streams.objects",),
    "distributed": ("compute.engines.dask",),
    "dask": ("compute.engines.dask",),
    "resvg_py": ("outputs.drawing.png.write",),
    "zstandard": ("inputs.streams.compression",),
    "numpy": ("",),
}
LONGEST_FILE = 500
LONGEST_FUNCTION = 60

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
RANKS = {folder: rank for rank, folders in enumerate(ORDER) for folder in folders}


@cache
def nodes(path):
    """Return all parts of a file, in no order."""
    return [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]


@cache
def imports(path):
    """Return the absolute names of all that a file imports, inside functions too."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            ours = {name for name in names if name.removeprefix("losscli.") in MODULES}
            found |= ours | ({node.module} if ours != names else set())
    return found


@cache
def ours(module):
    """Return the names, without `losscli.`, of our modules that a module imports."""
    names = {name for name in imports(MODULES[module]) if name.split(".")[0] == "losscli"}
    return {name.removeprefix("losscli.") for name in names}


@pytest.mark.parametrize("unit", RANKS)
def test_imports_point_one_way(unit):
    for module in those_of(unit):
        for other in ours(module):
            imported = other.split(".")[0]
            if imported != unit and imported in RANKS:
                assert RANKS[imported] < RANKS[unit], f"{module} imports {other}"


def those_of(unit):
    """Return the modules of a folder right below the package, or the one that is there."""
    return [name for name in MODULES if name.split(".")[0] == unit]


def test_every_folder_is_on_the_map():
    assert {name.split(".")[0] for name in MODULES} - {*RANKS} == {"__init__", "__main__"}
    assert all(map(those_of, RANKS))


@pytest.mark.parametrize("folder", [name for name, path in MODULES.items() if path.name == "__init__.py"])
def test_a_folder_has_no_circle(folder):
    place = f"{folder}." if folder != "__init__" else ""
    graph = {}
    for module in MODULES:
        if module.startswith(place) and module != folder:
            unit = module.removeprefix(place).split(".")[0]
            others = {
                other.removeprefix(place).split(".")[0] for other in ours(module) if other.startswith(place)
            }
            graph.setdefault(unit, set()).update(others - {unit, folder})
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        raise AssertionError(f"losscli/{folder}: {' → '.join(circle.args[1])}") from None


@pytest.mark.parametrize("unit", RANKS)
def test_other_packages_are_used_where_they_belong(unit):
    for module in those_of(unit):
        for name in imports(MODULES[module]):
            package = name.split(".")[0]
            if package in sys.stdlib_module_names or package in ("losscli", "_typeshed"):
                continue
            assert package in PACKAGES, f"{module} imports {package}, which is no dependency"
            places = PACKAGES[package]
            assert any(f"{module}.".startswith(place) for place in places), f"{module} imports {package}"


def test_a_loss_needs_no_more_than_numpy_and_the_words_of_losses():
    for module in those_of("catalogue"):
        assert {name.split(".")[0] for name in ours(module)} <= {"loss"}, module
        others = {name.split(".")[0] for name in imports(MODULES[module])} - {"losscli", "numpy"}
        assert others <= {"__future__", "collections", "dataclasses", "math", "typing"}, module


@pytest.mark.parametrize("unit", ["__init__", "__main__", *RANKS])
def test_files_and_functions_fit_a_reader(unit):
    for module in those_of(unit):
        assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE, module
        for node in nodes(MODULES[module]):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1
                assert lines <= LONGEST_FUNCTION, f"{module}: {node.name} has {lines} lines"


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import losscli", {"numpy", "pandas", "rich", "click"}),
        ("import losscli.cli.main", {"numpy", "pandas", "rich"}),
        (
            "import losscli.loss.registry; list(losscli.loss.registry.all_losses())",
            {"pandas", "rich", "click"},
        ),
        ("import losscli.verdicts.gates.judge, losscli.outputs.formats.json", {"pandas", "rich", "click"}),
    ],
)
def test_what_is_heavy_is_imported_when_it_is_needed(program, absent):
    code = f"{program}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert not absent & set(done.stdout.split())
