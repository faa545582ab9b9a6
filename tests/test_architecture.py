"""The house: who may import whom, read from the sources; a picture of it stands in LAYERS."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import losscli

ROOT = Path(losscli.__file__).parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 60

# A module or package may import what stands in a line above its own, and its own package.
LAYERS = (
    {"version", "errors", "text", "numeric", "block", "difference", "statistics"},
    {"complaint", "domain", "output", "settings", "statements", "workers"},
    {"config"},
    {"schema"},
    {"loss"},
    {"boxwise", "classwise", "deviance", "guard"},
    {"custom", "losses"},
    {"registry", "spec"},
    {"plan", "report", "portrait", "specimens", "signature", "states", "strict_json", "threshold"},
    {"baseline", "figures"},
    {
        "measure",
        "sources",
        "contract",
        "gate_text",
        "fit_report",
        "gradient_report",
        "character",
        "shrink",
        "proof",
    },
    {"fold", "slopes", "trial", "material"},
    {"engines", "gates", "likeness", "summary"},
    {"renderers"},
    {"request", "sample_file"},
    {"reading", "receipt"},
    {"evaluation", "receipt_file"},
    {"passes", "gradients", "corrections"},
    {"many"},
    {"fitting", "replay"},
    {"advice"},
    {"api"},
    {"cli"},
    {"__main__"},
)
UPWARD = {
    # module: {what it imports from a line below its own: why}
    "losses": {
        "registry": "`losscli.losses` is also the function of the Python API; it asks when it is called",
    },
    "__init__": {
        "api": "the Python API, imported when it is first used",
    },
}

# Files of one folder do not import each other. Files whose names begin with an underscore are the
# shared parts of their folder; the package itself (`__init__`) holds what all of it agrees on.
SIBLINGS = {
    "statistics.exact_sum": {"statistics.extraction": "error-free extraction is an idea of its own"},
    "statistics.histogram": {"statistics.binning": "where the bins lie is an idea of its own"},
    "statistics.moments": {"statistics.exact_sum": "moments are read from two exact sums"},
    "statistics.pull": {
        "statistics.exact_sum": "means and norms are read from exact sums",
        "statistics.histogram": "sizes are losses of their own: quantiles and a picture",
        "statistics.moments": "the root of an exact sum, rounded once",
    },
    "renderers.per_sample.jsonl": {"renderers._document": "numbers are written as in the document"},
    "cli.main": {},
    "cli.check": {"cli.evaluate": "a check is a call of evaluate"},
    "cli._checks": {"cli.evaluate": "a check is a call of evaluate"},
    "cli._run_checks": {"cli.evaluate": "a check is a call of evaluate"},
}
SHARED = {
    "cli.console": "how output may look is decided there for every command",
}
# Reading is a pipeline of its own: here, too, a file may import what stands in a line above its own.
SOURCES = (
    {"chunk", "compression", "counter", "distinct", "fields", "numbers", "quoting"},
    {"align", "classes", "dialect", "stream"},
    {"search", "pieces", "spool"},
    {"class_columns", "named"},
    {"columns", "run"},
    {"extract"},
    {"csv"},
    {"memory", "assemble", "shared"},
    {"source"},
    {"inputs"},
)
# So is fitting.
CORRECTIONS = (
    {"folds", "links"},
    {"samples"},
    {"correction", "gather", "objective"},
    {"train"},
    {"save"},
    {"asked"},
    {"run"},
)
# And so is what gives advice.
ADVICE = (
    {"noise", "look", "_sources"},
    {"kinds", "evidence", "training"},
    {"_reasons"},
    {"figures", "rules", "report"},
    {"rank", "page", "document"},
    {"run"},
)
PIPELINES = {"sources": SOURCES, "corrections": CORRECTIONS, "advice": ADVICE}
ONLY_IN = {
    "click": ("cli",),
    "rich": ("cli", "renderers.table", "renderers._screen"),
    "pandas": ("sources",),
    "numpy": (),
}
LOSSES_MAY_USE = {"domain", "loss", "numeric", "boxwise", "classwise", "deviance"}
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS = {
    # A list is read from top to bottom, however long it is.
    "cli._options": {"input_options"},
}


def find_modules():
    """Return the path of every module by its name without `losscli.`; packages by their own name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        found[".".join(parts)] = path
    return found


MODULES = find_modules()


