"""Proves that ids are distinct, in bounded memory whatever their number.

Ids in ascending order prove it by themselves, and are not kept if they can be read again. From the
first one out of order on, all ids are kept, beyond a budget in a temporary file, and compared at
the end, one share of the hash space after the other. Whoever proves otherwise that ids are distinct
adds those alone that may not be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import IO

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.ids import are_integers, as_text, concatenated, words_of

Again = Callable[[], Generator[Array, None, None]]

BUDGET_BYTES = 1 << 25
SHARE_BYTES = 1 << 26


class Distinct:
    """Collects ids; tells at the end which came more than once."""

    def __init__(
        self, again: Again | None = None, budget: int = BUDGET_BYTES, *, known: bool = False
    ) -> None:
        """Start with no ids; `again` yields all of them from the first one on, where that can be.

        Of ids that are `known` to be distinct none has to be kept that can be read again.
        """
        self._again, self._budget = again, budget
        self._known = known and again is not None
        self._count = 0
        self._held: list[Array] = []
        self._held_bytes = 0
        self._file: IO[bytes] | None = None
        self._spilled: list[tuple[str, int]] = []
        self._order: _Order | None = _Order()
        self._ascending = True

    @property
    def repeatable(self) -> bool:
        """Whether all ids can be read again."""
        return self._again is not None

    def add(self, ids: Array) -> None:
        """Take note of ids: integers, or bytes."""
        if not self.ascends(ids):
            self.keep(ids)

    def ascends(self, ids: Array) -> bool:
        """Take note of ids if they and all before ascend; else return False, from now on.

        Who asks so has to `keep` the others, unless they are known to differ from all.
        """
        if self._known:
            self._count += len(ids)
            return True
        if len(ids) and self._order is not None and not self._order.goes_on(ids):
            self._order = None
        if self._order is None:
            return False
        if self._again is None:
            self._hold(ids)
        self._count += len(ids)
        return True

    def keep(self, ids: Array) -> None:
        """Take note of ids that may be anywhere in the order, or in the input."""
        if not len(ids):
            return
        if self._ascending:
            self._ascending, self._order = False, None
            for earlier in self._earlier():
                self._hold(earlier)
        self._hold(ids)

    def _hold(self, ids: Array) -> None:
        self._held.append(ids)
        self._held_bytes += ids.nbytes
        if self._held_bytes > self._budget:
            self._spill()

    def repeated(self) -> tuple[int, list[bytes]]:
        """Return how many ids came more than once, and the first few of them in the order of text."""
        if self._ascending:
            return 0, []
        total = self._held_bytes + sum(np.dtype(kind).itemsize * count for kind, count in self._spilled)
        shares = max(1, -(-total // SHARE_BYTES))
        text = len({kind[1] for kind, _ in self._spilled} | {ids.dtype.kind for ids in self._held}) > 1
        found = 0
        examples: list[bytes] = []
        for share in range(shares):
            kept = (as_text(ids) if text else ids for ids in self._all())
            parts = [ids if shares == 1 else ids[hashed(ids) % shares == share] for ids in kept]
            values = np.sort(concatenated(parts))
            again = values[1:][values[1:] == values[:-1]]
            if len(again):
                distinct = np.unique(again)
                found += len(distinct)
                examples.extend(first_texts(distinct))
        return found, sorted(examples)[:5]

    def first(self, count: int) -> Iterator[Array]:
        """Yield the ids that were added first, as many as asked for; those not kept are read once more."""
        with closing(self._all()) as all_ids:
            for ids in all_ids:
                if not count:
                    return
                yield ids[:count]
                count -= min(count, len(ids))

    def _spill(self) -> None:
        with _told("written"):
            if self._file is None:
                from tempfile import TemporaryFile

                self._file = TemporaryFile(prefix="losscli-")  # noqa: SIM115  closed by `close`
            for ids in self._held:
                # Some of it may have been read back since.
                self._file.seek(0, 2)
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

    def _all(self) -> Generator[Array, None, None]:
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
            "space for the ids",
            "Set TMPDIR to a folder that has enough space.",
        ) from None


class _Order:
    """Whether ids ascend: shorter first, then as text; integers by their value.

    For integers without a minus the two are the same, so that one kind may follow the other.
    """

    def __init__(self) -> None:
        self._last: Array | None = None
        self._negative = False

    def goes_on(self, ids: Array) -> bool:
        """Whether these ids, at least one, ascend, and are above all before."""
        integers = are_integers(ids)
        self._negative |= integers and bool(ids[0] < 0)
        last, self._last = self._last, ids[-1:]
        if last is not None:
            if self._negative and are_integers(last) != integers:
                return False
            if not _ascend(concatenated([last, ids[:1]])):
                return False
        return _ascend(ids)


def _ascend(ids: Array) -> bool:
    if are_integers(ids):
        return bool((ids[1:] > ids[:-1]).all())
    words, length = words_of(ids), np.strings.str_len(ids)
    above = np.zeros(len(ids) - 1, dtype=np.bool_)
    for place in range(words.shape[1] - 1, -1, -1):
        # Big-endian, bytes compare as numbers do.
        word = words[:, place].byteswap()
        above &= word[1:] == word[:-1]
        above |= word[1:] > word[:-1]
    above &= length[1:] == length[:-1]
    above |= length[1:] > length[:-1]
    return bool(above.all())


def first_texts(ids: Array) -> list[bytes]:
    """Return the first five of distinct ids in the order of text."""
    texts = as_text(ids)
    first: list[bytes] = np.sort(texts if len(ids) <= 5 else np.partition(texts, 4)[:5]).tolist()
    return first


def hashed(ids: Array) -> Array:
    """Return a 64-bit hash of each id, the same for an id of a kind whatever the width of its array."""
    words = words_of(ids)
    mixed = np.zeros(len(ids), dtype=np.uint64)
    for column in range(words.shape[1]):
        word = words[:, column]
        # Words of padding leave the hash alone, so that wider arrays of the same ids agree.
        step = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed = np.where(word != 0, step ^ (step >> np.uint64(29)), mixed)
    return mixed
