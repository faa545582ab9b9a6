"""Proves that ids are distinct, in bounded memory whatever their number.

Ids in ascending order prove it by themselves, and are not kept if they can be read again. From the
first one out of order on, all ids are kept, beyond a budget in a temporary file, and compared at
the end, one share of the hash space after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import IO

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError

Again = Callable[[], Generator[Array, None, None]]

BUDGET_BYTES = 1 << 25
SHARE_BYTES = 1 << 26


class Distinct:
    """Collects ids; tells at the end which came more than once."""

    def __init__(self, again: Again | None = None, budget: int = BUDGET_BYTES) -> None:
        """Start with no ids; `again` yields all of them from the first one on, where that can be."""
        self._again, self._budget = again, budget
        self._count = 0
        self._held: list[Array] = []
        self._held_bytes = 0
        self._file: IO[bytes] | None = None
        self._spilled: list[tuple[str, int]] = []
        self._last: tuple[int, bytes] | None = None
        self._ascending = True

    def add(self, ids: Array) -> None:
        """Take note of ids, an array of bytes (dtype `S`)."""
        if not len(ids):
            return
        if self._ascending:
            if self._ascends(ids):
                self._count += len(ids)
                if self._again is None:
                    self._hold(ids)
                return
            self._ascending = False
            for earlier in self._earlier():
                self._hold(earlier)
        self._hold(ids)

    def _hold(self, ids: Array) -> None:
        self._held.append(ids)
        self._held_bytes += ids.nbytes
        if self._held_bytes > self._budget:
            self._spill()

    def repeated(self) -> tuple[int, list[bytes]]:
        """Return how many ids came more than once, and the first few of them in order."""
        if self._ascending:
            return 0, []
        total = self._held_bytes + sum(np.dtype(kind).itemsize * count for kind, count in self._spilled)
        shares = max(1, -(-total // SHARE_BYTES))
        found = 0
        examples: list[bytes] = []
        for share in range(shares):
            parts = [ids if shares == 1 else ids[hashed(ids) % shares == share] for ids in self._all()]
            values = np.sort(np.concatenate(parts))
            again = values[1:][values[1:] == values[:-1]]
            if len(again):
                distinct = np.unique(again)
                found += len(distinct)
                examples.extend(distinct[:5].tolist())
        return found, sorted(examples)[:5]

    def contains(self, ids: Array) -> Array:
        """Return the mask of `ids` that were added before; to tell, all of those are read once more."""
        known = np.zeros(len(ids), dtype=np.bool_)
        if not len(ids):
            return known
        order = np.argsort(ids, kind="stable")
        ascending = ids[order]
        for held in self._all():
            places = np.minimum(np.searchsorted(ascending, held), len(ids) - 1)
            known[places[ascending[places] == held]] = True
        # So far the first of equal ids is marked.
        of_all = known[np.searchsorted(ascending, ascending)]
        known[order] = of_all
        return known

    def _ascends(self, ids: Array) -> bool:
        """Whether these ids are ascending, and above all before: shorter first, then as text.

        For numbers without leading zeros that is their numeric order.
        """
        length = np.char.str_len(ids) if ids.dtype.itemsize > 8 else _length(ids)
        first, last = (int(length[0]), bytes(ids[0])), (int(length[-1]), bytes(ids[-1]))
        if self._last is not None and first <= self._last:
            return False
        self._last = last
        if ids.dtype.itemsize == 8:
            # Big-endian, bytes compare as numbers do: five times as fast as comparing text.
            words = ids.view(">u8").astype(np.uint64)
            above = words[1:] > words[:-1]
        else:
            above = ids[1:] > ids[:-1]
        longer = length[1:] > length[:-1]
        return bool((longer | (above & (length[1:] == length[:-1]))).all())

    def _spill(self) -> None:
        with _told("written"):
            if self._file is None:
                from tempfile import TemporaryFile

                self._file = TemporaryFile(prefix="losscli-")  # noqa: SIM115  closed by `close`
            for ids in self._held:
                self._file.write(ids.tobytes())
                self._spilled.append((ids.dtype.str, len(ids)))
            self._file.flush()
        self._held, self._held_bytes = [], 0

    def close(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            # What could not be written is not to be tried again.
            with suppress(OSError):
                self._file.close()

    def _earlier(self) -> Iterator[Array]:
        """Yield the ascending ids that were not kept."""
        left = self._count if self._again is not None else 0
        if not left or self._again is None:
            return
        with closing(self._again()) as all_ids:
            for ids in all_ids:
                yield ids[:left]
                left -= min(left, len(ids))
                if not left:
                    return

    def _all(self) -> Iterator[Array]:
        if self._ascending:
            yield from self._earlier()
        yield from self._read_back()
        yield from self._held

    def _read_back(self) -> Iterator[Array]:
        if self._file is None:
            return
        with _told("read"):
            self._file.seek(0)
            for kind, count in self._spilled:
                dtype = np.dtype(kind)
                yield np.frombuffer(self._file.read(dtype.itemsize * count), dtype=dtype)


@contextmanager
def _told(done: str) -> Iterator[None]:
    """Raise LosscliError where the temporary file cannot be written or read."""
    try:
        yield
    except OSError as error:
        raise LosscliError(
            "the temporary file of ids",
            f"it cannot be {done}: {error.strerror or error}",
            "room for the ids",
            "Name a folder that has it: TMPDIR.",
        ) from None


def _length(ids: Array) -> Array:
    """Return the length of ids of at most 8 bytes: their lowest zero byte ends them."""
    words = ids.astype("S8").view("<u8")
    length = np.zeros(len(words), dtype=np.int64)
    for byte in range(8):
        length += (words >> np.uint64(8 * byte)) != 0
    return length


def hashed(ids: Array) -> Array:
    """Return a 64-bit hash of each id, the same for an id whatever the width of its array."""
    width = -(-ids.dtype.itemsize // 8) * 8
    words = ids.astype(f"S{width}").view("<u8").reshape(len(ids), -1)
    mixed = np.zeros(len(ids), dtype=np.uint64)
    for column in range(words.shape[1]):
        word = words[:, column]
        # Words of padding leave the hash alone, so that wider arrays of the same ids agree.
        step = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed = np.where(word != 0, step ^ (step >> np.uint64(29)), mixed)
    return mixed
