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

_INDEX = "index"
_WIDEST = 100
"""Longer lines are hard to read."""
_ROW = re.compile(r"^\| \[[^\]]*\]\((\S+?)\) \| (.*) \|$", re.MULTILINE)
_HERE = re.compile(r"\[([^\]]*)\]\(#[^)]*\)")
"""A link within a page, which leads nowhere on a terminal."""
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


def listing() -> str:
    """Return a list of the pages, a line each, with what the index says about it."""
    known = pages()
    told: dict[str, str] = {}
    for target, text in _ROW.findall(known[_INDEX].read_text(encoding="utf-8")):
        name = target.removesuffix(".md").removesuffix("/index")
        told.setdefault(name.rstrip("/"), _LINK.sub(r"\1", text).replace("`", ""))
    shown = [name for name in told if name in known]
    shown += [name for name in known if "/" not in name and name not in (*shown, _INDEX)]
    width = max(map(len, shown))
    lines = [f"{name.ljust(width)}  {told.get(name) or _title(known[name])}" for name in shown]
    folders = sorted({name.rpartition("/")[0] for name in known if "/" in name})
    lines += ["", *(f"losscli docs {one}/NAME shows one of the {one}." for one in folders)]
    return "\n".join(["The pages of the manual. To read one: losscli docs PAGE", "", *lines]) + "\n"


def _title(one: Traversable) -> str:
    return one.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def show(text: str) -> None:
    """Write a page to stdout: drawn, and through a pager, on a terminal; else as it is."""
    shape = looks(sys.stdout)
    if not shape.interactive or shape.ascii_only:
        click.echo(text, nl=False)
        return
    from rich.markdown import Markdown

    from losscli.cli.terminal.progress import console

    drawn = console(sys.stdout)
    drawn.width = min(drawn.width, _WIDEST)
    with drawn.capture() as captured:
        drawn.print(Markdown(_HERE.sub(r"\1", text), hyperlinks=False))
    click.echo_via_pager(captured.get())
