"""Writes prediction and label files of any size, in chunks: memory does not grow with the number of rows.

    python benchmarks/generate.py ROWS FOLDER [FILE ...]

`preds.csv` (id, prediction) and `labels.csv` (id, label) are in the order of the ids 0, 1, 2, …;
`preds_other.csv` has the predictions of another model. `labels_shuffled.csv` has the rows of `labels.csv` in
pseudo-random order. `preds_random.csv` and `preds_text.csv` have other ids; `labels_random.csv` and
`labels_text.csv` have these in pseudo-random order.
`preds.parquet` and `labels.parquet` are `preds.csv` and `labels.csv` as Parquet, with ids of 64 bits.
`preds_classes.csv` and `labels_classes.csv` are of ten classes. Every value is a function of the row's number
alone, so a file can be written in any order, and a short file is the beginning of a long one. A file that is
there already is left alone. `preds.jsonl` and `labels.jsonl` are the rows of `preds.csv` and `labels.csv`;
the folders `preds_shards` and `labels_shards` have these rows in 64 files.
"""

import argparse
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

CHUNK = 1_000_000
SHARDS = 64
UInts = NDArray[np.uint64]
Floats = NDArray[np.float64]
Columns = dict[str, Any]
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


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


def label(rows: UInts) -> Columns:
    return {"label": normal(rows, 0)}


def prediction(rows: UInts) -> Columns:
    return {"prediction": normal(rows, 0) + 0.5 * normal(rows, 1)}


def other_prediction(rows: UInts) -> Columns:
    """Those of another model: its errors are like those of the first, and a little larger."""
    return {"prediction": prediction(rows)["prediction"] + 0.1 * normal(rows, 2)}


def classes(rows: UInts) -> NDArray[np.int64]:
    return (mix(rows, 90) % np.uint64(len(CLASSES))).astype(np.int64)


def class_label(rows: UInts) -> Columns:
    return {"label": np.array(CLASSES)[classes(rows)]}


def class_prediction(rows: UInts) -> Columns:
    """A column of probabilities for each class: the softmax of logits that lean towards the true one."""
    logits = np.stack([1.5 * normal(rows, 20 + k) for k in range(len(CLASSES))])
    logits[classes(rows), np.arange(len(rows))] += 2.5
    odds = np.exp(logits)
    return {f"prob_{name}": p for name, p in zip(CLASSES, odds / odds.sum(axis=0), strict=True)}


def dense(rows: UInts) -> Any:
    return rows


def signed(rows: UInts) -> Any:
    return rows.astype(np.int64)


def random(rows: UInts) -> Any:
    """A positive integer of 63 bits for every row, no two the same: each step can be undone."""
    mask = np.uint64(2**63 - 1)
    z = rows * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0xD1B54A32D192ED03) & mask
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9) & mask
    return z ^ (z >> np.uint64(29))


def text(rows: UInts) -> Any:
    """`user_000123`"""
    return pl.select(pl.format("user_{}", pl.lit(pl.Series(rows)).cast(pl.String).str.zfill(6))).to_series()


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


@dataclass(frozen=True)
class File:
    columns: Callable[[UInts], Columns]
    ids: Callable[[UInts], Any] = dense
    shuffled: bool = False
    folder: bool = False


FILES = {
    "preds.csv": File(prediction),
    "preds_other.csv": File(other_prediction),
    "labels.csv": File(label),
    "labels_shuffled.csv": File(label, shuffled=True),
    "preds_random.csv": File(prediction, random),
    "labels_random.csv": File(label, random, shuffled=True),
    "preds_text.csv": File(prediction, text),
    "labels_text.csv": File(label, text, shuffled=True),
    "preds.jsonl": File(prediction),
    "labels.jsonl": File(label),
    "preds_classes.csv": File(class_prediction),
    "labels_classes.csv": File(class_label),
    "preds.parquet": File(prediction, signed),
    "labels.parquet": File(label, signed),
    "preds_shards": File(prediction, folder=True),
    "labels_shards": File(label, folder=True),
}


def write(path: Path, rows: int, kind: File) -> None:
    """Writes one file, or a folder of them, under another name until it is whole."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    if kind.folder:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for shard in range(SHARDS):
            place = range(rows * shard // SHARDS, rows * (shard + 1) // SHARDS)
            write_rows(part / f"part-{shard:03}.csv", place, rows, kind)
    else:
        write_rows(part, range(rows), rows, kind, path.suffix)
    part.replace(path)


def write_rows(path: Path, place: range, rows: int, kind: File, suffix: str = ".csv") -> None:
    with path.open("wb") as file:
        writer = None
        for first in range(place.start, place.stop, CHUNK):
            numbers = np.arange(first, min(first + CHUNK, place.stop), dtype=np.uint64)
            numbers = shuffle(numbers, rows) if kind.shuffled else numbers
            frame = pl.DataFrame({"id": kind.ids(numbers), **kind.columns(numbers)})
            if suffix == ".parquet":
                table = frame.to_arrow()
                writer = writer or pq.ParquetWriter(file, table.schema)
                writer.write_table(table)
            elif suffix == ".jsonl":
                frame.write_ndjson(file)
            else:
                frame.write_csv(file, include_header=first == place.start)
        if writer is not None:
            writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write prediction and label files of any size.")
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"of: {', '.join(FILES)} (default: all)")
    options = parser.parse_args()
    if unknown := [name for name in options.files if name not in FILES]:
        parser.error(f"no file {', '.join(unknown)}; there are {', '.join(FILES)}")
    for name in options.files or FILES:
        write(options.folder / name, options.rows, FILES[name])


if __name__ == "__main__":
    main()
