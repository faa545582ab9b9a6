"""Two models beside each other: polars, lazy, streaming."""

import json
import sys

import polars as pl

one, other, labels = sys.argv[1:4]


def column(path: str, name: str, called: str) -> pl.LazyFrame:
    frame = pl.scan_csv(path, schema={"id": pl.Int64, name: pl.Float64})
    return frame.select(pl.col(name).alias(called))


rows = pl.concat(
    [column(one, "prediction", "a"), column(other, "prediction", "b"), column(labels, "label", "y")],
    how="horizontal",
)
first, second = pl.col("a") - pl.col("y"), pl.col("b") - pl.col("y")
difference = second * second - first * first
figures = rows.select(difference.mean().alias("mean"), difference.std().alias("std"), pl.len().alias("n"))
answer = figures.collect(engine="streaming").row(0, named=True)
answer["t"] = answer["mean"] / answer["std"] * answer.pop("n") ** 0.5
print(json.dumps(answer))
