"""Fitting a small correction of predictions: how much of the cost it recovers, and how optimisers do."""
