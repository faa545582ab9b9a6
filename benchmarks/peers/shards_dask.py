"""Full work by id within pairs of files: Dask DataFrame on two processes, which merge pair by pair."""

import json
import sys
from pathlib import Path

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster


def losses(pair: tuple[str, str]) -> pd.DataFrame:
    predictions, labels = pair
    types = {"id": np.int64, "prediction": np.float64, "label": np.float64}
    left = pd.read_csv(predictions, usecols=["id", "prediction"], dtype=types)
    right = pd.read_csv(labels, usecols=["id", "label"], dtype=types)
    joined = left.merge(right, on="id", validate="1:1")
    error = joined["prediction"] - joined["label"]
    return pd.DataFrame({"id": joined["id"], "loss": error * error})


def main() -> None:
    folders = [sorted(map(str, Path(folder).iterdir())) for folder in sys.argv[1:3]]
    empty = pd.DataFrame({"id": np.zeros(0, dtype=np.int64), "loss": np.zeros(0)})
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster),
    ):
        frame = dd.from_map(losses, list(zip(*folders, strict=True)), meta=empty)
        loss = frame["loss"]
        # One pass over the files: what several figures need is computed once.
        mean, std, low, high, quantiles, worst = dask.compute(
            loss.mean(),
            loss.std(),
            loss.min(),
            loss.max(),
            loss.quantile([0.5, 0.9, 0.99]),
            frame.nlargest(10, "loss"),
        )
    figures = dict(zip(("mean", "std", "min", "max"), map(float, (mean, std, low, high)), strict=True))
    # Put together from those of the parts, quantiles are estimates: of no use to hold others against.
    more = {"estimates": quantiles.tolist(), "worst": worst["id"].tolist()}
    print(json.dumps(figures | more))


if __name__ == "__main__":
    main()
