"""Names alike to the eye: they differ in what cannot be seen, and are two names to a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from losscli.common.errors import LosscliError
from losscli.common.text import exact_value, shorten

_DASHES = re.compile("[\u00ad\u02d7\u058a\u05be\u2010-\u2015\u2043\u207b\u208b\u2212\ufe58\ufe63\uff0d]")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_PLAIN = re.compile(r"[!-~]*( [!-~]+)*")
_MOST_SHOWN = 200
"""Of names whose difference is to be seen: as escapes, which are written once."""
_PANDAS = 'in pandas, read them with dtype=str, or make them integers by .astype("Int64")'


def seen(name: str) -> str:
    """Return a name as the eye sees it: one form of letters, one kind of blank and of dash."""
    if _PLAIN.fullmatch(name):
        return name
    # Few names have other letters than those of ASCII.
    from unicodedata import normalize

    composed = normalize("NFC", _UNSEEN.sub("", name))
    return " ".join(_DASHES.sub("-", composed).split())


def alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Return the first two of several names that look the same, None where none do."""
    found: dict[str, str] = {}
    for name in names:
        other = found.setdefault(seen(name), name)
        if other != name:
            return other, name
    return None


def note_of_cases(groups: Iterable[str]) -> Iterator[str]:
    """Yield a note where two groups differ in capitals alone, with the first such two."""
    found: dict[str, str] = {}
    for name in groups:
        other = found.setdefault(name.casefold(), name)
        if other != name:
            yield f"the groups {shorten(other)} and {shorten(name)} differ only in case"
            return


def hint_of_ids(ours: Iterable[str], theirs: Iterable[str]) -> str:
    """Return what may make two of one id, and the way out; nothing where no two are alike.

    Args:
        ours: ids that the predictions alone have.
        theirs: ids that the labels alone have.
    """
    known: dict[str | Decimal, str] = {}
    for theirs_id in theirs:
        number = exact_value(theirs_id)
        for key in (seen(theirs_id).casefold(), number):
            if key is not None:
                known.setdefault(key, theirs_id)
    for ours_id in ours:
        number = exact_value(ours_id)
        look = seen(ours_id)
        other = known.get(look.casefold())
        if other is not None:
            shown = f"{ours_id[:_MOST_SHOWN]!a} and {other[:_MOST_SHOWN]!a}"
            if seen(other) == look:
                return f"{shown} look the same but are not: spell them the same way in both files."
            return f"{shown} differ only in case: spell them the same way in both files."
        other = None if number is None else known.get(number)
        if other is not None:
            shown = f"{shorten(ours_id)!r} and {shorten(other)!r}"
            both = f"{shown} are the same number but different ids"
            return f"{both}: write them the same way in both files ({_PANDAS})."
    return ""


def refuse_alike(names: Iterable[str], where: str, what: str) -> None:
    """Raise LosscliError where two names look the same; `what` they are names of, in the plural."""
    pair = alike(names)
    if pair is not None:
        raise told(pair, where, what)


def told(pair: tuple[str, str], where: str, what: str) -> LosscliError:
    """Return the error of two names that look the same, with what tells them apart."""
    shown = " and ".join(ascii(name[:_MOST_SHOWN]) for name in pair)
    found = f"two {what} that look the same but are not: {shown}"
    return LosscliError(where, found, "one spelling per name", "Spell them the same way in the files.")
