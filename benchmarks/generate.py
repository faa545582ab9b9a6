"""Writes prediction and label files of any size, in chunks: memory does not grow with the number of rows.

    python benchmarks/generate.py ROWS FOLDER [--shuffled]

`preds.csv` (id, prediction) and `labels.csv` (id, label) are in the order of the ids 0, 1, 2, …;
`labels_shuffled.csv` has the rows of `labels.csv` in pseudo-random order. Every value is a function of its id
alone, so a file can be written in any order, and a short file is the beginning of a long one. A file that is
there already is left alone.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

CHUNK = 1_000_000
UInts = NDArray[np.uint64]
Floats = NDArray[np.float64]


def mix(ids: UInts, stream: int) -> UInts:
    """A hash of every id: the output of SplitMix64 (Steele, Lea, Flood 2014), wrapping on purpose."""
    z = (ids + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(stream * 0xD1B54A32D192ED03 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def normal(ids: UInts, stream: int) -> Floats:
    """A standard normal number for every id (Box and Muller 1958)."""
    radius = (mix(ids, 2 * stream) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    angle = (mix(ids, 2 * stream + 1) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return np.sqrt(-2.0 * np.log1p(-radius)) * np.cos(2.0 * np.pi * angle)


def label(ids: UInts) -> Floats:
    return normal(ids, 0)


def prediction(ids: UInts) -> Floats:
    return label(ids) + 0.5 * normal(ids, 1)


def shuffle(ids: UInts, rows: int) -> UInts:
    """A pseudo-random permutation of 0 … rows−1, without an array of all of them.

    A Feistel network permutes the numbers of 2·half bits; one that lands beyond `rows` goes round again.
    """
    half = np.uint64(max(1, ((rows - 1).bit_length() + 1) // 2))
    mask = np.uint64((1 << int(half)) - 1)

    def permute(x: UInts) -> UInts:
        left, right = x >> half, x & mask
        for turn in range(4):
            left, right = right, left ^ (mix(right, 100 + turn) & mask)
        return left << half | right

    out = permute(ids)
    while (outside := out >= rows).any():
        out[outside] = permute(out[outside])
    return out


def write(path: Path, rows: int, column: str, value: Callable[[UInts], Floats], *, shuffled: bool) -> None:
    """Writes one file, under another name until it is whole."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for first in range(0, rows, CHUNK):
            ids = np.arange(first, min(first + CHUNK, rows), dtype=np.uint64)
            ids = shuffle(ids, rows) if shuffled else ids
            frame = pl.DataFrame({"id": ids, column: value(ids)})
            frame.write_csv(file, include_header=first == 0)
    part.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write prediction and label files of any size.")
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shuffled", action="store_true", help="also write labels_shuffled.csv")
    options = parser.parse_args()
    write(options.folder / "preds.csv", options.rows, "prediction", prediction, shuffled=False)
    write(options.folder / "labels.csv", options.rows, "label", label, shuffled=False)
    if options.shuffled:
        write(options.folder / "labels_shuffled.csv", options.rows, "label", label, shuffled=True)


if __name__ == "__main__":
    main()
