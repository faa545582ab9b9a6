"""Cross-entropy of ten classes by position: DuckDB SQL. The losses go into a temporary table once."""

import json
import sys

import duckdb

predictions, labels = sys.argv[1:3]
names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
cases = " ".join(f"when '{name}' then prob_{name}" for name in names)
finite = " and ".join(f"isfinite(prob_{name})" for name in names)
con = duckdb.connect()
con.execute(f"""
    create temp table losses as
    select id, -ln(case label {cases} end) as loss, {finite} as finite
    from read_csv('{predictions}') positional join (select label from read_csv('{labels}'))
""")
row = con.execute("""
    select avg(loss), stddev_samp(loss), min(loss), max(loss), quantile_cont(loss, [0.5, 0.9, 0.99]),
           count(*) = count(loss) and coalesce(bool_and(coalesce(finite, false)), false)
    from losses
""").fetchone()
worst = con.execute("select id from losses order by loss desc limit 10").fetchall()
assert row is not None
*figures, sound = row
if not sound:
    sys.exit("a probability is missing or not finite")
answer = dict(zip(("mean", "std", "min", "max", "quantiles"), figures, strict=True))
print(json.dumps(answer | {"worst": [i for (i,) in worst]}))
