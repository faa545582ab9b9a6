"""The manual: the pages of `docs/`, which a wheel carries in the package, and a checkout beside it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

import losscli
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import nearest, shorten
from losscli.outputs.drawing.console import looks
from losscli.outputs.drawing.elements import Element, Entries, Entry, Words
from losscli.outputs.drawing.plain import to_ascii

_INDEX = "index"
_WIDEST = 100
"""Longer lines are hard to read."""
_ROW = re.compile(r"^\| \[[^\]]*\]\((\S+?)\) \| (.*) \|$", re.MULTILINE)
_HERE = re.compile(r"\[([^\]]*)\]\(#[^)]*\)")
"""A link within a page, which leads nowhere on a terminal."""
_STYLES = {"markdown.item.bullet": "bold", "markdown.item.number": "bold", "markdown.hr": "dim"}
"""Instead of yellow, which cannot be seen on a light background."""
_BULLETS = str.maketrans({"•": "*", "▌": "|", "┃": "|", "│": "|"})
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def _folder() -> Traversable:
    places: tuple[Traversable, ...] = (
        files("losscli") / "docs",
        Path(losscli.__file__).parent.parent / "docs",
    )
    for place in places:
        if (place / f"{_INDEX}.md").is_file():
            return place
    raise LosscliError("losscli docs", "this installation has no manual", "", "Reinstall losscli.")


def pages() -> dict[str, Traversable]:
    """Return the pages by name: `inputs`; `losses/huber` in a folder, whose index is `losses`.

    Raises:
        LosscliError: if the manual was not installed.
    """
    found = dict(sorted(_below(_folder(), "")))
    return {_INDEX: found.pop(_INDEX), **found}


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _below(one, f"{prefix}{one.name}/")
        elif one.name == f"{_INDEX}.md":
            yield prefix.rstrip("/") or _INDEX, one
        elif one.name.endswith(".md"):
            yield prefix + one.name.removesuffix(".md"), one


def page(name: str) -> str:
    """Return a page as it was written, in Markdown.

    Args:
        name: one of `pages`, or the last part of it.

    Raises:
        UsageError: if there is none; the nearest name is given.
        LosscliError: if the manual was not installed.
    """
    known = pages()
    wanted = name.removesuffix(".md").removeprefix("docs/").lower()
    matching = [one for one in known if wanted == one or one.endswith(f"/{wanted}")]
    if not matching:
        hint = nearest(wanted, [*known, *(one.rpartition("/")[2] for one in known)])
        raise UsageError(
            "PAGE", f"there is no page '{shorten(name)}'", "", hint or "`losscli docs` lists the pages."
        )
    return known[matching[0]].read_text(encoding="utf-8")


def listing() -> Iterator[Element]:
    """Yield a list of the pages, with what the index says about each."""
    known = pages()
    told: dict[str, str] = {}
    for target, text in _ROW.findall(known[_INDEX].read_text(encoding="utf-8")):
        name = target.removesuffix(".md").removesuffix("/index")
        told.setdefault(name.rstrip("/"), _LINK.sub(r"\1", text).replace("`", ""))
    shown = [name for name in told if name in known]
    shown += [name for name in known if "/" not in name and name not in (*shown, _INDEX)]
    yield Words("The pages of the manual. To read one: losscli docs PAGE", "", 0)
    lines = ((name, told.get(name) or _title(known[name])) for name in shown)
    yield Entries(tuple(Entry(name, ((text, ""),)) for name, text in lines), apart=True)
    folders = sorted({name.rpartition("/")[0] for name in known if "/" in name})
    for one in folders:
        yield Words(f"losscli docs {one}/NAME shows one of the {one}.", "", 0, apart=True)


def _title(one: Traversable) -> str:
    return one.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def show(text: str) -> None:
    """Write a page to stdout: drawn, and through a pager, on a terminal; else as it is."""
    plain = looks(sys.stdout).ascii_only
    text = to_ascii(text) if plain else text
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.theme import Theme

    from losscli.cli.terminal.page import Page
    from losscli.cli.terminal.progress import console

    drawn = console(sys.stdout)
    drawn.push_theme(Theme(_STYLES))
    drawn.width = min(drawn.width, _WIDEST)
    with drawn.capture() as captured:
        drawn.print(Page(_HERE.sub(r"\1", text), hyperlinks=False))
    page_ = captured.get()
    click.echo_via_pager(to_ascii(page_.translate(_BULLETS)) if plain else page_)
