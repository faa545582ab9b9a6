"""The notebook shows what its cells give today; `LOSSCLI_UPDATE_GOLDEN=1` writes it anew."""

import importlib.util
import json

import pytest
from helpers.calls import ROOT
from helpers.documents import UPDATE

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
CELL = {"cell_type", "id", "metadata", "source"}


def maker():
    spec = importlib.util.spec_from_file_location("make_notebook", ROOT / "docs" / "make_notebook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown(cell):
    """What a cell prints and is, without blanks: Jupyter breaks long lists into lines."""
    for output in cell.get("outputs", ()):
        text = output.get("text") or output["data"]["text/plain"]
        yield "".join("".join(text).split())


def test_the_notebook_is_that_of_today(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    made = maker().notebook()
    if UPDATE:
        NOTEBOOK.write_text(made, encoding="utf-8")
    assert NOTEBOOK.read_text(encoding="utf-8") == made, "write it anew: python docs/make_notebook.py"


def test_outputs_are_what_the_cells_give(monkeypatch):
    """Of the cells as they stand in the file, whoever wrote them."""
    monkeypatch.chdir(ROOT / "docs")
    namespace = {}
    run, places = maker().run, set()
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            places.add(cell["execution_count"])
            found = {"outputs": run("".join(cell["source"]), namespace, cell["execution_count"])}
            assert [*shown(found)] == [*shown(cell)], cell["source"]
    assert places == set(range(1, len(places) + 1))
    assert len(places) > 10


def test_the_notebook_is_what_its_format_says():
    text = NOTEBOOK.read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    for cell in document["cells"]:
        code = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert {*cell} == CELL | code
        for output in cell.get("outputs", ()):
            assert output["output_type"] in ("stream", "execute_result")
    assert len(text.encode()) < 200_000
    assert str(ROOT) not in text
    validator = pytest.importorskip("nbformat")
    validator.validate(validator.from_dict(document))


@pytest.mark.slow
def test_jupyter_shows_the_same(monkeypatch):
    client, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    document = nbformat.read(NOTEBOOK, as_version=4)
    wanted = [[*shown(cell)] for cell in document.cells]
    client.NotebookClient(document, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    assert [[*shown(cell)] for cell in document.cells] == wanted
