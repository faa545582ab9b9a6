"""Cross-entropy of ten classes by position: pandas reads, NumPy computes."""

import json
import sys

import numpy as np
import pandas as pd

predictions, labels = sys.argv[1:3]
names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
columns = [f"prob_{name}" for name in names]
left = pd.read_csv(predictions, dtype={"id": np.int64, **dict.fromkeys(columns, np.float64)})
right = pd.read_csv(labels, usecols=["label"], dtype={"label": pd.CategoricalDtype(names)})
probabilities = left[columns].to_numpy()
if not np.isfinite(probabilities).all():
    sys.exit("a probability is missing or not finite")
loss = -np.log(probabilities[np.arange(len(left)), right["label"].cat.codes.to_numpy()])

ids = left["id"].to_numpy()
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
