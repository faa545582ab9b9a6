"""Full work by position, of JSON Lines: polars, lazy, streaming; both questions share one scan of a file."""

import json
import sys

import polars as pl

predictions, labels = sys.argv[1:3]
left = pl.scan_ndjson(predictions, schema={"id": pl.Int64, "prediction": pl.Float64})
right = pl.scan_ndjson(labels, schema={"id": pl.Int64, "label": pl.Float64}).select("label")
error = pl.col("prediction") - pl.col("label")
losses = pl.concat([left, right], how="horizontal").select("id", (error * error).alias("loss"))

loss = pl.col("loss")
figures = losses.select(
    loss.mean().alias("mean"),
    loss.std().alias("std"),
    loss.min().alias("min"),
    loss.max().alias("max"),
    *(loss.quantile(q, interpolation="linear").alias(str(q)) for q in (0.5, 0.9, 0.99)),
)
one, worst = pl.collect_all([figures, losses.top_k(10, by="loss")], engine="streaming")
row = one.row(0, named=True)
answer = {name: row[name] for name in ("mean", "std", "min", "max")}
answer["quantiles"] = [row["0.5"], row["0.9"], row["0.99"]]
answer["worst"] = worst.sort("loss", descending=True)["id"].to_list()
print(json.dumps(answer))
