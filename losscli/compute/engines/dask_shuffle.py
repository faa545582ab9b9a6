"""Dask's own shuffle, of what tasks give to shares: workers send it to each other, and nothing comes here.

A row of the frame that is shuffled is all that one task gives to one share, as bytes.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

Task = TypeVar("Task")
Told = TypeVar("Told")
Given = TypeVar("Given")
Result = TypeVar("Result")
Read = Callable[[Task], tuple[Told, Mapping[int, Given]]]

_SHARE, _GIVEN = "share", "given"
_TOLD = -1
"""The share that gets what reading tells."""
_TRIES = 1 << 16


def graph(
    read: Read[Any, Any, Any], tasks: Sequence[Any], fold: Callable[[Any], Any], shares: int
) -> list[Any]:
    """Return what is to be computed: one `delayed` for each partition, which `unpacked` reads."""
    import dask.dataframe
    from dask import delayed

    keys = _keys(shares + 1)
    frame = dask.dataframe.from_map(
        partial(_read, read, keys), tasks, meta=_frame({}), enforce_metadata=False
    )
    shuffled = frame.shuffle(_SHARE, npartitions=shares + 1, shuffle_method="p2p")
    folded = delayed(partial(_fold, fold, {key: share for share, key in keys.items()}), pure=False)
    return [folded(part) for part in shuffled.to_delayed()]


def unpacked(parts: Sequence[tuple[list[Told], list[Result]]]) -> tuple[list[Told], list[Result]]:
    """Return what reading told, and what was made of the shares."""
    return [one for told, _ in parts for one in told], [one for _, made in parts for one in made]


def _keys(partitions: int) -> dict[int, int]:
    """Return a number for each share, and for what is told, such that Dask puts each in its own partition.

    Where it does not, some do more than others, and that is all.
    """
    numbers = pd.DataFrame({_SHARE: np.arange(_TRIES, dtype=np.int64)})
    places = pd.util.hash_pandas_object(numbers, index=False).to_numpy() % np.uint64(partitions)
    _, first = np.unique(places, return_index=True)
    chosen = first.tolist()
    # Of very many partitions some may have no number among those tried.
    chosen += range(_TRIES, _TRIES + partitions - len(chosen))
    return {share: chosen[share + 1] for share in range(_TOLD, partitions - 1)}


def _frame(given: Mapping[int, bytes]) -> pd.DataFrame:
    import pyarrow as pa

    kind: Any = pd.ArrowDtype(pa.large_binary())
    cells = pd.array([*given.values()], dtype=kind)
    return pd.DataFrame({_SHARE: np.fromiter(given, dtype=np.int64, count=len(given)), _GIVEN: cells})


def _read(read: Read[Any, Any, Any], keys: Mapping[int, int], task: Any) -> pd.DataFrame:
    told, given = read(task)
    cells = {keys[_TOLD]: pickle.dumps(told, protocol=pickle.HIGHEST_PROTOCOL)}
    for share, one in given.items():
        cells[keys[share]] = pickle.dumps(one, protocol=pickle.HIGHEST_PROTOCOL)
    return _frame(cells)


def _fold(
    fold: Callable[[list[Any]], Any], shares: Mapping[int, int], frame: pd.DataFrame
) -> tuple[list[Any], list[Any]]:
    told, given = list[Any](), dict[int, list[Any]]()
    for key, cell in zip(frame[_SHARE].tolist(), frame[_GIVEN].array, strict=True):
        share, one = shares[key], pickle.loads(cell)
        (told if share == _TOLD else given.setdefault(share, [])).append(one)
    del frame
    return told, [fold(given.pop(share)) for share in sorted(given)]
