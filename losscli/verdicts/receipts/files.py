"""Finds the files that a receipt is about: by their paths, by their names, by their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from shlex import quote

from losscli.common.addresses import is_address, shown
from losscli.common.errors import LosscliError
from losscli.common.text import listed
from losscli.inputs.provenance import Fingerprint
from losscli.inputs.shards.find import shards_of, together
from losscli.inputs.streams.opened import OpenedFile, member_named, split_member
from losscli.verdicts.receipts.outcome import FoundFile

_ESCAPE = re.compile(r"\\u(dc[89a-f][0-9a-f])")
_SEARCH = "Name it: --search FOLDER."
_READ_BYTES = 1 << 20


def locate(
    role: str,
    path: str,
    recorded: Fingerprint | str,
    *,
    receipt: str,
    given: str | None = None,
    search: str | None = None,
    alone: bool = True,
) -> FoundFile:
    """Return a file of a receipt as it was found, whether it is the same or was changed.

    Looked at are, in this order: the path that was recorded, from the current folder and from that
    of the receipt; the file of that name beside the receipt; every file below `search`. The first
    one with the recorded bytes is it; where none has them, the first one that is there was changed.

    Args:
        role: `predictions`, `labels`, `exclude-ids` or `code`.
        path: as recorded; `-` was a pipe.
        recorded: which bytes it had; the SHA-256 alone for code.
        receipt: the path of the receipt.
        given: the file that the caller says it is; no other is then looked at.
        search: a folder whose files are looked through.
        alone: whether it is the only file of its role, so that an option may name it.

    Raises:
        LosscliError: if there is none that could be it.
    """
    tried = [given] if given is not None else list(dict.fromkeys(_places(path, receipt)))
    changed = None
    for place in tried:
        file = _found(role, path, place, recorded)
        if file is not None and not file.changed:
            return file
        changed = changed or file
    if search is not None and given is None:
        member = None if role == "code" else member_named(path)
        for place in _files(search, None if isinstance(recorded, str) else recorded.size):
            if role == "code" and Path(place).name != Path(path).name:
                continue
            file = _found(role, path, place if member is None else f"{place}:{member}", recorded)
            if file is not None and not file.changed:
                return file
    if changed is None:
        raise _missing(role, path, recorded, tried, given, alone=alone and role in ("predictions", "labels"))
    return changed


def _found(role: str, path: str, place: str, recorded: Fingerprint | str) -> FoundFile | None:
    found = fingerprint(place)
    if found is None:
        return None
    # Of code the receipt has no size.
    known = Fingerprint(found.size, recorded) if isinstance(recorded, str) else recorded
    return FoundFile(role, path, place, known, found)


def fingerprint(path: str) -> Fingerprint | None:
    """Return which bytes a regular file has; None where there is none that can be read.

    Pipes and devices are none: they could not be read a second time, and might never end. A folder or a
    glob has the bytes of its files.
    """
    try:
        shards = shards_of(path, hive=True)
    except LosscliError:
        if is_address(path):
            raise
        return None
    if shards is None:
        return _of_address(path) if is_address(path) else _of_file(path)
    read = _of_address if is_address(path) else _of_file
    found = [(shard, read(shard.path)) for shard in shards]
    known = [(shard, (one.size, one.sha256)) for shard, one in found if one is not None]
    return Fingerprint(*together(known)) if len(known) == len(found) else None


def _of_address(address: str) -> Fingerprint:
    with closing(OpenedFile(address, hashed=True)) as file:
        found = file.fingerprint()
        assert found is not None
        return Fingerprint(*found)


def _of_file(path: str) -> Fingerprint | None:
    try:
        with open(split_member(path)[0], "rb", opener=_open_regular) as file:
            digest, size = hashlib.sha256(), 0
            while data := file.read(_READ_BYTES):
                digest.update(data)
                size += len(data)
    except (OSError, ValueError):
        return None
    return Fingerprint(size, digest.hexdigest())


def _open_regular(path: str, flags: int) -> int:
    # Opening a FIFO would wait for somebody who writes to it.
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(path)
    return descriptor


def _places(path: str, receipt: str) -> Iterator[str]:
    if path == "-" or not path or is_address(path):
        return
    folder = Path(receipt).parent
    # Bytes of a name that are no UTF-8 are escapes in a receipt.
    for name in (path, _ESCAPE.sub(lambda byte: chr(int(byte[1], 16)), path)):
        yield name
        yield str(folder / name)
        yield str(folder / Path(name).name)


def _files(folder: str, size: int | None) -> Iterator[str]:
    """Yield the regular files below a folder; those of another size are not even opened."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for place in (Path(parent) / name for name in sorted(names)):
            with suppress(OSError):
                status = place.lstat()
                if stat.S_ISREG(status.st_mode) and size in (None, status.st_size):
                    yield str(place)


def _missing(
    role: str, path: str, recorded: Fingerprint | str, tried: list[str], given: str | None, *, alone: bool
) -> LosscliError:
    digest = recorded if isinstance(recorded, str) else recorded.sha256
    needed = f"a file with the SHA-256 {digest}"
    if given is not None:
        return LosscliError(shown(given), "there is no such file, or it cannot be read twice", needed)
    places = f"looked at {listed(tried)}" if tried else "they came from a pipe"
    if is_address(path):
        # A receipt comes from outside: it makes nobody ask a server, with credentials perhaps.
        found = f"the {role} of the receipt are at an address, which is opened only if it is named"
        remedy = f"Name it: --{role} {quote(path)}, or --search FOLDER." if alone else _SEARCH
        return LosscliError(path, found, needed, remedy)
    remedy = f"Name it: --{role} FILE, or --search FOLDER." if alone else _SEARCH
    name = "standard input" if path == "-" else path
    what = "ids to exclude" if role == "exclude-ids" else role
    found = f"the {what} of the receipt {'was' if role == 'code' else 'were'} not found: {places}"
    return LosscliError(name, found, needed, remedy)
