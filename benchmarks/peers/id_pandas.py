"""Full work by id: pandas reads and merges, NumPy computes."""

import json
import sys

import numpy as np
import pandas as pd

predictions, labels = sys.argv[1:3]
id_type: type = str if "text" in sys.argv[3:] else np.int64
left = pd.read_csv(predictions, usecols=["id", "prediction"], dtype={"id": id_type, "prediction": np.float64})
right = pd.read_csv(labels, usecols=["id", "label"], dtype={"id": id_type, "label": np.float64})
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
