"""A loss for forecasts of demand: what is missing from the shelf costs more than what is left on it."""

import numpy as np


def asymmetric(label, prediction, *, alpha=2.0):
    """Squared error that counts `alpha` times where the prediction is too low.

    For forecasts where running short is worse than storing too much.

    alpha: how many times as much as an equal surplus a shortage costs
    """
    error = prediction - label
    return np.where(error < 0, alpha, 1.0) * error**2


def asymmetric_gradient(label, prediction, *, alpha=2.0):
    error = prediction - label
    return np.where(error < 0, alpha, 1.0) * 2 * error
