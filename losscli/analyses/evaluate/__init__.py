"""`evaluate`: the cost, the distribution and the worst samples of each loss."""
