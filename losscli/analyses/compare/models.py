"""What the models of a comparison are called, and which of them the others are compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import listed, nearest, shorten


def unique_names(given: Sequence[str | None], paths: Sequence[str]) -> list[str]:
    """Return a name for each model: the given one, else the stem of its file.

    Stems that are the same get the folders that tell them apart before them; what is then still the same
    is numbered from the second on.
    """
    parts = [_parts(path) for path in paths]
    names = [parts[place][-1] if name is None else name for place, name in enumerate(given)]
    for depth in range(2, 1 + max(map(len, parts), default=0)):
        often = Counter(names)
        for place, name in enumerate(given):
            if name is None and often[names[place]] > 1:
                names[place] = "/".join(parts[place][-depth:])
    taken = {name for name in given if name is not None}
    for place, name in enumerate(given):
        if name is None:
            number, base = 1, names[place]
            while names[place] in taken:
                number += 1
                names[place] = f"{base}-{number}"
            taken.add(names[place])
    return names


def _parts(path: str) -> list[str]:
    """Return the folders and the stem of a path, without the suffixes of a format and a compression."""
    if path == "-":
        return ["stdin"]
    pure = PurePath(path)
    stem = pure.name
    for _ in range(2):
        stem = PurePath(stem).stem if PurePath(stem).suffix.lower() in _SUFFIXES else stem
    return [*(part for part in pure.parts[:-1] if part not in ("/", "\\")), stem or path]


_SUFFIXES = frozenset(
    (
        *(".csv", ".tsv", ".txt", ".dat", ".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".arrow"),
        *(".feather", ".ipc", ".npy", ".npz", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".br"),
    )
)


def repeated(given: Sequence[str | None]) -> Iterator[LosscliError]:
    """Yield an error for each name that somebody gave to more than one model."""
    for name, often in Counter(name for name in given if name is not None).items():
        if often > 1:
            found = f"{often} models are called {shorten(name)!r}"
            yield UsageError("PREDICTIONS", found, "a name of its own for each", "Name them: NAME=FILE")


def put_first(names: Sequence[str], baseline: str | None) -> int:
    """Return the place of the model that the others are compared with: the first, unless one is named.

    Raises:
        UsageError: for a name that no model has; names the nearest.
    """
    if baseline is None:
        return 0
    if baseline not in names:
        found = f"there is no model {shorten(baseline)!r}"
        needed = f"one of {listed([*names])}"
        raise UsageError("--baseline-model", found, needed, nearest(baseline, names))
    return [*names].index(baseline)
