"""Full work by id: as id_pandas.py, but the two files are read in two threads."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd


def read(path: str, types: dict[str, type]) -> pd.DataFrame:
    return pd.read_csv(path, usecols=list(types), dtype=types, low_memory=False)


predictions, labels = sys.argv[1:3]
id_type: type = str if "text" in sys.argv[3:] else np.int64
with ThreadPoolExecutor(2) as pool:
    left_job = pool.submit(read, predictions, {"id": id_type, "prediction": np.float64})
    right_job = pool.submit(read, labels, {"id": id_type, "label": np.float64})
    left, right = left_job.result(), right_job.result()
joined = left.merge(right, on="id", validate="1:1")
error = joined["prediction"].to_numpy() - joined["label"].to_numpy()
loss = error * error

ids = joined["id"].to_numpy()
worst = np.argpartition(loss, -10)[-10:]
worst = worst[np.argsort(-loss[worst])]
answer = {
    "mean": loss.mean(),
    "std": loss.std(ddof=1),
    "min": loss.min(),
    "max": loss.max(),
    "quantiles": np.quantile(loss, [0.5, 0.9, 0.99]).tolist(),
    "worst": ids[worst].tolist(),
}
print(json.dumps(answer))
