"""Full work by position: pandas reads, scikit-learn computes the cost, NumPy the rest."""

import json
import sys

import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error

predictions, labels = sys.argv[1:3]
left = pd.read_csv(
    predictions, usecols=["id", "prediction"], dtype={"id": np.int64, "prediction": np.float64}
)
right = pd.read_csv(labels, usecols=["label"], dtype={"label": np.float64})
prediction, label = left["prediction"].to_numpy(), right["label"].to_numpy()
error = prediction - label
loss = error * error

ids = left["id"].to_numpy()
worst = np.argpartition(loss, -10)[-10:]
worst = worst[np.argsort(-loss[worst])]
answer = {
    "mean": mean_squared_error(label, prediction),
    "std": loss.std(ddof=1),
    "min": loss.min(),
    "max": loss.max(),
    "quantiles": np.quantile(loss, [0.5, 0.9, 0.99]).tolist(),
    "worst": ids[worst].tolist(),
}
print(json.dumps(answer))
