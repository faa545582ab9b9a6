"""What to say of a name that is not a loss: what it is elsewhere, what it is instead, what is near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from losscli.common.errors import UsageError
from losscli.common.text import shorten
from losscli.loss.declaration import Loss
from losscli.loss.names import Meaning, bare, key, meanings, shown
from losscli.loss.no_losses import no_loss
from losscli.loss.spec import bind

_WHERE = "--loss"
_MANY = 9


def means(name: str, losses: Sequence[Loss], others: Iterable[str]) -> Loss:
    """Return the loss that a name elsewhere stands for.

    Args:
        name: no name of ours.
        losses: the losses that come with losscli.
        others: names of losses that do not, to be offered where they are near.

    Raises:
        UsageError: if there is none, it differs from ours, or libraries do not agree; with what to do.
    """
    found = meanings(name, losses)
    if not found:
        raise _unknown(name, losses, others)
    specs = {_spec(one) if one.same else "" for one in found}
    if len(specs) > 1:
        if all(shown(one.called) == bare(one.called) for one in found):
            raise UsageError(
                _WHERE, f"'{shorten(name)}' may be {' or '.join(sorted(specs))}", "", "Choose one."
            )
        told = "; ".join(map(_told, found))
        raise UsageError(_WHERE, f"'{shorten(name)}' means different losses: {told}", "", "Choose one.")
    first = found[0]
    if first.differs is not None:
        factor = first.differs.factor
        remedy = (
            f"Use {first.loss.name}, and multiply by {factor}."
            if factor
            else f"The nearest is {first.loss.name}."
        )
        raise UsageError(_WHERE, f"there is no loss '{shorten(name)}' here: {_told(first)}", "", remedy)
    return first.loss


def _spec(meaning: Meaning) -> str:
    return bind(meaning.loss, meaning.same.parameters if meaning.same else {}).spec


def _told(meaning: Meaning) -> str:
    if meaning.same:
        return f"{shown(meaning.called)} is {_spec(meaning)}"
    assert meaning.differs is not None
    times = (
        f"{meaning.differs.factor} × {meaning.loss.name}"
        if meaning.differs.factor
        else f"not {meaning.loss.name}"
    )
    return f"{shown(meaning.called)} is {times} ({meaning.differs.difference})"


def _unknown(name: str, losses: Sequence[Loss], others: Iterable[str]) -> UsageError:
    what = shorten(name)
    other = no_loss(bare(name)) or no_loss(name)
    if other is not None:
        return UsageError(_WHERE, f"'{what}' is not a loss per sample: {other.why}", "", other.instead)
    family = [loss.name for loss in losses if key(loss.family) == key(name)]
    members = family or [loss.name for loss in losses if _begins(loss.name, name)]
    if len(members) > 1:
        found = f"'{what}' is a family of losses" if family else f"several losses begin with '{what}'"
        return UsageError(_WHERE, found, "", _choice(members, what))
    near = f"Did you mean {members[0]}?" if members else _nearest(name, losses, others)
    return UsageError(_WHERE, f"there is no loss '{what}'", "", near or "`losscli losses` lists them.")


def _begins(own: str, name: str) -> bool:
    parts = own.split("_")
    return any(key("".join(parts[:count])) == key(name) for count in range(1, len(parts)))


def _choice(members: Sequence[str], name: str) -> str:
    more = f", … `losscli losses {name}` lists all {len(members)}." if len(members) > _MANY else "."
    return f"Choose one: {', '.join(members[:_MANY])}{more}"


def _nearest(name: str, losses: Sequence[Loss], others: Iterable[str]) -> str:
    """Return the question that names what is spelled most like it: ours first, then names elsewhere."""
    from difflib import get_close_matches

    ours = {key(own): own for loss in losses for own in (loss.name, *loss.aliases)} | {
        key(one): one for one in others
    }
    theirs = {key(bare(alias.called)): bare(alias.called) for loss in losses for alias in loss.elsewhere}
    wanted = key(bare(name))
    for known, cutoff in ((ours, 0.75), ({**theirs, **ours}, 0.6)):
        near = get_close_matches(wanted, known, 3, cutoff)
        if near:
            return f"Did you mean {' or '.join(known[one] for one in near)}?"
    return ""
