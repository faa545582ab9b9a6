"""Full work by position, of JSON Lines: DuckDB SQL. Two queries read the losses, in a temporary table."""

import json
import sys

import duckdb

predictions, labels = sys.argv[1:3]
con = duckdb.connect()
con.execute(f"""
    create temp table losses as
    select id, (prediction - label) * (prediction - label) as loss
    from (select id, prediction from read_ndjson('{predictions}'))
    positional join (select label from read_ndjson('{labels}'))
""")
row = con.execute("""
    select avg(loss), stddev_samp(loss), min(loss), max(loss), quantile_cont(loss, [0.5, 0.9, 0.99])
    from losses
""").fetchone()
worst = con.execute("select id from losses order by loss desc limit 10").fetchall()
assert row is not None
answer = dict(zip(("mean", "std", "min", "max", "quantiles"), row, strict=True))
print(json.dumps(answer | {"worst": [i for (i,) in worst]}))
