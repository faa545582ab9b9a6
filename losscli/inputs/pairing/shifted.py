"""Pairs rows with labels some rows further on, or before: a stream of rows, one input of which is moved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from losscli.inputs.chunk import Chunk

Together = tuple[Chunk, ...]
"""The same rows of several inputs."""


def shifted(rows: Iterator[Together], by: int, moved: int) -> Iterator[Together]:
    """Yield row i of all inputs with row i + `by` of the one at the place `moved`.

    Rows at the ends that have no partner are left out. As many rows as that are held.
    """
    waiting, held = deque[Together](), 0
    for together in rows:
        others = (*together[:moved], *together[moved + 1 :])
        early, late = (
            (others, together[moved : moved + 1]) if by > 0 else (together[moved : moved + 1], others)
        )
        waiting.append(early)
        held += len(early[0])
        due = max(0, held - abs(by))
        late, held = _cut(late, len(late[0]) - due, len(late[0])), held - due
        start = 0
        while start < due:
            first = waiting.popleft()
            end = min(due, start + len(first[0]))
            now, later = _cut(first, 0, end - start), _cut(first, end - start, len(first[0]))
            if len(later[0]):
                waiting.appendleft(later)
            both = now, _cut(late, start, end)
            others, one = both if by > 0 else both[::-1]
            yield (*others[:moved], *one, *others[moved:])
            start = end


def _cut(together: Together, start: int, end: int) -> Together:
    rows = slice(start, end)
    return together if end - start == len(together[0]) else tuple(chunk.take(rows) for chunk in together)
