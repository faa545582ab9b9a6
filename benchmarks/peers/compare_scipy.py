"""Two models beside each other: pandas reads, SciPy's paired t-test."""

import json
import sys

import numpy as np
import pandas as pd
from scipy import stats

one, other, labels = (
    pd.read_csv(path, usecols=[column], dtype={column: np.float64})[column].to_numpy()
    for path, column in zip(sys.argv[1:4], ("prediction", "prediction", "label"), strict=True)
)
first, second = (one - labels) ** 2, (other - labels) ** 2
test = stats.ttest_rel(second, first)
difference = second - first
answer = {"mean": difference.mean(), "std": difference.std(ddof=1), "t": test.statistic, "p": test.pvalue}
print(json.dumps({name: float(value) for name, value in answer.items()}))
