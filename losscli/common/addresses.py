"""Addresses, such as `s3://bucket/file.csv`: told from paths, and shown without what is secret in them.

What opens an address has all of it. Whatever is shown, written or kept has what `shown` returns.
"""

from __future__ import annotations

import re

_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*(?:::[A-Za-z0-9+.\-]+)*://"
_ADDRESS = re.compile(_SCHEME)
_PARTS = re.compile(rf"({_SCHEME})([^/?#]*)(.*)", re.DOTALL)
_IN_TEXT = re.compile(rf"{_SCHEME}[^\s'\"<>]+")
_WEB = ("http://", "https://")
_WEB_WITHIN = re.compile("https?://", re.IGNORECASE)
_CONTAINERS = re.compile(r"(?:abfss?|wasbs?)://")
HIDDEN = "?…"
NO_OUTPUT = (
    "this is an address; results are written to files",
    "a file",
    "Write a file, and copy it there with the tool of that store.",
)
"""What is told of an address where an output is named: what was found and is needed, and the remedy."""


def is_address(text: str) -> bool:
    """Tell whether a text is an address, and not a path."""
    return _ADDRESS.match(text) is not None


def is_web(text: str) -> bool:
    """Tell whether a text is the address of one file on a web server."""
    return text.lower().startswith(_WEB)


def scheme_of(address: str) -> str:
    """Return what stands before `://`, in small letters."""
    return address.partition("://")[0].lower()


def user_of(address: str) -> str:
    """Return the user of an address, with a password if there is one; a container of Azure is no user."""
    found = _PARTS.match(address)
    user = found[2].rpartition("@")[0] if found else ""
    return "" if _CONTAINERS.match(address.lower()) and ":" not in user else user


def without_query(address: str) -> str:
    """Return an address up to its query or fragment; a path as it is.

    On web servers every query counts. Names of objects may have `?` and `#`; what holds an `=` behind one
    of them is taken for a query.
    """
    found = _PARTS.match(address)
    if not found:
        return address
    mark = r"[?#]" if _WEB_WITHIN.search(address) else r"[?#](?=.*=)"
    return found[1] + found[2] + re.split(mark, found[3], maxsplit=1, flags=re.DOTALL)[0]


def shown(address: str) -> str:
    """Return an address without user, password, query and fragment, `?…` for the latter; a path as it is."""
    bare = without_query(address)
    if not is_address(address):
        return address
    rest = HIDDEN if len(bare) < len(address) else ""
    user = user_of(address)
    return bare.replace(f"{user}@", "", 1) + rest if user else bare + rest


def scrubbed(text: str) -> str:
    """Return a text with every address in it as it is shown."""
    return _IN_TEXT.sub(_scrubbed, text) if "://" in text else text


def _scrubbed(found: re.Match[str]) -> str:
    address = found[0].rstrip(":;,.)`")
    return (address if address.endswith(HIDDEN) else shown(address)) + found[0][len(address) :]