def imports(path):
    """Return the absolute names of all that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full.removeprefix("losscli.") in MODULES else node.module)
    return found


def ours(path):
    """Return the names, without `losscli.`, of our modules that a file imports."""
    names = {name for name in imports(path) if name.split(".")[0] == "losscli"}
    return {name.removeprefix("losscli.") if name != "losscli" else "version" for name in names}


def layer(module):
    unit = module.split(".")[0]
    places = [number for number, units in enumerate(LAYERS) if unit in units]
    assert places, f"losscli/{unit} has no place in LAYERS: say who may import it"
    return places[0]


def folder(module):
    return module.rpartition(".")[0]


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_towards_the_foundations(module):
    allowed = UPWARD.get(module, {})
    for other in ours(MODULES[module]):
        same_package = "." in module + other and module.split(".")[0] == other.split(".")[0]
        if module == "__init__" or same_package or other in allowed:
            assert module != "__init__" or other in {*allowed, "version"}
            continue
        assert layer(other) < layer(module), f"{module} imports {other}, which is not below it"


@pytest.mark.parametrize("module", [name for name in MODULES if "." in name])
def test_files_of_a_folder_do_not_import_each_other(module):
    place = folder(module)
    for other in ours(MODULES[module]):
        if folder(other) != place or other in SIBLINGS.get(module, {}) or other in SHARED:
            continue
        if place in PIPELINES and other.count("."):
            table = PIPELINES[place]
            ranks = [
                next((rank for rank, names in enumerate(table) if name.partition(".")[2] in names), None)
                for name in (module, other)
            ]
            if None in ranks and other.partition(".")[2] in ("models", "optimizers"):
                # Folders of declarations know nothing of who uses them.
                continue
            assert None not in ranks, f"{module} or {other} has no place in its pipeline"
            assert ranks[1] < ranks[0], f"{module} imports {other}, which is not below it"
            continue
        assert other.rpartition(".")[2].startswith("_"), f"{module} imports its sibling {other}"


@pytest.mark.parametrize("module", MODULES)
def test_other_packages_are_used_where_they_belong(module):
    for name in imports(MODULES[module]):
        package = name.split(".")[0]
        if package in sys.stdlib_module_names or package in ("losscli", "_typeshed"):
            continue
        assert package in ONLY_IN, f"{module} imports {package}, which is no dependency"
        places = ONLY_IN[package]
        assert not places or any(f"{module}.".startswith(f"{place}.") for place in places), (
            f"{module} imports {package}, which only {' and '.join(places)} may"
        )


@pytest.mark.parametrize(
    "module", [name for name in MODULES if name.count(".") == 2 and name.startswith("losses.")]
)
def test_a_loss_needs_no_more_than_numpy_and_the_words_of_losses(module):
    assert ours(MODULES[module]) <= LOSSES_MAY_USE
    others = {name.split(".")[0] for name in imports(MODULES[module])} - {"losscli", "numpy"}
    assert others <= {"__future__", "collections", "dataclasses", "math", "typing"}


@pytest.mark.parametrize("module", MODULES)
def test_files_and_functions_fit_a_reader(module):
    text = MODULES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONG_FILES.get(module, LONGEST_FILE)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name in LONG_FUNCTIONS.get(module, ()):
                continue
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{node.name} has {lines} lines"


def test_the_tables_name_nothing_that_is_gone():
    units = set().union(*LAYERS)
    assert units == {module.split(".")[0] for module in MODULES} - {"__init__"}
    for place, table in PIPELINES.items():
        assert {f"{place}.{name}" for name in set().union(*table)} == {
            module
            for module, path in MODULES.items()
            if folder(module) == place and path.name != "__init__.py"
        }
    for table in (UPWARD, SIBLINGS):
        for module, others in table.items():
            assert others.keys() <= ours(MODULES[module]), f"{module} no longer needs its exception"
    for module, lines in LONG_FILES.items():
        assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) > LONGEST_FILE, (
            f"{module} no longer needs its exception of {lines} lines"
        )
    for module, functions in LONG_FUNCTIONS.items():
        assert all(f"def {function}" in MODULES[module].read_text() for function in functions)


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import losscli", {"numpy", "pandas", "rich", "click"}),
        ("import losscli.cli.main", {"numpy", "pandas", "rich"}),
        ("import losscli.registry; list(losscli.registry.all_losses())", {"pandas", "rich", "click"}),
        ("import losscli.gates, losscli.renderers.json", {"pandas", "rich", "click"}),
    ],
)
def test_what_is_heavy_is_imported_when_it_is_needed(program, absent):
    code = f"{program}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent & set(done.stdout.split())
