"""Everything there is, is documented: commands, options, losses, formats, exit statuses, JSON keys."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import click
import pytest
from helpers.calls import losscli, run
from helpers.documents import DOCUMENTS, ROOT, blocks, prose

from losscli.analyses.evaluate.figures import FIGURES
from losscli.analyses.evaluate.report import VERDICTS
from losscli.cli.commands.check.keys import KEYS
from losscli.cli.main import program
from losscli.common.errors import ExitStatus
from losscli.loss import registry
from losscli.outputs import formats
from losscli.outputs.samples.formats import suffixes
from losscli.verdicts.gates.grammar import OPERATORS, Relative

DOCS = ROOT / "docs"
THRESHOLDS = (
    Relative(),
    Relative("+", 0.01),
    Relative("-", 0.01),
    Relative("*", 1.02),
    Relative("+", 2.0, percent=True),
    Relative("-", 2.0, percent=True),
)


def everything() -> str:
    return "\n".join(prose(document) for document in DOCUMENTS if document.parent.name != "losses")


def commands() -> list[str]:
    return program.list_commands(click.Context(program))


def options() -> Iterator[tuple[str, str]]:
    context = click.Context(program)
    for name in commands():
        command = program.get_command(context, name)
        assert command is not None
        for parameter in command.get_params(context):
            if isinstance(parameter, click.Option):
                for option in (*parameter.opts, *parameter.secondary_opts):
                    yield name, option
    for parameter in program.get_params(context):
        for option in (*parameter.opts, *parameter.secondary_opts):
            yield "", option


def names_it(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    assert names_it(everything(), f"losscli {command}")


def test_every_option_of_every_command_is_documented() -> None:
    text = everything()
    assert [option for option in options() if not names_it(text, option[1])] == []


def test_no_option_is_documented_that_does_not_exist() -> None:
    known = {option for _, option in options()}
    foreign = {"--hidden", "--check", "--deep", "--cov", "--cov-report", "--write", "--rows", "--rounds"}
    foreign |= {"--hypothesis-profile", "--inplace", "--record"}
    foreign |= {"--workflow", "--branch", "--event", "--status", "--limit", "--json", "--jq"}  # gh
    foreign |= {"--name", "--dir"}
    foreign |= {"--array", "--cpus-per-task", "--dependency"}  # sbatch
    foreign |= {"--silent", "--show-error", "--location", "--write-out"}  # curl
    foreign |= {"--array", "--cpus-per-task", "--dependency"}  # sbatch
    found = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", everything()))
    assert found - known - foreign - planned() == set()


def planned() -> set[str]:
    """Options that a list of what is not there yet names."""
    texts = [prose(document) for document in DOCUMENTS]
    section = re.compile(r"^#+ Not yet\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
    lists = [part for text in texts for part in section.findall(text)]
    return set(re.findall(r"--[a-z][\w-]*", "".join(lists)))


@pytest.mark.parametrize("name", formats.names())
def test_every_format_is_documented(name: str) -> None:
    assert f"`{name}`" in prose(DOCS / "output.md")


@pytest.mark.parametrize("suffix", suffixes())
def test_every_per_sample_format_is_documented(suffix: str) -> None:
    assert f"`{suffix}`" in prose(DOCS / "output.md")


def test_table_of_exit_statuses_is_that_of_the_code() -> None:
    text = prose(DOCS / "gates.md")
    section = text.partition("## Exit status")[2].partition("\n## ")[0]
    found = {int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert found == {int(status) for status in ExitStatus}


@pytest.mark.parametrize("word", [*OPERATORS, *FIGURES, *map(str, THRESHOLDS), *VERDICTS])
def test_grammar_of_gates_is_documented(word: str) -> None:
    assert f"`{word}`" in prose(DOCS / "gates.md")


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if not re.fullmatch(r"[\d.]+", key):
                yield key
            yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def test_every_key_of_the_document_is_documented(tmp_path: object) -> None:
    call = ["evaluate", "diabetes.csv", "--loss", "mse", "--group", "sex", "--format", "json"]
    call += ["--gate", "mse <= 1", "--gate", "mse[sex_1] <= 1"]
    done = losscli(*call)
    assert done.returncode == 1
    text = prose(DOCS / "output.md")
    assert [key for key in keys(json.loads(done.stdout)) if f"`{key}`" not in text] == []


def test_pages_of_losses_are_those_of_the_registry() -> None:
    """`python docs/make_losses.py` writes them anew."""
    done = run([sys.executable, "docs/make_losses.py", "--check"], cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_every_loss_and_alias_is_documented() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for loss in registry.all_losses():
        text = (DOCS / "losses" / f"{loss.name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {loss.name}\n")
        assert f"`{loss.name}`" in readme
        assert all(f"`{alias}`" in text for alias in loss.aliases)


def test_index_leads_to_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert [
        page.name for page in DOCS.glob("*.md") if page.stem != "index" and f"({page.name})" not in index
    ] == []


def tables(document: Path) -> Iterator[set[str]]:
    """Yield the rows of each table, without where their links lead to."""
    for table in re.findall(r"^(?:\|.*\n)+", prose(document), re.MULTILINE):
        yield {re.sub(r"\]\([^)]*\)", "]", row) for row in table.splitlines()[2:]}


def test_no_table_stands_twice() -> None:
    found = [(document.name, rows) for document in DOCUMENTS for rows in tables(document) if len(rows) > 1]
    assert len(found) > 20
    twice = [
        (one, other, min(rows & others))
        for (one, rows), (other, others) in combinations(found, 2)
        if len(rows & others) * 2 >= min(len(rows), len(others))
    ]
    assert twice == []


def test_keys_of_several_values_are_told() -> None:
    text = (DOCS / "check.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| (.*) \| a text, or an array of texts \|$", text, re.MULTILINE)
    several = {key for key, parameter in KEYS.items() if parameter.multiple}
    assert {*re.findall(r"`([\w-]+)`", row), "map-labels", "rename-class"} == several


def test_changelog_names_the_version() -> None:
    from losscli import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\]", text, re.MULTILINE)


def test_the_map_names_every_folder_of_the_house_and_none_that_is_gone() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    house = ROOT / "losscli"
    folders = {path.name for path in house.iterdir() if path.is_dir() and path.name != "__pycache__"}
    (flow,) = (block.text for block in blocks(DOCS / "architecture.md", "text"))
    assert set(re.findall(r"\b(\w+)/", flow)) == folders
    named = re.findall(r"`((?:\w+/)+)", text)
    assert [name for name in named if not ((house / name).is_dir() or (ROOT / name).is_dir())] == []


def test_the_map_names_every_file_of_the_house_and_none_that_is_gone() -> None:
    """But for files that are found by their names: their folders have nothing else, and need no list."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("## Where things are")[2].partition("\n## ")[0]
    house = ROOT / "losscli"
    named = [
        house / folder / name
        for folder, files in re.findall(r"^- `([\w/]+)/`:(.*?)(?=^- |\Z)", section, re.MULTILINE | re.DOTALL)
        for name in re.findall(r"`(\w+\.pyx?)`", files)
    ]
    assert len(named) == len({*named})
    found_by_name = ["catalogue", "inputs/formats", "outputs/formats", "outputs/samples/formats"]
    found_by_name += ["cli/commands", "analyses/fit/models", "analyses/fit/optimizers"]
    found_by_name += ["analyses/doctor/checks"]
    files = {path for path in house.rglob("*.py*") if path.suffix in {".py", ".pyx"}}
    listed = {
        path
        for path in files
        if path.name not in {"__init__.py", "__main__.py"} and path.parent != house
        if path.parent not in {house / folder for folder in found_by_name}
        if house / "catalogue" not in path.parents
    }
    assert {*named} == listed


def test_every_folder_says_in_a_line_what_it_is_for() -> None:
    for path in (ROOT / "losscli").rglob("__init__.py"):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert doc, path
        assert len(doc.splitlines()[0]) <= 110, path


def test_every_page_is_on_the_list():
    listed = set(
        re.findall(r"^\| \[([\w/.-]+)\]\(", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    pages = {page.name for page in DOCS.glob("*.md")} - {"index.md"}
    assert pages <= listed, f"not on docs/index.md: {sorted(pages - listed)}"
