"""The mean alone, by position, of JSON Lines: polars; what the goal is held against."""

import json
import sys

import polars as pl

predictions, labels = sys.argv[1:3]
left = pl.scan_ndjson(predictions, schema={"id": pl.Int64, "prediction": pl.Float64}).select("prediction")
right = pl.scan_ndjson(labels, schema={"id": pl.Int64, "label": pl.Float64}).select("label")
error = pl.col("prediction") - pl.col("label")
both = pl.concat([left, right], how="horizontal")
print(json.dumps({"mean": both.select((error * error).mean()).collect(engine="streaming").item()}))
