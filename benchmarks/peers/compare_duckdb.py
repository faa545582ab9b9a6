"""Two models beside each other: DuckDB SQL."""

import json
import sys

import duckdb

one, other, labels = sys.argv[1:4]
row = (
    duckdb.connect()
    .execute(f"""
    select avg(d), stddev_samp(d), avg(d) / stddev_samp(d) * sqrt(count(*))
    from (
        select (b - y) * (b - y) - (a - y) * (a - y) as d
        from (select prediction as a from '{one}')
        positional join (select prediction as b from '{other}')
        positional join (select label as y from '{labels}')
    )
""")
    .fetchone()
)
assert row is not None
print(json.dumps(dict(zip(("mean", "std", "t"), row, strict=True))))
