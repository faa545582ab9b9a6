"""What the documentation shows is what happens.

`LOSSCLI_UPDATE_GOLDEN=1 pytest -n 0 tests/docs` writes the outputs of all commands anew; review them
with `git diff`.
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.documents import (
    DOCUMENTS,
    ROOT,
    UPDATE,
    Block,
    Step,
    blocks,
    in_section,
    run,
    sandbox,
    shown,
    steps,
)
from helpers.figures import comparable

README = ROOT / "README.md"
CONSOLE = [
    pytest.param(document, place, id=f"{document.stem}-{place}-{block.section}")
    for document in DOCUMENTS
    for place, block in enumerate(blocks(document, "console"))
]


def replace(block: Block, text: str) -> None:
    whole = block.document.read_text(encoding="utf-8")
    whole = whole[: block.start] + text + whole[block.start + len(block.text) :]
    block.document.write_text(whole, encoding="utf-8")


def saved_before(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the files that the page has shown before this block: their first line is their name."""
    for other in blocks(block.document, "toml"):
        name = re.match(r"# ([\w-]+\.toml)\n", other.text)
        if name and other.start < block.start:
            yield name[1], other.text


@pytest.mark.parametrize(("document", "place"), CONSOLE)
def test_commands_print_what_is_shown(document: Path, place: int, tmp_path: Path) -> None:
    block = list(blocks(document, "console"))[place]
    wanted = steps(block.text)
    assert wanted, "a console block shows commands, behind `$ `"
    assert shown(wanted) == block.text, "a console block begins with a command"
    folder = sandbox(tmp_path)
    for name, text in saved_before(block):
        (folder / name).write_text(text, encoding="utf-8")
    found = run(wanted, folder, by_bash=document == README)
    if UPDATE:
        replace(block, shown(found))
        return
    for one, other in zip(found, wanted, strict=True):
        assert comparable(one.output, one.command) == comparable(other.output, one.command), one.command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_python_examples_work(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "\n".join(block.text for block in blocks(document, "python") if ">>> " in block.text)
    monkeypatch.chdir(sandbox(tmp_path))
    test = doctest.DocTestParser().get_doctest(code, {}, document.name, str(document), 0)
    failed = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed
    assert not failed, capsys.readouterr().out


def test_first_command_of_the_readme_prints_what_is_shown(tmp_path: Path) -> None:
    """The rest of the line, which installs, is for .ci/run."""
    command, output = in_section(README, "Try it")
    assert (command.language, output.language) == ("sh", "text")
    assert command.text.count("\n") == 1
    *_, last = command.text.strip().split(" && ")
    assert last.startswith(".venv/bin/losscli evaluate sample_data/")
    sandbox(tmp_path)
    (done,) = run([Step(last.removeprefix(".venv/bin/"), "")], tmp_path, by_bash=True)
    if UPDATE:
        replace(output, done.output)
        return
    assert comparable(done.output, last) == comparable(output.text, last)


@pytest.mark.parametrize("section", ["Try it", "Test it"])
def test_readme_has_one_line_that_does_it_all(section: str) -> None:
    (block,) = (block for block in in_section(README, section) if block.language == "sh")
    assert re.fullmatch(r"python3 -m venv \.venv && [^\n]+\n", block.text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_links_lead_to_files_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    missing = [
        target
        for target in targets
        if not re.match(r"\w+:", target) and not (document.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_links_lead_to_headings_that_exist(document: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([\w-]+)\)", document.read_text(encoding="utf-8")):
        if re.match(r"\w+:", target):
            continue
        found = (document.parent / target if target else document).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", found, re.MULTILINE)
        assert anchor in {
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
        }, target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_commands_stand_in_blocks_that_are_run(document: Path) -> None:
    """A `$ losscli` line in a block of another language would be shown, and never run."""
    for block in blocks(document):
        assert block.language == "console" or not re.search(r"^\$ ", block.text, re.MULTILINE), str(block)
        assert block.language, f"{block}: a block says its language"
