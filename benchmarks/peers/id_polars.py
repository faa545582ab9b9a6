"""Full work by id: polars, lazy, streaming; both questions share one scan of each file and one join."""

import json
import sys

import polars as pl

predictions, labels = sys.argv[1:3]
id_type = pl.String if "text" in sys.argv[3:] else pl.Int64
scan = pl.scan_parquet if predictions.endswith(".parquet") else pl.scan_csv
left = scan(predictions, schema={"id": id_type, "prediction": pl.Float64})
right = scan(labels, schema={"id": id_type, "label": pl.Float64})
error = pl.col("prediction") - pl.col("label")
losses = left.join(right, on="id", validate="1:1").select("id", (error * error).alias("loss"))

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
