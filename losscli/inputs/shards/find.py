"""Which files a folder or a glob is: in the bytewise order of their paths, without what is no data."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from losscli.common.addresses import is_address, is_web
from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.places import Shard
from losscli.inputs.streams.opened import is_folder, name_of

UNFINISHED = (".tmp", ".part", ".inprogress")
"""How names of files end that somebody is still writing."""
_HIDDEN = ("_", ".")
_NULL = "__HIVE_DEFAULT_PARTITION__"


def shards_of(path: str, *, hive: bool = False) -> tuple[Shard, ...] | None:
    """Return the files of a folder or a glob, None where the path is neither.

    Args:
        path: a folder, or what has `*`, `?` or `[` in it and is no file itself.
        hive: whether folders called `key=value` are columns.

    Raises:
        LosscliError: where there is no file, where one is still being written, and for folders `key=value`
            that nobody said to be columns.
    """
    if is_address(path):
        return _kept(path, _stored(path), hive=hive)
    if is_folder(path):
        folder, found = path, [*_below(path)]
    elif glob.has_magic(path) and not os.path.lexists(path):
        folder = _fixed(path)
        # A path may begin anywhere, and a glob of pathlib below a folder alone.
        matches = glob.glob(path, recursive=True)  # noqa: PTH207
        found = [one for match in matches for one in (_below(match) if is_folder(match) else (match,))]
    else:
        return None
    names = {os.path.relpath(one, folder or ".").replace(os.sep, "/"): one for one in found}
    return _kept(path, names, hive=hive)


def _kept(several: str, names: Mapping[str, str] | None, *, hive: bool) -> tuple[Shard, ...] | None:
    """Return the files that are data of those found, which are given by their names below the folder."""
    if names is None:
        return None
    path = name_of(several)
    kept = sorted((name for name in names if not _is_hidden(name)), key=os.fsencode)
    if not kept:
        there = " that does not begin with _ or ." if names else ""
        raise LosscliError(path, f"there is no file{there}", "at least one file of samples")
    unfinished = [name for name in kept if name.lower().endswith(UNFINISHED)]
    if unfinished:
        raise LosscliError(
            path,
            f"{shorten(unfinished[0])} seems to be still written",
            "files that are complete",
            "Wait until it is, or remove it.",
        )
    return tuple(Shard(names[name], name, _keys(path, name, hive=hive)) for name in kept)


def _stored(address: str) -> dict[str, str] | None:
    """Return the objects of a folder or a glob in a store, by their names below it; None for one object."""
    if is_web(address):
        return None
    from losscli.inputs.streams.objects import objects_of

    return objects_of(address, name_of(address))


def together(fingerprints: Iterable[tuple[Shard, tuple[int, str]]]) -> tuple[int, str]:
    """Return the bytes of several files, and the SHA-256 of a line for each: its own digest, and its name."""
    size, text = 0, b""
    for shard, (bytes_, digest) in fingerprints:
        size += bytes_
        text += os.fsencode(f"{digest}  {shard.name}\n")
    return size, sha256(text).hexdigest()


def path_of(several: str, name: str) -> str:
    """Return the path of a file of a folder or a glob, from its name below that."""
    folder = _fixed(several) if glob.has_magic(several) else several
    return f"{folder.rstrip('/')}/{name}" if folder else name


def is_shard(path: str, several: str) -> bool:
    """Tell whether a file is among those that a folder or a glob is read as, or would be if it were there."""
    real = os.path.realpath(path)
    if is_address(several):
        return False
    if is_folder(several):
        folder = os.path.realpath(several)
        inside = os.path.commonpath((folder, real)) == folder
        return inside and not _is_hidden(os.path.relpath(real, folder).replace(os.sep, "/"))
    matches = glob.glob(several, recursive=True)  # noqa: PTH207
    return real in map(os.path.realpath, matches) or any(
        is_folder(match) and is_shard(path, match) for match in matches
    )


def _below(folder: str) -> Iterator[str]:
    """Yield the files of a folder and of those in it that are not hidden."""
    for place, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        yield from (str(Path(place, name)) for name in files)


def _unreadable(error: OSError) -> None:
    raise LosscliError(str(error.filename), f"cannot be opened: {error.strerror or error}") from None


def _fixed(pattern: str) -> str:
    """Return the folder above the first part of a glob that is no plain name."""
    parts = pattern.split("/")
    first = next(place for place, part in enumerate(parts) if glob.has_magic(part))
    return "/".join(parts[:first]) or ("/" if first else "")


def _is_hidden(name: str) -> bool:
    return any(part.startswith(_HIDDEN) for part in name.split("/"))


def _keys(path: str, name: str, *, hive: bool) -> tuple[tuple[str, str], ...]:
    pairs = [part.split("=", 1) for part in name.split("/")[:-1] if "=" in part]
    if pairs and not hive:
        shown = listed(["=".join(pair) for pair in pairs])
        raise LosscliError(
            path, f"there are folders such as {shown}", "files without keys", "If they are columns: --hive"
        )
    keys = tuple((unquote(key), unquote(value)) for key, value in pairs)
    for key, value in keys:
        if value == _NULL:
            raise LosscliError(f"{path}, {name}", f"{key} is the partition of nulls", "a value for every row")
    return keys
