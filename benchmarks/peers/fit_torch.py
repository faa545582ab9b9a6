"""The same fit in PyTorch: a scale and a bias, mean squared error, Adam, the cost after each epoch."""

import json
import sys

import numpy as np
import pandas as pd
import torch

predictions, labels, epochs, batch, rate = sys.argv[1:6]
left = pd.read_csv(predictions, usecols=["prediction"], dtype={"prediction": np.float64})
right = pd.read_csv(labels, usecols=["label"], dtype={"label": np.float64})
prediction = torch.from_numpy(left["prediction"].to_numpy().copy())
label = torch.from_numpy(right["label"].to_numpy().copy())
centre, spread = prediction.mean(), prediction.std()
reach = (label - prediction).abs().mean()
place = (prediction - centre) / spread

torch.manual_seed(0)
theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([theta], lr=float(rate))
curve = []
for _ in range(int(epochs)):
    order = torch.randperm(len(label))
    shuffled, wanted, unmoved = place[order], label[order], prediction[order]
    for first in range(0, len(label), int(batch)):
        part = slice(first, first + int(batch))
        optimizer.zero_grad()
        corrected = unmoved[part] + reach * (theta[0] * shuffled[part] + theta[1])
        loss = torch.nn.functional.mse_loss(corrected, wanted[part]) / reach**2
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        corrected = prediction + reach * (theta[0] * place + theta[1])
        curve.append(torch.nn.functional.mse_loss(corrected, label).item())
print(json.dumps({"after": min(curve), "curve": curve}))
