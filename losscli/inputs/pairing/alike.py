"""Names alike to the eye: they differ in what cannot be seen, and are two names to a program."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from losscli.common.errors import LosscliError
from losscli.common.text import shorten

_DASHES = re.compile("[\u00ad\u02d7\u058a\u05be\u2010-\u2015\u2043\u207b\u208b\u2212\ufe58\ufe63\uff0d]")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_PLAIN = re.compile(r"[!-~]*( [!-~]+)*")


def seen(name: str) -> str:
    """Return a name as the eye sees it: one form of letters, one kind of blank and of dash."""
    if _PLAIN.fullmatch(name):
        return name
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", name))
    return " ".join(_DASHES.sub("-", composed).split())


def alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Return the first two of several names that look the same, None where none do."""
    found: dict[str, str] = {}
    for name in names:
        other = found.setdefault(seen(name), name)
        if other != name:
            return other, name
    return None


def refuse_alike(names: Iterable[str], where: str, what: str) -> None:
    """Raise LosscliError where two names look the same; `what` they are names of, in the plural."""
    pair = alike(names)
    if pair is not None:
        raise told(pair, where, what)


def told(pair: tuple[str, str], where: str, what: str) -> LosscliError:
    """Return the error of two names that look the same, with what tells them apart."""
    shown = " and ".join(ascii(shorten(name)) for name in pair)
    found = f"two {what} that look the same, and are not: {shown}"
    return LosscliError(where, found, "one spelling of a name", "Spell them alike in the files.")
