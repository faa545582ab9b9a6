"""What a page on a loss says of other libraries: by which names they have it, and where theirs differs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from losscli.loss.declaration import Alias, Convention, Loss
from losscli.loss.names import bare, shown
from losscli.loss.spec import show_value


def also_called(loss: Loss) -> tuple[str, ...]:
    """Return what else a loss is called, without parameters: its aliases, and its names elsewhere."""
    plain = (bare(alias.called) for alias in loss.elsewhere if not alias.parameters)
    return tuple(dict.fromkeys(name for name in (*loss.aliases, *plain) if name != loss.name))


def told_elsewhere(loss: Loss) -> Iterator[Convention]:
    """Yield what is to say of other libraries: where the number is the same, and then where it differs."""
    said = " ".join(convention.library for convention in loss.conventions)
    silent = sorted((alias for alias in loss.elsewhere if alias.called not in said), key=same_how)
    for how, aliases in groupby(silent, same_how):
        yield Convention(", ".join(shown(alias.called) for alias in aliases), how, "1")
    yield from loss.conventions


def same_how(alias: Alias) -> str:
    """Return how an alias is the same as its loss: "the same with from_logits=true; alpha is q"."""
    given = ", ".join(f"{name}={show_value(value)}" for name, value in alias.parameters.items())
    renamed = "".join(f"; {theirs} is {ours}" for theirs, ours in alias.renamed.items())
    return f"the same{f' with {given}' if given else ''}{renamed}"
