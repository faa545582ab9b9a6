"""Cross-entropy of ten classes by position: polars, lazy, streaming; both questions share one scan."""

import json
import sys

import polars as pl

predictions, labels = sys.argv[1:3]
names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
columns = {f"prob_{name}": name for name in names}
left = pl.scan_csv(predictions, schema={"id": pl.Int64, **dict.fromkeys(columns, pl.Float64)})
right = pl.scan_csv(labels, schema={"id": pl.Int64, "label": pl.Enum(names)}).select("label")
true = pl.coalesce(pl.when(pl.col("label") == name).then(pl.col(column)) for column, name in columns.items())
finite = pl.all_horizontal(pl.col(column).is_finite() for column in columns)
both = pl.concat([left, right], how="horizontal")
losses = both.select("id", (-true.log()).alias("loss"), finite.alias("finite"))

loss = pl.col("loss")
figures = losses.select(
    pl.col("finite").all(ignore_nulls=False),
    loss.mean().alias("mean"),
    loss.std().alias("std"),
    loss.min().alias("min"),
    loss.max().alias("max"),
    *(loss.quantile(q, interpolation="linear").alias(str(q)) for q in (0.5, 0.9, 0.99)),
)
one, worst = pl.collect_all([figures, losses.top_k(10, by="loss")], engine="streaming")
row = one.row(0, named=True)
if not row["finite"]:
    sys.exit("a probability is missing or not finite")
answer = {name: row[name] for name in ("mean", "std", "min", "max")}
answer["quantiles"] = [row["0.5"], row["0.9"], row["0.99"]]
answer["worst"] = worst.sort("loss", descending=True)["id"].to_list()
print(json.dumps(answer))
