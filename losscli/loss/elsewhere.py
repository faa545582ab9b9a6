"""What a page on a loss says of other libraries: by which names they have it, and where theirs differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from losscli.loss.declaration import Alias, Convention, Loss
from losscli.loss.names import LIBRARIES, bare, key, library, shown
from losscli.loss.spec import show_value


def also_called(loss: Loss) -> tuple[str, ...]:
    """Return what else a loss is called, without parameters: its aliases, and its names elsewhere."""
    plain = (bare(alias.called) for alias in loss.elsewhere if not alias.parameters)
    names: dict[str, str] = {key(loss.name): ""}
    for name in (*loss.aliases, *plain):
        names.setdefault(key(name), name)
    return tuple(name for name in names.values() if name)


def told_elsewhere(loss: Loss, known: Iterable[str] = ()) -> Iterator[Convention]:
    """Yield what is to say of other libraries: where the number is the same, and then where it differs.

    Calls that are `known` are told elsewhere.
    """
    said = " ".join((*known, *(convention.library for convention in loss.conventions)))
    silent = (alias for alias in loss.elsewhere if not _is_said(alias.called, said))
    for how, aliases in groupby(sorted(silent, key=same_how), same_how):
        yield Convention(", ".join(shown(alias.called) for alias in aliases), how, "1")
    yield from loss.conventions


def _is_said(called: str, said: str) -> bool:
    return called in said or f"{LIBRARIES.get(library(called))} {bare(called)}" in said


def same_how(alias: Alias) -> str:
    """Return how an alias is the same as its loss: "the same with from_logits=true; alpha is q"."""
    given = ", ".join(f"{name}={show_value(value)}" for name, value in alias.parameters.items())
    renamed = "".join(f"; {theirs} is {ours}" for theirs, ours in alias.renamed.items())
    return f"the same{f' with {given}' if given else ''}{renamed}"
