"""`losscli docs`: the pages of `docs/`, from a checkout or a wheel."""

import importlib.util
import os
import pty
import re
import sys

import pytest
from helpers.calls import ROOT, environment, losscli

from losscli.cli.terminal import manual

DOCS = ROOT / "docs"
PAGES = {
    str(path.relative_to(DOCS).with_suffix("")).removesuffix("/index"): path for path in DOCS.rglob("*.md")
}


def test_every_page_is_there():
    assert manual.pages().keys() == PAGES.keys()
    assert all(manual.page(name) == path.read_text(encoding="utf-8") for name, path in PAGES.items())


@pytest.mark.parametrize("name", ["gates", "gates.md", "docs/gates.md", "Gates", "losses/huber", "huber"])
def test_a_page_in_a_pipe_is_the_text(name):
    done = losscli("docs", name)
    assert (done.returncode, done.stderr) == (0, "")
    path = DOCS / ("losses/huber.md" if "huber" in name else "gates.md")
    assert done.stdout == path.read_text(encoding="utf-8")


def test_without_a_page_all_are_listed():
    done = losscli("docs")
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line.split()[0] for line in done.stdout.splitlines()[2:] if line[2:3].isalpha()]
    assert {name for name in PAGES if "/" not in name and name != "index"} <= {*listed}
    assert "losscli docs losses/NAME" in done.stdout
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"^\| \[gates.md\]\(gates.md\) \| (.*) \|$", index, re.MULTILINE)
    assert re.search(rf"^  gates +{re.escape(told)}$", done.stdout, re.MULTILINE)
    assert not re.search(r"^ *\w+ *$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("gats", "Did you mean gates?"), ("hubr", "Did you mean huber?"), ("x" * 99, "`losscli docs` lists")],
)
def test_a_typo_is_told_the_nearest_page(typed, hint):
    done = losscli("docs", typed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("losscli: PAGE: there is no page '")
    assert hint in done.stderr


def test_the_package_is_asked_before_the_checkout(tmp_path, monkeypatch):
    (tmp_path / "docs" / "losses").mkdir(parents=True)
    for name in ("index.md", "losses/index.md", "one.md"):
        (tmp_path / "docs" / name).write_text(f"# {name}\n")
    monkeypatch.setattr(manual, "files", lambda _: tmp_path)
    assert manual.pages().keys() == {"index", "losses", "one"}
    assert manual.page("losses") == "# losses/index.md\n"


def test_an_installation_without_a_manual_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(manual, "files", lambda _: tmp_path)
    monkeypatch.setattr(manual.losscli, "__file__", str(tmp_path / "losscli" / "__init__.py"))
    done = losscli("docs")
    assert (done.returncode, done.stdout) == (2, "")
    assert "this installation has no manual" in done.stderr
    assert (
        "plain"
        not in losscli(_LOSSCLI_COMPLETE="bash_complete", COMP_WORDS="losscli docs g", COMP_CWORD=2).stdout
    )


def on_a_terminal(tmp_path, **variables):
    shown = tmp_path / "shown"
    child, ear = pty.fork()
    if child == 0:
        os.execve(
            sys.executable,
            [sys.executable, "-m", "losscli", "docs", "gates"],
            environment(TERM="xterm-256color", COLUMNS="300", PAGER=f"tee {shown}", **variables),
        )
    said = b""
    try:
        while data := os.read(ear, 1 << 16):
            said += data
    except OSError:
        pass  # the other end is closed
    os.close(ear)
    assert os.waitpid(child, 0)[1] == 0
    return shown.read_text(encoding="utf-8")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a pseudo-terminal reads its end as EIO")
def test_a_page_on_a_terminal_is_drawn_and_paged(tmp_path):
    shown = on_a_terminal(tmp_path)
    assert "| --- |" not in shown
    assert "```" not in shown
    assert "Exit status" in shown
    assert max(map(len, shown.splitlines())) <= 130


def test_the_pages_are_no_code():
    assert importlib.util.find_spec("losscli.docs") is None
